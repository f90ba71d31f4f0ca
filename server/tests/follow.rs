//! What following the log promises: what is published is found, what is replaced or redacted is not, and nothing is missed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;

use chain::{
    entry::Entry,
    part::Commitment,
    statement::{Core, Statement, StatusKind},
};
use server::{
    compose::Document,
    follow,
    node::Node,
    search::{Index, Opening, Query, State},
};
use std::{sync::Arc, time::Duration};
use trial::{Engine, Trial, agency, close, draft, import_all, line, publish, redact, reference, status};

on_each_engine! {
    a_part_redacted_in_one_version_is_found_in_none_that_shares_it,
}

fn find(index: &Index, text: &str) -> Vec<u64> {
    let hits = index.search(&Query { text: text.into(), ..Query::default() }).unwrap();
    hits.hits.iter().map(|hit| hit.index).collect()
}

fn find_state(index: &Index, text: &str, state: State) -> Vec<u64> {
    let hits = index.search(&Query { text: text.into(), state: Some(state), ..Query::default() }).unwrap();
    hits.hits.iter().map(|hit| hit.index).collect()
}

async fn size(node: &Node) -> u64 {
    node.store.head().await.unwrap().unwrap().size
}

async fn caught_up(node: &Node, index: &Index) {
    let size = size(node).await;
    tokio::time::timeout(Duration::from_secs(60), async {
        while index.covered() < size {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
}

async fn parts(node: &Node, index: u64) -> Vec<Commitment> {
    let bytes = node.store.entry(index).await.unwrap().unwrap();
    match Statement::parse(Entry::parse(&bytes).unwrap().note.as_bytes()).unwrap().core {
        Core::Disclosure(core) => core.parts.iter().map(|part| part.commitment).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_is_found_by_its_words_and_its_agencys_name() {
    let trial = Trial::new();
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let (index, opening) = follow::open(&trial.place.data, size(&node).await).unwrap();
    assert_eq!(opening, Opening::Created);
    let index = Arc::new(index);
    let task = follow::start(node.store.clone(), node.heads.clone(), index.clone());
    let mut draft = draft(&id, "Lantern festival", "The river is closed to barges.");
    draft.documents.push(Document {
        role: "translation",
        media: "text/markdown".into(),
        language: Some("zh".into()),
        name: "body.zh.md".into(),
        bytes: "河道禁止驳船通行。".into(),
    });
    let receipt = publish(&node, draft).await.unwrap();
    caught_up(&node, &index).await;
    for words in ["lantern festival", "barges", "驳船", "Qinghe finance bureau"] {
        assert_eq!(find(&index, words), [receipt.index], "{words}");
    }
    task.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_revised_document_only_the_newest_version_is_found_unless_asked() {
    let trial = Trial::new();
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let (index, _) = follow::open(&trial.place.data, 0).unwrap();
    let first = publish(&node, draft(&id, "Parking", "Twenty lanterns an hour.")).await.unwrap();
    follow::catch_up(&node.store, &index, size(&node).await).await.unwrap();
    assert_eq!(find(&index, "lanterns"), [first.index]);
    let mut second = draft(&id, "Parking", "Thirty lanterns an hour.");
    second.revises = Some(reference(&first));
    let second = publish(&node, second).await.unwrap();
    follow::catch_up(&node.store, &index, size(&node).await).await.unwrap();
    assert_eq!(find(&index, "lanterns"), [second.index]);
    assert!(find(&index, "twenty").is_empty());
    assert_eq!(find_state(&index, "twenty", State::Superseded), [first.index]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_withdrawn_or_repealed_is_found_marked_so_and_reinstated_again_is_not() {
    let trial = Trial::new();
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let (index, _) = follow::open(&trial.place.data, 0).unwrap();
    let receipt = publish(&node, draft(&id, "Parking", "Twenty lanterns an hour.")).await.unwrap();
    for (kind, state) in [
        (StatusKind::Withdrawn, State::Withdrawn),
        (StatusKind::Repealed, State::Repealed),
        (StatusKind::Corrected, State::Repealed),
        (StatusKind::Reinstated, State::Current),
    ] {
        status(&node, &id, reference(&receipt), kind).await.unwrap();
        follow::catch_up(&node.store, &index, size(&node).await).await.unwrap();
        assert_eq!(find_state(&index, "lanterns", state), [receipt.index], "{kind:?}");
    }
    assert_eq!(index.documents(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn redacted_words_are_gone_from_the_index_and_the_rest_is_still_found() {
    let trial = Trial::new();
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let (index, _) = follow::open(&trial.place.data, 0).unwrap();
    let receipt = publish(&node, draft(&id, "Parking", "Xenolantern twenty.")).await.unwrap();
    follow::catch_up(&node.store, &index, size(&node).await).await.unwrap();
    assert_eq!(find(&index, "xenolantern"), [receipt.index]);
    let parts = parts(&node, receipt.index).await;
    redact(&node, &id, reference(&receipt), vec![parts[1]]).await.unwrap();
    follow::catch_up(&node.store, &index, size(&node).await).await.unwrap();
    assert!(find(&index, "xenolantern").is_empty());
    assert_eq!(find_state(&index, "parking", State::Redacted), [receipt.index]);
    assert!(index.erasing().is_empty());
    for entry in std::fs::read_dir(trial.place.data.join(follow::FOLDER)).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(11).any(|window| window == b"xenolantern"));
    }
    redact(&node, &id, reference(&receipt), vec![parts[0]]).await.unwrap();
    follow::catch_up(&node.store, &index, size(&node).await).await.unwrap();
    assert!(find(&index, "parking").is_empty());
    assert_eq!(index.documents(), 0);
}

async fn a_part_redacted_in_one_version_is_found_in_none_that_shares_it(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let (index, _) = follow::open(&trial.place.data, 0).unwrap();
    let first = publish(&node, draft(&id, "Parking", "Xenolantern twenty.")).await.unwrap();
    // The same body, unchanged and not handed in again, under a new title.
    let (old, mut revision) = (parts(&node, first.index).await, draft(&id, "Parking, again", "Xenolantern twenty."));
    revision.revises = Some(reference(&first));
    let composed = trial::compose(&node, revision);
    let text = composed.text.replace(&composed.contents[1].commitment.to_string(), &old[1].to_string());
    let contents = composed.contents[..1].to_vec();
    let second = node.submitter.seal(&text, node.seal(&id).unwrap(), contents).await.unwrap().await.unwrap().unwrap();
    follow::catch_up(&node.store, &index, size(&node).await).await.unwrap();
    assert_eq!(find(&index, "xenolantern"), [second.index]);
    redact(&node, &id, reference(&second), vec![old[1]]).await.unwrap();
    follow::catch_up(&node.store, &index, size(&node).await).await.unwrap();
    assert!(find(&index, "xenolantern").is_empty());
    assert!(find_state(&index, "xenolantern", State::Superseded).is_empty());
    close(node).await;
    assert_eq!(server::fsck::fsck(&trial.place, &|_, _, _| {}).await.unwrap().differs, None);
}

#[test]
fn a_follower_killed_at_any_moment_goes_on_from_what_it_covered() {
    let trial = Trial::new();
    let text: String = (0..2_600).map(|n| line(n, "")).collect();
    let file = trial.file("papers.jsonl", &text);
    for round in 0..3 {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let node = trial.open().await;
            let (index, _) = follow::open(&trial.place.data, size(&node).await).unwrap();
            let index = Arc::new(index);
            drop(follow::start(node.store.clone(), node.heads.clone(), index.clone()));
            if round == 0 {
                import_all(&node, std::slice::from_ref(&file)).await;
            }
            if round == 2 {
                caught_up(&node, &index).await;
                assert_eq!(index.documents(), 2_600);
                for n in [0, 1_300, 2_599] {
                    assert_eq!(find(&index, &format!("number{n}")), [2 + n], "each exactly once");
                }
            }
        });
        runtime.shutdown_timeout(Duration::from_secs(60));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_of_a_longer_history_is_begun_anew() {
    let trial = Trial::new();
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    publish(&node, draft(&id, "Parking", "text")).await.unwrap();
    let (index, _) = follow::open(&trial.place.data, 0).unwrap();
    follow::catch_up(&node.store, &index, size(&node).await).await.unwrap();
    drop(index);
    let (index, opening) = follow::open(&trial.place.data, 1).unwrap();
    assert!(matches!(opening, Opening::Rebuilt(_)));
    assert_eq!((index.covered(), index.documents()), (0, 0));
}
