//! The editor of a draft: its page over what is kept or was sent, and what becomes of what is saved.

use super::{
    Fields, Posted, Signed, again, answer,
    changing::beside,
    drafts::{Names, failed, genres, kind_of, lacking, target, zone},
    guard::{Late, Typing, absent},
    previewing::preview,
    see,
    typing::{all_typed, translation_rows, typed, written},
};
use crate::{
    drafts::{self, DraftsError, Refusal, Saved, Stage, Written},
    http::{
        App,
        trouble::{Asked, At, Trouble},
    },
    staff::Role,
    views,
};
use app::{
    Lang, codes, pages,
    view::desk::{AsideRow, Conflict, Desk, EditorView, Fault, Faults, FileRow, LateView},
};
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use std::sync::Arc;

/// The editor over a draft: as it is kept, or as it was sent.
struct Over<'a> {
    written: &'a Written,
    revision: i64,
    faults: Faults,
    just_saved: bool,
    another_translation: bool,
    conflict: Option<Conflict>,
    /// Whether what stands is kept aside when this is saved.
    over: bool,
}

impl<'a> Over<'a> {
    fn of(written: &'a Written, revision: i64) -> Over<'a> {
        Over { written, revision, faults: vec![], just_saved: false, another_translation: false, conflict: None, over: false }
    }
}

/// A field in which a number is wanted and something else was typed.
pub(super) fn misnumbered(fields: &Fields) -> Option<&'static str> {
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
        asides.push(AsideRow { id: aside.id, by, kept: at(aside.kept) });
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
        preview: match draft.kind {
            drafts::Kind::Disclosure => Some(preview(over.written).await),
            _ => None,
        },
        target,
        parts: parts.into_iter().map(|(part, name)| (part.clone(), name, chosen(&part))).collect(),
        conflict: over.conflict,
        over: over.over,
        asides,
        discarded_days: drafts::DISCARDED_DAYS,
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
pub(super) struct EditQuery {
    saved: Option<String>,
    full: Option<String>,
    /// With what is missing beside its fields.
    lacks: Option<String>,
    /// With room for one more translation.
    translate: Option<String>,
}

pub(super) async fn edit(State(app): State<Arc<App>>, signed: Signed, At(id): At, Asked(query): Asked<EditQuery>) -> Response {
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
    let view = LateView { page: page.clone(), signed_out: late.signed.is_none(), typed: all_typed(&written(&late.fields), late.lang) };
    let mut response = super::page(app, late.signed.as_ref(), late.lang, &page, |desk| pages::desk::late(desk, &view));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}

/// The editor with what somebody typed, and beside it all in which that differs from what somebody else had saved before.
async fn overtaken(app: &App, signed: &Signed, (given, fields): (&Written, &Fields), newest: &drafts::Draft) -> Response {
    let view = async {
        let (mut differing, texts) = beside(given, &newest.written, signed.lang).await?;
        for (_, typed, stands) in differing.iter_mut().filter(|(field, ..)| *field == "parts") {
            *typed = parts_named(app, given).await?;
            *stands = parts_named(app, &newest.written).await?;
        }
        let conflict = Conflict {
            by: Names::new(app).of(&newest.saved_by).await?,
            saved: views::moment(&zone(app, signed.lang), newest.saved),
            submitted: newest.stage != Stage::Writing,
            fields: differing,
            texts,
        };
        // Theirs to go on with: the next save names what stands now, knowing it, and has it kept aside.
        let wrong = misnumbered(fields);
        let faults = wrong.map(|field| (field, Fault::Entry)).into_iter().collect();
        let over = Over { conflict: Some(conflict), over: true, faults, ..Over::of(given, newest.revision) };
        let mut view = editor_view(app, signed, newest, over).await?;
        if let Some(wrong) = wrong {
            view.typed.0.insert(wrong, fields.one(wrong).to_owned());
        }
        Ok::<_, DraftsError>(view)
    };
    again(drawn(app, signed, &newest.id, view.await))
}

/// The parts that a removal names, as their document calls them; one that it does not know, by its commitment.
async fn parts_named(app: &App, written: &Written) -> Result<String, DraftsError> {
    let known = match written.target {
        Some(index) => target(&app.drafts, index).await?.map(|(_, parts)| parts).unwrap_or_default(),
        None => vec![],
    };
    let name = |part: &String| known.iter().find(|(commitment, _)| commitment == part).map_or(part, |(_, name)| name).clone();
    Ok(written.parts.iter().map(name).collect::<Vec<_>>().join("\n"))
}

pub(super) async fn save(State(app): State<Arc<App>>, At(id): At, Typing(form): Typing) -> Response {
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
    // Whoever was shown what stands, and saves over it, has it kept.
    let over = !fields.one("over").is_empty();
    let saved = match over {
        true => app.drafts.save_over(who, &id, revision, &given).await,
        false => app.drafts.save(who, &id, revision, &given).await,
    };
    match saved {
        // What was typed last is kept too: whoever gives a draft up may have meant another.
        Ok(Saved::Revision(revision)) if asked == "drop" => match app.drafts.drop_draft(who, &id, revision).await {
            Ok(()) => see(lang, "/desk/drafts#discarded"),
            // Somebody saved or submitted it between the two.
            Err(DraftsError::Refused(Refusal::Changed | Refusal::NotWriting)) => match app.drafts.draft(who, &id).await {
                Ok(newest) => overtaken(&app, &signed, (&given, &fields), &newest).await,
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
        Ok(Saved::Aside { newest, .. }) => overtaken(&app, &signed, (&given, &fields), &newest).await,
        Err(DraftsError::Refused(Refusal::TooLong)) => {
            let view = async {
                let draft = app.drafts.draft(who, &id).await?;
                let faults = vec![("body", Fault::Lack(app::view::desk::Lack::TooLong))];
                let over = Over { faults, over, ..Over::of(&given, revision) };
                editor_view(&app, &signed, &draft, over).await
            };
            again(drawn(&app, &signed, &id, view.await))
        }
        Err(error) => failed(&app, lang, error),
    }
}
