//! The documents measured on: real ones where they lie beside the repository, otherwise made-up ones.

use server::search::{Document, State};
use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
};

/// Made-up records when there are no real ones.
const MADE_UP: usize = 20_000;

/// Words that queries ask for: rare and common ones, names, numbers, phrases; words that nearly every document has.
pub const LATIN: &[&str] = &[
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
pub const HAN: &[&str] = &[
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

/// Files of one record a line.
pub struct Corpus {
    pub files: Vec<PathBuf>,
    /// Said beside every figure taken on it.
    pub name: &'static str,
}

impl Corpus {
    pub fn find(scratch: &Path) -> Corpus {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
        let mut files: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "gz"));
        files.sort();
        if !files.is_empty() {
            return Corpus { files, name: "real documents" };
        }
        let path = scratch.join("made-up.jsonl");
        let mut file = std::io::BufWriter::new(File::create(&path).unwrap());
        for n in 0..MADE_UP {
            writeln!(file, "{}", made_up(n)).unwrap();
        }
        file.flush().unwrap();
        Corpus { files: vec![path], name: "made-up documents" }
    }

    /// Every record as the index reads it.
    pub fn documents(&self) -> Vec<Document> {
        self.files.iter().flat_map(|path| lines(path)).map(|line| document(&line)).collect()
    }
}

fn lines(path: &Path) -> impl Iterator<Item = String> {
    let file = File::open(path).unwrap();
    let packed = path.extension().is_some_and(|extension| extension == "gz");
    let reader: Box<dyn std::io::Read> = if packed { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
    BufReader::with_capacity(1 << 18, reader).lines().map(Result::unwrap)
}

fn document(line: &str) -> Document {
    let record: serde_json::Value = serde_json::from_str(line).unwrap();
    let text = |name: &str| record[name].as_str().map(str::to_owned);
    Document {
        index: 0,
        document: 0,
        language: text("language").unwrap(),
        title: text("title").unwrap(),
        body: text("body").unwrap(),
        agency: "bench.example/archive".into(),
        agency_name: "Archive".into(),
        stated_agency: text("agency"),
        genre: None,
        theme: None,
        document_number: text("doc_number"),
        index_number: None,
        subjects: Vec::new(),
        keywords: Vec::new(),
        summary: None,
        stated: text("published").and_then(|date| date.replace('-', "").parse().ok()),
        logged: 0,
        state: State::Current,
        standing: Some(app::view::Standing::InForce),
        effective: None,
        expires: None,
    }
}

/// Document `n` of an endless row: the texts over and over, no two alike.
pub fn nth(texts: &[Document], n: usize) -> Document {
    let mut document = texts[n % texts.len()].clone();
    document.index = n as u64;
    document.document = n as u64;
    if n >= texts.len() {
        document.title.push_str(&format!(" ({})", n / texts.len()));
        document.body.push_str(&format!("\n\nr{n}"));
    }
    document
}

/// A record of common and rare words drawn from the queries, by a fixed pseudo-random row.
fn made_up(n: usize) -> serde_json::Value {
    let mut seed = n as u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let chinese = n.is_multiple_of(8);
    let pool = if chinese { HAN } else { LATIN };
    let mut body = String::new();
    for _ in 0..60 {
        let pick = next(pool.len()).min(next(pool.len()));
        body.push_str(pool[pick].trim_matches('"'));
        body.push_str(if chinese { "，" } else { " and " });
        let rare = 1 << (4 + next(14));
        body.push_str(&format!("w{} ", next(rare)));
    }
    serde_json::json!({
        "id": format!("made-up-{n}"),
        "title": format!("{} {n}", pool[next(pool.len())].trim_matches('"')),
        "published": format!("{}-{:02}-{:02}", 2000 + next(25), 1 + next(12), 1 + next(28)),
        "agency": format!("Bureau {}", next(40)),
        "category": "Notice",
        "language": if chinese { "zh" } else { "en" },
        "source_url": format!("https://made-up.example/{n}"),
        "body": body,
    })
}
