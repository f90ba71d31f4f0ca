//! Texts of a draft in several languages, and the names of several agencies: as many as are wanted, and room for one more.

use super::super::form::{area_text, fault_of};
use crate::view::desk::{EditorView, Faults, TranslationRow};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

/// Lines of a translation.
const TEXT: u32 = 12;

/// What a language is called; one that has no name here, by its tag.
pub(super) fn language(tag: &str, w: &'static DeskWords) -> String {
    match (w.drafts.editor.language)(tag) {
        "" => tag.to_owned(),
        name => name.to_owned(),
    }
}

/// The choice of languages, with the one that is chosen even if it is not offered.
pub(super) fn languages(view: &EditorView, chosen: &str, w: &'static DeskWords) -> Vec<(String, String)> {
    let own = (!chosen.is_empty() && !view.languages.contains(&chosen)).then(|| chosen.to_owned());
    let none = (String::new(), w.drafts.editor.choose.to_owned());
    let all = view.languages.iter().map(|tag| (*tag).to_owned()).chain(own);
    std::iter::once(none).chain(all.map(|tag| (tag.clone(), language(&tag, w)))).collect()
}

/// Each translation in a set of fields of its own. The fields of all have the same names and are read in their order.
pub(super) fn translations(view: &EditorView, w: &'static DeskWords) -> impl IntoView + use<> {
    let (e, s) = (&w.drafts.editor, &w.editing);
    let blank = (view.translations.is_empty() || view.another_translation).then(|| TranslationRow {
        language: view.languages.iter().find(|tag| **tag != view.typed.of("language")).map(|tag| (*tag).to_owned()).unwrap_or_default(),
        ..TranslationRow::default()
    });
    let rows: Vec<_> = view.translations.iter().cloned().chain(blank).enumerate().collect();
    let fault = fault_of(&view.faults, "translations");
    let sets = rows.into_iter().map(|(number, row)| {
        let id = |name: &str| format!("translation-{name}-{}", number + 1);
        let named = language(&row.language, w);
        let is_new = row.title.is_empty() && row.body.is_empty();
        let legend = if is_new { s.translation_new.to_owned() } else { (s.translation)(&named) };
        let options = languages(view, &row.language, w).into_iter().map(|(tag, called)| {
            let chosen = tag == row.language;
            view! { <option value=tag selected=chosen>{called}</option> }
        });
        view! {
            <fieldset class="translation" data-translation>
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
                {(!is_new).then(|| view! {
                    <button name="do" value=format!("untranslate-{number}") class="quiet" aria-label=(s.translation_remove_of)(&named)>
                        {s.translation_remove}
                    </button>
                })}
            </fieldset>
        }
    });
    view! {
        <fieldset id="translations">
            <legend class="part">{e.translation}</legend>
            <p class="help">{s.translation_help}</p>
            {fault.map(|fault| view! { <p class="fault">{(w.frame.fault)(fault)}</p> })}
            {sets.collect_view()}
            <button name="do" value="translate" class="quiet">{s.translation_add}</button>
        </fieldset>
    }
}

/// A name in each of several boxes, and an empty one behind them; registered agencies are suggested.
pub(super) fn agencies(name: &'static str, view: &EditorView, faults: &Faults, w: &'static DeskWords) -> impl IntoView + use<> {
    let (e, s) = (&w.drafts.editor, &w.editing);
    let fault = fault_of(faults, name).map(|fault| (w.frame.fault)(fault));
    let faulty = fault.is_some();
    let invalid = fault.as_ref().map(|_| "true");
    let label = (e.field)(name);
    let names: Vec<String> = view.typed.of(name).lines().map(str::to_owned).chain([String::new()]).collect();
    let described = match fault {
        Some(_) => format!("{name}-help {name}-fault"),
        None => format!("{name}-help"),
    };
    let boxes = names.into_iter().enumerate().map(|(number, value)| {
        let id = if number == 0 { name.to_owned() } else { format!("{name}-{}", number + 1) };
        let called = (number > 0).then(|| (s.another)(label, number + 1));
        view! {
            <input id=id name=name value=value list="agencies" maxlength="600" autocomplete="off" aria-label=called
                aria-describedby=described.clone() aria-invalid=invalid/>
        }
    });
    view! {
        <div class="field several" class:faulty=faulty data-several>
            <label for=name>{label}</label>
            <p class="help" id=format!("{name}-help")>{s.agencies_help}</p>
            {fault.map(|fault| view! { <p class="fault" id=format!("{name}-fault")>{fault}</p> })}
            {boxes.collect_view()}
        </div>
    }
}
