//! The second factor: showing it at the door, adding an app that makes codes, and recovery codes.

use super::form::{Field, summary, token};
use super::frame::{Page, document};
use crate::view::desk::{AuthenticatorView, CodeView, Desk, Room};
use leptos::prelude::*;

/// Four characters at a time, which is how people copy them.
fn spaced(text: &str, between: &str) -> String {
    let fours = text.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned());
    fours.collect::<Vec<_>>().join(between)
}

pub fn code(desk: &Desk<'_>, view: &CodeView) -> String {
    let title = crate::words::desk::of(desk.lang).factors.code_title;
    document(desk, Page::new(Room::None, "code", title).with(&view.faults), |w| {
        let f = &w.factors;
        view! {
            {summary(&view.faults, w)}
            <div class="lead">
                <h1>{f.code_title}</h1>
                <p>{f.code_lead}</p>
            </div>
            <form class="form" method="post" action=desk.at("/desk/code")>
                {token(desk)}
                <input type="hidden" name="to" value=view.to.clone()/>
                {Field::text("code", f.code, "", "one-time-code").help(f.code_help).draw(&view.faults, w)}
                <button>{f.code_button}</button>
            </form>
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
        view! {
            {summary(&view.faults, w)}
            <div class="lead">
                <h1>{f.add_title}</h1>
                <p>{if view.must { f.must } else { f.lead }}</p>
                {view.has.then(|| view! { <p>{f.replaces}</p> })}
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
