//! A trial chain in a folder of its own, on SQLite or PostgreSQL, with what several tests do to one.
#![allow(dead_code, unused_macros, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod postgres;

use chain::{
    catalogue::Catalogue,
    hash::Hash,
    part::Commitment,
    statement::{self, Redaction, Reference, Status, StatusKind},
};
use server::{
    compose::{Composed, Document, Draft, random_id},
    import::{Report, Silent, Stop, import},
    node::{Node, Place},
    sequencer::{Clock, Receipt, SubmitError},
};
use sqlx::{AnyConnection, Connection, any::install_default_drivers};
use std::path::{Path, PathBuf};

/// Makes of each async function two tests: one for each engine the store runs on. After `plain`, of functions that are
/// not async.
macro_rules! on_each_engine {
    (plain $($promise:ident),* $(,)?) => {
        on_each_engine!(@ plain_on_sqlite Sqlite $($promise)*; |kept| kept);
        on_each_engine!(@ plain_on_postgres Postgres $($promise)*; |kept| kept);
    };
    ($($promise:ident),* $(,)?) => {
        on_each_engine!(@ on_sqlite Sqlite $($promise)*; |kept| super::trial::runtime().block_on(kept));
        on_each_engine!(@ on_postgres Postgres $($promise)*; |kept| super::trial::runtime().block_on(kept));
    };
    (@ $module:ident $engine:ident $($promise:ident)*; |$kept:ident| $keep:expr) => {
        mod $module {
            $(
                #[test]
                fn $promise() {
                    let $kept = super::$promise(super::trial::Engine::$engine);
                    let () = $keep;
                }
            )*
        }
    };
}

/// A runtime like the program's own.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

pub struct Trial {
    pub dir: tempfile::TempDir,
    pub place: Place,
}

impl Trial {
    pub fn new() -> Trial {
        Trial::on(Engine::Sqlite)
    }

    pub fn on(engine: Engine) -> Trial {
        Trial::with(match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(postgres::database()),
        })
    }

    fn with(database: Option<String>) -> Trial {
        let dir = tempfile::tempdir().unwrap();
        let place = Place { data: dir.path().join("data"), state: dir.path().join("state"), database, origin: None, charter: None };
        Trial { dir, place }
    }

    pub async fn open(&self) -> Node {
        Node::open(&self.place, Clock::system()).await.unwrap()
    }

    pub fn file(&self, name: &str, lines: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, lines).unwrap();
        path
    }

    /// The same folders and database, copied aside. Nobody has them open.
    pub fn copy(&self) -> Trial {
        let other = Trial::with(self.place.database.as_deref().map(postgres::copy_of));
        copy(&self.place.data, &other.place.data);
        copy(&self.place.state, &other.place.state);
        other
    }

    /// The data put back as it was in `old`; the mark outside it stays.
    pub fn restore(&mut self, old: &Trial) {
        std::fs::remove_dir_all(&self.place.data).unwrap();
        copy(&old.place.data, &self.place.data);
        self.place.database = old.place.database.as_deref().map(postgres::copy_of);
    }

    /// A connection behind everybody's back.
    pub async fn raw(&self) -> AnyConnection {
        install_default_drivers();
        let sqlite = || format!("sqlite://{}", self.place.data.join("gazette.sqlite").display());
        AnyConnection::connect(&self.place.database.clone().unwrap_or_else(sqlite)).await.unwrap()
    }
}

pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub async fn close(node: Node) {
    let store = node.store.clone();
    drop(node);
    store.close().await;
}

pub fn draft(agency: &str, title: &str, body: &str) -> Draft {
    Draft {
        agency: agency.into(),
        genre: "notice".into(),
        theme: None,
        language: "en".into(),
        catalogue: Catalogue { title: title.into(), published: Some("2026-03-01".into()), ..Catalogue::default() },
        documents: vec![Document {
            role: "body",
            media: "text/markdown".into(),
            language: Some("en".into()),
            name: "body.md".into(),
            bytes: body.as_bytes().to_vec(),
        }],
        revises: None,
        ground: None,
        stated_agency: None,
        source: None,
    }
}

/// An agency of the trial chain, with its seal kept by the node.
pub async fn agency(node: &mut Node, name: &str) -> String {
    node.register_agency(name, &[("en".to_owned(), format!("Qinghe {name} bureau"))].into(), false).await.unwrap()
}

pub fn compose(node: &Node, draft: Draft) -> Composed {
    draft.compose(&node.origin, &random_id().unwrap()).unwrap()
}

pub async fn publish(node: &Node, draft: Draft) -> Result<Receipt, SubmitError> {
    let signer = node.seal(&draft.agency).unwrap();
    let Composed { text, contents } = compose(node, draft);
    node.submitter.seal(&text, signer, contents).await?.await.unwrap()
}

pub fn reference(receipt: &Receipt) -> Reference {
    Reference { index: receipt.index, leaf: receipt.leaf.unwrap() }
}

async fn sealed<T: serde::Serialize>(node: &Node, agency: &str, kind: &str, core: &T) -> Result<Receipt, SubmitError> {
    let line = statement::core_line(kind, &random_id().unwrap(), core).unwrap();
    let text = statement::text(&node.origin, &line, None);
    node.submitter.seal(&text, node.seal(agency).unwrap(), vec![]).await?.await.unwrap()
}

pub async fn status(node: &Node, agency: &str, target: Reference, kind: StatusKind) -> Result<Receipt, SubmitError> {
    sealed(node, agency, "status", &Status { agency: agency.into(), target, kind, effective: None, ground: "decided".into(), by: None })
        .await
}

pub async fn redact(node: &Node, agency: &str, target: Reference, parts: Vec<Commitment>) -> Result<Receipt, SubmitError> {
    sealed(node, agency, "redaction", &Redaction { agency: agency.into(), target, parts, ground: "privacy".into() }).await
}

/// A line of an import file about a city that does not exist.
pub fn line(n: usize, more: &str) -> String {
    let day = n % 28 + 1;
    format!(
        "{{\"id\":\"qh-{n}\",\"title\":\"Notice {n} of Qinghe\",\"published\":\"2026-01-{day:02}\",\"agency\":\"Qinghe Works\",\"category\":\"City notice\",\
         \"language\":\"en\",\"source_url\":\"https://qinghe.example/notices/{n}\",\"body\":\"# Notice {n}\\n\\nThe lantern number{n} is lit.\"{more}}}\n"
    )
}

pub async fn import_all(node: &Node, files: &[PathBuf]) -> Report {
    import(node, files, &Stop::default(), &Silent).await.unwrap()
}

pub fn leaf(bytes: &[u8]) -> Hash {
    chain::tree::leaf_hash(bytes)
}
