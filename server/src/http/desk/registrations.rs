//! Registrars' room: what waits, each registration as it will be signed, and the signatures that are handed in.

use super::{
    Posted, Signed, again, failed,
    guard::absent,
    page,
    registering::{fault, keys, names_before, personal_in, registrar, rows, troubled, voided, waiting_row, warning},
    rule::rule_rows,
    see,
};
use crate::{
    http::{
        App,
        trouble::{At, Trouble},
    },
    registrar::{self, Asked, Change, Outcome, Registrar, RegistrarError, Subject},
    staff::{Role, Roles},
};
use app::{
    pages,
    view::desk::{AmendedView, Fault, Faults, NewPost, RegistrarKeyView, RegistrationView, RegistrationsView, Says},
};
use axum::{
    extract::{RawQuery, State},
    http::header,
    response::{IntoResponse, Response},
};
use chain::{
    check::{self, Amended},
    note::Vkey,
    statement::{Core, Names, is_id},
};
use std::sync::Arc;

fn registers(signed: &Signed) -> bool {
    signed.may(Role::Registrar, "")
}

/// Whether somebody with these roles may look at what waits for registrars, and at the charter: they, and auditors, who change nothing.
pub(super) fn may_look(roles: &Roles) -> bool {
    roles.holds(Role::Registrar, "") || roles.holds(Role::Auditor, "")
}

async fn list(app: &App, signed: &Signed, typed: NewPost, faults: Faults) -> Response {
    let faulty = !faults.is_empty();
    let state = app.node.submitter.state();
    let registrars = Registrar::registrars(&state);
    let held = registrars.map(|registrars| registrars.keys.as_slice()).unwrap_or_default();
    let held: Vec<_> = held.iter().map(|key| RegistrarKeyView { name: key.name().to_owned(), vkey: key.to_string() }).collect();
    let view = async {
        let waiting = registrar(app).waiting(None).await.map_err(troubled)?;
        Ok::<_, Trouble>(RegistrationsView {
            waiting: rows(app, signed, &waiting).await?,
            needed: registrars.map_or(0, |registrars| registrars.threshold),
            registrars: held.iter().map(|key| key.name.clone()).collect(),
            alone: registrar(app).alone(),
            registers: registers(signed),
            faults,
            typed,
        })
    };
    match view.await {
        Ok(view) => {
            let drawn = page(app, Some(signed), signed.lang, "/desk/registrations", |desk| pages::desk::registrations(desk, &view, &held));
            if faulty { again(drawn) } else { drawn }
        }
        Err(trouble) => failed(app, signed.lang, trouble),
    }
}

pub(super) async fn index(State(app): State<Arc<App>>, signed: Signed) -> Response {
    if may_look(&signed.account.roles) { list(&app, &signed, NewPost::default(), vec![]).await } else { absent(&app, signed.lang) }
}

/// A new agency, with a seal that is made here, or that was made in a token or by the agency.
pub(super) async fn new_agency(State(app): State<Arc<App>>, Posted { signed, fields }: Posted) -> Response {
    if !registers(&signed) {
        return absent(&app, signed.lang);
    }
    let [id, name_zh, name_en] = ["id", "name_zh", "name_en"].map(|field| fields.one(field).trim().to_owned());
    let mut faults = Faults::new();
    let state = app.node.submitter.state();
    if !is_id(&id) || state.agency(&id).is_some() || registrar::post(&state, &id).is_some() || id == state.origin() {
        faults.push(("id", Fault::PostId));
    }
    for (field, name) in [("name_zh", &name_zh), ("name_en", &name_en)] {
        if name.is_empty() || name.len() > 400 {
            faults.push((field, Fault::Names));
        }
    }
    let [custody, seal] = ["custody", "seal"].map(|field| fields.one(field).trim().to_owned());
    let custody = if matches!(custody.as_str(), "token" | "agency") { custody } else { "portal".to_owned() };
    let mut seen = String::new();
    if faults.is_empty()
        && let Some(warned) = warning(&[("id", &id), ("name_zh", &name_zh), ("name_en", &name_en)], &fields)
    {
        (faults, seen) = (warned.faults, warned.seen);
    }
    let typed =
        NewPost { id: id.clone(), name_zh: name_zh.clone(), name_en: name_en.clone(), seen, custody: custody.clone(), seal: seal.clone() };
    let elsewhere = custody != "portal";
    if elsewhere && !Vkey::parse(&seal).is_ok_and(|key| key.name() == id) {
        faults.push(("seal", Fault::Key));
    }
    if !faults.is_empty() {
        return list(&app, &signed, typed, faults).await;
    }
    let made = if elsewhere { Ok(seal) } else { app.node.make_seal(&id).map(|seal| seal.to_string()) };
    let seal = match made {
        Ok(seal) => seal,
        Err(error) => {
            tracing::error!(%error, agency = id, "a seal could not be made");
            return list(&app, &signed, typed, vec![("", Fault::NotMade)]).await;
        }
    };
    let names: Names = [("zh".to_owned(), name_zh), ("en".to_owned(), name_en)].into();
    let change = Change::Agency { names, seal: Some(seal), custody };
    match registrar(&app).ask(&signed.account.id, &Subject::agency(&id), &change).await {
        Ok(id) => see(signed.lang, &format!("/desk/registrations/{id}")),
        Err(error) => match fault(error, "id") {
            Ok(faults) => list(&app, &signed, typed, faults).await,
            Err(error) => failed(&app, signed.lang, troubled(error)),
        },
    }
}

/// A registration that somebody may see, with why the log would refuse it.
async fn seen(app: &App, signed: &Signed, id: &str) -> Result<Option<(Asked, Option<RegistrarError>)>, Trouble> {
    let found = registrar(app).one(id).await.map_err(troubled)?;
    let may = |agency: &str| registers(signed) || signed.sees(agency) || signed.may(Role::Administrator, agency);
    Ok(found.filter(|(asked, _)| may(&asked.subject.agency)))
}

fn withdraws(signed: &Signed, asked: &Asked) -> bool {
    asked.settled.is_none()
        && (registers(signed) || signed.may(Role::Administrator, &asked.subject.agency) || asked.asked_by == signed.account.id)
}

fn says(text: &str) -> Says {
    match registrar::said(text) {
        Some(Core::Post(core)) => Says {
            post: true,
            id: core.post,
            agency: core.agency,
            names: core.name.into_iter().collect(),
            keys: keys(&core.keys),
            replaces: core.replaces.map(|at| at.index),
            ..Says::default()
        },
        Some(Core::Agency(core)) => Says {
            id: core.agency.clone(),
            agency: core.agency,
            names: core.name.into_iter().collect(),
            keys: keys(&core.seals),
            rule: core.rule.as_ref().map(rule_rows),
            deferred: core.rule.as_ref().is_some_and(|rule| rule.deferred),
            overriders: core.rule.map(|rule| rule.overriders).unwrap_or_default(),
            successor: core.successor,
            overseers: core.overseers,
            archive: core.archive,
            replaces: core.replaces.map(|at| at.index),
            ..Says::default()
        },
        _ => Says::default(),
    }
}

/// What in the names that a registration has looks like numbers that belong to persons.
fn personal(text: &str) -> Vec<&'static str> {
    match registrar::said(text) {
        Some(Core::Post(core)) => personal_in(core.name.values().map(String::as_str).chain([core.post.as_str()])),
        Some(Core::Agency(core)) => personal_in(core.name.values().map(String::as_str).chain([core.agency.as_str()])),
        Some(Core::Charter(core)) => personal_in(core.name.values().map(String::as_str).chain(core.registrars.keys.iter().map(Vkey::name))),
        _ => vec![],
    }
}

/// What an amendment of the charter in force changes, and what it leaves.
fn amended(state: &chain::state::State, text: &str) -> Option<AmendedView> {
    let (Some(Core::Charter(now)), Some(before), Some(at)) = (registrar::said(text), state.charter(), state.charter_at()) else {
        return None;
    };
    let Amended { changes, stays } = check::amended(at, before, &now);
    Some(AmendedView { changes, stays, before: at.index })
}

/// Where what became of a registration is to be seen.
fn back(asked: &Asked) -> String {
    if asked.subject.is_charter() { "/desk/charter".into() } else { format!("/desk/posts/of/{}", asked.subject.agency) }
}

async fn show(app: &App, signed: &Signed, id: &str, faults: Faults) -> Response {
    let faulty = !faults.is_empty();
    let view = async {
        let Some((asked, trouble)) = seen(app, signed, id).await? else { return Ok(None) };
        if let Some(Some(entry)) = asked.settled {
            return Ok(Some(Err(entry)));
        }
        if asked.settled.is_some() {
            return Ok(None);
        }
        let state = app.node.submitter.state();
        let registrars = Registrar::registrars(&state).ok_or(Trouble::Problem(app::view::Problem::NotFound))?;
        let signed_by = asked.signed_by();
        let names = registrars.keys.iter().map(|key| (key.name().to_owned(), signed_by.iter().any(|name| name == key.name())));
        let row = waiting_row(app, signed, &asked).await?;
        Ok::<_, Trouble>(Some(Ok(RegistrationView {
            says: says(asked.text()),
            amended: amended(&state, asked.text()),
            was: names_before(&state, &asked),
            voids: voided(app, &state, &asked).await?,
            personal: personal(asked.text()),
            text: asked.text().to_owned(),
            registrars: names.collect(),
            alone: registrar(app).alone(),
            signs: registers(signed),
            withdraws: withdraws(signed, &asked),
            stuck: row.signed >= row.needed && registers(signed),
            trouble: trouble.is_some(),
            row,
            faults,
        })))
    };
    match view.await {
        Ok(Some(Ok(view))) => {
            let path = format!("/desk/registrations/{id}");
            let drawn = page(app, Some(signed), signed.lang, &path, |desk| pages::desk::registration(desk, &view));
            if faulty { again(drawn) } else { drawn }
        }
        // What it became.
        Ok(Some(Err(entry))) => see(signed.lang, &format!("/entries/{entry}")),
        Ok(None) => absent(app, signed.lang),
        Err(trouble) => failed(app, signed.lang, trouble),
    }
}

pub(super) async fn one(State(app): State<Arc<App>>, At(id): At, signed: Signed) -> Response {
    show(&app, &signed, &id, vec![]).await
}

/// The text alone, for a machine that has the key.
pub(super) async fn text(State(app): State<Arc<App>>, At(id): At, signed: Signed) -> Response {
    match seen(&app, &signed, &id).await {
        Ok(Some((asked, _))) if asked.settled.is_none() => {
            let headers = [
                (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"registration.txt\""),
            ];
            let details = serde_json::json!({ "kind": "registration" });
            match app.staff.journal().note(&signed.account.id, "downloaded", &id, &details).await {
                Ok(()) => (headers, asked.note).into_response(),
                Err(error) => failed(&app, signed.lang, error),
            }
        }
        Ok(_) => absent(&app, signed.lang),
        Err(trouble) => failed(&app, signed.lang, trouble),
    }
}

pub(super) async fn act(State(app): State<Arc<App>>, At(id): At, RawQuery(query): RawQuery, Posted { signed, fields }: Posted) -> Response {
    let asked = match seen(&app, &signed, &id).await {
        Ok(Some((asked, _))) => asked,
        Ok(None) => return absent(&app, signed.lang),
        Err(trouble) => return failed(&app, signed.lang, trouble),
    };
    let (registrar, by) = (registrar(&app), &signed.account.id);
    let what = query.as_deref().and_then(|query| query.split(['=', '&']).next()).unwrap_or_default();
    if what == "withdraw" {
        if !withdraws(&signed, &asked) {
            return absent(&app, signed.lang);
        }
        return match registrar.withdraw(by, &id).await {
            Ok(()) => see(signed.lang, &back(&asked)),
            Err(error) => failed(&app, signed.lang, troubled(error)),
        };
    }
    if !registers(&signed) {
        return absent(&app, signed.lang);
    }
    let outcome = match what {
        "here" => registrar.sign_here(by, &id).await,
        "again" => registrar.again(by, &id).await,
        _ => registrar.sign(by, &id, fields.one("note")).await,
    };
    match outcome {
        Ok(Outcome::Registered(entry)) => {
            app.node.take_seals(&asked.subject.id);
            tracing::info!(entry, subject = asked.subject.id, "registered from the desk");
            see(signed.lang, &back(&asked))
        }
        Ok(Outcome::Wanting(_)) => see(signed.lang, &format!("/desk/registrations/{id}")),
        Err(RegistrarError::Nothing | RegistrarError::NoKey) => absent(&app, signed.lang),
        Err(error) => match fault(error, "note") {
            Ok(faults) => show(&app, &signed, &id, faults).await,
            Err(error) => failed(&app, signed.lang, troubled(error)),
        },
    }
}
