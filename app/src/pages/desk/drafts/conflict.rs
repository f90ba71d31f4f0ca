//! Two who wrote at once: what is told above the form, and all in which what was typed differs from what stands now.

use super::super::frame::minute;
use super::changed::{Marks, text};
use crate::view::desk::{EditorView, OtherText};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

pub(super) fn conflict(view: &EditorView, w: &'static DeskWords) -> Option<impl IntoView + use<>> {
    let e = &w.drafts.editor;
    let conflict = view.conflict.as_ref()?;
    let (said, help) = match conflict.submitted {
        true => (e.conflict_submitted.to_owned(), e.conflict_submitted_help),
        false => ((e.conflict)(&conflict.by, &minute(conflict.saved, w.lang)), e.conflict_help),
    };
    let fields = conflict.fields.iter().map(|(field, typed, stands)| {
        view! {
            <div class="differs" data-differs=*field>
                <h3>{(e.field)(field)}</h3>
                <div class="both">
                    <div><p class="small">{e.conflict_mine}</p>{whole("mine", typed, w)}</div>
                    <div><p class="small">{e.conflict_theirs}</p>{whole("theirs", stands, w)}</div>
                </div>
            </div>
        }
    });
    let fields = fields.collect_view();
    let texts = conflict.texts.iter().map(|one| other(one, w)).collect_view();
    let legend = (!conflict.texts.is_empty())
        .then(|| view! { <p class="small legend"><ins>{e.conflict_theirs}</ins>" "<del>{e.conflict_mine}</del></p> });
    let same = (conflict.fields.is_empty() && conflict.texts.is_empty()).then(|| view! { <p>{e.conflict_same}</p> });
    Some(view! {
        <div class="faults" role="alert">
            <h2>{said}</h2>
            <p>{help}</p>
        </div>
        <section class="wide changed" id="differences">
            <h2>{e.conflict_differences}</h2>
            {same}
            {fields}
            {legend}
            {texts}
        </section>
    })
}

/// All that stands in a field, or that nothing does.
fn whole(class: &'static str, text: &str, w: &'static DeskWords) -> AnyView {
    match text.trim().is_empty() {
        true => view! { <p class=format!("quiet {class}")>{w.drafts.editor.conflict_nothing}</p> }.into_any(),
        false => view! { <pre class=class>{text.to_owned()}</pre> }.into_any(),
    }
}

/// A text that differs: in what, and all of it as it stands now. What was typed is in the form.
fn other(one: &OtherText, w: &'static DeskWords) -> impl IntoView + use<> {
    let e = &w.drafts.editor;
    let differs = one.change.language.as_ref().map_or_else(|| "body".to_owned(), |tag| format!("translation-{tag}"));
    let title =
        (!one.title.trim().is_empty()).then(|| view! { <p class="theirs-title"><strong><bdi>{one.title.clone()}</bdi></strong></p> });
    view! {
        <div class="differs" data-differs=differs>
            {text(&one.change, Marks { gone: e.mine, new: e.theirs }, w)}
            <details open=true>
                <summary>{e.conflict_whole}</summary>
                {title}
                {whole("theirs", &one.body, w)}
            </details>
        </div>
    }
}
