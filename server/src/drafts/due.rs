//! What is due: publishes what is approved when its time has come, never before, and goes on where a crash left off. A time may be
//! set anew until then: it is no part of what is approved.

use super::{Drafts, DraftsError, Frozen, Outcome, Refusal, publish::Claimed, sealed::Sought};
use crate::staff::{Account, Role};
use chain::time::Millis;
use serde_json::json;
use sqlx::Row;
use std::{
    collections::{HashMap, HashSet},
    pin::pin,
    time::Duration,
};
use tokio::task::{JoinError, JoinSet};

/// How often it is looked, when nothing wakes it before.
const EVERY: Duration = Duration::from_millis(400);
/// How often it is looked whether a seal is back that texts wait for.
const SEALS: Duration = Duration::from_secs(1);
/// How long after a try that may be repeated it is.
const AGAIN: Millis = 1_000;
/// Publications of one agency under way at once, and of all: many of them share one transaction of the log.
const AT_ONCE: usize = 128;
const OF_ALL: usize = 256;

/// A statement that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Due {
    statement: String,
    agency: String,
}

/// One that was begun, and what became of it.
struct Attempt {
    due: Due,
    claimed: Option<Claimed>,
    outcome: Result<Outcome, DraftsError>,
}

/// Tasks of their own: one that holds a connection, or the turn to write, goes on while what is due next is claimed. They end with what
/// holds them.
type Attempts = JoinSet<Attempt>;

/// What a task came to. A fault in one is a fault here.
fn of_task(ended: Result<Attempt, JoinError>) -> Option<Attempt> {
    match ended {
        Ok(attempt) => Some(attempt),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => None,
    }
}

/// What is being published, and what waits for that. Agencies do not wait for each other: what one seals with may answer late, or never.
#[derive(Default)]
struct UnderWay {
    statements: HashSet<String>,
    /// How many of each agency.
    of: HashMap<String, usize>,
    /// As it was found last, in the order in which it is due.
    waiting: Vec<Due>,
}

impl UnderWay {
    /// Puts what was found due in the place of what was found before.
    fn found(&mut self, due: Vec<Due>) {
        self.waiting = due;
        self.waiting.retain(|due| !self.statements.contains(&due.statement));
    }

    /// What is begun next, if anything may be.
    fn begin(&mut self) -> Option<Due> {
        if self.statements.len() >= OF_ALL {
            return None;
        }
        let has_room = |due: &Due| self.of.get(&due.agency).is_none_or(|count| *count < AT_ONCE);
        let at = self.waiting.iter().position(has_room)?;
        let due = self.waiting.remove(at);
        self.statements.insert(due.statement.clone());
        *self.of.entry(due.agency.clone()).or_default() += 1;
        Some(due)
    }

    fn done(&mut self, due: &Due) {
        self.statements.remove(&due.statement);
        if let Some(count) = self.of.get_mut(&due.agency) {
            *count = count.saturating_sub(1);
        }
    }
}

impl Drafts {
    /// Publishes what is due at one look, just as it goes on being published, and waits for all of it. What became of each is told by its
    /// statement's id, in the order in which it was due. Before that it finds what was interrupted, and what may have its seal by now.
    pub async fn publish_due(&self) -> Result<Vec<(String, Outcome)>, DraftsError> {
        self.settled().await;
        self.looked_for_seals(&mut Sought::new()).await;
        let due = self.due().await?;
        let (mut under_way, mut attempts) = (UnderWay::default(), Attempts::new());
        let (mut outcomes, mut failed) = (HashMap::new(), None);
        under_way.found(due.clone());
        loop {
            self.begin_due(&mut under_way, &mut attempts).await;
            let Some(first) = attempts.join_next().await.and_then(of_task) else { break };
            for (due, outcome) in self.end_due(first, &mut under_way, &mut attempts).await {
                match outcome {
                    Ok(outcome) => _ = outcomes.insert(due.statement, outcome),
                    // One that cannot be read keeps none of the others waiting.
                    Err(error) => failed = Some(error),
                }
            }
        }
        match failed {
            Some(error) if outcomes.is_empty() => Err(error),
            _ => Ok(due.into_iter().filter_map(|due| outcomes.remove_entry(&due.statement)).collect()),
        }
    }

    /// What is due now.
    async fn due(&self) -> Result<Vec<Due>, DraftsError> {
        let now = self.staff.now();
        let sql = "select id, agency from frozen where ready = 1 and state in ('open', 'sealing') and due <= $1 and tried <= $2 \
                   order by due, made, id";
        let rows = sqlx::query(sql).bind(now).bind(now - AGAIN).fetch_all(self.staff.store().pool()).await?;
        rows.iter().map(|row| Ok(Due { statement: row.try_get(0)?, agency: row.try_get(1)? })).collect()
    }

    /// The same, once something may be due, or after so long at most.
    async fn next_due(&self, wait: Duration) -> Result<Vec<Due>, DraftsError> {
        let _ = tokio::time::timeout(wait, self.wake.notified()).await;
        self.due().await
    }

    /// Goes on finding steps that were interrupted, beside what is published: however many there are, none keeps a text waiting.
    async fn go_on_settling(&self) {
        loop {
            self.settled().await;
            tokio::time::sleep(EVERY).await;
        }
    }

    async fn settled(&self) {
        if let Err(error) = self.settle().await {
            tracing::error!(%error, "steps that were interrupted could not be found again; they are looked for again");
        }
    }

    /// Goes on looking for seals that are back: by itself, and less often than for steps.
    async fn go_on_looking_for_seals(&self) {
        let mut sought = Sought::new();
        loop {
            self.looked_for_seals(&mut sought).await;
            tokio::time::sleep(SEALS).await;
        }
    }

    async fn looked_for_seals(&self, sought: &mut Sought) {
        if let Err(error) = self.look_for_seals(sought).await {
            tracing::error!(%error, "it could not be looked whether seals are back; it is looked again");
        }
    }

    /// Begins all that may be: claimed in one turn, since each turn is a write to the disk, and then each on its own.
    async fn begin_due(&self, under_way: &mut UnderWay, attempts: &mut Attempts) {
        let due: Vec<Due> = std::iter::from_fn(|| under_way.begin()).collect();
        if due.is_empty() {
            return;
        }
        let ids: Vec<&str> = due.iter().map(|due| &*due.statement).collect();
        match self.claim_due(&ids).await {
            Ok(claimed) => {
                for (due, claimed) in due.into_iter().zip(claimed) {
                    let drafts = self.clone();
                    attempts.spawn(async move { drafts.attempt(due, claimed).await });
                }
            }
            Err(error) => {
                tracing::error!(%error, "what is due could not be claimed; it is tried again");
                due.iter().for_each(|due| under_way.done(due));
            }
        }
    }

    async fn attempt(&self, due: Due, claimed: Result<Option<Claimed>, DraftsError>) -> Attempt {
        let (claimed, outcome) = match claimed {
            Ok(Some(claimed)) => {
                let outcome = self.bring(&claimed).await;
                (Some(claimed), outcome)
            }
            Ok(None) => (None, Ok(Outcome::Nothing)),
            Err(error) => (None, Err(error)),
        };
        if let Err(error) = &outcome {
            tracing::error!(%error, statement = %due.statement, "it could not be published; it is tried again");
        }
        Attempt { due, claimed, outcome }
    }

    /// Writes down what became of one that ended, and of all others that have by now.
    async fn end_due(&self, first: Attempt, under_way: &mut UnderWay, attempts: &mut Attempts) -> Vec<(Due, Result<Outcome, DraftsError>)> {
        let (mut ended, mut said) = (Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(Attempt { due, claimed, outcome }) = next {
            under_way.done(&due);
            if let (Some(claimed), Ok(outcome)) = (claimed, &outcome) {
                ended.push((claimed, outcome.clone()));
            }
            said.push((due, outcome));
            next = attempts.try_join_next().and_then(of_task);
        }
        if let Err(error) = self.settle_claimed(&ended).await {
            tracing::error!(%error, "what became of what was due could not be written down; it is tried again");
        }
        said
    }

    /// Goes on publishing what is due until it is dropped. It is looked for beside what is under way, however long that takes.
    async fn go_on_publishing(&self) {
        let (mut under_way, mut attempts) = (UnderWay::default(), Attempts::new());
        let mut looking = pin!(self.next_due(Duration::ZERO));
        loop {
            self.begin_due(&mut under_way, &mut attempts).await;
            tokio::select! {
                found = &mut looking => {
                    match found {
                        Ok(due) => under_way.found(due),
                        Err(error) => tracing::error!(%error, "what is due could not be published; it is tried again"),
                    }
                    looking.set(self.next_due(EVERY));
                }
                Some(ended) = attempts.join_next(), if !attempts.is_empty() => {
                    if let Some(first) = of_task(ended) {
                        self.end_due(first, &mut under_way, &mut attempts).await;
                    }
                }
            }
        }
    }
}

impl Drafts {
    /// Whether somebody may say when what their agency submitted is published.
    #[must_use]
    pub fn may_set_due(who: &Account, agency: &str) -> bool {
        who.roles.may(Role::Drafter, agency) || who.roles.may(Role::Publisher, agency)
    }

    /// Sets another time before which a frozen version is not published, or none (0): as soon as it is approved. Too late once it is
    /// being sealed: both begin by claiming its row.
    pub async fn set_due(&self, who: &Account, frozen: &str, due: Millis) -> Result<(), DraftsError> {
        let mut turn = self.staff.store().turn().await?;
        let frozen = Frozen::read(&mut turn, frozen).await?.filter(|frozen| Self::may_set_due(who, &frozen.agency));
        let frozen = frozen.ok_or(Refusal::Nothing)?;
        if due != 0 && due <= self.staff.now() {
            return Err(Refusal::Past.into());
        }
        let sql = "update frozen set due = $1 where id = $2 and state = 'open'";
        if sqlx::query(sql).bind(due).bind(&frozen.id).execute(&mut *turn).await?.rows_affected() != 1 {
            return Err(Refusal::NotOpen.into());
        }
        if due != frozen.due {
            let details = json!({ "statement": frozen.id, "before": frozen.due, "due": due });
            self.staff.journal().note_in(&mut turn, &who.id, "due-changed", &frozen.draft, &details).await?;
        }
        turn.commit().await?;
        self.wake.notify_one();
        Ok(())
    }
}

/// Goes on publishing what is due until it is dropped. Beside that it tidies, erases what was redacted, and clears the database's files of
/// what was blanked: nothing of that keeps it waiting.
pub async fn keep_publishing(drafts: Drafts) {
    // All of it within this one future: whoever drops it ends all of it.
    let clearing = drafts.staff.store().go_on_clearing();
    let publishing = async { tokio::join!(drafts.go_on_publishing(), drafts.go_on_settling(), drafts.go_on_looking_for_seals()) };
    let (((), (), ()), (), (), ()) = tokio::join!(publishing, drafts.go_on_tidying(), drafts.go_on_erasing(), clearing);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn due(agency: &str, count: usize) -> Vec<Due> {
        (0..count).map(|number| Due { statement: format!("{agency}-{number}"), agency: agency.to_owned() }).collect()
    }

    fn begun(under_way: &mut UnderWay) -> Vec<Due> {
        std::iter::from_fn(|| under_way.begin()).collect()
    }

    #[test]
    fn an_agency_whose_publications_hang_keeps_no_other_waiting() {
        let mut under_way = UnderWay::default();
        under_way.found([due("slow", 2 * AT_ONCE), due("quick", 3)].concat());
        let first = begun(&mut under_way);
        assert_eq!(first.iter().filter(|due| due.agency == "slow").count(), AT_ONCE);
        assert_eq!(first.iter().filter(|due| due.agency == "quick").count(), 3);
        // Nothing of the slow one ends, and more of the quick one becomes due.
        first.iter().filter(|due| due.agency == "quick").for_each(|due| under_way.done(due));
        under_way.found([due("slow", 2 * AT_ONCE), due("quick", 5)].concat());
        let next = begun(&mut under_way);
        assert_eq!(next.iter().map(|due| &*due.agency).collect::<Vec<_>>(), ["quick"; 5]);
    }

    #[test]
    fn what_is_under_way_is_not_begun_twice_and_all_that_is_due_is_begun() {
        let mut under_way = UnderWay::default();
        let all = AT_ONCE + 4;
        under_way.found(due("one", all));
        let mut seen = begun(&mut under_way);
        assert_eq!(seen, due("one", AT_ONCE), "in the order in which it is due");
        under_way.found(due("one", all));
        assert_eq!(begun(&mut under_way), []);
        while let Some(ended) = seen.first().cloned().filter(|_| seen.len() < all) {
            under_way.done(&ended);
            seen.remove(0);
            seen.extend(begun(&mut under_way));
            seen.push(ended);
        }
        assert_eq!(seen.iter().map(|due| &due.statement).collect::<HashSet<_>>().len(), all);
    }

    #[test]
    fn there_is_an_end_to_what_is_under_way_at_once() {
        let mut under_way = UnderWay::default();
        under_way.found((0..100).flat_map(|agency| due(&format!("agency-{agency}"), AT_ONCE)).collect());
        assert_eq!(begun(&mut under_way).len(), OF_ALL);
    }
}
