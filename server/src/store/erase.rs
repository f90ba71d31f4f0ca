//! Erasing: what was redacted leaves the database's files as well as its tables.
//!
//! `secure_delete` writes over what a row leaves behind, in pages; the pages as they were before lie on in SQLite's log
//! until it is emptied, which on a running server may be never.

use super::{Store, StoreError};
use sqlx::{Connection, Row};
use std::time::Duration;

/// How long one try keeps writers waiting for readers, and the pause between two.
const PRAGMAS: &str = "pragma busy_timeout = 50";
const PAUSE: Duration = Duration::from_millis(100);
/// Tries before whoever asked for the redaction is answered.
const SOON: u32 = 10;
/// Tries afterwards: for ten minutes or so.
const LATER: u32 = 6_000;

impl Store {
    /// Empties the log now if nobody reads what is in it, else as soon as nobody does. Trouble is logged.
    pub(crate) async fn erase_log(&self) {
        if self.try_erasing(SOON).await {
            return;
        }
        let store = self.clone();
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
}
