//! Erasing: what was redacted leaves the database's files as well as its tables.
//!
//! `secure_delete` writes over what a row leaves behind, in pages; the pages as they were before lie on in SQLite's log
//! until it is emptied, which on a running server may be never. Rows of parts are only ever added behind the last, so no page of theirs
//! is divided and keeps a copy of what went elsewhere. PostgreSQL keeps the old row until the table is vacuumed,
//! and its bytes until something else is written there.

use super::{Store, StoreError};
use chain::part::Commitment;
use sqlx::{AnyConnection, Connection, Executor, Row};
use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};
use tokio::sync::Mutex;

/// How long one try keeps writers waiting for readers, and the pause between two.
const PRAGMAS: &str = "pragma busy_timeout = 50";
const PAUSE: Duration = Duration::from_millis(100);
/// Tries before whoever asked for the redaction is answered.
const SOON: u32 = 10;
/// Tries afterwards: for ten minutes or so.
const LATER: u32 = 6_000;

/// What the operator is told once: a user of the database who may not vacuum may not the next time either.
static TOLD: AtomicBool = AtomicBool::new(false);

/// Work that is done for all who asked for it before it began: one at a time, and however many ask meanwhile, once more for them.
#[derive(Debug, Default)]
pub(super) struct Shared {
    asked: AtomicU64,
    /// Up to whom it was done.
    done: Mutex<u64>,
}

impl Shared {
    async fn once(&self, work: impl Future<Output = ()>) {
        let own = self.asked.fetch_add(1, Ordering::AcqRel) + 1;
        let mut done = self.done.lock().await;
        if *done < own {
            let newest = self.asked.load(Ordering::Acquire);
            work.await;
            *done = newest;
        }
    }
}

/// Whether this user of PostgreSQL may vacuum a table: of one that it may not, PostgreSQL itself only warns, and passes it by.
pub(crate) async fn may_vacuum(connection: &mut AnyConnection, table: &'static str) -> Result<bool, sqlx::Error> {
    let sql = "select count(*) from pg_tables where schemaname = current_schema() and tablename = $1 and (pg_has_role(tableowner, 'USAGE') \
               or pg_has_role((select datdba from pg_database where datname = current_database()), 'USAGE'))";
    let count: i64 = sqlx::query(sql).bind(table).fetch_one(connection).await?.try_get(0)?;
    Ok(count > 0)
}

impl Store {
    /// After a commit that took these parts out of the table: takes them from where else they lie. Trouble is logged.
    pub(crate) async fn erase_parts(&self, parts: &[Commitment]) {
        for commitment in parts {
            // Not served any more, whatever happens here; `fsck` names an object that stayed.
            if let Err(error) = self.remove_object(commitment).await {
                tracing::error!(%error, %commitment, "a redacted part could not be removed from the object store");
            }
        }
        self.erase_log().await;
    }

    /// Empties the log now if nobody reads what is in it, else as soon as nobody does. Trouble is logged.
    pub(crate) async fn erase_log(&self) {
        let store = self.clone();
        if self.numbered() {
            // Beside what else goes on, since a large table takes its time.
            let vacuuming = tokio::spawn(async move { store.vacuuming.once(store.vacuum()).await });
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
            connection.execute("vacuum reasons").await?;
            let may = may_vacuum(&mut connection, "contents").await?;
            connection.close().await?;
            Ok::<_, sqlx::Error>(may)
        };
        let why = match done.await {
            Ok(true) | Err(sqlx::Error::PoolClosed) => return,
            Ok(false) => "the user of the database does not own it".to_owned(),
            Err(error) => error.to_string(),
        };
        if !TOLD.swap(true, Ordering::Relaxed) {
            tracing::warn!(%why, "redacted parts lie on in PostgreSQL's files until the table `contents` is vacuumed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;
    use tokio::sync::Notify;

    #[tokio::test]
    async fn however_many_ask_while_it_is_done_it_is_done_once_more_for_all_of_them() {
        let (shared, go_on, done) = (Shared::default(), Notify::new(), AtomicUsize::new(0));
        let ask = || {
            shared.once(async {
                go_on.notified().await;
                done.fetch_add(1, Ordering::Relaxed);
            })
        };
        let many = futures_util::future::join_all((0..10).map(|_| ask()));
        let counted = async {
            for times in 1..=2 {
                tokio::task::yield_now().await;
                go_on.notify_one();
                while done.load(Ordering::Relaxed) < times {
                    tokio::task::yield_now().await;
                }
            }
        };
        tokio::join!(ask(), many, counted);
        assert_eq!(done.load(Ordering::Relaxed), 2);
        go_on.notify_one();
        ask().await;
        assert_eq!(done.load(Ordering::Relaxed), 3, "whoever asks afterwards has it done anew");
    }
}
