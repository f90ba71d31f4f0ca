//! What pages show of real documents is what readers' browsers find in the committed bytes: never an alarm without a cause.
#![allow(clippy::unwrap_used, clippy::panic)]

use chain::check::shows;
use server::markdown;
use std::{
    io::BufRead,
    path::{Path, PathBuf},
};

/// The corpus, where it is there.
fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let Ok(found) = std::fs::read_dir(folder) else { return vec![] };
    found.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "gz")).collect()
}

/// Says so past the runner, which keeps back what a test that passes prints.
fn skipped(why: &str) {
    use std::io::Write;
    std::io::stderr().write_all(format!("SKIPPED: {why}\n").as_bytes()).unwrap();
}

/// Every text of the corpus, or of each file only some, shown and compared; answers how many there were.
fn compare(all: bool) -> usize {
    let mut compared = 0;
    let mut unusual = Vec::new();
    for file in files() {
        let reader = std::io::BufReader::new(flate2::read::MultiGzDecoder::new(std::fs::File::open(&file).unwrap()));
        // One file has sixty thousand short texts of one make.
        let each = if all {
            1
        } else if file.to_string_lossy().contains("pay-gap") {
            40
        } else {
            6
        };
        for line in reader.lines().step_by(each) {
            let record: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
            let text = record["body"].as_str().unwrap();
            let html = markdown::render(text).html;
            if html.starts_with("<pre>") {
                unusual.push(record["id"].to_string());
            }
            assert!(shows(&html, text, true).is_ok(), "{}", record["id"]);
            let plain = markdown::plain(text);
            assert!(shows(&plain, text, false).is_ok() && shows(&plain, text, true).is_ok(), "{}", record["id"]);
            compared += 1;
        }
    }
    assert!(unusual.len() * 1000 <= compared, "shown as they are written: {unusual:?}");
    eprintln!("{compared} compared, {} shown as they are written: {unusual:?}", unusual.len());
    compared
}

#[test]
fn real_documents_show_what_they_say() {
    if files().is_empty() {
        return skipped("the corpus is not here, so no real document was drawn and compared");
    }
    assert!(compare(false) > 2000);
}

#[test]
#[ignore = "a minute or so: every text of the corpus"]
fn every_real_document_shows_what_it_says() {
    if files().is_empty() {
        return skipped("the corpus is not here, so no real document was drawn and compared");
    }
    assert!(compare(true) > 60_000);
}
