//! Clearing: what was blanked leaves the files of the staff database as well as its tables.
//!
//! SQLite writes over what a row leaves behind (`secure_delete`), and that is not all: the pages as they were before lie on in its log
//! until that is emptied, and a page that was full and was divided keeps, where nothing is now, a copy of the rows that went to its
//! neighbour. So the database is written anew, and then its log emptied. PostgreSQL keeps old rows until their table is vacuumed.

use super::{StaffError, Store};
use crate::store::may_vacuum;
use sqlx::{AnyConnection, Connection, Executor, Row};
use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};
use tokio::sync::Notify;

/// How long one try waits for others.
const BRIEFLY: &str = "pragma busy_timeout = 50";
/// A copy made meanwhile lies in memory, and not in a folder that may be anybody's.
const IN_MEMORY: &str = "pragma temp_store = memory";
/// Most bytes that are written anew: as much is in memory then, and nobody else writes for as long as it takes.
const MOST: u64 = 32 << 20;
/// All tables: from most of them something personal goes some day, and of the others there is next to nothing to look at.
const VACUUM: &str = "vacuum turn, accounts, roles, attempts, sessions, links, authenticators, recovery_codes, passkeys, journal, \
    journal_logged, journal_places, drafts, draft_authors, draft_asides, draft_files, draft_uploads, draft_pieces, post_holders, frozen, \
    frozen_parts, steps, told, brought, brought_files, brought_rows, templates, wishes, erased, registrations, registration_signers, \
    registrations_told, machines, machine_items, machine_reads, mailboxes, letters, places, identities, ways";
/// What is blanked together is cleared together.
const GATHER: Duration = Duration::from_secs(1);
/// It is looked at this often at least: other rooms let go of things too, and so does another process with the same database.
const AT_LEAST: Duration = Duration::from_secs(3_600);
/// The pause after a try that came to nothing, which grows to the second.
const AGAIN: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_secs(60);
/// It rests so many times as long as it took, and no longer than this: what is blanked meanwhile waits for it.
const REST: u32 = 20;
const RESTED: Duration = Duration::from_secs(5);

/// Whether the operator was told what keeps it from being done: a file that has grown too large, or tables that are somebody else's.
static TOLD: AtomicBool = AtomicBool::new(false);

/// What lies in the files still.
#[derive(Debug)]
pub(super) struct Traces {
    lie: AtomicBool,
    told: Notify,
}

impl Default for Traces {
    /// The last process may have left some.
    fn default() -> Traces {
        Traces { lie: AtomicBool::new(true), told: Notify::new() }
    }
}

impl Store {
    /// Says that something was blanked, and has it leave the files as well. To be said once that is committed.
    pub fn blanked(&self) {
        self.traces.lie.store(true, Ordering::Release);
        self.traces.told.notify_one();
    }

    /// Has what was blanked leave the files. `false`: somebody writes, or reads what was there before; then it is to be tried again.
    pub async fn clear(&self) -> Result<bool, StaffError> {
        // Its own, since it waits for others less long.
        let mut connection = self.pool().acquire().await?.detach();
        let cleared = match &self.file {
            Some(file) => self.written_anew(&mut connection, file).await,
            None => vacuumed(&mut connection).await.map(|()| true),
        };
        let closed = connection.close().await;
        let cleared = cleared?;
        closed?;
        Ok(cleared)
    }

    /// Empties SQLite's log, and writes the database anew if something was let go of since that was done.
    async fn written_anew(&self, connection: &mut AnyConnection, file: &Path) -> Result<bool, sqlx::Error> {
        sqlx::query(BRIEFLY).execute(&mut *connection).await?;
        // As long as somebody reads what was there before, another copy would only lie in the log beside it, and one more at each try.
        if !log_emptied(connection).await? {
            return Ok(false);
        }
        // Pages that are free were let go of by somebody who did not say so.
        let free: i64 = sqlx::query("pragma freelist_count").fetch_one(&mut *connection).await?.try_get(0)?;
        if !self.traces.lie.swap(false, Ordering::AcqRel) && free == 0 {
            return Ok(true);
        }
        match vacuumed_if_small(connection, file).await {
            Ok(true) => log_emptied(connection).await,
            undone => {
                self.traces.lie.store(true, Ordering::Release);
                undone
            }
        }
    }

    /// Goes on clearing whenever something was blanked, until it is dropped. First of all what the last process may not have come to.
    pub(crate) async fn go_on_clearing(&self) {
        loop {
            let took = self.cleared().await;
            tokio::time::sleep((took * REST).min(RESTED)).await;
            let _ = tokio::time::timeout(AT_LEAST, self.traces.told.notified()).await;
            tokio::time::sleep(GATHER).await;
        }
    }

    /// Tries until it is done; answers how long all tries took, without the pauses between them. Lasting trouble is told once.
    async fn cleared(&self) -> Duration {
        let (mut pause, mut took) = (AGAIN, Duration::ZERO);
        loop {
            let begun = Instant::now();
            let outcome = self.clear().await;
            took += begun.elapsed();
            let why = match outcome {
                Ok(true) | Err(StaffError::Database(sqlx::Error::PoolClosed)) => return took,
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

/// Writes a SQLite database anew, if it is not too large. `false`: somebody else is writing.
async fn vacuumed_if_small(connection: &mut AnyConnection, file: &Path) -> Result<bool, sqlx::Error> {
    let size = std::fs::metadata(file).map_or(0, |file| file.len());
    if size > MOST {
        if !TOLD.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                size,
                "the staff database is too large to be written anew while it is served: traces of what was blanked may stay in it"
            );
        }
        return Ok(true);
    }
    sqlx::query(IN_MEMORY).execute(&mut *connection).await?;
    match sqlx::query("vacuum").execute(connection).await {
        Ok(_) => Ok(true),
        Err(error) if is_busy(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Moves all of SQLite's log into the database and empties it. `false`: somebody reads what is in it.
async fn log_emptied(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    let row = sqlx::query("pragma wal_checkpoint(truncate)").fetch_one(connection).await?;
    let busy: i64 = row.try_get(0)?;
    Ok(busy == 0)
}

/// Has PostgreSQL let go of rows as they were.
async fn vacuumed(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    connection.execute(VACUUM).await?;
    if !may_vacuum(connection, "drafts").await? && !TOLD.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            "the user of the database does not own the desk's tables: what was blanked lies on in PostgreSQL's files until they are vacuumed"
        );
    }
    Ok(())
}

/// Whether somebody else is writing, as SQLite says it.
fn is_busy(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "5")
}

#[cfg(test)]
mod tests {
    use super::{super::store::MIGRATIONS, VACUUM};

    #[test]
    fn every_table_of_the_desk_is_vacuumed() {
        let vacuumed: Vec<&str> = VACUUM.split([' ', ',']).collect();
        let tables = MIGRATIONS.iter().flat_map(|(_, _, sql)| sql.split("create table ").skip(1));
        for table in tables.filter_map(|rest| rest.split([' ', '(']).next()) {
            assert!(vacuumed.contains(&table), "{table}");
        }
    }
}
