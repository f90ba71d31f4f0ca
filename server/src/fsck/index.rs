//! The search index: whether it is readable, covers the whole chain, and has a document for each version that may be found.

use super::{
    Check, End, Report,
    contents::Listed,
    differs,
    entries::{Rebuilt, View, disclosure, half},
};
use crate::{
    follow,
    node::Place,
    search::{self, Index, Kept},
    store::Store,
    visible,
};
use chain::entry::Entry;
use std::collections::BTreeSet;

const AT: &str = "what can be searched";

/// Documents compared at a time.
const STRIDE: usize = 256;

pub(super) async fn check(
    store: &Store,
    view: &mut View,
    place: &Place,
    rebuilt: &Rebuilt,
    listed: &Listed,
    report: &mut Report,
) -> Result<(), End> {
    let folder = place.data.join(follow::FOLDER);
    let index = match Index::look(&folder) {
        Ok(Some(index)) => index,
        // Derived, and begun when the chain is first served: without one there is nothing to compare.
        Ok(None) => return Ok(()),
        Err(error) if search::rebuildable(&error) => {
            let why = format!("it cannot be read, and is built again when the chain is served: {error}");
            return differs(Check::SearchIndex, AT, why);
        }
        // Looking takes a lock, which is a file.
        Err(error @ search::Error::Engine(tantivy::TantivyError::LockFailure(..))) => {
            report.index_unread = Some(error.to_string());
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(file) = index.damaged()?.first() {
        return differs(Check::SearchIndex, AT, format!("its file {} is damaged", file.display()));
    }
    // A server that was killed leaves it behind, and it catches up when the chain is next served.
    if index.covered() < rebuilt.size() {
        report.index_behind = rebuilt.size() - index.covered();
        return Ok(());
    }
    if index.covered() != rebuilt.size() {
        return differs(Check::SearchIndex, AT, format!("it covers {} of {} entries", index.covered(), rebuilt.size()));
    }
    // Without a catalogue nothing of a version is found any more.
    let mut hidden = BTreeSet::new();
    let ahead = listed.ahead.iter().filter_map(|part| Some((*rebuilt.known.get(&half(&part.0))?, *part)));
    for (document, catalogue) in rebuilt.hidden.iter().copied().chain(ahead) {
        for kept in rebuilt.versions.iter().filter(|kept| kept.document == document) {
            let core = disclosure(view, kept.index).await?;
            if core.is_some_and(|core| core.parts.first().is_some_and(|part| part.commitment == catalogue)) {
                hidden.insert(kept.index);
            }
        }
    }
    let found = index.kept()?;
    let expected: Vec<u64> = rebuilt.versions.iter().map(|kept| kept.index).filter(|index| !hidden.contains(index)).collect();
    let why = compare(store, &expected, &found).await?;
    if let Some((at, why)) = why {
        // What the documents are compared with is as of now, and the index as of its opening.
        if store.head().await?.map_or(0, |head| head.size) != rebuilt.size() {
            return Ok(());
        }
        return differs(Check::SearchIndex, at, why);
    }
    report.indexed = Some(expected.len() as u64);
    Ok(())
}

/// The first document that is not what the entry and those that speak of it say, or is missing, or too many.
async fn compare(store: &Store, expected: &[u64], found: &[Kept]) -> Result<Option<(String, String)>, End> {
    let entry = |index: u64| format!("entry {index}");
    for (n, index) in expected.iter().enumerate() {
        match found.get(n) {
            Some(kept) if kept.index == *index => {}
            Some(kept) if kept.index < *index => {
                return Ok(Some((entry(kept.index), "it is found, and should not be, or not twice".into())));
            }
            _ => return Ok(Some((entry(*index), "it is not found".into()))),
        }
    }
    if let Some(kept) = found.get(expected.len()) {
        return Ok(Some((entry(kept.index), "it is found, and should not be, or not twice".into())));
    }
    for found in found.chunks(STRIDE) {
        let indexes: Vec<u64> = found.iter().map(|kept| kept.index).collect();
        let seen = visible::look(store, &indexes).await?;
        let entries = store.entries_at(&indexes).await?;
        for kept in found {
            let Some((item, visible)) = seen.get(&kept.index) else { continue };
            let logged = entries.get(&kept.index).and_then(|bytes| Entry::parse(bytes).ok()).map_or(0, |entry| entry.header.time);
            let says = follow::filed(item, visible, logged);
            let differing = [
                ("document", kept.document != says.document),
                ("date", kept.date != says.date),
                ("language", kept.language != says.language),
                ("state", kept.state != says.state),
            ];
            if let Some((what, _)) = differing.into_iter().find(|(_, differs)| *differs) {
                return Ok(Some((entry(kept.index), format!("it is filed under another {what} than its entry and later ones say"))));
            }
        }
    }
    Ok(None)
}
