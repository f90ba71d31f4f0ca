//! Coming in by a department's own sign-in: out to it, and back.
//!
//! A browser comes back from another site, so it brings no strict cookie along: what it keeps meanwhile is a cookie of its own
//! that is sent on such a way (`Lax`), for ten minutes and for this alone. And a form may lead nowhere but to this site
//! (`form-action`): so whoever sends one is answered with a page that goes on by itself, there and back.

use super::{
    Fields, Signed, Tongue, account, again, failed,
    guard::{Origin, absent, cookie, cookie_in, own_path},
    page, problem, see,
    sign_in::fault,
};
use crate::{
    departments::{Department, DepartmentError},
    http::{App, trouble::At},
    staff::{Begun, Purpose, Refusal, StaffError, Token, Way},
};
use app::{
    Lang, pages,
    view::{
        Problem,
        desk::{DepartmentRow, DeskProblem, IdentityRow},
    },
};
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use serde::Deserialize;
use std::sync::Arc;

const COOKIE: &str = "__Host-gazette-way";
const BACK: &str = "/desk/department/back";

fn way_cookie(secret: Option<&str>) -> [(header::HeaderName, String); 1] {
    let (value, age) = secret.map_or(("", 0), |secret| (secret, 600));
    [(header::SET_COOKIE, format!("{COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={age}"))]
}

fn back(app: &App) -> String {
    format!("{}{BACK}", app.base)
}

/// Those that are offered: all at the door, an agency's own where it is known which.
pub(super) fn offered(app: &App, lang: Lang, of: impl Fn(&str) -> bool) -> Vec<DepartmentRow> {
    let row = |department: &Department| DepartmentRow { id: department.id.clone(), name: department.name(lang).to_owned() };
    app.departments.iter().filter(|department| department.agency.is_empty() || of(&department.agency)).map(row).collect()
}

/// A page that goes on by itself to an address, with a link for where it does not.
fn onward(app: &App, lang: Lang, to: &str) -> Response {
    let drawn = page(app, None, lang, "/desk/sign-in", |desk| pages::desk::going_on(desk, to));
    ([(header::REFRESH, format!("0;url={to}"))], drawn).into_response()
}

/// Sends a browser to a department.
async fn out(app: &App, lang: Lang, department: &Department, purpose: Purpose, to: &str) -> Response {
    let way = Way { department: department.id.clone(), purpose, lang, page: to.to_owned() };
    let Begun { secret, secrets } = match app.staff.begin_way(&way).await {
        Ok(begun) => begun,
        Err(error) => return failed(app, lang, error),
    };
    match app.departments.ask(department, &back(app), &secrets).await {
        Ok(address) => (way_cookie(Some(&secret)), onward(app, lang, &address)).into_response(),
        Err(error) => {
            tracing::warn!(department = %department.id, %error, "a department's sign-in cannot be used");
            problem(app, None, lang, StatusCode::BAD_GATEWAY, DeskProblem::Unreachable)
        }
    }
}

/// From the page for signing in.
pub(super) async fn enter(State(app): State<Arc<App>>, Tongue(lang): Tongue, from: Origin, At(id): At, fields: Fields) -> Response {
    if let Some(seconds) = from.waits {
        return failed(&app, lang, Problem::TooMany { seconds });
    }
    let Some(department) = app.departments.named(&id) else { return failed(&app, lang, Problem::NotFound) };
    out(&app, lang, department, Purpose::In, own_path(fields.one("to")).unwrap_or_default()).await
}

/// From the page of an invitation whose names were looked at.
pub(super) async fn join(app: &App, lang: Lang, id: &str, link: &crate::staff::Link, (login, name): (&str, &str)) -> Response {
    let theirs = app.departments.named(id).filter(|department| department.agency.is_empty() || link.roles.is_in(&department.agency));
    let Some(department) = theirs else { return failed(app, lang, Problem::NotFound) };
    let purpose = Purpose::Join { link: link.id.clone(), login: login.to_owned(), name: name.to_owned() };
    out(app, lang, department, purpose, "").await
}

/// From one's own account: binding a department's sign-in, or removing it.
pub(super) async fn change(app: &App, signed: &Signed, fields: &Fields) -> Response {
    let lang = signed.lang;
    if fields.one("do") == "bind" {
        let named = app.departments.named(fields.one("department"));
        let theirs = named.filter(|department| department.agency.is_empty() || signed.account.roles.is_in(&department.agency));
        let Some(department) = theirs else { return absent(app, lang) };
        return out(app, lang, department, Purpose::Bind { session: signed.session.id.clone() }, "").await;
    }
    match app.staff.unbind_identity(&signed.session, fields.one("issuer"), fields.one("subject")).await {
        Ok(Ok(())) => see(lang, "/desk/account?done=saved"),
        Ok(Err(Refusal::Nobody)) => see(lang, "/desk/account"),
        Ok(Err(refusal)) => again(account::drawn(app, signed, None, "", fault(refusal).into_iter().collect()).await),
        Err(error) => failed(app, lang, error),
    }
}

/// What one's own account says of it.
pub(super) async fn identities(app: &App, signed: &Signed) -> Result<Vec<IdentityRow>, StaffError> {
    let row = |identity: crate::staff::Identity| IdentityRow {
        department: app
            .departments
            .named(&identity.department)
            .map_or_else(|| identity.department.clone(), |department| department.name(signed.lang).to_owned()),
        issuer: identity.issuer,
        subject: identity.subject,
        shown: identity.shown,
        used: (identity.used > 0).then(|| super::moment(app, identity.used)),
    };
    Ok(app.staff.identities_of(&signed.account.id).await?.into_iter().map(row).collect())
}

#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    iss: Option<String>,
}

/// Back from a department, with a code or without one.
pub(super) async fn come_back(State(app): State<Arc<App>>, Tongue(own): Tongue, from: Origin, headers: HeaderMap, uri: Uri) -> Response {
    if let Some(seconds) = from.waits {
        return failed(&app, own, Problem::TooMany { seconds });
    }
    let refused = |lang, why| problem(&app, None, lang, StatusCode::FORBIDDEN, why);
    let (Ok(Query(answer)), Some(secret)) = (Query::<Answer>::try_from_uri(&uri), cookie_in(&headers, COOKIE)) else {
        return refused(own, DeskProblem::Department);
    };
    let (way, secrets) = match app.staff.end_way(secret, &answer.state).await {
        Ok(Some(way)) => way,
        Ok(None) => return refused(own, DeskProblem::Department),
        Err(error) => return failed(&app, own, error),
    };
    let lang = way.lang;
    let Some(department) = app.departments.named(&way.department) else { return refused(lang, DeskProblem::Department) };
    // RFC 9207: who says that they answer is whom was asked.
    let other = answer.iss.as_deref().is_some_and(|iss| iss != department.issuer());
    if answer.code.is_empty() || other {
        return (AppendHeaders(way_cookie(None)), refused(lang, DeskProblem::Department)).into_response();
    }
    let shown = match app.departments.take(department, &back(&app), &answer.code, &secrets).await {
        Ok(shown) => shown,
        Err(error) => {
            tracing::warn!(department = %department.id, %error, "somebody came back from a department with what does not hold");
            let response = match error {
                DepartmentError::Unreachable(_) => problem(&app, None, lang, StatusCode::BAD_GATEWAY, DeskProblem::Unreachable),
                _ => refused(lang, DeskProblem::Department),
            };
            return (AppendHeaders(way_cookie(None)), response).into_response();
        }
    };
    let of = (department.id.as_str(), department.agency.as_str());
    let home = format!("/{}/desk", lang.code());
    let entered = match &way.purpose {
        Purpose::In => app.staff.enter_by(of.0, of.1, &shown, &from.from).await.map(|token| token.ok_or(Refusal::Nobody)),
        Purpose::Join { link, login, name } => match app.staff.join_by(of, &shown, (link, login, name)).await {
            Ok(Ok((account, strength))) => app.staff.begin_session(&account.id, strength, &from.from).await.map(Ok),
            Ok(Err(refusal)) => Ok(Err(refusal)),
            Err(error) => Err(error),
        },
        Purpose::Bind { session } => match app.staff.bind_identity(of, &shown, session).await {
            Ok(Ok(())) => {
                let to = format!("{home}/account?done=saved");
                return (AppendHeaders(way_cookie(None)), onward(&app, lang, &to)).into_response();
            }
            // Signed out meanwhile, or no longer of that agency.
            Ok(Err(Refusal::Nobody)) => return (AppendHeaders(way_cookie(None)), refused(lang, DeskProblem::Department)).into_response(),
            Ok(Err(refusal)) => Ok(Err(refusal)),
            Err(error) => Err(error),
        },
    };
    let response = match entered {
        Ok(Ok(token)) => inside(&app, lang, &token, if way.page.is_empty() { &home } else { &way.page }),
        Ok(Err(Refusal::Link)) => problem(&app, None, lang, StatusCode::NOT_FOUND, DeskProblem::Link),
        Ok(Err(Refusal::Taken)) => refused(lang, DeskProblem::LoginTaken),
        Ok(Err(Refusal::Bound)) => refused(lang, DeskProblem::Bound),
        Ok(Err(_)) => refused(lang, DeskProblem::Stranger),
        Err(error) => failed(&app, lang, error),
    };
    (AppendHeaders(way_cookie(None)), response).into_response()
}

fn inside(app: &App, lang: Lang, token: &Token, to: &str) -> Response {
    (AppendHeaders(cookie(Some(token))), onward(app, lang, to)).into_response()
}
