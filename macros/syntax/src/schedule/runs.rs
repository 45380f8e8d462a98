//! When a schedule runs, in a time zone.

use jiff::Timestamp;
use jiff::civil::{DateTime, date};
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::calendar::{FIRST_YEAR, LAST_DAY};
use super::cron::Cron;

/// The first run of a cron expression after an instant.
pub(super) fn next_cron(cron: &Cron, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let mut local = cron.next_local(not_before(zone.to_datetime(after)), LAST_DAY)?;
    loop {
        if let Some(run) = on_clock(local, zone).filter(|run| *run > after) {
            return Some(run);
        }
        local = cron.next_local(minute_after(local)?, LAST_DAY)?;
    }
}

/// The instant of a run's local time: none in a gap of the clock, the first
/// of two where the clock goes back.
fn on_clock(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let offset = match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Fold { before, .. } => before,
        AmbiguousOffset::Gap { .. } => return None,
    };
    offset.to_timestamp(local).ok()
}

/// Spares the walk through years that no expression can hold.
fn not_before(local: DateTime) -> DateTime {
    local.max(date(FIRST_YEAR, 1, 1).at(0, 0, 0, 0))
}

fn minute_after(local: DateTime) -> Option<DateTime> {
    local.checked_add(jiff::SignedDuration::from_mins(1)).ok()
}
