//! Measures what the portal must be able to do, each figure beside its yardstick in the same run, and prints one table.
//!
//! `cargo bench -p server --bench figures [-- ROOM…]`, rooms: publish, bulk, due, import, search, million, large, http, visible, browser,
//! audit. Without one, all but `million` (which writes 10 GB and takes a quarter of an hour) and `large` (some minutes). `GAZETTE_BIN` names the built program.
//! Real documents are used where they lie beside the repository; otherwise made-up ones, and the table says so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod audit;
mod browser;
mod bulk;
mod due;
mod http;
mod import;
mod large;
mod portal;
mod publish;
mod search;
mod table;
mod texts;
mod visible;

use std::path::{Path, PathBuf};
use table::Table;

fn main() {
    // cargo adds `--bench`.
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |room: &str| if asked.is_empty() { !["million", "large"].contains(&room) } else { asked.iter().any(|name| name == room) };
    let scratch = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut table = Table::begin();
    if wanted("publish") {
        publish::measure(&mut table, scratch.path());
    }
    if wanted("bulk") {
        bulk::measure(&mut table, &program(), scratch.path());
    }
    if wanted("due") {
        due::measure(&mut table, &program(), scratch.path());
    }
    let corpus = texts::Corpus::find(scratch.path());
    let needs_portal = ["import", "http", "visible", "browser", "audit"].into_iter().any(wanted);
    if needs_portal {
        let program = program();
        let data = import::measure(&mut table, &corpus, &program, scratch.path(), wanted("import"));
        if ["http", "visible", "browser", "audit"].into_iter().any(wanted) {
            let portal = portal::Portal::serve(&program, &data);
            if wanted("http") {
                http::measure(&mut table, &portal, scratch.path());
            }
            if wanted("visible") {
                visible::measure(&mut table, &portal);
            }
            if wanted("audit") {
                audit::measure(&mut table, &portal, scratch.path());
            }
            if wanted("browser") {
                browser::measure(&mut table, &portal);
            }
        }
    }
    if wanted("search") {
        search::measure(&mut table, &corpus, 68_000, scratch.path());
    }
    if wanted("million") {
        search::measure(&mut table, &corpus, 1_000_000, scratch.path());
    }
    if wanted("large") {
        large::measure(&mut table, &corpus, &program(), scratch.path());
    }
    table.print();
}

fn program() -> PathBuf {
    let program = std::env::var_os("GAZETTE_BIN").map_or_else(|| PathBuf::from("dist/gazette"), PathBuf::from);
    assert!(program.is_file(), "no program at {}: run `make build` first, or set GAZETTE_BIN", program.display());
    std::path::absolute(program).unwrap()
}

/// The folder of this package's measurements.
fn here() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/figures"))
}
