//! What the sample promises: a trial chain gets it once and whole, however often its first start is interrupted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;

use chain::{
    entry::Entry,
    statement::{Core, Statement},
};
use server::{node::Node, sample};
use trial::{Engine, Trial, agency, close, draft, publish};

on_each_engine! {
    a_first_start_that_is_interrupted_again_and_again_leaves_the_sample_whole_in_the_end,
}

/// What each entry is, whose, of which id (registrations have random ones), and which entries it speaks of.
async fn told(node: &Node) -> Vec<(String, String, Vec<u64>)> {
    let size = node.store.head().await.unwrap().unwrap().size;
    let entries = node.store.entries(0, size).await.unwrap();
    let told = entries.iter().map(|(_, bytes)| {
        let statement = Statement::parse(Entry::parse(bytes).unwrap().note.as_bytes()).unwrap();
        let (id, of) = match &statement.core {
            Core::Disclosure(core) => (statement.id.clone(), core.revises.iter().map(|at| at.index).collect()),
            Core::Status(core) => (statement.id.clone(), [Some(core.target), core.by].iter().flatten().map(|at| at.index).collect()),
            Core::Redaction(core) => (statement.id.clone(), vec![core.target.index]),
            core => (core.registry_id().unwrap_or_default().to_owned(), vec![]),
        };
        (statement.signer().to_owned(), id, of)
    });
    told.collect()
}

async fn a_first_start_that_is_interrupted_again_and_again_leaves_the_sample_whole_in_the_end(engine: Engine) {
    let whole = Trial::on(engine);
    let mut node = whole.open().await;
    assert!(sample::wanted(&node).await.unwrap());
    let added = sample::publish(&mut node).await.unwrap();
    assert!(!sample::wanted(&node).await.unwrap());
    let expected = told(&node).await;
    assert!(added > 40 && expected.len() as u64 > added);
    close(node).await;

    let trial = Trial::on(engine);
    // Among registrations, after the first document, and between documents that later ones revise and speak of.
    let last = expected.len() as u64;
    for stop in [3, last - added + 1, last - added + 9, last - 12, last - 1] {
        let node = trial.open().await;
        assert!(sample::wanted(&node).await.unwrap(), "{stop}");
        let mut filled = node.clone();
        let mut heads = node.heads.clone();
        let filling = tokio::spawn(async move { sample::publish(&mut filled).await.unwrap() });
        heads.wait_for(|head| head.size >= stop).await.unwrap();
        filling.abort();
        assert!(filling.await.is_err(), "it was not done yet");
        close(node).await;
    }
    let mut node = trial.open().await;
    assert!(sample::wanted(&node).await.unwrap());
    sample::publish(&mut node).await.unwrap();
    assert_eq!(told(&node).await, expected);
    assert!(!sample::wanted(&node).await.unwrap());
    assert_eq!(sample::publish(&mut node).await.unwrap(), 0, "nothing is added a second time");
    assert_eq!(told(&node).await, expected);
    close(node).await;
    assert_eq!(server::fsck::fsck(&trial.place, &|_, _, _| {}).await.unwrap().differs, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_with_documents_of_its_own_does_not_get_the_sample() {
    let trial = Trial::new();
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    publish(&node, draft(&id, "Parking", "text")).await.unwrap();
    assert!(!sample::wanted(&node).await.unwrap());
}

/// As a store is that was put back to an earlier time: some of the sample is not in it, and no publication was interrupted.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_store_lacks_of_a_sample_that_was_whole_once_is_not_published_again() {
    let trial = Trial::new();
    let node = trial.open().await;
    let (mut filled, mut heads) = (node.clone(), node.heads.clone());
    let filling = tokio::spawn(async move { sample::publish(&mut filled).await.unwrap() });
    heads.wait_for(|head| head.size >= 20).await.unwrap();
    filling.abort();
    assert!(filling.await.is_err() && sample::wanted(&node).await.unwrap());
    std::fs::remove_file(trial.place.data.join("sample.unfinished")).unwrap();
    assert!(!sample::wanted(&node).await.unwrap());
}
