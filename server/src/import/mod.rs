//! Importing: documents that others published, each sealed by the portal's archive as a copy, never in another body's name.
//!
//! Statement ids are derived from file, record and content, so a run that was stopped, or one on the same file again,
//! finds what is logged already. Lines are read, judged, salted and sealed two chunks at a time beside the sequencer;
//! nothing waits for a receipt but what must name an entry by it: a revision, a status.
//! Records are looked through for numbers of persons apart from that, by a run that imports nothing.

mod looked;
mod prepare;
mod progress;
mod read;
mod record;
mod run;

pub use looked::{Personal, check};
pub use progress::{Bar, Progress, Silent};

use crate::{
    node::{ARCHIVE, Node},
    sequencer::SubmitError,
    store::StoreError,
};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// Most bad lines a report keeps word for word; all are counted.
pub const MOST_KEPT: usize = 1_000;

/// Why an import could not go on. What was logged stays, and the next run goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    #[error("{0} has no name that ends in .jsonl or .jsonl.gz")]
    Name(PathBuf),
    #[error("this process does not keep the seal of {0:?}, which seals copies")]
    NoSeal(String),
    #[error("{0:?}, which seals copies, has no registration in this chain under which its seal here is good")]
    NoArchive(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the import stopped after {} new documents, which are kept: {error}; run it again to go on from there", .report.added)]
    Sequencing { error: SubmitError, report: Box<Report> },
    #[error("a part of the import ended unexpectedly")]
    Task,
}

/// A line that was not imported, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    pub file: PathBuf,
    /// From 1.
    pub line: u64,
    pub reason: String,
}

/// What became of the lines read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Lines read, empty ones left out.
    pub lines: u64,
    /// Documents logged by this run.
    pub added: u64,
    /// Documents that had been logged before.
    pub present: u64,
    /// Of those added, how many revise another.
    pub revisions: u64,
    /// Statuses (withdrawn, lapsed) logged by this run.
    pub statuses: u64,
    /// Records that were looked through and not imported.
    pub looked: u64,
    /// Of those, how many have what looks like numbers of persons.
    pub personal: u64,
    /// Lines not imported.
    pub bad: u64,
    /// The first [`MOST_KEPT`] of them.
    pub bad_lines: Vec<BadLine>,
    /// It was asked to stop before the last line.
    pub stopped: bool,
}

/// Asks an import to stop reading; what was submitted is still waited for.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
    #[must_use]
    pub fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A file that will be imported.
#[derive(Debug)]
pub struct Opened {
    path: PathBuf,
    stem: String,
    file: std::fs::File,
    bytes: u64,
}

/// Opens files of one JSON object a line, `.jsonl` or `.jsonl.gz`: all of them, so that a misspelt name is told before an hour of
/// work.
pub fn open(files: &[PathBuf]) -> Result<Vec<Opened>, ImportError> {
    let open = |path: &PathBuf| {
        let stem = stem(path).ok_or_else(|| ImportError::Name(path.clone()))?;
        let file_error = |error| ImportError::File(path.clone(), error);
        let file = std::fs::File::open(path).map_err(file_error)?;
        let metadata = file.metadata().map_err(file_error)?;
        if metadata.is_dir() {
            return Err(file_error(std::io::ErrorKind::IsADirectory.into()));
        }
        Ok(Opened { path: path.clone(), stem, file, bytes: metadata.len() })
    };
    files.iter().map(open).collect()
}

/// Imports files in the order given.
pub async fn import(node: &Node, files: &[PathBuf], stop: &Stop, progress: &dyn Progress) -> Result<Report, ImportError> {
    import_opened(node, open(files)?, stop, progress).await
}

/// The same with files that were opened before.
pub async fn import_opened(node: &Node, files: Vec<Opened>, stop: &Stop, progress: &dyn Progress) -> Result<Report, ImportError> {
    let archive = node.sibling(ARCHIVE);
    let state = node.submitter.state();
    let Some(seal) = node.sealer(&archive, &state) else { return Err(ImportError::NoSeal(archive)) };
    if state.may_seal(seal.vkey()).is_err() {
        return Err(ImportError::NoArchive(archive));
    }
    progress.start(files.iter().map(|file| file.bytes).sum());
    let mut report = Report::default();
    let mut before = 0;
    for Opened { path, stem, file, bytes } in files {
        if stop.asked() {
            report.stopped = true;
            break;
        }
        run::file(node, &archive, (&path, &stem, file), before, stop, progress, &mut report).await?;
        before += bytes;
        progress.at(&report, before);
    }
    progress.done(&report);
    Ok(report)
}

/// `uk-gender-pay-gap` of `…/uk-gender-pay-gap.jsonl.gz`: part of what makes a statement's id.
fn stem(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let name = name.strip_suffix(".gz").unwrap_or(name);
    name.strip_suffix(".jsonl").filter(|stem| !stem.is_empty()).map(str::to_owned)
}

impl Report {
    fn bad(&mut self, progress: &dyn Progress, file: &Path, line: u64, reason: String) {
        let bad = BadLine { file: file.to_path_buf(), line, reason };
        progress.bad(&bad);
        self.bad += 1;
        if self.bad_lines.len() < MOST_KEPT {
            self.bad_lines.push(bad);
        }
    }
}
