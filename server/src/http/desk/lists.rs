//! The lists of drafts: what waits for whoever asks, what is being written, submitted, published and given up, each a page at a time; and
//! what is begun from there.

use super::{
    Posted, Signed, again, answer,
    drafts::{Names, case_row, failed, kind_of, zone},
    guard::{absent, waiting},
    see,
};
use crate::{
    drafts::{DISCARDED_DAYS, DraftsError, Frozen, Kind, Listed, Page, Place, Refusal, Stage, Written},
    http::{
        App,
        trouble::{Asked, At, Trouble},
    },
    staff::Role,
    views,
};
use app::{
    pages,
    view::{
        Problem,
        desk::{Desk, DraftRow, DraftsView, Fault, Faults, Paged, Typed},
    },
};
use axum::{extract::State, response::Response};
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::sync::Arc;

/// Rows of a page of each list.
const ROWS: i64 = 100;
const DAY: i64 = 24 * 3_600_000;

/// Which page of each list is asked for.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ListQuery {
    writing: String,
    submitted: String,
    published: String,
    discarded: String,
}

/// The same, read.
#[derive(Default)]
struct Places {
    writing: Place,
    submitted: Place,
    published: Place,
    discarded: Place,
}

impl ListQuery {
    fn places(&self) -> Option<Places> {
        Some(Places {
            writing: Place::read(&self.writing)?,
            submitted: Place::read(&self.submitted)?,
            published: Place::read(&self.published)?,
            discarded: Place::read(&self.discarded)?,
        })
    }
}

/// The query that leads to a page of a list.
fn query(list: &str, place: &Place) -> String {
    let said = place.said();
    if said.is_empty() { said } else { format!("{list}={said}") }
}

pub(super) async fn list(State(app): State<Arc<App>>, signed: Signed, Asked(asked): Asked<ListQuery>) -> Response {
    let Some(places) = asked.places() else { return super::failed(&app, signed.lang, Problem::BadAddress) };
    let said = [("writing", &places.writing), ("submitted", &places.submitted), ("published", &places.published)];
    let said = said.into_iter().chain([("discarded", &places.discarded)]);
    let said: Vec<_> = said.map(|(list, place)| query(list, place)).filter(|query| !query.is_empty()).collect();
    let path = if said.is_empty() { "/desk/drafts".to_owned() } else { format!("/desk/drafts?{}", said.join("&")) };
    let view = list_view(&app, &signed, &places).await;
    drawn(&app, &signed, &path, view)
}

fn drawn(app: &App, signed: &Signed, path: &str, view: Result<DraftsView, DraftsError>) -> Response {
    let view = view.map_err(Trouble::from);
    answer(app, signed, path, view.map(|view| move |desk: &Desk<'_>| pages::desk::drafts(desk, &view)))
}

/// A page of drafts, newest first, as its list shows it; `kept`: for how many days, of what was given up.
async fn rows(
    app: &App,
    signed: &Signed,
    (list, page): (&str, Page<Listed>),
    names: &mut Names<'_>,
    (zone, kept): (&TimeZone, Option<i64>),
) -> Result<Paged<DraftRow>, DraftsError> {
    let mut rows = Vec::with_capacity(page.rows.len());
    for row in page.rows {
        rows.push(DraftRow {
            kind: kind_of(row.kind),
            title: row.title,
            agency: super::agency(app, &row.agency, signed.lang),
            saved: views::moment(zone, row.saved),
            by: names.of(&row.saved_by).await?,
            index: row.index,
            until: kept.map(|days| views::moment(zone, row.saved + days * DAY)),
            id: row.id,
        });
    }
    let beside = |place: Option<Place>| place.map(|place| query(list, &place));
    Ok(Paged { rows, newer: beside(page.back), older: beside(page.on) })
}

async fn list_view(app: &App, signed: &Signed, places: &Places) -> Result<DraftsView, DraftsError> {
    let (who, lang, drafts) = (&signed.account, signed.lang, &app.drafts);
    let (zone, mut names) = (zone(app, lang), Names::new(app));
    let returned = &signed.waiting.returned;
    let case = |frozen: &Frozen| case_row(app, &zone, frozen, returned, lang);
    let waiting = theirs(signed);
    // What waits for them stands there alone.
    let others = |frozen: &&Frozen| !waiting.iter().any(|waits| waits.case == frozen.case);
    let open = drafts.open_cases(who, &places.submitted, ROWS).await?;
    let beside = |place: Option<Place>| place.map(|place| query("submitted", &place));
    // Oldest first: what comes behind a page is newer.
    let submitted = Paged { rows: open.rows.iter().filter(others).map(case).collect(), newer: beside(open.on), older: beside(open.back) };
    let plain = (&zone, None);
    let writing = drafts.drafts_at(who, Stage::Writing, &places.writing, ROWS).await?;
    let writing = rows(app, signed, ("writing", writing), &mut names, plain).await?;
    let published = drafts.drafts_at(who, Stage::Published, &places.published, ROWS).await?;
    let published = rows(app, signed, ("published", published), &mut names, plain).await?;
    let discarded = drafts.discarded(who, &places.discarded, ROWS).await?;
    let discarded = rows(app, signed, ("discarded", discarded), &mut names, (&zone, Some(DISCARDED_DAYS))).await?;
    let state = app.node.submitter.state();
    let writes = |agency: &&str| state.agency(agency).is_some_and(|(_, agency)| !agency.archive);
    Ok(DraftsView {
        waiting: waiting.into_iter().map(case).collect(),
        writing,
        submitted,
        published,
        discarded,
        discarded_days: DISCARDED_DAYS,
        begin: who.roles.agencies(Role::Drafter).filter(writes).map(|id| super::agency(app, id, lang)).collect(),
        typed: Typed::default(),
        faults: vec![],
    })
}

/// All that waits for somebody among drafts: to be decided, to be published, or to be looked at again since it came back. Oldest first.
pub(super) fn theirs(signed: &Signed) -> Vec<&Frozen> {
    let returned = signed.waiting.returned().map(|back| &back.frozen);
    let mut all: Vec<&Frozen> = signed.waiting.cases.iter().chain(returned).collect();
    all.sort_by(|one, other| (one.made, &one.id).cmp(&(other.made, &other.id)));
    all
}

pub(super) async fn begin(State(app): State<Arc<App>>, Posted { signed, fields }: Posted) -> Response {
    let Some(kind) = Kind::named(fields.one("kind")) else { return absent(&app, signed.lang) };
    let agency = fields.one("agency");
    let number = fields.all("target").next().map(str::trim);
    let begun = match (number, kind) {
        (Some(number), _) => match number.parse::<u64>() {
            Ok(target) => app.drafts.begin_about(&signed.account, agency, kind, target).await,
            Err(_) => Err(Refusal::Nothing.into()),
        },
        (None, Kind::Disclosure) => {
            let issuing_agencies = vec![super::agency(&app, agency, signed.lang).name];
            let written = Written { language: signed.lang.code().to_owned(), issuing_agencies, ..Written::default() };
            app.drafts.begin(&signed.account, agency, kind, &written).await
        }
        (None, _) => app.drafts.begin(&signed.account, agency, kind, &Written::default()).await,
    };
    match begun {
        Ok(draft) => see(signed.lang, &format!("/desk/drafts/{}", draft.id)),
        // They may begin a draft there: so it is the number under which there is no document.
        Err(DraftsError::Refused(Refusal::Nothing)) if number.is_some() && app.drafts.may_begin(&signed.account, agency) => {
            let typed = [("agency", agency), ("target", number.unwrap_or_default()), ("kind", kind.code())];
            let typed = Typed(typed.map(|(field, value)| (field, value.to_owned())).into());
            numbered(&app, signed, typed, vec![("target", Fault::Entry)]).await
        }
        Err(error) => failed(&app, signed.lang, error),
    }
}

/// The lists once more, with the number that was typed and what is wrong with it.
async fn numbered(app: &App, signed: Signed, typed: Typed, faults: Faults) -> Response {
    let waiting = match waiting(app, &signed.account).await {
        Ok(waiting) => waiting,
        Err(trouble) => return super::failed(app, signed.lang, trouble),
    };
    let signed = Signed { waiting, ..signed };
    let view = list_view(app, &signed, &Places::default()).await.map(|view| DraftsView { typed, faults, ..view });
    again(drawn(app, &signed, "/desk/drafts", view))
}

/// Takes a draft back that was given up.
pub(super) async fn take_up(State(app): State<Arc<App>>, At(id): At, Posted { signed, .. }: Posted) -> Response {
    match app.drafts.take_up(&signed.account, &id).await {
        Ok(()) => see(signed.lang, &format!("/desk/drafts/{id}")),
        Err(error) => failed(&app, signed.lang, error),
    }
}
