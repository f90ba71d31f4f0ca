//! Looking after people: who is invited, given a role, let back in, or shown out, and by whom.
//!
//! Whether somebody may is decided within the turn that does it, by the roles they hold at that moment.

use super::{
    Account, Refusal, Staff, StaffError,
    accounts::{COLUMNS, kept_of, name_of},
    factors, identities,
    journal::note,
    letters::{self, LetterKind},
    links::{Kind, Link},
    mailboxes::{Mailbox, address_of},
    passwords,
    roles::{self, Role, Roles},
    sessions,
};
use app::Lang;
use chain::time::Millis;
use serde_json::json;
use sqlx::{AnyConnection, Row};

/// What an administrator asked for, or why it was not done.
pub type Asked<T> = Result<Result<T, Refusal>, StaffError>;

/// The one who acts, if they may look after people of this agency.
async fn administrator(turn: &mut AnyConnection, by: &str, agency: &str) -> Result<Option<Account>, StaffError> {
    let actor = Account::read(turn, by).await?.filter(|actor| actor.ended.is_none());
    Ok(actor.filter(|actor| actor.roles.may(Role::Administrator, agency)))
}

/// Somebody whom the one who acts looks after altogether.
async fn looked_after(turn: &mut AnyConnection, by: &str, account: &str) -> Result<Option<Account>, StaffError> {
    let Some(actor) = Account::read(turn, by).await?.filter(|actor| actor.ended.is_none()) else { return Ok(None) };
    let account = Account::read(turn, account).await?.filter(|account| account.ended.is_none());
    Ok(account.filter(|account| actor.roles.looks_after(&account.roles)))
}

/// Whether the portal would still have an administrator without this account.
async fn others_remain(turn: &mut AnyConnection, account: &str) -> Result<bool, StaffError> {
    let sql = "select 1 from roles r join accounts a on a.id = r.account \
               where r.role = 'administrator' and r.agency = '' and a.ended = 0 and a.id <> $1 limit 1";
    Ok(sqlx::query(sql).bind(account).fetch_optional(turn).await?.is_some())
}

impl Staff {
    /// Everybody with a role in an agency, ended accounts too, by name. `""`: of the portal, and whoever has no role at all.
    pub async fn people_of(&self, agency: &str) -> Result<Vec<Account>, StaffError> {
        let more = if agency.is_empty() { " or not exists (select 1 from roles where account = a.id)" } else { "" };
        let sql = format!(
            "select {COLUMNS} from accounts a where exists (select 1 from roles where account = a.id and agency = $1){more} order by name, login"
        );
        let mut connection = self.store.pool().acquire().await?;
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(agency).fetch_all(&mut *connection).await?;
        let mut people = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut account = Account::row(row)?;
            account.roles = Roles::of(&mut connection, &account.id).await?;
            people.push(account);
        }
        Ok(people)
    }

    /// Invitations of an agency that may still be used, newest first.
    pub async fn invitations(&self, agency: &str) -> Result<Vec<Link>, StaffError> {
        Link::open(&mut *self.store.pool().acquire().await?, agency, self.now()).await
    }

    /// Makes an invitation; answers what stands in its address. `whom`: as the administrator calls them.
    pub async fn invite(&self, by: &str, agency: &str, roles: &[Role], whom: &str) -> Asked<String> {
        self.invite_at(by, agency, roles, whom, None).await
    }

    /// The same; the link goes by mail if an address is given with the language of the letter.
    pub async fn invite_at(&self, by: &str, agency: &str, roles: &[Role], whom: &str, at: Option<(&str, Lang)>) -> Asked<String> {
        let at = match at {
            Some((typed, lang)) => match address_of(typed) {
                Some(address) => Some((address, lang)),
                None => return Ok(Err(Refusal::Address)),
            },
            None => None,
        };
        let Some(whom) = name_of(whom) else { return Ok(Err(Refusal::Name)) };
        let given: Roles = roles.iter().map(|role| (*role, agency.to_owned())).collect();
        if given.is_empty() {
            return Ok(Err(Refusal::NoRole));
        }
        if given.mix_audit() {
            return Ok(Err(Refusal::AuditorAlone));
        }
        let mut turn = self.store.turn().await?;
        let now = self.now();
        if administrator(&mut turn, by, agency).await?.is_none() {
            return Ok(Err(Refusal::Nobody));
        }
        let secret = Link::make(&mut turn, Kind::Invitation, ("", agency, &given, &whom), by, now).await?;
        let mail = at.as_ref().map(|(address, _)| address);
        let details = match mail {
            Some(mail) => json!({ "roles": given.written(), "whom": whom, "mail": mail }),
            None => json!({ "roles": given.written(), "whom": whom }),
        };
        note(&mut turn, now, by, "invited", agency, &details).await?;
        if let Some((address, lang)) = &at {
            let to = letters::To { account: "", address, lang: *lang };
            let until = now + Kind::Invitation.lasts();
            letters::post(&mut turn, to, LetterKind::Invitation, (agency, &secret), now, (now, until)).await?;
        }
        turn.commit().await?;
        self.letters.notify_one();
        Ok(Ok(secret))
    }

    /// Takes an invitation of an agency back, by the hash it is listed with.
    pub async fn withdraw(&self, by: &str, agency: &str, link: &str) -> Asked<()> {
        let mut turn = self.store.turn().await?;
        let now = self.now();
        if administrator(&mut turn, by, agency).await?.is_none() {
            return Ok(Err(Refusal::Nobody));
        }
        let sql = "update links set used = $1 where id = $2 and agency = $3 and kind = 'invitation' and used = 0";
        if sqlx::query(sql).bind(now).bind(link).bind(agency).execute(&mut *turn).await?.rows_affected() > 0 {
            note(&mut turn, now, by, "invitation-withdrawn", agency, &json!({ "link": link.get(..16) })).await?;
        }
        turn.commit().await?;
        Ok(Ok(()))
    }

    /// Gives somebody exactly these roles in an agency. Only the portal's administrator brings somebody into one.
    pub async fn set_roles(&self, by: &str, account: &str, agency: &str, wanted: &[Role]) -> Asked<()> {
        let mut turn = self.store.turn().await?;
        let now = self.now();
        let Some(actor) = administrator(&mut turn, by, agency).await? else { return Ok(Err(Refusal::Nobody)) };
        let person = Account::read(&mut turn, account).await?.filter(|person| person.ended.is_none());
        let theirs = |person: &Account| actor.roles.holds(Role::Administrator, "") || person.roles.is_in(agency);
        let Some(person) = person.filter(theirs) else { return Ok(Err(Refusal::Nobody)) };
        let elsewhere = person.roles.iter().filter(|(_, of)| *of != agency).map(|(role, of)| (role, of.to_owned()));
        let after: Roles = elsewhere.chain(wanted.iter().map(|role| (*role, agency.to_owned()))).collect();
        if after.mix_audit() {
            return Ok(Err(Refusal::AuditorAlone));
        }
        let of = if agency.is_empty() { &Role::OF_PORTAL[..] } else { &Role::OF_AGENCY[..] };
        for role in of {
            match (person.roles.holds(*role, agency), wanted.contains(role)) {
                (false, true) => {
                    let given = [(*role, agency.to_owned())].into_iter().collect();
                    roles::give(&mut turn, account, &given, by, now).await?;
                    note(&mut turn, now, by, "role-given", account, &json!({ "role": role.code(), "agency": agency })).await?;
                }
                (true, false) => {
                    if *role == Role::Administrator && agency.is_empty() && !others_remain(&mut turn, account).await? {
                        return Ok(Err(Refusal::LastAdministrator));
                    }
                    let sql = "delete from roles where account = $1 and role = $2 and agency = $3";
                    sqlx::query(sql).bind(account).bind(role.code()).bind(agency).execute(&mut *turn).await?;
                    note(&mut turn, now, by, "role-taken", account, &json!({ "role": role.code(), "agency": agency })).await?;
                }
                _ => {}
            }
        }
        turn.commit().await?;
        Ok(Ok(()))
    }

    /// Ends an account: its sessions end with it, and whatever links it made or was to be let in by.
    pub async fn end_account(&self, by: &str, account: &str) -> Asked<()> {
        let mut turn = self.store.turn().await?;
        let now = self.now();
        if looked_after(&mut turn, by, account).await?.is_none() {
            return Ok(Err(Refusal::Nobody));
        }
        if by == account {
            return Ok(Err(Refusal::Own));
        }
        if !others_remain(&mut turn, account).await? {
            return Ok(Err(Refusal::LastAdministrator));
        }
        sqlx::query("update accounts set ended = $1 where id = $2").bind(now).bind(account).execute(&mut *turn).await?;
        for sql in [
            "delete from sessions where account = $1",
            "delete from mailboxes where account = $1",
            "delete from identities where account = $1",
            "delete from letters where account = $1",
            "delete from places where account = $1",
        ] {
            sqlx::query(sql).bind(account).execute(&mut *turn).await?;
        }
        let links = "update links set used = $1 where used = 0 and (made_by = $2 or account = $2)";
        sqlx::query(links).bind(now).bind(account).execute(&mut *turn).await?;
        note(&mut turn, now, by, "account-ended", account, &json!({})).await?;
        turn.commit().await?;
        Ok(Ok(()))
    }

    /// Ends every session that somebody has open, wherever: the account stays, and they sign in again with what they have.
    pub async fn end_sessions_of(&self, by: &str, account: &str) -> Asked<()> {
        let mut turn = self.store.turn().await?;
        let now = self.now();
        if looked_after(&mut turn, by, account).await?.is_none() {
            return Ok(Err(Refusal::Nobody));
        }
        let ended = sessions::end_all(&mut turn, account, now).await?;
        if ended > 0 {
            note(&mut turn, now, by, "sessions-ended", account, &json!({ "count": ended })).await?;
        }
        turn.commit().await?;
        Ok(Ok(()))
    }

    /// Makes a link by which somebody sets a new password; `factors`: and does without the second factor they had.
    pub async fn recovery(&self, by: &str, account: &str, factors: bool) -> Asked<String> {
        self.recovery_at(by, account, factors, false).await
    }

    /// The same; the link goes to their own confirmed address, if they have one and that is asked for.
    pub async fn recovery_at(&self, by: &str, account: &str, factors: bool, mail: bool) -> Asked<String> {
        let mut turn = self.store.turn().await?;
        let now = self.now();
        let Some(person) = looked_after(&mut turn, by, account).await? else { return Ok(Err(Refusal::Nobody)) };
        let before = "update links set used = $1 where account = $2 and used = 0";
        sqlx::query(before).bind(now).bind(account).execute(&mut *turn).await?;
        let kind = if factors { Kind::Reset } else { Kind::Recovery };
        let secret = Link::make(&mut turn, kind, (account, "", &Roles::default(), &person.name), by, now).await?;
        note(&mut turn, now, by, "recovery-made", account, &json!({ "second_factor": factors })).await?;
        if mail {
            let mailbox = Mailbox::read(&mut turn, account, now).await?;
            let Some((address, lang)) = mailbox.and_then(|mailbox| Some((mailbox.address?, mailbox.lang))) else {
                return Ok(Err(Refusal::Address));
            };
            let to = letters::To { account, address: &address, lang };
            letters::post(&mut turn, to, LetterKind::Recovery, ("", &secret), now, (now, now + kind.lasts())).await?;
        }
        turn.commit().await?;
        self.letters.notify_one();
        Ok(Ok(secret))
    }

    /// Sets the new password that a link of recovery is for, and ends every session there was.
    pub async fn recover(&self, secret: &str, password: &str, around: &[&str]) -> Asked<Account> {
        let Some(link) = self.link(secret).await?.filter(|link| link.kind.recovers()) else { return Ok(Err(Refusal::Link)) };
        let Some(person) = self.account(&link.account).await? else { return Ok(Err(Refusal::Link)) };
        let names: Vec<&str> = around.iter().copied().chain([person.login.as_str(), person.name.as_str()]).collect();
        if let Some(weakness) = passwords::weakness(password, &names) {
            return Ok(Err(Refusal::Password(weakness)));
        }
        let hash = self.passwords.hash(password).await?;
        let mut turn = self.store.turn().await?;
        let now = self.now();
        let link = Link::read(&mut turn, secret, now).await?.filter(|link| link.kind.recovers());
        let Some(link) = link else { return Ok(Err(Refusal::Link)) };
        // Whoever made it must still be one who may.
        let Some(person) = looked_after(&mut turn, &link.made_by, &link.account).await? else { return Ok(Err(Refusal::Link)) };
        link.used(&mut turn, now).await?;
        set_password(&mut turn, &person, &hash, now).await?;
        sqlx::query("delete from sessions where account = $1").bind(&person.id).execute(&mut *turn).await?;
        // Whoever was in their stead meanwhile may have left a way back.
        identities::forget(&mut turn, &person.id).await?;
        super::tokens::end_all(&mut turn, &person.id, now).await?;
        if link.kind == Kind::Reset {
            factors::forget(&mut turn, &person.id).await?;
        }
        let details = json!({ "by": link.made_by, "second_factor": link.kind == Kind::Reset });
        note(&mut turn, now, &person.id, "recovered", &person.id, &details).await?;
        letters::tell(&mut turn, &person.id, LetterKind::PasswordChanged, "", now).await?;
        turn.commit().await?;
        self.letters.notify_one();
        Ok(Ok(person))
    }

    /// Changes the name by which one is called.
    pub async fn rename(&self, session: &super::Session, name: &str) -> Asked<()> {
        let Some(name) = name_of(name) else { return Ok(Err(Refusal::Name)) };
        let account = &session.account;
        let mut turn = self.store.turn().await?;
        let row = sqlx::query("select name from accounts where id = $1").bind(account).fetch_one(&mut *turn).await?;
        let before: String = row.try_get(0)?;
        if before != name {
            sqlx::query("update accounts set name = $1 where id = $2").bind(&name).bind(account).execute(&mut *turn).await?;
            let details = json!({ "before": before, "name": name });
            note(&mut turn, self.now(), account, "name-changed", account, &details).await?;
        }
        turn.commit().await?;
        Ok(Ok(()))
    }

    /// Whether a password opens an account: who comes in by a department may do without.
    pub async fn has_password(&self, account: &str) -> Result<bool, StaffError> {
        let sql = "select count(*) from accounts where id = $1 and password <> ''";
        let row = sqlx::query(sql).bind(account).fetch_one(self.store.pool()).await?;
        Ok(row.try_get::<i64, _>(0)? > 0)
    }

    /// Changes one's own password, who must know the present one, and ends all other sessions.
    pub async fn change_password(&self, token: &super::Token, present: &str, new: &str, around: &[&str]) -> Asked<super::Token> {
        let Some((session, person)) = self.session(token).await? else { return Ok(Err(Refusal::Nobody)) };
        let names: Vec<&str> = around.iter().copied().chain([person.login.as_str(), person.name.as_str()]).collect();
        if let Some(weakness) = passwords::weakness(new, &names) {
            return Ok(Err(Refusal::Password(weakness)));
        }
        // Tries count as those at the door do, and apart: who found a desk unlocked has no better chances, nor locks its owner out.
        let tried = kept_of("present password", &person.id);
        if let Some(seconds) = self.attempt(&tried, sessions::FREE).await? {
            return Ok(Err(Refusal::Locked { seconds }));
        }
        let row = sqlx::query("select password from accounts where id = $1").bind(&person.id).fetch_one(self.store.pool()).await?;
        let hash = Some(row.try_get::<String, _>(0)?).filter(|hash| !hash.is_empty());
        if !self.passwords.matches(present, hash).await? {
            return Ok(Err(Refusal::WrongPassword));
        }
        let hash = self.passwords.hash(new).await?;
        let mut turn = self.store.turn().await?;
        let now = self.now();
        set_password(&mut turn, &person, &hash, now).await?;
        sqlx::query("delete from sessions where account = $1").bind(&person.id).execute(&mut *turn).await?;
        let from = super::From { address: session.address, agent: session.agent };
        let token = sessions::begin(&mut turn, &person.id, session.strength, &from, now).await?;
        note(&mut turn, now, &person.id, "password-changed", &person.id, &json!({})).await?;
        letters::tell(&mut turn, &person.id, LetterKind::PasswordChanged, "", now).await?;
        turn.commit().await?;
        self.letters.notify_one();
        Ok(Ok(token))
    }
}

/// Keeps a new password, and forgets how often the old one was missed.
async fn set_password(turn: &mut AnyConnection, person: &Account, hash: &str, now: Millis) -> Result<(), StaffError> {
    let sql = "update accounts set password = $1, password_set = $2 where id = $3";
    sqlx::query(sql).bind(hash).bind(now).bind(&person.id).execute(&mut *turn).await?;
    sqlx::query("delete from attempts where login = $1").bind(kept_of("present password", &person.id)).execute(&mut *turn).await?;
    sessions::forget_attempts(turn, &person.login).await?;
    Ok(())
}
