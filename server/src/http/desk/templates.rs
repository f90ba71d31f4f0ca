//! Templates at the desk: seen and used by those who draft, kept by those who look after an agency.

use super::{
    Fields, Posted, Signed, again, answer,
    drafts::{Names, at, failed, zone},
    guard::absent,
    see,
    typing::{translation_rows, typed, written},
};
use crate::{
    drafts::{self, DraftsError, HOUSE, HouseTemplate, Refusal, Written},
    http::{
        App,
        trouble::{Asked, At, Trouble},
    },
    staff::{Account, Role},
};
use app::{
    Lang, pages,
    view::desk::{Desk, Fault, Faults, Lack, TemplatePlace, TemplateRow, TemplateView, TemplatesView},
    words::desk as words,
};
use axum::{
    extract::{DefaultBodyLimit, State},
    response::Response,
    routing::{MethodRouter, get},
};
use serde::Deserialize;
use std::sync::Arc;

type Handler = MethodRouter<Arc<App>>;

pub(super) fn routes() -> Vec<(&'static str, Handler)> {
    let form = || DefaultBodyLimit::max(super::drafts::LARGEST);
    vec![
        ("/templates", get(list).post(begin)),
        ("/templates/new", get(new).post(make).layer(form())),
        ("/templates/{id}", get(edit).post(change).layer(form())),
    ]
}

/// All agencies, in the order in which they were registered.
fn registered(app: &App) -> impl Iterator<Item = String> + use<> {
    let state = app.node.submitter.state();
    let mut ids: Vec<_> = state.agencies().map(|(at, agency)| (at.index, agency.agency.clone())).collect();
    ids.sort_unstable();
    ids.into_iter().map(|(_, id)| id)
}

/// Agencies whose templates somebody uses or keeps.
fn places(app: &App, signed: &Signed) -> Vec<String> {
    let used = |id: &String| signed.may(Role::Drafter, id) || signed.account.roles.holds(Role::Administrator, id);
    registered(app).filter(used).filter(|id| may(app, signed, id)).collect()
}

fn all_but(app: &App, ids: &[String]) -> Vec<String> {
    registered(app).filter(|id| !ids.contains(id)).collect()
}

fn may(app: &App, signed: &Signed, agency: &str) -> bool {
    app.drafts.may_begin(&signed.account, agency) || app.drafts.may_keep_templates(&signed.account, agency)
}

fn languages(written: &Written) -> Vec<String> {
    std::iter::once(&written.language).chain(written.translations.iter().map(|text| &text.language)).cloned().collect()
}

/// What a draft would begin with, in the language of the page where there is one.
fn text(written: &Written, lang: &str) -> String {
    let begun = drafts::begun(written, lang, false);
    format!("{}\n\n{}", begun.title, begun.body)
}

/// An agency's own templates.
async fn own_of(app: &App, names: &mut Names<'_>, who: &Account, id: &str, lang: Lang) -> Result<Vec<TemplateRow>, DraftsError> {
    let zone = zone(app, lang);
    let mut own = Vec::new();
    for template in app.drafts.templates(who, id).await? {
        let changed = Some((at(&zone, template.changed), names.of(&template.changed_by).await?));
        own.push(TemplateRow {
            genre: template.written.genre.clone(),
            languages: languages(&template.written),
            text: text(&template.written, lang.code()),
            id: template.id,
            name: template.name,
            changed,
        });
    }
    Ok(own)
}

async fn list(State(app): State<Arc<App>>, signed: Signed) -> Response {
    let (who, lang) = (&signed.account, signed.lang);
    let ids = places(&app, &signed);
    let reads = who.roles.holds(Role::Auditor, "");
    if ids.is_empty() && !reads {
        return absent(&app, lang);
    }
    let w = words::of(lang);
    let view = async {
        let mut names = Names::new(&app);
        let mut places = Vec::new();
        for id in &ids {
            places.push(TemplatePlace {
                agency: super::agency(&app, id, lang),
                own: own_of(&app, &mut names, who, id, lang).await?,
                drafts: app.drafts.may_begin(who, id),
                keeps: app.drafts.may_keep_templates(who, id),
            });
        }
        // Whoever reads everything reads those of all others too, where there are any.
        for id in if reads { all_but(&app, &ids) } else { vec![] } {
            let own = own_of(&app, &mut names, who, &id, lang).await?;
            if !own.is_empty() {
                places.push(TemplatePlace { agency: super::agency(&app, &id, lang), own, drafts: false, keeps: false });
            }
        }
        let house = HOUSE.iter().map(|template| {
            let written = template.written();
            TemplateRow {
                id: template.code.to_owned(),
                name: (w.templates.house_name)(template.code).to_owned(),
                genre: template.genre.to_owned(),
                languages: languages(&written),
                changed: None,
                text: text(&written, lang.code()),
            }
        });
        Ok::<_, DraftsError>(TemplatesView { places, house: house.collect(), reads })
    };
    let view = view.await.map_err(Trouble::from);
    answer(&app, &signed, "/desk/templates", view.map(|view| move |desk: &Desk<'_>| pages::desk::templates(desk, &view)))
}

async fn begin(State(app): State<Arc<App>>, Posted { signed, fields }: Posted) -> Response {
    let (agency, lang) = (fields.one("agency"), signed.lang);
    let issuing = super::agency(&app, agency, lang).name;
    let how = (lang.code(), !fields.one("translate").is_empty(), issuing.as_str());
    match app.drafts.begin_from(&signed.account, agency, fields.one("template"), how).await {
        Ok(draft) => see(lang, &format!("/desk/drafts/{}", draft.id)),
        Err(error) => failed(&app, lang, error),
    }
}

/// A template as it stands in the form.
struct Over {
    id: Option<String>,
    agency: String,
    name: String,
    revision: i64,
    written: Written,
    faults: Faults,
    just_saved: bool,
    conflict: bool,
}

fn form(app: &App, signed: &Signed, over: Over) -> Response {
    let Over { id, agency, name, revision, written, faults, just_saved, conflict } = over;
    let faulty = !faults.is_empty() || conflict;
    let path = format!("/desk/templates/{}", id.as_deref().unwrap_or("new"));
    let path = if id.is_none() { format!("{path}?agency={}", pages::text::query(&agency)) } else { path };
    let view = TemplateView {
        id,
        agency: super::agency(app, &agency, signed.lang),
        name,
        revision,
        typed: typed(&written),
        translations: translation_rows(&written),
        faults,
        genres: drafts::GENRES.iter().map(|(genre, _)| *genre).collect(),
        languages: drafts::LANGUAGES.to_vec(),
        just_saved,
        conflict,
    };
    let page = answer(app, signed, &path, Ok::<_, Trouble>(|desk: &Desk<'_>| pages::desk::template(desk, &view)));
    if faulty { again(page) } else { page }
}

#[derive(Deserialize)]
struct NewQuery {
    #[serde(default)]
    agency: String,
    /// The house's template that it begins as.
    like: Option<String>,
}

async fn new(State(app): State<Arc<App>>, signed: Signed, Asked(NewQuery { agency, like }): Asked<NewQuery>) -> Response {
    if !app.drafts.may_keep_templates(&signed.account, &agency) {
        return absent(&app, signed.lang);
    }
    let w = words::of(signed.lang);
    let house = like.as_deref().and_then(HouseTemplate::named);
    let name = house.map_or("", |house| (w.templates.house_name)(house.code)).to_owned();
    let written = house.map_or_else(|| Written { language: signed.lang.code().to_owned(), ..Written::default() }, HouseTemplate::written);
    form(&app, &signed, Over { id: None, agency, name, revision: 0, written, faults: vec![], just_saved: false, conflict: false })
}

/// What was typed, and what is wrong with it.
fn given(fields: &Fields) -> (String, Written, Faults) {
    let (name, written) = (fields.one("name").trim().to_owned(), written(fields));
    let mut faults: Faults = vec![];
    for (field, missing) in [("name", name.is_empty()), ("genre", written.genre.is_empty()), ("language", written.language.is_empty())] {
        if missing {
            faults.push((field, Fault::Lack(Lack::Missing)));
        }
    }
    (name, written, faults)
}

async fn make(State(app): State<Arc<App>>, Posted { signed, fields }: Posted) -> Response {
    let agency = fields.one("agency").to_owned();
    if !app.drafts.may_keep_templates(&signed.account, &agency) {
        return absent(&app, signed.lang);
    }
    let (name, written, faults) = given(&fields);
    let over = |faults| Over {
        id: None,
        agency: agency.clone(),
        name: name.clone(),
        revision: 0,
        written: written.clone(),
        faults,
        just_saved: false,
        conflict: false,
    };
    if !faults.is_empty() {
        return form(&app, &signed, over(faults));
    }
    match app.drafts.make_template(&signed.account, &agency, &name, &written).await {
        Ok(id) => see(signed.lang, &format!("/desk/templates/{id}?saved=1")),
        Err(DraftsError::Refused(Refusal::TooLong)) => form(&app, &signed, over(vec![("body", Fault::Lack(Lack::TooLong))])),
        Err(DraftsError::Refused(Refusal::TooManyFiles)) => form(&app, &signed, over(vec![("name", Fault::TooMany)])),
        Err(error) => failed(&app, signed.lang, error),
    }
}

#[derive(Deserialize)]
struct EditQuery {
    saved: Option<String>,
}

async fn edit(State(app): State<Arc<App>>, signed: Signed, At(id): At, Asked(EditQuery { saved }): Asked<EditQuery>) -> Response {
    match app.drafts.kept_template(&signed.account, &id).await {
        Ok(template) => {
            let drafts::Template { id, agency, name, written, revision, .. } = template;
            let just_saved = saved.is_some();
            form(&app, &signed, Over { id: Some(id), agency, name, revision, written, faults: vec![], just_saved, conflict: false })
        }
        Err(error) => failed(&app, signed.lang, error),
    }
}

async fn change(State(app): State<Arc<App>>, At(id): At, Posted { signed, fields }: Posted) -> Response {
    let (who, lang) = (&signed.account, signed.lang);
    let standing = match app.drafts.kept_template(who, &id).await {
        Ok(template) => template,
        Err(error) => return failed(&app, lang, error),
    };
    if fields.one("do") == "end" {
        return match app.drafts.end_template(who, &id).await {
            Ok(()) => see(lang, "/desk/templates"),
            Err(error) => failed(&app, lang, error),
        };
    }
    let (name, written, faults) = given(&fields);
    let revision = fields.one("revision").parse().unwrap_or_default();
    let over = |faults, revision, conflict| Over {
        id: Some(id.clone()),
        agency: standing.agency.clone(),
        name: name.clone(),
        revision,
        written: written.clone(),
        faults,
        just_saved: false,
        conflict,
    };
    if !faults.is_empty() {
        return form(&app, &signed, over(faults, revision, false));
    }
    match app.drafts.change_template(who, &id, revision, &name, &written).await {
        Ok(()) => see(lang, &format!("/desk/templates/{id}?saved=1")),
        // Theirs to go on with: the next save names what stands now, knowing it.
        Err(DraftsError::Refused(Refusal::Changed)) => form(&app, &signed, over(vec![], standing.revision, true)),
        Err(DraftsError::Refused(Refusal::TooLong)) => {
            form(&app, &signed, over(vec![("body", Fault::Lack(Lack::TooLong))], revision, false))
        }
        Err(error) => failed(&app, lang, error),
    }
}
