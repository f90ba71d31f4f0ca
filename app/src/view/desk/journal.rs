//! The journal: what was done at the desk, and whether its rows still hold together.

use crate::dates::Moment;
use crate::view::AgencyRef;

#[derive(Clone, Debug)]
pub struct JournalView {
    /// How many rows follow each other from the first.
    pub held: i64,
    /// Number of the first row that does not.
    pub broken: Option<i64>,
    /// Hash of the newest row, on the first page.
    pub newest: Option<String>,
    /// Newest first.
    pub rows: Vec<JournalRow>,
    /// Number below which there are older ones.
    pub older: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct JournalRow {
    pub number: i64,
    pub at: Moment,
    pub who: Spoken,
    /// A code.
    pub what: String,
    pub about: Spoken,
    /// Names and values.
    pub details: Vec<(String, String)>,
}

/// Whom or what a row speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spoken {
    Nobody,
    Person { id: String, name: String, login: String },
    Agency(AgencyRef),
    Other(String),
}
