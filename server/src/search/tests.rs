//! What searching promises, tried on small texts of a city that does not exist.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use super::*;

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
        index.search(query, &|entry| self.texts.borrow().get(&entry).cloned()).unwrap()
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
    }
}

#[test]
fn a_chinese_phrase_finds_the_texts_that_contain_it_and_not_its_scattered_characters() {
    let (shelf, index) = Shelf::new(vec![
        document(0, "青禾市政府信息公开年度报告", "本年度公开各类信息。"),
        document(1, "河道管理通知", "政治府邸信仰息怒公园开门。"),
        document(2, "政务公开要点", "推进人民政府信息公开工作。"),
        document(3, "会议纪要", "政府，研究了道路信息，并决定公开。"),
    ]);
    assert_eq!(sorted(shelf.find(&index, "政府信息公开")), [0, 2, 3]);
    assert_eq!(sorted(shelf.find(&index, "\"政府信息公开\"")), [0, 2]);
    assert_eq!(shelf.find(&index, "政府信息公开").last(), Some(&3), "words apart rank after words together");
    assert_eq!(sorted(shelf.find(&index, "青禾市")), [0, 1, 2, 3], "by the agency's name too");
    assert!(shelf.find(&index, "禾青").is_empty());
}

#[test]
fn english_is_found_in_any_form_of_its_words() {
    let (shelf, index) = Shelf::new(vec![
        document(0, "Repairing bridges", "The bureau repaired two."),
        document(1, "Bridge repairs", "None."),
        document(2, "Lanterns", "No such thing."),
    ]);
    for asked in ["bridge repair", "Repairs BRIDGES", "bridges, repaired!", "ｂｒｉｄｇｅ repair"] {
        assert_eq!(sorted(shelf.find(&index, asked)), [0, 1], "{asked}");
    }
}

#[test]
fn languages_mix_in_one_text_and_in_one_query() {
    let (shelf, index) =
        Shelf::new(vec![document(0, "IT服务采购公告", "采购open data平台，编号QH2026。"), document(1, "采购公告", "采购桌椅。")]);
    assert_eq!(shelf.find(&index, "采购 open-data"), [0]);
    assert_eq!(shelf.find(&index, "it服务 qh2026"), [0]);
}

#[test]
fn a_quoted_phrase_must_stand_as_it_is() {
    let (shelf, index) = Shelf::new(vec![
        document(0, "Pay", "The pay gap grew."),
        document(1, "Gap", "A gap in pay."),
        document(2, "Bridge", "The gap; pay."),
    ]);
    assert_eq!(shelf.find(&index, "\"pay gap\""), [0]);
    assert_eq!(sorted(shelf.find(&index, "pay gap")), [0, 1, 2]);
    assert_eq!(shelf.find(&index, "pay gap")[0], 0);
    assert_eq!(sorted(shelf.find(&index, "\"pay gap")), [0, 1, 2], "an unclosed quote binds nothing");
}

#[test]
fn an_exact_number_is_found_in_any_spelling_and_its_document_comes_first() {
    let mut numbered = document(0, "关于河道的通知", "正文从略。");
    numbered.document_number = Some("青政发〔2026〕5号".into());
    numbered.index_number = Some("000099/2026-00007".into());
    let mut advisory = document(4, "Pump controllers", "See the note.");
    advisory.document_number = Some("QHSA-26-348-10".into());
    let mut order = document(5, "On lanterns", "Lanterns shall be lit.");
    order.document_number = Some("Mayoral Order 1395".into());
    let (shelf, index) = Shelf::new(vec![
        numbered,
        document(1, "引用", "按照青政发[2026]5号、青政发（2026）5 号办理。青政发〔2026〕5号很重要。"),
        document(2, "别的号", "青政发〔2026〕51号，2026年5月。"),
        document(3, "An order cited", "As mayoral order 1395 says; see QHSA-26-348-10 and QHSA-26-348-11."),
        advisory,
        order,
    ]);
    for asked in ["青政发〔2026〕5号", "青政发[2026]5号", "青政发（２０２６）5号", "青政发(2026) 5号"] {
        assert_eq!(shelf.find(&index, asked), [0, 1], "{asked}");
    }
    assert_eq!(shelf.find(&index, "000099/2026-00007"), [0]);
    assert_eq!(shelf.find(&index, "qhsa-26-348-10"), [4, 3]);
    assert_eq!(shelf.find(&index, "QHSA-26-348-11"), [3]);
    assert_eq!(shelf.find(&index, "Mayoral Order 1395"), [5, 3]);
    assert_eq!(shelf.find(&index, "\"Mayoral Order 1395\""), [5, 3]);
}

#[test]
fn titles_weigh_more_than_bodies() {
    let filler = "Drains and lamps and roads were seen to. ".repeat(8);
    let (shelf, index) =
        Shelf::new(vec![document(0, "Roads", &format!("{filler} Lanterns, lanterns.")), document(1, "Lanterns of the quay", &filler)]);
    assert_eq!(shelf.find(&index, "lantern"), [1, 0]);
}

#[test]
fn names_subjects_and_keywords_are_found() {
    let mut one = document(0, "Report", "Figures.");
    one.stated_agency = Some("Harbour Master of Qinghe".into());
    one.subjects = vec![("reg:0042".into(), "Heron Ferries Ltd".into())];
    one.keywords = vec!["moorings".into()];
    one.summary = Some("Berths let in spring".into());
    let (shelf, index) = Shelf::new(vec![one, document(1, "Other", "Figures.")]);
    for asked in ["harbour master", "heron ferries", "mooring", "berths", "reg:0042", "\"Heron Ferries\""] {
        assert_eq!(shelf.find(&index, asked), [0], "{asked}");
    }
    assert_eq!(sorted(shelf.find(&index, "works bureau")), [0, 1]);
}

#[test]
fn filters_narrow_and_combine() {
    let mut documents: Vec<Document> =
        (0..12).map(|n| document(n, if n % 2 == 0 { "Notice of works" } else { "工程公告" }, "works 工程")).collect();
    for (n, d) in documents.iter_mut().enumerate() {
        d.genre = Some(if n % 3 == 0 { "通知" } else { "报告" }.into());
        d.stated = Some(20_240_000 + 10_000 * (n as u32 % 3) + 615);
        d.stated_agency = (n < 4).then(|| "Harbour Office".into());
        d.state = if n == 6 { State::Repealed } else { State::Current };
        d.subjects = vec![(format!("s:{}", n % 2), "甲".into())];
    }
    let (shelf, index) = Shelf::new(documents);
    let ask = |query: Query| sorted(entries(&shelf.search(&index, &query)));
    assert_eq!(ask(Query { language: Some("en".into()), ..Query::default() }), [0, 2, 4, 6, 8, 10]);
    assert_eq!(ask(Query { text: "works".into(), genre: Some("通知".into()), ..Query::default() }), [0, 3, 6, 9]);
    assert_eq!(ask(Query { year: Some(2024), language: Some("zh".into()), ..Query::default() }), [3, 9]);
    assert_eq!(ask(Query { agency: Some("Harbour Office".into()), ..Query::default() }), [0, 1, 2, 3]);
    assert_eq!(ask(Query { agency: Some("qinghe.example/works".into()), ..Query::default() }).len(), 12);
    assert_eq!(ask(Query { text: "works".into(), state: Some(State::Repealed), ..Query::default() }), [6]);
    assert_eq!(ask(Query { subject: Some("s:1".into()), year: Some(2025), ..Query::default() }), [1, 7]);
    assert_eq!(ask(Query { text: "works".into(), genre: Some("no such".into()), ..Query::default() }), [0u64; 0]);
}

#[test]
fn order_by_date_goes_both_ways_and_newest_first_without_words() {
    let mut documents: Vec<Document> = (0..5).map(|n| document(n, "Notice", "works")).collect();
    for (d, date) in documents.iter_mut().zip([Some(19_520_811), Some(20_260_301), Some(20_260_301), None, Some(20_250_101)]) {
        d.stated = date; // the one without is logged on 2026-01-01
    }
    let (shelf, index) = Shelf::new(documents);
    let ask = |text: &str, sort| entries(&shelf.search(&index, &Query { text: text.into(), sort, ..Query::default() }));
    assert_eq!(ask("works", Sort::DateNewest), [2, 1, 3, 4, 0]);
    assert_eq!(ask("works", Sort::DateOldest), [0, 4, 3, 1, 2]);
    assert_eq!(ask("", Sort::Relevance), [2, 1, 3, 4, 0]);
}

#[test]
fn only_the_newest_version_is_found_unless_all_are_asked_for() {
    let mut first = document(0, "Ferry timetable", "Hourly.");
    let (shelf, index) = Shelf::new(vec![first.clone()]);
    let mut second = document(1, "Ferry timetable", "Half-hourly.");
    second.document = 0;
    first.state = State::Superseded;
    shelf.put(&index, vec![first, second], 2);
    let ask = |query: Query| sorted(entries(&shelf.search(&index, &query)));
    assert_eq!(ask(Query { text: "ferry".into(), ..Query::default() }), [1]);
    assert_eq!(ask(Query { text: "hourly timetable".into(), include_superseded: true, ..Query::default() }), [0, 1]);
    assert_eq!(ask(Query { text: "ferry".into(), state: Some(State::Superseded), ..Query::default() }), [0]);
    assert_eq!(ask(Query::default()), [1]);
    assert_eq!(ask(Query { include_superseded: true, ..Query::default() }), [0, 1]);
    assert_eq!(ask(Query { state: Some(State::Superseded), ..Query::default() }), [0]);
    let hit = &shelf.search(&index, &Query { text: "ferry".into(), ..Query::default() }).hits[0];
    assert_eq!((hit.index, hit.document), (1, 0));
}

#[test]
fn every_hit_is_on_exactly_one_page_and_the_count_is_true() {
    let documents: Vec<Document> = (0..1000)
        .map(|n| document(n, if n % 7 == 0 { "Quay notice" } else { "Notice" }, &format!("{} quay {}", "lamp ".repeat(n as usize % 9), n)))
        .collect();
    let (shelf, index) = Shelf::new(documents);
    let mut more: Vec<Document> = (1000..1400).map(|n| document(n, "Notice of the quay", "Quay.")).collect();
    more.extend((0..50).map(|n| document(n, "Moved", "elsewhere")));
    shelf.put(&index, more, 1400);
    for sort in [Sort::Relevance, Sort::DateNewest, Sort::DateOldest] {
        for per_page in [7, 25, 100] {
            let mut seen = Vec::new();
            for page in 0.. {
                let hits = shelf.search(&index, &Query { text: "quay".into(), sort, page, per_page, ..Query::default() });
                assert_eq!(hits.total, 1350);
                if hits.hits.is_empty() {
                    break;
                }
                seen.extend(entries(&hits));
            }
            assert_eq!(seen.len(), 1350, "{sort:?} by {per_page}");
            assert_eq!(sorted(seen), (50..1400).collect::<Vec<_>>(), "{sort:?} by {per_page}");
        }
    }
    let far = shelf.search(&index, &Query { text: "quay".into(), page: usize::MAX, ..Query::default() });
    assert_eq!((far.total, far.hits.len()), (1350, 0));
}

#[test]
fn any_query_gets_an_answer() {
    let (shelf, index) = Shelf::new(vec![document(0, "Notice", "works \u{0} 工程 🙂"), document(1, "公告", "工程")]);
    let junk: Vec<String> = vec![
        "\"".into(),
        "\"\"".into(),
        "\"\"\"works".into(),
        "((((".into(),
        "a AND OR NOT -".into(),
        "title:works^9~2".into(),
        ".*[a-z]+(?:\\".into(),
        "\0\0works\0".into(),
        "🙂🙃".into(),
        "。，！？".into(),
        "\u{202E}works".into(),
        "*".into(),
        "works*".into(),
        "' OR 1=1 --".into(),
        "works ".repeat(2_000_000),
        "工程".repeat(100_000),
        "\"工程 ".repeat(300),
        "x".repeat(10_000_000),
        "〔2019〕".into(),
        "〔〔2019〕〕5".into(),
        "1".repeat(600),
        "\u{301}\u{301}".into(),
        "a\u{301}".repeat(600),
        "的".into(),
        "的的的的".into(),
        "𠀀𪜀 \u{E003}".into(),
        "ﷺ".repeat(400),
    ];
    for text in junk {
        for sort in [Sort::Relevance, Sort::DateOldest] {
            let hits =
                shelf.search(&index, &Query { text: text.clone(), sort, include_superseded: sort == Sort::DateOldest, ..Query::default() });
            assert!(hits.hits.len() as u64 <= hits.total);
            assert!(text.len() < 3000 || hits.notice == Some(Notice::Shortened));
        }
    }
    let hits = shelf.search(&index, &Query { text: "？？？".into(), ..Query::default() });
    assert_eq!((hits.total, hits.notice), (0, Some(Notice::NoWords)));
    let hits = shelf.search(&index, &Query { text: "works".into(), agency: Some("a".repeat(1_000_000)), ..Query::default() });
    assert_eq!(hits.total, 0);
}

mod fuzz {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

        #[test]
        fn whatever_is_typed_is_answered(text in "[\\PC\"“”〔〕\\[\\]()（）工程青禾市政府2019号 \\-]{0,80}") {
            thread_local!(static SHELF: (Shelf, Index) = Shelf::new(vec![document(0, "青禾市政府公告2019", "Notice (2019) of works 工程"), document(1, "Notice", "x")]));
            SHELF.with(|(shelf, index)| {
                let hits = shelf.search(index, &Query { text: text.clone(), ..Query::default() });
                assert!(hits.hits.len() as u64 == hits.total);
            });
        }

        #[test]
        fn a_text_is_found_by_any_piece_of_its_han(text in "[青禾市县级人民政府信息公开工作机构应当于年度报告的国务院关于印发]{2,40}", from in 0usize..40, len in 1usize..12) {
            let chars: Vec<char> = text.chars().collect();
            let from = from % chars.len();
            let piece: String = chars[from..chars.len().min(from + len)].iter().collect();
            let (shelf, index) = Shelf::new(vec![document(0, "x", &text), document(1, "y", "z")]);
            assert_eq!(shelf.find(&index, &format!("\"{piece}\"")), [0], "{piece} in {text}");
            assert_eq!(shelf.find(&index, &piece), [0], "{piece} in {text}");
        }
    }
}

#[test]
fn the_snippet_shows_the_text_the_store_gives_today() {
    let (shelf, index) = Shelf::new(vec![document(0, "Notice", "The ferry sails at noon.")]);
    let ask = || shelf.search(&index, &Query { text: "ferries".into(), ..Query::default() }).hits[0].snippet.clone();
    let fragment = |text: &str, marked| Fragment { text: text.into(), marked };
    assert_eq!(ask(), [fragment("The ", false), fragment("ferry", true), fragment(" sails at noon.", false)]);
    shelf.texts.borrow_mut().remove(&0);
    assert_eq!(ask(), []);
}

#[test]
fn it_reopens_at_its_last_commit_and_says_what_it_covers() {
    let (shelf, index) = Shelf::new(vec![document(0, "One", "x"), document(1, "Two", "x")]);
    assert_eq!(index.covered(), 2);
    {
        // Added and never committed, as by a process that was killed.
        let writer = index.writer(Budget::Live).unwrap();
        writer.engine.get().unwrap().add_document(index.fields.document(&document(2, "Three", "x"))).unwrap();
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
        |meta| std::fs::write(meta, std::fs::read_to_string(meta).unwrap().replace("gazette-search/1", "gazette-search/0")).unwrap(),
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
    let (shelf, index) = Shelf::new(vec![document(0, "One", "x"), document(1, "Quillfeather", "x"), document(2, "Three", "x"), document(3, "Four", "x"), document(4, "Five", "x")]);
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
    let stems: BTreeSet<_> = std::fs::read_dir(shelf.dir.path()).unwrap().map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|x| x == "term")).collect();
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
