//! The second factor: showing it at the door, adding an app that makes codes, and recovery codes.

use super::{
    Posted, Signed, again, failed,
    guard::{AtTheDoor, Origin, PostedAtTheDoor, cookie, once_cookie, once_in, own_path},
    page, see,
    sign_in::{fault, onward},
};
use crate::{
    http::{App, trouble::Asked},
    staff::{NewAuthenticator, Refusal, Stand},
};
use app::{
    pages,
    view::desk::{AuthenticatorView, CodeView, Fault, Faults},
};
use axum::{
    extract::State,
    http::HeaderMap,
    response::{AppendHeaders, IntoResponse, Response},
};
use fast_qr::qr::QRBuilder;
use serde::Deserialize;
use std::{fmt::Write, sync::Arc};

#[derive(Deserialize)]
pub(super) struct Query {
    to: Option<String>,
}

/// A refusal beside the one field of these forms.
fn at_code(refusal: Refusal) -> Faults {
    match refusal {
        Refusal::WrongCode => vec![("code", Fault::WrongCode)],
        refusal => fault(refusal).into_iter().collect(),
    }
}

fn code_page(app: &App, signed: &Signed, to: &str, faults: Faults) -> Response {
    let view = CodeView { to: to.to_owned(), faults };
    page(app, Some(signed), signed.lang, "/desk/code", |desk| pages::desk::code(desk, &view))
}

pub(super) async fn code(State(app): State<Arc<App>>, AtTheDoor(signed): AtTheDoor, Asked(query): Asked<Query>) -> Response {
    let to = query.to.as_deref().and_then(own_path);
    match signed.stand() {
        Stand::MustShow => code_page(&app, &signed, to.unwrap_or_default(), vec![]),
        Stand::In | Stand::MustAdd => onward(signed.lang, to),
    }
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    from: Origin,
    PostedAtTheDoor(Posted { signed, fields }): PostedAtTheDoor,
) -> Response {
    let to = own_path(fields.one("to"));
    if signed.stand() != Stand::MustShow {
        return onward(signed.lang, to);
    }
    let shown = match from.waits {
        Some(seconds) => Ok(Err(Refusal::Locked { seconds: i64::from(seconds) })),
        None => app.staff.show_code(&signed.session, fields.one("code")).await,
    };
    match shown {
        Ok(Ok(token)) => (cookie(Some(&token)), onward(signed.lang, to)).into_response(),
        Ok(Err(Refusal::Nobody)) => see(signed.lang, "/desk/sign-in"),
        Ok(Err(refusal)) => again(code_page(&app, &signed, to.unwrap_or_default(), at_code(refusal))),
        Err(error) => failed(&app, signed.lang, error),
    }
}

fn authenticator_page(app: &App, signed: &Signed, new: &NewAuthenticator, faults: Faults) -> Response {
    let site = crate::http::pages::site(app);
    let (size, drawing) = squares(&new.address(site.name(signed.lang), &signed.account.login));
    let view = AuthenticatorView {
        secret: new.secret().to_owned(),
        size,
        drawing,
        must: signed.stand() == Stand::MustAdd,
        has: signed.account.second_factor,
        faults,
    };
    page(app, Some(signed), signed.lang, "/desk/account/authenticator", |desk| pages::desk::authenticator(desk, &view))
}

/// A text as a QR code: squares along one side, and the dark ones as the path of a drawing. Nothing where it is too long.
fn squares(text: &str) -> (usize, String) {
    let Ok(code) = QRBuilder::new(text).build() else { return (0, String::new()) };
    let mut path = String::new();
    for y in 0..code.size {
        for (x, square) in code[y].iter().enumerate() {
            if square.value() {
                // Into a string nothing fails.
                let _ = write!(path, "M{x} {y}h1v1h-1z");
            }
        }
    }
    (code.size, path)
}

pub(super) async fn authenticator(State(app): State<Arc<App>>, AtTheDoor(signed): AtTheDoor) -> Response {
    if signed.stand() == Stand::MustShow {
        return see(signed.lang, "/desk/code");
    }
    match NewAuthenticator::new() {
        Ok(new) => authenticator_page(&app, &signed, &new, vec![]),
        Err(error) => failed(&app, signed.lang, error),
    }
}

pub(super) async fn add(State(app): State<Arc<App>>, PostedAtTheDoor(Posted { signed, fields }): PostedAtTheDoor) -> Response {
    if signed.stand() == Stand::MustShow {
        return see(signed.lang, "/desk/code");
    }
    let Some(new) = NewAuthenticator::read(fields.one("secret")) else {
        return see(signed.lang, "/desk/account/authenticator");
    };
    match app.staff.add_authenticator(&signed.session, &new, fields.one("code")).await {
        Ok(Ok((token, codes))) => {
            let shown = (AppendHeaders(once_cookie(Some(&codes.join(".")))), see(signed.lang, "/desk/account/codes"));
            (AppendHeaders(cookie(Some(&token))), shown).into_response()
        }
        Ok(Err(Refusal::Nobody)) => see(signed.lang, "/desk/sign-in"),
        Ok(Err(refusal)) => again(authenticator_page(&app, &signed, &new, at_code(refusal))),
        Err(error) => failed(&app, signed.lang, error),
    }
}

/// Recovery codes that were just made: shown, and forgotten.
pub(super) async fn codes(State(app): State<Arc<App>>, signed: Signed, headers: HeaderMap) -> Response {
    let codes: Vec<String> = once_in(&headers).unwrap_or_default().split('.').take(20).map(str::to_owned).collect();
    match app.staff.are_recovery_codes(&signed.account.id, &codes).await {
        Ok(known) => {
            let codes = if known { codes } else { vec![] };
            let drawn = page(&app, Some(&signed), signed.lang, "/desk/account/codes", |desk| pages::desk::codes(desk, &codes));
            (once_cookie(None), drawn).into_response()
        }
        Err(error) => failed(&app, signed.lang, error),
    }
}

pub(super) async fn new_codes(State(app): State<Arc<App>>, Posted { signed, .. }: Posted) -> Response {
    if !signed.account.second_factor {
        return see(signed.lang, "/desk/account/authenticator");
    }
    match app.staff.new_recovery_codes(&signed.session).await {
        Ok(codes) => (once_cookie(Some(&codes.join("."))), see(signed.lang, "/desk/account/codes")).into_response(),
        Err(error) => failed(&app, signed.lang, error),
    }
}
