//! Coming in and leaving: by name and password, and by one-time links.

use super::{
    Fields, Posted, Tongue, again, failed,
    guard::{Origin, Perhaps, cookie, own_path},
    held, page, see,
};
use crate::{
    http::{
        App,
        trouble::{Asked, At},
    },
    staff::{Kind, Link, NewAccount, Refusal, SHORTEST_PASSWORD, SignIn, StaffError, Strength, Weakness},
    views,
};
use app::{
    Lang, pages,
    view::desk::{DeskProblem, Fault, Faults, LinkView, SignInView, Weak},
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
    let view = SignInView { to: to.unwrap_or_default().to_owned(), out: query.out.is_some(), ..SignInView::default() };
    page(&app, None, lang, "/desk/sign-in", |desk| pages::desk::sign_in(desk, &view))
}

fn onward(lang: Lang, to: Option<&str>) -> Response {
    to.map_or_else(|| see(lang, "/desk"), |to| Redirect::to(to).into_response())
}

pub(super) async fn enter(State(app): State<Arc<App>>, Tongue(lang): Tongue, Origin(from): Origin, fields: Fields) -> Response {
    let login = fields.one("login");
    let fault = match app.staff.sign_in(login, fields.one("password"), &from).await {
        Ok(SignIn::Entered(entered)) => {
            return (cookie(Some(&entered.token)), onward(lang, own_path(fields.one("to")))).into_response();
        }
        Ok(SignIn::Wrong) => Fault::WrongSignIn,
        Ok(SignIn::Locked { seconds }) => Fault::Wait { seconds: u32::try_from(seconds).unwrap_or(u32::MAX) },
        Err(StaffError::Busy) => Fault::Busy,
        Err(error) => return failed(&app, lang, error),
    };
    let (login, to) = (login.chars().take(200).collect(), own_path(fields.one("to")).unwrap_or_default().to_owned());
    let view = SignInView { login, to, out: false, faults: vec![("", fault)] };
    again(page(&app, None, lang, "/desk/sign-in", |desk| pages::desk::sign_in(desk, &view)))
}

pub(super) async fn leave(State(app): State<Arc<App>>, Posted { signed, .. }: Posted) -> Response {
    match app.staff.sign_out(&signed.token).await {
        Ok(()) => (cookie(None), see(signed.lang, "/desk/sign-in?out=1")).into_response(),
        Err(error) => failed(&app, signed.lang, error),
    }
}

/// A link that may be used, or the page that says that it may not.
async fn usable(app: &App, lang: Lang, secret: &str) -> Result<Link, Response> {
    match app.staff.link(secret).await {
        Ok(Some(link)) if link.kind != Kind::Recovery => Ok(link),
        Ok(_) => Err(super::problem(app, None, lang, StatusCode::NOT_FOUND, DeskProblem::Link)),
        Err(error) => Err(failed(app, lang, error)),
    }
}

fn link_page(app: &App, lang: Lang, secret: &str, link: &Link, fields: &Fields, faults: Faults) -> Response {
    let typed = |name: &str| fields.one(name).chars().take(200).collect();
    let view = LinkView {
        secret: secret.to_owned(),
        first: link.kind == Kind::First,
        held: held(app, &link.roles, lang),
        expires: views::moment(&views::Context::new(&app.node, lang).zone, link.expires),
        login: typed("login"),
        name: if fields.one("name").is_empty() { link.note.clone() } else { typed("name") },
        faults,
    };
    // Its other language has the same secret in its address.
    page(app, None, lang, &format!("/desk/links/{secret}"), |desk| pages::desk::link(desk, &view))
}

pub(super) async fn link(State(app): State<Arc<App>>, Tongue(lang): Tongue, At(secret): At) -> Response {
    match usable(&app, lang, &secret).await {
        Ok(link) => link_page(&app, lang, &secret, &link, &Fields::default(), vec![]),
        Err(response) => response,
    }
}

pub(super) async fn accept(
    State(app): State<Arc<App>>,
    Tongue(lang): Tongue,
    Origin(from): Origin,
    At(secret): At,
    fields: Fields,
) -> Response {
    let link = match usable(&app, lang, &secret).await {
        Ok(link) => link,
        Err(response) => return response,
    };
    let typed = |name: &str| fields.one(name).to_owned();
    let new = NewAccount { login: typed("login"), name: typed("name"), password: typed("password") };
    let site = crate::http::pages::site(&app);
    let around = [site.name_zh.as_str(), site.name_en.as_str(), site.origin.as_str(), "gazette"];
    let mut refusals = new.refusals(&around);
    let repeated = new.password == fields.one("repeat");
    let mut made = None;
    if refusals.is_empty() && repeated {
        match app.staff.accept(&secret, &new, &around).await {
            Ok(Ok(account)) => made = Some(account),
            Ok(Err(refused)) => refusals = refused,
            Err(error) => return failed(&app, lang, error),
        }
    }
    if let Some(account) = made {
        return match app.staff.begin_session(&account.id, Strength::Password, &from).await {
            Ok(token) => (cookie(Some(&token)), see(lang, "/desk")).into_response(),
            Err(error) => failed(&app, lang, error),
        };
    }
    if refusals.contains(&Refusal::Link) {
        return super::problem(&app, None, lang, StatusCode::NOT_FOUND, DeskProblem::Link);
    }
    let mut faults: Faults = refusals.into_iter().filter_map(fault).collect();
    if !repeated {
        faults.push(("repeat", Fault::Repeat));
    }
    again(link_page(&app, lang, &secret, &link, &fields, faults))
}

/// A refusal beside the field it is about.
pub(super) fn fault(refusal: Refusal) -> Option<(&'static str, Fault)> {
    Some(match refusal {
        Refusal::Login => ("login", Fault::Login),
        Refusal::Taken => ("login", Fault::LoginTaken),
        Refusal::Name => ("name", Fault::Name),
        Refusal::Password(weakness) => ("password", Fault::Password(weak(weakness))),
        Refusal::Link | Refusal::WrongPassword | Refusal::LastAdministrator | Refusal::Nobody => return None,
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
