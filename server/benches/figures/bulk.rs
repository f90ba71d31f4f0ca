//! Publishing through the portal's door for statements: signed beforehand, brought in requests of a thousand lines.

use crate::{
    import::Data,
    portal::Portal,
    publish::{self, Kind, Statements},
    table::{Table, per_second, processor, rate, rate_and_cost},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::{path::Path, sync::Mutex, time::Instant};

const LINES: usize = 1_000;
/// Connections at once.
const SENDERS: usize = 3;

pub fn measure(table: &mut Table, program: &Path, scratch: &Path) {
    let folder = scratch.join("bulk");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (notes, bare) = runtime.block_on(async {
        let node = publish::node(&folder).await;
        let texts = publish::compose(&node, Kind::Disclosure).await;
        let notes: Statements = texts.into_iter().map(|(text, contents)| (publish::seal(&node, &text), contents)).collect();
        let bare = publish::bare(&node, &notes);
        publish::close(node).await;
        (notes, bare)
    });
    drop(runtime);
    let count = notes.len();
    let bodies: Vec<String> = notes.chunks(LINES).map(|notes| notes.iter().map(|(note, parts)| line(note, parts)).collect()).collect();
    drop(notes);
    let data = Data { data: folder.join("data"), state: folder.join("state") };
    let portal = Portal::serve(program, &data);
    let (begun, used) = (Instant::now(), processor(portal.process()));
    let bodies = Mutex::new(bodies.into_iter());
    std::thread::scope(|scope| {
        for _ in 0..SENDERS {
            scope.spawn(|| {
                loop {
                    let Some(body) = bodies.lock().unwrap().next() else { break };
                    let answer = String::from_utf8(portal.post("/submit", body.as_bytes()).expect("refused")).unwrap();
                    let logged = answer.lines().filter(|line| line.contains("\"repeated\":false")).count();
                    assert_eq!(logged, LINES, "{answer}");
                }
            });
        }
    });
    let (took, each) = (begun.elapsed(), (processor(portal.process()) - used) / count as u32);
    table.row(
        "publish through HTTP in bulk: disclosures with a catalogue",
        rate_and_cost(rate(count, took), each),
        format!("{} Ed25519 a core", per_second(bare)),
        Some(rate(count, took) / bare),
        "12,000/s",
    );
}

fn line(note: &str, parts: &[server::store::NewContent]) -> String {
    let parts = parts.iter().map(|part| {
        let bytes = STANDARD.encode(part.bytes.as_deref().unwrap_or_default());
        serde_json::json!({ "salt": chain::part::format_salt(&part.salt), "bytes": bytes })
    });
    format!("{}\n", serde_json::json!({ "note": note, "parts": parts.collect::<Vec<_>>() }))
}
