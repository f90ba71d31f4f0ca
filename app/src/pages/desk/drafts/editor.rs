//! The editor: all that can be typed into a draft, in one column, and below it the text as it will be read.

use super::super::form::{fault_of, token};
use super::super::frame::{Page, document, minute};
use super::area::{ALWAYS, How, field};
use super::texts::{agencies, languages, translations};
use super::{conflict::conflict, named, preview, tools};
use crate::codes;
use crate::view::desk::{Desk, DraftKind, EditorView, Room};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

/// Lines of a short list, of a paragraph, and of the text.
const LIST: u32 = 3;
const PARAGRAPH: u32 = 4;
const TEXT: u32 = 24;

pub fn editor(desk: &Desk<'_>, view: &EditorView) -> String {
    let d = &crate::words::desk::of(desk.lang).drafts;
    let title = named(view.typed.of("title"), view.kind, d);
    let read = view.preview.as_ref().map(|shown| preview(&desk.shell(), shown));
    let page = Page { scripts: tools::scripts(desk, view), ..Page::new(Room::Drafts, "editor", title.clone()).with(&view.faults) };
    document(desk, page, |w| {
        let e = &w.drafts.editor;
        let at = desk.at(&format!("/desk/drafts/{}", view.id));
        let fields = match view.kind {
            DraftKind::Disclosure => disclosure(view, desk, w).into_any(),
            DraftKind::Status => status(view, desk, w).into_any(),
            DraftKind::Redaction => redaction(view, desk, w).into_any(),
        };
        let saved = view.just_saved.then(|| view! { <p class="done" role="status">{e.just_saved}</p> });
        let files = (view.kind == DraftKind::Disclosure).then(|| files(view, desk, w));
        let read = read.map(|html| as_read(html, w));
        let over = view.over.then(|| view! { <input type="hidden" name="over" value="1"/> });
        view! {
            {lacking(view, w)}
            {conflict(view, w)}
            {tools::told(w)}
            <div class="lead">
                <h1><bdi>{title.clone()}</bdi></h1>
                <p>{(e.lead)(&view.agency.name)}</p>
                {saved}
                <p class="small">{(w.drafts.saved)(&minute(view.saved, w.lang), &view.saved_by)}</p>
            </div>
            <div class="bench">
                <div class="writing">
                    <form class="form draft" id="draft" method="post" action=at.clone() autocomplete="off">
                        {token(desk)}
                        <input type="hidden" name="revision" value=view.revision.to_string()/>
                        {over}
                        // What Enter does in a line: a form is sent by its first button.
                        <button name="do" value="save" class="unseen" tabindex="-1" aria-hidden="true">{e.save}</button>
                        {fields}
                        <div class="ways">
                            <button name="do" value="save">{e.save}</button>
                            <button name="do" value="submit" class="quiet">{e.onward}</button>
                            <button name="do" value="drop" class="quiet grave">{e.drop}</button>
                        </div>
                        <p class="small">{(e.drop_help)(view.discarded_days)}</p>
                        <p class="saving" data-saving hidden></p>
                    </form>
                    {files}
                    {asides(view, desk, w)}
                </div>
                {read}
            </div>
            {tools::kit(desk, view, w)}
        }
    })
}

/// What is wrong, above the form: each by the name of its field, and linked to it.
fn lacking(view: &EditorView, w: &'static DeskWords) -> Option<impl IntoView + use<>> {
    let lines = view.faults.iter().map(|(field, fault)| {
        let named = (w.drafts.editor.field)(field);
        view! { <li><a href=format!("#{field}")>{named}</a>" "{(w.frame.fault)(*fault)}</li> }
    });
    let lines = lines.collect_view();
    (!view.faults.is_empty()).then(|| {
        view! { <div class="faults" role="alert"><h2>{w.frame.fault_title}</h2><ul>{lines}</ul></div> }
    })
}

fn disclosure(view: &EditorView, desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let e = &w.drafts.editor;
    let typed = view.typed.of("genre");
    let of_genre = view.asked.iter().find(|(genre, _)| *genre == typed).map_or(&[][..], |(_, fields)| fields);
    let asked: Vec<_> = ALWAYS.iter().chain(of_genre).copied().collect();
    let put = |name, how| field(name, how, &view.typed, &view.faults, &asked, w);
    let none = || vec![("", e.choose.to_owned())];
    let own = (!typed.is_empty() && !view.genres.iter().any(|code| code == typed)).then(|| (typed, typed.to_owned()));
    let known = view.genres.iter().map(|code| (code.as_str(), codes::genre(w.lang, code).unwrap_or(code).to_owned()));
    let genres: Vec<_> = none().into_iter().chain(known).chain(own).collect();
    let tags = languages(view, view.typed.of("language"), w);
    let tags = tags.iter().map(|(tag, called)| (tag.as_str(), called.clone())).collect();
    let names = view.agencies.iter().map(|name| view! { <option value=name.clone()></option> }).collect_view();
    let authentic =
        none().into_iter().chain(["original", "copy"].map(|code| (code, codes::authentic(w.lang, code).unwrap_or(code).to_owned())));
    view! {
        <fieldset>
            <legend class="part">{e.what}</legend>
            {put("title", How::Line)}
            {put("genre", How::Choice(genres))}
            <p class="help">{w.editing.asked_lead}</p>
            {put("language", How::Choice(tags))}
            {revises(view, desk, w)}
        </fieldset>
        <fieldset>
            <legend class="part">{e.text}</legend>
            {put("body", How::Area(TEXT))}
        </fieldset>
        <fieldset>
            <legend class="part">{e.dates}</legend>
            <div class="pairs">
                {put("issued", How::Day)}
                {put("published", How::Day)}
                {put("effective", How::Day)}
                {put("expires", How::Day)}
            </div>
        </fieldset>
        <fieldset>
            <legend class="part">{e.more}</legend>
            {put("document_number", How::Line)}
            {put("index_number", How::Line)}
            {put("theme", How::Line)}
            <datalist id="agencies">{names}</datalist>
            {agencies("issuing_agencies", view, &view.faults, w)}
            {agencies("joint_agencies", view, &view.faults, w)}
            {put("basis", How::Area(LIST))}
            {put("summary", How::Area(PARAGRAPH))}
            {put("keywords", How::Area(LIST))}
            {put("region", How::Line)}
            {put("subjects", How::Area(LIST))}
            {put("source", How::Line)}
            {put("authentic", How::Choice(authentic.collect()))}
        </fieldset>
        {translations(view, w)}
    }
}

/// Which published document this is a new version of, if it is one: the same field as where a document must be named.
fn revises(view: &EditorView, desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let e = &w.drafts.editor;
    let fault = fault_of(&view.faults, "target").map(|fault| (w.frame.fault)(fault));
    let faulty = fault.is_some();
    let described = if faulty { "target-help target-fault" } else { "target-help" };
    let invalid = faulty.then_some("true");
    let value = view.typed.of("target").to_owned();
    view! {
        <div class="field" class:faulty=faulty>
            <label for="target">{e.revises}</label>
            <p class="help" id="target-help">{e.revises_help}</p>
            {fault.map(|fault| view! { <p class="fault" id="target-fault">{fault}</p> })}
            <input id="target" name="target" type="text" inputmode="numeric" class="short" value=value maxlength="600" autocomplete="off"
                aria-describedby=described aria-invalid=invalid/>
        </div>
        {named_target(view, desk, w.drafts.case.revises, w)}
        {why(view, w)}
    }
}

/// Why it takes that one's place: asked as soon as something is named, by the script if there is one.
fn why(view: &EditorView, w: &'static DeskWords) -> impl IntoView + use<> {
    let hidden = ["target", "ground"].iter().all(|name| view.typed.of(name).is_empty());
    let asked = field("ground", How::Choice(grounds(view, w)), &view.typed, &view.faults, &["ground"], w);
    view! { <div data-revising hidden=hidden>{asked}</div> }
}

/// The published document that this is about, once it was named.
fn target(view: &EditorView, desk: &Desk<'_>, w: &'static DeskWords) -> Option<impl IntoView + use<>> {
    named_target(view, desk, w.drafts.editor.target, w)
}

fn named_target(view: &EditorView, desk: &Desk<'_>, said: &'static str, w: &'static DeskWords) -> Option<impl IntoView + use<>> {
    let target = view.target.as_ref()?;
    let called = target.title.clone().unwrap_or_else(|| (w.drafts.entry)(target.index));
    Some(view! {
        <p class="about"><strong>{said}</strong>" "<a href=desk.at(&target.path())><bdi>{called}</bdi></a></p>
    })
}

/// Those that are offered, and one that a program gave and nobody here knows.
fn grounds<'a>(view: &'a EditorView, w: &'static DeskWords) -> Vec<(&'a str, String)> {
    let typed = view.typed.of("ground");
    let own = (!typed.is_empty() && view.grounds.iter().all(|code| *code != typed)).then_some(typed);
    let known = view.grounds.iter().copied().chain(own);
    let called = known.map(|code| (code, codes::ground(w.lang, code).unwrap_or(code).to_owned()));
    [("", w.drafts.editor.choose.to_owned())].into_iter().chain(called).collect()
}

fn status(view: &EditorView, desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let e = &w.drafts.editor;
    let put = |name, how| field(name, how, &view.typed, &view.faults, &[], w);
    let changes = view.changes.iter().map(|code| (*code, (e.change)(code).to_owned()));
    let changes = [("", e.choose.to_owned())].into_iter().chain(changes).collect();
    view! {
        {put("target", How::Number)}
        {target(view, desk, w)}
        {put("change", How::Choice(changes))}
        {put("effective", How::Day)}
        {put("ground", How::Choice(grounds(view, w)))}
        {put("by", How::Number)}
    }
}

fn redaction(view: &EditorView, desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let e = &w.drafts.editor;
    let put = |name, how| field(name, how, &view.typed, &view.faults, &[], w);
    let fault = fault_of(&view.faults, "parts");
    let parts = view.parts.iter().map(|(commitment, name, chosen)| {
        view! {
            <li>
                <label><input type="checkbox" name="parts" value=commitment.clone() checked=*chosen/>" "<bdi>{name.clone()}</bdi></label>
            </li>
        }
    });
    let parts = parts.collect_view();
    view! {
        {put("target", How::Number)}
        {target(view, desk, w)}
        <fieldset id="parts" class="field" class:faulty=fault.is_some()>
            <legend>{(e.field)("parts")}</legend>
            {fault.map(|fault| view! { <p class="fault">{(w.frame.fault)(fault)}</p> })}
            {view.parts.is_empty().then(|| view! { <p class="help">{e.parts_help}</p> })}
            <ul class="checks">{parts}</ul>
        </fieldset>
        {put("ground", How::Choice(grounds(view, w)))}
    }
}

fn files(view: &EditorView, desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let e = &w.drafts.editor;
    let at = desk.at(&format!("/desk/drafts/{}/files", view.id));
    let rows = view.files.iter().map(|file| {
        let own = format!("{at}/{}", file.id);
        view! {
            <li>
                <a href=own.clone()><bdi>{file.name.clone()}</bdi></a>" "
                <span class="small">{file.media.clone()}" · "{(crate::words::of(w.lang).document.size)(file.size)}</span>
                <form method="post" action=own>{token(desk)}<button class="quiet">{e.remove}</button></form>
            </li>
        }
    });
    let rows = match view.files.is_empty() {
        true => view! { <li class="quiet" data-none>{e.files_none}</li> }.into_any(),
        false => rows.collect_view().into_any(),
    };
    let fault = fault_of(&view.faults, "file").map(|fault| (w.frame.fault)(fault));
    let faulty = fault.is_some();
    view! {
        <section>
            <h2>{e.files}</h2>
            <ul class="work files" data-files>{rows}</ul>
            {tools::ways_in(w)}
            <form class="form" method="post" enctype="multipart/form-data" action=at.clone() data-plain-upload>
                {token(desk)}
                <div class="field" class:faulty=faulty>
                    <label for="file">{e.file}</label>
                    <p class="help">{e.files_help}" "{e.upload_slow}</p>
                    {fault.map(|fault| view! { <p class="fault">{fault}</p> })}
                    <input id="file" name="file" type="file" required=true/>
                </div>
                <button class="quiet">{e.upload}</button>
            </form>
        </section>
    }
}

/// Drawn already: as the script has it drawn while somebody writes.
fn as_read(html: String, w: &'static DeskWords) -> impl IntoView + use<> {
    view! {
        <section id="preview" aria-labelledby="preview-title">
            <h2 id="preview-title">{w.drafts.editor.preview}</h2>
            <div data-preview inner_html=html></div>
        </section>
    }
}

fn asides(view: &EditorView, desk: &Desk<'_>, w: &'static DeskWords) -> Option<impl IntoView + use<>> {
    let e = &w.drafts.editor;
    (!view.asides.is_empty()).then(|| {
        let rows = view.asides.iter().map(|aside| {
            let at = desk.at(&format!("/desk/drafts/{}/asides/{}", view.id, aside.id));
            view! { <li><a href=at><bdi>{(e.aside)(&aside.by, &minute(aside.kept, w.lang))}</bdi></a></li> }
        });
        view! { <section><h2>{e.asides}</h2><ul class="work">{rows.collect_view()}</ul></section> }
    })
}
