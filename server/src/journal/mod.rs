//! The journal's log: a chain of its own, of the same code as the public one, that holds what was done at the desk.
//!
//! A row is written down in the staff database together with what it is about, and fed to the log from there. What is personal in
//! it is a committed part, removed by a logged redaction once its time is over.

mod examine;
mod feed;
mod retain;
mod seek;
mod trouble;

pub use examine::{Examined, Fault, check};
pub use retain::GROUND;
pub use seek::FoundRows;
pub use trouble::{Cause, Trouble, Troubles};

use crate::{
    evidence::Registries,
    fsck::FsckError,
    node::{Founding, Node, NodeError, Place, sibling},
    sequencer::{Clock, SubmitError},
    staff::{Staff, StaffError},
    store::StoreError,
};
use chain::{deed::Open, entry::Entry, statement::Statement};
use sqlx::{AnyConnection, Connection, Executor, any::install_default_drivers};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// What the log's agency is called, which seals what was done.
pub const AGENCY: &str = "desk";
/// The journal's folder in the data folder, its schema in PostgreSQL, and the last part of its origin.
const NAME: &str = "journal";
/// Days for which it is kept who did what, unless something else is set.
pub const DAYS: u32 = 1_096;

/// What went wrong with the journal's log.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("the journal's log: {0}")]
    Node(#[from] NodeError),
    #[error("the journal's log: {0}")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Staff(#[from] StaffError),
    #[error("the journal's schema could not be made: {0}")]
    Schema(sqlx::Error),
    #[error("the journal's log did not take row {number}: {source}")]
    Row { number: i64, source: SubmitError },
    #[error("the journal's log did not take a redaction: {0}")]
    Redaction(SubmitError),
    #[error("the journal's agency has no seal here")]
    NoSeal,
    #[error("what was done could not be written as a statement: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the system gave no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    #[error("checking the journal: {0}")]
    Fsck(#[from] FsckError),
}

/// Where the journal of a chain is kept: beside it, in a folder or a schema of its own.
#[must_use]
pub fn place_of(place: &Place, origin: Option<&str>) -> Place {
    let schema = |url: &String| {
        let begins = if url.contains('?') { '&' } else { '?' };
        format!("{url}{begins}options[search_path]={NAME}")
    };
    Place {
        data: place.data.join(NAME),
        state: place.state.clone(),
        database: place.database.as_ref().filter(|url| !url.starts_with("sqlite:")).map(schema),
        origin: origin.map(|origin| format!("{origin}/{NAME}")),
        charter: None,
    }
}

/// The journal's open log. Cloning shares it.
#[derive(Clone)]
pub struct Journal {
    pub node: Node,
    pub registries: Registries,
    pub(crate) staff: Staff,
    place: Place,
    /// Days for which it is kept who did what; 0: for ever.
    days: u32,
    examined: Arc<Mutex<Option<Examined>>>,
    troubles: Arc<Mutex<Troubles>>,
    /// Held by whoever feeds, so that rows go in order.
    feeding: Arc<tokio::sync::Mutex<()>>,
}

impl Journal {
    /// Opens the journal beside the chain `origin`, founding it where there is none yet.
    pub async fn open(place: &Place, origin: &str, staff: Staff, days: u32, clock: Clock) -> Result<Journal, JournalError> {
        let place = place_of(place, Some(origin));
        if let Some(url) = place.database.as_deref() {
            install_default_drivers();
            let make = async {
                let mut connection = AnyConnection::connect(url).await?;
                let schema = "create schema if not exists journal";
                if connection.execute(schema).await.is_err() {
                    // Two servers that start at once make it both; the second finds it made.
                    connection.execute(schema).await?;
                }
                connection.close().await
            };
            make.await.map_err(JournalError::Schema)?;
        }
        let node = Node::open_or_found(&place, Founding::Journal, clock).await?;
        let journal = Journal {
            node,
            registries: Registries::default(),
            staff,
            place,
            days,
            examined: Arc::default(),
            troubles: Arc::default(),
            feeding: Arc::default(),
        };
        journal.catch_up().await?;
        Ok(journal)
    }

    /// Days for which it is kept who did what; 0: for ever.
    #[must_use]
    pub fn days(&self) -> u32 {
        self.days
    }

    fn agency(&self) -> String {
        sibling(&self.node.origin, AGENCY)
    }

    /// What an older copy of the staff database does not know of the log: where rows stand, and which number comes next.
    async fn catch_up(&self) -> Result<(), JournalError> {
        const AT_ONCE: u64 = 256;
        let size = self.node.heads.borrow().size;
        let mut from = self.staff.journal().newest_place().await?.map_or(0, |newest| newest + 1);
        while from < size {
            let to = size.min(from + AT_ONCE);
            let mut rows = Vec::new();
            for (index, bytes) in self.node.store.entries(from, to).await? {
                let Some(Open { number, .. }) = open_of(&bytes) else { continue };
                let hash = self.deed(&bytes).await?.map(|deed| deed.hash).unwrap_or_default();
                rows.push((number, index, hash));
            }
            self.staff.journal().logged(&rows).await?;
            from = to;
        }
        Ok(())
    }

    /// The committed part of a row's entry, if it is still there.
    async fn deed(&self, entry: &[u8]) -> Result<Option<chain::deed::Deed>, StoreError> {
        let statement = Entry::parse(entry).ok().and_then(|entry| Statement::parse(entry.note.as_bytes()).ok());
        let Some(chain::statement::Core::Disclosure(core)) = statement.as_ref().map(|statement| &statement.core) else { return Ok(None) };
        let Some(part) = core.parts.first() else { return Ok(None) };
        Ok(match self.node.store.content(&part.commitment).await? {
            Some(crate::store::StoredContent::Present { bytes, .. }) => chain::deed::Deed::read(&bytes).ok(),
            _ => None,
        })
    }

    /// What became of the newest examination of the whole journal.
    #[must_use]
    pub fn examined(&self) -> Option<Examined> {
        self.examined.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What keeps it from being written now.
    #[must_use]
    pub fn troubles(&self) -> Troubles {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for what is under way and closes the log.
    pub async fn close(self) {
        let store = self.node.store.clone();
        drop(self);
        store.close().await;
    }
}

/// What a row's entry says in the open; none of an entry that is no row.
fn open_of(entry: &[u8]) -> Option<Open> {
    let entry = Entry::parse(entry).ok()?;
    let statement = Statement::parse(entry.note.as_bytes()).ok()?;
    Open::read(statement.core_line).ok()
}

/// How long it rests where nothing waits; between two looks for what has served its time; between two examinations.
const REST: Duration = Duration::from_millis(300);
const HOUR: Duration = Duration::from_secs(3_600);
const EXAMINE: Duration = Duration::from_secs(6 * 3_600);
/// How long it rests after something went wrong.
const TROUBLE: Duration = Duration::from_secs(5);

/// Feeds the log, erases what has served its time, and examines all of it, until it is dropped.
pub async fn keep(journal: Journal) {
    let feeding = async {
        loop {
            let rest = match journal.feed().await {
                Ok(()) => REST,
                Err(error) => {
                    tracing::error!(%error, "what was done waits for its place in the journal");
                    TROUBLE
                }
            };
            tokio::time::sleep(rest).await;
        }
    };
    let retaining = async {
        loop {
            match journal.retain().await {
                Ok(0) => {}
                Ok(erased) => tracing::info!(erased, "rows of the journal have served their time: who did what was removed"),
                Err(error) => tracing::error!(%error, "what has served its time in the journal could not be removed"),
            }
            tokio::time::sleep(HOUR).await;
        }
    };
    let examining = async {
        loop {
            match journal.examine().await {
                Ok(Examined { fault: None, .. }) => {}
                Ok(Examined { fault: Some(fault), .. }) => tracing::error!(%fault, "the journal is not as it was written"),
                Err(error) => tracing::error!(%error, "the journal could not be examined"),
            }
            tokio::time::sleep(EXAMINE).await;
        }
    };
    let ((), (), ()) = tokio::join!(feeding, retaining, examining);
}
