//! Passkeys as a second factor: a key on a device shows that it is there (WebAuthn).
//!
//! What a page asks a browser and what it brings back belong together by the session they were asked in. That is kept in
//! memory: with several servers, a browser must be answered by one of them while it asks.

use super::{
    Account, Refusal, Session, Staff, StaffError, Token,
    accounts::{hex, name_of},
    factors::{new_codes, raise},
    journal::note,
    letters::{LetterKind, tell},
    people::Asked,
};
use chain::time::Millis;
use serde_json::json;
use sqlx::{AnyConnection, Row};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use webauthn_rp::{
    AuthenticatedCredential, NonDiscoverableAuthentication16, NonDiscoverableAuthenticationServerState,
    NonDiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration, RegistrationServerState,
    bin::{Decode, Encode},
    request::{
        AsciiDomain, Credentials, PublicKeyCredentialDescriptor, RpId,
        auth::{AllowedCredentials, AuthenticationVerificationOptions},
        register::{Nickname, PublicKeyCredentialUserEntity, RegistrationVerificationOptions, UserHandle16, Username},
    },
    response::{
        AuthTransports, CredentialId,
        register::{CompressedPubKey, DynamicState, StaticState},
    },
};

/// How long what was asked may be answered, and how many are remembered.
const PATIENCE: Millis = 300_000;
const REMEMBERED: usize = 10_000;
/// Most passkeys of one account.
const MOST: i64 = 20;
/// Most bytes of an answer that are looked at.
const LARGEST: usize = 64 * 1024;

/// The portal as browsers know it: where passkeys are bound to.
pub struct Site {
    id: RpId,
    origin: String,
}

impl Site {
    /// From the address under which people reach the portal. None where browsers have no passkeys: an address that is no
    /// name, or one without TLS that is not this machine.
    #[must_use]
    pub fn at(base: &str) -> Option<Site> {
        let (scheme, authority) = base.split_once("://")?;
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        let named = host.bytes().any(|byte| byte.is_ascii_alphabetic()) && !host.starts_with('[');
        let safe = scheme == "https" || host == "localhost";
        let id = RpId::Domain(AsciiDomain::try_from(host.to_owned()).ok()?);
        (named && safe).then(|| Site { id, origin: base.to_owned() })
    }
}

/// One passkey, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Hexadecimal.
    pub id: String,
    pub name: String,
    pub added: Millis,
    pub used: Millis,
}

enum Ceremony {
    Adding(Box<RegistrationServerState<16>>),
    Showing(Box<NonDiscoverableAuthenticationServerState>),
}

/// What browsers are being asked, by session. Cloning shares it.
#[derive(Clone, Default)]
pub(super) struct Ceremonies(Arc<Mutex<HashMap<String, (Millis, Ceremony)>>>);

impl Ceremonies {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, (Millis, Ceremony)>> {
        // Nothing in it is ever half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Of each session the newest question counts.
    fn ask(&self, session: &str, ceremony: Ceremony, now: Millis) {
        let mut all = self.lock();
        all.retain(|_, (asked, _)| now - *asked < PATIENCE);
        if all.len() < REMEMBERED {
            all.insert(session.to_owned(), (now, ceremony));
        }
    }

    /// Answered once, rightly or not.
    fn take(&self, session: &str, now: Millis) -> Option<Ceremony> {
        self.lock().remove(session).filter(|(asked, _)| now - *asked < PATIENCE).map(|(_, ceremony)| ceremony)
    }
}

fn unreadable() -> StaffError {
    StaffError::Unreadable("a passkey")
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

/// The account's id as authenticators keep it.
fn handle(account: &str) -> Option<UserHandle16> {
    UserHandle16::decode(bytes(account)?.try_into().ok()?).ok()
}

/// A public key of any kind that passkeys have.
type PublicKey = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

/// What is kept of a key: what never changes, what does, and how its device is reached.
struct Kept {
    fixed: Vec<u8>,
    moving: [u8; 7],
    transports: u8,
}

impl Kept {
    fn written(&self) -> String {
        format!("{}.{}.{:02x}", hex(&self.fixed), hex(&self.moving), self.transports)
    }

    fn read(text: &str) -> Option<Kept> {
        let mut parts = text.split('.').map(bytes);
        let (fixed, moving, transports) = (parts.next()??, parts.next()??, parts.next()??);
        Some(Kept { fixed, moving: moving.try_into().ok()?, transports: *transports.first()? })
    }
}

/// Those of an account, as a browser is told of them.
async fn descriptors(connection: &mut AnyConnection, account: &str) -> Result<Vec<PublicKeyCredentialDescriptor<Vec<u8>>>, StaffError> {
    let rows = sqlx::query("select id, key from passkeys where account = $1").bind(account).fetch_all(connection).await?;
    let descriptor = |row: &sqlx::any::AnyRow| {
        let (id, key): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let id = bytes(&id).and_then(|id| CredentialId::<Vec<u8>>::decode(id).ok()).ok_or_else(unreadable)?;
        let kept = Kept::read(&key).ok_or_else(unreadable)?;
        let transports = AuthTransports::decode(kept.transports).map_err(|_| unreadable())?;
        Ok(PublicKeyCredentialDescriptor { id, transports })
    };
    rows.iter().map(descriptor).collect()
}

impl Staff {
    /// Passkeys of an account, oldest first.
    pub async fn passkeys_of(&self, account: &str) -> Result<Vec<Passkey>, StaffError> {
        let sql = "select id, name, added, used from passkeys where account = $1 order by added";
        let rows = sqlx::query(sql).bind(account).fetch_all(self.store.pool()).await?;
        let row = |row: &sqlx::any::AnyRow| {
            Ok(Passkey { id: row.try_get(0)?, name: row.try_get(1)?, added: row.try_get(2)?, used: row.try_get(3)? })
        };
        rows.iter().map(row).collect()
    }

    /// What a browser is asked to make a passkey from, as JSON.
    pub async fn ask_new_passkey(&self, session: &Session, account: &Account, site: &Site) -> Result<Option<String>, StaffError> {
        let known = descriptors(&mut *self.store.pool().acquire().await?, &account.id).await?;
        let Some(id) = handle(&account.id) else { return Ok(None) };
        let Ok(name) = Username::try_from(account.login.as_str()) else { return Ok(None) };
        let user = PublicKeyCredentialUserEntity { name, id: &id, display_name: Nickname::try_from(account.name.as_str()).ok() };
        let options = PublicKeyCredentialCreationOptions::second_factor(&site.id, user, known);
        let Ok((state, asked)) = options.start_ceremony() else { return Ok(None) };
        let asked = serde_json::to_string(&asked).map_err(|_| unreadable())?;
        self.ceremonies.ask(&session.id, Ceremony::Adding(Box::new(state)), self.now());
        Ok(Some(asked))
    }

    /// Adds the passkey that a browser made. The session becomes a stronger one with a new token; recovery codes come with it
    /// where there are none.
    pub async fn add_passkey(&self, session: &Session, site: &Site, made: &str, name: &str) -> Asked<(Token, Vec<String>)> {
        let now = self.now();
        let Some(name) = name_of(name) else { return Ok(Err(Refusal::Name)) };
        let Some(Ceremony::Adding(state)) = self.ceremonies.take(&session.id, now) else { return Ok(Err(Refusal::WrongCode)) };
        let made = made.get(..made.len().min(LARGEST)).unwrap_or_default();
        let Ok(made) = Registration::from_json_relaxed(made.as_bytes()) else { return Ok(Err(Refusal::WrongCode)) };
        let origins = [site.origin.as_str()];
        let wanted = RegistrationVerificationOptions::<&str, &str> { allowed_origins: &origins, ..Default::default() };
        let Ok(key) = state.verify(&site.id, &made, &wanted) else { return Ok(Err(Refusal::WrongCode)) };
        let kept = Kept {
            fixed: key.static_state().encode().map_err(|_| unreadable())?,
            moving: key.dynamic_state().encode().map_err(|_| unreadable())?,
            transports: key.transports().encode().map_err(|_| unreadable())?,
        };
        let id = hex(key.id().encode().map_err(|_| unreadable())?);
        let account = &session.account;
        let mut turn = self.store.turn().await?;
        let row = sqlx::query("select count(*) from passkeys where account = $1").bind(account).fetch_one(&mut *turn).await?;
        let sql = "insert into passkeys (id, account, name, key, added, used) values ($1, $2, $3, $4, $5, 0) on conflict (id) do nothing";
        let added = sqlx::query(sql).bind(&id).bind(account).bind(&name).bind(kept.written()).bind(now).execute(&mut *turn).await?;
        if added.rows_affected() == 0 || row.try_get::<i64, _>(0)? >= MOST {
            return Ok(Err(Refusal::Taken));
        }
        let sql = "select 1 from recovery_codes where account = $1 limit 1";
        let codes = match sqlx::query(sql).bind(account).fetch_optional(&mut *turn).await? {
            Some(_) => vec![],
            None => new_codes(&mut turn, account).await?,
        };
        note(&mut turn, now, account, "passkey-added", account, &json!({ "name": name })).await?;
        tell(&mut turn, account, LetterKind::NewWay, "", now).await?;
        let Some(token) = raise(&mut turn, session, now).await? else { return Ok(Err(Refusal::Nobody)) };
        turn.commit().await?;
        self.letters.notify_one();
        Ok(Ok((token, codes)))
    }

    /// What a browser is asked that must show one of an account's passkeys, as JSON. None: there are none.
    pub async fn ask_passkey(&self, session: &Session, site: &Site) -> Result<Option<String>, StaffError> {
        let known = descriptors(&mut *self.store.pool().acquire().await?, &session.account).await?;
        let mut allowed = AllowedCredentials::with_capacity(known.len());
        for descriptor in known {
            allowed.push(descriptor.into());
        }
        let Ok(options) = NonDiscoverableCredentialRequestOptions::second_factor(&site.id, allowed) else { return Ok(None) };
        let Ok((state, asked)) = options.start_ceremony() else { return Ok(None) };
        let asked = serde_json::to_string(&asked).map_err(|_| unreadable())?;
        self.ceremonies.ask(&session.id, Ceremony::Showing(Box::new(state)), self.now());
        Ok(Some(asked))
    }

    /// Looks at what a passkey has signed. Right: the session becomes a stronger one with a new token.
    pub async fn show_passkey(&self, session: &Session, site: &Site, shown: &str) -> Asked<Token> {
        let (now, account) = (self.now(), &session.account);
        let Some(Ceremony::Showing(state)) = self.ceremonies.take(&session.id, now) else { return Ok(Err(Refusal::WrongCode)) };
        let shown = shown.get(..shown.len().min(LARGEST)).unwrap_or_default();
        let Ok(shown) = NonDiscoverableAuthentication16::from_json_relaxed(shown.as_bytes()) else {
            return Ok(Err(Refusal::WrongCode));
        };
        let id = hex(shown.raw_id().encode().map_err(|_| unreadable())?);
        let mut turn = self.store.turn().await?;
        let sql = "select key from passkeys where id = $1 and account = $2";
        let row = sqlx::query(sql).bind(&id).bind(account).fetch_optional(&mut *turn).await?;
        let Some(row) = row else { return Ok(Err(Refusal::WrongCode)) };
        let mut kept = Kept::read(row.try_get(0)?).ok_or_else(unreadable)?;
        let user = handle(account).ok_or_else(unreadable)?;
        let fixed: StaticState<PublicKey> = StaticState::decode(&kept.fixed).map_err(|_| unreadable())?;
        let moving = DynamicState::decode(kept.moving).map_err(|_| unreadable())?;
        let mut key = AuthenticatedCredential::new(shown.raw_id(), &user, fixed, moving).map_err(|_| unreadable())?;
        let origins = [site.origin.as_str()];
        let wanted = AuthenticationVerificationOptions::<&str, &str> { allowed_origins: &origins, ..Default::default() };
        if state.verify(&site.id, &shown, &mut key, &wanted).is_err() {
            note(&mut turn, now, account, "second-factor-failed", account, &json!({ "address": session.address })).await?;
            turn.commit().await?;
            return Ok(Err(Refusal::WrongCode));
        }
        kept.moving = key.dynamic_state().encode().map_err(|_| unreadable())?;
        let sql = "update passkeys set key = $1, used = $2 where id = $3";
        sqlx::query(sql).bind(kept.written()).bind(now).bind(&id).execute(&mut *turn).await?;
        note(&mut turn, now, account, "second-factor-shown", account, &json!({ "by": "passkey" })).await?;
        let Some(token) = raise(&mut turn, session, now).await? else { return Ok(Err(Refusal::Nobody)) };
        turn.commit().await?;
        Ok(Ok(token))
    }

    /// Removes a passkey of one's own, unless it is the last factor of somebody who must have one.
    pub async fn remove_passkey(&self, session: &Session, id: &str) -> Asked<()> {
        let account = &session.account;
        let mut turn = self.store.turn().await?;
        let sql = "delete from passkeys where id = $1 and account = $2";
        if sqlx::query(sql).bind(id).bind(account).execute(&mut *turn).await?.rows_affected() == 0 {
            return Ok(Err(Refusal::Nobody));
        }
        let person = Account::read(&mut turn, account).await?.ok_or(StaffError::Unreadable("an account"))?;
        if person.roles.want_second_factor() && !person.second_factor {
            return Ok(Err(Refusal::LastFactor));
        }
        note(&mut turn, self.now(), account, "passkey-removed", account, &json!({})).await?;
        turn.commit().await?;
        Ok(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_bound_to_a_name_that_browsers_take_them_for() {
        for base in ["https://gazette.example.gov", "https://gazette.example.gov:8443", "http://localhost:3000"] {
            assert!(Site::at(base).is_some_and(|site| site.origin == base), "{base}");
        }
        for base in ["http://gazette.example.gov", "http://127.0.0.1:3000", "https://192.0.2.1", "https://[2001:db8::1]:443", "localhost"] {
            assert!(Site::at(base).is_none(), "{base}");
        }
    }

    #[test]
    fn what_is_kept_of_a_key_is_read_as_it_was_written() {
        let kept = Kept { fixed: vec![1, 2, 255], moving: [0, 1, 2, 3, 4, 5, 6], transports: 3 };
        assert_eq!(Kept::read(&kept.written()).map(|again| again.written()), Some(kept.written()));
        for bad in ["", "01.02", "zz.00010203040506.03", "01.0001020304050607.03", "01.00010203040506."] {
            assert!(Kept::read(bad).is_none(), "{bad}");
        }
    }
}
