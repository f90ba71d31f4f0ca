//! Mail to oneself: giving an address, confirming it by the link that was sent there, and choosing what comes.

use super::{Fields, Posted, Signed, account, again, answer, failed, guard::absent, see, sign_in::fault};
use crate::{
    http::{
        App,
        trouble::{At, Trouble},
    },
    staff::{Refusal, StaffError, Wanted},
};
use app::{
    Lang, pages,
    view::desk::{Desk, DeskProblem, MailView},
};
use axum::{extract::State, http::StatusCode, response::Response};
use std::sync::Arc;

pub(super) async fn mail_view(app: &App, signed: &Signed, typed: &str) -> Result<Option<MailView>, StaffError> {
    if !app.staff.mails() {
        return Ok(None);
    }
    let typed = typed.chars().take(254).collect();
    Ok(Some(match app.staff.mailbox(&signed.account.id).await? {
        Some(mailbox) => {
            MailView { address: mailbox.address, asked: mailbox.asked, wanted: mailbox.wanted.code(), lang: mailbox.lang, typed }
        }
        None => MailView { address: None, asked: None, wanted: Wanted::Each.code(), lang: signed.lang, typed },
    }))
}

pub(super) async fn change(app: &App, signed: &Signed, fields: &Fields) -> Response {
    if !app.staff.mails() {
        return absent(app, signed.lang);
    }
    let done = match fields.one("do") {
        "address" => app.staff.ask_address(&signed.session, fields.one("address"), signed.lang).await,
        "no-address" => app.staff.remove_address(&signed.session).await.map(Ok),
        _ => match (Wanted::named(fields.one("wanted")), Lang::from_code(fields.one("language"))) {
            (Some(wanted), Some(lang)) => app.staff.choose_letters(&signed.session, wanted, lang).await.map(Ok),
            _ => return absent(app, signed.lang),
        },
    };
    match done {
        Ok(Ok(())) if fields.one("do") == "address" => see(signed.lang, "/desk/account"),
        Ok(Ok(())) => see(signed.lang, "/desk/account?done=saved"),
        Ok(Err(refusal)) => again(account::drawn(app, signed, None, fields.one("address"), fault(refusal).into_iter().collect()).await),
        Err(error) => failed(app, signed.lang, error),
    }
}

fn spent(app: &App, signed: &Signed) -> Response {
    super::problem(app, Some(signed), signed.lang, StatusCode::NOT_FOUND, DeskProblem::Link)
}

pub(super) async fn address(State(app): State<Arc<App>>, signed: Signed, At(secret): At) -> Response {
    let path = format!("/desk/account/address/{secret}");
    match app.staff.address_asked(&signed.account.id, &secret).await {
        Ok(Some(asked)) => answer(&app, &signed, &path, Ok::<_, Trouble>(|desk: &Desk<'_>| pages::desk::address(desk, &path, &asked))),
        Ok(None) => spent(&app, &signed),
        Err(error) => failed(&app, signed.lang, error),
    }
}

pub(super) async fn confirm(State(app): State<Arc<App>>, At(secret): At, Posted { signed, .. }: Posted) -> Response {
    match app.staff.confirm_address(&signed.session, &secret).await {
        Ok(Ok(())) => see(signed.lang, "/desk/account?done=address"),
        Ok(Err(Refusal::Link)) => spent(&app, &signed),
        Ok(Err(refusal)) => again(account::drawn(&app, &signed, None, "", fault(refusal).into_iter().collect()).await),
        Err(error) => failed(&app, signed.lang, error),
    }
}
