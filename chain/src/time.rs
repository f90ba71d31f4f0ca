//! The one spelling of a moment and of a day, without a clock.

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Millis = i64;

const DAY: i64 = 86_400_000;
/// 9999-12-31T23:59:59.999Z: later moments have no spelling of the right width.
pub const LATEST: Millis = 253_402_300_799_999;

/// `2026-11-22T13:45:00.123Z`: exactly three decimals, always UTC. `None` outside the years 1970 to 9999.
#[must_use]
pub fn format_time(time: Millis) -> Option<String> {
    if !(0..=LATEST).contains(&time) {
        return None;
    }
    let (year, month, day) = civil(time / DAY);
    let rest = time % DAY;
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
        rest / 3_600_000,
        rest / 60_000 % 60,
        rest / 1000 % 60,
        rest % 1000
    ))
}

/// Reads the spelling [`format_time`] writes and no other.
#[must_use]
pub fn parse_time(text: &str) -> Option<Millis> {
    let bytes = text.as_bytes();
    if bytes.len() != 24 || bytes[10] != b'T' || bytes[13] != b':' || bytes[16] != b':' || bytes[19] != b'.' || bytes[23] != b'Z' {
        return None;
    }
    let days = parse_date(text.get(..10)?)?;
    let number = |from: usize, to: usize| digits(&bytes[from..to]);
    let (hour, minute, second, millis) = (number(11, 13)?, number(14, 16)?, number(17, 19)?, number(20, 23)?);
    if days < 0 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(days * DAY + hour * 3_600_000 + minute * 60_000 + second * 1000 + millis)
}

/// Days since 1970-01-01 of a real day written `YYYY-MM-DD`; negative before. Years 0001 to 9999.
#[must_use]
pub fn parse_date(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(&bytes[..4])?, digits(&bytes[5..7])?, digits(&bytes[8..])?);
    if year == 0 || !(1..=12).contains(&month) || day == 0 {
        return None;
    }
    let days = days_from_civil(year, month, day);
    (civil(days) == (year, month, day)).then_some(days)
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |n, c| c.is_ascii_digit().then(|| n * 10 + i64::from(c - b'0')))
}

/// Days since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a count of days since 1970-01-01; the inverse of the above.
#[must_use]
pub fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_exact_spelling_of_a_time_is_read() {
        assert_eq!(parse_time("1970-01-01T00:00:00.000Z"), Some(0));
        assert_eq!(format_time(1_795_355_100_123).as_deref(), Some("2026-11-22T13:45:00.123Z"));
        for bad in [
            "2026-11-22T13:45:00Z",
            "2026-11-22T13:45:00.12Z",
            "2026-11-22T13:45:00.1234Z",
            "2026-11-22t13:45:00.123Z",
            "2026-11-22T13:45:00.123z",
            "2026-11-22T24:00:00.000Z",
            "2026-11-22T23:59:60.000Z",
            "2026-02-29T00:00:00.000Z",
            "1969-12-31T23:59:59.999Z",
            "2026-11-22T13:45:00.123+",
            "２026-11-22T13:45:00.1Z",
        ] {
            assert_eq!(parse_time(bad), None, "{bad}");
        }
        assert_eq!(format_time(LATEST + 1), None);
        assert_eq!(format_time(-1), None);
    }

    #[test]
    fn days_before_1970_are_real_days() {
        assert_eq!(parse_date("1952-08-11"), Some(-6_352));
        assert_eq!(parse_date("2000-02-29"), Some(11_016));
        assert_eq!(parse_date("1900-02-29"), None);
    }

    proptest! {
        #[test]
        fn every_time_reads_back(time in 0..=LATEST) {
            prop_assert_eq!(format_time(time).and_then(|text| parse_time(&text)), Some(time));
        }
    }
}
