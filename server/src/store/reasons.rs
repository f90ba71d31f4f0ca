//! Reasons of steps that may be read, each with the salt that it was committed to under. They are no parts: one that is not here stays
//! closed, and nothing fails for it.

use super::{Store, StoreError, from_sql, to_sql};
use chain::{entry::Entry, part::Salt, statement::Statement};
use sqlx::{Row, any::AnyRow};

/// Why a step was decided so, as the step's opening commits to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReason {
    /// The step's entry, and that of the publication which opens it.
    pub step: u64,
    pub act: u64,
    pub salt: Salt,
    pub text: String,
}

impl OpenReason {
    /// Whether it is the one that its step committed to, as the publication with these bytes opens it.
    #[must_use]
    pub fn is_of(&self, publication: &[u8]) -> bool {
        let act = Entry::parse(publication).ok().and_then(|entry| Statement::parse(entry.note.as_bytes()).ok()?.act);
        act.is_some_and(|act| act.gives_reason(self.step, &self.salt, &self.text))
    }
}

pub(crate) const REASON: &str = "select step, act, salt, text from reasons";

pub(crate) fn reason(row: &AnyRow) -> Result<OpenReason, StoreError> {
    let salt: Vec<u8> = row.try_get(2)?;
    let salt = Salt::try_from(salt).map_err(|_| StoreError::Absent("16-byte salt where one belongs"))?;
    Ok(OpenReason { step: from_sql(row.try_get(0)?), act: from_sql(row.try_get(1)?), salt, text: row.try_get(3)? })
}

impl Store {
    /// Lets a reason be read. One that may be read already stays as it is.
    pub async fn open_reason(&self, reason: &OpenReason) -> Result<(), StoreError> {
        let sql = "insert into reasons (step, act, salt, text) values ($1, $2, $3, $4) on conflict (step) do nothing";
        let query = sqlx::query(sql).bind(to_sql(reason.step)).bind(to_sql(reason.act));
        query.bind(&reason.salt[..]).bind(&reason.text).execute(&self.writing).await?;
        Ok(())
    }

    /// Those of the steps that a publication opens.
    pub async fn reasons(&self, act: u64) -> Result<Vec<OpenReason>, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!("{REASON} where act = $1"));
        sqlx::query(sql).bind(to_sql(act)).fetch_all(self.reader().await?.ask()?).await?.iter().map(reason).collect()
    }

    /// The steps of which a reason may be read.
    pub async fn reasoned(&self) -> Result<Vec<u64>, StoreError> {
        let rows = sqlx::query("select step from reasons order by step").fetch_all(self.reader().await?.ask()?).await?;
        rows.iter().map(|row| Ok(from_sql(row.try_get(0)?))).collect()
    }

    /// Lets a reason be read no more, and has the database let go of it.
    pub async fn close_reason(&self, step: u64) -> Result<(), StoreError> {
        sqlx::query("delete from reasons where step = $1").bind(to_sql(step)).execute(&self.writing).await?;
        self.erase_log().await;
        Ok(())
    }
}
