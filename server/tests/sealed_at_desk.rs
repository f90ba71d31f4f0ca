//! What the desk's pages, the command line and the addresses for programs promise an agency that keeps its own seal: it is told from the
//! beginning, saves what it approved, seals it with the program on a machine of its own, and brings it back without a script.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod by_token;
mod described;
mod desk_house;
mod pages_at_desk;
mod portal;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use by_token::{Machines, noted};
use chain::{
    entry::Entry,
    note::{self, Note, Signer},
};
use desk_house::*;
use pages_at_desk::Pages;
use portal::Answer;
use serde_json::{Value, json};
use server::{
    drafts::{Frozen, Kind},
    staff::{Role, Scope, Token},
};
use std::{
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Command, Output},
};
use trial::Engine;

on_each_engine! {
    an_agency_is_told_from_the_beginning_that_it_seals_for_itself,
    what_was_approved_is_saved_sealed_by_the_program_and_brought_by_a_form,
    what_was_not_taken_is_said_on_the_page_in_its_language,
    nobody_saves_or_brings_it_for_somebody_else,
    the_program_seals_nothing_that_differs_by_a_byte,
    a_program_with_a_token_fetches_what_is_to_be_sealed_and_brings_it,
}

/// The desk of an agency whose seal no server has, with its publisher.
async fn desk(engine: Engine) -> (Pages, Signer, Token) {
    let house = House::on(engine).await;
    house.hire("publisher", &[Role::Publisher], &house.agency).await;
    let seal = house.seal_anew(&house.agency, 2).await;
    let publisher = house.enter("publisher").await;
    (Pages::of(house).await, seal, publisher)
}

fn page_of(frozen: &Frozen) -> String {
    format!("/en/desk/cases/{}", frozen.case)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

impl Pages {
    /// The form of a case's page that brings what was sealed, with its file and its text.
    async fn bring(&self, who: &Token, case: &str, token: &str, file: &str, text: &str) -> Answer {
        let field = |what: &str, value: &str| format!("--x\r\ncontent-disposition: form-data; name={what}\r\n\r\n{value}\r\n");
        let file = field("\"file\"; filename=\"sealed.json\"", file);
        let body = format!("{}{file}{}--x--\r\n", field("\"token\"", token), field("\"text\"", text));
        let request = own(by(who, Request::post(format!("{case}/sealed")))).header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    /// A file in the trial's own folder, for its owner alone.
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.house.trial.file(name, text);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// What the program makes of what was saved, with the key that the agency has since [`House::seal_anew`], and these parts.
    fn seal(&self, name: &str, ask: &str, parts: &[PathBuf]) -> Output {
        let secret = chain::Hash::of(&[name.as_bytes(), &[2]]);
        let key = self.file("seal.key", &format!("gazette private key\n{name}\n{}\n", chain::hash::hex(&secret.0)));
        let mut program = Command::new(env!("CARGO_BIN_EXE_gazette"));
        program.args(["seal", "--key"]).arg(key);
        for part in parts {
            program.arg("--part").arg(part);
        }
        program.arg(self.file("to-seal.json", ask)).env_remove("GAZETTE_PASSPHRASE_FILE").output().unwrap()
    }

    /// The same, which it does.
    fn sealed(&self, ask: &str) -> String {
        let output = self.seal(&self.house.agency, ask, &[]);
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    }
}

async fn an_agency_is_told_from_the_beginning_that_it_seals_for_itself(engine: Engine) {
    let (desk, _, _) = desk(engine).await;
    let author = desk.house.enter("author").await;
    let begin = async |agency: &str, who: &str| {
        let who = desk.house.who(who);
        desk.house.drafts.begin(&who, agency, Kind::Disclosure, &written("Lanterns")).await.unwrap().id
    };
    let own = begin(&desk.house.agency, "author").await;
    for (lang, told) in [("en", "your agency seals for itself"), ("zh", "须由本机关自行加盖")] {
        let page = desk.get(&author, &format!("/{lang}/desk/drafts/{own}/submit")).await.body;
        assert!(page.contains(told), "{page}");
    }
    let frozen = desk.house.submitted("Bridges", 0).await;
    let page = desk.get(&author, &page_of(&frozen)).await.body;
    assert!(page.contains("id=\"seal\"") && page.contains("your agency seals for itself"), "{page}");
    // One whose seal this server holds is told nothing of the kind.
    desk.house.hire("nurse", &[Role::Drafter], &desk.house.other).await;
    let nurse = desk.house.enter("nurse").await;
    let other = begin(&desk.house.other, "nurse").await;
    let page = desk.get(&nurse, &format!("/en/desk/drafts/{other}/submit")).await.body;
    assert!(page.contains("Submit for approval") && !page.contains("seals for itself"), "{page}");
}

async fn what_was_approved_is_saved_sealed_by_the_program_and_brought_by_a_form(engine: Engine) {
    let (desk, seal, publisher) = desk(engine).await;
    let frozen = desk.house.submitted("Lanterns", 0).await;
    let case = page_of(&frozen);
    let save = format!("{case}/to-seal");
    let early = desk.get(&publisher, &save).await;
    assert_eq!((early.status, &*early.to), (StatusCode::SEE_OTHER, &*case), "nothing is approved yet");
    desk.house.approve_all(&frozen).await;
    desk.house.drafts.publish_due().await.unwrap();
    let page = desk.get(&publisher, &case).await.body;
    assert!(page.contains(&format!("href=\"{save}\"")) && page.contains(&format!("action=\"{case}/sealed\"")), "{page}");
    assert!(page.contains("Approved; waits for the agency"), "{page}");
    assert!(!page.contains("It was not published"), "that it waits is no failure: {page}");
    let lists = desk.get(&publisher, "/en/desk/drafts").await.body;
    assert!(lists.contains("Waits for its seal"), "{lists}");
    let asked = by(&publisher, Request::get(&save)).body(Body::empty()).unwrap();
    let (status, headers, file) = portal::ask(&desk.portal, "203.0.113.7:9", asked).await;
    assert_eq!(status, StatusCode::OK);
    assert!(headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment; filename=\"to-seal.json\""));
    let file = String::from_utf8(file).unwrap();
    let ask: Value = serde_json::from_str(&file).unwrap();
    assert_eq!((ask["statement"].as_str(), ask["agency"].as_str()), (Some(&*frozen.id), Some(&*desk.house.agency)));
    assert!(ask["parts"].as_array().unwrap().iter().all(|part| part["bytes"].is_string()), "every part is in it: {file}");
    let noted = desk.house.staff.journal().before(i64::MAX, 100).await.unwrap();
    assert!(noted.iter().any(|row| row.what == "downloaded" && row.about == frozen.case), "{noted:?}");
    // It tells what it seals.
    let sealed = desk.seal(&desk.house.agency, &file, &[]);
    let told = said(&sealed);
    assert!(sealed.status.success(), "{told}");
    for word in ["title: \"Lanterns\"", "genre: \"notice\"", "attachment: \"figures.csv\"", "step \"sign\" in entry", "about this text"] {
        assert!(told.contains(word), "no {word} in {told}");
    }
    // Pasted, with its line ends as another system has them.
    let pasted = String::from_utf8(sealed.stdout).unwrap().replace('\n', "\r\n");
    let taken = desk.bring(&publisher, &case, &publisher.form(), "", &pasted).await;
    assert_eq!((taken.status, &*taken.to), (StatusCode::SEE_OTHER, &*case), "{}", taken.body);
    assert!(desk.get(&publisher, &case).await.body.contains("It is sealed by your agency"));
    let index = desk.house.published(&frozen).await;
    let bytes = desk.house.node.store.entry(index).await.unwrap().unwrap();
    let entry = Entry::parse(&bytes).unwrap();
    Note::parse(entry.note.as_bytes()).unwrap().verify(seal.vkey()).unwrap();
}

async fn what_was_not_taken_is_said_on_the_page_in_its_language(engine: Engine) {
    let (desk, seal, publisher) = desk(engine).await;
    let frozen = desk.house.submitted("Lanterns", 60_000).await;
    desk.house.approve_all(&frozen).await;
    let case = page_of(&frozen);
    let file = desk.get(&publisher, &format!("{case}/to-seal")).await.body;
    let good = desk.sealed(&file);
    let other = serde_json::from_str::<Value>(&file).unwrap()["text"].as_str().unwrap().replace("\"notice\"", "\"report\"");
    let other = json!({ "note": note::sign(&other, &[&seal]) }).to_string();
    let long = "x".repeat(300_000);
    let wrong = [
        ("", "under a seal of your agency that is good now", "当前有效的印章加盖的声明"),
        ("{}", "under a seal of your agency that is good now", "当前有效的印章加盖的声明"),
        (long.as_str(), "under a seal of your agency that is good now", "当前有效的印章加盖的声明"),
        (other.as_str(), "This is not the text that is to be published now", "这不是现在要发布的文字"),
    ];
    for (brought, en, zh) in wrong {
        for (lang, why) in [("en", en), ("zh", zh)] {
            let refused = desk.bring(&publisher, &case.replace("/en/", &format!("/{lang}/")), &publisher.form(), brought, "").await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{lang}");
            assert!(refused.body.contains("role=\"alert\"") && refused.body.contains(why), "{}", refused.body);
        }
    }
    assert_eq!(desk.house.case(&frozen).await.frozen.sealed, None);
    // As a file. It is approved, and waits for its time with its seal.
    assert_eq!(desk.bring(&publisher, &case, &publisher.form(), &good, "").await.status, StatusCode::SEE_OTHER);
    assert!(desk.house.case(&frozen).await.frozen.sealed.is_some());
    assert!(desk.house.drafts.publish_due().await.unwrap().is_empty());
}

async fn nobody_saves_or_brings_it_for_somebody_else(engine: Engine) {
    let (desk, _, publisher) = desk(engine).await;
    let (stranger, director) = (desk.house.enter("stranger").await, desk.house.enter("director").await);
    let frozen = desk.house.submitted("Lanterns", 0).await;
    desk.house.approve_all(&frozen).await;
    let case = page_of(&frozen);
    let save = format!("{case}/to-seal");
    let good = desk.sealed(&desk.get(&publisher, &save).await.body);
    let page = desk.get(&director, &case).await.body;
    assert!(page.contains("id=\"seal\"") && !page.contains("/to-seal\"") && !page.contains("/sealed\""), "{page}");
    // Who publishes elsewhere, and who works here and does not publish.
    for who in [&stranger, &director] {
        assert_eq!(desk.get(who, &save).await.status, StatusCode::NOT_FOUND);
        assert_eq!(desk.bring(who, &case, &who.form(), &good, "").await.status, StatusCode::NOT_FOUND);
    }
    // Nobody at all; without the token of the session; from another site.
    let nobody = desk.ask(Request::get(&save).body(Body::empty()).unwrap()).await;
    assert!(nobody.status.is_redirection() && nobody.to.starts_with("/en/desk/sign-in"), "{}", nobody.status);
    for token in ["", "0", &stranger.form()] {
        assert_eq!(desk.bring(&publisher, &case, token, &good, "").await.status, StatusCode::FORBIDDEN, "{token:?}");
    }
    let other = by(&publisher, Request::post(format!("{case}/sealed"))).header(header::ORIGIN, "https://elsewhere.example");
    let other = other.header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    let body = format!("--x\r\ncontent-disposition: form-data; name=\"token\"\r\n\r\n{}\r\n--x--\r\n", publisher.form());
    assert_eq!(desk.ask(other.body(Body::from(body)).unwrap()).await.status, StatusCode::FORBIDDEN);
    assert_eq!(desk.house.case(&frozen).await.frozen.sealed, None);
}

async fn the_program_seals_nothing_that_differs_by_a_byte(engine: Engine) {
    let (desk, _, publisher) = desk(engine).await;
    let frozen = desk.house.submitted("Lanterns", 0).await;
    desk.house.approve_all(&frozen).await;
    let ask: Value = serde_json::from_str(&desk.get(&publisher, &format!("{}/to-seal", page_of(&frozen))).await.body).unwrap();
    let agency = desk.house.agency.clone();
    let refused = |name: &str, ask: &Value, parts: &[PathBuf], why: &str| {
        let output = desk.seal(name, &ask.to_string(), parts);
        let told = said(&output);
        assert!(!output.status.success() && output.stdout.is_empty() && told.contains(why), "{why}: {told}");
    };
    // A part that was saved by itself.
    let at = ask["parts"].as_array().unwrap().iter().position(|part| part["role"] == "attachment").unwrap();
    let bytes = STANDARD.decode(ask["parts"][at]["bytes"].as_str().unwrap()).unwrap();
    let mut apart = ask.clone();
    apart["parts"][at].as_object_mut().unwrap().remove("bytes");
    let part = desk.file("figures.csv", &String::from_utf8(bytes.clone()).unwrap());
    assert!(desk.seal(&agency, &apart.to_string(), std::slice::from_ref(&part)).status.success());
    refused(&agency, &apart, &[], "a part of it is not among the files");
    let mut changed = bytes;
    changed[0] ^= 1;
    let wrong = desk.file("changed.csv", &String::from_utf8(changed.clone()).unwrap());
    refused(&agency, &apart, &[wrong], "changed.csv: it is no part of what is to be signed, or was changed");
    // One within the file.
    let mut within = ask.clone();
    within["parts"][at]["bytes"] = json!(STANDARD.encode(&changed));
    refused(&agency, &within, &[], "a part of it is not among the files");
    // Another statement than the parts make, than the file says, or than the key's agency makes.
    let text = ask["text"].as_str().unwrap();
    let with = |member: &str, value: String| {
        let mut other = ask.clone();
        other[member] = json!(value);
        other
    };
    refused(&agency, &with("text", text.replace("\"genre\":\"notice\"", "\"genre\":\"report\"")), &[], "not sealed: catalogue-differs");
    refused(&agency, &with("text", text.replace("\"type\":\"disclosure\"", "\"type\":\"step\"")), &[], "not sealed");
    refused(&agency, &with("text", format!("{text}more\n")), &[], "not sealed: it is no statement");
    refused(&agency, &with("statement", "0".repeat(32)), &[], "not sealed: the text is not what the file says that it is");
    refused(&agency, &with("origin", "elsewhere.example/log".into()), &[], "not sealed: the text is not what the file says that it is");
    refused(&desk.house.other, &ask, &[], "not sealed: this is a key of");
    refused(&desk.house.other, &with("agency", desk.house.other.clone()), &[], "not sealed: the text is not what the file says that it is");
}

async fn a_program_with_a_token_fetches_what_is_to_be_sealed_and_brings_it(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let seal = house.seal_anew(&house.agency, 2).await;
    let token = m.token(&house.agency, &[Scope::Read, Scope::Publish]).await;
    let frozen = house.submitted("Lanterns", 0).await;
    let path = |what: &str| format!("/api/v1/drafts/{}{what}", frozen.draft);
    assert_eq!(m.get(&token, &path("")).await.json()["seal"], "later");
    assert_eq!(m.get(&token, &path("/to-seal")).await.code(), (409, "not-to-seal".to_owned()));
    house.approve_all(&frozen).await;
    assert_eq!(m.get(&token, &path("")).await.json()["seal"], "open");
    // Who has it reads what nobody outside has read yet.
    let blind = m.token(&house.agency, &[Scope::Publish]).await;
    assert_eq!(m.get(&blind, &path("/to-seal")).await.code(), (403, "scope".to_owned()));
    let elsewhere = m.token(&house.other, &[Scope::Read, Scope::Publish]).await;
    assert_eq!(m.get(&elsewhere, &path("/to-seal")).await.code(), (404, "nothing".to_owned()));
    let ask = m.get(&token, &path("/to-seal")).await.json();
    let text = ask["text"].as_str().unwrap();
    assert!(ask["parts"].as_array().unwrap().iter().all(|part| part["bytes"].is_string()), "{ask}");
    let bring = async |token: &str, text: &str, signer: &Signer| {
        let sent = json!({ "note": note::sign(text, &[signer]) }).to_string();
        m.ask(token, "POST", &path("/sealed"), sent).await
    };
    assert_eq!(bring(&elsewhere, text, &seal).await.code(), (404, "nothing".to_owned()));
    assert_eq!(bring(&token, text, &impostor(&house.agency)).await.code(), (422, "not-sealed".to_owned()));
    let other = text.replace("\"genre\":\"notice\"", "\"genre\":\"report\"");
    assert_eq!(bring(&token, &other, &seal).await.code(), (409, "not-this-text".to_owned()));
    // Twice, since the first answer was lost on its way; and once more when it is published.
    for _ in 0..2 {
        assert_eq!(bring(&token, text, &seal).await.json()["seal"], "sealed");
    }
    house.published(&frozen).await;
    assert_eq!(bring(&token, text, &seal).await.json()["stage"], "published");
    assert_eq!(noted(house, "sealed-elsewhere").await.len(), 1);
}
