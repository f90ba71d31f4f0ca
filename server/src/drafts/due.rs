//! What is due: publishes what is approved when its time has come, never before, and goes on where a crash left off. A time may be
//! set anew until then: it is no part of what is approved.

use super::{Drafts, DraftsError, Frozen, Outcome, Refusal};
use crate::staff::{Account, Role};
use chain::time::Millis;
use futures_util::{StreamExt, stream};
use serde_json::json;
use sqlx::Row;
use std::time::Duration;

/// How often it is looked, when nothing wakes it before.
const EVERY: Duration = Duration::from_millis(400);
/// How long after a try that may be repeated it is.
const AGAIN: Millis = 1_000;
/// Publications under way at once.
const AT_ONCE: usize = 16;

impl Drafts {
    /// Publishes all that is due now, and finds what was interrupted. What became of each is told by its statement's id.
    pub async fn publish_due(&self) -> Result<Vec<(String, Outcome)>, DraftsError> {
        self.settle().await?;
        let now = self.staff.now();
        let sql =
            "select id from frozen where ready = 1 and state in ('open', 'sealing') and due <= $1 and tried <= $2 order by due, made, id";
        let rows = sqlx::query(sql).bind(now).bind(now - AGAIN).fetch_all(self.staff.store().pool()).await?;
        let ids = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
        let (mut outcomes, mut failed) = (Vec::with_capacity(ids.len()), None);
        // Side by side, for they wait for the same transactions of the log: many may be due at one moment.
        let mut under_way = stream::iter(ids).map(async |id| (self.publish(&id).await, id)).buffered(AT_ONCE);
        while let Some((outcome, id)) = under_way.next().await {
            match outcome {
                Ok(outcome) => outcomes.push((id, outcome)),
                // One that cannot be read keeps none of the others waiting.
                Err(error) => {
                    tracing::error!(%error, statement = %id, "it could not be published; it is tried again");
                    failed = Some(error);
                }
            }
        }
        match failed {
            Some(error) if outcomes.is_empty() => Err(error),
            _ => Ok(outcomes),
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

/// How often it is tidied.
const TIDIED: Duration = Duration::from_secs(3600);

/// Goes on publishing what is due until it is dropped.
pub async fn keep_publishing(drafts: Drafts) {
    let mut tidied: Option<tokio::time::Instant> = None;
    loop {
        if tidied.is_none_or(|at| at.elapsed() >= TIDIED) {
            tidied = Some(tokio::time::Instant::now());
            drafts.tidy().await;
        }
        if let Err(error) = drafts.publish_due().await {
            tracing::error!(%error, "what is due could not be published; it is tried again");
        }
        let _ = tokio::time::timeout(EVERY, drafts.wake.notified()).await;
    }
}
