//! The charter: as it is, the form that asks for another, registrars' own keys, and what an amendment changes.

use super::form::{Field, area_text, fault_of, seen, summary, token};
use super::frame::{Page, document};
use super::post_key::{KeyPlace, keeping, kit, outside, scripts};
use super::posts::key_said;
use super::registrations::{registrar_keys, waiting};
use crate::pages::text;
use crate::view::desk::{AmendedView, CharterView, Desk, PostKey, RegistrarView, Room};
use crate::words::{self, desk::DeskWords};
use leptos::prelude::*;

/// Path of its page.
const PATH: &str = "/desk/charter";

/// Path of the page of one registrar's key.
pub(super) fn key_of(name: &str) -> String {
    format!("{PATH}/key/{name}")
}

pub fn charter(desk: &Desk<'_>, view: &CharterView) -> String {
    let title = words::desk::of(desk.lang).charter.title;
    // Where nothing is to be signed, nothing that signs is loaded.
    let scripts = if view.registers { scripts(desk) } else { vec![] };
    let page = Page { scripts, ..Page::new(Room::Registrations, "charter", title).with(&view.faults) };
    document(desk, page, |w| {
        let c = &w.charter;
        let keys: Vec<_> = view.registrars.iter().map(|row| (row.name.clone(), row.vkey.clone())).collect();
        let keys = registrar_keys(&keys, view.registers, desk, w);
        view! {
            {summary(&view.faults, w)}
            <div class="lead">
                <h1>{title}</h1>
                <p>{(c.lead)(view.needed, view.registrars.len())}</p>
            </div>
            {waiting(desk, &view.waiting, w)}
            <section>
                <h2>{c.in_force}</h2>
                <p class="small"><a href=desk.at(&format!("/entries/{}", view.entry))>{(c.entry)(view.entry)}</a></p>
                <dl class="says">{articles(&view.says, w)}</dl>
            </section>
            {view.registers.then(|| amend(desk, view, w))}
            {view.registers.then(|| own(desk, view, w))}
            {keys}
            {view.registers.then(|| kit(desk, w))}
        }
    })
}

/// Where whoever is to be a registrar begins with a key.
fn own(desk: &Desk<'_>, view: &CharterView, w: &'static DeskWords) -> impl IntoView + use<> {
    let c = &w.charter;
    let key_help = (c.own_name_help)("registrar-2");
    view! {
        <section>
            <h2>{c.own}</h2>
            <form class="form" method="post" action=desk.at(&format!("{PATH}?key"))>
                {token(desk)}
                {seen(&view.typed.seen)}
                <p>{c.own_help}</p>
                {Field::text("key", c.own_name, &view.typed.key, "off").help(&key_help).draw(&view.faults, w)}
                <button class="quiet">{c.own_button}</button>
            </form>
        </section>
    }
}

fn amend(desk: &Desk<'_>, view: &CharterView, w: &'static DeskWords) -> impl IntoView + use<> {
    let (c, typed) = (&w.charter, &view.typed);
    let registrars = view.registrars.iter().map(|row| {
        view! {
            <label class="choice">
                <input type="checkbox" name="registrar" value=row.vkey.clone() checked=row.stays/>
                <span><code>{row.name.clone()}</code>" "<code class="vkey">{row.vkey.clone()}</code></span>
            </label>
        }
    });
    let candidates = view.candidates.iter().map(|row| {
        view! {
            <label class="choice">
                <input type="checkbox" name="candidate" value=row.registration.clone() checked=row.chosen/>
                <span><code>{row.name.clone()}</code>" "{(c.candidate)(&row.by)}" "<code class="vkey">{row.vkey.clone()}</code></span>
            </label>
        }
    });
    let none = view.candidates.is_empty().then(|| view! { <p class="help">{c.candidates_none}</p> });
    let fault = |name| fault_of(&view.faults, name).map(|fault| view! { <p class="fault">{(w.frame.fault)(fault)}</p> });
    let (policy, of) = (typed.policy.clone(), fault("policy"));
    let form = view! {
        <form class="form" method="post" action=desk.at(PATH)>
            {token(desk)}
            {seen(&view.typed.seen)}
            <p>{c.amend_help}</p>
            <fieldset class="choices" id="registrar">
                <legend>{c.registrars}</legend>
                <p class="help">{c.registrars_help}</p>
                {fault("registrar")}
                {registrars.collect_view()}
            </fieldset>
            <fieldset class="choices">
                <legend>{c.candidates}</legend>
                {none}
                {candidates.collect_view()}
            </fieldset>
            {Field::text("threshold", c.threshold, &typed.threshold, "off").help(c.threshold_help).draw(&view.faults, w)}
            {Field::text("name_zh", c.name_zh, &typed.name_zh, "off").draw(&view.faults, w)}
            {Field::text("name_en", c.name_en, &typed.name_en, "off").draw(&view.faults, w)}
            {Field::text("zone", c.zone, &typed.zone, "off").help(c.zone_help).draw(&view.faults, w)}
            <label class="field">
                <span>{c.policy}</span>
                <small>{c.policy_help}</small>
                {of}
                <textarea id="policy" name="policy" rows="4" autocapitalize="none" spellcheck="false" maxlength="20000">{area_text(&policy)}</textarea>
            </label>
            <fieldset class="choices">
                <legend>{(c.article)("log")}</legend>
                <label class="choice">
                    <input type="checkbox" name="rotates" value="1" checked=typed.rotates/>
                    <span>{c.rotate}" "<small>{c.rotate_help}</small></span>
                </label>
                {Field::text("from", c.from, &typed.from, "off").help(c.from_help).draw(&view.faults, w)}
            </fieldset>
            <button>{c.button}</button>
        </form>
    };
    view! { <section><h2>{c.amend}</h2>{form}</section> }
}

pub fn registrar_key(desk: &Desk<'_>, view: &RegistrarView) -> String {
    let title = words::desk::of(desk.lang).charter.key_title;
    let page = Page { scripts: scripts(desk), ..Page::new(Room::Registrations, "post-key", title).with(&view.faults) };
    document(desk, page, |w| {
        let (c, k) = (&w.charter, &w.keys);
        let path = key_of(&view.name);
        let rows = view.keys.iter().map(|key| view! { <li>{key_said(key, w)}</li> });
        let waits =
            view.waiting.iter().map(|key| view! { <li><code class="vkey">{key.clone()}</code>" "<strong>{c.key_waits}</strong></li> });
        let none = (view.keys.is_empty() && view.waiting.is_empty()).then(|| view! { <p class="quiet">{c.key_none}</p> });
        let good = view.keys.iter().map(|PostKey { vkey, .. }| vkey.clone()).collect();
        let place = KeyPlace {
            name: view.name.clone(),
            office: "registrar",
            good,
            ended: vec![],
            waiting: view.waiting.clone(),
            may: view.may,
            send_help: c.send_help,
        };
        let command = (c.outside_command)(&view.name, &desk.site.origin, desk.account());
        view! {
            {summary(&view.faults, w)}
            <div class="lead">
                <h1>{title}</h1>
                <p><code>{view.name.clone()}</code></p>
                <p>{c.key_lead}</p>
                <p><a href=desk.at(PATH)>{c.to}</a></p>
            </div>
            <section>
                <h2>{k.registered}</h2>
                {none}
                <ul class="keyrows">{rows.collect_view()}{waits.collect_view()}</ul>
            </section>
            {keeping(desk, &place, &path, w)}
            {view.may.then(|| outside(desk, (c.outside_help, command), &path, &view.faults, w))}
            {kit(desk, w)}
        }
    })
}

/// What an amendment says: what changes, set apart from what stays; each fact as the browser reads it back before it signs.
pub(super) fn amended(view: &AmendedView, w: &'static DeskWords) -> impl IntoView + use<> {
    let c = &w.charter;
    view! {
        <p class="help">{c.changes_help}</p>
        <div class="changes">
            <h3>{c.changes}</h3>
            <dl class="says">{articles(&view.changes, w)}</dl>
        </div>
        <div class="stays">
            <h3>{c.stays}</h3>
            <dl class="says">{articles(&view.stays, w)}</dl>
        </div>
    }
}

/// Facts by what they are about, in their order.
fn articles(facts: &[(String, String)], w: &'static DeskWords) -> impl IntoView + use<> {
    let c = &w.charter;
    let rows = facts.chunk_by(|(one, _), (other, _)| (c.article)(bare(one)) == (c.article)(bare(other))).map(|row| {
        let title = row.first().map(|(name, _)| (c.article)(bare(name)));
        // A key with the size it starts at is one line, and so is a name with its language; a policy's lines stand in one place.
        let lines = row.chunk_by(|(one, _), (other, _)| {
            let (one, other) = (one.as_str(), other.as_str());
            one == other && bare(one) == "policy" || matches!((bare(one), bare(other)), ("log", "from") | ("language", "name"))
        });
        let lines = lines.map(|line| {
            let how = line.first().map(|(name, _)| name.as_str()).unwrap_or_default();
            let (class, said) = match how.split_once('-') {
                Some(("was", _)) => ("was", Some(c.was)),
                Some(("new", _)) => ("new", Some(c.new)),
                _ => ("", None),
            };
            let said = said.map(|said| view! { <small>{said}</small>" " });
            view! { <li class=class>{said}{line.iter().map(|(name, text)| fact(name, text, w)).collect_view()}</li> }
        });
        view! { <div><dt>{title}</dt><dd><ul>{lines.collect_view()}</ul></dd></div> }
    });
    rows.collect_view()
}

/// What an article is, whether it comes, goes or stays.
fn bare(name: &str) -> &str {
    name.strip_prefix("was-").or_else(|| name.strip_prefix("new-")).unwrap_or(name)
}

fn fact(name: &str, said: &str, w: &'static DeskWords) -> impl IntoView + use<> {
    let c = &w.charter;
    let (before, after, class) = match bare(name) {
        "from" => (c.from_size.0, c.from_size.1, ""),
        "trial" => ((c.trial)(said), "", "code"),
        "log" | "registrar" => ("", "", "vkey"),
        "policy" => ("", "", "line"),
        "language" => ("", "", "code"),
        _ => ("", "", ""),
    };
    let said = format!(r#"<bdi class="{class}" data-field="{}">{}</bdi>"#, text::escape(name), text::marked(said, words::of(w.lang)));
    view! { {before}" "<span inner_html=said></span>{after}" " }
}
