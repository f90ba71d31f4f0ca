//! Reasons that the public may read: opened with the publication of the very text they are about, where whoever decided said so, and
//! closed again when somebody asks for it. All others stay at the desk.
//!
//! The desk says what is to be read, and the chain's store has what may be: where the two differ after an interruption, or because an
//! older copy of one was put back, the store is made to follow.

use super::{Drafts, DraftsError, Frozen, Refusal};
use crate::{
    staff::{Account, Role},
    store::OpenReason,
};
use chain::part::parse_salt;
use serde_json::json;
use sqlx::{AnyConnection, Row};
use std::collections::HashSet;

/// `opened` of a step whose reason stays at the desk, is to be read once the text is published, and may be read.
const CLOSED: i64 = 0;
const WISHED: i64 = 1;
const OPEN: i64 = 2;

impl Drafts {
    /// Whether somebody may have a reason closed that is to be read, or may be.
    #[must_use]
    pub fn may_close_reasons(who: &Account, agency: &str) -> bool {
        who.roles.may(Role::Publisher, agency) || who.roles.may(Role::Administrator, agency)
    }

    /// Opens what is to be read of texts that are published by now.
    pub(super) async fn open_reasons(&self, turn: &mut AnyConnection) -> Result<(), DraftsError> {
        self.open_up_to(turn, WISHED).await
    }

    /// Opens those of published texts that are to be read, and with `OPEN` those that may be already, once more; what the publication does
    /// not open itself stays closed.
    async fn open_up_to(&self, turn: &mut AnyConnection, state: i64) -> Result<(), DraftsError> {
        let sql = "select s.\"case\", s.number, s.idx, f.idx, s.reason_salt, s.reason, s.frozen, f.id from steps s \
                   join frozen f on f.\"case\" = s.\"case\" where s.opened >= $1 and s.opened <= $2 and f.state = 'published'";
        let rows = sqlx::query(sql).bind(WISHED).bind(state).fetch_all(&mut *turn).await?;
        for row in &rows {
            let (case, number): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
            let [step, act] = [row.try_get::<i64, _>(2)?, row.try_get(3)?];
            let (frozen, published): (String, String) = (row.try_get(6)?, row.try_get(7)?);
            let (act, store) = (act.unsigned_abs(), &self.node.store);
            // An older copy of the chain has yet to fetch it.
            let Some(bytes) = store.entry(act).await? else { continue };
            let opened = match (u64::try_from(step), parse_salt(row.try_get(4)?)) {
                (Ok(step), Some(salt)) => Some(OpenReason { step, act, salt, text: row.try_get(5)? }),
                _ => None,
            };
            // About another text than came out, or taken past the publication: nobody would find it anywhere.
            let opened = opened.filter(|reason| frozen == published && reason.is_of(&bytes));
            let redacted = store.events(&[act]).await?.iter().any(|(_, _, kind, _)| kind == "redaction");
            let state = match opened.filter(|_| !redacted) {
                Some(reason) => {
                    store.open_reason(&reason).await?;
                    OPEN
                }
                None => CLOSED,
            };
            let sql = "update steps set opened = $1 where \"case\" = $2 and number = $3";
            sqlx::query(sql).bind(state).bind(&case).bind(number).execute(&mut *turn).await?;
        }
        Ok(())
    }

    /// Makes the chain's store follow the desk: opens what is missing there, and closes what the desk has closed.
    pub async fn reconcile_reasons(&self) -> Result<(), DraftsError> {
        let mut turn = self.staff.store().turn().await?;
        self.open_up_to(&mut turn, OPEN).await?;
        let sql = "select idx from steps where opened = $1 and reason <> '' and idx >= 0";
        let rows = sqlx::query(sql).bind(CLOSED).fetch_all(&mut *turn).await?;
        let closed = rows.iter().map(|row| row.try_get(0).map(i64::unsigned_abs)).collect::<Result<HashSet<u64>, _>>()?;
        turn.commit().await?;
        for step in self.node.store.reasoned().await?.into_iter().filter(|step| closed.contains(step)) {
            self.node.store.close_reason(step).await?;
        }
        Ok(())
    }

    /// Closes a reason that the public may read, or is to: of step `number` of a case. What it said stays at the desk.
    pub async fn close_reason(&self, who: &Account, case: &str, number: i64) -> Result<(), DraftsError> {
        let mut turn = self.staff.store().turn().await?;
        let newest = Frozen::of_case(&mut turn, case).await?.into_iter().next();
        let frozen = newest.filter(|frozen| Self::may_close_reasons(who, &frozen.agency)).ok_or(Refusal::Nothing)?;
        let sql = "select idx from steps where \"case\" = $1 and number = $2 and reason <> ''";
        let row = sqlx::query(sql).bind(case).bind(number).fetch_optional(&mut *turn).await?.ok_or(Refusal::Nothing)?;
        let step: i64 = row.try_get(0)?;
        let sql = "update steps set opened = $1 where \"case\" = $2 and number = $3";
        sqlx::query(sql).bind(CLOSED).bind(case).bind(number).execute(&mut *turn).await?;
        let details = json!({ "statement": frozen.id, "index": step });
        self.staff.journal().note_in(&mut turn, &who.id, "reason-closed", case, &details).await?;
        turn.commit().await?;
        // What the desk has closed is closed at the next start at the latest.
        if let Ok(step) = u64::try_from(step) {
            self.node.store.close_reason(step).await?;
        }
        Ok(())
    }
}
