//! What was done at the desk and by whom, written down together with doing it. A row waits here until the journal's own log has it.

use super::{Account, Staff, StaffError, accounts::hex};
use chain::{
    deed::{self, BEGINNING, Deed, Party},
    time::Millis,
};
use serde_json::Value;
use sqlx::{AnyConnection, Row, any::AnyRow};

/// Most bytes of a row's details: a part of the log holds them twice written out.
const LONGEST: usize = 24 << 10;

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

/// A row on its way to the log, with the id of its statement and its part's salt, which stay the same however often it is tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    pub row: Noted,
    pub id: String,
    pub salt: [u8; 16],
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

    /// The hash of all that the row says.
    fn hashed(&self) -> String {
        deed::hash(self.number, self.time, [&self.who, &self.what, &self.about, &self.details, &self.previous])
    }

    /// As it is committed to, with who and what it speaks of by the names of today.
    #[must_use]
    pub fn deed(self, who: Party, about: Party) -> Deed {
        let Noted { number, time, what, details, previous, hash, .. } = self;
        Deed { number, done: time, who, what, about, details, previous, hash }
    }
}

const COLUMNS: &str = "number, time, who, what, about, details, previous, hash";

/// Characters that no statement may hold, as one that says so.
fn clean(text: &str) -> String {
    let stray = |c: char| matches!(u32::from(c), 0xfdd0..=0xfdef) || u32::from(c) & 0xfffe == 0xfffe;
    text.chars().map(|c| if stray(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// The newest row that was logged: its number and hash.
async fn newest_logged(connection: &mut AnyConnection) -> Result<(i64, String), StaffError> {
    let row = sqlx::query("select number, hash from journal_logged where one = 1").fetch_one(connection).await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

/// Writes a row at the journal's end. The caller holds the turn, so that nobody writes the same number.
pub(super) async fn note(
    connection: &mut AnyConnection,
    time: Millis,
    who: &str,
    what: &str,
    about: &str,
    details: &Value,
) -> Result<(), StaffError> {
    let waiting = sqlx::query("select number, hash from journal order by number desc limit 1").fetch_optional(&mut *connection).await?;
    let (number, previous) = match waiting {
        Some(row) => (row.try_get::<i64, _>(0)?, row.try_get(1)?),
        None => newest_logged(connection).await?,
    };
    let mut details = clean(&details.to_string());
    if details.len() > LONGEST {
        details = serde_json::json!({ "bytes": details.len() }).to_string();
    }
    let mut row =
        Noted { number: number + 1, time, who: clean(who), what: clean(what), about: clean(about), details, previous, hash: String::new() };
    row.hash = row.hashed();
    let (id, salt) = (hex(&crate::keys::random::<16>()?), hex(&crate::keys::random::<16>()?));
    let sql = format!("insert into journal ({COLUMNS}, id, salt) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(row.number)
        .bind(row.time)
        .bind(&row.who)
        .bind(&row.what)
        .bind(&row.about)
        .bind(&row.details)
        .bind(&row.previous)
        .bind(&row.hash)
        .bind(id)
        .bind(salt)
        .execute(connection)
        .await?;
    Ok(())
}

/// What was written down at one desk.
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

    /// Up to `count` rows before a number that wait for their place in the log, newest first.
    pub async fn before(&self, number: i64, count: i64) -> Result<Vec<Noted>, StaffError> {
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from journal where number < $1 order by number desc limit $2"));
        let rows = sqlx::query(sql).bind(number).bind(count).fetch_all(self.staff.store.pool()).await?;
        rows.iter().map(Noted::row).collect()
    }

    /// Up to `count` rows before a number that were logged: number and index, newest first.
    pub async fn places_before(&self, number: i64, count: i64) -> Result<Vec<(i64, u64)>, StaffError> {
        let sql = "select number, idx from journal_places where number < $1 order by number desc limit $2";
        let rows = sqlx::query(sql).bind(number).bind(count).fetch_all(self.staff.store.pool()).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, index(row.try_get(1)?)))).collect()
    }

    /// How many rows wait.
    pub async fn waiting(&self) -> Result<i64, StaffError> {
        Ok(sqlx::query("select count(*) from journal").fetch_one(self.staff.store.pool()).await?.try_get(0)?)
    }

    /// Up to `count` waiting rows from the oldest on. One that has no id and salt yet, because it is older than the log, is given them.
    pub async fn prepare(&self, count: i64) -> Result<Vec<Prepared>, StaffError> {
        let sql = format!("select {COLUMNS}, id, salt from journal order by number limit $1");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(count).fetch_all(self.staff.store.pool()).await?;
        let mut prepared = Vec::with_capacity(rows.len());
        for row in &rows {
            let (id, salt): (String, String) = (row.try_get(8)?, row.try_get(9)?);
            let row = Noted::row(row)?;
            let (id, salt) = if salt.is_empty() { self.complete(row.number).await? } else { (id, salt) };
            let salt = chain::hash::unhex::<16>(&salt).ok_or(StaffError::Unreadable("a row of the journal"))?;
            prepared.push(Prepared { row, id, salt });
        }
        Ok(prepared)
    }

    /// Gives a row its id and salt, unless another server just did, and answers them.
    async fn complete(&self, number: i64) -> Result<(String, String), StaffError> {
        let mut turn = self.staff.store.turn().await?;
        sqlx::query("update journal set id = $1, salt = $2 where number = $3 and salt = ''")
            .bind(hex(&crate::keys::random::<16>()?))
            .bind(hex(&crate::keys::random::<16>()?))
            .bind(number)
            .execute(&mut *turn)
            .await?;
        let row = sqlx::query("select id, salt from journal where number = $1").bind(number).fetch_optional(&mut *turn).await?;
        let given = match &row {
            Some(row) => (row.try_get(0)?, row.try_get(1)?),
            None => return Err(StaffError::Unreadable("a row of the journal")),
        };
        turn.commit().await?;
        Ok(given)
    }

    /// An account with its names of today, or the id as it is.
    pub async fn party(&self, id: &str) -> Result<Party, StaffError> {
        Ok(match if id.is_empty() { None } else { self.staff.account(id).await? } {
            Some(Account { id, name, login, .. }) => Party { id, name: clean(&name), login },
            None => Party { id: id.to_owned(), ..Party::default() },
        })
    }

    /// Every account by its names of today, and whether it has ended: rows may say of each that it did something.
    pub async fn accounts(&self) -> Result<Vec<(Party, bool)>, StaffError> {
        let sql = "select id, name, login, ended from accounts order by name, login";
        let rows = sqlx::query(sql).fetch_all(self.staff.store.pool()).await?;
        let account = |row: &AnyRow| {
            let party = Party { id: row.try_get(0)?, name: row.try_get(1)?, login: row.try_get(2)? };
            Ok((party, row.try_get::<Millis, _>(3)? > 0))
        };
        rows.iter().map(account).collect()
    }

    /// Every token of a program, ended or not: its id, its name, and its agency.
    pub async fn tokens(&self) -> Result<Vec<[String; 3]>, StaffError> {
        let sql = "select id, name, agency from machines order by agency, name, made";
        let rows = sqlx::query(sql).fetch_all(self.staff.store.pool()).await?;
        rows.iter().map(|row| Ok([row.try_get(0)?, row.try_get(1)?, row.try_get(2)?])).collect()
    }

    /// Number of the newest row that was logged.
    pub async fn newest_logged(&self) -> Result<i64, StaffError> {
        Ok(newest_logged(&mut *self.staff.store.pool().acquire().await?).await?.0)
    }

    /// Index of the newest row that was logged.
    pub async fn newest_place(&self) -> Result<Option<u64>, StaffError> {
        let row = sqlx::query("select max(idx) from journal_places").fetch_one(self.staff.store.pool()).await?;
        Ok(row.try_get::<Option<i64>, _>(0)?.map(index))
    }

    /// That the log has these rows now (number, index, hash): from here on they lie in it alone.
    pub async fn logged(&self, rows: &[(i64, u64, String)]) -> Result<(), StaffError> {
        let mut turn = self.staff.store.turn().await?;
        for (number, at, hash) in rows {
            sqlx::query("insert into journal_places (number, idx) values ($1, $2) on conflict (number) do nothing")
                .bind(number)
                .bind(i64::try_from(*at).unwrap_or(i64::MAX))
                .execute(&mut *turn)
                .await?;
            sqlx::query("update journal_logged set number = $1, hash = $2 where one = 1 and number < $1")
                .bind(number)
                .bind(hash)
                .execute(&mut *turn)
                .await?;
            sqlx::query("delete from journal where number = $1 and hash = $2").bind(number).bind(hash).execute(&mut *turn).await?;
        }
        turn.commit().await?;
        Ok(())
    }

    /// Goes through the rows that wait: how many follow each other, and the number of the first that does not, if any.
    pub async fn verify(&self) -> Result<(i64, Option<i64>), StaffError> {
        const AT_ONCE: i64 = 1_000;
        let (mut number, mut previous) = newest_logged(&mut *self.staff.store.pool().acquire().await?).await?;
        if number == 0 {
            previous = BEGINNING.to_owned();
        }
        let mut held = 0;
        loop {
            let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from journal where number > $1 order by number limit $2"));
            let from = if held == 0 { i64::MIN } else { number };
            let rows = sqlx::query(sql).bind(from).bind(AT_ONCE).fetch_all(self.staff.store.pool()).await?;
            if rows.is_empty() {
                return Ok((held, None));
            }
            for row in &rows {
                let row = Noted::row(row)?;
                if row.number != number + 1 || row.previous != previous || row.hash != row.hashed() {
                    return Ok((held, Some(row.number)));
                }
                held += 1;
                (number, previous) = (row.number, row.hash);
            }
        }
    }
}

fn index(at: i64) -> u64 {
    u64::try_from(at).unwrap_or_default()
}
