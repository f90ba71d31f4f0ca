//! What this browser keeps between visits: the chain's identity and the newest checkpoint it verified (C8).

use super::fetch;
use chain::{
    Hash,
    check::{Consistency, Finding, Memory, Reader, memory},
    checkpoint::Checkpoint,
};

fn storage() -> Option<web_sys::Storage> {
    fetch::window()?.local_storage().ok()?
}

fn place(origin: &str) -> String {
    format!("gazette/v1 {origin}")
}

fn kept(origin: &str) -> Option<Memory> {
    chain::json::read(&storage()?.get_item(&place(origin)).ok()??).ok()
}

/// C8 for what the portal shows now. What holds is remembered; what does not is kept as it was, as evidence.
pub async fn compare(reader: &Reader<'_>, checkpoint: &str, log_signed: bool, now: i64) -> (Finding, Option<Memory>) {
    let tree = reader.checkpoint();
    let identity = reader.identity();
    let kept = kept(&tree.origin);
    let old_size = kept.as_ref().and_then(|kept| {
        let (text, _) = kept.checkpoint.split_once("\n\n")?;
        Some(Checkpoint::parse(&format!("{text}\n")).ok()?.size)
    });
    let proof = match old_size {
        Some(old) if old < tree.size => {
            let lines = fetch::text(&format!("/log/consistency/{old}-{}", tree.size)).await.ok();
            lines.and_then(|lines| lines.lines().map(Hash::parse).collect::<Result<Vec<_>, _>>().ok())
        }
        _ => None,
    };
    let finding = memory(kept.as_ref(), identity, tree, proof.as_deref().map_or(Consistency::Unknown, Consistency::Proof));
    let sound = matches!(finding.answer, chain::check::Answer::Holds | chain::check::Answer::NotApplicable);
    if let (true, true, Some(identity), Some(storage)) = (sound, log_signed, identity, storage()) {
        let seen = kept.as_ref().map_or(now, |kept| kept.seen);
        // Written by hand, so that a reader need not fetch a whole JSON writer: of what JSON escapes, a note can have these alone.
        let note = checkpoint.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let newest = format!(r#"{{"identity":"{identity}","checkpoint":"{note}","seen":{seen}}}"#);
        // A browser that refuses to store has no memory; the check says "first visit" each time, which is true.
        drop(storage.set_item(&place(&tree.origin), &newest));
    }
    (finding, kept)
}
