//! The second factor: showing it at the door, adding an app that makes codes, and recovery codes.

use super::{
    Posted, Signed, again, failed,
    guard::{AtTheDoor, Origin, PostedAtTheDoor, absent, cookie, once_cookie, once_in, own_path, shows_first},
    moment, page, see,
    sign_in::{fault, onward},
};
use crate::{
    http::{App, trouble::Asked},
    staff::{NewAuthenticator, Passkey, Refusal, Site, StaffError, Stand, Token},
};
use app::{
    pages,
    view::desk::{AuthenticatorView, CodeView, Fault, Faults, PasskeyRow, PasskeysView},
};
use axum::{
    extract::State,
    http::HeaderMap,
    response::{AppendHeaders, IntoResponse, Response},
};
use fast_qr::{ECL, qr::QRBuilder};
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

async fn code_page(app: &App, signed: &Signed, to: &str, faults: Faults) -> Response {
    let asked = async {
        let passkey = match Site::at(&app.base) {
            Some(site) => app.staff.ask_passkey(&signed.session, &site).await?,
            None => None,
        };
        Ok::<_, StaffError>(CodeView { to: to.to_owned(), anew: signed.stand() == Stand::In, passkey, faults })
    };
    match asked.await {
        Ok(view) => page(app, Some(signed), signed.lang, "/desk/code", |desk| pages::desk::code(desk, &view)),
        Err(error) => failed(app, signed.lang, error),
    }
}

/// Whether somebody is asked for a factor: to come in, or once more because they came in a while ago.
fn shows(app: &App, signed: &Signed) -> bool {
    match signed.stand() {
        Stand::MustShow => true,
        Stand::In => !signed.session.is_fresh(app.staff.now()),
        Stand::MustAdd => false,
    }
}

pub(super) async fn code(State(app): State<Arc<App>>, AtTheDoor(signed): AtTheDoor, Asked(query): Asked<Query>) -> Response {
    let to = query.to.as_deref().and_then(own_path);
    if shows(&app, &signed) { code_page(&app, &signed, to.unwrap_or_default(), vec![]).await } else { onward(signed.lang, to) }
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    from: Origin,
    PostedAtTheDoor(Posted { signed, fields }): PostedAtTheDoor,
) -> Response {
    let to = own_path(fields.one("to"));
    if !shows(&app, &signed) {
        return onward(signed.lang, to);
    }
    let credential = fields.one("credential");
    let shown = match (from.waits, Site::at(&app.base)) {
        (Some(seconds), _) => Ok(Err(Refusal::Locked { seconds: i64::from(seconds) })),
        (None, Some(site)) if !credential.is_empty() => app.staff.show_passkey(&signed.session, &site, credential).await,
        (None, _) => app.staff.show_code(&signed.session, fields.one("code")).await,
    };
    match shown {
        Ok(Ok(token)) => (cookie(Some(&token)), onward(signed.lang, to)).into_response(),
        Ok(Err(Refusal::Nobody)) => see(signed.lang, "/desk/sign-in"),
        Ok(Err(refusal)) => {
            let faults = if credential.is_empty() { at_code(refusal) } else { at_passkey(refusal) };
            again(code_page(&app, &signed, to.unwrap_or_default(), faults).await)
        }
        Err(error) => failed(&app, signed.lang, error),
    }
}

/// A refusal of a passkey, which has no field.
fn at_passkey(refusal: Refusal) -> Faults {
    match refusal {
        Refusal::WrongCode | Refusal::Taken => vec![("", Fault::WrongPasskey)],
        refusal => fault(refusal).into_iter().collect(),
    }
}

async fn passkeys_page(app: &App, signed: &Signed, site: &Site, faults: Faults) -> Response {
    let drawn = async {
        let row = |passkey: Passkey| PasskeyRow {
            added: moment(app, passkey.added),
            used: (passkey.used > 0).then(|| moment(app, passkey.used)),
            id: passkey.id,
            name: passkey.name,
        };
        let passkeys = app.staff.passkeys_of(&signed.account.id).await?.into_iter().map(row).collect();
        let asked = app.staff.ask_new_passkey(&signed.session, &signed.account, site).await?;
        Ok::<_, StaffError>(PasskeysView { passkeys, asked, faults })
    };
    match drawn.await {
        Ok(view) => page(app, Some(signed), signed.lang, "/desk/account/passkeys", |desk| pages::desk::passkeys(desk, &view)),
        Err(error) => failed(app, signed.lang, error),
    }
}

pub(super) async fn passkeys(State(app): State<Arc<App>>, AtTheDoor(signed): AtTheDoor) -> Response {
    if let Some(first) = shows_first(&app, &signed, "/desk/account/passkeys").await {
        return first;
    }
    match (signed.stand(), Site::at(&app.base)) {
        (Stand::MustShow, _) => see(signed.lang, "/desk/code"),
        (_, Some(site)) => passkeys_page(&app, &signed, &site, vec![]).await,
        (_, None) => absent(&app, signed.lang),
    }
}

pub(super) async fn change_passkeys(State(app): State<Arc<App>>, PostedAtTheDoor(Posted { signed, fields }): PostedAtTheDoor) -> Response {
    if let Some(first) = shows_first(&app, &signed, "/desk/account/passkeys").await {
        return first;
    }
    let site = match (signed.stand(), Site::at(&app.base)) {
        (Stand::MustShow, _) => return see(signed.lang, "/desk/code"),
        (_, Some(site)) => site,
        (_, None) => return absent(&app, signed.lang),
    };
    let refused = match fields.one("do") {
        "add" => match app.staff.add_passkey(&signed.session, &site, fields.one("credential"), fields.one("name")).await {
            Ok(Ok((token, codes))) if codes.is_empty() => {
                return (cookie(Some(&token)), see(signed.lang, "/desk/account/passkeys")).into_response();
            }
            Ok(Ok((token, codes))) => return with_codes(&signed, &token, &codes),
            Ok(Err(refusal)) => Ok(refusal),
            Err(error) => Err(error),
        },
        "remove" => match app.staff.remove_passkey(&signed.session, fields.one("passkey")).await {
            Ok(Ok(())) => return see(signed.lang, "/desk/account/passkeys"),
            Ok(Err(refusal)) => Ok(refusal),
            Err(error) => Err(error),
        },
        _ => return absent(&app, signed.lang),
    };
    match refused {
        Ok(Refusal::Nobody) => see(signed.lang, "/desk/account/passkeys"),
        Ok(refusal) => again(passkeys_page(&app, &signed, &site, at_passkey(refusal)).await),
        Err(error) => failed(&app, signed.lang, error),
    }
}

/// On under a new token, to the page that shows recovery codes once.
fn with_codes(signed: &Signed, token: &Token, codes: &[String]) -> Response {
    let shown = (AppendHeaders(once_cookie(Some(&codes.join(".")))), see(signed.lang, "/desk/account/codes"));
    (AppendHeaders(cookie(Some(token))), shown).into_response()
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
        passkeys: Site::at(&app.base).is_some(),
        faults,
    };
    page(app, Some(signed), signed.lang, "/desk/account/authenticator", |desk| pages::desk::authenticator(desk, &view))
}

/// A text as a QR code, as coarse as can be since a screen is whole: squares along one side, and the dark ones as the path of a drawing. Nothing where it is too long.
fn squares(text: &str) -> (usize, String) {
    let Ok(code) = QRBuilder::new(text).ecl(ECL::L).build() else { return (0, String::new()) };
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
    if let Some(first) = shows_first(&app, &signed, "/desk/account/authenticator").await {
        return first;
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
    if let Some(first) = shows_first(&app, &signed, "/desk/account/authenticator").await {
        return first;
    }
    let Some(new) = NewAuthenticator::read(fields.one("secret")) else {
        return see(signed.lang, "/desk/account/authenticator");
    };
    match app.staff.add_authenticator(&signed.session, &new, fields.one("code")).await {
        Ok(Ok((token, codes))) => with_codes(&signed, &token, &codes),
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
    if let Some(first) = shows_first(&app, &signed, "/desk/account").await {
        return first;
    }
    match app.staff.new_recovery_codes(&signed.session).await {
        Ok(codes) => (once_cookie(Some(&codes.join("."))), see(signed.lang, "/desk/account/codes")).into_response(),
        Err(error) => failed(&app, signed.lang, error),
    }
}
