//! Asides: texts of a draft that do not stand there, each whole, for whoever sees the draft. What somebody wrote on top of an older revision
//! is kept so, and what was saved over by somebody who had seen it.

use super::{Drafts, DraftsError, Refusal, Written, draft, new_id};
use crate::staff::Account;
use chain::time::Millis;
use sqlx::{AnyConnection, Row, any::AnyRow};

/// Texts kept aside of one draft in one person's name.
const MOST: i64 = 40;
/// Most that are listed of a draft: those of ten people.
const LISTED: i64 = 10 * MOST;

/// A text that was kept aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    pub id: String,
    /// The revision it was written on.
    pub revision: i64,
    pub kept: Millis,
    /// Whose text it is.
    pub kept_by: String,
}

/// What became of a text that was to be kept.
pub(super) struct Kept {
    pub id: String,
    /// Whether it was not there already.
    pub new: bool,
}

const COLUMNS: &str = "id, revision, kept, kept_by";

impl Aside {
    fn row(row: &AnyRow) -> Result<Aside, DraftsError> {
        Ok(Aside { id: row.try_get(0)?, revision: row.try_get(1)?, kept: row.try_get(2)?, kept_by: row.try_get(3)? })
    }
}

/// Keeps a text of somebody's, written on top of `revision`.
pub(super) async fn keep(
    turn: &mut AnyConnection,
    draft: &str,
    revision: i64,
    text: &str,
    (by, now): (&str, Millis),
) -> Result<Kept, DraftsError> {
    // What was kept once is not kept twice: an editor that has told of it is asked to save the same text.
    let sql = "select id from draft_asides where draft = $1 and revision = $2 and kept_by = $3 and written = $4 limit 1";
    let query = sqlx::query(sql).bind(draft).bind(revision).bind(by).bind(text);
    if let Some(row) = query.fetch_optional(&mut *turn).await? {
        return Ok(Kept { id: row.try_get(0)?, new: false });
    }
    let id = new_id()?;
    let sql = "insert into draft_asides (id, draft, revision, written, kept, kept_by) values ($1, $2, $3, $4, $5, $6)";
    sqlx::query(sql).bind(&id).bind(draft).bind(revision).bind(text).bind(now).bind(by).execute(&mut *turn).await?;
    // Whoever has a program save without end fills nobody's disk: of one person's, the newest are kept.
    let sql = "delete from draft_asides where draft = $1 and kept_by = $2 and id not in \
               (select id from draft_asides where draft = $1 and kept_by = $2 order by kept desc, id desc limit $3)";
    sqlx::query(sql).bind(draft).bind(by).bind(MOST).execute(&mut *turn).await?;
    Ok(Kept { id, new: true })
}

impl Drafts {
    /// Texts of a draft that were kept aside, newest first.
    pub async fn asides(&self, who: &Account, draft: &str) -> Result<Vec<Aside>, DraftsError> {
        self.draft(who, draft).await?;
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from draft_asides where draft = $1 order by kept desc, id desc limit $2"));
        let rows = sqlx::query(sql).bind(draft).bind(LISTED).fetch_all(self.staff.store().pool()).await?;
        rows.iter().map(Aside::row).collect()
    }

    /// One of them, with all that stands in it.
    pub async fn aside(&self, who: &Account, draft: &str, id: &str) -> Result<(Aside, Written), DraftsError> {
        self.draft(who, draft).await?;
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS}, written from draft_asides where draft = $1 and id = $2"));
        let row = sqlx::query(sql).bind(draft).bind(id).fetch_optional(self.staff.store().pool()).await?.ok_or(Refusal::Nothing)?;
        Ok((Aside::row(&row)?, draft::read(row.try_get(4)?)?))
    }
}
