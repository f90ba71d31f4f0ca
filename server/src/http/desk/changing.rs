//! What changed in a case's text, as its page shows it: compared in a time that is set, off the threads that answer, a few at once.

use super::{
    Signed,
    drafts::{at, zone},
    typing::typed,
};
use crate::{
    compare::{self, Block, Compared, Piece},
    drafts::{Against, Case, Changes, DraftsError, FileChange, FrozenState, Kind, VersionFile, Written},
    http::App,
};
use app::{
    Lang, codes,
    view::desk::{AgainstView, BlockView, ChangedView, FileChangeView, PieceView, TextChangeView},
    words::desk as words,
};
use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

/// How long all texts of one page are compared finely.
const PATIENCE: Duration = Duration::from_millis(500);
/// Pages that are compared at once.
static COMPARING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(2));

/// Fields in the order of the form.
const FIELDS: [&str; 21] = [
    "title",
    "genre",
    "language",
    "target",
    "change",
    "issued",
    "published",
    "effective",
    "expires",
    "ground",
    "by",
    "document_number",
    "index_number",
    "theme",
    "issuing_agencies",
    "joint_agencies",
    "basis",
    "summary",
    "keywords",
    "region",
    "subjects",
];
const MORE_FIELDS: [&str; 2] = ["source", "authentic"];

/// What the page of a case shows of it; None where there is nothing to compare with.
pub(super) async fn changed(app: &App, signed: &Signed, case: &Case, asked: &str) -> Result<Option<ChangedView>, DraftsError> {
    if matches!(case.frozen.state, FrozenState::Published | FrozenState::Withdrawn) {
        return Ok(None);
    }
    let choices = app.drafts.comparable(&signed.account, case).await?;
    let zone = zone(app, signed.lang);
    let shown: Vec<_> = choices
        .iter()
        .map(|against| match against {
            Against::Published(index) => AgainstView::Published { index: *index },
            Against::Earlier { frozen, submitted, decided } => {
                AgainstView::Earlier { key: frozen.clone(), submitted: at(&zone, *submitted), decided: decided.clone() }
            }
        })
        .collect();
    let chosen = shown.iter().position(|against| against.key() == asked).unwrap_or_default();
    let Some(against) = choices.get(chosen) else { return Ok(None) };
    let mut view = ChangedView { choices: shown, chosen, gone: true, fields: vec![], texts: vec![], files: vec![] };
    if let Some(changes) = app.drafts.changes(&signed.account, case, against).await? {
        let (kind, lang) = (case.frozen.kind, signed.lang);
        let turn = COMPARING.acquire().await;
        let compared = tokio::task::spawn_blocking(move || compare(&changes, kind, lang)).await;
        drop(turn);
        let (fields, texts, files) = compared.map_err(|_| DraftsError::Unreadable("what changed"))?;
        view = ChangedView { gone: false, fields, texts, files, ..view };
    }
    Ok(Some(view))
}

/// What stands in a field, as people read it.
fn said(field: &str, value: &str, lang: Lang) -> String {
    let e = &words::of(lang).drafts.editor;
    let known = match field {
        "genre" => codes::genre(lang, value),
        "ground" => codes::ground(lang, value),
        "authentic" => codes::authentic(lang, value),
        "language" => Some((e.language)(value)).filter(|said| !said.is_empty()),
        "change" => Some((e.change)(value)).filter(|said| !said.is_empty()),
        _ => None,
    };
    known.unwrap_or(value).to_owned()
}

type All = (Vec<(&'static str, Vec<PieceView>)>, Vec<TextChangeView>, Vec<FileChangeView>);

fn compare(changes: &Changes, kind: Kind, lang: Lang) -> All {
    let until = Instant::now() + PATIENCE;
    let (before, after) = (&changes.before.written, &changes.after.written);
    let (old, new) = (typed(before), typed(after));
    let mut fields = Vec::new();
    for field in FIELDS.into_iter().chain(MORE_FIELDS) {
        // A new version replaces another one than the one before it did, and for another reason: that is no change of its text.
        let replaces = field == "target" || (field == "ground" && before.target != after.target);
        let other = kind == Kind::Disclosure && replaces;
        let (old, new) = (said(field, old.of(field), lang), said(field, new.of(field), lang));
        if !other && old != new {
            fields.push((field, pieces(compare::words(&old, &new, until))));
        }
    }
    if before.parts != after.parts {
        fields.push(("parts", pieces(compare::words(&before.parts.join("\n"), &after.parts.join("\n"), until))));
    }
    (fields, texts(before, after, until), changes.files.iter().map(file).collect())
}

fn texts(before: &Written, after: &Written, until: Instant) -> Vec<TextChangeView> {
    let mut changed = Vec::new();
    let mut add = |language: Option<&str>, (old_title, new_title): (&str, &str), (old, new): (&str, &str)| {
        let compared = compare::texts(&ended(old), &ended(new), until);
        if !compared.same() && old_title == new_title {
            changed.push(text(language, vec![], compared));
        } else if old_title != new_title {
            changed.push(text(language, compare::words(old_title, new_title, until), compared));
        }
    };
    add(None, ("", ""), (&before.body, &after.body));
    for old in &before.translations {
        let new = after.translations.iter().find(|new| new.language == old.language);
        let (title, body) = new.map_or(("", ""), |new| (&new.title, &new.body));
        add(Some(&old.language), (&old.title, title), (&old.body, body));
    }
    for new in after.translations.iter().filter(|new| before.translations.iter().all(|old| old.language != new.language)) {
        add(Some(&new.language), ("", &new.title), ("", &new.body));
    }
    changed
}

/// A text ends with a line's end once it is frozen; what was published otherwise does not differ by that.
fn ended(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    if text.is_empty() || text.ends_with('\n') { text } else { text + "\n" }
}

fn text(language: Option<&str>, title: Vec<Piece>, compared: Compared) -> TextChangeView {
    let same = compared.same();
    let block = |block: Block| match block {
        Block::Same(text) => BlockView::Same(text),
        Block::Folded(lines) => BlockView::Folded(lines),
        Block::Changed(changed) => BlockView::Changed(pieces(changed)),
    };
    let blocks = if same { vec![] } else { compared.blocks.into_iter().map(block).collect() };
    TextChangeView { language: language.map(str::to_owned), title: pieces(title), blocks, cut: compared.cut }
}

fn pieces(pieces: Vec<Piece>) -> Vec<PieceView> {
    let piece = |piece| match piece {
        Piece::Same(text) => PieceView::Same(text),
        Piece::Gone(text) => PieceView::Gone(text),
        Piece::New(text) => PieceView::New(text),
    };
    pieces.into_iter().map(piece).collect()
}

fn file(change: &FileChange) -> FileChangeView {
    let side = |file: &VersionFile| Some((file.media.clone(), file.size));
    let (what, name, before, after) = match change {
        FileChange::Added(file) => ("added", &file.name, None, side(file)),
        FileChange::Removed(file) => ("removed", &file.name, side(file), None),
        FileChange::Replaced(old, new) => ("replaced", &new.name, side(old), side(new)),
        FileChange::Unread(file) => ("unread", &file.name, None, None),
    };
    FileChangeView { what, name: name.clone(), before, after }
}
