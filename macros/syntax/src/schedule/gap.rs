//! The longest wait between two runs, and runs that a clock change swallows.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::calendar::Year;
use super::cron::Cron;
use super::set::Set;

/// Clock changes are searched from 2026-01-01 to the end of 2053: in 28 years
/// every date falls on every weekday. The years are fixed, so that the same
/// source gives the same warnings on any day.
const START: Timestamp = Timestamp::constant(1_767_225_600, 0);
const LAST_YEAR: i16 = 2053;

const MINUTES_A_DAY: u32 = 24 * 60;

/// The longest wait between two runs of a cron expression on a clock that
/// never changes; `None` if its runs end before the years do.
pub(super) fn longest(cron: &Cron) -> Option<Duration> {
    let overnight = longest_days(cron)? * MINUTES_A_DAY + u32::from(cron.first_minute())
        - u32::from(cron.last_minute());
    let minutes = longest_in_a_day(cron).map_or(overnight, |in_a_day| in_a_day.max(overnight));
    Some(Duration::from_secs(u64::from(minutes) * 60))
}

fn longest_in_a_day(cron: &Cron) -> Option<u32> {
    let longest_step = |set: &Set| {
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

/// The most days from one day with runs to the next; `None` if the years go on
/// for longer than that after the last one.
fn longest_days(cron: &Cron) -> Option<u32> {
    let mut longest = None;
    let mut last = None;
    let mut kinds: [Option<RunDays>; Year::KINDS] = [None; Year::KINDS];
    for year in Year::all().filter(|year| cron.runs_in(year.number)) {
        let in_year = *kinds[year.kind()].get_or_insert_with(|| RunDays::of(cron, &year));
        let Some((first_run, last_run)) = in_year.ends else {
            continue;
        };
        let first_run = year.first_day + first_run;
        longest = longest.max(in_year.longest);
        longest = longest.max(last.map(|last| first_run - last));
        last = Some(year.first_day + last_run);
    }
    let end = Year::all().last()?.end();
    longest.filter(|longest| last.is_some_and(|last| last + longest >= end))
}

/// The days with runs of one year.
#[derive(Clone, Copy, Default)]
struct RunDays {
    /// The first and the last, counted from 1 January.
    ends: Option<(u32, u32)>,
    /// The most days from one to the next.
    longest: Option<u32>,
}

impl RunDays {
    fn of(cron: &Cron, year: &Year) -> Self {
        let mut run_days = Self::default();
        let mut month_start = 0;
        for month in year.months() {
            let mut days = cron.days_in(&month);
            while days != 0 {
                run_days.add(month_start + days.trailing_zeros() - 1);
                days &= days - 1;
            }
            month_start += u32::from(month.length);
        }
        run_days
    }

    fn add(&mut self, day: u32) {
        if let Some((_, last)) = self.ends {
            self.longest = self.longest.max(Some(day - last));
        }
        self.ends = Some((self.ends.map_or(day, |(first, _)| first), day));
    }
}

/// The first run that a clock change swallows without another run close
/// behind.
pub(super) fn swallowed(cron: &Cron, zone: &TimeZone) -> Option<DateTime> {
    skips(zone).find_map(|skip| {
        let run = cron
            .next_local(skip.from, skip.until.date())
            .filter(|run| *run < skip.until)?;
        let soon = skip.until.checked_add(skip.length).ok()?;
        let next = cron.next_local(skip.until, soon.date());
        next.is_none_or(|next| next >= soon).then_some(run)
    })
}

/// A span of local times that a zone's clock does not show.
struct Skip {
    from: DateTime,
    until: DateTime,
    length: SignedDuration,
}

fn skips(zone: &TimeZone) -> impl Iterator<Item = Skip> + use<'_> {
    zone.following(START)
        .scan(zone.to_offset(START), |before, change| {
            let from = before.to_datetime(change.timestamp());
            let until = change.offset().to_datetime(change.timestamp());
            *before = change.offset();
            Some((from, until))
        })
        .take_while(|(from, _)| from.year() <= LAST_YEAR)
        .filter(|(from, until)| from < until)
        .map(|(from, until)| Skip {
            from,
            until,
            length: until.duration_since(from),
        })
}
