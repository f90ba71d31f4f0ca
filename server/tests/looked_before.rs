//! Personal data are looked for before anything is published, also where no desk has looked: in what an agency's own key signed, and in
//! files that are to be imported.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod by_token;
mod described;
mod desk_house;
mod documents;
mod portal;
mod program;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use by_token::*;
use chain::{
    entry::Entry,
    note,
    part::format_salt,
    statement::{self, Core, Reference, Statement},
};
use desk_house::*;
use documents::IDENTITY;
use program::Program;
use serde_json::{Value, json};
use server::{compose, keys, staff::Scope, store::NewContent};
use trial::{Engine, reference};

on_each_engine! {
    a_check_says_of_each_line_what_would_become_of_it_and_logs_nothing,
    what_a_check_refuses_is_refused_in_earnest_for_the_same_reason,
    a_check_tells_what_belongs_to_persons_in_texts_and_in_files_and_never_the_number,
    where_it_is_asked_for_a_line_with_numbers_of_persons_is_refused_before_it_is_logged,
    what_could_not_be_looked_through_is_not_taken_for_clean,
    what_is_logged_already_is_answered_with_its_place_however_strict,
    a_misspelt_query_publishes_nothing,
    without_a_token_only_what_a_registered_key_signed_is_looked_through,
    all_that_a_statement_says_is_looked_at_also_what_no_program_here_knows,
    a_registration_is_looked_at_too,
    what_is_logged_is_foretold_to_be_repeated_though_a_part_of_it_is_redacted_by_now,
}

const AT: &str = "/api/v1/statements";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Entries of the house's chain.
async fn size(house: &House) -> u64 {
    house.node.store.head().await.unwrap().unwrap().size
}

async fn post(m: &Machines, token: &str, query: &str, lines: &[String]) -> Answer {
    m.ask(token, "POST", &format!("{AT}{query}"), lines.join("\n")).await
}

fn file(name: &str, media: &str, bytes: Vec<u8>) -> compose::Document {
    compose::Document { role: "attachment", media: media.into(), language: None, name: name.into(), bytes }
}

/// A line of the agency without a rule, with these files.
fn with_files(house: &House, n: u8, files: Vec<compose::Document>) -> String {
    let mut draft = trial::draft(&house.free, "Rain", "Rain.\n");
    draft.documents.extend(files);
    line_with(house, n, draft, house.node.seal(&house.free).unwrap())
}

/// One whose text is this.
fn saying(house: &House, n: u8, body: &str) -> String {
    line_with(house, n, trial::draft(&house.free, "Rain", body), house.node.seal(&house.free).unwrap())
}

fn list_in_pdf() -> Vec<u8> {
    documents::pdf(&[&documents::lines(&["Lanterns"]), &documents::lines(&[&format!("No. {IDENTITY}")])])
}

/// What a line is refused as, or which of these words its answer has.
fn became(said: &Value) -> String {
    match said["code"].as_str() {
        Some(code) => code.to_owned(),
        None if said["checked"] == true && said["repeated"] == true => "would be repeated".into(),
        None if said["checked"] == true => "would be taken".into(),
        None if said["repeated"] == true => "repeated".into(),
        None if said["index"].is_u64() => "taken".into(),
        None => panic!("{said}"),
    }
}

fn all_became(said: &[Value]) -> Vec<String> {
    said.iter().map(became).collect()
}

async fn a_check_says_of_each_line_what_would_become_of_it_and_logs_nothing(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let token = m.token(&house.free, &[Scope::Statements]).await;
    let (free, other) = (house.node.seal(&house.free).unwrap(), house.node.seal(&house.other).unwrap());
    let own = |n: u8, title: &str| line_of(house, &house.free, n, title, free);
    let logged = own(1, "Rain");
    assert_eq!(all_became(&post(&m, &token, "", std::slice::from_ref(&logged)).await.lines()), ["taken"]);
    let theirs = trial::publish(&house.node, trial::draft(&house.other, "Nurses", "Night.\n")).await.unwrap();
    let of_theirs = compose::Draft { revises: Some(reference(&theirs)), ..trial::draft(&house.free, "Nurses", "Day.\n") };
    let fresh = own(2, "Wind");
    let mut bare: Value = serde_json::from_str(&own(6, "Without its parts")).unwrap();
    bare["parts"] = json!([]);
    let lines = [
        logged.clone(),
        fresh.clone(),
        fresh.clone(),
        own(2, "Another under the same id"),
        own(1, "Another under an id that is logged"),
        line_of(house, &house.other, 3, "Another agency's", other),
        line_of(house, &house.free, 4, "Forged", &impostor(&house.free)),
        "{}".to_owned(),
        line_with(house, 5, of_theirs, free),
        bare.to_string(),
        own(7, "Calm"),
    ];
    let (before, noted_before) = (size(house).await, noted(house, "statements-handed-in").await.len());
    let answer = post(&m, &token, "?check=1", &lines).await;
    let said = answer.lines();
    let expected = [
        "would be repeated",
        "would be taken",
        "would be repeated",
        "differs",
        "differs",
        "not-yours",
        "unknown-key",
        "line",
        "not-entitled",
        "part-missing",
        "would be taken",
    ];
    assert_eq!(all_became(&said), expected, "{said:?}");
    assert!(said.iter().all(|line| line.get("index").is_none()), "nothing has a place: {said:?}");
    for at in [1, 10] {
        assert_eq!((&said[at]["personal"], &said[at]["unread"]), (&json!([]), &json!([])), "{}", said[at]);
    }
    assert_eq!(post(&m, &token, "?check=1", &lines).await.body, answer.body, "checked again it is the same");
    assert_eq!(size(house).await, before);
    assert_eq!(noted(house, "statements-handed-in").await.len(), noted_before, "nothing was handed in");
    // And what was checked is then taken.
    assert_eq!(all_became(&post(&m, &token, "", &[fresh]).await.lines()), ["taken"]);
    assert_eq!(size(house).await, before + 1);
    // Nothing at all is checked, too.
    assert_eq!(post(&m, &token, "?check=1", &["\n".to_owned()]).await.lines(), Vec::<Value>::new());
}

async fn what_a_check_refuses_is_refused_in_earnest_for_the_same_reason(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    // An agency with a rule publishes nothing that nobody approved, whoever holds its seal.
    let token = m.token(&house.agency, &[Scope::Statements]).await;
    let seal = house.node.seal(&house.agency).unwrap();
    let lines = [line_of(house, &house.agency, 1, "Lanterns", seal), line_of(house, &house.agency, 2, "Forged", &impostor(&house.agency))];
    let before = size(house).await;
    let (checked, handed_in) = (post(&m, &token, "?check=1", &lines).await, post(&m, &token, "", &lines).await);
    assert_eq!(checked.body, handed_in.body);
    assert!(became(&checked.lines()[0]).starts_with("approval"), "{}", checked.body);
    assert_eq!(size(house).await, before);
}

async fn a_check_tells_what_belongs_to_persons_in_texts_and_in_files_and_never_the_number(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let token = m.token(&house.free, &[Scope::Statements]).await;
    let mut draft = trial::draft(&house.free, "List_13800138000", "Rain.\nCall 13800138000.\n");
    draft.stated_agency = Some("Office, 13800138000".into());
    draft.documents.extend([
        file("list.docx", WORD, documents::docx(&[&[IDENTITY]])),
        file("list.pdf", "application/pdf", list_in_pdf()),
        // Called a text, it is read as what it is.
        file("plain.txt", "text/plain", list_in_pdf()),
        file("data.json", "application/json", br#"{"call":"a\n13800138000"}"#.to_vec()),
        file("map.png", "image/png", b"\x89PNG\r\n\x1a\n0000".to_vec()),
    ]);
    let line = line_with(house, 1, draft, house.node.seal(&house.free).unwrap());
    let before = size(house).await;
    let answer = post(&m, &token, "?check=1", std::slice::from_ref(&line)).await;
    let said = answer.lines().remove(0);
    let identity = |name: &str, at: Value| json!({ "file": name, "kind": "identity-card", "where": at });
    let expected = json!([
        { "field": "title", "kind": "mobile", "where": {} },
        { "field": "body", "kind": "mobile", "where": { "line": 2 } },
        identity("list.docx", json!({})),
        identity("list.pdf", json!({ "page": 2 })),
        identity("plain.txt", json!({ "page": 2 })),
        { "file": "data.json", "kind": "mobile", "where": {} },
        { "field": "stated_agency", "kind": "mobile", "where": {} },
    ]);
    assert_eq!(became(&said), "would be taken", "it is no reason to refuse anything: {said}");
    assert_eq!((&said["personal"], &said["unread"]), (&expected, &json!([{ "file": "map.png", "why": "no-text" }])));
    assert!(!answer.body.contains("13800138000") && !answer.body.contains(IDENTITY));
    assert_eq!(size(house).await, before);
    // The receipt says the same, too late.
    let taken = post(&m, &token, "", std::slice::from_ref(&line)).await.lines().remove(0);
    assert_eq!((became(&taken), &taken["personal"], &taken["unread"]), ("taken".into(), &said["personal"], &said["unread"]));
}

async fn where_it_is_asked_for_a_line_with_numbers_of_persons_is_refused_before_it_is_logged(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let token = m.token(&house.free, &[Scope::Statements]).await;
    let lines = [
        saying(house, 1, "Rain.\n"),
        saying(house, 2, "Rain.\nCall 13800138000.\n"),
        with_files(house, 3, vec![file("list.docx", WORD, documents::docx(&[&[IDENTITY]]))]),
        saying(house, 4, "Wind.\n"),
        with_files(house, 5, vec![file("list.pdf", "application/pdf", list_in_pdf())]),
        line_of(house, &house.free, 6, "Forged", &impostor(&house.free)),
        with_files(house, 7, vec![file("clean.docx", WORD, documents::docx(&[&["Every lantern is lit."]]))]),
    ];
    let before = size(house).await;
    let expected = ["taken", "personal", "personal", "taken", "personal", "unknown-key", "taken"];
    let answer = post(&m, &token, "?personal=refuse", &lines).await;
    let said = answer.lines();
    assert_eq!(all_became(&said), expected, "{said:?}");
    assert_eq!(size(house).await, before + 3, "the others, and nothing of what was refused");
    let found = [
        (1, json!([{ "field": "body", "kind": "mobile", "where": { "line": 2 } }])),
        (2, json!([{ "file": "list.docx", "kind": "identity-card", "where": {} }])),
        (4, json!([{ "file": "list.pdf", "kind": "identity-card", "where": { "page": 2 } }])),
    ];
    for (at, found) in found {
        assert_eq!((&said[at]["personal"], &said[at]["retry"]), (&found, &json!(false)));
        assert!(said[at]["refused_zh"].as_str().unwrap().ends_with('。'));
    }
    for at in [0, 3, 6] {
        assert_eq!((&said[at]["personal"], &said[at]["unread"]), (&json!([]), &json!([])), "{}", said[at]);
    }
    assert!(!answer.body.contains("13800138000") && !answer.body.contains(IDENTITY));
    let (_, details) = noted(house, "statements-handed-in").await.remove(0);
    assert_eq!((&details["taken"], &details["refused"]), (&json!(3), &json!(4)));
    // Asked again, each stands where it stood, and what was refused is refused.
    let again = post(&m, &token, "?personal=refuse", &lines).await.lines();
    assert_eq!(all_became(&again), ["repeated", "personal", "personal", "repeated", "personal", "unknown-key", "repeated"]);
    assert_eq!((&again[0]["index"], &again[3]["index"]), (&said[0]["index"], &said[3]["index"]));
    assert_eq!(size(house).await, before + 3);
    // Asked both, it is said what would be refused.
    let checked = post(&m, &token, "?check=1&personal=refuse", &lines).await.lines();
    assert_eq!(checked[1], said[1]);
    assert_eq!(became(&checked[0]), "would be repeated");
    // Who has looked at them sends them without the word.
    assert_eq!(all_became(&post(&m, &token, "", &lines[1..3]).await.lines()), ["taken", "taken"]);
}

async fn what_could_not_be_looked_through_is_not_taken_for_clean(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let token = m.token(&house.free, &[Scope::Statements]).await;
    let unread = [
        ("map.png", "image/png", b"\x89PNG\r\n\x1a\n0000".to_vec(), "no-text"),
        ("locked.pdf", "application/pdf", documents::locked_pdf(), "locked"),
        ("scan.pdf", "application/pdf", documents::pdf(&[documents::SCANNED]), "no-text"),
        ("all.zip", "application/zip", documents::package(&[("a.txt", "13800138000")]), "other-kind"),
        // No picture becomes a text by being called one.
        ("map.txt", "text/plain", b"\x89PNG\r\n\x1a\n\xff\xff".to_vec(), "no-text"),
    ];
    let line =
        |(n, (name, media, bytes, _)): (u8, &(&str, &str, Vec<u8>, &str))| with_files(house, n, vec![file(name, media, bytes.clone())]);
    let lines: Vec<String> = (1..).zip(&unread).map(line).collect();
    let before = size(house).await;
    let said = post(&m, &token, "?personal=refuse", &lines).await.lines();
    for (said, (name, .., why)) in said.iter().zip(&unread) {
        assert_eq!((became(said), &said["personal"]), ("personal".into(), &json!([])), "{name}");
        assert_eq!((&said["unread"], &said["retry"]), (&json!([{ "file": name, "why": why }]), &json!(false)), "{name}");
    }
    assert_eq!((said.len(), size(house).await), (unread.len(), before));
    // One of which everything could be read is taken beside them.
    let clean = post(&m, &token, "?personal=refuse", &[saying(house, 9, "Wind.\n")]).await.lines();
    assert_eq!(all_became(&clean), ["taken"]);
}

async fn what_is_logged_already_is_answered_with_its_place_however_strict(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let token = m.token(&house.free, &[Scope::Statements]).await;
    let line = saying(house, 1, "Call 13800138000.\n");
    let first = post(&m, &token, "", std::slice::from_ref(&line)).await.lines().remove(0);
    let before = size(house).await;
    let again = post(&m, &token, "?personal=refuse", &[line, saying(house, 1, "Another, 13900139000.\n")]).await.lines();
    assert_eq!(all_became(&again), ["repeated", "differs"], "{again:?}");
    assert_eq!((&again[0]["index"], &again[0]["personal"]), (&first["index"], &first["personal"]), "and it is told of, as it was");
    assert_eq!(size(house).await, before);
}

async fn a_misspelt_query_publishes_nothing(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let token = m.token(&house.free, &[Scope::Statements]).await;
    let line = saying(house, 1, "Rain.\n");
    let before = size(house).await;
    for (query, field) in [
        ("?check", "check"),
        ("?check=true", "check"),
        ("?chek=1", "query"),
        ("?check=1&check=1", "query"),
        ("?personal=warn", "personal"),
        ("?check=1&personal=", "personal"),
    ] {
        let answer = post(&m, &token, query, std::slice::from_ref(&line)).await;
        assert_eq!((answer.code(), &answer.json()["field"]), (refused(422, "field"), &json!(field)), "{query}");
        let request = Request::post(format!("/submit{query}")).body(Body::from(line.clone())).unwrap();
        assert_eq!(portal::ask(&m.portal, "203.0.113.7:9", request).await.0, StatusCode::BAD_REQUEST, "{query}");
    }
    assert_eq!(size(house).await, before);
    let read = m.token(&house.free, &[Scope::Read]).await;
    assert_eq!(post(&m, &read, "?check=1", &[line]).await.code(), refused(403, "scope"), "to check is to hand in, as far as a token goes");
}

async fn without_a_token_only_what_a_registered_key_signed_is_looked_through(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let logged = saying(house, 1, "Call 13900139000.\n");
    assert_eq!(all_became(&submit(&m, "", std::slice::from_ref(&logged)).await), ["taken"]);
    let forged = line_with(house, 2, trial::draft(&house.free, "Rain", "Call 13800138000.\n"), &impostor(&house.free));
    let seal = house.node.seal(&house.other).unwrap();
    let good = line_with(house, 3, trial::draft(&house.other, "Nurses", "Call 13800138000.\n"), seal);
    let lines = [logged, forged, good, saying(house, 4, "Wind.\n")];
    let before = size(house).await;
    let said = submit(&m, "?check=1", &lines).await;
    assert_eq!(all_became(&said), ["would be repeated", "unknown-key", "would be taken", "would be taken"], "{said:?}");
    let told: Vec<bool> = said.iter().map(|line| line.get("personal").is_some()).collect();
    assert_eq!(told, [false, false, true, true], "what anybody can bring is not looked through: {said:?}");
    assert_eq!(said[2]["personal"], json!([{ "field": "body", "kind": "mobile", "where": { "line": 1 } }]));
    assert_eq!(size(house).await, before);
    let said = submit(&m, "?personal=refuse", &lines).await;
    assert_eq!(all_became(&said), ["repeated", "unknown-key", "personal", "taken"], "{said:?}");
    assert!(said[0].get("personal").is_none() && said[1].get("personal").is_none(), "{said:?}");
    assert_eq!(size(house).await, before + 1);
}

/// The answers to lines that are sent without a token.
async fn submit(m: &Machines, query: &str, lines: &[String]) -> Vec<Value> {
    let request = Request::post(format!("/submit{query}")).body(Body::from(lines.join("\n"))).unwrap();
    let (status, _, body) = portal::ask(&m.portal, "203.0.113.7:9", request).await;
    let body = String::from_utf8(body).unwrap();
    assert_eq!(status, StatusCode::OK, "{body}");
    body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn all_that_a_statement_says_is_looked_at_also_what_no_program_here_knows(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let token = m.token(&house.free, &[Scope::Statements]).await;
    let seal = house.node.seal(&house.free).unwrap();
    let saying = |n: u8, more: &str| {
        let composed = trial::draft(&house.free, "Rain", "Rain.\n").compose(&house.node.origin, &id(n)).unwrap();
        let text = composed.text.replacen('{', &format!("{{{more},"), 1);
        let part = |part: &NewContent| json!({ "salt": format_salt(&part.salt), "bytes": STANDARD.encode(part.bytes.as_ref().unwrap()) });
        json!({ "note": note::sign(&text, &[seal]), "parts": composed.contents.iter().map(part).collect::<Vec<_>>() }).to_string()
    };
    let lines = [
        saying(1, r#""call":{"by":"a\n13800138000"}"#),
        saying(2, r#""call":13800138000"#),
        saying(3, r#""calls":[{"13800138000":true}]"#),
        saying(4, r#""13800138000":true"#),
        saying(5, r#""call":"none""#),
    ];
    let before = size(house).await;
    let answer = post(&m, &token, "?personal=refuse", &lines).await;
    let said = answer.lines();
    assert_eq!(all_became(&said), ["personal", "personal", "personal", "personal", "taken"], "{said:?}");
    for (said, field) in said.iter().zip(["call", "call", "calls", "catalogue"]) {
        assert_eq!(said["personal"], json!([{ "field": field, "kind": "mobile", "where": {} }]));
    }
    assert!(!answer.body.contains("13800138000"), "not even as the name of where it stands: {}", answer.body);
    assert_eq!(size(house).await, before + 1);
}

async fn a_registration_is_looked_at_too(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let registrar = keys::open(&house.trial.place.data.join("keys/registrar.key")).unwrap();
    let named = |n: u8, name: &str| {
        let mut weather = house.node.submitter.state().agency(&house.free).unwrap().1.clone();
        weather.name.insert("en".into(), name.into());
        let line = statement::core_line("agency", &id(n), &weather).unwrap();
        json!({ "note": note::sign(&statement::text(&house.node.origin, &line, None), &[&registrar]) }).to_string()
    };
    let lines = [named(1, "Weather_13800138000"), named(2, "Weather")];
    let found = json!([{ "field": "name", "kind": "mobile", "where": {} }]);
    let before = size(house).await;
    let checked = submit(&m, "?check=1", &lines).await;
    assert_eq!(all_became(&checked), ["would be taken", "would be taken"], "{checked:?}");
    assert_eq!((&checked[0]["personal"], &checked[1]["personal"], &checked[1]["unread"]), (&found, &json!([]), &json!([])));
    let said = submit(&m, "?personal=refuse", &lines).await;
    assert_eq!(all_became(&said), ["personal", "taken"], "{said:?}");
    assert_eq!((&said[0]["personal"], &said[1]["personal"]), (&found, &json!([])));
    assert_eq!(size(house).await, before + 1);
}

async fn what_is_logged_is_foretold_to_be_repeated_though_a_part_of_it_is_redacted_by_now(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let line = saying(house, 1, "Rain.\n");
    let index = submit(&m, "", std::slice::from_ref(&line)).await[0]["index"].as_u64().unwrap();
    let bytes = house.node.store.entry(index).await.unwrap().unwrap();
    let Core::Disclosure(core) = Statement::parse(Entry::parse(&bytes).unwrap().note.as_bytes()).unwrap().core else { panic!("{line}") };
    let target = Reference { index, leaf: trial::leaf(&bytes) };
    trial::redact(&house.node, &house.free, target, vec![core.parts[1].commitment]).await.unwrap();
    let mut bare: Value = serde_json::from_str(&line).unwrap();
    bare["parts"] = json!([]);
    let lines = [bare.to_string()];
    assert_eq!(all_became(&submit(&m, "?check=1", &lines).await), ["would be repeated"]);
    assert_eq!(all_became(&submit(&m, "", &lines).await), ["repeated"]);
}

/// A record of a city that does not exist, whose text goes on like this.
fn record(n: usize, words: &str, more: &str) -> String {
    trial::line(n, more).replace("is lit.", &format!("is lit.{words}"))
}

#[test]
fn an_import_that_is_only_checked_names_each_record_with_numbers_of_persons_and_makes_nothing() {
    let program = Program::new();
    let records = [
        record(0, " Landline 010-62881234.", ""),
        record(1, " Call 138 0013 8000.", &format!(r#","topic":"{IDENTITY}""#)),
        record(2, "", r#","data":{"card":"4111 1111 1111 1111"}"#),
        "{}\n".to_owned(),
    ];
    program.file("papers.jsonl", &records.concat());
    let done = program.run(&["import", "--check", "papers.jsonl"]);
    let (said, wrong) = (program::text(&done.stdout), program::text(&done.stderr));
    assert_eq!(done.status.code(), Some(2), "{said}{wrong}");
    let told: Vec<&str> = said.lines().collect();
    assert_eq!(
        told,
        [
            "papers.jsonl:2: \"qh-1\": identity-card 110…2X in theme; mobile 138…00 in body.md, line 3",
            "papers.jsonl:3: \"qh-2\": bank-card 411…11 in data.json, line 1",
            "4 lines: 3 records looked through, 2 of them with what looks like numbers of persons, 1 lines that would not be imported; \
             nothing was imported",
        ]
    );
    assert!(wrong.contains("papers.jsonl:4: not a record"), "{wrong}");
    for number in ["138 0013 8000", IDENTITY, "4111 1111 1111 1111"] {
        assert!(!said.contains(number) && !wrong.contains(number), "{number}: {said}{wrong}");
    }
    for folder in ["data", "state"] {
        assert!(!program.dir.path().join(folder).exists(), "{folder}");
    }
}

#[test]
fn an_import_without_such_numbers_checks_with_success_and_one_that_is_misspelt_is_told() {
    let program = Program::new();
    program.file("papers.jsonl", &(record(0, "", "") + &record(1, "", r#","supersedes":"qh-0""#)));
    let done = program.run(&["import", "--check", "papers.jsonl"]);
    let said = program::text(&done.stdout);
    assert_eq!((done.status.code(), said.lines().count()), (Some(0), 1), "{said}");
    assert!(said.starts_with("2 lines: 2 records looked through, 0 of them"), "{said}");
    program::refused(&program.run(&["import", "--check", "papers.jsonl", "missing.jsonl"]), &["missing.jsonl"]);
    // What was checked is imported all the same: a check is no part of it.
    let done = program.run(&["import", "papers.jsonl"]);
    assert_eq!(done.status.code(), Some(0), "{}", program::text(&done.stderr));
    assert!(program::text(&done.stdout).starts_with("2 lines: 2 documents added"));
}
