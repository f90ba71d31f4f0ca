//! Views of single records: a raw entry, the chain itself, and pages that say what went wrong.

use super::*;

/// An entry that is not a disclosure, as it stands in the log.
#[derive(Clone, Debug)]
pub struct EntryView {
    pub item: Item,
    pub facts: Vec<Fact>,
    /// Of what became of a document: how that was approved.
    pub approval: Option<Approval>,
    /// Of an agency: by which rule it approves.
    pub rule: Option<ApprovalRule>,
    /// The entry's whole text; none when it is not here.
    pub text: Option<String>,
    pub older: Option<EntryRef>,
    pub newer: Option<EntryRef>,
    pub leaf: String,
    pub previous: String,
}

/// One thing a statement says.
#[derive(Clone, Debug)]
pub enum Fact {
    Origin(String),
    Agency(AgencyRef),
    Post(String),
    /// Signatures needed and registrars there are.
    Threshold(u32, u32),
    Zone(String),
    Trial(bool),
    Key(KeyRow),
    Successor(AgencyRef),
    Target(EntryRef),
    Became(Standing),
    Reinstated,
    Effective(String),
    Ground(String),
    By(EntryRef),
    StatedBy(AgencyRef),
    Case(String),
    /// Commitments of parts no longer served.
    Parts(Vec<String>),
    SignedBy(String),
}

/// A public key and what it is for.
#[derive(Clone, Debug)]
pub struct KeyRow {
    pub role: KeyRole,
    pub vkey: String,
    /// Good from this index or size on.
    pub from: u64,
    pub ended: Option<KeyEnd>,
    pub custody: Option<Custody>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRole {
    Log,
    Registrar,
    Seal,
    Post,
    Witness,
}

impl KeyRole {
    pub const fn code(self) -> &'static str {
        match self {
            KeyRole::Log => "log",
            KeyRole::Registrar => "registrar",
            KeyRole::Seal => "seal",
            KeyRole::Post => "post",
            KeyRole::Witness => "witness",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyEnd {
    Retired(u64),
    Lost(u64),
    /// Not to be trusted from this index on.
    Stolen(u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Custody {
    Portal,
    Token,
    Agency,
}

#[derive(Clone, Debug)]
pub struct ChainView {
    /// The newest checkpoint's text, if the page is made afresh for each size.
    pub checkpoint: Option<String>,
    pub size: Option<u64>,
    /// Index of the newest charter.
    pub charter: u64,
    pub began: Option<Moment>,
    pub keys: Vec<KeyRow>,
    pub threshold: (u32, u32),
    /// The witness policy's text; none if there is no outside witness.
    pub policy: Option<String>,
}

/// Why there is no page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// 400
    BadAddress,
    /// 404
    NotFound,
    /// 404 of an entry that the chain has not reached.
    NotYetLogged { index: u64 },
    /// 410: removed by the redaction at this index.
    Removed { by: u64 },
    /// 429
    TooMany { seconds: u32 },
    /// 500
    Broken,
    /// 503
    Busy { seconds: u32 },
}

impl Problem {
    pub const fn status(&self) -> u16 {
        match self {
            Problem::BadAddress => 400,
            Problem::NotFound | Problem::NotYetLogged { .. } => 404,
            Problem::Removed { .. } => 410,
            Problem::TooMany { .. } => 429,
            Problem::Broken => 500,
            Problem::Busy { .. } => 503,
        }
    }
}
