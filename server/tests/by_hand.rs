//! What the desk promises officers who run no script of its: a step is saved by a link, signed by the program, and handed in by a form.
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
use serde_json::Value;
use server::{drafts::Frozen, staff::Token};
use std::{os::unix::fs::PermissionsExt, path::PathBuf, process::Command};
use trial::Engine;

on_each_engine! {
    a_step_is_saved_signed_by_the_program_and_handed_in_by_a_form,
    what_was_not_taken_is_said_on_the_page_in_its_language,
    nobody_saves_or_hands_in_for_somebody_else,
    what_is_signed_no_more_is_not_saved,
}

impl Pages {
    /// The form of a case's page that hands a step in, with its file and its text.
    async fn hand_in(&self, who: &Token, case: &str, token: &str, file: &str, text: &str) -> Answer {
        let field = |what: &str, value: &str| format!("--x\r\ncontent-disposition: form-data; name={what}\r\n\r\n{value}\r\n");
        let file = field("\"file\"; filename=\"signed.json\"", file);
        let body = format!("{}{file}{}--x--\r\n", field("\"token\"", token), field("\"text\"", text));
        let request = own(by(who, Request::post(format!("{case}/steps")))).header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    /// A file in the trial's own folder, for its owner alone.
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.house.trial.file(name, text);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// What the program makes of a saved step, with a post's key.
    fn sign(&self, post: &str, ask: &str) -> String {
        let name = self.house.post(post);
        let secret = chain::Hash::of(&[name.as_bytes(), &[0]]);
        let key = self.file("post.key", &format!("gazette private key\n{name}\n{}\n", chain::hash::hex(&secret.0)));
        assert_eq!(server::keys::open(&key).unwrap().vkey(), key_of(&name).vkey());
        let mut program = Command::new(env!("CARGO_BIN_EXE_gazette"));
        program.args(["post", "sign", "--decision", "approve", "--key"]).arg(key).arg(self.file("step.json", ask));
        let signed = program.env_remove("GAZETTE_PASSPHRASE_FILE").output().unwrap();
        assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
        String::from_utf8(signed.stdout).unwrap()
    }
}

fn page_of(frozen: &Frozen) -> String {
    format!("/en/desk/cases/{}", frozen.case)
}

async fn a_step_is_saved_signed_by_the_program_and_handed_in_by_a_form(engine: Engine) {
    let desk = Pages::on(engine).await;
    let clerk = desk.house.enter("clerk").await;
    let frozen = desk.house.submitted("Lanterns", 0).await;
    let case = page_of(&frozen);
    let save = format!("{case}/sign?code=draft");
    let page = desk.get(&clerk, &case).await.body;
    assert!(page.contains(&format!("href=\"{save}\"")) && page.contains(&format!("action=\"{case}/steps\"")), "{page}");
    let asked = by(&clerk, Request::get(&save)).body(Body::empty()).unwrap();
    let (status, headers, file) = portal::ask(&desk.portal, "203.0.113.7:9", asked).await;
    assert_eq!(status, StatusCode::OK);
    assert!(headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment; filename=\"step.json\""));
    let file = String::from_utf8(file).unwrap();
    let said: Value = serde_json::from_str(&file).unwrap();
    assert_eq!((said["case"].as_str(), said["code"].as_str()), (Some(&*frozen.case), Some("draft")));
    assert!(said["parts"].as_array().unwrap().iter().all(|part| part["bytes"].is_string()), "every part is in it: {file}");
    let noted = desk.house.staff.journal().before(i64::MAX, 50).await.unwrap();
    assert!(noted.iter().any(|row| row.what == "downloaded" && row.about == frozen.case), "{noted:?}");
    // As a file.
    let signed = desk.sign("clerk", &file);
    let taken = desk.hand_in(&clerk, &case, &clerk.form(), &signed, "").await;
    assert_eq!((taken.status, &*taken.to), (StatusCode::SEE_OTHER, &*case), "{}", taken.body);
    let steps = desk.house.case(&frozen).await.steps;
    assert_eq!(steps.iter().map(|step| (&*step.code, &*step.decision)).collect::<Vec<_>>(), [("draft", "approve")]);
    assert!(desk.get(&clerk, &case).await.body.contains("data-decision=\"approve\""));
    // Another, pasted, with its line ends as another system has them.
    let lawyer = desk.house.enter("lawyer-a").await;
    let next = desk.get(&lawyer, &format!("{case}/sign?code=legal")).await.body;
    let signed = desk.sign("lawyer-a", &next).replace('\n', "\r\n");
    assert_eq!(desk.hand_in(&lawyer, &case, &lawyer.form(), "", &signed).await.status, StatusCode::SEE_OTHER);
    assert_eq!(desk.house.case(&frozen).await.steps.len(), 2);
}

async fn what_was_not_taken_is_said_on_the_page_in_its_language(engine: Engine) {
    let desk = Pages::on(engine).await;
    let clerk = desk.house.enter("clerk").await;
    let frozen = desk.house.submitted("Lanterns", 0).await;
    let case = page_of(&frozen);
    let signed = desk.sign("clerk", &desk.get(&clerk, &format!("{case}/sign?code=draft")).await.body);
    let long = "x".repeat(300_000);
    for nonsense in ["", "{}", "[1]", &signed.replace("\"note\"", "\"nota\""), &long] {
        let refused = desk.hand_in(&clerk, &case, &clerk.form(), nonsense, "").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.body.contains("The step was not taken") && refused.body.contains("This is no step of this case."),
            "{}",
            refused.body
        );
    }
    assert!(desk.house.case(&frozen).await.steps.is_empty());
    assert_eq!(desk.hand_in(&clerk, &case, &clerk.form(), &signed, "").await.status, StatusCode::SEE_OTHER);
    for (lang, said) in [("en", "Another step was taken meanwhile."), ("zh", "其间已有其他步骤")] {
        let again = desk.hand_in(&clerk, &case.replace("/en/", &format!("/{lang}/")), &clerk.form(), &signed, "").await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{lang}");
        assert!(again.body.contains(said), "{}", again.body);
    }
    assert_eq!(desk.house.case(&frozen).await.steps.len(), 1);
}

async fn nobody_saves_or_hands_in_for_somebody_else(engine: Engine) {
    let desk = Pages::on(engine).await;
    let (clerk, stranger) = (desk.house.enter("clerk").await, desk.house.enter("stranger").await);
    let frozen = desk.house.submitted("Lanterns", 0).await;
    let case = page_of(&frozen);
    let save = format!("{case}/sign?code=draft");
    let signed = desk.sign("clerk", &desk.get(&clerk, &save).await.body);
    assert_eq!(desk.get(&stranger, &save).await.status, StatusCode::NOT_FOUND);
    for text in [signed.as_str(), "{}"] {
        let answer = desk.hand_in(&stranger, &case, &stranger.form(), text, "").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{text}");
    }
    // Nobody at all; without the token of the session; from another site.
    let nobody = desk.ask(Request::get(&save).body(Body::empty()).unwrap()).await;
    assert!(nobody.status.is_redirection() && nobody.to.starts_with("/en/desk/sign-in"), "{}", nobody.status);
    for token in ["", "0", &stranger.form()] {
        assert_eq!(desk.hand_in(&clerk, &case, token, &signed, "").await.status, StatusCode::FORBIDDEN, "{token:?}");
    }
    let other = by(&clerk, Request::post(format!("{case}/steps"))).header(header::ORIGIN, "https://elsewhere.example");
    let other = other.header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    let body = format!("--x\r\ncontent-disposition: form-data; name=\"token\"\r\n\r\n{}\r\n--x--\r\n", clerk.form());
    assert_eq!(desk.ask(other.body(Body::from(body)).unwrap()).await.status, StatusCode::FORBIDDEN);
    // Another post's step is not theirs either, whoever hands it in.
    let director = desk.house.enter("director").await;
    let refused = desk.hand_in(&director, &case, &director.form(), &signed, "").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(desk.house.case(&frozen).await.steps.is_empty());
}

async fn what_is_signed_no_more_is_not_saved(engine: Engine) {
    let desk = Pages::on(engine).await;
    let clerk = desk.house.enter("clerk").await;
    let frozen = desk.house.submitted("Lanterns", 0).await;
    let case = page_of(&frozen);
    desk.house.approve_all(&frozen).await;
    desk.house.published(&frozen).await;
    let answer = desk.get(&clerk, &format!("{case}/sign?code=draft")).await;
    assert_eq!((answer.status, &*answer.to), (StatusCode::SEE_OTHER, &*case));
}
