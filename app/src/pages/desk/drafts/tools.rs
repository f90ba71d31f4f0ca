//! What the editor's script works with: where to ask, the words it says, and what it shows when there is something to tell.
//! Without the script none of it is seen.

use crate::view::desk::{Desk, DraftKind, EditorView};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

/// The script of the page, for whoever writes.
pub(super) fn scripts(desk: &Desk<'_>, view: &EditorView) -> Vec<String> {
    Some(desk.site.assets.editor_js.clone()).filter(|script| view.may_write && !script.is_empty()).into_iter().collect()
}

pub(super) fn kit(desk: &Desk<'_>, view: &EditorView, w: &'static DeskWords) -> impl IntoView + use<> {
    let asked: Vec<_> = view.asked.iter().map(|(genre, fields)| format!("{genre} {}", fields.join(" "))).collect();
    view! {
        <div hidden data-editor=format!("/desk/drafts/{}", view.id) data-page=desk.at(&format!("/desk/drafts/{}", view.id))
            data-token=desk.token().to_owned() data-account=view.account.clone() data-lang=desk.lang.tag() data-zone=desk.site.zone.clone()
            data-largest=view.largest_file.to_string() data-most=view.most_files.to_string() data-asked=asked.join("\n")
            data-previews=(view.kind == DraftKind::Disclosure).then_some("") data-conflict=(view.over || view.conflict.is_some()).then_some("")
            data-words=w.editing.written()></div>
    }
}

/// What is told above the form: a text that this browser kept, and somebody else's that was saved meanwhile.
pub(super) fn told(w: &'static DeskWords) -> impl IntoView + use<> {
    let s = &w.editing;
    view! {
        <div class="told" data-told="kept" role="alert" hidden>
            <h2 data-said></h2>
            <p>{s.kept_help}</p>
            <p class="ways">
                <button type="button" data-do="take">{s.kept_take}</button>
                <button type="button" data-do="leave" class="quiet">{s.kept_leave}</button>
            </p>
        </div>
        <div class="told" data-told="conflict" role="alert" hidden>
            <h2 data-said></h2>
            <p>{s.conflict_help}</p>
            <p class="ways"><button type="button" data-do="see">{s.conflict_see}</button></p>
        </div>
        <div class="told" data-told="newer" role="alert" hidden>
            <h2 data-said></h2>
            <p>{s.newer_help}</p>
            <p class="ways"><button type="button" data-do="load">{s.newer_load}</button></p>
        </div>
    }
}

/// Where files are dropped, and how they come along.
pub(super) fn ways_in(w: &'static DeskWords) -> impl IntoView + use<> {
    let s = &w.editing;
    view! {
        <ul class="work files coming" data-coming aria-label=s.on_their_way></ul>
        <p class="small" data-came role="status"></p>
        <div class="drop" data-drop hidden>
            <label for="files">{s.choose_files}</label>
            <p class="help" id="files-help">{w.drafts.editor.files_help}</p>
            <p class="here">{s.drop_here}</p>
            <input id="files" type="file" multiple=true aria-describedby="files-help"/>
        </div>
    }
}
