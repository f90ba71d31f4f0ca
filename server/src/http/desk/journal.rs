//! The journal, for those who look after the whole portal or audit it.

use super::{Signed, agency, answer, guard::absent, moment, role};
use crate::{
    http::{
        App,
        trouble::{Asked, Trouble},
    },
    staff::{Noted, Role, Roles},
};
use app::{
    pages,
    view::{
        Problem,
        desk::{Desk, JournalRow, JournalView, Spoken},
    },
};
use axum::{extract::State, response::Response};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

/// Rows to a page.
const PAGE: i64 = 50;

/// Whether somebody with these roles may read the journal.
pub(super) fn may_read(roles: &Roles) -> bool {
    roles.holds(Role::Auditor, "") || roles.holds(Role::Administrator, "")
}

#[derive(Deserialize)]
pub(super) struct Query {
    before: Option<String>,
}

pub(super) async fn page(State(app): State<Arc<App>>, signed: Signed, Asked(query): Asked<Query>) -> Response {
    if !may_read(&signed.account.roles) {
        return absent(&app, signed.lang);
    }
    let path = query.before.as_deref().map_or_else(String::new, |before| format!("?before={}", pages::text::query(before)));
    let drawn = view(&app, &signed, query.before.as_deref()).await.map(|view| move |desk: &Desk<'_>| pages::desk::journal(desk, &view));
    answer(&app, &signed, &format!("/desk/journal{path}"), drawn)
}

async fn view(app: &App, signed: &Signed, before: Option<&str>) -> Result<JournalView, Trouble> {
    let before = match before {
        Some(before) => before.parse().ok().filter(|before| *before > 0).ok_or(Trouble::Problem(Problem::BadAddress))?,
        None => i64::MAX,
    };
    let journal = app.staff.journal();
    let (held, broken) = journal.verify().await?;
    let rows = journal.before(before, PAGE).await?;
    let older = rows.last().map(|last| last.number).filter(|last| *last > 1);
    let mut names = Names { app, signed, known: HashMap::new() };
    let newest = rows.first().filter(|_| before == i64::MAX).map(|newest| newest.hash.clone());
    let mut shown = Vec::with_capacity(rows.len());
    for row in rows {
        shown.push(names.row(row).await?);
    }
    Ok(JournalView { held, broken, newest, rows: shown, older })
}

/// Who and what the rows speak of, each looked up once.
struct Names<'r> {
    app: &'r App,
    signed: &'r Signed,
    known: HashMap<String, Spoken>,
}

impl Names<'_> {
    async fn row(&mut self, row: Noted) -> Result<JournalRow, Trouble> {
        let details: serde_json::Map<_, _> = serde_json::from_str(&row.details).unwrap_or_default();
        let mut said = Vec::with_capacity(details.len());
        for (name, value) in details {
            match value {
                Value::Bool(false) => {}
                Value::Bool(true) => said.push((name, "✓".to_owned())),
                Value::String(text) => {
                    let text = self.word(&name, text).await?;
                    said.push((name, text));
                }
                Value::Array(pairs) if name == "roles" => said.push((name, self.roles(&pairs))),
                other => said.push((name, other.to_string())),
            }
        }
        Ok(JournalRow {
            number: row.number,
            at: moment(self.app, row.time),
            who: self.called(row.who).await?,
            about: self.called(row.about).await?,
            what: row.what,
            details: said,
        })
    }

    /// Codes and ids in words, as far as they are known.
    async fn word(&mut self, name: &str, text: String) -> Result<String, Trouble> {
        let frame = &app::words::desk::of(self.signed.lang).frame;
        Ok(match name {
            "role" => Role::named(&text).map_or(text, |named| (frame.role)(role(named)).to_owned()),
            "agency" if text.is_empty() => frame.portal.to_owned(),
            "agency" => agency(self.app, &text, self.signed.lang).name,
            "by" => match self.called(text).await? {
                Spoken::Person { name, .. } => name,
                Spoken::Agency(agency) => agency.name,
                Spoken::Other(text) => text,
                Spoken::Nobody => String::new(),
            },
            _ => text,
        })
    }

    /// Roles as they are written down: `[["drafter","example.gov/finance"]]`.
    fn roles(&self, pairs: &[Value]) -> String {
        let frame = &app::words::desk::of(self.signed.lang).frame;
        let named = pairs.iter().filter_map(|pair| {
            let named = role(Role::named(pair.get(0)?.as_str()?)?);
            let place = match pair.get(1)?.as_str()? {
                "" => frame.portal.to_owned(),
                id => agency(self.app, id, self.signed.lang).name,
            };
            Some(format!("{} · {place}", (frame.role)(named)))
        });
        named.collect::<Vec<_>>().join("; ")
    }

    /// An account by its name, an agency by its own, anything else as it is.
    async fn called(&mut self, id: String) -> Result<Spoken, Trouble> {
        let place = match self.known.entry(id) {
            Entry::Occupied(known) => return Ok(known.get().clone()),
            Entry::Vacant(place) => place,
        };
        let id = place.key();
        let spoken = if id.is_empty() {
            Spoken::Nobody
        } else if let Some(account) = self.app.staff.account(id).await? {
            Spoken::Person { id: account.id, name: account.name, login: account.login }
        } else if self.app.node.submitter.state().agency(id).is_some() {
            Spoken::Agency(agency(self.app, id, self.signed.lang))
        } else {
            Spoken::Other(id.clone())
        };
        Ok(place.insert(spoken).clone())
    }
}
