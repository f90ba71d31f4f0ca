//! What waits for somebody: all that it depends on is read at once, for every page of the desk says how much it is.

use super::{
    Drafts, DraftsError, Frozen, Step,
    cases::{able, standing, step_of},
    draft, frozen, holders, steps,
};
use crate::{
    drafts::Standing,
    staff::{Account, Role},
};
use sqlx::Row;
use std::collections::HashMap;

/// Most that wait at once and are looked through, and most that a list shows of what was submitted.
const MOST: i64 = 2_000;
const LISTED: i64 = 200;

impl Drafts {
    /// Frozen versions that wait for this person, oldest first: to be decided as one of their posts, or to be published.
    pub async fn waiting_for(&self, who: &Account) -> Result<Vec<Frozen>, DraftsError> {
        let posts = holders::posts_of(&mut *self.staff.store().pool().acquire().await?, &who.id).await?;
        let publishes = who.roles.iter().any(|(role, _)| role == Role::Publisher);
        // Most people are neither, and wait for nobody.
        if posts.is_empty() && !publishes {
            return Ok(vec![]);
        }
        let open = self.open_within(who, MOST).await?;
        if open.is_empty() {
            return Ok(vec![]);
        }
        let (mut steps, authors) = (self.steps_of_open(who).await?, self.authors_of_open(who).await?);
        let (state, mut waiting) = (self.node.submitter.state(), Vec::new());
        for frozen in open {
            let steps = steps.remove(&frozen.case).unwrap_or_default();
            let authors = authors.get(&frozen.draft).map_or(&[][..], Vec::as_slice);
            let publishes = frozen.released_by.is_none()
                && who.roles.may(Role::Publisher, &frozen.agency)
                && standing(&state, &frozen, &steps)? == Standing::NoRule;
            // Whoever has decided has done what waited for them.
            let undecided = |able: &super::Able| step_of(&steps, &able.code, &able.post).is_none_or(|step| step.frozen != frozen.id);
            if publishes || able(&state, &frozen, &steps, (authors, &posts), who)?.iter().any(undecided) {
                waiting.push(frozen);
            }
        }
        Ok(waiting)
    }

    /// What waits for approval in the agencies whose work this person sees, oldest first.
    pub async fn open_cases(&self, who: &Account) -> Result<Vec<Frozen>, DraftsError> {
        self.open_within(who, LISTED).await
    }

    async fn open_within(&self, who: &Account, most: i64) -> Result<Vec<Frozen>, DraftsError> {
        let columns = frozen::COLUMNS;
        let rows = self.of_open(who, |open| format!("select {columns} from frozen where {open} order by made, id limit {most}")).await?;
        rows.iter().map(Frozen::row).collect()
    }

    async fn steps_of_open(&self, who: &Account) -> Result<HashMap<String, Vec<Step>>, DraftsError> {
        let columns = steps::COLUMNS;
        let sql = |open: String| {
            format!(
                "select {columns}, \"case\" from steps where \"case\" in (select \"case\" from frozen where {open}) order by \"case\", number"
            )
        };
        let mut of: HashMap<String, Vec<Step>> = HashMap::new();
        for row in &self.of_open(who, sql).await? {
            of.entry(row.try_get("case")?).or_default().push(Step::row(row)?);
        }
        Ok(of)
    }

    async fn authors_of_open(&self, who: &Account) -> Result<HashMap<String, Vec<String>>, DraftsError> {
        let sql = |open: String| {
            format!("select draft, account from ({}) authors where draft in (select draft from frozen where {open})", draft::AUTHORS)
        };
        let mut of: HashMap<String, Vec<String>> = HashMap::new();
        for row in &self.of_open(who, sql).await? {
            of.entry(row.try_get(0)?).or_default().push(row.try_get(1)?);
        }
        Ok(of)
    }

    /// Rows about what is open and this person sees; `sql` is handed what says so of a row of `frozen`.
    async fn of_open(&self, who: &Account, sql: impl FnOnce(String) -> String) -> Result<Vec<sqlx::any::AnyRow>, DraftsError> {
        let Some((within, agencies)) = draft::seen(who, 1) else { return Ok(vec![]) };
        let sql = sql(format!("state in ('open', 'sealing') {within}"));
        let query = agencies.iter().fold(sqlx::query(sqlx::AssertSqlSafe(sql)), |query, agency| query.bind(agency));
        Ok(query.fetch_all(self.staff.store().pool()).await?)
    }
}
