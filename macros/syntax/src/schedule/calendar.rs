//! Months, as far as a cron expression has to know them.
//!
//! Own arithmetic: an expression is walked over the years it covers at each
//! macro expansion, which has to cost microseconds even in an unoptimised
//! build.

use jiff::civil::{Date, date};

/// The years a cron expression can hold.
pub(super) const FIRST_YEAR: i16 = 1970;
pub(super) const LAST_YEAR: i16 = 2199;

/// The last day a cron expression can hold.
pub(super) const LAST_DAY: Date = date(LAST_YEAR, 12, 31);

/// One month of one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Month {
    pub(super) year: i16,
    /// From 1.
    pub(super) number: u8,
    /// In days.
    pub(super) length: u8,
    /// The weekday of the 1st, from 1 = Sunday.
    pub(super) first_weekday: u8,
}

impl Month {
    /// The month a date is in.
    pub(super) fn of(date: Date) -> Self {
        let (year, number) = (date.year(), date.month() as u8);
        Self {
            year,
            number,
            length: length(year, number),
            first_weekday: date.first_of_month().weekday().to_sunday_one_offset() as u8,
        }
    }

    pub(super) fn following(&self) -> Self {
        let (year, number) = match self.number {
            12 => (self.year + 1, 1),
            number => (self.year, number + 1),
        };
        Self {
            year,
            number,
            length: length(year, number),
            first_weekday: self.weekday(self.length) % 7 + 1,
        }
    }

    pub(super) fn preceding(&self) -> Self {
        let (year, number) = match self.number {
            1 => (self.year - 1, 12),
            number => (self.year, number - 1),
        };
        let length = length(year, number);
        Self {
            year,
            number,
            length,
            first_weekday: (self.first_weekday - 1 + 35 - length) % 7 + 1,
        }
    }

    pub(super) fn date(&self, day: u32) -> Option<Date> {
        Date::new(self.year, self.number as i8, day as i8).ok()
    }

    /// The weekday of a day, from 1 = Sunday.
    pub(super) fn weekday(&self, day: u8) -> u8 {
        (self.first_weekday - 1 + day - 1) % 7 + 1
    }

    /// All its days, each as the bit of its number.
    pub(super) fn all_days(&self) -> u32 {
        (u32::MAX >> (31 - self.length)) & !1
    }

    fn is_up_to(&self, date: Date) -> bool {
        (self.year, self.number) <= (date.year(), date.month() as u8)
    }
}

/// The months from that of `from` to that of `last`.
pub(super) fn months(from: Date, last: Date) -> impl Iterator<Item = Month> {
    std::iter::successors(Some(Month::of(from)), |month| Some(month.following()))
        .take_while(move |month| month.is_up_to(last))
}

/// One year. Years of the same kind have the same weekdays.
#[derive(Clone, Debug)]
pub(super) struct Year {
    pub(super) number: i16,
    first_weekday: u8,
    is_leap: bool,
    /// Its 1 January, counted in days from that of [`FIRST_YEAR`].
    pub(super) first_day: u32,
}

impl Year {
    pub(super) const KINDS: usize = 14;

    /// All years a cron expression can hold.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let january = Month::of(date(FIRST_YEAR, 1, 1));
        let first = Self {
            number: FIRST_YEAR,
            first_weekday: january.first_weekday,
            is_leap: is_leap(FIRST_YEAR),
            first_day: 0,
        };
        std::iter::successors(Some(first), |year| Some(year.following()))
            .take_while(|year| year.number <= LAST_YEAR)
    }

    /// The 1 January after it, counted as [`first_day`](Self::first_day) is.
    pub(super) fn end(&self) -> u32 {
        self.first_day + if self.is_leap { 366 } else { 365 }
    }

    fn following(&self) -> Self {
        let days = self.end() - self.first_day;
        Self {
            number: self.number + 1,
            first_weekday: (self.first_weekday - 1 + (days % 7) as u8) % 7 + 1,
            is_leap: is_leap(self.number + 1),
            first_day: self.end(),
        }
    }

    /// Below [`KINDS`](Self::KINDS).
    pub(super) fn kind(&self) -> usize {
        usize::from(self.first_weekday - 1) * 2 + usize::from(self.is_leap)
    }

    /// Its twelve months.
    pub(super) fn months(&self) -> impl Iterator<Item = Month> + use<> {
        months(date(self.number, 1, 1), date(self.number, 12, 31))
    }
}

fn is_leap(year: i16) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn length(year: i16, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_as_the_calendar_does() {
        let all: Vec<Month> = months(date(FIRST_YEAR, 1, 1), LAST_DAY).collect();
        assert_eq!(all.len(), 230 * 12);
        for month in all {
            let first = date(month.year, month.number as i8, 1);
            assert_eq!(month.length, first.days_in_month() as u8, "{first}");
            assert_eq!(month, Month::of(first));
            assert_eq!(month, month.following().preceding());
            assert_eq!(month.all_days().count_ones(), u32::from(month.length));
        }
    }

    #[test]
    fn counts_the_days_of_all_years() {
        let all: Vec<Year> = Year::all().collect();
        assert_eq!(all.len(), 230);
        let epoch = date(FIRST_YEAR, 1, 1);
        for year in all {
            let first = date(year.number, 1, 1);
            assert_eq!(year.first_day as i32, (first - epoch).get_days(), "{first}");
            assert_eq!(year.first_weekday, Month::of(first).first_weekday);
            assert_eq!(year.is_leap, first.in_leap_year());
            assert!(year.kind() < Year::KINDS);
            assert_eq!(year.months().count(), 12);
        }
    }
}
