//! Counting: brings what agencies' figures are counted from up to the log, where no batch did it itself: in a store from before there were
//! figures, and after a program from then has added to it.
//!
//! How far it has come is kept in the same database and moves with each stretch: whatever stops it, it goes on from there, and so it does
//! in a backup that is put back. Nobody who reads waits for it; pages say how far the figures go.

use crate::store::{Head, Store, StoreError};
use std::time::Duration;
use tokio::{sync::watch, task::JoinHandle};

/// Entries counted at a time.
const STRIDE: u64 = 256;
/// Left to others who write, between two stretches.
const BETWEEN: Duration = Duration::from_millis(5);
/// How long to leave it after trouble.
const PAUSE: Duration = Duration::from_secs(1);

/// Follows the log until the chain is closed. Trouble is logged and tried again.
pub fn start(store: Store, mut heads: watch::Receiver<Head>) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            let size = heads.borrow_and_update().size;
            let over = match catch_up(&store, size).await {
                Ok(()) => heads.changed().await.is_err(),
                Err(error) => {
                    tracing::error!(%error, "the figures of agencies do not follow the log");
                    tokio::time::sleep(PAUSE).await;
                    heads.has_changed().is_err()
                }
            };
            if over {
                return;
            }
        }
    })
}

/// Counts what is not counted yet of the first `size` entries.
pub async fn catch_up(store: &Store, size: u64) -> Result<(), StoreError> {
    let begun = store.counted().await?;
    let mut from = begun;
    while from < size {
        store.count(from, size.min(from + STRIDE)).await?;
        tokio::time::sleep(BETWEEN).await;
        // Another process may have come further.
        from = store.counted().await?;
    }
    if begun < from {
        tracing::info!(from = begun, to = from, "agencies' figures were counted");
    }
    Ok(())
}
