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
    drafts::{Called, Draft, Drafts, Kind, Looked, Sort, Written},
    extract::{Gap, Spot},
};
use trial::Engine;

on_each_engine! {
    a_pdf_and_an_office_file_with_an_identity_number_are_pointed_at,
    what_was_not_looked_through_is_said_on_each_page_in_both_languages,
    files_that_are_brought_are_looked_through_with_their_names,
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
    let looked = house.drafts.personal_in_draft(&author, &draft).await.unwrap();
    assert_eq!((found(&looked), unread(&looked)), (expected.to_vec(), vec![]));
    let frozen = house.drafts.freeze(&author, &draft.id, draft.revision, 0).await.unwrap();
    let looked = house.drafts.personal_in_case(&house.who("colleague"), &house.case(&frozen).await).await.unwrap();
    assert_eq!((found(&looked), unread(&looked)), (expected.to_vec(), vec![]));
}

async fn what_was_not_looked_through_is_said_on_each_page_in_both_languages(engine: Engine) {
    let house = House::on(engine).await;
    let token = house.enter("author").await;
    let portal = portal::portal_of(&house.trial, &house.node, house.staff.clone()).await;
    let page = async |path: String| {
        let answer = portal::at_desk(&portal, by(&token, Request::get(path)).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
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

async fn without_a_program_to_read_them_files_are_not_taken_for_clean(engine: Engine) {
    let house = House::on(engine).await;
    let draft = drafted(&house, &[("list.pdf", pdf(&[&lines(&[IDENTITY])])), ("list.txt", IDENTITY.into())]).await;
    let without = Drafts::open(house.staff.clone(), house.node.clone()).unwrap();
    let looked = without.personal_in_draft(&house.who("author"), &draft).await.unwrap();
    assert_eq!(found(&looked), [("list.txt", Sort::IdentityCard, Spot::Line(1))]);
    assert_eq!(unread(&looked), [("list.pdf", Gap::Failed)]);
}
