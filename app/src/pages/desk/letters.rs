//! Mail: where it goes and which of it, confirming an address, and a link that was sent instead of shown.

use super::form::{Field, token};
use super::frame::{Page, document};
use crate::Lang;
use crate::view::desk::{Desk, Faults, MailView, Room};
use crate::words::{self, desk::DeskWords, desk::letters};
use leptos::prelude::*;

/// One of several of which one is chosen.
fn one_of(name: &'static str, value: &'static str, label: &'static str, chosen: bool) -> impl IntoView {
    let id = format!("{name}-{value}");
    view! {
        <div class="choice">
            <input type="radio" id=id.clone() name=name value=value checked=chosen/>
            <label for=id>{label}</label>
        </div>
    }
}

/// The section of one's own account.
pub(super) fn mail(desk: &Desk<'_>, view: &MailView, faults: &Faults, w: &'static DeskWords) -> impl IntoView + use<> {
    let l = letters::of(w.lang);
    let path = desk.at("/desk/account");
    let goes = match &view.address {
        Some(address) => (l.goes_to)(address),
        None => l.none.to_owned(),
    };
    let asked = view.asked.as_ref().map(|asked| view! { <p class="note">{(l.asked)(asked)}</p> });
    let chosen = view.address.as_ref().map(|_| {
        let languages = Lang::ALL.into_iter().map(|lang| one_of("language", lang.code(), words::of(lang).site.own_name, lang == view.lang));
        view! {
            <form class="form" method="post" action=path.clone()>
                {token(desk)}
                <input type="hidden" name="do" value="letters"/>
                <fieldset class="choices">
                    <legend>{l.wanted}</legend>
                    {one_of("wanted", "each", l.each, view.wanted == "each")}
                    {one_of("wanted", "daily", l.daily_choice, view.wanted == "daily")}
                    {one_of("wanted", "none", l.no_work, view.wanted == "none")}
                </fieldset>
                <p class="small">{l.always}</p>
                <fieldset class="choices">
                    <legend>{l.language}</legend>
                    {languages.collect_view()}
                </fieldset>
                <button>{l.save}</button>
            </form>
        }
    });
    let remove = (view.address.is_some() || view.asked.is_some()).then(|| {
        view! {
            <form method="post" action=path.clone()>
                {token(desk)}
                <input type="hidden" name="do" value="no-address"/>
                <button class="quiet">{l.remove}</button>
            </form>
        }
    });
    view! {
        <section class="mail">
            <h2>{l.section}</h2>
            <p class="quiet">{goes}</p>
            {asked}
            {chosen}
            <form class="form" method="post" action=path.clone()>
                {token(desk)}
                <input type="hidden" name="do" value="address"/>
                {Field { kind: "email", longest: 254, ..Field::text("address", l.address, &view.typed, "email") }.help(l.address_help).draw(faults, w)}
                <button>{l.ask}</button>
            </form>
            {remove}
        </section>
    }
}

/// Where the link leads that was sent to an address: opening it alone does nothing, since programs open links, too.
pub fn address(desk: &Desk<'_>, path: &str, address: &str) -> String {
    let l = letters::of(desk.lang);
    document(desk, Page::new(Room::Account, "address", l.confirm_title), |_| {
        view! {
            <div class="lead">
                <h1>{l.confirm_title}</h1>
                <p>{(l.confirm_lead)(address)}</p>
            </div>
            <form class="form" method="post" action=desk.at(path)>
                {token(desk)}
                <button>{l.confirm_button}</button>
            </form>
        }
    })
}

/// A link that was sent by mail.
pub fn sent(desk: &Desk<'_>) -> String {
    let l = letters::of(desk.lang);
    document(desk, Page::new(Room::People, "once", l.sent), |w| {
        view! {
            <p class="back"><a href=desk.at("/desk/people")>{w.people.back}</a></p>
            <div class="lead"><h1>{l.sent}</h1></div>
        }
    })
}
