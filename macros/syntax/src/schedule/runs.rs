//! When a schedule runs, in a time zone.

use jiff::civil::{DateTime, date};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::calendar::{FIRST_YEAR, LAST_DAY};
use super::cron::Cron;

/// The first run of a cron expression after an instant.
pub(super) fn next(cron: &Cron, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let runs = successive(cron, zone.to_datetime(after));
    on_clock(runs, zone).find(|run| *run > after)
}

/// The first run whose local time is not before `from`.
pub(super) fn next_from(cron: &Cron, from: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    on_clock(successive(cron, from), zone).next()
}

/// The last run whose local time is before `before`.
pub(super) fn last_before(cron: &Cron, before: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let earlier = |before: &DateTime| cron.previous_local(*before);
    on_clock(std::iter::successors(earlier(&before), earlier), zone).next()
}

/// Local times of runs from `from` on.
fn successive(cron: &Cron, from: DateTime) -> impl Iterator<Item = DateTime> {
    // Spares the walk through years that no expression can hold.
    let from = from.max(date(FIRST_YEAR, 1, 1).at(0, 0, 0, 0));
    std::iter::successors(cron.next_local(from, LAST_DAY), |run| {
        let minute = SignedDuration::from_mins(1);
        cron.next_local(run.checked_add(minute).ok()?, LAST_DAY)
    })
}

/// The instants of local times: none in a gap of the clock, the first of two
/// where the clock goes back.
fn on_clock(
    local: impl Iterator<Item = DateTime>,
    zone: &TimeZone,
) -> impl Iterator<Item = Timestamp> {
    local.filter_map(|local| {
        let offset = match zone.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Fold { before, .. } => before,
            AmbiguousOffset::Gap { .. } => return None,
        };
        offset.to_timestamp(local).ok()
    })
}
