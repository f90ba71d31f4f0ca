//! What waits for registrars: the list, and each registration as it will be signed.

use super::charter;
use super::form::{Field, fault_of, personal, seen, summary, token};
use super::frame::{Page, document, minute};
use super::post_key::{kit, restoring, scripts};
use super::posts;
use crate::pages::text;
use crate::view::desk::{Desk, RegistrarKeyView, RegistrationView, RegistrationsView, Room, RuleRow, Says, WaitingRow};
use crate::words::{self, desk::DeskWords};
use leptos::prelude::*;

fn path(id: &str) -> String {
    format!("/desk/registrations/{id}")
}

/// The registrations that wait, each with a link to where it is read and signed.
pub(super) fn waiting(desk: &Desk<'_>, rows: &[WaitingRow], w: &'static DeskWords) -> impl IntoView + use<> {
    let p = &w.posts;
    let none = rows.is_empty().then(|| view! { <p class="quiet">{p.waiting_none}</p> });
    view! {
        <section>
            <h2>{p.waiting}</h2>
            {none}
            {waiting_rows(desk, rows, w)}
        </section>
    }
}

/// The list alone.
pub(super) fn waiting_rows(desk: &Desk<'_>, rows: &[WaitingRow], w: &'static DeskWords) -> impl IntoView + use<> {
    let p = &w.posts;
    let rows = rows.iter().map(|row| {
        view! {
            <li>
                <a href=desk.at(&path(&row.id))><code>{row.subject.clone()}</code>" · "{(p.asked)(&row.what)}</a>
                <p class="small">{(p.asked_by)(&row.by, &minute(row.asked, w.lang))}" · "{(p.signatures)(row.signed, row.needed)}</p>
            </li>
        }
    });
    view! { <ul class="rows">{rows.collect_view()}</ul> }
}

pub fn registrations(desk: &Desk<'_>, view: &RegistrationsView, keys: &[RegistrarKeyView]) -> String {
    let title = crate::words::desk::of(desk.lang).posts.registrations;
    // Where nothing is to be signed, nothing that signs is loaded.
    let scripts = if view.registers { scripts(desk) } else { vec![] };
    let page = Page { scripts, ..Page::new(Room::Registrations, "registrations", title).with(&view.faults) };
    document(desk, page, |w| {
        let p = &w.posts;
        let alone = view.alone.then(|| view! { <p class="note">{p.alone}</p> });
        let keys: Vec<_> = keys.iter().map(|key| (key.name.clone(), key.vkey.clone())).collect();
        let keys = registrar_keys(&keys, view.registers, desk, w);
        view! {
            {summary(&view.faults, w)}
            <div class="lead">
                <h1>{p.registrations}</h1>
                <p>{(p.registrations_lead)(view.needed, view.registrars.len())}</p>
                <p><a href=desk.at("/desk/charter")>{w.charter.to}</a></p>
            </div>
            {alone}
            {waiting(desk, &view.waiting, w)}
            {view.registers.then(|| new_agency(desk, view, w))}
            {keys}
            {view.registers.then(|| kit(desk, w))}
        }
    })
}

/// A new agency, with its first seal.
fn new_agency(desk: &Desk<'_>, view: &RegistrationsView, w: &'static DeskWords) -> impl IntoView + use<> {
    let p = &w.posts;
    view! {
        <section>
            <h2>{p.new_agency}</h2>
            <form class="form" method="post" action=desk.at("/desk/registrations")>
                {token(desk)}
                {seen(&view.typed.seen)}
                <p>{p.new_agency_help}</p>
                {Field::text("id", p.agency_id, &view.typed.id, "off").help(p.agency_id_help).draw(&view.faults, w)}
                {Field::text("name_zh", p.name_zh, &view.typed.name_zh, "off").draw(&view.faults, w)}
                {Field::text("name_en", p.name_en, &view.typed.name_en, "off").draw(&view.faults, w)}
                {custody(&[("portal", p.custody_portal), ("token", p.custody_token), ("agency", p.custody_agency)], &view.typed.custody, w)}
                {Field::text("seal", p.seal, &view.typed.seal, "off").help(p.seal_help).long(600).draw(&view.faults, w)}
                <button>{p.new_agency_button}</button>
            </form>
        </section>
    }
}

/// The keys that registrars sign with, and what this browser has of them. Of those who only read, it has none.
pub(super) fn registrar_keys(keys: &[(String, String)], registers: bool, desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let sections = keys.iter().map(|(name, vkey)| {
        let own = desk.at(&charter::key_of(name));
        if !registers {
            return view! {
                <section>
                    <h3><a href=own><code>{name.clone()}</code></a></h3>
                    <code class="vkey">{vkey.clone()}</code>
                </section>
            }
            .into_any();
        }
        view! {
            <section class="keykit" data-key-of=name.clone() data-good=vkey.clone() data-ended="" data-waiting="">
                <h3><a href=own><code>{name.clone()}</code></a></h3>
                <code class="vkey">{vkey.clone()}</code>
                <p class="key-state" data-key-said role="status"></p>
                {restoring(name, w)}
            </section>
        }
        .into_any()
    });
    let sections = sections.collect_view();
    view! { <section><h2>{w.posts.registrar_keys}</h2>{sections}</section> }
}

pub fn registration(desk: &Desk<'_>, view: &RegistrationView) -> String {
    let words = crate::words::desk::of(desk.lang);
    let title = if view.amended.is_some() { words.charter.amendment } else { words.posts.registration };
    let page = Page { scripts: scripts(desk), ..Page::new(Room::Registrations, "registration", title).with(&view.faults) };
    document(desk, page, |w| {
        let p = &w.posts;
        let signed = view.registrars.iter().map(|(name, has)| {
            view! { <li><code>{name.clone()}</code>" "{if *has { p.has_signed } else { p.has_not_signed }}</li> }
        });
        let withdraw = view.withdraws.then(|| {
            view! {
                <form method="post" action=desk.at(&format!("{}?withdraw", path(&view.row.id)))>
                    {token(desk)}
                    <button class="grave">{p.withdraw}</button>
                </form>
            }
        });
        let trouble = view.trouble.then(|| view! { <p class="fault" role="alert">{p.trouble}</p> });
        let was = view.was.iter().map(|(language, name)| view! { " "<small>{language.clone()}</small>" "<bdi>{name.clone()}</bdi> });
        let was = was.collect_view();
        let was = (!view.was.is_empty()).then(|| view! { <p class="small">{p.was}{was}</p> });
        let voids = view.voids.map(|(texts, voids)| posts::voids(&(p.voids)(texts, voids), w));
        let before = view.amended.as_ref().map(|amended| format!("/log/entry/{}", amended.before));
        let said = match &view.amended {
            Some(amended) => charter::amended(amended, w).into_any(),
            None => view! { <p class="help">{p.says_help}</p>{says(&view.says, w)} }.into_any(),
        };
        view! {
            {summary(&view.faults, w)}
            <div class="lead">
                <h1>{title}</h1>
                <p><code>{view.row.subject.clone()}</code>" · "{(p.asked)(&view.row.what)}</p>
                <p class="small">{(p.asked_by)(&view.row.by, &minute(view.row.asked, w.lang))}" · "{(p.signatures)(view.row.signed, view.row.needed)}</p>
                {was}
            </div>
            {trouble}
            {voids}
            {personal(&view.personal, w)}
            <section class="registration" data-registration data-before=before>
                <h2>{p.says}</h2>
                {said}
                <details>
                    <summary>{p.text}</summary>
                    <pre data-text>{view.text.clone()}</pre>
                </details>
            </section>
            <section>
                <h2>{p.sign}</h2>
                <ul class="holders">{signed.collect_view()}</ul>
                {(view.signs && !view.trouble).then(|| sign(desk, view, w))}
            </section>
            {withdraw}
            {kit(desk, w)}
        }
    })
}

/// Who is to keep a seal; the first where nothing was chosen.
pub(super) fn custody(choices: &[(&'static str, &'static str)], chosen: &str, w: &'static DeskWords) -> impl IntoView + use<> {
    let chosen = choices.iter().position(|(code, _)| *code == chosen).unwrap_or_default();
    let boxes = choices.iter().enumerate().map(|(n, (code, said))| {
        view! { <label class="choice"><input type="radio" name="custody" value=*code checked={n == chosen}/><span>{*said}</span></label> }
    });
    let boxes = boxes.collect_view();
    view! { <fieldset class="choices"><legend>{w.posts.custody_of}</legend>{boxes}</fieldset> }
}

/// What a registration says, each fact as the browser reads it back before it signs.
fn says(says: &Says, w: &'static DeskWords) -> impl IntoView + use<> {
    let p = &w.posts;
    let marked = |field: &str, said: &str| format!(r#"<bdi data-field="{field}">{}</bdi>"#, text::marked(said, words::of(w.lang)));
    let keys = says.keys.iter().map(|key| {
        let ended = key.ended.as_ref().map(|(how, at)| {
            view! { <strong class="ended">{(p.ended)(how, *at)}" "<small data-field="ended">{format!("{how} {at}")}</small></strong> }
        });
        let custody = key.custody.clone().map(|custody| {
            view! { <span>{(p.custody)(&custody)}" "<small data-field="custody">{custody.clone()}</small></span> }
        });
        view! { <li><code class="vkey" data-field="key">{key.vkey.clone()}</code>" "{custody}" "{ended}</li> }
    });
    let names = says.names.iter().map(|(language, name)| {
        view! { <li><small data-field="language">{language.clone()}</small>" "<span inner_html=marked("name", name)></span></li> }
    });
    let (kind, field) = if says.post { (p.kind_post, "post") } else { (p.kind_agency, "agency") };
    let agency = says.post.then(|| {
        view! { <div><dt>{p.agency}</dt><dd><code data-field="agency">{says.agency.clone()}</code></dd></div> }
    });
    let overseers = (!says.overseers.is_empty()).then(|| {
        let bodies = says.overseers.iter().map(|body| view! { <li><code data-field="overseer">{body.clone()}</code></li> });
        view! { <div><dt>{p.overseers}</dt><dd><ul>{bodies.collect_view()}</ul></dd></div> }
    });
    let rule = says.rule.as_ref().map(|steps| {
        let count = view! { <p>{p.steps}": "<span data-field="rule">{steps.len()}</span></p> };
        let steps = steps.iter().map(|step| step_said(step, w));
        let overriders = (!says.overriders.is_empty()).then(|| view! { <p>{p.overriders}": "{codes("overrider", &says.overriders)}</p> });
        let deferred = says.deferred.then(|| view! { <p>{p.deferred}" "<small data-field="deferred">"deferred"</small></p> });
        view! { <div><dt>{p.rule}</dt><dd>{count}<ol>{steps.collect_view()}</ol>{overriders}{deferred}</dd></div> }
    });
    let archive = says.archive.then(|| {
        view! { <div><dt>{p.kind}</dt><dd>{p.archive}" "<small data-field="archive">"archive"</small></dd></div> }
    });
    view! {
        <dl class="says">
            <div><dt>{kind}</dt><dd><code data-field=field>{says.id.clone()}</code></dd></div>
            {agency}
            {says.replaces.map(|entry| view! { <div><dt>{p.replaces}</dt><dd><code data-field="replaces">{entry}</code></dd></div> })}
            <div><dt>{p.names}</dt><dd><ul>{names.collect_view()}</ul></dd></div>
            <div><dt>{p.keys}</dt><dd><ul class="keyrows">{keys.collect_view()}</ul></dd></div>
            {says.successor.clone().map(|body| view! { <div><dt>{p.successor}</dt><dd><code data-field="successor">{body}</code></dd></div> })}
            {overseers}
            {archive}
            {rule}
        </dl>
    }
}

/// Ids or codes, each by itself.
fn codes(field: &'static str, codes: &[String]) -> impl IntoView + use<> {
    codes.iter().map(|code| view! { <code data-field=field>{code.clone()}</code>" " }).collect_view()
}

fn step_said(step: &RuleRow, w: &'static DeskWords) -> impl IntoView + use<> {
    let p = &w.posts;
    let genre = match step.genre.as_str() {
        "*" => Some(p.any_genre),
        _ => None,
    };
    let after: Vec<_> = step.after.split_whitespace().map(str::to_owned).collect();
    let after = (!after.is_empty()).then(|| view! { " · "{p.waits_for}" "{codes("after", &after)} });
    view! {
        <li>
            <strong><code data-field="step">{step.code.clone()}</code></strong>" "
            <span class="help"><code data-field="genre">{step.genre.clone()}</code>" "{genre}</span><br/>
            <span data-field="count">{step.count.clone()}</span>{p.of_posts}{codes("taker", &step.posts)}{after}
        </li>
    }
}

fn sign(desk: &Desk<'_>, view: &RegistrationView, w: &'static DeskWords) -> impl IntoView + use<> {
    let p = &w.posts;
    let here = desk.at(&path(&view.row.id));
    let alone = view.alone.then(|| {
        view! {
            <form class="form" method="post" action=format!("{here}?here")>
                {token(desk)}
                <p>{p.sign_here_help}</p>
                <button>{p.sign_here}</button>
            </form>
        }
    });
    let again = view.stuck.then(|| {
        view! {
            <form class="form" method="post" action=format!("{here}?again")>
                {token(desk)}
                <p>{p.again_help}</p>
                <button>{p.again}</button>
            </form>
        }
    });
    let names =
        view.registrars.iter().filter(|(_, has)| !has).map(|(name, _)| view! { <option value=name.clone()>{name.clone()}</option> });
    let fault = fault_of(&view.faults, "note").map(|fault| view! { <p class="fault">{(w.frame.fault)(fault)}</p> });
    view! {
        {again}
        {alone}
        <h3>{p.sign_browser}</h3>
        <form class="form" data-sign-text data-with-script hidden method="post" action=here.clone()>
            {token(desk)}
            <input type="hidden" name="note"/>
            <p>{p.sign_browser_help}</p>
            <label class="field"><span>{p.sign_as}</span><select name="name">{names.collect_view()}</select></label>
            <button>{p.sign_button}</button>
            <p class="said" data-said role="status"></p>
        </form>
        <p class="without-signing">{w.keys.script}</p>
        <h3>{p.offline}</h3>
        <form class="form" method="post" action=here.clone()>
            {token(desk)}
            <p>{p.offline_help}</p>
            <p><a class="button quiet" href=format!("{here}/text") download="registration.txt">{p.download}</a></p>
            {fault}
            <label class="field" data-with-script hidden><span>{p.file}</span><input type="file" data-into="note"/></label>
            <label class="field"><span>{p.paste}</span><textarea id="note" name="note" rows="6" spellcheck="false" autocapitalize="none"></textarea></label>
            <button class="quiet">{p.paste_button}</button>
        </form>
    }
}
