//! From one run of a cron expression to another, on a local clock that never
//! changes. Seconds are ignored.

use jiff::civil::{Date, DateTime};

use super::calendar::{FIRST_YEAR, Month, months};
use super::cron::Cron;

impl Cron {
    /// The first run not before a local time and not after the day `last`.
    pub(super) fn next_local(&self, from: DateTime, last: Date) -> Option<DateTime> {
        let run = self.next_date(from.date(), last)?;
        if run != from.date() {
            return Some(at_minute(run, self.first_minute()?));
        }
        if let Some(minute) = self.next_minute(minute_of_day(from)) {
            return Some(at_minute(run, minute));
        }
        let run = self.next_date(run.tomorrow().ok()?, last)?;
        Some(at_minute(run, self.first_minute()?))
    }

    /// The last run before a local time.
    pub(super) fn previous_local(&self, before: DateTime) -> Option<DateTime> {
        let today = before.date();
        let runs_today = self.days_in(&Month::of(today)) >> today.day() & 1 == 1;
        if runs_today && let Some(minute) = self.previous_minute(minute_of_day(before)) {
            return Some(at_minute(today, minute));
        }
        Some(at_minute(self.previous_date(today)?, self.last_minute()?))
    }

    fn next_date(&self, from: Date, last: Date) -> Option<Date> {
        let first_days = u32::MAX << from.day();
        let (days, month) = std::iter::once(first_days)
            .chain(std::iter::repeat(u32::MAX))
            .zip(months(from, last))
            .map(|(days, month)| (self.days_in(&month) & days, month))
            .find(|(days, _)| *days != 0)?;
        month.date(days.trailing_zeros()).filter(|run| *run <= last)
    }

    fn previous_date(&self, before: Date) -> Option<Date> {
        let mut month = Month::of(before);
        let mut days = self.days_in(&month) & !(u32::MAX << before.day());
        while days == 0 {
            month = month.preceding();
            if month.year < FIRST_YEAR {
                return None;
            }
            days = self.days_in(&month);
        }
        month.date(days.ilog2())
    }

    /// The first run of a day, in minutes from midnight.
    pub(super) fn first_minute(&self) -> Option<u16> {
        Some(self.hours.next(0)? * 60 + self.minutes.next(0)?)
    }

    /// The last run of a day, in minutes from midnight.
    pub(super) fn last_minute(&self) -> Option<u16> {
        Some(self.hours.last()? * 60 + self.minutes.last()?)
    }

    fn next_minute(&self, from: u16) -> Option<u16> {
        let hour = from / 60;
        if self.hours.contains(hour)
            && let Some(minute) = self.minutes.next(from % 60)
        {
            return Some(hour * 60 + minute);
        }
        Some(self.hours.next(hour + 1)? * 60 + self.minutes.next(0)?)
    }

    fn previous_minute(&self, before: u16) -> Option<u16> {
        let hour = before / 60;
        if self.hours.contains(hour)
            && let Some(minute) = self.minutes.before(before % 60)
        {
            return Some(hour * 60 + minute);
        }
        Some(self.hours.before(hour)? * 60 + self.minutes.last()?)
    }
}

fn minute_of_day(time: DateTime) -> u16 {
    time.hour() as u16 * 60 + time.minute() as u16
}

fn at_minute(date: Date, minute: u16) -> DateTime {
    date.at((minute / 60) as i8, (minute % 60) as i8, 0, 0)
}
