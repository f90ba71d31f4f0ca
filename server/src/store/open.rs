//! Opening the store: folder, engine, pragmas, migrations.

use super::{Store, StoreError};
use sqlx::{
    AssertSqlSafe, Executor, SqlSafeStr,
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

impl Store {
    /// Opens the data folder's own SQLite database, creating both when they are missing.
    pub async fn open(data: &Path) -> Result<Store, StoreError> {
        let folder = |source| StoreError::Folder { path: data.to_path_buf(), source };
        std::fs::create_dir_all(data.join("content")).map_err(folder)?;
        let path = data.join("gazette.sqlite");
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
        let pool = AnyPoolOptions::new()
            .max_connections(8)
            // A file does not hang up.
            .test_before_acquire(!sqlite)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if sqlite {
                        connection.execute(AssertSqlSafe(PRAGMAS.to_owned())).await?;
                    }
                    Ok(())
                })
            })
            .connect(url)
            .await?;
        migrator(sqlite).run(&pool).await?;
        Ok(Store { pool, objects: Arc::new(objects), idle: sqlite.then(Arc::default), genres: Arc::default() })
    }

    /// Waits for what is under way and closes the database.
    pub async fn close(&self) {
        let pool = self.pool.close();
        if let Some(idle) = &self.idle {
            idle.close().await;
        }
        pool.await;
    }
}
