//! What of the journal is asked for: as an address says it, and as rows are held to it.

use crate::staff::Noted;
use app::pages;
use chain::{deed::code, time::Millis};
use jiff::{civil, tz::TimeZone};
use serde::Deserialize;

/// As the page's form sends it: every field, empty where all are asked for.
#[derive(Deserialize)]
pub(in crate::http::desk) struct Query {
    before: Option<String>,
    /// The code of an act.
    act: Option<String>,
    /// The id of an account or a token. No name: addresses are kept in many places.
    who: Option<String>,
    /// A day of the portal's zone.
    day: Option<String>,
}

/// The same, read.
pub(super) struct Sought {
    pub(super) first: bool,
    pub(super) before: i64,
    pub(super) act: Option<String>,
    pub(super) who: Option<String>,
    pub(super) day: Option<(Millis, Millis)>,
}

impl Query {
    pub(super) fn act(&self) -> &str {
        self.act.as_deref().unwrap_or_default()
    }

    pub(super) fn who(&self) -> &str {
        self.who.as_deref().unwrap_or_default()
    }

    pub(super) fn day(&self) -> &str {
        self.day.as_deref().unwrap_or_default()
    }

    /// The address of the same rows.
    pub(super) fn path(&self) -> String {
        let before = self.before.as_deref().unwrap_or_default();
        let asked = [("before", before), ("act", self.act()), ("who", self.who()), ("day", self.day())];
        let asked = asked.into_iter().filter(|(_, value)| !value.is_empty());
        let asked: Vec<String> = asked.map(|(name, value)| format!("{name}={}", pages::text::query(value))).collect();
        if asked.is_empty() { "/desk/journal".to_owned() } else { format!("/desk/journal?{}", asked.join("&")) }
    }

    pub(super) fn sought(&self, zone: &TimeZone) -> Option<Sought> {
        let before = match &self.before {
            Some(before) => before.parse().ok().filter(|before| *before > 0)?,
            None => i64::MAX,
        };
        let chosen = |value: &str| Some(value.to_owned()).filter(|value| !value.is_empty());
        let day = if self.day().is_empty() { None } else { Some(day(zone, self.day())?) };
        Some(Sought { first: self.before.is_none(), before, act: chosen(self.act()), who: chosen(self.who()), day })
    }
}

impl Sought {
    /// Whether rows are left out between those that are asked for.
    pub(super) fn apart(&self) -> bool {
        self.act.is_some() || self.who.is_some()
    }

    /// Whether a row that waits is asked for.
    pub(super) fn asks(&self, row: &Noted) -> bool {
        self.act.as_deref().is_none_or(|act| code(&row.what) == act)
            && self.who.as_deref().is_none_or(|who| row.who == who)
            && self.day.is_none_or(|(begins, ends)| (begins..ends).contains(&row.time))
    }
}

/// Where a day begins and where it ends, by the portal's clocks.
fn day(zone: &TimeZone, day: &str) -> Option<(Millis, Millis)> {
    let day: civil::Date = day.parse().ok()?;
    let begins = |day: civil::Date| {
        let begins = zone.to_ambiguous_zoned(day.to_datetime(civil::Time::midnight())).compatible().ok()?;
        Some(begins.timestamp().as_millisecond())
    };
    Some((begins(day)?, begins(day.tomorrow().ok()?)?))
}
