//! Publishing in process: the real sequencer on SQLite with `synchronous = FULL`, beside raw inserts and bare signatures.

use crate::table::{Table, per_second, processor, rate, rate_and_cost};
use chain::{
    catalogue::Catalogue,
    statement::{self, Reference, Statement, Status, StatusKind},
};
use ed25519_dalek::{Signature, VerifyingKey};
use server::{
    compose::{Composed, Draft, random_id},
    node::{ARCHIVE, Node, Place},
    sequencer::{Clock, SubmitError},
    store::{Bulk, NewContent},
};
use sqlx::{Connection, Executor};
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

const COUNT: usize = 100_000;
/// Statements that wait for an answer at once: nearly as many as the queue holds.
const AT_ONCE: usize = 16_000;
/// Statements that one task seals.
const CHUNK: usize = 512;

/// What is signed, or signed already, and the parts that go with it.
pub type Statements = Vec<(String, Vec<NewContent>)>;

#[derive(Clone, Copy)]
pub enum Kind {
    /// A disclosure with its catalogue: five rows in five tables, and a dozen index entries.
    Disclosure,
    /// A status, which has no parts: three rows.
    Status,
}

pub fn measure(table: &mut Table, scratch: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        for (name, kind) in [("disclosures with a catalogue", Kind::Disclosure), ("statuses", Kind::Status)] {
            let folder = scratch.join(name.replace(' ', "-"));
            let node = node(&folder.join("strangers")).await;
            let texts = compose(&node, kind).await;
            let notes: Statements = texts.into_iter().map(|(text, contents)| (seal(&node, &text), contents)).collect();
            let raw = raw(&folder.join("raw.sqlite"), &notes).await;
            let bare = bare(&node, &notes);
            let checked = checked(&node, notes).await;
            close(node).await;
            let node = self::node(&folder.join("own")).await;
            let texts = compose(&node, kind).await;
            let sealed = sealed(&node, texts).await;
            close(node).await;
            let yardstick = format!("{} raw rows, {} Ed25519 a core", per_second(raw), per_second(bare));
            table.row(
                &format!("publish, signatures checked: {name}"),
                rate_and_cost(checked.0, checked.1),
                &*yardstick,
                Some(checked.0 / raw),
                "25,000/s",
            );
            table.row(
                &format!("publish, sealed here: {name}"),
                rate_and_cost(sealed.0, sealed.1),
                yardstick,
                Some(sealed.0 / raw),
                "40,000/s",
            );
            std::fs::remove_dir_all(&folder).unwrap();
        }
    });
}

pub async fn node(folder: &Path) -> Node {
    let place = Place { data: folder.join("data"), state: folder.join("state"), database: None, origin: None, charter: None };
    Node::open(&place, Clock::system()).await.unwrap()
}

pub async fn close(node: Node) {
    let store = node.store.clone();
    drop(node);
    store.close().await;
}

pub async fn compose(node: &Node, kind: Kind) -> Statements {
    let archive = node.sibling(ARCHIVE);
    let disclosure = |n: usize| {
        let catalogue = Catalogue {
            title: format!("Notice {n} on the maintenance of street lanterns in the harbour district"),
            published: Some("2026-03-01".into()),
            document_number: Some(format!("2026-{n}")),
            ..Catalogue::default()
        };
        let (genre, language) = ("notice".into(), "en".into());
        let (documents, none) = (vec![], None);
        let draft = Draft {
            agency: archive.clone(),
            genre,
            theme: none.clone(),
            language,
            catalogue,
            documents,
            revises: None,
            ground: None,
            stated_agency: Some("Finance Bureau".into()),
            source: none,
        };
        let Composed { text, contents } = draft.compose(&node.origin, &random_id().unwrap()).unwrap();
        (text, contents)
    };
    match kind {
        Kind::Disclosure => (0..COUNT).map(disclosure).collect(),
        Kind::Status => {
            let (text, contents) = disclosure(0);
            let receipt = node.submitter.submit(seal(node, &text), contents).await.unwrap();
            let target = Reference { index: receipt.index, leaf: receipt.leaf.unwrap() };
            let core = Status { agency: archive, target, kind: StatusKind::Corrected, effective: None, ground: "decided".into(), by: None };
            let line = || statement::core_line("status", &random_id().unwrap(), &core).unwrap();
            (0..COUNT).map(|_| (statement::text(&node.origin, &line(), None), vec![])).collect()
        }
    }
}

pub fn seal(node: &Node, text: &str) -> String {
    chain::note::sign(text, &[node.seal(&node.sibling(ARCHIVE)).unwrap()])
}

/// Strangers' statements: every one a task of its own that is answered when its statement is durable.
async fn checked(node: &Node, notes: Statements) -> (f64, Duration) {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let (begun, used, count) = (Instant::now(), processor("self"), notes.len());
    let mut tasks = tokio::task::JoinSet::new();
    for (note, contents) in notes {
        let permit = room.clone().acquire_owned().await.unwrap();
        let submitter = node.submitter.clone();
        tasks.spawn(async move {
            let answer = submitter.submit(note, contents).await;
            drop(permit);
            answer.map(|receipt| assert!(!receipt.repeated))
        });
    }
    while let Some(answer) = tasks.join_next().await {
        answer.unwrap().unwrap_or_else(|error: SubmitError| panic!("{error}"));
    }
    (rate(count, begun.elapsed()), (processor("self") - used) / count as u32)
}

/// Statements sealed by this process, on as many threads as there are cores.
async fn sealed(node: &Node, texts: Statements) -> (f64, Duration) {
    let (begun, used, count) = (Instant::now(), processor("self"), texts.len());
    let room = Arc::new(Semaphore::new(AT_ONCE / CHUNK));
    let mut tasks = tokio::task::JoinSet::new();
    let mut texts = texts.into_iter();
    loop {
        let chunk: Vec<_> = texts.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            break;
        }
        let permit = room.clone().acquire_owned().await.unwrap();
        let node = node.clone();
        tasks.spawn(async move {
            let (archive, state) = (node.sibling(ARCHIVE), node.submitter.state());
            let mut waiting = Vec::with_capacity(CHUNK);
            for (text, contents) in chunk {
                let (note, verified) = state.seal(&text, node.seal(&archive).unwrap()).unwrap();
                waiting.push(node.submitter.sealed(note, verified, contents).await.unwrap());
            }
            drop(permit);
            for waiting in waiting {
                assert!(!waiting.await.unwrap().unwrap().repeated);
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    (rate(count, begun.elapsed()), (processor("self") - used) / count as u32)
}

/// The same bytes as rows of one table, 8,192 a transaction, each transaction on disk before the next.
async fn raw(path: &Path, notes: &Statements) -> f64 {
    sqlx::any::install_default_drivers();
    let mut connection = sqlx::AnyConnection::connect(&format!("sqlite://{}?mode=rwc", path.display())).await.unwrap();
    for statement in
        ["pragma journal_mode = wal", "pragma synchronous = full", "create table rows (n integer primary key, bytes blob not null)"]
    {
        connection.execute(statement).await.unwrap();
    }
    let rows: Vec<_> = notes
        .iter()
        .enumerate()
        .map(|(n, (note, contents))| {
            let parts = contents.iter().filter_map(|content| content.bytes.as_deref());
            (n as i64, parts.fold(note.clone().into_bytes(), |row, part| [&row, part].concat()))
        })
        .collect();
    let begun = Instant::now();
    for batch in rows.chunks(8_192) {
        let mut transaction = connection.begin().await.unwrap();
        let insert = Bulk { into: "rows (n, bytes)", columns: 2, then: "" };
        insert.insert(&mut transaction, batch, |query, (n, bytes)| query.bind(*n).bind(&bytes[..])).await.unwrap();
        transaction.commit().await.unwrap();
    }
    let took = begun.elapsed();
    connection.close().await.unwrap();
    rate(rows.len(), took)
}

/// Signatures verified one by one on one core, and nothing else.
pub fn bare(node: &Node, notes: &Statements) -> f64 {
    let key = VerifyingKey::from_bytes(&node.seal(&node.sibling(ARCHIVE)).unwrap().vkey().public()).unwrap();
    let signed: Vec<_> = notes
        .iter()
        .map(|(note, _)| {
            let note = Statement::parse(note.as_bytes()).unwrap().note;
            (note.text.to_owned(), Signature::from_slice(&note.signatures[0].bytes).unwrap())
        })
        .collect();
    let (begun, most) = (Instant::now(), Duration::from_secs(2));
    let mut count = 0;
    for (text, signature) in &signed {
        key.verify_strict(text.as_bytes(), signature).unwrap();
        count += 1;
        if begun.elapsed() > most {
            break;
        }
    }
    rate(count, begun.elapsed())
}
