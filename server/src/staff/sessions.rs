//! Sessions: who came in, from where, until when; and how often a wrong password is tried.

use super::{
    Account, Staff, StaffError, Stand,
    accounts::{hex, kept_of, login_of},
    journal::note,
    places::{knows_place, network, seen_from},
};
use chain::time::Millis;
use serde_json::json;
use sqlx::{AnyConnection, Row, any::AnyRow};
use std::sync::PoisonError;
use subtle::ConstantTimeEq;

const MINUTE: Millis = 60_000;
/// Without a request, and at most.
const IDLE: Millis = 30 * MINUTE;
const LONGEST: Millis = 12 * 60 * MINUTE;
/// How long ago somebody may have come in, or shown a second factor, who adds another way in.
const FRESH: Millis = 15 * MINUTE;
/// How old "last seen" may be before it is written again.
const SEEN: Millis = MINUTE;

/// Wrong passwords in a row that cost nothing, from one network and from all together; the wait behind the next, which doubles, and its
/// bound.
pub(super) const FREE: i64 = 5;
const FREE_EVERYWHERE: i64 = 50;
const FIRST_WAIT: Millis = MINUTE / 2;
const LONGEST_WAIT: Millis = 15 * MINUTE;
/// After this long without a try nothing is remembered.
const FORGOTTEN: Millis = 24 * 60 * MINUTE;

/// Most characters kept of what a browser calls itself.
const LONGEST_AGENT: usize = 200;

/// By how much somebody has shown who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    Password,
    SecondFactor,
}

/// What a browser holds of a session: 256 random bits. It is never kept here and never written to a log.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    fn new() -> Result<Token, StaffError> {
        Ok(Token(hex(&crate::keys::random::<32>()?)))
    }

    /// As a browser sent it; none if it cannot be one.
    #[must_use]
    pub fn read(text: &str) -> Option<Token> {
        let plain = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        plain.then(|| Token(text.to_owned()))
    }

    /// For the cookie.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn kept(&self) -> String {
        kept_of("session", &self.0)
    }

    /// What each form of this session carries.
    #[must_use]
    pub fn form(&self) -> String {
        kept_of("form", &self.0)
    }

    /// Whether a form carries it.
    #[must_use]
    pub fn is_in(&self, given: &str) -> bool {
        self.form().as_bytes().ct_eq(given.as_bytes()).into()
    }
}

/// Where somebody comes in from.
#[derive(Debug, Clone, Default)]
pub struct From {
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
}

/// Somebody who came in, and has not left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The hash of its token; its first 16 digits name it on pages.
    pub id: String,
    pub account: String,
    pub begun: Millis,
    pub seen: Millis,
    pub strength: Strength,
    pub address: String,
    pub agent: String,
}

impl Session {
    fn row(row: &AnyRow) -> Result<Session, StaffError> {
        Ok(Session {
            id: row.try_get(0)?,
            account: row.try_get(1)?,
            begun: row.try_get(2)?,
            seen: row.try_get(3)?,
            strength: if row.try_get::<i64, _>(4)? >= 2 { Strength::SecondFactor } else { Strength::Password },
            address: row.try_get(5)?,
            agent: row.try_get(6)?,
        })
    }

    /// What it is called on pages: not enough to come in with.
    #[must_use]
    pub fn handle(&self) -> &str {
        self.id.get(..16).unwrap_or(&self.id)
    }

    /// Whether they have shown just now who they are.
    #[must_use]
    pub fn is_fresh(&self, now: Millis) -> bool {
        now - self.begun < FRESH
    }

    fn is_over(&self, now: Millis) -> bool {
        now - self.seen >= IDLE || now - self.begun >= LONGEST
    }
}

/// A session that has just begun: what its browser must be given.
pub struct Entered {
    pub token: Token,
    pub account: Account,
}

/// What became of a sign-in.
pub enum SignIn {
    Entered(Box<Entered>),
    /// There is no such account, or another password: nobody is told which.
    Wrong,
    /// Too many wrong ones; looked at again in so many seconds. The same for names that nobody has.
    Locked {
        seconds: i64,
    },
}

const COLUMNS: &str = "id, account, begun, seen, strength, address, agent";

/// How long to wait after so many wrong ones, of which some are free.
fn wait(failures: i64, free: i64) -> Millis {
    if failures < free { 0 } else { (FIRST_WAIT << (failures - free).min(20)).min(LONGEST_WAIT) }
}

/// Forgets how often a name was tried with a wrong password, from wherever: kept by its hash, and by that and a network's.
pub(super) async fn forget_attempts(turn: &mut AnyConnection, name: &str) -> Result<(), StaffError> {
    let of = kept_of("login", name);
    sqlx::query("delete from attempts where login = $1 or login like $2").bind(&of).bind(format!("{of} %")).execute(turn).await?;
    Ok(())
}

/// Tries of names that nobody has: the journal has one line for those of a minute.
#[derive(Debug, Default)]
pub(super) struct Misses {
    told: Option<Millis>,
    count: u64,
}

impl Misses {
    /// Counts one more; how many there were, once they are to be told.
    fn one_more(&mut self, now: Millis) -> Option<u64> {
        self.count += 1;
        if self.told.is_some_and(|told| now - told < MINUTE) {
            return None;
        }
        self.told = Some(now);
        Some(std::mem::take(&mut self.count))
    }
}

impl Staff {
    /// Looks at a name and a password, and begins a session if they belong together.
    pub async fn sign_in(&self, login: &str, password: &str, from: &From) -> Result<SignIn, StaffError> {
        let known = login_of(login);
        // Of a name that is none, what was typed: it is locked like the others.
        let name = known.as_deref().unwrap_or(login);
        // By network, so that nobody far away locks an officer out; and those of all networks together, but not for whoever comes from
        // where they came from before.
        let everywhere = kept_of("login", name);
        let tried = format!("{everywhere} {}", kept_of("network", &network(from)));
        // Counted before the password is looked at, so that many at once are not looked at before they count.
        if let Some(seconds) = self.attempt(&tried, FREE).await? {
            return Ok(SignIn::Locked { seconds });
        }
        if !knows_place(&mut *self.store.pool().acquire().await?, known.as_deref().unwrap_or_default(), from).await?
            && let Some(seconds) = self.attempt(&everywhere, FREE_EVERYWHERE).await?
        {
            return Ok(SignIn::Locked { seconds });
        }
        let sql = "select id, password from accounts where login = $1 and ended = 0";
        let row = sqlx::query(sql).bind(known.clone().unwrap_or_default()).fetch_optional(self.store.pool()).await?;
        let (id, hash) = match &row {
            // Who comes in by their department alone has none.
            Some(row) => (Some(row.try_get::<String, _>(0)?), Some(row.try_get::<String, _>(1)?).filter(|hash| !hash.is_empty())),
            None => (None, None),
        };
        let right = self.passwords.matches(password, hash.clone()).await?;
        let mut turn = self.store.turn().await?;
        let now = self.now();
        // Looked up again: it may have been ended, or its password changed, meanwhile.
        let same = "select 1 from accounts where id = $1 and ended = 0 and password = $2";
        let (Some(id), true) = (&id, right) else {
            // Whoever tries names that nobody has fills no journal.
            let misses = match &id {
                Some(_) => Some(1),
                None => self.misses.lock().unwrap_or_else(PoisonError::into_inner).one_more(now),
            };
            if let Some(count) = misses {
                let about = id.clone().unwrap_or_default();
                let details =
                    if count > 1 { json!({ "address": from.address, "count": count }) } else { json!({ "address": from.address }) };
                note(&mut turn, now, "", "sign-in-failed", &about, &details).await?;
                turn.commit().await?;
            }
            return Ok(SignIn::Wrong);
        };
        if sqlx::query(same).bind(id).bind(hash.unwrap_or_default()).fetch_optional(&mut *turn).await?.is_none() {
            return Ok(SignIn::Wrong);
        }
        forget_attempts(&mut turn, name).await?;
        let token = begin(&mut turn, id, Strength::Password, from, now).await?;
        let account = Account::read(&mut turn, id).await?.ok_or(StaffError::Unreadable("an account"))?;
        note(&mut turn, now, id, "signed-in", id, &json!({ "address": from.address })).await?;
        seen_from(&mut turn, id, from, now).await?;
        turn.commit().await?;
        self.letters.notify_one();
        Ok(SignIn::Entered(Box::new(Entered { token, account })))
    }

    /// Counts a try. Seconds to wait, if it is one too many.
    pub(super) async fn attempt(&self, tried: &str, free: i64) -> Result<Option<i64>, StaffError> {
        let mut turn = self.store.turn().await?;
        let now = self.now();
        sqlx::query("delete from attempts where newest < $1").bind(now - FORGOTTEN).execute(&mut *turn).await?;
        let row = sqlx::query("select failures, until from attempts where login = $1").bind(tried).fetch_optional(&mut *turn).await?;
        let (failures, until): (i64, Millis) = match row {
            Some(row) => (row.try_get(0)?, row.try_get(1)?),
            None => (0, 0),
        };
        if until > now {
            return Ok(Some((until - now).div_euclid(1_000) + 1));
        }
        let failures = failures + 1;
        let sql = "insert into attempts (login, failures, newest, until) values ($1, $2, $3, $4) \
                   on conflict (login) do update set failures = excluded.failures, newest = excluded.newest, until = excluded.until";
        sqlx::query(sql).bind(tried).bind(failures).bind(now).bind(now + wait(failures, free)).execute(&mut *turn).await?;
        turn.commit().await?;
        Ok(None)
    }

    /// Begins a session of an account that has shown by other means who it is.
    pub async fn begin_session(&self, account: &str, strength: Strength, from: &From) -> Result<Token, StaffError> {
        let mut turn = self.store.turn().await?;
        let now = self.now();
        let token = begin(&mut turn, account, strength, from, now).await?;
        note(&mut turn, now, account, "signed-in", account, &json!({ "address": from.address })).await?;
        seen_from(&mut turn, account, from, now).await?;
        turn.commit().await?;
        self.letters.notify_one();
        Ok(token)
    }

    /// The session of a token with its account, if neither is over.
    pub async fn session(&self, token: &Token) -> Result<Option<(Session, Account)>, StaffError> {
        let mut connection = self.store.pool().acquire().await?;
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from sessions where id = $1"));
        let Some(row) = sqlx::query(sql).bind(token.kept()).fetch_optional(&mut *connection).await? else { return Ok(None) };
        let (session, now) = (Session::row(&row)?, self.now());
        if session.is_over(now) {
            sqlx::query("delete from sessions where id = $1").bind(&session.id).execute(&mut *connection).await?;
            return Ok(None);
        }
        let account = Account::read(&mut connection, &session.account).await?;
        let Some(account) = account.filter(|account| account.ended.is_none()) else { return Ok(None) };
        if now - session.seen >= SEEN {
            sqlx::query("update sessions set seen = $1 where id = $2").bind(now).bind(&session.id).execute(&mut *connection).await?;
        }
        Ok(Some((session, account)))
    }

    /// Whose session this is, by its hash, if it is not over.
    pub(super) async fn of_session(&self, id: &str) -> Result<Option<Account>, StaffError> {
        let mut connection = self.store.pool().acquire().await?;
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from sessions where id = $1"));
        let Some(row) = sqlx::query(sql).bind(id).fetch_optional(&mut *connection).await? else { return Ok(None) };
        let session = Session::row(&row)?;
        let account = Account::read(&mut connection, &session.account).await?.filter(|account| account.ended.is_none());
        let strong = account.filter(|account| Stand::of(account, &session) == Stand::In);
        Ok(strong.filter(|_| !session.is_over(self.now())))
    }

    /// Sessions of an account that are not over, newest first.
    pub async fn sessions_of(&self, account: &str) -> Result<Vec<Session>, StaffError> {
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from sessions where account = $1 order by begun desc"));
        let rows = sqlx::query(sql).bind(account).fetch_all(self.store.pool()).await?;
        let now = self.now();
        let sessions: Vec<_> = rows.iter().map(Session::row).collect::<Result<_, _>>()?;
        Ok(sessions.into_iter().filter(|session| !session.is_over(now)).collect())
    }

    /// Ends sessions of an account: the one with this handle, or all but the one it is asked from.
    pub async fn end_sessions(&self, own: &Session, handle: Option<&str>) -> Result<(), StaffError> {
        let mut turn = self.store.turn().await?;
        let rows = sqlx::query("select id from sessions where account = $1").bind(&own.account).fetch_all(&mut *turn).await?;
        for row in rows {
            let id: String = row.try_get(0)?;
            if handle.map_or(id != own.id, |handle| handle.len() == 16 && id.starts_with(handle)) {
                sqlx::query("delete from sessions where id = $1").bind(&id).execute(&mut *turn).await?;
                let details = json!({ "session": id.get(..16) });
                note(&mut turn, self.now(), &own.account, "session-ended", &own.account, &details).await?;
            }
        }
        turn.commit().await?;
        Ok(())
    }

    /// Ends the session of a token.
    pub async fn sign_out(&self, token: &Token) -> Result<(), StaffError> {
        let mut turn = self.store.turn().await?;
        let row = sqlx::query("select account from sessions where id = $1").bind(token.kept()).fetch_optional(&mut *turn).await?;
        let Some(row) = row else { return Ok(()) };
        let account: String = row.try_get(0)?;
        sqlx::query("delete from sessions where id = $1").bind(token.kept()).execute(&mut *turn).await?;
        note(&mut turn, self.now(), &account, "signed-out", &account, &json!({})).await?;
        turn.commit().await?;
        Ok(())
    }
}

/// Forgets the sessions that are over, whosoever.
async fn forget_over(connection: &mut AnyConnection, now: Millis) -> Result<(), StaffError> {
    let over = "delete from sessions where seen <= $1 or begun <= $2";
    sqlx::query(over).bind(now - IDLE).bind(now - LONGEST).execute(connection).await?;
    Ok(())
}

/// Ends every session that an account has open: how many there were.
pub(super) async fn end_all(connection: &mut AnyConnection, account: &str, now: Millis) -> Result<u64, StaffError> {
    forget_over(connection, now).await?;
    let ended = sqlx::query("delete from sessions where account = $1").bind(account).execute(connection).await?;
    Ok(ended.rows_affected())
}

/// Begins a session; answers what its browser is given.
pub(super) async fn begin(
    connection: &mut AnyConnection,
    account: &str,
    strength: Strength,
    from: &From,
    now: Millis,
) -> Result<Token, StaffError> {
    let token = Token::new()?;
    forget_over(connection, now).await?;
    let agent: String = from.agent.chars().filter(|c| !c.is_control()).take(LONGEST_AGENT).collect();
    let sql = "insert into sessions (id, account, begun, seen, strength, address, agent) values ($1, $2, $3, $3, $4, $5, $6)";
    sqlx::query(sql)
        .bind(token.kept())
        .bind(account)
        .bind(now)
        .bind(if strength == Strength::SecondFactor { 2_i64 } else { 1 })
        .bind(&from.address)
        .bind(agent)
        .execute(connection)
        .await?;
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_after_wrong_passwords_grows_and_has_a_bound() {
        let waits: Vec<_> = (1..=12).map(|failures| wait(failures, FREE) / 1_000).collect();
        assert_eq!(waits, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(wait(i64::MAX, FREE), LONGEST_WAIT);
    }

    #[test]
    fn what_cannot_be_a_token_is_not_looked_up_and_a_form_carries_another_secret_than_the_cookie() {
        let text = "0123456789abcdef".repeat(4);
        for bad in ["", "0123", &text.to_uppercase(), &format!("{text}0"), &"g".repeat(64)] {
            assert!(Token::read(bad).is_none(), "{bad}");
        }
        let token = Token::read(&text).unwrap_or_else(|| Token(String::new()));
        assert!(token.is_in(&token.form()) && !token.is_in("") && !token.is_in(&text) && token.form() != text);
    }
}
