//! Parts: each present and matching its commitment, or removed by a logged redaction, which in an old copy this machine's list stands for;
//! and nothing beside them.

use super::{
    Check, End, Progress, Report, differs,
    entries::{Rebuilt, View, count, disclosure, half, part_row},
};
use crate::store::{ContentRow, Store, StoredContent, contents};
use chain::part::Commitment;
use std::collections::{BTreeMap, BTreeSet};

/// Entries looked at together: their small parts are in memory at once.
const STRIDE: u64 = 256;

/// What this machine lists as removed, and the parts that it alone explains: an old copy lacks their redactions.
pub(super) struct Listed {
    pub removed: BTreeMap<Commitment, u64>,
    pub ahead: BTreeSet<Commitment>,
}

pub(super) async fn parts(
    store: &Store,
    view: &mut View,
    rebuilt: &Rebuilt,
    listed: &mut Listed,
    progress: Progress<'_>,
    report: &mut Report,
) -> Result<(), End> {
    let mut expected = rebuilt.parts.as_slice();
    for from in (0..rebuilt.size()).step_by(STRIDE as usize) {
        let to = from + STRIDE;
        let (here, rest) = expected.split_at(expected.partition_point(|(entry, _)| *entry < to));
        expected = rest;
        let rows = contents(view, from, to).await?;
        for n in 0..here.len().max(rows.len()) {
            match (here.get(n), rows.get(n)) {
                (Some((_, digest)), Some(row)) if part_row(row.entry, row.part, &row.commitment, &row.media, row.size) == *digest => {
                    part(store, rebuilt, listed, row, report).await?;
                }
                (Some((entry, _)), row) if row.is_none_or(|row| row.entry >= *entry) => return explain(view, *entry, &rows).await,
                (_, Some(row)) => return extra(row),
                // One of the two is there, and a part without a row was explained above.
                _ => {}
            }
        }
        progress("contents", to.min(rebuilt.size()), rebuilt.size());
    }
    let found = count(view, "select count(*) from contents").await?;
    if found != rebuilt.parts.len() as u64 {
        return differs(Check::Content, "contents", format!("there are {found} parts and should be {}", rebuilt.parts.len()));
    }
    Ok(())
}

fn extra<T>(row: &ContentRow) -> Result<T, End> {
    differs(
        Check::Content,
        format!("entry {}", row.entry),
        format!("the store keeps a part {} that no statement names there", row.commitment),
    )
}

/// One part whose row is what the entry says: are the bytes?
async fn part(store: &Store, rebuilt: &Rebuilt, listed: &mut Listed, row: &ContentRow, report: &mut Report) -> Result<(), End> {
    report.parts += 1;
    let fails =
        |why: String| differs(Check::Content, format!("entry {}", row.entry), format!("part {} ({}) {why}", row.part, row.commitment));
    let redactions = rebuilt.redacted.get(&row.commitment);
    if let Some(by) = row.removed_by {
        let ahead = by >= rebuilt.size();
        if ahead && listed.removed.get(&row.commitment) != Some(&by) {
            let why = "which is not here, and which this machine's list does not name";
            return fails(format!("is said to be removed by entry {by}, {why}; if there is such a redaction, `gazette recover` brings it"));
        }
        if !ahead && !redactions.is_some_and(|redactions| redactions.contains(&by)) {
            return fails(format!("is said to be removed by entry {by}, which is no redaction of it"));
        }
        if row.salt.is_some() || row.bytes.is_some() {
            return fails(format!("was redacted by entry {by} and is still kept"));
        }
        if ahead {
            listed.ahead.insert(row.commitment);
            report.ahead += 1;
        } else {
            report.redacted += 1;
        }
        return Ok(());
    }
    if let Some(by) = redactions.and_then(|redactions| redactions.first()) {
        return fails(format!("was redacted by entry {by} and is still kept"));
    }
    let object;
    let bytes = match &row.bytes {
        Some(bytes) => bytes,
        None => match store.object(&row.commitment).await? {
            Some(bytes) => {
                object = bytes;
                &object
            }
            // Redacted while this check was running.
            None if matches!(store.content(&row.commitment).await?, Some(StoredContent::Removed { .. })) => return Ok(()),
            None => return fails("is missing, and no redaction removed it".into()),
        },
    };
    let Some(salt) = &row.salt else { return fails("has lost its salt, and no redaction removed it".into()) };
    if bytes.len() as u64 != row.size || Commitment::to(salt, bytes) != row.commitment {
        return fails("does not match its commitment".into());
    }
    Ok(())
}

/// Names what is wrong with the rows of an entry's parts.
async fn explain<T>(view: &mut View, entry: u64, rows: &[ContentRow]) -> Result<T, End> {
    let at = format!("entry {entry}");
    let core = disclosure(view, entry).await?;
    for (n, part) in core.iter().flat_map(|core| &core.parts).enumerate() {
        match rows.iter().find(|row| row.commitment == part.commitment) {
            // An unchanged part of an earlier version lies with that.
            None if rows.iter().any(|row| row.entry == entry && row.part == n as u64) => {
                return differs(Check::Content, at, format!("part {n} ({}) is kept under another commitment", part.role));
            }
            None => return differs(Check::Content, at, format!("part {n} ({}) is missing, and no redaction removed it", part.role)),
            Some(row) if row.entry == entry && (row.part != n as u64 || row.media != part.media || row.size != part.size) => {
                return differs(Check::Content, at, format!("the row of part {n} ({}) is not what the entry says", part.role));
            }
            Some(_) => {}
        }
    }
    differs(Check::Content, at, "the rows of its parts are not what the entry says")
}

/// Objects: none of a redacted part. One that no statement names is what an interrupted publication leaves.
pub(super) async fn objects(store: &Store, rebuilt: &Rebuilt, listed: &Listed, report: &mut Report) -> Result<(), End> {
    for folder in store.object_folders().await? {
        for object in store.objects_in(&folder).await? {
            match object {
                Ok(commitment) if rebuilt.redacted.contains_key(&commitment) || listed.ahead.contains(&commitment) => {
                    return differs(Check::Content, format!("object {}", commitment.0.to_hex()), "it was redacted and is still kept");
                }
                Ok(commitment) if rebuilt.known.contains_key(&half(&commitment.0)) => {}
                _ => report.leftovers += 1,
            }
        }
    }
    Ok(())
}
