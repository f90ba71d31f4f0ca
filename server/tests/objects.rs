//! What is promised of large parts: kept as long as an entry names them, and nothing of what was refused, repeated or redacted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;

use chain::{part::Commitment, state::Refusal};
use server::{
    compose::Composed,
    node::Node,
    sequencer::{Receipt, SubmitError},
    store::{NewContent, StoredContent},
};
use std::{path::PathBuf, time::Duration};
use trial::{Engine, Trial, agency, close, compose, draft, redact, reference};

on_each_engine! {
    a_statement_sent_again_after_its_redaction_brings_nothing_back,
    a_version_that_names_a_redacted_part_again_brings_nothing_back,
    nothing_is_left_of_a_statement_that_was_refused,
    of_two_that_bring_the_same_part_at_once_the_one_that_is_logged_keeps_it,
    what_another_process_takes_back_is_never_missing_from_an_entry,
    nothing_is_logged_whose_part_is_gone_by_then,
    a_redacted_part_that_an_interruption_left_is_gone_after_the_next_start,
}

/// Whether these words lie anywhere in the files of SQLite's database, in use or not.
fn on_disk(trial: &Trial, words: &str) -> bool {
    let files = ["gazette.sqlite", "gazette.sqlite-wal"].map(|name| std::fs::read(trial.place.data.join(name)).unwrap_or_default());
    files.iter().any(|bytes| bytes.windows(words.len()).any(|window| window == words.as_bytes()))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_redacted_is_gone_from_the_database_and_its_log_while_the_server_runs() {
    let trial = Trial::new();
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let mut redacted = Vec::new();
    for n in 0..4 {
        let composed =
            compose(&node, draft(&id, "Parking", &format!("The lantern keeper{n} lives at the north wall. {}", "x".repeat(6_000))));
        let receipt = submit(&node, signed(&node, &id, &composed)).await.unwrap();
        redacted.push((receipt, composed.contents[1].commitment));
    }
    for n in 0..4 {
        assert!(on_disk(&trial, &format!("keeper{n} lives")));
    }
    // Somebody has read, as pages do.
    assert!(kept(&node, &redacted[0].1).await);
    redact(&node, &id, reference(&redacted[0].0), vec![redacted[0].1]).await.unwrap();
    assert!(!on_disk(&trial, "keeper0 lives"));
    assert!(on_disk(&trial, "keeper1 lives"));
    // Somebody who is in the middle of reading keeps it for as long as that takes, and keeps nobody from publishing.
    let mut reading = trial.raw().await;
    sqlx::raw_sql("begin; select count(*) from contents").fetch_all(&mut reading).await.unwrap();
    redact(&node, &id, reference(&redacted[1].0), vec![redacted[1].1]).await.unwrap();
    assert!(on_disk(&trial, "keeper1 lives"));
    submit(&node, signed(&node, &id, &compose(&node, draft(&id, "Bridges", "text")))).await.unwrap();
    sqlx::raw_sql("commit").execute(&mut reading).await.unwrap();
    tokio::time::timeout(Duration::from_secs(60), async {
        while on_disk(&trial, "keeper1 lives") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
    // What a server could not erase before it was killed is gone after the next start.
    sqlx::raw_sql("begin; select count(*) from contents").fetch_all(&mut reading).await.unwrap();
    redact(&node, &id, reference(&redacted[2].0), vec![redacted[2].1]).await.unwrap();
    let killed = trial.copy();
    assert!(on_disk(&killed, "keeper2 lives"));
    let node = killed.open().await;
    assert!(!on_disk(&killed, "keeper2 lives") && on_disk(&killed, "keeper3 lives"));
    clean(&killed, node).await;
}

/// Files of the object store.
fn objects(trial: &Trial) -> Vec<PathBuf> {
    let folders = std::fs::read_dir(trial.place.data.join("content")).unwrap().map(|entry| entry.unwrap().path());
    folders.flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path())).collect()
}

async fn kept(node: &Node, part: &Commitment) -> bool {
    matches!(node.store.content(part).await.unwrap(), Some(StoredContent::Present { .. }))
}

fn large(node: &Node, agency: &str, title: &str) -> Composed {
    compose(node, draft(agency, title, &"lantern ".repeat(20_000)))
}

fn signed(node: &Node, agency: &str, composed: &Composed) -> (String, Vec<NewContent>) {
    (chain::note::sign(&composed.text, &[node.seal(agency).unwrap()]), composed.contents.clone())
}

async fn submit(node: &Node, (note, contents): (String, Vec<NewContent>)) -> Result<Receipt, SubmitError> {
    node.submitter.submit(note, contents).await
}

async fn clean(trial: &Trial, node: Node) {
    close(node).await;
    let report = server::fsck::fsck(&trial.place, &|_, _, _| {}).await.unwrap();
    assert_eq!((report.differs, report.leftovers), (None, 0));
}

async fn a_statement_sent_again_after_its_redaction_brings_nothing_back(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let composed = large(&node, &id, "Parking");
    // What anybody may have copied from the portal.
    let statement = signed(&node, &id, &composed);
    let first = submit(&node, statement.clone()).await.unwrap();
    assert_eq!(objects(&trial).len(), 1);
    assert!(submit(&node, statement.clone()).await.unwrap().repeated);
    assert!(kept(&node, &composed.contents[1].commitment).await, "a repeat takes nothing away");
    redact(&node, &id, reference(&first), vec![composed.contents[1].commitment]).await.unwrap();
    assert!(objects(&trial).is_empty());
    let again = submit(&node, statement).await.unwrap();
    assert_eq!((again.index, again.repeated), (first.index, true));
    assert!(objects(&trial).is_empty());
    clean(&trial, node).await;
}

async fn a_version_that_names_a_redacted_part_again_brings_nothing_back(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let composed = large(&node, &id, "Parking");
    let first = submit(&node, signed(&node, &id, &composed)).await.unwrap();
    let part = composed.contents[1].clone();
    redact(&node, &id, reference(&first), vec![part.commitment]).await.unwrap();
    let mut second = draft(&id, "Parking, again", &"lantern ".repeat(20_000));
    second.revises = Some(reference(&first));
    let mut second = compose(&node, second);
    second.text = second.text.replace(&second.contents[1].commitment.to_string(), &part.commitment.to_string());
    second.contents[1] = part;
    submit(&node, signed(&node, &id, &second)).await.unwrap();
    assert!(objects(&trial).is_empty());
    clean(&trial, node).await;
}

async fn nothing_is_left_of_a_statement_that_was_refused(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let first = submit(&node, signed(&node, &id, &large(&node, &id, "Parking"))).await.unwrap();
    let mut versions = Vec::new();
    for n in 0..2 {
        let mut version = draft(&id, &format!("Version {n}"), &"lantern ".repeat(20_000));
        version.revises = Some(reference(&first));
        versions.push(compose(&node, version));
    }
    submit(&node, signed(&node, &id, &versions[0])).await.unwrap();
    let refused = submit(&node, signed(&node, &id, &versions[1])).await;
    assert!(matches!(refused, Err(SubmitError::Refused(Refusal::NotHead(_)))), "{refused:?}");
    assert_eq!(objects(&trial).len(), 2);
    // The same id with other parts is answered with the first, and its parts are nobody's.
    let mut other = large(&node, &id, "Other");
    let id_of = |text: &str| text.split("\"id\":\"").nth(1).unwrap()[..32].to_owned();
    other.text = other.text.replace(&id_of(&other.text), &id_of(&versions[0].text));
    assert!(submit(&node, signed(&node, &id, &other)).await.unwrap().repeated);
    assert_eq!(objects(&trial).len(), 2);
    clean(&trial, node).await;
}

/// Two statements, about two documents, that commit to one part: only the first to come may.
fn rivals(node: &Node, agency: &str, round: usize) -> ([(String, Vec<NewContent>); 2], Commitment) {
    let (one, mut two) = (large(node, agency, &format!("One {round}")), large(node, agency, &format!("Two {round}")));
    let shared = one.contents[1].clone();
    two.text = two.text.replace(&two.contents[1].commitment.to_string(), &shared.commitment.to_string());
    two.contents[1] = shared.clone();
    ([signed(node, agency, &one), signed(node, agency, &two)], shared.commitment)
}

async fn of_two_that_bring_the_same_part_at_once_the_one_that_is_logged_keeps_it(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    for round in 0..12 {
        let ([one, two], shared) = rivals(&node, &id, round);
        // And one of them twice at once.
        let again = if round % 2 == 0 { one.clone() } else { two.clone() };
        let outcomes = tokio::join!(submit(&node, one), submit(&node, two), submit(&node, again));
        let outcomes = [outcomes.0, outcomes.1, outcomes.2];
        assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Ok(Receipt { repeated: false, .. }))).count(), 1, "{outcomes:?}");
        assert!(kept(&node, &shared).await, "round {round}: {outcomes:?}");
    }
    assert_eq!(objects(&trial).len(), 12);
    clean(&trial, node).await;
}

async fn what_another_process_takes_back_is_never_missing_from_an_entry(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    // Two doors that know nothing of each other.
    let other = trial.open().await;
    for round in 0..12 {
        let ([one, two], shared) = rivals(&node, &id, round);
        let outcomes = tokio::join!(submit(&node, one), submit(&other, two));
        let outcomes = [outcomes.0, outcomes.1];
        let logged = outcomes.iter().any(|outcome| matches!(outcome, Ok(Receipt { repeated: false, .. })));
        // Neither may be logged, where the one's was taken back before its turn; but none is logged without its part.
        assert_eq!(kept(&node, &shared).await, logged, "round {round}: {outcomes:?}");
        assert!(logged || outcomes.iter().any(|outcome| outcome.as_ref().is_err_and(SubmitError::passes)), "{outcomes:?}");
    }
    close(other).await;
    close(node).await;
    assert_eq!(server::fsck::fsck(&trial.place, &|_, _, _| {}).await.unwrap().differs, None);
}

async fn nothing_is_logged_whose_part_is_gone_by_then(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let size = node.heads.borrow().size;
    let composed = large(&node, &id, "Parking");
    // Another writer has the head, so that the part waits in the store for its entry.
    let mut raw = trial.raw().await;
    sqlx::raw_sql("begin; update head set claim = claim").execute(&mut raw).await.unwrap();
    let waiting = node.submitter.seal(&composed.text, node.seal(&id).unwrap(), composed.contents.clone()).await.unwrap();
    let [file] = objects(&trial).try_into().unwrap();
    std::fs::remove_file(file).unwrap();
    sqlx::raw_sql("rollback").execute(&mut raw).await.unwrap();
    let outcome = waiting.await.unwrap();
    assert!(matches!(&outcome, Err(error @ SubmitError::Store(_)) if error.passes()), "{outcome:?}");
    assert_eq!(node.store.head().await.unwrap().unwrap().size, size);
    // Handed in again, it is taken.
    submit(&node, signed(&node, &id, &composed)).await.unwrap();
    clean(&trial, node).await;
}

async fn a_redacted_part_that_an_interruption_left_is_gone_after_the_next_start(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let composed = large(&node, &id, "Parking");
    let first = submit(&node, signed(&node, &id, &composed)).await.unwrap();
    let kept = submit(&node, signed(&node, &id, &large(&node, &id, "Bridges"))).await.unwrap();
    let file = objects(&trial).into_iter().find(|file| file.ends_with(composed.contents[1].commitment.0.to_hex())).unwrap();
    let bytes = std::fs::read(&file).unwrap();
    redact(&node, &id, reference(&first), vec![composed.contents[1].commitment]).await.unwrap();
    close(node).await;
    // A crash between the commit and the removal.
    std::fs::write(&file, bytes).unwrap();
    let node = trial.open().await;
    assert!(!file.exists());
    assert_eq!(objects(&trial).len(), 1, "and only that: {}", kept.index);
    clean(&trial, node).await;
}
