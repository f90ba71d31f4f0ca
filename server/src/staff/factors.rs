//! Second factors: one-time codes of an app (TOTP), and recovery codes for when the app is lost.

use super::{
    Account, Refusal, Session, Staff, StaffError, Token,
    accounts::kept_of,
    journal::note,
    letters::{LetterKind, tell},
    people::Asked,
    sessions::{self, From, Strength},
};
use chain::time::Millis;
use serde_json::json;
use sqlx::{AnyConnection, Row};
use totp_rs::{Builder, Secret, Totp};

/// Recovery codes that are made at once, and characters of each: 60 bits, in an alphabet without letters that look alike.
const CODES: usize = 10;
const CODE: usize = 12;
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Where somebody who has come in stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// Everything their roles open is open.
    In,
    /// The second factor they have is still to be shown.
    MustShow,
    /// Their roles want a second factor, and they have none yet.
    MustAdd,
}

impl Stand {
    /// By what an account has, wants, and has shown in a session.
    #[must_use]
    pub fn of(account: &Account, session: &Session) -> Stand {
        match session.strength {
            Strength::SecondFactor => Stand::In,
            Strength::Password if account.second_factor => Stand::MustShow,
            Strength::Password if account.roles.want_second_factor() => Stand::MustAdd,
            Strength::Password => Stand::In,
        }
    }
}

/// What an app is given to make codes from, before it counts. It travels in the form that confirms it.
#[derive(Clone)]
pub struct NewAuthenticator(String);

impl NewAuthenticator {
    pub fn new() -> Result<NewAuthenticator, StaffError> {
        Ok(NewAuthenticator(Secret::from(crate::keys::random::<20>()?).to_base32()))
    }

    /// As a form brings it back; none if it is no such secret.
    #[must_use]
    pub fn read(text: &str) -> Option<NewAuthenticator> {
        (text.len() == 32 && totp(text).is_some()).then(|| NewAuthenticator(text.to_owned()))
    }

    /// In base 32, for who types it.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// For an app to read from a picture.
    #[must_use]
    pub fn address(&self, issuer: &str, login: &str) -> String {
        let (issuer, login) = (app::pages::text::query(issuer), app::pages::text::query(login));
        format!("otpauth://totp/{issuer}:{login}?secret={}&issuer={issuer}", self.0)
    }
}

/// SHA-1, six digits, thirty seconds, one step to either side: what every app can do.
fn totp(secret: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret).ok()?;
    Builder::new().with_secret(secret).build().ok()
}

/// The step whose code this is, if it is one of now.
fn step(secret: &str, code: &str, now: Millis) -> Option<i64> {
    let step = totp(secret)?.check(code, u64::try_from(now / 1_000).ok()?)?;
    i64::try_from(step).ok()
}

/// A code as it is compared: without the spaces and strokes that people put in.
fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).take(40).collect::<String>().to_ascii_lowercase()
}

fn kept_code(account: &str, code: &str) -> String {
    kept_of("recovery code", &format!("{account} {code}"))
}

/// New recovery codes in the place of all others.
pub(super) async fn new_codes(turn: &mut AnyConnection, account: &str) -> Result<Vec<String>, StaffError> {
    sqlx::query("delete from recovery_codes where account = $1").bind(account).execute(&mut *turn).await?;
    let mut codes = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        let random = crate::keys::random::<CODE>()?;
        let code: String = random.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        let sql = "insert into recovery_codes (account, id, used) values ($1, $2, 0)";
        sqlx::query(sql).bind(account).bind(kept_code(account, &code)).execute(&mut *turn).await?;
        codes.push(code);
    }
    Ok(codes)
}

/// Takes every second factor away.
pub(super) async fn forget(turn: &mut AnyConnection, account: &str) -> Result<(), StaffError> {
    for sql in [
        "delete from authenticators where account = $1",
        "delete from recovery_codes where account = $1",
        "delete from passkeys where account = $1",
    ] {
        sqlx::query(sql).bind(account).execute(&mut *turn).await?;
    }
    Ok(())
}

impl Staff {
    /// Adds an app to the account of a session, in the place of an earlier one, once it has shown a code. The session becomes
    /// a stronger one with a new token; with it come recovery codes, never shown again.
    pub async fn add_authenticator(&self, session: &Session, new: &NewAuthenticator, code: &str) -> Asked<(Token, Vec<String>)> {
        let account = &session.account;
        if let Some(seconds) = self.attempt(&kept_of("code", account), super::sessions::FREE).await? {
            return Ok(Err(Refusal::Locked { seconds }));
        }
        let mut turn = self.store.turn().await?;
        let now = self.now();
        let Some(step) = step(&new.0, &plain(code), now) else { return Ok(Err(Refusal::WrongCode)) };
        let sql = "insert into authenticators (account, secret, confirmed, newest) values ($1, $2, $3, $4) on conflict (account) \
                   do update set secret = excluded.secret, confirmed = excluded.confirmed, newest = excluded.newest";
        sqlx::query(sql).bind(account).bind(&new.0).bind(now).bind(step).execute(&mut *turn).await?;
        let codes = new_codes(&mut turn, account).await?;
        note(&mut turn, now, account, "authenticator-added", account, &json!({})).await?;
        tell(&mut turn, account, LetterKind::NewWay, "", now).await?;
        let Some(token) = raise(&mut turn, session, now).await? else { return Ok(Err(Refusal::Nobody)) };
        turn.commit().await?;
        self.letters.notify_one();
        Ok(Ok((token, codes)))
    }

    /// Looks at a code of the app, or a recovery code. Right: the session becomes a stronger one with a new token.
    pub async fn show_code(&self, session: &Session, code: &str) -> Asked<Token> {
        let (account, code) = (&session.account, plain(code));
        if let Some(seconds) = self.attempt(&kept_of("code", account), super::sessions::FREE).await? {
            return Ok(Err(Refusal::Locked { seconds }));
        }
        let mut turn = self.store.turn().await?;
        let now = self.now();
        let how = if self.code_is_right(&mut turn, account, &code, now).await? {
            "code"
        } else {
            let sql = "update recovery_codes set used = $1 where account = $2 and id = $3 and used = 0";
            let used = sqlx::query(sql).bind(now).bind(account).bind(kept_code(account, &code)).execute(&mut *turn).await?;
            if used.rows_affected() == 0 {
                note(&mut turn, now, account, "second-factor-failed", account, &json!({ "address": session.address })).await?;
                turn.commit().await?;
                return Ok(Err(Refusal::WrongCode));
            }
            "recovery-code"
        };
        note(&mut turn, now, account, "second-factor-shown", account, &json!({ "by": how })).await?;
        let Some(token) = raise(&mut turn, session, now).await? else { return Ok(Err(Refusal::Nobody)) };
        turn.commit().await?;
        Ok(Ok(token))
    }

    /// Whether it is a code of the app, of a step that no code was taken of yet.
    async fn code_is_right(&self, turn: &mut AnyConnection, account: &str, code: &str, now: Millis) -> Result<bool, StaffError> {
        let sql = "select secret from authenticators where account = $1 and confirmed > 0";
        let Some(row) = sqlx::query(sql).bind(account).fetch_optional(&mut *turn).await? else { return Ok(false) };
        let Some(step) = step(row.try_get(0)?, code, now) else { return Ok(false) };
        let sql = "update authenticators set newest = $1 where account = $2 and newest < $1";
        Ok(sqlx::query(sql).bind(step).bind(account).execute(turn).await?.rows_affected() > 0)
    }

    /// Makes recovery codes in the place of the earlier ones.
    pub async fn new_recovery_codes(&self, session: &Session) -> Result<Vec<String>, StaffError> {
        let mut turn = self.store.turn().await?;
        let codes = new_codes(&mut turn, &session.account).await?;
        let now = self.now();
        note(&mut turn, now, &session.account, "recovery-codes-made", &session.account, &json!({})).await?;
        tell(&mut turn, &session.account, LetterKind::NewWay, "", now).await?;
        turn.commit().await?;
        self.letters.notify_one();
        Ok(codes)
    }

    /// Which of these are recovery codes of an account that were not used yet.
    pub async fn are_recovery_codes(&self, account: &str, codes: &[String]) -> Result<bool, StaffError> {
        for code in codes {
            let sql = "select 1 from recovery_codes where account = $1 and id = $2 and used = 0";
            let row = sqlx::query(sql).bind(account).bind(kept_code(account, code)).fetch_optional(self.store.pool()).await?;
            if row.is_none() {
                return Ok(false);
            }
        }
        Ok(!codes.is_empty())
    }

    /// Whether an account has an app that makes codes, and how many recovery codes it has left.
    pub async fn factors_of(&self, account: &str) -> Result<(bool, u32), StaffError> {
        let sql = "select (select count(*) from authenticators where account = $1 and confirmed > 0), \
                   (select count(*) from recovery_codes where account = $1 and used = 0)";
        let row = sqlx::query(sql).bind(account).fetch_one(self.store.pool()).await?;
        Ok((row.try_get::<i64, _>(0)? > 0, u32::try_from(row.try_get::<i64, _>(1)?).unwrap_or_default()))
    }
}

/// The same session, stronger, under a new token: whoever held the old one holds nothing. None if it has ended.
pub(super) async fn raise(turn: &mut AnyConnection, session: &Session, now: Millis) -> Result<Option<Token>, StaffError> {
    let ended = sqlx::query("delete from sessions where id = $1").bind(&session.id).execute(&mut *turn).await?;
    if ended.rows_affected() == 0 {
        return Ok(None);
    }
    sqlx::query("delete from attempts where login = $1").bind(kept_of("code", &session.account)).execute(&mut *turn).await?;
    let from = From { address: session.address.clone(), agent: session.agent.clone() };
    sessions::begin(turn, &session.account, Strength::SecondFactor, &from, now).await.map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, whose codes have two digits more.
        let secret = Secret::from(b"12345678901234567890".to_vec()).to_base32();
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(step(&secret, code, seconds * 1_000), Some(seconds / 30));
            assert_eq!(step(&secret, code, (seconds + 120) * 1_000), None);
        }
        for bad in ["", "28708", "2870820", "+87082", "２８７０８２"] {
            assert_eq!(step(&secret, bad, 59_000), None, "{bad}");
        }
    }

    #[test]
    fn what_an_app_reads_names_portal_and_person() {
        let new = NewAuthenticator::read("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let address = new.map(|new| new.address("云泽 Gazette", "li@a.example")).unwrap_or_default();
        assert_eq!(
            address,
            "otpauth://totp/%E4%BA%91%E6%B3%BD%20Gazette:li%40a.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E4%BA%91%E6%B3%BD%20Gazette"
        );
        for bad in ["", "GEZDGNBV", "gezdgnbvgy3tqojqgezdgnbvgy3tqo!!", &"A".repeat(64)] {
            assert!(NewAuthenticator::read(bad).is_none(), "{bad}");
        }
    }
}
