//! Clearing: what was blanked leaves the files of the staff database as well as its tables.
//!
//! SQLite writes over what a row leaves behind (`secure_delete`), and that is not all: the pages as they were before lie on in its log
//! until that is emptied, and a page that was full and was divided keeps, where nothing is now, a copy of the rows that went to its
//! neighbour. So the database is written anew, and then its log emptied. PostgreSQL keeps old rows until their table is vacuumed.

use super::{StaffError, Store};
use sqlx::{AnyConnection, Connection, Executor, Row};
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

/// How long one try waits for others.
const BRIEFLY: &str = "pragma busy_timeout = 50";
/// A copy made meanwhile lies in memory, and not in a folder that may be anybody's.
const IN_MEMORY: &str = "pragma temp_store = memory";
/// Most bytes that are written anew: as much is in memory then, and nobody else writes for as long as it takes.
const MOST: u64 = 128 << 20;
/// Tables in which something is blanked, or from which what is personal goes.
const VACUUM: &str = "vacuum drafts, draft_asides, draft_files, frozen, frozen_parts, brought_rows, brought_files, letters, journal";
/// What is blanked together is cleared together.
const GATHER: Duration = Duration::from_secs(1);
/// It is done this often at least: other rooms let go of things too, and so does another process with the same database.
const AT_LEAST: Duration = Duration::from_secs(3_600);
/// The pause after a try that came to nothing, which grows to the second.
const AGAIN: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_secs(60);
/// It rests so many times as long as it took.
const REST: u32 = 20;

/// Whether the operator was told that the file has grown too large.
static TOLD: AtomicBool = AtomicBool::new(false);

impl Store {
    /// Says that something was blanked, and has it leave the files as well. To be said once that is committed.
    pub fn blanked(&self) {
        self.blanked.notify_one();
    }

    /// Has what was blanked leave the files. `false`: somebody writes, or reads what was there before; then it is to be tried again.
    pub async fn clear(&self) -> Result<bool, StaffError> {
        // Its own, since it waits for others less long.
        let mut connection = self.pool().acquire().await?.detach();
        let cleared = match &self.file {
            Some(file) => {
                let size = std::fs::metadata(file).map_or(0, |file| file.len());
                written_anew(&mut connection, size).await
            }
            None => connection.execute(VACUUM).await.map(|_| true),
        };
        let closed = connection.close().await;
        let cleared = cleared?;
        closed?;
        Ok(cleared)
    }

    /// Goes on clearing whenever something was blanked, until it is dropped. First of all what the last process may not have come to.
    pub(crate) async fn go_on_clearing(&self) {
        loop {
            let took = self.cleared().await;
            tokio::time::sleep((took * REST).min(AT_LEAST)).await;
            let _ = tokio::time::timeout(AT_LEAST, self.blanked.notified()).await;
            tokio::time::sleep(GATHER).await;
        }
    }

    /// Tries until it is done; answers how long that took in the end. Lasting trouble is told once.
    async fn cleared(&self) -> Duration {
        let mut pause = AGAIN;
        loop {
            let begun = Instant::now();
            let why = match self.clear().await {
                Ok(true) | Err(StaffError::Database(sqlx::Error::PoolClosed)) => return begun.elapsed(),
                Ok(false) => "somebody reads or writes it".to_owned(),
                Err(error) => error.to_string(),
            };
            tokio::time::sleep(pause).await;
            let longer = (pause * 2).min(LONG);
            if longer == LONG && pause < LONG {
                tracing::warn!(%why, "what was blanked lies on in the staff database's files; it is tried again");
            }
            pause = longer;
        }
    }
}

/// Writes a SQLite database anew, if it is not too large, and empties its log.
async fn written_anew(connection: &mut AnyConnection, size: u64) -> Result<bool, sqlx::Error> {
    sqlx::query(BRIEFLY).execute(&mut *connection).await?;
    if size <= MOST {
        sqlx::query(IN_MEMORY).execute(&mut *connection).await?;
        match sqlx::query("vacuum").execute(&mut *connection).await {
            Ok(_) => {}
            Err(error) if is_busy(&error) => return Ok(false),
            Err(error) => return Err(error),
        }
    } else if !TOLD.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            size,
            "the staff database is too large to be written anew while it is served: traces of what was blanked may stay in it"
        );
    }
    let row = sqlx::query("pragma wal_checkpoint(truncate)").fetch_one(connection).await?;
    let busy: i64 = row.try_get(0)?;
    Ok(busy == 0)
}

/// Whether somebody else is writing, as SQLite says it.
fn is_busy(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "5")
}
