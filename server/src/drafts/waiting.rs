//! What waits for somebody: all that it depends on is read at once, for every page of the desk says how much it is.

use super::{
    Drafts, DraftsError, Frozen, Step,
    cases::{able, standing, step_of, with_progress},
    draft, frozen, holders, steps,
};
use crate::{
    drafts::{Sealing, Standing},
    staff::{Account, Role},
};
use sqlx::Row;
use std::collections::HashMap;

/// Most that wait at once and are looked through.
const MOST: i64 = 2_000;
/// What came back, or may have: which of the rejections stand is for the rule to say. What lacks its agency's own seal is approved, and
/// waits for whoever brings that.
const BACK: &str = "state = 'open' and ((told <> '' and told not like 'later%' and told not like 'no-seal%') \
                    or exists (select 1 from steps s where s.\"case\" = f.\"case\" and s.frozen = f.id and s.decision = 'reject'))";

/// A version that came back to those who write: it stands still until they have looked at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    pub frozen: Frozen,
    pub why: Back,
    /// Whether it waits for whoever asks: they wrote some of it, and may go on.
    pub waits: bool,
}

/// Why it came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Back {
    Rejected,
    NotPublished,
}

impl Drafts {
    /// Frozen versions that wait for this person, oldest first: to be decided as one of their posts, to be published, or to be sealed by
    /// their agency itself.
    pub async fn waiting_for(&self, who: &Account) -> Result<Vec<Frozen>, DraftsError> {
        let posts = holders::posts_of(&mut *self.staff.store().pool().acquire().await?, &who.id).await?;
        let publishes = who.roles.iter().any(|(role, _)| role == Role::Publisher);
        // Most people are neither, and wait for nobody.
        if posts.is_empty() && !publishes {
            return Ok(vec![]);
        }
        let open = self.open_within(who).await?;
        if open.is_empty() {
            return Ok(vec![]);
        }
        let (mut steps, authors) = (self.steps_of_open(who).await?, self.authors_of_open(who).await?);
        let (state, mut waiting) = (self.node.submitter.state(), Vec::new());
        for frozen in open {
            let steps = steps.remove(&frozen.case).unwrap_or_default();
            let authors = authors.get(&frozen.draft).map_or(&[][..], Vec::as_slice);
            let publisher = who.roles.may(Role::Publisher, &frozen.agency);
            let publishes = publisher && frozen.released_by.is_none() && standing(&state, &frozen, &steps)? == Standing::NoRule;
            let seals = publisher && matches!(self.sealing_of(&state, &frozen, &steps)?, Sealing::Open(_));
            // Whoever has decided has done what waited for them.
            let undecided = |able: &super::Able| step_of(&steps, &able.code, &able.post).is_none_or(|step| step.frozen != frozen.id);
            if publishes || seals || able(&state, &frozen, &steps, (authors, &posts), who)?.iter().any(undecided) {
                waiting.push(frozen);
            }
        }
        Ok(waiting)
    }

    /// How many texts of an agency are under approval, those on their way to the log with them: what was signed about them names the
    /// rule by the agency's entry in force, and counts no more once there is another.
    pub async fn under_approval(&self, agency: &str) -> Result<usize, DraftsError> {
        let sql = "select count(*) from frozen where state in ('open', 'sealing') and agency = $1";
        let row = sqlx::query(sql).bind(agency).fetch_one(self.staff.store().pool()).await?;
        Ok(usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or_default())
    }

    /// How many texts under approval have a step of this post that stands in the log at entry `from` or behind, or is still to come there.
    /// With which of the post's keys it was signed is not looked at.
    pub async fn signed_under_approval(&self, post: &str, from: u64) -> Result<usize, DraftsError> {
        let sql = "select count(distinct f.id) from frozen f join steps s on s.\"case\" = f.\"case\" \
                   where f.state in ('open', 'sealing') and s.post = $1 and (s.idx < 0 or s.idx >= $2)";
        let query = sqlx::query(sql).bind(post).bind(i64::try_from(from).unwrap_or(i64::MAX));
        let row = query.fetch_one(self.staff.store().pool()).await?;
        Ok(usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or_default())
    }

    /// What came back in the agencies whose work this person sees, oldest first: a text that was rejected, or that was approved and the log
    /// would not take.
    pub async fn returned(&self, who: &Account) -> Result<Vec<Returned>, DraftsError> {
        let Some((within, agencies)) = draft::seen(who, 2) else { return Ok(vec![]) };
        let columns = frozen::COLUMNS;
        let sql = format!(
            "select {columns}, (select count(*) from draft_authors a where a.draft = f.draft and a.account = $1) as wrote \
             from frozen f where {BACK} {within} order by made, id limit {MOST}"
        );
        let query = agencies.iter().fold(sqlx::query(sqlx::AssertSqlSafe(sql)).bind(&who.id), |query, agency| query.bind(agency));
        let rows = query.fetch_all(self.staff.store().pool()).await?;
        if rows.is_empty() {
            return Ok(vec![]);
        }
        let mut steps = self.steps_of_returned(who).await?;
        let (state, mut returned) = (self.node.submitter.state(), Vec::new());
        for row in &rows {
            let frozen = Frozen::row(row)?;
            let steps = steps.remove(&frozen.case).unwrap_or_default();
            let rejected = with_progress(&state, &frozen, &steps, |progress| {
                progress.is_ok_and(|progress| progress.decisions().any(|(.., decision)| decision == "reject"))
            })?;
            let why = match (rejected, &frozen.told) {
                (Some(true), _) => Back::Rejected,
                (_, Some(told)) if !told.starts_with("later") && !told.starts_with("no-seal") => Back::NotPublished,
                _ => continue,
            };
            let waits = row.try_get::<i64, _>("wrote")? > 0 && who.roles.may(Role::Drafter, &frozen.agency);
            returned.push(Returned { frozen, why, waits });
        }
        Ok(returned)
    }

    async fn steps_of_returned(&self, who: &Account) -> Result<HashMap<String, Vec<Step>>, DraftsError> {
        let Some((within, agencies)) = draft::seen(who, 1) else { return Ok(HashMap::new()) };
        let columns = steps::COLUMNS;
        let sql = format!(
            "select {columns}, \"case\" from steps where \"case\" in (select f.\"case\" from frozen f where {BACK} {within}) \
             order by \"case\", number"
        );
        let query = agencies.iter().fold(sqlx::query(sqlx::AssertSqlSafe(sql)), |query, agency| query.bind(agency));
        by_case(&query.fetch_all(self.staff.store().pool()).await?)
    }

    async fn open_within(&self, who: &Account) -> Result<Vec<Frozen>, DraftsError> {
        let columns = frozen::COLUMNS;
        let rows = self.of_open(who, |open| format!("select {columns} from frozen where {open} order by made, id limit {MOST}")).await?;
        rows.iter().map(Frozen::row).collect()
    }

    async fn steps_of_open(&self, who: &Account) -> Result<HashMap<String, Vec<Step>>, DraftsError> {
        let columns = steps::COLUMNS;
        let sql = |open: String| {
            format!(
                "select {columns}, \"case\" from steps where \"case\" in (select \"case\" from frozen where {open}) order by \"case\", number"
            )
        };
        by_case(&self.of_open(who, sql).await?)
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

/// Steps by the case that they were taken in.
fn by_case(rows: &[sqlx::any::AnyRow]) -> Result<HashMap<String, Vec<Step>>, DraftsError> {
    let mut of: HashMap<String, Vec<Step>> = HashMap::new();
    for row in rows {
        of.entry(row.try_get("case")?).or_default().push(Step::row(row)?);
    }
    Ok(of)
}
