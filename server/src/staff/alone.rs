//! Coming in with a passkey alone: a device that has made sure of its owner (user verification) stands for both factors, and
//! there is no password that could be stolen.

use super::{
    Account, From, Refusal, Site, Staff, StaffError, Strength, Token,
    accounts::{self, hex, login_of, name_of, new_id},
    journal::note,
    links::Link,
    passkeys::{Ceremony, Kept, PublicKey, bounded, handle, keep, made, unreadable},
    people::Asked,
};
use serde_json::json;
use sqlx::Row;
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication16, DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions,
    bin::{Decode, Encode},
    request::{
        auth::AuthenticationVerificationOptions,
        register::{Nickname, PublicKeyCredentialUserEntity, Username},
    },
    response::register::{DynamicState, StaticState},
};

impl Staff {
    /// What a browser is asked that may show any passkey it has for this site, as JSON, and what to bring back with it.
    pub async fn ask_at_the_door(&self, site: &Site) -> Result<Option<(String, String)>, StaffError> {
        let Ok((state, asked)) = DiscoverableCredentialRequestOptions::passkey(&site.id).start_ceremony() else { return Ok(None) };
        let asked = serde_json::to_string(&asked).map_err(|_| unreadable())?;
        let way = hex(&crate::keys::random::<16>()?);
        self.door.ask(&way, Ceremony::Entering(Box::new(state)), self.now());
        Ok(Some((way, asked)))
    }

    /// Lets in whose passkey has signed what was asked. Refused for whatever reason, it is the same to whoever knocks.
    pub async fn enter_alone(&self, site: &Site, way: &str, shown: &str, from: &From) -> Asked<Token> {
        let now = self.now();
        let Some(Ceremony::Entering(state)) = self.door.take(way, now) else { return Ok(Err(Refusal::WrongCode)) };
        let Ok(shown) = DiscoverableAuthentication16::from_json_relaxed(bounded(shown).as_bytes()) else {
            return Ok(Err(Refusal::WrongCode));
        };
        let id = hex(shown.raw_id().encode().map_err(|_| unreadable())?);
        let mut turn = self.store.turn().await?;
        let row = sqlx::query("select account, key from passkeys where id = $1").bind(&id).fetch_optional(&mut *turn).await?;
        let Some(row) = row else { return Ok(Err(Refusal::WrongCode)) };
        let (account, mut kept) = (row.try_get::<String, _>(0)?, Kept::read(row.try_get(1)?).ok_or_else(unreadable)?);
        let living = Account::read(&mut turn, &account).await?.is_some_and(|account| account.ended.is_none());
        let user = handle(&account).ok_or_else(unreadable)?;
        let fixed: StaticState<PublicKey> = StaticState::decode(&kept.fixed).map_err(|_| unreadable())?;
        let moving = DynamicState::decode(kept.moving).map_err(|_| unreadable())?;
        let mut key = AuthenticatedCredential::new(shown.raw_id(), &user, fixed, moving).map_err(|_| unreadable())?;
        let origins = [site.origin.as_str()];
        let wanted = AuthenticationVerificationOptions::<&str, &str> { allowed_origins: &origins, ..Default::default() };
        // What was asked for includes that the device makes sure of its owner; the library holds the answer to it.
        if !living || state.verify(&site.id, &shown, &mut key, &wanted).is_err() {
            note(&mut turn, now, "", "sign-in-failed", "", &json!({ "address": from.address, "by": "passkey" })).await?;
            turn.commit().await?;
            return Ok(Err(Refusal::WrongCode));
        }
        kept.moving = key.dynamic_state().encode().map_err(|_| unreadable())?;
        let sql = "update passkeys set key = $1, used = $2 where id = $3";
        sqlx::query(sql).bind(kept.written()).bind(now).bind(&id).execute(&mut *turn).await?;
        turn.commit().await?;
        self.begin_session(&account, Strength::SecondFactor, from).await.map(Ok)
    }

    /// What a browser is asked to make the passkey from that will open the account of an invitation, as JSON.
    pub async fn ask_to_join(&self, site: &Site, link: &Link, login: &str, name: &str) -> Result<Option<String>, StaffError> {
        let (Some(login), Some(name), id) = (login_of(login), name_of(name), new_id()?) else { return Ok(None) };
        let Some(user) = handle(&id) else { return Ok(None) };
        let Ok(called) = Username::try_from(login.as_str()) else { return Ok(None) };
        let entity = PublicKeyCredentialUserEntity { name: called, id: &user, display_name: Nickname::try_from(name.as_str()).ok() };
        let Ok((state, asked)) = PublicKeyCredentialCreationOptions::passkey(&site.id, entity, vec![]).start_ceremony() else {
            return Ok(None);
        };
        let asked = serde_json::to_string(&asked).map_err(|_| unreadable())?;
        let ceremony = Ceremony::Joining { id, login: login.clone(), name: name.clone(), state: Box::new(state) };
        self.ceremonies.ask(&link.id, ceremony, self.now());
        Ok(Some(asked))
    }

    /// Makes the account that a link invites to, without a password: its owner comes in by the passkey that was made for it.
    pub async fn join_alone(&self, site: &Site, link: &str, key: &str, device: &str) -> Asked<Account> {
        let now = self.now();
        let Some(device) = name_of(device) else { return Ok(Err(Refusal::Name)) };
        let Some(Ceremony::Joining { id, login, name, state }) = self.ceremonies.take(link, now) else {
            return Ok(Err(Refusal::WrongCode));
        };
        let Some(key) = made(*state, site, key)? else { return Ok(Err(Refusal::WrongCode)) };
        let mut turn = self.store.turn().await?;
        let Some(link) = Link::invitation(&mut turn, link, now).await? else { return Ok(Err(Refusal::Link)) };
        if !accounts::write(&mut turn, &id, (&login, &name, ""), &link.roles, &link.made_by, now).await? {
            return Ok(Err(Refusal::Taken));
        }
        if !keep(&mut turn, &id, &device, &key, now).await? {
            return Ok(Err(Refusal::WrongCode));
        }
        link.used(&mut turn, now).await?;
        let made = Account::read(&mut turn, &id).await?.ok_or(StaffError::Unreadable("an account"))?;
        turn.commit().await?;
        Ok(Ok(made))
    }
}
