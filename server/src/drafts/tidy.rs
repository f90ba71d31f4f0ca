//! Tidying: removes what nothing leads to any more from the drafts' folder, so that what broke between bytes and row lies nowhere for ever.

use super::{Drafts, DraftsError};
use chain::time::Millis;
use sqlx::Row;
use std::{collections::HashSet, time::Duration};

/// How often it is tidied.
const EVERY: Duration = Duration::from_secs(3600);
/// How old bytes are before anybody asks whether a row leads to them: rows follow bytes within one request.
const YOUNG: Millis = 24 * 3_600_000;

impl Drafts {
    /// Goes on tidying until it is dropped.
    pub(super) async fn go_on_tidying(&self) {
        if let Err(error) = self.reconcile_reasons().await {
            tracing::warn!(%error, "which reasons may be read could not be compared; it is tried again at the next start");
        }
        loop {
            self.tidy().await;
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Removes what is over, and what nothing leads to. What fails is told in the log, and tried again the next time.
    async fn tidy(&self) {
        let told = |what: &str, done: Result<usize, DraftsError>| match done {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "removed {what}"),
            Err(error) => tracing::warn!(%error, "could not be removed, and is tried again: {what}"),
        };
        told("files that never came whole", self.forget_unfinished().await);
        told("what was brought and not made drafts of", self.forget_brought().await);
        told("drafts that were given up", self.forget_dropped().await);
        told("bytes that no draft has", self.forget_strays(self.staff.now() - YOUNG).await);
    }

    /// Removes bytes older than `before` that no row leads to. How many objects there were.
    pub async fn forget_strays(&self, before: Millis) -> Result<usize, DraftsError> {
        let mut strays = self.files.older_than(before).await?;
        if strays.is_empty() {
            return Ok(0);
        }
        // Listed first: what is in hand meanwhile is younger. Of what is published the chain's own store has the bytes.
        let kept = self.kept_paths().await?;
        strays.retain(|path| !kept.contains(path) && !kept.contains(path.rsplit_once('/').map_or("", |(folder, _)| folder)));
        for path in &strays {
            self.files.remove(path).await?;
        }
        Ok(strays.len())
    }

    /// Where bytes lie that a row leads to; of what was brought, the folder.
    async fn kept_paths(&self) -> Result<HashSet<String>, DraftsError> {
        let sql = "select f.draft || '/' || f.id from draft_files f join drafts d on d.id = f.draft where d.state <> 'published' \
                   union select p.path from draft_pieces p \
                   union select p.path from frozen_parts p join frozen f on f.id = p.frozen join drafts d on d.id = f.draft where d.state <> 'published' \
                   union select 'brought/' || id from brought";
        let rows = sqlx::query(sql).fetch_all(self.staff.store().pool()).await?;
        Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, sqlx::Error>>()?)
    }
}
