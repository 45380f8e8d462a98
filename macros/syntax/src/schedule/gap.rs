//! The longest wait between two runs, and runs that a clock change swallows.

use std::time::Duration;

use jiff::civil::{DateTime, date};
use jiff::tz::{Offset, TimeZone};

use super::cron::Cron;
use super::runs::next_cron;

/// The years searched for clock changes: with 28 of them every date falls on
/// every weekday. They are fixed, so that the same source gives the same
/// warnings on any day.
const YEARS: std::ops::RangeInclusive<i16> = 2026..=2053;

const MINUTES_A_DAY: u32 = 24 * 60;

/// The longest wait between two runs of a cron expression on a clock that
/// never changes; `None` if there is a last run before the end of all years.
pub(super) fn longest(cron: &Cron) -> Option<Duration> {
    if !cron.is_endless() {
        return None;
    }
    let in_a_day = longest_in_a_day(cron);
    let overnight = longest_days(cron).map(|days| {
        days * MINUTES_A_DAY + u32::from(cron.first_minute()) - u32::from(cron.last_minute())
    });
    let minutes = in_a_day.max(overnight)?;
    Some(Duration::from_secs(u64::from(minutes) * 60))
}

fn longest_in_a_day(cron: &Cron) -> Option<u32> {
    let longest_step = |set: &super::set::Set| {
        set.iter()
            .zip(set.iter().skip(1))
            .map(|(a, b)| u32::from(b - a))
            .max()
    };
    let in_an_hour = longest_step(&cron.minutes);
    let over_hours = longest_step(&cron.hours).and_then(|hours| {
        Some(hours * 60 + u32::from(cron.minutes.next(0)?) - u32::from(cron.minutes.last()?))
    });
    in_an_hour.max(over_hours)
}

/// The most days from one day with runs to the next.
fn longest_days(cron: &Cron) -> Option<u32> {
    let mut longest = None;
    let mut last: Option<u32> = None;
    let mut seen = [None; 32 * 8];
    for (month, days) in cron.run_months() {
        // Which days a month has runs on depends on its length and its first
        // weekday alone.
        let kind = usize::from(month.length) * 8 + usize::from(month.first_weekday);
        let inner = *seen[kind].get_or_insert_with(|| longest_inside(days));
        let first = month.day_number + days.trailing_zeros();
        longest = longest.max(inner).max(last.map(|last| first - last));
        last = Some(month.day_number + days.ilog2());
    }
    longest
}

fn longest_inside(days: u32) -> Option<u32> {
    let mut rest = days;
    let mut longest = None;
    while rest != 0 {
        let day = rest.trailing_zeros();
        rest &= rest - 1;
        if rest != 0 {
            longest = longest.max(Some(rest.trailing_zeros() - day));
        }
    }
    longest
}

/// The first run that a clock change swallows without another run close
/// behind.
pub(super) fn swallowed(cron: &Cron, zone: &TimeZone) -> Option<DateTime> {
    let start = zone
        .to_timestamp(date(*YEARS.start(), 1, 1).at(0, 0, 0, 0))
        .ok()?;
    let mut before = zone.to_offset(start);
    for change in zone.following(start) {
        let from = before.to_datetime(change.timestamp());
        if from.year() > *YEARS.end() {
            return None;
        }
        let after = change.offset();
        let gap = seconds(after) - seconds(before);
        before = after;
        if gap <= 0 {
            continue;
        }
        let until = after.to_datetime(change.timestamp());
        let Some(run) = cron.next_local(from).filter(|run| *run < until) else {
            continue;
        };
        let soon = change.timestamp().as_second() + gap;
        let instant_before = change.timestamp() - jiff::SignedDuration::from_secs(1);
        let next = next_cron(cron, instant_before, zone);
        if next.is_none_or(|next| next.as_second() >= soon) {
            return Some(run);
        }
    }
    None
}

fn seconds(offset: Offset) -> i64 {
    i64::from(offset.seconds())
}
