//! What changed in a case's text, as its page shows it, and in what two differ who wrote at once: compared in a time that is set, off the
//! threads that answer, a few at once.

use super::{
    Signed,
    drafts::{at, zone},
    typing::differing,
};
use crate::{
    compare::{self, Block, Compared, Piece},
    drafts::{Against, Case, Changes, DraftsError, FileChange, FrozenState, Kind, Translation, VersionFile, Written},
    http::App,
};
use app::{
    Lang,
    view::desk::{AgainstView, BlockView, ChangedView, FileChangeView, OtherText, PieceView, TextChangeView},
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

/// Fields that differ, with what stands on each side.
type Differing = Vec<(&'static str, String, String)>;
type All = (Vec<(&'static str, Vec<PieceView>)>, Vec<TextChangeView>, Vec<FileChangeView>);

fn compare(changes: &Changes, kind: Kind, lang: Lang) -> All {
    let until = Instant::now() + PATIENCE;
    let (before, after) = (&changes.before.written, &changes.after.written);
    // A new version replaces another one than the one before it did, and for another reason: that is no change of its text.
    let replaces = |field: &str| field == "target" || (field == "ground" && before.target != after.target);
    let differing = differing(before, after, lang).into_iter().filter(|(field, ..)| kind != Kind::Disclosure || !replaces(field));
    let fields = differing.map(|(field, old, new)| (field, pieces(compare::words(&old, &new, until)))).collect();
    let texts = texts(before, after, until).into_iter().map(|(change, _)| change).collect();
    (fields, texts, changes.files.iter().map(file).collect())
}

/// In what a text that was typed differs from the one that stands: fields with what is in each, and the texts, compared like those of a case.
pub(super) async fn beside(typed: &Written, stands: &Written, lang: Lang) -> Result<(Differing, Vec<OtherText>), DraftsError> {
    let (typed, stands) = (typed.clone(), stands.clone());
    let turn = COMPARING.acquire().await;
    let compared = tokio::task::spawn_blocking(move || {
        let other = |(change, (title, body)): (TextChangeView, (&str, &str))| {
            let (title, body) = (title.to_owned(), body.to_owned());
            OtherText { change, title, body }
        };
        let texts: Vec<OtherText> = texts(&typed, &stands, Instant::now() + PATIENCE).into_iter().map(other).collect();
        (differing(&typed, &stands, lang), texts)
    });
    let compared = compared.await;
    drop(turn);
    compared.map_err(|_| DraftsError::Unreadable("what differs"))
}

/// The translations of two texts, each with its counterpart: the first of a language with the first of it, and so on.
fn paired<'w>(before: &'w Written, after: &'w Written) -> Vec<(Option<&'w Translation>, Option<&'w Translation>)> {
    let mut left: Vec<&Translation> = after.translations.iter().collect();
    let mut pairs = Vec::new();
    for old in &before.translations {
        let at = left.iter().position(|new| new.language == old.language);
        pairs.push((Some(old), at.map(|at| left.remove(at))));
    }
    pairs.extend(left.into_iter().map(|new| (None, Some(new))));
    pairs
}

/// What became of the text and of each translation, where it changed; with its title and itself as they are afterwards.
fn texts<'w>(before: &'w Written, after: &'w Written, until: Instant) -> Vec<(TextChangeView, (&'w str, &'w str))> {
    let sides = |text: Option<&'w Translation>| text.map_or(("", ""), |text| (text.title.as_str(), text.body.as_str()));
    let own = (None, ("", before.body.as_str()), ("", after.body.as_str()));
    let translated = paired(before, after).into_iter();
    let translated = translated.map(|(old, new)| (old.or(new).map(|text| text.language.as_str()), sides(old), sides(new)));
    let mut changed = Vec::new();
    for (language, (old_title, old), (new_title, new)) in std::iter::once(own).chain(translated) {
        let compared = compare::texts(&ended(old), &ended(new), until);
        let title = if old_title == new_title { vec![] } else { compare::words(old_title, new_title, until) };
        if !compared.same() || !title.is_empty() {
            changed.push((text(language, title, compared), (new_title, new)));
        }
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
