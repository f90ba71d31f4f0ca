//! Places: the networks and browsers somebody has signed in from, so that they are told of a new one, and not kept out of theirs.

use super::{
    From, StaffError,
    accounts::kept_of,
    letters::{LetterKind, tell},
};
use chain::time::Millis;
use sqlx::{AnyConnection, Row};

/// After this long without a sign-in a place is a new one.
const REMEMBERED: Millis = 90 * 24 * 60 * 60_000;

/// Tells somebody who has signed in from where they never did. The first place of all is no news.
pub(super) async fn seen_from(turn: &mut AnyConnection, account: &str, from: &From, now: Millis) -> Result<(), StaffError> {
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

/// Whether the account of this name was entered from there before.
pub(super) async fn knows_place(connection: &mut AnyConnection, login: &str, from: &From) -> Result<bool, StaffError> {
    let row = sqlx::query("select id from accounts where login = $1").bind(login).fetch_optional(&mut *connection).await?;
    // Of a name that nobody has it is looked for as well: how long it takes says nothing.
    let account = row.map_or(Ok(String::new()), |row| row.try_get(0))?;
    let place = kept_of("place", &format!("{account} {}", place(from)));
    let known = sqlx::query("select 1 from places where account = $1 and place = $2").bind(&account).bind(&place);
    Ok(known.fetch_optional(connection).await?.is_some())
}

/// The network of an address, as far as it stays the same from day to day.
pub(super) fn network(from: &From) -> String {
    match from.address.parse() {
        Ok(std::net::IpAddr::V4(address)) => format!("{:?}", &address.octets()[..3]),
        Ok(std::net::IpAddr::V6(address)) => format!("{:x?}", &address.segments()[..3]),
        Err(_) => String::new(),
    }
}

/// A network and a browser, without what changes from day to day: the last part of an address, the numbers of versions.
fn place(from: &From) -> String {
    let network = network(from);
    let browser: String = from.agent.chars().filter(|c| !c.is_ascii_digit()).collect();
    format!("{network} {browser}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_stays_the_same_when_an_address_or_a_version_moves_on() {
        let from = |address: &str, agent: &str| place(&From { address: address.into(), agent: agent.into() });
        assert_eq!(from("203.0.113.7", "Chrome/140.0"), from("203.0.113.99", "Chrome/141.2"));
        assert_ne!(from("203.0.113.7", "Chrome/140.0"), from("203.0.114.7", "Chrome/140.0"));
        assert_ne!(from("203.0.113.7", "Chrome/140.0"), from("203.0.113.7", "Firefox/140.0"));
        assert_eq!(from("2001:db8:1::1", ""), from("2001:db8:1:2::9", ""));
    }
}
