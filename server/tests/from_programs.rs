//! What programs write and hand in, and what becomes of it: asking again is safe, and nothing comes out that was not approved.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod by_token;
mod described;
mod desk_house;
mod documents;
mod portal;

use axum::{body::Body, http::StatusCode};
use by_token::*;
use chain::note::Signer;
use desk_house::*;
use serde_json::{Value, json};
use server::{
    compose,
    drafts::{Frozen, Outcome, Refusal},
    staff::{Account, PREFIX, Role, Scope},
};
use trial::Engine;

on_each_engine! {
    a_machine_writes_submits_and_what_posts_sign_is_published,
    of_what_a_machine_wrote_only_people_who_wrote_in_it_are_told,
    the_same_id_is_answered_with_the_same_thing_and_never_with_another,
    bad_items_stop_no_good_ones,
    where_there_is_no_rule_a_publishing_token_publishes,
    a_programs_new_version_says_why_and_a_first_one_does_not,
    a_status_and_a_redaction_go_from_items_to_published_at_their_time,
    many_kinds_come_at_once_and_what_the_log_would_not_take_is_mended_under_its_id,
    when_something_comes_out_is_changed_and_cleared_until_it_is_too_late,
    what_is_called_back_is_written_on_and_what_is_published_is_not_called_back,
    what_belongs_to_persons_is_told_before_it_is_approved_and_never_the_number,
    an_agencys_own_statements_are_answered_with_what_in_them_belongs_to_persons,
    statements_are_taken_from_the_agencys_own_key_alone,
}

async fn a_machine_writes_submits_and_what_posts_sign_is_published(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let token = m.token(&house.agency, &WRITES).await;
    assert!(token.starts_with(PREFIX));
    let draft = m.put(&token, &id(1), &json!({ "fields": fields("Lanterns") })).await.json();
    assert_eq!((&draft["stage"], &draft["revision"]), (&json!("writing"), &json!(1)));
    let path = format!("/api/v1/drafts/{}", id(1));
    let file = m.ask(&token, "POST", &format!("{path}/files?name=..%2Fx%2Fplan.exe"), &b"%PDF-1.7\n"[..]).await.json();
    assert_eq!((&file["name"], &file["media"]), (&json!("plan.exe"), &json!("application/pdf")));
    let again = m.ask(&token, "POST", &format!("{path}/files?name=..%2Fx%2Fplan.exe"), &b"%PDF-1.7\n"[..]).await.json();
    assert_eq!(file, again);
    // A file brought by mistake is taken away, once or twice over.
    let wrong = m.ask(&token, "POST", &format!("{path}/files?name=wrong.txt"), "wrong").await.json();
    for _ in 0..2 {
        let away = format!("{path}/files/{}", wrong["file"].as_str().unwrap());
        assert_eq!(m.ask(&token, "DELETE", &away, Body::empty()).await.json()["stage"], "writing");
    }
    let names: Vec<Value> =
        m.get(&token, &path).await.json()["files"].as_array().unwrap().iter().map(|file| file["name"].clone()).collect();
    assert_eq!(names, [json!("plan.exe")]);
    let asked = json!({ "statement": id(9) }).to_string();
    let state = m.ask(&token, "POST", &format!("{path}/submit"), asked.clone()).await.json();
    assert_eq!((&state["stage"], &state["statement"], &state["ready"]), (&json!("frozen"), &json!(id(9)), &json!(false)));
    assert_eq!(m.ask(&token, "POST", &format!("{path}/submit"), asked).await.json(), state);
    assert_eq!(state["steps"][0]["code"], "draft");
    // The server seals nothing before the posts have signed.
    assert!(house.drafts.publish_due().await.unwrap().is_empty());
    let author = house.who("colleague");
    let case = house.drafts.case(&author, state["case"].as_str().unwrap()).await.unwrap();
    let written_by = house.drafts.authors(&case.frozen.draft).await.unwrap();
    assert_eq!(written_by.len(), 2);
    assert!(written_by.contains(&m.chief.id), "who made the token wrote what it writes");
    // And so signs no approval, whatever posts they hold.
    for (post, code) in [("clerk", "draft"), ("lawyer-b", "legal"), ("controller", "budget")] {
        house.approve(&case.frozen, post, code).await.unwrap();
    }
    let maker = Account { roles: [(Role::Reviewer, house.agency.clone())].into_iter().collect(), ..m.chief.clone() };
    let held = house.who("lawyer-a");
    house.is_now("lawyer-a", maker).await;
    let own = house.approve(&case.frozen, "lawyer-a", "legal").await.unwrap_err();
    assert_eq!(own.refusal(), Some(&Refusal::OwnDraft));
    house.is_now("lawyer-a", held).await;
    house.approve(&case.frozen, "lawyer-a", "legal").await.unwrap();
    house.approve(&case.frozen, "director", "sign").await.unwrap();
    let index = house.published(&case.frozen).await;
    let state = m.get(&token, &path).await.json();
    assert_eq!((&state["stage"], &state["index"]), (&json!("published"), &json!(index)));
}

/// Somebody who wants each letter.
async fn mailbox(house: &House, account: &str) {
    let sql = "insert into mailboxes (account, address, confirmed, asked, asked_id, asked_until, wanted, language, daily) \
               values ($1, $2, 1, '', '', 0, 'each', 'en', 0)";
    let address = format!("{account}@finance.example");
    sqlx::query(sql).bind(account).bind(address).execute(house.staff.store().pool()).await.unwrap();
}

async fn letters(house: &House, account: &str) -> Vec<String> {
    let sql = "select kind from letters where account = $1 order by made, kind";
    let rows = sqlx::query(sql).bind(account).fetch_all(house.staff.store().pool()).await.unwrap();
    rows.iter().map(|row| sqlx::Row::try_get(row, 0).unwrap()).collect()
}

async fn of_what_a_machine_wrote_only_people_who_wrote_in_it_are_told(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let colleague = house.who("colleague");
    mailbox(house, &m.chief.id).await;
    mailbox(house, &colleague.id).await;
    let token = m.token(&house.agency, &WRITES).await;
    for (n, together) in [(1, false), (2, true)] {
        let draft = m.put(&token, &id(n), &json!({ "fields": fields("Lanterns") })).await.json();
        if together {
            let draft = house.drafts.draft(&colleague, draft["draft"].as_str().unwrap()).await.unwrap();
            let mut written = draft.written.clone();
            written.body.push_str("None is dark.\n");
            house.drafts.save(&colleague, &draft.id, draft.revision, &written).await.unwrap();
        }
        let state = m.ask(&token, "POST", &format!("/api/v1/drafts/{}/submit", id(n)), Body::empty()).await.json();
        let case = house.drafts.case(&colleague, state["case"].as_str().unwrap()).await.unwrap();
        for (post, code) in
            [("clerk", "draft"), ("lawyer-a", "legal"), ("lawyer-b", "legal"), ("controller", "budget"), ("director", "sign")]
        {
            house.approve(&case.frozen, post, code).await.unwrap();
        }
        house.published(&case.frozen).await;
        let told = if together { vec!["published".to_owned()] } else { vec![] };
        assert_eq!(letters(house, &colleague.id).await, told);
        assert_eq!(letters(house, &m.chief.id).await, ["new-way"], "of the token itself, whose maker wrote nothing of it");
    }
}

async fn the_same_id_is_answered_with_the_same_thing_and_never_with_another(engine: Engine) {
    let m = Machines::on(engine).await;
    let token = m.token(&m.house.agency, &WRITES).await;
    let asked = item(1, "Lanterns").to_string();
    let both = async |m: &Machines| m.ask(&token, "POST", "/api/v1/items", asked.clone()).await.lines().remove(0);
    let (one, two) = tokio::join!(both(&m), both(&m));
    assert_eq!(one, two);
    assert_eq!((&one["status"], &one["statement"], &one["stage"]), (&json!(200), &json!(id(1)), &json!("frozen")), "{one}");
    assert_eq!(both(&m).await, one);
    let path = format!("/api/v1/drafts/{}", id(1));
    let state = m.get(&token, &path).await.json();
    assert_eq!(state["files"].as_array().unwrap().len(), 1);
    let other = m.ask(&token, "POST", "/api/v1/items", item(1, "Lamps").to_string()).await.lines().remove(0);
    assert_eq!((&other["status"], &other["code"], &other["id"]), (&json!(409), &json!("differs"), &json!(id(1))));
    // Taken back and written on, an old request submits nothing.
    assert_eq!(m.ask(&token, "POST", &format!("{path}/withdraw"), "").await.json()["stage"], "writing");
    let save = json!({ "fields": fields("Lamps"), "revision": 1 });
    let saved = m.put(&token, &id(1), &save).await.json();
    assert_eq!(saved["revision"], 2);
    assert_eq!(m.put(&token, &id(1), &save).await.json(), saved);
    assert_eq!(m.put(&token, &id(1), &json!({ "fields": fields("Wicks"), "revision": 1 })).await.code(), refused(409, "changed"));
    assert_eq!(both(&m).await["stage"], "writing");
    // And it may be submitted once more under another id, not under the old one.
    let submit = async |n: u8| m.ask(&token, "POST", &format!("{path}/submit"), json!({ "statement": id(n) }).to_string()).await;
    assert_eq!(submit(1).await.code(), refused(409, "differs"));
    assert_eq!(submit(2).await.json()["statement"], id(2));
}

async fn bad_items_stop_no_good_ones(engine: Engine) {
    let m = Machines::on(engine).await;
    let token = m.token(&m.house.agency, &WRITES).await;
    let mut lacking = item(2, "Lamps");
    lacking["fields"]["issued"] = json!("");
    let mut unknown = item(3, "Lamps");
    unknown["fields"]["titel"] = json!("x");
    let mut named = item(4, "Lamps");
    named["id"] = json!("../4");
    let items = [item(1, "One"), lacking, unknown, named, json!(7), item(5, "Two")].map(|item| item.to_string());
    let statuses = |lines: &[Value]| {
        lines
            .iter()
            .map(|line| (line["status"].as_u64().unwrap(), line["code"].as_str().unwrap_or_default().to_owned()))
            .collect::<Vec<_>>()
    };
    let expected = [(200, ""), (422, "lacks"), (422, "unknown-field"), (422, "field"), (400, "json"), (200, "")]
        .map(|(status, code)| (status, code.to_owned()));
    for body in [items.join("\n"), format!("[{}]", items.join(","))] {
        let lines = m.ask(&token, "POST", "/api/v1/items", body).await.lines();
        assert_eq!(statuses(&lines), expected);
        assert_eq!(lines[1]["field"], "issued");
        assert!(lines[1]["title_zh"].as_str().unwrap().contains('。'));
    }
    // What was refused for what it lacks is mended under the same id.
    assert_eq!(m.ask(&token, "POST", "/api/v1/items", item(2, "Lamps").to_string()).await.lines()[0]["status"], 200);
}

async fn where_there_is_no_rule_a_publishing_token_publishes(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let token = m.token(&house.free, &[Scope::Read, Scope::Draft, Scope::Submit, Scope::Publish]).await;
    let mut asked = item(1, "Storm");
    asked["publish"] = json!(true);
    let said = m.ask(&token, "POST", "/api/v1/items", asked.to_string()).await.lines().remove(0);
    assert_eq!((&said["status"], &said["rule"], &said["ready"]), (&json!(200), &json!(false), &json!(true)), "{said}");
    let outcomes = house.drafts.publish_due().await.unwrap();
    assert!(matches!(&outcomes[..], [(statement, server::drafts::Outcome::Published(_))] if *statement == id(1)), "{outcomes:?}");
    let again = m.ask(&token, "POST", "/api/v1/items", asked.to_string()).await.lines().remove(0);
    assert_eq!((&again["stage"], &again["statement"]), (&json!("published"), &json!(id(1))));
    let path = format!("/api/v1/drafts/{}", id(1));
    assert_eq!(m.ask(&token, "POST", &format!("{path}/publish"), "").await.json()["stage"], "published");
}

async fn a_programs_new_version_says_why_and_a_first_one_does_not(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let token = m.token(&house.free, &[Scope::Read, Scope::Draft, Scope::Submit, Scope::Publish]).await;
    let ask = async |item: &Value| m.ask(&token, "POST", "/api/v1/items", item.to_string()).await.lines().remove(0);
    let published = async || match &house.drafts.publish_due().await.unwrap()[..] {
        [(_, server::drafts::Outcome::Published(index))] => *index,
        other => panic!("{other:?}"),
    };
    let mut first = item(1, "Storm");
    first["publish"] = json!(true);
    assert_eq!(ask(&first).await["status"], 200);
    let index = published().await;
    let mut second = item(2, "The storm is over");
    second["publish"] = json!(true);
    second["fields"]["target"] = json!(index);
    let said = ask(&second).await;
    assert_eq!((&said["status"], &said["code"], &said["field"]), (&json!(422), &json!("lacks"), &json!("ground")), "{said}");
    second["fields"]["ground"] = json!("facts-changed");
    assert_eq!(ask(&second).await["status"], 200);
    let entry = house.node.store.entry(published().await).await.unwrap().unwrap();
    let entry = String::from_utf8(entry).unwrap();
    assert!(entry.contains(&format!("\"revises\":{{\"index\":{index},")) && entry.contains("\"ground\":\"facts-changed\""), "{entry}");
    let mut alone = item(3, "Calm");
    alone["fields"]["ground"] = json!("facts-changed");
    let said = ask(&alone).await;
    assert_eq!((&said["status"], &said["field"]), (&json!(422), &json!("target")), "a ground that is of nothing: {said}");
}

/// A moment as programs write it.
fn moment(millis: i64) -> Value {
    json!(jiff::Timestamp::from_millisecond(millis).unwrap().to_string())
}

const DAY: i64 = 86_400_000;

/// What is to be submitted about something that is published.
fn about(n: u8, kind: &str, fields: Value) -> Value {
    json!({ "id": id(n), "kind": kind, "fields": fields, "submit": true })
}

/// What an answer says was submitted.
async fn frozen_of(house: &House, state: &Value) -> Frozen {
    let case = state["case"].as_str().unwrap_or_else(|| panic!("{state}"));
    house.drafts.case(&house.who("colleague"), case).await.unwrap().frozen
}

/// A published document with a file: its place, and the file's commitment.
async fn published(house: &House) -> (u64, String) {
    let frozen = house.submitted("Lanterns", 0).await;
    let file = house.case(&frozen).await.parts.into_iter().find(|part| part.role == "attachment").unwrap();
    house.approve_all(&frozen).await;
    (house.published(&frozen).await, file.commitment.to_string())
}

fn repeal(index: u64) -> Value {
    json!({ "target": index, "change": "repealed", "effective": "2026-10-01", "ground": "term-ended" })
}

async fn a_status_and_a_redaction_go_from_items_to_published_at_their_time(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let token = m.token(&house.agency, &WRITES).await;
    let ask = async |item: &Value| m.ask(&token, "POST", "/api/v1/items", item.to_string()).await.lines().remove(0);
    let (index, file) = published(house).await;
    let redact = json!({ "target": index, "parts": [file], "ground": "personal-data" });
    for (n, kind, fields) in [(1, "status", repeal(index)), (2, "redaction", redact)] {
        let due = house.staff.now() + DAY;
        let mut item = about(n, kind, fields);
        item["due"] = moment(due);
        let said = ask(&item).await;
        let state = |said: &Value| ["status", "kind", "stage", "statement", "due", "ready"].map(|name| said[name].clone());
        assert_eq!(state(&said), [json!(200), json!(kind), json!("frozen"), json!(id(n)), json!(due), json!(false)], "{said}");
        assert_eq!(said["steps"][0]["code"], "sign", "the agency's rule for such");
        assert_eq!(ask(&item).await, said, "asked again while it waits");
        let frozen = frozen_of(house, &said).await;
        house.approve(&frozen, "director", "sign").await.unwrap();
        let said = ask(&item).await;
        assert_eq!((&said["stage"], &said["ready"]), (&json!("frozen"), &json!(true)), "asked again once it is approved");
        assert!(house.drafts.publish_due().await.unwrap().is_empty(), "before its time nothing is sealed");
        house.turn(DAY);
        let at = house.published(&frozen).await;
        let said = ask(&item).await;
        assert_eq!((&said["stage"], &said["index"]), (&json!("published"), &json!(at)), "asked again once it is there: {said}");
        let entry = String::from_utf8(house.node.store.entry(at).await.unwrap().unwrap()).unwrap();
        assert!(entry.contains(&format!("\"type\":\"{kind}\"")) && entry.contains(&format!("\"index\":{index},")), "{entry}");
        item["fields"]["ground"] = json!("decided");
        assert_eq!((&ask(&item).await["status"], &ask(&item).await["code"]), (&json!(409), &json!("differs")));
    }
    assert_eq!(portal::get(&m.portal, &format!("/content/{file}")).await.0, StatusCode::GONE);
}

async fn many_kinds_come_at_once_and_what_the_log_would_not_take_is_mended_under_its_id(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let token = m.token(&house.agency, &WRITES).await;
    let ask = async |items: &[Value]| {
        let lines: Vec<_> = items.iter().map(Value::to_string).collect();
        m.ask(&token, "POST", "/api/v1/items", lines.join("\n")).await.lines()
    };
    let (index, file) = published(house).await;
    let redact = |target: u64| json!({ "target": target, "parts": [file], "ground": "personal-data" });
    let mut forgotten = repeal(index);
    forgotten["change"] = json!("forgotten");
    let items = [
        item(1, "Lamps"),
        about(2, "status", forgotten),
        about(3, "status", repeal(index)),
        about(4, "redaction", redact(99_999)),
        about(5, "redaction", redact(index)),
    ];
    let lines = ask(&items).await;
    let told: Vec<_> = lines.iter().map(|line| (line["status"].clone(), line["field"].clone())).collect();
    let (good, lacks) = ((json!(200), Value::Null), |field: &str| (json!(422), json!(field)));
    assert_eq!(told, [good.clone(), lacks("change"), good.clone(), lacks("target"), good], "{lines:?}");
    assert_eq!(ask(&items).await, lines, "asked again, each is answered alike");
    // Mended, it goes on under the same id.
    let mended = ask(&[about(2, "status", repeal(index)), about(4, "redaction", redact(index))]).await;
    assert!(mended.iter().all(|line| line["status"] == 200), "{mended:?}");
    // The good ones are approved side by side, and come out.
    house.approve_all(&frozen_of(house, &lines[0]).await).await;
    for line in [&lines[2], &lines[4]] {
        house.approve(&frozen_of(house, line).await, "director", "sign").await.unwrap();
    }
    let outcomes = house.drafts.publish_due().await.unwrap();
    assert!(outcomes.len() == 3 && outcomes.iter().all(|(_, outcome)| matches!(outcome, Outcome::Published(_))), "{outcomes:?}");
    let stages: Vec<_> = ask(&items).await.iter().map(|line| line["stage"].clone()).collect();
    assert_eq!([&stages[0], &stages[2], &stages[4]], [&json!("published"); 3]);
}

async fn when_something_comes_out_is_changed_and_cleared_until_it_is_too_late(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let token = m.token(&house.agency, &WRITES).await;
    let machine = house.staff.machines(&house.agency).await.unwrap().remove(0).id;
    m.put(&token, &id(1), &json!({ "fields": fields("Lanterns") })).await.json();
    let path = format!("/api/v1/drafts/{}", id(1));
    let set = async |due: Value| m.ask(&token, "POST", &format!("{path}/due"), json!({ "due": due }).to_string()).await;
    let (now, noted_so_far) = (house.staff.now(), async || noted(house, "due-changed").await.len());
    assert_eq!(set(moment(now + DAY)).await.code(), refused(409, "not-open"), "nothing was submitted");
    let submit = json!({ "statement": id(2), "due": moment(now + DAY) }).to_string();
    let state = m.ask(&token, "POST", &format!("{path}/submit"), submit).await.json();
    assert_eq!(state["due"], json!(now + DAY));
    for _ in 0..2 {
        let later = set(moment(now + 2 * DAY)).await.json();
        assert_eq!((&later["due"], &later["stage"], &later["statement"]), (&json!(now + 2 * DAY), &json!("frozen"), &json!(id(2))));
    }
    assert_eq!(noted_so_far().await, 1, "asked again nothing is changed");
    assert_eq!(set(Value::Null).await.json()["due"], 0);
    assert_eq!(set(moment(now - DAY)).await.code(), refused(422, "past"));
    for bad in ["", "{}", "{\"due\":7}", "{\"due\":null,\"at\":1}"] {
        assert_eq!(m.ask(&token, "POST", &format!("{path}/due"), bad).await.code(), refused(400, "json"), "{bad}");
    }
    assert_eq!(set(json!("tomorrow")).await.code(), refused(422, "field"));
    let other = m.token(&house.other, &Scope::ALL).await;
    for draft in [&*id(1), state["draft"].as_str().unwrap()] {
        let answer = m.ask(&other, "POST", &format!("/api/v1/drafts/{draft}/due"), json!({ "due": null }).to_string()).await;
        assert_eq!(answer.code(), refused(404, "nothing"));
    }
    assert_eq!(set(moment(now + 3 * DAY)).await.json()["due"], json!(now + 3 * DAY));
    let rows = noted(house, "due-changed").await;
    assert!(rows.len() == 3 && rows.iter().all(|(row, _)| row.who == machine), "{rows:?}");
    // What was approved stays so, and comes out at the time that was set last.
    let frozen = frozen_of(house, &state).await;
    house.approve_all(&frozen).await;
    house.turn(2 * DAY);
    assert!(house.drafts.publish_due().await.unwrap().is_empty());
    house.turn(DAY);
    house.published(&frozen).await;
    for due in [Value::Null, moment(now + 9 * DAY)] {
        assert_eq!(set(due).await.code(), refused(409, "not-open"), "too late");
    }
    assert_eq!(set(moment(now + 3 * DAY)).await.json()["stage"], "published", "as it stands already");
}

async fn what_is_called_back_is_written_on_and_what_is_published_is_not_called_back(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let token = m.token(&house.agency, &WRITES).await;
    m.put(&token, &id(1), &json!({ "fields": fields("Lanterns") })).await.json();
    let path = format!("/api/v1/drafts/{}", id(1));
    let call = async |what: &str, body: Value| m.ask(&token, "POST", &format!("{path}/{what}"), body.to_string()).await;
    let first = call("submit", json!({ "statement": id(2) })).await.json();
    house.approve(&frozen_of(house, &first).await, "clerk", "draft").await.unwrap();
    for _ in 0..2 {
        let back = call("withdraw", json!({})).await.json();
        assert_eq!((&back["stage"], back.get("statement")), (&json!("writing"), None), "{back}");
    }
    let second = call("submit", json!({ "statement": id(3) })).await.json();
    assert_eq!((&second["statement"], &second["steps"][0]["decided"]), (&json!(id(3)), &json!(0)), "what was approved counts no more");
    let frozen = frozen_of(house, &second).await;
    house.approve_all(&frozen).await;
    house.published(&frozen).await;
    assert_eq!(call("withdraw", json!({})).await.code(), refused(409, "not-open"));
    assert_eq!(m.get(&token, &path).await.json()["stage"], "published");
}

/// A word processor's file.
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

async fn what_belongs_to_persons_is_told_before_it_is_approved_and_never_the_number(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let token = m.token(&house.agency, &WRITES).await;
    let mut written = fields("Lanterns");
    written["summary"] = json!("Call 138 0013 8000.");
    written["body"] = json!(format!("Each lantern is lit.\n\nBy No. {}.\n", documents::IDENTITY));
    let state = m.put(&token, &id(1), &json!({ "fields": written })).await.json();
    let found = [
        json!({ "field": "summary", "kind": "mobile", "where": {} }),
        json!({ "field": "body", "kind": "identity-card", "where": { "line": 3 } }),
    ];
    assert_eq!((&state["personal"], &state["unread"]), (&json!(found), &json!([])));
    let path = format!("/api/v1/drafts/{}", id(1));
    let card = "name,card\nWang,4111 1111 1111 1111\n";
    let files = [
        ("list.csv", card.as_bytes().to_vec()),
        ("list.docx", documents::docx(&[&[documents::IDENTITY]])),
        ("map.png", b"\x89PNG\r\n\x1a\n0000".to_vec()),
    ];
    for (name, bytes) in files {
        assert_eq!(m.ask(&token, "POST", &format!("{path}/files?name={name}"), bytes).await.status, StatusCode::OK);
    }
    let more = [
        json!({ "file": "list.csv", "kind": "bank-card", "where": { "line": 2 } }),
        json!({ "file": "list.docx", "kind": "identity-card", "where": {} }),
    ];
    // Files that come at one moment are in no order.
    let told = |state: &Value| {
        let mut told = state["personal"].as_array().unwrap().clone();
        told.sort_by_key(|one| (one["file"].is_string(), one["file"].as_str().map(str::to_owned)));
        (told, state["unread"].clone())
    };
    let expected = ([found, more].concat(), json!([{ "file": "map.png", "why": "no-text" }]));
    assert_eq!(told(&m.get(&token, &path).await.json()), expected);
    let submitted = m.ask(&token, "POST", &format!("{path}/submit"), "").await;
    assert_eq!(told(&submitted.json()), expected, "and while it waits");
    for number in ["138 0013 8000", "13800138000", documents::IDENTITY, "4111 1111"] {
        assert!(!submitted.body.contains(number), "{number}: {}", submitted.body);
    }
    // It is a warning: whoever approves it approves it, and once it is published nothing is said of it any more.
    let frozen = frozen_of(house, &submitted.json()).await;
    house.approve_all(&frozen).await;
    house.published(&frozen).await;
    let state = m.get(&token, &path).await.json();
    assert_eq!((&state["stage"], state.get("personal"), state.get("unread")), (&json!("published"), None, None));
    // In a line of many, too.
    let mut asked = item(5, "Lamps");
    asked["fields"]["summary"] = json!("13800138000");
    let said = m.ask(&token, "POST", "/api/v1/items", asked.to_string()).await.lines().remove(0);
    assert_eq!(said["personal"], json!([{ "field": "summary", "kind": "mobile", "where": {} }]));
}

async fn an_agencys_own_statements_are_answered_with_what_in_them_belongs_to_persons(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let token = m.token(&house.free, &[Scope::Statements]).await;
    let seal = house.node.seal(&house.free).unwrap();
    let mut draft = trial::draft(&house.free, "List_13800138000", "Rain.\nCall 13800138000.\n");
    let file = |name: &str, media: &str, bytes: Vec<u8>| compose::Document {
        role: "attachment",
        media: media.into(),
        language: None,
        name: name.into(),
        bytes,
    };
    draft.documents.push(file("list.docx", WORD, documents::docx(&[&[documents::IDENTITY]])));
    draft.documents.push(file("map.png", "image/png", b"\x89PNG\r\n\x1a\n0000".to_vec()));
    let line = line_with(house, 1, draft, seal);
    let clean = line_of(house, &house.free, 2, "Rain", seal);
    let forged = line_of(house, &house.free, 3, "Rain", &impostor(&house.free));
    let answer = m.ask(&token, "POST", "/api/v1/statements", [&*line, &*clean, &*forged].join("\n")).await;
    let said = answer.lines();
    let expected = json!([
        { "field": "title", "kind": "mobile", "where": {} },
        { "field": "body", "kind": "mobile", "where": { "line": 2 } },
        { "file": "list.docx", "kind": "identity-card", "where": {} },
    ]);
    assert!(said[0]["index"].is_u64() && said[1]["index"].is_u64(), "it is no reason to refuse anything: {said:?}");
    assert_eq!((&said[0]["personal"], &said[0]["unread"]), (&expected, &json!([{ "file": "map.png", "why": "no-text" }])));
    assert_eq!((&said[1]["personal"], &said[1]["unread"]), (&json!([]), &json!([])));
    assert!(said[2].get("personal").is_none() && said[2]["code"] == "unknown-key", "{}", said[2]);
    assert!(!answer.body.contains("13800138000") && !answer.body.contains(documents::IDENTITY));
    // Asked again it is told again, as far as anything comes with it.
    let bare = json!({ "note": serde_json::from_str::<Value>(&line).unwrap()["note"] }).to_string();
    let again = m.ask(&token, "POST", "/api/v1/statements", [&*line, &*bare].join("\n")).await.lines();
    assert_eq!((&again[0]["repeated"], &again[0]["personal"]), (&json!(true), &expected));
    assert!(again[1]["repeated"] == true && again[1].get("personal").is_none(), "{}", again[1]);
}

async fn statements_are_taken_from_the_agencys_own_key_alone(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let line = |agency: &str, n: u8, title: &str, signer: &Signer| line_of(house, agency, n, title, signer);
    let (free, other) = (house.node.seal(&house.free).unwrap(), house.node.seal(&house.other).unwrap());
    let good = line(&house.free, 1, "Rain", free);
    let lines = [
        good.clone(),
        line(&house.other, 2, "Another agency's, rightly signed", other),
        line(&house.free, 3, "Signed by another agency", other),
        line(&house.free, 4, "Forged", &impostor(&house.free)),
        good.replace("\"parts\":[{", "\"parts\":[{\"x\":1,"),
        line(&house.free, 5, "Wind", free),
    ];
    let token = m.token(&house.free, &[Scope::Statements]).await;
    let said = m.ask(&token, "POST", "/api/v1/statements", lines.join("\n")).await.lines();
    assert_eq!(said.iter().map(|line| line["index"].is_u64()).collect::<Vec<_>>(), [true, false, false, false, false, true], "{said:?}");
    assert_eq!(said[1]["code"], "not-yours");
    assert_eq!(
        said[1..5].iter().map(|line| line["code"].as_str().unwrap()).collect::<Vec<_>>(),
        ["not-yours", "unknown-key", "unknown-key", "line"]
    );
    assert!(said[1..5].iter().all(|line| line["refused_zh"].as_str().unwrap().ends_with('。') && line["retry"] == false));
    // Asked again it is the same entry; under its id another statement is refused.
    let said = m.ask(&token, "POST", "/api/v1/statements", format!("{good}\n{}", line(&house.free, 1, "Hail", free))).await.lines();
    assert_eq!(said[0]["repeated"], true);
    assert_eq!((&said[1]["code"], &said[1]["retry"]), (&json!("differs"), &json!(false)));
}
