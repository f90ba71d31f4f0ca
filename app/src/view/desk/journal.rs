//! The journal: what was done at the desk, and whether it is as it was written.

use crate::dates::Moment;
use crate::deeds::Told;

#[derive(Clone, Debug)]
pub struct JournalView {
    /// What the server found when it looked at all of it.
    pub examined: Option<Examined>,
    /// Rows on their way into the journal.
    pub waiting: i64,
    /// The journal's copy is an old one.
    pub read_only: bool,
    /// Why rows wait.
    pub stuck: Option<JournalTrouble>,
    /// Why who did what is still there after its time.
    pub overdue: Option<JournalTrouble>,
    /// Days for which it is kept who did what; 0: for ever. None where no journal is open.
    pub days: Option<u32>,
    /// Entries, and the root of the tree, on the first page.
    pub newest: Option<(u64, String)>,
    pub identity: Option<String>,
    /// Newest first.
    pub rows: Vec<JournalRow>,
    /// Number below which there are older ones.
    pub older: Option<i64>,
    /// What is asked for: the code of an act, the id of an account or a token, and a day; empty for all.
    pub act: String,
    pub who: String,
    pub day: String,
    /// What was ever done: codes and words.
    pub acts: Vec<(String, String)>,
    /// Whose acts can be asked for, in the order of their names.
    pub doers: Vec<Doer>,
    /// Of how many rows looked at for a person it is not known any more who did them.
    pub unknown: i64,
}

/// Somebody, or a program, that may have done something.
#[derive(Clone, Debug)]
pub struct Doer {
    pub id: String,
    pub name: String,
    /// What they sign in as; of a program its agency.
    pub at: String,
    pub kind: DoerKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoerKind {
    Account,
    Program,
    /// An account that has ended.
    Ended,
}

#[derive(Clone, Debug)]
pub struct Examined {
    pub at: Moment,
    pub entries: u64,
    pub rows: i64,
    pub fault: Option<JournalFault>,
}

/// The first thing that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalFault {
    Log { at: String, why: String },
    Gap(i64),
    Twice(i64),
    Waiting(i64),
    Place(i64),
}

/// What keeps the journal from being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalTrouble {
    pub cause: JournalCause,
    /// In the words of the program.
    pub said: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JournalCause {
    /// A row that is refused however often it is tried.
    Row(i64),
    Clock,
    Key,
    Store,
}

#[derive(Clone, Debug)]
pub struct JournalRow {
    pub number: i64,
    pub at: Moment,
    /// The account that did it.
    pub account: Option<String>,
    pub told: Told,
    /// Where it stands in the journal's log; nowhere while it waits.
    pub index: Option<u64>,
    pub found: Found,
}

/// What the server finds of a row that it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Waits,
    /// The log does not take it.
    Refused,
    Holds,
    Erased,
    /// The code of the check.
    Fails(&'static str),
}
