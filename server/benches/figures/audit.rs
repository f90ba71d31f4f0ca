//! How fast a browser audits a chain whose bytes it has: the protocol in WebAssembly, on the engine of Chromium and Node.

use crate::{
    here,
    portal::Portal,
    table::{Table, per_second},
};
use std::{path::Path, process::Command};

/// Entries audited: the first ones of the chain.
const ENTRIES: u64 = 20_480;

#[derive(serde::Deserialize)]
struct Rates {
    audit: Rate,
    #[serde(rename = "auditOneByOne")]
    audit_one_by_one: Rate,
    batched: Rate,
    #[serde(rename = "oneByOne")]
    one_by_one: Rate,
}

#[derive(serde::Deserialize)]
struct Rate {
    count: u64,
    rate: f64,
}

pub fn measure(table: &mut Table, portal: &Portal<'_>, scratch: &Path) {
    let Some(module) = std::env::var_os("GAZETTE_AUDIT_WASM") else {
        println!("   Left out: the audit in WebAssembly (GAZETTE_AUDIT_WASM names no module; `make bench` builds one)");
        return;
    };
    let size = crate::http::newest(portal) + 1;
    let mut entries = Vec::new();
    for bundle in 0..(size.min(ENTRIES) / 256) {
        let bytes = portal.get(&format!("/log/{}", chain::tile::bundle_path(bundle, 256))).unwrap();
        for entry in chain::tile::split_bundle(&bytes, 256).unwrap() {
            entries.extend((entry.len() as u32).to_le_bytes());
            entries.extend(entry);
        }
    }
    let file = scratch.join("entries");
    std::fs::write(&file, entries).unwrap();
    let output = Command::new("node").arg(here().join("audit.mjs")).arg(module).arg(&file).output().unwrap();
    let Rates { audit, audit_one_by_one, batched, one_by_one } =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let yardstick = |rate: &Rate, how: &str| format!("{} bare Ed25519 {how}, same module", per_second(rate.rate));
    let what = |count: u64, how: &str| format!("audit in wasm, {count} entries, signatures {how}");
    table.row(
        &what(audit.count, "in batches"),
        per_second(audit.rate),
        yardstick(&batched, "in batches"),
        Some(audit.rate / batched.rate),
        "20,000/s a worker",
    );
    table.row(
        &what(audit_one_by_one.count, "one by one"),
        per_second(audit_one_by_one.rate),
        yardstick(&one_by_one, "one by one"),
        Some(audit_one_by_one.rate / one_by_one.rate),
        "–",
    );
}
