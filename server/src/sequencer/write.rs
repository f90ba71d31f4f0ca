//! Writing a judged batch: one transaction, then the mark, the list of what was removed, the new head, and the answers, in this order.

use super::{BETWEEN_COMMITS, Sequencer, Submission, SubmitError, batch::Judged};
use crate::{
    keys::LogKeys,
    mark::{Mark, Signed},
    removed::Listing,
    store::{Head, Store},
};
use chain::{state::State, statement::Core};
use std::{
    collections::VecDeque,
    sync::{Arc, RwLock},
};
use tokio::{sync::watch, task::JoinHandle, time::Instant};

/// How the writing of a batch ended.
pub(super) enum Written {
    Done,
    /// Another process had moved the head: nothing was written, and nobody answered, of what had been submitted.
    Moved(Vec<Submission>),
    /// Nothing was acknowledged, and the submitters know.
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
    pub(super) async fn sequence(&mut self, batch: Vec<Submission>, hold: bool) {
        // Oldest first: more than one where batches must be judged again.
        let mut waiting = VecDeque::from([(batch, hold)]);
        while let Some((batch, hold)) = waiting.pop_front() {
            if batch.is_empty() {
                continue;
            }
            let judged = self.judge(batch, hold).await;
            let before = match self.writing {
                Some(_) => finished(&mut self.writing).await,
                None => Written::Done,
            };
            match (self.settle(before), judged) {
                (None, None) => {}
                (None, Some(judged)) => self.write(judged).await,
                // It was judged on top of what is not there.
                (Some(earlier), judged) => {
                    waiting.push_front((judged.map(Judged::undo).unwrap_or_default(), false));
                    waiting.push_front((earlier, true));
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

    async fn write(&mut self, judged: Judged) {
        if judged.placed.is_some() {
            // Also where a whole batch waited, or one is judged again.
            tokio::time::sleep_until(self.next).await;
            self.next = Instant::now() + BETWEEN_COMMITS;
        }
        self.earlier = judged.known.clone();
        let writer = Writer {
            store: self.store.clone(),
            log: self.log.clone(),
            mark: self.mark.clone(),
            listing: self.listing.clone(),
            view: self.view.clone(),
            head: self.head.clone(),
        };
        self.writing = Some(tokio::spawn(writer.write(judged)));
    }
}

/// What writing needs of the sequencer.
struct Writer {
    store: Store,
    log: Arc<LogKeys>,
    mark: Arc<Mark>,
    listing: Arc<Listing>,
    view: Arc<RwLock<Arc<State>>>,
    head: watch::Sender<Head>,
}

impl Writer {
    async fn write(self, mut judged: Judged) -> Written {
        match self.commit(&mut judged).await {
            Ok(true) => {
                judged.answer();
                Written::Done
            }
            Ok(false) => Written::Moved(judged.undo()),
            Err(error) => {
                tracing::error!(%error, "a batch was not committed");
                judged.refuse(&error);
                Written::Failed
            }
        }
    }

    /// `false`: the head is not where this batch was judged.
    async fn commit(&self, judged: &mut Judged) -> Result<bool, SubmitError> {
        let claimed = match judged.claimed.take() {
            Some(transaction) => Some(transaction),
            None => self.store.claim(judged.from.0, judged.from.1).await?,
        };
        let Some(mut transaction) = claimed else { return Ok(false) };
        let Some(placed) = &mut judged.placed else { return Ok(true) };
        let (leaf, time) = placed.last;
        let signer = match &placed.key {
            Some(key) => self.log.signer(key).map_err(|error| SubmitError::LogKey(error.to_string()))?,
            None => None,
        };
        let named = || SubmitError::LogKey(placed.key.as_ref().map(ToString::to_string).unwrap_or_default());
        let signer = signer.ok_or_else(named)?;
        let (signed, checkpoint) = (&placed.checkpoint, placed.checkpoint.sign(&signer));
        let head = Head { origin: signed.origin.clone(), size: signed.size, leaf, time, checkpoint };
        self.store.write(&mut transaction, &placed.batch, &judged.known).await?;
        self.store.has_objects(&mut transaction, &placed.batch).await?;
        self.store.finish(transaction, &head).await?;
        // The entries are committed whatever happens here; a mark that lags only makes the guard weaker.
        if let Err(error) = self.mark.raise(Signed { size: signed.size, root: signed.root }) {
            tracing::error!(%error, size = signed.size, "the high-water mark could not be raised");
        }
        let mut removed = Vec::new();
        for entry in &placed.batch.entries {
            if let Core::Redaction(core) = &entry.core {
                removed.extend(core.parts.iter().map(|part| (*part, entry.index)));
            }
        }
        // The same of a list that lags: what is not on it waits for the next try, and each start completes it.
        if let Err(error) = self.listing.add(&removed) {
            tracing::error!(%error, size = signed.size, "what was redacted could not be listed outside the data folder; it is tried again");
        }
        if let Some(state) = placed.view.take() {
            super::publish(&self.view, state);
        }
        self.head.send_replace(head);
        if !removed.is_empty() {
            self.store.erase_parts(&removed.iter().map(|(part, _)| *part).collect::<Vec<_>>()).await;
        }
        Ok(true)
    }
}
