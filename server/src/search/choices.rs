//! What there is to choose from in a filter: the values that most documents have.

use super::Error;
use super::index::{Index, guarded};
use std::collections::HashMap;
use std::sync::Arc;
use tantivy::TantivyError;

impl Index {
    /// Sealing agencies by id and stated agencies by name, those of most documents first, `most` of them. Documents of which a
    /// newer version is there count with it. Gone through once for each state of the index.
    pub fn agencies(&self, most: usize) -> Result<Arc<[String]>, Error> {
        if let Some((asked, known)) = &self.seen().agencies
            && *asked == most
        {
            return Ok(known.clone());
        }
        let found = guarded(|| {
            let mut documents = HashMap::<String, u64>::new();
            for segment in self.reader.searcher().segment_readers() {
                let index = segment.inverted_index(self.fields.agency)?;
                let mut stream = index.terms().stream().map_err(TantivyError::from)?;
                while stream.advance() {
                    let name = String::from_utf8_lossy(stream.key()).into_owned();
                    *documents.entry(name).or_default() += u64::from(stream.value().doc_freq);
                }
            }
            let mut documents: Vec<_> = documents.into_iter().collect();
            documents.sort_unstable_by(|(a, of_a), (b, of_b)| of_b.cmp(of_a).then_with(|| a.cmp(b)));
            Ok(documents.into_iter().take(most).map(|(name, _)| name).collect::<Arc<[String]>>())
        })?;
        self.seen().agencies = Some((most, found.clone()));
        Ok(found)
    }
}
