//! Identities: who comes in by their department's own sign-in, and the ways there and back.
//!
//! What a browser keeps meanwhile is one secret. All that travels to the department (state, nonce, the proof of the code) is
//! made from it, and its way is taken once: whoever comes back with another, or a second time, is nobody.

use super::{
    Account, From, Refusal, Session, Staff, StaffError, Strength, Token,
    accounts::{self, hex, kept_of, login_of, name_of, new_id},
    journal::note,
    letters::{LetterKind, tell},
    links::Link,
    people::Asked,
    roles::Role,
};
use crate::departments::{Secrets, Shown};
use app::Lang;
use chain::time::Millis;
use serde_json::json;
use sqlx::{AnyConnection, Row, any::AnyRow};
use subtle::ConstantTimeEq;

/// How long somebody may be away.
const PATIENCE: Millis = 10 * 60_000;

/// What somebody went to their department for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// To come in.
    In,
    /// To make the account that a link (by its hash) invites to, under these names.
    Join { link: String, login: String, name: String },
    /// To come in that way from now on; the session, by its hash, that asked.
    Bind { session: String },
}

/// A way to a department and back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    pub department: String,
    pub purpose: Purpose,
    pub lang: Lang,
    /// Where to go afterwards; nothing: to the first page.
    pub page: String,
}

/// What comes of a way: kept by the browser, and sent along.
pub struct Begun {
    pub secret: String,
    pub secrets: Secrets,
}

/// Somebody's sign-in elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub issuer: String,
    pub subject: String,
    pub department: String,
    pub shown: String,
    pub added: Millis,
    pub used: Millis,
}

/// What is made from what the browser keeps.
fn secrets_of(secret: &str) -> Secrets {
    Secrets { state: kept_of("state", secret), nonce: kept_of("nonce", secret), verifier: kept_of("code proof", secret) }
}

impl Way {
    fn row(row: &AnyRow) -> Result<Way, StaffError> {
        let unreadable = || StaffError::Unreadable("a way to a department");
        let held: String = row.try_get(2)?;
        Ok(Way {
            department: row.try_get(0)?,
            purpose: match row.try_get::<&str, _>(1)? {
                "in" => Purpose::In,
                "join" => Purpose::Join { link: held, login: row.try_get(3)?, name: row.try_get(4)? },
                "bind" => Purpose::Bind { session: held },
                _ => return Err(unreadable()),
            },
            lang: Lang::from_code(row.try_get(5)?).ok_or_else(unreadable)?,
            page: row.try_get(6)?,
        })
    }
}

/// By how much somebody has shown who they are to a department that speaks for this agency, or for everybody. What it says of a second
/// factor counts where it speaks for all that the account may do: a role elsewhere asks for the desk's own.
fn strength(agency: &str, account: &Account, shown: &Shown) -> Strength {
    let whole = agency.is_empty() || account.roles.iter().all(|(_, of)| of == agency);
    if shown.second_factor && whole { Strength::SecondFactor } else { Strength::Password }
}

/// Binds an identity to an account; false where it is somebody's already.
async fn bind(turn: &mut AnyConnection, account: &str, department: &str, shown: &Shown, now: Millis) -> Result<bool, StaffError> {
    let sql = "insert into identities (issuer, subject, account, department, shown, added, used) values ($1, $2, $3, $4, $5, $6, 0) \
               on conflict (issuer, subject) do nothing";
    let query = sqlx::query(sql).bind(&shown.issuer).bind(&shown.subject).bind(account).bind(department).bind(&shown.name).bind(now);
    if query.execute(&mut *turn).await?.rows_affected() == 0 {
        return Ok(false);
    }
    let details = json!({ "department": department, "shown": shown.name });
    note(turn, now, account, "identity-bound", account, &details).await?;
    Ok(true)
}

/// Forgets the identities of somebody who begins anew: whoever bound one in their name comes in by it no more.
pub(super) async fn forget(turn: &mut AnyConnection, account: &str) -> Result<(), StaffError> {
    sqlx::query("delete from identities where account = $1").bind(account).execute(turn).await?;
    Ok(())
}

impl Staff {
    /// Begins a way to a department.
    pub async fn begin_way(&self, way: &Way) -> Result<Begun, StaffError> {
        let secret = hex(&crate::keys::random::<32>()?);
        let none = String::new();
        let (kind, held, login, name) = match &way.purpose {
            Purpose::In => ("in", &none, &none, &none),
            Purpose::Join { link, login, name } => ("join", link, login, name),
            Purpose::Bind { session } => ("bind", session, &none, &none),
        };
        let mut turn = self.store.turn().await?;
        let now = self.now();
        sqlx::query("delete from ways where made < $1").bind(now - PATIENCE).execute(&mut *turn).await?;
        let sql =
            "insert into ways (id, department, kind, held, login, name, language, page, made) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        sqlx::query(sql)
            .bind(kept_of("way", &secret))
            .bind(&way.department)
            .bind(kind)
            .bind(held)
            .bind(login)
            .bind(name)
            .bind(way.lang.code())
            .bind(&way.page)
            .bind(now)
            .execute(&mut *turn)
            .await?;
        turn.commit().await?;
        Ok(Begun { secrets: secrets_of(&secret), secret })
    }

    /// Ends a way by what the browser kept and the state that came back: once, whatever came of it.
    pub async fn end_way(&self, secret: &str, state: &str) -> Result<Option<(Way, Secrets)>, StaffError> {
        let secrets = secrets_of(secret);
        if !bool::from(secrets.state.as_bytes().ct_eq(state.as_bytes())) {
            return Ok(None);
        }
        let mut turn = self.store.turn().await?;
        let sql = "select department, kind, held, login, name, language, page from ways where id = $1 and made > $2";
        let id = kept_of("way", secret);
        let row = sqlx::query(sql).bind(&id).bind(self.now() - PATIENCE).fetch_optional(&mut *turn).await?;
        let Some(way) = row.as_ref().map(Way::row).transpose()? else { return Ok(None) };
        sqlx::query("delete from ways where id = $1").bind(&id).execute(&mut *turn).await?;
        turn.commit().await?;
        Ok(Some((way, secrets)))
    }

    /// Lets somebody in whose department has shown who they are. None: nobody here comes in that way, or not any more.
    pub async fn enter_by(&self, department: &str, agency: &str, shown: &Shown, from: &From) -> Result<Option<Token>, StaffError> {
        let mut turn = self.store.turn().await?;
        let now = self.now();
        let sql = "select account from identities where issuer = $1 and subject = $2 and department = $3";
        let row = sqlx::query(sql).bind(&shown.issuer).bind(&shown.subject).bind(department).fetch_optional(&mut *turn).await?;
        let account = match row {
            Some(row) => Account::read(&mut turn, row.try_get(0)?).await?,
            None => None,
        };
        // A department speaks for its own people alone.
        let known = account.filter(|account| account.ended.is_none() && (agency.is_empty() || account.roles.is_in(agency)));
        let Some(account) = known else {
            let details = json!({ "address": from.address, "department": department });
            note(&mut turn, now, "", "sign-in-failed", "", &details).await?;
            turn.commit().await?;
            return Ok(None);
        };
        let sql = "update identities set used = $1, shown = $2 where issuer = $3 and subject = $4";
        sqlx::query(sql).bind(now).bind(&shown.name).bind(&shown.issuer).bind(&shown.subject).execute(&mut *turn).await?;
        turn.commit().await?;
        self.begin_session(&account.id, strength(agency, &account, shown), from).await.map(Some)
    }

    /// Makes the account that a link invites to, without a password: its owner comes in by their department. Answers it with by how much
    /// they have shown who they are.
    pub async fn join_by(
        &self,
        (department, agency): (&str, &str),
        shown: &Shown,
        (link, login, name): (&str, &str, &str),
    ) -> Result<Result<(Account, Strength), Refusal>, StaffError> {
        let (Some(login), Some(name)) = (login_of(login), name_of(name)) else { return Ok(Err(Refusal::Login)) };
        let id = new_id()?;
        let mut turn = self.store.turn().await?;
        let now = self.now();
        let link = Link::kept(&mut turn, link, now).await?.filter(|link| !link.kind.recovers());
        let Some(link) = link.filter(|link| agency.is_empty() || link.roles.is_in(agency)) else { return Ok(Err(Refusal::Link)) };
        let maker = Account::read(&mut turn, &link.made_by).await?.filter(|maker| maker.ended.is_none());
        if !maker.is_some_and(|maker| maker.roles.may(Role::Administrator, &link.agency)) {
            return Ok(Err(Refusal::Link));
        }
        if !accounts::write(&mut turn, &id, (&login, &name, ""), &link.roles, &link.made_by, now).await? {
            return Ok(Err(Refusal::Taken));
        }
        if !bind(&mut turn, &id, department, shown, now).await? {
            return Ok(Err(Refusal::Bound));
        }
        link.used(&mut turn, now).await?;
        let made = Account::read(&mut turn, &id).await?.ok_or(StaffError::Unreadable("an account"))?;
        turn.commit().await?;
        let strength = strength(agency, &made, shown);
        Ok(Ok((made, strength)))
    }

    /// Binds an identity to the account whose session asked for it and is not over.
    pub async fn bind_identity(&self, (department, agency): (&str, &str), shown: &Shown, session: &str) -> Asked<()> {
        let Some(account) = self.of_session(session).await? else { return Ok(Err(Refusal::Nobody)) };
        if !agency.is_empty() && !account.roles.is_in(agency) {
            return Ok(Err(Refusal::Nobody));
        }
        let mut turn = self.store.turn().await?;
        let now = self.now();
        if !bind(&mut turn, &account.id, department, shown, now).await? {
            return Ok(Err(Refusal::Bound));
        }
        tell(&mut turn, &account.id, LetterKind::NewWay, "", now).await?;
        turn.commit().await?;
        self.letters.notify_one();
        Ok(Ok(()))
    }

    /// Removes one's own identity, unless nothing else lets one in.
    pub async fn unbind_identity(&self, session: &Session, issuer: &str, subject: &str) -> Asked<()> {
        let mut turn = self.store.turn().await?;
        let account = &session.account;
        let sql = "delete from identities where issuer = $1 and subject = $2 and account = $3";
        if sqlx::query(sql).bind(issuer).bind(subject).bind(account).execute(&mut *turn).await?.rows_affected() == 0 {
            return Ok(Err(Refusal::Nobody));
        }
        let sql =
            "select (select count(*) from accounts where id = $1 and password <> ''), (select count(*) from identities where account = $1)";
        let row = sqlx::query(sql).bind(account).fetch_one(&mut *turn).await?;
        if row.try_get::<i64, _>(0)? + row.try_get::<i64, _>(1)? == 0 {
            return Ok(Err(Refusal::LastWay));
        }
        note(&mut turn, self.now(), account, "identity-unbound", account, &json!({})).await?;
        turn.commit().await?;
        Ok(Ok(()))
    }

    /// The identities of an account, oldest first.
    pub async fn identities_of(&self, account: &str) -> Result<Vec<Identity>, StaffError> {
        let sql = "select issuer, subject, department, shown, added, used from identities where account = $1 order by added";
        let rows = sqlx::query(sql).bind(account).fetch_all(self.store.pool()).await?;
        let row = |row: &AnyRow| {
            Ok(Identity {
                issuer: row.try_get(0)?,
                subject: row.try_get(1)?,
                department: row.try_get(2)?,
                shown: row.try_get(3)?,
                added: row.try_get(4)?,
                used: row.try_get(5)?,
            })
        };
        rows.iter().map(row).collect()
    }
}
