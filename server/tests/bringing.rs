//! Many drafts brought at once: a table, a folder, an archive; what would become of each row, and drafts made of those chosen.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod desk_house;
mod pages_at_desk;
mod portal;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use desk_house::*;
use pages_at_desk::Pages;
use portal::Answer;
use server::{
    drafts::{Brought, Called, Column, Kind, LARGEST_FILE, MOST_FILES, Refusal, Same, Shut, Skip, Unbrought, What, Written},
    staff::{Account, Role, Token},
};
use std::io::Write;
use trial::Engine;
use zip::{ZipWriter, write::SimpleFileOptions};

on_each_engine! {
    each_row_becomes_a_draft_with_its_text_its_fields_its_files_and_its_translation,
    what_is_wrong_with_one_row_is_told_and_keeps_no_other_from_becoming_a_draft,
    a_row_that_is_there_already_is_told_and_nothing_is_made_twice,
    a_folder_without_a_table_gives_a_draft_for_each_text_and_each_pdf,
    an_archive_in_either_encoding_is_opened_and_nothing_of_it_leads_out,
    what_somebody_brought_is_theirs_alone_and_goes_after_a_day,
    drafts_are_made_of_all_that_is_chosen_or_of_none,
    personal_data_in_what_was_brought_is_warned_of,
    a_table_comes_through_the_page_in_both_languages_and_is_made_drafts_of_there,
    nothing_is_taken_without_the_sessions_token_and_for_no_other_agency,
}

fn called() -> Called {
    let columns = [("标题", Column::Field("title")), ("公文种类", Column::Field("genre")), ("正文", Column::Field("body"))];
    Called {
        columns: columns.map(|(name, column)| (name.to_owned(), column)).to_vec(),
        genres: vec![("通知".to_owned(), "notice".to_owned())],
        ..Called::default()
    }
}

fn plain() -> Written {
    Written { language: "zh".into(), ..Written::default() }
}

async fn bring(house: &House, who: &Account, files: &[(&str, &[u8])]) -> Result<Brought, Refusal> {
    let mut bringing = house.drafts.begin_bringing(who, &house.agency).await.unwrap();
    for (name, bytes) in files {
        if name.ends_with(".zip") {
            std::fs::write(bringing.archive().await.unwrap(), bytes).unwrap();
            if let Err(error) = bringing.open().await {
                bringing.give_up().await.unwrap();
                return Err(error.refusal().unwrap().clone());
            }
        } else {
            bringing.file(name, bytes.to_vec()).await.unwrap();
        }
    }
    match bringing.finish(called(), plain()).await {
        Ok(id) => Ok(house.drafts.brought(who, &id).await.unwrap()),
        Err(error) => {
            bringing.give_up().await.unwrap();
            Err(error.refusal().unwrap().clone())
        }
    }
}

fn told(brought: &Brought) -> Vec<(String, Vec<(String, What)>)> {
    let rows = brought.rows.iter();
    rows.map(|row| (row.written.title.clone(), row.told.iter().map(|told| (told.field.clone(), told.what)).collect())).collect()
}

fn staged(house: &House) -> usize {
    let folder = house.trial.place.data.join("drafts/brought");
    std::fs::read_dir(folder).map_or(0, |folders| folders.flat_map(|one| std::fs::read_dir(one.unwrap().path()).unwrap()).count())
}

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const TABLE: &str = "标题,公文种类,issued,document_number,正文,files,title_en,body_en\n\
    灯笼,通知,2026/3/1,云财〔2026〕1号,全部点亮。,map.pdf；figures.csv,Lanterns,All are lit.\n\
    路灯,通知,2026-03-02,云财〔2026〕2号,\"# 路灯\n\n二十盏。\",,,\n";

async fn each_row_becomes_a_draft_with_its_text_its_fields_its_files_and_its_translation(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    let files: [(&str, &[u8]); 3] =
        [("drafts.csv", TABLE.as_bytes()), ("files/map.pdf", b"%PDF-1.7\n"), ("files/figures.csv", b"year,lanterns\n2026,12\n")];
    let brought = bring(&house, &author, &files).await.unwrap();
    assert_eq!(brought.table.as_deref(), Some("drafts.csv"));
    assert_eq!(told(&brought), [("灯笼".into(), vec![]), ("路灯".into(), vec![])]);
    assert!(brought.left_out.is_empty() && brought.unknown.is_empty(), "{brought:?}");
    assert_eq!(house.drafts.draft_brought(&author, &brought.id, &[0, 1]).await.unwrap(), 2);
    let after = house.drafts.brought(&author, &brought.id).await.unwrap();
    let first = house.drafts.draft(&author, after.rows[0].draft.as_ref().unwrap()).await.unwrap();
    assert_eq!((first.agency.as_str(), first.author.as_str(), first.revision), (house.agency.as_str(), author.id.as_str(), 1));
    let written = &first.written;
    assert_eq!((&*written.title, &*written.genre, &*written.language), ("灯笼", "notice", "zh"));
    assert_eq!((&*written.issued, &*written.document_number, &*written.body), ("2026-03-01", "云财〔2026〕1号", "全部点亮。"));
    assert_eq!((&*written.translations[0].language, &*written.translations[0].title), ("en", "Lanterns"));
    let attached = house.drafts.files(&author, &first.id).await.unwrap();
    let named: Vec<_> = attached.iter().map(|file| (file.name.as_str(), file.media.as_str())).collect();
    assert_eq!(named, [("map.pdf", "application/pdf"), ("figures.csv", "text/plain")]);
    assert_eq!(house.drafts.file(&author, &first.id, &attached[0].id).await.unwrap().1, b"%PDF-1.7\n");
    let second = house.drafts.draft(&author, after.rows[1].draft.as_ref().unwrap()).await.unwrap();
    assert_eq!(second.written.body, "# 路灯\n\n二十盏。");
    // A draft like any other: submitted, approved, published.
    let frozen = house.drafts.freeze(&author, &first.id, 1, 0).await.unwrap();
    house.approve_all(&frozen).await;
    house.published(&frozen).await;
}

async fn what_is_wrong_with_one_row_is_told_and_keeps_no_other_from_becoming_a_draft(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    let table = "title,genre,issued,effective,expires,body,files,body_file\n\
        Good,notice,2026-03-01,,,Lit.,,\n\
        Bad,circular,2026-03-01,,,Lit.,,\n\
        Day,notice,2026-02-30,,,Lit.,,\n\
        Ends,notice,2026-03-01,2026-05-02,2026-05-01,Lit.,,\n\
        ,notice,2026-03-01,,,Lit.,,\n\
        Gone,notice,2026-03-01,,,Lit.,sea.pdf,\n\
        Later,notice,,,,,,\n\
        Picture,notice,2026-03-01,,,,plan.pdf,\n\
        Text,notice,2026-03-01,,,,,text.md\n\
        =1+1,notice,2026-03-01,,,Lit.,,\n\
        Long,notice,2026-03-01,,,Lit, and lit.,,,more\n";
    let many: String = (0..=MOST_FILES).map(|number| format!("{number}.txt;")).collect();
    let table = format!("{table}Many,notice,2026-03-01,,,Lit.,{many},\n");
    let small: Vec<_> = (0..=MOST_FILES).map(|number| (format!("{number}.txt"), b"x".to_vec())).collect();
    let huge = vec![0; LARGEST_FILE + 1];
    let mut files: Vec<(&str, &[u8])> = vec![
        ("table.csv", table.as_bytes()),
        ("plan.pdf", b"\x89PNG\r\n\x1a\n0000"),
        ("text.md", b"From a file."),
        ("unused.txt", b"x"),
        ("huge.bin", &huge),
        ("empty.txt", b""),
    ];
    files.extend(small.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())));
    let brought = bring(&house, &author, &files).await.unwrap();
    let of = |title: &str| brought.rows.iter().find(|row| row.written.title == title).unwrap();
    let wrong = |title: &str| of(title).told.iter().map(|told| (told.field.as_str(), told.what, told.said.as_str())).collect::<Vec<_>>();
    assert_eq!(wrong("Good"), []);
    assert_eq!(wrong("Bad"), [("genre", What::Choice, "circular")]);
    assert_eq!(wrong("Day"), [("issued", What::Date, "")]);
    assert_eq!(wrong("Ends"), [("expires", What::Order, "")]);
    assert_eq!(wrong(""), [("title", What::Missing, "")]);
    assert_eq!(wrong("Gone"), [("files", What::NotBrought, "sea.pdf")]);
    assert_eq!(wrong("Later"), [("body", What::Missing, ""), ("issued", What::Missing, "")]);
    assert_eq!(wrong("Picture"), [("files", What::OtherKind, "plan.pdf (image/png)")]);
    assert_eq!((wrong("Text"), of("Text").written.body.as_str()), (vec![], "From a file."));
    assert_eq!(wrong("=1+1"), [("title", What::Formula, "=1+1")]);
    assert!(wrong("Long").contains(&("", What::Longer, "")), "{:?}", wrong("Long"));
    assert_eq!(wrong("Many"), [("files", What::TooManyFiles, "25")]);
    let left_out: Vec<_> = brought.left_out.iter().map(|aside| (aside.name.as_str(), aside.why)).collect();
    assert_eq!(left_out, [("huge.bin", Skip::TooLarge), ("empty.txt", Skip::Empty), ("unused.txt", Skip::Unused)]);
    let sound: Vec<_> = brought.rows.iter().filter(|row| row.sound()).map(|row| row.written.title.as_str()).collect();
    assert_eq!(sound, ["Good", "Later", "Picture", "Text"]);
    let all: Vec<i64> = brought.rows.iter().map(|row| row.number).collect();
    assert_eq!(house.drafts.draft_brought(&author, &brought.id, &all).await.unwrap(), 4, "what cannot be is not made by asking for it");
    // What is no table, or two of them, is told as that.
    let refused = async |files: &[(&str, &[u8])]| bring(&house, &author, files).await.unwrap_err();
    let two: [(&str, &[u8]); 2] = [("a.csv", b"title\nA\n"), ("b.csv", b"title\nB\n")];
    assert_eq!(refused(&two).await, Refusal::Brought(Unbrought::TwoTables));
    assert_eq!(refused(&[]).await, Refusal::Brought(Unbrought::Nothing));
    assert_eq!(refused(&[("a.docx", b"\xff\xfe\x01")]).await, Refusal::Brought(Unbrought::NoRows));
    assert!(matches!(refused(&[("a.csv", b"name\nA\n")]).await, Refusal::Brought(Unbrought::Table(_))));
    assert_eq!(staged(&house), 2 + MOST_FILES + 1, "the table, and what its rows have as files");
}

async fn a_row_that_is_there_already_is_told_and_nothing_is_made_twice(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    let there = house.drafts.begin(&author, &house.agency, Kind::Disclosure, &written("Lanterns")).await.unwrap();
    let numbered = Written { document_number: "No. 7".into(), ..written("Street lamps") };
    let numbered = house.drafts.begin(&author, &house.agency, Kind::Disclosure, &numbered).await.unwrap();
    let others = house.who("stranger");
    house.drafts.begin(&others, &house.other, Kind::Disclosure, &written("Bridges")).await.unwrap();
    let table = "title,genre,document_number,body\nLANTERNS ,notice,,Lit.\nOther lamps,notice,No. 7,Lit.\nStreet lamps,notice,No. 8,Lit.\n\
                 Bridges,notice,,Lit.\nBridges,notice,,Lit again.\n";
    let brought = bring(&house, &author, &[("t.csv", table.as_bytes())]).await.unwrap();
    let same: Vec<_> = brought.rows.iter().map(|row| row.same.clone()).collect();
    assert_eq!(
        same,
        [
            Some(Same::Draft(there.id, "Lanterns".into())),
            Some(Same::Draft(numbered.id, "Street lamps".into())),
            None,
            None,
            Some(Same::Row("5".into()))
        ],
        "by its number, else by its title; another agency's drafts are not there"
    );
    let made = async |rows: &[i64]| house.drafts.draft_brought(&author, &brought.id, rows).await.unwrap();
    let (one, two) = tokio::join!(made(&[2, 3]), made(&[2, 3]));
    assert_eq!(one + two, 2, "a button pressed twice");
    assert_eq!(made(&[2, 3]).await, 0);
    let again = bring(&house, &author, &[("t.csv", table.as_bytes())]).await.unwrap();
    assert!(again.rows.iter().all(|row| matches!(row.same, Some(Same::Draft(..)))), "{again:?}");
}

async fn a_folder_without_a_table_gives_a_draft_for_each_text_and_each_pdf(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    let chinese = encoding_rs::GB18030.encode("路灯二十盏。").0.into_owned();
    let files: [(&str, &[u8]); 6] = [
        ("all/b.md", "# 灯笼\n\n全部点亮。\n".as_bytes()),
        ("all/sub/路灯.txt", &chinese),
        ("all/scan.pdf", b"%PDF-1.7\n"),
        ("all/photo.png", b"\x89PNG\r\n\x1a\n0000"),
        ("all/.DS_Store", b"x"),
        ("all/numbers.csv", b"year,lanterns\n2026,12\n"),
    ];
    let brought = bring(&house, &author, &files).await.unwrap();
    assert_eq!(brought.table, None);
    let rows: Vec<_> = brought.rows.iter().map(|row| (row.place.as_str(), row.written.title.as_str(), row.written.body.as_str())).collect();
    assert_eq!(rows, [("b.md", "灯笼", "全部点亮。\n"), ("scan.pdf", "scan", ""), ("sub/路灯.txt", "路灯", "路灯二十盏。")]);
    let left_out: Vec<_> = brought.left_out.iter().map(|aside| (aside.name.as_str(), aside.why)).collect();
    assert_eq!(left_out, [("numbers.csv", Skip::OtherKind), ("photo.png", Skip::OtherKind)]);
    assert_eq!(house.drafts.draft_brought(&author, &brought.id, &[0, 1, 2]).await.unwrap(), 3);
    let after = house.drafts.brought(&author, &brought.id).await.unwrap();
    let scan = after.rows[1].draft.clone().unwrap();
    let files = house.drafts.files(&author, &scan).await.unwrap();
    assert_eq!(files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["scan.pdf"]);
}

async fn an_archive_in_either_encoding_is_opened_and_nothing_of_it_leads_out(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    let entries: [(&str, &[u8]); 5] = [
        ("公文/drafts.csv", "标题,公文种类,issued,正文,files\n灯笼,通知,2026-03-01,亮。,附件/预算.pdf\n".as_bytes()),
        ("公文/附件/预算.pdf", b"%PDF-1.7\n"),
        ("公文/../../escape.txt", b"out"),
        ("__MACOSX/._x", b"x"),
        ("公文/附件/预算2.pdf", b"%PDF-1.7\n2"),
    ];
    let mut packed = archive(&entries);
    for named_by in ["utf-8", "gb18030"] {
        if named_by == "gb18030" {
            // As a Chinese Windows packs it: other bytes, and no mark that they are UTF-8.
            let stands: [(&str, &[u8; 4]); 3] = [("公文", b"AAAA"), ("附件", b"BBBB"), ("预算", b"CCCC")];
            let plain =
                |name: &str| stands.iter().fold(name.to_owned(), |name, (real, by)| name.replace(real, std::str::from_utf8(*by).unwrap()));
            let named: Vec<(String, &[u8])> = entries.iter().map(|(name, bytes)| (plain(name), *bytes)).collect();
            packed = archive(&named.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect::<Vec<_>>());
            for (real, by) in stands {
                let real = encoding_rs::GB18030.encode(real).0.into_owned();
                let places: Vec<_> = (0..packed.len() - 3).filter(|at| packed[*at..at + 4] == by[..]).collect();
                places.into_iter().for_each(|at| packed[at..at + 4].copy_from_slice(&real));
            }
        }
        let brought = bring(&house, &author, &[("all.zip", &packed)]).await.unwrap();
        assert_eq!(told(&brought), [("灯笼".into(), vec![])], "{named_by}");
        assert_eq!(brought.rows[0].files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["附件/预算.pdf"]);
        let left_out: Vec<_> = brought.left_out.iter().map(|aside| (aside.name.as_str(), aside.why)).collect();
        assert!(left_out.contains(&("附件/预算2.pdf", Skip::Unused)), "{left_out:?}");
        assert!(left_out.iter().any(|(name, why)| name.ends_with("escape.txt") && *why == Skip::Outside), "{left_out:?}");
    }
    assert!(!house.trial.place.data.join("escape.txt").exists());
    let broken = bring(&house, &author, &[("all.zip", b"PK\x03\x04 and no more")]).await.unwrap_err();
    assert_eq!(broken, Refusal::Brought(Unbrought::Shut(Shut::Broken)));
}

async fn what_somebody_brought_is_theirs_alone_and_goes_after_a_day(engine: Engine) {
    let house = House::on(engine).await;
    house.hire_for("auditor", &[(Role::Auditor, "")]).await;
    let author = house.who("author");
    let table = "title,genre,body,files\nLanterns,notice,Lit.,a.txt\n";
    let brought = bring(&house, &author, &[("t.csv", table.as_bytes()), ("a.txt", b"secret figures")]).await.unwrap();
    for name in ["colleague", "clerk", "stranger", "auditor"] {
        let who = house.who(name);
        assert_eq!(house.drafts.brought(&who, &brought.id).await.unwrap_err().refusal(), Some(&Refusal::Nothing), "{name}");
        assert_eq!(house.drafts.draft_brought(&who, &brought.id, &[0]).await.unwrap_err().refusal(), Some(&Refusal::Nothing));
        assert_eq!(house.drafts.discard_brought(&who, &brought.id).await.unwrap_err().refusal(), Some(&Refusal::Nothing));
        assert_eq!(house.drafts.brought_last(&who).await.unwrap(), None);
    }
    // Whoever drafts there no more, has nothing there either.
    let moved = Account { roles: house.who("stranger").roles, ..author.clone() };
    assert_eq!(house.drafts.brought(&moved, &brought.id).await.unwrap_err().refusal(), Some(&Refusal::Nothing));
    assert_eq!(house.drafts.begin_bringing(&author, &house.other).await.err().unwrap().refusal(), Some(&Refusal::Nothing));
    // What comes later takes its place, for one person one thing.
    assert_eq!(staged(&house), 2);
    let second = bring(&house, &author, &[("t.csv", table.as_bytes()), ("a.txt", b"secret figures")]).await.unwrap();
    assert_eq!(house.drafts.brought(&author, &brought.id).await.unwrap_err().refusal(), Some(&Refusal::Nothing));
    assert_eq!(staged(&house), 2);
    house.turn(23 * 3_600_000);
    assert_eq!(house.drafts.forget_brought().await.unwrap(), 0);
    assert_eq!(house.drafts.brought_last(&author).await.unwrap(), Some(second.id.clone()));
    house.turn(3_600_000);
    assert_eq!(house.drafts.brought(&author, &second.id).await.unwrap_err().refusal(), Some(&Refusal::Nothing));
    assert_eq!(house.drafts.forget_brought().await.unwrap(), 1);
    assert_eq!(staged(&house), 0);
    // And what never came to its end goes too.
    let mut torn = house.drafts.begin_bringing(&author, &house.agency).await.unwrap();
    torn.file("a.txt", b"x".to_vec()).await.unwrap();
    drop(torn);
    assert_eq!((staged(&house), house.drafts.brought_last(&author).await.unwrap()), (1, None));
    house.turn(24 * 3_600_000);
    house.drafts.forget_brought().await.unwrap();
    assert_eq!(staged(&house), 0);
}

async fn drafts_are_made_of_all_that_is_chosen_or_of_none(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    let table = "title,genre,body,files\nOne,notice,Lit.,a.txt\nTwo,notice,Lit.,b.txt\n";
    let files: [(&str, &[u8]); 3] = [("t.csv", table.as_bytes()), ("a.txt", b"a"), ("b.txt", b"b")];
    let brought = bring(&house, &author, &files).await.unwrap();
    let lost = brought.rows[1].files[0].number;
    std::fs::remove_file(house.trial.place.data.join(format!("drafts/brought/{}/{lost}", brought.id))).unwrap();
    assert!(house.drafts.draft_brought(&author, &brought.id, &[0, 1]).await.is_err(), "a disk that lost a file");
    assert!(house.drafts.list(&author, server::drafts::Stage::Writing, 10).await.unwrap().is_empty());
    let after = house.drafts.brought(&author, &brought.id).await.unwrap();
    assert!(after.rows.iter().all(|row| row.draft.is_none()));
    let lying = std::fs::read_dir(house.trial.place.data.join("drafts")).unwrap();
    let lying: usize = lying
        .map(|folder| folder.unwrap().path())
        .filter(|folder| !folder.ends_with("brought"))
        .map(|folder| std::fs::read_dir(folder).unwrap().count())
        .sum();
    assert_eq!(lying, 0, "no bytes of drafts that are not there");
    assert_eq!(house.drafts.draft_brought(&author, &brought.id, &[0]).await.unwrap(), 1);
}

async fn personal_data_in_what_was_brought_is_warned_of(engine: Engine) {
    let house = House::on(engine).await;
    let author = house.who("author");
    let table = "title,genre,body,files\nLanterns,notice,Call 13800138000.,list.txt\nClean,notice,Lit.,\n";
    let brought =
        bring(&house, &author, &[("t.csv", table.as_bytes()), ("list.txt", "身份证号11010519491231002X".as_bytes())]).await.unwrap();
    let found: Vec<_> = brought.rows[0].personal.iter().map(|(part, found)| (part.clone(), found.sort.code())).collect();
    assert_eq!(found, [(Some("body.md".into()), "mobile"), (Some("list.txt".into()), "identity-card")]);
    assert!(brought.rows[0].sound() && brought.rows[1].personal.is_empty());
    // As spreadsheets save it here, which is not UTF-8.
    let table = "title,genre,body,files\nLanterns,notice,Lit.,list.csv\n";
    let (list, ..) = encoding_rs::GB18030.encode("姓名,手机\n王芳,13800138000\n");
    let brought = bring(&house, &author, &[("t.csv", table.as_bytes()), ("list.csv", &list)]).await.unwrap();
    let found: Vec<_> = brought.rows[0].personal.iter().map(|(part, found)| (part.as_deref(), found.sort.code())).collect();
    assert_eq!(found, [(Some("list.csv"), "mobile")]);
}

impl Pages {
    async fn bring(&self, who: &Token, lang: &str, token: &str, agency: &str, files: &[(&str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        for (name, value) in [("token", token), ("agency", agency)] {
            write!(body, "--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").unwrap();
        }
        for (name, bytes) in files {
            write!(body, "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: x/y\r\n\r\n")
                .unwrap();
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--edge--\r\n");
        let request = own(by(who, Request::post(format!("/{lang}/desk/bring"))));
        let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.ask(request.body(Body::from(body)).unwrap()).await
    }
}

async fn a_table_comes_through_the_page_in_both_languages_and_is_made_drafts_of_there(engine: Engine) {
    let pages = Pages::on(engine).await;
    let author = pages.house.enter("author").await;
    for (lang, title, cannot) in [("zh", "灯笼", "不能生成"), ("en", "Lanterns", "cannot become a draft")] {
        let model = pages.get(&author, &format!("/{lang}/desk/bring/model.csv")).await;
        assert_eq!(model.status, StatusCode::OK);
        let heads = model.body.trim_start_matches('\u{feff}').trim_end().to_owned();
        let count = heads.split(',').count();
        // The model itself, filled in: title and genre, and a text.
        let genre = if lang == "zh" { "通知" } else { "Notice" };
        let row = |title: &str, genre: &str| {
            let mut cells = vec![""; count];
            (cells[0], cells[1], cells[19]) = (title, genre, "Lit &lt;b&gt;<script>alert(1)</script>");
            cells.join(",")
        };
        let table = format!("{heads}\n{}\n{}\n", row(title, genre), row("Bad", "circular"));
        let form = author.form();
        let brought = pages.bring(&author, lang, &form, &pages.house.agency, &[("", b""), ("t.csv", table.as_bytes())]).await;
        assert_eq!(brought.status, StatusCode::SEE_OTHER, "{}", brought.body);
        let to = brought.to;
        let Answer { status, body: shown, .. } = pages.get(&author, &to).await;
        assert_eq!(status, StatusCode::OK);
        assert!(shown.contains(title) && shown.contains(cannot) && shown.contains("circular"), "{shown}");
        assert!(!shown.contains("<script>alert"), "what was brought is shown as text");
        let made = pages.post(&author, &to, &[("do", "make"), ("row", "0"), ("row", "1")]).await;
        assert_eq!((made.status, made.to.as_str()), (StatusCode::SEE_OTHER, format!("{to}?made=1").as_str()));
        let shown = pages.get(&author, &made.to).await.body;
        assert!(shown.contains("data-state=\"made\"") && shown.contains("role=\"status\""), "{shown}");
        let list = pages.get(&author, &format!("/{lang}/desk/drafts")).await.body;
        assert!(list.contains(title) && !list.contains(">Bad<"));
    }
    let refused = pages.bring(&author, "en", &author.form(), &pages.house.agency, &[("t.csv", b"name\nx\n")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("no column “Title”"), "{}", refused.body);
    let last = pages.house.drafts.brought_last(&pages.house.who("author")).await.unwrap().unwrap();
    let discarded = pages.post(&author, &format!("/en/desk/bring/{last}"), &[("do", "discard")]).await;
    assert_eq!((discarded.status, discarded.to.as_str()), (StatusCode::SEE_OTHER, "/en/desk/drafts"));
    assert_eq!(pages.get(&author, &format!("/en/desk/bring/{last}")).await.status, StatusCode::NOT_FOUND);
}

async fn nothing_is_taken_without_the_sessions_token_and_for_no_other_agency(engine: Engine) {
    let pages = Pages::on(engine).await;
    let author = pages.house.enter("author").await;
    let (clerk, stranger) = (pages.house.enter("clerk").await, pages.house.enter("stranger").await);
    let table: [(&str, &[u8]); 1] = [("t.csv", b"title,body\nLanterns,Lit.\n")];
    let agency = pages.house.agency.clone();
    assert_eq!(pages.bring(&author, "en", "wrong", &agency, &table).await.status, StatusCode::FORBIDDEN);
    assert_eq!(pages.bring(&author, "en", &author.form(), &pages.house.other.clone(), &table).await.status, StatusCode::NOT_FOUND);
    assert_eq!(pages.bring(&clerk, "en", &clerk.form(), &agency, &table).await.status, StatusCode::NOT_FOUND, "who may not draft");
    assert_eq!(pages.get(&clerk, "/en/desk/bring").await.status, StatusCode::NOT_FOUND);
    assert_eq!(staged(&pages.house), 0);
    let to = pages.bring(&author, "en", &author.form(), &agency, &table).await.to;
    for who in [&clerk, &stranger] {
        assert_eq!(pages.get(who, &to).await.status, StatusCode::NOT_FOUND);
        assert_eq!(pages.post(who, &to, &[("do", "make"), ("row", "0")]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(pages.post(who, &to, &[("do", "discard")]).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(pages.get(&author, &to).await.status, StatusCode::OK);
    // Nothing of it by any public address.
    let id = to.rsplit('/').next().unwrap();
    for path in
        [format!("/content/{id}"), format!("/drafts/brought/{id}/0"), format!("/pkg/../drafts/brought/{id}/0"), format!("/brought/{id}/0")]
    {
        assert!(portal::get(&pages.portal, &path).await.0.is_client_error(), "{path}");
    }
}
