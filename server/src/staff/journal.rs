//! The journal: what was done at the desk and by whom, each row naming the hash of the one before.

use super::{Staff, StaffError, accounts::hex};
use chain::time::Millis;
use serde_json::Value;
use sqlx::{AnyConnection, Row, any::AnyRow};

/// What the first row names.
const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One thing that was done.
#[derive(Debug, Clone, PartialEq)]
pub struct Noted {
    pub number: i64,
    pub time: Millis,
    /// An account's id; nothing where nobody had come in.
    pub who: String,
    /// A code: `signed-in`, `role-given`, …
    pub what: String,
    /// What it was done to: an account, an agency, a draft.
    pub about: String,
    /// JSON.
    pub details: String,
    pub previous: String,
    pub hash: String,
}

impl Noted {
    fn row(row: &AnyRow) -> Result<Noted, StaffError> {
        Ok(Noted {
            number: row.try_get(0)?,
            time: row.try_get(1)?,
            who: row.try_get(2)?,
            what: row.try_get(3)?,
            about: row.try_get(4)?,
            details: row.try_get(5)?,
            previous: row.try_get(6)?,
            hash: row.try_get(7)?,
        })
    }

    /// The hash of all that the row says, written so that no two rows read alike.
    fn hashed(&self) -> String {
        let said = serde_json::json!([self.number, self.time, self.who, self.what, self.about, self.details, self.previous]);
        hex(&chain::Hash::of(&[b"gazette/v1 journal\n", said.to_string().as_bytes()]).0)
    }

    /// Whether the row is as it was written, and stands right behind the one before.
    #[must_use]
    pub fn follows(&self, before: Option<&Noted>) -> bool {
        let (number, previous) = before.map_or((1, BEGINNING), |before| (before.number + 1, &before.hash));
        self.number == number && self.previous == previous && self.hash == self.hashed()
    }
}

const COLUMNS: &str = "number, time, who, what, about, details, previous, hash";

/// Writes a row at the journal's end. The caller holds the turn, so that nobody writes the same number.
pub(super) async fn note(
    connection: &mut AnyConnection,
    time: Millis,
    who: &str,
    what: &str,
    about: &str,
    details: &Value,
) -> Result<(), StaffError> {
    let newest = sqlx::query("select number, hash from journal order by number desc limit 1").fetch_optional(&mut *connection).await?;
    let (number, previous) = match newest {
        Some(row) => (row.try_get::<i64, _>(0)? + 1, row.try_get(1)?),
        None => (1, BEGINNING.to_owned()),
    };
    let mut row = Noted {
        number,
        time,
        who: who.into(),
        what: what.into(),
        about: about.into(),
        details: details.to_string(),
        previous,
        hash: String::new(),
    };
    row.hash = row.hashed();
    let sql = sqlx::AssertSqlSafe(format!("insert into journal ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8)"));
    sqlx::query(sql)
        .bind(row.number)
        .bind(row.time)
        .bind(&row.who)
        .bind(&row.what)
        .bind(&row.about)
        .bind(&row.details)
        .bind(&row.previous)
        .bind(&row.hash)
        .execute(connection)
        .await?;
    Ok(())
}

/// The journal of one desk.
pub struct Journal<'s> {
    staff: &'s Staff,
}

impl<'s> Journal<'s> {
    pub(super) fn new(staff: &'s Staff) -> Journal<'s> {
        Journal { staff }
    }

    /// Writes down that somebody did something. Awaited before the answer: what is not written down was not done.
    pub async fn note(&self, who: &str, what: &str, about: &str, details: &Value) -> Result<(), StaffError> {
        let mut turn = self.staff.store.turn().await?;
        note(&mut turn, self.staff.now(), who, what, about, details).await?;
        turn.commit().await?;
        Ok(())
    }

    /// The same within a turn of the caller's, which holds together what is done and that it is written down.
    pub async fn note_in(&self, turn: &mut AnyConnection, who: &str, what: &str, about: &str, details: &Value) -> Result<(), StaffError> {
        note(turn, self.staff.now(), who, what, about, details).await
    }

    /// Up to `count` rows before a number, newest first.
    pub async fn before(&self, number: i64, count: i64) -> Result<Vec<Noted>, StaffError> {
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from journal where number < $1 order by number desc limit $2"));
        let rows = sqlx::query(sql).bind(number).bind(count).fetch_all(self.staff.store.pool()).await?;
        rows.iter().map(Noted::row).collect()
    }

    /// Goes through all rows: how many hold, and the number of the first that does not, if any.
    pub async fn verify(&self) -> Result<(i64, Option<i64>), StaffError> {
        const AT_ONCE: i64 = 1_000;
        let (mut before, mut held): (Option<Noted>, i64) = (None, 0);
        loop {
            let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from journal where number > $1 order by number limit $2"));
            let from = before.as_ref().map_or(i64::MIN, |before| before.number);
            let rows = sqlx::query(sql).bind(from).bind(AT_ONCE).fetch_all(self.staff.store.pool()).await?;
            if rows.is_empty() {
                return Ok((held, None));
            }
            for row in &rows {
                let row = Noted::row(row)?;
                if !row.follows(before.as_ref()) {
                    return Ok((held, Some(row.number)));
                }
                held += 1;
                before = Some(row);
            }
        }
    }
}
