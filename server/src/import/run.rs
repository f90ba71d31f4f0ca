//! One file's way into the chain: many statements in flight, receipts taken in order, and what had to wait for one.

use super::{
    ImportError, Progress, Report, Stop,
    prepare::{self, Prepared, Ready, Sealed, Source, Status, Work},
    read,
};
use crate::{
    compose::Draft,
    node::Node,
    sequencer::{Receipt, SubmitError, Waiting},
    store::StoreError,
};
use chain::{
    Hash,
    statement::{self, Reference},
};
use std::{
    collections::{HashMap, VecDeque},
    fs::File,
    path::Path,
    sync::Arc,
};

/// Statements waiting for their receipts: more than a batch, so that the sequencer never waits for us.
const IN_FLIGHT: usize = 8_000;
/// Bytes of parts waiting with them.
const IN_FLIGHT_BYTES: usize = 96 << 20;
/// Chunks prepared ahead: one for each of two cores.
const AHEAD: usize = 2;

/// Where a record of this file came to stand.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// Submitted, or waiting for the record it revises.
    Underway,
    /// Its leaf hash is looked up when something needs it and no receipt said it.
    At(u64, Option<Hash>),
    Failed,
}

/// A revision waiting for the receipt of what it revises.
struct Deferred {
    line: u64,
    record: String,
    id: String,
    draft: Draft,
    statuses: Vec<Status>,
}

enum What {
    Document { record: String, revision: bool, statuses: Vec<Status> },
    Status,
}

struct InFlight {
    waiting: Waiting,
    line: u64,
    bytes: usize,
    what: What,
}

struct Run<'a> {
    source: Arc<Source>,
    path: &'a Path,
    progress: &'a dyn Progress,
    report: &'a mut Report,
    /// By record id: where it stands, and the statement made of it.
    places: HashMap<String, (Place, String)>,
    deferred: HashMap<String, Vec<Deferred>>,
    window: VecDeque<InFlight>,
    bytes: usize,
    /// What stopped sequencing.
    failed: Option<SubmitError>,
}

/// Imports one file. `before` is how many bytes of earlier files were read.
pub async fn file(
    node: &Node,
    archive: &str,
    (path, stem, file): (&Path, &str, File),
    before: u64,
    stop: &Stop,
    progress: &dyn Progress,
    report: &mut Report,
) -> Result<(), ImportError> {
    let source = Arc::new(Source { node: node.clone(), archive: archive.to_owned(), stem: stem.to_owned() });
    let mut run = Run {
        source: source.clone(),
        path,
        progress,
        report,
        places: HashMap::new(),
        deferred: HashMap::new(),
        window: VecDeque::new(),
        bytes: 0,
        failed: None,
    };
    let mut chunks = read::chunks(path, file);
    let mut ahead: VecDeque<tokio::task::JoinHandle<Result<Ready, StoreError>>> = VecDeque::new();
    let mut more = true;
    while run.failed.is_none() {
        if stop.asked() {
            run.report.stopped = true;
            break;
        }
        while more && ahead.len() < AHEAD {
            let Some(chunk) = chunks.recv().await else {
                more = false;
                break;
            };
            let (source, runtime) = (source.clone(), tokio::runtime::Handle::current());
            ahead.push_back(tokio::task::spawn_blocking(move || prepare::prepare(&source, &chunk, &runtime)));
        }
        let Some(next) = ahead.pop_front() else { break };
        let ready = next.await.map_err(|_| ImportError::Task)??;
        for line in ready.lines {
            run.line(line).await?;
            run.settle(IN_FLIGHT, IN_FLIGHT_BYTES).await?;
        }
        run.progress.at(run.report, before + ready.position);
    }
    // Closing the door stops the reader; chunks prepared and not taken were never submitted.
    drop(chunks);
    run.settle(0, 0).await?;
    match run.failed.take() {
        Some(error) => Err(ImportError::Sequencing { error, report: Box::new(run.report.clone()) }),
        None => Ok(()),
    }
}

impl Run<'_> {
    fn bad(&mut self, line: u64, reason: String) {
        self.report.bad(self.progress, self.path, line, reason);
    }

    async fn line(&mut self, line: Result<Prepared, (u64, String)>) -> Result<(), ImportError> {
        self.report.lines += 1;
        let Prepared { line, record, id, work, statuses } = match line {
            Ok(prepared) => prepared,
            Err((line, reason)) => {
                self.bad(line, reason);
                return Ok(());
            }
        };
        if let Some((_, other)) = self.places.get(&record) {
            if *other == id {
                self.report.present += 1;
            } else {
                self.bad(line, format!("the id {record:?} already stands on an earlier line, with another content"));
            }
            return Ok(());
        }
        let place = match work {
            Work::Logged(index) => {
                self.report.present += 1;
                let place = Place::At(index, None);
                if !statuses.is_empty() {
                    let target = self.reference(index, None).await?;
                    self.statuses(line, target, statuses).await;
                }
                place
            }
            Work::Sealed(sealed) => self.submit(line, sealed, What::Document { record: record.clone(), revision: false, statuses }).await,
            Work::Revises(draft, other) => match self.places.get(&other).map(|(place, _)| *place) {
                Some(Place::At(index, leaf)) => {
                    let revises = self.reference(index, leaf).await?;
                    self.revise(Deferred { line, record: record.clone(), id: id.clone(), draft: *draft, statuses }, revises).await
                }
                Some(Place::Underway) => {
                    let deferred = Deferred { line, record: record.clone(), id: id.clone(), draft: *draft, statuses };
                    self.deferred.entry(other).or_default().push(deferred);
                    Place::Underway
                }
                Some(Place::Failed) => {
                    self.bad(line, format!("it supersedes {other:?}, which was not imported"));
                    Place::Failed
                }
                None => {
                    self.bad(line, format!("it supersedes {other:?}, which no earlier line of this file is"));
                    Place::Failed
                }
            },
        };
        self.places.insert(record, (place, id));
        Ok(())
    }

    /// The entry at `index` as a statement names it.
    async fn reference(&self, index: u64, leaf: Option<Hash>) -> Result<Reference, StoreError> {
        let leaf = match leaf {
            Some(leaf) => leaf,
            None => {
                chain::tree::leaf_hash(&self.source.node.store.entry(index).await?.ok_or(StoreError::Absent("entry of an earlier import"))?)
            }
        };
        Ok(Reference { index, leaf })
    }

    async fn revise(&mut self, deferred: Deferred, revises: Reference) -> Place {
        let Deferred { line, record, id, mut draft, statuses } = deferred;
        (draft.revises, draft.ground) = (Some(revises), Some("stated-by-source".into()));
        match prepare::seal(&self.source, &self.source.node.submitter.state(), draft, &id) {
            Ok(sealed) => self.submit(line, sealed, What::Document { record, revision: true, statuses }).await,
            Err(reason) => {
                self.bad(line, reason);
                Place::Failed
            }
        }
    }

    async fn statuses(&mut self, line: u64, target: Reference, statuses: Vec<Status>) {
        for Status { id, fate } in statuses {
            let core = statement::Status {
                agency: self.source.archive.clone(),
                target,
                kind: fate.kind,
                effective: None,
                ground: fate.ground.into(),
                by: None,
            };
            let state = self.source.node.submitter.state();
            let signed = statement::core_line("status", &id, &core)
                .map_err(|error| error.to_string())
                .and_then(|core| prepare::sign(&self.source, &state, &statement::text(state.origin(), &core, None)));
            match signed {
                Ok((note, verified)) => {
                    self.submit(line, Sealed { note, verified, contents: vec![] }, What::Status).await;
                }
                Err(reason) => self.bad(line, reason),
            }
        }
    }

    /// Waits for room in the queue, not for the receipt.
    async fn submit(&mut self, line: u64, sealed: Sealed, what: What) -> Place {
        if self.failed.is_some() {
            return Place::Failed;
        }
        let bytes = sealed.contents.iter().filter_map(|content| content.bytes.as_ref()).map(Vec::len).sum();
        match self.source.node.submitter.sealed(sealed.note, sealed.verified, sealed.contents).await {
            Ok(waiting) => {
                self.bytes += bytes;
                self.window.push_back(InFlight { waiting, line, bytes, what });
                Place::Underway
            }
            Err(error) => {
                self.refused(line, error);
                Place::Failed
            }
        }
    }

    /// A statement that may not be logged is a bad line; trouble with the chain itself stops the import.
    fn refused(&mut self, line: u64, error: SubmitError) {
        match error {
            SubmitError::Refused(_) | SubmitError::PartMissing(_) | SubmitError::PartDiffers(_) => self.bad(line, error.to_string()),
            error => drop(self.failed.get_or_insert(error)),
        }
    }

    /// Takes receipts, oldest first, until no more than this many statements and bytes are in flight.
    async fn settle(&mut self, most: usize, most_bytes: usize) -> Result<(), ImportError> {
        while self.window.len() > most || self.bytes > most_bytes {
            let Some(InFlight { waiting, line, bytes, what }) = self.window.pop_front() else { break };
            self.bytes -= bytes;
            let answer = waiting.await.unwrap_or(Err(SubmitError::Stopped));
            self.answered(line, what, answer).await?;
        }
        Ok(())
    }

    async fn answered(&mut self, line: u64, what: What, answer: Result<Receipt, SubmitError>) -> Result<(), ImportError> {
        match (what, answer) {
            (What::Status, Ok(receipt)) => {
                self.report.statuses += u64::from(!receipt.repeated);
                Ok(())
            }
            (What::Status, Err(error)) => {
                self.refused(line, error);
                Ok(())
            }
            (What::Document { record, revision, statuses }, Ok(receipt)) => {
                if receipt.repeated {
                    self.report.present += 1;
                } else {
                    self.report.added += 1;
                    self.report.revisions += u64::from(revision);
                }
                self.place(&record, Place::At(receipt.index, receipt.leaf));
                let waiting = self.deferred.remove(&record).unwrap_or_default();
                if statuses.is_empty() && waiting.is_empty() {
                    return Ok(());
                }
                let target = self.reference(receipt.index, receipt.leaf).await?;
                self.statuses(line, target, statuses).await;
                for deferred in waiting {
                    let name = deferred.record.clone();
                    let place = self.revise(deferred, target).await;
                    self.place(&name, place);
                    if matches!(place, Place::Failed) {
                        self.abandon(&name);
                    }
                }
                Ok(())
            }
            (What::Document { record, .. }, Err(error)) => {
                self.refused(line, error);
                self.place(&record, Place::Failed);
                self.abandon(&record);
                Ok(())
            }
        }
    }

    fn place(&mut self, record: &str, place: Place) {
        if let Some((known, _)) = self.places.get_mut(record) {
            *known = place;
        }
    }

    /// What waited for a record that was not imported is not imported either.
    fn abandon(&mut self, record: &str) {
        let mut gone = vec![record.to_owned()];
        while let Some(record) = gone.pop() {
            for Deferred { line, record: waiting, .. } in self.deferred.remove(&record).unwrap_or_default() {
                if self.failed.is_none() {
                    self.bad(line, format!("it supersedes {record:?}, which was not imported"));
                }
                self.place(&waiting, Place::Failed);
                gone.push(waiting);
            }
        }
    }
}
