//! Tokens: programs that work for one agency, what each may do there and until when. Only a token's hash is kept.
//!
//! A token works as long as the account that made it looks after its agency: whoever was shown the secret once and has left
//! since holds nothing any more. What a machine writes was written by its token and by the token's maker, so that nobody
//! approves, as a post, what they had a program of theirs write.

use super::{
    Account, Staff, StaffError,
    accounts::{hex, kept_of, name_of, new_id},
    journal::note,
    letters::{LetterKind, tell},
    roles::{Role, Roles},
};
use chain::time::Millis;
use serde_json::json;
use sqlx::{AnyConnection, Row, any::AnyRow};
use std::net::IpAddr;

/// What each token begins with, so that those who look for leaked secrets know one.
pub const PREFIX: &str = "gazette_";
/// Days that a token may last.
const LONGEST: i64 = 400;
const DAY: Millis = 86_400_000;
/// Tokens of one agency that may work at once.
const MOST: i64 = 50;
/// How often the last use is written down.
const SEEN: Millis = 60_000;

/// What a token may be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Reads the agency's drafts and cases.
    Read,
    /// Writes drafts and adds files.
    Draft,
    /// Submits drafts for approval, and takes them back.
    Submit,
    /// Publishes where the agency has no rule, and brings what it sealed itself.
    Publish,
    /// Hands in statements that the agency's own seal key signed.
    Statements,
}

impl Scope {
    pub const ALL: [Scope; 5] = [Scope::Read, Scope::Draft, Scope::Submit, Scope::Publish, Scope::Statements];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Draft => "draft",
            Scope::Submit => "submit",
            Scope::Publish => "publish",
            Scope::Statements => "statements",
        }
    }

    #[must_use]
    pub fn named(code: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.code() == code)
    }

    /// The one role that is acted with under it: a machine never has more than the call in hand needs.
    const fn role(self) -> Role {
        match self {
            // A reviewer without a post reads, and that is all.
            Scope::Read | Scope::Statements => Role::Reviewer,
            Scope::Draft | Scope::Submit => Role::Drafter,
            Scope::Publish => Role::Publisher,
        }
    }
}

/// A token as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    pub id: String,
    pub agency: String,
    pub name: String,
    pub scopes: Vec<Scope>,
    /// Where it may be used from; nothing: anywhere.
    pub addresses: Vec<String>,
    pub made: Millis,
    pub made_by: String,
    pub expires: Millis,
    pub ended: Option<Millis>,
    pub used: Option<Millis>,
    pub used_from: String,
}

/// What somebody asks for who makes a token.
#[derive(Debug, Clone, Default)]
pub struct NewMachine {
    pub name: String,
    pub scopes: Vec<Scope>,
    pub days: i64,
    pub addresses: String,
}

/// Why no token was made: its form's field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Name,
    Scope,
    Days,
    Addresses,
    /// There are as many as there may be.
    Many,
    /// No such agency, or not this person's.
    Nobody,
}

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turned {
    /// Never made, ended, expired, or its maker does not look after the agency any more: not told apart.
    Unknown,
    /// It may not be used from there.
    Elsewhere,
}

const COLUMNS: &str = "id, agency, name, scopes, addresses, made, made_by, expires, ended, used, used_from";

/// An address, or a network as `address/bits`.
fn network(text: &str) -> Option<(IpAddr, u32)> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
    (bits <= most).then_some((address, bits))
}

fn within(address: IpAddr, (network, bits): (IpAddr, u32)) -> bool {
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => (address.to_bits() ^ network.to_bits()).checked_shr(32 - bits).unwrap_or(0) == 0,
        (IpAddr::V6(address), IpAddr::V6(network)) => (address.to_bits() ^ network.to_bits()).checked_shr(128 - bits).unwrap_or(0) == 0,
        _ => false,
    }
}

impl Machine {
    fn row(row: &AnyRow) -> Result<Machine, StaffError> {
        let (ended, used): (Millis, Millis) = (row.try_get(8)?, row.try_get(9)?);
        let scopes: String = row.try_get(3)?;
        let addresses: String = row.try_get(4)?;
        Ok(Machine {
            id: row.try_get(0)?,
            agency: row.try_get(1)?,
            name: row.try_get(2)?,
            scopes: scopes.split_whitespace().filter_map(Scope::named).collect(),
            addresses: addresses.split_whitespace().map(str::to_owned).collect(),
            made: row.try_get(5)?,
            made_by: row.try_get(6)?,
            expires: row.try_get(7)?,
            ended: (ended > 0).then_some(ended),
            used: (used > 0).then_some(used),
            used_from: row.try_get(10)?,
        })
    }

    /// Whom the rooms of the desk see when it does what a scope is for. None: it may not.
    #[must_use]
    pub fn acting(&self, scope: Scope) -> Option<Account> {
        self.scopes.contains(&scope).then(|| Account {
            id: self.id.clone(),
            login: String::new(),
            name: self.name.clone(),
            created: self.made,
            ended: None,
            roles: [(scope.role(), self.agency.clone())].into_iter().collect::<Roles>(),
            second_factor: false,
        })
    }

    fn takes(&self, from: IpAddr) -> bool {
        self.addresses.is_empty() || self.addresses.iter().filter_map(|text| network(text)).any(|network| within(from, network))
    }
}

/// Ends all tokens that somebody made.
pub(super) async fn end_all(turn: &mut AnyConnection, account: &str, now: Millis) -> Result<(), StaffError> {
    let rows = sqlx::query("select id, agency from machines where made_by = $1 and ended = 0").bind(account).fetch_all(&mut *turn).await?;
    for row in rows {
        let (machine, agency): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let sql = "update machines set ended = $1, ended_by = $2 where id = $3";
        sqlx::query(sql).bind(now).bind(account).bind(&machine).execute(&mut *turn).await?;
        note(&mut *turn, now, account, "machine-ended", &machine, &json!({ "agency": agency })).await?;
    }
    Ok(())
}

impl Staff {
    /// Makes a token for an agency that this person looks after; answers it with its secret, which nobody sees again.
    pub async fn make_machine(
        &self,
        who: &Account,
        agency: &str,
        new: &NewMachine,
    ) -> Result<Result<(Machine, String), Asked>, StaffError> {
        if agency.is_empty() || !who.roles.may(Role::Administrator, agency) {
            return Ok(Err(Asked::Nobody));
        }
        let Some(name) = name_of(&new.name) else { return Ok(Err(Asked::Name)) };
        if new.scopes.is_empty() {
            return Ok(Err(Asked::Scope));
        }
        if !(1..=LONGEST).contains(&new.days) {
            return Ok(Err(Asked::Days));
        }
        let addresses: Vec<&str> = new.addresses.split([' ', ',', '\n', '\r', '\t']).filter(|text| !text.is_empty()).collect();
        if addresses.len() > 20 || addresses.iter().any(|text| network(text).is_none()) {
            return Ok(Err(Asked::Addresses));
        }
        let secret = format!("{PREFIX}{}", hex(&crate::keys::random::<32>()?));
        let scopes: Vec<&str> = Scope::ALL.into_iter().filter(|scope| new.scopes.contains(scope)).map(Scope::code).collect();
        let (id, now) = (new_id()?, self.now());
        let expires = now + new.days * DAY;
        let mut turn = self.store.turn().await?;
        let sql = "select count(*) from machines where agency = $1 and ended = 0 and expires > $2";
        if sqlx::query(sql).bind(agency).bind(now).fetch_one(&mut *turn).await?.try_get::<i64, _>(0)? >= MOST {
            return Ok(Err(Asked::Many));
        }
        let sql = "insert into machines (id, secret, agency, name, scopes, addresses, made, made_by, expires, ended, ended_by, used, used_from) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '', 0, '')";
        sqlx::query(sql)
            .bind(&id)
            .bind(kept_of("machine", &secret))
            .bind(agency)
            .bind(&name)
            .bind(scopes.join(" "))
            .bind(addresses.join(" "))
            .bind(now)
            .bind(&who.id)
            .bind(expires)
            .execute(&mut *turn)
            .await?;
        let details = json!({ "agency": agency, "name": name, "scopes": scopes, "expires": expires, "addresses": addresses });
        self.journal().note_in(&mut turn, &who.id, "machine-made", &id, &details).await?;
        tell(&mut turn, &who.id, LetterKind::NewWay, agency, now).await?;
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from machines where id = $1"));
        let made = Machine::row(&sqlx::query(sql).bind(&id).fetch_one(&mut *turn).await?)?;
        turn.commit().await?;
        self.letters.notify_one();
        Ok(Ok((made, secret)))
    }

    /// Whether this is the secret of a token that this account made for an agency: whom it may be shown to.
    pub async fn is_machine_of(&self, secret: &str, account: &str, agency: &str) -> Result<bool, StaffError> {
        let sql = "select 1 from machines where secret = $1 and made_by = $2 and agency = $3 and ended = 0";
        let query = sqlx::query(sql).bind(kept_of("machine", secret)).bind(account).bind(agency);
        Ok(query.fetch_optional(self.store.pool()).await?.is_some())
    }

    /// An agency's tokens, the newest first, those that have ended too.
    pub async fn machines(&self, agency: &str) -> Result<Vec<Machine>, StaffError> {
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from machines where agency = $1 order by made desc, id limit 200"));
        sqlx::query(sql).bind(agency).fetch_all(self.store.pool()).await?.iter().map(Machine::row).collect()
    }

    /// Ends a token of an agency that this person looks after. False: there is none that works.
    pub async fn end_machine(&self, who: &Account, agency: &str, id: &str) -> Result<bool, StaffError> {
        if agency.is_empty() || !who.roles.may(Role::Administrator, agency) {
            return Ok(false);
        }
        let mut turn = self.store.turn().await?;
        let sql = "update machines set ended = $1, ended_by = $2 where id = $3 and agency = $4 and ended = 0";
        let ended = sqlx::query(sql).bind(self.now()).bind(&who.id).bind(id).bind(agency).execute(&mut *turn).await?;
        if ended.rows_affected() != 1 {
            return Ok(false);
        }
        self.journal().note_in(&mut turn, &who.id, "machine-ended", id, &json!({ "agency": agency })).await?;
        turn.commit().await?;
        Ok(true)
    }

    /// Whose secret this is, if it opens anything from there now.
    pub async fn machine(&self, secret: &str, from: IpAddr) -> Result<Result<Machine, Turned>, StaffError> {
        let own = secret.strip_prefix(PREFIX).is_some_and(|rest| rest.len() == 64 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if !own {
            return Ok(Err(Turned::Unknown));
        }
        let now = self.now();
        let mut connection = self.store.pool().acquire().await?;
        let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from machines where secret = $1 and ended = 0 and expires > $2"));
        let row = sqlx::query(sql).bind(kept_of("machine", secret)).bind(now).fetch_optional(&mut *connection).await?;
        let Some(machine) = row.as_ref().map(Machine::row).transpose()? else { return Ok(Err(Turned::Unknown)) };
        let maker = Account::read(&mut connection, &machine.made_by).await?;
        if maker.is_none_or(|maker| maker.ended.is_some() || !maker.roles.may(Role::Administrator, &machine.agency)) {
            return Ok(Err(Turned::Unknown));
        }
        if !machine.takes(from.to_canonical()) {
            return Ok(Err(Turned::Elsewhere));
        }
        if machine.used.is_none_or(|used| used + SEEN <= now) {
            let sql = "update machines set used = $1, used_from = $2 where id = $3";
            sqlx::query(sql).bind(now).bind(from.to_canonical().to_string()).bind(&machine.id).execute(&mut *connection).await?;
        }
        Ok(Ok(machine))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_own_addresses_and_no_others() {
        let holds =
            |text: &str, address: &str| network(text).is_some_and(|network| address.parse().is_ok_and(|address| within(address, network)));
        assert!(holds("192.0.2.7", "192.0.2.7") && !holds("192.0.2.7", "192.0.2.8"));
        assert!(holds("192.0.2.0/24", "192.0.2.255") && !holds("192.0.2.0/24", "192.0.3.0"));
        assert!(holds("0.0.0.0/0", "203.0.113.1") && !holds("0.0.0.0/0", "2001:db8::1"));
        assert!(holds("2001:db8::/32", "2001:db8:1::1") && !holds("2001:db8::/32", "2001:db9::1"));
        for bad in ["", "x", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/", "2001:db8::/129", "192.0.2"] {
            assert_eq!(network(bad), None, "{bad:?}");
        }
    }
}
