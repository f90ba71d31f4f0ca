//! What changed, beside the whole text that is signed: added and removed pieces told apart by more than colour.

use super::super::frame::minute;
use crate::codes;
use crate::view::desk::{AgainstView, BlockView, ChangedView, Desk, FileChangeView, PieceView, TextChangeView};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

/// What is said before a piece to those who cannot see how it is marked: one that went, and one that came.
#[derive(Clone, Copy)]
pub(super) struct Marks {
    pub gone: &'static str,
    pub new: &'static str,
}

pub(super) fn changed(view: &ChangedView, case: &str, desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let c = &w.changed;
    let marks = Marks { gone: c.removed, new: c.added };
    let said = |against: &AgainstView| match against {
        AgainstView::Published { index } => (c.since_published)(*index),
        AgainstView::Earlier { submitted, decided: None, .. } => (c.since_earlier)(&minute(*submitted, w.lang)),
        AgainstView::Earlier { submitted, decided: Some(decision), .. } => {
            (c.since_decided)(&minute(*submitted, w.lang), codes::decision(w.lang, decision).unwrap_or(decision))
        }
    };
    let others = view.choices.iter().enumerate().filter(|(at, _)| *at != view.chosen).map(|(_, against)| {
        let at = desk.at(&format!("/desk/cases/{case}?against={}#changes", against.key()));
        view! { <li><a href=at>{said(against)}</a></li> }
    });
    let others = (view.choices.len() > 1).then(|| view! { <p class="small">{c.other}</p><ul class="small">{others.collect_view()}</ul> });
    let now = view.choices.get(view.chosen).map(|against| view! { <p><strong>{said(against)}</strong></p> });
    let fields = view.fields.iter().map(|(field, pieces)| {
        view! { <div><dt>{(w.drafts.editor.field)(field)}</dt><dd class="pieces">{drawn(pieces, marks)}</dd></div> }
    });
    let fields = (!view.fields.is_empty()).then(|| view! { <h3>{c.fields}</h3><dl class="facts">{fields.collect_view()}</dl> });
    let texts = view.texts.iter().map(|one| text(one, marks, w)).collect_view();
    let files = view.files.iter().map(|one| file(one, w)).collect_view();
    let files = (!view.files.is_empty()).then(|| view! { <h3>{c.files}</h3><ul class="file-changes">{files}</ul> });
    let some = !view.fields.is_empty() || !view.texts.is_empty() || !view.files.is_empty();
    let legend = (!view.fields.is_empty() || !view.texts.is_empty())
        .then(|| view! { <p class="small legend"><ins>{c.legend.0}</ins>" "<del>{c.legend.1}</del></p> });
    let summary = match (view.gone, some) {
        (true, _) => view! { <p class="note">{c.gone}</p> }.into_any(),
        (_, false) => view! { <p>{c.nothing}</p> }.into_any(),
        _ => view! { <p>{(c.summary)(&named(view, w))}</p> }.into_any(),
    };
    view! {
        <section class="wide changed" id="changes">
            <h2>{c.title}</h2>
            {now}
            {summary}
            <p class="help">{c.help}" "<a href="#text">{c.to_text}</a></p>
            {legend}
            {fields}
            {texts}
            {files}
            {others}
        </section>
    }
}

/// What changed, by name.
fn named(view: &ChangedView, w: &'static DeskWords) -> String {
    let e = &w.drafts.editor;
    let between = if w.lang == crate::Lang::Zh { "、" } else { ", " };
    let fields = view.fields.iter().map(|(field, _)| (e.field)(field).to_owned());
    let texts = view.texts.iter().map(|text| match &text.language {
        None => e.text.to_owned(),
        Some(tag) => (w.editing.translation)((e.language)(tag)),
    });
    let files = (!view.files.is_empty()).then(|| (w.changed.count_files)(view.files.len()));
    fields.chain(texts).chain(files).collect::<Vec<_>>().join(between)
}

/// A line's end that came or went is shown as a sign: nothing else of it is seen.
fn seen(text: &str) -> String {
    text.replace('\n', "¶\n")
}

fn drawn(pieces: &[PieceView], marks: Marks) -> impl IntoView + use<> {
    let pieces = pieces.iter().map(|piece| match piece {
        PieceView::Same(text) => view! { <span>{text.clone()}</span> }.into_any(),
        PieceView::Gone(text) => view! { <del><span class="visually-hidden">{marks.gone}</span>{seen(text)}</del> }.into_any(),
        PieceView::New(text) => view! { <ins><span class="visually-hidden">{marks.new}</span>{seen(text)}</ins> }.into_any(),
    });
    pieces.collect_view()
}

pub(super) fn text(change: &TextChangeView, marks: Marks, w: &'static DeskWords) -> impl IntoView + use<> {
    let (c, e) = (&w.changed, &w.drafts.editor);
    let heading = match &change.language {
        None => e.text.to_owned(),
        Some(tag) => (w.editing.translation)((e.language)(tag)),
    };
    let title = (!change.title.is_empty()).then(|| view! { <p class="pieces title">{drawn(&change.title, marks)}</p> });
    let blocks = change.blocks.iter().map(|block| match block {
        BlockView::Same(text) => view! { <div class="pieces same">{text.clone()}</div> }.into_any(),
        BlockView::Folded(lines) => view! { <p class="folded small">{(c.folded)(*lines)}</p> }.into_any(),
        BlockView::Changed(pieces) => view! { <div class="pieces">{drawn(pieces, marks)}</div> }.into_any(),
    });
    let cut = change.cut.then(|| view! { <p class="note">{c.cut}</p> });
    view! { <h3>{heading}</h3>{title}<div class="blocks" lang=change.language.clone() dir="auto">{blocks.collect_view()}</div>{cut} }
}

fn file(change: &FileChangeView, w: &'static DeskWords) -> impl IntoView + use<> {
    let size = crate::words::of(w.lang).document.size;
    let said = |side: &Option<(String, u64)>| side.as_ref().map(|(media, bytes)| format!("{media} · {}", size(*bytes)));
    let before =
        said(&change.before).map(|before| view! { <del><span class="visually-hidden">{w.changed.removed}</span>{before}</del>" " });
    let after = said(&change.after).map(|after| view! { <ins><span class="visually-hidden">{w.changed.added}</span>{after}</ins> });
    view! {
        <li data-change=change.what>
            <strong><bdi>{change.name.clone()}</bdi></strong>" "<span class="tag">{(w.changed.file)(change.what)}</span>
            <p class="small">{before}{after}</p>
        </li>
    }
}
