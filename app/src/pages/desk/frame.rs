//! What surrounds each page of the desk: head, masthead with who is signed in, foot.

use crate::Lang;
use crate::pages::shell::finish;
use crate::view::ReadOnly;
use crate::view::desk::{Desk, Faults, Held, Room};
use crate::words::{self, desk::DeskWords};
use leptos::prelude::*;
use std::borrow::Cow;

/// What a page tells the frame about itself.
pub(super) struct Page<'a> {
    pub room: Room,
    /// Marks the page for the style sheet, as `at-…`.
    pub class: &'static str,
    pub title: Cow<'a, str>,
    /// Whether the page shows a form that was not taken.
    pub faulty: bool,
    /// Addresses of its own scripts.
    pub scripts: Vec<String>,
}

impl<'a> Page<'a> {
    pub fn new(room: Room, class: &'static str, title: impl Into<Cow<'a, str>>) -> Page<'a> {
        Page { room, class, title: title.into(), faulty: false, scripts: Vec::new() }
    }

    /// The same page, with its form as it was sent.
    pub fn with(mut self, faults: &Faults) -> Page<'a> {
        self.faulty = !faults.is_empty();
        self
    }
}

/// The whole document.
pub(super) fn document<V: IntoView>(desk: &Desk<'_>, page: Page<'_>, main: impl FnOnce(&'static DeskWords) -> V) -> String {
    let w = words::desk::of(desk.lang);
    let owner = Owner::new_root(None);
    let html = owner.with(|| {
        let main = main(w).into_view();
        let class = format!("desk at-{}", page.class);
        view! {
            <html lang=desk.lang.tag() class=class>
                {head(desk, &page, w)}
                <body>
                    <a class="skip" href="#main">{words::of(desk.lang).site.skip}</a>
                    {masthead(desk, page.room, w)}
                    <main id="main" tabindex="-1">{main}</main>
                    <footer class="foot">
                        <p class="small">{w.frame.foot}</p>
                        <p class="small">{(words::of(desk.lang).site.zone)(&desk.site.zone)}</p>
                    </footer>
                </body>
            </html>
        }
        .to_html()
    });
    finish(html)
}

fn head<'a>(desk: &Desk<'a>, page: &Page<'a>, w: &'static DeskWords) -> impl IntoView + use<'a> {
    let assets = &desk.site.assets;
    let title = format!("{} · {} · {}", page.title, w.frame.desk, desk.site.name(desk.lang));
    let title = if page.faulty { (w.frame.fault_before)(&title) } else { title };
    let scripts = page.scripts.iter().map(|src| view! { <script type="module" src=src.clone()></script> }).collect_view();
    view! {
        <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>{title}</title>
            <meta name="robots" content="noindex"/>
            <meta name="color-scheme" content="light dark"/>
            <meta name="theme-color" content="#faf7f0" media="(prefers-color-scheme: light)"/>
            <meta name="theme-color" content="#141311" media="(prefers-color-scheme: dark)"/>
            <link rel="stylesheet" href=assets.css.as_str()/>
            <link rel="stylesheet" href=assets.desk_css.as_str()/>
            <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
            {scripts}
        </head>
    }
}

fn masthead<'a>(desk: &Desk<'a>, here: Room, w: &'static DeskWords) -> impl IntoView + use<'a> {
    let site = &words::of(desk.lang).site;
    let other = desk.lang.other();
    let trial = desk.site.trial.then(|| {
        view! {
            <div class="trial" role="note"><strong>{site.trial_tag}</strong><span>{site.trial}</span></div>
        }
    });
    let read_only = desk.site.read_only.map(|why| {
        let told = match why {
            ReadOnly::Missing { newest } => (site.read_only)(newest),
            ReadOnly::Unconfirmed => site.unconfirmed.into(),
        };
        view! {
            <div class="trial behind" role="note"><strong>{site.read_only_tag}</strong><span>{told}</span></div>
        }
    });
    let who = desk.who.as_ref().map(|who| {
        let rooms = who.rooms.iter().map(|room| {
            let current = (*room == here).then_some("page");
            let waiting = (*room == Room::Home && who.waiting > 0).then(|| {
                let said = (w.frame.waiting)(who.waiting);
                view! { <span class="count" aria-hidden="true">{who.waiting}</span><span class="visually-hidden">{format!(" ({said})")}</span> }
            });
            view! { <li><a href=desk.at(room.path()) aria-current=current>{(w.frame.room)(*room)}{waiting}</a></li> }
        });
        view! {
            <nav aria-label=w.frame.navigation>
                <ul>{rooms.collect_view()}</ul>
            </nav>
            <form class="who" method="post" action=desk.at("/desk/sign-out")>
                {super::form::token(desk)}
                <bdi>{(w.frame.signed_in)(&who.name)}</bdi>
                <button class="quiet">{w.frame.sign_out}</button>
            </form>
        }
    });
    let outside = desk.who.is_none().then(|| {
        view! {
            <nav aria-label=w.frame.navigation>
                <ul><li><a href=desk.at("/")>{w.frame.public}</a></li></ul>
            </nav>
        }
    });
    view! {
        <header class="masthead">
            {trial}
            {read_only}
            <div class="plate">
                <p class="name">
                    <a href=desk.at("/desk")>{w.frame.desk}</a>
                    <a class="of" href=desk.at("/")>{desk.site.name(desk.lang).to_owned()}</a>
                </p>
                <a class="other" href=format!("/{}{}", other.code(), desk.path) hreflang=other.tag() lang=other.tag()>
                    {words::of(other).site.own_name}
                </a>
            </div>
            <div class="rule">{who}{outside}</div>
        </header>
    }
}

/// What somebody may do, place by place.
pub(super) fn held<'a>(held: &'a [Held], w: &'static DeskWords) -> impl IntoView + use<'a> {
    let places = held.iter().map(|place| {
        let name = place.agency.as_ref().map_or_else(|| w.frame.portal.to_owned(), |agency| agency.name.clone());
        let id = place.agency.as_ref().map(|agency| view! { <code>{agency.id.clone()}</code> });
        let roles = place.roles.iter().map(|role| {
            view! {
                <li><strong>{(w.frame.role)(*role)}</strong>" "<span>{(w.frame.role_means)(*role)}</span></li>
            }
        });
        view! {
            <section>
                <h3><bdi>{name}</bdi>" "{id}</h3>
                <ul>{roles.collect_view()}</ul>
            </section>
        }
    });
    view! { <div class="held">{places.collect_view()}</div> }
}

/// A moment as it stands in a sentence.
pub(super) fn minute(at: crate::dates::Moment, lang: Lang) -> String {
    at.minute(lang)
}
