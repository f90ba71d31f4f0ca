//! The databases of a program that runs or was killed: asked from beside it, waited for, and kept from it.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::program::Program;
use sqlx::{Connection, Executor, Row, SqliteConnection};
use std::time::Duration;

pub async fn open(program: &Program, database: &str) -> SqliteConnection {
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", program.path(database))).await.unwrap();
    connection.execute("pragma busy_timeout = 30000").await.unwrap();
    connection
}

/// A database that nobody else can write until this is freed.
pub async fn locked(program: &Program, database: &str) -> SqliteConnection {
    let mut connection = open(program, database).await;
    connection.execute("begin immediate").await.unwrap();
    connection
}

pub async fn freed(mut connection: SqliteConnection) {
    connection.execute("rollback").await.unwrap();
    connection.close().await.unwrap();
}

pub async fn number(program: &Program, database: &str, sql: &'static str) -> i64 {
    let mut connection = open(program, database).await;
    let number = sqlx::query(sql).fetch_one(&mut connection).await.unwrap().get(0);
    connection.close().await.unwrap();
    number
}

/// Waits until a query answers as wanted.
pub async fn until(program: &Program, database: &str, sql: &'static str, wanted: impl Fn(i64) -> bool) {
    for _ in 0..12_000 {
        if wanted(number(program, database, sql).await) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{sql} never answered as wanted");
}
