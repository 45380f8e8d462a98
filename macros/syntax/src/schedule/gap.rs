//! The longest time between two runs, and what changes of a zone's clock do to runs.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::calendar::{FIRST_YEAR, LAST_YEAR, Month};
use super::cron::Cron;
use super::runs::{last_before, runs_from};

/// The longest time between two runs on a clock that never changes; `None` if the runs
/// end before the years do.
pub(super) fn longest(cron: &Cron) -> Option<Duration> {
    let times = Vec::from_iter(&cron.times);
    let overnight = longest_days(cron)? * 24 * 60 + i32::from(*times.first()? - *times.last()?);
    let in_a_day = times.windows(2).map(|pair| i32::from(pair[1] - pair[0]));
    let minutes = in_a_day.fold(overnight, i32::max);
    Some(Duration::from_secs(minutes as u64 * 60))
}

/// The most days from one day with runs to the next; `None` if the years go on
/// for longer than that after the last one.
fn longest_days(cron: &Cron) -> Option<i32> {
    let mut longest = None;
    let mut last = None;
    // The calendar repeats after 28 years, except that 2100 is not a leap year: these
    // years have the last cycle before 2100 and the first one after it.
    let is_every_year = (FIRST_YEAR..=LAST_YEAR).all(|year| cron.years.contains(&year));
    let years = if is_every_year {
        2072..=2128
    } else {
        FIRST_YEAR..=LAST_YEAR
    };
    let end = Month::of((years.end() + 1, 1)).first;
    // Months of the same length that begin on the same weekday have the same days.
    let mut kinds = [None; 4 * 7];
    for month in cron.months_in(years).map(Month::of) {
        let kind = (month.length - 28) * 7 + month.weekday(1) - 1;
        let (days, within) = *kinds[kind as usize].get_or_insert_with(|| {
            let days = cron.days.in_month(month);
            (days, longest_within(days))
        });
        if days == 0 {
            continue;
        }
        let first = month.date(days.trailing_zeros())?;
        let since_last = last.map(|last| days_between(last, first));
        longest = longest.max(since_last).max(within);
        last = month.date(days.ilog2());
    }
    longest.filter(|longest| last.is_some_and(|last| days_between(last, end) <= *longest))
}

fn days_between(from: Date, to: Date) -> i32 {
    (to.duration_since(from).as_hours() / 24) as i32
}

/// The most days from one day to the next within a month.
fn longest_within(days: u32) -> Option<i32> {
    let days: Vec<_> = (1..=31).filter(|day| days >> day & 1 == 1).collect();
    days.windows(2).map(|pair| pair[1] - pair[0]).max()
}

/// Clock changes are searched from 2026-01-01 to the end of 2053: in 28 years
/// every date falls on every weekday. The years are fixed, so that the same
/// source gives the same warnings on any day.
const START: Timestamp = Timestamp::constant(1_767_225_600, 0);
const LAST_CHANGE: i16 = 2053;

/// The first run that a clock change skips, if no other run follows soon.
pub(super) fn skipped(cron: &Cron, zone: &TimeZone) -> Option<DateTime> {
    changes(zone).find_map(|Change { from, until, .. }| {
        let run = cron.next_local(from).filter(|run| *run < until)?;
        let soon = until.checked_add(until.duration_since(from)).ok()?;
        let next = cron.next_local(until);
        next.is_none_or(|next| next >= soon).then_some(run)
    })
}

/// The longest time from the last run before a clock change to the first one
/// after it.
pub(super) fn longest_over_changes(cron: &Cron, zone: &TimeZone) -> Option<Duration> {
    let mut longest = None;
    let mut next = None;
    for change in changes(zone) {
        if next.is_some_and(|next| next > change.at) {
            // No run since the change before: its wait is this one too.
            continue;
        }
        // Where the clock goes back, times shown again have had their run.
        next = runs_from(cron, change.from.max(change.until), zone).next();
        let last = last_before(cron, change.from, zone);
        let wait = next.zip(last).map(|(next, last)| next.duration_since(last));
        longest = longest.max(wait);
    }
    Duration::try_from(longest?).ok()
}

/// A zone's clock goes on from one local time to another, forward or back.
struct Change {
    at: Timestamp,
    from: DateTime,
    until: DateTime,
}

fn changes(zone: &TimeZone) -> impl Iterator<Item = Change> + use<'_> {
    zone.following(START)
        .scan(zone.to_offset(START), |before, change| {
            let at = change.timestamp();
            let from = before.to_datetime(at);
            let until = change.offset().to_datetime(at);
            *before = change.offset();
            Some(Change { at, from, until })
        })
        .take_while(|change| change.from.year() <= LAST_CHANGE)
}
