//! Mailboxes: where somebody gets mail, and which of it they want. Nothing goes to an address before somebody signed in to the account has
//! opened the link that was sent there.

use super::{
    Refusal, Session, Staff, StaffError,
    accounts::{hex, kept_of},
    journal::note,
    letters::{LetterKind, To, post, tell},
    people::Asked,
};
use app::Lang;
use chain::time::Millis;
use lettre::Address;
use serde_json::json;
use sqlx::{AnyConnection, Row};

/// How long the link that confirms an address may be used.
const CONFIRMED_WITHIN: Millis = 24 * 60 * 60_000;
/// Most characters of an address (RFC 5321).
const LONGEST: usize = 254;

/// When somebody wants mail about their work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Each,
    Daily,
    None,
}

impl Wanted {
    pub const ALL: [Wanted; 3] = [Wanted::Each, Wanted::Daily, Wanted::None];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Wanted::Each => "each",
            Wanted::Daily => "daily",
            Wanted::None => "none",
        }
    }

    #[must_use]
    pub fn named(code: &str) -> Option<Wanted> {
        Wanted::ALL.into_iter().find(|wanted| wanted.code() == code)
    }
}

/// Where somebody gets mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// None until it was confirmed.
    pub address: Option<String>,
    /// One that a link was sent to, which was not opened yet.
    pub asked: Option<String>,
    pub wanted: Wanted,
    pub lang: Lang,
    pub(super) daily: Millis,
}

/// An address as it is kept. None if mail cannot be sent there.
#[must_use]
pub fn address_of(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let plain = typed.len() <= LONGEST && typed.bytes().all(|byte| byte.is_ascii_graphic());
    let address: Address = plain.then(|| typed.parse().ok())??;
    address.domain().contains('.').then(|| address.to_string())
}

impl Mailbox {
    pub(super) async fn read(connection: &mut AnyConnection, account: &str, now: Millis) -> Result<Option<Mailbox>, StaffError> {
        let sql = "select address, asked, asked_until, wanted, language, daily from mailboxes where account = $1";
        let Some(row) = sqlx::query(sql).bind(account).fetch_optional(connection).await? else { return Ok(None) };
        let unreadable = || StaffError::Unreadable("a mailbox");
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        Ok(Some(Mailbox {
            address: given(row.try_get(0)?),
            asked: given(row.try_get(1)?).filter(|_| row.try_get::<Millis, _>(2).is_ok_and(|until| until > now)),
            wanted: Wanted::named(row.try_get(3)?).ok_or_else(unreadable)?,
            lang: Lang::from_code(row.try_get(4)?).ok_or_else(unreadable)?,
            daily: row.try_get(5)?,
        }))
    }
}

impl Staff {
    /// Where somebody gets mail, if they ever asked for any.
    pub async fn mailbox(&self, account: &str) -> Result<Option<Mailbox>, StaffError> {
        Mailbox::read(&mut *self.store.pool().acquire().await?, account, self.now()).await
    }

    /// Sends a link to an address that somebody says is theirs. It counts once they opened it.
    pub async fn ask_address(&self, session: &Session, typed: &str, lang: Lang) -> Asked<()> {
        let account = &session.account;
        let Some(address) = address_of(typed) else { return Ok(Err(Refusal::Address)) };
        // Nobody's mailbox is flooded from here.
        if let Some(seconds) = self.attempt(&kept_of("address", account), super::sessions::FREE).await? {
            return Ok(Err(Refusal::Locked { seconds }));
        }
        let secret = hex(&crate::keys::random::<32>()?);
        let mut turn = self.store.turn().await?;
        let now = self.now();
        let until = now + CONFIRMED_WITHIN;
        let sql = "insert into mailboxes (account, address, confirmed, asked, asked_id, asked_until, wanted, language, daily) \
                   values ($1, '', 0, $2, $3, $4, 'each', $5, 0) on conflict (account) \
                   do update set asked = excluded.asked, asked_id = excluded.asked_id, asked_until = excluded.asked_until";
        let query = sqlx::query(sql).bind(account).bind(&address).bind(kept_of("address", &secret)).bind(until).bind(lang.code());
        query.execute(&mut *turn).await?;
        // The link before is good no more, and need not be sent.
        sqlx::query("delete from letters where account = $1 and kind = 'confirm'").bind(account).execute(&mut *turn).await?;
        let to = To { account, address: &address, lang };
        post(&mut turn, to, LetterKind::Confirm, ("", &secret), now, (now, until)).await?;
        note(&mut turn, now, account, "address-asked", account, &json!({ "mail": address })).await?;
        turn.commit().await?;
        self.letters.notify_one();
        Ok(Ok(()))
    }

    /// The address that a link is to confirm, if it is this account's and may still be used.
    pub async fn address_asked(&self, account: &str, secret: &str) -> Result<Option<String>, StaffError> {
        let sql = "select asked from mailboxes where account = $1 and asked_id = $2 and asked <> '' and asked_until > $3";
        let row =
            sqlx::query(sql).bind(account).bind(kept_of("address", secret)).bind(self.now()).fetch_optional(self.store.pool()).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Confirms an address by the link that was sent there; the one before is told.
    pub async fn confirm_address(&self, session: &Session, secret: &str) -> Asked<()> {
        let account = &session.account;
        let mut turn = self.store.turn().await?;
        let now = self.now();
        let sql =
            "select asked, address, language from mailboxes where account = $1 and asked_id = $2 and asked <> '' and asked_until > $3";
        let row = sqlx::query(sql).bind(account).bind(kept_of("address", secret)).bind(now).fetch_optional(&mut *turn).await?;
        let Some(row) = row else { return Ok(Err(Refusal::Link)) };
        let (asked, before, lang): (String, String, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let lang = Lang::from_code(&lang).ok_or(StaffError::Unreadable("a mailbox"))?;
        if !before.is_empty() && before != asked {
            let to = To { account, address: &before, lang };
            post(&mut turn, to, LetterKind::AddressChanged, ("", ""), now, (now, 0)).await?;
        }
        let sql = "update mailboxes set address = asked, confirmed = $1, asked = '', asked_id = '', asked_until = 0 where account = $2";
        sqlx::query(sql).bind(now).bind(account).execute(&mut *turn).await?;
        // What waits to be sent goes where they are reached now.
        let sql = "update letters set address = $1 where account = $2 and kind not in ('address-changed', 'confirm')";
        sqlx::query(sql).bind(&asked).bind(account).execute(&mut *turn).await?;
        note(&mut turn, now, account, "address-confirmed", account, &json!({ "mail": asked })).await?;
        turn.commit().await?;
        self.letters.notify_one();
        Ok(Ok(()))
    }

    /// Forgets somebody's address; it is told so.
    pub async fn remove_address(&self, session: &Session) -> Result<(), StaffError> {
        let account = &session.account;
        let mut turn = self.store.turn().await?;
        let now = self.now();
        sqlx::query("delete from letters where account = $1").bind(account).execute(&mut *turn).await?;
        tell(&mut turn, account, LetterKind::AddressChanged, "", now).await?;
        sqlx::query("delete from mailboxes where account = $1").bind(account).execute(&mut *turn).await?;
        note(&mut turn, now, account, "address-removed", account, &json!({})).await?;
        turn.commit().await?;
        self.letters.notify_one();
        Ok(())
    }

    /// Chooses when mail about work comes, and in which language.
    pub async fn choose_letters(&self, session: &Session, wanted: Wanted, lang: Lang) -> Result<(), StaffError> {
        let account = &session.account;
        let mut turn = self.store.turn().await?;
        let sql = "update mailboxes set wanted = $1, language = $2 where account = $3";
        sqlx::query(sql).bind(wanted.code()).bind(lang.code()).bind(account).execute(&mut *turn).await?;
        note(&mut turn, self.now(), account, "letters-chosen", account, &json!({ "wanted": wanted.code() })).await?;
        turn.commit().await?;
        Ok(())
    }

    /// Accounts that want mail about what waits for them.
    pub async fn wanting_letters(&self) -> Result<Vec<String>, StaffError> {
        let sql = "select m.account from mailboxes m join accounts a on a.id = m.account \
                   where m.address <> '' and m.wanted <> 'none' and a.ended = 0 order by m.account";
        sqlx::query(sql).fetch_all(self.store.pool()).await?.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_line_that_mail_can_be_sent_to() {
        assert_eq!(address_of(" li.wei@finance.example.gov "), Some("li.wei@finance.example.gov".into()));
        let long = format!("{}@a.example", "a".repeat(250));
        for bad in [
            "",
            "li.wei",
            "li@wei",
            "a@b.example\r\nBcc: c@d.example",
            "a b@c.example",
            "<a@b.example>",
            "a@b.example, c@d.example",
            "李@b.example",
            &long,
        ] {
            assert_eq!(address_of(bad), None, "{bad:?}");
        }
    }
}
