//! The index on disk: opening and rebuilding it, the commit that carries the tree size, reading after it.

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tantivy::directory::{Directory, INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::index::SegmentId;
use tantivy::indexer::{IndexWriter, IndexWriterOptions, LogMergePolicy};
use tantivy::store::Compressor;
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};
use tantivy::{IndexReader, IndexSettings, ReloadPolicy, TantivyError};

use super::fields::{self, Fields};
use super::words::Words;
use super::{Change, Document, Error, erase};

/// The search index of one data folder.
pub struct Index {
    pub(super) index: tantivy::Index,
    pub(super) reader: IndexReader,
    pub(super) fields: Fields,
    pub(super) dir: PathBuf,
    /// What `reader` was loaded from, and the counts of queries asked since.
    pub(super) seen: Mutex<Seen>,
}

#[derive(Default)]
pub(super) struct Seen {
    /// Segments with their deletions, and the stamp of the commit.
    state: Option<(u64, Vec<(SegmentId, u32)>)>,
    pub note: Note,
    pub counts: HashMap<u64, u64>,
    /// How many were asked for, and those.
    pub agencies: Option<(usize, Arc<[String]>)>,
}

/// How an index was found.
#[derive(Debug, PartialEq, Eq)]
pub enum Opening {
    Created,
    Resumed,
    /// It could not be read, for this reason, and was begun anew: it covers nothing yet.
    Rebuilt(String),
}

/// How much memory the writer may take for words not yet on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Budget {
    /// Two threads, 200 MB: an import, or catching up after one.
    Bulk,
    /// One thread, 16 MB: following the log entry by entry.
    Live,
}

/// What a commit says about itself, in the index's own record of it: version, tree size covered,
/// entries whose words are not yet gone from the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Note {
    pub covered: u64,
    pub erasing: BTreeSet<u64>,
}

impl Note {
    fn parse(payload: Option<&str>) -> Option<Self> {
        let mut words = payload?.split(' ');
        (words.next()? == format!("gazette-search/{}", fields::VERSION)).then_some(())?;
        let covered = words.next()?.parse().ok()?;
        let erasing = words.map(str::parse).collect::<Result<_, _>>().ok()?;
        Some(Self { covered, erasing })
    }

    pub(super) fn payload(&self) -> String {
        let mut out = format!("gazette-search/{} {}", fields::VERSION, self.covered);
        for index in &self.erasing {
            out.push_str(&format!(" {index}"));
        }
        out
    }
}

impl Index {
    /// Opens the index in `dir`, or begins one. An index of another version, or one that cannot be read,
    /// is removed and begun anew. Fails if the folder itself cannot be used, or another process is writing
    /// an index that would have to be rebuilt.
    pub fn open(dir: &Path) -> Result<(Self, Opening), Error> {
        let io = |source| Error::Io { path: dir.to_owned(), source };
        std::fs::create_dir_all(dir).map_err(io)?;
        let meta = dir.join("meta.json");
        if !meta.try_exists().map_err(io)? {
            // Files without a record of a commit are what a crash before the first one left.
            return Ok((Self::begin(dir)?, Opening::Created));
        }
        // A damaged file may make the engine panic rather than answer.
        let attempt = catch_unwind(|| Self::resume(dir)).unwrap_or_else(|_| Err(Error::Damaged("reading it panicked".into())));
        match attempt {
            Ok(index) => Ok((index, Opening::Resumed)),
            Err(error) if rebuildable(&error) => {
                tracing::warn!(%error, dir = %dir.display(), "search index is unreadable; building it again");
                Ok((Self::begin(dir)?, Opening::Rebuilt(error.to_string())))
            }
            Err(error) => Err(error),
        }
    }

    /// The index in `dir` as it is, whatever that is; none where there is none. Nothing is made, mended or begun anew.
    pub fn look(dir: &Path) -> Result<Option<Self>, Error> {
        let meta = dir.join("meta.json");
        if !meta.try_exists().map_err(|source| Error::Io { path: meta, source })? {
            return Ok(None);
        }
        guarded(|| Self::resume(dir)).map(Some)
    }

    fn resume(dir: &Path) -> Result<Self, Error> {
        let index = opened(dir)?;
        let (schema, fields) = fields::schema();
        if index.schema() != schema {
            return Err(Error::Damaged("it was written with another schema".into()));
        }
        let metas = index.load_metas()?;
        if metas.payload.is_none() && metas.segments.is_empty() {
            return Self::with(index, fields, dir);
        }
        if Note::parse(metas.payload.as_deref()).is_none() {
            return Err(Error::Damaged("it was written by another version".into()));
        }
        Self::with(index, fields, dir)
    }

    /// An empty index in place of whatever is in `dir`.
    fn begin(dir: &Path) -> Result<Self, Error> {
        let io = |source| Error::Io { path: dir.to_owned(), source };
        let directory = directory(dir)?;
        let lock = directory.acquire_lock(&INDEX_WRITER_LOCK).map_err(TantivyError::from)?;
        for entry in std::fs::read_dir(dir).map_err(io)? {
            let path = entry.map_err(io)?.path();
            if path.is_file() && path.file_name() != INDEX_WRITER_LOCK.filepath.file_name() {
                std::fs::remove_file(&path).map_err(io)?;
            }
        }
        let (schema, fields) = fields::schema();
        let settings = IndexSettings { docstore_compression: Compressor::None, ..IndexSettings::default() };
        let index = tantivy::Index::create(directory, schema, settings)?;
        drop(lock);
        Self::with(index, fields, dir)
    }

    fn with(mut index: tantivy::Index, fields: Fields, dir: &Path) -> Result<Self, Error> {
        cut_words(&mut index);
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let index = Self { index, reader, fields, dir: dir.to_owned(), seen: Mutex::default() };
        index.refresh()?;
        Ok(index)
    }

    /// Tree size the index covers, as of the last [`Index::refresh`] or commit of this process.
    pub fn covered(&self) -> u64 {
        self.seen().note.covered
    }

    /// Documents in the index, replaced versions among them.
    pub fn documents(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// Sees what another process committed. Cheap when nothing changed. Says whether anything had.
    pub fn refresh(&self) -> Result<bool, Error> {
        let metas = self.index.load_metas()?;
        let segments = metas.segments.iter().map(|s| (s.id(), s.num_deleted_docs())).collect();
        let state = Some((metas.opstamp, segments));
        let mut seen = self.seen();
        if state == seen.state {
            return Ok(false);
        }
        self.reader.reload()?;
        let note = Note::parse(metas.payload.as_deref()).unwrap_or_default();
        *seen = Seen { state, note, ..Seen::default() };
        Ok(true)
    }

    /// Forgets the counts remembered, so that a measurement sees what a first search costs.
    #[doc(hidden)]
    pub fn forget(&self) {
        self.seen().counts.clear();
    }

    /// Reads every file of the index against its checksum; the names of those that are damaged.
    pub fn damaged(&self) -> Result<Vec<PathBuf>, Error> {
        // The list of files is as old as the opening.
        Ok(opened(&self.dir)?.validate_checksum()?.into_iter().collect())
    }

    /// The one writer of the index; [`Error::Busy`] while another process has it.
    pub fn writer(&self, budget: Budget) -> Result<Writer<'_>, Error> {
        let (threads, memory) = match budget {
            Budget::Bulk => (2, 100_000_000),
            Budget::Live => (1, 16_000_000),
        };
        let options =
            IndexWriterOptions::builder().num_worker_threads(threads).memory_budget_per_thread(memory).num_merge_threads(1).build();
        // Opened anew: the engine's list of the files it made is as old as its opening, and another process
        // may have written since. Two openings, two lists, and the older would forget files.
        let engine: IndexWriter = opened(&self.dir)?.writer_with_options(options)?;
        let mut merging = LogMergePolicy::default();
        // A segment that is a third dead is worth writing again.
        merging.set_del_docs_ratio_before_merge(0.3);
        engine.set_merge_policy(Box::new(merging));
        self.refresh()?;
        let note = self.seen().note.clone();
        let writer = Writer { index: self, engine: Engine(Some(engine)), note };
        writer.sweep()?;
        Ok(writer)
    }

    pub(super) fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        // What it guards is only ever replaced whole.
        self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Writes the index; at most one exists for a folder.
pub struct Writer<'a> {
    pub(super) index: &'a Index,
    pub(super) engine: Engine,
    pub(super) note: Note,
}

impl Writer<'_> {
    /// Tree size covered by the last commit.
    pub fn covered(&self) -> u64 {
        self.note.covered
    }

    /// Applies a batch and commits it together with `covered`, the tree size the index covers from then on.
    /// All of it or, after a crash or an error, nothing. Readers of this process see it on return.
    pub fn apply(&mut self, batch: Vec<Change>, covered: u64) -> Result<(), Error> {
        let outcome = self.commit(batch, covered);
        if outcome.is_err() {
            self.engine.get()?.rollback()?;
        }
        outcome?;
        self.index.refresh()?;
        self.erase()
    }

    pub(super) fn commit(&mut self, batch: Vec<Change>, covered: u64) -> Result<(), Error> {
        let mut note = Note { covered, erasing: self.note.erasing.clone() };
        // Only the last word on each entry counts.
        let mut last: HashMap<u64, usize> = HashMap::with_capacity(batch.len());
        for (at, change) in batch.iter().enumerate() {
            match change {
                Change::Put(document) => _ = last.insert(document.index, at),
                Change::Erase { index } => {
                    last.remove(index);
                    // Nothing of an entry above the covered size has reached a file.
                    if *index < self.note.covered {
                        note.erasing.insert(*index);
                        self.engine.get()?.delete_term(self.index.fields.entry(*index));
                    }
                }
            }
        }
        for (at, change) in batch.into_iter().enumerate() {
            if let Change::Put(document) = change
                && last.get(&document.index) == Some(&at)
            {
                self.put(&document)?;
            }
        }
        let mut prepared = self.engine.get()?.prepare_commit()?;
        prepared.set_payload(&note.payload());
        prepared.commit()?;
        self.note = note;
        Ok(())
    }

    fn put(&mut self, document: &Document) -> Result<(), Error> {
        if document.index < self.note.covered {
            self.engine.get()?.delete_term(self.index.fields.entry(document.index));
        }
        self.engine.get()?.add_document(self.index.fields.document(document))?;
        Ok(())
    }

    /// Waits until merging is done and every erased word is gone from the files, then lets the writer go.
    pub fn finish(mut self) -> Result<(), Error> {
        erase::finish(&mut self)?;
        let Self { index, mut engine, .. } = self;
        engine.rest()?;
        index.refresh()?;
        Ok(())
    }
}

/// The engine's writer. Let go, it waits for its merges: one that outlived the lock could undo what the
/// next writer commits.
pub(super) struct Engine(Option<IndexWriter>);

impl Engine {
    pub(super) fn get(&mut self) -> Result<&mut IndexWriter, Error> {
        self.0.as_mut().ok_or(Error::Busy)
    }

    pub(super) fn seen(&self) -> Result<&IndexWriter, Error> {
        self.0.as_ref().ok_or(Error::Busy)
    }

    fn rest(&mut self) -> Result<(), Error> {
        self.0.take().map_or(Ok(()), IndexWriter::wait_merging_threads).map_err(Error::from)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Err(error) = self.rest() {
            tracing::warn!(%error, "search index: a merge failed; its segments stay as they were");
        }
    }
}

fn opened(dir: &Path) -> Result<tantivy::Index, Error> {
    let mut index = tantivy::Index::open(directory(dir)?)?;
    cut_words(&mut index);
    Ok(index)
}

fn cut_words(index: &mut tantivy::Index) {
    let tokenizers = TokenizerManager::default();
    tokenizers.register(fields::WORDS, TextAnalyzer::from(Words::default()));
    index.set_tokenizers(tokenizers);
}

fn directory(dir: &Path) -> Result<MmapDirectory, Error> {
    MmapDirectory::open(dir).map_err(|e| TantivyError::from(e).into())
}

/// Whether an index that gave this error is to be built again. Trouble with the folder or the disk is not
/// a fault of the index: rebuilding would only lose it.
pub(crate) fn rebuildable(error: &Error) -> bool {
    use tantivy::directory::error::OpenReadError;
    let soft = |kind: std::io::ErrorKind| {
        matches!(
            kind,
            std::io::ErrorKind::InvalidData
                | std::io::ErrorKind::UnexpectedEof
                | std::io::ErrorKind::InvalidInput
                | std::io::ErrorKind::NotFound
        )
    };
    match error {
        Error::Damaged(_) => true,
        Error::Busy | Error::Io { .. } => false,
        Error::Engine(engine) => match engine {
            TantivyError::IoError(io) => soft(io.kind()),
            TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. }) => soft(io_error.kind()),
            TantivyError::OpenDirectoryError(_)
            | TantivyError::OpenWriteError(_)
            | TantivyError::LockFailure(..)
            | TantivyError::SystemError(_) => false,
            _ => true,
        },
    }
}

/// Runs something that reads index files: a damaged one may make the engine panic rather than answer.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(Error::Damaged("reading it panicked".into())))
}
