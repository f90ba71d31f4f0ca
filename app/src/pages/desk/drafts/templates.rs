//! Templates: what drafts may begin with, and the form of an agency's own.

use super::super::form::{Field, area_text, summary, token};
use super::super::frame::{Page, document, minute};
use super::area::{How, field};
use crate::codes;
use crate::view::AgencyRef;
use crate::view::desk::{Desk, Room, TemplatePlace, TemplateRow, TemplateView, TemplatesView, TranslationRow};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

const LIST: u32 = 3;
const TEXT: u32 = 18;

pub fn templates(desk: &Desk<'_>, view: &TemplatesView) -> String {
    let title = crate::words::desk::of(desk.lang).templates.title;
    document(desk, Page::new(Room::Drafts, "templates", title), |w| {
        let t = &w.templates;
        let places = view.places.iter().map(|one| place(one, view, desk, w)).collect_view();
        // Whoever uses them sees the house's beside each agency's own.
        let house = view.reads && !view.places.iter().any(|one| one.drafts || one.keeps);
        view! {
            <p class="back"><a href=desk.at("/desk/drafts")>{w.bringing.back}</a></p>
            <div class="lead"><h1>{t.title}</h1><p>{t.lead}</p></div>
            {places}
            {house.then(|| view! { <section class="wide templates">{of_the_house(view, None, desk, w)}</section> })}
        }
    })
}

fn of_the_house(view: &TemplatesView, place: Option<&TemplatePlace>, desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let t = &w.templates;
    let house = view.house.iter().map(|one| row(one, false, place, desk, w)).collect_view();
    view! {
        <h3>{t.house}</h3>
        <p class="help">{t.house_help}</p>
        <ul class="work">{house}</ul>
    }
}

fn place(place: &TemplatePlace, view: &TemplatesView, desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let t = &w.templates;
    let make = place.keeps.then(|| {
        view! {
            <form method="get" action=desk.at("/desk/templates/new")>
                <input type="hidden" name="agency" value=place.agency.id.clone()/>
                <button class="quiet">{t.make}</button>
            </form>
        }
    });
    let none = place.own.is_empty().then(|| view! { <p class="quiet">{if place.keeps { t.own_none_keeps } else { t.own_none }}</p> });
    let own = place.own.iter().map(|one| row(one, true, Some(place), desk, w)).collect_view();
    let own = (!place.own.is_empty()).then(|| view! { <ul class="work">{own}</ul> });
    let house = (place.drafts || place.keeps).then(|| of_the_house(view, Some(place), desk, w));
    view! {
        <section class="wide templates">
            <h2><bdi>{place.agency.name.clone()}</bdi></h2>
            <h3>{t.own}</h3>
            {none}
            {own}
            {make}
            {house}
        </section>
    }
}

/// A template, with what may be done with it in a place.
fn row(row: &TemplateRow, own: bool, place: Option<&TemplatePlace>, desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let t = &w.templates;
    let agency = place.map_or("", |place| place.agency.id.as_str());
    let id = format!("translate-{}-{}", agency.replace(['/', '.'], "-"), row.id);
    let genre = codes::genre(w.lang, &row.genre).unwrap_or(&row.genre).to_owned();
    let between = if w.lang == crate::Lang::Zh { "、" } else { ", " };
    let languages = row.languages.iter().map(|tag| (w.drafts.editor.language)(tag)).collect::<Vec<_>>().join(between);
    let changed = row.changed.as_ref().map(|(at, by)| (t.changed)(&minute(*at, w.lang), by));
    let facts = [Some(genre), Some(languages), changed].into_iter().flatten().filter(|fact| !fact.is_empty()).collect::<Vec<_>>();
    let translate = (row.languages.len() > 1).then(|| {
        view! { <label class="with" for=id.clone()><input type="checkbox" id=id.clone() name="translate" value="1"/>" "{t.with_translation}</label> }
    });
    let begin = place.is_some_and(|place| place.drafts).then(|| {
        view! {
            <form class="about" method="post" action=desk.at("/desk/templates")>
                {token(desk)}
                <input type="hidden" name="agency" value=agency.to_owned()/>
                <input type="hidden" name="template" value=row.id.clone()/>
                <button name="do" value="begin" aria-label=(t.begin_of)(&row.name)>{t.begin}</button>
                {translate}
            </form>
        }
    });
    let keep = match (place.is_some_and(|place| place.keeps), own) {
        (false, _) => None,
        (true, true) => Some(
            view! { <p><a href=desk.at(&format!("/desk/templates/{}", row.id)) aria-label=(t.change_of)(&row.name)>{t.change}</a></p> }
                .into_any(),
        ),
        (true, false) => {
            let at = desk.at(&format!("/desk/templates/new?agency={}&like={}", crate::pages::text::query(agency), row.id));
            Some(view! { <p><a href=at aria-label=(t.copy_of)(&row.name)>{t.copy}</a></p> }.into_any())
        }
    };
    view! {
        <li>
            <p class="head"><bdi>{row.name.clone()}</bdi></p>
            <p class="small">{facts.join(" · ")}</p>
            {begin}
            {keep}
            <details><summary>{t.see}</summary><pre class="theirs">{row.text.clone()}</pre></details>
        </li>
    }
}

pub fn template(desk: &Desk<'_>, view: &TemplateView) -> String {
    let t = &crate::words::desk::of(desk.lang).templates;
    let title = if view.id.is_some() { t.edit } else { t.edit_new };
    document(desk, Page::new(Room::Drafts, "template", title).with(&view.faults), |w| {
        let (t, e) = (&w.templates, &w.drafts.editor);
        let at = desk.at(&format!("/desk/templates/{}", view.id.as_deref().unwrap_or("new")));
        let put = |name, how| field(name, how, &view.typed, &view.faults, &["genre", "language"], w);
        let none = || ("", e.choose.to_owned());
        let genres = view.genres.iter().map(|code| (*code, codes::genre(w.lang, code).unwrap_or(code).to_owned()));
        let tags = view.languages.iter().map(|tag| (*tag, (e.language)(tag).to_owned())).collect();
        let authentic = ["original", "copy"].map(|code| (code, codes::authentic(w.lang, code).unwrap_or(code).to_owned()));
        let name = Field { longest: 80, ..Field::text("name", t.name, &view.name, "off").help(t.name_help) }.draw(&view.faults, w);
        let saved = view.just_saved.then(|| view! { <p class="done" role="status">{t.saved}</p> });
        let conflict = view.conflict.then(|| view! { <div class="caution" role="alert"><p>{t.conflict}</p></div> });
        let end = view.id.as_ref().map(|_| {
            view! { <button name="do" value="end" class="quiet grave">{t.end}</button><p class="small">{t.end_help}</p> }
        });
        view! {
            {summary(&view.faults, w)}
            {conflict}
            {saved}
            <p class="back"><a href=desk.at("/desk/templates")>{t.back}</a></p>
            <div class="lead"><h1>{title}</h1><p>{lead(&view.agency, w)}</p></div>
            <form class="form draft" method="post" action=at autocomplete="off">
                {token(desk)}
                <input type="hidden" name="agency" value=view.agency.id.clone()/>
                <input type="hidden" name="revision" value=view.revision.to_string()/>
                <fieldset>
                    <legend class="part">{e.what}</legend>
                    {name}
                    {put("genre", How::Choice(std::iter::once(none()).chain(genres).collect()))}
                    {put("language", How::Choice(tags))}
                    {put("title", How::Line)}
                </fieldset>
                <fieldset>
                    <legend class="part">{e.text}</legend>
                    <p class="help">{t.text_help}</p>
                    {put("body", How::Area(TEXT))}
                </fieldset>
                {others(view, w)}
                <fieldset>
                    <legend class="part">{t.presets}</legend>
                    <p class="help">{t.presets_help}</p>
                    {put("theme", How::Line)}
                    {put("issuing_agencies", How::Area(LIST))}
                    {put("joint_agencies", How::Area(LIST))}
                    {put("basis", How::Area(LIST))}
                    {put("summary", How::Area(LIST))}
                    {put("keywords", How::Area(LIST))}
                    {put("region", How::Line)}
                    {put("source", How::Line)}
                    {put("authentic", How::Choice(std::iter::once(none()).chain(authentic).collect()))}
                </fieldset>
                <div class="ways"><button name="do" value="save">{t.save}</button>{end}</div>
            </form>
        }
    })
}

fn lead(agency: &AgencyRef, w: &'static DeskWords) -> String {
    (w.templates.edit_lead)(&agency.name)
}

/// Its text in other languages, and room for one more.
fn others(view: &TemplateView, w: &'static DeskWords) -> impl IntoView + use<> {
    let s = &w.editing;
    let taken = |tag: &str| tag == view.typed.of("language") || view.translations.iter().any(|text| text.language == tag);
    let free = view.languages.iter().find(|tag| !taken(tag)).map(|tag| (*tag).to_owned()).unwrap_or_default();
    let blank = TranslationRow { language: free, ..TranslationRow::default() };
    let sets = view.translations.iter().cloned().chain([blank]).enumerate().map(|(number, row)| {
        let id = |name: &str| format!("translation-{name}-{}", number + 1);
        let is_new = row.title.is_empty() && row.body.is_empty();
        let legend = if is_new { s.translation_new.to_owned() } else { (s.translation)((w.drafts.editor.language)(&row.language)) };
        let options = view.languages.iter().map(|tag| {
            view! { <option value=*tag selected=*tag == row.language>{(w.drafts.editor.language)(tag)}</option> }
        });
        view! {
            <fieldset class="translation">
                <legend>{legend}</legend>
                <div class="field">
                    <label for=id("language")>{s.translation_language}</label>
                    <select id=id("language") name="translation_language">{options.collect_view()}</select>
                </div>
                <div class="field">
                    <label for=id("title")>{s.translation_title}</label>
                    <input id=id("title") name="translation_title" value=row.title maxlength="600" autocomplete="off"/>
                </div>
                <div class="field">
                    <label for=id("body")>{s.translation_body}</label>
                    <textarea id=id("body") name="translation_body" rows=TEXT class="text">{area_text(&row.body)}</textarea>
                </div>
            </fieldset>
        }
    });
    view! {
        <fieldset id="translations">
            <legend class="part">{w.drafts.editor.translation}</legend>
            <p class="help">{s.translation_help}</p>
            {sets.collect_view()}
        </fieldset>
    }
}
