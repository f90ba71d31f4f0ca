//! Machines: agencies, and the tokens of one.

use super::form::{Field, choices, fault_of, summary, token};
use super::frame::{Page, document, minute};
use crate::view::desk::{Desk, MachinePlacesView, MachinesView, Room};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

pub fn machine_places(desk: &Desk<'_>, view: &MachinePlacesView) -> String {
    let title = crate::words::desk::of(desk.lang).machines.title;
    document(desk, Page::new(Room::Machines, "machines", title), |w| {
        let rows = view.agencies.iter().map(|agency| {
            view! {
                <li>
                    <a href=desk.at(&format!("/desk/machines/of/{}", agency.id))><bdi>{agency.name.clone()}</bdi></a>
                    <code>{agency.id.clone()}</code>
                </li>
            }
        });
        let none = view.agencies.is_empty().then(|| view! { <p class="quiet">{w.machines.none}</p> });
        view! {
            <div class="lead">
                <h1>{w.machines.title}</h1>
                <p>{w.machines.lead}</p>
            </div>
            {none}
            <ul class="rows">{rows.collect_view()}</ul>
        }
    })
}

pub fn machines(desk: &Desk<'_>, view: &MachinesView) -> String {
    let path = format!("/desk/machines/of/{}", view.agency.id);
    document(desk, Page::new(Room::Machines, "machines", view.agency.name.clone()).with(&view.faults), |w| {
        let m = &w.machines;
        let once = view.once.as_ref().map(|secret| {
            view! {
                <section role="status">
                    <h2>{m.once}</h2>
                    <p class="once"><code>{secret.clone()}</code></p>
                    <p class="quiet">{m.once_note}</p>
                </section>
            }
        });
        let rows = view.machines.iter().map(|machine| {
            let between = if w.lang == crate::Lang::Zh { "、" } else { ", " };
            let scopes = machine.scopes.iter().map(|code| (m.scope)(code).0).collect::<Vec<_>>().join(between);
            let used = machine.used.as_ref();
            let used = used.map_or_else(|| m.unused.to_owned(), |(at, from)| (m.used)(&minute(*at, w.lang), from));
            let from = (!machine.addresses.is_empty()).then(|| view! { <span class="small">{(m.from)(&machine.addresses)}</span> });
            let end = (view.keeps && machine.works).then(|| {
                view! {
                    <form method="post" action=desk.at(&path)>
                        {token(desk)}
                        <input type="hidden" name="do" value="end"/>
                        <input type="hidden" name="machine" value=machine.id.clone()/>
                        <button class="quiet" aria-label=(m.end_of)(&machine.name)>{m.end}</button>
                    </form>
                }
            });
            let lasts = if machine.works { (m.until)(&machine.expires.day(w.lang)) } else { m.ended.to_owned() };
            view! {
                <li>
                    <span class="person"><bdi>{machine.name.clone()}</bdi></span>
                    <span class="holds">{scopes}</span>
                    <span class="counts">
                        <span class="small">{(m.made)(&machine.made.day(w.lang), &machine.made_by)}</span>
                        <span class="small">{used}</span>
                        {from}
                        <span class="tag">{lasts}</span>
                        {end}
                    </span>
                </li>
            }
        });
        let none = view.machines.is_empty().then(|| view! { <p class="quiet">{m.nothing}</p> });
        view! {
            {summary(&view.faults, w)}
            <p class="back"><a href=desk.at("/desk/machines")>{m.back}</a></p>
            <div class="lead">
                <h1><bdi>{view.agency.name.clone()}</bdi></h1>
                <p class="of"><code>{view.agency.id.clone()}</code></p>
                <p>{m.lead_place}</p>
            </div>
            {once}
            <section>
                <h2>{m.tokens}</h2>
                {none}
                <ul class="rows">{rows.collect_view()}</ul>
            </section>
            {view.keeps.then(|| new(desk, view, &path, w))}
        }
    })
}

/// The form of a new token.
fn new(desk: &Desk<'_>, view: &MachinesView, path: &str, w: &'static DeskWords) -> impl IntoView + use<> {
    let m = &w.machines;
    let choice = |code: &&'static str| {
        let (name, means) = (m.scope)(code);
        (format!("scope-{code}"), *code, name.to_owned(), means.to_owned(), view.chosen.contains(code))
    };
    let offered = view.scopes.iter().map(choice).collect();
    view! {
        <section>
            <h2>{m.new}</h2>
            <form class="form" method="post" action=desk.at(path)>
                <p class="quiet">{m.new_lead}</p>
                {token(desk)}
                <input type="hidden" name="do" value="make"/>
                {Field::text("name", m.name, &view.name, "off").help(m.name_help).draw(&view.faults, w)}
                {choices("role", m.scopes, offered, fault_of(&view.faults, "role"), w)}
                {Field::text("days", m.days, &view.days, "off").help(m.days_help).draw(&view.faults, w)}
                {Field::text("addresses", m.addresses, &view.addresses, "off").help(m.addresses_help).draw(&view.faults, w)}
                <button>{m.button}</button>
            </form>
        </section>
    }
}
