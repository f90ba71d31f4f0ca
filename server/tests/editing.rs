//! What the editor's script asks of the desk while somebody writes: saving by itself, the text as it will be read, and files that
//! come piece by piece.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod desk_house;
mod pages_at_desk;
mod portal;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use desk_house::*;
use pages_at_desk::Pages;
use portal::Answer;
use serde_json::{Value, json};
use server::{
    drafts::{Came, Kind, LARGEST_FILE, LARGEST_PIECE, MOST_FILES, Refusal, SMALLEST_PIECE, Saved, Written},
    staff::{From, Strength, Token},
};
use trial::Engine;

on_each_engine! {
    what_is_saved_by_itself_stands_on_what_was_read_and_the_journal_has_one_line_for_a_stretch,
    a_text_that_was_kept_aside_is_kept_once,
    a_save_whose_answer_was_lost_is_sent_again_without_a_conflict,
    the_preview_is_what_the_published_page_draws_and_runs_nothing,
    the_preview_has_catalogue_and_translations_with_scripts_and_without,
    a_file_comes_piece_by_piece_and_goes_on_where_it_stopped,
    a_piece_at_the_wrong_place_is_told_how_far_the_file_is,
    what_is_larger_than_announced_or_another_file_is_thrown_away,
    files_on_their_way_take_their_places_and_are_forgotten_after_a_day,
    nobody_else_goes_on_with_somebodys_upload,
    what_scripts_ask_is_not_there_for_another_agency_nor_for_the_public,
    several_translations_and_agencies_are_typed_kept_and_taken_away,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{}", self.body))
    }

    fn offset(&self) -> i64 {
        self.headers["upload-offset"].to_str().unwrap().parse().unwrap()
    }
}

impl Pages {
    async fn draft(&self) -> String {
        let author = self.house.who("author");
        self.house.drafts.begin(&author, &self.house.agency, Kind::Disclosure, &written("Lanterns")).await.unwrap().id
    }

    async fn script(&self, who: &Token, method: Method, path: &str, more: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let mut request = own(by(who, Request::builder().method(method).uri(path).header("x-gazette-token", who.form())));
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        self.ask(request.body(body.into()).unwrap()).await
    }

    async fn form(&self, who: &Token, path: &str, fields: &[(&str, &str)]) -> Answer {
        let kind = [(header::CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded")];
        self.script(who, Method::POST, path, &kind, form_of(who, fields)).await
    }

    async fn announce(&self, who: &Token, draft: &str, name: &str, bytes: &[u8]) -> Answer {
        let said = json!({ "name": name, "size": bytes.len(), "digest": digest(bytes) }).to_string();
        let kind = [("content-type", "application/json")];
        self.script(who, Method::POST, &format!("/desk/drafts/{draft}/uploads"), &kind, said).await
    }

    async fn send(&self, who: &Token, path: &str, offset: usize, bytes: &[u8]) -> Answer {
        self.script(who, Method::PATCH, path, &[("upload-offset", &offset.to_string())], bytes.to_vec()).await
    }
}

fn digest(bytes: &[u8]) -> String {
    chain::Hash::of(&[bytes]).to_hex()
}

/// A file that compresses badly and says what it is.
fn document(length: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend((0..length - bytes.len()).map(|place| (place.wrapping_mul(2_654_435_761) >> 7) as u8));
    bytes
}

async fn what_is_saved_by_itself_stands_on_what_was_read_and_the_journal_has_one_line_for_a_stretch(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (author, colleague) = (pages.house.enter("author").await, pages.house.enter("colleague").await);
    let id = pages.draft().await;
    let at = format!("/desk/drafts/{id}/save");
    let noted = async || {
        let noted = pages.house.staff.journal().before(i64::MAX, 200).await.unwrap();
        noted.iter().filter(|row| row.what == "draft-saved").count()
    };
    for revision in 1..4 {
        let text = format!("Lit: {revision}");
        let saved = pages.form(&author, &at, &[("revision", &revision.to_string()), ("title", "Lanterns"), ("body", &text)]).await;
        assert_eq!((saved.status, saved.json()["revision"].as_i64()), (StatusCode::OK, Some(revision + 1)), "{}", saved.body);
    }
    assert_eq!(noted().await, 1, "one line for a stretch");
    let late = pages.form(&colleague, &at, &[("revision", "2"), ("title", "Theirs"), ("body", "Red ones only.")]).await;
    let said = late.json();
    assert_eq!((late.status, said["refused"].as_str()), (StatusCode::CONFLICT, Some("conflict")), "{}", late.body);
    assert_eq!((said["by"].as_str(), said["revision"].as_i64()), (Some("Officer author"), Some(4)));
    let draft = pages.house.drafts.draft(&pages.house.who("author"), &id).await.unwrap();
    assert_eq!(draft.written.body, "Lit: 3");
    let asides = pages.house.drafts.asides(&pages.house.who("author"), &id).await.unwrap();
    let aside = pages.house.drafts.aside(&pages.house.who("author"), &id, &asides[0].id).await.unwrap().1;
    assert_eq!((asides.len(), aside.body.as_str()), (1, "Red ones only."));
    pages.form(&colleague, &at, &[("revision", "4"), ("title", "Lanterns"), ("body", "All of them.")]).await;
    assert_eq!(noted().await, 2, "another hand is another stretch");
    pages.house.turn(10 * 60_000);
    pages.form(&colleague, &at, &[("revision", "5"), ("title", "Lanterns"), ("body", "Nearly all.")]).await;
    assert_eq!(noted().await, 3, "and so is what comes after a while");
    let told = pages.script(&author, Method::GET, &format!("/desk/drafts/{id}/revision"), &[], Body::empty()).await.json();
    assert_eq!(
        (told["revision"].as_i64(), told["by"].as_str(), told["writing"].as_bool()),
        (Some(6), Some("Officer colleague"), Some(true))
    );
    // Without the session's token nothing is saved, and what is too long is told as that.
    let bare = Request::post(&at).header(header::COOKIE, format!("__Host-gazette={}", author.reveal()));
    let bare = own(bare).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from("revision=6&title=x")).unwrap();
    assert_eq!(pages.ask(bare).await.status, StatusCode::FORBIDDEN);
    let long = "x".repeat(3 << 20);
    assert_eq!(pages.form(&author, &at, &[("revision", "6"), ("body", &long)]).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

async fn a_text_that_was_kept_aside_is_kept_once(engine: Engine) {
    let pages = Pages::on(engine).await;
    let id = pages.draft().await;
    let (author, colleague) = (pages.house.who("author"), pages.house.who("colleague"));
    let drafts = &pages.house.drafts;
    drafts.save(&author, &id, 1, &written("First")).await.unwrap();
    let mut kept = Vec::new();
    for _ in 0..2 {
        match drafts.save_by_itself(&colleague, &id, 1, &written("Second")).await.unwrap() {
            Saved::Aside { aside, .. } => kept.push(aside),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(kept[0], kept[1]);
    drafts.save(&colleague, &id, 1, &written("Third")).await.unwrap();
    assert_eq!(drafts.asides(&author, &id).await.unwrap().len(), 2);
}

async fn a_save_whose_answer_was_lost_is_sent_again_without_a_conflict(engine: Engine) {
    let pages = Pages::on(engine).await;
    let id = pages.draft().await;
    let (author, colleague) = (pages.house.who("author"), pages.house.who("colleague"));
    let drafts = &pages.house.drafts;
    for _ in 0..2 {
        assert_eq!(drafts.save(&author, &id, 1, &written("First")).await.unwrap(), Saved::Revision(2));
    }
    assert_eq!(drafts.save_by_itself(&author, &id, 1, &written("First")).await.unwrap(), Saved::Revision(2));
    assert!(drafts.asides(&author, &id).await.unwrap().is_empty());
    // What somebody else has is not theirs, though it is the same.
    let same = drafts.save(&colleague, &id, 1, &written("First")).await.unwrap();
    assert!(matches!(same, Saved::Aside { .. }), "{same:?}");
}

async fn the_preview_is_what_the_published_page_draws_and_runs_nothing(engine: Engine) {
    let pages = Pages::on(engine).await;
    let author = pages.house.enter("author").await;
    let id = pages.draft().await;
    let at = format!("/desk/drafts/{id}/preview");
    let drawn =
        pages.form(&author, &at, &[("body", "# All\r\n\r\n**lit** <img src=x onerror=alert(1)> [x](javascript:alert(1))")]).await.json();
    let html = drawn["html"].as_str().unwrap();
    assert!(html.contains("<strong>lit</strong>") && !html.contains("<img") && !html.contains("href=\"javascript"), "{html}");
    let drawn = server::markdown::render("# All\n\n**lit** <img src=x onerror=alert(1)> [x](javascript:alert(1))").html;
    assert!(html.contains(&drawn), "{html}");
}

async fn the_preview_has_catalogue_and_translations_with_scripts_and_without(engine: Engine) {
    let pages = Pages::on(engine).await;
    let author = pages.house.enter("author").await;
    let id = pages.draft().await;
    let fields = [
        ("title", "Lanterns <script>alert(1)</script>"),
        ("genre", "notice"),
        ("language", "en"),
        ("document_number", "No. 7 (2026)"),
        ("issued", "2026-03-01"),
        ("summary", "Of <i>lanterns</i>."),
        ("keywords", "light\r\nriver"),
        ("joint_agencies", "Health Bureau"),
        ("subjects", "Bus Company | uscc | 91330100MA2ABCDE0X"),
        ("source", "https://archive.example/7"),
        ("authentic", "copy"),
        ("body", "# Which\r\n\r\nAll are **lit**."),
        ("translation_language", "fr"),
        ("translation_title", "Lanternes"),
        ("translation_body", "**Toutes** <img src=x onerror=alert(1)>"),
        ("translation_language", "de"),
        ("translation_title", "Laternen"),
        ("translation_body", ""),
    ];
    let saved = pages.form(&author, &format!("/desk/drafts/{id}/save"), &[&fields[..], &[("revision", "1")]].concat()).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
    for (lang, labels) in [("en", ["Catalogue", "Keywords", "Translation: French"]), ("zh", ["目录", "关键词", "译文：法文"])] {
        let drawn = pages.form(&author, &format!("/desk/drafts/{id}/preview?lang={lang}"), &fields).await.json();
        let html = drawn["html"].as_str().unwrap();
        for label in labels {
            assert!(html.contains(label), "{label}: {html}");
        }
        for said in [
            "Lanterns &lt;script&gt;",
            "data-field=\"summary\">Of &lt;i&gt;lanterns&lt;/i&gt;.<",
            "data-field=\"keywords\">light<",
            "data-field=\"keywords\">river<",
            "data-field=\"joint_agencies\">Health Bureau<",
            "data-field=\"document_number\">No. 7 (2026)<",
            "datetime=\"2026-03-01\"",
            "91330100MA2ABCDE0X",
            "https://archive.example/7",
            "<strong>lit</strong>",
            "Lanternes",
            "<strong>Toutes</strong>",
            "Laternen",
        ] {
            assert!(html.contains(said), "{said}: {html}");
        }
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
        // Without scripts, and before anything is typed, the page has the very same.
        let page = pages.get(&author, &format!("/{lang}/desk/drafts/{id}")).await.body;
        assert!(page.contains(html), "{html} in {page}");
    }
    // Where no text is yet, that is said, and all else is shown.
    let drawn = pages.form(&author, &format!("/desk/drafts/{id}/preview?lang=en"), &[("title", "Lanterns"), ("summary", "Of them.")]).await;
    let html = drawn.json()["html"].as_str().unwrap().to_owned();
    assert!(html.contains("There is no text yet.") && html.contains("Of them."), "{html}");
    // What becomes of a published document is read nowhere by itself.
    let author = pages.house.who("author");
    let status = pages.house.drafts.begin(&author, &pages.house.agency, Kind::Status, &Written::default()).await.unwrap();
    let token = pages.house.staff.begin_session(&author.id, Strength::SecondFactor, &From::default()).await.unwrap();
    assert!(!pages.get(&token, &format!("/en/desk/drafts/{}", status.id)).await.body.contains("data-preview"));
}

async fn a_file_comes_piece_by_piece_and_goes_on_where_it_stopped(engine: Engine) {
    let pages = Pages::on(engine).await;
    let author = pages.house.enter("author").await;
    let id = pages.draft().await;
    let bytes = document(3 * SMALLEST_PIECE + 17);
    let begun = pages.announce(&author, &id, "../map.html", &bytes).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.body);
    let at = format!("/desk/drafts/{id}/uploads/{}", begun.json()["id"].as_str().unwrap());
    let first = pages.send(&author, &at, 0, &bytes[..SMALLEST_PIECE]).await;
    assert_eq!((first.status, first.offset()), (StatusCode::NO_CONTENT, SMALLEST_PIECE as i64));
    // A piece that breaks off on its way is none.
    let broken = [Ok(bytes[SMALLEST_PIECE..SMALLEST_PIECE + 9].to_vec()), Err(std::io::Error::other("the line is gone"))];
    let broken = Body::from_stream(futures_util::stream::iter(broken));
    let cut = pages.script(&author, Method::PATCH, &at, &[("upload-offset", &SMALLEST_PIECE.to_string())], broken).await;
    assert_eq!((cut.status, cut.json()["refused"].as_str()), (StatusCode::REQUEST_TIMEOUT, Some("cut")));
    // Whoever comes back asks how far it is.
    for method in [Method::GET, Method::HEAD] {
        let told = pages.script(&author, method, &at, &[], Body::empty()).await;
        assert_eq!((told.status, told.offset()), (StatusCode::OK, SMALLEST_PIECE as i64));
        assert_eq!(told.headers["upload-length"].to_str().unwrap(), bytes.len().to_string());
    }
    let listed = pages.script(&author, Method::GET, &format!("/desk/drafts/{id}/uploads"), &[], Body::empty()).await.json();
    assert_eq!((listed.as_array().unwrap().len(), listed[0]["name"].as_str()), (1, Some("map.html")));
    pages.send(&author, &at, SMALLEST_PIECE, &bytes[SMALLEST_PIECE..2 * SMALLEST_PIECE]).await;
    let last = pages.send(&author, &at, 2 * SMALLEST_PIECE, &bytes[2 * SMALLEST_PIECE..]).await;
    assert_eq!((last.status, last.json()["file"]["media"].as_str()), (StatusCode::OK, Some("application/pdf")), "{}", last.body);
    let who = pages.house.who("author");
    let files = pages.house.drafts.files(&who, &id).await.unwrap();
    assert_eq!(files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["map.html"]);
    assert!(pages.house.drafts.file(&who, &id, &files[0].id).await.unwrap().1 == bytes);
    assert_eq!(pages.send(&author, &at, bytes.len(), &[]).await.status, StatusCode::NOT_FOUND, "it is on its way no more");
    let pieces = pages.house.trial.place.data.join("drafts").join(&id).join("pieces");
    assert_eq!(std::fs::read_dir(pieces).unwrap().count(), 0, "no piece is left");
}

async fn a_piece_at_the_wrong_place_is_told_how_far_the_file_is(engine: Engine) {
    let pages = Pages::on(engine).await;
    let author = pages.house.enter("author").await;
    let id = pages.draft().await;
    let bytes = document(3 * SMALLEST_PIECE);
    let begun = pages.announce(&author, &id, "map.pdf", &bytes).await;
    let at = format!("/desk/drafts/{id}/uploads/{}", begun.json()["id"].as_str().unwrap());
    let piece = &bytes[..SMALLEST_PIECE];
    for wrong in [1, SMALLEST_PIECE, usize::MAX] {
        let refused = pages.send(&author, &at, wrong, piece).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{wrong}");
        assert_eq!(refused.offset(), 0);
    }
    assert_eq!(pages.send(&author, &at, 0, piece).await.status, StatusCode::NO_CONTENT);
    // The same piece again, because its answer was lost.
    let again = pages.send(&author, &at, 0, piece).await;
    assert_eq!((again.status, again.offset()), (StatusCode::CONFLICT, SMALLEST_PIECE as i64));
    // Crumbs, of which a file would be millions, and more than is taken at once.
    assert_eq!(pages.send(&author, &at, SMALLEST_PIECE, b"x").await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let much = vec![0; LARGEST_PIECE + 1];
    assert_eq!(pages.send(&author, &at, SMALLEST_PIECE, &much).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    // Two of one place at once: one of them counts.
    let who = pages.house.who("author");
    let upload = &pages.house.drafts.uploads(&who, &id).await.unwrap()[0];
    let both = [&bytes[SMALLEST_PIECE..2 * SMALLEST_PIECE]; 2];
    let sent = both.map(|piece| pages.house.drafts.go_on(&who, &id, &upload.id, SMALLEST_PIECE as i64, piece.to_vec()));
    let [a, b] = sent;
    let (a, b) = tokio::join!(a, b);
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    assert_eq!(a.and(b).unwrap_err().refusal(), Some(&Refusal::Offset(2 * SMALLEST_PIECE as i64)));
    let whole = pages.house.drafts.go_on(&who, &id, &upload.id, 2 * SMALLEST_PIECE as i64, bytes[2 * SMALLEST_PIECE..].to_vec()).await;
    assert!(matches!(whole, Ok(Came::Whole(_))), "{whole:?}");
}

async fn what_is_larger_than_announced_or_another_file_is_thrown_away(engine: Engine) {
    let pages = Pages::on(engine).await;
    let author = pages.house.enter("author").await;
    let id = pages.draft().await;
    let at = |begun: &Answer| format!("/desk/drafts/{id}/uploads/{}", begun.json()["id"].as_str().unwrap());
    let bytes = document(SMALLEST_PIECE);
    let begun = pages.announce(&author, &id, "map.pdf", &bytes).await;
    let beyond = pages.send(&author, &at(&begun), 0, &document(SMALLEST_PIECE + 1)).await;
    assert_eq!(beyond.status, StatusCode::PAYLOAD_TOO_LARGE);
    let other = pages.send(&author, &at(&begun), 0, &document(SMALLEST_PIECE + 1)[1..]).await;
    assert_eq!((other.status, other.json()["refused"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("digest")));
    let who = pages.house.who("author");
    assert!(
        pages.house.drafts.uploads(&who, &id).await.unwrap().is_empty() && pages.house.drafts.files(&who, &id).await.unwrap().is_empty()
    );
    for size in [0, -1, LARGEST_FILE as i64 + 1, i64::MAX] {
        let refused = pages.house.drafts.begin_upload(&who, &id, "a", size, &digest(b"a")).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(&Refusal::FileSize), "{size}");
    }
    for nonsense in
        ["", "[]", "{\"name\":1}", "{\"name\":\"a\",\"size\":1,\"digest\":\"../../x\"}", "{\"name\":\"a\",\"size\":1.5,\"digest\":\"\"}"]
    {
        let kind = [("content-type", "application/json")];
        let answer = pages.script(&author, Method::POST, &format!("/desk/drafts/{id}/uploads"), &kind, nonsense).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{nonsense}");
    }
}

async fn files_on_their_way_take_their_places_and_are_forgotten_after_a_day(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (house, id) = (&pages.house, pages.draft().await);
    let who = house.who("author");
    house.drafts.attach(&who, &id, "a.txt", b"a".to_vec()).await.unwrap();
    let bytes = document(2 * SMALLEST_PIECE);
    for _ in 1..MOST_FILES {
        let upload = house.drafts.begin_upload(&who, &id, "b.pdf", bytes.len() as i64, &digest(&bytes)).await.unwrap();
        house.drafts.go_on(&who, &id, &upload.id, 0, bytes[..SMALLEST_PIECE].to_vec()).await.unwrap();
    }
    let refused = house.drafts.begin_upload(&who, &id, "c.pdf", 1, &digest(b"c")).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::TooManyFiles));
    assert_eq!(house.drafts.attach(&who, &id, "c.txt", b"c".to_vec()).await.unwrap_err().refusal(), Some(&Refusal::TooManyFiles));
    let pieces = house.trial.place.data.join("drafts").join(&id).join("pieces");
    assert_eq!(std::fs::read_dir(&pieces).unwrap().count(), MOST_FILES - 1);
    house.turn(23 * 3_600_000);
    assert_eq!(house.drafts.forget_unfinished().await.unwrap(), 0);
    let lively = house.drafts.uploads(&who, &id).await.unwrap().remove(0);
    house.drafts.go_on(&who, &id, &lively.id, SMALLEST_PIECE as i64, vec![]).await.unwrap_err();
    house.turn(2 * 3_600_000);
    assert_eq!(house.drafts.forget_unfinished().await.unwrap(), MOST_FILES - 1);
    assert_eq!(std::fs::read_dir(&pieces).unwrap().count(), 0);
    assert_eq!(house.drafts.files(&who, &id).await.unwrap().len(), 1, "what came whole stays");
    house.drafts.attach(&who, &id, "c.txt", b"c".to_vec()).await.unwrap();
}

async fn nobody_else_goes_on_with_somebodys_upload(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (author, colleague) = (pages.house.enter("author").await, pages.house.enter("colleague").await);
    let id = pages.draft().await;
    let bytes = document(2 * SMALLEST_PIECE);
    let begun = pages.announce(&author, &id, "map.pdf", &bytes).await.json();
    let at = format!("/desk/drafts/{id}/uploads/{}", begun["id"].as_str().unwrap());
    assert_eq!(pages.send(&colleague, &at, 0, &bytes[..SMALLEST_PIECE]).await.status, StatusCode::NOT_FOUND);
    for method in [Method::GET, Method::HEAD, Method::DELETE] {
        assert_eq!(pages.script(&colleague, method, &at, &[], Body::empty()).await.status, StatusCode::NOT_FOUND);
    }
    let theirs = pages.script(&colleague, Method::GET, &format!("/desk/drafts/{id}/uploads"), &[], Body::empty()).await.json();
    assert_eq!(theirs.as_array().unwrap().len(), 0);
    // Of another draft it is not there either.
    let other = pages.draft().await;
    let elsewhere = at.replace(&id, &other);
    assert_eq!(pages.send(&author, &elsewhere, 0, &bytes[..SMALLEST_PIECE]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(pages.script(&author, Method::DELETE, &at, &[], Body::empty()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(pages.script(&author, Method::GET, &at, &[], Body::empty()).await.status, StatusCode::NOT_FOUND);
}

async fn what_scripts_ask_is_not_there_for_another_agency_nor_for_the_public(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (author, stranger, clerk) =
        (pages.house.enter("author").await, pages.house.enter("stranger").await, pages.house.enter("clerk").await);
    let id = pages.draft().await;
    let begun = pages.announce(&author, &id, "map.pdf", &document(SMALLEST_PIECE)).await.json();
    let upload = format!("/uploads/{}", begun["id"].as_str().unwrap());
    let asked = [
        (Method::POST, "/save"),
        (Method::POST, "/preview"),
        (Method::GET, "/revision"),
        (Method::GET, "/uploads"),
        (Method::GET, &upload),
        (Method::PATCH, &upload),
        (Method::DELETE, &upload),
    ];
    for (method, path) in asked {
        let path = format!("/desk/drafts/{id}{path}");
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let theirs = pages.script(&stranger, method.clone(), &path, &form, "revision=1&body=x").await;
        let nothing = pages.script(&stranger, method.clone(), &path.replace(&id, &"0".repeat(32)), &form, "revision=1&body=x").await;
        assert_eq!((theirs.status, &theirs.body), (StatusCode::NOT_FOUND, &nothing.body), "{method} {path}");
        let public = Request::builder().method(method.clone()).uri(&path).header("sec-fetch-site", "same-origin");
        let public = pages.ask(public.body(Body::empty()).unwrap()).await;
        assert_eq!(public.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        if method != Method::GET {
            let abroad = Request::builder().method(method.clone()).uri(&path).header("sec-fetch-site", "cross-site");
            let abroad =
                abroad.header(header::COOKIE, format!("__Host-gazette={}", author.reveal())).header("x-gazette-token", author.form());
            assert_eq!(pages.ask(abroad.body(Body::empty()).unwrap()).await.status, StatusCode::FORBIDDEN, "{method} {path}");
        }
    }
    // Who reads the agency's drafts but writes none.
    assert_eq!(pages.form(&clerk, &format!("/desk/drafts/{id}/save"), &[("revision", "1")]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(pages.announce(&clerk, &id, "a", b"a").await.status, StatusCode::NOT_FOUND);
}

async fn several_translations_and_agencies_are_typed_kept_and_taken_away(engine: Engine) {
    let pages = Pages::on(engine).await;
    let author = pages.house.enter("author").await;
    let id = pages.draft().await;
    let at = format!("/en/desk/drafts/{id}");
    let fields = [
        ("title", "Lanterns"),
        ("genre", "notice"),
        ("language", "ug"),
        ("issued", "2026-03-01"),
        ("body", "All of them."),
        ("joint_agencies", "Finance"),
        ("joint_agencies", " "),
        ("joint_agencies", "Health"),
        ("translation_language", "zh"),
        ("translation_title", "灯笼"),
        ("translation_body", "全部。"),
        ("translation_language", "bo"),
        ("translation_title", ""),
        ("translation_body", ""),
        ("translation_language", "fr"),
        ("translation_title", "Lanternes"),
        ("translation_body", "Toutes."),
    ];
    let save = |asked: &'static str, revision: &'static str| [&fields[..], &[("do", asked), ("revision", revision)]].concat();
    assert_eq!(pages.form(&author, &at, &save("translate", "1")).await.status, StatusCode::SEE_OTHER);
    let draft = pages.house.drafts.draft(&pages.house.who("author"), &id).await.unwrap();
    let languages = |written: &Written| written.translations.iter().map(|text| text.language.clone()).collect::<Vec<_>>();
    assert_eq!(languages(&draft.written), ["zh", "fr"]);
    assert_eq!(draft.written.joint_agencies, ["Finance", "Health"]);
    let page = pages.get(&author, &format!("{at}?translate=1")).await.body;
    assert_eq!(page.matches("class=\"translation\"").count(), 3, "room for one more: {page}");
    assert!(page.contains("<datalist id=\"agencies\"><option value="), "{page}");
    assert_eq!(pages.form(&author, &at, &save("untranslate-0", "2")).await.status, StatusCode::SEE_OTHER);
    let draft = pages.house.drafts.draft(&pages.house.who("author"), &id).await.unwrap();
    assert_eq!(languages(&draft.written), ["fr"]);
    let frozen = pages.house.drafts.freeze(&pages.house.who("author"), &id, 3, 0).await.unwrap();
    assert!(frozen.core_line.contains("\"language\":\"ug\"") && frozen.core_line.contains("\"fr\""), "{}", frozen.core_line);
}
