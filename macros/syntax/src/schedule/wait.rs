//! The longest wait between two runs, on a clock that never changes.

use std::time::Duration;

use super::calendar::Year;
use super::cron::Cron;
use super::set::Set;

const MINUTES_A_DAY: u32 = 24 * 60;

/// The longest wait between two runs of a cron expression; `None` if its runs end before the years do.
pub(super) fn longest(cron: &Cron) -> Option<Duration> {
    let overnight = longest_days(cron)? * MINUTES_A_DAY + u32::from(cron.first_minute()?)
        - u32::from(cron.last_minute()?);
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
