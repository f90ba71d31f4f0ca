//! What agencies' figures are counted from: rows for each act by which an agency published something, derived from the entries.
//!
//! The transaction that writes a batch derives its rows, if all entries before it are counted; [`crate::counting`] does it from behind
//! for a store that was there before. How far it is done moves with the rows, so none is counted twice or left out.

use super::{Batch, Bulk, NewEntry, Store, StoreError, bulk::placeholders, from_sql, to_sql};
use chain::{
    Hash,
    approval::{self, Act, Decision, Opening, Progress, Rule, TakenStep},
    entry::Entry,
    json,
    statement::{Core, Statement, is_code},
    time::Millis,
    tree::leaf_hash,
};
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::{
    collections::{BTreeSet, HashMap, hash_map},
    sync::{Arc, Mutex, PoisonError},
};

/// Most values in one question.
const MOST: usize = 256;

/// What an entry adds to its agency's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Acted {
    pub index: u64,
    pub agency: String,
    /// `disclosure`, `version`, `redaction`, or what a status says became of its target.
    pub kind: &'static str,
    /// The case that approved it.
    pub case: Option<String>,
    pub decisions: Vec<Decided>,
}

/// A step that stands, or was a rejection on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decided {
    pub step: u64,
    pub code: String,
    pub decision: &'static str,
    pub took: Option<Millis>,
}

/// A step's entry, and when the log took it.
pub(crate) type Timed = (TakenStep, Millis);

/// What is counted of one agency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Entries that are counted, from the first on.
    pub covered: u64,
    /// Acts that were approved.
    pub approved: u64,
    /// By the code of the kind of step.
    pub steps: Vec<StepFigures>,
    /// By the kind of act, how many there are: all but first versions, of which those alone are here that were approved.
    pub acts: Vec<(String, u64)>,
    /// Cases with a step in the log that no act has opened.
    pub unopened: u64,
}

/// One kind of step in all acts of an agency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepFigures {
    pub code: String,
    /// Those that stood when what they approve was published; of these, overrides.
    pub taken: u64,
    pub overridden: u64,
    /// Rejections on the way to what was published all the same.
    pub rejected: u64,
    /// `None` where of no step of this kind is known how long it took.
    pub times: Option<Times>,
}

/// How long steps took, in milliseconds. Of an even number, the median is the lower of the two in the middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    pub median: Millis,
    pub mean: Millis,
    pub longest: Millis,
}

/// What was counted last of an agency. Whoever counts it keeps those waiting who ask for the same.
type Last = Arc<tokio::sync::Mutex<Option<Arc<Figures>>>>;

/// The same by agency.
pub(super) type Known = Arc<Mutex<HashMap<String, Last>>>;

/// What an entry adds, judged by the rule of its agency then and by the steps that it names.
pub(crate) fn acted(index: u64, statement: &Statement<'_>, rule: Option<&Rule>, steps: &[Timed]) -> Option<Acted> {
    let (agency, genre) = approval::approved(&statement.core)?;
    let kind = match &statement.core {
        Core::Disclosure(core) if core.revises.is_some() => "version",
        // A first version that nobody approved is counted among the items.
        Core::Disclosure(_) => statement.act.as_ref().map(|_| "disclosure")?,
        Core::Status(core) => core.kind.as_str(),
        _ => "redaction",
    };
    let decisions = match (&statement.act, rule) {
        (Some(act), Some(rule)) => decided(act, (rule, genre), (statement.core_line, agency), steps),
        _ => vec![],
    };
    let case = statement.act.as_ref().map(|act| act.case.clone());
    Some(Acted { index, agency: agency.to_owned(), kind, case, decisions })
}

fn decided(act: &Act, (rule, genre): (&Rule, &str), (core_line, agency): (&str, &str), steps: &[Timed]) -> Vec<Decided> {
    let taken: Vec<TakenStep> = steps.iter().map(|(step, _)| step.clone()).collect();
    // What does not hold would not have been logged.
    let Ok(progress) = Progress::of((rule, act.rule), genre, core_line, agency, act, &taken) else { return vec![] };
    let times: Vec<Millis> = steps.iter().map(|(_, at)| *at).collect();
    let course = progress.course(&times);
    let counts = |(number, ((step, _), opening)): (usize, (&Timed, &Opening))| {
        let made = json::read::<Decision>(&opening.text).ok()?;
        // Whatever else may be written there counts for nothing, and need not fit into a row.
        let decision = ["approve", "reject", "override"].into_iter().find(|known| *known == made.decision)?;
        let place = course.iter().find(|place| place.number == number);
        let took = place.and_then(|place| place.took).and_then(|took| Millis::try_from(took).ok());
        let counted = is_code(&made.code) && (place.is_some() || decision == "reject");
        counted.then_some(Decided { step: step.index, code: made.code, decision, took })
    };
    steps.iter().zip(&act.opening).enumerate().filter_map(counts).collect()
}

impl NewEntry {
    /// Whether it adds anything.
    fn acts(&self) -> bool {
        match &self.core {
            Core::Disclosure(core) => self.approved || core.revises.is_some(),
            core => approval::approved(core).is_some(),
        }
    }
}

impl Store {
    /// How many entries are counted, from the first on.
    pub async fn counted(&self) -> Result<u64, StoreError> {
        let row = sqlx::query("select size from counted where one = 1").fetch_optional(self.reader().await?.ask()?).await?;
        Ok(from_sql(row.ok_or(StoreError::Absent("row of what is counted"))?.try_get(0)?))
    }

    /// Counts the entries `[from, to)`, unless somebody else did meanwhile.
    pub(crate) async fn count(&self, from: u64, to: u64) -> Result<(), StoreError> {
        let entries = self.entries(from, to).await?;
        // One that is missing is waited for, and not passed by.
        if entries.len() as u64 != to - from {
            return Err(StoreError::Absent("entry that was logged"));
        }
        let entries: Vec<(u64, &[u8])> = entries.iter().map(|(index, bytes)| (*index, &bytes[..])).collect();
        // Entries never change: they are read before anybody is kept from writing.
        let rows = read(self.reader().await?.ask()?, &entries).await?;
        let mut transaction = self.writing.begin().await?;
        if !advance(&mut transaction, from, to).await? {
            return Ok(());
        }
        if from == 0 {
            for sql in ["delete from acts", "delete from decisions"] {
                sqlx::query(sql).execute(&mut *transaction).await?;
            }
        }
        insert(&mut transaction, &rows).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// What is counted of an agency. All its rows are looked at, so it is done once for what is counted, and by one of those who ask.
    pub async fn figures(&self, agency: &str) -> Result<Arc<Figures>, StoreError> {
        let last = self.last_figures(agency);
        let mut last = last.lock().await;
        let covered = self.counted().await?;
        if let Some(figures) = last.as_ref().filter(|figures| figures.covered == covered) {
            return Ok(figures.clone());
        }
        let figures = Arc::new(self.figures_of(agency, covered).await?);
        *last = Some(figures.clone());
        Ok(figures)
    }

    fn last_figures(&self, agency: &str) -> Last {
        // Nothing in it is ever half changed.
        let mut known = self.figures.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(agency.to_owned()).or_default().clone()
    }

    async fn figures_of(&self, agency: &str, covered: u64) -> Result<Figures, StoreError> {
        let mut reader = self.reader().await?;
        let sql = "select kind, count(*), count(\"case\") from acts where agency = $1 group by kind order by kind";
        let (mut acts, mut approved) = (Vec::new(), 0);
        for row in sqlx::query(sql).bind(agency).fetch_all(reader.ask()?).await? {
            acts.push((row.try_get(0)?, from_sql(row.try_get(1)?)));
            approved += from_sql(row.try_get(2)?);
        }
        let sql = "select count(*) from cases c where c.agency = $1 and not exists \
            (select 1 from acts a where a.\"case\" = c.\"case\" and a.agency = c.agency and a.idx > c.idx)";
        let unopened = from_sql(sqlx::query(sql).bind(agency).fetch_one(reader.ask()?).await?.try_get(0)?);
        let steps = steps(reader.ask()?, agency).await?;
        Ok(Figures { covered, approved, steps, acts, unopened })
    }
}

/// Derives the rows of a batch within the transaction that writes it. Where entries before it are still to be counted, so is it.
pub(super) async fn count_batch(connection: &mut AnyConnection, batch: &Batch) -> Result<(), StoreError> {
    let (Some(first), Some(last)) = (batch.entries.first(), batch.entries.last()) else { return Ok(()) };
    if !advance(connection, first.index, last.index + 1).await? {
        return Ok(());
    }
    let entries = batch.entries.iter().filter(|entry| entry.acts());
    let entries: Vec<(u64, &[u8])> = entries.map(|entry| (entry.index, &entry.bytes[..])).collect();
    let rows = read(connection, &entries).await?;
    insert(connection, &rows).await
}

/// A kind of step, with how many of its steps are timed, their sum, and the longest.
type Sums = (StepFigures, u64, Millis, Millis);

/// What is counted of each kind of step.
async fn steps(connection: &mut AnyConnection, agency: &str) -> Result<Vec<StepFigures>, StoreError> {
    let sql = "select code, decision, count(*), count(took), cast(coalesce(sum(took), 0) as bigint), coalesce(max(took), 0) \
        from decisions where agency = $1 group by code, decision order by code, decision";
    let mut sums: Vec<Sums> = Vec::new();
    for row in sqlx::query(sql).bind(agency).fetch_all(&mut *connection).await? {
        let (code, decision): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let count = from_sql(row.try_get(2)?);
        if sums.last().is_none_or(|(known, ..)| known.code != code) {
            sums.push((StepFigures { code, ..StepFigures::default() }, 0, 0, 0));
        }
        let Some((figures, timed, sum, longest)) = sums.last_mut() else { continue };
        match decision.as_str() {
            "reject" => figures.rejected += count,
            "override" => (figures.taken, figures.overridden) = (figures.taken + count, figures.overridden + count),
            _ => figures.taken += count,
        }
        let (more, most): (i64, i64) = (row.try_get(4)?, row.try_get(5)?);
        *timed += from_sql(row.try_get(3)?);
        *sum = sum.saturating_add(more);
        *longest = most.max(*longest);
    }
    let mut steps = Vec::with_capacity(sums.len());
    for (mut figures, timed, sum, longest) in sums {
        if let Some(last) = timed.checked_sub(1) {
            let sql = "select took from decisions where agency = $1 and code = $2 and took is not null order by took limit 1 offset $3";
            let query = sqlx::query(sql).bind(agency).bind(&*figures.code).bind(to_sql(last / 2));
            let median = query.fetch_optional(&mut *connection).await?.map(|row| row.try_get(0)).transpose()?;
            figures.times = median.map(|median| Times { median, mean: sum / to_sql(timed), longest });
        }
        steps.push(figures);
    }
    Ok(steps)
}

/// Takes it upon this transaction to count the entries `[from, to)`. `false`: they are not the next.
async fn advance(connection: &mut AnyConnection, from: u64, to: u64) -> Result<bool, StoreError> {
    let moves = sqlx::query("update counted set size = $1 where one = 1 and size = $2").bind(to_sql(to)).bind(to_sql(from));
    Ok(moves.execute(connection).await?.rows_affected() == 1)
}

async fn insert(connection: &mut AnyConnection, acted: &[Acted]) -> Result<(), StoreError> {
    Bulk { into: "acts (idx, agency, kind, \"case\")", columns: 4, then: "" }
        .insert(connection, acted, |query, act| query.bind(to_sql(act.index)).bind(&*act.agency).bind(act.kind).bind(act.case.clone()))
        .await?;
    let decisions: Vec<(&Acted, &Decided)> = acted.iter().flat_map(|act| act.decisions.iter().map(move |of| (act, of))).collect();
    // A case that goes on to another act opens its first steps again.
    Bulk { into: "decisions (step, act, agency, code, decision, took)", columns: 6, then: "on conflict (step) do nothing" }
        .insert(connection, &decisions, |query, (act, of)| {
            let query = query.bind(to_sql(of.step)).bind(to_sql(act.index)).bind(&*act.agency);
            query.bind(&*of.code).bind(of.decision).bind(of.took)
        })
        .await?;
    Ok(())
}

/// What these entries add. The connection sees them, and all before them.
async fn read(connection: &mut AnyConnection, entries: &[(u64, &[u8])]) -> Result<Vec<Acted>, StoreError> {
    let mut statements = Vec::new();
    for &(index, bytes) in entries {
        let unreadable = |reason: String| StoreError::Entry { index, reason };
        let entry = Entry::parse(bytes).map_err(|error| unreadable(error.to_string()))?;
        let statement = Statement::parse(entry.note.as_bytes()).map_err(|error| unreadable(error.to_string()))?;
        if approval::approved(&statement.core).is_some() {
            statements.push((index, statement));
        }
    }
    let named = statements.iter().filter_map(|(_, statement)| statement.act.as_ref());
    let named: BTreeSet<u64> = named.flat_map(|act| act.steps.iter().copied()).collect();
    let steps = steps_at(connection, &named).await?;
    let mut rules: HashMap<(String, Hash), Option<Rule>> = HashMap::new();
    let mut rows = Vec::new();
    for (index, statement) in &statements {
        let (mut rule, mut taken) = (None, vec![]);
        if let (Some(act), Some((agency, _))) = (&statement.act, approval::approved(&statement.core)) {
            let known = match rules.entry((agency.to_owned(), act.rule)) {
                hash_map::Entry::Occupied(known) => known.into_mut(),
                hash_map::Entry::Vacant(place) => place.insert(rule_at(connection, agency, &act.rule).await?),
            };
            rule = known.as_ref();
            taken = act.steps.iter().filter_map(|step| steps.get(step).cloned()).collect();
        }
        rows.extend(acted(*index, statement, rule, &taken));
    }
    Ok(rows)
}

/// Those of these entries that are steps.
async fn steps_at(connection: &mut AnyConnection, indexes: &BTreeSet<u64>) -> Result<HashMap<u64, Timed>, StoreError> {
    let numbered = connection.backend_name() != "SQLite";
    let indexes: Vec<i64> = indexes.iter().copied().map(to_sql).collect();
    let mut steps = HashMap::new();
    for some in indexes.chunks(MOST) {
        let sql = format!("select idx, bytes from entries where idx in ({})", placeholders(some.len(), numbered));
        let query = some.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, index| query.bind(*index));
        for row in query.persistent(some.len() == MOST).fetch_all(&mut *connection).await? {
            let (index, bytes): (u64, Vec<u8>) = (from_sql(row.try_get(0)?), row.try_get(1)?);
            let Ok(entry) = Entry::parse(&bytes) else { continue };
            let Ok(statement) = Statement::parse(entry.note.as_bytes()) else { continue };
            let post = statement.signer().to_owned();
            if let Core::Step(step) = statement.core {
                steps.insert(index, (TakenStep { index, leaf: leaf_hash(&bytes), post, step: *step }, entry.header.time));
            }
        }
    }
    Ok(steps)
}

/// The rule in an agency's entry with this leaf hash.
async fn rule_at(connection: &mut AnyConnection, agency: &str, leaf: &Hash) -> Result<Option<Rule>, StoreError> {
    let sql = "select e.bytes from registrations r join entries e on e.idx = r.idx where r.id = $1 and r.leaf = $2";
    let row = sqlx::query(sql).bind(agency).bind(&leaf.0[..]).fetch_optional(connection).await?;
    let Some(row) = row else { return Ok(None) };
    let bytes: Vec<u8> = row.try_get(0)?;
    let statement = Entry::parse(&bytes).ok().and_then(|entry| Statement::parse(entry.note.as_bytes()).ok());
    Ok(match statement.map(|statement| statement.core) {
        Some(Core::Agency(agency)) => agency.rule,
        _ => None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn an_agency_that_is_being_counted_keeps_no_other_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let counting = store.last_figures("north.gov/finance");
        let counting = counting.lock().await;
        assert_eq!(*store.figures("north.gov/works").await.unwrap(), Figures::default());
        let same = tokio::time::timeout(Duration::from_millis(100), store.figures("north.gov/finance"));
        assert!(same.await.is_err(), "twice at once is not counted");
        drop(counting);
        assert_eq!(*store.figures("north.gov/finance").await.unwrap(), Figures::default());
        store.close().await;
    }
}
