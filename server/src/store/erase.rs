//! Erasing: what was redacted leaves the database's files as well as its tables.
//!
//! `secure_delete` writes over what a row leaves behind, in pages; the pages as they were before lie on in SQLite's log
//! until it is emptied, which on a running server may be never. Rows of parts are only ever added behind the last, so no page of theirs
//! is divided and keeps a copy of what went elsewhere. PostgreSQL keeps the old row until the table is vacuumed.

use super::{Store, StoreError};
use sqlx::{Connection, Executor, Row};
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

/// How long one try keeps writers waiting for readers, and the pause between two.
const PRAGMAS: &str = "pragma busy_timeout = 50";
const PAUSE: Duration = Duration::from_millis(100);
/// Tries before whoever asked for the redaction is answered.
const SOON: u32 = 10;
/// Tries afterwards: for ten minutes or so.
const LATER: u32 = 6_000;

/// What the operator is told once: a user of the database who may not vacuum may not the next time either.
static TOLD: AtomicBool = AtomicBool::new(false);

impl Store {
    /// Empties the log now if nobody reads what is in it, else as soon as nobody does. Trouble is logged.
    pub(crate) async fn erase_log(&self) {
        let store = self.clone();
        if self.numbered() {
            // Beside what else goes on, since a large table takes its time.
            let vacuuming = tokio::spawn(async move { store.vacuum().await });
            let _ = tokio::time::timeout(PAUSE * SOON, vacuuming).await;
            return;
        }
        if self.try_erasing(SOON).await {
            return;
        }
        tokio::spawn(async move {
            if !store.try_erasing(LATER).await {
                tracing::error!("what was redacted lies on in gazette.sqlite-wal, which somebody reads; it goes at the next start");
            }
        });
    }

    async fn try_erasing(&self, tries: u32) -> bool {
        for _ in 0..tries {
            match self.empty_log().await {
                Ok(true) => return true,
                Ok(false) => {}
                Err(StoreError::Database(sqlx::Error::PoolClosed)) => return true,
                Err(error) => tracing::warn!(%error, "the database's log could not be emptied"),
            }
            tokio::time::sleep(PAUSE).await;
        }
        false
    }

    /// Moves all of SQLite's log into the database and empties it. `false`: somebody reads what is in it. PostgreSQL keeps
    /// its log by its own rules.
    pub(super) async fn empty_log(&self) -> Result<bool, StoreError> {
        if self.numbered() {
            return Ok(true);
        }
        // Its own, since it waits for readers less long than others.
        let mut connection = self.writing.acquire().await?.detach();
        sqlx::query(PRAGMAS).execute(&mut connection).await?;
        let row = sqlx::query("pragma wal_checkpoint(truncate)").fetch_one(&mut connection).await?;
        let busy: i64 = row.try_get(0)?;
        connection.close().await?;
        Ok(busy == 0)
    }

    /// Has PostgreSQL let go of the rows of parts as they were.
    async fn vacuum(&self) {
        let done = async {
            // None of those the sequencer writes with.
            let mut connection = self.reading.acquire().await?.detach();
            connection.execute("vacuum contents").await?;
            connection.close().await
        };
        match done.await {
            Ok(()) | Err(sqlx::Error::PoolClosed) => {}
            Err(error) if !TOLD.swap(true, Ordering::Relaxed) => {
                tracing::warn!(%error, "redacted parts lie on in PostgreSQL's files until the table `contents` is vacuumed");
            }
            Err(_) => {}
        }
    }
}
