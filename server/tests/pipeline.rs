//! What is promised of a batch that is judged while the one before it is being written: it is as if they came one by one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;

use chain::{
    entry::{Entry, Header},
    hash::Hash,
    note::{KeyType, Signer},
    part::Commitment,
    state::Refusal,
    statement::{self, Key, Post, Redaction, Reference, Status, StatusKind, Step},
};
use server::{
    compose::{Composed, random_id},
    keys,
    node::Node,
    sequencer::{Behind, Clock, SubmitError, Waiting},
    store::StoredContent,
};
use sqlx::AnyConnection;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use trial::{Engine, Trial, agency, close, compose, draft, publish, reference};

on_each_engine! {
    a_repeat_of_what_is_being_written_is_answered_with_its_place_once_that_is_durable,
    what_is_being_written_can_be_revised_spoken_of_and_redacted_and_its_parts_are_its_own,
    a_step_after_one_that_is_being_written_is_taken_and_another_first_one_is_not,
    a_commit_that_fails_takes_nothing_with_it_of_what_was_judged_on_top,
    two_processes_with_batches_on_the_way_lose_nothing_and_log_nothing_twice,
    what_was_taken_is_written_when_every_submitter_is_gone,
    a_store_that_lost_entries_under_a_running_process_is_not_added_to,
    there_are_at_most_ten_checkpoints_a_second_and_who_comes_alone_waits_for_none_of_them,
}

/// Somebody else's transaction on the head: while it lasts, what is judged is not written.
async fn hold(trial: &Trial) -> AnyConnection {
    let mut raw = trial.raw().await;
    sqlx::raw_sql("begin; update head set claim = claim").execute(&mut raw).await.unwrap();
    raw
}

async fn release(raw: &mut AnyConnection, end: &'static str) {
    sqlx::raw_sql(end).execute(raw).await.unwrap();
}

/// Long enough for what was handed in to be taken and judged.
async fn judged() {
    tokio::time::sleep(Duration::from_millis(400)).await;
}

async fn size(node: &Node) -> u64 {
    node.store.head().await.unwrap().unwrap().size
}

async fn whole(trial: &Trial, nodes: impl IntoIterator<Item = Node>) {
    for node in nodes {
        close(node).await;
    }
    assert_eq!(server::fsck::fsck(&trial.place, &|_, _, _| {}).await.unwrap().differs, None);
}

async fn hand_in(node: &Node, agency: &str, Composed { text, contents }: Composed) -> Waiting {
    node.submitter.seal(&text, node.seal(agency).unwrap(), contents).await.unwrap()
}

fn text<T: serde::Serialize>(node: &Node, kind: &str, core: &T) -> Composed {
    let line = statement::core_line(kind, &random_id().unwrap(), core).unwrap();
    Composed { text: statement::text(&node.origin, &line, None), contents: vec![] }
}

fn status(node: &Node, agency: &str, target: Reference) -> Composed {
    let core = Status { agency: agency.into(), target, kind: StatusKind::Corrected, effective: None, ground: "decided".into(), by: None };
    text(node, "status", &core)
}

/// A clock that stands still, so that it is known beforehand what an entry will be.
fn standing_clock() -> (i64, Clock) {
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    (now, Clock::with(move || now))
}

/// Where `note` will stand if it is the next entry.
fn next(node: &Node, now: i64, note: &str) -> Reference {
    let head = node.heads.borrow().clone();
    let registry = node.submitter.state().registry().root();
    let header = Header { index: head.size, time: now.max(head.time), previous: head.leaf, registry };
    Reference { index: head.size, leaf: Entry::write(&header, note).unwrap().1 }
}

async fn place(waiting: Waiting) -> (u64, bool) {
    let receipt = waiting.await.unwrap().unwrap();
    (receipt.index, receipt.repeated)
}

async fn a_repeat_of_what_is_being_written_is_answered_with_its_place_once_that_is_durable(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let before = size(&node).await;
    let notice = compose(&node, draft(&id, "Notice", "text"));
    let mut raw = hold(&trial).await;
    let first = hand_in(&node, &id, Composed { text: notice.text.clone(), contents: notice.contents.clone() }).await;
    judged().await;
    let mut again = hand_in(&node, &id, notice).await;
    let other = hand_in(&node, &id, compose(&node, draft(&id, "Other", "text"))).await;
    judged().await;
    assert!(again.try_recv().is_err(), "what it stands on is not durable");
    assert_eq!(size(&node).await, before);
    release(&mut raw, "rollback").await;
    assert_eq!((place(first).await, place(again).await, place(other).await), ((before, false), (before, true), (before + 1, false)));
    whole(&trial, [node]).await;
}

async fn what_is_being_written_can_be_revised_spoken_of_and_redacted_and_its_parts_are_its_own(engine: Engine) {
    let trial = Trial::on(engine);
    let (now, clock) = standing_clock();
    let mut node = Node::open(&trial.place, clock).await.unwrap();
    let (works, parks) = (agency(&mut node, "works").await, agency(&mut node, "parks").await);
    let first = compose(&node, draft(&works, "Bridge closed", "From Monday."));
    let taken = first.contents[1].clone();
    let (note, verified) = node.submitter.state().seal(&first.text, node.seal(&works).unwrap()).unwrap();
    let at = next(&node, now, &note);

    let mut raw = hold(&trial).await;
    let first = node.submitter.sealed(note, verified, first.contents).await.unwrap();
    judged().await;
    let revision = |title: &str| {
        let mut draft = draft(&works, title, "From Friday.");
        draft.revises = Some(at);
        compose(&node, draft)
    };
    let second = hand_in(&node, &works, revision("Bridge open")).await;
    let fork = hand_in(&node, &works, revision("Bridge gone")).await;
    let spoken = hand_in(&node, &works, status(&node, &works, at)).await;
    let stranger = hand_in(&node, &parks, status(&node, &parks, at)).await;
    let mut thief = compose(&node, draft(&parks, "Park closed", "From Tuesday."));
    thief.text = thief.text.replace(&thief.contents[1].commitment.to_string(), &taken.commitment.to_string());
    thief.contents[1] = taken.clone();
    let thief = hand_in(&node, &parks, thief).await;
    let core = Redaction { agency: works.clone(), target: at, parts: vec![taken.commitment], ground: "privacy".into() };
    let redaction = hand_in(&node, &works, text(&node, "redaction", &core)).await;
    judged().await;
    assert_eq!(size(&node).await, at.index, "nothing of it is written yet");
    release(&mut raw, "rollback").await;

    assert_eq!(reference(&first.await.unwrap().unwrap()), at);
    assert_eq!(place(second).await, (at.index + 1, false));
    assert!(matches!(fork.await.unwrap(), Err(SubmitError::Refused(Refusal::NotHead(_)))), "a version never has two successors");
    assert_eq!(place(spoken).await, (at.index + 2, false));
    assert!(matches!(stranger.await.unwrap(), Err(SubmitError::Refused(Refusal::NotEntitled { .. }))));
    assert!(matches!(thief.await.unwrap(), Err(SubmitError::Refused(Refusal::PartTaken(part))) if part == taken.commitment));
    assert_eq!(place(redaction).await, (at.index + 3, false));
    let (old, new) = (node.store.item(at.index).await.unwrap().unwrap(), node.store.item(at.index + 1).await.unwrap().unwrap());
    assert_eq!((old.newest, new.newest, new.document), (false, true, at.index));
    let removed = node.store.content(&taken.commitment).await.unwrap();
    assert!(matches!(removed, Some(StoredContent::Removed { by }) if by == at.index + 3), "{removed:?}");
    whole(&trial, [node]).await;
}

async fn a_step_after_one_that_is_being_written_is_taken_and_another_first_one_is_not(engine: Engine) {
    let trial = Trial::on(engine);
    let (now, clock) = standing_clock();
    let mut node = Node::open(&trial.place, clock).await.unwrap();
    let id = agency(&mut node, "finance").await;
    let post = Signer::new(&node.sibling("finance/clerk"), KeyType::Ed25519, &[7; 32]).unwrap();
    let core = Post {
        post: post.vkey().name().to_owned(),
        agency: id.clone(),
        name: [("en".to_owned(), "Clerk".to_owned())].into(),
        keys: vec![Key { key: post.vkey().clone(), custody: None, ended: None }],
        replaces: None,
    };
    let registrar = keys::open(&trial.place.data.join("keys/registrar.key")).unwrap();
    node.submitter.submit(chain::note::sign(&text(&node, "post", &core).text, &[&registrar]), vec![]).await.unwrap();
    let case = random_id().unwrap();
    let step = |previous| {
        let core = Step { agency: id.clone(), case: case.clone(), previous, after: None, commitment: Commitment(Hash::of(&[b"step"])) };
        chain::note::sign(&text(&node, "step", &core).text, &[&post])
    };
    let submit = |note: String| {
        let submitter = node.submitter.clone();
        tokio::spawn(async move { submitter.submit(note, vec![]).await })
    };
    let note = step(None);
    let at = next(&node, now, &note);

    let mut raw = hold(&trial).await;
    let first = submit(note);
    judged().await;
    let other = submit(step(None));
    let second = submit(step(Some(at)));
    judged().await;
    assert_eq!(size(&node).await, at.index, "nothing of it is written yet");
    release(&mut raw, "rollback").await;
    assert_eq!(reference(&first.await.unwrap().unwrap()), at);
    assert!(matches!(other.await.unwrap(), Err(SubmitError::Refused(Refusal::StaleCase))));
    assert_eq!(second.await.unwrap().unwrap().index, at.index + 1);
    whole(&trial, [node]).await;
}

async fn a_commit_that_fails_takes_nothing_with_it_of_what_was_judged_on_top(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let target = reference(&publish(&node, draft(&id, "Notice", "text")).await.unwrap());
    let before = size(&node).await;
    let mut raw = hold(&trial).await;
    // A status at this place cannot be written; something else can.
    let obstacle = "insert into events (idx, target, kind) values ($1, 0, 'obstacle')";
    sqlx::query(obstacle).bind(before as i64).execute(&mut raw).await.unwrap();
    let failing = status(&node, &id, target);
    let first = hand_in(&node, &id, Composed { text: failing.text.clone(), contents: vec![] }).await;
    judged().await;
    let other = compose(&node, draft(&id, "Other", "text"));
    let parts: Vec<_> = other.contents.iter().map(|content| content.commitment).collect();
    let other = hand_in(&node, &id, other).await;
    let again = hand_in(&node, &id, failing).await;
    judged().await;
    release(&mut raw, "commit").await;
    let refused = first.await.unwrap();
    assert!(matches!(refused, Err(SubmitError::Store(_))), "{refused:?}");
    // As if it had never been: not even its repeat is one.
    assert_eq!(place(other).await, (before, false));
    assert_eq!(place(again).await, (before + 1, false));
    for part in parts {
        assert!(matches!(node.store.content(&part).await.unwrap(), Some(StoredContent::Present { .. })));
    }
    sqlx::query("delete from events where kind = 'obstacle'").execute(&mut raw).await.unwrap();
    assert_eq!(node.heads.borrow().size, before + 2);
    whole(&trial, [node]).await;
}

async fn two_processes_with_batches_on_the_way_lose_nothing_and_log_nothing_twice(engine: Engine) {
    const EACH: usize = 120;
    let trial = Trial::on(engine);
    let mut one = trial.open().await;
    let id = agency(&mut one, "finance").await;
    let two = trial.open().await;
    let before = size(&one).await;
    let both: Vec<_> = (0..20).map(|n| compose(&one, draft(&id, &format!("Both {n}"), "text"))).collect();
    let race = |node: Node, name: &'static str| {
        let mut composed: Vec<_> = both.iter().map(|both| Composed { text: both.text.clone(), contents: both.contents.clone() }).collect();
        composed.extend((0..EACH).map(|n| compose(&node, draft(&id, &format!("{name} {n}"), &format!("text {n}")))));
        let id = id.clone();
        tokio::spawn(async move {
            let mut places = Vec::new();
            for (n, composed) in composed.into_iter().enumerate() {
                let parts: Vec<_> = composed.contents.iter().map(|content| content.commitment).collect();
                places.push((hand_in(&node, &id, composed).await, parts));
                if n % 10 == 9 {
                    tokio::time::sleep(Duration::from_millis(40)).await;
                }
            }
            let mut found = Vec::new();
            for (waiting, parts) in places {
                found.push(place(waiting).await);
                for part in parts {
                    let kept = node.store.content(&part).await.unwrap();
                    assert!(matches!(kept, Some(StoredContent::Present { .. })), "{kept:?}");
                }
            }
            found
        })
    };
    // Both have one batch waiting for the head and another one judged on top of it.
    let mut raw = hold(&trial).await;
    let tasks = [race(one.clone(), "One"), race(two.clone(), "Two")];
    judged().await;
    release(&mut raw, "rollback").await;
    let mut logged = Vec::new();
    let mut repeated = 0;
    for task in tasks {
        let found = task.await.unwrap();
        repeated += found.iter().filter(|(_, repeated)| *repeated).count();
        logged.extend(found.iter().filter(|(_, repeated)| !repeated).map(|(index, _)| *index));
        assert!(found[20..].is_sorted(), "each in the order it was handed in: {found:?}");
    }
    logged.sort_unstable();
    assert!(logged.iter().copied().eq(before..before + 2 * EACH as u64 + 20), "{logged:?}");
    assert_eq!(repeated, 20, "what both handed in stands there once");
    whole(&trial, [one, two]).await;
}

async fn what_was_taken_is_written_when_every_submitter_is_gone(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let before = size(&node).await;
    let mut raw = hold(&trial).await;
    let mut waiting = Vec::new();
    for n in 0..3 {
        waiting.push(hand_in(&node, &id, compose(&node, draft(&id, &format!("Notice {n}"), "text"))).await);
        judged().await;
    }
    let store = node.store.clone();
    drop(node);
    release(&mut raw, "rollback").await;
    for (n, waiting) in waiting.into_iter().enumerate() {
        assert_eq!(place(waiting).await, (before + n as u64, false));
    }
    store.close().await;
    whole(&trial, []).await;
}

async fn a_store_that_lost_entries_under_a_running_process_is_not_added_to(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let head = node.heads.borrow().clone();
    publish(&node, draft(&id, "Notice", "text")).await.unwrap();
    // What a database has after it was brought up again from an older copy of itself.
    let mut raw = trial.raw().await;
    let back = "update head set size = $1, leaf = $2, time = $3, checkpoint = $4";
    let query = sqlx::query(back).bind(head.size as i64).bind(&head.leaf.0[..]).bind(head.time).bind(&head.checkpoint);
    query.execute(&mut raw).await.unwrap();
    let before = head.size;
    for sql in [
        format!("delete from entries where idx >= {before}"),
        format!("delete from submissions where idx >= {before}"),
        format!("delete from items where idx >= {before}"),
        format!("delete from contents where entry >= {before}"),
        format!("delete from checkpoints where size > {before}"),
        format!("update tiles set bytes = substr(bytes, 1, {before} * 32)"),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut raw).await.unwrap();
    }
    for n in 0..3 {
        let outcome = publish(&node, draft(&id, &format!("Otherwise {n}"), "text")).await;
        assert!(matches!(outcome, Err(SubmitError::Behind(_))), "{outcome:?}");
    }
    assert_eq!(size(&node).await, head.size);
    assert_eq!(node.store.checkpoint(head.size + 1).await.unwrap(), None, "no second tree of a size that was signed");
    assert_eq!(node.behind(), Some(Behind::Missing { found: head.size, signed: head.size + 1 }));
}

async fn there_are_at_most_ten_checkpoints_a_second_and_who_comes_alone_waits_for_none_of_them(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let before = size(&node).await;
    let begun = Instant::now();
    let mut waiting = Vec::new();
    while begun.elapsed() < Duration::from_millis(1_200) {
        waiting.push(hand_in(&node, &id, compose(&node, draft(&id, "Notice", "text"))).await);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for waiting in waiting {
        place(waiting).await;
    }
    let took = begun.elapsed().as_millis() as i64;
    let mut raw = trial.raw().await;
    let (checkpoints,): (i64,) =
        sqlx::query_as("select count(*) from checkpoints where size > $1").bind(before as i64).fetch_one(&mut raw).await.unwrap();
    assert!(checkpoints <= took / 100 + 1, "{checkpoints} checkpoints in {took} ms");
    let mut alone = Vec::new();
    for n in 0..5 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        let begun = Instant::now();
        publish(&node, draft(&id, &format!("Alone {n}"), "text")).await.unwrap();
        alone.push(begun.elapsed());
    }
    assert!(alone.iter().min() < Some(&Duration::from_millis(90)), "{alone:?}");
}
