//! The staff database's migrations, in whatever order databases met them.

use crate::trial::{self, Engine, Trial};
use serde_json::json;
use server::staff::Staff;
use sqlx::{
    AnyConnection, Connection, Executor, Row, SqlSafeStr,
    any::install_default_drivers,
    migrate::{Migration, MigrationType, Migrator},
};
use std::path::Path;

on_each_engine! {
    a_database_that_met_a_later_migration_first_takes_the_earlier_one_afterwards,
    departments_come_to_a_database_that_has_the_editors_tables_already,
    who_was_an_auditor_beside_other_work_keeps_the_work_alone,
}

/// All migrations but one, as a program that did not have it yet applied them.
fn without(left_out: i64) -> Migrator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations/staff");
    let names = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let migrations = names.filter_map(|path| {
        let (number, what) = path.file_stem()?.to_str()?.split_once('_')?;
        let sql = sqlx::AssertSqlSafe(std::fs::read_to_string(&path).unwrap()).into_sql_str();
        Some(Migration::new(number.parse().ok()?, what.to_owned().into(), MigrationType::Simple, sql, false))
    });
    Migrator::with_migrations(migrations.filter(|migration| migration.version != left_out).collect())
}

async fn connected(trial: &Trial) -> AnyConnection {
    install_default_drivers();
    std::fs::create_dir_all(&trial.place.data).unwrap();
    let sqlite = || format!("sqlite://{}?mode=rwc", trial.place.data.join(server::staff::FILE).display());
    let mut connection = AnyConnection::connect(&trial.place.database.clone().unwrap_or_else(sqlite)).await.unwrap();
    if trial.place.database.is_some() {
        connection.execute("create schema if not exists staff; set search_path to staff").await.unwrap();
    }
    connection
}

/// Every table with its columns' names.
async fn columns(trial: &Trial) -> Vec<(String, String)> {
    let mut connection = connected(trial).await;
    let sql = match trial.place.database {
        None => "select m.name, p.name from sqlite_master m, pragma_table_info(m.name) p where m.type = 'table' order by 1, 2",
        Some(_) => "select table_name::text, column_name::text from information_schema.columns where table_schema = 'staff' order by 1, 2",
    };
    let rows = connection.fetch_all(sql).await.unwrap();
    connection.close().await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

async fn a_database_that_met_a_later_migration_first_takes_the_earlier_one_afterwards(engine: Engine) {
    let in_order = Trial::on(engine);
    Staff::open(&in_order.place).await.unwrap().store().close().await;

    // The journal's own migration came when databases had later ones.
    let trial = Trial::on(engine);
    let mut connection = connected(&trial).await;
    without(4).run(&mut connection).await.unwrap();
    let insert =
        "insert into journal (number, time, who, what, about, details, previous, hash) values (1, 1, '', 'tried', '', '{}', '', 'h')";
    connection.execute(insert).await.unwrap();
    connection.close().await.unwrap();
    assert_ne!(columns(&trial).await, columns(&in_order).await);

    let staff = Staff::open(&trial.place).await.unwrap();
    let prepared = staff.journal().prepare(10).await.unwrap();
    assert_eq!(prepared.len(), 1, "what was written before waits for its place");
    staff.journal().note("", "tried", "", &json!({})).await.unwrap();
    assert_eq!(staff.journal().waiting().await.unwrap(), 2);
    staff.store().close().await;
    assert_eq!(columns(&trial).await, columns(&in_order).await);
    Staff::open(&trial.place).await.unwrap().store().close().await;
}

async fn departments_come_to_a_database_that_has_the_editors_tables_already(engine: Engine) {
    let in_order = Trial::on(engine);
    Staff::open(&in_order.place).await.unwrap().store().close().await;
    let trial = Trial::on(engine);
    let mut connection = connected(&trial).await;
    without(7).run(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    assert_ne!(columns(&trial).await, columns(&in_order).await);
    Staff::open(&trial.place).await.unwrap().store().close().await;
    assert_eq!(columns(&trial).await, columns(&in_order).await);
}

async fn who_was_an_auditor_beside_other_work_keeps_the_work_alone(engine: Engine) {
    let trial = Trial::on(engine);
    let mut connection = connected(&trial).await;
    without(18).run(&mut connection).await.unwrap();
    let roles = "insert into roles (account, role, agency, given, given_by) values \
                 ('heads', 'auditor', '', 1, ''), ('heads', 'administrator', '', 1, ''), ('reads', 'auditor', '', 1, ''), \
                 ('writes', 'auditor', '', 1, ''), ('writes', 'drafter', 'a/b', 1, '')";
    connection.execute(roles).await.unwrap();
    let links = "insert into links (id, kind, account, agency, roles, note, made, made_by, expires, used) values \
                 ('both', 'invitation', '', '', '[[\"auditor\",\"\"],[\"registrar\",\"\"]]', '', 5, '', 9, 0), \
                 ('reads', 'invitation', '', '', '[[\"auditor\",\"\"]]', '', 5, '', 9, 0), \
                 ('writes', 'invitation', '', 'a/b', '[[\"drafter\",\"a/b\"],[\"approver\",\"a/b\"]]', '', 5, '', 9, 0)";
    connection.execute(links).await.unwrap();
    connection.close().await.unwrap();

    let staff = Staff::open(&trial.place).await.unwrap();
    let said = async |sql: &'static str| {
        let rows = sqlx::query(sql).fetch_all(staff.store().pool()).await.unwrap();
        let mut said: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        said.sort();
        said
    };
    assert_eq!(said("select account || ' ' || role from roles").await, ["heads administrator", "reads auditor", "writes drafter"]);
    assert_eq!(said("select id from links where used = 0").await, ["reads", "writes"]);
    staff.store().close().await;
}
