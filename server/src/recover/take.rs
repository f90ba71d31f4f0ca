//! Taking entries one bundle after the other inside one transaction, each judged before the next is looked at.

use super::{Progress, RecoverError, Source, source::Part};
use crate::{
    mark::Signed,
    sequencer::{SMALL, Tip},
    store::{Batch, Head, NewContent, NewEntry, Store, StoreError, submission_key},
};
use chain::{
    checkpoint::{Checkpoint, CheckpointError},
    entry::Entry,
    part::{Commitment, Salt},
    state::{Facts, Fault, Refusal},
    statement::{self, Core, Statement},
    tile,
};
use futures_util::future::join_all;
use sqlx::{Any, Transaction};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Parts asked for at once.
const AT_ONCE: usize = 8;

/// A recovery under way.
pub(super) struct Taking<'s> {
    store: &'s Store,
    source: &'s Source,
    from: &'s str,
    marks: &'s [Signed],
    /// What this machine lists as removed, and by which entry.
    listed: &'s BTreeMap<Commitment, u64>,
    transaction: Transaction<'static, Any>,
    tip: Tip,
    parts: u64,
    /// Parts that the source says were redacted, by the entry that names them, until the redaction has come by.
    unexplained: BTreeMap<Commitment, u64>,
    redacted: Vec<Commitment>,
    /// Large parts put into the object store so far: nobody needs them if this is given up.
    objects: Vec<Commitment>,
}

/// The parts of some entries, verified.
type Parts = HashMap<Commitment, (Salt, Vec<u8>)>;

impl<'s> Taking<'s> {
    pub async fn begin(
        store: &'s Store,
        source: &'s Source,
        from: &'s str,
        tip: Tip,
        (marks, listed): (&'s [Signed], &'s BTreeMap<Commitment, u64>),
    ) -> Result<Taking<'s>, RecoverError> {
        let transaction = store.claim(tip.state.size(), tip.leaf()).await?.ok_or(RecoverError::Moved)?;
        let (unexplained, redacted, objects) = (BTreeMap::new(), Vec::new(), Vec::new());
        Ok(Taking { store, source, from, marks, listed, transaction, tip, parts: 0, unexplained, redacted, objects })
    }

    /// Takes every entry up to `size`.
    pub async fn entries(&mut self, size: u64, progress: Progress<'_>) -> Result<(), RecoverError> {
        while self.tip.state.size() < size {
            let at = self.tip.state.size();
            let number = at / tile::WIDTH;
            let bundle = self.source.entries(number, tile::width(0, number, size)).await;
            let mut bundle = bundle.map_err(|error| RecoverError::Source { from: self.from.to_owned(), error })?;
            self.bundle(at, &bundle.split_off((at % tile::WIDTH) as usize)).await?;
            progress(self.tip.state.size(), size);
        }
        Ok(())
    }

    /// Judges and writes the entries from `first` on.
    async fn bundle(&mut self, first: u64, entries: &[Vec<u8>]) -> Result<(), RecoverError> {
        let mut statements = Vec::with_capacity(entries.len());
        for (index, bytes) in (first..).zip(entries) {
            let entry = Entry::parse(bytes).map_err(|error| RecoverError::Entry { index, fault: error.into() })?;
            let statement = Statement::parse(entry.note.as_bytes());
            statements.push(statement.map_err(|error| RecoverError::Entry { index, fault: Fault::Refused(Refusal::from(error)) })?);
        }
        let keys: Vec<_> = statements.iter().map(|statement| submission_key(statement.signer(), &statement.id)).collect();
        // All of it is one transaction: nothing is on its way that the store does not know.
        let mut facts = self.store.known_in(&mut self.transaction, &statements, &keys, &Facts::default()).await?;
        // Whose parts are before this bundle: judging adds those of its own.
        let owners = facts.owners.clone();
        let mut full = BTreeMap::new();
        for (index, bytes) in (first..).zip(entries) {
            self.judge(index, bytes, &mut facts, &mut full)?;
        }
        let mut parts = self.fetch(first, &statements, &owners).await?;
        let mut batch = Batch::default();
        for ((index, bytes), (statement, key)) in (first..).zip(entries).zip(statements.into_iter().zip(keys)) {
            let (core, approved) = (statement.core, statement.act.is_some());
            let contents = match &core {
                Core::Disclosure(core) => self.contents(index, &core.parts, &mut parts).await?,
                Core::Redaction(core) => {
                    core.parts.iter().for_each(|part| _ = self.unexplained.remove(part));
                    self.redacted.extend(&core.parts);
                    vec![]
                }
                _ => vec![],
            };
            let (leaf, bytes) = (chain::tree::leaf_hash(bytes), bytes.clone());
            batch.entries.push(NewEntry { index, leaf, bytes, key, core, approved, contents });
        }
        batch.tiles = full.into_iter().map(|((level, number), bytes)| (level, number, bytes)).collect();
        let growing = self.tip.edge.iter().filter(|(_, (_, tile))| !tile.is_empty());
        batch.tiles.extend(growing.map(|(level, (number, tile))| (*level, *number, tile.clone())));
        self.store.write(&mut self.transaction, &batch, &facts).await?;
        Ok(())
    }

    /// The same judgement as the sequencer's and an audit's; then what this machine signed, where it is told.
    fn judge(&mut self, index: u64, bytes: &[u8], facts: &mut Facts, full: &mut BTreeMap<(u8, u64), Vec<u8>>) -> Result<(), RecoverError> {
        let Tip { state, edge } = &mut self.tip;
        let replayed = state.replay(bytes, facts, |level, _, hash| {
            if level % 8 == 0 {
                let (number, tile) = edge.entry(level / 8).or_default();
                tile.extend(hash.0);
                if tile.len() as u64 == tile::WIDTH * 32 {
                    full.insert((level / 8, *number), std::mem::take(tile));
                    *number += 1;
                }
            }
        });
        replayed.map_err(|fault| RecoverError::Entry { index, fault })?;
        let found = state.frontier.root();
        match self.marks.iter().find(|signed| signed.size == index + 1 && signed.root != found) {
            Some(signed) => Err(RecoverError::OtherHistory { size: signed.size, found, signed: signed.root }),
            None => Ok(()),
        }
    }

    /// Parts that these statements name and that are not here, several at a time, each against its commitment.
    async fn fetch(&mut self, first: u64, statements: &[Statement<'_>], here: &HashMap<Commitment, u64>) -> Result<Parts, RecoverError> {
        let mut wanted: BTreeMap<Commitment, (u64, u64)> = BTreeMap::new();
        for (index, statement) in (first..).zip(statements) {
            if let Core::Disclosure(core) = &statement.core {
                for part in core.parts.iter().filter(|part| !here.contains_key(&part.commitment)) {
                    wanted.entry(part.commitment).or_insert((index, part.size));
                }
            }
        }
        let mut parts = Parts::new();
        let wanted: Vec<_> = wanted.into_iter().collect();
        for some in wanted.chunks(AT_ONCE) {
            let asked = some.iter().map(|(commitment, (_, size))| self.source.part(commitment, *size));
            for ((commitment, (index, size)), part) in some.iter().zip(join_all(asked).await) {
                let (index, commitment) = (*index, *commitment);
                match part.map_err(|error| RecoverError::Source { from: self.from.to_owned(), error })? {
                    Part::Present { salt, bytes } => {
                        if bytes.len() as u64 != *size || Commitment::to(&salt, &bytes) != commitment {
                            return Err(RecoverError::Part { index, commitment, why: "does not match its commitment" });
                        }
                        parts.insert(commitment, (salt, bytes));
                    }
                    Part::Removed => _ = self.unexplained.insert(commitment, index),
                    Part::Missing => return Err(RecoverError::Part { index, commitment, why: "is missing from the source" }),
                }
            }
        }
        Ok(parts)
    }

    /// An entry's parts as rows.
    async fn contents(&mut self, index: u64, named: &[statement::Part], parts: &mut Parts) -> Result<Vec<NewContent>, StoreError> {
        let mut contents = Vec::new();
        for part in named {
            let (commitment, media, size) = (part.commitment, part.media.clone(), part.size);
            if let Some((salt, bytes)) = parts.remove(&commitment) {
                self.parts += 1;
                let small = bytes.len() <= SMALL;
                let bytes = if small {
                    Some(bytes)
                } else {
                    self.objects.push(commitment);
                    self.store.put_object(&commitment, bytes).await?;
                    None
                };
                contents.push(NewContent { commitment, media, size, salt, bytes });
            } else if self.unexplained.get(&commitment) == Some(&index) {
                // A row for the redaction to empty; one that stays unexplained ends the recovery.
                contents.push(NewContent { commitment, media, size, salt: Salt::default(), bytes: Some(vec![]) });
            }
        }
        Ok(contents)
    }

    /// The last checks, and the new head if they hold.
    pub fn head(&self, signed: &Checkpoint, note: String) -> Result<Head, RecoverError> {
        // A redaction that comes after the source's newest entry is in this machine's list.
        let explained = |part: &Commitment| self.listed.get(part).is_some_and(|by| *by >= signed.size);
        if let Some((commitment, index)) = self.unexplained.iter().find(|(part, _)| !explained(part)) {
            let why = "is said to be redacted, and no entry redacts it";
            return Err(RecoverError::Part { index: *index, commitment: *commitment, why });
        }
        let state = &self.tip.state;
        let found = state.frontier.root();
        if found != signed.root {
            return Err(RecoverError::Root { found, signed: signed.root });
        }
        let unsigned = || CheckpointError::Origin(signed.origin.clone());
        let key = state.charter().and_then(|charter| charter.log_key(signed.size)).ok_or_else(unsigned)?;
        let opened = Checkpoint::open(note.as_bytes(), key)?;
        let (leaf, time) = state.last().ok_or(StoreError::Absent("entry"))?;
        Ok(Head { origin: opened.origin, size: opened.size, leaf, time, checkpoint: note })
    }

    /// Makes it all visible at once. Says how many parts were taken.
    pub async fn commit(mut self, head: &Head) -> Result<u64, StoreError> {
        let ahead: Vec<_> = self.listed.iter().filter(|(_, by)| **by >= head.size).map(|(part, by)| (*part, *by)).collect();
        let taken = self.store.take_out(&mut self.transaction, &ahead, head.size).await?;
        self.redacted.extend(taken.removed);
        // Whether a commit that failed was one cannot be known: large parts are not taken back after it.
        self.store.finish(self.transaction, head).await?;
        self.store.erase_parts(&self.redacted).await;
        Ok(self.parts)
    }

    /// Leaves everything as it was.
    pub async fn give_up(self) {
        drop(self.transaction);
        for commitment in self.objects.into_iter().collect::<BTreeSet<_>>() {
            if let Err(error) = self.store.remove_object(&commitment).await {
                tracing::warn!(%error, %commitment, "a part that was fetched for nothing could not be removed");
            }
        }
    }
}
