//! Evidence: what a light reader is handed for some entries, in the shape server and browser share.
//!
//! Nothing in it is believed: `check` recomputes all of it from the entries' bytes and the signed checkpoint.

use crate::{
    hash::Hash,
    json::{self, JsonError},
    registry::MapProof,
    shape::{Members, Misshapen, Shape, members},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

use crate::{
    approval::Act,
    entry::Entry,
    statement::{Core, Reference, Statement},
};

/// Most entries one evidence bundle may be asked for.
pub const MOST_ITEMS: usize = 64;

/// An entry with its place in the tree of the bundle's checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Logged {
    pub index: u64,
    /// The entry's bytes, which are UTF-8.
    pub entry: String,
    /// RFC 6962 inclusion proof.
    pub proof: Vec<Hash>,
}

/// What one id maps to under one registry root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lookup {
    pub root: Hash,
    pub id: String,
    pub proof: MapProof,
}

/// All a reader needs to decide C1 to C6 for some entries: those entries, the ones before them, the newest, the charter
/// and its amendments, and what registered their signers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Bundle {
    /// The signed checkpoint, with the cosignatures it has.
    pub checkpoint: String,
    pub entries: Vec<Logged>,
    pub lookups: Vec<Lookup>,
}

/// Salt and bytes of a part, or what stands in their place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// Salt in hexadecimal and text; parts that are not UTF-8 are fetched singly.
    Text { salt: String, text: String },
    /// Bytes that came on their own.
    #[serde(skip)]
    Bytes { salt: [u8; 16], bytes: Vec<u8> },
    /// The server says that the redaction at this index removed it.
    Redacted { by: u64 },
    /// The server does not have it, and names no redaction.
    Missing,
}

members! {
    Logged { index, entry, proof }
    Lookup { root, id, proof }
    Bundle { checkpoint, entries, lookups }
}

impl Shape for Content {
    fn read(value: serde_json::Value) -> Result<Content, Misshapen> {
        if value.as_str() == Some("missing") {
            return Ok(Content::Missing);
        }
        let mut members = Members::of(value)?;
        if let Some(Salted { salt, text }) = members.optional("text")? {
            return Ok(Content::Text { salt, text });
        }
        let Removed { by } = members.take("redacted")?;
        Ok(Content::Redacted { by })
    }
}

struct Salted {
    salt: String,
    text: String,
}

struct Removed {
    by: u64,
}

members! {
    Salted { salt, text }
    Removed { by }
}

/// Parts by commitment (`sha256:…`).
pub type Contents = BTreeMap<String, Content>;

/// Reads a source's answer of evidence.
pub fn read_bundle(text: &str) -> Result<Bundle, JsonError> {
    json::read_any(text)
}

/// Reads a source's answer of contents. A part that it gives in no known way is one that it does not give.
pub fn read_contents(text: &str) -> Result<Contents, JsonError> {
    let mut contents = Contents::new();
    for (name, content) in json::read_each(text)? {
        contents.insert(name, content.unwrap_or(Content::Missing));
    }
    Ok(contents)
}

/// What collecting evidence asks its store for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    pub entries: BTreeSet<u64>,
    /// (root, id) pairs; the store answers each with a proof and adds the entry it maps to.
    pub lookups: BTreeSet<(Hash, String)>,
}

/// What deciding about the entry `bytes` needs besides itself: its neighbour, what it points at, and who may sign it.
pub fn wanted_by(bytes: &[u8], wanted: &mut Wanted) {
    let Ok(entry) = Entry::parse(bytes) else {
        return;
    };
    if let Some(before) = entry.header.index.checked_sub(1) {
        wanted.entries.insert(before);
    }
    wanted_signer(bytes, wanted);
    let Ok(statement) = Statement::parse(entry.note.as_bytes()) else {
        return;
    };
    let references: [Option<Reference>; 2] = match &statement.core {
        Core::Charter(core) => [core.amends, None],
        Core::Disclosure(core) => [core.revises, None],
        Core::Status(core) => [Some(core.target), core.by],
        Core::Redaction(core) => [Some(core.target), None],
        Core::Step(core) => [core.previous, None],
        Core::Agency(_) | Core::Post(_) => [None, None],
    };
    wanted.entries.extend(references.into_iter().flatten().map(|at| at.index));
    if let Some(Act { steps, .. }) = &statement.act {
        wanted.entries.extend(steps.iter().take(256));
    }
}

/// What deciding who may sign the entry `bytes` needs: what a registration, a step or a redaction met on the way is asked for.
pub fn wanted_signer(bytes: &[u8], wanted: &mut Wanted) {
    let Ok(entry) = Entry::parse(bytes) else {
        return;
    };
    let Ok(statement) = Statement::parse(entry.note.as_bytes()) else {
        return;
    };
    let root = entry.header.registry;
    wanted.lookups.insert((root, statement.origin.to_owned()));
    if !statement.core.registers() {
        wanted.lookups.insert((root, statement.signer().to_owned()));
    }
    if let Core::Charter(core) = &statement.core {
        wanted.entries.extend(core.amends.map(|at| at.index));
    }
}

/// What deciding whether the signer of `bytes` may speak for the document version `target` needs, when another body sealed that.
pub fn wanted_owner(target: &[u8], bytes: &[u8], wanted: &mut Wanted) {
    let (Ok(target), Ok(entry)) = (Entry::parse(target), Entry::parse(bytes)) else {
        return;
    };
    let (Ok(of), Ok(by)) = (Statement::parse(target.note.as_bytes()), Statement::parse(entry.note.as_bytes())) else {
        return;
    };
    if of.signer() != by.signer() && matches!(of.core, Core::Disclosure(_)) {
        wanted.lookups.insert((entry.header.registry, of.signer().to_owned()));
    }
}

/// The registry as the newest entry leaves it is asked for through that entry: its header's root, and the entry itself.
pub fn wanted_newest(last: &[u8], signers: &BTreeSet<String>, wanted: &mut Wanted) {
    if let Ok(entry) = Entry::parse(last) {
        wanted.lookups.extend(signers.iter().map(|id| (entry.header.registry, id.clone())));
    }
}

/// Reads a list of indexes as addresses spell it: `4,7-9`, rising, no spaces, at most [`MOST_ITEMS`].
#[must_use]
pub fn parse_indexes(text: &str) -> Option<Vec<u64>> {
    use crate::checkpoint::parse_size;
    let mut indexes: Vec<u64> = Vec::new();
    for part in text.split(',') {
        let (from, to) = match part.split_once('-') {
            Some((from, to)) => (parse_size(from)?, parse_size(to)?),
            None => (parse_size(part)?, parse_size(part)?),
        };
        let rising = indexes.last().is_none_or(|last| *last < from);
        if !rising || from > to || to - from >= MOST_ITEMS as u64 || indexes.len() >= MOST_ITEMS {
            return None;
        }
        indexes.extend(from..=to);
    }
    (indexes.len() <= MOST_ITEMS).then_some(indexes)
}

/// Writes what [`parse_indexes`] reads; `indexes` must rise.
#[must_use]
pub fn format_indexes(indexes: &[u64]) -> String {
    let mut parts: Vec<(u64, u64)> = Vec::new();
    for index in indexes {
        match parts.last_mut() {
            Some((_, to)) if *to + 1 == *index => *to = *index,
            _ => parts.push((*index, *index)),
        }
    }
    let spell = |(from, to): &(u64, u64)| {
        if from == to { from.to_string() } else { format!("{from}-{to}") }
    };
    parts.iter().map(spell).collect::<Vec<_>>().join(",")
}
