//! Drafts at the desk: the lists, and the editor.

use super::{
    Posted, Signed, again, answer, attachments,
    guard::{Late, Typing, absent},
    see, submitting,
    typing::{all_typed, translation_rows, typed, written},
};
use crate::{
    drafts::{self, Drafts, DraftsError, Kind, Lack, Refusal, Saved, Stage, Written},
    http::{
        App,
        trouble::{Asked, At, Trouble},
    },
    markdown,
    staff::Role,
    store::StoredContent,
    views,
};
use app::{
    Lang, codes, pages,
    view::{
        AgencyRef, EntryRef, Moment, Problem,
        desk::{AsideRow, Conflict, Desk, DraftKind, DraftRow, DraftsView, EditorView, Fault, Faults, FileRow, LateView},
    },
};
use axum::{
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    response::Response,
    routing::{MethodRouter, get, post},
};
use chain::{
    catalogue::Catalogue,
    entry::Entry,
    statement::{Core, Statement},
};
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::{collections::HashMap, sync::Arc};

/// Most bytes of the editor's form, in which each character may take nine; and of one with a file.
pub(super) const LARGEST: usize = 4 << 20;
const LARGEST_WITH_FILE: usize = drafts::LARGEST_FILE + (64 << 10);
/// Rows of each list.
const ROWS: i64 = 100;

type Handler = MethodRouter<Arc<App>>;

/// The addresses below `/desk/drafts`.
pub(super) fn routes() -> Vec<(&'static str, Handler)> {
    vec![
        ("/drafts", get(list).post(begin)),
        ("/drafts/{id}", get(edit).post(save).layer(DefaultBodyLimit::max(LARGEST))),
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

async fn list(State(app): State<Arc<App>>, signed: Signed) -> Response {
    let view = list_view(&app, &signed).await.map_err(Trouble::from);
    answer(&app, &signed, "/desk/drafts", view.map(|view| move |desk: &Desk<'_>| pages::desk::drafts(desk, &view)))
}

/// A case as lists name it.
pub(super) fn case_row(app: &App, zone: &TimeZone, frozen: &drafts::Frozen, lang: Lang) -> app::view::desk::CaseRow {
    app::view::desk::CaseRow {
        case: frozen.case.clone(),
        kind: kind_of(frozen.kind),
        title: frozen.title.clone(),
        agency: super::agency(app, &frozen.agency, lang),
        submitted: views::moment(zone, frozen.made),
        due: (frozen.due > 0).then(|| views::moment(zone, frozen.due)),
        ready: frozen.ready,
        refused: frozen.told.as_ref().is_some_and(|told| !told.starts_with("later")),
    }
}

async fn list_view(app: &App, signed: &Signed) -> Result<DraftsView, DraftsError> {
    let (who, lang) = (&signed.account, signed.lang);
    let (zone, mut names) = (zone(app, lang), Names::new(app));
    let case = |frozen: &drafts::Frozen| case_row(app, &zone, frozen, lang);
    let waiting = app.drafts.waiting_for(who).await?;
    let mine: Vec<_> = waiting.iter().map(|frozen| frozen.case.clone()).collect();
    let submitted = app.drafts.open_cases(who).await?;
    let mut rows = HashMap::new();
    for stage in [Stage::Writing, Stage::Published] {
        let mut of_stage = Vec::new();
        for draft in app.drafts.list(who, stage, ROWS).await? {
            of_stage.push(DraftRow {
                kind: kind_of(draft.kind),
                title: draft.written.title.clone(),
                agency: super::agency(app, &draft.agency, lang),
                saved: views::moment(&zone, draft.saved),
                by: names.of(&draft.saved_by).await?,
                index: app.drafts.published_at(&draft).await?,
                id: draft.id,
            });
        }
        rows.insert(stage.code(), of_stage);
    }
    let state = app.node.submitter.state();
    let writes = |agency: &&str| state.agency(agency).is_some_and(|(_, agency)| !agency.archive);
    Ok(DraftsView {
        waiting: waiting.iter().map(case).collect(),
        submitted: submitted.iter().filter(|frozen| !mine.contains(&frozen.case)).map(case).collect(),
        writing: rows.remove(Stage::Writing.code()).unwrap_or_default(),
        published: rows.remove(Stage::Published.code()).unwrap_or_default(),
        begin: who.roles.agencies(Role::Drafter).filter(writes).map(|id| super::agency(app, id, lang)).collect(),
    })
}

async fn begin(State(app): State<Arc<App>>, Posted { signed, fields }: Posted) -> Response {
    let Some(kind) = Kind::named(fields.one("kind")) else { return absent(&app, signed.lang) };
    let agency = fields.one("agency");
    let begun = match (fields.one("target").parse().ok(), kind) {
        (Some(target), _) => app.drafts.begin_about(&signed.account, agency, kind, target).await,
        (None, Kind::Disclosure) => {
            let issuing_agencies = vec![super::agency(&app, agency, signed.lang).name];
            let written = Written { language: signed.lang.code().to_owned(), issuing_agencies, ..Written::default() };
            app.drafts.begin(&signed.account, agency, kind, &written).await
        }
        (None, _) => app.drafts.begin(&signed.account, agency, kind, &Written::default()).await,
    };
    match begun {
        Ok(draft) => see(signed.lang, &format!("/desk/drafts/{}", draft.id)),
        Err(error) => failed(&app, signed.lang, error),
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

/// The editor over a draft: as it is kept, or as it was sent.
struct Over<'a> {
    written: &'a Written,
    revision: i64,
    faults: Faults,
    just_saved: bool,
    another_translation: bool,
    conflict: Option<Conflict>,
}

impl<'a> Over<'a> {
    fn of(written: &'a Written, revision: i64) -> Over<'a> {
        Over { written, revision, faults: vec![], just_saved: false, another_translation: false, conflict: None }
    }
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

/// A field in which a number is wanted and something else was typed.
pub(super) fn misnumbered(fields: &super::Fields) -> Option<&'static str> {
    let wrong = |typed: &str| !typed.is_empty() && typed.parse::<u64>().is_err();
    ["target", "by"].into_iter().find(|field| wrong(fields.one(field).trim()))
}

/// Names of all registered agencies in a language, to be suggested.
fn agency_names(app: &App, lang: Lang) -> Vec<String> {
    let state = app.node.submitter.state();
    let living = state.agencies().filter(|(_, agency)| !agency.archive);
    let mut names: Vec<_> = living.filter_map(|(_, agency)| views::name_in(&agency.name, lang).map(str::to_owned)).collect();
    names.sort();
    names.dedup();
    names
}

async fn editor_view(app: &App, signed: &Signed, draft: &drafts::Draft, over: Over<'_>) -> Result<EditorView, DraftsError> {
    let (who, lang) = (&signed.account, signed.lang);
    let (zone, mut names) = (zone(app, lang), Names::new(app));
    let at = |time: i64| views::moment(&zone, time);
    let files = app.drafts.files(who, &draft.id).await?.into_iter();
    let mut asides = Vec::new();
    for aside in app.drafts.asides(who, &draft.id).await? {
        let by = names.of(&aside.kept_by).await?;
        asides.push(AsideRow { by, kept: at(aside.kept), title: aside.written.title, body: aside.written.body });
    }
    let named = match over.written.target {
        Some(index) => target(&app.drafts, index).await?,
        None => None,
    };
    let (target, parts) = named.map_or((None, vec![]), |(target, parts)| (Some(target), parts));
    let chosen = |part: &String| over.written.parts.contains(part);
    Ok(EditorView {
        id: draft.id.clone(),
        kind: kind_of(draft.kind),
        agency: super::agency(app, &draft.agency, lang),
        revision: over.revision,
        saved: at(draft.saved),
        saved_by: names.of(&draft.saved_by).await?,
        just_saved: over.just_saved,
        typed: typed(over.written),
        faults: over.faults,
        files: files
            .map(|file| FileRow { id: file.id, name: file.name, media: file.media, size: u64::try_from(file.size).unwrap_or_default() })
            .collect(),
        preview: shown(over.written.body.clone()).await,
        target,
        parts: parts.into_iter().map(|(part, name)| (part.clone(), name, chosen(&part))).collect(),
        conflict: over.conflict,
        asides,
        genres: genres(app, &draft.agency),
        grounds: codes::grounds().collect(),
        changes: drafts::changes().collect(),
        may_write: who.roles.may(Role::Drafter, &draft.agency),
        translations: translation_rows(over.written),
        another_translation: over.another_translation,
        languages: drafts::LANGUAGES.to_vec(),
        agencies: agency_names(app, lang),
        asked: drafts::GENRES.to_vec(),
        account: who.id.clone(),
        largest_file: drafts::LARGEST_FILE,
        most_files: drafts::MOST_FILES,
    })
}

fn drawn(app: &App, signed: &Signed, id: &str, view: Result<EditorView, DraftsError>) -> Response {
    let view = view.map_err(Trouble::from);
    answer(app, signed, &format!("/desk/drafts/{id}"), view.map(|view| move |desk: &Desk<'_>| pages::desk::editor(desk, &view)))
}

#[derive(Deserialize)]
struct EditQuery {
    saved: Option<String>,
    full: Option<String>,
    /// With what is missing beside its fields.
    lacks: Option<String>,
    /// With room for one more translation.
    translate: Option<String>,
}

async fn edit(State(app): State<Arc<App>>, signed: Signed, At(id): At, Asked(query): Asked<EditQuery>) -> Response {
    let draft = match app.drafts.draft(&signed.account, &id).await {
        Ok(draft) => draft,
        Err(error) => return failed(&app, signed.lang, error),
    };
    if draft.stage != Stage::Writing {
        return match app.drafts.case_of(&draft).await {
            Ok(Some(case)) => see(signed.lang, &format!("/desk/cases/{case}")),
            Ok(None) => absent(&app, signed.lang),
            Err(error) => failed(&app, signed.lang, error),
        };
    }
    let faults = match query.full.as_deref() {
        Some("size") => vec![("file", Fault::Lack(app::view::desk::Lack::FileSize))],
        Some("room") => vec![("file", Fault::Lack(app::view::desk::Lack::NoRoom))],
        Some("many") => vec![("file", Fault::Lack(app::view::desk::Lack::TooManyFiles))],
        _ if query.lacks.is_some() => match lacking(&app, &signed, &draft).await {
            Ok(faults) => faults,
            Err(error) => return failed(&app, signed.lang, error),
        },
        _ => vec![],
    };
    let over = Over {
        faults,
        just_saved: query.saved.is_some(),
        another_translation: query.translate.is_some(),
        ..Over::of(&draft.written, draft.revision)
    };
    drawn(&app, &signed, &id, editor_view(&app, &signed, &draft, over).await)
}

/// What was typed into a form that cannot be taken, given back whole to whoever sent it.
fn late(app: &App, id: &str, late: &Late) -> Response {
    let page = format!("/desk/drafts/{id}");
    let view = LateView { page: page.clone(), signed_out: late.signed.is_none(), typed: all_typed(&written(&late.fields)) };
    let mut response = super::page(app, late.signed.as_ref(), late.lang, &page, |desk| pages::desk::late(desk, &view));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}

/// The editor with what somebody typed, and beside it what somebody else had saved before.
async fn overtaken(app: &App, signed: &Signed, given: &Written, newest: &drafts::Draft) -> Response {
    let view = async {
        let conflict = Conflict {
            by: Names::new(app).of(&newest.saved_by).await?,
            saved: views::moment(&zone(app, signed.lang), newest.saved),
            title: newest.written.title.clone(),
            body: newest.written.body.clone(),
            submitted: newest.stage != Stage::Writing,
        };
        // Theirs to go on with: the next save names what stands now, knowing it.
        let over = Over { conflict: Some(conflict), ..Over::of(given, newest.revision) };
        editor_view(app, signed, newest, over).await
    };
    again(drawn(app, signed, &newest.id, view.await))
}

async fn save(State(app): State<Arc<App>>, At(id): At, Typing(form): Typing) -> Response {
    let Posted { signed, fields } = match form {
        Ok(posted) => posted,
        Err(form) => return late(&app, &id, &form),
    };
    let (who, lang) = (&signed.account, signed.lang);
    let (mut given, revision) = (written(&fields), fields.one("revision").parse().unwrap_or_default());
    let asked = fields.one("do");
    if let Some(place) = asked.strip_prefix("untranslate-").and_then(|place| place.parse::<usize>().ok())
        && place < given.translations.len()
    {
        given.translations.remove(place);
    }
    let wrong = misnumbered(&fields).unwrap_or_default();
    match app.drafts.save(who, &id, revision, &given).await {
        // What was typed last is kept too: whoever gives a draft up may have meant another.
        Ok(Saved::Revision(revision)) if asked == "drop" => match app.drafts.drop_draft(who, &id, revision).await {
            Ok(()) => see(lang, "/desk/drafts"),
            // Somebody saved or submitted it between the two.
            Err(DraftsError::Refused(Refusal::Changed | Refusal::NotWriting)) => match app.drafts.draft(who, &id).await {
                Ok(newest) => overtaken(&app, &signed, &given, &newest).await,
                Err(error) => failed(&app, lang, error),
            },
            Err(error) => failed(&app, lang, error),
        },
        // All else is saved. Without a word, it would be a document of its own.
        Ok(Saved::Revision(revision)) if !wrong.is_empty() => {
            let view = async {
                let draft = app.drafts.draft(who, &id).await?;
                let over = Over { faults: vec![(wrong, Fault::Entry)], just_saved: true, ..Over::of(&given, revision) };
                let mut view = editor_view(&app, &signed, &draft, over).await?;
                view.typed.0.insert(wrong, fields.one(wrong).to_owned());
                Ok::<_, DraftsError>(view)
            };
            again(drawn(&app, &signed, &id, view.await))
        }
        Ok(Saved::Revision(_)) if asked == "submit" => see(lang, &format!("/desk/drafts/{id}/submit")),
        Ok(Saved::Revision(_)) if asked == "translate" => see(lang, &format!("/desk/drafts/{id}?saved=1&translate=1#translations")),
        Ok(Saved::Revision(_)) if asked.starts_with("untranslate-") => see(lang, &format!("/desk/drafts/{id}?saved=1#translations")),
        Ok(Saved::Revision(_)) => see(lang, &format!("/desk/drafts/{id}?saved=1")),
        // Also where it was to be given up: not with what somebody else wrote meanwhile.
        Ok(Saved::Aside { newest, .. }) => overtaken(&app, &signed, &given, &newest).await,
        Err(DraftsError::Refused(Refusal::TooLong)) => {
            let view = async {
                let draft = app.drafts.draft(who, &id).await?;
                let faults = vec![("body", Fault::Lack(app::view::desk::Lack::TooLong))];
                let over = Over { faults, ..Over::of(&given, revision) };
                editor_view(&app, &signed, &draft, over).await
            };
            again(drawn(&app, &signed, &id, view.await))
        }
        Err(error) => failed(&app, lang, error),
    }
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
