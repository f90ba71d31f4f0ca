//! One batch: each submission gets its place in memory, or its refusal, while the batch before it is being written.

use super::{OpenError, Receipt, Sequencer, Submission, SubmitError, Tip, kept::Kept, load_in, submit::Said};
use crate::store::{Batch, NewContent, NewEntry, StoreError};
use chain::{
    Hash,
    checkpoint::Checkpoint,
    entry::Entry,
    note::Vkey,
    state::{Facts, State, Verified},
    statement::Statement,
    tile,
    time::Millis,
};
use sqlx::{Any, Transaction};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

type Outcome = Result<Receipt, SubmitError>;

/// A submission that has been judged; its parts may have gone into the batch.
struct Answerable {
    note: String,
    verified: Verified,
    contents: Vec<NewContent>,
    answer: oneshot::Sender<Outcome>,
    room: OwnedSemaphorePermit,
}

/// A batch that was judged. Nobody is answered before the head was claimed where it was judged, and it is durable.
pub(super) struct Judged {
    submissions: Vec<Answerable>,
    /// What is to become of each submission, in order.
    outcomes: Vec<Outcome>,
    /// Which of the submissions became entries.
    logged: Vec<usize>,
    /// What it was judged on top of: number of entries, and the last one's leaf hash.
    pub(super) from: (u64, Hash),
    /// What it was judged by, as it is afterwards: what the next batch must know that the store may not say yet.
    pub(super) known: Arc<Facts>,
    /// `None`: repeats and refusals only, so that there is nothing to sign.
    pub(super) placed: Option<Placed>,
    /// A transaction that holds the head already.
    pub(super) claimed: Option<Transaction<'static, Any>>,
}

/// New entries that have their place in memory: linked, and neither written nor signed for yet.
pub(super) struct Placed {
    pub(super) batch: Batch,
    /// What is to be signed.
    pub(super) checkpoint: Checkpoint,
    /// By which of the log's keys: as the newest charter says for this size, which may be in this very batch.
    pub(super) key: Option<Vkey>,
    /// Leaf hash and time of the newest entry.
    pub(super) last: (Hash, Millis),
    /// The state afterwards, if the registry changed.
    pub(super) view: Option<Arc<State>>,
}

impl Judged {
    fn new(submissions: Vec<Answerable>) -> Judged {
        let (outcomes, logged) = (Vec::with_capacity(submissions.len()), Vec::with_capacity(submissions.len()));
        Judged { submissions, outcomes, logged, from: (0, Hash::ZERO), known: Arc::default(), placed: None, claimed: None }
    }

    /// Back to what was submitted, to be judged on another head.
    pub(super) fn undo(mut self) -> Vec<Submission> {
        let entries = self.placed.into_iter().flat_map(|placed| placed.batch.entries);
        for (n, entry) in self.logged.into_iter().zip(entries) {
            self.submissions[n].contents = entry.contents;
        }
        let mut submissions = Vec::with_capacity(self.submissions.len());
        for Answerable { note, verified, contents, answer, room } in self.submissions {
            match Said::read(&note) {
                Ok(said) => submissions.push(Submission { note, said, verified, contents, answer, room }),
                Err(error) => drop(answer.send(Err(error.into()))),
            }
        }
        submissions
    }

    /// Says to each submitter what became of it. One that went away needs no answer; its statement is logged all the same.
    pub(super) fn answer(self) {
        for (submission, outcome) in self.submissions.into_iter().zip(self.outcomes) {
            drop(submission.answer.send(outcome));
        }
    }

    pub(super) fn refuse(self, error: &SubmitError) {
        for submission in self.submissions {
            drop(submission.answer.send(Err(error.clone())));
        }
    }
}

impl Sequencer {
    /// Judges a batch on top of the one that is being written. `None`: everybody in it was told why not.
    /// `hold`: with the head held, so that no other process can move it once more meanwhile.
    pub(super) async fn judge(&mut self, batch: Vec<Submission>, hold: bool) -> Option<Judged> {
        let mut said = Vec::with_capacity(batch.len());
        let mut submissions = Vec::with_capacity(batch.len());
        for submission in batch {
            let Submission { note, verified, contents, answer, room, .. } = submission;
            said.push(submission.said);
            submissions.push(Answerable { note, verified, contents, answer, room });
        }
        let mut judged = Judged::new(submissions);
        match self.place(&mut judged, said, hold).await {
            Ok(()) => Some(judged),
            Err(error) => {
                tracing::error!(%error, "a batch was not committed");
                // The state in memory may have been changed half-way.
                self.stale = true;
                judged.refuse(&error);
                None
            }
        }
    }

    async fn place(&mut self, judged: &mut Judged, said: Vec<Said>, hold: bool) -> Result<(), SubmitError> {
        if hold {
            judged.claimed = Some(self.hold().await?);
        } else if self.stale {
            self.reload().await?;
        }
        let behind = *self.behind.borrow();
        if let Some(behind) = behind {
            return Err(behind.into());
        }
        let Judged { submissions, outcomes, logged, claimed, .. } = judged;
        let mut statements = Vec::with_capacity(said.len());
        let mut keys = Vec::with_capacity(said.len());
        let mut rest = Vec::with_capacity(said.len());
        for (submission, said) in submissions.iter_mut().zip(said) {
            let note = &*submission.note;
            keys.push(said.key);
            // Parsed before it was queued: what does not parse cannot be here.
            statements.push(said.over(note)?);
            rest.push((note, submission.verified, &mut submission.contents));
        }
        let mut known = match claimed {
            Some(transaction) => self.store.known_in(transaction, &statements, &keys, &self.earlier).await?,
            None => self.store.known(&statements, &keys, &self.earlier).await?,
        };
        let now = self.clock.now(self.tip.state.last().map(|(_, time)| time))?;
        let registry = self.tip.state.registry().root();
        judged.from = (self.tip.state.size(), self.tip.leaf());
        let mut made = Made::default();
        for (n, ((statement, key), (note, verified, contents))) in statements.into_iter().zip(keys).zip(rest).enumerate() {
            let outcome = self.tip.extend(now, (statement, key), (note, verified, contents), &mut known, &mut made)?;
            if matches!(outcome, Ok(Receipt { repeated: false, .. })) {
                logged.push(n);
            }
            outcomes.push(outcome);
        }
        judged.known = Arc::new(known);
        if let Some(last) = self.tip.state.last().filter(|_| !made.entries.is_empty()) {
            let state = &self.tip.state;
            let batch = Batch { entries: made.entries, tiles: self.tip.tiles(made.full) };
            let checkpoint = Checkpoint { origin: state.origin().into(), size: state.size(), root: state.frontier.root() };
            let key = state.charter().and_then(|charter| charter.log_key(state.size())).cloned();
            let view = (state.registry().root() != registry).then(|| Arc::new(state.clone()));
            judged.placed = Some(Placed { batch, checkpoint, key, last, view });
        }
        Ok(())
    }

    /// Claims the head wherever it stands, and takes up the chain from there.
    async fn hold(&mut self) -> Result<Transaction<'static, Any>, OpenError> {
        // Nobody is kept waiting for a head that is only waiting for the next checkpoint's turn.
        tokio::time::sleep_until(self.next).await;
        loop {
            let kept = Kept::read(&self.mark, &self.listing)?;
            let mut transaction = self.store.hold().await?;
            let loaded = load_in(&mut transaction, self.log.origin()).await?;
            if !self.is_older(&loaded.1) {
                self.take_up(&kept, loaded).await?;
                return Ok(transaction);
            }
            // Taken up without it first.
            transaction.rollback().await.map_err(StoreError::from)?;
            self.reload().await?;
        }
    }
}

/// What statements turned into so far.
#[derive(Default)]
struct Made {
    entries: Vec<NewEntry>,
    /// Tiles that became full, by level and number.
    full: BTreeMap<(u8, u64), Vec<u8>>,
}

impl Tip {
    /// Leaf hash of the newest entry.
    pub(crate) fn leaf(&self) -> Hash {
        self.state.last().map_or(Hash::ZERO, |(leaf, _)| leaf)
    }

    /// Makes `statement` the newest entry and takes its parts along, or says why not, or where it stands already.
    fn extend(
        &mut self,
        now: Millis,
        (statement, key): (Statement<'_>, Hash),
        (note, verified, contents): (&str, Verified, &mut Vec<NewContent>),
        known: &mut Facts,
        made: &mut Made,
    ) -> Result<Outcome, SubmitError> {
        match self.state.admit(&statement, Some(verified), known) {
            Err(refusal) => return Ok(Err(refusal.into())),
            Ok(Some(index)) => return Ok(Ok(Receipt { index, leaf: None, repeated: true })),
            Ok(None) => {}
        }
        let header = self.state.next_header(now);
        let (bytes, leaf) = Entry::write(&header, note).map_err(|error| SubmitError::Store(error.to_string()))?;
        let edge = &mut self.edge;
        self.state.append(&header, leaf, &statement, known, |level, _, hash| {
            if level % 8 == 0 {
                let (number, tile) = edge.entry(level / 8).or_default();
                tile.extend(hash.0);
                if tile.len() as u64 == tile::WIDTH * 32 {
                    made.full.insert((level / 8, *number), std::mem::take(tile));
                    *number += 1;
                }
            }
        });
        let index = header.index;
        let approved = statement.act.is_some();
        made.entries.push(NewEntry { index, leaf, bytes, key, core: statement.core, approved, contents: std::mem::take(contents) });
        Ok(Ok(Receipt { index, leaf: Some(leaf), repeated: false }))
    }

    /// Full and growing tiles as they stand: level, number, bytes.
    fn tiles(&self, full: BTreeMap<(u8, u64), Vec<u8>>) -> Vec<(u8, u64, Vec<u8>)> {
        let full = full.into_iter().map(|((level, number), bytes)| (level, number, bytes));
        let growing = self.edge.iter().filter(|(_, (_, tile))| !tile.is_empty());
        full.chain(growing.map(|(level, (number, tile))| (*level, *number, tile.clone()))).collect()
    }
}
