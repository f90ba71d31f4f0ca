//! One's own account: password, and where one is signed in.

use super::form::{Field, summary, token};
use super::frame::{Page, document};
use crate::pages::pieces::moment;
use crate::view::desk::{AccountView, Desk, Room};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

pub fn account(desk: &Desk<'_>, view: &AccountView) -> String {
    let title = crate::words::desk::of(desk.lang).account.title;
    document(desk, Page::new(Room::Account, "account", title).with(&view.faults), |w| {
        let a = &w.account;
        let done = view.done.map(|done| view! { <p class="done" role="status">{(a.done)(done)}</p> });
        let path = desk.at("/desk/account");
        let password = password(view, path.clone(), desk, w);
        let departments = super::departments::section(desk, &view.identities, &view.departments, w);
        let mail = view.mail.as_ref().map(|mail| super::letters::mail(desk, mail, &view.faults, w));
        let sessions = view.sessions.iter().map(|session| {
            let agent = if session.agent.is_empty() { a.unknown.to_owned() } else { session.agent.clone() };
            let end = if session.own {
                view! { <span class="tag">{a.here}</span> }.into_any()
            } else {
                view! {
                    <form method="post" action=path.clone()>
                        {token(desk)}
                        <input type="hidden" name="do" value="end"/>
                        <input type="hidden" name="session" value=session.handle.clone()/>
                        <button class="quiet" aria-label=(a.end_of)(&agent)>{a.end}</button>
                    </form>
                }
                .into_any()
            };
            let address = if session.address.is_empty() { a.unknown.to_owned() } else { session.address.clone() };
            view! {
                <li>
                    <span class="person"><bdi>{agent}</bdi></span>
                    <dl class="holds">
                        <div><dt>{a.from}</dt><dd><bdi>{address}</bdi></dd></div>
                        <div><dt>{a.begun}</dt><dd>{moment(session.begun, w.lang)}</dd></div>
                        <div><dt>{a.seen}</dt><dd>{moment(session.seen, w.lang)}</dd></div>
                    </dl>
                    <span class="counts">{end}</span>
                </li>
            }
        });
        let others = (view.sessions.len() > 1).then(|| {
            view! {
                <form method="post" action=path.clone()>
                    {token(desk)}
                    <input type="hidden" name="do" value="end-others"/>
                    <button class="quiet">{a.end_others}</button>
                </form>
            }
        });
        let left = view.authenticator.then(|| view! { " "{(w.factors.left)(view.codes)} });
        let count = view.passkeys.filter(|count| *count > 0).map(|count| view! { " "{(w.factors.passkeys_count)(count)} });
        let passkeys = view.passkeys.map(|_| {
            view! { <a class="button quiet" href=desk.at("/desk/account/passkeys")>{w.factors.passkeys}</a> }
        });
        let codes = view.authenticator.then(|| {
            view! {
                <form method="post" action=desk.at("/desk/account/codes")>
                    {token(desk)}
                    <button class="quiet">{w.factors.new_codes}</button>
                </form>
            }
        });
        view! {
            {summary(&view.faults, w)}
            {done}
            <div class="lead">
                <h1>{a.title}</h1>
                <p>{(a.lead)(&view.name, &view.login)}</p>
            </div>
            <details open=view.faults.iter().any(|(field, _)| *field == "name")>
                <summary>{a.rename}</summary>
                <form class="form" method="post" action=path.clone()>
                    {token(desk)}
                    <input type="hidden" name="do" value="name"/>
                    {Field::text("name", w.link.name, &view.name, "name").help(w.link.name_help).draw(&view.faults, w)}
                    <button>{a.rename}</button>
                </form>
            </details>
            <section>
                <h2>{a.sessions}</h2>
                <p class="quiet">{a.sessions_lead}</p>
                <ul class="rows sessions">{sessions.collect_view()}</ul>
                {others}
            </section>
            {mail}
            {departments}
            <section>
                <h2>{w.factors.section}</h2>
                <p class="quiet">{(w.factors.has)(view.authenticator)}{left}{count}</p>
                <div class="acts">
                    <a class="button quiet" href=desk.at("/desk/account/authenticator")>
                        {if view.authenticator { w.factors.replace } else { w.factors.add }}
                    </a>
                    {codes}
                    {passkeys}
                </div>
            </section>
            <section>
                <h2>{a.password}</h2>
                {password}
            </section>
        }
    })
}

/// Changing it, where there is one.
fn password(view: &AccountView, path: String, desk: &Desk<'_>, w: &'static DeskWords) -> AnyView {
    let a = &w.account;
    if !view.password {
        return view! { <p class="quiet">{a.password_none}</p> }.into_any();
    }
    view! {
                <form class="form" method="post" action=path>
                    <p class="quiet">{a.password_lead}</p>
                    {token(desk)}
                    <input type="hidden" name="do" value="password"/>
                    // Password managers keep a password under a name.
                    <input class="visually-hidden" type="text" name="login" value=view.login.clone() autocomplete="username" tabindex="-1" aria-hidden="true" readonly/>
                    {Field::password("present", a.present, "current-password").draw(&view.faults, w)}
                    {Field::password("password", a.new, "new-password").help(w.link.password_help).draw(&view.faults, w)}
                    {Field::password("repeat", a.repeat, "new-password").draw(&view.faults, w)}
                    <button>{a.change}</button>
                </form>
    }
    .into_any()
}
