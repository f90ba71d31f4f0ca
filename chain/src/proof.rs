//! Proof files (<https://c2sp.org/tlog-proof>): one entry's place in a signed tree, checkable offline by anybody's tools.

use crate::{
    checkpoint::{Checkpoint, CheckpointError, parse_size},
    hash::Hash,
    note::{Note, Vkey},
    tree::{ProofError, check_inclusion},
};

const HEADER: &str = "c2sp.org/tlog-proof@v1\n";
/// A tree of 2^63 entries needs no more.
const MOST_HASHES: usize = 63;

/// A parsed proof file. `extra` is opaque, unauthenticated, and never used to decide anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof<'a> {
    pub extra: Option<&'a str>,
    pub index: u64,
    pub hashes: Vec<Hash>,
    /// The signed checkpoint, verbatim.
    pub checkpoint: &'a str,
}

/// Why a proof file was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlogProofError {
    #[error("the proof file is malformed")]
    Malformed,
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Proof(#[from] ProofError),
}

/// Writes a proof file without extra data.
#[must_use]
pub fn format(index: u64, hashes: &[Hash], checkpoint: &str) -> String {
    let mut file = format!("{HEADER}index {index}\n");
    for hash in hashes {
        file.push_str(&format!("{hash}\n"));
    }
    file.push('\n');
    file.push_str(checkpoint);
    file
}

impl<'a> TlogProof<'a> {
    pub fn parse(file: &'a str) -> Result<TlogProof<'a>, TlogProofError> {
        let malformed = || TlogProofError::Malformed;
        let rest = file.strip_prefix(HEADER).ok_or_else(malformed)?;
        let (head, checkpoint) = rest.split_once("\n\n").ok_or_else(malformed)?;
        let mut lines = head.split('\n').peekable();
        let extra = lines.next_if(|line| line.starts_with("extra ")).map(|line| &line[6..]);
        let canonical = |text: &str| {
            use base64::{Engine, engine::general_purpose::STANDARD};
            STANDARD.decode(text).is_ok()
        };
        if extra.is_some_and(|extra| !canonical(extra)) {
            return Err(malformed());
        }
        let index = lines.next().and_then(|line| parse_size(line.strip_prefix("index ")?)).ok_or_else(malformed)?;
        let hashes = lines.map(Hash::parse).collect::<Result<Vec<_>, _>>().map_err(|_| malformed())?;
        if hashes.len() > MOST_HASHES {
            return Err(malformed());
        }
        Ok(TlogProof { extra, index, hashes, checkpoint })
    }

    /// Checks that `leaf` is in the tree that `log` signed; returns that checkpoint and its note, for its cosignatures.
    pub fn check(&self, leaf: Hash, log: &Vkey) -> Result<(Checkpoint, Note<'a>), TlogProofError> {
        let checkpoint = Checkpoint::open(self.checkpoint.as_bytes(), log)?;
        check_inclusion(&self.hashes, self.index, leaf, checkpoint.size, checkpoint.root)?;
        let note = Note::parse(self.checkpoint.as_bytes()).map_err(CheckpointError::from)?;
        Ok((checkpoint, note))
    }
}
