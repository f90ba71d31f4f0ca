//! One's own account: password, and where one is signed in.

use super::{
    Posted, Signed, again, answer,
    departments::{identities, offered},
    failed,
    guard::{cookie, shows_first},
    moment, see,
    sign_in::{fault, own_names},
};
use crate::{
    http::{
        App,
        trouble::{Asked, Trouble},
    },
    staff::{Refusal, Session, Site},
};
use app::{
    pages,
    view::desk::{AccountDone, AccountView, Desk, Fault, Faults, SessionRow},
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
pub(super) struct Query {
    done: Option<String>,
}

pub(super) async fn page(State(app): State<Arc<App>>, signed: Signed, Asked(query): Asked<Query>) -> Response {
    let done = match query.done.as_deref() {
        Some("password") => Some(AccountDone::Password),
        Some("ended") => Some(AccountDone::Ended),
        Some("address") => Some(AccountDone::Address),
        Some("saved") => Some(AccountDone::Saved),
        _ => None,
    };
    drawn(&app, &signed, done, "", vec![]).await
}

/// `typed`: an address, as it was sent.
pub(super) async fn drawn(app: &App, signed: &Signed, done: Option<AccountDone>, typed: &str, faults: Faults) -> Response {
    let sessions = match app.staff.sessions_of(&signed.account.id).await {
        Ok(sessions) => sessions,
        Err(error) => return failed(app, signed.lang, error),
    };
    let (authenticator, codes) = match app.staff.factors_of(&signed.account.id).await {
        Ok(factors) => factors,
        Err(error) => return failed(app, signed.lang, error),
    };
    let passkeys = match Site::at(&app.base) {
        Some(_) => match app.staff.passkeys_of(&signed.account.id).await {
            Ok(passkeys) => Some(passkeys.len()),
            Err(error) => return failed(app, signed.lang, error),
        },
        None => None,
    };
    let mail = match super::letters::mail_view(app, signed, typed).await {
        Ok(mail) => mail,
        Err(error) => return failed(app, signed.lang, error),
    };
    let password = match app.staff.has_password(&signed.account.id).await {
        Ok(password) => password,
        Err(error) => return failed(app, signed.lang, error),
    };
    let identities = match identities(app, signed).await {
        Ok(identities) => identities,
        Err(error) => return failed(app, signed.lang, error),
    };
    let mut may_bind = offered(app, signed.lang, |agency| signed.account.roles.is_in(agency));
    may_bind.retain(|department| identities.iter().all(|identity| identity.department != department.name));
    let row = |session: Session| SessionRow {
        handle: session.handle().to_owned(),
        own: session.id == signed.session.id,
        begun: moment(app, session.begun),
        seen: moment(app, session.seen),
        address: session.address,
        agent: called(&session.agent),
    };
    let view = AccountView {
        login: signed.account.login.clone(),
        name: signed.account.name.clone(),
        sessions: sessions.into_iter().map(row).collect(),
        authenticator,
        codes,
        passkeys,
        mail,
        identities,
        departments: may_bind,
        password,
        done,
        faults,
    };
    answer(app, signed, "/desk/account", Ok::<_, Trouble>(|desk: &Desk<'_>| pages::desk::account(desk, &view)))
}

/// A browser and its system, from the long line in which it names all its ancestors.
fn called(agent: &str) -> String {
    let browsers = [("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
    let systems = [
        ("HarmonyOS", "HarmonyOS"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let known = |of: &[(&str, &'static str)]| of.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name);
    match (known(&browsers), known(&systems)) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(browser), None) => browser.to_owned(),
        _ => agent.chars().take(60).collect(),
    }
}

pub(super) async fn change(State(app): State<Arc<App>>, Posted { signed, fields }: Posted) -> Response {
    // What leads to another way in; a password is asked for the present one itself.
    if matches!(fields.one("do"), "address" | "no-address" | "bind")
        && let Some(first) = shows_first(&app, &signed, "/desk/account").await
    {
        return first;
    }
    let ended = match fields.one("do") {
        "password" => {
            if fields.one("password") != fields.one("repeat") {
                return again(drawn(&app, &signed, None, "", vec![("repeat", Fault::Repeat)]).await);
            }
            let around = own_names(&app);
            let around: Vec<&str> = around.iter().map(String::as_str).collect();
            let changed = app.staff.change_password(&signed.token, fields.one("present"), fields.one("password"), &around).await;
            return match changed {
                Ok(Ok(token)) => (cookie(Some(&token)), see(signed.lang, "/desk/account?done=password")).into_response(),
                Ok(Err(Refusal::Nobody)) => see(signed.lang, "/desk/sign-in"),
                Ok(Err(refusal)) => again(drawn(&app, &signed, None, "", fault(refusal).into_iter().collect()).await),
                Err(error) => failed(&app, signed.lang, error),
            };
        }
        "address" | "no-address" | "letters" => return super::letters::change(&app, &signed, &fields).await,
        "name" => {
            return match app.staff.rename(&signed.session, fields.one("name")).await {
                Ok(Ok(())) => see(signed.lang, "/desk/account?done=saved"),
                Ok(Err(refusal)) => again(drawn(&app, &signed, None, "", fault(refusal).into_iter().collect()).await),
                Err(error) => failed(&app, signed.lang, error),
            };
        }
        "bind" | "unbind" => return super::departments::change(&app, &signed, &fields).await,
        "end" => app.staff.end_sessions(&signed.session, Some(fields.one("session"))).await,
        "end-others" => app.staff.end_sessions(&signed.session, None).await,
        _ => return super::guard::absent(&app, signed.lang),
    };
    match ended {
        Ok(()) => see(signed.lang, "/desk/account?done=ended"),
        Err(error) => failed(&app, signed.lang, error),
    }
}

#[cfg(test)]
mod tests {
    use super::called;

    #[test]
    fn a_browser_is_called_by_the_name_people_know() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        assert_eq!(called(chrome), "Chrome · Linux");
        assert_eq!(called(&format!("{chrome} Edg/140.0")), "Edge · Linux");
        assert_eq!(called("curl/8.1"), "curl/8.1");
        assert_eq!(called(&"x".repeat(200)).len(), 60);
    }
}
