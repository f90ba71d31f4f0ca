//! What this browser keeps between visits: the chain's identity and the newest checkpoint it verified (C8).

use super::fetch::{self, Failed};
use chain::{
    Hash,
    check::{Answer, Consistency, Finding, Memory, Reader, memory},
    checkpoint::Checkpoint,
};

/// One memory for each address that a browser visits: a browser keeps those of other hosts apart, and whatever chain is shown
/// here must be the one that was shown here before.
const PLACE: &str = "gazette/v1";

fn storage() -> Option<web_sys::Storage> {
    fetch::window()?.local_storage().ok()?
}

/// To be read before anything is fetched, since another window may learn of a newer tree in between.
pub fn kept() -> Option<Memory> {
    chain::json::read(&storage()?.get_item(PLACE).ok()??).ok()
}

/// Entries in the tree that was kept.
pub fn size(kept: &Memory) -> Option<u64> {
    let (text, _) = kept.checkpoint.split_once("\n\n")?;
    Some(Checkpoint::parse(&format!("{text}\n")).ok()?.size)
}

/// The proof that the tree of `new` entries goes on from that of `old`, or what came in its place: who shows the one tree and
/// answers what is no proof withholds it. A busy portal is asked twice.
async fn proof(old: u64, new: u64) -> Result<Vec<Hash>, Consistency<'static>> {
    let address = format!("/log/consistency/{old}-{new}");
    let mut answer = fetch::text(&address).await;
    if matches!(answer, Err(Failed::Status(_))) {
        fetch::pause(2000).await;
        answer = fetch::text(&address).await;
    }
    match answer {
        Ok(lines) => lines.lines().map(Hash::parse).collect::<Result<_, _>>().map_err(|_| Consistency::Withheld),
        Err(Failed::Offline) => Err(Consistency::Unknown),
        Err(_) => Err(Consistency::Withheld),
    }
}

/// C8 for what the portal shows now. What holds is remembered; what does not is kept as it was, as evidence.
pub async fn compare(reader: &Reader<'_>, checkpoint: &str, log_signed: bool, seen: i64, kept: Option<Memory>) -> Finding {
    let tree = reader.checkpoint();
    let identity = reader.identity();
    let proof = match kept.as_ref().and_then(size) {
        Some(old) if old < tree.size => proof(old, tree.size).await,
        _ => Err(Consistency::Unknown),
    };
    let finding = memory(kept.as_ref(), identity, tree, proof.as_deref().map_or_else(|other| *other, Consistency::Proof));
    let sound = matches!(finding.answer, Answer::Holds | Answer::NotApplicable);
    // Meanwhile another window may have kept a newer one, or the first.
    let newest = self::kept();
    let newer = newest.as_ref().and_then(size).is_none_or(|size| size < tree.size);
    if let (true, true, true, Some(identity), Some(storage)) = (sound, log_signed, newer, identity, storage()) {
        let seen = newest.or(kept).map_or(seen, |kept| kept.seen);
        // Written by hand, so that a reader need not fetch a whole JSON writer: of what JSON escapes, a note can have these alone.
        let note = checkpoint.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let newest = format!(r#"{{"identity":"{identity}","checkpoint":"{note}","seen":{seen}}}"#);
        // A browser that refuses to store has no memory; the check says "first visit" each time, which is true.
        drop(storage.set_item(PLACE, &newest));
    }
    finding
}
