//! Promises about what is on disk: commits, other processes, damage, erasure.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;

#[test]
fn it_reopens_at_its_last_commit_and_says_what_it_covers() {
    let (shelf, index) = Shelf::new(vec![document(0, "One", "x"), document(1, "Two", "x")]);
    assert_eq!(index.covered(), 2);
    {
        // Added and never committed, as by a process that was killed.
        let writer = index.writer(Budget::Live).unwrap();
        writer.engine.seen().unwrap().add_document(index.fields.document(&document(2, "Three", "x"))).unwrap();
    }
    drop(index);
    let (index, opening) = Index::open(shelf.dir.path()).unwrap();
    assert_eq!((opening, index.covered()), (Opening::Resumed, 2));
    assert_eq!(sorted(shelf.find(&index, "x")), [0, 1]);
    shelf.put(&index, vec![document(2, "Three", "x")], 7);
    assert_eq!((index.covered(), index.documents()), (7, 3));
    index.writer(Budget::Live).unwrap().apply(Vec::new(), 9).unwrap();
    assert_eq!(Index::open(shelf.dir.path()).unwrap().0.covered(), 9, "entries that are no documents count");
}

#[test]
fn another_process_s_commits_are_seen_after_a_refresh_and_one_writes_at_a_time() {
    let (shelf, ours) = Shelf::new(vec![document(0, "One", "x")]);
    let (theirs, _) = Index::open(shelf.dir.path()).unwrap();
    {
        let _writer = theirs.writer(Budget::Live).unwrap();
        assert!(matches!(ours.writer(Budget::Live), Err(Error::Busy)));
    }
    shelf.put(&theirs, vec![document(1, "Two", "x")], 2);
    assert_eq!(shelf.find(&ours, "two"), [0u64; 0]);
    assert!(ours.refresh().unwrap());
    assert!(!ours.refresh().unwrap());
    assert_eq!((shelf.find(&ours, "two"), ours.covered()), (vec![1], 2));
}

#[test]
fn an_index_that_cannot_be_read_is_begun_anew_and_says_why() {
    let harm: [fn(&Path); 5] = [
        |meta| std::fs::write(meta, b"{").unwrap(),
        |meta| std::fs::write(meta, b"").unwrap(),
        |meta| std::fs::write(meta, std::fs::read_to_string(meta).unwrap().replace("gazette-search/3", "gazette-search/2")).unwrap(),
        |meta| std::fs::write(meta, std::fs::read_to_string(meta).unwrap().replace("old_title", "alt_title")).unwrap(),
        |meta| {
            let segment = std::fs::read_dir(meta.parent().unwrap())
                .unwrap()
                .map(|e| e.unwrap().path())
                .find(|p| p.extension().is_some_and(|x| x == "idx"))
                .unwrap();
            std::fs::write(&segment, &std::fs::read(&segment).unwrap()[..20]).unwrap();
        },
    ];
    for (nth, harm) in harm.into_iter().enumerate() {
        let (shelf, index) = Shelf::new(vec![document(0, "One", "x")]);
        drop(index);
        harm(&shelf.dir.path().join("meta.json"));
        let (index, opening) = Index::open(shelf.dir.path()).unwrap();
        assert!(matches!(opening, Opening::Rebuilt(_)), "{nth}: {opening:?}");
        assert_eq!((index.covered(), index.documents()), (0, 0), "{nth}");
        shelf.put(&index, vec![document(0, "One", "x")], 1);
        assert_eq!(shelf.find(&index, "one"), [0], "{nth}");
    }
}

#[test]
fn a_folder_that_cannot_be_used_is_an_error_and_nothing_is_rebuilt() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, b"").unwrap();
    assert!(matches!(Index::open(&file), Err(Error::Io { .. })));
    assert!(matches!(Index::open(&file.join("below")), Err(Error::Io { .. })));
}

#[test]
fn a_damaged_file_is_named() {
    let (shelf, index) = Shelf::new(vec![document(0, "One", "x")]);
    assert!(index.damaged().unwrap().is_empty());
    let path = std::fs::read_dir(shelf.dir.path())
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|p| p.extension().is_some_and(|x| x == "term"))
        .unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[3] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(index.damaged().unwrap(), [std::path::PathBuf::from(path.file_name().unwrap())]);
}

/// Every term in every segment file that is on disk under a segment's name.
fn terms_on_disk(index: &Index) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let reader = index.index.reader().unwrap();
    for segment in reader.searcher().segment_readers() {
        for field in [index.fields.text, index.fields.title, index.fields.old, index.fields.number, index.fields.subject] {
            let inverted = segment.inverted_index(field).unwrap();
            let mut terms = inverted.terms().stream().unwrap();
            while terms.advance() {
                out.insert(String::from_utf8_lossy(terms.key()).into_owned());
            }
        }
    }
    out
}

#[test]
fn what_is_erased_is_gone_from_the_files() {
    let mut secret = document(1, "Zyxwomega notice", "The informant Quillfeather lives at Nimbusgate. 玄霄街");
    secret.subjects = vec![("id:qqq777".into(), "Quillfeather".into())];
    secret.document_number = Some("ZZ-777-9".into());
    let (shelf, index) = Shelf::new(vec![document(0, "One", "x"), secret.clone(), document(2, "Three", "x")]);
    assert!(terms_on_disk(&index).contains("quillfeath"));
    let mut writer = index.writer(Budget::Live).unwrap();
    let mut left = document(1, "Removed", "");
    left.state = State::Redacted;
    writer.apply(vec![Change::Erase { index: 1 }, Change::Put(Box::new(left))], 4).unwrap();
    writer.finish().unwrap();
    assert!(index.erasing().is_empty());
    let terms = terms_on_disk(&index);
    for word in ["zyxwomega", "quillfeath", "nimbusg", "玄", "霄", "id:qqq777", "zz-777-9"] {
        assert!(!terms.iter().any(|t| t.starts_with(word)), "{word}");
    }
    assert!(!index.writer(Budget::Live).unwrap().sweep().unwrap(), "no file of an old segment is left");
    for entry in std::fs::read_dir(shelf.dir.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for word in ["uillfeat", "imbusgat", "玄霄", "qqq777"] {
            assert!(!bytes.windows(word.len()).any(|w| w == word.as_bytes()), "{word}");
        }
    }
    assert_eq!(sorted(shelf.find(&index, "x")), [0, 2]);
    assert_eq!(shelf.find(&index, "removed"), [1]);
}

#[test]
fn an_erasure_cut_short_is_finished_by_the_next_writer() {
    let (shelf, index) = Shelf::new(vec![
        document(0, "One", "x"),
        document(1, "Quillfeather", "x"),
        document(2, "Three", "x"),
        document(3, "Four", "x"),
        document(4, "Five", "x"),
    ]);
    {
        // Committed, and killed before any file was written again.
        let mut writer = index.writer(Budget::Live).unwrap();
        writer.commit(vec![Change::Erase { index: 1 }], 5).unwrap();
    }
    drop(index);
    let (index, _) = Index::open(shelf.dir.path()).unwrap();
    assert_eq!((index.erasing(), index.covered()), (vec![1], 5));
    assert!(shelf.find(&index, "quillfeather").is_empty());
    assert!(terms_on_disk(&index).contains("quillfeath"));
    index.writer(Budget::Live).unwrap().finish().unwrap();
    assert_eq!((index.erasing(), index.covered()), (vec![], 5));
    assert!(!terms_on_disk(&index).contains("quillfeath"));
}

#[test]
fn files_another_process_left_are_swept_away() {
    let (shelf, ours) = Shelf::new(vec![document(0, "One", "x")]);
    let (theirs, _) = Index::open(shelf.dir.path()).unwrap();
    for n in 1..30 {
        shelf.put(if n % 2 == 0 { &ours } else { &theirs }, vec![document(n, "Notice", "x")], n + 1);
    }
    let orphan = shelf.dir.path().join("0123456789abcdef0123456789abcdef.term");
    std::fs::write(&orphan, b"words").unwrap();
    theirs.writer(Budget::Live).unwrap().finish().unwrap();
    ours.refresh().unwrap();
    assert_eq!(shelf.search(&ours, &Query { text: "x".into(), ..Query::default() }).total, 30);
    assert!(!orphan.exists());
    let live = ours.index.searchable_segment_ids().unwrap().len();
    let stems: BTreeSet<_> = std::fs::read_dir(shelf.dir.path())
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|x| x == "term"))
        .collect();
    assert_eq!(stems.len(), live);
}

#[test]
fn the_last_word_on_an_entry_in_a_batch_counts() {
    let (shelf, index) = Shelf::new(vec![document(0, "Old title", "x")]);
    let batch = vec![
        Change::Put(Box::new(document(0, "Second title", "x"))),
        Change::Put(Box::new(document(1, "Fresh", "x"))),
        Change::Put(Box::new(document(0, "Third title", "x"))),
        Change::Erase { index: 1 },
        Change::Put(Box::new(document(2, "Kept", "x"))),
    ];
    index.writer(Budget::Live).unwrap().apply(batch, 3).unwrap();
    assert_eq!(sorted(shelf.find(&index, "x")), [0, 2]);
    assert_eq!((shelf.find(&index, "title").len(), shelf.find(&index, "third")), (1, vec![0]));
}
