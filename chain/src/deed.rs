//! A row of the desk's journal: what its entry says in the open, what its committed part says, and the rows' own hash links.
//!
//! An entry of the journal is a disclosure whose genre is a code of what was done. Who did it, about whom, and all details lie in
//! its catalogue, which is removed after the retention time.

use crate::{
    hash::{Hash, hex},
    json::{self, JsonError},
    shape::members,
    time::Millis,
};
use serde::Serialize;

/// What the first row names as the one before.
pub const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The members that a core line has beside those of a disclosure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Open {
    /// Rows are numbered from 1, without gaps.
    pub number: i64,
    /// When it was done, milliseconds since 1970; the log's own time says when it was logged.
    pub done: Millis,
}

/// Whom or what a row speaks of: an account with its names of that day, or an id of something else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Party {
    pub id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub login: String,
}

/// What the committed part says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deed {
    pub number: i64,
    pub done: Millis,
    /// An account; nothing where nobody had come in.
    pub who: Party,
    /// A code: `signed-in`, `role-given`, …
    pub what: String,
    pub about: Party,
    /// JSON, as it was written down.
    pub details: String,
    /// Hash of the row before.
    pub previous: String,
    pub hash: String,
}

members! {
    Open { number, done }
    Party { id; name, login }
    Deed { number, done, who, what, about, details, previous, hash }
}

impl Open {
    /// Reads the members out of a core line.
    pub fn read(core_line: &str) -> Result<Open, JsonError> {
        json::read(core_line)
    }
}

impl Deed {
    /// Reads a committed part.
    pub fn read(bytes: &[u8]) -> Result<Deed, JsonError> {
        json::read(std::str::from_utf8(bytes).unwrap_or_default())
    }

    /// The hash of all that a row says as it is written down, so that no two rows read alike.
    #[must_use]
    pub fn hashed(&self) -> String {
        hash(self.number, self.done, [&self.who.id, &self.what, &self.about.id, &self.details, &self.previous])
    }

    /// Whether the row is as it was written down, and what its entry says in the open is the same.
    #[must_use]
    pub fn agrees(&self, open: &Open, genre: &str) -> bool {
        self.hash == self.hashed() && self.number == open.number && self.done == open.done && code(&self.what) == genre
    }
}

/// The hash of a row: number, time, and the five texts of [`Deed::hashed`].
#[must_use]
pub fn hash(number: i64, done: Millis, texts: [&str; 5]) -> String {
    let [who, what, about, details, previous] = texts;
    let said = serde_json::json!([number, done, who, what, about, details, previous]);
    hex(&Hash::of(&[b"gazette/v1 journal\n", said.to_string().as_bytes()]).0)
}

/// The genre of an entry about something done: its code, where that is one.
#[must_use]
pub fn code(what: &str) -> &str {
    if crate::statement::is_code(what) { what } else { "other" }
}
