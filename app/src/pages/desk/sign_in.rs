//! Coming in: by name and password, or by a one-time link that makes an account.

use super::departments;
use super::form::{Field, summary};
use super::frame::{Page, document, held, minute};
use crate::view::desk::{Desk, LinkKind, LinkView, Room, SignInView};
use leptos::prelude::*;

pub fn sign_in(desk: &Desk<'_>, view: &SignInView) -> String {
    let title = crate::words::desk::of(desk.lang).sign_in.title;
    document(desk, Page::new(Room::None, "sign-in", title).with(&view.faults), |w| {
        let s = &w.sign_in;
        view! {
            {summary(&view.faults, w)}
            <div class="lead">
                <h1>{s.title}</h1>
                <p>{if view.out { s.out } else { s.lead }}</p>
            </div>
            <form class="form" method="post" action=desk.at("/desk/sign-in")>
                <input type="hidden" name="to" value=view.to.clone()/>
                {Field::text("login", s.login, &view.login, "username").draw(&view.faults, w)}
                {Field::password("password", s.password, "current-password").draw(&view.faults, w)}
                <button>{s.button}</button>
                <p class="small">{s.help}</p>
            </form>
            {departments::at_the_door(desk, &view.departments, &view.to, w)}
        }
    })
}

pub fn link(desk: &Desk<'_>, view: &LinkView) -> String {
    let l = &crate::words::desk::of(desk.lang).link;
    let (title, lead) = match view.kind {
        LinkKind::First => (l.title_first, l.lead_first.to_owned()),
        LinkKind::Invitation => (l.title, l.lead.to_owned()),
        LinkKind::Recovery => (l.title_recovery, (l.lead_recovery)(&view.login)),
    };
    let recovery = view.kind == LinkKind::Recovery;
    document(desk, Page::new(Room::None, "link", title).with(&view.faults), |w| {
        let l = &w.link;
        let gives = (!recovery).then(|| {
            view! {
                <section class="gives">
                    <h2>{l.gives}</h2>
                    {held(&view.held, w)}
                </section>
            }
        });
        let names = if recovery {
            let login = view.login.clone();
            view! {
                <input class="visually-hidden" type="text" name="login" value=login autocomplete="username" tabindex="-1" aria-hidden="true" readonly/>
            }
            .into_any()
        } else {
            view! {
                {Field::text("name", l.name, &view.name, "name").help(l.name_help).draw(&view.faults, w)}
                {Field::text("login", l.login, &view.login, "username").help(l.login_help).draw(&view.faults, w)}
            }
            .into_any()
        };
        view! {
            {summary(&view.faults, w)}
            <div class="lead">
                <h1>{title}</h1>
                <p>{lead}</p>
            </div>
            {gives}
            <form class="form" method="post" action=desk.at(&format!("/desk/links/{}", view.secret))>
                {names}
                {Field::password("password", l.password, "new-password").help(l.password_help).draw(&view.faults, w)}
                {Field::password("repeat", l.repeat, "new-password").draw(&view.faults, w)}
                <button>{if recovery { l.button_recovery } else { l.button }}</button>
                {departments::in_invitation(&view.departments, w)}
                <p class="small">{(l.until)(&minute(view.expires, w.lang))}</p>
            </form>
        }
    })
}
