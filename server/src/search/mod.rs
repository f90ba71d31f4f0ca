//! The search index: follows the log from where it stopped, and finds disclosures by words, numbers and dates.
//!
//! The index is derived. It commits together with the size of the tree it covers, so a crash leaves an
//! index that says where to go on; one that cannot be read is built again from the store.
//! What a reader sees of a hit (title, text) comes from the store, never from here.

mod choices;
mod erase;
mod fields;
mod find;
mod index;
mod kept;
mod query;
mod runs;
mod snippet;
#[cfg(test)]
mod tests;
mod words;

pub use find::{Hit, Hits};
pub(crate) use index::rebuildable;
pub use index::{Budget, Index, Opening, Writer};
pub use kept::Kept;
pub use query::{Notice, PER_PAGE_LIMIT, QUERY_CHARS, QUERY_WORDS, Query, Sort};
pub use snippet::{Fragment, Marks, Snippet};
pub use words::{cut, warm};

use app::view::Standing;

/// What can go wrong with the index.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("another process is writing the search index")]
    Busy,
    #[error("search index {path}: {source}")]
    Io { path: std::path::PathBuf, source: std::io::Error },
    #[error("the search index is damaged and must be rebuilt: {0}")]
    Damaged(String),
    #[error("search index: {0}")]
    Engine(tantivy::TantivyError),
}

impl From<tantivy::TantivyError> for Error {
    fn from(error: tantivy::TantivyError) -> Self {
        use tantivy::TantivyError as E;
        use tantivy::directory::error::LockError;
        match error {
            E::LockFailure(LockError::LockBusy, _) => Self::Busy,
            E::DataCorruption(what) => Self::Damaged(format!("{what:?}")),
            other => Self::Engine(other),
        }
    }
}

/// Where a version of a disclosure stands today. Derived from later entries; when it changes, the document
/// is put into the index again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    Current,
    /// A newer version exists: found only when asked for.
    Superseded,
    Withdrawn,
    Repealed,
    /// Some of its parts are no longer served; what is left is indexed.
    Redacted,
}

impl State {
    /// The word used in addresses and in the index.
    pub fn code(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Superseded => "superseded",
            Self::Withdrawn => "withdrawn",
            Self::Repealed => "repealed",
            Self::Redacted => "redacted",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Current, Self::Superseded, Self::Withdrawn, Self::Repealed, Self::Redacted].into_iter().find(|s| s.code() == code)
    }
}

/// One version of a disclosure, as the index reads it.
#[derive(Debug, Clone)]
pub struct Document {
    /// Position of its entry in the chain.
    pub index: u64,
    /// Its identity: the entry of its first version.
    pub document: u64,
    /// `zh`, `en`, …
    pub language: String,
    pub title: String,
    /// Markdown or plain text.
    pub body: String,
    /// Id of the sealing agency.
    pub agency: String,
    /// Its names in all languages.
    pub agency_name: String,
    pub stated_agency: Option<String>,
    pub genre: Option<String>,
    pub theme: Option<String>,
    pub document_number: Option<String>,
    pub index_number: Option<String>,
    /// Id and name of each.
    pub subjects: Vec<(String, String)>,
    pub keywords: Vec<String>,
    pub summary: Option<String>,
    /// The date the agency states, as the number yyyymmdd.
    pub stated: Option<u32>,
    /// The date the chain says: milliseconds since 1970 in UTC.
    pub logged: i64,
    pub state: State,
    /// What readers are told of it but for the day, and the days from and until which that holds, yyyymmdd.
    pub standing: Option<Standing>,
    pub effective: Option<u32>,
    pub expires: Option<u32>,
}

impl Document {
    /// The date it is sorted and filtered by, yyyymmdd: the stated one, else the day it was logged (UTC).
    pub fn date(&self) -> u32 {
        date(self.stated, self.logged)
    }
}

/// What [`Document::date`] says, of a document that is not at hand.
pub(crate) fn date(stated: Option<u32>, logged: i64) -> u32 {
    stated.unwrap_or_else(|| {
        let day = jiff::Timestamp::from_millisecond(logged).map(|t| t.to_zoned(jiff::tz::TimeZone::UTC).date());
        day.map_or(0, |d| {
            u32::try_from(d.year()).unwrap_or(0) * 10_000 + d.month().unsigned_abs() as u32 * 100 + d.day().unsigned_abs() as u32
        })
    })
}

/// One step of the index along the log.
#[derive(Debug)]
pub enum Change {
    /// Puts a document in the place of whatever was indexed for its entry. Also when only its state changed.
    Put(Box<Document>),
    /// Takes the entry's document out and erases its words from the index files. A [`Change::Put`] of the
    /// same entry after it, in this batch or later, indexes what is left of it.
    Erase { index: u64 },
}
