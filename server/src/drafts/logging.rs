//! Steps on their way to the log: handed over once they are kept, looked for after an interruption, and forgotten when they are refused.

use super::{Drafts, DraftsError, Refusal, Step, publish::PATIENCE, steps::COLUMNS};
use crate::{
    sequencer::{Receipt, SubmitError},
    staff::LetterKind,
    store::{StoreError, submission_key},
};
use chain::{entry::Entry, note::text_of, tree::leaf_hash};
use serde_json::json;
use sqlx::{Row, any::AnyRow};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Steps that this process is handing to the log just now: whoever looks for interrupted ones lets them be.
#[derive(Clone, Default)]
pub(super) struct InHand(Arc<Mutex<HashSet<(String, i64)>>>);

pub(super) struct Held<'h>(&'h InHand, (String, i64));

impl InHand {
    fn set(&self) -> MutexGuard<'_, HashSet<(String, i64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn hold(&self, case: &str, number: i64) -> Held<'_> {
        let one = (case.to_owned(), number);
        self.set().insert(one.clone());
        Held(self, one)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.set().remove(&self.1);
    }
}

impl Drafts {
    /// Hands a kept step to the log and writes down where it stands there. One that was refused is forgotten.
    pub(super) async fn log(&self, case: &str, step: &Step) -> Result<u64, DraftsError> {
        match self.node.submitter.submit(step.note.clone(), vec![]).await {
            Ok(receipt) => self.logged(case, step, &receipt).await,
            // It may come there yet: it stays, and is looked for again.
            Err(error) if error.passes() => Err(Refusal::Busy.into()),
            Err(error) => self.refused(case, step, error).await,
        }
    }

    /// The log would not take a step: it goes, and with it those that were signed behind it and are in no log either.
    async fn refused(&self, case: &str, step: &Step, error: SubmitError) -> Result<u64, DraftsError> {
        // What somebody else brought there meanwhile was not refused, whatever was said to this try.
        if let Some(index) = self.node.store.logged_at(&submission_key(&step.post, &step.statement()?)).await? {
            return self.logged(case, step, &Receipt { index, leaf: None, repeated: true }).await;
        }
        self.forget_step(case, step, &error.to_string()).await?;
        Err(match error {
            SubmitError::Refused(chain::state::Refusal::StaleCase) => Refusal::StaleCase.into(),
            error => Refusal::from(error).into(),
        })
    }

    /// Forgets a step that the log has not, and those that were signed behind it and are in no log either.
    async fn forget_step(&self, case: &str, step: &Step, why: &str) -> Result<(), DraftsError> {
        let mut turn = self.staff.store().turn().await?;
        let this = "select 1 from steps where \"case\" = $1 and number = $2 and note = $3 and idx < 0";
        if sqlx::query(this).bind(case).bind(step.number).bind(&step.note).fetch_optional(&mut *turn).await?.is_some() {
            let sql = "delete from steps where \"case\" = $1 and number >= $2 and idx < 0";
            sqlx::query(sql).bind(case).bind(step.number).execute(&mut *turn).await?;
            let details = json!({ "post": step.post, "code": step.code, "refused": why });
            self.staff.journal().note_in(&mut turn, "", "step-refused", case, &details).await?;
        }
        turn.commit().await?;
        Ok(())
    }

    /// Hands what was kept for publication to the log, all of it at once and in order. Refused is what the log refused.
    pub(super) async fn log_deferred(&self, case: &str, steps: &[Step]) -> Result<(), DraftsError> {
        let mut answers = Vec::new();
        for step in steps.iter().filter(|step| step.deferred) {
            let submitter = &self.node.submitter;
            let waiting = match submitter.check(step.note.clone(), vec![]) {
                Ok(checked) => submitter.offer(checked, PATIENCE).await,
                Err(error) => Err(error),
            };
            answers.push((step, waiting));
        }
        for (step, waiting) in answers {
            let answer = match waiting {
                Ok(waiting) => waiting.await.unwrap_or(Err(SubmitError::Stopped)),
                Err(error) => Err(error),
            };
            match answer {
                Ok(receipt) => drop(self.logged(case, step, &receipt).await?),
                Err(error) if error.passes() => return Err(Refusal::Busy.into()),
                Err(error) => drop(self.refused(case, step, error).await?),
            }
        }
        Ok(())
    }

    async fn logged(&self, case: &str, step: &Step, receipt: &Receipt) -> Result<u64, DraftsError> {
        let leaf = match receipt.leaf {
            Some(leaf) => leaf,
            None => {
                let bytes = self.node.store.entry(receipt.index).await?.ok_or(StoreError::Absent("entry of a step"))?;
                // The log takes an id once: under this one its post may have logged another step before.
                if Entry::parse(&bytes).ok().is_none_or(|entry| text_of(entry.note) != text_of(&step.note)) {
                    self.forget_step(case, step, "under its id another step is logged").await?;
                    return Err(Refusal::Differs.into());
                }
                leaf_hash(&bytes)
            }
        };
        let mut turn = self.staff.store().turn().await?;
        let sql = "update steps set idx = $1, leaf = $2 where \"case\" = $3 and number = $4 and note = $5 and idx < 0";
        let index = i64::try_from(receipt.index).unwrap_or(i64::MAX);
        let query = sqlx::query(sql).bind(index).bind(leaf.to_hex()).bind(case).bind(step.number).bind(&step.note);
        let first = query.execute(&mut *turn).await?.rows_affected() == 1;
        // Of one that was kept they were told when it was.
        if first && !step.deferred && step.decision == "reject" {
            self.tell_authors(&mut turn, &step.frozen, LetterKind::Rejected, &step.account).await?;
        }
        turn.commit().await?;
        self.staff.letters_may_wait();
        self.judge(&step.frozen).await?;
        Ok(receipt.index)
    }

    /// Looks for steps that were on their way to the log when something interrupted them. What one of them meets with keeps no other
    /// waiting; the last trouble is told.
    pub(super) async fn settle(&self) -> Result<(), DraftsError> {
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS}, \"case\" from steps where idx = -1"));
        let mut trouble = Ok(());
        for row in sqlx::query(sql).fetch_all(self.staff.store().pool()).await? {
            match self.settle_one(&row).await {
                Ok(()) | Err(DraftsError::Refused(_)) => {}
                Err(error) => trouble = Err(error),
            }
        }
        trouble
    }

    async fn settle_one(&self, row: &AnyRow) -> Result<(), DraftsError> {
        let (step, case): (Step, String) = (Step::row(row)?, row.try_get("case")?);
        if self.in_hand.set().contains(&(case.clone(), step.number)) {
            return Ok(());
        }
        match self.node.store.logged_at(&submission_key(&step.post, &step.statement()?)).await? {
            Some(index) => self.logged(&case, &step, &Receipt { index, leaf: None, repeated: true }).await?,
            None => self.log(&case, &step).await?,
        };
        Ok(())
    }
}
