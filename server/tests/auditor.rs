//! An auditor reads everything and changes nothing: every page of the desk is there for them, without its forms, and no form that
//! somebody sends under their session does anything.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod addresses;
mod desk_house;
mod portal;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use desk_house::*;
use portal::Answer;
use serde_json::json;
use server::{
    drafts::{Draft, Frozen, Kind, Stage},
    http::Portal,
    staff::{NewMachine, PREFIX, Role, Scope, Token},
};
use trial::Engine;

on_each_engine! {
    an_auditor_reads_every_page_of_the_desk_and_is_refused_by_every_form,
}

const FORM: &str = "application/x-www-form-urlencoded";

/// A house in which something of every kind is under way, and an auditor at its door.
struct Audit {
    house: House,
    portal: Portal,
    auditor: Token,
    /// Being written, with a file, and with one on its way.
    draft: Draft,
    file: String,
    upload: String,
    frozen: Frozen,
    part: String,
    template: String,
    machine: String,
    /// Path of one that waits, and the name of the registrar's key.
    registration: String,
    registrar: String,
}

impl Audit {
    async fn on(engine: Engine) -> Audit {
        let house = House::on(engine).await;
        let portal = portal::portal_of(&house.trial, &house.node, house.staff.clone()).await;
        house.hire("chief", &[Role::Administrator], &house.agency).await;
        house.hire_for("registrar", &[(Role::Registrar, "")]).await;
        house.hire_for("auditor", &[(Role::Auditor, "")]).await;
        for name in ["author", "chief"] {
            house.enter(name).await;
        }
        let (registers, auditor) = (house.enter("registrar").await, house.enter("auditor").await);
        let (author, chief) = (house.who("author"), house.who("chief"));
        let draft = house.drafts.begin(&author, &house.agency, Kind::Disclosure, &written("Wicks")).await.unwrap();
        let file = house.drafts.attach(&author, &draft.id, "wicks.csv", b"a,b\n".to_vec()).await.unwrap().id;
        let digest = chain::Hash::of(&[b"c,d\n"]).to_hex();
        let upload = house.drafts.begin_upload(&author, &draft.id, "more.csv", 4, &digest).await.unwrap().id;
        let draft = house.drafts.draft(&author, &draft.id).await.unwrap();
        let frozen = house.submitted("Lanterns", 0).await;
        let part = house.case(&frozen).await.parts[1].commitment.to_string();
        let template = house.drafts.make_template(&chief, &house.agency, "Weekly lanterns", &written("Week")).await.unwrap();
        let new = NewMachine { name: "Records system".into(), scopes: vec![Scope::Read], days: 30, addresses: String::new() };
        let machine = house.staff.make_machine(&chief, &house.agency, &new).await.unwrap().unwrap().0.id;
        let registrar = house.node.submitter.state().charter().unwrap().registrars.keys[0].name().to_owned();
        let mut audit =
            Audit { house, portal, auditor, draft, file, upload, frozen, part, template, machine, registration: String::new(), registrar };
        let asked = audit.sent(&registers, "/en/desk/registrations", &parks()).await;
        assert!(asked.to.starts_with("/en/desk/registrations/"), "{}", asked.body);
        audit.registration = asked.to.strip_prefix("/en/desk").unwrap().to_owned();
        audit
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        portal::at_desk(&self.portal, request).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(by(&self.auditor, Request::get(path)).body(Body::empty()).unwrap()).await
    }

    /// A form as the pages of this session send it.
    async fn sent(&self, who: &Token, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = own(by(who, Request::post(path))).header(header::CONTENT_TYPE, FORM);
        self.ask(request.body(Body::from(form_of(who, fields))).unwrap()).await
    }

    /// What a script of the desk asks, with the session's token.
    async fn script(&self, method: Method, path: &str, media: &str, body: impl Into<Body>) -> Answer {
        let request = own(by(&self.auditor, Request::builder().method(method).uri(path)));
        let request = request.header("x-gazette-token", self.auditor.form()).header("upload-offset", "0");
        self.ask(request.header(header::CONTENT_TYPE, media).body(body.into()).unwrap()).await
    }

    /// A form with a file, whose first field is the session's token.
    async fn file(&self, path: &str, before: &str) -> Answer {
        let body = format!(
            "--x\r\ncontent-disposition: form-data; name=\"token\"\r\n\r\n{}\r\n{before}--x\r\n\
             content-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\ntitle\nWicks\n\r\n--x--\r\n",
            self.auditor.form()
        );
        let request = own(by(&self.auditor, Request::post(path))).header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.ask(request.body(Body::from(body)).unwrap()).await
    }
}

/// A new agency.
fn parks() -> [(&'static str, &'static str); 4] {
    [("id", "gazette.example/parks"), ("name_zh", "公园局"), ("name_en", "Parks Office"), ("custody", "portal")]
}

/// Where the forms of a page are sent that change something.
fn forms(page: &str) -> Vec<String> {
    let tags = page.split("<form").skip(1).filter_map(|rest| rest.split('>').next());
    let posts = tags.filter(|tag| tag.to_lowercase().contains("method=\"post\""));
    posts.map(|tag| tag.split_once("action=\"").and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default().to_owned()).collect()
}

async fn an_auditor_reads_every_page_of_the_desk_and_is_refused_by_every_form(engine: Engine) {
    let audit = Audit::on(engine).await;
    reads(&audit).await;
    is_refused(&audit).await;
    // All is as it was.
    let (house, auditor) = (&audit.house, audit.house.who("auditor").id);
    let (author, chief) = (house.who("author"), house.who("chief"));
    assert_eq!(house.drafts.draft(&author, &audit.draft.id).await.unwrap(), audit.draft);
    assert_eq!(house.drafts.list(&author, Stage::Writing, 50).await.unwrap().len(), 1);
    assert_eq!(house.drafts.files(&author, &audit.draft.id).await.unwrap().len(), 1);
    assert_eq!(house.drafts.uploads(&author, &audit.draft.id).await.unwrap()[0].came, 0);
    let case = house.case(&audit.frozen).await;
    let (now, then) = (&case.frozen, &audit.frozen);
    assert_eq!((&now.id, &now.state, now.due, now.index, case.steps.len()), (&then.id, &then.state, then.due, None, 0));
    assert_eq!(house.drafts.templates(&chief, &house.agency).await.unwrap().len(), 1);
    let machines = house.staff.machines(&house.agency).await.unwrap();
    assert!(machines.len() == 1 && machines[0].ended.is_none());
    assert!(house.staff.account(&author.id).await.unwrap().unwrap().ended.is_none());
    assert_eq!(house.staff.account(&auditor).await.unwrap().unwrap().roles, house.who("auditor").roles);
    let done = house.staff.journal().before(i64::MAX, 1_000).await.unwrap();
    let done: Vec<_> = done.into_iter().filter(|row| row.who == auditor).map(|row| row.what).collect();
    assert!(done.iter().all(|what| matches!(what.as_str(), "account-made" | "signed-in" | "downloaded")), "{done:?}");
}

async fn reads(audit: &Audit) {
    let (house, agency) = (&audit.house, &audit.house.agency);
    let (case, draft, author) = (&audit.frozen.case, &audit.draft.id, house.who("author").id);
    let pages = [
        String::new(),
        "/journal".into(),
        "/posts".into(),
        format!("/posts/of/{agency}"),
        format!("/posts/key/{}", house.post("clerk")),
        "/registrations".into(),
        audit.registration.clone(),
        "/charter".into(),
        format!("/charter/key/{}", audit.registrar),
        "/machines".into(),
        format!("/machines/of/{agency}"),
        "/people".into(),
        "/people/portal".into(),
        format!("/people/of/{agency}"),
        format!("/people/person/{author}"),
        "/people/link".into(),
        "/people/sent".into(),
        "/drafts".into(),
        format!("/cases/{case}"),
        "/templates".into(),
    ];
    for lang in ["zh", "en"] {
        for path in &pages {
            let path = format!("/{lang}/desk{path}");
            let page = audit.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
            assert_eq!(forms(&page.body), [format!("/{lang}/desk/sign-out")], "{path}");
            assert!(!page.body.contains(PREFIX), "no token: {path}");
        }
        // Their own: whoever audits has a password and letters too.
        for path in ["/account", "/account/codes"] {
            let page = audit.get(&format!("/{lang}/desk{path}")).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(forms(&page.body).iter().all(|to| to.contains("/desk/account") || to.ends_with("/desk/sign-out")), "{path}");
        }
    }
    // What stands on them is what there is.
    for (path, said) in [
        ("/registrations", "gazette.example/parks"),
        (audit.registration.as_str(), "Parks Office"),
        ("/charter", audit.registrar.as_str()),
        (format!("/machines/of/{agency}").as_str(), "Records system"),
        ("/templates", "Weekly lanterns"),
        ("/drafts", "Wicks"),
        // The text that is being written. Its page draws the form as it is for those who write; what it would send is refused below.
        (format!("/drafts/{draft}").as_str(), "Each lantern is lit."),
    ] {
        let page = audit.get(&format!("/en/desk{path}")).await;
        assert!(page.status == StatusCode::OK && page.body.contains(said), "{path}: {} {}", page.status, page.body);
    }
    for path in [
        format!("/en/desk{}/text", audit.registration),
        format!("/en/desk/drafts/{draft}/files/{}", audit.file),
        format!("/en/desk/cases/{case}/parts/{}", audit.part),
        "/en/desk/bring/model.csv".into(),
    ] {
        assert_eq!(audit.get(&path).await.status, StatusCode::OK, "{path}");
    }
    for path in [format!("/desk/cases/{case}/sign?code=draft"), format!("/desk/drafts/{draft}/revision")] {
        assert_eq!(audit.script(Method::GET, &path, "", Body::empty()).await.status, StatusCode::OK, "{path}");
    }
    // Pages that are nothing but a form are not there for whoever sends none.
    let (submit, new) = (format!("/drafts/{draft}/submit"), format!("/templates/new?agency={agency}"));
    for path in [submit, "/bring".into(), new, format!("/templates/{}", audit.template)] {
        assert_eq!(audit.get(&format!("/en/desk{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

/// Every form of the desk, rightly filled in and with the session's own token, so that it is the role that refuses. Left out are those of
/// the auditor's own account, signing in and out, and the journal's, by which auditors have the server look at all of it.
async fn is_refused(audit: &Audit) {
    let (house, agency) = (&audit.house, audit.house.agency.as_str());
    let (case, draft) = (&audit.frozen.case, &audit.draft.id);
    let (author, auditor) = (house.who("author").id, house.who("auditor").id);
    let (author, auditor) = (author.as_str(), auditor.as_str());
    let (of, key) = (format!("/posts/of/{agency}"), format!("/posts/key/{}", house.post("clerk")));
    let (charter_key, machines) = (format!("/charter/key/{}", audit.registrar), format!("/machines/of/{agency}"));
    let (people, person) = (format!("/people/of/{agency}"), format!("/people/person/{author}"));
    let vkey = key_of(&house.post("clerk")).vkey().to_string();
    let (vkey, zeros) = (vkey.as_str(), "00000000000000000000000000000000");
    let (template, machine) = (audit.template.as_str(), audit.machine.as_str());
    let all: Vec<(String, Vec<(&str, &str)>)> = vec![
        (format!("{of}?post"), vec![("id", "registrar"), ("name_zh", "文书"), ("name_en", "Scribe")]),
        (format!("{of}?end"), vec![("subject", agency), ("key", vkey), ("how", "lost"), ("at", "9")]),
        (format!("{of}?rule"), vec![("none", "1")]),
        (format!("{of}?bodies"), vec![("successor", ""), ("overseers", "")]),
        (format!("{of}?seal"), vec![("custody", "agency"), ("seal", vkey)]),
        (format!("{of}?seal"), vec![("custody", "portal"), ("seal", "")]),
        (format!("{of}?rename"), vec![("subject", agency), ("to_zh", "财政局"), ("to_en", "Finance")]),
        (format!("{of}?names"), vec![("names", "1")]),
        (key.clone(), vec![("proof", "x")]),
        (format!("{key}?holder"), vec![("give", author)]),
        (format!("{key}?holder"), vec![("take", author)]),
        ("/registrations".into(), parks().to_vec()),
        (audit.registration.clone(), vec![("note", "x")]),
        (format!("{}?here", audit.registration), vec![]),
        (format!("{}?again", audit.registration), vec![]),
        (format!("{}?withdraw", audit.registration), vec![]),
        ("/charter".into(), vec![("zone", "Europe/Berlin")]),
        ("/charter?key".into(), vec![("key", "registrar-2")]),
        (charter_key, vec![("proof", "x")]),
        (machines.clone(), vec![("do", "make"), ("name", "Mine"), ("role", "read"), ("days", "9")]),
        (machines, vec![("do", "end"), ("machine", machine)]),
        ("/people/portal".into(), vec![("do", "invite"), ("whom", "Zhao Min"), ("role", "administrator")]),
        ("/people/portal".into(), vec![("do", "withdraw"), ("link", zeros)]),
        (people.clone(), vec![("do", "invite"), ("whom", "Zhao Min"), ("role", "drafter")]),
        (people, vec![("do", "withdraw"), ("link", zeros)]),
        (person.clone(), vec![("do", "roles"), ("agency", agency), ("role", "approver")]),
        (person.clone(), vec![("do", "sessions")]),
        (person.clone(), vec![("do", "end")]),
        (person, vec![("do", "recovery"), ("factors", "1")]),
        (format!("/people/person/{auditor}"), vec![("do", "roles"), ("agency", ""), ("role", "administrator")]),
        (format!("/people/person/{auditor}"), vec![("do", "roles"), ("agency", agency), ("role", "drafter")]),
        ("/drafts".into(), vec![("agency", agency), ("kind", "disclosure")]),
        ("/drafts".into(), vec![("agency", agency), ("kind", "status"), ("target", "1")]),
        (format!("/drafts/{draft}"), vec![("do", "save"), ("revision", "1"), ("title", "Mine")]),
        (format!("/drafts/{draft}"), vec![("do", "drop"), ("revision", "1")]),
        (format!("/drafts/{draft}/take-up"), vec![]),
        (format!("/drafts/{draft}/submit"), vec![("revision", "1"), ("day", ""), ("hour", "")]),
        (format!("/drafts/{draft}/files/{}", audit.file), vec![]),
        (format!("/cases/{case}/withdraw"), vec![]),
        (format!("/cases/{case}/release"), vec![]),
        (format!("/cases/{case}/reasons/1"), vec![]),
        (format!("/cases/{case}/due"), vec![("day", "2036-01-01"), ("hour", "08:00")]),
        (format!("/bring/{zeros}"), vec![("row", "0")]),
        (format!("/bring/{zeros}"), vec![("do", "discard")]),
        ("/templates".into(), vec![("agency", agency), ("template", "notice")]),
        ("/templates".into(), vec![("agency", agency), ("template", template)]),
        ("/templates/new".into(), vec![("agency", agency), ("name", "Mine"), ("genre", "notice"), ("language", "en")]),
        (format!("/templates/{template}"), vec![("name", "Mine"), ("genre", "notice"), ("language", "en"), ("revision", "1")]),
        (format!("/templates/{template}"), vec![("do", "end")]),
    ];
    let mut sent: Vec<(Method, String)> = Vec::new();
    for (path, fields) in &all {
        sent.push((Method::POST, format!("/en/desk{path}")));
        let answer = audit.sent(&audit.auditor, &format!("/en/desk{path}"), fields).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path} {fields:?}: {} {}", answer.to, answer.body);
    }
    let to = format!("--x\r\ncontent-disposition: form-data; name=\"agency\"\r\n\r\n{agency}\r\n");
    let files = [(format!("/drafts/{draft}/files"), ""), ("/bring".into(), to.as_str()), (format!("/cases/{case}/sealed"), "")];
    for (path, before) in files {
        sent.push((Method::POST, format!("/en/desk{path}")));
        let answer = audit.file(&format!("/en/desk{path}"), before).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {} {}", answer.to, answer.body);
    }
    // What scripts send. Drawing what somebody types (`preview`) keeps nothing.
    let announced = json!({ "name": "a.csv", "size": 4, "digest": chain::Hash::of(&[b"a,b\n"]).to_hex() }).to_string();
    let upload = format!("/desk/drafts/{draft}/uploads/{}", audit.upload);
    for (method, path, media, body) in [
        (Method::POST, format!("/desk/drafts/{draft}/save"), FORM, "revision=1&title=Mine".to_owned()),
        (Method::POST, format!("/desk/drafts/{draft}/uploads"), "application/json", announced),
        (Method::PATCH, upload.clone(), "application/octet-stream", "c,d\n".into()),
        (Method::DELETE, upload, "application/octet-stream", String::new()),
    ] {
        let answer = audit.script(method.clone(), &path, media, body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}: {}", answer.body);
        sent.push((method, path));
    }
    // Nor is a step taken that the clerk's own key has signed: whoever only reads hands in none.
    let given = house.sign(&house.case(&audit.frozen).await, "clerk", "draft", "approve", None);
    let step = json!({ "note": given.note, "opening": { "salt": given.opening.salt, "text": given.opening.text } }).to_string();
    let answer = audit.script(Method::POST, &format!("/desk/cases/{case}/steps"), "application/json", step).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    assert!(answer.body.contains("not-holder"), "{}", answer.body);
    sent.push((Method::POST, format!("/desk/cases/{case}/steps")));
    // By a form as well, which says so on the page of the case.
    let answer = audit.file(&format!("/en/desk/cases/{case}/steps"), "").await;
    assert!(!answer.status.is_success() && house.case(&audit.frozen).await.steps.is_empty(), "{}", answer.status);
    sent.push((Method::POST, format!("/en/desk/cases/{case}/steps")));
    // Nothing that the router takes is passed over.
    let own = |address: &str| OWN.iter().any(|own| address.starts_with(own));
    for (method, address) in
        addresses::of("desk").into_iter().filter(|(method, address)| !["GET", "ANY"].contains(&&**method) && !own(address))
    {
        let is_sent = sent.iter().any(|(by, path)| by.as_str() == method && is_at(path.split('?').next().unwrap(), &address));
        assert!(is_sent, "{method} {address} is not tried: have it refused here, or name it among what is an auditor's own");
    }
}

/// What is of whoever sends it, of those who are not in yet, or keeps nothing; and the journal, which auditors have examined.
const OWN: [&str; 8] = [
    "/{lang}/desk/account",
    "/{lang}/desk/code",
    "/{lang}/desk/department/",
    "/{lang}/desk/journal",
    "/{lang}/desk/links/",
    "/{lang}/desk/sign-in",
    "/{lang}/desk/sign-out",
    "/desk/drafts/{id}/preview",
];

/// Whether a path is of an address of the router, in which `{name}` stands for one member and `{*name}` for all that follow.
fn is_at(path: &str, address: &str) -> bool {
    let (mut path, mut address) = (path.split('/'), address.split('/'));
    loop {
        match (path.next(), address.next()) {
            (Some(_), Some(any)) if any.starts_with("{*") => return true,
            (Some(_), Some(one)) if one.starts_with('{') => {}
            (Some(own), Some(fixed)) if own == fixed => {}
            (None, None) => return true,
            _ => return false,
        }
    }
}
