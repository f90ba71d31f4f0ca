//! Writing a judged batch: one transaction, then the mark, the new head, and the answers, in this order.

use super::{Sequencer, Submission, SubmitError, batch::{Judged, Placed}};
use crate::{
    mark::{Mark, Signed},
    store::{Head, Store, StoreError},
};
use chain::{state::State, statement::Core};
use std::{
    collections::VecDeque,
    sync::{Arc, RwLock},
};
use tokio::{sync::watch, task::JoinHandle};

/// How the writing of a batch ended.
pub(super) enum Written {
    Done,
    /// Another process had moved the head, and nothing was written of what had been submitted.
    Moved(Vec<Submission>),
    /// Nothing was written, and the submitters know.
    Failed,
}

/// The batch that is being written, at most one.
pub(super) type Writing = Option<JoinHandle<Written>>;

/// Waits until it is written; for ever if there is none. Loses nothing when cancelled.
pub(super) async fn finished(writing: &mut Writing) -> Written {
    let written = match writing {
        Some(task) => task.await,
        None => return std::future::pending().await,
    };
    *writing = None;
    written.unwrap_or_else(|error| {
        tracing::error!(%error, "the writing of a batch broke off");
        Written::Failed
    })
}

impl Sequencer {
    /// Judges a batch while the one before it is written, and begins to write it when that one is durable.
    pub(super) async fn sequence(&mut self, batch: Vec<Submission>) {
        // Oldest first. More than one where batches must be judged again.
        let mut waiting = VecDeque::from([batch]);
        let mut hold = false;
        while let Some(batch) = waiting.pop_front() {
            let judged = self.judge(batch, hold).await;
            hold = false;
            let before = match self.writing {
                Some(_) => finished(&mut self.writing).await,
                None => Written::Done,
            };
            match (self.settle(before), judged) {
                (None, None) => {}
                (None, Some(judged)) => self.write(judged),
                // It was judged on top of what is not there.
                (Some(earlier), judged) => {
                    waiting.extend(judged.map(Judged::undo));
                    if !earlier.is_empty() {
                        waiting.push_front(earlier);
                        hold = true;
                    }
                }
            }
        }
    }

    /// Takes note of how the batch before ended. `Some`: not as it was thought, and these are to be judged again.
    pub(super) fn settle(&mut self, written: Written) -> Option<Vec<Submission>> {
        self.earlier = Arc::default();
        let again = match written {
            Written::Done => return None,
            Written::Moved(submissions) => submissions,
            Written::Failed => Vec::new(),
        };
        // What is in memory is ahead of the store now; only the store is true.
        self.stale = true;
        Some(again)
    }

    fn write(&mut self, mut judged: Judged) {
        match judged.placed.take() {
            None => judged.answer(),
            Some(placed) => {
                self.earlier = placed.known.clone();
                let writer = Writer { store: self.store.clone(), mark: self.mark.clone(), view: self.view.clone(), head: self.head.clone() };
                self.writing = Some(tokio::spawn(writer.write(judged, placed)));
            }
        }
    }
}

/// What writing needs of the sequencer.
struct Writer {
    store: Store,
    mark: Arc<Mark>,
    view: Arc<RwLock<Arc<State>>>,
    head: watch::Sender<Head>,
}

impl Writer {
    async fn write(self, mut judged: Judged, mut placed: Placed) -> Written {
        match self.commit(&mut placed).await {
            Ok(true) => {}
            Ok(false) => {
                judged.placed = Some(placed);
                return Written::Moved(judged.undo());
            }
            Err(error) => {
                tracing::error!(%error, "a batch was not committed");
                judged.refuse(&SubmitError::from(error));
                return Written::Failed;
            }
        }
        let Placed { batch, head, root, view, .. } = placed;
        // The entries are committed whatever happens here; a mark that lags only makes the guard weaker.
        if let Err(error) = self.mark.raise(Signed { size: head.size, root }) {
            tracing::error!(%error, size = head.size, "the high-water mark could not be raised");
        }
        if let Some(state) = view {
            super::publish(&self.view, state);
        }
        self.head.send_replace(head);
        for entry in &batch.entries {
            let Core::Redaction(core) = &entry.core else { continue };
            for commitment in &core.parts {
                // Logged and no longer served, whatever happens here; `fsck` names an object that stayed.
                if let Err(error) = self.store.remove_object(commitment).await {
                    tracing::error!(%error, %commitment, "a redacted part could not be removed from the object store");
                }
            }
        }
        judged.answer();
        Written::Done
    }

    /// `false`: the head is not where this batch stands.
    async fn commit(&self, placed: &mut Placed) -> Result<bool, StoreError> {
        let transaction = match placed.claimed.take() {
            Some(transaction) => Some(transaction),
            None => self.store.claim(placed.from).await?,
        };
        let Some(mut transaction) = transaction else { return Ok(false) };
        self.store.write(&mut transaction, &placed.batch, &placed.known.facts).await?;
        self.store.finish(transaction, &placed.head).await?;
        Ok(true)
    }
}
