//! Measures searching beside SQLite FTS5: the same texts, the same queries, in one run.
//!
//! `cargo bench -p server --bench search [-- SIZE…]` with sizes in documents (68,000 and 1,000,000 if none
//! is given). Texts are real documents where they lie beside the repository, repeated with changes up to
//! the size; otherwise made-up ones. Each query asks for the true count and the best twenty.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    io::{BufRead, BufReader},
    path::Path,
    time::{Duration, Instant},
};

use server::search::{self, Budget, Change, Document, Index, Query, State};
use sqlx::{Connection, Row, SqliteConnection};

/// Asked of both. Rare and common words, names, numbers, phrases; words that nearly every document has.
const LATIN: &[&str] = &[
    "gender pay gap",
    "gender pay gap 2021",
    "university",
    "nhs foundation trust",
    "london borough",
    "national emergency",
    "buffer overflow",
    "siemens remote code execution",
    "schneider electric modicon",
    "Executive Order 13959",
    "ICSA-23-348-10",
    "\"improper input validation\"",
    "\"critical infrastructure\"",
    "2019",
    "pay",
    "water supply",
    "authentication bypass vendor",
    "trade agreement",
    "retail manchester",
];
const HAN: &[&str] = &[
    "政府信息公开",
    "行政处罚",
    "最高人民法院",
    "劳动合同",
    "\"行政复议\"",
    "环境保护",
    "国发〔2019〕5号",
    "个人所得税",
    "中华人民共和国",
    "安全生产",
];

const ROUNDS: usize = 20;

fn main() {
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![68_000, 1_000_000] } else { sizes };
    let texts = texts();
    search::warm();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for size in sizes {
        let dir = tempfile::tempdir().unwrap();
        println!("\n{size} documents");
        let ours = ours(&dir.path().join("index"), &texts, size);
        let theirs = runtime.block_on(theirs(&dir.path().join("fts.db"), &texts, size));
        println!("  {:44} {:>9} {:>9} {:>9} {:>9}", "milliseconds a query, count and best 20", "p50", "p95", "p99", "most");
        for (what, mut times) in [("gazette", ours), ("SQLite FTS5", theirs)] {
            times.sort_unstable();
            let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
            println!("  {what:44} {:9.2} {:9.2} {:9.2} {:9.2}", at(50), at(95), at(99), at(100));
        }
    }
}

fn ours(dir: &Path, texts: &[Document], size: usize) -> Vec<Duration> {
    let begun = Instant::now();
    let (index, _) = Index::open(dir).unwrap();
    let mut writer = index.writer(Budget::Bulk).unwrap();
    for from in (0..size).step_by(20_000) {
        let to = size.min(from + 20_000);
        let batch = (from..to).map(|n| Change::Put(Box::new(nth(texts, n)))).collect();
        writer.apply(batch, to as u64).unwrap();
    }
    writer.finish().unwrap();
    built("gazette", size, begun, bytes(dir));
    let mut times = Vec::new();
    for round in 0..=ROUNDS {
        for asked in LATIN.iter().chain(HAN) {
            index.forget();
            let query = Query { text: (*asked).into(), per_page: 20, ..Query::default() };
            let begun = Instant::now();
            let hits = index.search(&query, &|_| None).unwrap();
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
    built("SQLite FTS5", size, begun, std::fs::metadata(path).unwrap().len());
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

/// The first round warms the caches and is not counted.
fn record(times: &mut Vec<Duration>, round: usize, asked: &str, took: Duration, total: u64) {
    match round {
        0 => {}
        1 if std::env::var_os("EACH").is_some() => {
            println!("    {asked:32} {total:8} {:9.2} ms", took.as_secs_f64() * 1e3);
            times.push(took);
        }
        _ => times.push(took),
    }
}

fn built(what: &str, size: usize, begun: Instant, bytes: u64) {
    let seconds = begun.elapsed().as_secs_f64();
    println!("  {what:44} built in {seconds:.1} s, {:.0} documents/s, {} MB", size as f64 / seconds, bytes / 1_000_000);
}

fn bytes(dir: &Path) -> u64 {
    std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().metadata().unwrap().len()).sum()
}

/// Document `n` of an endless row: the texts over and over, no two alike.
fn nth(texts: &[Document], n: usize) -> Document {
    let mut document = texts[n % texts.len()].clone();
    document.index = n as u64;
    document.document = n as u64;
    if n >= texts.len() {
        document.title.push_str(&format!(" ({})", n / texts.len()));
        document.body.push_str(&format!("\n\nr{n}"));
    }
    document
}

fn texts() -> Vec<Document> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let mut files: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().map(|e| e.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|x| x == "gz"));
    files.sort();
    let mut out = Vec::new();
    for file in files {
        for line in BufReader::new(flate2::read::GzDecoder::new(std::fs::File::open(file).unwrap())).lines() {
            let record: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
            let text = |name: &str| record[name].as_str().map(str::to_owned);
            let date = text("published").unwrap().replace('-', "").parse().unwrap();
            let mut document = document(text("language").unwrap(), text("title").unwrap(), text("body").unwrap(), date);
            document.document_number = text("doc_number");
            document.stated_agency = text("agency");
            out.push(document);
        }
    }
    if out.is_empty() {
        println!("No real documents beside the repository: measuring on made-up ones.");
        out = (0..20_000).map(made_up).collect();
    }
    out
}

fn document(language: String, title: String, body: String, stated: u32) -> Document {
    Document {
        index: 0,
        document: 0,
        language,
        title,
        body,
        agency: "bench.example/archive".into(),
        agency_name: "Archive".into(),
        stated_agency: None,
        genre: None,
        theme: None,
        document_number: None,
        index_number: None,
        subjects: Vec::new(),
        keywords: Vec::new(),
        summary: None,
        stated: Some(stated),
        logged: 0,
        state: State::Current,
    }
}

/// A text of common and rare words drawn from the queries, by a fixed pseudo-random row.
fn made_up(n: usize) -> Document {
    let mut seed = n as u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let chinese = n % 8 == 0;
    let pool = if chinese { HAN } else { LATIN };
    let mut body = String::new();
    for _ in 0..60 {
        let pick = next(pool.len()).min(next(pool.len()));
        body.push_str(pool[pick].trim_matches('"'));
        body.push_str(if chinese { "，" } else { " and " });
        body.push_str(&format!("w{} ", next(1 << (4 + next(14)))));
    }
    let title = format!("{} {n}", pool[next(pool.len())].trim_matches('"'));
    document(if chinese { "zh" } else { "en" }.into(), title, body, 20_000_101 + next(25) as u32 * 10_000)
}
