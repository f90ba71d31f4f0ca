//! What checking costs in the reader's browser, from the last byte that arrived to the verdict, in Chromium without a window.

use crate::{here, http::newest, portal::Portal, table::Table};
use std::process::Command;

#[derive(serde::Deserialize)]
struct Times {
    record: [f64; 3],
    timeline: [f64; 3],
    listed: usize,
}

pub fn measure(table: &mut Table, portal: &Portal<'_>) {
    let mut node = Command::new("node");
    let output = node.arg(here().join("browser.mjs")).arg(format!("http://{}", portal.address)).arg(newest(portal).to_string()).output();
    let times = output.map_err(|error| error.to_string()).and_then(|output| {
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        serde_json::from_slice::<Times>(&output.stdout).map_err(|_| format!("{}{}", said(&output.stdout), said(&output.stderr)))
    });
    match times {
        Ok(Times { record, timeline, listed }) => {
            let said = |[p50, p95, most]: [f64; 3]| format!("p50 {p50:.1}, p95 {p95:.1}, most {most:.1} ms");
            table.row("browser: a record's verdict after its bytes", said(record), "–", None, "under 50 ms");
            let rate = 1e3 * listed as f64 / timeline[0];
            table.row(&format!("browser: {listed} listed items checked"), format!("{}; {rate:.0} items/s", said(timeline)), "–", None, "–");
        }
        Err(why) => println!("   Left out: the browser ({})", why.lines().next().unwrap_or("no answer")),
    }
}
