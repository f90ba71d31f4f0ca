//! What each type of statement says, member by member.

use crate::{
    approval::Rule,
    catalogue::Catalogue,
    hash::Hash,
    json::JsonError,
    note::Vkey,
    part::Commitment,
    shape::{members, words},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// An entry pointed at: its index, so that it is found, and its leaf hash, so that it is the one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reference {
    pub index: u64,
    pub leaf: Hash,
}

/// Names of institutions by language (`zh`, `en`).
pub type Names = BTreeMap<String, String>;

/// How a key came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    Retired,
    Lost,
    Compromised,
}

impl Ending {
    /// As it is written in a statement.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        ["retired", "lost", "compromised"][self as usize]
    }
}

/// From entry `at` on the key signs nothing; a compromised key is also doubted from there on, looking back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Ended {
    pub how: Ending,
    pub at: u64,
}

/// A key that an agency or a post signs with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Key {
    pub key: Vkey,
    /// Who keeps a seal: `portal`, `token` or `agency`. Absent for posts, whose keys the officer's browser keeps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custody: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

/// A log key and the tree size its checkpoints start at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogKey {
    pub key: Vkey,
    pub from: u64,
}

/// Who may register: `threshold` of `keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Registrars {
    pub threshold: usize,
    pub keys: Vec<Vkey>,
}

/// Entry 0 and its amendments. Always the whole charter, never a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Charter {
    pub origin: String,
    /// A trial chain: its contents are not a public record.
    pub trial: bool,
    /// Names of the portal.
    pub name: Names,
    /// IANA time zone dates are shown in.
    pub zone: String,
    pub logs: Vec<LogKey>,
    pub registrars: Registrars,
    /// A tlog-policy file: the witnesses this portal asks.
    pub policy: String,
    /// The charter this one amends; absent in entry 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amends: Option<Reference>,
}

/// A registered agency, whole, with every key it ever had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Agency {
    pub agency: String,
    pub name: Names,
    pub seals: Vec<Key>,
    /// What approval a publication needs; absent: none is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// The body that speaks for an abolished one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    /// Other bodies that may state the status of this agency's documents.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overseers: Vec<String>,
    /// It seals copies of what others published, never documents of its own.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub archive: bool,
    /// The agency's entry that this one takes the place of; absent in its first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Reference>,
}

/// A registered post, whole, with every key it ever had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Post {
    pub post: String,
    pub agency: String,
    pub name: Names,
    pub keys: Vec<Key>,
    /// The post's entry that this one takes the place of; absent in its first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Reference>,
}

/// One approval step, as logged: a commitment that publication opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    pub agency: String,
    /// 32 random hexadecimal digits.
    pub case: String,
    /// The case's step before, in the log; absent for its first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Reference>,
    /// In its place, where that one was not logged yet: its [`crate::approval::link`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Hash>,
    pub commitment: Commitment,
}

/// A committed document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// `catalogue`, `body`, `attachment`, `translation`, `translated-catalogue`, `holders` or `manifest`.
    pub role: String,
    pub media: String,
    /// Bytes.
    pub size: u64,
    pub commitment: Commitment,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// Dates as the agency states them, each `YYYY-MM-DD`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stated {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

impl Stated {
    /// The one date that stands for a document where there is room for one: when it was published, else made, else in force.
    #[must_use]
    pub fn day(&self) -> Option<&str> {
        self.published.as_deref().or(self.issued.as_deref()).or(self.effective.as_deref())
    }
}

/// The core of a disclosure: all that approval covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disclosure {
    pub agency: String,
    pub genre: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    pub language: String,
    pub stated: Stated,
    pub parts: Vec<Part>,
    /// The head it replaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revises: Option<Reference>,
    /// Why it replaces that; only with `revises`, and absent where nobody said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ground: Option<String>,
    /// For copies: the body that is said to have published the original, which did not seal this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stated_agency: Option<String>,
    /// For copies: where it was copied from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// What became of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StatusKind {
    Repealed,
    Lapsed,
    Amended,
    Annulled,
    Corrected,
    /// Withdrawn from publication.
    Withdrawn,
    Reinstated,
}

impl StatusKind {
    /// As it is written in a statement.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        ["repealed", "lapsed", "amended", "annulled", "corrected", "withdrawn", "reinstated"][self as usize]
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    pub agency: String,
    pub target: Reference,
    pub kind: StatusKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective: Option<String>,
    pub ground: String,
    /// The instrument that does it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Reference>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Redaction {
    pub agency: String,
    pub target: Reference,
    pub parts: Vec<Commitment>,
    pub ground: String,
}

members! {
    Reference { index, leaf }
    Ended { how, at }
    Key { key, custody, ended }
    LogKey { key, from }
    Registrars { threshold, keys }
    Charter { origin, trial, zone, logs, registrars, policy, amends; name }
    Agency { agency, name, seals, rule, successor, replaces; overseers, archive }
    Post { post, agency, name, keys, replaces }
    Step { agency, case, previous, after, commitment }
    Part { role, media, size, commitment, language }
    Stated { issued, published, effective, expires }
    Disclosure { agency, genre, theme, language, parts, revises, ground, stated_agency, source; stated }
    Status { agency, target, kind, effective, ground, by }
    Redaction { agency, target, parts, ground }
}

words! {
    Ending { "retired" => Retired, "lost" => Lost, "compromised" => Compromised }
    StatusKind {
        "repealed" => Repealed, "lapsed" => Lapsed, "amended" => Amended, "annulled" => Annulled, "corrected" => Corrected,
        "withdrawn" => Withdrawn, "reinstated" => Reinstated
    }
}

impl Disclosure {
    /// What a door asks of bytes handed in for one of the parts, beside that they match: a catalogue must read, else nobody could
    /// ever tell what a page should show of it.
    pub fn takes(&self, part: &Commitment, bytes: &[u8]) -> Result<(), JsonError> {
        let catalogue = self.parts.iter().any(|of| of.role == "catalogue" && of.commitment == *part);
        if catalogue { Catalogue::read(bytes).map(|_| ()) } else { Ok(()) }
    }
}

impl Charter {
    /// The log key whose checkpoints have this size.
    #[must_use]
    pub fn log_key(&self, size: u64) -> Option<&Vkey> {
        self.logs.iter().rev().find(|log| log.from <= size).map(|log| &log.key)
    }
}

/// The key by which `line` could be, among `keys`, if it was good at entry `index`.
#[must_use]
pub fn good_key(keys: &[Key], id: [u8; 4], index: u64) -> Option<&Key> {
    keys.iter().find(|key| key.key.id() == id && key.ended.is_none_or(|ended| index < ended.at))
}
