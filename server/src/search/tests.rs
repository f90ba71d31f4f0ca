//! What searching promises, tried on small texts of a city that does not exist: what the tests share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::cell::RefCell;
use std::collections::HashMap;

use super::*;

mod finding;
mod keeping;
mod listing;

/// An index and the texts a store would hold for it.
struct Shelf {
    dir: tempfile::TempDir,
    texts: RefCell<HashMap<u64, String>>,
}

impl Shelf {
    fn new(documents: Vec<Document>) -> (Self, Index) {
        let shelf = Self { dir: tempfile::tempdir().unwrap(), texts: RefCell::default() };
        let (index, opening) = Index::open(shelf.dir.path()).unwrap();
        assert_eq!(opening, Opening::Created);
        let covered = documents.len() as u64;
        shelf.put(&index, documents, covered);
        (shelf, index)
    }

    fn put(&self, index: &Index, documents: Vec<Document>, covered: u64) {
        self.texts.borrow_mut().extend(documents.iter().map(|d| (d.index, d.body.clone())));
        let batch = documents.into_iter().map(|d| Change::Put(Box::new(d))).collect();
        index.writer(Budget::Live).unwrap().apply(batch, covered).unwrap();
    }

    fn search(&self, index: &Index, query: &Query) -> Hits {
        index.search(query).unwrap()
    }

    /// Entries found, best first.
    fn find(&self, index: &Index, text: &str) -> Vec<u64> {
        entries(&self.search(index, &Query { text: text.into(), ..Query::default() }))
    }
}

fn entries(hits: &Hits) -> Vec<u64> {
    hits.hits.iter().map(|h| h.index).collect()
}

fn sorted(mut entries: Vec<u64>) -> Vec<u64> {
    entries.sort_unstable();
    entries
}

fn document(index: u64, title: &str, body: &str) -> Document {
    let chinese = title.contains(|c: char| c > '\u{2FFF}');
    Document {
        index,
        document: index,
        language: if chinese { "zh" } else { "en" }.into(),
        title: title.into(),
        body: body.into(),
        agency: "qinghe.example/works".into(),
        agency_name: if chinese { "青禾市建设局" } else { "Qinghe Works Bureau" }.into(),
        stated_agency: None,
        genre: None,
        theme: None,
        document_number: None,
        index_number: None,
        subjects: Vec::new(),
        keywords: Vec::new(),
        summary: None,
        stated: Some(20_260_101 + index as u32 % 28),
        logged: 1_767_225_600_000,
        state: State::Current,
        standing: Some(app::view::Standing::InForce),
        effective: None,
        expires: None,
    }
}
