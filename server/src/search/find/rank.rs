//! The second ranking of the best hits: by title, by number, and by words that stand as the query has them.

use std::collections::HashMap;

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{EnableScoring, Query as EngineQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

use super::{Found, Search, Unit};
use crate::search::Error;
use crate::search::fields::whole_term;

/// What a word in the title adds, in units of its rarity.
const TITLE_WORD: Score = 1.5;
/// What a stretch of the query adds where it stands in the text, and in the title; in units of its words' rarity.
const TEXT_STRETCH: Score = 0.5;
const TITLE_STRETCH: Score = 1.0;
/// A document whose number is asked for comes first.
const NUMBER: Score = 10_000.0;

/// Postings of the words of the query in one field of one segment, read forwards.
struct Cursor {
    postings: HashMap<String, SegmentPostings>,
}

impl Cursor {
    fn open(segment: &SegmentReader, field: Field, words: &[&String]) -> Result<Self, Error> {
        let reader = segment.inverted_index(field)?;
        let mut postings = HashMap::new();
        for word in words {
            let found = reader
                .read_postings(&Term::from_field_text(field, word), IndexRecordOption::WithFreqsAndPositions)
                .map_err(TantivyError::from)?;
            if let Some(found) = found {
                postings.insert((*word).clone(), found);
            }
        }
        Ok(Self { postings })
    }

    /// Whether `doc` has the word. Documents must be asked for in rising order.
    fn has(&mut self, word: &str, doc: u32) -> bool {
        let Some(postings) = self.postings.get_mut(word) else { return false };
        if postings.doc() < doc {
            postings.seek(doc);
        }
        postings.doc() == doc
    }

    /// Whether the words stand in `doc` at these distances. Only asked of words `doc` has.
    fn stands(&mut self, words: &[(usize, String)], doc: u32, buffers: &mut [Vec<u32>; 2]) -> bool {
        let [starts, places] = buffers;
        for (nth, (offset, word)) in words.iter().enumerate() {
            if !self.has(word, doc) {
                return false;
            }
            let Some(postings) = self.postings.get_mut(word) else { return false };
            postings.positions(places);
            let offset = *offset as u32;
            if nth == 0 {
                starts.clear();
                starts.extend(places.iter().filter_map(|p| p.checked_sub(offset)));
            } else {
                starts.retain(|start| places.binary_search(&(start + offset)).is_ok());
            }
            if starts.is_empty() {
                return false;
            }
        }
        true
    }
}

impl Search<'_> {
    /// Ranks hits again; best first, and of equals the newest.
    pub(super) fn rank(&self, mut hits: Vec<(Score, DocAddress)>) -> Result<Vec<Found>, Error> {
        hits.sort_unstable_by_key(|(_, at)| *at);
        let mut rarity: HashMap<&String, Score> = HashMap::new();
        let stretches: Vec<_> = self.reading.stretches.iter().collect();
        for unit in self.reading.units.iter().chain(stretches.iter().copied()) {
            for (_, word) in &unit.0 {
                if !rarity.contains_key(word) {
                    rarity.insert(word, self.rarity(word)?);
                }
            }
        }
        let words: Vec<&String> = rarity.keys().copied().collect();
        let mut required: Vec<&String> = self.reading.units.iter().flat_map(|u| u.0.iter().map(|(_, w)| w)).collect();
        required.sort_unstable();
        required.dedup();
        let sum = |words: &[(usize, String)]| words.iter().filter_map(|(_, w)| rarity.get(w)).sum::<Score>();
        // A stretch that must stand anyway tells hits apart in titles only.
        let must_stand = |stretch: &Unit| self.reading.units.len() == 1 && self.reading.units[0] == *stretch;
        let mut buffers = [Vec::new(), Vec::new()];
        let mut out = Vec::with_capacity(hits.len());
        for group in hits.chunk_by(|a, b| a.1.segment_ord == b.1.segment_ord) {
            let segment = self.searcher.segment_reader(group[0].1.segment_ord);
            let order = segment.fast_fields().u64("order")?;
            let mut cursors = Vec::new();
            for &(text, title) in &self.fields {
                cursors.push((Cursor::open(segment, text, &words)?, Cursor::open(segment, title, &words)?));
            }
            let mut numbers = Vec::new();
            for number in &self.reading.numbers {
                let field = self.index.fields.number;
                let found = segment.inverted_index(field)?.read_postings(&whole_term(field, number), IndexRecordOption::Basic);
                numbers.extend(found.map_err(TantivyError::from)?);
            }
            for &(mut score, at) in group {
                let doc = at.doc_id;
                for (text, title) in &mut cursors {
                    let in_title = required.iter().filter(|w| title.has(w, doc)).filter_map(|w| rarity.get(*w)).sum::<Score>();
                    score += TITLE_WORD * in_title;
                    for stretch in &stretches {
                        if !must_stand(stretch) && text.stands(&stretch.0, doc, &mut buffers) {
                            score += TEXT_STRETCH * sum(&stretch.0);
                        }
                        if title.stands(&stretch.0, doc, &mut buffers) {
                            score += TITLE_STRETCH * sum(&stretch.0);
                        }
                    }
                }
                for number in &mut numbers {
                    if number.doc() < doc {
                        number.seek(doc);
                    }
                    if number.doc() == doc {
                        score += NUMBER;
                    }
                }
                out.push(Found { score, order: order.first(doc).unwrap_or_default(), at });
            }
        }
        out.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(b.order.cmp(&a.order)));
        Ok(out)
    }

    /// Inverse document frequency of a word in the fields searched.
    fn rarity(&self, word: &str) -> Result<Score, Error> {
        let mut with = 0;
        for (text, _) in &self.fields {
            with += self.searcher.doc_freq(&Term::from_field_text(*text, word))?;
        }
        let all = self.searcher.num_docs().max(with);
        Ok((1.0 + ((all - with) as Score + 0.5) / (with as Score + 0.5)).ln())
    }

    /// The score by words alone of hits that the first ranking left outside the window.
    pub(super) fn word_scores(&self, engine: &dyn EngineQuery, mut hits: Vec<DocAddress>) -> Result<Vec<(Score, DocAddress)>, Error> {
        let weight = engine.weight(EnableScoring::enabled_from_searcher(&self.searcher)).map_err(Error::from)?;
        hits.sort_unstable();
        let mut out = Vec::with_capacity(hits.len());
        for group in hits.chunk_by(|a, b| a.segment_ord == b.segment_ord) {
            let mut scorer = weight.scorer(self.searcher.segment_reader(group[0].segment_ord), 1.0)?;
            for at in group {
                if scorer.doc() < at.doc_id {
                    scorer.seek(at.doc_id);
                }
                if scorer.doc() == at.doc_id && at.doc_id != TERMINATED {
                    out.push((scorer.score(), *at));
                }
            }
        }
        Ok(out)
    }
}
