//! When a cron expression runs: on a local clock, and in a time zone. Seconds are
//! ignored.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::calendar::Month;
use super::cron::Cron;

impl Cron {
    /// The first run not before a local time.
    pub(super) fn next_local(&self, from: DateTime) -> Option<DateTime> {
        let today = from.date();
        let run = self.next_date(today)?;
        match self.times.range(minute_of_day(from)..).next() {
            _ if run > today => at(run, self.times.first()?),
            Some(time) => at(run, time),
            None => at(self.next_date(today.tomorrow().ok()?)?, self.times.first()?),
        }
    }

    /// The last run before a local time.
    pub(super) fn previous_local(&self, before: DateTime) -> Option<DateTime> {
        let today = before.date();
        match self.times.range(..minute_of_day(before)).next_back() {
            Some(time) if self.next_date(today) == Some(today) => at(today, time),
            _ => at(self.previous_date(today)?, self.times.last()?),
        }
    }

    fn next_date(&self, from: Date) -> Option<Date> {
        let first = year_and_month(from);
        let months = self.months_in(from.year()..);
        let mut months = months.skip_while(|month| *month < first).map(Month::of);
        months.find_map(|month| {
            let (_, later) = month.split_at(from);
            let days = later & self.days.in_month(month);
            (days != 0).then(|| month.date(days.trailing_zeros()))?
        })
    }

    fn previous_date(&self, before: Date) -> Option<Date> {
        let last = year_and_month(before);
        let months = self.months_in(..=before.year()).rev();
        let mut months = months.skip_while(|month| *month > last).map(Month::of);
        months.find_map(|month| {
            let (earlier, _) = month.split_at(before);
            month.date((earlier & self.days.in_month(month)).checked_ilog2()?)
        })
    }
}

fn year_and_month(date: Date) -> (i16, i16) {
    (date.year(), date.month().into())
}

fn minute_of_day(time: DateTime) -> i16 {
    i16::from(time.hour()) * 60 + i16::from(time.minute())
}

fn at(date: Date, minute: &i16) -> Option<DateTime> {
    Some(date.at((minute / 60) as i8, (minute % 60) as i8, 0, 0))
}

/// The first run after an instant.
pub(super) fn next(cron: &Cron, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let mut runs = runs_from(cron, zone.to_datetime(after), zone);
    runs.find(|run| *run > after)
}

/// The runs whose local times are not before `from`.
pub(super) fn runs_from(
    cron: &Cron,
    from: DateTime,
    zone: &TimeZone,
) -> impl Iterator<Item = Timestamp> {
    let following =
        |run: &DateTime| cron.next_local(run.checked_add(SignedDuration::from_mins(1)).ok()?);
    let local = std::iter::successors(cron.next_local(from), following);
    local.filter_map(|run| on_clock(run, zone))
}

/// The last run whose local time is before `before`.
pub(super) fn last_before(cron: &Cron, before: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let preceding = |run: &DateTime| cron.previous_local(*run);
    let mut local = std::iter::successors(preceding(&before), preceding);
    local.find_map(|run| on_clock(run, zone))
}

/// The instant of a local time: none if the clock skips it, the first if the clock
/// shows it twice.
fn on_clock(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let offset = match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Fold { before, .. } => before,
        AmbiguousOffset::Gap { .. } => return None,
    };
    offset.to_timestamp(local).ok()
}
