//! What the index keeps of each document beside its words, for whoever compares it with the log.

use std::sync::Arc;

use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, SegmentReader, TERMINATED, TantivyError};

use super::Error;
use super::fields::{date_of, index_of};
use super::index::{Index, guarded};

/// One document as it can be filtered and sorted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kept {
    pub index: u64,
    pub document: u64,
    /// yyyymmdd.
    pub date: u32,
    pub language: Arc<str>,
    /// A [`super::State`]'s code.
    pub state: Arc<str>,
}

impl Index {
    /// Every document, by entry.
    pub fn kept(&self) -> Result<Vec<Kept>, Error> {
        guarded(|| {
            let mut kept = Vec::new();
            for segment in self.reader.searcher().segment_readers() {
                let (order, document) = (segment.fast_fields().u64("order")?, segment.fast_fields().u64("document")?);
                let (language, state) = (terms(segment, self.fields.language)?, terms(segment, self.fields.state)?);
                for doc in segment.doc_ids_alive() {
                    let order = order.first(doc).unwrap_or_default();
                    kept.push(Kept {
                        index: index_of(order),
                        document: document.first(doc).unwrap_or_default(),
                        date: date_of(order),
                        language: language[doc as usize].clone(),
                        state: state[doc as usize].clone(),
                    });
                }
            }
            kept.sort_unstable();
            Ok(kept)
        })
    }
}

/// The one term that each document of a segment has in `field`.
fn terms(segment: &SegmentReader, field: Field) -> Result<Vec<Arc<str>>, Error> {
    let mut of = vec![Arc::from(""); segment.max_doc() as usize];
    let index = segment.inverted_index(field)?;
    let mut stream = index.terms().stream().map_err(TantivyError::from)?;
    while stream.advance() {
        let term: Arc<str> = String::from_utf8_lossy(stream.key()).into();
        let mut postings = index.read_postings_from_terminfo(stream.value(), IndexRecordOption::Basic).map_err(TantivyError::from)?;
        while postings.doc() != TERMINATED {
            if let Some(place) = of.get_mut(postings.doc() as usize) {
                *place = term.clone();
            }
            postings.advance();
        }
    }
    Ok(of)
}
