//! The desk: the pages of people who work here. Who asks, what they may see, and that a form was theirs is decided in this
//! file; what each room does, in the files beside it.
//!
//! A handler of the desk takes [`Signed`], and for a form [`Posted`]. What somebody may not see answers as what is not there:
//! [`guard::absent`].

mod account;
mod asides;
mod attachments;
mod bringing;
mod cases;
mod changing;
mod charter;
mod departments;
mod drafts;
mod editor;
mod factors;
mod guard;
mod home;
mod journal;
mod letters;
mod lists;
mod machines;
mod people;
mod posts;
mod previewing;
mod registering;
mod registrations;
mod rule;
mod sealing;
mod sign_in;
mod signing;
mod submitting;
mod templates;
mod typing;
mod writing;

pub use guard::{ByScript, Posted, Signed};
pub(super) use guard::{Fields, Tongue};

use super::{App, pages::site, trouble::Trouble};
use crate::{
    staff::{self, Roles, StaffError, Stand},
    views,
};
use app::{
    Lang, pages,
    view::{
        AgencyRef, Problem,
        desk::{Desk, DeskProblem, Held, Role, Room, Who},
    },
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{StatusCode, header},
    middleware::from_fn_with_state,
    response::{IntoResponse, Redirect, Response},
    routing::{any, get, post},
};
use std::sync::Arc;

/// Most bytes of a form; a room that takes files sets its own.
const LARGEST: usize = 256 * 1024;

pub(super) fn router(app: &Arc<App>) -> Router<Arc<App>> {
    let mut router = Router::new()
        .route("/desk", get(guard::in_own_language))
        .route("/desk/links/{secret}", get(guard::in_own_language))
        .route("/desk/journal/log/checkpoint", get(journal::checkpoint))
        .route("/desk/journal/log/evidence/{size}/{indexes}", get(journal::bundle))
        .route("/desk/journal/log/consistency/{sizes}", get(journal::consistency))
        .route("/desk/journal/log/contents/{indexes}", get(journal::contents))
        .route("/desk/department/back", get(departments::come_back))
        .route("/desk/{*rest}", any(guard::nowhere));
    for (path, handler) in signing::asked().into_iter().chain(writing::asked()) {
        router = router.route(path, handler);
    }
    for lang in Lang::ALL {
        let at = |path: &str| format!("/{}/desk{path}", lang.code());
        router = router
            .route(&at(""), get(home::home))
            .route(&at("/"), get(guard::without_slash))
            .route(&at("/sign-in"), get(sign_in::form).post(sign_in::enter))
            .route(&at("/department/{id}"), post(departments::enter))
            .route(&at("/sign-out"), post(sign_in::leave))
            .route(&at("/links/{secret}"), get(sign_in::link).post(sign_in::accept))
            .route(&at("/posts"), get(posts::index))
            .route(&at("/posts/of/{*agency}"), get(posts::of_agency).post(posts::change))
            .route(&at("/posts/key/{*post}"), get(posts::key).post(posts::enrol))
            .route(&at("/registrations"), get(registrations::index).post(registrations::new_agency))
            .route(&at("/charter"), get(charter::index).post(charter::change))
            .route(&at("/charter/key/{*name}"), get(charter::key).post(charter::enrol))
            .route(&at("/registrations/{id}"), get(registrations::one).post(registrations::act))
            .route(&at("/registrations/{id}/text"), get(registrations::text))
            .route(&at("/account"), get(account::page).post(account::change))
            .route(&at("/account/address/{secret}"), get(letters::address).post(letters::confirm))
            .route(&at("/account/authenticator"), get(factors::authenticator).post(factors::add))
            .route(&at("/account/codes"), get(factors::codes).post(factors::new_codes))
            .route(&at("/account/passkeys"), get(factors::passkeys).post(factors::change_passkeys))
            .route(&at("/code"), get(factors::code).post(factors::show))
            .route(&at("/journal"), get(journal::page).post(journal::examine))
            .route(&at("/machines"), get(machines::places))
            .route(&at("/machines/of/{*agency}"), get(machines::of_agency).post(machines::change))
            .route(&at("/people"), get(people::places))
            .route(&at("/people/portal"), get(people::of_portal).post(people::change_portal))
            .route(&at("/people/of/{*agency}"), get(people::of_agency).post(people::change_agency))
            .route(&at("/people/person/{id}"), get(people::person).post(people::change_person))
            .route(&at("/people/link"), get(people::once))
            .route(&at("/people/sent"), get(people::sent))
            .route(&at("/{*rest}"), any(guard::nowhere));
        let more = [drafts::routes(), cases::routes(), signing::routes(), sealing::routes(), bringing::routes(), templates::routes()];
        for (path, handler) in more.into_iter().flatten() {
            router = router.route(&at(path), handler);
        }
    }
    router.layer(DefaultBodyLimit::max(LARGEST)).layer(from_fn_with_state(app.clone(), guard::guarded))
}

/// Which rooms somebody's roles open, in the order of the navigation.
fn rooms(roles: &Roles) -> Vec<Room> {
    let drafts = roles.iter().any(|(role, agency)| !agency.is_empty() || role == staff::Role::Auditor).then_some(Room::Drafts);
    let posts = (!roles.is_empty()).then_some(Room::Posts);
    let registrations = registrations::may_look(roles).then_some(Room::Registrations);
    let people = people::may_look(roles).then_some(Room::People);
    let machines = machines::may_look(roles).then_some(Room::Machines);
    let journal = journal::may_read(roles).then_some(Room::Journal);
    [Some(Room::Home), drafts, posts, registrations, people, machines, journal, Some(Room::Account)].into_iter().flatten().collect()
}

/// Draws a page of the desk for whoever asks. `path` is without the language.
pub(super) fn page(app: &App, signed: Option<&Signed>, lang: Lang, path: &str, draw: impl FnOnce(&Desk<'_>) -> String) -> Response {
    let site = site(app);
    let who = signed.map(|signed| Who {
        name: signed.account.name.clone(),
        token: signed.form_token(),
        account: signed.account.id.clone(),
        // At the door there are no rooms yet.
        rooms: if signed.stand() == Stand::In { rooms(&signed.account.roles) } else { vec![] },
        waiting: signed.waiting.count(),
    });
    drawn(StatusCode::OK, draw(&Desk { site: &site, lang, path, who }))
}

/// The same, or what is answered where the staff database or another room has failed.
pub(super) fn answer(app: &App, signed: &Signed, path: &str, drawn: Result<impl FnOnce(&Desk<'_>) -> String, Trouble>) -> Response {
    match drawn {
        Ok(draw) => page(app, Some(signed), signed.lang, path, draw),
        Err(trouble) => failed(app, signed.lang, trouble),
    }
}

/// A form drawn again, with what was wrong with it.
pub(super) fn again(response: Response) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, response).into_response()
}

/// After a form was taken: on to a page. `path` is without the language.
pub(super) fn see(lang: Lang, path: &str) -> Response {
    Redirect::to(&format!("/{}{path}", lang.code())).into_response()
}

/// Why something of the desk was not done.
pub(super) fn problem(app: &App, signed: Option<&Signed>, lang: Lang, status: StatusCode, problem: DeskProblem) -> Response {
    let mut response = page(app, signed, lang, "/desk", |desk| pages::desk::problem(desk, problem));
    *response.status_mut() = status;
    response
}

/// The page that says why there is none.
pub(super) fn failed(app: &App, lang: Lang, trouble: impl Into<Trouble>) -> Response {
    super::pages::answer(app, lang, "/desk", Err::<fn(&app::view::Shell<'_>) -> String, _>(trouble.into()))
}

fn drawn(status: StatusCode, html: String) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

impl From<StaffError> for Trouble {
    fn from(error: StaffError) -> Trouble {
        match error {
            StaffError::Busy => Trouble::Problem(Problem::Busy { seconds: 5 }),
            error => Trouble::Staff(error),
        }
    }
}

/// A role as pages name it.
pub(super) fn role(role: staff::Role) -> Role {
    match role {
        staff::Role::Drafter => Role::Drafter,
        staff::Role::Reviewer => Role::Reviewer,
        staff::Role::Approver => Role::Approver,
        staff::Role::Publisher => Role::Publisher,
        staff::Role::Administrator => Role::Administrator,
        staff::Role::Registrar => Role::Registrar,
        staff::Role::Auditor => Role::Auditor,
    }
}

/// A moment in the portal's zone.
pub(super) fn moment(app: &App, time: i64) -> app::view::Moment {
    let state = app.node.submitter.state();
    let zone = state.charter().and_then(|charter| jiff::tz::TimeZone::get(&charter.zone).ok());
    views::moment(&zone.unwrap_or(jiff::tz::TimeZone::UTC), time)
}

/// An agency as it is registered, or by its id alone.
pub(super) fn agency(app: &App, id: &str, lang: Lang) -> AgencyRef {
    let state = app.node.submitter.state();
    state
        .agency(id)
        .map_or_else(|| AgencyRef { id: id.into(), name: id.into(), seal: id.into() }, |(_, agency)| views::agency_ref(agency, lang))
}

/// Roles place by place, the portal's first.
pub(super) fn held(app: &App, roles: &Roles, lang: Lang) -> Vec<Held> {
    let mut held: Vec<Held> = Vec::new();
    for (held_role, id) in roles.iter() {
        let of = (!id.is_empty()).then(|| agency(app, id, lang));
        match held.last_mut().filter(|last| last.agency == of) {
            Some(last) => last.roles.push(role(held_role)),
            None => held.push(Held { agency: of, roles: vec![role(held_role)] }),
        }
    }
    held
}
