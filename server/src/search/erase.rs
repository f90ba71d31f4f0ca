//! Erasure: writing again the index files that still hold words of an erased document.
//!
//! The engine only marks a deleted document; its words stay in the segment's files until the segment is
//! merged. So an erasure is remembered in the commit that deletes (and survives a crash there), the
//! segments that hold the document are merged, which drops its postings, positions and any term that
//! stood nowhere else, and the old files are removed. Nothing of a text is stored beside its words.
//! The freed blocks belong to the file system from then on.

use std::collections::BTreeSet;
use std::path::Path;

use tantivy::index::SegmentId;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED};

use super::Error;
use super::index::{Index, Writer};

impl Index {
    /// Entries taken out whose words are still in some file of the index.
    pub fn erasing(&self) -> Vec<u64> {
        self.seen().note.erasing.iter().copied().collect()
    }

    /// Segments in which `entry` has a deleted document.
    fn segments_with_remains(&self, entry: u64) -> Result<Vec<SegmentId>, Error> {
        let mut found = Vec::new();
        for segment in self.reader.searcher().segment_readers() {
            let postings = segment
                .inverted_index(self.fields.index)?
                .read_postings(&self.fields.entry(entry), IndexRecordOption::Basic)
                .map_err(tantivy::TantivyError::from)?;
            let Some(mut postings) = postings else { continue };
            while postings.doc() != TERMINATED {
                if segment.is_deleted(postings.doc()) {
                    found.push(segment.segment_id());
                    break;
                }
                postings.advance();
            }
        }
        Ok(found)
    }
}

impl Writer<'_> {
    /// Begins what erasure is due and notes what is done. Does not wait for merges: call again, as every
    /// [`Writer::apply`] does, or [`Writer::finish`].
    pub fn erase(&mut self) -> Result<(), Error> {
        self.step(false).map(|_| ())
    }

    /// Removes files that no commit and no work of this writer knows, as a killed process leaves them.
    /// Whether files of segments remain that no commit names: those of a merge under way.
    pub(super) fn sweep(&self) -> Result<bool, Error> {
        let dir = &self.index.dir;
        let io = |source| Error::Io { path: dir.clone(), source };
        // In this order: a file is known before it exists, and before a commit names it.
        let names: Vec<_> = std::fs::read_dir(dir).and_then(|d| d.map(|e| e.map(|e| e.file_name())).collect()).map_err(io)?;
        let known = self.engine.seen()?.index().directory().list_managed_files();
        let live: BTreeSet<String> = self.engine.seen()?.index().searchable_segment_ids()?.iter().map(SegmentId::uuid_string).collect();
        let mut loose = false;
        for name in names {
            let text = name.to_string_lossy();
            let segment = text.split('.').next().unwrap_or_default();
            let of_segment = segment.len() == 32 && segment.bytes().all(|b| b.is_ascii_hexdigit());
            if !of_segment || live.contains(segment) {
                continue;
            }
            if known.contains(Path::new(&name)) {
                loose = true;
            } else {
                std::fs::remove_file(dir.join(&name)).map_err(io)?;
            }
        }
        Ok(loose)
    }

    /// Whether anything is left to erase afterwards.
    fn step(&mut self, wait: bool) -> Result<bool, Error> {
        if self.note.erasing.is_empty() {
            return Ok(false);
        }
        self.index.refresh()?;
        let mut gone = Vec::new();
        let mut segments = Vec::new();
        for &entry in &self.note.erasing {
            let remains = self.index.segments_with_remains(entry)?;
            if remains.is_empty() {
                gone.push(entry);
            }
            segments.extend(remains);
        }
        segments.sort();
        segments.dedup();
        for segment in segments {
            // One at a time: the work is the same, and a segment that a running merge has taken refuses
            // alone. That merge drops the words too; the next step will see it.
            let merge = self.engine.get()?.merge(&[segment]);
            if wait && let Err(error) = merge.wait() {
                tracing::debug!(%error, "segment is being merged already");
            }
        }
        if !gone.is_empty() {
            // The files that held the words go first; then nothing is owed any more.
            self.engine.get()?.garbage_collect_files().wait()?;
            if self.sweep()? {
                return Ok(true);
            }
            for entry in gone {
                self.note.erasing.remove(&entry);
            }
            let mut prepared = self.engine.get()?.prepare_commit()?;
            prepared.set_payload(&self.note.payload());
            prepared.commit()?;
            self.index.refresh()?;
        }
        Ok(!self.note.erasing.is_empty())
    }
}

/// Erases until nothing is left to erase.
pub(super) fn finish(writer: &mut Writer<'_>) -> Result<(), Error> {
    while writer.step(true)? {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    Ok(())
}
