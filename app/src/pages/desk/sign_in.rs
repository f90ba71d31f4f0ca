//! Coming in: by name and password, or by a one-time link that makes an account.

use super::form::{Field, summary};
use super::frame::{Page, document, held, minute};
use crate::view::desk::{Desk, LinkView, Room, SignInView};
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
        }
    })
}

pub fn link(desk: &Desk<'_>, view: &LinkView) -> String {
    let l = &crate::words::desk::of(desk.lang).link;
    let title = if view.first { l.title_first } else { l.title };
    document(desk, Page::new(Room::None, "link", title).with(&view.faults), |w| {
        let l = &w.link;
        view! {
            {summary(&view.faults, w)}
            <div class="lead">
                <h1>{title}</h1>
                <p>{if view.first { l.lead_first } else { l.lead }}</p>
            </div>
            <section class="gives">
                <h2>{l.gives}</h2>
                {held(&view.held, w)}
            </section>
            <form class="form" method="post" action=desk.at(&format!("/desk/links/{}", view.secret))>
                {Field::text("name", l.name, &view.name, "name").help(l.name_help).draw(&view.faults, w)}
                {Field::text("login", l.login, &view.login, "username").help(l.login_help).draw(&view.faults, w)}
                {Field::password("password", l.password, "new-password").help(l.password_help).draw(&view.faults, w)}
                {Field::password("repeat", l.repeat, "new-password").draw(&view.faults, w)}
                <button>{l.button}</button>
                <p class="small">{(l.until)(&minute(view.expires, w.lang))}</p>
            </form>
        }
    })
}
