//! People: places, those who work in one, one person, and a link that is shown once.

use super::form::{Field, choices, fault_of, summary, token};
use super::frame::{Page, document, minute};
use crate::view::AgencyRef;
use crate::view::desk::{Desk, OnceView, PeopleView, PersonView, PlacesView, Role, Room};
use crate::words::desk::{DeskWords, letters};
use leptos::prelude::*;

/// Path of a place's page of people, without the language.
fn place_path(agency: Option<&AgencyRef>) -> String {
    agency.map_or_else(|| "/desk/people/portal".to_owned(), |agency| format!("/desk/people/of/{}", agency.id))
}

fn place_name(agency: Option<&AgencyRef>, w: &'static DeskWords) -> String {
    agency.map_or_else(|| w.people.of_portal.to_owned(), |agency| agency.name.clone())
}

/// Rows of a list; nothing where there are none.
fn list<V: IntoView>(rows: Vec<V>) -> impl IntoView {
    (!rows.is_empty()).then(|| view! { <ul class="rows">{rows.collect_view()}</ul> })
}

fn names(roles: &[Role], w: &'static DeskWords) -> String {
    let between = if w.lang == crate::Lang::Zh { "、" } else { ", " };
    roles.iter().map(|role| (w.frame.role)(*role)).collect::<Vec<_>>().join(between)
}

/// Roles to choose from, those that are held marked.
fn role_choices(roles: &[Role], chosen: &[Role], id: &str, w: &'static DeskWords) -> Vec<(String, &'static str, String, String, bool)> {
    let choice = |role: &Role| {
        let means = (w.frame.role_means)(*role).to_owned();
        (format!("{id}-{}", role.code()), role.code(), (w.frame.role)(*role).to_owned(), means, chosen.contains(role))
    };
    roles.iter().map(choice).collect()
}

pub fn places(desk: &Desk<'_>, view: &PlacesView) -> String {
    let title = crate::words::desk::of(desk.lang).people.title;
    document(desk, Page::new(Room::People, "people", title), |w| {
        let rows = view.places.iter().map(|place| {
            let invited = (w.people.invited)(place.invited);
            let id = place.agency.as_ref().map(|agency| view! { <code>{agency.id.clone()}</code> });
            view! {
                <li>
                    <a href=desk.at(&place_path(place.agency.as_ref()))><bdi>{place_name(place.agency.as_ref(), w)}</bdi></a>
                    {id}
                    <span class="counts">
                        <span>{(w.people.count)(place.people)}</span>
                        {(!invited.is_empty()).then(|| view! { <span class="tag">{invited}</span> })}
                    </span>
                </li>
            }
        });
        view! {
            <div class="lead">
                <h1>{w.people.title}</h1>
                <p>{w.people.lead}</p>
            </div>
            <ul class="rows">{rows.collect_view()}</ul>
        }
    })
}

pub fn people(desk: &Desk<'_>, view: &PeopleView) -> String {
    let agency = view.agency.as_ref();
    let title = place_name(agency, crate::words::desk::of(desk.lang));
    let path = place_path(agency);
    document(desk, Page::new(Room::People, "people", title.clone()).with(&view.faults), |w| {
        let p = &w.people;
        let rows = view.people.iter().map(|person| {
            let you = person.you.then(|| view! { " "<span class="tag">{p.you}</span> });
            let ended = person.ended.map(|at| view! { <span class="tag">{(p.ended)(&at.day(w.lang))}</span> });
            let factor = (ended.is_none()).then(|| view! { <span class="small">{(p.second_factor)(person.second_factor)}</span> });
            let roles = if person.roles.is_empty() { p.no_role.to_owned() } else { names(&person.roles, w) };
            view! {
                <li>
                    <span class="person">
                        <a href=desk.at(&format!("/desk/people/person/{}", person.id))><bdi>{person.name.clone()}</bdi></a>{you}
                        <code>{person.login.clone()}</code>
                    </span>
                    <span class="holds">{roles}</span>
                    <span class="counts">{ended}{factor}</span>
                </li>
            }
        });
        let nobody = view.people.is_empty().then(|| view! { <p class="quiet">{p.nobody}</p> });
        let invitations = view.may_change.then(|| {
            let rows = view.invitations.iter().map(|one| {
                view! {
                    <li>
                        <span class="person"><bdi>{one.whom.clone()}</bdi></span>
                        <span class="holds">{names(&one.roles, w)}</span>
                        <span class="counts">
                            <span class="small">{(p.until)(&minute(one.expires, w.lang))}</span>
                            <form method="post" action=desk.at(&path)>
                                {token(desk)}
                                <input type="hidden" name="do" value="withdraw"/>
                                <input type="hidden" name="link" value=one.id.clone()/>
                                <button class="quiet" aria-label=(p.withdraw_of)(&one.whom)>{p.withdraw}</button>
                            </form>
                        </span>
                    </li>
                }
            });
            let none = view.invitations.is_empty().then(|| view! { <p class="quiet">{p.no_invitations}</p> });
            view! {
                <section>
                    <h2>{p.invitations}</h2>
                    {none}
                    {list(rows.collect())}
                </section>
                <section>
                    <h2>{p.invite}</h2>
                    <form class="form" method="post" action=desk.at(&path)>
                        <p class="quiet">{p.invite_lead}</p>
                        {token(desk)}
                        <input type="hidden" name="do" value="invite"/>
                        {Field::text("whom", p.whom, &view.whom, "off").help(p.whom_help).draw(&view.faults, w)}
                        {choices("role", p.which_roles, role_choices(&view.roles, &view.chosen, "role", w), fault_of(&view.faults, "role"), w)}
                        {view.mails.then(|| {
                            let l = letters::of(w.lang);
                            Field::text("address", l.invite_address, &view.address, "off").help(l.invite_address_help).draw(&view.faults, w)
                        })}
                        <button>{p.invite_button}</button>
                    </form>
                </section>
            }
        });
        let id = agency.map(|agency| view! { <p class="of"><code>{agency.id.clone()}</code></p> });
        view! {
            {summary(&view.faults, w)}
            <p class="back"><a href=desk.at("/desk/people")>{p.back}</a></p>
            <div class="lead">
                <h1><bdi>{title.clone()}</bdi></h1>
                {id}
                <p>{if agency.is_some() { p.lead_place } else { p.lead_portal }}</p>
            </div>
            {nobody}
            {list(rows.collect())}
            {invitations}
        }
    })
}

pub fn person(desk: &Desk<'_>, view: &PersonView) -> String {
    let path = desk.at(&format!("/desk/people/person/{}", view.id));
    document(desk, Page::new(Room::People, "person", view.name.clone()).with(&view.faults), |w| {
        let p = &w.people;
        let places = view.places.iter().enumerate().map(|(number, place)| {
            let agency = place.agency.as_ref().map_or("", |agency| &agency.id).to_owned();
            let body = if place.roles.is_empty() {
                view! { <p>{names(&place.held, w)}</p> }.into_any()
            } else {
                // What needs attention leads to it by the field's own name.
                let refused = view.refused.as_ref().filter(|refused| refused.agency == agency);
                let id = if refused.is_some() { "role".to_owned() } else { format!("role-{number}") };
                let chosen = refused.map_or(&place.held, |refused| &refused.chosen);
                let fault = refused.map(|refused| refused.fault);
                view! {
                    <form class="form" method="post" action=path.clone()>
                        {token(desk)}
                        <input type="hidden" name="do" value="roles"/>
                        <input type="hidden" name="agency" value=agency/>
                        {choices(&id, p.in_place, role_choices(&place.roles, chosen, &id, w), fault, w)}
                        <button>{p.save}</button>
                    </form>
                }
                .into_any()
            };
            view! {
                <section>
                    <h2><a href=desk.at(&place_path(place.agency.as_ref()))><bdi>{place_name(place.agency.as_ref(), w)}</bdi></a></h2>
                    {body}
                </section>
            }
        });
        let bring = (!view.others.is_empty()).then(|| {
            let refused = view.refused.as_ref().filter(|refused| view.others.iter().any(|agency| agency.id == refused.agency));
            let options = view.others.iter().map(|agency| {
                let asked = refused.is_some_and(|refused| refused.agency == agency.id);
                view! { <option value=agency.id.clone() selected=asked>{agency.name.clone()}</option> }
            });
            let id = if refused.is_some() { "role" } else { "bring" };
            let (chosen, fault) = refused.map_or((&[][..], None), |refused| (&refused.chosen[..], Some(refused.fault)));
            let roles = [Role::Drafter, Role::Reviewer, Role::Approver, Role::Publisher, Role::Administrator];
            view! {
                <section>
                    <h2>{p.bring}</h2>
                    <form class="form" method="post" action=path.clone()>
                        <p class="quiet">{p.bring_lead}</p>
                        {token(desk)}
                        <input type="hidden" name="do" value="roles"/>
                        <div class="field">
                            <label for="agency">{p.agency}</label>
                            <select id="agency" name="agency">{options.collect_view()}</select>
                        </div>
                        {choices(id, p.which_roles, role_choices(&roles, chosen, id, w), fault, w)}
                        <button>{p.save}</button>
                    </form>
                </section>
            }
        });
        let care = (view.looked_after && view.ended.is_none()).then(|| {
            // Whoever looks after themselves ends theirs on the page of their account.
            let sessions = (!view.you).then(|| {
                let none = view.sessions == 0;
                view! {
                    <section>
                        <h2>{p.sessions}</h2>
                        <form class="form" method="post" action=path.clone()>
                            <p class="quiet">{(p.sessions_open)(view.sessions)}" "{p.sessions_lead}</p>
                            {token(desk)}
                            <input type="hidden" name="do" value="sessions"/>
                            <button disabled=none>{p.sessions_button}</button>
                        </form>
                    </section>
                }
            });
            let end = (!view.you).then(|| {
                view! {
                    <section>
                        <h2>{p.end}</h2>
                        <form class="form" method="post" action=path.clone()>
                            <p class="quiet">{p.end_lead}</p>
                            {token(desk)}
                            <input type="hidden" name="do" value="end"/>
                            <button class="grave">{p.end_button}</button>
                        </form>
                    </section>
                }
            });
            view! {
                <section>
                    <h2>{p.recovery}</h2>
                    <form class="form" method="post" action=path.clone()>
                        <p class="quiet">{p.recovery_lead}</p>
                        {token(desk)}
                        <input type="hidden" name="do" value="recovery"/>
                        <div class="choice">
                            <input type="checkbox" id="factors" name="factors" value="1" aria-describedby="factors-help"/>
                            <label for="factors">{p.reset}</label>
                            <p class="help" id="factors-help">{p.reset_help}</p>
                        </div>
                        {view.mail.map(|has| {
                            let l = letters::of(w.lang);
                            view! {
                                <div class="choice">
                                    <input type="checkbox" id="mail" name="mail" value="1" disabled=!has aria-describedby="mail-help"/>
                                    <label for="mail">{l.by_mail}</label>
                                    <p class="help" id="mail-help">{(l.by_mail_help)(has)}</p>
                                </div>
                            }
                        })}
                        <button>{p.recovery_button}</button>
                    </form>
                </section>
                {sessions}
                {end}
            }
        });
        let you = view.you.then(|| view! { " "<span class="tag">{p.you}</span> });
        let ended = view.ended.map(|at| view! { <p><span class="tag">{(p.ended)(&at.day(w.lang))}</span></p> });
        view! {
            {summary(&view.faults, w)}
            <p class="back"><a href=desk.at("/desk/people")>{p.back}</a></p>
            <div class="lead">
                <h1><bdi>{view.name.clone()}</bdi>{you}</h1>
                <p class="of"><code>{view.login.clone()}</code></p>
                <p>{(p.since)(&view.created.day(w.lang))}" "<span class="tag">{(p.second_factor)(view.second_factor)}</span></p>
                {ended}
            </div>
            {places.collect_view()}
            {bring}
            {care}
        }
    })
}

/// A link to hand over. `None`: it was shown already.
pub fn once(desk: &Desk<'_>, view: Option<&OnceView>) -> String {
    let title = crate::words::desk::of(desk.lang).people.once_title;
    document(desk, Page::new(Room::People, "once", title), |w| {
        let p = &w.people;
        let shown = view.map(|once| {
            let lead = if once.recovery { (p.once_lead_recovery)(&once.whom) } else { (p.once_lead)(&once.whom) };
            view! {
                <p>{lead}" "{(w.link.until)(&minute(once.expires, w.lang))}</p>
                <h2 class="label">{p.once_label}</h2>
                <p class="once"><code>{once.link.clone()}</code></p>
                <p class="quiet">{p.once_note}</p>
            }
        });
        let gone = view.is_none().then(|| view! { <p>{p.once_gone}</p> });
        view! {
            <p class="back"><a href=desk.at("/desk/people")>{p.back}</a></p>
            <div class="lead">
                <h1>{p.once_title}</h1>
                {shown}
                {gone}
            </div>
        }
    })
}
