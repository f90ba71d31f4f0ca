//! What `fsck` promises: a good chain is clean, and whatever was altered behind the server's back is named by the right check.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;

use app::view::Standing;
use chain::{
    checkpoint::Checkpoint,
    entry::{Entry, Header},
    hash::Hash,
    note::{KeyType, Signer},
    part::Commitment,
    statement::{Core, Statement, StatusKind},
    tree::Frontier,
};
use server::{
    follow,
    fsck::{Check, FsckError, Report, fsck, remove_leftovers},
    keys,
    node::Node,
};
use sqlx::{AnyConnection, Connection, Row};
use trial::{Engine, Trial, agency, close, compose, draft, import_all, leaf, line, publish, redact, reference, status};

on_each_engine! {
    a_good_chain_is_clean_and_everything_of_it_was_looked_at,
    an_old_copy_and_another_history_are_named_by_the_mark_and_a_lagging_index_is_told,
    a_chain_that_is_being_written_is_checked_as_of_one_moment,
    what_was_altered_behind_the_server_is_named_on_either_engine,
    another_chain_of_the_same_name_is_told_from_this_one,
    a_part_that_a_log_took_from_another_document_is_named,
}

async fn check(trial: &Trial) -> Report {
    fsck(&trial.place, &|_, _, _| {}).await.unwrap()
}

async fn parts(node: &Node, index: u64) -> Vec<Commitment> {
    let bytes = node.store.entry(index).await.unwrap().unwrap();
    match Statement::parse(Entry::parse(&bytes).unwrap().note.as_bytes()).unwrap().core {
        Core::Disclosure(core) => core.parts.iter().map(|part| part.commitment).collect(),
        other => panic!("{other:?}"),
    }
}

/// Entries of the chain below, by what they are.
const FIRST: u64 = 4;
const REVISED: u64 = 5;
const LARGE: u64 = 8;

/// A chain with something of everything, longer than one tile, and searchable.
async fn chain(engine: Engine) -> Trial {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let id = agency(&mut node, "finance").await;
    agency(&mut node, "works").await;
    let first = publish(&node, draft(&id, "Parking", "Twenty lanterns.")).await.unwrap();
    let mut again = draft(&id, "Parking, again", "Thirty lanterns.");
    again.revises = Some(reference(&first));
    let again = publish(&node, again).await.unwrap();
    status(&node, &id, reference(&again), StatusKind::Withdrawn).await.unwrap();
    let parts = parts(&node, first.index).await;
    redact(&node, &id, reference(&first), vec![parts[1]]).await.unwrap();
    let large = publish(&node, draft(&id, "Large", &"lantern ".repeat(40_000))).await.unwrap();
    assert_eq!((first.index, again.index, large.index), (FIRST, REVISED, LARGE));
    let file = trial.file("papers.jsonl", &(0..300).map(|n| line(n, "")).collect::<String>());
    import_all(&node, &[file]).await;
    let size = node.store.head().await.unwrap().unwrap().size;
    let (index, _) = follow::open(&trial.place.data, size).unwrap();
    follow::catch_up(&node.store, &index, size).await.unwrap();
    close(node).await;
    trial
}

async fn a_good_chain_is_clean_and_everything_of_it_was_looked_at(engine: Engine) {
    let trial = chain(engine).await;
    let report = check(&trial).await;
    assert_eq!(report.differs, None);
    assert_eq!((report.entries, report.versions, report.parts, report.redacted), (309, 303, 606, 1));
    assert_eq!((report.indexed, report.leftovers), (Some(303), 0));
    assert!(report.checkpoints > 5);
    let nowhere = Trial::new();
    assert!(matches!(fsck(&nowhere.place, &|_, _, _| {}).await, Err(FsckError::NoChain(_))));
    assert!(!nowhere.place.data.exists(), "looking made nothing");
}

async fn run(raw: &mut AnyConnection, sql: &str) {
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(raw).await.unwrap();
    assert!(done.rows_affected() > 0, "nothing was altered by {sql}");
}

/// Replaces one place in a column of bytes.
async fn flip(raw: &mut AnyConnection, table: &str, filter: &str, change: impl Fn(&mut Vec<u8>)) {
    let sql = format!("select rowid, bytes from {table} where {filter}");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(&mut *raw).await.unwrap();
    let (id, mut bytes): (i64, Vec<u8>) = (row.get(0), row.get(1));
    change(&mut bytes);
    let sql = format!("update {table} set bytes = $1 where rowid = $2");
    sqlx::query(sqlx::AssertSqlSafe(sql)).bind(bytes).bind(id).execute(raw).await.unwrap();
}

fn replace(bytes: &mut Vec<u8>, from: &str, to: &str) {
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(from), "{from} in {text}");
    *bytes = text.replacen(from, to, 1).into_bytes();
}

fn found(report: &Report, check: Check, at: &str) {
    let difference = report.differs.as_ref().unwrap_or_else(|| panic!("nothing was found where {check:?} should be"));
    assert_eq!((difference.check, difference.at.as_str()), (check, at), "{difference}");
}

/// Alters copies of the chain one by one, and looks for what must be named.
async fn altered(good: &Trial, cases: &[(&str, Check, &str)]) {
    for (sql, check_, at) in cases {
        let trial = good.copy();
        let mut raw = trial.raw().await;
        run(&mut raw, sql).await;
        drop(raw);
        let report = check(&trial).await;
        println!("{sql}\n    {}", report.differs.as_ref().map_or_else(String::new, ToString::to_string));
        found(&report, *check_, at);
    }
}

/// Alters bytes in copies of the chain: of a row of a table, from one text to another.
async fn rewritten(good: &Trial, cases: &[(&str, &str, &str, &str, Check, &str)]) {
    for (table, filter, from, to, check_, at) in cases {
        let trial = good.copy();
        let mut raw = trial.raw().await;
        flip(&mut raw, table, filter, |bytes| replace(bytes, from, to)).await;
        drop(raw);
        found(&check(&trial).await, *check_, at);
    }
}

async fn what_was_altered_behind_the_server_is_named_on_either_engine(engine: Engine) {
    let good = chain(engine).await;
    let cases = [
        ("delete from entries where idx = 20", Check::Link, "entry 20"),
        ("update entries set bytes = (select bytes from entries where idx = 30) where idx = 31", Check::Link, "entry 31"),
        ("delete from tiles where level = 1", Check::Inclusion, "tile/1/000"),
        ("delete from checkpoints where size = 309", Check::Checkpoint, "checkpoint 309"),
        ("update head set time = time - 1", Check::Head, "the newest state"),
        ("update items set newest = 1 where idx = 4", Check::Items, "entry 4"),
        ("delete from registrations where idx = 2", Check::Registrations, "entry 2"),
        ("update events set kind = 'lapsed' where idx = 6", Check::Events, "entry 6"),
        ("delete from submissions where idx = 5", Check::Submissions, "rows"),
        ("update contents set bytes = null, salt = null where entry = 5 and part = 1", Check::Content, "entry 5"),
    ];
    altered(&good, &cases).await;
    let trial = good.copy();
    let mut raw = trial.raw().await;
    let row = sqlx::query("select bytes from entries where idx = 5").fetch_one(&mut raw).await.unwrap();
    let mut bytes: Vec<u8> = row.get(0);
    replace(&mut bytes, "\"language\":\"en\"", "\"language\":\"zh\"");
    sqlx::query("update entries set bytes = $1 where idx = 5").bind(bytes).execute(&mut raw).await.unwrap();
    drop(raw);
    found(&check(&trial).await, Check::Inclusion, "entry 5");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_entry_fails_by_what_was_altered() {
    let good = chain(Engine::Sqlite).await;
    let cases = [
        ("entries", "idx = 5", "\"language\":\"en\"", "\"language\":\"zh\"", Check::Inclusion, "entry 5"),
        ("entries", "idx = 308", "\"genre\":\"city-notice\"", "\"genre\":\"city-order\"", Check::Inclusion, "entry 308"),
        ("entries", "idx = 5", "— gazette.example", "— gazette.examples", Check::Inclusion, "entry 5"),
        ("entries", "idx = 6", "\nprevious ", "\nprevious  ", Check::Link, "entry 6"),
        ("entries", "idx = 6", "index 6", "index 7", Check::Link, "entry 6"),
        ("entries", "idx = 0", "\"trial\":true", "\"trial\":false", Check::Inclusion, "entry 0"),
        ("contents", "entry = 5 and part = 0", "again", "never", Check::Content, "entry 5"),
        ("contents", "entry = 5 and part = 1", "Thirty", "Eighty", Check::Content, "entry 5"),
    ];
    rewritten(&good, &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_swapped_and_added_entries_break_the_chain_where_they_stood() {
    let good = chain(Engine::Sqlite).await;
    let swap = "update entries set idx = -1 where idx = 20; update entries set idx = 20 where idx = 30; update entries set idx = 30 where idx = -1";
    let cases = [
        ("delete from entries where idx = 20", Check::Link, "entry 20"),
        ("delete from entries where idx = 308", Check::Link, "entry 308"),
        (swap, Check::Link, "entry 20"),
        ("insert into entries (idx, bytes) values (-7, x'78')", Check::Link, "entries"),
        ("insert into entries (idx, bytes) select 309, bytes from entries where idx = 308", Check::Link, "entry 309"),
        ("update entries set bytes = (select bytes from entries where idx = 30) where idx = 31", Check::Link, "entry 31"),
    ];
    altered(&good, &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_byte_of_every_tile_counts() {
    let good = chain(Engine::Sqlite).await;
    for (filter, byte, at) in [
        ("level = 0 and number = 0", 40 * 32, "tile/0/000"),
        ("level = 0 and number = 1", 9 * 32 + 31, "tile/0/001"),
        ("level = 1 and number = 0", 5, "tile/1/000"),
    ] {
        let trial = good.copy();
        let mut raw = trial.raw().await;
        flip(&mut raw, "tiles", filter, |bytes| bytes[byte] ^= 1).await;
        drop(raw);
        found(&check(&trial).await, Check::Inclusion, at);
    }
    let trial = good.copy();
    let mut raw = trial.raw().await;
    flip(&mut raw, "tiles", "level = 0 and number = 1", |bytes| bytes.extend([0; 32])).await;
    drop(raw);
    found(&check(&trial).await, Check::Inclusion, "tile/0/001");
    let cases = [
        ("delete from tiles where level = 1", Check::Inclusion, "tile/1/000"),
        ("update tiles set bytes = zeroblob(3) where level = 1", Check::Inclusion, "tile/1/000"),
        ("update tiles set bytes = cast(bytes as text) where level = 0 and number = 0", Check::Inclusion, "tiles"),
        ("insert into tiles (level, number, bytes) values (0, 9, zeroblob(32))", Check::Inclusion, "tiles"),
    ];
    altered(&good, &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_by_another_key_over_another_root_or_rolled_back_is_named() {
    let good = chain(Engine::Sqlite).await;
    let stranger = Signer::new("gazette.example/log", KeyType::Ed25519, &[9; 32]).unwrap();
    let mut raw = good.raw().await;
    let (note,): (String,) = sqlx::query_as("select note from checkpoints where size = 309").fetch_one(&mut raw).await.unwrap();
    let text = note.split_once("\n\n").unwrap().0.to_owned() + "\n";
    let log = keys::open(&good.place.data.join("keys/log.key")).unwrap();
    let other_root = Checkpoint { origin: "gazette.example/log".into(), size: 309, root: Hash::of(&[b"other"]) };
    let cases = [
        (chain::note::sign(&text, &[&stranger]), "another key"),
        (other_root.sign(&log), "another root"),
        (note.replace("309", "308"), "another size"),
        ("nothing\n".into(), "no note"),
    ];
    for (note, what) in cases {
        let trial = good.copy();
        let mut raw = trial.raw().await;
        for sql in ["update checkpoints set note = $1 where size = 309", "update head set checkpoint = $1"] {
            sqlx::query(sql).bind(&note).execute(&mut raw).await.unwrap();
        }
        println!("{what}");
        found(&check(&trial).await, Check::Checkpoint, "checkpoint 309");
    }
    let back = "update head set size = 5, leaf = zeroblob(32), checkpoint = (select note from checkpoints where size = 5)";
    let cases = [
        (back, Check::Head, "the newest state"),
        ("update head set checkpoint = (select note from checkpoints where size = 5)", Check::Checkpoint, "the newest state"),
        ("update head set time = time - 1", Check::Head, "the newest state"),
        ("update head set origin = 'elsewhere.example/log'", Check::Head, "the newest state"),
        ("delete from head", Check::Head, "the newest state"),
        ("delete from checkpoints where size = 309", Check::Checkpoint, "checkpoint 309"),
        ("insert into checkpoints select 400, note, time from checkpoints where size = 309", Check::Checkpoint, "checkpoint 400"),
        ("update checkpoints set time = time + 1 where size = 5", Check::Checkpoint, "checkpoint 5"),
    ];
    altered(&good, &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_derived_row_that_says_something_else_is_named_by_its_table() {
    let good = chain(Engine::Sqlite).await;
    let cases = [
        ("update items set newest = 1 where idx = 4", Check::Items, "entry 4"),
        ("update items set newest = 0 where idx = 5", Check::Items, "entry 5"),
        ("update items set agency = 'gazette.example/works' where idx = 5", Check::Items, "entry 5"),
        ("update items set stated = null where idx = 40", Check::Items, "entry 40"),
        ("update items set document = 5 where idx = 5", Check::Items, "entry 5"),
        ("delete from items where idx = 40", Check::Items, "entry 40"),
        (
            "insert into items select 9000, leaf, document, newest, agency, genre, theme, language, stated, stated_agency from items where idx = 5",
            Check::Items,
            "rows",
        ),
        ("update events set kind = 'lapsed' where idx = 6", Check::Events, "entry 6"),
        ("delete from events where idx = 7", Check::Events, "entry 7"),
        ("delete from registrations where idx = 2", Check::Registrations, "entry 2"),
        ("update registrations set id = 'gazette.example/x' where idx = 2", Check::Registrations, "entry 2"),
        ("insert into cases values ('a', 'b', 5, zeroblob(32))", Check::Cases, "case b"),
        ("update submissions set idx = 6 where idx = 5", Check::Submissions, "entry 6"),
        ("delete from submissions where idx = 5", Check::Submissions, "rows"),
        ("update acts set agency = 'gazette.example/works' where idx = 5", Check::Figures, "entry 5"),
        ("delete from acts where idx = 7", Check::Figures, "entry 7"),
    ];
    altered(&good, &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_is_missing_replaced_extra_or_still_kept_fails_c7() {
    let good = chain(Engine::Sqlite).await;
    let cases = [
        ("delete from contents where entry = 5 and part = 1", Check::Content, "entry 5"),
        ("delete from contents where entry = 308", Check::Content, "entry 308"),
        ("update contents set bytes = null, salt = null where entry = 5 and part = 1", Check::Content, "entry 5"),
        ("update contents set salt = zeroblob(16) where entry = 5 and part = 1", Check::Content, "entry 5"),
        ("update contents set removed_by = 7, bytes = null, salt = null where entry = 5 and part = 1", Check::Content, "entry 5"),
        ("update contents set media = 'text/html' where entry = 5 and part = 1", Check::Content, "entry 5"),
        ("update contents set bytes = 'of another type' where entry = 5 and part = 1", Check::Content, "contents"),
        ("update contents set size = 3 where entry = 5 and part = 1", Check::Content, "entry 5"),
        (
            "update contents set removed_by = null, bytes = cast('Twenty lanterns.' as blob), salt = zeroblob(16) where entry = 4 and part = 1",
            Check::Content,
            "entry 4",
        ),
        ("update contents set bytes = cast('Twenty lanterns.' as blob) where entry = 4 and part = 1", Check::Content, "entry 4"),
        ("insert into contents values (6, 0, zeroblob(32), 'text/plain', 1, zeroblob(16), x'78', null)", Check::Content, "entry 6"),
        ("insert into contents values (4000, 0, zeroblob(32), 'text/plain', 1, zeroblob(16), x'78', null)", Check::Content, "contents"),
    ];
    altered(&good, &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_are_checked_as_parts_are_and_what_an_interrupted_publication_left_harms_nothing() {
    let good = chain(Engine::Sqlite).await;
    let mut raw = good.raw().await;
    let (large,): (Vec<u8>,) =
        sqlx::query_as("select commitment from contents where bytes is null and removed_by is null").fetch_one(&mut raw).await.unwrap();
    let (gone,): (Vec<u8>,) =
        sqlx::query_as("select commitment from contents where removed_by is not null").fetch_one(&mut raw).await.unwrap();
    let path = |trial: &Trial, commitment: &[u8]| {
        let hex = chain::hash::hex(commitment);
        trial.place.data.join("content").join(&hex[..2]).join(hex)
    };
    let at = format!("entry {LARGE}");
    let trial = good.copy();
    std::fs::write(path(&trial, &large), "lantern").unwrap();
    found(&check(&trial).await, Check::Content, &at);
    std::fs::remove_file(path(&trial, &large)).unwrap();
    found(&check(&trial).await, Check::Content, &at);

    let trial = good.copy();
    std::fs::create_dir_all(path(&trial, &gone).parent().unwrap()).unwrap();
    std::fs::write(path(&trial, &gone), "Twenty lanterns.").unwrap();
    found(&check(&trial).await, Check::Content, &format!("object {}", chain::hash::hex(&gone)));

    let trial = good.copy();
    let unnamed = path(&trial, &[0xab; 32]);
    std::fs::create_dir_all(unnamed.parent().unwrap()).unwrap();
    std::fs::write(unnamed, "half a publication").unwrap();
    let report = check(&trial).await;
    assert_eq!((report.differs, report.leftovers), (None, 1));
    // What was put just now may be named by a statement that is under way.
    assert_eq!(remove_leftovers(&trial.place).await.unwrap(), 0);
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(7200);
    for old in [path(&trial, &[0xab; 32]), path(&trial, &large)] {
        std::fs::File::options().append(true).open(old).unwrap().set_modified(long_ago).unwrap();
    }
    assert_eq!(remove_leftovers(&trial.place).await.unwrap(), 1);
    assert!(!path(&trial, &[0xab; 32]).exists() && path(&trial, &large).exists());
    let report = check(&trial).await;
    assert_eq!((report.differs, report.leftovers), (None, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_was_signed_and_is_gone_is_noticed() {
    let good = chain(Engine::Sqlite).await;
    assert_eq!(check(&good).await.unkept, 0);
    let trial = good.copy();
    let mut raw = trial.raw().await;
    let (size, note): (i64, String) =
        sqlx::query_as("select size, note from checkpoints where size < 9 order by size desc limit 1").fetch_one(&mut raw).await.unwrap();
    run(&mut raw, &format!("delete from checkpoints where size = {size}")).await;
    let report = check(&trial).await;
    assert_eq!((report.differs, report.unkept), (None, 1), "after a recovery that is so");
    // This machine remembers that it signed it.
    let log = keys::open(&trial.place.data.join("keys/log.key")).unwrap();
    let signed = Checkpoint::open(note.as_bytes(), log.vkey()).unwrap();
    std::fs::write(trial.place.data.join("high-water.mark"), format!("{size} {}\n", signed.root)).unwrap();
    found(&check(&trial).await, Check::Checkpoint, &format!("checkpoint {size}"));
}

/// The newest entry made anew by an operator who has the log's key and every table: `change` gives header and note.
async fn forged(good: &Trial, change: impl FnOnce(Header, String) -> (Header, String)) -> Report {
    let trial = good.copy();
    let mut raw = trial.raw().await;
    let (bytes,): (Vec<u8>,) = sqlx::query_as("select bytes from entries where idx = 308").fetch_one(&mut raw).await.unwrap();
    let entry = Entry::parse(&bytes).unwrap();
    let (header, note) = change(entry.header, entry.note.to_owned());
    let (bytes, leaf) = Entry::write(&header, &note).unwrap();
    sqlx::query("update entries set bytes = $1 where idx = 308").bind(bytes).execute(&mut raw).await.unwrap();
    flip(&mut raw, "tiles", "level = 0 and number = 1", |tile| {
        let from = tile.len() - 32;
        tile[from..].copy_from_slice(&leaf.0);
    })
    .await;
    let mut frontier = Frontier::default();
    for (tile,) in
        sqlx::query_as::<_, (Vec<u8>,)>("select bytes from tiles where level = 0 order by number").fetch_all(&mut raw).await.unwrap()
    {
        tile.chunks_exact(32).for_each(|hash| frontier.push(Hash(hash.try_into().unwrap()), |_, _, _| {}));
    }
    let log = keys::open(&trial.place.data.join("keys/log.key")).unwrap();
    let note = Checkpoint { origin: log.vkey().name().into(), size: 309, root: frontier.root() }.sign(&log);
    for sql in ["update checkpoints set note = $1, time = $2 where size = 309", "update head set checkpoint = $1, time = $2"] {
        sqlx::query(sql).bind(&note).bind(header.time).execute(&mut raw).await.unwrap();
    }
    for sql in ["update items set leaf = $1 where idx = 308", "update head set leaf = $1"] {
        sqlx::query(sql).bind(&leaf.0[..]).execute(&mut raw).await.unwrap();
    }
    drop(raw);
    check(&trial).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_who_signs_everything_anew_is_still_caught() {
    let good = chain(Engine::Sqlite).await;
    let key = |name: &str| keys::open(&good.place.data.join(format!("keys/seal-gazette.example+{name}.key"))).unwrap();
    let resigned = |note: &str, signer: &Signer, change: &dyn Fn(&str) -> String| {
        let text = change(&(note.split_once("\n\n").unwrap().0.to_owned() + "\n"));
        chain::note::sign(&text, &[signer])
    };
    let same = |text: &str| text.to_owned();
    let archive = key("archive");
    let at = "entry 308";

    let stranger = Signer::new(archive.vkey().name(), KeyType::Ed25519, &[5; 32]).unwrap();
    let report = forged(&good, |header, note| (header, resigned(&note, &stranger, &same))).await;
    found(&report, Check::Seal, at);
    let report = forged(&good, |header, note| (header, resigned(&note, &key("works"), &same))).await;
    found(&report, Check::Seal, at);
    let report = forged(&good, |header, note| (header, note.replace("\"genre\":\"city-notice\"", "\"genre\":\"city-order\""))).await;
    found(&report, Check::Seal, at);
    let elsewhere = |text: &str| text.replace("gazette/v1/statement gazette.example/log", "gazette/v1/statement elsewhere.example/log");
    let report = forged(&good, |header, note| (header, resigned(&note, &archive, &elsewhere))).await;
    found(&report, Check::Seal, at);
    let report = forged(&good, |header, note| (Header { registry: Hash::of(&[b"other"]), ..header }, note)).await;
    found(&report, Check::Link, at);
    let report = forged(&good, |header, note| (Header { previous: Hash::ZERO, ..header }, note)).await;
    found(&report, Check::Link, at);
    let report = forged(&good, |header, note| (Header { time: 1, ..header }, note)).await;
    found(&report, Check::Link, at);
    // The same statement a second time.
    let mut raw = good.raw().await;
    let (bytes,): (Vec<u8>,) = sqlx::query_as("select bytes from entries where idx = 300").fetch_one(&mut raw).await.unwrap();
    let earlier = Entry::parse(&bytes).unwrap().note.to_owned();
    let report = forged(&good, |header, _| (header, earlier)).await;
    found(&report, Check::Repeat, at);
    // Sealed by the right key, but not what this machine signed first: only the mark knows.
    let other = |text: &str| text.replace("\"genre\":\"city-notice\"", "\"genre\":\"city-order\"");
    let report = forged(&good, |header, note| (header, resigned(&note, &archive, &other))).await;
    assert_eq!(report.differs.as_ref().map(|difference| difference.check), Some(Check::Items), "{report:?}");
}

async fn an_old_copy_and_another_history_are_named_by_the_mark_and_a_lagging_index_is_told(engine: Engine) {
    let good = chain(engine).await;
    let old = good.copy();
    let node = good.open().await;
    publish(&node, draft(&node.sibling("finance"), "Later", "text")).await.unwrap();
    close(node).await;
    // Nothing is wrong with an index that was stopped on its way; how far it is behind is told.
    let report = check(&good).await;
    assert_eq!((report.differs, report.index_behind), (None, 1));

    // The data folder put back as it was, the mark outside it not.
    let mut restored = good.copy();
    restored.restore(&old);
    found(&check(&restored).await, Check::Mark, "the newest tree this machine signed");

    let node = old.open().await;
    for _ in 0..2 {
        publish(&node, draft(&node.sibling("finance"), "Otherwise", "text")).await.unwrap();
    }
    close(node).await;
    let mut other = good.copy();
    other.restore(&old);
    found(&check(&other).await, Check::Mark, "the newest tree this machine signed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_index_that_misses_documents_or_is_damaged_is_named() {
    use server::search::{Budget, Change, Document, Index, State};
    let good = chain(Engine::Sqlite).await;
    let folder = |trial: &Trial| trial.place.data.join(follow::FOLDER);
    let trial = good.copy();
    let largest = std::fs::read_dir(folder(&trial))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .max_by_key(|path| path.metadata().unwrap().len())
        .unwrap();
    let mut bytes = std::fs::read(&largest).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&largest, bytes).unwrap();
    found(&check(&trial).await, Check::SearchIndex, "what can be searched");

    let trial = good.copy();
    {
        let (index, _) = Index::open(&folder(&trial)).unwrap();
        let covered = index.covered();
        index.writer(Budget::Live).unwrap().apply(vec![Change::Erase { index: REVISED }], covered).unwrap();
    }
    found(&check(&trial).await, Check::SearchIndex, &format!("entry {REVISED}"));

    // Filed under something else than the log says, one thing after the other.
    let filed = Document {
        index: REVISED,
        document: FIRST,
        language: "en".into(),
        title: "Parking, again".into(),
        body: "Thirty lanterns.".into(),
        agency: "gazette.example/finance".into(),
        agency_name: String::new(),
        stated_agency: None,
        genre: None,
        theme: None,
        document_number: None,
        index_number: None,
        subjects: vec![],
        keywords: vec![],
        summary: None,
        stated: Some(20_260_301),
        logged: 0,
        state: State::Withdrawn,
        standing: Some(Standing::Withdrawn),
        effective: None,
        expires: None,
    };
    let cases = [
        ("", filed.clone()),
        ("document", Document { document: REVISED, ..filed.clone() }),
        ("language", Document { language: "zh".into(), ..filed.clone() }),
        ("date", Document { stated: Some(20_260_302), ..filed.clone() }),
        ("state", Document { state: State::Current, ..filed.clone() }),
    ];
    for (what, document) in cases {
        let trial = good.copy();
        {
            let (index, _) = Index::open(&folder(&trial)).unwrap();
            let covered = index.covered();
            let mut writer = index.writer(Budget::Live).unwrap();
            writer.apply(vec![Change::Put(Box::new(document))], covered).unwrap();
            writer.finish().unwrap();
        }
        let report = check(&trial).await;
        if what.is_empty() {
            assert_eq!(report.differs, None);
        } else {
            found(&report, Check::SearchIndex, &format!("entry {REVISED}"));
            assert!(report.differs.unwrap().why.contains(what));
        }
    }

    // What is damaged is told as often as one asks, and left as it is: it may be needed as it is.
    let trial = good.copy();
    std::fs::write(folder(&trial).join("meta.json"), "{ half of").unwrap();
    let files = || {
        let entries = std::fs::read_dir(folder(&trial)).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| (std::fs::read(&path).unwrap(), path)).collect::<std::collections::BTreeSet<_>>()
    };
    let before = files();
    for _ in 0..2 {
        found(&check(&trial).await, Check::SearchIndex, "what can be searched");
        assert_eq!(files(), before);
    }

    // Without an index there is nothing to compare: it is derived.
    let trial = good.copy();
    std::fs::remove_dir_all(folder(&trial)).unwrap();
    let report = check(&trial).await;
    assert_eq!((report.differs, report.indexed), (None, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_from_before_there_were_figures_that_may_only_be_read_is_whole() {
    let good = chain(Engine::Sqlite).await;
    // This program cannot bring it up to date, and looks at it as it is.
    let read_only = ["drop table counted", "update _sqlx_migrations set checksum = x'00' where version = 1"];
    let from_before = "delete from _sqlx_migrations where version = 2";
    let looked_at = async |more: &[&'static str]| {
        let trial = good.copy();
        let mut raw = trial.raw().await;
        for sql in read_only.iter().chain(more) {
            sqlx::query(*sql).execute(&mut raw).await.unwrap();
        }
        raw.close().await.unwrap();
        check(&trial).await
    };
    let report = looked_at(&[from_before]).await;
    assert_eq!((report.differs, report.uncounted), (None, report.entries));
    found(&looked_at(&[]).await, Check::Figures, "rows");
}

async fn a_chain_that_is_being_written_is_checked_as_of_one_moment(engine: Engine) {
    let trial = Trial::on(engine);
    let node = trial.open().await;
    let file = trial.file("papers.jsonl", &(0..3_000).map(|n| line(n, "")).collect::<String>());
    let importing = tokio::spawn({
        let node = node.clone();
        async move { import_all(&node, &[file]).await }
    });
    let mut last = 0;
    while !importing.is_finished() {
        let report = check(&trial).await;
        assert_eq!(report.differs, None);
        assert!(report.entries >= last);
        last = report.entries;
    }
    assert_eq!(importing.await.unwrap().added, 3_000);
}

async fn another_chain_of_the_same_name_is_told_from_this_one(engine: Engine) {
    let ours = Trial::on(engine);
    let node = ours.open().await;
    let identity = leaf(&node.store.entry(0).await.unwrap().unwrap());
    close(node).await;
    let theirs = Trial::on(engine);
    let mut node = theirs.open().await;
    agency(&mut node, "finance").await;
    close(node).await;
    let (one, other) = (check(&ours).await, check(&theirs).await);
    assert_eq!((one.differs, other.differs), (None, None), "either is a good chain");
    assert_eq!((&one.origin, one.identity), (&other.origin, identity));
    assert_ne!(one.identity, other.identity);
    // Its database under our keys and our mark: the keys tell, and without them the mark.
    let mut mixed = ours.copy();
    mixed.place.database.clone_from(&theirs.place.database);
    if engine == Engine::Sqlite {
        std::fs::copy(theirs.place.data.join("gazette.sqlite"), mixed.place.data.join("gazette.sqlite")).unwrap();
    }
    found(&check(&mixed).await, Check::Key, "keys/log.key");
    std::fs::remove_dir_all(mixed.place.data.join("keys")).unwrap();
    found(&check(&mixed).await, Check::Mark, "the newest tree this machine signed");
}

async fn a_part_that_a_log_took_from_another_document_is_named(engine: Engine) {
    let trial = Trial::on(engine);
    let mut node = trial.open().await;
    let (works, parks) = (agency(&mut node, "works").await, agency(&mut node, "parks").await);
    let theirs = compose(&node, draft(&works, "Bridge closed", "From Monday."));
    let taken = theirs.contents[1].clone();
    let sealing = node.submitter.seal(&theirs.text, node.seal(&works).unwrap(), theirs.contents);
    let first = sealing.await.unwrap().await.unwrap().unwrap();
    close(node).await;
    // A log that forgot whose the part is would let parks list it, and then redact what is works'.
    let mut raw = trial.raw().await;
    run(&mut raw, &format!("delete from contents where entry = {} and part = 1", first.index)).await;
    drop(raw);
    let node = trial.open().await;
    let mut ours = compose(&node, draft(&parks, "Park closed", "From Tuesday."));
    ours.text = ours.text.replace(&ours.contents[1].commitment.to_string(), &taken.commitment.to_string());
    ours.contents[1] = taken;
    let sealing = node.submitter.seal(&ours.text, node.seal(&parks).unwrap(), ours.contents);
    let second = sealing.await.unwrap().await.unwrap().unwrap();
    close(node).await;
    found(&check(&trial).await, Check::Content, &format!("entry {}", second.index));
}
