//! Connections for reading: a page asks a dozen small questions, and a pool tests a connection before and after each.

use super::Store;
use sqlx::{Any, AnyConnection, pool::PoolConnection};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Readers of an SQLite database at once; each is a thread, and more of them than cores only wait for each other.
const READERS: usize = 4;

/// SQLite connections between two questions. They are plain files that cannot go stale, so nothing tests them, and they
/// hold no transaction, so one that was left in the middle of an answer serves the next question all the same.
#[derive(Debug)]
pub(super) struct Idle {
    connections: Mutex<Vec<AnyConnection>>,
    room: Arc<Semaphore>,
}

impl Default for Idle {
    fn default() -> Idle {
        Idle { connections: Mutex::default(), room: Arc::new(Semaphore::new(READERS)) }
    }
}

impl Idle {
    fn connections(&self) -> MutexGuard<'_, Vec<AnyConnection>> {
        // Only ever pushed to and popped from.
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes what is here. Called when the pool, too, is closed, and hands out nothing any more.
    pub(super) async fn close(&self) {
        use sqlx::Connection;
        let idle = std::mem::take(&mut *self.connections());
        for connection in idle {
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "a reading connection was not closed in order");
            }
        }
    }
}

/// A connection that is put back when this is dropped.
pub(super) enum Reader {
    Kept { connection: Option<AnyConnection>, idle: Arc<Idle>, _room: OwnedSemaphorePermit },
    Pooled(PoolConnection<Any>),
}

impl Store {
    pub(super) async fn reader(&self) -> Result<Reader, sqlx::Error> {
        let Some(idle) = &self.idle else { return Ok(Reader::Pooled(self.pool.acquire().await?)) };
        let room = idle.room.clone().acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
        if self.pool.is_closed() {
            return Err(sqlx::Error::PoolClosed);
        }
        let known = idle.connections().pop();
        let connection = match known {
            Some(connection) => connection,
            // Made by the pool, so that it is set up like any other.
            None => self.pool.acquire().await?.detach(),
        };
        Ok(Reader::Kept { connection: Some(connection), idle: idle.clone(), _room: room })
    }
}

impl Reader {
    pub(super) fn ask(&mut self) -> Result<&mut AnyConnection, sqlx::Error> {
        match self {
            Reader::Kept { connection, .. } => connection.as_mut().ok_or(sqlx::Error::PoolClosed),
            Reader::Pooled(connection) => Ok(connection),
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Reader::Kept { connection, idle, .. } = self
            && let Some(connection) = connection.take()
        {
            idle.connections().push(connection);
        }
    }
}
