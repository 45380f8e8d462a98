//! Months, as far as a cron expression has to know them.
//!
//! Own arithmetic, because each macro expansion walks over all months of an
//! expression, which has to take microseconds even in an unoptimised build.

use jiff::civil::Date;

/// The years that a cron expression can name.
pub(super) const FIRST_YEAR: i16 = 1970;
pub(super) const LAST_YEAR: i16 = 2199;

/// One month of one of these years.
#[derive(Clone, Copy, Debug)]
pub(super) struct Month {
    year: i16,
    number: i16,
    /// Its first day, counted from 1 January 1970.
    pub(super) first_day: i32,
    /// In days.
    pub(super) length: i16,
}

impl Month {
    pub(super) fn new(year: i16, number: i16) -> Self {
        const DAYS_BEFORE: [i16; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
        let index = number as usize - 1;
        // Of these years, only 2100 is divisible by four and not a leap year.
        let is_leap = year % 4 == 0 && year != 2100;
        let leap_days =
            (year - 1969) / 4 - i16::from(year > 2100) + i16::from(is_leap && number > 2);
        let first_day = i32::from(year - FIRST_YEAR) * 365;
        Self {
            year,
            number,
            first_day: first_day + i32::from(leap_days + DAYS_BEFORE[index]),
            length: DAYS_BEFORE[index + 1] - DAYS_BEFORE[index] + i16::from(is_leap && number == 2),
        }
    }

    pub(super) fn date(self, day: u32) -> Option<Date> {
        Date::new(self.year, self.number as i8, day as i8).ok()
    }

    /// The weekday of a day, from 1 = Sunday.
    pub(super) fn weekday(self, day: i16) -> i16 {
        const THURSDAY: i32 = 5;
        ((self.first_day + i32::from(day) - 1 + THURSDAY - 1) % 7) as i16 + 1
    }

    /// All its days, each as the bit of its number.
    pub(super) fn all_days(self) -> u32 {
        (u32::MAX >> (31 - self.length)) & !1
    }

    /// Its days before a date, and those from it on.
    pub(super) fn split_at(self, date: Date) -> (u32, u32) {
        let month = (date.year(), i16::from(date.month()));
        let before = match (self.year, self.number).cmp(&month) {
            std::cmp::Ordering::Less => u32::MAX,
            std::cmp::Ordering::Equal => !(u32::MAX << date.day()),
            std::cmp::Ordering::Greater => 0,
        };
        (self.all_days() & before, self.all_days() & !before)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn months_are_those_of_the_calendar() {
        let mut first_day = 0;
        for year in FIRST_YEAR..=LAST_YEAR {
            for number in 1..=12 {
                let month = Month::new(year, number);
                let first = date(year, number as i8, 1);
                let weekday = first.weekday().to_sunday_one_offset();
                assert_eq!(month.first_day, first_day, "{first}");
                assert_eq!(month.length, i16::from(first.days_in_month()), "{first}");
                assert_eq!(month.weekday(1), i16::from(weekday), "{first}");
                assert_eq!(month.all_days().count_ones(), month.length as u32);
                first_day += i32::from(month.length);
            }
        }
    }
}
