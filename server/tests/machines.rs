//! Programs with tokens: what each opens and for how long, that nothing of another agency is there, and what is noted of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod by_token;
mod described;
mod desk_house;
mod portal;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use by_token::*;
use desk_house::*;
use serde_json::{Value, json};
use server::{
    drafts::Kind,
    http,
    staff::{Account, From, NewMachine, PREFIX, Role, Scope, Strength, Token},
};
use trial::Engine;

on_each_engine! {
    a_token_does_what_its_scopes_say_and_no_more,
    a_token_that_was_ended_expired_or_whose_maker_left_opens_nothing,
    nothing_of_another_agency_is_there,
    hostile_input_is_refused,
    what_a_token_brings_reads_whole_and_hands_in_is_noted_under_its_own_name,
    what_somebody_uploads_and_downloads_is_noted,
    a_token_is_made_at_the_desk_shown_once_and_ended_there,
    the_documented_calls_work_as_they_stand,
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
        (Scope::Publish, "GET", format!("{path}/to-seal")),
        (Scope::Publish, "POST", format!("{path}/sealed")),
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
