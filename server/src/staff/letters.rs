//! Letters: where somebody gets mail, which of it they want, and the queue of what is still to be sent.
//!
//! A letter is put into the queue within the turn that causes it, and taken out once a server has accepted it. Nothing goes to
//! an address before somebody signed in to the account has opened the link that was sent there.

use super::{
    Refusal, Session, Staff, StaffError,
    accounts::{hex, kept_of, new_id},
    journal::note,
    people::Asked,
};
use app::Lang;
use chain::time::Millis;
use lettre::Address;
use serde_json::json;
use sqlx::{AnyConnection, Row, any::AnyRow};

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

/// How long the link that confirms an address may be used.
const CONFIRMED_WITHIN: Millis = 24 * HOUR;
/// The pauses after a try that may be repeated; after the last it is given up.
const PAUSES: [Millis; 7] = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 8 * HOUR, DAY];
/// How long whoever sends a letter may take, before somebody else does.
const LEASE: Millis = 5 * MINUTE;
/// After this long without a sign-in a place is a new one.
const REMEMBERED: Millis = 90 * DAY;
/// Most characters of an address (RFC 5321).
const LONGEST: usize = 254;

/// Why somebody gets a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterKind {
    /// Something waits for them.
    Waits,
    /// Of what they wrote: a step was rejected, it was published, it needs approving again.
    Rejected,
    Published,
    Again,
    /// Any of these, once a day.
    Daily,
    /// The link that confirms an address.
    Confirm,
    /// To the address that was theirs until now.
    AddressChanged,
    Invitation,
    Recovery,
    NewPlace,
    PasswordChanged,
}

impl LetterKind {
    pub(crate) const ALL: [LetterKind; 11] = [
        LetterKind::Waits,
        LetterKind::Rejected,
        LetterKind::Published,
        LetterKind::Again,
        LetterKind::Daily,
        LetterKind::Confirm,
        LetterKind::AddressChanged,
        LetterKind::Invitation,
        LetterKind::Recovery,
        LetterKind::NewPlace,
        LetterKind::PasswordChanged,
    ];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            LetterKind::Waits => "waits",
            LetterKind::Rejected => "rejected",
            LetterKind::Published => "published",
            LetterKind::Again => "again",
            LetterKind::Daily => "daily",
            LetterKind::Confirm => "confirm",
            LetterKind::AddressChanged => "address-changed",
            LetterKind::Invitation => "invitation",
            LetterKind::Recovery => "recovery",
            LetterKind::NewPlace => "new-place",
            LetterKind::PasswordChanged => "password-changed",
        }
    }

    fn named(code: &str) -> Option<LetterKind> {
        LetterKind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether it is about work, of which somebody may want less mail. What is about their account always comes.
    const fn is_work(self) -> bool {
        matches!(self, LetterKind::Waits | LetterKind::Rejected | LetterKind::Published | LetterKind::Again | LetterKind::Daily)
    }
}

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
    daily: Millis,
}

/// Something to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub id: String,
    /// Whose; nothing for somebody who is invited.
    pub account: String,
    pub address: String,
    pub kind: LetterKind,
    pub lang: Lang,
    /// An agency, where it is about one.
    pub about: String,
    /// What stands in the link it brings, if it brings one.
    pub secret: String,
    pub made: Millis,
    expires: Millis,
    tries: i64,
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

const COLUMNS: &str = "id, account, address, kind, language, about, secret, made, expires, tries";

impl Letter {
    fn row(row: &AnyRow) -> Result<Letter, StaffError> {
        let unreadable = || StaffError::Unreadable("a letter");
        Ok(Letter {
            id: row.try_get(0)?,
            account: row.try_get(1)?,
            address: row.try_get(2)?,
            kind: LetterKind::named(row.try_get(3)?).ok_or_else(unreadable)?,
            lang: Lang::from_code(row.try_get(4)?).ok_or_else(unreadable)?,
            about: row.try_get(5)?,
            secret: row.try_get(6)?,
            made: row.try_get(7)?,
            expires: row.try_get(8)?,
            tries: row.try_get(9)?,
        })
    }
}

/// Whom a letter goes to, and how it is put.
pub(super) struct To<'a> {
    pub account: &'a str,
    pub address: &'a str,
    pub lang: Lang,
}

/// Puts a letter into the queue. The caller holds the turn of what it tells of.
pub(super) async fn post(
    turn: &mut AnyConnection,
    to: To<'_>,
    kind: LetterKind,
    (about, secret): (&str, &str),
    now: Millis,
    (due, expires): (Millis, Millis),
) -> Result<(), StaffError> {
    let sql = "insert into letters (id, account, address, kind, language, about, secret, made, due, expires, tries) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)";
    sqlx::query(sql)
        .bind(new_id()?)
        .bind(to.account)
        .bind(to.address)
        .bind(kind.code())
        .bind(to.lang.code())
        .bind(about)
        .bind(secret)
        .bind(now)
        .bind(due)
        .bind(expires)
        .execute(turn)
        .await?;
    Ok(())
}

/// Tells somebody by mail, if they have an address and want such mail. The caller holds the turn of what it tells of.
pub(crate) async fn tell(turn: &mut AnyConnection, account: &str, kind: LetterKind, about: &str, now: Millis) -> Result<(), StaffError> {
    let Some(mailbox) = Mailbox::read(turn, account, now).await? else { return Ok(()) };
    let Some(address) = mailbox.address else { return Ok(()) };
    let to = To { account, address: &address, lang: mailbox.lang };
    match (kind.is_work(), mailbox.wanted) {
        (true, Wanted::None) => Ok(()),
        (true, Wanted::Daily) => {
            let sql = "select 1 from letters where account = $1 and kind = 'daily' and tries = 0";
            if sqlx::query(sql).bind(account).fetch_optional(&mut *turn).await?.is_some() {
                return Ok(());
            }
            let due = now.max(mailbox.daily + DAY);
            sqlx::query("update mailboxes set daily = $1 where account = $2").bind(due).bind(account).execute(&mut *turn).await?;
            post(turn, to, LetterKind::Daily, ("", ""), now, (due, 0)).await
        }
        _ => post(turn, to, kind, (about, ""), now, (now, 0)).await,
    }
}

/// Tells somebody who has signed in from where they never did. The first place of all is no news.
pub(super) async fn seen_from(turn: &mut AnyConnection, account: &str, from: &super::From, now: Millis) -> Result<(), StaffError> {
    sqlx::query("delete from places where seen < $1").bind(now - REMEMBERED).execute(&mut *turn).await?;
    let known = sqlx::query("select count(*) from places where account = $1").bind(account).fetch_one(&mut *turn).await?;
    let place = kept_of("place", &format!("{account} {}", place(from)));
    let known_place = "update places set seen = $1 where account = $2 and place = $3";
    if sqlx::query(known_place).bind(now).bind(account).bind(&place).execute(&mut *turn).await?.rows_affected() > 0 {
        return Ok(());
    }
    let sql = "insert into places (account, place, seen) values ($1, $2, $3)";
    sqlx::query(sql).bind(account).bind(&place).bind(now).execute(&mut *turn).await?;
    if known.try_get::<i64, _>(0)? > 0 { tell(turn, account, LetterKind::NewPlace, "", now).await } else { Ok(()) }
}

/// A network and a browser, without what changes from day to day: the last part of an address, the numbers of versions.
fn place(from: &super::From) -> String {
    let network = match from.address.parse() {
        Ok(std::net::IpAddr::V4(address)) => format!("{:?}", &address.octets()[..3]),
        Ok(std::net::IpAddr::V6(address)) => format!("{:x?}", &address.segments()[..3]),
        Err(_) => String::new(),
    };
    let browser: String = from.agent.chars().filter(|c| !c.is_ascii_digit()).collect();
    format!("{network} {browser}")
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
        if let Some(seconds) = self.attempt(&kept_of("address", account)).await? {
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

    /// Takes the letter that has waited longest, for whoever calls to send: nobody else gets it meanwhile.
    pub async fn next_letter(&self) -> Result<Option<Letter>, StaffError> {
        let mut turn = self.store.turn().await?;
        let now = self.now();
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from letters where due <= $1 order by due, made, id limit 1"));
        let Some(row) = sqlx::query(sql).bind(now).fetch_optional(&mut *turn).await? else { return Ok(None) };
        let letter = Letter::row(&row)?;
        let sql = "update letters set due = $1, tries = tries + 1 where id = $2";
        sqlx::query(sql).bind(now + LEASE).bind(&letter.id).execute(&mut *turn).await?;
        turn.commit().await?;
        Ok(Some(letter))
    }

    /// A server has taken it.
    pub async fn letter_sent(&self, letter: &Letter) -> Result<(), StaffError> {
        sqlx::query("delete from letters where id = $1").bind(&letter.id).execute(self.store.pool()).await?;
        Ok(())
    }

    /// It was not taken: tried again after a pause that grows, unless there is no sense in it any more.
    pub async fn letter_failed(&self, letter: &Letter, lasting: bool, why: &str) -> Result<(), StaffError> {
        let mut turn = self.store.turn().await?;
        let now = self.now();
        let pause = usize::try_from(letter.tries).ok().and_then(|tries| PAUSES.get(tries));
        match pause.map(|pause| now + pause).filter(|due| !lasting && (letter.expires == 0 || *due < letter.expires)) {
            Some(due) => {
                sqlx::query("update letters set due = $1 where id = $2").bind(due).bind(&letter.id).execute(&mut *turn).await?;
            }
            None => {
                sqlx::query("delete from letters where id = $1").bind(&letter.id).execute(&mut *turn).await?;
                let details = json!({ "letter": letter.kind.code(), "refused": why });
                note(&mut turn, now, "", "mail-given-up", &letter.account, &details).await?;
            }
        }
        turn.commit().await?;
        Ok(())
    }
}

impl Letter {
    #[cfg(test)]
    pub(crate) fn sample(kind: LetterKind, lang: Lang) -> Letter {
        let (account, secret) = ("0".repeat(32), "1".repeat(64));
        let address = "li.wei@finance.example.gov".to_owned();
        Letter { id: "2".repeat(32), account, address, kind, lang, about: "a".into(), secret, made: 1, expires: 0, tries: 0 }
    }

    /// Whether what it brings is of no use any more.
    #[must_use]
    pub fn is_late(&self, now: Millis) -> bool {
        self.expires > 0 && self.expires <= now
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

    #[test]
    fn a_place_stays_the_same_when_an_address_or_a_version_moves_on() {
        let from = |address: &str, agent: &str| place(&crate::staff::From { address: address.into(), agent: agent.into() });
        assert_eq!(from("203.0.113.7", "Chrome/140.0"), from("203.0.113.99", "Chrome/141.2"));
        assert_ne!(from("203.0.113.7", "Chrome/140.0"), from("203.0.114.7", "Chrome/140.0"));
        assert_ne!(from("203.0.113.7", "Chrome/140.0"), from("203.0.113.7", "Firefox/140.0"));
        assert_eq!(from("2001:db8:1::1", ""), from("2001:db8:1:2::9", ""));
    }
}
