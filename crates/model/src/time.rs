//! Moments and durations in integer nanoseconds; never a float, never the machine's clock.

use core::fmt;
use core::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// Nanoseconds in one second.
pub const NS_PER_S: i64 = 1_000_000_000;

/// A moment: nanoseconds since 1970-01-01T00:00:00Z, UTC. There is no `now()`: time is an input.
///
/// Four named times are used throughout: `measured` (by the sensor), `received` (by us), `valid` (of an estimate), `published`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

/// A signed duration in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(i64);

impl Time {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);
    /// The earliest representable moment.
    pub const MIN: Self = Self(i64::MIN);
    /// The latest representable moment.
    pub const MAX: Self = Self(i64::MAX);

    /// From nanoseconds since the Unix epoch.
    #[must_use]
    pub const fn from_ns(ns: i64) -> Self {
        Self(ns)
    }

    /// From whole seconds since the Unix epoch; saturates some 292 years away.
    #[must_use]
    pub const fn from_s(s: i64) -> Self {
        Self(s.saturating_mul(NS_PER_S))
    }

    /// From fractional seconds since the Unix epoch, rounded to the nearest nanosecond that the float can name; `None` when not
    /// finite or out of range. For text formats that carry decimal seconds.
    #[must_use]
    pub fn from_s_f64(s: f64) -> Option<Self> {
        Span::from_s_f64(s).map(|span| Self(span.0))
    }

    /// Nanoseconds since the Unix epoch.
    #[must_use]
    pub const fn ns(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn floor_s(self) -> i64 {
        self.0.div_euclid(NS_PER_S)
    }

    /// Seconds since the Unix epoch as a float, for display and JSON (resolution about 0.2 µs today).
    #[must_use]
    pub fn as_s_f64(self) -> f64 {
        self.0 as f64 / NS_PER_S as f64
    }

    /// The midnight (UTC) at or before this moment.
    #[must_use]
    pub const fn midnight(self) -> Self {
        let day_ns = 86_400 * NS_PER_S;
        Self(self.0.div_euclid(day_ns).saturating_mul(day_ns))
    }

    /// The moment with the given time of day (seconds and nanoseconds after midnight UTC, as one span) that lies nearest to `self`,
    /// within ±12 h. How every format that carries only a time of day gets its date, across midnight too.
    #[must_use]
    pub fn nearest_with_time_of_day(self, time_of_day: Span) -> Self {
        let day = Span::from_s(86_400);
        let same_day = self.midnight() + time_of_day;
        let offset = same_day - self;
        if offset > Span::from_s(43_200) {
            same_day - day
        } else if offset <= Span::from_s(-43_200) {
            same_day + day
        } else {
            same_day
        }
    }

    /// Parses RFC 3339, with `Z` or a numeric offset, or whole or decimal Unix seconds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(seconds) = text.parse::<f64>() {
            return Self::from_s_f64(seconds);
        }
        let (date, rest) = text.split_once(['T', 't', ' '])?;
        let mut parts = date.splitn(3, '-');
        let year: i64 = parts.next()?.parse().ok()?;
        let month: u32 = parts.next()?.parse().ok()?;
        let day: u32 = parts.next()?.parse().ok()?;
        if !(1970..=2200).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let (clock, offset_s) = split_offset(rest)?;
        let mut parts = clock.splitn(3, ':');
        let hour: i64 = parts.next()?.parse().ok()?;
        let minute: i64 = parts.next()?.parse().ok()?;
        let second: f64 = parts.next().unwrap_or("0").parse().ok()?;
        if !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0.0..61.0).contains(&second) {
            return None;
        }
        let whole = Self::from_s(days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 - offset_s);
        Some(whole + Span::from_s_f64(second)?)
    }

    /// Year, month (1–12), day (1–31) in UTC.
    #[must_use]
    pub fn civil(self) -> (i64, u32, u32) {
        civil_from_days(self.0.div_euclid(86_400 * NS_PER_S))
    }
}

fn split_offset(rest: &str) -> Option<(&str, i64)> {
    if let Some(clock) = rest.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let at = rest.rfind(['+', '-'])?;
    let (clock, offset) = rest.split_at(at);
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    // Two digits each (RFC 3339): a longer number would overflow, a second sign would turn the offset round.
    let two_digits = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    if !two_digits(hours) || !two_digits(minutes) {
        return None;
    }
    let seconds = hours.parse::<i64>().ok()? * 3600 + minutes.parse::<i64>().ok()? * 60;
    Some((clock, if offset.starts_with('-') { -seconds } else { seconds }))
}

/// Days since 1970-01-01 of a proleptic Gregorian date. Source: the era decomposition of 400-year cycles.
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let month_from_march = i64::from((month + 9) % 12);
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The proleptic Gregorian date of a day number; the inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as u32, day as u32)
}

impl fmt::Display for Time {
    /// RFC 3339 in UTC with millisecond resolution: `2025-09-09T21:30:00.000Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        let second_of_day = self.floor_s().rem_euclid(86_400);
        let milli = self.0.rem_euclid(NS_PER_S) / 1_000_000;
        let (h, m, s) = (second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}.{milli:03}Z")
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// From nanoseconds.
    #[must_use]
    pub const fn from_ns(ns: i64) -> Self {
        Self(ns)
    }

    /// From milliseconds; saturates.
    #[must_use]
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms.saturating_mul(1_000_000))
    }

    /// From whole seconds; saturates.
    #[must_use]
    pub const fn from_s(s: i64) -> Self {
        Self(s.saturating_mul(NS_PER_S))
    }

    /// From fractional seconds, rounded to nanoseconds; `None` when not finite or beyond ±9.2e9 s.
    #[must_use]
    pub fn from_s_f64(s: f64) -> Option<Self> {
        if !(s.is_finite() && s.abs() < 9.2e9) {
            return None;
        }
        // Split first: a product s * 1e9 would lose the nanoseconds of today's Unix times.
        let whole = s.floor();
        let ns = ((s - whole) * 1e9).round() as i64;
        Some(Self(whole as i64 * NS_PER_S + ns))
    }

    /// Nanoseconds.
    #[must_use]
    pub const fn ns(self) -> i64 {
        self.0
    }

    /// Seconds as a float.
    #[must_use]
    pub fn s(self) -> f64 {
        self.0 as f64 * 1e-9
    }

    /// The magnitude.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }
}

impl Add<Span> for Time {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}
impl AddAssign<Span> for Time {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}
impl Sub<Span> for Time {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}
impl SubAssign<Span> for Time {
    fn sub_assign(&mut self, span: Span) {
        *self = *self - span;
    }
}
impl Sub for Time {
    type Output = Span;
    fn sub(self, other: Self) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}
impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}
impl Sub for Span {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}
impl Neg for Span {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_and_parses_the_first_report_of_the_night() {
        let t = Time::parse("2025-09-09T23:30:00+02:00").expect("valid");
        assert_eq!(t.to_string(), "2025-09-09T21:30:00.000Z");
        assert_eq!(t, Time::from_s(1_757_453_400));
        assert_eq!(Time::parse("1757453400.25").expect("valid") - t, Span::from_ms(250));
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in ["2025-09-09T23:30:00+9223372036854775807:00", "2025-09-09T23:30:00+-2:00"] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
        for text in ["", "yesterday", "2025-13-01T00:00:00Z", "2025-01-01T25:00:00Z", "2025-01-01T00:00:00", "NaN"] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }

    #[test]
    fn civil_dates_round_trip_over_two_centuries() {
        for day in (0..80_000).step_by(7) {
            let (y, m, d) = civil_from_days(day);
            assert_eq!(days_from_civil(y, m, d), day);
        }
        assert_eq!(Time::from_s(951_782_400).civil(), (2000, 2, 29));
    }

    #[test]
    fn a_time_of_day_takes_the_nearest_date_across_midnight() {
        let just_after = Time::parse("2025-09-10T00:00:02Z").expect("valid");
        let before = just_after.nearest_with_time_of_day(Span::from_s(86_399));
        assert_eq!(before.to_string(), "2025-09-09T23:59:59.000Z");
        let just_before = Time::parse("2025-09-09T23:59:58Z").expect("valid");
        let after = just_before.nearest_with_time_of_day(Span::from_s(1));
        assert_eq!(after.to_string(), "2025-09-10T00:00:01.000Z");
    }
}
