//! Letters: why somebody gets one, and the queue of what is still to be sent. A letter is put into it within the turn that causes it, and
//! taken out once a server has accepted it.

use super::{
    Staff, StaffError,
    accounts::new_id,
    journal::note,
    mailboxes::{Mailbox, Wanted},
};
use app::Lang;
use chain::time::Millis;
use serde_json::json;
use sqlx::{AnyConnection, Row, any::AnyRow};

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

/// The pauses after a try that may be repeated; after the last it is given up.
const PAUSES: [Millis; 7] = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 8 * HOUR, DAY];
/// How long whoever sends a letter may take, before somebody else does.
const LEASE: Millis = 5 * MINUTE;

/// Why somebody gets a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterKind {
    /// Something waits for them.
    Waits,
    /// Of what they wrote: a step was rejected, it was published, it needs approving again, it waits for its agency's own seal, somebody
    /// else took it back.
    Rejected,
    Published,
    Again,
    Unsealed,
    TakenBack,
    /// Any of these, once a day.
    Daily,
    /// The link that confirms an address.
    Confirm,
    /// To the address that was theirs until now.
    AddressChanged,
    Invitation,
    Recovery,
    NewPlace,
    /// An authenticator, a passkey, recovery codes, a department or a token was added.
    NewWay,
    PasswordChanged,
}

impl LetterKind {
    pub(crate) const ALL: [LetterKind; 14] = [
        LetterKind::Waits,
        LetterKind::Rejected,
        LetterKind::Published,
        LetterKind::Again,
        LetterKind::Unsealed,
        LetterKind::TakenBack,
        LetterKind::Daily,
        LetterKind::Confirm,
        LetterKind::AddressChanged,
        LetterKind::Invitation,
        LetterKind::Recovery,
        LetterKind::NewPlace,
        LetterKind::NewWay,
        LetterKind::PasswordChanged,
    ];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            LetterKind::Waits => "waits",
            LetterKind::Rejected => "rejected",
            LetterKind::Published => "published",
            LetterKind::Again => "again",
            LetterKind::Unsealed => "unsealed",
            LetterKind::TakenBack => "taken-back",
            LetterKind::Daily => "daily",
            LetterKind::Confirm => "confirm",
            LetterKind::AddressChanged => "address-changed",
            LetterKind::Invitation => "invitation",
            LetterKind::Recovery => "recovery",
            LetterKind::NewPlace => "new-place",
            LetterKind::NewWay => "new-way",
            LetterKind::PasswordChanged => "password-changed",
        }
    }

    fn named(code: &str) -> Option<LetterKind> {
        LetterKind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether it is about work, of which somebody may want less mail. What is about their account always comes.
    const fn is_work(self) -> bool {
        use LetterKind::{Again, Daily, Published, Rejected, TakenBack, Unsealed, Waits};
        matches!(self, Waits | Rejected | Published | Again | Unsealed | TakenBack | Daily)
    }
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

impl Staff {
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
