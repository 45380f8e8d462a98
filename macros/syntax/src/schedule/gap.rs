//! What changes of a zone's clock do to runs.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::cron::Cron;
use super::runs::{last_before, next_from};

/// Clock changes are searched from 2026-01-01 to the end of 2053: in 28 years
/// every date falls on every weekday. The years are fixed, so that the same
/// source gives the same warnings on any day.
const START: Timestamp = Timestamp::constant(1_767_225_600, 0);
const LAST_YEAR: i16 = 2053;

/// The first run that a clock change swallows without another run close
/// behind.
pub(super) fn swallowed(cron: &Cron, zone: &TimeZone) -> Option<DateTime> {
    changes(zone)
        .filter(|change| change.from < change.until)
        .find_map(|skip| {
            let run = cron
                .next_local(skip.from, skip.until.date())
                .filter(|run| *run < skip.until)?;
            let length: SignedDuration = skip.until.duration_since(skip.from);
            let soon = skip.until.checked_add(length).ok()?;
            let next = cron.next_local(skip.until, soon.date());
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
        next = next_from(cron, change.from.max(change.until), zone);
        let last = last_before(cron, change.from, zone);
        let wait = next.zip(last).map(|(next, last)| next.duration_since(last));
        longest = longest.max(wait);
    }
    longest.and_then(|longest| Duration::try_from(longest).ok())
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
        .take_while(|change| change.from.year() <= LAST_YEAR)
}
