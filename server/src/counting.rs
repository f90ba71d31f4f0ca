//! Counting: brings what agencies' figures are counted from up to the log, where no batch did it itself: in a store from before there were
//! figures, and after a program from then has added to it.
//!
//! How far it has come is kept in the same database and moves with each stretch: whatever stops it, it goes on from there, and so it does
//! in a backup that is put back. Nobody who reads waits for it; pages say how far the figures go.

use crate::store::{Head, Store, StoreError};
use std::time::Duration;
use tokio::{sync::watch, task::JoinHandle, time::timeout};

/// Entries counted at a time.
const STRIDE: u64 = 256;
/// Left to others who write, between two stretches.
const BETWEEN: Duration = Duration::from_millis(5);
/// How long to leave it after trouble: each time twice as long as before, up to the second.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// Follows the log until the chain is closed. Trouble is tried again, and told once for as long as it lasts.
pub fn start(store: Store, mut heads: watch::Receiver<Head>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut pause = PAUSE;
        loop {
            let size = heads.borrow_and_update().size;
            let over = match catch_up(&store, size).await {
                Ok(()) => {
                    if pause > PAUSE {
                        tracing::info!("the figures of agencies follow the log again");
                    }
                    pause = PAUSE;
                    heads.changed().await.is_err()
                }
                Err(error) => {
                    if pause == PAUSE {
                        tracing::error!(%error, "the figures of agencies do not follow the log; it is tried again");
                    }
                    let over = timeout(pause, closed(&mut heads)).await.is_ok();
                    pause = (pause * 2).min(LONGEST);
                    over
                }
            };
            if over {
                return;
            }
        }
    })
}

/// Waits until the chain is closed. Entries that come meanwhile shorten no pause.
async fn closed(heads: &mut watch::Receiver<Head>) {
    while heads.changed().await.is_ok() {}
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
