//! Opening the store: folder, engine, pragmas, migrations.

use super::{Store, StoreError};
use sqlx::{
    AnyConnection, Connection, Executor, SqlSafeStr,
    any::{AnyPoolOptions, install_default_drivers},
    migrate::{Migration, MigrationType, Migrator},
};
use std::{path::Path, sync::Arc};

/// Version, what it does, and its SQL for each engine. Listed here rather than found by sqlx's macro, which would have
/// both database drivers compiled a second time for the compiler's own use.
const MIGRATIONS: [(i64, &str, &str, &str); 3] = [
    (1, "chain", include_str!("../../../migrations/sqlite/0001_chain.sql"), include_str!("../../../migrations/postgres/0001_chain.sql")),
    (
        2,
        "figures",
        include_str!("../../../migrations/sqlite/0002_figures.sql"),
        include_str!("../../../migrations/postgres/0002_figures.sql"),
    ),
    (
        3,
        "reasons",
        include_str!("../../../migrations/sqlite/0003_reasons.sql"),
        include_str!("../../../migrations/postgres/0003_reasons.sql"),
    ),
];

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

/// For one who only looks.
const LOOKING: &str = "pragma query_only = on; pragma busy_timeout = 10000; pragma cache_size = -16000;";

async fn set_up(connection: &mut AnyConnection, pragmas: Option<&'static str>) -> Result<(), sqlx::Error> {
    if let Some(pragmas) = pragmas {
        connection.execute(pragmas).await?;
    }
    Ok(())
}

/// Most connections for reading, and for writing.
const READING: u32 = 8;
const WRITING: u32 = 4;

/// The data folder's own database.
pub const FILE: &str = "gazette.sqlite";

fn sqlite(data: &Path, options: &str) -> String {
    format!("sqlite://{}?{options}", data.join(FILE).to_string_lossy().replace('%', "%25").replace('?', "%3f"))
}

impl Store {
    /// Opens the data folder's own SQLite database, creating both when they are missing.
    pub async fn open(data: &Path) -> Result<Store, StoreError> {
        let folder = |source| StoreError::Folder { path: data.to_path_buf(), source };
        std::fs::create_dir_all(data.join("content")).map_err(folder)?;
        Store::connect(&sqlite(data, "mode=rwc"), data).await
    }

    /// Opens the data folder's own SQLite database for one who may not write there: nothing is made, mended or emptied.
    pub(crate) async fn look(data: &Path) -> Result<Store, StoreError> {
        // Where there is no log, or an empty one that nobody shares, nobody writes and the file is all there is. SQLite is told,
        // since it cannot lay a log's index beside it.
        let beside = |end: &str| data.join(format!("{FILE}{end}"));
        let logged = beside("-wal").metadata().is_ok_and(|log| log.len() > 0);
        let mode = if logged || beside("-shm").exists() { "mode=ro" } else { "mode=ro&immutable=1" };
        Store::connected(&sqlite(data, mode), data, Some(LOOKING)).await
    }

    /// The same of any database: for one who wants to know what is there before it is brought up to this program.
    pub(crate) async fn look_at(url: &str, data: &Path) -> Result<Store, StoreError> {
        Store::connected(url, data, url.starts_with("sqlite:").then_some(LOOKING)).await
    }

    /// Opens the database at `url`; large parts still lie in `data`.
    pub async fn connect(url: &str, data: &Path) -> Result<Store, StoreError> {
        let folder = |source| StoreError::Folder { path: data.to_path_buf(), source };
        std::fs::create_dir_all(data.join("content")).map_err(folder)?;
        let sqlite = url.starts_with("sqlite:");
        let store = Store::connected(url, data, sqlite.then_some(PRAGMAS)).await?;
        migrator(sqlite).run(&store.writing).await?;
        // What was redacted may lie on in the log since the last time; another process may be reading it.
        if let Err(error) = store.empty_log().await {
            tracing::warn!(%error, "the database's log could not be emptied");
        }
        Ok(store)
    }

    /// Connects and no more; `pragmas` are SQLite's.
    async fn connected(url: &str, data: &Path, pragmas: Option<&'static str>) -> Result<Store, StoreError> {
        install_default_drivers();
        let sqlite = pragmas.is_some();
        let objects = object_store::local::LocalFileSystem::new_with_prefix(data.join("content"))?.with_fsync(true);
        // An address may have a password in it.
        let name = || if sqlite { data.join(FILE).display().to_string() } else { "that DATABASE_URL names".to_owned() };
        let failed = |source| StoreError::Open { database: name(), source };
        // A pool would try again for half a minute, and then not say what was wrong.
        let mut first = AnyConnection::connect(url).await.map_err(failed)?;
        set_up(&mut first, pragmas).await.map_err(failed)?;
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
                .after_connect(move |connection, _| Box::pin(set_up(connection, pragmas)))
                .connect(url)
        };
        let reading = pool(READING).await.map_err(failed)?;
        // Readers of SQLite take none of the pool's: they have a few connections of their own.
        let writing = if sqlite { reading.clone() } else { pool(WRITING).await.map_err(failed)? };
        let (pool, objects, idle) = (reading.clone(), Arc::new(objects), sqlite.then(Arc::default));
        Ok(Store { pool, reading, writing, objects, idle, genres: Arc::default(), figures: Arc::default(), vacuuming: Arc::default() })
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
