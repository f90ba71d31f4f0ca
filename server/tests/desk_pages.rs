//! The pages of drafts and cases, asked as browsers ask.
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
    drafts::{Kind, Refusal, Written},
    staff::{From, Role, Strength, Token},
};
use trial::Engine;

on_each_engine! {
    what_was_typed_comes_back_where_its_session_is_over_or_another,
    what_is_typed_comes_back_as_typed_and_never_as_markup,
    what_no_text_holds_is_left_out_and_more_than_a_form_takes_is_said,
    a_document_is_written_submitted_and_signed_on_its_pages,
    two_who_write_at_once_are_told_and_neither_loses_a_word,
    a_draft_that_somebody_else_saved_meanwhile_is_not_given_up,
    a_kind_of_document_that_only_the_rule_names_is_offered_and_saved,
    a_new_version_is_begun_by_its_documents_number_and_a_wrong_one_is_told,
    what_is_missing_is_told_beside_its_field_and_where_it_is_submitted,
    what_looks_like_personal_data_is_warned_of_before_it_is_approved,
    another_agencys_drafts_and_cases_are_not_there,
    what_is_not_published_is_at_no_public_address,
    a_script_without_the_sessions_token_signs_nothing,
    when_a_case_comes_out_is_changed_on_its_page_and_noted,
    where_an_agency_wishes_it_readers_see_who_holds_the_posts_until_that_is_redacted,
}

impl Pages {
    async fn upload(&self, who: &Token, path: &str, token: &str, name: &str, bytes: &[u8]) -> Answer {
        let mut body = format!("--x\r\ncontent-disposition: form-data; name=\"token\"\r\n\r\n{token}\r\n--x\r\n").into_bytes();
        body.extend(
            format!("content-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: text/html\r\n\r\n").bytes(),
        );
        body.extend(bytes);
        body.extend(b"\r\n--x--\r\n");
        let request = own(by(who, Request::post(path))).header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    /// A draft begun on the first page, by its address.
    async fn begin(&self, who: &Token, kind: &str) -> String {
        let begun = self.post(who, "/en/desk/drafts", &[("agency", &self.house.agency), ("kind", kind)]).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
        begun.to
    }
}

const NOTICE: [(&str, &str); 8] = [
    ("do", "save"),
    ("title", "灯笼通知"),
    ("genre", "notice"),
    ("language", "zh"),
    ("issued", "2026-03-01"),
    ("body", "# 各处灯笼\r\n\r\n全部**点亮**。"),
    ("translation_title", "Lanterns"),
    ("translation_body", "All of them are lit."),
];

fn with<'a>(fields: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    more.iter().chain(fields).copied().collect()
}

async fn a_document_is_written_submitted_and_signed_on_its_pages(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (author, clerk) = (pages.house.enter("author").await, pages.house.enter("clerk").await);
    assert!(pages.get(&author, "/en/desk/drafts").await.body.contains("Begin a draft"));
    assert!(!pages.get(&clerk, "/en/desk/drafts").await.body.contains("Begin a draft"), "a reviewer writes nothing");
    let at = pages.begin(&author, "disclosure").await;
    let saved = pages.post(&author, &at, &with(&NOTICE, &[("revision", "1")])).await;
    assert_eq!(saved.to, format!("{at}?saved=1"), "{}", saved.body);
    let editor = pages.get(&author, &at).await.body;
    assert!(editor.contains("<strong>点亮</strong>"), "the text as it will be read: {editor}");
    // What a file says it is, is not believed.
    let page = b"<script>alert(1)</script>";
    let stale = pages.upload(&author, &format!("{at}/files"), "0", "a.html", page).await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN);
    let added = pages.upload(&author, &format!("{at}/files"), &author.form(), "../名单.html", page).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
    let editor = pages.get(&author, &at).await.body;
    assert!(editor.contains("名单.html") && editor.contains("text/plain") && !editor.contains("../"), "{editor}");
    let submitted = pages.post(&author, &format!("{at}/submit"), &[("revision", "2"), ("day", ""), ("hour", "")]).await;
    assert!(submitted.to.starts_with("/en/desk/cases/"), "{}", submitted.body);
    let case = pages.get(&author, &submitted.to).await.body;
    assert!(case.contains("各处灯笼") && case.contains("Legal review") && case.contains("waits for: Draft"), "{case}");
    assert!(!case.contains("data-sign") && case.contains("Take back and write on"));
    let listed = pages.get(&clerk, "/zh/desk/drafts").await.body;
    assert!(listed.contains("灯笼通知"), "{listed}");
    let theirs = pages.get(&clerk, &submitted.to).await.body;
    assert!(theirs.contains("data-sign") && theirs.contains("data-code=\"draft\"") && !theirs.contains("Take back"), "{theirs}");
    // What a browser asks before it signs, and what it sends afterwards.
    let id = submitted.to.rsplit('/').next().unwrap().to_owned();
    let asked = pages.ask(script(&clerk, Request::get(format!("/desk/cases/{id}/sign?code=draft")), "")).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.body);
    let said: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
    assert_eq!((said["case"].as_str(), said["previous"].is_null()), (Some(&*id), true));
    assert_eq!(said["parts"].as_array().unwrap().len(), 4);
    let part = &said["parts"][1];
    let bytes = pages.get(&clerk, part["address"].as_str().unwrap()).await.body;
    let salt = chain::part::parse_salt(part["salt"].as_str().unwrap()).unwrap();
    assert_eq!(chain::part::Commitment::to(&salt, bytes.as_bytes()).to_string(), part["commitment"].as_str().unwrap());
    let seen = pages.house.drafts.case(&pages.house.who("clerk"), &id).await.unwrap();
    assert_eq!(said["core_line"].as_str(), Some(&*seen.frozen.core_line));
    let given = pages.house.sign(&seen, "clerk", "draft", "approve", None);
    let sent = serde_json::json!({
        "note": given.note,
        "opening": { "salt": given.opening.salt, "text": given.opening.text },
    })
    .to_string();
    let taken = pages.ask(script(&clerk, Request::post(format!("/desk/cases/{id}/steps")), &sent)).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.body);
    assert!(serde_json::from_str::<serde_json::Value>(&taken.body).unwrap()["index"].is_u64());
    let again = pages.ask(script(&clerk, Request::post(format!("/desk/cases/{id}/steps")), &sent)).await;
    let again_said: serde_json::Value = serde_json::from_str(&again.body).unwrap();
    assert_eq!(
        (again.status, again_said["code"].as_str(), again_said["retry"].as_bool()),
        (StatusCode::CONFLICT, Some("stale-case"), Some(true))
    );
    let case = pages.get(&author, &submitted.to).await.body;
    assert!(case.contains("Officer clerk") && case.contains("Approved"), "{case}");
    let back = pages.post(&author, &format!("{}/withdraw", submitted.to), &[]).await;
    assert_eq!(back.to, at);
    assert_eq!(pages.get(&author, &at).await.status, StatusCode::OK);
}

fn script(who: &Token, request: axum::http::request::Builder, body: &str) -> Request<Body> {
    let request = own(by(who, request)).header("x-gazette-token", who.form()).header(header::CONTENT_TYPE, "application/json");
    request.body(Body::from(body.to_owned())).unwrap()
}

async fn two_who_write_at_once_are_told_and_neither_loses_a_word(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (author, colleague) = (pages.house.enter("author").await, pages.house.enter("colleague").await);
    let at = pages.begin(&author, "disclosure").await;
    let first = pages.post(&author, &at, &with(&NOTICE, &[("revision", "1")])).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    let late = pages.post(&colleague, &at, &[("revision", "1"), ("do", "save"), ("title", "红灯笼"), ("body", "只点<b>红</b>的。")]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.body.contains("Officer author") && late.body.contains("全部**点亮**"), "what stands now: {}", late.body);
    assert!(late.body.contains("value=\"红灯笼\"") && late.body.contains("只点&lt;b&gt;红&lt;/b&gt;的。"), "what was typed: {}", late.body);
    assert!(late.body.contains("name=\"revision\" value=\"2\""), "the next save knows of it");
    let editor = pages.get(&author, &at).await.body;
    assert!(editor.contains("灯笼通知") && editor.contains("Texts that were kept aside"), "{editor}");
    let aside = editor.split("href=\"").find(|rest| rest.starts_with(&format!("{at}/asides/"))).unwrap().split('"').next().unwrap();
    assert!(pages.get(&author, aside).await.body.contains("只点"), "{aside}");
}

async fn a_draft_that_somebody_else_saved_meanwhile_is_not_given_up(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (author, colleague) = (pages.house.enter("author").await, pages.house.enter("colleague").await);
    let at = pages.begin(&author, "disclosure").await;
    let first = pages.post(&author, &at, &with(&NOTICE, &[("revision", "1")])).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    let typed = [("do", "drop"), ("title", "红灯笼"), ("body", "只点红的。")];
    let late = pages.post(&colleague, &at, &with(&typed, &[("revision", "1")])).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.body.contains("Officer author") && late.body.contains("全部**点亮**"), "what stands now: {}", late.body);
    assert!(late.body.contains("value=\"红灯笼\"") && late.body.contains("name=\"revision\" value=\"2\""), "{}", late.body);
    let editor = pages.get(&author, &at).await;
    assert!(editor.status == StatusCode::OK && editor.body.contains("灯笼通知"), "{}", editor.body);
    assert!(pages.get(&author, "/en/desk/drafts").await.body.contains("灯笼通知"));
    // Knowing what stands there, it is.
    let known = pages.post(&colleague, &at, &with(&typed, &[("revision", "2")])).await;
    assert_eq!((known.status, &*known.to), (StatusCode::SEE_OTHER, "/en/desk/drafts#discarded"), "{}", known.body);
    assert_eq!(pages.get(&author, &at).await.status, StatusCode::NOT_FOUND);
}

async fn a_kind_of_document_that_only_the_rule_names_is_offered_and_saved(engine: Engine) {
    let pages = Pages::on(engine).await;
    let house = &pages.house;
    let author = house.enter("author").await;
    let at = pages.begin(&author, "disclosure").await;
    let offered = |page: &str, code: &str| page.contains(&format!("<option value=\"{code}\""));
    assert!(!offered(&pages.get(&author, &at).await.body, "weekly"));
    let mut finance = house.node.submitter.state().agency(&house.agency).unwrap().1.clone();
    let rule = finance.rule.as_mut().unwrap();
    let mut weekly = rule.genres.iter().find(|genre| genre.genre == "status").unwrap().clone();
    weekly.genre = "weekly".into();
    rule.genres.push(weekly);
    house.register("agency", &finance).await;
    let page = pages.get(&author, &at).await.body;
    assert!(offered(&page, "weekly") && offered(&page, "notice"), "{page}");
    for none in ["*", "status", "redaction"] {
        assert!(!offered(&page, none), "{none} is no kind of document");
    }
    let saved = pages.post(&author, &at, &with(&NOTICE, &[("revision", "1"), ("genre", "weekly")])).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let id = at.rsplit('/').next().unwrap();
    assert_eq!(house.drafts.draft(&house.who("author"), id).await.unwrap().written.genre, "weekly");
    // It waits for what the rule asks of this kind: the director alone.
    let submitted = pages.post(&author, &format!("{at}/submit"), &[("revision", "2"), ("day", ""), ("hour", "")]).await;
    let case = pages.get(&author, &submitted.to).await.body;
    assert!(case.contains("各处灯笼") && !case.contains("Legal review"), "{case}");
}

async fn a_new_version_is_begun_by_its_documents_number_and_a_wrong_one_is_told(engine: Engine) {
    let pages = Pages::on(engine).await;
    let house = &pages.house;
    let author = house.enter("author").await;
    let first = house.submitted("Lanterns", 0).await;
    house.approve_all(&first).await;
    let index = house.published(&first).await;
    let number = index.to_string();
    let at = pages.begin(&author, "disclosure").await;
    for (lang, said) in [("en", "Leave empty for a new document."), ("zh", "新文件不填。")] {
        let page = pages.get(&author, &at.replace("/en/", &format!("/{lang}/"))).await.body;
        assert!(page.contains("id=\"target\"") && page.contains(said), "{page}");
    }
    // What is no number makes no new document without a word, and nothing else of the form is lost.
    let wrong = pages.post(&author, &at, &with(&NOTICE, &[("revision", "1"), ("target", "no. 7"), ("do", "submit")])).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let field = |page: &str| page.split("<label for=\"target\"").nth(1).unwrap().split("</div>").next().unwrap().to_owned();
    let beside = field(&wrong.body);
    assert!(beside.contains("Give the number of an entry.") && beside.contains("value=\"no. 7\""), "{beside}");
    assert!(wrong.body.contains("name=\"revision\" value=\"2\"") && wrong.body.contains("灯笼通知"), "{}", wrong.body);
    // A number under which no document is published is told where it is submitted, and beside its field.
    let away = pages.post(&author, &at, &with(&NOTICE, &[("revision", "2"), ("target", "99999")])).await;
    assert_eq!(away.status, StatusCode::SEE_OTHER, "{}", away.body);
    let submitting = format!("{at}/submit");
    let page = pages.get(&author, &submitting).await.body;
    assert!(page.contains(&format!("{at}?lacks=1#target")) && page.contains("Give the number of an entry."), "{page}");
    assert!(field(&pages.get(&author, &format!("{at}?lacks=1")).await.body).contains("Give the number of an entry."));
    // Its number is taken, and whoever approves it sees which it is.
    let named = pages.post(&author, &at, &with(&NOTICE, &[("revision", "3"), ("target", &number)])).await;
    assert_eq!(named.status, StatusCode::SEE_OTHER, "{}", named.body);
    assert!(pages.get(&author, &at).await.body.contains("A new version, which takes the place of"));
    // Why it does is asked for, beside its field.
    let unsaid = pages.post(&author, &submitting, &[("revision", "4"), ("day", ""), ("hour", "")]).await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", unsaid.body);
    assert!(unsaid.body.contains(&format!("{at}?lacks=1#ground")), "{}", unsaid.body);
    for (lang, label, said, word) in [("en", "Ground", "Fill this in.", "figures were wrong"), ("zh", "理由", "请填写。", "数据有误")]
    {
        let page = pages.get(&author, &format!("{}?lacks=1", at.replace("/en/", &format!("/{lang}/")))).await.body;
        let beside = page.split("<label for=\"ground\"").nth(1).unwrap().split("</div>").next().unwrap().to_owned();
        assert!(beside.contains(label) && beside.contains(said) && beside.contains(word), "{beside}");
    }
    let why = with(&NOTICE, &[("revision", "4"), ("target", &number), ("ground", "error-in-figures")]);
    assert_eq!(pages.post(&author, &at, &why).await.status, StatusCode::SEE_OTHER);
    let submitted = pages.post(&author, &submitting, &[("revision", "5"), ("day", ""), ("hour", "")]).await;
    assert_eq!(submitted.status, StatusCode::SEE_OTHER, "{}", submitted.body);
    let case = pages.get(&author, &submitted.to).await.body;
    assert!(case.contains("A new version, which takes the place of"), "{case}");
    assert!(case.contains("data-field=\"ground\" data-value=\"error-in-figures\""), "{case}");
    // That another was published meanwhile is said in the page's language.
    let more = Written { target: Some(index), ground: "facts-changed".into(), ..written("More lanterns") };
    let second = house.submit(Kind::Disclosure, &more, 0).await;
    house.approve_all(&second).await;
    house.published(&second).await;
    let late = pages.begin(&author, "disclosure").await;
    let version = with(&NOTICE, &[("revision", "1"), ("target", &number), ("ground", "facts-changed")]);
    let saved = pages.post(&author, &late, &version).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    for (lang, said) in [("en", "is not the newest version of its document"), ("zh", "所修订的不是该文件的最新版本。")] {
        let submitting = format!("{}/submit", late.replace("/en/", &format!("/{lang}/")));
        let refused = pages.post(&author, &submitting, &[("revision", "2"), ("day", ""), ("hour", "")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{lang}");
        assert!(refused.body.contains(said), "{lang}: {}", refused.body);
        assert_eq!(refused.body.contains("newest version"), lang == "en", "{}", refused.body);
    }
}

async fn what_is_missing_is_told_beside_its_field_and_where_it_is_submitted(engine: Engine) {
    let pages = Pages::on(engine).await;
    let author = pages.house.enter("author").await;
    let at = pages.begin(&author, "disclosure").await;
    let rule = with(&NOTICE, &[("revision", "1"), ("genre", "rule"), ("do", "submit")]);
    let rule: Vec<_> = rule.into_iter().filter(|field| *field != ("do", "save") && *field != ("genre", "notice")).collect();
    let onward = pages.post(&author, &at, &rule).await;
    assert_eq!(onward.to, format!("{at}/submit"));
    let page = pages.get(&author, &onward.to).await.body;
    assert!(page.contains("In force from") && page.contains("Document number") && !page.contains("name=\"day\""), "{page}");
    assert!(page.contains(&format!("{at}?lacks=1#effective")), "{page}");
    let beside = pages.get(&author, &format!("{at}?lacks=1")).await.body;
    let field = |name: &str| beside.split(&format!("<label for=\"{name}\"")).nth(1).unwrap().split("</div>").next().unwrap().to_owned();
    assert!(field("effective").contains("Fill this in.") && field("effective").contains("aria-invalid=\"true\""), "{beside}");
    assert!(!field("issued").contains("Fill this in."), "{beside}");
    let forced = pages.post(&author, &onward.to, &[("revision", "2"), ("day", ""), ("hour", "")]).await;
    assert_eq!(forced.status, StatusCode::UNPROCESSABLE_ENTITY);
    let whole = with(&NOTICE, &[("revision", "2")]);
    assert_eq!(pages.post(&author, &at, &whole).await.status, StatusCode::SEE_OTHER);
    let past = pages.post(&author, &onward.to, &[("revision", "3"), ("day", "1999-01-01"), ("hour", "08:00")]).await;
    assert!(past.status == StatusCode::UNPROCESSABLE_ENTITY && past.body.contains("a day and an hour to come"), "{}", past.body);
    let old = pages.post(&author, &onward.to, &[("revision", "2"), ("day", ""), ("hour", "")]).await;
    assert!(old.status == StatusCode::UNPROCESSABLE_ENTITY && old.body.contains("Somebody saved this draft"), "{}", old.body);
}

async fn what_looks_like_personal_data_is_warned_of_before_it_is_approved(engine: Engine) {
    let pages = Pages::on(engine).await;
    let author = pages.house.enter("author").await;
    let at = pages.begin(&author, "disclosure").await;
    let fields = [("summary", "联系电话13800138000"), ("revision", "1")];
    let notice: Vec<_> = with(&NOTICE, &fields).into_iter().filter(|(name, _)| *name != "body").collect();
    let notice = with(&notice, &[("body", "当事人身份证号\n11010519491231002X。")]);
    assert_eq!(pages.post(&author, &at, &notice).await.status, StatusCode::SEE_OTHER);
    let page = pages.get(&author, &format!("{at}/submit")).await.body;
    assert!(page.contains("11010519491231002X") && page.contains("13800138000") && page.contains("line 2"), "{page}");
    let submitted = pages.post(&author, &format!("{at}/submit"), &[("revision", "2"), ("day", ""), ("hour", "")]).await;
    let case = pages.get(&author, &submitted.to.replace("/en/", "/zh/")).await.body;
    assert!(case.contains("疑似个人信息") && case.contains("身份证号") && case.contains("手机号"), "{case}");
}

async fn another_agencys_drafts_and_cases_are_not_there(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (author, stranger) = (pages.house.enter("author").await, pages.house.enter("stranger").await);
    let house = &pages.house;
    let at = pages.begin(&author, "disclosure").await;
    let file = pages.upload(&author, &format!("{at}/files"), &author.form(), "a.csv", b"a,b\n").await;
    assert_eq!(file.status, StatusCode::SEE_OTHER);
    let frozen = house.submitted("Lanterns", 0).await;
    let (case, part) = (format!("/en/desk/cases/{}", frozen.case), chain::part::Commitment::parse(&commitment(&frozen.core_line)).unwrap());
    let nowhere = pages.get(&stranger, "/en/desk/cases/0123456789abcdef0123456789abcdef").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    for path in [&at, &format!("{at}/submit"), &case, &format!("{case}/parts/{part}")] {
        let answer = pages.get(&stranger, path).await;
        assert_eq!((answer.status, answer.body.len()), (StatusCode::NOT_FOUND, nowhere.body.len()), "{path}");
    }
    for path in [&at, &format!("{at}/submit"), &format!("{case}/withdraw"), &format!("{case}/release"), &format!("{case}/due")] {
        assert_eq!(pages.post(&stranger, path, &[("revision", "1"), ("do", "save")]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let upload = pages.upload(&stranger, &format!("{at}/files"), &stranger.form(), "a.csv", b"a,b\n").await;
    assert_eq!(upload.status, StatusCode::NOT_FOUND);
    assert!(!pages.get(&stranger, "/en/desk/drafts").await.body.contains("Lanterns"));
    let begun = pages.post(&stranger, "/en/desk/drafts", &[("agency", &house.agency), ("kind", "disclosure")]).await;
    assert_eq!(begun.status, StatusCode::NOT_FOUND);
    for path in [format!("/desk/cases/{}/sign?code=draft", frozen.case), format!("/desk/cases/{}/parts/{part}", frozen.case)] {
        let answer = pages.ask(script(&stranger, Request::get(&path), "")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

/// The second part that a core line commits to.
fn commitment(core_line: &str) -> String {
    let core: serde_json::Value = serde_json::from_str(core_line).unwrap();
    core["parts"][1]["commitment"].as_str().unwrap().to_owned()
}

async fn what_is_not_published_is_at_no_public_address(engine: Engine) {
    let pages = Pages::on(engine).await;
    let frozen = pages.house.submitted("Lanterns", 0).await;
    let part = commitment(&frozen.core_line);
    let status = async |path: String| portal::get(&pages.portal, &path).await.0;
    for path in [format!("/content/{part}"), format!("/content/{part}.salt"), format!("/drafts/{}", frozen.draft)] {
        assert_eq!(status(path.clone()).await, StatusCode::NOT_FOUND, "{path}");
    }
    let desk = portal::get(&pages.portal, &format!("/desk/cases/{}/parts/{part}", frozen.case)).await;
    assert!(desk.0.is_redirection() && desk.2.is_empty(), "{}", desk.0);
    pages.house.approve_all(&frozen).await;
    pages.house.published(&frozen).await;
    assert_eq!(status(format!("/content/{part}")).await, StatusCode::OK);
}

async fn a_script_without_the_sessions_token_signs_nothing(engine: Engine) {
    let pages = Pages::on(engine).await;
    let clerk = pages.house.enter("clerk").await;
    let frozen = pages.house.submit(Kind::Disclosure, &Written { title: "Lanterns".into(), ..written("Lanterns") }, 0).await;
    let seen = pages.house.case(&frozen).await;
    let given = pages.house.sign(&seen, "clerk", "draft", "approve", None);
    let sent = serde_json::json!({ "note": given.note, "opening": { "salt": given.opening.salt, "text": given.opening.text } }).to_string();
    let path = format!("/desk/cases/{}/steps", frozen.case);
    let bare = own(by(&clerk, Request::post(&path))).header(header::CONTENT_TYPE, "application/json");
    assert_eq!(pages.ask(bare.body(Body::from(sent.clone())).unwrap()).await.status, StatusCode::FORBIDDEN);
    let other =
        by(&clerk, Request::post(&path)).header("x-gazette-token", clerk.form()).header(header::ORIGIN, "https://elsewhere.example");
    let other = other.header(header::CONTENT_TYPE, "application/json").body(Body::from(sent.clone())).unwrap();
    assert_eq!(pages.ask(other).await.status, StatusCode::FORBIDDEN);
    assert!(pages.house.case(&frozen).await.steps.is_empty());
    for nonsense in ["", "[]", "{\"note\":1}", &format!("{{\"note\":\"{}\"}}", "x".repeat(300_000))] {
        let answer = pages.ask(script(&clerk, Request::post(&path), nonsense)).await;
        assert!(answer.status.is_client_error(), "{}", answer.status);
    }
    assert_eq!(pages.ask(script(&clerk, Request::post(&path), &sent)).await.status, StatusCode::OK);
}

async fn when_a_case_comes_out_is_changed_on_its_page_and_noted(engine: Engine) {
    let pages = Pages::on(engine).await;
    let (author, clerk) = (pages.house.enter("author").await, pages.house.enter("clerk").await);
    let frozen = pages.house.submitted("Lanterns", 0).await;
    let case = format!("/en/desk/cases/{}", frozen.case);
    let due = format!("{case}/due");
    assert!(pages.get(&author, &case).await.body.contains("Change when it is published"));
    assert!(!pages.get(&clerk, &case).await.body.contains("Change when it is published"), "a reviewer does not say when");
    assert_eq!(pages.post(&clerk, &due, &[("day", "2027-01-02"), ("hour", "08:30")]).await.status, StatusCode::NOT_FOUND);
    for (day, hour) in [("2001-01-01", "08:30"), ("2027-02-30", "08:30"), ("", "08:30")] {
        let refused = pages.post(&author, &due, &[("day", day), ("hour", hour)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{day} {hour}");
        assert!(refused.body.contains("Enter a day and an hour to come"), "{}", refused.body);
        assert!(refused.body.contains(hour) && refused.body.contains(day), "as it was typed");
    }
    assert_eq!(pages.house.case(&frozen).await.frozen.due, 0);
    let set = pages.post(&author, &due, &[("day", "2027-01-02"), ("hour", "08:30")]).await;
    assert_eq!((set.status, &*set.to), (StatusCode::SEE_OTHER, &*case), "{}", set.body);
    let shown = pages.get(&author, &case).await.body;
    assert!(shown.contains("To be published") && shown.contains("value=\"2027-01-02\"") && shown.contains("value=\"08:30\""), "{shown}");
    let noted = async || {
        let noted = pages.house.staff.journal().before(i64::MAX, 200).await.unwrap();
        noted.iter().filter(|row| row.what == "due-changed").count()
    };
    assert_eq!(noted().await, 1);
    assert_eq!(pages.post(&author, &due, &[("day", ""), ("hour", "")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!((pages.house.case(&frozen).await.frozen.due, noted().await), (0, 2));
}

async fn where_an_agency_wishes_it_readers_see_who_holds_the_posts_until_that_is_redacted(engine: Engine) {
    let desk = Pages::on(engine).await;
    let house = &desk.house;
    for name in ["clerk", "lawyer-a", "lawyer-b", "controller", "director", "author"] {
        house.enter(name).await;
    }
    house.hire("chief", &[Role::Administrator], &house.agency).await;
    let (chief, stranger) = (house.enter("chief").await, house.enter("stranger").await);
    let path = format!("/en/desk/posts/of/{}", house.agency);
    assert_eq!(desk.post(&stranger, &format!("{path}?names"), &[("names", "1")]).await.status, StatusCode::NOT_FOUND);
    let before = house.submitted("Before it was wished", 0).await;
    assert_eq!(desk.post(&chief, &format!("{path}?names"), &[("names", "1")]).await.status, StatusCode::SEE_OTHER);
    let frozen = house.submitted("Lanterns", 0).await;
    let reader = house.enter("colleague").await;
    let shown = async |frozen: &server::drafts::Frozen| desk.get(&reader, &format!("/en/desk/cases/{}", frozen.case)).await.body;
    assert!(!shown(&before).await.contains("data-field=\"holder\""), "what was submitted stays as it is");
    let page = shown(&frozen).await;
    assert!(page.contains(&format!("data-field=\"holder\">{} Officer director</bdi>", house.post("director"))), "{page}");
    // Whoever is not named signs nothing: the page would say of somebody else that this post was theirs.
    house.hire("deputy", &[Role::Reviewer], &house.agency).await;
    house.enter("deputy").await;
    house.hold("deputy", &["clerk"]).await;
    let refused = house.approve_by(&frozen, "deputy", "clerk", "draft").await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::NotNamed));
    house.approve_all(&frozen).await;
    let index = house.published(&frozen).await;
    let public = async || String::from_utf8(portal::bytes(&desk.portal, &format!("/en/disclosures/{index}")).await).unwrap();
    let page = public().await;
    assert_eq!(page.matches("data-field=\"holder\"").count(), 5, "{page}");
    assert!(page.contains("data-field=\"holder\">Officer lawyer-b</bdi>"));
    // The names alone are removed; everything else stays.
    let case = house.case(&frozen).await;
    let part = case.parts.iter().find(|part| part.role == "holders").unwrap().commitment.to_string();
    assert!(page.contains(&format!("/content/{part}")), "whoever checks it finds its bytes");
    let written = Written { target: Some(index), parts: vec![part.clone()], ground: "personal-data".into(), ..Written::default() };
    let redaction = house.submit(Kind::Redaction, &written, 0).await;
    house.approve(&redaction, "director", "sign").await.unwrap();
    house.published(&redaction).await;
    let page = public().await;
    assert!(!page.contains("Officer") && page.contains("Lanterns") && page.contains("holders.json</bdi> · removed"), "{page}");
    assert_eq!(portal::get(&desk.portal, &format!("/content/{part}")).await.0, StatusCode::GONE);
}

async fn what_was_typed_comes_back_where_its_session_is_over_or_another(engine: Engine) {
    let pages = Pages::on(engine).await;
    let author = pages.house.enter("author").await;
    let page = pages.begin(&author, "disclosure").await;
    let typed = with(&NOTICE, &[("body", "Hours of work: <b>"), ("summary", "")]);
    let back = |answer: &Answer| {
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        for text in ["Hours of work: &lt;b", "灯笼通知", "All of them are lit."] {
            assert!(answer.body.contains(text), "{text} in {}", answer.body);
        }
    };
    // Signed in anew, with a form of the session before.
    let anew = pages.house.staff.begin_session(&pages.house.who("author").id, Strength::SecondFactor, &From::default()).await.unwrap();
    let fields = form_of(&author, &typed);
    let request = own(by(&anew, Request::post(&page))).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let stale = pages.ask(request.body(Body::from(fields.clone())).unwrap()).await;
    back(&stale);
    assert!(stale.body.contains("You have signed in again"));
    // Signed out.
    pages.house.staff.sign_out(&author).await.unwrap();
    let out = pages.post(&author, &page, &typed).await;
    back(&out);
    assert!(out.body.contains("You are signed out") && out.body.contains("/en/desk/sign-in?to="));
    // From another site nothing comes back, and nothing was saved of any of it.
    let cross = by(&anew, Request::post(&page)).header(header::ORIGIN, "https://elsewhere.example").header("sec-fetch-site", "cross-site");
    let cross = cross.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let cross = pages.ask(cross.body(Body::from(fields.clone())).unwrap()).await;
    assert_eq!(cross.status, StatusCode::FORBIDDEN);
    assert!(!cross.body.contains("Hours of work"));
    assert!(!pages.get(&anew, &page).await.body.contains("Hours of work"));
}

async fn what_no_text_holds_is_left_out_and_more_than_a_form_takes_is_said(engine: Engine) {
    let pages = Pages::on(engine).await;
    let author = pages.house.enter("author").await;
    let page = pages.begin(&author, "disclosure").await;
    let saved = pages.post(&author, &page, &with(&NOTICE, &[("title", "Lan\0terns"), ("body", "All\0 of them"), ("revision", "1")])).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let body = pages.get(&author, &page).await.body;
    assert!(body.contains("Lanterns") && body.contains("All of them") && !body.contains('\0'));
    let submitted = pages.post(&author, &format!("{page}/submit"), &[("revision", "2")]).await;
    assert!(submitted.to.contains("/desk/cases/"), "{} {}", submitted.status, submitted.body);

    let other = pages.begin(&author, "disclosure").await;
    let long = pages.post(&author, &other, &with(&NOTICE, &[("body", &*"x".repeat(5 << 20))])).await;
    assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(long.body.contains("This is too long") && long.body.contains("Nothing was changed"));
}

async fn what_is_typed_comes_back_as_typed_and_never_as_markup(engine: Engine) {
    let pages = Pages::on(engine).await;
    let author = pages.house.enter("author").await;
    let page = pages.begin(&author, "disclosure").await;
    let hostile = "&lt;b> &amp;</textarea><h1>mine</h1>\"";
    let fields =
        ["title", "body", "summary", "keywords", "subjects", "issuing_agencies", "source", "translation_title", "translation_body"];
    let fields: Vec<_> =
        fields.iter().map(|name| (*name, hostile)).chain([("revision", "1"), ("language", "en"), ("do", "save")]).collect();
    assert_eq!(pages.post(&author, &page, &fields).await.status, StatusCode::SEE_OTHER);
    // Read as a browser reads it, each is what was typed: there is no mark of its own in it, and no escape of its own is undone.
    let written = hostile.replace('&', "&amp;").replace('<', "&lt;");
    let body = pages.get(&author, &page).await.body;
    let read = body.replace("&gt;", ">").replace("&quot;", "\"");
    assert!(!body.contains("<h1>mine"), "{body}");
    assert!(read.matches(&written).count() >= 9, "{body}");
}
