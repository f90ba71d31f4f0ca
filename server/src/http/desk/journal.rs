//! The journal, for those who look after the whole portal or audit it: its page, and what their browsers verify it with.

mod sought;

use super::{Posted, Signed, answer, guard::absent, moment, see};
use crate::{
    evidence,
    http::{
        App, Refused, content, log,
        trouble::{Asked, Trouble},
    },
    journal::{self, Cause, Fault, FoundRows, Journal, JournalError},
    staff::{Noted, Role, Roles},
    views::Context,
};
use app::{
    Lang,
    deeds::Told,
    pages,
    view::{
        Problem,
        desk::{Desk, Doer, DoerKind, Examined, Found, JournalCause, JournalFault, JournalRow, JournalTrouble, JournalView},
    },
};
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use chain::{
    check::{Answer, Reader, ShownRow, outcome, unspaced},
    deed::{Deed, Open, Party, code},
    entry::Entry,
    evidence::{Content, Contents, parse_indexes},
    statement::{Core, Statement},
};
use sought::{Query, Sought};
use std::{collections::BTreeMap, sync::Arc};

/// Rows to a page: no more than one bundle of evidence takes.
const PAGE: i64 = 50;
/// Rows on their way that are gone through for one page.
const WAITING_AT_ONCE: i64 = 5_000;

/// Whether somebody with these roles may read the journal.
pub(super) fn may_read(roles: &Roles) -> bool {
    roles.holds(Role::Auditor, "") || roles.holds(Role::Administrator, "")
}

impl From<JournalError> for Trouble {
    fn from(error: JournalError) -> Trouble {
        match error {
            JournalError::Store(error) => error.into(),
            JournalError::Staff(error) => error.into(),
            error => {
                tracing::error!(%error, "the journal did not answer");
                Trouble::Problem(Problem::Busy { seconds: 5 })
            }
        }
    }
}

pub(super) async fn page(State(app): State<Arc<App>>, signed: Signed, Asked(query): Asked<Query>) -> Response {
    if !may_read(&signed.account.roles) {
        return absent(&app, signed.lang);
    }
    let drawn = view(&app, &signed, &query).await.map(|view| move |desk: &Desk<'_>| pages::desk::journal(desk, &view));
    answer(&app, &signed, &query.path(), drawn)
}

/// The server looks at all of it now.
pub(super) async fn examine(State(app): State<Arc<App>>, posted: Posted) -> Response {
    let signed = posted.signed;
    let Some(journal) = app.journal.as_ref().filter(|_| may_read(&signed.account.roles)) else { return absent(&app, signed.lang) };
    let examined = match journal.examine().await {
        Ok(examined) => examined,
        Err(error) => {
            tracing::error!(%error, "the journal could not be examined");
            return super::failed(&app, signed.lang, Trouble::Problem(Problem::Busy { seconds: 5 }));
        }
    };
    let details = serde_json::json!({ "held": examined.fault.is_none() });
    if let Err(error) = app.staff.journal().note(&signed.account.id, "journal-examined", "", &details).await {
        return super::failed(&app, signed.lang, error);
    }
    see(signed.lang, "/desk/journal")
}

async fn view(app: &App, signed: &Signed, query: &Query) -> Result<JournalView, Trouble> {
    let zone = Context::new(&app.node, signed.lang).zone;
    let sought = query.sought(&zone).ok_or(Trouble::Problem(Problem::BadAddress))?;
    let noted = app.staff.journal();
    let troubles = app.journal.as_ref().map(Journal::troubles).unwrap_or_default();
    let (from, before) = match (&app.journal, sought.day) {
        (Some(journal), Some((begins, ends))) => {
            let end = journal.since(ends).await?;
            // Rows that wait are newer than all that are logged, and say themselves when they were done.
            let end = if end > noted.newest_logged().await? { i64::MAX } else { end };
            (journal.since(begins).await?, sought.before.min(end))
        }
        _ => (1, sought.before),
    };
    // In this order: a row that is logged meanwhile is met twice rather than never.
    let (waiting, unseen) = waiting(app, &sought, before).await?;
    let logged = match unseen {
        Some(_) => FoundRows { below: unseen, ..FoundRows::default() },
        None => logged(app, &sought, from, before).await?,
    };
    let mut rows: BTreeMap<i64, JournalRow> = BTreeMap::new();
    for row in waiting {
        let mut row = on_its_way(app, signed, row).await?;
        if troubles.feeding.as_ref().is_some_and(|trouble| trouble.cause == Cause::Row(row.number)) {
            row.found = Found::Refused;
        }
        rows.insert(row.number, row);
    }
    if let Some(journal) = &app.journal {
        for row in shown(app, signed, journal, &logged.rows, sought.apart()).await? {
            rows.insert(row.number, row);
        }
    }
    let rows: Vec<JournalRow> = rows.into_values().rev().take(usize::try_from(PAGE).unwrap_or_default()).collect();
    let full = rows.len() >= usize::try_from(PAGE).unwrap_or_default() || (!sought.apart() && logged.below.is_none());
    let older = if full { rows.last().map(|last| last.number).filter(|last| *last > from) } else { logged.below };
    let acts = match &app.journal {
        Some(journal) => acts(journal, signed.lang).await?,
        None => vec![],
    };
    let open = app.journal.as_ref();
    let examined = open.and_then(Journal::examined).map(|found| Examined {
        at: moment(app, found.at),
        entries: found.entries,
        rows: found.rows,
        fault: found.fault.map(fault),
    });
    let head = open.map(|journal| journal.node.heads.borrow().clone());
    let root = |checkpoint: &str| checkpoint.lines().nth(2).unwrap_or_default().to_owned();
    let identity = match open {
        Some(journal) => journal.node.store.entry(0).await?.map(|entry| chain::tree::leaf_hash(&entry).to_string()),
        None => None,
    };
    Ok(JournalView {
        examined,
        waiting: noted.waiting().await?,
        read_only: open.is_some_and(|journal| journal.node.behind().is_some()),
        stuck: troubles.feeding.and_then(trouble),
        overdue: troubles.retaining.and_then(trouble),
        days: open.map(Journal::days),
        newest: head.filter(|_| sought.first).map(|head| (head.size, root(&head.checkpoint))),
        identity: identity.filter(|_| sought.first),
        rows,
        older,
        act: query.act().to_owned(),
        who: query.who().to_owned(),
        day: query.day().to_owned(),
        acts,
        doers: doers(app).await?,
        unknown: logged.unknown,
    })
}

/// Rows on their way that are asked for, newest first, and the number below which none was looked at.
async fn waiting(app: &App, sought: &Sought, before: i64) -> Result<(Vec<Noted>, Option<i64>), Trouble> {
    let (noted, mut found, mut below) = (app.staff.journal(), Vec::new(), before);
    for _ in 0..WAITING_AT_ONCE / PAGE {
        let some = noted.before(below, PAGE).await?;
        let Some(last) = some.last().map(|row| row.number) else { return Ok((found, None)) };
        below = last;
        found.extend(some.into_iter().filter(|row| sought.asks(row)));
        // A full page leads on from its own last row.
        if found.len() >= usize::try_from(PAGE).unwrap_or_default() {
            return Ok((found, None));
        }
    }
    Ok((found, Some(below)))
}

/// Rows of the log that are asked for.
async fn logged(app: &App, sought: &Sought, from: i64, before: i64) -> Result<FoundRows, Trouble> {
    let (count, act) = (PAGE.unsigned_abs(), sought.act.as_deref());
    match (&app.journal, sought.who.as_deref(), act) {
        (Some(journal), Some(who), _) => Ok(journal.of_person(who, act, from, before, count).await?),
        (Some(journal), None, Some(act)) => Ok(journal.of_act(act, from, before, count).await?),
        _ => {
            let mut rows = app.staff.journal().places_before(before, PAGE).await?;
            rows.retain(|(number, _)| *number >= from);
            Ok(FoundRows { rows, ..FoundRows::default() })
        }
    }
}

/// Whose acts can be asked for.
async fn doers(app: &App) -> Result<Vec<Doer>, Trouble> {
    let noted = app.staff.journal();
    let account = |(party, ended): (Party, bool)| {
        let kind = if ended { DoerKind::Ended } else { DoerKind::Account };
        Doer { id: party.id, name: party.name, at: party.login, kind }
    };
    let program = |[id, name, agency]: [String; 3]| Doer { id, name, at: agency, kind: DoerKind::Program };
    let accounts = noted.accounts().await?.into_iter().map(account);
    Ok(accounts.chain(noted.tokens().await?.into_iter().map(program)).collect())
}

/// What was ever done, in the order of its words.
async fn acts(journal: &Journal, lang: Lang) -> Result<Vec<(String, String)>, Trouble> {
    let codes = journal.node.store.genres().await?;
    let mut acts: Vec<_> = codes.into_iter().map(|code| (Told::of(lang, None, &code).what, code)).collect();
    acts.sort();
    Ok(acts.into_iter().map(|(said, code)| (code, said)).collect())
}

fn fault(fault: Fault) -> JournalFault {
    match fault {
        Fault::Log(found) => JournalFault::Log { at: format!("{}, {}", found.check.name(), found.at), why: found.why },
        Fault::Gap(number) => JournalFault::Gap(number),
        Fault::Twice(number) => JournalFault::Twice(number),
        Fault::Waiting(number) => JournalFault::Waiting(number),
        Fault::Place(number) => JournalFault::Place(number),
    }
}

/// None of an old copy, which the page tells of by itself.
fn trouble(journal::Trouble { cause, said }: journal::Trouble) -> Option<JournalTrouble> {
    let cause = match cause {
        Cause::Row(number) => JournalCause::Row(number),
        Cause::Copy => return None,
        Cause::Clock => JournalCause::Clock,
        Cause::Key => JournalCause::Key,
        Cause::Store => JournalCause::Store,
    };
    Some(JournalTrouble { cause, said })
}

/// A row that waits for its place.
async fn on_its_way(app: &App, signed: &Signed, row: Noted) -> Result<JournalRow, Trouble> {
    let people = app.staff.journal();
    let (who, about) = (people.party(&row.who).await?, people.party(&row.about).await?);
    let deed = row.deed(who, about);
    Ok(JournalRow {
        number: deed.number,
        at: moment(app, deed.done),
        account: account(&deed),
        told: Told::of(signed.lang, Some(&deed), code(&deed.what)),
        index: None,
        found: Found::Waits,
    })
}

fn account(deed: &Deed) -> Option<String> {
    (!deed.who.login.is_empty()).then(|| deed.who.id.clone())
}

/// What an entry of the journal says in the open, and its part.
fn read(entry: &[u8]) -> Option<(Open, String, String)> {
    let entry = Entry::parse(entry).ok()?;
    let statement = Statement::parse(entry.note.as_bytes()).ok()?;
    let Core::Disclosure(core) = &statement.core else { return None };
    Some((Open::read(statement.core_line).ok()?, core.genre.clone(), core.parts.first()?.commitment.to_string()))
}

/// Rows of the log as they are shown, each with what the server finds of it. `apart`: those between were not asked for.
async fn shown(app: &App, signed: &Signed, journal: &Journal, places: &[(i64, u64)], apart: bool) -> Result<Vec<JournalRow>, Trouble> {
    let store = &journal.node.store;
    let size = journal.node.heads.borrow().size;
    let mut indexes: Vec<u64> = places.iter().map(|(_, index)| *index).filter(|index| *index < size).collect();
    indexes.sort_unstable();
    indexes.dedup();
    if indexes.is_empty() {
        return Ok(vec![]);
    }
    let contents = content::of(store, &indexes).await?;
    let bundle = evidence::bundle(store, &journal.registries, size, &indexes).await?.unwrap_or_default();
    let reader = Reader::open(&bundle).ok().map(|reader| reader.asked(&indexes));
    let mut rows = Vec::with_capacity(places.len());
    for (n, (number, index)) in places.iter().enumerate() {
        let said = store.entry(*index).await?.as_deref().and_then(read);
        let part = said.as_ref().and_then(|(_, _, part)| contents.get(part));
        let deed = match part {
            Some(Content::Text { text, .. }) => Deed::read(text.as_bytes()).ok(),
            _ => None,
        };
        let genre = said.as_ref().map_or("other", |(_, genre, _)| genre.as_str());
        let told = Told::of(signed.lang, deed.as_ref(), genre);
        let done = said.as_ref().map_or(0, |(open, ..)| open.done);
        let below = places.get(n + 1).map(|(_, index)| *index).filter(|_| !apart);
        let display = ShownRow { number: Some(*number), done: Some(done), text: unspaced(&told.text()), below };
        let found = reader.as_ref().map_or(Found::Fails("C3"), |reader| {
            let content = reader.row(*index, &contents, &display, |deed, code| Told::of(signed.lang, deed, code).text());
            let erased = content.reason == "redacted";
            let link = reader.row_link(*index, &contents, &display);
            match outcome(&[link, reader.inclusion(*index), reader.signed(), reader.seal(*index), content]) {
                (Answer::Holds, _) if erased => Found::Erased,
                (Answer::Holds, _) => Found::Holds,
                (_, failed) => Found::Fails(failed.map_or("C2", |code| code.as_str())),
            }
        });
        let account = deed.as_ref().and_then(account);
        rows.push(JournalRow { number: *number, at: moment(app, done), account, told, index: Some(*index), found });
    }
    Ok(rows)
}

/// The journal's log, for those who may read it; to all others it is not there.
fn allowed<'a>(app: &'a App, signed: &Signed) -> Result<&'a Journal, Refused> {
    app.journal.as_ref().filter(|_| may_read(&signed.account.roles)).ok_or(Refused::NotFound)
}

fn text(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

pub(super) async fn checkpoint(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, Refused> {
    let journal = allowed(&app, &signed)?;
    let head = journal.node.heads.borrow().clone();
    Ok(text(head.checkpoint))
}

pub(super) async fn bundle(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path((size, indexes)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let journal = allowed(&app, &signed)?;
    log::bundle_of(&journal.node.store, &journal.registries, &size, &indexes).await
}

pub(super) async fn consistency(State(app): State<Arc<App>>, signed: Signed, Path(sizes): Path<String>) -> Result<Response, Refused> {
    let journal = allowed(&app, &signed)?;
    log::consistency_of(&journal.node, &sizes).await
}

pub(super) async fn contents(State(app): State<Arc<App>>, signed: Signed, Path(indexes): Path<String>) -> Result<Response, Refused> {
    let journal = allowed(&app, &signed)?;
    let indexes = parse_indexes(&indexes).ok_or(Refused::BadRequest("not a rising list of at most 64 indexes"))?;
    let contents: Contents = content::of(&journal.node.store, &indexes).await?;
    Ok(axum::Json(contents).into_response())
}
