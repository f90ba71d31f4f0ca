//! What an agency's page asks registrars for: posts, other names, seals and the ends of keys, who speaks for the agency, and its rule.

use super::{Typed, agency_page};
use crate::{
    http::{
        App,
        desk::{
            Fields, Signed, failed,
            guard::absent,
            registering::{fault, registrar, troubled, warning},
            rule::{typed_rule, with_room, written_rule},
            see,
        },
    },
    registrar::{self, Change, Subject},
    staff::Role,
};
use app::{
    pages,
    view::desk::{BothNames, Fault, Faults, NewPost, Renaming, RuleForm},
};
use axum::response::Response;
use chain::statement::{Names, is_id, parse_index};

/// Longest name, in bytes.
const LONGEST_NAME: usize = 400;

/// The names in both languages that a form has in these fields; both are wanted.
fn typed_names(fields: &Fields, [zh, en]: [&'static str; 2], faults: &mut Faults) -> BothNames {
    let mut read = |field: &'static str| {
        let name = fields.one(field).trim().to_owned();
        if name.is_empty() || name.len() > LONGEST_NAME {
            faults.push((field, Fault::Names));
        }
        name
    };
    BothNames { zh: read(zh), en: read(en) }
}

/// On to the page where the new post's first key is made, with its names in the address: nothing is kept of it before.
pub(super) async fn new_post(app: &App, signed: &Signed, agency: &str, fields: &Fields) -> Response {
    let last = fields.one("id").trim().to_owned();
    let id = format!("{agency}/{last}");
    let state = app.node.submitter.state();
    let mut faults = Faults::new();
    if last.contains('/') || !is_id(&id) || registrar::post(&state, &id).is_some() || state.agency(&id).is_some() {
        faults.push(("id", Fault::PostId));
    }
    let BothNames { zh, en } = typed_names(fields, ["name_zh", "name_en"], &mut faults);
    let mut seen = String::new();
    if faults.is_empty() {
        let Some(warned) = warning(&[("id", &last), ("name_zh", &zh), ("name_en", &en)], fields) else {
            let query = |text: &str| pages::text::query(text).to_string();
            let names = format!("agency={}&zh={}&en={}", query(agency), query(&zh), query(&en));
            return see(signed.lang, &format!("/desk/posts/key/{id}?{names}"));
        };
        (faults, seen) = (warned.faults, warned.seen);
    }
    let post = NewPost { id: last, name_zh: zh, name_en: en, seen, ..NewPost::default() };
    agency_page(app, signed, agency, Typed { post, faults, ..Typed::default() }).await
}

/// What a form is about: the agency itself, or a post of it.
fn subject(app: &App, agency: &str, fields: &Fields) -> Option<Subject> {
    let id = fields.one("subject");
    if id == agency {
        return Some(Subject::agency(agency));
    }
    let state = app.node.submitter.state();
    let post = registrar::post(&state, id).filter(|(_, post)| post.agency == agency);
    post.map(|_| Subject::post(id, agency))
}

pub(super) async fn end(app: &App, signed: &Signed, agency: &str, fields: &Fields) -> Response {
    let Some(subject) = subject(app, agency, fields) else { return absent(app, signed.lang) };
    let Some(at) = parse_index(fields.one("at").trim()) else {
        return agency_page(app, signed, agency, Typed { faults: vec![("", Fault::Entry)], ..Typed::default() }).await;
    };
    let change = Change::End { key: fields.one("key").to_owned(), how: fields.one("how").to_owned(), at };
    match ask(app, signed, &subject, &change, "").await {
        Asking::Waits(id) => on_to(signed, &id, &subject),
        Asking::Faulty(faults) => agency_page(app, signed, agency, Typed { faults, ..Typed::default() }).await,
        Asking::Failed(response) => response,
    }
}

/// Other names, for the agency or a post of it.
pub(super) async fn rename(app: &App, signed: &Signed, agency: &str, fields: &Fields) -> Response {
    let Some(subject) = subject(app, agency, fields) else { return absent(app, signed.lang) };
    let mut faults = Faults::new();
    let typed = typed_names(fields, ["to_zh", "to_en"], &mut faults);
    let mut seen = String::new();
    if faults.is_empty()
        && let Some(warned) = warning(&[("to_zh", &typed.zh), ("to_en", &typed.en)], fields)
    {
        (faults, seen) = (warned.faults, warned.seen);
    }
    if faults.is_empty() {
        let names: Names = [("zh".to_owned(), typed.zh.clone()), ("en".to_owned(), typed.en.clone())].into();
        match ask(app, signed, &subject, &Change::Names { names }, "to_zh").await {
            Asking::Waits(id) => return on_to(signed, &id, &subject),
            Asking::Faulty(wrong) => faults = wrong,
            Asking::Failed(response) => return response,
        }
    }
    let renaming = Some(Renaming { subject: subject.id, names: typed, seen });
    agency_page(app, signed, agency, Typed { renaming, faults, ..Typed::default() }).await
}

/// Who speaks for an abolished agency, and who oversees it.
pub(super) async fn bodies(app: &App, signed: &Signed, agency: &str, fields: &Fields) -> Response {
    let (successor, overseers) = (fields.one("successor").trim().to_owned(), fields.one("overseers").trim().to_owned());
    let listed = overseers.split_whitespace().map(str::to_owned).collect();
    let change = Change::Bodies { successor: Some(successor.clone()).filter(|body| !body.is_empty()), overseers: listed };
    let subject = Subject::agency(agency);
    match ask(app, signed, &subject, &change, "successor").await {
        Asking::Waits(id) => on_to(signed, &id, &subject),
        Asking::Faulty(faults) => {
            agency_page(app, signed, agency, Typed { bodies: Some((successor, overseers)), faults, ..Typed::default() }).await
        }
        Asking::Failed(response) => response,
    }
}

/// A seal more, made here, in a token or by the agency itself.
pub(super) async fn seal(app: &App, signed: &Signed, agency: &str, fields: &Fields) -> Response {
    let [custody, typed] = ["custody", "seal"].map(|field| fields.one(field).trim().to_owned());
    if !matches!(custody.as_str(), "portal" | "token" | "agency") {
        return absent(app, signed.lang);
    }
    let made = if custody == "portal" { app.node.make_seal(agency).map(|seal| seal.to_string()) } else { Ok(typed.clone()) };
    let subject = Subject::agency(agency);
    let faults = match made {
        Ok(seal) => {
            let change = Change::Agency { names: Names::new(), seal: Some(seal), custody: custody.clone() };
            match ask(app, signed, &subject, &change, "seal").await {
                Asking::Waits(id) => return on_to(signed, &id, &subject),
                Asking::Faulty(faults) => faults,
                Asking::Failed(response) => return response,
            }
        }
        Err(error) => {
            tracing::error!(%error, agency, "a seal could not be made");
            vec![("", Fault::NotMade)]
        }
    };
    let post = NewPost { custody, seal: typed, ..NewPost::default() };
    agency_page(app, signed, agency, Typed { post, faults, ..Typed::default() }).await
}

/// What became of asking registrars for a change.
pub(super) enum Asking {
    /// Its number.
    Waits(String),
    /// What was wrong with the form.
    Faulty(Faults),
    Failed(Response),
}

pub(super) async fn ask(app: &App, signed: &Signed, subject: &Subject, change: &Change, field: &'static str) -> Asking {
    match registrar(app).ask(&signed.account.id, subject, change).await {
        Ok(id) => Asking::Waits(id),
        Err(error) => match fault(error, field) {
            Ok(faults) => Asking::Faulty(faults),
            Err(error) => Asking::Failed(failed(app, signed.lang, troubled(error))),
        },
    }
}

/// After something was asked for: to where a registrar signs it, or back to where it is listed.
pub(super) fn on_to(signed: &Signed, id: &str, subject: &Subject) -> Response {
    if signed.may(Role::Registrar, "") {
        see(signed.lang, &format!("/desk/registrations/{id}"))
    } else {
        see(signed.lang, &format!("/desk/posts/of/{}", subject.agency))
    }
}

pub(super) async fn rule(app: &App, signed: &Signed, agency: &str, fields: &Fields) -> Response {
    let (form, rule) = if fields.one("none").is_empty() {
        let form = typed_rule(fields);
        match written_rule(&form) {
            Some(rule) => (form, Some(rule)),
            None => {
                let typed = Typed { rule: Some(with_room(form)), faults: vec![("rule", Fault::Rule)], ..Typed::default() };
                return agency_page(app, signed, agency, typed).await;
            }
        }
    } else {
        (RuleForm::default(), None)
    };
    let subject = Subject::agency(agency);
    match ask(app, signed, &subject, &Change::Rule { rule }, "rule").await {
        Asking::Waits(id) => on_to(signed, &id, &subject),
        Asking::Faulty(faults) => agency_page(app, signed, agency, Typed { rule: Some(with_room(form)), faults, ..Typed::default() }).await,
        Asking::Failed(response) => response,
    }
}
