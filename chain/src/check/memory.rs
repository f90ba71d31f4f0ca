//! C8: whether this is the chain, and a continuation of the tree, that this reader saw before.

use super::{Code, Finding};
use crate::{checkpoint::Checkpoint, hash::Hash, shape::members, tree::check_consistency};
use serde::Serialize;

/// What a reader keeps between visits: the chain's identity, and the newest checkpoint it verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// Leaf hash of entry 0.
    pub identity: Hash,
    /// The signed checkpoint, with the log's signature: evidence, should the log ever deny it.
    pub checkpoint: String,
    /// When this reader first saw it, milliseconds since 1970.
    pub seen: i64,
}

members! {
    Memory { identity, checkpoint, seen }
}

/// What a source answers when it is asked how the tree that was kept grew into the one it shows now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consistency<'p> {
    /// These hashes.
    Proof(&'p [Hash]),
    /// Another status than success, or a text that is no list of hashes. A source that serves a checkpoint has the proof too,
    /// so one that gives none hides that there is none.
    Withheld,
    /// Nothing: it was not asked, or could not be reached.
    Unknown,
}

/// C8. `now` and `identity` come from a [`super::Reader`] whose C3 holds; the proof leads from the smaller tree to the larger.
#[must_use]
pub fn memory(kept: Option<&Memory>, identity: Option<Hash>, now: &Checkpoint, proof: Consistency<'_>) -> Finding {
    let code = Code::C8;
    let Some(kept) = kept else {
        return Finding::new(code, super::Answer::NotApplicable, "first-visit");
    };
    match identity {
        Some(identity) if identity != kept.identity => {
            return Finding::fails(code, "other-chain").with("kept", kept.identity).with("found", identity);
        }
        None => return Finding::cannot_tell(code, "no-charter"),
        _ => {}
    }
    let text = kept.checkpoint.split_once("\n\n").map(|(text, _)| format!("{text}\n"));
    let Some(old) = text.and_then(|text| Checkpoint::parse(&text).ok()) else {
        return Finding::cannot_tell(code, "memory-unreadable");
    };
    let finding =
        |finding: Finding| finding.with("kept-size", old.size).with("kept-root", old.root).with("size", now.size).with("root", now.root);
    if old.origin != now.origin {
        return finding(Finding::fails(code, "other-chain"));
    }
    if now.size < old.size {
        // Only a tree that the log signed as older and smaller may be shown again; a page must show the newest.
        return finding(Finding::fails(code, "rolled-back"));
    }
    let proof = if now.size == old.size { Consistency::Proof(&[]) } else { proof };
    match proof {
        Consistency::Unknown => finding(Finding::cannot_tell(code, "no-consistency-proof")),
        Consistency::Withheld => finding(Finding::fails(code, "withheld")),
        Consistency::Proof(proof) => match check_consistency(proof, old.size, old.root, now.size, now.root) {
            Ok(()) => finding(Finding::holds(code)),
            Err(_) => finding(Finding::fails(code, "forked")),
        },
    }
}
