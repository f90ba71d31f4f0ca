//! Nothing that one agency works on is there for another: every address of the desk and of programs, read from the router's own sources, is
//! asked about all of it by somebody with every role of another agency, by a program of that one, and by nobody. (Auditors read everything:
//! see `auditor.rs`.) In one language: the router gives both the same handlers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod trial;
mod addresses;
mod by_token;
mod described;
mod desk_house;
mod portal;

use axum::{
    body::Body,
    http::{Request, header},
};
use by_token::{Machines, WRITES, fields, id, item};
use desk_house::{by, own, written};
use portal::Answer;
use serde_json::{Value, json};
use server::{
    drafts::{Called, Draft, Frozen, FrozenState, Kind, Saved, Translation, Written},
    registrar::{Change, Registrar, Subject},
    staff::{Account, From, Role, Scope, Strength, Token},
};
use trial::Engine;

on_each_engine! {
    nothing_that_one_agency_works_on_is_there_for_another_at_any_address,
}

/// Words that stand in everything of the one agency, and in nothing that anybody sends here.
const WORDS: [&str; 2] = ["kingfisher", "翠鸟"];
/// Forms at addresses without an id, which name the agency or what is its own in a field.
const NAMING: [&str; 4] = ["/{lang}/desk/drafts", "/{lang}/desk/bring", "/{lang}/desk/templates", "/{lang}/desk/templates/new"];

const FORM: &str = "application/x-www-form-urlencoded";
const PARTS: &str = "multipart/form-data; boundary=x";
const JSON: &str = "application/json";

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asker {
    /// Somebody with every role of the other agency.
    Person,
    /// A program of the other agency with every scope.
    Program,
    Nobody,
}

const ASKERS: [Asker; 3] = [Asker::Person, Asker::Program, Asker::Nobody];

/// A house in which one agency is at work, and who asks about it from another.
struct Work {
    m: Machines,
    author: Token,
    keeper: Account,
    token: String,
    /// Being written, with a file, one on its way, and a text that was kept aside.
    draft: Draft,
    file: String,
    upload: String,
    aside: String,
    /// Submitted, and rejected by the clerk.
    frozen: Frozen,
    part: String,
    /// What the clerk's key signs next, as a script sends it.
    step: String,
    discarded: String,
    template: String,
    brought: String,
    /// What a program of the agency writes, and its token.
    programs: String,
    own_token: String,
    registration: String,
}

fn kingfishers() -> Written {
    Written {
        title: "The kingfisher list".into(),
        summary: "Where each kingfisher nests.".into(),
        body: "# Kingfishers\n\nOne kingfisher nests below the weir.\n".into(),
        translations: vec![Translation { language: "zh".into(), title: "翠鸟名单".into(), body: "翠鸟在堰下筑巢。".into() }],
        ..written("")
    }
}

impl Work {
    async fn on(engine: Engine) -> Work {
        let m = Machines::on(engine).await;
        let (house, chief) = (&m.house, &m.chief);
        house.hire("keeper", &Role::OF_AGENCY, &house.other).await;
        let author = house.enter("author").await;
        for name in ["colleague", "clerk", "keeper"] {
            house.enter(name).await;
        }
        let (who, colleague, drafts) = (house.who("author"), house.who("colleague"), &house.drafts);
        let begin = async || drafts.begin(&who, &house.agency, Kind::Disclosure, &kingfishers()).await.unwrap();
        let draft = begin().await;
        let file = drafts.attach(&who, &draft.id, "kingfisher.csv", b"kingfisher,7\n".to_vec()).await.unwrap().id;
        let digest = chain::Hash::of(&[b"c,d\n"]).to_hex();
        let upload = drafts.begin_upload(&who, &draft.id, "kingfisher-2.csv", 4, &digest).await.unwrap().id;
        drafts.save(&who, &draft.id, 1, &kingfishers()).await.unwrap();
        let other = Written { body: "The kingfisher is gone.".into(), ..kingfishers() };
        let Saved::Aside { aside, .. } = drafts.save(&colleague, &draft.id, 1, &other).await.unwrap() else { panic!("saved over") };
        let draft = drafts.draft(&who, &draft.id).await.unwrap();
        let frozen = house.submit(Kind::Disclosure, &kingfishers(), 0).await;
        house.decide(&frozen, "clerk", "clerk", "draft", "reject", Some("One kingfisher is missing.")).await.unwrap();
        let case = house.case(&frozen).await;
        let part = case.parts[1].commitment.to_string();
        let given = house.sign(&case, "clerk", "draft", "approve", None);
        let step = json!({ "note": given.note, "opening": { "salt": given.opening.salt, "text": given.opening.text } }).to_string();
        let discarded = begin().await.id;
        drafts.drop_draft(&who, &discarded, 1).await.unwrap();
        let template = drafts.make_template(chief, &house.agency, "Kingfishers of the week", &kingfishers()).await.unwrap();
        let mut bringing = drafts.begin_bringing(&who, &house.agency).await.unwrap();
        let table = "title,genre,issued,body\nThe kingfisher table,notice,2026-03-01,A kingfisher dives.\n";
        bringing.file("kingfishers.csv", table.as_bytes().to_vec()).await.unwrap();
        let called = Called { genres: vec![("notice".to_owned(), "notice".to_owned())], ..Called::default() };
        let plain = Written { language: "en".into(), ..Written::default() };
        let brought = bringing.finish(called, plain).await.unwrap();
        let own_token = m.token(&house.agency, &WRITES).await;
        let programs = m.put(&own_token, &id(1), &json!({ "fields": fields("A kingfisher counted") })).await.json();
        let programs = programs["draft"].as_str().unwrap().to_owned();
        let registrar = Registrar::new(house.staff.clone(), house.node.clone());
        let registration = registrar.ask(&chief.id, &Subject::agency(&house.agency), &Change::Rule { rule: None }).await.unwrap();
        let token = m.token(&house.other, &Scope::ALL).await;
        let keeper = house.who("keeper");
        Work {
            author,
            keeper,
            token,
            draft,
            file,
            upload,
            aside,
            frozen,
            part,
            step,
            discarded,
            template,
            brought,
            programs,
            own_token,
            registration,
            m,
        }
    }

    /// All of the agency's that stands where an address has a name in braces.
    fn values(&self, address: &str, name: &str) -> Vec<String> {
        let house = &self.m.house;
        let one = |id: &str| vec![id.to_owned()];
        match name {
            "id" if address.contains("/drafts/{id}") => {
                [&self.draft.id, &self.frozen.draft, &self.discarded, &self.programs, &id(1)].map(ToOwned::to_owned).to_vec()
            }
            "id" if address.contains("/bring/{id}") => one(&self.brought),
            "id" if address.contains("/templates/{id}") => one(&self.template),
            "id" if address.contains("/registrations/{id}") => one(&self.registration),
            "id" if address.contains("/people/person/{id}") => one(&house.who("author").id),
            "id" if address.contains("/department/{id}") => one(&self.draft.id),
            "case" => vec![self.frozen.case.clone(), self.frozen.id.clone(), self.frozen.draft.clone()],
            "file" => one(&self.file),
            "upload" => one(&self.upload),
            "aside" => one(&self.aside),
            "part" => one(&self.part),
            "agency" => one(&house.agency),
            "post" | "name" => one(&house.post("clerk")),
            "secret" => vec![self.draft.id.clone(), self.own_token.clone()],
            "rest" => vec![format!("no-such/{}", self.draft.id), format!("no-such/brought/{}/0", self.brought)],
            "size" | "indexes" | "number" => one("1"),
            "sizes" => one("1-1"),
            _ => panic!("say here what of another agency's stands for {{{name}}} in {address}"),
        }
    }

    /// An address with all that may stand in it.
    fn filled(&self, address: &str) -> Vec<String> {
        let mut all = vec![address.replace("{lang}", "en")];
        while let Some((_, rest)) = all[0].split_once('{') {
            let name = rest.split_once('}').unwrap().0.to_owned();
            let (values, name) = (self.values(address, name.trim_start_matches('*')), format!("{{{name}}}"));
            let with_each = |path: String| -> Vec<String> { values.iter().map(|value| path.replacen(&name, value, 1)).collect() };
            all = all.into_iter().flat_map(with_each).collect();
        }
        all
    }

    /// What is sent to an address, as it should be there: so it is whose it is that decides. `form`: the token of a session.
    fn sent(&self, method: &str, address: &str, form: &str) -> (&'static str, String) {
        let agency = &self.m.house.agency;
        let field = |name: &str, value: &str| format!("--x\r\ncontent-disposition: form-data; name={name}\r\n\r\n{value}\r\n");
        let parts = |before: &str, content: &str| {
            let token = field("\"token\"", form);
            (PARTS, format!("{token}{before}{}--x--\r\n", field("\"file\"; filename=\"a.csv\"", content)))
        };
        // Any note does as one that was sealed: nothing of it is looked at before it is known whose it is.
        let sealed = json!({ "note": serde_json::from_str::<Value>(&self.step).unwrap()["note"] }).to_string();
        match (method, address) {
            ("PATCH", _) => ("application/octet-stream", "c,d\n".to_owned()),
            ("PUT", _) => (JSON, json!({ "fields": fields("Mine"), "revision": 1 }).to_string()),
            (_, "/api/v1/items") => (JSON, item(77, "Mine").to_string()),
            (_, "/api/v1/drafts/{id}/sealed") => (JSON, sealed),
            (_, address) if address.starts_with("/api/") => (JSON, json!({ "due": null }).to_string()),
            (_, "/desk/cases/{case}/steps") => (JSON, self.step.clone()),
            (_, "/desk/drafts/{id}/uploads") => {
                let digest = chain::Hash::of(&[b"a,b\n"]).to_hex();
                (JSON, json!({ "name": "a.csv", "size": 4, "digest": digest }).to_string())
            }
            (_, "/{lang}/desk/cases/{case}/steps") => parts("", &self.step),
            (_, "/{lang}/desk/cases/{case}/sealed") => parts("", &sealed),
            (_, "/{lang}/desk/drafts/{id}/files") => parts("", "a,b\n"),
            (_, "/{lang}/desk/bring") => parts(&field("\"agency\"", agency), "title\nMine\n"),
            _ => {
                let (template, author) = (&self.template, self.m.house.who("author").id);
                let all = format!(
                    "token={form}&agency={agency}&template={template}&kind=disclosure&revision=1&do=save&title=Mine&name=Mine&genre=notice\
                     &language=en&row=0&day=&hour=&give={author}&machine={template}"
                );
                (FORM, all)
            }
        }
    }

    async fn ask(&self, asker: Asker, method: &str, address: &str, path: &str) -> Answer {
        let staff = &self.m.house.staff;
        let session = match asker {
            Asker::Person => Some(staff.begin_session(&self.keeper.id, Strength::SecondFactor, &From::default()).await.unwrap()),
            Asker::Program | Asker::Nobody => None,
        };
        let form = session.as_ref().map(Token::form).unwrap_or_default();
        let desk = path.contains("/desk");
        let path = match method {
            "GET" if desk => format!("{path}?agency={}&code=draft&against={}", self.m.house.agency, self.frozen.id),
            _ => path.to_owned(),
        };
        let (media, body) = if method == "GET" { (FORM, String::new()) } else { self.sent(method, address, &form) };
        let mut request = own(Request::builder().method(method).uri(path)).header("x-gazette-token", form.as_str());
        request = request.header("upload-offset", "0").header(header::CONTENT_TYPE, media);
        if let Some(session) = &session {
            request = by(session, request);
        }
        if asker == Asker::Program {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        }
        self.answer(request.body(Body::from(body)).unwrap()).await
    }

    /// From this machine, which may ask as much as it likes.
    async fn answer(&self, request: Request<Body>) -> Answer {
        let (status, headers, body) = portal::ask(&self.m.portal, "127.0.0.1:9", request).await;
        let to = headers.get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        Answer { status, to, headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    /// To its own people all of it is there, word for word: what is looked for below is to be found.
    async fn is_there_for_its_own(&self) {
        let (draft, case) = (&self.draft.id, &self.frozen.case);
        for path in [
            "/en/desk/drafts".to_owned(),
            format!("/en/desk/drafts/{draft}"),
            format!("/en/desk/drafts/{draft}/files/{}", self.file),
            format!("/en/desk/drafts/{draft}/asides/{}", self.aside),
            format!("/en/desk/cases/{case}"),
            format!("/en/desk/cases/{case}/parts/{}", self.part),
            format!("/en/desk/bring/{}", self.brought),
            "/en/desk/templates".to_owned(),
        ] {
            let answer = self.answer(by(&self.author, Request::get(&path)).body(Body::empty()).unwrap()).await;
            assert!(tells(&answer), "{path}: {} {}", answer.status, answer.body);
        }
        let state = self.m.get(&self.own_token, &format!("/api/v1/drafts/{}", self.programs)).await;
        assert!(state.body.contains(WORDS[0]), "{}", state.body);
    }

    /// And nothing of it is another than it was.
    async fn is_as_it_was(&self) {
        let (house, drafts) = (&self.m.house, &self.m.house.drafts);
        let who = house.who("author");
        assert_eq!(drafts.draft(&who, &self.draft.id).await.unwrap(), self.draft);
        assert_eq!(drafts.files(&who, &self.draft.id).await.unwrap().len(), 1);
        let uploads = drafts.uploads(&who, &self.draft.id).await.unwrap();
        assert_eq!(uploads.iter().map(|upload| upload.came).collect::<Vec<_>>(), [0]);
        let case = house.case(&self.frozen).await;
        assert_eq!((case.frozen.state, case.frozen.due, case.steps.len()), (FrozenState::Open, 0, 1));
        assert_eq!(drafts.draft(&who, &self.programs).await.unwrap().revision, 1);
        let templates = drafts.templates(&self.m.chief, &house.agency).await.unwrap();
        assert_eq!(templates.iter().map(|template| (&template.id, template.revision)).collect::<Vec<_>>(), [(&self.template, 1)]);
        assert!(drafts.brought(&who, &self.brought).await.unwrap().rows[0].draft.is_none());
        drafts.take_up(&who, &self.discarded).await.unwrap();
        let waiting = Registrar::new(house.staff.clone(), house.node.clone()).waiting(Some(&house.agency)).await.unwrap();
        assert_eq!(waiting.iter().map(|asked| &asked.id).collect::<Vec<_>>(), [&self.registration]);
        assert_eq!(house.staff.account(&who.id).await.unwrap().unwrap(), who);
    }
}

/// Whether an answer has any of the words.
fn tells(answer: &Answer) -> bool {
    let all = format!("{:?} {} {}", answer.headers, answer.to, answer.body).to_lowercase();
    WORDS.iter().any(|word| all.contains(word))
}

/// Whether an address that names something of the agency's answers as one must who sees none of it.
fn is_shut(asker: Asker, address: &str, answer: &Answer) -> bool {
    let (status, api) = (answer.status.as_u16(), address.starts_with("/api/"));
    // It leads on to the same address in a language, and looks at nothing.
    if address == "/desk/links/{secret}" {
        return answer.status.is_redirection();
    }
    match asker {
        Asker::Person if api => status == 401,
        Asker::Person => status == 404,
        Asker::Program if api => status == 404,
        Asker::Program | Asker::Nobody => {
            matches!(status, 401 | 403 | 404) || (answer.status.is_redirection() && answer.to.contains("/desk/sign-in"))
        }
    }
}

async fn nothing_that_one_agency_works_on_is_there_for_another_at_any_address(engine: Engine) {
    let work = Work::on(engine).await;
    work.is_there_for_its_own().await;
    let mut asked = 0;
    for (method, address) in ["desk", "api", "submit"].into_iter().flat_map(addresses::of) {
        let methods = if method == "ANY" { vec!["GET", "POST"] } else { vec![method.as_str()] };
        let named = address.replace("{lang}", "").contains('{');
        for path in work.filled(&address) {
            for (asker, method) in ASKERS.into_iter().flat_map(|asker| methods.iter().map(move |method| (asker, *method))) {
                let answer = work.ask(asker, method, &address, &path).await;
                let what = format!("{asker:?} {method} {path}: {} {} {}", answer.status, answer.to, answer.body);
                assert!(!tells(&answer), "{what}");
                assert!(!named || is_shut(asker, &address, &answer), "{what}");
                let naming = method == "POST" && asker == Asker::Person && NAMING.contains(&address.as_str());
                assert!(!naming || answer.status.as_u16() == 404, "{what}");
                asked += 1;
            }
        }
    }
    assert!(asked > 300, "the router has more addresses than were read: {asked}");
    // Nor is anything of it begun with in the other agency.
    let form = format!("agency={}&template={}", work.m.house.other, work.template);
    let keeper = work.m.house.staff.begin_session(&work.keeper.id, Strength::SecondFactor, &From::default()).await.unwrap();
    let request = own(by(&keeper, Request::post("/en/desk/templates"))).header(header::CONTENT_TYPE, FORM);
    let answer = work.answer(request.body(Body::from(format!("token={}&{form}", keeper.form()))).unwrap()).await;
    assert!(answer.status.as_u16() == 404 && !tells(&answer), "{} {}", answer.status, answer.body);
    work.is_as_it_was().await;
}
