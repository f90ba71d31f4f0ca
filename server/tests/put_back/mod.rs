//! A machine on which a copy from before a redaction was put back, and what can be looked at there.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{
    portal,
    trial::{Engine, Trial, agency, close, compose, draft, publish, redact, reference},
};
use axum::{body::Body, http::Request};
use chain::part::Commitment;
use server::{
    compose::Document,
    follow,
    node::Node,
    recover::{Recovered, recover},
    search::{Index, Query},
    sequencer::Receipt,
    store::{NewContent, StoredContent},
};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// In the title that is redacted, and in the texts; and nowhere else.
pub const TITLE: &str = "quaylantern";
pub const WORD: &str = "xenolantern";

/// The disclosure whose parts are redacted, the entries of the old copy, the redaction, and the entries of the newest copy.
pub const INDEX: u64 = 3;
pub const OLD: u64 = 5;
pub const BY: u64 = 5;
pub const NEW: u64 = 7;

/// The machine with an old copy in its data folder, and the newest copy elsewhere.
pub struct Restored {
    pub trial: Trial,
    pub old: Trial,
    pub newest: Trial,
    /// Catalogue, text, and a file that lies in the object store.
    pub contents: Vec<NewContent>,
    /// Those of them that were redacted after the old copy was made.
    pub redacted: Vec<NewContent>,
}

/// Publishes a disclosure of three parts.
pub async fn disclose(node: &Node, agency: &str) -> (Receipt, Vec<NewContent>) {
    let mut with_file = draft(agency, TITLE, &format!("The {WORD} keeper lives at the north wall."));
    with_file.documents.push(Document {
        role: "attachment",
        media: "text/plain".into(),
        language: None,
        name: "keepers.txt".into(),
        bytes: format!("{WORD} ").repeat(20_000).into_bytes(),
    });
    let composed = compose(node, with_file);
    let note = chain::note::sign(&composed.text, &[node.seal(agency).unwrap()]);
    let receipt = node.submitter.submit(note, composed.contents.clone()).await.unwrap();
    (receipt, composed.contents)
}

pub async fn restored(engine: Engine, redacted: &[usize]) -> Restored {
    let mut trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let (first, contents) = disclose(&node, &id).await;
    publish(&node, draft(&id, "Bridges", &"bridge ".repeat(20_000))).await.unwrap();
    assert_eq!((first.index, node.heads.borrow().size), (INDEX, OLD));
    searchable(&trial, &node).await;
    close(node).await;
    let old = trial.copy();

    let node = trial.open().await;
    let redacted: Vec<NewContent> = redacted.iter().map(|place| contents[*place].clone()).collect();
    let by = redact(&node, &id, reference(&first), redacted.iter().map(|part| part.commitment).collect()).await.unwrap();
    publish(&node, draft(&id, "Last", "text")).await.unwrap();
    assert_eq!((by.index, node.heads.borrow().size), (BY, NEW));
    searchable(&trial, &node).await;
    close(node).await;
    let newest = trial.copy();
    trial.restore(&old);
    Restored { trial, old, newest, contents, redacted }
}

/// Brings the search index up to the chain.
pub async fn searchable(trial: &Trial, node: &Node) {
    let size = node.heads.borrow().size;
    let (index, _) = follow::open(&trial.place.data, size).unwrap();
    follow::catch_up(&node.store, &index, size).await.unwrap();
}

pub fn find(index: &Index, text: &str) -> Vec<u64> {
    let hits = index.search(&Query { text: text.into(), ..Query::default() }).unwrap();
    hits.hits.iter().map(|hit| hit.index).collect()
}

/// Files that have these bytes in them, in use or not.
pub fn files_with(folder: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, bytes));
        } else {
            // One that is gone meanwhile has nothing in it.
            let read = std::fs::read(&path).unwrap_or_default();
            if read.windows(bytes.len()).any(|window| window == bytes) {
                found.push(path);
            }
        }
    }
    found
}

/// Whether a part is gone, and said to be by the redaction.
pub async fn is_gone(node: &Node, part: &Commitment) -> bool {
    matches!(node.store.content(part).await.unwrap(), Some(StoredContent::Removed { by: BY }))
}

pub async fn is_there(node: &Node, part: &Commitment) -> bool {
    matches!(node.store.content(part).await.unwrap(), Some(StoredContent::Present { .. }))
}

/// What the machine keeps whose state folder this is: the one file whose name ends so.
pub fn kept(state: &Path, end: &str) -> PathBuf {
    let mut files = std::fs::read_dir(state).unwrap().map(|file| file.unwrap().path());
    files.find(|file| file.extension().is_some_and(|extension| extension == end)).unwrap()
}

/// The machine's list.
pub fn list(trial: &Trial) -> PathBuf {
    kept(&trial.place.state, "removed")
}

/// Its lines, of which the order says nothing.
pub fn lines(trial: &Trial) -> Vec<String> {
    let mut lines: Vec<_> = std::fs::read_to_string(list(trial)).unwrap().lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

/// The mark outside the data folder is lost.
pub fn lose_mark(trial: &Trial) {
    std::fs::remove_file(list(trial).with_extension("mark")).unwrap();
}

/// What missing entries are fetched from: a folder, or, of a database on a server, an address.
pub async fn source(trial: &Trial) -> String {
    if trial.place.database.is_none() {
        return trial.place.data.display().to_string();
    }
    let node = trial.open().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let portal = portal::portal(trial, &node).await;
    tokio::spawn(async move { axum::serve(listener, axum::ServiceExt::<Request<Body>>::into_make_service(portal)).await });
    address
}

pub async fn recovered(trial: &Trial, from: &Trial) -> Recovered {
    recover(&trial.place, &source(from).await, &|_, _| {}).await.unwrap()
}

/// Every row of every part, as text.
pub async fn rows(node: &Node) -> Vec<String> {
    node.store.contents(0, NEW).await.unwrap().iter().map(|row| format!("{row:?}")).collect()
}

pub async fn until(is_so: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it never is");
}
