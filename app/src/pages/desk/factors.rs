//! The second factor: showing it at the door, adding an app that makes codes, and recovery codes.

use super::form::{Field, summary, token};
use super::frame::{Page, document};
use crate::pages::pieces::{moment, moment_or_none};
use crate::view::desk::{AuthenticatorView, CodeView, Desk, PasskeysView, Room};
use crate::words;
use leptos::prelude::*;

/// Four characters at a time, which is how people copy them.
fn spaced(text: &str, between: &str) -> String {
    let fours = text.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned());
    fours.collect::<Vec<_>>().join(between)
}

pub fn code(desk: &Desk<'_>, view: &CodeView) -> String {
    let title = crate::words::desk::of(desk.lang).factors.code_title;
    let mut page = Page::new(Room::None, "code", title).with(&view.faults);
    if view.passkey.is_some() {
        page.scripts.push(desk.site.assets.passkey_js.clone());
    }
    document(desk, page, |w| {
        let f = &w.factors;
        let passkey = view.passkey.as_ref().map(|asked| {
            view! {
                <form class="form" method="post" action=desk.at("/desk/code") data-passkey="get" data-options=asked.clone() hidden>
                    {token(desk)}
                    <input type="hidden" name="to" value=view.to.clone()/>
                    <input type="hidden" name="credential"/>
                    <p class="fault" role="alert" data-failed hidden>{f.passkey_failed}</p>
                    <button class="quiet">{f.passkey_show}</button>
                </form>
            }
        });
        view! {
            {summary(&view.faults, w)}
            <div class="lead">
                <h1>{f.code_title}</h1>
                <p>{if view.anew { f.code_anew } else { f.code_lead }}</p>
            </div>
            <form class="form" method="post" action=desk.at("/desk/code")>
                {token(desk)}
                <input type="hidden" name="to" value=view.to.clone()/>
                {Field::text("code", f.code, "", "one-time-code").help(f.code_help).draw(&view.faults, w)}
                <button>{f.code_button}</button>
            </form>
            {passkey}
        }
    })
}

pub fn authenticator(desk: &Desk<'_>, view: &AuthenticatorView) -> String {
    let title = crate::words::desk::of(desk.lang).factors.add_title;
    document(desk, Page::new(Room::Account, "authenticator", title).with(&view.faults), |w| {
        let f = &w.factors;
        // A scanner wants a quiet margin of four squares.
        let whole = view.size + 8;
        let drawing = (view.size > 0).then(|| {
            view! {
                <svg class="qr" role="img" aria-label=f.drawing viewBox=format!("-4 -4 {whole} {whole}") shape-rendering="crispEdges">
                    <rect x="-4" y="-4" width=whole height=whole fill="#fff"></rect>
                    <path d=view.drawing.clone() fill="#000"></path>
                </svg>
            }
        });
        let passkeys = view.passkeys.then(|| {
            view! { <p><a href=desk.at("/desk/account/passkeys")>{f.passkey_instead}</a></p> }
        });
        view! {
            {summary(&view.faults, w)}
            <div class="lead">
                <h1>{f.add_title}</h1>
                <p>{if view.must { f.must } else { f.lead }}</p>
                {view.has.then(|| view! { <p>{f.replaces}</p> })}
                {passkeys}
            </div>
            <form class="form" method="post" action=desk.at("/desk/account/authenticator")>
                {token(desk)}
                <input type="hidden" name="secret" value=view.secret.clone()/>
                <div>
                    <p>{f.first}</p>
                    {drawing}
                    <p class="small">{f.by_hand}</p>
                    <p class="secret"><code>{spaced(&view.secret, " ")}</code></p>
                </div>
                <div>
                    <p>{f.second}</p>
                    {Field::text("code", f.add_code, "", "one-time-code").draw(&view.faults, w)}
                </div>
                <button>{f.add_button}</button>
            </form>
        }
    })
}

/// Recovery codes, to be kept. None: they were shown already.
pub fn codes(desk: &Desk<'_>, codes: &[String]) -> String {
    let title = crate::words::desk::of(desk.lang).factors.codes_title;
    document(desk, Page::new(Room::Account, "codes", title), |w| {
        let f = &w.factors;
        let rows = codes.iter().map(|code| view! { <li><code>{spaced(code, "-")}</code></li> });
        let shown = (!codes.is_empty()).then(|| view! { <ol class="codes">{rows.collect_view()}</ol> });
        view! {
            <div class="lead">
                <h1>{f.codes_title}</h1>
                <p>{if codes.is_empty() { f.codes_gone } else { f.codes_lead }}</p>
            </div>
            {shown}
            <p><a class="button" href=desk.at("/desk")>{if codes.is_empty() { w.frame.back } else { f.codes_done }}</a></p>
        }
    })
}

pub fn passkeys(desk: &Desk<'_>, view: &PasskeysView) -> String {
    let title = crate::words::desk::of(desk.lang).factors.passkeys;
    let mut page = Page::new(Room::Account, "passkeys", title).with(&view.faults);
    page.scripts.push(desk.site.assets.passkey_js.clone());
    document(desk, page, |w| {
        let f = &w.factors;
        let path = desk.at("/desk/account/passkeys");
        let rows = view.passkeys.iter().map(|passkey| {
            view! {
                <li>
                    <span class="person"><bdi>{passkey.name.clone()}</bdi></span>
                    <dl class="holds">
                        <div><dt>{f.passkey_added}</dt><dd>{moment(passkey.added, w.lang)}</dd></div>
                        <div><dt>{f.passkey_used}</dt><dd>{moment_or_none(passkey.used, w.lang, words::of(w.lang))}</dd></div>
                    </dl>
                    <span class="counts">
                        <form method="post" action=path.clone()>
                            {token(desk)}
                            <input type="hidden" name="do" value="remove"/>
                            <input type="hidden" name="passkey" value=passkey.id.clone()/>
                            <button class="quiet" aria-label=(f.passkey_remove_of)(&passkey.name)>{f.passkey_remove}</button>
                        </form>
                    </span>
                </li>
            }
        });
        let list = (!view.passkeys.is_empty()).then(|| view! { <ul class="rows">{rows.collect_view()}</ul> });
        let none = view.passkeys.is_empty().then(|| view! { <p class="quiet">{f.passkeys_none}</p> });
        let add = view.asked.as_ref().map(|asked| {
            view! {
                <section>
                    <h2>{f.passkey_add}</h2>
                    <noscript><p class="quiet">{f.passkey_scripts}</p></noscript>
                    <form class="form" method="post" action=path.clone() data-passkey="create" data-options=asked.clone() hidden>
                        {token(desk)}
                        <input type="hidden" name="do" value="add"/>
                        <input type="hidden" name="credential"/>
                        {Field::text("name", f.passkey_name, "", "off").help(f.passkey_name_help).draw(&view.faults, w)}
                        <p class="fault" role="alert" data-failed hidden>{f.passkey_failed}</p>
                        <button>{f.passkey_add}</button>
                    </form>
                </section>
            }
        });
        view! {
            {summary(&view.faults, w)}
            <p class="back"><a href=desk.at("/desk/account")>{w.account.title}</a></p>
            <div class="lead">
                <h1>{f.passkeys}</h1>
                <p>{f.passkeys_lead}</p>
            </div>
            {none}
            {list}
            {add}
        }
    })
}
