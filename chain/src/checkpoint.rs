//! Checkpoints (<https://c2sp.org/tlog-checkpoint>): what the log signs about its tree.
//!
//! In scope: the three lines. Out of scope: extension lines, which other people's software refuses and we never write.

use crate::{
    hash::Hash,
    note::{Note, NoteError, Signer, Vkey},
};

/// The signed statement that the tree of `origin` at `size` entries has root `root`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// RFC 6962 Merkle tree hash of the first `size` entries.
    pub root: Hash,
}

/// Why a checkpoint was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error("the checkpoint is not three lines: origin, size, root")]
    Malformed,
    #[error("the checkpoint is of {0}, not of this log")]
    Origin(String),
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl Checkpoint {
    /// The note text that gets signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    /// The whole note, signed by the log.
    #[must_use]
    pub fn sign(&self, log: &Signer) -> String {
        crate::note::sign(&self.text(), &[log])
    }

    /// Reads the text of a note; only the exact spelling is read.
    pub fn parse(text: &str) -> Result<Checkpoint, CheckpointError> {
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointError::Malformed)?.split('\n');
        let (Some(origin), Some(size), Some(root), None) = (lines.next(), lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::Malformed);
        };
        let size = parse_size(size).ok_or(CheckpointError::Malformed)?;
        let root = Hash::parse(root).map_err(|_| CheckpointError::Malformed)?;
        if origin.is_empty() {
            return Err(CheckpointError::Malformed);
        }
        Ok(Checkpoint { origin: origin.into(), size, root })
    }

    /// Reads a signed checkpoint and verifies the log's signature. The key's name is the log's origin.
    pub fn open(note: &[u8], log: &Vkey) -> Result<Checkpoint, CheckpointError> {
        let note = Note::parse(note)?;
        let checkpoint = Checkpoint::parse(note.text)?;
        if checkpoint.origin != log.name() {
            return Err(CheckpointError::Origin(checkpoint.origin));
        }
        note.verify(log)?;
        Ok(checkpoint)
    }
}

/// A decimal number without sign or leading zeros; 64 bits, of which the highest is never used.
#[must_use]
pub fn parse_size(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|c| c.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|n| plain && i64::try_from(*n).is_ok())
}
