//! One-time links: the first administrator, an invitation, a way back in. Only their hash is kept.

use super::{
    Account, NewAccount, Refusal, Staff, StaffError,
    accounts::{self, hex, kept_of, login_of, name_of, new_id},
    journal::note,
    roles::{Role, Roles},
};
use chain::time::Millis;
use sqlx::{AnyConnection, Row, any::AnyRow};

const HOUR: Millis = 3_600_000;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Makes the portal's first administrator.
    First,
    /// Makes an account with the roles it was made for.
    Invitation,
    /// Gives an account a new password.
    Recovery,
    /// The same, and takes its second factor away.
    Reset,
}

impl Kind {
    const fn code(self) -> &'static str {
        match self {
            Kind::First => "first",
            Kind::Invitation => "invitation",
            Kind::Recovery => "recovery",
            Kind::Reset => "reset",
        }
    }

    fn named(code: &str) -> Option<Kind> {
        [Kind::First, Kind::Invitation, Kind::Recovery, Kind::Reset].into_iter().find(|kind| kind.code() == code)
    }

    /// Whether it lets somebody back in who has an account.
    #[must_use]
    pub const fn recovers(self) -> bool {
        matches!(self, Kind::Recovery | Kind::Reset)
    }

    /// How long it may be used.
    #[must_use]
    pub const fn lasts(self) -> Millis {
        match self {
            Kind::First | Kind::Recovery | Kind::Reset => HOUR,
            Kind::Invitation => 72 * HOUR,
        }
    }
}

/// A link that may still be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The hash of what stands in its address.
    pub id: String,
    pub kind: Kind,
    /// Of a recovery: whose.
    pub account: String,
    /// Of an invitation: where; `""` is the portal.
    pub agency: String,
    /// Of an invitation.
    pub roles: Roles,
    /// Whom it was made for, as its maker put it.
    pub note: String,
    pub made_by: String,
    pub expires: Millis,
}

/// What stands in a link's address: 256 random bits.
fn new_secret() -> Result<String, StaffError> {
    Ok(hex(&crate::keys::random::<32>()?))
}

const COLUMNS: &str = "id, kind, account, agency, roles, note, made_by, expires";

impl Link {
    /// The link with this secret, if it may be used now.
    pub(super) async fn read(connection: &mut AnyConnection, secret: &str, now: Millis) -> Result<Option<Link>, StaffError> {
        Link::kept(connection, &kept_of("link", secret), now).await
    }

    /// An invitation by its hash, whose maker still is one who may invite.
    pub(super) async fn invitation(connection: &mut AnyConnection, id: &str, now: Millis) -> Result<Option<Link>, StaffError> {
        let Some(link) = Link::kept(connection, id, now).await?.filter(|link| link.kind == Kind::Invitation) else { return Ok(None) };
        let maker = Account::read(connection, &link.made_by).await?.filter(|maker| maker.ended.is_none());
        Ok(maker.filter(|maker| maker.roles.may(Role::Administrator, &link.agency)).map(|_| link))
    }

    /// The same by its hash.
    pub(super) async fn kept(connection: &mut AnyConnection, id: &str, now: Millis) -> Result<Option<Link>, StaffError> {
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from links where id = $1 and used = 0 and expires > $2"));
        let row = sqlx::query(sql).bind(id).bind(now).fetch_optional(connection).await?;
        row.as_ref().map(Link::row).transpose()
    }

    fn row(row: &AnyRow) -> Result<Link, StaffError> {
        Ok(Link {
            id: row.try_get(0)?,
            kind: Kind::named(row.try_get(1)?).ok_or(StaffError::Unreadable("a link"))?,
            account: row.try_get(2)?,
            agency: row.try_get(3)?,
            roles: Roles::read(row.try_get(4)?).ok_or(StaffError::Unreadable("a link"))?,
            note: row.try_get(5)?,
            made_by: row.try_get(6)?,
            expires: row.try_get(7)?,
        })
    }

    /// Invitations of an agency that may be used now, newest first.
    pub(super) async fn open(connection: &mut AnyConnection, agency: &str, now: Millis) -> Result<Vec<Link>, StaffError> {
        let sql = format!(
            "select {COLUMNS} from links where kind = 'invitation' and agency = $1 and used = 0 and expires > $2 order by made desc"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(agency).bind(now).fetch_all(connection).await?;
        rows.iter().map(Link::row).collect()
    }

    /// Uses it up.
    pub(super) async fn used(&self, connection: &mut AnyConnection, now: Millis) -> Result<(), StaffError> {
        sqlx::query("update links set used = $1 where id = $2").bind(now).bind(&self.id).execute(connection).await?;
        Ok(())
    }

    /// Writes down a new link; answers what stands in its address.
    pub(super) async fn make(
        connection: &mut AnyConnection,
        kind: Kind,
        (account, agency, roles, note): (&str, &str, &Roles, &str),
        by: &str,
        now: Millis,
    ) -> Result<String, StaffError> {
        let secret = new_secret()?;
        let sql = "insert into links (id, kind, account, agency, roles, note, made, made_by, expires, used) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)";
        sqlx::query(sql)
            .bind(kept_of("link", &secret))
            .bind(kind.code())
            .bind(account)
            .bind(agency)
            .bind(roles.written().to_string())
            .bind(note)
            .bind(now)
            .bind(by)
            .bind(now + kind.lasts())
            .execute(connection)
            .await?;
        Ok(secret)
    }
}

impl Staff {
    /// While there is nobody yet: what stands in the address of a link, valid an hour, that makes the portal's first
    /// administrator. Those made before end.
    pub async fn first_link(&self) -> Result<Option<String>, StaffError> {
        let mut turn = self.store.turn().await?;
        if sqlx::query("select 1 from accounts limit 1").fetch_optional(&mut *turn).await?.is_some() {
            return Ok(None);
        }
        sqlx::query("delete from links where kind = $1").bind(Kind::First.code()).execute(&mut *turn).await?;
        let roles = [(Role::Administrator, String::new())].into_iter().collect();
        let secret = Link::make(&mut turn, Kind::First, ("", "", &roles, ""), "", self.now()).await?;
        turn.commit().await?;
        Ok(Some(secret))
    }

    /// What stands in the address of a link that makes an administrator of the portal, whoever there is: for an operator, who
    /// holds the database anyway. The journal notes it.
    pub async fn administrator_link(&self) -> Result<String, StaffError> {
        let mut turn = self.store.turn().await?;
        let now = self.now();
        let roles = [(Role::Administrator, String::new())].into_iter().collect();
        let secret = Link::make(&mut turn, Kind::First, ("", "", &roles, ""), "", now).await?;
        note(&mut turn, now, "", "administrator-link-made", "", &serde_json::json!({ "roles": Roles::written(&roles) })).await?;
        turn.commit().await?;
        Ok(secret)
    }

    /// The link with this secret, if it may be used now.
    pub async fn link(&self, secret: &str) -> Result<Option<Link>, StaffError> {
        Link::read(&mut *self.store.pool().acquire().await?, secret, self.now()).await
    }

    /// Makes the account that a link invites to. `around`: names its password must not be made of.
    pub async fn accept(&self, secret: &str, new: &NewAccount, around: &[&str]) -> Result<Result<Account, Vec<Refusal>>, StaffError> {
        let refusals = new.refusals(around);
        let (Some(login), Some(name), true) = (login_of(&new.login), name_of(&new.name), refusals.is_empty()) else {
            return Ok(Err(refusals));
        };
        // Looked up before anything costly, and again when it is used.
        if self.link(secret).await?.is_none() {
            return Ok(Err(vec![Refusal::Link]));
        }
        let (id, hash) = (new_id()?, self.passwords.hash(&new.password).await?);
        let mut turn = self.store.turn().await?;
        let now = self.now();
        let link = Link::read(&mut turn, secret, now).await?.filter(|link| !link.kind.recovers());
        let Some(link) = link else { return Ok(Err(vec![Refusal::Link])) };
        if link.kind == Kind::Invitation {
            // Whoever invited must still be one who may.
            let maker = Account::read(&mut turn, &link.made_by).await?.filter(|maker| maker.ended.is_none());
            if !maker.is_some_and(|maker| maker.roles.may(Role::Administrator, &link.agency)) {
                return Ok(Err(vec![Refusal::Link]));
            }
        }
        let by = if link.made_by.is_empty() { id.clone() } else { link.made_by.clone() };
        if !accounts::write(&mut turn, &id, (&login, &name, &hash), &link.roles, &by, now).await? {
            return Ok(Err(vec![Refusal::Taken]));
        }
        link.used(&mut turn, now).await?;
        let made = Account::read(&mut turn, &id).await?.ok_or(StaffError::Unreadable("an account"))?;
        turn.commit().await?;
        Ok(Ok(made))
    }
}
