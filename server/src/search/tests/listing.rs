//! Promises about filters, order, pages and counts, and about queries of every shape.

use super::*;

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
fn agencies_are_offered_by_how_many_documents_they_have_and_anew_when_there_are_more() {
    let mut documents: Vec<Document> = (0..5).map(|n| document(n, "Notice", "works")).collect();
    for (n, name) in [(0, "Harbour Office"), (1, "青禾市港务局"), (2, "青禾市港务局")] {
        documents[n].stated_agency = Some(name.into());
    }
    let (shelf, index) = Shelf::new(documents);
    assert_eq!(*index.agencies(9).unwrap(), ["qinghe.example/works", "青禾市港务局", "Harbour Office"]);
    assert_eq!(*index.agencies(2).unwrap(), ["qinghe.example/works", "青禾市港务局"]);
    let more = (5..7).map(|n| Document { stated_agency: Some("Harbour Office".into()), ..document(n, "Notice", "works") });
    shelf.put(&index, more.collect(), 7);
    assert_eq!(*index.agencies(2).unwrap(), ["qinghe.example/works", "Harbour Office"]);
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
fn a_range_of_days_takes_in_its_first_and_its_last() {
    let mut documents: Vec<Document> = (0..4).map(|n| document(n, "Notice", "works")).collect();
    for (d, date) in documents.iter_mut().zip([20_251_231, 20_260_101, 20_260_131, 20_260_201]) {
        d.stated = Some(date);
    }
    let (shelf, index) = Shelf::new(documents);
    let ask = |text: &str, from, to| sorted(entries(&shelf.search(&index, &Query { text: text.into(), from, to, ..Query::default() })));
    assert_eq!(ask("works", Some(20_260_101), Some(20_260_131)), [1, 2]);
    assert_eq!(ask("", Some(20_260_101), Some(20_260_131)), [1, 2]);
    assert_eq!(ask("works", Some(20_260_131), None), [2, 3]);
    assert_eq!(ask("works", None, Some(20_251_231)), [0]);
    assert_eq!(ask("works", Some(20_260_301), Some(20_260_201)), [0u64; 0]);
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
fn a_filter_leaves_the_order_of_the_others_as_it_was() {
    let documents = (0..3000u64).map(|n| {
        let lamps = "lamp ".repeat((n * 7919 % 23) as usize);
        let mut d = document(
            n,
            if n % 11 == 0 { "公告" } else { "Notice" },
            &format!("quay {lamps}{}", "road ".repeat((n * 104_729 % 61) as usize)),
        );
        d.stated = Some(20_200_101 + n as u32 % 28);
        d
    });
    let (shelf, index) = Shelf::new(documents.collect());
    let pages = |language: Option<&str>| {
        let mut seen = Vec::new();
        for page in 0.. {
            let query = Query { text: "lamp quay".into(), language: language.map(str::to_owned), page, per_page: 100, ..Query::default() };
            let hits = shelf.search(&index, &query);
            if hits.hits.is_empty() {
                assert_eq!(seen.len() as u64, hits.total);
                return seen;
            }
            seen.extend(entries(&hits));
        }
        seen
    };
    let all = pages(None);
    let english = pages(Some("en"));
    let expected: Vec<u64> = all.iter().copied().filter(|n| n % 11 != 0).collect();
    assert_eq!(sorted(english.clone()), sorted(expected.clone()));
    // Beyond the window titles do not weigh: there the order is that of the words alone.
    assert_eq!(english[..100], expected[..100]);
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
        "¼".into(),
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
        #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

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
        }
    }
}
