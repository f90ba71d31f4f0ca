//! From lines to signed statements: judged, looked up, salted, committed to and sealed, away from the async threads.

use super::{
    read::Chunk,
    record::{Fate, Record},
};
use crate::{
    compose::{Composed, Draft},
    node::Node,
    store::{NewContent, StoreError},
};
use chain::{Hash, hash::hex, state::Verified};
use std::{collections::HashMap, sync::Arc};

/// What is the same for all lines of a file.
pub struct Source {
    pub node: Node,
    pub archive: String,
    pub stem: String,
}

/// A status that a record asks for.
#[derive(Debug, Clone)]
pub struct Status {
    pub id: String,
    pub fate: Fate,
}

/// How far a record could be taken without its neighbours.
pub enum Work {
    /// It is logged already, at this index.
    Logged(u64),
    Sealed(Sealed),
    /// It revises another record, whose entry must be known first.
    Revises(Box<Draft>, String),
}

pub struct Sealed {
    pub note: String,
    pub verified: Verified,
    pub contents: Vec<NewContent>,
}

/// One line, ready to be submitted.
pub struct Prepared {
    pub line: u64,
    pub record: String,
    /// The id of its statement.
    pub id: String,
    pub work: Work,
    /// Statuses not logged yet.
    pub statuses: Vec<Status>,
}

/// A chunk, ready: each line or why it is bad, in order.
pub struct Ready {
    pub lines: Vec<Result<Prepared, (u64, String)>>,
    pub position: u64,
}

/// The id of the statement made of a record; `label` tells its statuses apart from it.
pub fn statement_id(stem: &str, record: &str, label: &str, line: &Hash) -> String {
    let hash = match label {
        "" => Hash::of(&[b"gazette/v1 import\n", stem.as_bytes(), b"\n", record.as_bytes(), b"\n", &line.0]),
        _ => Hash::of(&[b"gazette/v1 import\n", stem.as_bytes(), b"\n", record.as_bytes(), b"\n", &line.0, b"\n", label.as_bytes()]),
    };
    hex(&hash.0[..16])
}

/// Takes a chunk as far as it goes. Blocks; `runtime` answers what must be asked of the store.
pub fn prepare(source: &Source, chunk: &Chunk, runtime: &tokio::runtime::Handle) -> Result<Ready, StoreError> {
    let mut read = Vec::new();
    let mut ids = Vec::new();
    for (number, line) in chunk.lines() {
        let record = Record::read(line).map(|record| {
            let hash = Hash::of(&[line]);
            let id = statement_id(&source.stem, &record.id, "", &hash);
            ids.push(id.clone());
            let statuses: Vec<_> = record
                .fates()
                .into_iter()
                .map(|fate| Status { id: statement_id(&source.stem, &record.id, fate.label, &hash), fate })
                .collect();
            ids.extend(statuses.iter().map(|status| status.id.clone()));
            (record, id, statuses)
        });
        read.push((number, line, record));
    }
    let logged = runtime.block_on(source.node.store.logged(&source.archive, &ids))?;
    let mut lines: Vec<_> = chunk.bad.iter().map(|(line, reason)| Err((*line, reason.clone()))).collect();
    let state = source.node.submitter.state();
    for (number, line, record) in read {
        let prepared = record.and_then(|(record, id, statuses)| finish(source, &state, &logged, line, record, id, statuses));
        lines.push(prepared.map(|prepared| Prepared { line: number, ..prepared }).map_err(|reason| (number, reason)));
    }
    lines.sort_by_key(|line| match line {
        Ok(prepared) => prepared.line,
        Err((line, _)) => *line,
    });
    Ok(Ready { lines, position: chunk.position })
}

fn finish(
    source: &Source,
    state: &Arc<chain::state::State>,
    logged: &HashMap<String, u64>,
    line: &[u8],
    record: Record,
    id: String,
    mut statuses: Vec<Status>,
) -> Result<Prepared, String> {
    statuses.retain(|status| !logged.contains_key(&status.id));
    let name = record.id.clone();
    let supersedes = record.supersedes.clone();
    let work = match (logged.get(&id), supersedes) {
        (Some(index), _) => Work::Logged(*index),
        (None, supersedes) => {
            let draft = record.draft(&source.archive, &source.stem, line);
            check(&draft)?;
            match supersedes {
                Some(other) => Work::Revises(Box::new(draft), other),
                None => Work::Sealed(seal(source, state, draft, &id)?),
            }
        }
    };
    Ok(Prepared { line: 0, record: name, id, work, statuses })
}

/// What the protocol would not read back, or would refuse, is told of the line before it is sealed.
pub fn check(draft: &Draft) -> Result<(), String> {
    let catalogue = serde_json::to_string(&draft.catalogue).map_err(|error| error.to_string())?;
    // Where in the catalogue says nothing of where in the line.
    let what = |said: String| said.rsplit_once(" at line ").map_or(said.clone(), |(what, _)| what.to_owned());
    chain::json::check(&catalogue).map_err(|error| format!("a field cannot stand in a catalogue: {}", what(error.to_string())))?;
    let stated = draft.stated_agency.as_deref().unwrap_or_default();
    if stated.len() > 400 {
        return Err(format!("agency has {} bytes; at most 400 are taken", stated.len()));
    }
    if draft.source.as_deref().unwrap_or_default().len() > 400 {
        return Err("the name of the source is longer than 400 bytes".into());
    }
    Ok(())
}

/// Commits to the parts and seals. The signature is this process's own, so nobody verifies it again.
pub fn seal(source: &Source, state: &chain::state::State, draft: Draft, id: &str) -> Result<Sealed, String> {
    let Composed { text, contents } = draft.compose(state.origin(), id).map_err(|error| error.to_string())?;
    let (note, verified) = sign(source, state, &text)?;
    Ok(Sealed { note, verified, contents })
}

pub fn sign(source: &Source, state: &chain::state::State, text: &str) -> Result<(String, Verified), String> {
    let sealer = source.node.sealer(&source.archive, state).ok_or("the archive's seal is gone")?;
    sealer.seal(state, text).map_err(|error| error.to_string())
}
