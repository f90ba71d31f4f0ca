//! The charter's room: what it says, the form that asks for another, and the keys of those who would be registrars.

use super::{
    Fields, Posted, Signed, again, failed,
    guard::absent,
    page,
    registering::{fault, known_as, registrar, rows, troubled, warning},
    registrations::may_look,
    see,
};
use crate::{
    http::{
        App,
        trouble::{At, Trouble},
    },
    node::sibling,
    registrar::{Amendment, Asked, Candidate, Change, NextLog, Registrar, RegistrarError, Subject, free_name},
    staff::Role,
};
use app::{
    pages,
    view::{
        Problem,
        desk::{Barred, CandidateRow, CharterForm, CharterView, Fault, Faults, PostKey, RegistrarRow, RegistrarView},
    },
};
use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use chain::{
    check,
    note::Vkey,
    statement::{Charter, Names, parse_index},
};
use std::sync::Arc;

fn registers(signed: &Signed) -> bool {
    signed.may(Role::Registrar, "")
}

/// How many entries more than there are now a new log key is proposed to begin at: enough for some people to sign.
const ROOM: u64 = 1000;

/// The form as the charter fills it.
fn form(charter: &Charter, size: u64) -> CharterForm {
    let name = |lang: &str| charter.name.get(lang).cloned().unwrap_or_default();
    CharterForm {
        threshold: charter.registrars.threshold.to_string(),
        name_zh: name("zh"),
        name_en: name("en"),
        zone: charter.zone.clone(),
        policy: charter.policy.clone(),
        rotates: false,
        from: (size + ROOM).to_string(),
        key: String::new(),
        seen: String::new(),
    }
}

/// What was typed, and what of it was ticked.
struct Typed {
    form: CharterForm,
    registrars: Vec<String>,
    candidates: Vec<String>,
}

async fn charter_view(app: &App, signed: &Signed, typed: Option<Typed>, faults: Faults) -> Result<CharterView, Trouble> {
    let state = app.node.submitter.state();
    let (Some(charter), Some(at)) = (state.charter(), state.charter_at()) else { return Err(Trouble::Problem(Problem::NotFound)) };
    let waiting = registrar(app).waiting(Some(state.origin())).await.map_err(troubled)?;
    let chosen = |id: &String| typed.as_ref().is_some_and(|typed| typed.candidates.contains(id));
    let mut candidates = Vec::new();
    for asked in &waiting {
        if let Some(candidate) = asked.change.candidate() {
            candidates.push(CandidateRow {
                registration: asked.id.clone(),
                name: Vkey::parse(&candidate.key).map_or_else(|_| candidate.key.clone(), |key| key.name().to_owned()),
                vkey: candidate.key.clone(),
                by: known_as(app, &asked.asked_by).await?,
                chosen: chosen(&asked.id),
            });
        }
    }
    let row = |key: &Vkey| {
        let vkey = key.to_string();
        let stays = typed.as_ref().is_none_or(|typed| typed.registrars.contains(&vkey));
        RegistrarRow { name: key.name().to_owned(), vkey, stays }
    };
    Ok(CharterView {
        // Of a charter by itself everything stays.
        says: check::amended(at, charter, charter).stays.split_off(1),
        entry: at.index,
        waiting: rows(app, signed, &waiting).await?,
        needed: charter.registrars.threshold,
        registers: registers(signed),
        registrars: charter.registrars.keys.iter().map(row).collect(),
        candidates,
        typed: typed.map_or_else(|| form(charter, app.node.heads.borrow().size), |typed| typed.form),
        faults,
    })
}

async fn charter_page(app: &App, signed: &Signed, typed: Option<Typed>, faults: Faults) -> Response {
    let faulty = !faults.is_empty();
    match charter_view(app, signed, typed, faults).await {
        Ok(view) => {
            let drawn = page(app, Some(signed), signed.lang, "/desk/charter", |desk| pages::desk::charter(desk, &view));
            if faulty { again(drawn) } else { drawn }
        }
        Err(trouble) => failed(app, signed.lang, trouble),
    }
}

pub(super) async fn index(State(app): State<Arc<App>>, signed: Signed) -> Response {
    if may_look(&signed.account.roles) { charter_page(&app, &signed, None, vec![]).await } else { absent(&app, signed.lang) }
}

pub(super) async fn change(State(app): State<Arc<App>>, RawQuery(query): RawQuery, Posted { signed, fields }: Posted) -> Response {
    if !registers(&signed) {
        return absent(&app, signed.lang);
    }
    if query.as_deref().is_some_and(|query| query.starts_with("key")) {
        to_key(&app, &signed, &fields).await
    } else {
        amend(&app, &signed, &fields).await
    }
}

/// On to the page where a registrar's key is made.
async fn to_key(app: &App, signed: &Signed, fields: &Fields) -> Response {
    let last = fields.one("key").trim().to_owned();
    let state = app.node.submitter.state();
    let name = sibling(state.origin(), &last);
    let (mut faults, mut seen) = (vec![("key", Fault::Charter(Barred::KeyName))], String::new());
    if !last.contains('/') && free_name(&state, &name) {
        let Some(warned) = warning(&[("key", &last)], fields) else { return see(signed.lang, &format!("/desk/charter/key/{name}")) };
        (faults, seen) = (warned.faults, warned.seen);
    }
    let typed = state.charter().map(|charter| Typed {
        form: CharterForm { key: last, seen, ..form(charter, app.node.heads.borrow().size) },
        registrars: charter.registrars.keys.iter().map(ToString::to_string).collect(),
        candidates: vec![],
    });
    charter_page(app, signed, typed, faults).await
}

/// Where in the form what keeps a charter from becoming so can be mended.
fn place(error: &RegistrarError) -> &'static str {
    match error {
        RegistrarError::Nobody => "registrar",
        RegistrarError::Threshold { .. } => "threshold",
        RegistrarError::Zone => "zone",
        RegistrarError::Policy => "policy",
        RegistrarError::Passed { .. } => "from",
        _ => "",
    }
}

async fn amend(app: &App, signed: &Signed, fields: &Fields) -> Response {
    let state = app.node.submitter.state();
    let Some(charter) = state.charter() else { return absent(app, signed.lang) };
    let one = |name: &str| fields.one(name).trim().to_owned();
    let mut typed = Typed {
        form: CharterForm {
            threshold: one("threshold"),
            name_zh: one("name_zh"),
            name_en: one("name_en"),
            zone: one("zone"),
            policy: fields.one("policy").replace("\r\n", "\n"),
            rotates: fields.one("rotates") == "1",
            from: one("from"),
            key: String::new(),
            seen: String::new(),
        },
        registrars: fields.all("registrar").map(str::to_owned).collect(),
        candidates: fields.all("candidate").map(str::to_owned).collect(),
    };
    let waiting = match registrar(app).waiting(Some(state.origin())).await {
        Ok(waiting) => waiting,
        Err(error) => return failed(app, signed.lang, troubled(error)),
    };
    let amendment = match written(app, charter, &typed, &waiting) {
        Ok(amendment) => amendment,
        Err(faults) => return charter_page(app, signed, Some(typed), faults).await,
    };
    // A name that stands there already is warned of no more.
    let new = [("name_zh", "zh"), ("name_en", "en")].into_iter();
    let new: Vec<_> = new.filter_map(|(field, lang)| Some((field, amendment.names.get(lang)?.as_str()))).collect();
    if let Some(warned) = warning(&new, fields) {
        typed.form.seen = warned.seen;
        return charter_page(app, signed, Some(typed), warned.faults).await;
    }
    let subject = Subject::charter(state.origin());
    let asked = match registrar(app).ask(&signed.account.id, &subject, &Change::Charter(Box::new(amendment))).await {
        Ok(id) => return see(signed.lang, &format!("/desk/registrations/{id}")),
        Err(error) => error,
    };
    let field = place(&asked);
    match fault(asked, field) {
        Ok(faults) => charter_page(app, signed, Some(typed), faults).await,
        Err(error) => failed(app, signed.lang, troubled(error)),
    }
}

/// What a form changes of the charter; what is wrong with it where it cannot be read.
fn written(app: &App, charter: &Charter, typed: &Typed, waiting: &[Asked]) -> Result<Amendment, Faults> {
    let Typed { form, registrars, candidates } = typed;
    let mut faults = Faults::new();
    let threshold = parse_index(&form.threshold).and_then(|count| usize::try_from(count).ok());
    if threshold.is_none() {
        faults.push(("threshold", Fault::Charter(Barred::Number)));
    }
    for (field, name) in [("name_zh", &form.name_zh), ("name_en", &form.name_en)] {
        if name.is_empty() || name.len() > 400 {
            faults.push((field, Fault::Names));
        }
    }
    let size = app.node.heads.borrow().size;
    let from = form.rotates.then(|| parse_index(&form.from));
    match from {
        Some(None) => faults.push(("from", Fault::Charter(Barred::Number))),
        Some(Some(from)) if from <= size => faults.push(("from", Fault::Charter(Barred::Passed { than: size }))),
        _ => {}
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    // A browser ends the lines of a field otherwise than a file, and people end it or not.
    let policy = format!("{}\n", form.policy.trim_end());
    let names = [("zh", &form.name_zh), ("en", &form.name_en)].into_iter();
    let names: Names =
        names.map(|(lang, name)| (lang.to_owned(), name.clone())).filter(|(lang, name)| charter.name.get(lang) != Some(name)).collect();
    let added = waiting.iter().filter(|asked| candidates.contains(&asked.id)).filter_map(|asked| asked.change.candidate().cloned());
    let log = match from.flatten() {
        Some(from) => Some(NextLog { key: app.node.next_log_key(charter).map_err(|error| unmade(&error))?.to_string(), from }),
        None => None,
    };
    Ok(Amendment {
        added: added.collect(),
        removed: charter.registrars.keys.iter().map(ToString::to_string).filter(|key| !registrars.contains(key)).collect(),
        threshold: threshold.filter(|threshold| *threshold != charter.registrars.threshold),
        names,
        zone: Some(form.zone.clone()).filter(|zone| *zone != charter.zone),
        policy: Some(policy).filter(|policy| policy.trim_end() != charter.policy.trim_end()),
        log,
    })
}

fn unmade(error: &crate::keys::KeyError) -> Faults {
    tracing::error!(%error, "the log's next key could not be made");
    vec![("from", Fault::NotTaken)]
}

async fn key_page(app: &App, signed: &Signed, name: &str, faults: Faults) -> Response {
    let state = app.node.submitter.state();
    let registrars = Registrar::registrars(&state).map(|registrars| registrars.keys.as_slice()).unwrap_or_default();
    let keys = registrars.iter().filter(|key| key.name() == name);
    let keys: Vec<_> = keys.map(|key| PostKey { vkey: key.to_string(), ended: None, custody: None }).collect();
    let waiting = match registrar(app).waiting(Some(state.origin())).await {
        Ok(waiting) => waiting,
        Err(error) => return failed(app, signed.lang, troubled(error)),
    };
    let waiting = waiting.iter().filter_map(|asked| asked.change.candidate()).map(|candidate| candidate.key.clone());
    let waiting: Vec<_> = waiting.filter(|key| Vkey::parse(key).is_ok_and(|key| key.name() == name)).collect();
    let may = registers(signed) && free_name(&state, name) && waiting.is_empty();
    if keys.is_empty() && waiting.is_empty() && !may {
        return absent(app, signed.lang);
    }
    let faulty = !faults.is_empty();
    let view = RegistrarView { name: name.to_owned(), keys, waiting, may, faults };
    let path = format!("/desk/charter/key/{name}");
    let drawn = page(app, Some(signed), signed.lang, &path, |desk| pages::desk::registrar_key(desk, &view));
    if faulty { again(drawn) } else { drawn }
}

pub(super) async fn key(State(app): State<Arc<App>>, At(name): At, signed: Signed) -> Response {
    if may_look(&signed.account.roles) { key_page(&app, &signed, &name, vec![]).await } else { absent(&app, signed.lang) }
}

/// The public half of a key, whose owner asks to become a registrar.
pub(super) async fn enrol(State(app): State<Arc<App>>, At(name): At, Posted { signed, fields }: Posted) -> Response {
    if !registers(&signed) {
        return absent(&app, signed.lang);
    }
    // A file that came by another system may end its lines otherwise.
    let proof = format!("{}\n", fields.one("proof").replace("\r\n", "\n").trim());
    let candidate = Candidate::read(&proof, &app.node.origin)
        .filter(|candidate| candidate.account == signed.account.id && Vkey::parse(&candidate.key).is_ok_and(|key| key.name() == name));
    let Some(candidate) = candidate else {
        tracing::info!(name, "a registrar's key was not enrolled");
        return key_page(&app, &signed, &name, vec![("proof", Fault::Possession)]).await;
    };
    let change = Change::Charter(Box::new(Amendment::of(candidate)));
    match registrar(&app).ask(&signed.account.id, &Subject::charter(&app.node.origin), &change).await {
        Ok(id) => see(signed.lang, &format!("/desk/registrations/{id}")),
        Err(error) => match fault(error, "proof") {
            Ok(faults) => key_page(&app, &signed, &name, faults).await,
            Err(error) => failed(&app, signed.lang, troubled(error)),
        },
    }
}
