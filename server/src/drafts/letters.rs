//! Who is told by mail: of what waits for them, and what became of what they wrote.

use super::{Drafts, DraftsError, Frozen, draft};
use crate::staff::{LetterKind, tell};
use sqlx::{AnyConnection, Row};

impl Drafts {
    /// Tells those who wrote a frozen version what became of it, but for whoever did it. The caller holds the turn.
    /// A machine has no mailbox, and whoever made its token wrote nothing of it.
    pub(super) async fn tell_authors(
        &self,
        turn: &mut AnyConnection,
        frozen: &str,
        kind: LetterKind,
        but: &str,
    ) -> Result<(), DraftsError> {
        let Some(frozen) = Frozen::read(turn, frozen).await? else { return Ok(()) };
        for writer in draft::writers(turn, &frozen.draft).await?.iter().filter(|writer| *writer != but) {
            tell(turn, writer, kind, &frozen.agency, self.staff.now()).await?;
        }
        Ok(())
    }

    /// What the answer to "who is waited for" depends on, in short: while it is the same, nobody need be looked for.
    pub async fn moved(&self) -> Result<String, DraftsError> {
        let counts = "select (select count(*) from frozen), (select coalesce(sum(case when state = 'open' then ready + 2 else 0 end), 0) from frozen), \
                      (select count(*) from steps where idx >= 0), (select count(*) from told), (select count(*) from post_holders), \
                      (select count(*) from roles), (select count(*) from mailboxes where address <> '' and wanted <> 'none')";
        let row = sqlx::query(counts).fetch_one(self.staff.store().pool()).await?;
        let counts: Result<Vec<String>, sqlx::Error> = (0..7).map(|at| Ok(row.try_get::<i64, _>(at)?.to_string())).collect();
        Ok(format!("{} {}", counts?.join(" "), self.node.heads.borrow().size))
    }

    /// Tells everybody who wants mail of what waits for them, each thing once. How many letters were put into the queue.
    pub async fn tell_those_waited_for(&self) -> Result<usize, DraftsError> {
        let over = "delete from told where not exists \
                    (select 1 from frozen f where f.id = told.frozen and f.state in ('open', 'sealing'))";
        sqlx::query(over).execute(self.staff.store().pool()).await?;
        let mut told = 0;
        for id in self.staff.wanting_letters().await? {
            let Some(who) = self.staff.account(&id).await?.filter(|who| who.ended.is_none()) else { continue };
            for frozen in self.waiting_for(&who).await? {
                let mut turn = self.staff.store().turn().await?;
                let now = self.staff.now();
                let sql = "insert into told (frozen, account, told) values ($1, $2, $3) on conflict (frozen, account) do nothing";
                let first = sqlx::query(sql).bind(&frozen.id).bind(&id).bind(now).execute(&mut *turn).await?;
                if first.rows_affected() == 1 {
                    tell(&mut turn, &id, LetterKind::Waits, &frozen.agency, now).await?;
                    turn.commit().await?;
                    told += 1;
                }
            }
        }
        Ok(told)
    }
}
