//! Dates as people read them: the portal's zone in words, UTC for machines.
//!
//! Shared with the browser, so that a date shown can be compared with the date that was signed.

use crate::Lang;
use serde::{Deserialize, Serialize};

/// An instant of the chain and the portal's distance from UTC at that instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub utc_ms: i64,
    /// Minutes east of UTC.
    pub offset_minutes: i32,
}

const DAY_MS: i64 = 86_400_000;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Moment {
    pub const fn new(utc_ms: i64, offset_minutes: i32) -> Self {
        Moment { utc_ms, offset_minutes }
    }

    /// Day and minute in the portal's zone: `2026年11月22日 13:45`, `22 Nov 2026, 13:45`.
    pub fn minute(self, lang: Lang) -> String {
        let local = self.utc_ms + i64::from(self.offset_minutes) * 60_000;
        let (year, month, day) = civil(local.div_euclid(DAY_MS));
        let minute = local.rem_euclid(DAY_MS) / 60_000;
        let clock = format!("{:02}:{:02}", minute / 60, minute % 60);
        joined(lang, &words(lang, year, month, day), &clock)
    }

    /// The day alone, in the portal's zone.
    pub fn day(self, lang: Lang) -> String {
        let local = self.utc_ms + i64::from(self.offset_minutes) * 60_000;
        let (year, month, day) = civil(local.div_euclid(DAY_MS));
        words(lang, year, month, day)
    }

    /// `2026-11-22T05:45:00.123Z`, as in the entry itself.
    pub fn utc(self) -> String {
        let (year, month, day) = civil(self.utc_ms.div_euclid(DAY_MS));
        let rest = self.utc_ms.rem_euclid(DAY_MS);
        let (second, ms) = (rest / 1000, rest % 1000);
        format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{ms:03}Z", second / 3600, second / 60 % 60, second % 60)
    }
}

/// A stated date `YYYY-MM-DD` in words; anything else comes back as it is, so that a strange
/// date is shown and never guessed at.
pub fn day(lang: Lang, stated: &str) -> String {
    match parts(stated) {
        Some((year, month, day)) => words(lang, year, month, day),
        None => stated.to_owned(),
    }
}

/// A moment as [`Moment::minute`] writes it, from how a clock of that zone has it: `2026-11-22 13:45`, and what may follow.
pub fn minute(lang: Lang, clock: &str) -> Option<String> {
    let (year, month, day) = parts(clock.get(..10)?)?;
    Some(joined(lang, &words(lang, year, month, day), clock.get(11..16)?))
}

fn joined(lang: Lang, day: &str, clock: &str) -> String {
    let gap = match lang {
        Lang::Zh => " ",
        Lang::En => ", ",
    };
    format!("{day}{gap}{clock}")
}

fn words(lang: Lang, year: i64, month: u32, day: u32) -> String {
    match lang {
        Lang::Zh => format!("{year}年{month}月{day}日"),
        Lang::En => {
            let name = MONTHS.get(month as usize - 1).copied().unwrap_or("?");
            format!("{day} {name} {year}")
        }
    }
}

fn parts(stated: &str) -> Option<(i64, u32, u32)> {
    let bytes = stated.as_bytes();
    let shaped = bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shaped {
        return None;
    }
    let year = stated[0..4].parse().ok()?;
    let month = stated[5..7].parse().ok().filter(|m| (1..=12).contains(m))?;
    let day = stated[8..10].parse().ok().filter(|d| (1..=31).contains(d))?;
    Some((year, month, day))
}

/// Year, month and day of a count of days since 1970-01-01, in the proleptic Gregorian calendar.
/// Years are counted from March, so that the leap day is the last of its year.
fn civil(days: i64) -> (i64, u32, u32) {
    const ERA: i64 = 146_097;
    let days = days + 719_468;
    let era = days.div_euclid(ERA);
    let in_era = days.rem_euclid(ERA);
    let year_of_era = (in_era - in_era / 1460 + in_era / 36_524 - in_era / 146_096) / 365;
    let in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * in_year + 2) / 153;
    let day = in_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as u32, day as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_in_the_portals_zone_and_keeps_its_utc() {
        let moment = Moment::new(1_795_326_300_123, 480);
        assert_eq!(moment.utc(), "2026-11-22T05:45:00.123Z");
        assert_eq!(moment.minute(Lang::Zh), "2026年11月22日 13:45");
        assert_eq!(moment.minute(Lang::En), "22 Nov 2026, 13:45");
        assert_eq!(minute(Lang::En, "2026-11-22 13:45:00").as_deref(), Some("22 Nov 2026, 13:45"));
        assert_eq!(minute(Lang::Zh, "2026-11-22 13:45:00").as_deref(), Some("2026年11月22日 13:45"));
        assert_eq!(minute(Lang::Zh, "22/11/2026, 13:45:00"), None);
    }

    #[test]
    fn days_before_1970_and_leap_days_are_right() {
        assert_eq!(Moment::new(-1, 0).utc(), "1969-12-31T23:59:59.999Z");
        assert_eq!(Moment::new(951_782_400_000, 0).day(Lang::En), "29 Feb 2000");
        assert_eq!(Moment::new(-561_600_000_000, 0).day(Lang::En), "16 Mar 1952");
    }

    #[test]
    fn a_stated_date_that_is_no_date_is_shown_as_it_stands() {
        assert_eq!(day(Lang::Zh, "1952-08-11"), "1952年8月11日");
        for odd in ["2026-13-01", "2026-00-10", "2026", "二〇二六", "2026-1-011", "é026-01-01"] {
            assert_eq!(day(Lang::En, odd), odd);
        }
    }
}
