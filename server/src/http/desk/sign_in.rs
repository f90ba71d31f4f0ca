//! Coming in and leaving: by name and password, and by one-time links.

use super::{
    Fields, Posted, Tongue, again, departments, failed,
    guard::{Origin, Perhaps, PostedAtTheDoor, cookie, own_path},
    held, moment, page, see,
};
use crate::{
    http::{
        App,
        trouble::{Asked, At},
    },
    staff::{Kind, Link, NewAccount, Refusal, SHORTEST_PASSWORD, SignIn, StaffError, Strength, Weakness},
};
use app::{
    Lang, pages,
    view::{
        Problem,
        desk::{DeskProblem, Fault, Faults, LinkKind, LinkView, SignInView, Weak},
    },
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
pub(super) struct SignInQuery {
    to: Option<String>,
    out: Option<String>,
}

pub(super) async fn form(
    State(app): State<Arc<App>>,
    Tongue(lang): Tongue,
    Perhaps(signed): Perhaps,
    Asked(query): Asked<SignInQuery>,
) -> Response {
    let to = query.to.as_deref().and_then(own_path);
    if signed.is_some() {
        return onward(lang, to);
    }
    let departments = departments::offered(&app, lang, |_| true);
    let view = SignInView { to: to.unwrap_or_default().to_owned(), out: query.out.is_some(), departments, ..SignInView::default() };
    page(&app, None, lang, "/desk/sign-in", |desk| pages::desk::sign_in(desk, &view))
}

pub(super) fn onward(lang: Lang, to: Option<&str>) -> Response {
    to.map_or_else(|| see(lang, "/desk"), |to| Redirect::to(to).into_response())
}

pub(super) async fn enter(State(app): State<Arc<App>>, Tongue(lang): Tongue, from: Origin, fields: Fields) -> Response {
    let login = fields.one("login");
    let tried = match from.waits {
        Some(seconds) => Ok(SignIn::Locked { seconds: i64::from(seconds) }),
        None => app.staff.sign_in(login, fields.one("password"), &from.from).await,
    };
    let fault = match tried {
        Ok(SignIn::Entered(entered)) => {
            return (cookie(Some(&entered.token)), onward(lang, own_path(fields.one("to")))).into_response();
        }
        Ok(SignIn::Wrong) => Fault::WrongSignIn,
        Ok(SignIn::Locked { seconds }) => Fault::Wait { seconds: u32::try_from(seconds).unwrap_or(u32::MAX) },
        Err(StaffError::Busy) => Fault::Busy,
        Err(error) => return failed(&app, lang, error),
    };
    let (login, to) = (login.chars().take(200).collect(), own_path(fields.one("to")).unwrap_or_default().to_owned());
    let departments = departments::offered(&app, lang, |_| true);
    let view = SignInView { login, to, out: false, departments, faults: vec![("", fault)] };
    again(page(&app, None, lang, "/desk/sign-in", |desk| pages::desk::sign_in(desk, &view)))
}

pub(super) async fn leave(State(app): State<Arc<App>>, PostedAtTheDoor(Posted { signed, .. }): PostedAtTheDoor) -> Response {
    match app.staff.sign_out(&signed.token).await {
        Ok(()) => (cookie(None), see(signed.lang, "/desk/sign-in?out=1")).into_response(),
        Err(error) => failed(&app, signed.lang, error),
    }
}

/// A link that may be used, or the page that says that it may not.
async fn usable(app: &App, lang: Lang, secret: &str) -> Result<Link, Response> {
    match app.staff.link(secret).await {
        Ok(Some(link)) => Ok(link),
        Ok(None) => Err(super::problem(app, None, lang, StatusCode::NOT_FOUND, DeskProblem::Link)),
        Err(error) => Err(failed(app, lang, error)),
    }
}

/// The page of a link, with whose account it is about if it recovers one.
async fn link_page(app: &App, lang: Lang, secret: &str, link: &Link, fields: &Fields, faults: Faults) -> Response {
    let typed = |name: &str| fields.one(name).chars().take(200).collect();
    let (kind, login) = match link.kind {
        Kind::First => (LinkKind::First, typed("login")),
        Kind::Invitation => (LinkKind::Invitation, typed("login")),
        Kind::Recovery | Kind::Reset => match app.staff.account(&link.account).await {
            Ok(account) => (LinkKind::Recovery, account.map(|account| account.login).unwrap_or_default()),
            Err(error) => return failed(app, lang, error),
        },
    };
    let view = LinkView {
        secret: secret.to_owned(),
        kind,
        held: held(app, &link.roles, lang),
        expires: moment(app, link.expires),
        departments: match link.kind {
            Kind::Invitation => departments::offered(app, lang, |agency| link.roles.is_in(agency)),
            _ => vec![],
        },
        login,
        name: if fields.one("name").is_empty() { link.note.clone() } else { typed("name") },
        faults,
    };
    // Its other language has the same secret in its address.
    page(app, None, lang, &format!("/desk/links/{secret}"), |desk| pages::desk::link(desk, &view))
}

pub(super) async fn link(State(app): State<Arc<App>>, Tongue(lang): Tongue, At(secret): At) -> Response {
    match usable(&app, lang, &secret).await {
        Ok(link) => link_page(&app, lang, &secret, &link, &Fields::default(), vec![]).await,
        Err(response) => response,
    }
}

pub(super) async fn accept(State(app): State<Arc<App>>, Tongue(lang): Tongue, from: Origin, At(secret): At, fields: Fields) -> Response {
    if let Some(seconds) = from.waits {
        return failed(&app, lang, Problem::TooMany { seconds });
    }
    let link = match usable(&app, lang, &secret).await {
        Ok(link) => link,
        Err(response) => return response,
    };
    let around = own_names(&app);
    let around: Vec<&str> = around.iter().map(String::as_str).collect();
    let typed = |name: &str| fields.one(name).to_owned();
    let new = NewAccount { login: typed("login"), name: typed("name"), password: typed("password") };
    let department = fields.one("department");
    if !department.is_empty() && link.kind == Kind::Invitation {
        let refusals = new.name_refusals();
        if refusals.is_empty() {
            return departments::join(&app, lang, department, &link, (&new.login, &new.name)).await;
        }
        let faults: Faults = refusals.into_iter().filter_map(fault).collect();
        return again(link_page(&app, lang, &secret, &link, &fields, faults).await);
    }
    let done = if new.password != fields.one("repeat") {
        // What else is wrong is told at once.
        let refusals = if link.kind.recovers() { vec![] } else { new.refusals(&around) };
        Ok(Err((refusals, true)))
    } else if link.kind.recovers() {
        app.staff.recover(&secret, &new.password, &around).await.map(|done| done.map_err(|refusal| (vec![refusal], false)))
    } else {
        app.staff.accept(&secret, &new, &around).await.map(|done| done.map_err(|refusals| (refusals, false)))
    };
    let (refusals, differ) = match done {
        Ok(Ok(account)) => {
            return match app.staff.begin_session(&account.id, Strength::Password, &from.from).await {
                Ok(token) => (cookie(Some(&token)), see(lang, "/desk")).into_response(),
                Err(error) => failed(&app, lang, error),
            };
        }
        Ok(Err(refused)) => refused,
        Err(error) => return failed(&app, lang, error),
    };
    if refusals.contains(&Refusal::Link) {
        return super::problem(&app, None, lang, StatusCode::NOT_FOUND, DeskProblem::Link);
    }
    let differ = differ.then_some(("repeat", Fault::Repeat));
    let faults: Faults = refusals.into_iter().filter_map(fault).chain(differ).collect();
    again(link_page(&app, lang, &secret, &link, &fields, faults).await)
}

/// Names that stand around every password here, and must not be made into one.
pub(super) fn own_names(app: &App) -> [String; 4] {
    let site = crate::http::pages::site(app);
    [site.name_zh, site.name_en, site.origin, "gazette".to_owned()]
}

/// A refusal beside the field it is about.
pub(super) fn fault(refusal: Refusal) -> Option<(&'static str, Fault)> {
    Some(match refusal {
        Refusal::Login => ("login", Fault::Login),
        Refusal::Address => ("address", Fault::Address),
        Refusal::Taken => ("login", Fault::LoginTaken),
        Refusal::Name => ("name", Fault::Name),
        Refusal::Password(weakness) => ("password", Fault::Password(weak(weakness))),
        Refusal::WrongPassword => ("present", Fault::WrongPassword),
        Refusal::LastAdministrator => ("", Fault::LastAdministrator),
        Refusal::Own => ("", Fault::Own),
        Refusal::NoRole => ("role", Fault::NoRole),
        Refusal::AuditorAlone => ("role", Fault::AuditorAlone),
        Refusal::WrongCode => ("code", Fault::WrongCode),
        Refusal::LastFactor => ("", Fault::LastFactor),
        Refusal::Locked { seconds } => ("", Fault::Wait { seconds: u32::try_from(seconds).unwrap_or(u32::MAX) }),
        Refusal::Bound => ("", Fault::Bound),
        Refusal::LastWay => ("", Fault::LastWay),
        Refusal::Link | Refusal::Nobody => return None,
    })
}

fn weak(weakness: Weakness) -> Weak {
    match weakness {
        Weakness::Short => Weak::Short { least: u32::try_from(SHORTEST_PASSWORD).unwrap_or_default() },
        Weakness::Long => Weak::Long,
        Weakness::Common => Weak::Common,
        Weakness::OwnName => Weak::OwnName,
        Weakness::Pattern => Weak::Pattern,
    }
}
