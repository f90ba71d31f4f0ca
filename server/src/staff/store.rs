//! The staff database: a file of its own beside the chain's, or a schema of its own in the same PostgreSQL database.

use super::clearing::Traces;
use crate::node::Place;
use sqlx::{
    Any, AnyConnection, AnyPool, Connection, Executor, Row, SqlSafeStr, Transaction,
    any::{AnyPoolOptions, install_default_drivers},
    migrate::{Migration, MigrationType, Migrator},
};
use std::{os::unix::fs::OpenOptionsExt, path::Path, sync::Arc};

/// Number, what it is about, and its SQL, the same for both engines: columns are `text` or `bigint`, places `$1`.
pub(super) const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "people", include_str!("../../../migrations/staff/0001_people.sql")),
    (2, "drafts", include_str!("../../../migrations/staff/0002_drafts.sql")),
    (3, "keys", include_str!("../../../migrations/staff/0003_keys.sql")),
    (4, "journal", include_str!("../../../migrations/staff/0004_journal.sql")),
    (5, "machines", include_str!("../../../migrations/staff/0005_machines.sql")),
    (6, "mail", include_str!("../../../migrations/staff/0006_mail.sql")),
    (7, "departments", include_str!("../../../migrations/staff/0007_departments.sql")),
    (8, "editing", include_str!("../../../migrations/staff/0008_editing.sql")),
    (10, "imports", include_str!("../../../migrations/staff/0010_imports.sql")),
    (11, "registrars", include_str!("../../../migrations/staff/0011_registrars.sql")),
    (12, "wishes", include_str!("../../../migrations/staff/0012_wishes.sql")),
    (13, "attempts", include_str!("../../../migrations/staff/0013_attempts.sql")),
    (15, "templates", include_str!("../../../migrations/staff/0015_templates.sql")),
    (16, "erased", include_str!("../../../migrations/staff/0016_erased.sql")),
    (17, "reads", include_str!("../../../migrations/staff/0017_reads.sql")),
    (18, "auditors", include_str!("../../../migrations/staff/0018_auditors.sql")),
    (19, "unread", include_str!("../../../migrations/staff/0019_unread.sql")),
    (20, "days", include_str!("../../../migrations/staff/0020_days.sql")),
    (21, "sealed", include_str!("../../../migrations/staff/0021_sealed.sql")),
    (22, "reasons", include_str!("../../../migrations/staff/0022_reasons.sql")),
];

/// The data folder's own database of staff.
pub const FILE: &str = "staff.sqlite";

/// `secure_delete`: see `clearing`.
const PRAGMAS: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on; pragma busy_timeout = 10000;";
const SCHEMA: &str = "create schema if not exists staff";
const PATH: &str = "set search_path to staff";

/// Most connections; people are few beside readers, who never come here.
const CONNECTIONS: u32 = 4;

/// What went wrong with the staff database, or with making secrets for it.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    #[error("the staff database {database} cannot be opened: {source}")]
    Open { database: String, source: sqlx::Error },
    #[error("the folder {path} cannot be used: {source}")]
    Folder { path: std::path::PathBuf, source: std::io::Error },
    #[error("the staff database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the staff database's tables: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("the system gave no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    #[error("a password could not be hashed: {0}")]
    Hash(String),
    #[error("more people sign in at once than this machine can take")]
    Busy,
    #[error("the staff database holds {0} that cannot be read")]
    Unreadable(&'static str),
}

/// The open database. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
    /// SQLite's.
    pub(super) file: Option<Arc<Path>>,
    pub(super) traces: Arc<Traces>,
}

impl Store {
    pub(super) async fn open(place: &Place) -> Result<Store, StaffError> {
        install_default_drivers();
        let postgres = place.database.as_deref().filter(|url| !url.starts_with("sqlite:"));
        let url = match postgres {
            Some(url) => url.to_owned(),
            None => file(&place.data)?,
        };
        // An address may have a password in it.
        let database = || postgres.map_or_else(|| place.data.join(FILE).display().to_string(), |_| "that DATABASE_URL names".into());
        let failed = |source| StaffError::Open { database: database(), source };
        // A pool would try again for half a minute, and then not say what was wrong.
        let mut first = AnyConnection::connect(&url).await.map_err(failed)?;
        if postgres.is_some() && first.execute(SCHEMA).await.is_err() {
            // Two servers that start at once make it both; the second finds it made.
            first.execute(SCHEMA).await.map_err(failed)?;
        }
        first.close().await.map_err(failed)?;
        let prepare = if postgres.is_some() { PATH } else { PRAGMAS };
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .test_before_acquire(postgres.is_some())
            .after_release(|connection, _| {
                Box::pin(async move {
                    // As in the chain's store: waits for a rollback that is only queued, and keeps no connection whose
                    // transaction SQLite and sqlx disagree about.
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    connection.execute(prepare).await?;
                    Ok(())
                })
            })
            .connect(&url)
            .await
            .map_err(failed)?;
        let lost = migrated(&pool).await?;
        if lost > 0 {
            let left = auditors(&pool).await?;
            tracing::warn!(
                lost,
                left,
                "who was an auditor beside other roles keeps those and is none any more: give that role to an account of its own"
            );
        }
        let file: Option<Arc<Path>> = postgres.is_none().then(|| place.data.join(FILE).into());
        Ok(Store { pool, file, traces: Arc::default() })
    }

    /// For reading, and for a single statement that writes.
    #[must_use]
    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// A transaction that no other writer overlaps: what is read in it is still so when it commits.
    pub async fn turn(&self) -> Result<Transaction<'static, Any>, StaffError> {
        let mut turn = self.pool.begin().await?;
        // A write first, on both engines: SQLite would not let a reader become a writer once another has written.
        sqlx::query("update turn set taken = taken + 1 where one = 1").execute(&mut *turn).await?;
        Ok(turn)
    }

    /// Waits for what is under way and closes the database.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Brings the tables up to this program; answers how many auditors that cost (see migration 18).
async fn migrated(pool: &AnyPool) -> Result<u64, StaffError> {
    // A new database has no such table yet.
    let before = auditors(pool).await.unwrap_or(0);
    let migrations = MIGRATIONS
        .iter()
        .map(|(number, what, sql)| Migration::new(*number, (*what).into(), MigrationType::Simple, (*sql).into_sql_str(), false));
    Migrator::with_migrations(migrations.collect()).run(pool).await?;
    Ok(if before > 0 { before.saturating_sub(auditors(pool).await?) } else { 0 })
}

/// How many accounts are auditors.
async fn auditors(pool: &AnyPool) -> Result<u64, sqlx::Error> {
    let sql = "select count(distinct account) from roles where role = 'auditor'";
    let count: i64 = sqlx::query(sql).fetch_one(pool).await?.try_get(0)?;
    Ok(count.unsigned_abs())
}

/// Address of the data folder's own database, which nobody else may read: it holds what signs people in.
fn file(data: &Path) -> Result<String, StaffError> {
    let path = data.join(FILE);
    let failed = |source| StaffError::Folder { path: data.to_path_buf(), source };
    std::fs::create_dir_all(data).map_err(failed)?;
    std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(&path).map_err(failed)?;
    Ok(format!("sqlite://{}?mode=rwc", path.to_string_lossy().replace('%', "%25").replace('?', "%3f")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn auditors_that_are_none_any_more_are_counted_once() {
        let folder = tempfile::tempdir().unwrap();
        let place =
            Place { data: folder.path().join("data"), state: folder.path().join("state"), database: None, origin: None, charter: None };
        let store = Store::open(&place).await.unwrap();
        for sql in [
            "insert into roles (account, role, agency, given, given_by) values \
             ('heads', 'auditor', '', 1, ''), ('heads', 'administrator', '', 1, ''), ('reads', 'auditor', '', 1, '')",
            "delete from _sqlx_migrations where version = 18",
        ] {
            sqlx::query(sql).execute(store.pool()).await.unwrap();
        }
        assert_eq!(migrated(store.pool()).await.unwrap(), 1);
        assert_eq!(auditors(store.pool()).await.unwrap(), 1);
        assert_eq!(migrated(store.pool()).await.unwrap(), 0);
        store.close().await;
    }
}
