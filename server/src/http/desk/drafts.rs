//! Drafts at the desk: their addresses, and what every page about drafts draws on.

use super::{Signed, asides, attachments, editor, lists, submitting};
use crate::{
    drafts::{self, Back, Drafts, DraftsError, Kind, Lack, Returned},
    http::{App, trouble::Trouble},
    markdown,
    store::StoredContent,
    views,
};
use app::{
    Lang,
    view::{
        AgencyRef, EntryRef, Moment, Problem,
        desk::{DraftKind, Fault, Faults},
    },
};
use axum::{
    extract::DefaultBodyLimit,
    response::Response,
    routing::{MethodRouter, get, post},
};
use chain::{
    catalogue::Catalogue,
    entry::Entry,
    statement::{Core, Statement},
};
use jiff::tz::TimeZone;
use std::{collections::HashMap, sync::Arc};

/// Most bytes of the editor's form, in which each character may take nine; and of one with a file.
pub(super) const LARGEST: usize = 4 << 20;
const LARGEST_WITH_FILE: usize = drafts::LARGEST_FILE + (64 << 10);

type Handler = MethodRouter<Arc<App>>;

/// The addresses below `/desk/drafts`.
pub(super) fn routes() -> Vec<(&'static str, Handler)> {
    vec![
        ("/drafts", get(lists::list).post(lists::begin)),
        ("/drafts/{id}", get(editor::edit).post(editor::save).layer(DefaultBodyLimit::max(LARGEST))),
        ("/drafts/{id}/asides/{aside}", get(asides::aside)),
        ("/drafts/{id}/take-up", post(lists::take_up)),
        ("/drafts/{id}/submit", get(submitting::submit_form).post(submitting::submit)),
        ("/drafts/{id}/files", post(attachments::attach).layer(DefaultBodyLimit::max(LARGEST_WITH_FILE))),
        ("/drafts/{id}/files/{file}", get(attachments::file).post(attachments::detach)),
    ]
}

impl From<DraftsError> for Trouble {
    fn from(error: DraftsError) -> Trouble {
        match error {
            DraftsError::Refused(_) => Trouble::Problem(Problem::NotFound),
            DraftsError::Staff(error) => error.into(),
            DraftsError::Store(error) => error.into(),
            error => {
                tracing::error!(%error, "the drafts did not answer");
                Trouble::Problem(Problem::Broken)
            }
        }
    }
}

/// What is answered where something of a draft was not done: what is not theirs is not there.
pub(super) fn failed(app: &App, lang: Lang, error: DraftsError) -> Response {
    super::failed(app, lang, error)
}

/// Names of people, each looked up once.
pub(super) struct Names<'a> {
    app: &'a App,
    known: HashMap<String, String>,
}

impl<'a> Names<'a> {
    pub fn new(app: &'a App) -> Names<'a> {
        Names { app, known: HashMap::new() }
    }

    pub async fn of(&mut self, account: &str) -> Result<String, DraftsError> {
        if let Some(name) = self.known.get(account) {
            return Ok(name.clone());
        }
        let name = self.app.staff.account(account).await?.map_or_else(|| "?".to_owned(), |account| account.name);
        self.known.insert(account.to_owned(), name.clone());
        Ok(name)
    }
}

pub(super) fn zone(app: &App, lang: Lang) -> TimeZone {
    views::Context::new(&app.node, lang).zone
}

pub(super) const fn kind_of(kind: Kind) -> DraftKind {
    match kind {
        Kind::Disclosure => DraftKind::Disclosure,
        Kind::Status => DraftKind::Status,
        Kind::Redaction => DraftKind::Redaction,
    }
}

pub(super) const fn lack_of(lack: Lack) -> app::view::desk::Lack {
    use app::view::desk::Lack as Shown;
    match lack {
        Lack::Missing => Shown::Missing,
        Lack::Date => Shown::Date,
        Lack::Order => Shown::Order,
        Lack::Choice => Shown::Choice,
        Lack::TooLong => Shown::TooLong,
        Lack::Twice => Shown::Twice,
    }
}

pub(super) fn faults_of(lacks: &[(&'static str, Lack)]) -> Faults {
    lacks.iter().map(|(field, lack)| (*field, Fault::Lack(lack_of(*lack)))).collect()
}

/// A case as lists name it, with what came back of all that somebody sees.
pub(super) fn case_row(app: &App, zone: &TimeZone, frozen: &drafts::Frozen, returned: &[Returned], lang: Lang) -> app::view::desk::CaseRow {
    let back = returned.iter().find(|back| back.frozen.id == frozen.id).map(|back| back.why);
    app::view::desk::CaseRow {
        case: frozen.case.clone(),
        kind: kind_of(frozen.kind),
        title: frozen.title.clone(),
        agency: super::agency(app, &frozen.agency, lang),
        submitted: views::moment(zone, frozen.made),
        due: (frozen.due > 0).then(|| views::moment(zone, frozen.due)),
        ready: frozen.ready,
        rejected: back == Some(Back::Rejected),
        refused: back == Some(Back::NotPublished),
        unsealed: frozen.told.as_ref().is_some_and(|told| told.starts_with("no-seal")),
    }
}

/// A published disclosure, to be linked to, and its parts with their names.
pub(super) async fn target(drafts: &Drafts, index: u64) -> Result<Option<(EntryRef, Vec<(String, String)>)>, DraftsError> {
    let Some(bytes) = drafts.node.store.entry(index).await? else { return Ok(None) };
    let Some(statement) = Entry::parse(&bytes).ok().map(|entry| entry.note.to_owned()) else { return Ok(None) };
    let Ok(Statement { core: Core::Disclosure(core), .. }) = Statement::parse(statement.as_bytes()) else {
        return Ok(Some((EntryRef { index, title: None, disclosure: false }, vec![])));
    };
    let Some(first) = core.parts.first() else { return Ok(None) };
    let catalogue = match drafts.node.store.content(&first.commitment).await? {
        Some(StoredContent::Present { bytes, .. }) => Catalogue::read(&bytes).ok(),
        _ => None,
    };
    let name = |place: usize| catalogue.as_ref().and_then(|catalogue| catalogue.parts.get(place.checked_sub(1)?).cloned());
    let parts = core.parts.iter().enumerate().map(|(place, part)| {
        let named = name(place).filter(|name| !name.is_empty()).unwrap_or_default();
        (part.commitment.to_string(), if named.is_empty() { part.role.clone() } else { format!("{named} ({})", part.role) })
    });
    Ok(Some((EntryRef { index, title: catalogue.as_ref().map(|catalogue| catalogue.title.clone()), disclosure: true }, parts.collect())))
}

/// A text as readers will see it, drawn where it keeps nobody waiting.
pub(super) async fn shown(text: String) -> Option<(String, bool)> {
    if text.trim().is_empty() {
        return None;
    }
    let drawn = tokio::task::spawn_blocking(move || markdown::render(&text)).await.ok()?;
    Some((drawn.html, drawn.formatted))
}

/// Codes of the kinds of documents of an agency: those that are known, then those that only its rule names.
pub(super) fn genres(app: &App, agency: &str) -> Vec<String> {
    let state = app.node.submitter.state();
    let rule = state.agency(agency).and_then(|(_, agency)| agency.rule.as_ref());
    let named = rule.into_iter().flat_map(|rule| &rule.genres).map(|genre| genre.genre.as_str());
    let known = || drafts::GENRES.iter().map(|(known, _)| *known);
    // But for what stands for every other kind, and what is no document.
    let own = named.filter(|genre| !["*", "status", "redaction"].contains(genre) && known().all(|known| known != *genre));
    known().chain(own).map(str::to_owned).collect()
}

/// What is wrong with a draft, field by field: also that under a number nothing is published, which only the log knows.
pub(super) async fn lacking(app: &App, signed: &Signed, draft: &drafts::Draft) -> Result<Faults, DraftsError> {
    let files = app.drafts.files(&signed.account, &draft.id).await?;
    let mut faults = faults_of(&drafts::faults(draft.kind, &draft.written, files.len()));
    if let Some(index) = draft.written.target
        && target(&app.drafts, index).await?.is_none_or(|(named, _)| !named.disclosure)
    {
        faults.push(("target", Fault::Entry));
    }
    Ok(faults)
}

/// What the page of a case needs too.
pub(super) fn at(zone: &TimeZone, time: i64) -> Moment {
    views::moment(zone, time)
}

pub(super) fn agency(app: &App, id: &str, lang: Lang) -> AgencyRef {
    super::agency(app, id, lang)
}

/// A post as it is registered, in a language.
pub(super) fn post_name(app: &App, id: &str, lang: Lang) -> String {
    let state = app.node.submitter.state();
    let registered = state.posts().find(|(_, post)| post.post == id);
    registered.and_then(|(_, post)| views::name_in(&post.name, lang)).unwrap_or(id).to_owned()
}
