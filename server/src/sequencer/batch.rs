//! One batch: from waiting submissions to a committed transaction and their answers.

use super::{Receipt, Sequencer, Submission, SubmitError, Tip, submit::Said};
use crate::store::{Batch, Head, NewEntry, StoreError};
use chain::{
    checkpoint::Checkpoint,
    entry::Entry,
    note::Signer,
    state::Facts,
    statement::{Core, Statement},
    tile,
    time::Millis,
};
use std::collections::BTreeMap;

/// What became of each submission, in order, while the batch is not yet committed.
type Answers = Vec<Result<Receipt, SubmitError>>;

impl Sequencer {
    pub(super) async fn sequence(&mut self, batch: Vec<Submission>) {
        let mut contents = Vec::with_capacity(batch.len());
        let mut notes = Vec::with_capacity(batch.len());
        let mut said = Vec::with_capacity(batch.len());
        let mut answers = Vec::with_capacity(batch.len());
        for submission in batch {
            contents.push(submission.contents);
            said.push(submission.said);
            notes.push((submission.note, submission.verified));
            answers.push(submission.answer);
        }
        let results = match self.attempt(&notes, said, &mut contents).await {
            Ok(results) => results,
            Err(error) => {
                tracing::error!(%error, "a batch was not committed");
                // What is in memory may be ahead of the store now; only the store is true.
                self.stale = true;
                if let Err(error) = self.reload().await {
                    tracing::error!(%error, "the chain could not be loaded again");
                }
                notes.iter().map(|_| Err(SubmitError::clone(&error))).collect()
            }
        };
        for (answer, result) in answers.into_iter().zip(results) {
            // A submitter that went away does not need its answer; its statement is logged all the same.
            drop(answer.send(result));
        }
    }

    async fn attempt(
        &mut self,
        notes: &[(String, chain::state::Verified)],
        said: Vec<Said>,
        contents: &mut [Vec<crate::store::NewContent>],
    ) -> Result<Answers, SubmitError> {
        if let Some(behind) = *self.behind.borrow() {
            return Err(behind.into());
        }
        if self.stale {
            self.reload().await?;
        }
        // Parsed before they were queued: what does not parse cannot be here.
        let statements = said.into_iter().zip(notes).map(|(said, (note, _))| said.over(note)).collect::<Result<Vec<_>, _>>()?;
        let all: Vec<_> = statements.iter().collect();
        let mut transaction = loop {
            let claim = i64::from_be_bytes(crate::keys::random().map_err(|error| SubmitError::Store(error.to_string()))?);
            match self.store.claim(self.tip.state.size(), claim).await? {
                Some(transaction) => break transaction,
                None => self.reload().await?,
            }
        };
        let mut facts = self.store.facts(&mut transaction, &all).await?;
        let now = self.clock.now(self.tip.state.last().map(|(_, time)| time))?;
        let registry = self.tip.state.registry().root();
        let made = self.tip.extend(now, &statements, notes, contents, &mut facts)?;
        if made.batch.entries.is_empty() {
            // Repeats and refusals only: nothing to sign.
            drop(transaction);
            return Ok(made.answers);
        }
        let head = self.tip.head(&self.log)?;
        let logged: Vec<_> = made.logged.iter().map(|n| &statements[*n]).collect();
        self.store.commit(transaction, &made.batch, &logged, &facts, &head).await?;
        self.raise_mark(head.size, self.tip.state.frontier.root());
        if self.tip.state.registry().root() != registry {
            self.publish_view();
        }
        self.head.send_replace(head);
        for statement in &logged {
            let Core::Redaction(core) = &statement.core else { continue };
            for commitment in &core.parts {
                // Logged and no longer served, whatever happens here; `fsck` names an object that stayed.
                if let Err(error) = self.store.remove_object(commitment).await {
                    tracing::error!(%error, %commitment, "a redacted part could not be removed from the object store");
                }
            }
        }
        Ok(made.answers)
    }
}

struct Made {
    batch: Batch,
    answers: Answers,
    /// Which of the statements became the batch's entries.
    logged: Vec<usize>,
}

impl Tip {
    fn extend(
        &mut self,
        now: Millis,
        statements: &[Statement<'_>],
        notes: &[(String, chain::state::Verified)],
        contents: &mut [Vec<crate::store::NewContent>],
        facts: &mut Facts,
    ) -> Result<Made, SubmitError> {
        let mut made = Made { batch: Batch::default(), answers: Vec::with_capacity(notes.len()), logged: Vec::new() };
        let mut full: BTreeMap<(u8, u64), Vec<u8>> = BTreeMap::new();
        for (n, statement) in statements.iter().enumerate() {
            match self.state.admit(statement, Some(notes[n].1), facts) {
                Err(refusal) => made.answers.push(Err(refusal.into())),
                Ok(Some(index)) => made.answers.push(Ok(Receipt { index, leaf: None, repeated: true })),
                Ok(None) => {
                    let header = self.state.next_header(now);
                    let (bytes, leaf) = Entry::write(&header, &notes[n].0).map_err(|error| SubmitError::Store(error.to_string()))?;
                    let edge = &mut self.edge;
                    self.state.append(&header, leaf, statement, facts, |level, _, hash| {
                        if level % 8 == 0 {
                            let (number, tile) = edge.entry(level / 8).or_default();
                            tile.extend(hash.0);
                            if tile.len() as u64 == tile::WIDTH * 32 {
                                full.insert((level / 8, *number), std::mem::take(tile));
                                *number += 1;
                            }
                        }
                    });
                    made.answers.push(Ok(Receipt { index: header.index, leaf: Some(leaf), repeated: false }));
                    made.logged.push(n);
                    made.batch.entries.push(NewEntry { index: header.index, leaf, bytes, contents: std::mem::take(&mut contents[n]) });
                }
            }
        }
        made.batch.tiles = full.into_iter().map(|((level, number), bytes)| (level, number, bytes)).collect();
        let growing = self.edge.iter().filter(|(_, (_, tile))| !tile.is_empty());
        made.batch.tiles.extend(growing.map(|(level, (number, tile))| (*level, *number, tile.clone())));
        Ok(made)
    }

    fn head(&self, log: &Signer) -> Result<Head, StoreError> {
        let (leaf, time) = self.state.last().ok_or(StoreError::Absent("entry"))?;
        let checkpoint = Checkpoint { origin: self.state.origin().into(), size: self.state.size(), root: self.state.frontier.root() };
        Ok(Head { origin: checkpoint.origin.clone(), size: checkpoint.size, leaf, time, checkpoint: checkpoint.sign(log) })
    }
}
