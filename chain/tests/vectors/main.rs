//! The test vectors in `chain/vectors/`: written by `GAZETTE_WRITE_VECTORS=1 cargo test -p chain --test vectors`, and
//! read here as a second implementation would read them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;
mod kinds;
mod make;
mod make_approvals;
mod make_bundles;
mod make_chain;
mod make_contents;
mod make_steps;
mod read;
mod read_chain;

use serde_json::Value;
use std::{fs, path::PathBuf};

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors").join(name)
}

/// A file of vectors as it lies in the repository.
fn load(name: &str) -> Value {
    let text = fs::read_to_string(file(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::from_str(&text).unwrap()
}

/// One case a line, so that a change shows as one.
fn lines(value: &Value) -> String {
    let Value::Object(members) = value else { panic!("vectors are an object of lists") };
    let sections = members.iter().map(|(name, value)| match value {
        Value::Array(cases) => {
            let cases: Vec<String> = cases.iter().map(|case| format!("    {case}")).collect();
            format!("  \"{name}\": [\n{}\n  ]", cases.join(",\n"))
        }
        other => format!("  \"{name}\": {other}"),
    });
    format!("{{\n{}\n}}\n", sections.collect::<Vec<_>>().join(",\n"))
}

#[test]
fn the_vectors_in_the_repository_are_what_the_protocol_makes_today() {
    for (name, value) in make::all() {
        if std::env::var_os("GAZETTE_WRITE_VECTORS").is_some() {
            fs::write(file(name), lines(&value)).unwrap();
        }
        assert!(load(name) == value, "{name} differs: the bytes of v1 are frozen; a real addition is written with GAZETTE_WRITE_VECTORS=1");
    }
}
