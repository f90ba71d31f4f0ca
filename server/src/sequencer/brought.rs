//! Large parts on their way: put into the object store before their statement has its place, and taken back if it gets none.

use super::{Receipt, SubmitError, Waiting};
use crate::store::Store;
use chain::part::Commitment;
use std::{collections::HashMap, sync::Arc};
use tokio::{
    runtime::Handle,
    sync::{Mutex, oneshot},
};

/// Which large parts this process's submissions have under way, and how many of them each. Equal parts share an object,
/// so only the last of those submissions may take it back; and nobody begins to bring one while it is taken back.
#[derive(Clone, Default)]
pub(super) struct UnderWay(Arc<Mutex<HashMap<Commitment, usize>>>);

/// The large parts of one submission. Let go, they are taken back unless an entry names them.
pub(super) struct Brought {
    under_way: UnderWay,
    store: Store,
    parts: Vec<Commitment>,
}

impl UnderWay {
    /// Called before any of `parts` is put.
    pub(super) async fn bring(&self, store: &Store, parts: Vec<Commitment>) -> Brought {
        let mut counts = self.0.lock().await;
        for part in &parts {
            *counts.entry(*part).or_default() += 1;
        }
        drop(counts);
        Brought { under_way: self.clone(), store: store.clone(), parts }
    }

    async fn settle(&self, store: &Store, parts: Vec<Commitment>, keep: bool) {
        let mut counts = self.0.lock().await;
        let mut last = Vec::new();
        for part in parts {
            match counts.get_mut(&part) {
                Some(count) if *count > 1 => *count -= 1,
                _ => {
                    counts.remove(&part);
                    last.push(part);
                }
            }
        }
        if !keep
            && !last.is_empty()
            && let Err(error) = store.take_back(&last).await
        {
            tracing::warn!(%error, "large parts that no entry names were left in the object store");
        }
    }
}

impl Brought {
    /// What `waiting` will say, once nothing is left of a submission that was not logged.
    pub(super) fn settled(mut self, waiting: Waiting) -> Waiting {
        let (tell, told) = oneshot::channel();
        tokio::spawn(async move {
            let outcome = waiting.await.unwrap_or(Err(SubmitError::Stopped));
            // Whether a commit that failed was one cannot be known.
            let keep = matches!(outcome, Ok(Receipt { repeated: false, .. }) | Err(SubmitError::Store(_) | SubmitError::Stopped));
            self.under_way.settle(&self.store, std::mem::take(&mut self.parts), keep).await;
            drop(tell.send(outcome));
        });
        told
    }
}

impl Drop for Brought {
    fn drop(&mut self) {
        let parts = std::mem::take(&mut self.parts);
        // Where the runtime is going away they stay; `fsck` counts them.
        if let Some(handle) = Handle::try_current().ok().filter(|_| !parts.is_empty()) {
            let (under_way, store) = (self.under_way.clone(), self.store.clone());
            handle.spawn(async move { under_way.settle(&store, parts, false).await });
        }
    }
}
