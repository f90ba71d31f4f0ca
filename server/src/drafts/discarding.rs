//! Discarding: a draft that was given up is kept for a month, in which whoever writes in its agency may take it back. Then it is erased.

use super::{Draft, Drafts, DraftsError, Refusal, Stage, erasing};
use crate::staff::Account;
use chain::time::Millis;
use serde_json::json;
use sqlx::Row;

/// How long a draft is kept that was given up, in days.
pub const DISCARDED_DAYS: i64 = 30;
pub(super) const DISCARDED: Millis = DISCARDED_DAYS * 24 * 3_600_000;

impl Drafts {
    /// Gives a draft up as it stands at a revision: what somebody else saved since is not given up by who has not seen it. What was
    /// written stays where it is for a month; what was submitted of it before does not.
    pub async fn drop_draft(&self, who: &Account, id: &str, revision: i64) -> Result<(), DraftsError> {
        self.own(who, id).await?;
        let mut turn = self.staff.store().turn().await?;
        let now = Draft::read(&mut turn, id).await?.ok_or(Refusal::Nothing)?;
        if now.revision != revision {
            return Err(Refusal::Changed.into());
        }
        if !Draft::move_on(&mut turn, id, Stage::Writing, Stage::Dropped, "").await? {
            return Err(Refusal::NotWriting.into());
        }
        // Its month begins now, whenever it was saved.
        let sql = "update drafts set saved = $1, saved_by = $2 where id = $3";
        sqlx::query(sql).bind(self.staff.now()).bind(&who.id).bind(id).execute(&mut *turn).await?;
        self.staff.journal().note_in(&mut turn, &who.id, "draft-dropped", id, &json!({})).await?;
        turn.commit().await?;
        self.forget_texts(id).await
    }

    /// Takes a draft back that was given up, for as long as it is kept.
    pub async fn take_up(&self, who: &Account, id: &str) -> Result<(), DraftsError> {
        self.own(who, id).await?;
        let now = self.staff.now();
        let mut turn = self.staff.store().turn().await?;
        let sql = "update drafts set state = 'writing', saved = $1, saved_by = $2 where id = $3 and state = 'dropped' and saved >= $4";
        let query = sqlx::query(sql).bind(now).bind(&who.id).bind(id).bind(now - DISCARDED);
        if query.execute(&mut *turn).await?.rows_affected() != 1 {
            return Err(Refusal::Nothing.into());
        }
        self.staff.journal().note_in(&mut turn, &who.id, "draft-taken-up", id, &json!({})).await?;
        turn.commit().await?;
        Ok(())
    }

    /// Erases drafts that were given up a month ago: what was typed, what was kept aside of it, what it was called, and its files. How many.
    pub async fn forget_dropped(&self) -> Result<usize, DraftsError> {
        let sql = "select id from drafts d where state = 'dropped' and saved < $1 and (title <> '' or written <> $2 \
                   or exists (select 1 from draft_asides a where a.draft = d.id) or exists (select 1 from draft_files f where f.draft = d.id))";
        let query = sqlx::query(sql).bind(self.staff.now() - DISCARDED).bind(erasing::nothing()?);
        let rows = query.fetch_all(self.staff.store().pool()).await?;
        for row in &rows {
            let id: String = row.try_get(0)?;
            // Bytes first: a row that is left leads to them again.
            let files = sqlx::query("select id from draft_files where draft = $1").bind(&id).fetch_all(self.staff.store().pool()).await?;
            for file in &files {
                self.files.remove(&format!("{id}/{}", file.try_get::<String, _>(0)?)).await?;
            }
            let mut turn = self.staff.store().turn().await?;
            erasing::forget_draft(&mut turn, &id).await?;
            turn.commit().await?;
        }
        if !rows.is_empty() {
            self.staff.store().blanked();
        }
        Ok(rows.len())
    }
}
