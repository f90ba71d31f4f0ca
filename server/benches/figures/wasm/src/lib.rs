//! `chain` as a module without glue, for measuring: an audit of entries that lie in memory, beside bare signatures.
//!
//! Entries come as one after the other, each behind its length in four little-endian bytes. Every function answers with
//! a count, and with 0 when something did not hold, which a measurement must never be given for a result.

// A module without glue has to name its exports.
#![allow(unsafe_code)]

use chain::{
    batch::Batch,
    entry::Entry,
    note::Vkey,
    state::{Facts, State},
    statement::{Core, Statement},
};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Signatures in one equation.
const BATCH: usize = 1024;

static ENTRIES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fn room() -> MutexGuard<'static, Vec<u8>> {
    ENTRIES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes room for so many bytes and says where.
#[unsafe(no_mangle)]
pub extern "C" fn place(bytes: usize) -> *mut u8 {
    let mut entries = room();
    *entries = vec![0; bytes];
    entries.as_mut_ptr()
}

/// Links, tree, registry, and every signature in batches.
#[unsafe(no_mangle)]
pub extern "C" fn audit() -> u32 {
    let entries = room();
    let (mut facts, mut batch, mut count) = (Facts::default(), Batch::default(), 0);
    let mut entries = split(&entries).peekable();
    let Some(mut state) = entries.peek().and_then(|entry| begin(entry)) else { return 0 };
    for entry in entries {
        if state.replay_in_batch(entry, &mut facts, &mut batch, |_, _, _| {}).is_err() {
            return 0;
        }
        count += 1;
        if batch.len() == BATCH && !std::mem::take(&mut batch).holds() {
            return 0;
        }
    }
    if batch.holds() { count } else { 0 }
}

/// The same with every signature on its own, as a page checks its few.
#[unsafe(no_mangle)]
pub extern "C" fn audit_one_by_one() -> u32 {
    let entries = room();
    let (mut facts, mut count) = (Facts::default(), 0);
    let mut entries = split(&entries).peekable();
    let Some(mut state) = entries.peek().and_then(|entry| begin(entry)) else { return 0 };
    for entry in entries {
        if state.replay(entry, &mut facts, |_, _, _| {}).is_err() {
            return 0;
        }
        count += 1;
    }
    count
}

/// Only the signatures of agencies' seals, and nothing read but what they cover. `batched` as in [`audit`].
#[unsafe(no_mangle)]
pub extern "C" fn signatures(batched: u32) -> u32 {
    let entries = room();
    let entries: Vec<_> = split(&entries).filter_map(|bytes| Entry::parse(bytes).ok()).collect();
    let mut seals: Vec<Vkey> = Vec::new();
    for entry in &entries {
        if let Ok(Statement { core: Core::Agency(agency), .. }) = Statement::parse(entry.note.as_bytes()) {
            seals.extend(agency.seals.into_iter().map(|seal| seal.key));
        }
    }
    let (mut batch, mut count) = (Batch::default(), 0);
    for entry in &entries {
        let Ok(note) = chain::note::Note::parse(entry.note.as_bytes()) else { return 0 };
        let [line] = note.signatures.as_slice() else { continue };
        let Some(key) = seals.iter().find(|key| line.is_by(key)) else { continue };
        let good = if batched == 0 {
            line.verify(key, note.text).is_ok()
        } else {
            batch.add(line, key, note.text).is_ok() && (batch.len() < BATCH || std::mem::take(&mut batch).holds())
        };
        if !good {
            return 0;
        }
        count += 1;
    }
    if batch.holds() { count } else { 0 }
}

fn begin(entry: &[u8]) -> Option<State> {
    let entry = Entry::parse(entry).ok()?;
    Statement::parse(entry.note.as_bytes()).ok().map(|statement| State::new(statement.origin))
}

fn split(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (entry, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        bytes = rest;
        Some(entry)
    })
}
