//! One batch: each submission gets its place in memory, or its refusal, while the batch before it is being written.

use super::{Receipt, Sequencer, Submission, SubmitError, Tip, submit::Said};
use crate::store::{Batch, Head, Known, NewContent, NewEntry, Owners, StoreError, submission_key};
use chain::{
    checkpoint::Checkpoint,
    entry::Entry,
    note::Signer,
    part::Commitment,
    state::{Facts, State, Verified},
    statement::{Core, Statement},
    tile,
    time::Millis,
};
use sqlx::{Any, Transaction};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::oneshot;

/// Statements placed between two looks at what else this thread has to do.
const STRIDE: usize = 64;

type Outcome = Result<Receipt, SubmitError>;

/// A submission that has been judged; its parts may have gone into the batch.
struct Answerable {
    note: String,
    verified: Verified,
    contents: Vec<NewContent>,
    answer: oneshot::Sender<Outcome>,
}

/// A batch that was judged. Nobody is answered before what it stands on is durable, and it is itself.
pub(super) struct Judged {
    submissions: Vec<Answerable>,
    /// What is to become of each submission, in order.
    outcomes: Vec<Outcome>,
    /// Which of the submissions became entries.
    logged: Vec<usize>,
    /// `None`: repeats and refusals only, so that there is nothing to sign.
    pub(super) placed: Option<Placed>,
}

/// New entries that have their place in memory: linked, their checkpoint signed, and not yet written.
pub(super) struct Placed {
    pub(super) batch: Batch,
    /// What the next batch must know that the store may not say yet.
    pub(super) known: Arc<Known>,
    /// Number of entries this stands on.
    pub(super) from: u64,
    pub(super) head: Head,
    pub(super) root: chain::Hash,
    /// The state afterwards, if the registry changed.
    pub(super) view: Option<Arc<State>>,
    /// A transaction that holds the head already.
    pub(super) claimed: Option<Transaction<'static, Any>>,
}

impl Judged {
    /// Back to what was submitted, to be judged on another head.
    pub(super) fn undo(mut self) -> Vec<Submission> {
        let entries = self.placed.into_iter().flat_map(|placed| placed.batch.entries);
        for (n, entry) in self.logged.into_iter().zip(entries) {
            self.submissions[n].contents = entry.contents;
        }
        let mut submissions = Vec::with_capacity(self.submissions.len());
        for Answerable { note, verified, contents, answer } in self.submissions {
            match Said::read(&note) {
                Ok(said) => submissions.push(Submission { note, said, verified, contents, answer }),
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
    /// `hold`: with the head held, so that no other process can move it meanwhile once more.
    pub(super) async fn judge(&mut self, batch: Vec<Submission>, hold: bool) -> Option<Judged> {
        let mut said = Vec::with_capacity(batch.len());
        let mut submissions = Vec::with_capacity(batch.len());
        for submission in batch {
            let Submission { note, verified, contents, answer, .. } = submission;
            said.push(submission.said);
            submissions.push(Answerable { note, verified, contents, answer });
        }
        let mut judged = Judged { outcomes: Vec::with_capacity(said.len()), submissions, logged: Vec::new(), placed: None };
        let behind = *self.behind.borrow();
        let placed = match behind {
            Some(behind) => Err(behind.into()),
            None => self.place(&mut judged, said, hold).await.inspect_err(|error| {
                tracing::error!(%error, "a batch was not committed");
                // The state in memory may have been changed half-way.
                self.stale = true;
            }),
        };
        match placed {
            Ok(()) => Some(judged),
            Err(error) => {
                judged.refuse(&error);
                None
            }
        }
    }

    async fn place(&mut self, judged: &mut Judged, said: Vec<Said>, hold: bool) -> Result<(), SubmitError> {
        if self.stale {
            self.reload().await?;
        }
        let mut claimed = match hold {
            true => Some(self.hold().await?),
            false => None,
        };
        let Judged { submissions, outcomes, logged, placed } = judged;
        let (mut notes, mut contents) = (Vec::with_capacity(said.len()), Vec::with_capacity(said.len()));
        for submission in submissions {
            notes.push((&*submission.note, submission.verified));
            contents.push(&mut submission.contents);
        }
        // Parsed before they were queued: what does not parse cannot be here.
        let statements = said.into_iter().zip(&notes).map(|(said, (note, _))| said.over(note)).collect::<Result<Vec<_>, _>>()?;
        let all: Vec<_> = statements.iter().collect();
        let mut known = match &mut claimed {
            Some(transaction) => self.store.known(transaction, &all, &self.earlier).await?,
            // The head is claimed later, at the size that these are the facts of.
            None => {
                let mut reader = self.store.reader().await.map_err(StoreError::from)?;
                self.store.known(reader.ask().map_err(StoreError::from)?, &all, &self.earlier).await?
            }
        };
        let now = self.clock.now(self.tip.state.last().map(|(_, time)| time))?;
        let (from, registry) = (self.tip.state.size(), self.tip.state.registry().root());
        let mut made = Made::default();
        for (n, statement) in statements.iter().enumerate() {
            outcomes.push(self.tip.extend(now, statement, notes[n], &mut known, &mut made)?);
            if made.entries.len() > logged.len() {
                logged.push(n);
            }
            if n % STRIDE == STRIDE - 1 {
                // The batch before this one is written from the same thread.
                tokio::task::yield_now().await;
            }
        }
        if logged.is_empty() {
            return Ok(());
        }
        let mut batch = Batch { entries: Vec::with_capacity(logged.len()), tiles: self.tip.tiles(made.full) };
        let mut entries = made.entries.into_iter();
        let mut next = logged.iter().peekable();
        for (n, statement) in statements.into_iter().enumerate() {
            if next.next_if_eq(&&n).is_some()
                && let Some((index, leaf, bytes)) = entries.next()
            {
                let key = submission_key(statement.signer(), &statement.id);
                let contents = std::mem::take(contents[n]);
                batch.entries.push(NewEntry { index, leaf, bytes, key, core: statement.core, contents });
            }
        }
        let view = (self.tip.state.registry().root() != registry).then(|| Arc::new(self.tip.state.clone()));
        let (head, root) = (self.tip.head(&self.log)?, self.tip.state.frontier.root());
        *placed = Some(Placed { batch, known: Arc::new(known), from, head, root, view, claimed });
        Ok(())
    }

    /// Claims the head, wherever it stands.
    async fn hold(&mut self) -> Result<Transaction<'static, Any>, SubmitError> {
        loop {
            match self.store.claim(self.tip.state.size()).await? {
                Some(transaction) => return Ok(transaction),
                None => self.reload().await?,
            }
        }
    }
}

/// Notes a disclosure's parts as its document's own; fails with the first that is another's.
fn own(statement: &Statement<'_>, next: u64, facts: &Facts, owners: &mut Owners) -> Result<(), Commitment> {
    let Core::Disclosure(core) = &statement.core else { return Ok(()) };
    let revised = core.revises.and_then(|revised| facts.versions.get(&revised.index));
    let document = revised.map_or(next, |version| version.document);
    let mut parts = core.parts.iter().map(|part| part.commitment);
    match parts.find(|part| owners.get(part).is_some_and(|owner| *owner != document)) {
        Some(part) => Err(part),
        None => {
            owners.extend(core.parts.iter().map(|part| (part.commitment, document)));
            Ok(())
        }
    }
}

/// What statements turned into so far.
#[derive(Default)]
struct Made {
    /// Index, leaf hash and bytes of each.
    entries: Vec<(u64, chain::Hash, Vec<u8>)>,
    /// Tiles that became full, by level and number.
    full: BTreeMap<(u8, u64), Vec<u8>>,
}

impl Tip {
    /// Makes `statement` the newest entry, or says why not, or where it stands already.
    fn extend(
        &mut self,
        now: Millis,
        statement: &Statement<'_>,
        (note, verified): (&str, Verified),
        known: &mut Known,
        made: &mut Made,
    ) -> Result<Outcome, SubmitError> {
        match self.state.admit(statement, Some(verified), &known.facts) {
            Err(refusal) => return Ok(Err(refusal.into())),
            Ok(Some(index)) => return Ok(Ok(Receipt { index, leaf: None, repeated: true })),
            Ok(None) => {}
        }
        if let Err(part) = own(statement, self.state.size(), &known.facts, &mut known.owners) {
            return Ok(Err(SubmitError::PartTaken(part)));
        }
        let header = self.state.next_header(now);
        let (bytes, leaf) = Entry::write(&header, note).map_err(|error| SubmitError::Store(error.to_string()))?;
        let edge = &mut self.edge;
        self.state.append(&header, leaf, statement, &mut known.facts, |level, _, hash| {
            if level % 8 == 0 {
                let (number, tile) = edge.entry(level / 8).or_default();
                tile.extend(hash.0);
                if tile.len() as u64 == tile::WIDTH * 32 {
                    made.full.insert((level / 8, *number), std::mem::take(tile));
                    *number += 1;
                }
            }
        });
        made.entries.push((header.index, leaf, bytes));
        Ok(Ok(Receipt { index: header.index, leaf: Some(leaf), repeated: false }))
    }

    /// Full and growing tiles as they stand: level, number, bytes.
    fn tiles(&self, full: BTreeMap<(u8, u64), Vec<u8>>) -> Vec<(u8, u64, Vec<u8>)> {
        let full = full.into_iter().map(|((level, number), bytes)| (level, number, bytes));
        let growing = self.edge.iter().filter(|(_, (_, tile))| !tile.is_empty());
        full.chain(growing.map(|(level, (number, tile))| (*level, *number, tile.clone()))).collect()
    }

    fn head(&self, log: &Signer) -> Result<Head, StoreError> {
        let (leaf, time) = self.state.last().ok_or(StoreError::Absent("entry"))?;
        let checkpoint = Checkpoint { origin: self.state.origin().into(), size: self.state.size(), root: self.state.frontier.root() };
        Ok(Head { origin: checkpoint.origin.clone(), size: checkpoint.size, leaf, time, checkpoint: checkpoint.sign(log) })
    }
}
