//! What the sequencer promises: one history, nothing lost, nothing twice, and a typed answer to whatever is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;

use chain::{
    hash::Hash,
    note::{KeyType, Signer},
    state::Refusal,
    statement::{self, Reference, StatementError, StatusKind},
};
use server::{
    node::{Node, NodeError},
    sequencer::{Behind, Clock, ClockAlarm, OpenError, SMALL, SubmitError},
    store::NewContent,
    vouch::{VouchError, vouch},
};
use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    task::{Context, Waker},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use trial::{Engine, Trial, agency, close, compose, draft, publish, redact, reference, runtime, status};

on_each_engine! {
    statements_that_wait_together_share_a_checkpoint_and_each_gets_its_own_place,
    the_same_statement_again_is_answered_with_its_first_place,
    two_nodes_on_one_folder_never_fork_and_see_each_others_entries,
    a_node_opened_while_another_one_signs_takes_up_the_chain_as_it_is,
    an_agency_registered_by_one_process_may_publish_through_another,
    an_old_copy_of_the_data_refuses_to_sign_a_second_history,
    a_copy_on_a_machine_without_a_mark_signs_nothing_until_somebody_vouches_for_it,
    a_first_start_that_was_cut_off_before_its_mark_goes_on,
    another_history_with_the_same_keys_is_not_continued_however_long_it_is,
    a_clock_that_jumps_or_lies_behind_the_chain_stops_sequencing_and_nothing_is_logged,
    a_full_queue_answers_busy_and_does_not_grow,
    large_parts_that_wait_fill_the_queue_by_their_bytes,
    a_part_that_is_missing_or_another_one_is_refused_and_nothing_is_logged,
    a_statement_that_may_not_be_made_is_refused_by_name_and_nothing_is_logged,
    a_redacted_part_is_not_kept_and_is_named_by_its_redaction,
    a_part_of_one_document_is_never_taken_into_another,
}

on_each_engine! {
    plain
    a_process_killed_between_batches_leaves_a_chain_that_opens_and_goes_on,
}

async fn size(node: &Node) -> u64 {
    node.store.head().await.unwrap().unwrap().size
}

async fn statements_that_wait_together_share_a_checkpoint_and_each_gets_its_own_place(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let before = size(&node).await;
    let mut waiting = Vec::new();
    for n in 0..500 {
        let composed = compose(&node, draft(&id, &format!("Notice {n}"), "text"));
        waiting.push(node.submitter.seal(&composed.text, node.seal(&id).unwrap(), composed.contents).await.unwrap());
    }
    for (n, waiting) in waiting.into_iter().enumerate() {
        assert_eq!(waiting.await.unwrap().unwrap().index, before + n as u64, "in the order they were handed in");
    }
    let mut raw = trial.raw().await;
    let (checkpoints,): (i64,) =
        sqlx::query_as("select count(*) from checkpoints where size > $1").bind(before as i64).fetch_one(&mut raw).await.unwrap();
    assert!(checkpoints < 250, "{checkpoints} checkpoints for 500 entries");
}

async fn the_same_statement_again_is_answered_with_its_first_place(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let composed = compose(&node, draft(&id, "Notice", "text"));
    let note = chain::note::sign(&composed.text, &[node.seal(&id).unwrap()]);
    let first = node.submitter.submit(note.clone(), composed.contents.clone()).await.unwrap();
    let again = node.submitter.submit(note.clone(), composed.contents.clone()).await.unwrap();
    assert_eq!((again.index, again.repeated, first.repeated), (first.index, true, false));
    assert_eq!(size(&node).await, first.index + 1);
    // Twice in one batch, too, and after opening anew.
    let other = compose(&node, draft(&id, "Other", "text"));
    let signer = node.seal(&id).unwrap();
    let one = node.submitter.seal(&other.text, signer, other.contents.clone()).await.unwrap();
    let two = node.submitter.seal(&other.text, signer, other.contents).await.unwrap();
    let (one, two) = (one.await.unwrap().unwrap(), two.await.unwrap().unwrap());
    assert_eq!((one.index, two.repeated), (two.index, true));
    close(node).await;
    let node = trial.open().await;
    assert_eq!(node.submitter.submit(note, composed.contents).await.unwrap().index, first.index);
}

async fn two_nodes_on_one_folder_never_fork_and_see_each_others_entries(engine: Engine) {
    let trial = Trial::on(engine);
    let mut one = trial.open().await;
    let id = agency(&mut one, "finance").await;
    let two = trial.open().await;
    let publishing = |node: Node, name: &'static str| {
        let id = id.clone();
        tokio::spawn(async move {
            for n in 0..25 {
                publish(&node, draft(&id, &format!("{name} {n}"), "text")).await.unwrap();
            }
        })
    };
    let tasks = [publishing(one.clone(), "One"), publishing(two.clone(), "Two")];
    for task in tasks {
        task.await.unwrap();
    }
    let total = size(&one).await;
    assert_eq!(total, 3 + 50);
    for node in [&one, &two] {
        let mut heads = node.heads.clone();
        tokio::time::timeout(Duration::from_secs(20), heads.wait_for(|head| head.size == total)).await.unwrap().unwrap();
    }
    close(one).await;
    close(two).await;
    assert_eq!(server::fsck::fsck(&trial.place, &|_, _, _| {}).await.unwrap().differs, None);
}

async fn a_node_opened_while_another_one_signs_takes_up_the_chain_as_it_is(engine: Engine) {
    let trial = Trial::on(engine);
    let mut one = trial.open().await;
    let first = agency(&mut one, "bureau-0").await;
    let registering = tokio::spawn(async move {
        for n in 1..30 {
            agency(&mut one, &format!("bureau-{n}")).await;
        }
        close(one).await;
    });
    // Each registration changes what the next entry must say; a view of two moments would sign a wrong registry root.
    let mut opened = 0;
    while !registering.is_finished() || opened == 0 {
        let two = trial.open().await;
        assert_eq!(two.behind(), None, "the mark of the one is not ahead of the store for the other");
        publish(&two, draft(&first, &format!("Notice {opened}"), "text")).await.unwrap();
        close(two).await;
        opened += 1;
    }
    registering.await.unwrap();
    assert_eq!(server::fsck::fsck(&trial.place, &|_, _, _| {}).await.unwrap().differs, None);
}

async fn an_agency_registered_by_one_process_may_publish_through_another(engine: Engine) {
    let trial = Trial::on(engine);
    let mut one = trial.open().await;
    let two = trial.open().await;
    let id = agency(&mut one, "finance").await;
    let total = size(&one).await;
    let mut heads = two.heads.clone();
    tokio::time::timeout(Duration::from_secs(20), heads.wait_for(|head| head.size == total)).await.unwrap().unwrap();
    let composed = compose(&two, draft(&id, "Notice", "text"));
    let note = chain::note::sign(&composed.text, &[one.seal(&id).unwrap()]);
    two.submitter.submit(note, composed.contents).await.unwrap();
}

fn a_process_killed_between_batches_leaves_a_chain_that_opens_and_goes_on(engine: Engine) {
    let trial = Trial::on(engine);
    for round in 0..3 {
        let runtime = runtime();
        runtime.block_on(async {
            let mut node = trial.open().await;
            let id = agency(&mut node, "finance").await;
            publish(&node, draft(&id, &format!("Notice {round}"), "text")).await.unwrap();
            for n in 0..200 {
                let composed = compose(&node, draft(&id, &format!("Unheard {round} {n}"), "text"));
                drop(node.submitter.seal(&composed.text, node.seal(&id).unwrap(), composed.contents).await.unwrap());
            }
        });
        runtime.shutdown_background();
    }
    let runtime = runtime();
    runtime.block_on(async {
        let mut node = trial.open().await;
        let id = agency(&mut node, "finance").await;
        let last = publish(&node, draft(&id, "Last", "text")).await.unwrap();
        assert!(last.index >= 3 + 3, "what was acknowledged is there");
        close(node).await;
        assert_eq!(server::fsck::fsck(&trial.place, &|_, _, _| {}).await.unwrap().differs, None);
    });
}

async fn an_old_copy_of_the_data_refuses_to_sign_a_second_history(engine: Engine) {
    let mut trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    close(node).await;
    let old = trial.copy();
    let node = trial.open().await;
    publish(&node, draft(&id, "Notice", "text")).await.unwrap();
    close(node).await;
    trial.restore(&old);
    let node = trial.open().await;
    assert_eq!(node.behind(), Some(Behind::Missing { found: 3, signed: 4 }));
    let outcome = publish(&node, draft(&id, "Otherwise", "text")).await;
    assert!(matches!(outcome, Err(SubmitError::Behind(_))), "{outcome:?}");
    assert_eq!(size(&node).await, 3);
}

async fn a_copy_on_a_machine_without_a_mark_signs_nothing_until_somebody_vouches_for_it(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    close(node).await;
    // A backup on a new machine: the mark inside the data folder is as old as the backup is.
    let mut moved = trial.copy();
    std::fs::remove_dir_all(&moved.place.state).unwrap();
    let node = moved.open().await;
    assert_eq!(node.behind(), Some(Behind::Unmarked { found: 3 }));
    let outcome = publish(&node, draft(&id, "Otherwise", "text")).await;
    assert!(matches!(outcome, Err(SubmitError::Behind(Behind::Unmarked { found: 3 }))), "{outcome:?}");
    assert!(outcome.is_err_and(|error| error.passes() && error.to_string().contains("gazette vouch --entries 3")));
    assert_eq!(size(&node).await, 3);
    // A word that does not fit what is there is none.
    for entries in [2, 4] {
        let refused = vouch(&moved.place, entries).await;
        assert!(matches!(refused, Err(VouchError::OtherSize { found: 3, said }) if said == entries), "{refused:?}");
    }
    assert!(node.behind().is_some());
    vouch(&moved.place, 3).await.unwrap();
    // The node that runs sees it by itself.
    tokio::time::timeout(Duration::from_secs(60), async {
        while node.behind().is_some() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
    assert_eq!(publish(&node, draft(&id, "Notice", "text")).await.unwrap().index, 3);
    close(node).await;
    // From now on this machine knows, and no word goes above it.
    moved.restore(&trial);
    let refused = vouch(&moved.place, 3).await;
    assert!(matches!(refused, Err(VouchError::Behind(Behind::Missing { found: 3, signed: 4 }))), "{refused:?}");
    assert_eq!(moved.open().await.behind(), Some(Behind::Missing { found: 3, signed: 4 }));
}

async fn a_first_start_that_was_cut_off_before_its_mark_goes_on(engine: Engine) {
    let trial = Trial::on(engine);
    close(trial.open().await).await;
    // What a crash between the first commit and its mark leaves: the mark from before the first entry.
    let outside = std::fs::read_dir(&trial.place.state).unwrap().next().unwrap().unwrap().path();
    for mark in [outside, trial.place.data.join("high-water.mark")] {
        std::fs::write(mark, format!("0 {}\n", chain::tree::EMPTY)).unwrap();
    }
    let mut node = trial.open().await;
    assert_eq!(node.behind(), None);
    let id = agency(&mut node, "finance").await;
    publish(&node, draft(&id, "Notice", "text")).await.unwrap();
}

async fn another_history_with_the_same_keys_is_not_continued_however_long_it_is(engine: Engine) {
    let mut trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    close(node).await;
    let other = trial.copy();
    let node = trial.open().await;
    publish(&node, draft(&id, "Notice", "text")).await.unwrap();
    close(node).await;
    let node = other.open().await;
    for n in 0..3 {
        publish(&node, draft(&id, &format!("Otherwise {n}"), "text")).await.unwrap();
    }
    close(node).await;
    trial.restore(&other);
    match Node::open(&trial.place, Clock::system()).await {
        Err(NodeError::Open(OpenError::OtherHistory { size: 4, .. })) => {}
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was opened"),
    }
}

#[test]
fn however_many_read_from_a_server_of_databases_publishing_goes_on() {
    runtime().block_on(async {
        let trial = Trial::on(Engine::Postgres);
        let mut node = trial.open().await;
        let id = agency(&mut node, "finance").await;
        // Readers that all wait for a table nobody needs for publishing a document.
        let mut raw = trial.raw().await;
        sqlx::raw_sql("begin; lock table registrations in access exclusive mode").execute(&mut raw).await.unwrap();
        let readers: Vec<_> = (0..64)
            .map(|_| {
                let store = node.store.clone();
                tokio::spawn(async move { store.registrations().await.unwrap().len() })
            })
            .collect();
        let waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'";
        // Within a transaction it would be told what it was told first.
        let mut watching = trial.raw().await;
        while sqlx::query_as::<_, (i64,)>(waiting).fetch_one(&mut watching).await.unwrap().0 < 8 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for n in 0..3 {
            publish(&node, draft(&id, &format!("Notice {n}"), "text")).await.unwrap();
        }
        sqlx::raw_sql("rollback").execute(&mut raw).await.unwrap();
        for reader in readers {
            assert_eq!(reader.await.unwrap(), 3);
        }
    });
}

fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

async fn a_clock_that_jumps_or_lies_behind_the_chain_stops_sequencing_and_nothing_is_logged(engine: Engine) {
    let trial = Trial::on(engine);
    let shift = Arc::new(AtomicI64::new(0));
    let clock = || {
        let shift = shift.clone();
        Clock::with(move || now() + shift.load(Ordering::Relaxed))
    };
    let mut node = Node::open(&trial.place, clock()).await.unwrap();
    let id = agency(&mut node, "finance").await;
    let before = size(&node).await;
    for (by, forwards) in [(3_600_000, true), (-3_600_000, false)] {
        shift.store(by, Ordering::Relaxed);
        let outcome = publish(&node, draft(&id, "Notice", "text")).await;
        assert!(matches!(outcome, Err(SubmitError::Clock(ClockAlarm::Jumped(jump))) if (jump > 0) == forwards), "{outcome:?}");
        assert_eq!(size(&node).await, before);
    }
    shift.store(0, Ordering::Relaxed);
    publish(&node, draft(&id, "Notice", "text")).await.unwrap();
    close(node).await;
    shift.store(-3_600_000, Ordering::Relaxed);
    let node = Node::open(&trial.place, clock()).await.unwrap();
    let outcome = publish(&node, draft(&id, "Later", "text")).await;
    assert!(matches!(outcome, Err(SubmitError::Clock(ClockAlarm::Behind(_)))), "{outcome:?}");
    assert_eq!(size(&node).await, before + 1);
}

/// Hands the statement in until it is refused: how many wait by then, and why no more.
fn filled(node: &Node, note: &str, contents: &[NewContent]) -> (usize, Option<SubmitError>) {
    let mut waiting = Vec::new();
    for _ in 0..60_000 {
        let mut submission = Box::pin(node.submitter.submit(note.to_owned(), contents.to_vec()));
        match submission.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            std::task::Poll::Pending => waiting.push(submission),
            std::task::Poll::Ready(outcome) => return (waiting.len(), outcome.err()),
        }
    }
    (waiting.len(), None)
}

async fn a_full_queue_answers_busy_and_does_not_grow(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    // Another writer holds the database, so that nothing can be sequenced.
    let mut raw = trial.raw().await;
    sqlx::raw_sql("begin; update head set claim = claim").execute(&mut raw).await.unwrap();
    let target = Reference { index: 1, leaf: Hash::ZERO };
    let core = statement::Status { agency: id.clone(), target, kind: StatusKind::Withdrawn, effective: None, ground: "x".into(), by: None };
    let line = statement::core_line("status", &"0".repeat(32), &core).unwrap();
    let note = chain::note::sign(&statement::text(&node.origin, &line, None), &[node.seal(&id).unwrap()]);
    let (waiting, refused) = filled(&node, &note, &[]);
    assert!(matches!(refused, Some(SubmitError::Busy)), "{refused:?} after {waiting}");
    sqlx::raw_sql("rollback").execute(&mut raw).await.unwrap();
    // Room comes back by itself.
    let mut outcome = publish(&node, draft(&id, "Notice", "text")).await;
    while matches!(outcome, Err(SubmitError::Store(_))) {
        outcome = publish(&node, draft(&id, "Notice", "text")).await;
    }
    outcome.unwrap();
}

async fn large_parts_that_wait_fill_the_queue_by_their_bytes(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let composed = compose(&node, draft(&id, "Notice", &"x".repeat(SMALL)));
    let note = chain::note::sign(&composed.text, &[node.seal(&id).unwrap()]);
    let mut raw = trial.raw().await;
    sqlx::raw_sql("begin; update head set claim = claim").execute(&mut raw).await.unwrap();
    let (waiting, refused) = filled(&node, &note, &composed.contents);
    assert!(matches!(refused, Some(SubmitError::Busy)), "{refused:?} after {waiting}");
    assert!(waiting * SMALL < 256 << 20, "{waiting} parts of {SMALL} bytes wait in memory");
    sqlx::raw_sql("rollback").execute(&mut raw).await.unwrap();
}

async fn a_part_that_is_missing_or_another_one_is_refused_and_nothing_is_logged(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let before = size(&node).await;
    let composed = compose(&node, draft(&id, "Notice", "text"));
    let note = chain::note::sign(&composed.text, &[node.seal(&id).unwrap()]);
    let without: Vec<_> = composed.contents[..1].to_vec();
    let outcome = node.submitter.submit(note.clone(), without).await;
    assert!(matches!(outcome, Err(SubmitError::PartMissing(part)) if part == composed.contents[1].commitment), "{outcome:?}");
    let mut changed = composed.contents.clone();
    changed[1].bytes = Some(b"other".to_vec());
    let outcome = node.submitter.submit(note.clone(), changed).await;
    assert!(matches!(outcome, Err(SubmitError::PartDiffers(_))), "{outcome:?}");
    assert_eq!(size(&node).await, before);
    node.submitter.submit(note, composed.contents).await.unwrap();
}

async fn a_statement_that_may_not_be_made_is_refused_by_name_and_nothing_is_logged(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let other = agency(&mut node, "works").await;
    let first = publish(&node, draft(&id, "Notice", "text")).await.unwrap();
    let before = size(&node).await;
    let composed = compose(&node, draft(&id, "Notice", "text"));
    let stranger = Signer::new(&id, KeyType::Ed25519, &[7; 32]).unwrap();
    let submit = |note: String| node.submitter.submit(note, composed.contents.clone());

    let outcome = submit(chain::note::sign(&composed.text, &[&stranger])).await;
    assert!(matches!(outcome, Err(SubmitError::Refused(Refusal::UnknownKey(_)))), "a key never registered: {outcome:?}");
    let outcome = submit(chain::note::sign(&composed.text, &[node.seal(&other).unwrap()])).await;
    assert!(matches!(outcome, Err(SubmitError::Refused(Refusal::UnknownKey(_)))), "another agency's key: {outcome:?}");
    let elsewhere = composed.text.replace(&node.origin, "elsewhere.example/log");
    let outcome = submit(chain::note::sign(&elsewhere, &[node.seal(&id).unwrap()])).await;
    assert!(matches!(outcome, Err(SubmitError::Refused(Refusal::Origin(_)))), "another chain's: {outcome:?}");
    let note = chain::note::sign(&composed.text, &[node.seal(&id).unwrap()]);
    let outcome = submit(note.replace("\"genre\":\"notice\"", "\"genre\":\"order\"")).await;
    assert!(matches!(outcome, Err(SubmitError::Refused(Refusal::Signature(_)))), "other text than was signed: {outcome:?}");
    let unknown = composed.text.replace("{\"type\"", "{\"!must\":1,\"type\"");
    let outcome = submit(chain::note::sign(&unknown, &[node.seal(&id).unwrap()])).await;
    assert!(matches!(outcome, Err(SubmitError::Refused(Refusal::Statement(StatementError::Json(..))))), "{outcome:?}");
    let long = composed.text.replace("{\"type\"", &format!("{{\"padding\":\"{}\",\"type\"", "x".repeat(20_000)));
    let outcome = submit(chain::note::sign(&long, &[node.seal(&id).unwrap()])).await;
    assert!(matches!(outcome, Err(SubmitError::Refused(Refusal::Statement(StatementError::TooLarge { .. })))), "{outcome:?}");
    let outcome = submit("not a note".into()).await;
    assert!(matches!(outcome, Err(SubmitError::Refused(Refusal::Statement(StatementError::Note(_))))), "{outcome:?}");

    let outcome = status(&node, &other, reference(&first), StatusKind::Withdrawn).await;
    assert!(matches!(outcome, Err(SubmitError::Refused(Refusal::NotEntitled { .. }))), "another's document: {outcome:?}");
    let nowhere = Reference { index: first.index, leaf: Hash::ZERO };
    let outcome = status(&node, &id, nowhere, StatusKind::Withdrawn).await;
    assert!(matches!(outcome, Err(SubmitError::Refused(Refusal::Reference(_)))), "{outcome:?}");
    assert_eq!(size(&node).await, before);

    let mut second = draft(&id, "Notice, again", "text");
    second.revises = Some(reference(&first));
    publish(&node, second.clone()).await.unwrap();
    let outcome = publish(&node, second).await;
    assert!(matches!(outcome, Err(SubmitError::Refused(Refusal::NotHead(_)))), "a version never has two successors: {outcome:?}");
}

async fn a_redacted_part_is_not_kept_and_is_named_by_its_redaction(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let first = publish(&node, draft(&id, "Notice", "text")).await.unwrap();
    let part = match chain::entry::Entry::parse(&node.store.entry(first.index).await.unwrap().unwrap())
        .map(|entry| statement::Statement::parse(entry.note.as_bytes()).unwrap().core)
        .unwrap()
    {
        statement::Core::Disclosure(core) => core.parts[1].commitment,
        other => panic!("{other:?}"),
    };
    redact(&node, &id, reference(&first), vec![part]).await.unwrap();
    let found = node.store.content(&part).await.unwrap().unwrap();
    assert!(matches!(found, server::store::StoredContent::Removed { by } if by == first.index + 1));
    // Its bytes have left the table as well.
    let mut raw = trial.raw().await;
    let (left,): (i64,) = sqlx::query_as("select count(*) from contents where commitment = $1 and (bytes is not null or salt is not null)")
        .bind(&part.0.0[..])
        .fetch_one(&mut raw)
        .await
        .unwrap();
    assert_eq!(left, 0);
}

async fn a_part_of_one_document_is_never_taken_into_another(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let (works, parks) = (agency(&mut node, "works").await, agency(&mut node, "parks").await);
    let first = compose(&node, draft(&works, "Bridge closed", "From Monday."));
    let taken = first.contents[1].clone();
    let receipt = node.submitter.seal(&first.text, node.seal(&works).unwrap(), first.contents).await.unwrap().await.unwrap().unwrap();
    // Salt and bytes are public once logged: another agency could list the part, and then redact it.
    let mut other = compose(&node, draft(&parks, "Park closed", "From Tuesday."));
    other.text = other.text.replace(&other.contents[1].commitment.to_string(), &taken.commitment.to_string());
    other.contents[1] = taken.clone();
    let size = node.heads.borrow().size;
    let refused = node.submitter.seal(&other.text, node.seal(&parks).unwrap(), other.contents).await.unwrap().await.unwrap();
    assert!(matches!(refused, Err(SubmitError::Refused(Refusal::PartTaken(part))) if part == taken.commitment), "{refused:?}");
    assert_eq!(node.heads.borrow().size, size);
    // A later version of the same document keeps what did not change.
    let mut draft = draft(&works, "Bridge open", "From Friday.");
    draft.revises = Some(reference(&receipt));
    let mut again = compose(&node, draft);
    again.text = again.text.replace(&again.contents[1].commitment.to_string(), &taken.commitment.to_string());
    again.text = again.text.replace("\"size\":12", &format!("\"size\":{}", taken.size));
    again.contents.truncate(1);
    node.submitter.seal(&again.text, node.seal(&works).unwrap(), again.contents).await.unwrap().await.unwrap().unwrap();
}
