//! What importing promises, tried on papers of a city that does not exist.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;

use chain::{
    catalogue::Catalogue,
    entry::Entry,
    statement::{Core, Disclosure, Statement, StatusKind},
};
use server::{
    import::{ImportError, Report, Silent, Stop, import},
    node::Node,
    store::StoredContent,
};
use std::{io::Write, path::PathBuf};
use trial::{Engine, Trial, close, import_all, line, runtime};

on_each_engine! {
    every_field_of_a_record_lands_where_it_belongs,
    what_a_record_supersedes_is_revised_and_what_became_of_it_is_a_status,
    a_character_that_a_database_has_no_room_for_stops_nothing,
    a_second_run_adds_nothing_and_leaves_no_object_behind,
    a_stopped_import_keeps_what_it_has_and_the_next_run_adds_the_rest,
    real_files_import_without_a_bad_line,
}

on_each_engine! {
    plain
    a_killed_import_loses_nothing_that_was_acknowledged_and_duplicates_nothing,
}

async fn core(node: &Node, index: u64) -> Core {
    let bytes = node.store.entry(index).await.unwrap().unwrap();
    let entry = Entry::parse(&bytes).unwrap();
    Statement::parse(entry.note.as_bytes()).unwrap().core
}

async fn disclosure(node: &Node, index: u64) -> Disclosure {
    match core(node, index).await {
        Core::Disclosure(core) => *core,
        other => panic!("{other:?}"),
    }
}

async fn part(node: &Node, core: &Disclosure, n: usize) -> Vec<u8> {
    match node.store.content(&core.parts[n].commitment).await.unwrap().unwrap() {
        StoredContent::Present { bytes, .. } => bytes,
        other => panic!("{other:?}"),
    }
}

async fn catalogue(node: &Node, core: &Disclosure) -> Catalogue {
    Catalogue::read(&part(node, core, 0).await).unwrap()
}

/// Entries of a fresh trial chain: its charter and its archive.
const BEFORE: u64 = 2;

async fn every_field_of_a_record_lands_where_it_belongs(engine: Engine) {
    let trial = Trial::on(engine);
    let node = trial.open().await;
    let text = concat!(
        r##"{"id":"000099/2026-00007","title":"青禾市政务公开办法","published":"2026-02-03","agency":"青禾市政府、青禾市军务处","category":"市政府文件","language":"zh","doc_number":"青政发〔2026〕5号","topic":"综合政务\\政务公开","written":"2025-12-30","source_url":"http://www.qinghe.example/zhengce/1.htm","body":"# 办法\n\n第一条"}"##,
        "\n",
        r##"{"id":"QHSA-26-001","title":"Pump controller","published":"2026-02-04","agency":"QHSA","category":"ICS advisory","language":"en","subject":{"id":"acme-pumps","name":"Acme Pumps"},"updated":"2026-02-05","version":"2","revisions":[{"version":"1"}],"source_url":"https://qhsa.example/1","body":"text"}"##,
        "\n",
        r##"{"id":"26-1","title":"An order","published":"2026-02-05","agency":"Office","category":"行政法规","language":"en","doc_number":"Order 7","signed":"2026-02-01","effective":"2026-03-01","citation":"1 QR 9","disposition":"Amended by: Order 8","source_url":"file:///order","body":"nul \u0000 inside"}"##,
        "\n",
        r##"{"id":"gpg-1","title":"Report","published":"2026-02-06","agency":"Service","category":"Report","language":"en","subject":{"id":"gpg:17","name":"ACME","company_number":"00012345"},"data":{ "Mean": -1.50,  "x": [0.0] },"source_url":"https://pay.example/d","body":"row"}"##,
        "\n",
    );
    let file = trial.file("papers.jsonl", text);
    let report = import_all(&node, &[file]).await;
    assert_eq!((report.lines, report.added, report.bad), (4, 4, 0), "{:?}", report.bad_lines);

    let core = disclosure(&node, BEFORE).await;
    assert_eq!(core.agency, node.sibling("archive"));
    assert_eq!(core.stated_agency.as_deref(), Some("青禾市政府、青禾市军务处"));
    assert_eq!((core.genre.as_str(), core.source.as_deref()), ("document", Some("www.qinghe.example")));
    assert_eq!((core.stated.issued.as_deref(), core.stated.published.as_deref()), (Some("2025-12-30"), Some("2026-02-03")));
    let found = catalogue(&node, &core).await;
    assert_eq!(found.title, "青禾市政务公开办法");
    assert_eq!(found.index_number.as_deref(), Some("000099/2026-00007"));
    assert_eq!(found.document_number.as_deref(), Some("青政发〔2026〕5号"));
    assert_eq!(found.issuing_agencies, ["青禾市政府", "青禾市军务处"]);
    assert_eq!(found.theme.as_deref(), Some("综合政务\\政务公开"));
    assert_eq!(found.genre.as_deref(), Some("市政府文件"));
    assert_eq!(found.source.as_deref(), Some("http://www.qinghe.example/zhengce/1.htm"));
    assert_eq!((found.authentic.as_deref(), found.parts.as_slice()), (Some("copy"), &["body.md".to_owned()][..]));

    let advisory = disclosure(&node, BEFORE + 1).await;
    let found = catalogue(&node, &advisory).await;
    assert_eq!((found.document_number.as_deref(), found.index_number), (Some("QHSA-26-001"), None));
    assert_eq!((found.subjects[0].scheme.as_deref(), found.subjects[0].id.as_str()), (Some("vendor"), "acme-pumps"));

    let order = disclosure(&node, BEFORE + 2).await;
    assert_eq!((order.genre.as_str(), order.source.as_deref()), ("regulation", Some("papers")));
    let found = catalogue(&node, &order).await;
    assert_eq!((found.issued.as_deref(), found.effective.as_deref()), (Some("2026-02-01"), Some("2026-03-01")));
    assert_eq!(found.summary.as_deref(), Some("1 QR 9\n\nAmended by: Order 8"));
    assert_eq!(part(&node, &order, 1).await, b"nul \0 inside");

    let report = disclosure(&node, BEFORE + 3).await;
    let found = catalogue(&node, &report).await;
    let schemes: Vec<_> = found.subjects.iter().map(|s| (s.scheme.as_deref().unwrap(), s.id.as_str())).collect();
    assert_eq!(schemes, [("gpg-employer", "gpg:17"), ("company-number", "00012345")]);
    assert_eq!((report.parts[2].role.as_str(), report.parts[2].media.as_str()), ("attachment", "application/json"));
    assert_eq!(part(&node, &report, 2).await, br#"{ "Mean": -1.50,  "x": [0.0] }"#, "as the source wrote it");
    assert_eq!(found.parts, ["body.md", "data.json"]);
}

fn lined(count: usize, more: impl Fn(usize) -> String) -> String {
    (0..count).map(|n| line(n, &more(n))).collect()
}

async fn what_a_record_supersedes_is_revised_and_what_became_of_it_is_a_status(engine: Engine) {
    let trial = Trial::on(engine);
    let node = trial.open().await;
    let file = trial.file(
        "papers.jsonl",
        &lined(8, |n| match n {
            3 => r#","supersedes":"qh-0""#.into(),
            4 => r#","supersedes":"qh-3","withdrawn_seen":"2026-02-11""#.into(),
            6 => r#","status":"expired""#.into(),
            _ => String::new(),
        }),
    );
    let report = import_all(&node, &[file]).await;
    assert_eq!((report.added, report.revisions, report.statuses, report.bad), (8, 2, 2, 0), "{:?}", report.bad_lines);
    let mut versions = None;
    let mut statuses = Vec::new();
    for index in BEFORE..node.store.head().await.unwrap().unwrap().size {
        match core(&node, index).await {
            Core::Disclosure(core) if core.revises.is_some() => versions = Some(node.store.versions(BEFORE).await.unwrap()),
            Core::Status(status) => {
                let target = disclosure(&node, status.target.index).await;
                statuses.push((catalogue(&node, &target).await.title, status.kind, status.ground, status.effective));
            }
            _ => {}
        }
    }
    let versions = versions.unwrap();
    assert_eq!(versions.iter().map(|item| item.newest).collect::<Vec<_>>(), [false, false, true]);
    statuses.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(
        statuses,
        [
            ("Notice 4 of Qinghe".into(), StatusKind::Withdrawn, "withdrawn-at-source".into(), None),
            ("Notice 6 of Qinghe".into(), StatusKind::Lapsed, "stated-by-source".into(), None),
        ]
    );
}

async fn a_character_that_a_database_has_no_room_for_stops_nothing(engine: Engine) {
    let trial = Trial::on(engine);
    let node = trial.open().await;
    let odd = line(0, "").replace("Qinghe Works", "Qinghe\\u0000Works").replace("City notice", "City\\u0000notice");
    let report = import_all(&node, &[trial.file("papers.jsonl", &(odd + &line(1, "")))]).await;
    assert_eq!((report.added, report.bad), (2, 0), "{:?}", report.bad_lines);
    assert_eq!(disclosure(&node, BEFORE).await.stated_agency.as_deref(), Some("Qinghe\0Works"), "the entry has it as it was stated");
    close(node).await;
    assert_eq!(server::fsck::fsck(&trial.place, &|_, _, _| {}).await.unwrap().differs, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_line_is_named_and_the_others_are_imported() {
    let trial = Trial::new();
    let node = trial.open().await;
    let good = line(1, "");
    let bad = [
        "{\"id\":\"x\",".to_owned(),
        "[]".to_owned(),
        good.trim_end().replace("\"title\":\"Notice 1 of Qinghe\",", ""),
        good.trim_end().replace("Notice 1 of Qinghe", " "),
        good.trim_end().replace("2026-01-02", "2026-02-30"),
        line(4, r#","effective":"soon""#).trim_end().to_owned(),
        line(5, r#","effective":5"#).trim_end().to_owned(),
        line(6, r#","supersedes":"nobody""#).trim_end().to_owned(),
        line(7, r#","supersedes":"qh-6""#).trim_end().to_owned(),
        line(8, "").trim_end().replace("Qinghe Works", &"works ".repeat(80)),
        line(9, r#","status":"rescinded""#).trim_end().to_owned(),
        line(10, "").trim_end().replace("Notice 10 of", "Notice \u{FFFE} of"),
        line(11, "").trim_end().replace("\"en\"", "\"English\""),
        good.trim_end().replace("lantern", "lamp"),
    ];
    let text = format!("{good}\n{}\n{}", bad.join("\n"), line(99, ""));
    let file = trial.file("papers.jsonl", &text);
    let report = import_all(&node, std::slice::from_ref(&file)).await;
    assert_eq!((report.added, report.bad), (2, bad.len() as u64), "{:#?}", report.bad_lines);
    let reasons = [
        "not a record",
        "not a record",
        "missing field `title`",
        "title is empty",
        "published is not a day",
        "effective is not a day",
        "invalid type: integer `5`",
        "no earlier line",
        "which was not imported",
        "at most 400",
        "status is not one",
        "noncharacter",
        "language is not a code",
        "already stands",
    ];
    let mut found = report.bad_lines.clone();
    found.sort_by_key(|bad| bad.line);
    for (n, (bad, reason)) in found.iter().zip(reasons).enumerate() {
        assert_eq!((bad.line, &bad.file), (n as u64 + 3, &file));
        assert!(bad.reason.contains(reason), "line {}: {}", bad.line, bad.reason);
        assert!(!bad.reason.contains("at line"), "it has a number already: {}", bad.reason);
    }
    assert_eq!(node.store.head().await.unwrap().unwrap().size, BEFORE + 2);
}

async fn a_second_run_adds_nothing_and_leaves_no_object_behind(engine: Engine) {
    let trial = Trial::on(engine);
    let node = trial.open().await;
    let long = format!(",\"supersedes\":\"qh-0\",\"body2\":\"\",\"data\":{{\"n\":\"{}\"}}", "x".repeat(200_000));
    let file = trial.file("papers.jsonl", &lined(600, |n| if n == 599 { long.clone() } else { String::new() }));
    let first = import_all(&node, std::slice::from_ref(&file)).await;
    assert_eq!((first.added, first.present, first.bad), (600, 0, 0), "{:?}", first.bad_lines);
    let size = node.store.head().await.unwrap().unwrap().size;
    let objects = objects(&trial.place.data);
    assert_eq!(objects.len(), 1);
    let second = import_all(&node, std::slice::from_ref(&file)).await;
    assert_eq!((second.added, second.present, second.bad), (0, 600, 0));
    assert_eq!(node.store.head().await.unwrap().unwrap().size, size);
    assert_eq!(self::objects(&trial.place.data), objects);
}

fn objects(data: &std::path::Path) -> Vec<PathBuf> {
    let folders = std::fs::read_dir(data.join("content")).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    folders.flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn packed_and_plain_are_the_same_file() {
    let trial = Trial::new();
    let node = trial.open().await;
    let text = lined(30, |_| String::new());
    let packed = trial.dir.path().join("papers.jsonl.gz");
    let mut encoder = flate2::write::GzEncoder::new(std::fs::File::create(&packed).unwrap(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap();
    let report = import_all(&node, &[packed.clone(), trial.file("papers.jsonl", &text)]).await;
    assert_eq!((report.added, report.present), (30, 30));

    let mut bytes = std::fs::read(&packed).unwrap();
    bytes.truncate(bytes.len() / 2);
    std::fs::write(&packed, bytes).unwrap();
    let report = import_all(&node, &[packed]).await;
    assert!(report.bad_lines[0].reason.contains("cannot be read further"), "{:?}", report.bad_lines);
}

async fn a_stopped_import_keeps_what_it_has_and_the_next_run_adds_the_rest(engine: Engine) {
    let trial = Trial::on(engine);
    let node = trial.open().await;
    let more = |n: usize| match n {
        1_500 => r#","supersedes":"qh-3""#.into(),
        n if n % 100 == 50 => r#","withdrawn_seen":"2026-02-11""#.into(),
        _ => String::new(),
    };
    let file = trial.file("papers.jsonl", &lined(2_000, more));

    /// Asks to stop once a chunk has been submitted.
    struct Stopping(Stop);
    impl server::import::Progress for Stopping {
        fn at(&self, _: &Report, _: u64) {
            self.0.ask();
        }
    }
    let stop = Stop::default();
    let first = import(&node, std::slice::from_ref(&file), &stop, &Stopping(stop.clone())).await.unwrap();
    assert!(first.stopped && first.added > 0 && first.added < 2_000, "{first:?}");
    let second = import_all(&node, std::slice::from_ref(&file)).await;
    assert_eq!(first.added + second.added, 2_000);
    assert_eq!(first.statuses + second.statuses, 20);
    assert_eq!((second.present, second.bad, second.stopped), (first.added, 0, false), "{:?}", second.bad_lines);
}

fn a_killed_import_loses_nothing_that_was_acknowledged_and_duplicates_nothing(engine: Engine) {
    let trial = Trial::on(engine);
    let more = |n: usize| if n % 7 == 6 { format!(r#","supersedes":"qh-{}","withdrawn_seen":"2026-02-11""#, n - 3) } else { String::new() };
    let file = trial.file("papers.jsonl", &lined(3_000, more));
    for round in 0..4 {
        let runtime = runtime();
        runtime.block_on(async {
            let node = trial.open().await;
            let from = node.store.head().await.unwrap().unwrap().size;
            let mut heads = node.heads.clone();
            let files = [file.clone()];
            let task = tokio::spawn(async move { import(&node, &files, &Stop::default(), &Silent).await });
            // Killed as soon as something of this round is in the chain.
            while heads.borrow().size == from && round < 3 && !task.is_finished() {
                tokio::select! {
                    changed = heads.changed() => changed.unwrap(),
                    () = tokio::time::sleep(std::time::Duration::from_millis(20)) => {}
                }
            }
        });
        runtime.shutdown_background();
    }
    let runtime = runtime();
    runtime.block_on(async {
        let node = trial.open().await;
        import_all(&node, std::slice::from_ref(&file)).await;
        let again = import_all(&node, &[file]).await;
        assert_eq!((again.added, again.present, again.statuses, again.bad), (0, 3_000, 0, 0), "{:?}", again.bad_lines);
        assert_eq!(node.store.head().await.unwrap().unwrap().size, BEFORE + 3_000 + 428);
        close(node).await;
        let report = server::fsck::fsck(&trial.place, &|_, _, _| {}).await.unwrap();
        assert_eq!(report.differs, None);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_opened_is_told_before_anything_is_imported() {
    let trial = Trial::new();
    let node = trial.open().await;
    let good = trial.file("papers.jsonl", &line(1, ""));
    let missing = trial.dir.path().join("missing.jsonl");
    let outcome = import(&node, &[good.clone(), missing], &Stop::default(), &Silent).await;
    assert!(matches!(outcome, Err(ImportError::File(..))));
    let outcome = import(&node, &[good, trial.file("papers.csv", "")], &Stop::default(), &Silent).await;
    assert!(matches!(outcome, Err(ImportError::Name(_))));
    assert_eq!(node.store.head().await.unwrap().unwrap().size, BEFORE);
}

/// Says so past the runner, which keeps back what a test that passes prints.
fn skipped(why: &str) {
    use std::io::Write;
    std::io::stderr().write_all(format!("SKIPPED: {why}\n").as_bytes()).unwrap();
}

async fn real_files_import_without_a_bad_line(engine: Engine) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let Ok(found) = std::fs::read_dir(folder) else {
        return skipped("the corpus is not here, so no real file was imported");
    };
    let files: Vec<_> = found.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "gz")).collect();
    let trial = Trial::on(engine);
    let node = trial.open().await;
    let mut heads = Vec::new();
    for file in files {
        use std::io::BufRead;
        let reader = std::io::BufReader::new(flate2::read::MultiGzDecoder::new(std::fs::File::open(&file).unwrap()));
        let lines: Vec<_> = reader.lines().take(400).map(|line| line.unwrap() + "\n").collect();
        heads.push(trial.file(&file.file_stem().unwrap().to_string_lossy(), &lines.concat()));
    }
    let report = import_all(&node, &heads).await;
    assert_eq!((report.bad, report.added), (0, report.lines), "{:?}", report.bad_lines);
    let size = node.store.head().await.unwrap().unwrap().size;
    let (index, _) = server::follow::open(&trial.place.data, size).unwrap();
    server::follow::catch_up(&node.store, &index, size).await.unwrap();
    let query = server::search::Query { text: "国发〔2019〕5号".into(), ..Default::default() };
    let hits = index.search(&query).unwrap();
    let core = disclosure(&node, hits.hits[0].index).await;
    assert_eq!(catalogue(&node, &core).await.document_number.as_deref(), Some("国发〔2019〕5号"));
    drop(index);
    close(node).await;
    let checked = server::fsck::fsck(&trial.place, &|_, _, _| {}).await.unwrap();
    assert_eq!((checked.differs, checked.indexed), (None, Some(report.added)));
}
