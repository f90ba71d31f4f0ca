//! Programs with tokens, asked as they ask: what each may do, that asking again is safe, and that nothing of another agency is there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod described;
mod desk_house;
mod documents;
mod portal;

use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chain::{
    note::{self, Signer},
    part::format_salt,
};
use desk_house::*;
use serde_json::{Value, json};
use server::{
    compose,
    drafts::{Frozen, Kind, Outcome, Refusal},
    http::{self, Portal},
    staff::{Account, From, NewAccount, NewMachine, Noted, PREFIX, Role, Scope, Strength, Token},
    store::NewContent,
};
use trial::Engine;

on_each_engine! {
    a_machine_writes_submits_and_what_posts_sign_is_published,
    a_token_does_what_its_scopes_say_and_no_more,
    a_token_that_was_ended_expired_or_whose_maker_left_opens_nothing,
    nothing_of_another_agency_is_there,
    of_what_a_machine_wrote_only_people_who_wrote_in_it_are_told,
    the_same_id_is_answered_with_the_same_thing_and_never_with_another,
    bad_items_stop_no_good_ones,
    hostile_input_is_refused,
    where_there_is_no_rule_a_publishing_token_publishes,
    a_programs_new_version_says_why_and_a_first_one_does_not,
    a_status_and_a_redaction_go_from_items_to_published_at_their_time,
    many_kinds_come_at_once_and_what_the_log_would_not_take_is_mended_under_its_id,
    when_something_comes_out_is_changed_and_cleared_until_it_is_too_late,
    what_is_called_back_is_written_on_and_what_is_published_is_not_called_back,
    what_belongs_to_persons_is_told_before_it_is_approved_and_never_the_number,
    an_agencys_own_statements_are_answered_with_what_in_them_belongs_to_persons,
    statements_are_taken_from_the_agencys_own_key_alone,
    what_a_token_brings_reads_whole_and_hands_in_is_noted_under_its_own_name,
    what_somebody_uploads_and_downloads_is_noted,
    a_token_is_made_at_the_desk_shown_once_and_ended_there,
    the_documented_calls_work_as_they_stand,
}

struct Machines {
    house: House,
    portal: Portal,
    /// Looks after every agency.
    chief: Account,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} {}", self.status, self.body))
    }

    fn lines(&self) -> Vec<Value> {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        self.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn code(&self) -> (u16, String) {
        (self.status.as_u16(), self.json()["code"].as_str().unwrap_or_default().to_owned())
    }
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

impl Machines {
    async fn on(engine: Engine) -> Machines {
        let house = House::on(engine).await;
        let portal = portal::portal_of(&house.trial, &house.node, house.staff.clone()).await;
        let chief = account(&house, "chief", &[(Role::Administrator, "")]).await;
        Machines { house, portal, chief }
    }

    async fn token(&self, agency: &str, scopes: &[Scope]) -> String {
        self.token_for(agency, scopes, "").await
    }

    async fn token_for(&self, agency: &str, scopes: &[Scope], addresses: &str) -> String {
        let new = NewMachine { name: "Records system".into(), scopes: scopes.to_vec(), days: 30, addresses: addresses.into() };
        self.house.staff.make_machine(&self.chief, agency, &new).await.unwrap().unwrap().1
    }

    async fn ask(&self, token: &str, method: &str, path: &str, body: impl Into<Body>) -> Answer {
        let request = Request::builder().method(method).uri(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        let (status, headers, body) = portal::ask(&self.portal, "203.0.113.7:9", request.body(body.into()).unwrap()).await;
        let body = String::from_utf8(body).unwrap();
        described::hold(method, path, status, &body);
        Answer { status, headers, body }
    }

    async fn get(&self, token: &str, path: &str) -> Answer {
        self.ask(token, "GET", path, Body::empty()).await
    }

    async fn put(&self, token: &str, id: &str, body: &Value) -> Answer {
        self.ask(token, "PUT", &format!("/api/v1/drafts/{id}"), body.to_string()).await
    }
}

async fn account(house: &House, login: &str, roles: &[(Role, &str)]) -> Account {
    let new = NewAccount { login: login.into(), name: format!("Officer {login}"), password: "seven lanterns over the river".into() };
    let roles = roles.iter().map(|(role, agency)| (*role, (*agency).to_owned())).collect();
    house.staff.make_account(&new, &roles, "").await.unwrap().unwrap()
}

fn id(n: u8) -> String {
    format!("{n:032x}")
}

fn fields(title: &str) -> Value {
    json!({ "genre": "notice", "language": "en", "title": title, "issued": "2026-03-01", "body": "Each lantern is lit.\n" })
}

fn item(n: u8, title: &str) -> Value {
    json!({ "id": id(n), "fields": fields(title), "files": [{ "name": "figures.csv", "bytes": "eWVhciwxCg==" }], "submit": true })
}

const WRITES: [Scope; 3] = [Scope::Read, Scope::Draft, Scope::Submit];

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

async fn a_token_does_what_its_scopes_say_and_no_more(engine: Engine) {
    let m = Machines::on(engine).await;
    let agency = &m.house.agency;
    let all = m.token(agency, &WRITES).await;
    m.put(&all, &id(1), &json!({ "fields": fields("Lanterns") })).await.json();
    let path = format!("/api/v1/drafts/{}", id(1));
    let calls = [
        (Scope::Read, "GET", path.clone()),
        (Scope::Read, "GET", "/api/v1/drafts".into()),
        (Scope::Draft, "PUT", path.clone()),
        (Scope::Draft, "POST", format!("{path}/files?name=a")),
        (Scope::Draft, "DELETE", format!("{path}/files/{}", id(1))),
        (Scope::Draft, "POST", "/api/v1/items".into()),
        (Scope::Submit, "POST", format!("{path}/submit")),
        (Scope::Submit, "POST", format!("{path}/due")),
        (Scope::Submit, "POST", format!("{path}/withdraw")),
        (Scope::Publish, "POST", format!("{path}/publish")),
        (Scope::Statements, "POST", "/api/v1/statements".into()),
    ];
    for scope in Scope::ALL {
        let token = m.token(agency, &[scope]).await;
        for (needed, method, path) in calls.iter().filter(|(needed, ..)| *needed != scope) {
            assert_eq!(m.ask(&token, method, path, "{}").await.code(), refused(403, "scope"), "{scope:?} {needed:?} {method} {path}");
        }
    }
    // An item that asks for more than the token may is refused whole.
    let drafts = m.token(agency, &[Scope::Draft]).await;
    let said = m.ask(&drafts, "POST", "/api/v1/items", item(2, "Lamps").to_string()).await.lines();
    assert_eq!((&said[0]["status"], &said[0]["code"]), (&json!(403), &json!("scope")));
    // Where a rule asks for approval, nothing is published without it.
    let publishes = m.token(agency, &[Scope::Draft, Scope::Submit, Scope::Publish]).await;
    let mut asked = item(3, "Lamps");
    asked["publish"] = json!(true);
    assert_eq!(m.ask(&publishes, "POST", "/api/v1/items", asked.to_string()).await.lines()[0]["status"], 409);
    // No cookie and no other scheme opens anything; a token opens nothing of the desk.
    let request = Request::get("/api/v1/drafts").header(header::AUTHORIZATION, format!("Basic {all}")).body(Body::empty()).unwrap();
    assert_eq!(portal::ask(&m.portal, "203.0.113.7:9", request).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(m.get(&all, "/en/desk/drafts").await.status, StatusCode::SEE_OTHER);
    // Only who looks after the agency makes one.
    let new = NewMachine { name: "x".into(), scopes: vec![Scope::Read], days: 1, addresses: String::new() };
    let stranger = account(&m.house, "elsewhere", &[(Role::Administrator, &m.house.other)]).await;
    for who in [&stranger, &m.house.who("author")] {
        assert!(m.house.staff.make_machine(who, agency, &new).await.unwrap().is_err());
    }
}

async fn a_token_that_was_ended_expired_or_whose_maker_left_opens_nothing(engine: Engine) {
    let m = Machines::on(engine).await;
    let (staff, agency) = (&m.house.staff, &m.house.agency);
    let works = async |token: &str| m.get(token, "/api/v1/drafts").await.status.as_u16();
    let token = m.token(agency, &[Scope::Read]).await;
    assert_eq!(works(&token).await, 200);
    let kept = staff.machines(agency).await.unwrap().remove(0);
    assert_eq!(kept.used_from, "203.0.113.7");
    let stranger = account(&m.house, "elsewhere", &[(Role::Administrator, &m.house.other)]).await;
    assert!(!staff.end_machine(&stranger, agency, &kept.id).await.unwrap());
    assert!(!staff.end_machine(&stranger, &m.house.other, &kept.id).await.unwrap());
    assert!(staff.end_machine(&m.chief, agency, &kept.id).await.unwrap());
    let answer = m.get(&token, "/api/v1/drafts").await;
    assert_eq!(answer.code(), refused(401, "token"));
    assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
    for none in ["", PREFIX, "gazette_0", &format!("{PREFIX}{}", "0".repeat(64))] {
        assert_eq!(works(none).await, 401);
    }
    let elsewhere = m.token_for(agency, &[Scope::Read], "192.0.2.0/24 2001:db8::1").await;
    assert_eq!(m.get(&elsewhere, "/api/v1/drafts").await.code(), refused(403, "address"));
    let here = m.token_for(agency, &[Scope::Read], "203.0.113.0/24").await;
    assert_eq!(works(&here).await, 200);
    m.house.turn(30 * 86_400_000);
    assert_eq!(works(&here).await, 401);
    // Whoever leaves takes their tokens along.
    let leaving = account(&m.house, "leaving", &[(Role::Administrator, agency)]).await;
    let new = NewMachine { name: "x".into(), scopes: vec![Scope::Read], days: 1, addresses: String::new() };
    let (_, token) = staff.make_machine(&leaving, agency, &new).await.unwrap().unwrap();
    assert_eq!(works(&token).await, 200);
    staff.set_roles(&m.chief.id, &leaving.id, agency, &[Role::Drafter]).await.unwrap().unwrap();
    assert_eq!(works(&token).await, 401);
    let rows = sqlx::query("select secret from machines where secret like '%gazette%'").fetch_all(staff.store().pool()).await.unwrap();
    assert!(rows.is_empty());
    let rows = sqlx::query("select details from journal where details like '%gazette\\_%' escape '\\'")
        .fetch_all(staff.store().pool())
        .await
        .unwrap();
    assert!(rows.is_empty(), "no secret in the journal");
}

async fn nothing_of_another_agency_is_there(engine: Engine) {
    let m = Machines::on(engine).await;
    let theirs = m.house.submitted("Lanterns", 0).await;
    let ours = m.token(&m.house.agency, &WRITES).await;
    m.put(&ours, &id(1), &json!({ "fields": fields("Lamps") })).await.json();
    let own = m.get(&ours, &format!("/api/v1/drafts/{}", id(1))).await.json()["draft"].as_str().unwrap().to_owned();
    let token = m.token(&m.house.other, &Scope::ALL).await;
    for draft in [&theirs.draft, &theirs.id, &theirs.case, &own, &id(1), &id(77)] {
        let path = format!("/api/v1/drafts/{draft}");
        let save = json!({ "fields": fields("Stolen"), "revision": 1 }).to_string();
        let calls = [
            ("GET", "", String::new()),
            ("PUT", "", save),
            ("POST", "/files?name=a", "x".into()),
            ("DELETE", "/files/a", String::new()),
            ("POST", "/due", json!({ "due": null }).to_string()),
        ];
        let more = ["/submit", "/withdraw", "/publish"].map(|rest| ("POST", rest, String::new()));
        for (method, rest, body) in calls.into_iter().chain(more) {
            assert_eq!(
                m.ask(&token, method, &format!("{path}{rest}"), body).await.code(),
                refused(404, "nothing"),
                "{method} {path}{rest}"
            );
        }
    }
    assert_eq!(m.get(&token, "/api/v1/drafts?stage=frozen").await.json(), json!({ "drafts": [] }));
    // The same name is another thing in another agency.
    let other = m.put(&token, &id(1), &json!({ "fields": fields("Nurses") })).await.json();
    assert_eq!(other["title"], "Nurses");
    assert_eq!(m.get(&ours, &format!("/api/v1/drafts/{}", id(1))).await.json()["title"], "Lamps");
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

async fn hostile_input_is_refused(engine: Engine) {
    let m = Machines::on(engine).await;
    let token = m.token(&m.house.agency, &WRITES).await;
    let put = async |body: String| m.ask(&token, "PUT", &format!("/api/v1/drafts/{}", id(1)), body).await.code();
    let deep = format!("{{\"fields\":{{\"title\":{}1{}}}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(put(deep).await, refused(400, "json"));
    assert_eq!(put("{\"fields\":{\"title\":\"a\",\"title\":\"b\"}}".into()).await, refused(400, "json"));
    assert_eq!(put("{\"fields\":{}".into()).await, refused(400, "json"));
    assert_eq!(put(json!({ "fields": fields("x"), "agency": m.house.other }).to_string()).await, refused(400, "json"));
    assert_eq!(put(json!({ "fields": fields(&"x".repeat(3 << 20)) }).to_string()).await, refused(413, "too-long"));
    assert_eq!(put(" ".repeat(33 << 20)).await, refused(413, "too-large"));
    assert_eq!(put(json!({ "kind": "step", "fields": fields("x") }).to_string()).await, refused(422, "field"));
    for bad in ["0", "A0000000000000000000000000000001", "%2e%2e%2f", "00000000000000000000000000000001%00"] {
        let answer = m.ask(&token, "PUT", &format!("/api/v1/drafts/{bad}"), json!({ "fields": fields("x") }).to_string()).await;
        assert_eq!(answer.code(), refused(422, "field"), "{bad}");
    }
    m.put(&token, &id(2), &json!({ "fields": fields("x") })).await.json();
    let path = format!("/api/v1/drafts/{}", id(2));
    assert_eq!(m.ask(&token, "POST", &format!("{path}/files?name=a"), "").await.code(), refused(413, "file-size"));
    let file = m.ask(&token, "POST", &format!("{path}/files?name=a.pdf"), "<html><script>alert(1)</script>").await.json();
    assert_eq!(file["media"], "text/plain");
    for due in ["tomorrow", "9999-01-01T00:00:00Z", "1969-01-01T00:00:00Z"] {
        let answer = m.ask(&token, "POST", &format!("{path}/submit"), json!({ "due": due }).to_string()).await;
        assert_eq!(answer.code(), refused(422, "field"), "{due}");
    }
    let mut last = StatusCode::OK;
    let other = m.token(&m.house.agency, &[Scope::Read]).await;
    for n in 0..400 {
        let request = Request::get("/api/v1/drafts").header(header::AUTHORIZATION, format!("Bearer {other}")).body(Body::empty()).unwrap();
        let (status, headers, _) = portal::ask(&m.portal, &format!("198.51.100.{}:9", n % 250), request).await;
        last = status;
        if status == StatusCode::TOO_MANY_REQUESTS {
            assert!(headers.contains_key(header::RETRY_AFTER));
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS, "from wherever it asks");
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

/// A statement as the agency's own program hands it in.
fn line_of(house: &House, agency: &str, n: u8, title: &str, signer: &Signer) -> String {
    line_with(house, n, trial::draft(agency, title, "Rain.\n"), signer)
}

fn line_with(house: &House, n: u8, draft: compose::Draft, signer: &Signer) -> String {
    let composed = draft.compose(&house.node.origin, &id(n)).unwrap();
    let part = |part: &NewContent| json!({ "salt": format_salt(&part.salt), "bytes": STANDARD.encode(part.bytes.as_ref().unwrap()) });
    let parts: Vec<_> = composed.contents.iter().map(part).collect();
    json!({ "note": note::sign(&composed.text, &[signer]), "parts": parts }).to_string()
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

/// Rows of the journal that say that something was done, with their details; the newest first.
async fn noted(house: &House, what: &str) -> Vec<(Noted, Value)> {
    let rows = house.staff.journal().before(i64::MAX, 1_000).await.unwrap();
    let details = |row: Noted| (row.clone(), serde_json::from_str::<Value>(&row.details).unwrap());
    rows.into_iter().filter(|row| row.what == what).map(details).collect()
}

async fn what_a_token_brings_reads_whole_and_hands_in_is_noted_under_its_own_name(engine: Engine) {
    let m = Machines::on(engine).await;
    let (house, agency) = (&m.house, &m.house.agency);
    let token = m.token(agency, &WRITES).await;
    let machine = house.staff.machines(agency).await.unwrap().remove(0).id;
    let draft = m.put(&token, &id(1), &json!({ "fields": fields("Lanterns") })).await.json();
    let path = format!("/api/v1/drafts/{}", id(1));
    let file = m.ask(&token, "POST", &format!("{path}/files?name=figures.csv"), "year,lanterns\n").await.json();
    let added = noted(house, "file-added").await;
    assert_eq!((&added[0].0.who, &added[0].1["file"]), (&machine, &file["file"]));
    assert!(noted(house, "draft-read").await.is_empty(), "what it is told of its own save is no reading");
    assert_eq!(m.get(&token, &path).await.status, StatusCode::OK);
    let read = noted(house, "draft-read").await;
    assert_eq!((read.len(), &read[0].0.who, &json!(read[0].0.about)), (1, &machine, &draft["draft"]));
    // To ask again what became of it is no new reading; what was written since is.
    m.get(&token, &path).await;
    assert_eq!(noted(house, "draft-read").await.len(), 1);
    let changed = json!({ "fields": fields("Lamps"), "revision": draft["revision"] });
    assert_eq!(m.put(&token, &id(1), &changed).await.status, StatusCode::OK);
    m.get(&token, &path).await;
    assert_eq!(noted(house, "draft-read").await.len(), 2);
    // On another day it is one all the same: who has the token then may not be who had it.
    house.turn(24 * 3_600_000);
    for _ in 0..2 {
        m.get(&token, &path).await;
    }
    assert_eq!(noted(house, "draft-read").await.len(), 3);
    // What is refused is no reading.
    let writes = m.token(agency, &[Scope::Draft]).await;
    assert_eq!(m.get(&writes, &path).await.code(), refused(403, "scope"));
    assert_eq!(m.get(&token, &format!("/api/v1/drafts/{}", id(7))).await.code(), refused(404, "nothing"));
    assert_eq!(noted(house, "draft-read").await.len(), 3);
    // Publishing by the agency's own key.
    let hands_in = m.token(&house.free, &[Scope::Statements]).await;
    let machine = house.staff.machines(&house.free).await.unwrap().remove(0).id;
    let seal = house.node.seal(&house.free).unwrap();
    let mut lines: Vec<String> = (1..=52).map(|n| line_of(house, &house.free, n, "Rain", seal)).collect();
    lines.insert(1, line_of(house, &house.free, 99, "Forged", &impostor(&house.free)));
    let said = m.ask(&hands_in, "POST", "/api/v1/statements", lines.join("\n")).await.lines();
    assert_eq!(said.iter().filter(|line| line["index"].is_u64()).count(), 52, "{said:?}");
    let handed_in = noted(house, "statements-handed-in").await;
    let (row, details) = &handed_in[0];
    assert_eq!((handed_in.len(), &row.who, &row.about), (1, &machine, &house.free));
    assert_eq!((&details["taken"], &details["refused"]), (&json!(52), &json!(1)));
    let named: Vec<&str> = details["statement"].as_str().unwrap().split(' ').collect();
    assert_eq!(named, (1..=50).map(id).collect::<Vec<_>>(), "the first of those that were taken");
    // Nothing at all is handed in by nothing.
    assert_eq!(m.ask(&hands_in, "POST", "/api/v1/statements", "\n").await.status, StatusCode::OK);
    assert_eq!(noted(house, "statements-handed-in").await.len(), 1);
}

async fn what_somebody_uploads_and_downloads_is_noted(engine: Engine) {
    let m = Machines::on(engine).await;
    let house = &m.house;
    let session = house.enter("author").await;
    let author = house.who("author");
    let draft = house.drafts.begin(&author, &house.agency, Kind::Disclosure, &written("Lanterns")).await.unwrap();
    let ask = async |request: Request<Body>| portal::ask(&m.portal, "203.0.113.7:9", request).await;
    let at = format!("/en/desk/drafts/{}/files", draft.id);
    let form = format!(
        "--x\r\ncontent-disposition: form-data; name=\"token\"\r\n\r\n{}\r\n--x\r\n\
         content-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\ncontent-type: text/csv\r\n\r\na,b\n\r\n--x--\r\n",
        session.form()
    );
    let request = own(by(&session, Request::post(&at))).header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    assert_eq!(ask(request.body(Body::from(form)).unwrap()).await.0, StatusCode::SEE_OTHER);
    let file = house.drafts.files(&author, &draft.id).await.unwrap().remove(0);
    let added = noted(house, "file-added").await;
    assert_eq!((&added[0].0.who, &added[0].0.about, &added[0].1["file"]), (&author.id, &draft.id, &json!(file.id)));
    // One that comes piece by piece.
    let begun = house.drafts.begin_upload(&author, &draft.id, "b.csv", 4, &chain::Hash::of(&[b"c,d\n"]).to_hex()).await.unwrap();
    let begins = noted(house, "upload-begun").await;
    assert_eq!((&begins[0].0.who, &begins[0].1["upload"]), (&author.id, &json!(begun.id)));
    let (status, _, bytes) = ask(by(&session, Request::get(format!("{at}/{}", file.id))).body(Body::empty()).unwrap()).await;
    assert_eq!((status, bytes.as_slice()), (StatusCode::OK, &b"a,b\n"[..]));
    let read = noted(house, "downloaded").await;
    assert_eq!((read.len(), &read[0].0.who, &read[0].0.about, &read[0].1["file"]), (1, &author.id, &draft.id, &json!(file.id)));
    // A part of what was submitted.
    let frozen = house.submitted("Lamps", 0).await;
    let part = house.case(&frozen).await.parts[1].commitment.to_string();
    let path = format!("/en/desk/cases/{}/parts/{part}", frozen.case);
    assert_eq!(ask(by(&session, Request::get(path)).body(Body::empty()).unwrap()).await.0, StatusCode::OK);
    let read = noted(house, "downloaded").await;
    assert_eq!((&read[0].0.who, &read[0].0.about, &read[0].1["part"]), (&author.id, &frozen.case, &json!(part)));
}

async fn a_token_is_made_at_the_desk_shown_once_and_ended_there(engine: Engine) {
    let m = Machines::on(engine).await;
    let (house, agency) = (&m.house, &m.house.agency);
    let session = async |who: &Account| house.staff.begin_session(&who.id, Strength::SecondFactor, &From::default()).await.unwrap();
    let ask = async |session: &Token, extra: &str, path: &str, fields: Option<&str>| {
        let request = Request::builder().method(if fields.is_some() { "POST" } else { "GET" }).uri(path);
        let request = request.header(header::COOKIE, format!("__Host-gazette={}{extra}", session.reveal()));
        let request = request.header(header::ORIGIN, "http://127.0.0.1:3000").header("sec-fetch-site", "same-origin");
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = fields.map(|fields| format!("token={}&{fields}", session.form())).unwrap_or_default();
        let (status, headers, body) = portal::ask(&m.portal, "203.0.113.7:9", request.body(Body::from(body)).unwrap()).await;
        Answer { status, headers, body: String::from_utf8(body).unwrap() }
    };
    let own = account(house, "leader", &[(Role::Administrator, agency)]).await;
    let own = session(&own).await;
    let path = format!("/en/desk/machines/of/{agency}");
    let places = ask(&own, "", "/zh/desk/machines", None).await;
    assert!(places.body.contains(agency.as_str()) && !places.body.contains(house.other.as_str()));
    for bad in ["name=&role=read&days=9", "name=x&days=9", "name=x&role=read&days=0", "name=x&role=read&days=9&addresses=here"] {
        let answer = ask(&own, "", &path, Some(&format!("do=make&{bad}"))).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        assert!(answer.body.contains("role=\"alert\""), "{bad}");
    }
    let made = ask(&own, "", &path, Some("do=make&name=Records&role=read&role=draft&days=9")).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER);
    let cookie = made.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let secret = cookie.split_once('=').unwrap().1.to_owned();
    assert!(!made.headers[header::LOCATION].to_str().unwrap().contains(PREFIX));
    assert!(ask(&own, &format!("; {cookie}"), &path, None).await.body.contains(&secret));
    let chief = session(&m.chief).await;
    assert!(!ask(&chief, &format!("; {cookie}"), &path, None).await.body.contains(&secret), "to its maker alone");
    assert!(!ask(&own, "", &path, None).await.body.contains(PREFIX), "once");
    assert_eq!(m.get(&secret, "/api/v1/drafts").await.status, StatusCode::OK);
    let kept = house.staff.machines(agency).await.unwrap().remove(0);
    // Neither another agency's administrator nor a drafter sees or ends it.
    let other = account(house, "elsewhere", &[(Role::Administrator, &house.other), (Role::Drafter, agency)]).await;
    let other = session(&other).await;
    let end = format!("do=end&machine={}", kept.id);
    for (path, fields) in [(&path, None), (&path, Some(&*end)), (&format!("/en/desk/machines/of/{}", house.other), Some(&*end))] {
        assert_eq!(ask(&other, "", path, fields).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(ask(&own, "", &path, Some(&end)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(m.get(&secret, "/api/v1/drafts").await.status, StatusCode::UNAUTHORIZED);
}

#[test]
fn the_table_of_addresses_and_their_description_say_the_same() {
    let text = include_str!("../../docs/api.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    let calls = rows.filter_map(|row| row.split_once('`')?.0.split_once(" /api/").map(|(method, path)| (method.to_owned(), path)));
    let mut told: Vec<(String, String)> =
        calls.map(|(method, path)| (method, format!("/api/{}", path.split('?').next().unwrap()))).collect();
    let mut described: Vec<(String, String)> = described::operations().map(|(method, path, _)| (method, path.to_owned())).collect();
    told.sort();
    described.sort();
    assert_eq!(told, described);
    for (method, path, operation) in described::operations() {
        let row = text.lines().find(|line| line.starts_with(&format!("| `{method} {path}")) && line.contains('|')).unwrap();
        let scope = operation["description"].as_str().unwrap().split('`').nth(1).map(|scope| scope.split(',').next().unwrap());
        assert!(row.contains(&format!("`{}`", scope.unwrap())), "{row}");
    }
}

/// The calls of `docs/api.md` as they stand there, but for the portal's address.
async fn the_documented_calls_work_as_they_stand(engine: Engine) {
    let m = Machines::on(engine).await;
    let token = m.token(&m.house.agency, &WRITES).await;
    let text = include_str!("../../docs/api.md");
    let script: String = text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = format!("http://{}", listener.local_addr().unwrap());
    assert!(script.contains("https://gazette.example/"), "{script}");
    let script = script.replace("https://gazette.example", &at);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("map.pdf"), b"%PDF-1.7\n").unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(http::serve(listener, m.portal.clone(), 16, async { drop(stopped.await) }));
    let mut bash = std::process::Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", &script]).env("TOKEN", token).current_dir(folder.path());
    let run = tokio::task::spawn_blocking(move || bash.output()).await.unwrap().unwrap();
    let (said, wrong) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{said}\n{wrong}");
    let answers: Vec<Value> = serde_json::Deserializer::from_str(&said).into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.len(), 4, "{said}");
    assert_eq!((&answers[0]["title"], &answers[0]["stage"]), (&json!("Road works"), &json!("writing")));
    assert_eq!((&answers[1]["name"], &answers[1]["media"]), (&json!("map.pdf"), &json!("application/pdf")));
    assert_eq!((&answers[3]["stage"], &answers[3]["files"][0]["name"]), (&json!("frozen"), &json!("map.pdf")));
    drop(stop);
    serving.await.unwrap();
}
