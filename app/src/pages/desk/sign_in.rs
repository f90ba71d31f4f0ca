//! Coming in: by name and password, or by a one-time link that makes an account.

use super::departments;
use super::form::{Field, summary};
use super::frame::{Page, document, held, minute};
use crate::view::desk::{Desk, JoinView, LinkKind, LinkView, Room, SignInView};
use leptos::prelude::*;

pub fn sign_in(desk: &Desk<'_>, view: &SignInView) -> String {
    let title = crate::words::desk::of(desk.lang).sign_in.title;
    let mut page = Page::new(Room::None, "sign-in", title).with(&view.faults);
    if view.passkeys {
        page.scripts.push(desk.site.assets.passkey_js.clone());
    }
    document(desk, page, |w| {
        let s = &w.sign_in;
        // What is asked is fetched when it is wanted; without a script there is no passkey, and nothing of it is seen.
        let passkey = view.passkeys.then(|| {
            let at = desk.at("/desk/sign-in/passkey");
            view! {
                <form class="form" method="post" action=at.clone() data-passkey="get" data-ask=format!("{at}/ask") hidden>
                    <input type="hidden" name="to" value=view.to.clone()/>
                    <input type="hidden" name="way"/>
                    <input type="hidden" name="credential"/>
                    <p class="fault" role="alert" data-failed hidden>{w.factors.passkey_failed}</p>
                    <button class="quiet">{w.alone.enter}</button>
                </form>
            }
        });
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
            {passkey}
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
                {view.passkeys.then(|| view! {
                    <div class="departments">
                        <p class="help">{w.alone.join_lead}</p>
                        <button class="quiet" name="passkey" value="ask">{w.alone.join}</button>
                    </div>
                })}
                <p class="small">{(l.until)(&minute(view.expires, w.lang))}</p>
            </form>
        }
    })
}

/// An invitation whose names were looked at, to be taken up with a passkey.
pub fn join(desk: &Desk<'_>, view: &JoinView) -> String {
    let title = crate::words::desk::of(desk.lang).alone.title;
    let mut page = Page::new(Room::None, "join", title).with(&view.faults);
    page.scripts.push(desk.site.assets.passkey_js.clone());
    document(desk, page, |w| {
        let f = &w.factors;
        let path = desk.at(&format!("/desk/links/{}", view.secret));
        view! {
            {summary(&view.faults, w)}
            <div class="lead">
                <h1>{title}</h1>
                <p>{(w.alone.lead)(&view.login)}</p>
                <noscript><p class="quiet">{f.passkey_scripts}</p></noscript>
            </div>
            <form class="form" method="post" action=path.clone() data-passkey="create" data-options=view.asked.clone() hidden>
                <input type="hidden" name="passkey" value="made"/>
                <input type="hidden" name="login" value=view.login.clone()/>
                <input type="hidden" name="name" value=view.name.clone()/>
                <input type="hidden" name="credential"/>
                {Field::text("device", f.passkey_name, "", "off").help(f.passkey_name_help).draw(&view.faults, w)}
                <p class="fault" role="alert" data-failed hidden>{f.passkey_failed}</p>
                <button>{w.alone.make}</button>
            </form>
            <p><a href=path>{w.alone.back}</a></p>
        }
    })
}
