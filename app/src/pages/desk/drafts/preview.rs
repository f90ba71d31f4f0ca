//! What readers will see of a draft: its catalogue, its text and its translations, drawn by what draws the page of what is published. The
//! editor's page has it, and the editor's script asks for it while somebody writes.

use super::texts::language;
use crate::pages::{catalogue, text};
use crate::view::desk::{PreviewText, PreviewView};
use crate::view::{DisclosureView, Shell, Title};
use crate::words::{Words, desk::DeskWords};
use leptos::prelude::*;

/// As HTML, in which nothing runs or loads.
pub fn preview(shell: &Shell<'_>, view: &PreviewView) -> String {
    let (w, public) = (crate::words::desk::of(shell.lang), crate::words::of(shell.lang));
    let owner = Owner::new_root(None);
    let html = owner.with(|| {
        let item = &view.item;
        let title = match &item.title {
            Title::Text(title) if !title.trim().is_empty() => Some(heading(title, &item.language, public)),
            _ => None,
        };
        let number = item.document_number.as_ref().map(|number| {
            view! { <p class="docnum"><bdi inner_html=text::marked(number, public).into_owned()></bdi></p> }
        });
        // Borrowed by what draws it, which is done before it goes.
        let shown = DisclosureView::unpublished(item.clone(), view.catalogue.clone());
        let catalogue = catalogue::catalogue(&shown, shell, public).into_view().to_html();
        let body = match &view.body {
            None => view! { <p class="quiet">{w.drafts.editor.preview_none}</p> }.into_any(),
            Some(body) => prose(body, "body", w).into_any(),
        };
        let translations = view.translations.iter().map(|one| {
            let title = (!one.title.trim().is_empty()).then(|| heading(&one.title, &one.language, public));
            view! {
                <section data-text="translation">
                    <h3>{(w.editing.translation)(&language(&one.language, w))}</h3>
                    {title}
                    {(!one.html.is_empty()).then(|| prose(one, "translated", w))}
                </section>
            }
        });
        view! {
            <div class="sheet">
                {title}
                {number}
                <div class="rest">
                    <div inner_html=catalogue></div>
                    {body}
                    {translations.collect_view()}
                </div>
            </div>
        }
        .to_html()
    });
    // Leptos marks places between nodes; nothing is woken here.
    html.replace("<!>", "")
}

fn heading(title: &str, lang: &str, public: &'static Words) -> impl IntoView + use<> {
    view! { <p class="title" lang=lang.to_owned() dir="auto" inner_html=text::marked(title, public).into_owned()></p> }
}

/// A text; before it, if so, that it is not shown with its formatting.
fn prose(of: &PreviewText, which: &'static str, w: &'static DeskWords) -> impl IntoView + use<> {
    let written = (!of.formatted).then(|| view! { <p class="quiet">{w.drafts.editor.written}</p> });
    view! {
        <div data-text=which>
            {written}
            <div class="prose" lang=of.language.clone() dir="auto" inner_html=of.html.clone()></div>
        </div>
    }
}
