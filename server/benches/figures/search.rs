//! Searching beside SQLite FTS5: the same texts, the same queries. Each asks for the true count and the best twenty.

use crate::{
    table::{Table, percentiles},
    texts::{Corpus, HAN, LATIN, nth},
};
use server::search::{self, Budget, Change, Document, Index, Query};
use sqlx::{Connection, Row, SqliteConnection};
use std::{
    path::Path,
    time::{Duration, Instant},
};

const ROUNDS: usize = 20;

pub fn measure(table: &mut Table, corpus: &Corpus, size: usize, scratch: &Path) {
    let texts = corpus.documents();
    search::warm();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = scratch.join(format!("search-{size}"));
    std::fs::create_dir_all(&folder).unwrap();
    let mut ours = ours(&folder.join("index"), &texts, size);
    let mut theirs = runtime.block_on(theirs(&folder.join("fts.db"), &texts, size));
    std::fs::remove_dir_all(&folder).unwrap();
    let (ours, theirs) = (percentiles(&mut ours), percentiles(&mut theirs));
    let said = |[p50, p95, p99, most]: [f64; 4]| format!("p50 {p50:.2}, p95 {p95:.2}, p99 {p99:.2}, most {most:.2} ms");
    let goal = if size >= 1_000_000 { "p95 < 10 ms, p99 < 20 ms, 5 ×" } else { "5 × as fast" };
    let what = format!("search, {size} {}", corpus.name);
    table.row(&what, said(ours), format!("{} for FTS5", said(theirs)), Some(theirs[1] / ours[1]), goal);
}

fn ours(folder: &Path, texts: &[Document], size: usize) -> Vec<Duration> {
    let begun = Instant::now();
    let (index, _) = Index::open(folder).unwrap();
    let mut writer = index.writer(Budget::Bulk).unwrap();
    for from in (0..size).step_by(20_000) {
        let to = size.min(from + 20_000);
        let batch = (from..to).map(|n| Change::Put(Box::new(nth(texts, n)))).collect();
        writer.apply(batch, to as u64).unwrap();
    }
    writer.finish().unwrap();
    built("gazette", begun, std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum());
    let mut times = Vec::new();
    for round in 0..=ROUNDS {
        for asked in LATIN.iter().chain(HAN) {
            index.forget();
            let query = Query { text: (*asked).into(), per_page: 20, ..Query::default() };
            let begun = Instant::now();
            let hits = index.search(&query).unwrap();
            record(&mut times, round, asked, begun.elapsed(), hits.total);
        }
    }
    times
}

async fn theirs(path: &Path, texts: &[Document], size: usize) -> Vec<Duration> {
    let begun = Instant::now();
    let mut db = SqliteConnection::connect(&format!("sqlite:{}?mode=rwc", path.display())).await.unwrap();
    for statement in [
        "pragma journal_mode = off",
        "pragma synchronous = off",
        "pragma cache_size = -200000",
        "pragma mmap_size = 8000000000",
        // Its word cutter cannot part Chinese; its trigrams can find it, and cost too much for the rest.
        "create virtual table latin using fts5(title, body, content = '', tokenize = 'porter unicode61')",
        "create virtual table han using fts5(title, body, content = '', tokenize = 'trigram')",
    ] {
        sqlx::query(statement).execute(&mut db).await.unwrap();
    }
    let mut transaction = db.begin().await.unwrap();
    for n in 0..size {
        let document = nth(texts, n);
        let insert = match document.language.as_str() {
            "zh" => "insert into han(rowid, title, body) values (?, ?, ?)",
            _ => "insert into latin(rowid, title, body) values (?, ?, ?)",
        };
        let row = sqlx::query(insert).bind(n as i64).bind(&document.title).bind(&document.body);
        row.execute(&mut *transaction).await.unwrap();
    }
    transaction.commit().await.unwrap();
    for optimize in ["insert into latin(latin) values ('optimize')", "insert into han(han) values ('optimize')"] {
        sqlx::query(optimize).execute(&mut db).await.unwrap();
    }
    built("SQLite FTS5", begun, std::fs::metadata(path).unwrap().len());
    let mut times = Vec::new();
    // It takes seconds where every document matches: fewer rounds say as much.
    for round in 0..=ROUNDS.min(if size > 200_000 { 3 } else { ROUNDS }) {
        for (table, asked) in LATIN.iter().map(|q| ("latin", q)).chain(HAN.iter().map(|q| ("han", q))) {
            let matching = expression(asked);
            let count = format!("select count(*) from {table} where {table} match ?");
            let best = format!("select rowid from {table} where {table} match ? order by bm25({table}, 3.0, 1.0) limit 20");
            let begun = Instant::now();
            let total: i64 = sqlx::query(sqlx::AssertSqlSafe(count)).bind(&matching).fetch_one(&mut db).await.unwrap().get(0);
            let _ = sqlx::query(sqlx::AssertSqlSafe(best)).bind(&matching).fetch_all(&mut db).await.unwrap();
            record(&mut times, round, asked, begun.elapsed(), total as u64);
        }
    }
    times
}

/// The query as FTS5 wants it: every word quoted, what stands together as a phrase.
fn expression(asked: &str) -> String {
    if asked.starts_with('"') {
        return asked.into();
    }
    asked.split_whitespace().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" ")
}

/// The first round warms the caches and is not counted. With `EACH` in the environment the second tells each query.
fn record(times: &mut Vec<Duration>, round: usize, asked: &str, took: Duration, total: u64) {
    if round == 1 && std::env::var_os("EACH").is_some() {
        println!("     {asked:32} {total:8} {:9.2} ms", took.as_secs_f64() * 1e3);
    }
    if round > 0 {
        times.push(took);
    }
}

fn built(what: &str, begun: Instant, bytes: u64) {
    println!("   {what} built its index in {:.1} s, {} MB", begun.elapsed().as_secs_f64(), bytes / 1_000_000);
}
