//! What blanking promises: what is blanked in the desk's database is gone from its files too, also while the desk runs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod desk_house;

use chain::{
    entry::Entry,
    part::{Commitment, parse_salt},
    statement::{Core, Statement},
};
use desk_house::*;
use server::{
    drafts::{FrozenState, Kind, Written, keep_publishing},
    staff::{FILE, Staff},
};
use sqlx::Row;
use std::{path::Path, time::Duration};
use trial::{Engine, Trial};

on_each_engine! {
    clearing_takes_nothing_away_that_is_there,
}

const BODY: &str = "The heron keeper lives at the north wall.";
const TITLE: &str = "Herons of the north wall";

/// Whether these bytes lie in a file, in use or not; in a folder, in any of its files.
fn lies(path: &Path, bytes: &[u8]) -> bool {
    match std::fs::read_dir(path) {
        Ok(entries) => entries.flatten().any(|entry| lies(&entry.path(), bytes)),
        Err(_) => std::fs::read(path).unwrap_or_default().windows(bytes.len()).any(|window| window == bytes),
    }
}

/// The same of the desk's database: its file, and SQLite's log.
fn lies_in_desk(data: &Path, bytes: &[u8]) -> bool {
    ["", "-wal"].iter().any(|end| lies(&data.join(format!("{FILE}{end}")), bytes))
}

/// Waits until it is so.
async fn until(is_so: impl Fn() -> bool, what: &str) {
    for _ in 0..600 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_published_leaves_the_desks_files_and_what_was_redacted_all_files_while_the_desk_runs() {
    let house = House::on(Engine::Sqlite).await;
    let data = house.trial.place.data.clone();
    let text = Written { title: TITLE.into(), body: BODY.into(), translations: vec![], ..written("") };
    let frozen = house.submit(Kind::Disclosure, &text, 0).await;
    let rows = sqlx::query("select salt from frozen_parts").fetch_all(house.staff.store().pool()).await.unwrap();
    let salts: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(salts.len(), 3);
    let opens = salts.iter().map(String::as_str).chain([BODY]);
    assert!(opens.clone().chain([TITLE]).all(|text| lies_in_desk(&data, text.as_bytes())));
    house.approve_all(&frozen).await;
    let index = house.published(&frozen).await;
    let running = tokio::spawn(keep_publishing(house.drafts.clone()));
    for text in opens {
        until(|| !lies_in_desk(&data, text.as_bytes()), text).await;
    }

    let bytes = house.node.store.entry(index).await.unwrap().unwrap();
    let Core::Disclosure(core) = Statement::parse(Entry::parse(&bytes).unwrap().note.as_bytes()).unwrap().core else { panic!("{index}") };
    let parts: Vec<Commitment> = core.parts.iter().map(|part| part.commitment).collect();
    let salts: Vec<_> = salts.iter().map(|salt| parse_salt(salt).unwrap()).collect();
    let taken = || [BODY, TITLE, "figures.csv"].map(str::as_bytes).into_iter().chain(salts.iter().map(|salt| &salt[..]));
    assert!(taken().all(|bytes| lies(&data, bytes)));
    let redaction = Written {
        target: Some(index),
        parts: parts.iter().map(ToString::to_string).collect(),
        ground: "personal-data".into(),
        ..Written::default()
    };
    let redaction = house.submit(Kind::Redaction, &redaction, 0).await;
    house.approve(&redaction, "director", "sign").await.unwrap();
    for _ in 0..600 {
        if house.case(&redaction).await.frozen.state == FrozenState::Published {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for bytes in taken() {
        until(|| !lies(&data, bytes), &String::from_utf8_lossy(bytes)).await;
    }
    running.abort();
}

#[tokio::test]
async fn rows_that_went_from_page_to_page_leave_no_copy_behind() {
    let trial = Trial::new();
    let staff = Staff::open(&trial.place).await.unwrap();
    // As drafts grow while they are written, and the pages they lie on are divided.
    let (mut dice, mut ids) = (1_u64, Vec::new());
    let mut roll = |below: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % below
    };
    let mut turn = staff.store().turn().await.unwrap();
    for number in 0..200 {
        let id = format!("{:016x}{number:016x}", roll(1 << 30));
        let sql = "insert into drafts (id, agency, kind, state, revision, written, title, author, made, saved, saved_by, frozen) \
                   values ($1, 'a/b', 'disclosure', 'writing', 1, '', '', '', 1, 1, '', '')";
        sqlx::query(sql).bind(&id).execute(&mut *turn).await.unwrap();
        ids.push(id);
        for _ in 0..4 {
            let which = &ids[roll(ids.len() as u64) as usize];
            let text = BODY.repeat(1 + roll(60) as usize);
            sqlx::query("update drafts set written = $1 where id = $2").bind(text).bind(which).execute(&mut *turn).await.unwrap();
        }
    }
    turn.commit().await.unwrap();
    // Somebody is in the middle of reading: they keep it for as long as that takes, and nobody is kept from writing.
    let mut reading = staff.store().pool().begin().await.unwrap();
    sqlx::query("select count(*) from drafts").fetch_one(&mut *reading).await.unwrap();
    sqlx::query("update drafts set written = ''").execute(staff.store().pool()).await.unwrap();
    let data = &trial.place.data;
    assert!(!staff.store().clear().await.unwrap());
    assert!(lies_in_desk(data, BODY.as_bytes()));
    reading.rollback().await.unwrap();
    assert!(staff.store().clear().await.unwrap());
    assert!(!lies_in_desk(data, BODY.as_bytes()));
}

const INSERT: &str = "insert into drafts (id, agency, kind, state, revision, written, title, author, made, saved, saved_by, frozen) \
    values ($1, 'a/b', 'disclosure', 'writing', 1, $2, '', '', 1, 1, '', '')";

#[tokio::test]
async fn as_long_as_somebody_reads_trying_again_writes_nothing() {
    let trial = Trial::new();
    let staff = Staff::open(&trial.place).await.unwrap();
    let (store, data) = (staff.store(), &trial.place.data);
    let log = || std::fs::metadata(data.join(format!("{FILE}-wal"))).unwrap().len();
    sqlx::query(INSERT).bind("one").bind(BODY.repeat(20_000)).execute(store.pool()).await.unwrap();
    assert!(store.clear().await.unwrap());
    let mut reading = store.pool().begin().await.unwrap();
    sqlx::query("select count(*) from drafts").fetch_one(&mut *reading).await.unwrap();
    sqlx::query("update drafts set written = ''").execute(store.pool()).await.unwrap();
    let before = log();
    for _ in 0..5 {
        store.blanked();
        assert!(!store.clear().await.unwrap());
    }
    assert_eq!(log(), before);
    reading.rollback().await.unwrap();
    assert!(store.clear().await.unwrap());
    assert_eq!(log(), 0);
    assert!(!lies_in_desk(data, BODY.as_bytes()));
}

#[tokio::test]
async fn nobody_is_kept_from_writing_where_nothing_was_let_go_of() {
    let trial = Trial::new();
    let staff = Staff::open(&trial.place).await.unwrap();
    let store = staff.store();
    // Each writing anew counts as a change of the tables.
    let written_anew = async || {
        let row = sqlx::query("pragma schema_version").fetch_one(store.pool()).await.unwrap();
        row.get::<i64, _>(0)
    };
    let begun = written_anew().await;
    assert!(store.clear().await.unwrap());
    let at_the_start = written_anew().await;
    assert_ne!(at_the_start, begun, "the last process may have left something");
    sqlx::query(INSERT).bind("one").bind(BODY.repeat(1_000)).execute(store.pool()).await.unwrap();
    assert!(store.clear().await.unwrap());
    assert_eq!(written_anew().await, at_the_start);
    // Whoever let go of it said so, or did not.
    store.blanked();
    assert!(store.clear().await.unwrap());
    let when_told = written_anew().await;
    assert_ne!(when_told, at_the_start);
    sqlx::query("delete from drafts").execute(store.pool()).await.unwrap();
    assert!(store.clear().await.unwrap());
    assert_ne!(written_anew().await, when_told);
}

async fn clearing_takes_nothing_away_that_is_there(engine: Engine) {
    let house = House::on(engine).await;
    let frozen = house.submitted("Lanterns", 0).await;
    for _ in 0..3 {
        assert!(house.staff.store().clear().await.unwrap());
    }
    house.approve_all(&frozen).await;
    // It is there for whoever looks while it is done, too.
    let (published, cleared) = tokio::join!(house.published(&frozen), house.staff.store().clear());
    cleared.unwrap();
    assert_eq!(house.case(&frozen).await.frozen.index, Some(published));
    assert!(house.staff.store().clear().await.unwrap());
    assert_eq!(house.case(&frozen).await.frozen.title, "Lanterns");
}
