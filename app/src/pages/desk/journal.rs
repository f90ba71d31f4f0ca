//! The journal: whether it holds together, and what it says.

use super::frame::{Page, document};
use crate::pages::pieces::{hash, moment};
use crate::view::desk::{Desk, JournalView, Room, Spoken};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

fn spoken(desk: &Desk<'_>, of: &Spoken, w: &'static DeskWords) -> AnyView {
    match of {
        Spoken::Nobody => view! { <span class="quiet">{w.journal.nobody}</span> }.into_any(),
        Spoken::Person { id, name, login } => {
            let href = desk.at(&format!("/desk/people/person/{id}"));
            view! { <a href=href title=login.clone()><bdi>{name.clone()}</bdi></a> }.into_any()
        }
        Spoken::Agency(agency) => view! { <bdi>{agency.name.clone()}</bdi> }.into_any(),
        Spoken::Other(id) => view! { <code>{id.clone()}</code> }.into_any(),
    }
}

pub fn journal(desk: &Desk<'_>, view: &JournalView) -> String {
    let title = crate::words::desk::of(desk.lang).journal.title;
    document(desk, Page::new(Room::Journal, "journal", title), |w| {
        let j = &w.journal;
        let verdict = match view.broken {
            None => view! { <p class="done">{(j.holds)(view.held)}</p> }.into_any(),
            Some(number) => view! {
                <div class="faults" role="alert">
                    <h2>{j.broken_title}</h2>
                    <p>{(j.broken)(number, view.held)}</p>
                </div>
            }
            .into_any(),
        };
        let newest = view.newest.as_deref().map(|newest| view! { <p class="small">{j.newest}" "{hash(newest)}</p> });
        let rows = view.rows.iter().map(|row| {
            let what = (j.what)(&row.what).map_or_else(|| row.what.clone(), str::to_owned);
            let details = row.details.iter().map(|(name, value)| {
                let name = (j.detail)(name).map_or_else(|| name.clone(), str::to_owned);
                view! { <div><dt>{name}</dt><dd><bdi>{value.clone()}</bdi></dd></div> }
            });
            let about = (row.about != row.who).then(|| view! { <span class="about">{spoken(desk, &row.about, w)}</span> });
            view! {
                <li>
                    <span class="number">{row.number}</span>
                    <span class="at">{moment(row.at, w.lang)}</span>
                    <span class="person">{spoken(desk, &row.who, w)}</span>
                    <div class="deed">
                        <strong>{what}</strong>" "{about}
                        <dl>{details.collect_view()}</dl>
                    </div>
                </li>
            }
        });
        let older = view.older.map(|before| {
            view! { <p class="pager"><a href=desk.at(&format!("/desk/journal?before={before}"))>{j.older}</a></p> }
        });
        view! {
            <div class="lead">
                <h1>{j.title}</h1>
                <p>{j.lead}</p>
            </div>
            {verdict}
            {newest}
            <ol class="rows journal">{rows.collect_view()}</ol>
            {older}
        }
    })
}
