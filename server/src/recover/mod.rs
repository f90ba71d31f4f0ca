//! Recovering: an old copy of this chain gets the entries it lacks from a newer copy or from whoever serves the log.
//!
//! Nothing the source says is believed. Its tree must begin with the one that is here; each entry is judged as the next
//! one by the function that the sequencer and `fsck` ask; each part must match its commitment, or a redaction among the
//! entries must have taken it away; and in the end the root must be the one that the log signed, and that the high-water
//! mark names where it stands within. All of it is written in one transaction, which is committed after the last of these
//! checks: a recovery that fails or is stopped leaves what was there. Nothing is signed here.
//!
//! What this machine lists as removed by an entry that the source does not have either ([`crate::removed`]) is taken out again within
//! that transaction: an older source brings nothing back.

mod address;
mod source;
mod take;

pub use source::{Source, SourceError};

use crate::{
    keys::KeyError,
    mark::{Mark, MarkError, Signed},
    node::Place,
    removed::{self, Removals, ReplayError},
    sequencer::{self, Behind, OpenError},
    store::{Head, StoreError},
};
use chain::{
    Hash,
    checkpoint::{Checkpoint, CheckpointError},
    note::Note,
    part::Commitment,
    state::Fault,
    tile, tree,
};

/// Why nothing was recovered. What is here stayed as it was.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("the log's key file {0} is missing: put it back first, it says which chain this is")]
    NoKey(std::path::PathBuf),
    #[error(transparent)]
    Mark(#[from] MarkError),
    #[error(transparent)]
    Removed(#[from] ReplayError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("{from} cannot be read: {error}")]
    Source { from: String, error: SourceError },
    #[error("{from} serves the chain {found:?}, not {wanted:?}")]
    OtherChain { from: String, found: String, wanted: String },
    #[error("the source's checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    #[error("the source's chain of {theirs} entries does not begin with the {ours} that are here: one of them is another history")]
    Fork { ours: u64, theirs: u64 },
    #[error("entry {index} of the source is not the next one: {fault}")]
    Entry { index: u64, fault: Fault },
    #[error("part {commitment} of entry {index} {why}")]
    Part { index: u64, commitment: Commitment, why: &'static str },
    #[error("the source's entries make the root {found}, and its checkpoint says {signed}")]
    Root { found: Hash, signed: Hash },
    #[error("entry {size} and before of the source are not the history this machine signed: root {found} instead of {signed}")]
    OtherHistory { size: u64, found: Hash, signed: Hash },
    #[error("another process added to the chain meanwhile; run it again")]
    Moved,
}

/// What was recovered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    pub origin: String,
    /// Entries before and after.
    pub from: u64,
    pub size: u64,
    /// Parts taken, without those that were redacted later.
    pub parts: u64,
    /// What is still missing, if the source has not all of it either.
    pub behind: Option<Behind>,
}

/// How far it is: (entries here, of).
pub type Progress<'p> = &'p (dyn Fn(u64, u64) + Send + Sync);

/// Brings the chain of `place` up to what `from` has: a copy of its data folder, or an address that serves the log.
pub async fn recover(place: &Place, from: &str, progress: Progress<'_>) -> Result<Recovered, RecoverError> {
    let key = place.log_key()?.ok_or_else(|| RecoverError::NoKey(place.data.join("keys/log.key")))?.vkey().clone();
    let unreadable = |error| RecoverError::Source { from: from.to_owned(), error };
    let source = Source::open(from, &place.data).await.map_err(unreadable)?;
    let store = place.store().await?;
    store.found(key.name()).await?;
    let mark = Mark::new(&place.data, &place.state, &key);
    let marks = mark.read()?;
    let (tip, head) = sequencer::load(&store, key.name()).await?;
    sequencer::standing(&store, &marks, &tip, &head).await?;
    let removals = Removals::beside(&mark);
    let listed = removals.read().map_err(ReplayError::from)?;
    // A redaction that is listed was logged, whatever became of the mark: no mark is made here that would let something be signed below it.
    let least = listed.values().max().map_or(0, |by| by + 1);
    let raise = |signed: Signed| if signed.size < least { Ok(()) } else { mark.raise(signed) };

    let note = source.checkpoint().await.map_err(unreadable)?;
    let signed = Checkpoint::parse(Note::parse(note.as_bytes()).map_err(CheckpointError::from)?.text)?;
    if signed.origin != head.origin {
        return Err(RecoverError::OtherChain { from: from.into(), found: signed.origin, wanted: head.origin });
    }
    if head.size == 0 {
        // Nothing is here that says which chain this is but the key itself.
        Checkpoint::open(note.as_bytes(), &key)?;
    }
    let mut recovered = Recovered { origin: head.origin.clone(), from: head.size, size: head.size, parts: 0, behind: None };
    if signed.size > head.size {
        consistent(&source, &head, tip.state.frontier.root(), &signed).await.map_err(|error| match error {
            Inconsistent::Source(error) => unreadable(error),
            Inconsistent::Fork => RecoverError::Fork { ours: head.size, theirs: signed.size },
        })?;
        let mut taking = take::Taking::begin(&store, &source, from, tip, (marks.as_slice(), &listed)).await?;
        let judged = taking.entries(signed.size, progress).await.and_then(|()| taking.head(&signed, note));
        match judged {
            Ok(head) => recovered = Recovered { size: head.size, parts: taking.commit(&head).await?, ..recovered },
            Err(error) => {
                taking.give_up().await;
                return Err(error);
            }
        }
        // Signed before, by this log: from now on a copy without these is an old one here, too.
        raise(Signed { size: signed.size, root: signed.root })?;
    } else if signed.size == head.size {
        if signed.root != tip.state.frontier.root() {
            return Err(RecoverError::Fork { ours: head.size, theirs: signed.size });
        }
        // As new as the source: that is what a machine without a mark was to find out.
        let key = tip.state.charter().and_then(|charter| charter.log_key(signed.size)).unwrap_or(&key);
        Checkpoint::open(note.as_bytes(), key)?;
        raise(Signed { size: signed.size, root: signed.root })?;
    }
    // Whatever was redacted by what came back is listed too, and on a machine that had no list all of it.
    removed::complete(&store, &removals).await?;
    let missing = marks.iter().map(|signed| signed.size).chain([least]).find(|size| *size > recovered.size);
    recovered.behind = missing.map(|signed| Behind::Missing { found: recovered.size, signed });
    if recovered.behind.is_none() && !mark.stands_outside()? {
        // The source has less than what is here.
        recovered.behind = Some(Behind::Unmarked { found: recovered.size });
    }
    store.close().await;
    Ok(recovered)
}

enum Inconsistent {
    Source(SourceError),
    Fork,
}

/// Whether the source's tree begins with ours: told before anything is fetched for long.
async fn consistent(source: &Source, head: &Head, root: Hash, signed: &Checkpoint) -> Result<(), Inconsistent> {
    let mut tiles = tile::Tiles::new(signed.size);
    let proof = loop {
        match tree::prove_consistency(&tiles, head.size, signed.size) {
            Ok(proof) => break proof,
            Err(tile::Missing(missing)) => {
                let bytes = source.tile(missing).await.map_err(Inconsistent::Source)?;
                if !tiles.insert(missing.level, missing.number, &bytes) {
                    return Err(Inconsistent::Source(SourceError::Malformed(missing.path())));
                }
            }
        }
    };
    tree::check_consistency(&proof, head.size, root, signed.size, signed.root).map_err(|_| Inconsistent::Fork)
}
