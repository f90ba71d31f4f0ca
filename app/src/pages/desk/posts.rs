//! Agencies' posts, their keys and ends, and the rule of approval as a form.

mod renaming;

use super::form::{Field, area_text, seen, summary, token};
use super::frame::{Page, document};
use super::registrations::{custody, waiting};
use crate::pages::rules;
use crate::view::desk::{AgencyPostsView, Desk, PostKey, PostRow, PostsView, Room, RuleForm, RuleRow};
use crate::words::{self, desk::DeskWords};
use leptos::prelude::*;

/// Path of the page of one agency's posts.
pub(super) fn of(agency: &str) -> String {
    format!("/desk/posts/of/{agency}")
}

/// Path of the page of one post's key.
pub(super) fn key_of(post: &str) -> String {
    format!("/desk/posts/key/{post}")
}

pub fn posts(desk: &Desk<'_>, view: &PostsView) -> String {
    let title = crate::words::desk::of(desk.lang).posts.title;
    document(desk, Page::new(Room::Posts, "posts", title), |w| {
        let p = &w.posts;
        let rows = view.agencies.iter().map(|row| {
            view! {
                <li>
                    <a href=desk.at(&of(&row.agency.id))><bdi>{row.agency.name.clone()}</bdi></a>
                    " "<code>{row.agency.id.clone()}</code>
                    <p class="small">{(p.counted)(row.posts, row.waiting)}</p>
                </li>
            }
        });
        view! {
            <div class="lead">
                <h1>{p.title}</h1>
                <p>{p.lead}</p>
            </div>
            {view.agencies.is_empty().then(|| view! { <p class="quiet">{p.none}</p> })}
            <ul class="rows">{rows.collect_view()}</ul>
        }
    })
}

pub fn agency_posts(desk: &Desk<'_>, view: &AgencyPostsView) -> String {
    let title = (crate::words::desk::of(desk.lang).posts.of)(&view.agency.name);
    document(desk, Page::new(Room::Posts, "posts", title.clone()).with(&view.faults), |w| {
        let p = &w.posts;
        let here = of(&view.agency.id);
        // A rule needs posts; one that there is, or that was typed, is never kept back.
        let typed = view.rule.rows.iter().any(|row| !row.code.is_empty());
        let ruling = view.told.is_some() || typed || !view.posts.is_empty();
        let none = view.posts.is_empty().then(|| view! { <p class="quiet">{p.post_none}</p> });
        let posts = view.posts.iter().map(|post| row(desk, view, post, w)).collect_view();
        let seals = keys(desk, view, (&view.agency.id, 0), &view.seals, w);
        let voids = (view.under_approval > 0).then(|| voids(&(p.voids_any)(view.under_approval), w));
        view! {
            {summary(&view.faults, w)}
            <div class="lead">
                <h1>{title}</h1>
                <p><code>{view.agency.id.clone()}</code></p>
            </div>
            {waiting(desk, &view.waiting, w)}
            {voids}
            {view.may.then(|| called(desk, view, w))}
            <section>
                <h2>{p.posts}</h2>
                {none}
                <ul class="rows">{posts}</ul>
            </section>
            {view.may.then(|| new_post(desk, view, w))}
            {view.may_name.then(|| names(desk, &here, view, w))}
            <section>
                <h2>{p.rule}</h2>
                <p>{if view.told.is_some() { p.rule_has } else { p.rule_none }}</p>
                {view.told.as_ref().map(|of| rules::rule(of, &desk.shell(), words::of(desk.lang)))}
                {(view.may && !ruling).then(|| view! { <p class="quiet">{p.rule_wants_posts}</p> })}
                {(view.may && ruling).then(|| rule(desk, &here, view, w))}
            </section>
            <section>
                <h2>{p.seals}</h2>
                {seals}
                {view.may.then(|| new_seal(desk, view, w))}
            </section>
            {view.may.then(|| bodies(desk, view, w))}
        }
    })
}

/// What is said before an agency is registered otherwise while its texts are under approval.
pub(super) fn voids(said: &str, w: &'static DeskWords) -> impl IntoView + use<> {
    view! { <div class="caution" role="note"><h2>{w.posts.voids_title}</h2><p>{said.to_owned()}</p></div> }
}

/// What the agency is called, and other names for it.
fn called(desk: &Desk<'_>, view: &AgencyPostsView, w: &'static DeskWords) -> impl IntoView + use<> {
    let names = [&view.called.zh, &view.called.en].into_iter().filter(|name| !name.is_empty());
    let names = names.map(|name| view! { <p><bdi>{name.clone()}</bdi></p> });
    view! {
        <section>
            <h2>{w.posts.called}</h2>
            {names.collect_view()}
            {renaming::form(desk, view, &view.agency.id, &view.called, w)}
        </section>
    }
}

/// Whether what the agency publishes names who holds the posts.
fn names(desk: &Desk<'_>, here: &str, view: &AgencyPostsView, w: &'static DeskWords) -> impl IntoView + use<> {
    let p = &w.posts;
    view! {
        <section>
            <h2>{p.naming}</h2>
            <form class="form" method="post" action=desk.at(&format!("{here}?names"))>
                {token(desk)}
                <p>{p.names_help}</p>
                <label class="choice"><input type="checkbox" name="names" value="1" checked=view.names/><span>{p.names_box}</span></label>
                <button class="quiet">{p.names_button}</button>
            </form>
        </section>
    }
}

/// A seal more, which is made here, or was made in a token or by the agency.
fn new_seal(desk: &Desk<'_>, view: &AgencyPostsView, w: &'static DeskWords) -> impl IntoView + use<> {
    let p = &w.posts;
    view! {
        <details open=!view.typed.custody.is_empty()>
            <summary>{p.new_seal}</summary>
            <form class="form" method="post" action=desk.at(&format!("{}?seal", of(&view.agency.id)))>
                {token(desk)}
                <p class="help">{p.new_seal_help}</p>
                {custody(&[("portal", p.custody_portal), ("token", p.custody_token), ("agency", p.custody_agency)], &view.typed.custody, w)}
                {Field::text("seal", p.seal, &view.typed.seal, "off").help(p.seal_help).long(600).draw(&view.faults, w)}
                <button class="quiet">{p.new_seal_button}</button>
            </form>
        </details>
    }
}

/// Who speaks for the agency once it is no more, and who oversees it.
fn bodies(desk: &Desk<'_>, view: &AgencyPostsView, w: &'static DeskWords) -> impl IntoView + use<> {
    let p = &w.posts;
    view! {
        <section>
            <h2>{p.bodies}</h2>
            <form class="form" method="post" action=desk.at(&format!("{}?bodies", of(&view.agency.id)))>
                {token(desk)}
                <p>{p.bodies_help}</p>
                {Field::text("successor", p.successor, &view.successor, "off").help(p.successor_help).draw(&view.faults, w)}
                <label class="field">
                    <span>{p.overseers}</span>
                    <small>{p.overseers_help}</small>
                    <textarea name="overseers" rows="3" autocapitalize="none" spellcheck="false">{area_text(&view.overseers)}</textarea>
                </label>
                <button class="quiet">{p.bodies_button}</button>
            </form>
        </section>
    }
}

fn row(desk: &Desk<'_>, view: &AgencyPostsView, post: &PostRow, w: &'static DeskWords) -> impl IntoView + use<> {
    let p = &w.posts;
    let held = if post.holders.is_empty() { p.held_by_none.to_owned() } else { (p.held_by)(&post.holders.join(p_joint(w))) };
    view! {
        <li>
            <h3><bdi>{post.name.clone()}</bdi>" "<code>{post.id.clone()}</code></h3>
            <p class="small">{held}</p>
            {keys(desk, view, (&post.id, post.signed), &post.keys, w)}
            {view.may.then(|| renaming::form(desk, view, &post.id, &post.called, w))}
            <p><a href=desk.at(&key_of(&post.id))>{p.to_key}</a></p>
        </li>
    }
}

/// What stands between names.
fn p_joint(w: &'static DeskWords) -> &'static str {
    match w.lang {
        crate::Lang::Zh => "、",
        crate::Lang::En => ", ",
    }
}

/// Keys of a post, or an agency's seals, each with how it ended or a form that ends it. `signed`: texts that this may touch.
fn keys(
    desk: &Desk<'_>,
    view: &AgencyPostsView,
    (subject, signed): (&str, usize),
    keys: &[PostKey],
    w: &'static DeskWords,
) -> impl IntoView + use<> {
    let p = &w.posts;
    let rows = keys.iter().map(|key| {
        // An end may turn out to have come earlier, or to have been worse.
        let end = view.may.then(|| {
            let ended = key.ended.as_ref();
            let stolen = ended.is_some_and(|(how, _)| how == "compromised");
            let hows = p.hows.into_iter().filter(|(how, _)| !stolen || *how == "compromised");
            let hows = hows.map(|(how, said)| view! { <option value=how>{said}</option> });
            let summary = if ended.is_some() { p.end_again } else { p.end };
            let at = ended.map_or(view.size, |(_, at)| *at);
            view! {
                <details>
                    <summary>{summary}</summary>
                    <form class="form" method="post" action=desk.at(&format!("{}?end", of(&view.agency.id)))>
                        {token(desk)}
                        <input type="hidden" name="subject" value=subject.to_owned()/>
                        <input type="hidden" name="key" value=key.vkey.clone()/>
                        <p class="help">{p.end_help}</p>
                        {(signed > 0).then(|| view! { <p class="help">{(p.end_signed)(signed)}</p> })}
                        <label class="field"><span>{p.how}</span><select name="how">{hows.collect_view()}</select></label>
                        <label class="field">
                            <span>{p.at}</span>
                            <input name="at" inputmode="numeric" value=at.to_string() autocomplete="off"/>
                            <small>{p.at_help}</small>
                        </label>
                        <button class="grave">{p.end_button}</button>
                    </form>
                </details>
            }
        });
        view! { <li>{key_said(key, w)}{end}</li> }
    });
    let none = keys.is_empty().then(|| view! { <p class="quiet">{p.keys_none}</p> });
    view! { {none}<ul class="keyrows">{rows.collect_view()}</ul> }
}

/// A key with what became of it.
pub(super) fn key_said(key: &PostKey, w: &'static DeskWords) -> impl IntoView + use<> {
    let p = &w.posts;
    let custody = key.custody.as_deref().map(|custody| view! { <span>{(p.custody)(custody)}</span> });
    let ended = key.ended.as_ref().map(|(how, at)| view! { <strong class="ended">{(p.ended)(how, *at)}</strong> });
    view! { <code class="vkey">{key.vkey.clone()}</code>" "{custody}" "{ended} }
}

fn new_post(desk: &Desk<'_>, view: &AgencyPostsView, w: &'static DeskWords) -> impl IntoView + use<> {
    let p = &w.posts;
    let help = (p.id_help)(&view.agency.id);
    view! {
        <section>
            <h2>{p.new}</h2>
            <form class="form" method="post" action=desk.at(&format!("{}?post", of(&view.agency.id)))>
                {token(desk)}
                {seen(&view.typed.seen)}
                <p>{p.new_help}</p>
                {Field::text("id", p.id, &view.typed.id, "off").help(&help).draw(&view.faults, w)}
                {Field::text("name_zh", p.name_zh, &view.typed.name_zh, "off").draw(&view.faults, w)}
                {Field::text("name_en", p.name_en, &view.typed.name_en, "off").draw(&view.faults, w)}
                <button>{p.new_button}</button>
            </form>
        </section>
    }
}

fn rule(desk: &Desk<'_>, here: &str, view: &AgencyPostsView, w: &'static DeskWords) -> impl IntoView + use<> {
    let p = &w.posts;
    let posts: Vec<(String, String)> = view.posts.iter().map(|post| (post.id.clone(), post.name.clone())).collect();
    let RuleForm { rows, overriders, deferred } = &view.rule;
    let rows = rows.iter().enumerate().map(|(n, row)| rule_row(n, row, &posts, w)).collect_view();
    let drop = view.told.is_some().then(|| {
        view! {
            <form method="post" action=desk.at(&format!("{here}?rule"))>
                {token(desk)}
                <input type="hidden" name="none" value="1"/>
                <button class="grave">{p.rule_drop}</button>
            </form>
        }
    });
    view! {
        <form class="rule-form" id="rule" method="post" action=desk.at(&format!("{here}?rule"))>
            {token(desk)}
            <p class="help">{p.rule_help}</p>
            {rows}
            <label class="field">
                <span>{p.overriders}</span>
                <small>{p.overriders_help}</small>
                <textarea name="overriders" rows="2" spellcheck="false">{area_text(overriders)}</textarea>
            </label>
            <label class="choice">
                <input type="checkbox" name="deferred" value="1" checked=*deferred/>
                <span>{p.deferred}" "<small>{p.deferred_help}</small></span>
            </label>
            <button>{p.rule_button}</button>
        </form>
        {drop}
    }
}

fn rule_row(n: usize, row: &RuleRow, posts: &[(String, String)], w: &'static DeskWords) -> impl IntoView + use<> {
    let p = &w.posts;
    // Posts that the rule names and the agency has no more stay, until somebody takes them out.
    let others = row.posts.iter().filter(|id| !posts.iter().any(|(known, _)| known == *id)).map(|id| (id.clone(), id.clone()));
    let boxes = posts.iter().cloned().chain(others).map(|(id, name)| {
        let checked = row.posts.contains(&id);
        view! { <label class="choice"><input type="checkbox" name=format!("posts-{n}") value=id.clone() checked=checked/><span><bdi>{name}</bdi>" "<code>{id}</code></span></label> }
    });
    let text = |name: &str, label: &'static str, help: Option<&'static str>, value: &str| {
        view! {
            <label class="field">
                <span>{label}</span>
                {help.map(|help| view! { <small>{help}</small> })}
                <input name=format!("{name}-{n}") value=value.to_owned() autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="400"/>
            </label>
        }
    };
    view! {
        <fieldset class="rule-row">
            <legend>{(p.step)(n + 1)}</legend>
            {text("code", p.code, Some(p.code_help), &row.code)}
            {text("genre", p.genre, Some(p.genre_help), &row.genre)}
            {text("count", p.count, None, &row.count)}
            {text("after", p.after, Some(p.after_help), &row.after)}
            <fieldset class="choices"><legend>{p.may_take}</legend>{boxes.collect_view()}</fieldset>
        </fieldset>
    }
}
