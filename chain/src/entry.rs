//! An entry: the Merkle leaf, five lines by the log and a signed note by the publisher, byte for byte.

use crate::{
    checkpoint::parse_size,
    hash::Hash,
    time::{Millis, format_time, parse_time},
    tree::leaf_hash,
};

/// First line of every entry.
pub const VERSION: &str = "gazette/v1";
/// An entry's length must fit the two bytes a bundle has for it.
pub const LARGEST_ENTRY: usize = 65_535;
/// Most bytes of a statement's note.
pub const LARGEST_STATEMENT: usize = 16_384;
/// Most bytes of a charter's, an agency's or a post's note.
pub const LARGEST_REGISTRY_STATEMENT: usize = 60_000;

/// The five lines the log writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Position in the chain, from 0.
    pub index: u64,
    /// When the log took the entry; never before the entry before it.
    pub time: Millis,
    /// Leaf hash of the entry before; [`Hash::ZERO`] for entry 0.
    pub previous: Hash,
    /// Root of the registry before this entry.
    pub registry: Hash,
}

/// An entry taken apart. `note` is what the publisher signed, with its signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    pub header: Header,
    pub note: &'a str,
}

/// Why bytes are not an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    #[error("the entry is longer than {LARGEST_ENTRY} bytes")]
    TooLong,
    #[error("the entry is not UTF-8")]
    NotUtf8,
    #[error("the entry's header is not in its one canonical form")]
    Header,
}

impl Header {
    /// The header and the blank line after it. `None` when the time has no spelling.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        Some(format!(
            "{VERSION}\nindex {}\ntime {}\nprevious {}\nregistry {}\n\n",
            self.index,
            format_time(self.time)?,
            self.previous,
            self.registry
        ))
    }
}

impl<'a> Entry<'a> {
    /// Reads an entry; only the canonical header is read.
    pub fn parse(bytes: &'a [u8]) -> Result<Entry<'a>, EntryError> {
        if bytes.len() > LARGEST_ENTRY {
            return Err(EntryError::TooLong);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| EntryError::NotUtf8)?;
        let (head, note) = text.split_once("\n\n").ok_or(EntryError::Header)?;
        Header::parse(head).map(|header| Entry { header, note }).ok_or(EntryError::Header)
    }

    /// The bytes of the entry that this header and note make, with their leaf hash.
    pub fn write(header: &Header, note: &str) -> Result<(Vec<u8>, Hash), EntryError> {
        let mut bytes = header.text().ok_or(EntryError::Header)?.into_bytes();
        bytes.extend(note.as_bytes());
        if bytes.len() > LARGEST_ENTRY {
            return Err(EntryError::TooLong);
        }
        let leaf = leaf_hash(&bytes);
        Ok((bytes, leaf))
    }
}

impl Header {
    fn parse(head: &str) -> Option<Header> {
        let mut lines = head.split('\n');
        if lines.next() != Some(VERSION) {
            return None;
        }
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let header = Header {
            index: parse_size(field("index")?)?,
            time: parse_time(field("time")?)?,
            previous: Hash::parse(field("previous")?).ok()?,
            registry: Hash::parse(field("registry")?).ok()?,
        };
        lines.next().is_none().then_some(header)
    }
}
