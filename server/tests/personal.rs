//! What looks like personal data within files is warned of before it is approved, and what nobody looked through is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod desk_house;
mod documents;
mod portal;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use desk_house::*;
use documents::*;
use server::{
    drafts::{Called, Draft, Drafts, HandedPart, Kind, Looked, Sort, Written},
    extract::{Gap, Spot},
};
use std::{
    fmt::Write,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use trial::Engine;

on_each_engine! {
    a_pdf_and_an_office_file_with_an_identity_number_are_pointed_at,
    what_was_not_looked_through_is_said_on_each_page_in_both_languages,
    a_page_waits_for_no_slow_file_and_the_next_one_tells_of_it,
    numbers_that_are_too_many_to_be_told_are_said_to_be_more,
    files_that_are_brought_are_looked_through_with_their_names,
    one_agencys_slow_file_keeps_no_other_agencys_from_being_looked_through,
    without_a_program_to_read_them_files_are_not_taken_for_clean,
}

/// A draft of the author's with these files.
async fn drafted(house: &House, files: &[(&str, Vec<u8>)]) -> Draft {
    let author = house.who("author");
    let draft = house.drafts.begin(&author, &house.agency, Kind::Disclosure, &written("Lanterns")).await.unwrap();
    for (name, bytes) in files {
        house.drafts.attach(&author, &draft.id, name, bytes.clone()).await.unwrap();
    }
    draft
}

/// By file: those that come at one moment are in no order.
fn found(looked: &Looked) -> Vec<(&str, Sort, Spot)> {
    let found = looked.found.iter().map(|(place, found)| (place.as_deref().unwrap_or_default(), found.sort, found.spot.clone()));
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|(place, ..)| *place);
    found
}

fn unread(looked: &Looked) -> Vec<(&str, Gap)> {
    let mut unread: Vec<_> = looked.unread.iter().map(|(name, gap)| (name.as_str(), gap.clone())).collect();
    unread.sort_by_key(|(name, _)| *name);
    unread
}

/// What is told once everything is read: the first who asks may be told to come again.
async fn once_read(ask: impl AsyncFn() -> Looked) -> Looked {
    for _ in 0..20 {
        let looked = ask().await;
        if !looked.unread.iter().any(|(_, gap)| *gap == Gap::Waiting) {
            return looked;
        }
    }
    panic!("it is not read")
}

async fn a_pdf_and_an_office_file_with_an_identity_number_are_pointed_at(engine: Engine) {
    let house = House::on(engine).await;
    let (first, second) = IDENTITY.split_at(6);
    let rows = "<row r=\"3\"><c r=\"A3\"><v>13800138000</v></c></row>";
    let files = [
        ("list.pdf", pdf(&[&lines(&["Lanterns"]), &lines(&[&format!("No. {IDENTITY}")])])),
        ("list.docx", docx(&[&["证件号码", first, second]])),
        ("list.xlsx", xlsx(rows, &[])),
        ("clean.pdf", pdf(&[&lines(&["Every lantern is lit."])])),
    ];
    let draft = drafted(&house, &files).await;
    let author = house.who("author");
    let expected = [
        ("list.docx", Sort::IdentityCard, Spot::Somewhere),
        ("list.pdf", Sort::IdentityCard, Spot::Page(2)),
        ("list.xlsx", Sort::Mobile, Spot::Row { sheet: "名单".into(), row: 3 }),
    ];
    let looked = once_read(async || house.drafts.personal_in_draft(&author, &draft).await.unwrap()).await;
    assert_eq!((found(&looked), unread(&looked)), (expected.to_vec(), vec![]));
    let frozen = house.drafts.freeze(&author, &draft.id, draft.revision, 0).await.unwrap();
    let (colleague, case) = (house.who("colleague"), house.case(&frozen).await);
    let looked = once_read(async || house.drafts.personal_in_case(&colleague, &case).await.unwrap()).await;
    assert_eq!((found(&looked), unread(&looked)), (expected.to_vec(), vec![]));
}

async fn what_was_not_looked_through_is_said_on_each_page_in_both_languages(engine: Engine) {
    let house = House::on(engine).await;
    let token = house.enter("author").await;
    let portal = portal::portal_of(&house.trial, &house.node, house.staff.clone()).await;
    let page = async |path: String| {
        for _ in 0..20 {
            let answer = portal::at_desk(&portal, by(&token, Request::get(&path)).body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            if !["load this page again", "请稍后重新载入"].iter().any(|waits| answer.body.contains(waits)) {
                return answer.body;
            }
        }
        panic!("it is not read: {path}")
    };
    let clean = drafted(&house, &[("clean.docx", docx(&[&["Every lantern is lit."]]))]).await;
    let said = page(format!("/en/desk/drafts/{}/submit", clean.id)).await;
    assert!(!said.contains("Not looked through") && !said.contains("looks like personal data"), "{said}");
    let files = [
        ("locked.pdf", locked_pdf()),
        ("scan.pdf", pdf(&[SCANNED])),
        ("mixed.pdf", pdf(&[&lines(&[&format!("No. {IDENTITY}")]), SCANNED])),
        ("map.png", b"\x89PNG\r\n\x1a\n0000".to_vec()),
        ("all.zip", package(&[("a.txt", "a")])),
    ];
    let draft = drafted(&house, &files).await;
    let en = ["Not looked through", "mixed.pdf, page 1", "page 2, with a scan", "locked with a password", "no text in it", "is not read"];
    let zh = ["未作个人信息检查", "mixed.pdf 第 1 页", "第 2 页有扫描件", "设有密码", "没有文字", "此类文件不作检查"];
    let says = |said: &str, words: &[&str]| {
        for word in files.iter().map(|(name, _)| name).chain(words) {
            assert!(said.contains(word), "{word}: {said}");
        }
    };
    says(&page(format!("/en/desk/drafts/{}/submit", draft.id)).await, &en);
    says(&page(format!("/zh/desk/drafts/{}/submit", draft.id)).await, &zh);
    let frozen = house.drafts.freeze(&house.who("author"), &draft.id, draft.revision, 0).await.unwrap();
    says(&page(format!("/en/desk/cases/{}", frozen.case)).await, &en);
    says(&page(format!("/zh/desk/cases/{}", frozen.case)).await, &zh);
    let table = "title,genre,body,files\nLanterns,notice,Lit.,scan.pdf；locked.pdf\n";
    let mut bringing = house.drafts.begin_bringing(&house.who("author"), &house.agency).await.unwrap();
    bringing.file("t.csv", table.as_bytes().to_vec()).await.unwrap();
    for (name, bytes) in &files[..2] {
        bringing.file(name, bytes.clone()).await.unwrap();
    }
    let id = bringing.finish(Called::default(), Written { language: "en".into(), ..Written::default() }).await.unwrap();
    for (lang, words) in [("en", ["Not looked through", "locked with a password"]), ("zh", ["未作个人信息检查", "设有密码"])] {
        let said = page(format!("/{lang}/desk/bring/{id}")).await;
        for word in words.iter().chain(&["scan.pdf", "locked.pdf"]) {
            assert!(said.contains(word), "{word}: {said}");
        }
    }
}

async fn a_page_waits_for_no_slow_file_and_the_next_one_tells_of_it(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    // Twenty files are read one after another, as one agency's are.
    let files: Vec<(String, Vec<u8>)> = (0..20).map(|at| (format!("{at}.docx"), docx(&[&[IDENTITY]]))).collect();
    let named: Vec<(&str, Vec<u8>)> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let draft = drafted(&house, &named).await;
    let now = tokio::time::Instant::now();
    let first = house.drafts.personal_in_draft_until(&author, &draft, now).await.unwrap();
    assert!(now.elapsed() < Duration::from_secs(10));
    assert!(first.unread.iter().all(|(_, gap)| *gap == Gap::Waiting) && !first.unread.is_empty(), "{first:?}");
    let looked = once_read(async || house.drafts.personal_in_draft(&author, &draft).await.unwrap()).await;
    assert_eq!((looked.found.len(), unread(&looked)), (20, vec![]));
}

async fn numbers_that_are_too_many_to_be_told_are_said_to_be_more(engine: Engine) {
    let house = House::on(engine).await;
    let (author, token) = (house.who("author"), house.enter("author").await);
    let portal = portal::portal_of(&house.trial, &house.node, house.staff.clone()).await;
    let mut roster = "办公室 13800138000\n".repeat(60);
    for at in 0..60 {
        writeln!(roster, "{}", 13_900_000_000_u64 + at).unwrap();
    }
    let written = Written { body: roster.clone(), ..written("Lanterns") };
    let draft = house.drafts.begin(&author, &house.agency, Kind::Disclosure, &written).await.unwrap();
    house.drafts.attach(&author, &draft.id, "list.txt", roster.into()).await.unwrap();
    let looked = once_read(async || house.drafts.personal_in_draft(&author, &draft).await.unwrap()).await;
    assert_eq!(unread(&looked), [("body.md", Gap::Rest), ("list.txt", Gap::Rest)]);
    let numbers: std::collections::HashSet<_> = looked.found.iter().map(|(place, found)| (place, &found.number)).collect();
    assert_eq!(numbers.len(), 100, "fifty of each, and none of them twice");
    for (lang, said) in [("en", "all beyond the most that is looked through"), ("zh", "超出检查上限的部分")] {
        let path = format!("/{lang}/desk/drafts/{}/submit", draft.id);
        let answer = portal::at_desk(&portal, by(&token, Request::get(path)).body(Body::empty()).unwrap()).await;
        assert!(answer.body.contains(said) && !answer.body.contains("<bdi>body.md"), "{}", answer.body);
    }
}

async fn files_that_are_brought_are_looked_through_with_their_names(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    let mut bringing = house.drafts.begin_bringing(&author, &house.agency).await.unwrap();
    let table = "title,genre,body,files\nLanterns,notice,Lit.,名单_13800138000.docx；scan.pdf\nLamps,notice,Lit.,scan.pdf\n";
    let files = [("t.csv", table.as_bytes().to_vec()), ("名单_13800138000.docx", docx(&[&[IDENTITY]])), ("scan.pdf", pdf(&[SCANNED]))];
    for (name, bytes) in files {
        bringing.file(name, bytes).await.unwrap();
    }
    let id = bringing.finish(Called::default(), Written { language: "en".into(), ..Written::default() }).await.unwrap();
    let brought = house.drafts.brought(&author, &id).await.unwrap();
    let looked = |row: usize| Looked { found: brought.rows[row].personal.clone(), unread: brought.rows[row].unread.clone() };
    let list = "名单_13800138000.docx";
    assert_eq!(found(&looked(0)), [(list, Sort::Mobile, Spot::Somewhere), (list, Sort::IdentityCard, Spot::Somewhere)]);
    for row in [0, 1] {
        assert_eq!(unread(&looked(row)), [("scan.pdf", Gap::NoText)]);
    }
    assert!(found(&looked(1)).is_empty(), "{brought:?}");
}

/// A program that holds the first file it is given, once it has made a folder `begun`, until there is a file `go`; then it reads as this one.
fn slow_reader(dir: &Path) -> PathBuf {
    let script = format!(
        "#!/bin/sh\nif mkdir '{at}/begun' 2>/dev/null; then\n  while [ ! -e '{at}/go' ]; do sleep 0.1; done\nfi\nexec '{}' \"$@\"\n",
        env!("CARGO_BIN_EXE_gazette"),
        at = dir.display(),
    );
    let (written, reader) = (dir.join("written"), dir.join("reader"));
    std::fs::write(&written, script).unwrap();
    // By another process: what this one has open for writing, its children may have too, and then it cannot be run.
    assert!(Command::new("install").args(["-m", "755"]).args([&written, &reader]).status().unwrap().success());
    reader
}

async fn one_agencys_slow_file_keeps_no_other_agencys_from_being_looked_through(engine: Engine) {
    let house = House::on(engine).await;
    let dir = tempfile::tempdir().unwrap();
    let drafts = Drafts::open(house.staff.clone(), house.node.clone()).unwrap().with_reader(slow_reader(dir.path()));
    let list = || pdf(&[&lines(&[&format!("No. {IDENTITY}")])]);
    let bring = async |who: &str, agency: &str| {
        let who = house.who(who);
        let mut bringing = drafts.begin_bringing(&who, agency).await.unwrap();
        let table = "title,genre,body,files\nLanterns,notice,Lit.,list.pdf\n";
        for (name, bytes) in [("t.csv", table.as_bytes().to_vec()), ("list.pdf", list())] {
            bringing.file(name, bytes).await.unwrap();
        }
        let id = bringing.finish(Called::default(), Written { language: "en".into(), ..Written::default() }).await.unwrap();
        let brought = drafts.brought(&who, &id).await.unwrap();
        Looked { found: brought.rows[0].personal.clone(), unread: brought.rows[0].unread.clone() }
    };
    // Where theirs had to wait for it, the slow one would be given up before it is let go.
    let others = async {
        for _ in 0..3_000 {
            if dir.path().join("begun").exists() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let brought = bring("stranger", &house.other).await;
        let part = HandedPart { role: "attachment".into(), media: "application/pdf".into(), name: "list.pdf".into(), bytes: list() };
        let until = tokio::time::Instant::now() + Duration::from_secs(60);
        let handed = drafts.personal_in_parts(&house.other, vec![part], until).await.unwrap();
        std::fs::write(dir.path().join("go"), "").unwrap();
        [brought, handed]
    };
    let (slow, [brought, handed]) = tokio::join!(bring("author", &house.agency), others);
    for looked in [slow, brought, handed] {
        assert_eq!((found(&looked), unread(&looked)), (vec![("list.pdf", Sort::IdentityCard, Spot::Page(1))], vec![]));
    }
}

async fn without_a_program_to_read_them_files_are_not_taken_for_clean(engine: Engine) {
    let house = House::on(engine).await;
    let draft = drafted(&house, &[("list.pdf", pdf(&[&lines(&[IDENTITY])])), ("list.txt", IDENTITY.into())]).await;
    let without = Drafts::open(house.staff.clone(), house.node.clone()).unwrap();
    let author = house.who("author");
    let looked = once_read(async || without.personal_in_draft(&author, &draft).await.unwrap()).await;
    assert_eq!(found(&looked), [("list.txt", Sort::IdentityCard, Spot::Line(1))]);
    assert_eq!(unread(&looked), [("list.pdf", Gap::Failed)]);
}
