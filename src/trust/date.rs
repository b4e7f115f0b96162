//! Moments in universal time, to the second. The library has no clock: a caller says what time it is.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

const DAY: i64 = 86_400;

/// A moment between the years 1970 and 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(i64);

impl Moment {
    /// Reads `2026-08-05T00:11:39Z`; a fraction of a second is dropped.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
        let time = time.split_once('.').map_or(time, |(whole, _)| whole);
        let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
        let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
        let valid = (1970..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && hour < 24
            && minute < 60
            && second < 61;
        let seconds = days(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
        valid.then_some(Self(seconds))
    }

    /// Whole days from another moment to this one; negative when this one is earlier.
    pub fn days_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(DAY)
    }

    /// The day, as `2026-08-05`.
    pub fn day(self) -> String {
        let (year, month, day) = date(self.0.div_euclid(DAY));
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// A form for file names, without colons.
    pub(super) fn for_file_name(self) -> String {
        self.to_string().replace(':', "")
    }
}

impl From<SystemTime> for Moment {
    /// A clock that stands outside the range gives its nearest end.
    fn from(time: SystemTime) -> Self {
        let seconds = time
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let last = days(9999, 12, 31) * DAY + DAY - 1;
        Self(i64::try_from(seconds).unwrap_or(last).min(last))
    }
}

impl fmt::Display for Moment {
    /// `2026-08-05T00:11:39Z`
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.0.rem_euclid(DAY);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(out, "{}T{hour:02}:{minute:02}:{second:02}Z", self.day())
    }
}

/// Three numbers of so many digits each.
fn numbers(text: &str, separator: char, widths: [usize; 3]) -> Option<[i64; 3]> {
    let mut parts = text.split(separator);
    let mut read = [0; 3];
    for (number, width) in read.iter_mut().zip(widths) {
        let part = parts.next().filter(|part| part.len() == width)?;
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        *number = digits.then(|| part.parse().ok())??;
    }
    parts.next().is_none().then_some(read)
}

/// Days from 1970-01-01 to a day of the Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The reverse of [`days`].
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = (month + 2) % 12 + 1;
    let year = era * 400 + year + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_survive_the_way_there_and_back() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2000-02-29T23:59:59Z",
            "2026-08-05T00:11:39Z",
            "2100-03-01T12:00:00Z",
            "9999-12-31T23:59:59Z",
        ] {
            assert_eq!(Moment::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn known_seconds_are_met() {
        assert_eq!(
            Moment::parse("2026-08-05T00:11:39.5Z"),
            Some(Moment(1_785_888_699))
        );
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "Z",
            "T",
            "2026-08-05",
            "2026-13-05T00:00:00Z",
            "2026-08-05T24:00:00Z",
            "2026-8-5T0:0:0Z",
            "+026-08-05T00:00:00Z",
            "2026-08-05T00:00:00Z/../x",
            "2026-08-05T00:00:00+01:00",
            "1969-12-31T00:00:00Z",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }

    #[test]
    fn age_is_in_whole_days() {
        let at = |text| Moment::parse(text).unwrap();
        let issued = at("2026-08-05T00:11:39Z");
        assert_eq!(at("2026-08-06T00:11:38Z").days_since(issued), 0);
        assert_eq!(at("2026-11-22T00:11:39Z").days_since(issued), 109);
        assert_eq!(at("2026-08-04T00:11:39Z").days_since(issued), -1);
    }
}
