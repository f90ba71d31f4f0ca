//! People: who works where, what each may do, invitations, and letting somebody back in.

use super::{
    Fields, Posted, Signed, again, agency, answer, failed,
    guard::{absent, once_cookie, once_in},
    moment, role, see,
    sign_in::fault,
};
use crate::{
    http::{
        App,
        trouble::{At, Trouble},
    },
    staff::{self, Account, Kind, Refusal, Roles},
};
use app::{
    pages,
    view::{
        AgencyRef, Problem,
        desk::{
            Desk, Faults, InvitationRow, OnceView, PeopleView, PersonPlace, PersonRow, PersonView, PlaceRow, PlacesView, RefusedRoles, Role,
        },
    },
};
use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use std::{collections::BTreeSet, sync::Arc};

/// Whether there is anybody whom somebody with these roles may look at here.
pub(super) fn may_look(roles: &Roles) -> bool {
    roles.iter().any(|(role, _)| matches!(role, staff::Role::Administrator | staff::Role::Auditor))
}

/// Whether they may see the people of a place: `""` is the portal.
fn sees(roles: &Roles, agency: &str) -> bool {
    roles.may(staff::Role::Administrator, agency) || roles.holds(staff::Role::Auditor, "")
}

/// Places whose people somebody may see, the portal first. Only such as are registered, or have people.
fn places_of(app: &App, signed: &Signed) -> Vec<Option<AgencyRef>> {
    let roles = &signed.account.roles;
    let portal = sees(roles, "").then_some(None);
    let state = app.node.submitter.state();
    let mut registered: Vec<_> = state.agencies().map(|(at, agency)| (at.index, agency.agency.clone())).collect();
    registered.sort_unstable();
    let mut ids: Vec<String> = registered.into_iter().map(|(_, id)| id).collect();
    let held: BTreeSet<_> = roles.agencies(staff::Role::Administrator).map(str::to_owned).collect();
    ids.extend(held.into_iter().filter(|id| !ids.contains(id)).collect::<Vec<_>>());
    let seen = ids.into_iter().filter(|id| sees(roles, id));
    portal.into_iter().chain(seen.map(|id| Some(agency(app, &id, signed.lang)))).collect()
}

pub(super) async fn places(State(app): State<Arc<App>>, signed: Signed) -> Response {
    if !may_look(&signed.account.roles) {
        return absent(&app, signed.lang);
    }
    let drawn = async {
        let mut places = Vec::new();
        for agency in places_of(&app, &signed) {
            let id = agency.as_ref().map_or("", |agency| &agency.id);
            let people = app.staff.people_of(id).await?.iter().filter(|person| person.ended.is_none()).count();
            let invited = app.staff.invitations(id).await?.len();
            places.push(PlaceRow { agency, people, invited });
        }
        Ok::<_, Trouble>(PlacesView { places })
    };
    let drawn = drawn.await.map(|view| move |desk: &Desk<'_>| pages::desk::places(desk, &view));
    answer(&app, &signed, "/desk/people", drawn)
}

fn roles_of(id: &str) -> &'static [staff::Role] {
    if id.is_empty() { &staff::Role::OF_PORTAL } else { &staff::Role::OF_AGENCY }
}

fn named(roles: &[staff::Role]) -> Vec<Role> {
    roles.iter().map(|one| role(*one)).collect()
}

/// What somebody holds in one place.
fn in_place(roles: &Roles, id: &str) -> Vec<Role> {
    roles.iter().filter(|(_, of)| *of == id).map(|(held, _)| role(held)).collect()
}

/// An agency's or the portal's page, with an invitation as it was typed. `id` was found to be one the reader may see.
async fn place(app: &App, signed: &Signed, id: &str, typed: &Fields, faults: Faults) -> Response {
    let drawn = async {
        let row = |person: Account| PersonRow {
            roles: in_place(&person.roles, id),
            you: person.id == signed.account.id,
            second_factor: person.second_factor,
            ended: person.ended.map(|at| moment(app, at)),
            id: person.id,
            name: person.name,
            login: person.login,
        };
        let invitation = |link: staff::Link| InvitationRow {
            roles: in_place(&link.roles, id),
            expires: moment(app, link.expires),
            id: link.id,
            whom: link.note,
        };
        Ok::<_, Trouble>(PeopleView {
            agency: (!id.is_empty()).then(|| agency(app, id, signed.lang)),
            people: app.staff.people_of(id).await?.into_iter().map(row).collect(),
            invitations: app.staff.invitations(id).await?.into_iter().map(invitation).collect(),
            may_change: signed.may(staff::Role::Administrator, id),
            roles: named(roles_of(id)),
            whom: typed.one("whom").chars().take(200).collect(),
            address: typed.one("address").chars().take(254).collect(),
            mails: app.staff.mails(),
            chosen: named(&chosen(typed)),
            faults,
        })
    };
    let path = if id.is_empty() { "/desk/people/portal".to_owned() } else { format!("/desk/people/of/{id}") };
    let drawn = drawn.await.map(|view| move |desk: &Desk<'_>| pages::desk::people(desk, &view));
    answer(app, signed, &path, drawn)
}

/// Whether there is such a place, and this reader may see it.
fn is_seen(app: &App, signed: &Signed, id: &str) -> bool {
    places_of(app, signed).iter().any(|place| place.as_ref().map_or("", |agency| &agency.id) == id)
}

pub(super) async fn of_portal(State(app): State<Arc<App>>, signed: Signed) -> Response {
    if is_seen(&app, &signed, "") { place(&app, &signed, "", &Fields::default(), vec![]).await } else { absent(&app, signed.lang) }
}

pub(super) async fn of_agency(State(app): State<Arc<App>>, signed: Signed, At(id): At) -> Response {
    if !id.is_empty() && is_seen(&app, &signed, &id) {
        place(&app, &signed, &id, &Fields::default(), vec![]).await
    } else {
        absent(&app, signed.lang)
    }
}

pub(super) async fn change_portal(State(app): State<Arc<App>>, posted: Posted) -> Response {
    change(&app, posted, "").await
}

pub(super) async fn change_agency(State(app): State<Arc<App>>, At(id): At, posted: Posted) -> Response {
    if id.is_empty() { absent(&app, posted.signed.lang) } else { change(&app, posted, &id).await }
}

/// Roles that were chosen in a form; what is none is passed over.
fn chosen(fields: &Fields) -> Vec<staff::Role> {
    fields.all("role").filter_map(staff::Role::named).collect()
}

async fn change(app: &App, Posted { signed, fields }: Posted, id: &str) -> Response {
    if !is_seen(app, &signed, id) {
        return absent(app, signed.lang);
    }
    let by = &signed.account.id;
    match fields.one("do") {
        "invite" => {
            let at = Some(fields.one("address").trim()).filter(|at| app.staff.mails() && !at.is_empty());
            let at = at.map(|at| (at, signed.lang));
            let refused = match app.staff.invite_at(by, id, &chosen(&fields), fields.one("whom"), at).await {
                Ok(Ok(_)) if at.is_some() => return see(signed.lang, "/desk/people/sent"),
                Ok(Ok(secret)) => return shown_once(&signed, &secret),
                Ok(Err(Refusal::Nobody)) => return absent(app, signed.lang),
                Ok(Err(Refusal::Name)) => ("whom", app::view::desk::Fault::Name),
                Ok(Err(refusal)) => fault(refusal).unwrap_or(("role", app::view::desk::Fault::NoRole)),
                Err(error) => return failed(app, signed.lang, error),
            };
            again(place(app, &signed, id, &fields, vec![refused]).await)
        }
        "withdraw" => match app.staff.withdraw(by, id, fields.one("link")).await {
            Ok(Ok(())) if id.is_empty() => see(signed.lang, "/desk/people/portal"),
            Ok(Ok(())) => see(signed.lang, &format!("/desk/people/of/{id}")),
            Ok(Err(_)) => absent(app, signed.lang),
            Err(error) => failed(app, signed.lang, error),
        },
        _ => absent(app, signed.lang),
    }
}

fn shown_once(signed: &Signed, secret: &str) -> Response {
    (once_cookie(Some(secret)), see(signed.lang, "/desk/people/link")).into_response()
}

/// A link that this reader has just made: shown, and forgotten.
pub(super) async fn once(State(app): State<Arc<App>>, signed: Signed, headers: HeaderMap) -> Response {
    if !may_look(&signed.account.roles) {
        return absent(&app, signed.lang);
    }
    let secret = once_in(&headers).unwrap_or_default();
    let drawn = async {
        let link = app.staff.link(secret).await?.filter(|link| link.made_by == signed.account.id);
        Ok::<_, Trouble>(link.map(|link| OnceView {
            link: format!("{}/{}/desk/links/{secret}", app.base, signed.lang.code()),
            whom: link.note,
            recovery: link.kind != Kind::Invitation,
            expires: moment(&app, link.expires),
        }))
    };
    let drawn = drawn.await.map(|view| move |desk: &Desk<'_>| pages::desk::once(desk, view.as_ref()));
    (once_cookie(None), answer(&app, &signed, "/desk/people/link", drawn)).into_response()
}

/// A link that went by mail.
pub(super) async fn sent(State(app): State<Arc<App>>, signed: Signed) -> Response {
    if !may_look(&signed.account.roles) {
        return absent(&app, signed.lang);
    }
    answer(&app, &signed, "/desk/people/sent", Ok::<_, Trouble>(|desk: &Desk<'_>| pages::desk::sent(desk)))
}

/// Somebody whom this reader may see: who works in a place whose people they see, or nowhere if they see the portal's.
async fn seen(app: &App, signed: &Signed, id: &str) -> Result<Account, Trouble> {
    let roles = &signed.account.roles;
    let account = app.staff.account(id).await?;
    let theirs = |account: &Account| sees(roles, "") || account.roles.iter().any(|(_, agency)| sees(roles, agency));
    account.filter(theirs).ok_or(Trouble::Problem(Problem::NotFound))
}

/// One person's page. `asked`: the place and the roles of a form that was not taken.
async fn person_page(app: &App, signed: &Signed, account: Account, faults: Faults, asked: Option<&Fields>) -> Response {
    let roles = &signed.account.roles;
    let ended = account.ended.is_some();
    let held: BTreeSet<&str> = account.roles.iter().map(|(_, agency)| agency).filter(|agency| sees(roles, agency)).collect();
    let portal = signed.may(staff::Role::Administrator, "") && !ended;
    let mut ids: Vec<&str> = held.iter().copied().collect();
    if portal && !held.contains("") {
        ids.insert(0, "");
    }
    let place = |id: &&str| PersonPlace {
        agency: (!id.is_empty()).then(|| agency(app, id, signed.lang)),
        held: in_place(&account.roles, id),
        roles: if signed.may(staff::Role::Administrator, id) && !ended { named(roles_of(id)) } else { vec![] },
    };
    let others = |place: &Option<AgencyRef>| place.as_ref().is_some_and(|agency| !held.contains(agency.id.as_str()));
    let others = if portal { places_of(app, signed).into_iter().filter(others).flatten().collect() } else { vec![] };
    let mail = match app.staff.mailbox(&account.id).await {
        Ok(mailbox) => app.staff.mails().then(|| mailbox.is_some_and(|mailbox| mailbox.address.is_some())),
        Err(error) => return failed(app, signed.lang, error),
    };
    let sessions = match app.staff.sessions_of(&account.id).await {
        Ok(sessions) => sessions.len(),
        Err(error) => return failed(app, signed.lang, error),
    };
    let fault = faults.iter().find(|(field, _)| *field == "role").map(|(_, fault)| *fault);
    let refused = asked.zip(fault).map(|(asked, fault)| RefusedRoles {
        agency: asked.one("agency").to_owned(),
        chosen: named(&chosen(asked)),
        fault,
    });
    let view = PersonView {
        mail,
        sessions,
        refused,
        created: moment(app, account.created),
        ended: account.ended.map(|at| moment(app, at)),
        you: account.id == signed.account.id,
        second_factor: account.second_factor,
        places: ids.iter().map(place).collect(),
        others,
        looked_after: roles.looks_after(&account.roles),
        id: account.id.clone(),
        name: account.name.clone(),
        login: account.login.clone(),
        faults,
    };
    let path = format!("/desk/people/person/{}", view.id);
    answer(app, signed, &path, Ok::<_, Trouble>(|desk: &Desk<'_>| pages::desk::person(desk, &view)))
}

pub(super) async fn person(State(app): State<Arc<App>>, signed: Signed, At(id): At) -> Response {
    match seen(&app, &signed, &id).await {
        Ok(account) => person_page(&app, &signed, account, vec![], None).await,
        Err(trouble) => failed(&app, signed.lang, trouble),
    }
}

pub(super) async fn change_person(State(app): State<Arc<App>>, At(id): At, Posted { signed, fields }: Posted) -> Response {
    let account = match seen(&app, &signed, &id).await {
        Ok(account) => account,
        Err(trouble) => return failed(&app, signed.lang, trouble),
    };
    let by = &signed.account.id;
    let agency = fields.one("agency");
    let by_mail = app.staff.mails() && !fields.one("mail").is_empty();
    let done = match fields.one("do") {
        "roles" if is_seen(&app, &signed, agency) => app.staff.set_roles(by, &account.id, agency, &chosen(&fields)).await,
        "sessions" => app.staff.end_sessions_of(by, &account.id).await,
        "end" => app.staff.end_account(by, &account.id).await,
        "recovery" => match app.staff.recovery_at(by, &account.id, !fields.one("factors").is_empty(), by_mail).await {
            Ok(Ok(_)) if by_mail => return see(signed.lang, "/desk/people/sent"),
            Ok(Err(Refusal::Address)) => {
                let faults = vec![("mail", app::view::desk::Fault::NoAddress)];
                return again(person_page(&app, &signed, account, faults, None).await);
            }
            Ok(Ok(secret)) => return shown_once(&signed, &secret),
            Ok(Err(refusal)) => Ok(Err(refusal)),
            Err(error) => Err(error),
        },
        _ => return absent(&app, signed.lang),
    };
    match done {
        // Who has no role left that this reader sees is seen by them no more.
        Ok(Ok(())) => match seen(&app, &signed, &id).await {
            Ok(_) => see(signed.lang, &format!("/desk/people/person/{}", account.id)),
            Err(_) => see(signed.lang, "/desk/people"),
        },
        Ok(Err(Refusal::Nobody)) => absent(&app, signed.lang),
        Ok(Err(refusal)) => {
            let faults = fault(refusal).into_iter().collect();
            again(person_page(&app, &signed, account, faults, Some(&fields)).await)
        }
        Err(error) => failed(&app, signed.lang, error),
    }
}
