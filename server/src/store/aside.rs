//! Another copy of a data folder, opened to be read: nothing in it is written, made or tidied up.

use super::{Store, StoreError, open::FILE};
use object_store::local::LocalFileSystem;
use sqlx::{
    Executor,
    any::{AnyPoolOptions, install_default_drivers},
};
use std::{path::Path, sync::Arc};

/// Connections to a copy.
const READERS: u32 = 4;

impl Store {
    /// Opens the SQLite database of a data folder that is somebody else's, or a backup.
    pub async fn aside(data: &Path) -> Result<Store, StoreError> {
        install_default_drivers();
        let file = data.join(FILE);
        // What a server has not yet put from its log into the file is read too. Without a log there is nothing but the file,
        // and nothing need be made beside it.
        let log = file.with_extension("sqlite-wal").exists();
        let how = if log { "mode=ro" } else { "mode=ro&immutable=true" };
        let url = format!("sqlite://{}?{how}", file.to_string_lossy().replace('%', "%25").replace('?', "%3f"));
        let failed = |source| StoreError::Open { database: file.display().to_string(), source };
        let pool = AnyPoolOptions::new()
            .max_connections(READERS)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute("pragma busy_timeout = 10000").await?;
                    Ok(())
                })
            })
            .connect(&url)
            .await
            .map_err(failed)?;
        let content = data.join("content");
        let objects = LocalFileSystem::new_with_prefix(if content.is_dir() { &content } else { data })?;
        let (reading, writing) = (pool.clone(), pool.clone());
        let (objects, idle) = (Arc::new(objects), Some(Arc::default()));
        Ok(Store { pool, reading, writing, objects, idle, genres: Arc::default(), figures: Arc::default(), vacuuming: Arc::default() })
    }
}
