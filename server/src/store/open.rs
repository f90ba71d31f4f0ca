//! Opening the store: folder, engine, pragmas, migrations.

use super::{Store, StoreError};
use sqlx::{
    AnyConnection, AssertSqlSafe, Connection, Executor, SqlSafeStr,
    any::{AnyPoolOptions, install_default_drivers},
    migrate::{Migration, MigrationType, Migrator},
};
use std::{path::Path, sync::Arc};

/// Version, what it does, and its SQL for each engine. Listed here rather than found by sqlx's macro, which would have
/// both database drivers compiled a second time for the compiler's own use.
const MIGRATIONS: [(i64, &str, &str, &str); 1] =
    [(1, "chain", include_str!("../../../migrations/sqlite/0001_chain.sql"), include_str!("../../../migrations/postgres/0001_chain.sql"))];

fn migrator(sqlite: bool) -> Migrator {
    let migrations = MIGRATIONS.into_iter().map(|(version, what, for_sqlite, for_postgres)| {
        let sql = if sqlite { for_sqlite } else { for_postgres };
        Migration::new(version, what.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect())
}

/// `synchronous = FULL`: what is acknowledged survives a power cut. `secure_delete`: what is redacted leaves the pages.
/// `wal_autocheckpoint` in pages of 4 KB: keys are hashes, so a batch touches pages all over, and the longer they gather
/// in the log the fewer are written twice.
const PRAGMAS: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on; \
    pragma busy_timeout = 10000; pragma cache_size = -16000; pragma wal_autocheckpoint = 16000;";

async fn set_up(connection: &mut AnyConnection, sqlite: bool) -> Result<(), sqlx::Error> {
    if sqlite {
        connection.execute(AssertSqlSafe(PRAGMAS.to_owned())).await?;
    }
    Ok(())
}

/// Most connections for reading, and for writing.
const READING: u32 = 8;
const WRITING: u32 = 4;

/// The data folder's own database.
pub const FILE: &str = "gazette.sqlite";

impl Store {
    /// Opens the data folder's own SQLite database, creating both when they are missing.
    pub async fn open(data: &Path) -> Result<Store, StoreError> {
        let folder = |source| StoreError::Folder { path: data.to_path_buf(), source };
        std::fs::create_dir_all(data.join("content")).map_err(folder)?;
        let path = data.join(FILE);
        let url = format!("sqlite://{}?mode=rwc", path.to_string_lossy().replace('%', "%25").replace('?', "%3f"));
        Store::connect(&url, data).await
    }

    /// Opens the database at `url`; large parts still lie in `data`.
    pub async fn connect(url: &str, data: &Path) -> Result<Store, StoreError> {
        install_default_drivers();
        let folder = |source| StoreError::Folder { path: data.to_path_buf(), source };
        let content = data.join("content");
        std::fs::create_dir_all(&content).map_err(folder)?;
        let objects = object_store::local::LocalFileSystem::new_with_prefix(&content)?.with_fsync(true);
        let sqlite = url.starts_with("sqlite:");
        // An address may have a password in it.
        let name = || if sqlite { data.join(FILE).display().to_string() } else { "that DATABASE_URL names".to_owned() };
        let failed = |source| StoreError::Open { database: name(), source };
        // A pool would try again for half a minute, and then not say what was wrong.
        let mut first = AnyConnection::connect(url).await.map_err(failed)?;
        set_up(&mut first, sqlite).await.map_err(failed)?;
        first.close().await.map_err(failed)?;
        let pool = |most: u32| {
            AnyPoolOptions::new()
                .max_connections(most)
                // A file does not hang up.
                .test_before_acquire(!sqlite)
                .after_release(|connection, _| {
                    Box::pin(async move {
                        // Waits for a rollback that is only queued.
                        connection.ping().await?;
                        // A commit that fails, as on a full disk, ends SQLite's transaction and not sqlx's count of it. What
                        // came next on that connection would be nested in nothing: committed for sqlx, and never written.
                        Ok(!connection.is_in_transaction())
                    })
                })
                .after_connect(move |connection, _| Box::pin(set_up(connection, sqlite)))
                .connect(url)
        };
        let reading = pool(READING).await.map_err(failed)?;
        // Readers of SQLite take none of the pool's: they have a few connections of their own.
        let writing = if sqlite { reading.clone() } else { pool(WRITING).await.map_err(failed)? };
        migrator(sqlite).run(&writing).await?;
        let (pool, objects, idle) = (reading.clone(), Arc::new(objects), sqlite.then(Arc::default));
        let store = Store { pool, reading, writing, objects, idle, genres: Arc::default() };
        // What was redacted may lie on in the log since the last time; another process may be reading it.
        if let Err(error) = store.empty_log().await {
            tracing::warn!(%error, "the database's log could not be emptied");
        }
        Ok(store)
    }

    /// Waits for what is under way and closes the database.
    pub async fn close(&self) {
        let (reading, writing) = (self.reading.close(), self.writing.close());
        if let Some(idle) = &self.idle {
            idle.close().await;
        }
        reading.await;
        writing.await;
    }
}
