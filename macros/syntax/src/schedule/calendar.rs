//! Months, as far as a cron expression has to know them.
//!
//! Own arithmetic: every expression is walked over all months of all years
//! it covers at each macro expansion, which has to cost microseconds even in
//! an unoptimised build.

use jiff::civil::Date;

/// The years a cron expression can hold.
pub(super) const FIRST_YEAR: i16 = 1970;
pub(super) const LAST_YEAR: i16 = 2199;

/// One month of one year.
#[derive(Clone, Debug)]
pub(super) struct Month {
    pub(super) year: i16,
    /// From 1.
    pub(super) number: u8,
    /// In days.
    pub(super) length: u8,
    /// The weekday of the 1st, from 1 = Sunday.
    pub(super) first_weekday: u8,
    /// The number of the 1st, counted from the start of the walk.
    pub(super) day_number: u32,
}

impl Month {
    /// The month a date is in; day numbers count from its 1st.
    pub(super) fn of(date: Date) -> Self {
        let (year, number) = (date.year(), date.month() as u8);
        let first = date.first_of_month();
        Self {
            year,
            number,
            length: length(year, number),
            first_weekday: first.weekday().to_sunday_one_offset() as u8,
            day_number: 0,
        }
    }

    /// The months from January of a year to the end of [`LAST_YEAR`].
    pub(super) fn all_from(year: i16) -> impl Iterator<Item = Self> {
        let first = Self::of(jiff::civil::date(year, 1, 1));
        std::iter::successors(Some(first), |month| Some(month.following()))
            .take_while(|month| month.year <= LAST_YEAR)
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
            day_number: self.day_number + u32::from(self.length),
        }
    }

    /// The weekday of a day, from 1 = Sunday.
    pub(super) fn weekday(&self, day: u8) -> u8 {
        (self.first_weekday - 1 + day - 1) % 7 + 1
    }

    /// All its days, each as the bit of its number.
    pub(super) fn all_days(&self) -> u32 {
        (u32::MAX >> (31 - self.length)) & !1
    }
}

fn length(year: i16, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
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
        let mut months = 0;
        for (walked, index) in Month::all_from(FIRST_YEAR).zip(0i64..) {
            let first = jiff::civil::date(walked.year, walked.number as i8, 1);
            let direct = Month::of(first);
            assert_eq!(walked.length, first.days_in_month() as u8, "{first}");
            assert_eq!(walked.first_weekday, direct.first_weekday, "{first}");
            assert_eq!(walked.all_days().count_ones(), u32::from(walked.length));
            assert!(index < 230 * 12);
            months += 1;
        }
        assert_eq!(months, 230 * 12);
    }
}
