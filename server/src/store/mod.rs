//! The store: one database (SQLite or PostgreSQL, the same queries) that keeps the chain and its contents.

mod aside;
mod bulk;
mod commit;
mod erase;
mod figures;
mod known;
mod lines;
mod listed;
mod many;
mod named;
mod objects;
mod open;
mod range;
mod read;
mod reader;
mod reasons;
mod tree;

pub use bulk::Bulk;
pub use commit::{Batch, NewContent, NewEntry};
pub(crate) use commit::{stated_agency, stated_date, submission_key, to_hash};
pub(crate) use erase::may_vacuum;
pub(crate) use figures::{Acted, Timed, acted};
pub use figures::{Figures, StepFigures, Times};
pub use lines::{Beginning, Beside, Line, Record};
pub(crate) use listed::{Gone, redacted};
pub use open::FILE;
pub use range::ContentRow;
pub(crate) use range::contents;
pub(crate) use read::load_in;
pub use read::{Head, Item, StoredContent};
pub use reasons::OpenReason;
pub(crate) use reasons::{REASON, reason};
pub use tree::Tree;

use sqlx::AnyPool;

/// What went wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the data folder {path} cannot be used: {source}")]
    Folder { path: std::path::PathBuf, source: std::io::Error },
    #[error("the database {database} cannot be opened: {source}")]
    Open { database: String, source: sqlx::Error },
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the database's tables: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("the object store: {0}")]
    Objects(#[from] object_store::Error),
    #[error("the store holds no {0}")]
    Absent(&'static str),
    #[error("entry {index} in the store cannot be read: {reason}")]
    Entry { index: u64, reason: String },
    #[error("this data folder belongs to the chain {found:?}, not {wanted:?}")]
    OtherChain { found: String, wanted: String },
}

/// The open store. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Store {
    /// What this clone reads with.
    pool: AnyPool,
    reading: AnyPool,
    /// Its own on a PostgreSQL server: however many read, whoever writes finds a connection.
    writing: AnyPool,
    objects: std::sync::Arc<dyn object_store::ObjectStore>,
    /// Kept connections for reading; a PostgreSQL server's come and go with the pool.
    idle: Option<std::sync::Arc<reader::Idle>>,
    genres: std::sync::Arc<std::sync::Mutex<read::Genres>>,
    figures: figures::Known,
    /// Of the table of contents, on a PostgreSQL server.
    vacuuming: std::sync::Arc<erase::Shared>,
}

impl Store {
    /// Whether the places in a statement carry numbers, as PostgreSQL wants them.
    fn numbered(&self) -> bool {
        self.idle.is_none()
    }

    /// For the sequencer, which reads before it writes: readers of pages do not keep it waiting.
    pub(crate) fn for_sequencing(&self) -> Store {
        Store { pool: self.writing.clone(), ..self.clone() }
    }

    /// For everybody else.
    pub(crate) fn for_reading(&self) -> Store {
        Store { pool: self.reading.clone(), ..self.clone() }
    }
}

/// An index as the database's signed integers hold it. Sizes never reach 2^63: the checkpoint format forbids it.
pub(crate) fn to_sql(index: u64) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}

pub(crate) fn from_sql(index: i64) -> u64 {
    u64::try_from(index).unwrap_or(0)
}
