//! A post's key: made, saved, kept and brought back in the browser; who holds the post. And what every page needs that signs.

use super::form::{fault_of, personal, summary, token};
use super::frame::{Page, document};
use super::posts::{key_of, key_said, of};
use crate::view::desk::{Desk, Faults, PostKeyView, Room};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

/// What a page of the desk carries that makes keys or signs, beside the address of its script: words, and where the wasm is.
pub(super) fn kit(desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let assets = &desk.site.assets;
    view! {
        <div hidden data-signing data-js=assets.signing_js.clone() data-wasm=assets.signing_wasm.clone() data-identity=desk.site.chain.clone()
            data-origin=desk.site.origin.clone() data-account=desk.account().to_owned() data-token=desk.token().to_owned() data-words=w.signing.written()></div>
    }
}

/// Beside a form that signs a step: the same on a machine of the officer's own, by files. It needs no script. `open`: it was just tried.
pub(super) fn elsewhere(desk: &Desk<'_>, (case, code): (&str, &str), open: bool, w: &'static DeskWords) -> impl IntoView + use<> {
    let k = &w.keys;
    let at = |what: &str| desk.at(&format!("/desk/cases/{case}/{what}"));
    view! {
        <details class="elsewhere" open=open>
            <summary>{k.elsewhere}</summary>
            <p>{k.elsewhere_help}</p>
            <pre class="command">{k.elsewhere_command}</pre>
            <p class="small">{k.elsewhere_key}</p>
            <p><a class="button quiet" href=at(&format!("sign?code={code}"))>{k.elsewhere_save}</a></p>
            <form class="form" method="post" enctype="multipart/form-data" action=at("steps")>
                {token(desk)}
                <label class="field"><span>{k.elsewhere_file}</span><input type="file" name="file"/></label>
                <label class="field">
                    <span>{k.elsewhere_paste}</span>
                    <textarea name="text" rows="4" autocomplete="off" autocapitalize="none" spellcheck="false"></textarea>
                </label>
                <button class="quiet">{k.elsewhere_send}</button>
            </form>
        </details>
    }
}

/// The script of such a page.
pub(super) fn scripts(desk: &Desk<'_>) -> Vec<String> {
    Some(desk.site.assets.desk_js.clone()).filter(|script| !script.is_empty()).into_iter().collect()
}

pub fn post_key(desk: &Desk<'_>, view: &PostKeyView) -> String {
    let title = (crate::words::desk::of(desk.lang).keys.title)(&view.post.name);
    let page = Page { scripts: scripts(desk), ..Page::new(Room::Posts, "post-key", title.clone()).with(&view.faults) };
    document(desk, page, |w| {
        let (p, k) = (&w.posts, &w.keys);
        // With what names a post that is not registered yet.
        let enrol = desk.path.to_owned();
        let rows = view.post.keys.iter().map(|key| view! { <li>{key_said(key, w)}</li> });
        let waiting =
            view.waiting.iter().map(|key| view! { <li><code class="vkey">{key.clone()}</code>" "<strong>{p.waiting}</strong></li> });
        let those = |ended: bool| view.post.keys.iter().filter(|key| key.ended.is_some() == ended).map(|key| key.vkey.clone()).collect();
        let place = KeyPlace {
            name: view.post.id.clone(),
            office: "post",
            good: those(false),
            ended: those(true),
            waiting: view.waiting.clone(),
            may: view.may,
            send_help: k.send_help,
        };
        let command = (k.outside_command)(&view.post.id, &desk.site.origin, desk.account());
        let none = (view.post.keys.is_empty() && view.waiting.is_empty()).then(|| view! { <p class="quiet">{p.keys_none}</p> });
        view! {
            {summary(&view.faults, w)}
            <div class="lead">
                <h1>{title}</h1>
                <p><code>{view.post.id.clone()}</code></p>
                <p>{k.lead}</p>
                <p><a href=desk.at(&of(&view.agency.id))>{(p.of)(&view.agency.name)}</a></p>
            </div>
            {personal(&view.personal, w)}
            <section>
                <h2>{k.registered}</h2>
                {none}
                <ul class="keyrows">{rows.collect_view()}{waiting.collect_view()}</ul>
            </section>
            {keeping(desk, &place, &enrol, w)}
            {view.may.then(|| outside(desk, (k.outside_help, command), &enrol, &view.faults, w))}
            {holders(desk, view, &key_of(&view.post.id), w)}
            {kit(desk, w)}
        }
    })
}

/// A key that this browser may keep: its name, what it is enrolled as, and which public halves of that name are registered or wait.
pub(super) struct KeyPlace {
    pub name: String,
    /// `post` or `registrar`.
    pub office: &'static str,
    pub good: Vec<String>,
    pub ended: Vec<String>,
    pub waiting: Vec<String>,
    /// Whether whoever asks may have one registered.
    pub may: bool,
    pub send_help: &'static str,
}

/// The key that this browser keeps, and what may be done with it. Scripts show what fits.
pub(super) fn keeping(desk: &Desk<'_>, place: &KeyPlace, here: &str, w: &'static DeskWords) -> impl IntoView + use<> {
    let k = &w.keys;
    let (name, office) = (&place.name, place.office);
    let make = place.may.then(|| {
        view! {
            <div data-when="not-here here-ended here-unknown" hidden>
                <h3>{k.make}</h3>
                <form class="form" data-make-key data-name=name.clone() data-office=office data-finish="finish">
                    <p>{k.make_help}</p>
                    {secret("passphrase", k.passphrase, Some(k.passphrase_help), "new-password")}
                    {secret("again", k.again, None, "new-password")}
                    <button>{k.make_button}</button>
                    <p class="said" data-said role="status"></p>
                </form>
                <form class="form" id="finish" method="post" action=desk.at(here) hidden>
                    {token(desk)}
                    <input type="hidden" name="proof"/>
                    <h4>{k.save}</h4>
                    <p>{k.save_help}</p>
                    <p><a class="button quiet" data-download href="#finish">{k.download}</a></p>
                    <label class="choice"><input type="checkbox" required/><span>{k.saved}</span></label>
                    <button>{k.enrol}</button>
                    <p class="said" data-said role="status"></p>
                </form>
            </div>
        }
    });
    let send = place.may.then(|| {
        view! {
            <form class="form" data-send-key data-name=name.clone() data-office=office data-when="here-unknown" method="post" action=desk.at(here) hidden>
                {token(desk)}
                <input type="hidden" name="proof"/>
                <p>{place.send_help}</p>
                <button class="quiet">{k.send}</button>
                <p class="said" data-said role="status"></p>
            </form>
        }
    });
    view! {
        <section class="keykit" data-key-of=name.clone() data-good=place.good.join(" ") data-ended=place.ended.join(" ") data-waiting=place.waiting.join(" ")>
            <h2>{k.here}</h2>
            <p class="without-signing">{k.script}</p>
            <p class="key-state" data-key-said role="status"></p>
            {make}
            {send}
            {restoring(name, w)}
        </section>
    }
}

/// Bringing a key back, and removing it; of a post or of a registrar.
pub(super) fn restoring(name: &str, w: &'static DeskWords) -> impl IntoView + use<> {
    let k = &w.keys;
    view! {
        <details data-with-script hidden>
            <summary>{k.restore}</summary>
            <form class="form" data-restore-key data-name=name.to_owned()>
                <p>{k.restore_help}</p>
                <label class="field"><span>{k.file}</span><input type="file" name="file" required/></label>
                {secret("passphrase", k.file_passphrase, Some(k.file_passphrase_help), "off")}
                <button>{k.restore_button}</button>
                <p class="said" data-said role="status"></p>
            </form>
        </details>
        <details data-when="here here-ended here-unknown here-waiting" hidden>
            <summary>{k.forget}</summary>
            <form class="form" data-forget-key data-name=name.to_owned()>
                <p>{k.forget_help}</p>
                <button class="grave">{k.forget_button}</button>
                <p class="said" data-said role="status"></p>
            </form>
        </details>
    }
}

fn secret(name: &'static str, label: &'static str, help: Option<&'static str>, fill: &'static str) -> impl IntoView + use<> {
    view! {
        <label class="field">
            <span>{label}</span>
            {help.map(|help| view! { <small>{help}</small> })}
            <input type="password" name=name autocomplete=fill maxlength="500"/>
        </label>
    }
}

/// A key that was made on the officer's own machine: how to, and where its proof is handed in.
pub(super) fn outside(
    desk: &Desk<'_>,
    (help, command): (&'static str, String),
    here: &str,
    faults: &Faults,
    w: &'static DeskWords,
) -> impl IntoView + use<> {
    let k = &w.keys;
    let fault = fault_of(faults, "proof").map(|fault| view! { <p class="fault">{(w.frame.fault)(fault)}</p> });
    view! {
        <section>
            <h2>{k.outside}</h2>
            <form class="form" method="post" action=desk.at(here)>
                {token(desk)}
                <p>{help}</p>
                <pre class="command">{command}</pre>
                {fault}
                <label class="field">
                    <span>{k.outside_field}</span>
                    <textarea id="proof" name="proof" rows="6" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="2000"></textarea>
                </label>
                <button class="quiet">{k.outside_button}</button>
            </form>
        </section>
    }
}

fn holders(desk: &Desk<'_>, view: &PostKeyView, here: &str, w: &'static DeskWords) -> impl IntoView + use<> {
    let k = &w.keys;
    let action = desk.at(&format!("{here}?holder"));
    let rows = view.holders.iter().map(|(account, name)| {
        let take = view.gives.then(|| {
            view! {
                <form method="post" action=action.clone()>
                    {token(desk)}
                    <input type="hidden" name="take" value=account.clone()/>
                    <button class="quiet">{k.take}</button>
                </form>
            }
        });
        view! { <li><bdi>{name.clone()}</bdi>" "{take}</li> }
    });
    let none = view.holders.is_empty().then(|| view! { <p class="quiet">{k.holders_none}</p> });
    let give = (view.gives && !view.people.is_empty()).then(|| {
        let fault = fault_of(&view.faults, "give").map(|fault| view! { <span class="fault">{(w.frame.fault)(fault)}</span> });
        let faulty = fault.is_some();
        let people = view.people.iter().map(|(account, name)| view! { <option value=account.clone()>{name.clone()}</option> });
        view! {
            <form class="form" method="post" action=action.clone()>
                {token(desk)}
                <label class="field" class:faulty=faulty>
                    <span>{k.give}</span>
                    {fault}
                    <select id="give" name="give">{people.collect_view()}</select>
                </label>
                <button class="quiet">{k.give_button}</button>
            </form>
        }
    });
    view! {
        <section>
            <h2>{k.holders}</h2>
            {none}
            <ul class="holders">{rows.collect_view()}</ul>
            {give}
        </section>
    }
}
