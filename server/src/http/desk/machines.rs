//! Machines: tokens by which programs work for an agency, made, listed and ended by who looks after it.

use super::{
    Fields, Posted, Signed, again, agency, answer, failed,
    guard::{absent, once_cookie, once_in, shows_first},
    moment, see,
};
use crate::{
    http::{
        App,
        trouble::{At, Trouble},
    },
    staff::{AskedToken, Machine, NewMachine, PREFIX, Role, Roles, Scope},
};
use app::{
    pages,
    view::desk::{Desk, Fault, Faults, MachinePlacesView, MachineRow, MachinesView},
};
use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

/// Whether there is any agency whose machines somebody with these roles looks after, or reads.
pub(super) fn may_look(roles: &Roles) -> bool {
    roles.iter().any(|(role, _)| role == Role::Administrator) || roles.holds(Role::Auditor, "")
}

/// Agencies whose machines somebody may see.
fn agencies_of(app: &App, signed: &Signed) -> Vec<String> {
    let state = app.node.submitter.state();
    let mut registered: Vec<_> = state.agencies().map(|(at, agency)| (at.index, agency.agency.clone())).collect();
    registered.sort_unstable();
    let audits = signed.account.roles.holds(Role::Auditor, "");
    registered.into_iter().map(|(_, id)| id).filter(|id| audits || signed.may(Role::Administrator, id)).collect()
}

/// Whether they make and end them, too.
fn keeps(app: &App, signed: &Signed, id: &str) -> bool {
    signed.may(Role::Administrator, id) && app.node.submitter.state().agency(id).is_some()
}

pub(super) async fn places(State(app): State<Arc<App>>, signed: Signed) -> Response {
    if !may_look(&signed.account.roles) {
        return absent(&app, signed.lang);
    }
    let agencies = agencies_of(&app, &signed).iter().map(|id| agency(&app, id, signed.lang)).collect();
    let view = MachinePlacesView { agencies };
    answer(&app, &signed, "/desk/machines", Ok::<_, Trouble>(|desk: &Desk<'_>| pages::desk::machine_places(desk, &view)))
}

fn codes(scopes: &[Scope]) -> Vec<&'static str> {
    scopes.iter().map(|scope| scope.code()).collect()
}

fn chosen(fields: &Fields) -> Vec<Scope> {
    fields.all("role").filter_map(Scope::named).collect()
}

async fn page(app: &App, signed: &Signed, id: &str, once: Option<String>, typed: &Fields, faults: Faults) -> Response {
    let drawn = async {
        let mut rows = Vec::new();
        for Machine { id, name, scopes, addresses, made, made_by, expires, ended, used, used_from, .. } in app.staff.machines(id).await? {
            let maker = app.staff.account(&made_by).await?;
            rows.push(MachineRow {
                id,
                name,
                scopes: codes(&scopes),
                addresses: addresses.join(" "),
                made: moment(app, made),
                made_by: maker.map_or(made_by, |maker| maker.name),
                expires: moment(app, expires),
                works: ended.is_none() && expires > app.staff.now(),
                used: used.map(|used| (moment(app, used), used_from)),
            });
        }
        let short = |name: &str| typed.one(name).chars().take(200).collect::<String>();
        Ok::<_, Trouble>(MachinesView {
            agency: agency(app, id, signed.lang),
            keeps: keeps(app, signed, id),
            once,
            machines: rows,
            scopes: codes(&Scope::ALL),
            name: short("name"),
            days: Some(short("days")).filter(|days| !days.is_empty()).unwrap_or_else(|| "90".into()),
            addresses: short("addresses"),
            chosen: codes(&chosen(typed)),
            faults,
        })
    };
    let drawn = drawn.await.map(|view| move |desk: &Desk<'_>| pages::desk::machines(desk, &view));
    answer(app, signed, &format!("/desk/machines/of/{id}"), drawn)
}

pub(super) async fn of_agency(State(app): State<Arc<App>>, signed: Signed, At(id): At, headers: HeaderMap) -> Response {
    if !agencies_of(&app, &signed).contains(&id) {
        return absent(&app, signed.lang);
    }
    // Only who makes tokens is ever shown one.
    let Some(secret) = once_in(&headers).filter(|secret| secret.starts_with(PREFIX) && keeps(&app, &signed, &id)) else {
        return page(&app, &signed, &id, None, &Fields::default(), vec![]).await;
    };
    let own = match app.staff.is_machine_of(secret, &signed.account.id, &id).await {
        Ok(own) => own.then(|| secret.to_owned()),
        Err(error) => return failed(&app, signed.lang, error),
    };
    (once_cookie(None), page(&app, &signed, &id, own, &Fields::default(), vec![]).await).into_response()
}

pub(super) async fn change(State(app): State<Arc<App>>, At(id): At, Posted { signed, fields }: Posted) -> Response {
    if !keeps(&app, &signed, &id) {
        return absent(&app, signed.lang);
    }
    let to = format!("/desk/machines/of/{id}");
    match fields.one("do") {
        "make" => {
            if let Some(first) = shows_first(&app, &signed, &to).await {
                return first;
            }
            let new = NewMachine {
                name: fields.one("name").into(),
                scopes: chosen(&fields),
                days: fields.one("days").trim().parse().unwrap_or_default(),
                addresses: fields.one("addresses").into(),
            };
            let fault = match app.staff.make_machine(&signed.account, &id, &new).await {
                Ok(Ok((_, secret))) => return (once_cookie(Some(&secret)), see(signed.lang, &to)).into_response(),
                Ok(Err(AskedToken::Nobody)) => return absent(&app, signed.lang),
                Ok(Err(AskedToken::Name)) => ("name", Fault::Name),
                Ok(Err(AskedToken::Scope)) => ("role", Fault::NoScope),
                Ok(Err(AskedToken::Days)) => ("days", Fault::Days),
                Ok(Err(AskedToken::Addresses)) => ("addresses", Fault::Addresses),
                Ok(Err(AskedToken::Many)) => ("", Fault::TooManyTokens),
                Err(error) => return failed(&app, signed.lang, error),
            };
            again(page(&app, &signed, &id, None, &fields, vec![fault]).await)
        }
        "end" => match app.staff.end_machine(&signed.account, &id, fields.one("machine")).await {
            Ok(true) => see(signed.lang, &to),
            Ok(false) => absent(&app, signed.lang),
            Err(error) => failed(&app, signed.lang, error),
        },
        _ => absent(&app, signed.lang),
    }
}
