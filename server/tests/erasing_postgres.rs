//! What a redaction leaves in PostgreSQL: no row has bytes or salt of a redacted part, the tables are vacuumed, and written anew as the
//! handbook says (`vacuum full`) a table's file has nothing of it either. On SQLite files are looked through in `objects.rs` and
//! `blanked.rs`.
//!
//! A vacuum alone only lets go of the place where a row was: what lay there lies on in the file until something else is written over it,
//! which `docs/operations.md` tells. So the file is not looked through before the table is written anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod desk_house;
mod trial;

use chain::{
    part::{Commitment, Salt, format_salt},
    statement::Reference,
};
use desk_house::{House, written};
use server::{
    drafts::{Kind, Written, keep_publishing},
    staff::Role,
    store::StoredContent,
};
use sqlx::{AnyConnection, Row};
use std::{path::PathBuf, time::Duration};
use trial::{Engine, Trial, agency, compose, draft, redact, reference};

const BODY: &str = "The heron keeper lives at the north wall.";

/// All salts and bytes of parts that any row has.
async fn cells(raw: &mut AnyConnection) -> Vec<Vec<u8>> {
    let rows = sqlx::query("select salt, bytes from contents order by entry, part").fetch_all(raw).await.unwrap();
    rows.iter().flat_map(|row| [row.get::<Option<Vec<u8>>, _>(0), row.get::<Option<Vec<u8>>, _>(1)]).flatten().collect()
}

/// All texts that a question finds.
async fn texts(raw: &mut AnyConnection, sql: &'static str) -> String {
    let rows = sqlx::query(sql).fetch_all(raw).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>().join("\n")
}

fn lies(within: &[u8], bytes: &[u8]) -> bool {
    within.windows(bytes.len()).any(|window| window == bytes)
}

async fn number(raw: &mut AnyConnection, sql: &'static str) -> i64 {
    sqlx::query(sql).fetch_one(raw).await.unwrap().get(0)
}

/// The file of a table as it is on the disk now. The cluster is the test's own, on this machine.
async fn file(raw: &mut AnyConnection) -> Vec<u8> {
    sqlx::raw_sql("checkpoint").execute(&mut *raw).await.unwrap();
    let sql = "select current_setting('data_directory'), pg_relation_filepath('contents')";
    let row = sqlx::query(sql).fetch_one(raw).await.unwrap();
    let (folder, path): (String, String) = (row.get(0), row.get(1));
    std::fs::read(PathBuf::from(folder).join(path)).unwrap()
}

/// Waits until a table was vacuumed more than so many times.
async fn vacuumed(raw: &mut AnyConnection, sql: &'static str, before: i64) {
    for _ in 0..600 {
        if number(raw, sql).await > before {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("nothing was vacuumed: {sql}");
}

/// Waits until it is vacuumed no more before something asks for it; answers how often it was. The program rests for six seconds at most
/// between two times that were asked for.
async fn rested(raw: &mut AnyConnection, sql: &'static str) -> i64 {
    let mut known = number(raw, sql).await;
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_secs(8)).await;
        let now = number(raw, sql).await;
        if now == known {
            return now;
        }
        known = now;
    }
    panic!("it does not rest: {sql}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_redacted_is_in_no_row_its_table_is_vacuumed_and_written_anew_has_nothing_of_it() {
    const VACUUMS: &str = "select vacuum_count from pg_stat_user_tables where schemaname = 'public' and relname = 'contents'";
    let trial = Trial::on(Engine::Postgres);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    let composed = compose(&node, draft(&id, "Parking", BODY));
    let (part, salt): (Commitment, Salt) = (composed.contents[1].commitment, composed.contents[1].salt);
    let note = chain::note::sign(&composed.text, &[node.seal(&id).unwrap()]);
    let receipt = node.submitter.submit(note, composed.contents).await.unwrap();
    // What lies beside it stays.
    let kept = compose(&node, draft(&id, "Bridges", "The bridge keeper lives elsewhere."));
    let note = chain::note::sign(&kept.text, &[node.seal(&id).unwrap()]);
    node.submitter.submit(note, kept.contents).await.unwrap();
    let mut raw = trial.raw().await;
    let has =
        |cells: Vec<Vec<u8>>| [BODY.as_bytes(), &salt, b"The bridge keeper"].map(|wanted| cells.iter().any(|cell| lies(cell, wanted)));
    assert_eq!(has(cells(&mut raw).await), [true; 3]);
    let on_disk = file(&mut raw).await;
    assert!(lies(&on_disk, BODY.as_bytes()) && lies(&on_disk, &salt), "what is looked for below is to be found");
    let before = number(&mut raw, VACUUMS).await;
    redact(&node, &id, reference(&receipt), vec![part]).await.unwrap();
    assert!(matches!(node.store.content(&part).await.unwrap(), Some(StoredContent::Removed { .. })));
    assert_eq!(has(cells(&mut raw).await), [false, false, true], "no row has it, and no other has lost anything");
    vacuumed(&mut raw, VACUUMS, before).await;
    sqlx::raw_sql("vacuum full contents").execute(&mut raw).await.unwrap();
    let on_disk = file(&mut raw).await;
    assert!(!lies(&on_disk, BODY.as_bytes()) && !lies(&on_disk, &salt), "written anew, its file has nothing of it");
    assert!(lies(&on_disk, b"The bridge keeper"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_redacted_is_in_no_row_of_the_desk_either_and_its_tables_are_vacuumed() {
    const VACUUMS: &str =
        "select min(vacuum_count) from pg_stat_user_tables where schemaname = 'staff' and relname in ('drafts', 'frozen', 'frozen_parts')";
    const KEPT: &str = "select written from staff.drafts union all select title from staff.drafts union all select title from staff.frozen \
                        union all select name from staff.frozen_parts union all select salt from staff.frozen_parts \
                        union all select name from staff.draft_files";
    let house = House::on(Engine::Postgres).await;
    house.hire_for("publisher", &[(Role::Drafter, &house.free), (Role::Publisher, &house.free)]).await;
    let (who, drafts) = (house.who("publisher"), &house.drafts);
    let text = Written { title: "Herons of the north wall".into(), body: BODY.into(), translations: vec![], ..written("") };
    let draft = drafts.begin(&who, &house.free, Kind::Disclosure, &text).await.unwrap();
    drafts.attach(&who, &draft.id, "figures.csv", b"year,herons\n2026,12\n".to_vec()).await.unwrap();
    let frozen = drafts.freeze(&who, &draft.id, draft.revision, 0).await.unwrap();
    let parts = drafts.case(&who, &frozen.case).await.unwrap().parts;
    let salts: Vec<String> = parts.iter().map(|part| format_salt(&part.salt.unwrap())).collect();
    let opens = || salts.iter().map(String::as_str).chain([BODY]);
    let names = ["Herons", "figures.csv"];
    let mut raw = house.trial.raw().await;
    let all = texts(&mut raw, KEPT).await;
    assert!(opens().chain(names).all(|text| all.contains(text)), "{all}");
    drafts.release(&who, &frozen.id).await.unwrap();
    let index = house.published(&frozen).await;
    let all = texts(&mut raw, KEPT).await;
    assert!(!opens().any(|text| all.contains(text)), "what is published is not kept at the desk, nor what opens it: {all}");
    assert!(names.iter().all(|name| all.contains(name)), "it is called there what it was called: {all}");

    let running = tokio::spawn(keep_publishing(house.drafts.clone()));
    // What the start and the publication ask for comes first.
    vacuumed(&mut raw, VACUUMS, 0).await;
    let before = rested(&mut raw, VACUUMS).await;
    let bytes = house.node.store.entry(index).await.unwrap().unwrap();
    let target = Reference { index, leaf: trial::leaf(&bytes) };
    // By a program of the agency's, so that the desk has nothing to publish.
    redact(&house.node, &house.free, target, parts.iter().map(|part| part.commitment).collect()).await.unwrap();
    vacuumed(&mut raw, VACUUMS, before).await;
    let all = texts(&mut raw, KEPT).await;
    for gone in opens().chain(names) {
        assert!(!all.contains(gone), "{gone}: {all}");
    }
    running.abort();
}
