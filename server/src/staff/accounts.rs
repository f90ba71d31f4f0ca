//! Accounts: who there is, under which name each signs in, and since when one has ended.

use super::{
    Staff, StaffError,
    journal::note,
    passwords::{self, Weakness},
    roles::{self, Roles},
};
use chain::time::Millis;
use serde_json::json;
use sqlx::{AnyConnection, Row, any::AnyRow};

/// Most characters of a name to sign in with, and of a name to be called by.
const LONGEST_LOGIN: usize = 64;
const LONGEST_NAME: usize = 80;

/// Somebody at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// 32 hexadecimal digits, for ever.
    pub id: String,
    /// The name to sign in with.
    pub login: String,
    /// What colleagues call them.
    pub name: String,
    pub created: Millis,
    /// When it was ended, if it was.
    pub ended: Option<Millis>,
    pub roles: Roles,
    /// Whether a second factor stands behind the password.
    pub second_factor: bool,
}

/// What somebody asks for who makes an account.
#[derive(Debug, Clone, Default)]
pub struct NewAccount {
    pub login: String,
    pub name: String,
    pub password: String,
}

/// Why something about an account is not taken as it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Not letters, digits and `. - _ @`, from 2 to 64 of them.
    Login,
    Taken,
    /// Nothing, too much, or what cannot be seen.
    Name,
    Password(Weakness),
    /// No address that mail can be sent to.
    Address,
    /// A sign-in that opens somebody's account already.
    Bound,
    /// Nothing else would let them in.
    LastWay,
    /// Used, expired, or never made.
    Link,
    /// The password given as the present one is not.
    WrongPassword,
    /// No code of now, or one that was used; no passkey of this account.
    WrongCode,
    /// Whoever must have a second factor keeps the last.
    LastFactor,
    /// Whoever would be left could not look after people any more.
    LastAdministrator,
    /// There is no such account, or none that this person looks after.
    Nobody,
    /// Nobody ends their own account.
    Own,
    /// Nothing was chosen that there is.
    NoRole,
    /// An auditor holds no other role.
    AuditorAlone,
    /// Too many wrong passwords: looked at again in so many seconds.
    Locked {
        seconds: i64,
    },
}

/// A name to sign in with as it is kept: lowercase.
#[must_use]
pub fn login_of(typed: &str) -> Option<String> {
    let login = typed.trim().to_ascii_lowercase();
    let plain = login.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_@".contains(&byte));
    let ends = |login: &str| login.ends_with(|c: char| c.is_ascii_alphanumeric()) && login.starts_with(|c: char| c.is_ascii_alphanumeric());
    (plain && (2..=LONGEST_LOGIN).contains(&login.len()) && ends(&login)).then_some(login)
}

/// A name to be called by, its spaces put in order. None if there is nothing to see of it, or what hides.
#[must_use]
pub fn name_of(typed: &str) -> Option<String> {
    // Looked at before it is copied about.
    if typed.len() > 8 * LONGEST_NAME {
        return None;
    }
    let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let hides = |c: char| {
        // Those that no JSON of the log may hold would make what this person does unreadable.
        c.is_control()
            || matches!(u32::from(c), 0xfdd0..=0xfdef)
            || u32::from(c) & 0xfffe == 0xfffe
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    };
    let seen = name.chars().any(char::is_alphanumeric);
    (seen && name.chars().count() <= LONGEST_NAME && !name.contains(hides)).then_some(name)
}

/// Of `accounts a`.
pub(super) const COLUMNS: &str = "a.id, a.login, a.name, a.created, a.ended, \
    (select count(*) from authenticators f where f.account = a.id and f.confirmed > 0) \
    + (select count(*) from passkeys p where p.account = a.id)";

impl Account {
    pub(super) fn row(row: &AnyRow) -> Result<Account, StaffError> {
        let ended: Millis = row.try_get(4)?;
        Ok(Account {
            id: row.try_get(0)?,
            login: row.try_get(1)?,
            name: row.try_get(2)?,
            created: row.try_get(3)?,
            ended: (ended > 0).then_some(ended),
            roles: Roles::default(),
            second_factor: row.try_get::<i64, _>(5)? > 0,
        })
    }

    /// One account with its roles, ended or not.
    pub(super) async fn read(connection: &mut AnyConnection, id: &str) -> Result<Option<Account>, StaffError> {
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from accounts a where a.id = $1"));
        let Some(row) = sqlx::query(sql).bind(id).fetch_optional(&mut *connection).await? else { return Ok(None) };
        let mut account = Account::row(&row)?;
        account.roles = Roles::of(connection, id).await?;
        Ok(Some(account))
    }
}

impl NewAccount {
    /// What is wrong with its two names.
    #[must_use]
    pub fn name_refusals(&self) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        refusals.extend(login_of(&self.login).is_none().then_some(Refusal::Login));
        refusals.extend(name_of(&self.name).is_none().then_some(Refusal::Name));
        refusals
    }

    /// What is wrong with it as it was typed, field by field; `around` are names its password must not be made of.
    #[must_use]
    pub fn refusals(&self, around: &[&str]) -> Vec<Refusal> {
        let mut refusals = self.name_refusals();
        let names: Vec<&str> = around.iter().copied().chain([self.login.trim(), self.name.trim()]).collect();
        refusals.extend(passwords::weakness(&self.password, &names).map(Refusal::Password));
        refusals
    }
}

/// Writes down a new account whose fields were looked at; none if its login is taken.
pub(super) async fn write(
    connection: &mut AnyConnection,
    id: &str,
    (login, name, hash): (&str, &str, &str),
    roles: &Roles,
    by: &str,
    now: Millis,
) -> Result<bool, StaffError> {
    let sql = "insert into accounts (id, login, name, password, password_set, created, created_by, ended) \
               values ($1, $2, $3, $4, $5, $5, $6, 0) on conflict (login) do nothing";
    let written = sqlx::query(sql).bind(id).bind(login).bind(name).bind(hash).bind(now).bind(by).execute(&mut *connection).await?;
    if written.rows_affected() == 0 {
        return Ok(false);
    }
    roles::give(connection, id, roles, by, now).await?;
    note(connection, now, id, "account-made", id, &json!({ "login": login, "name": name, "roles": roles.written() })).await?;
    Ok(true)
}

/// 128 random bits, in hexadecimal.
pub(super) fn new_id() -> Result<String, StaffError> {
    Ok(hex(&crate::keys::random::<16>()?))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of a secret, in hexadecimal: what is kept of it.
pub(super) fn kept_of(label: &str, secret: &str) -> String {
    hex(&chain::Hash::of(&[b"gazette staff ", label.as_bytes(), b"\n", secret.as_bytes()]).0)
}

impl Staff {
    /// Whether there is anybody yet.
    pub async fn is_empty(&self) -> Result<bool, StaffError> {
        Ok(sqlx::query("select 1 from accounts limit 1").fetch_optional(self.store.pool()).await?.is_none())
    }

    /// One account with its roles, ended or not.
    pub async fn account(&self, id: &str) -> Result<Option<Account>, StaffError> {
        Account::read(&mut *self.store.pool().acquire().await?, id).await
    }

    /// Makes an account at once, without a link: for tests, and for whoever brings people from elsewhere.
    pub async fn make_account(&self, new: &NewAccount, roles: &Roles, by: &str) -> Result<Result<Account, Vec<Refusal>>, StaffError> {
        let refusals = new.refusals(&[]);
        let (Some(login), Some(name), true) = (login_of(&new.login), name_of(&new.name), refusals.is_empty()) else {
            return Ok(Err(refusals));
        };
        if roles.mix_audit() {
            return Ok(Err(vec![Refusal::AuditorAlone]));
        }
        let (id, hash) = (new_id()?, self.passwords.hash(&new.password).await?);
        let mut turn = self.store.turn().await?;
        if !write(&mut turn, &id, (&login, &name, &hash), roles, by, self.now()).await? {
            return Ok(Err(vec![Refusal::Taken]));
        }
        let made = Account::read(&mut turn, &id).await?.ok_or(StaffError::Unreadable("an account"))?;
        turn.commit().await?;
        Ok(Ok(made))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_to_sign_in_with_is_plain_and_one_to_be_called_by_hides_nothing() {
        assert_eq!(login_of(" Li.Wei@Finance.example "), Some("li.wei@finance.example".into()));
        for bad in ["", "a", ".ab", "ab-", "li wei", "李伟", "a/b", "a\0b", &*"a".repeat(65)] {
            assert_eq!(login_of(bad), None, "{bad:?}");
        }
        assert_eq!(name_of("  李  伟 "), Some("李 伟".into()));
        for bad in ["", "  ", "—", "a\u{202e}b", "a\0b", "a\u{200b}b", &*"a".repeat(81), &*"a".repeat(1 << 20)] {
            assert_eq!(name_of(bad), None, "{bad:?}");
        }
    }
}
