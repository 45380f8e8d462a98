//! Months, as far as a cron expression has to know them.

use jiff::civil::Date;

/// The years that a cron expression can name.
pub(super) const FIRST_YEAR: i16 = 1970;
pub(super) const LAST_YEAR: i16 = 2199;

/// One month of one of these years.
#[derive(Clone, Copy, Debug)]
pub(super) struct Month {
    pub(super) first: Date,
    /// In days.
    pub(super) length: i16,
    /// That of the first day, from 0 = Sunday.
    weekday: i16,
}

impl Month {
    pub(super) fn of((year, number): (i16, i16)) -> Self {
        let first = Date::constant(year, number as i8, 1);
        Self {
            first,
            length: first.days_in_month().into(),
            weekday: first.weekday().to_sunday_zero_offset().into(),
        }
    }

    pub(super) fn date(self, day: u32) -> Option<Date> {
        Date::new(self.first.year(), self.first.month(), day as i8).ok()
    }

    /// The weekday of a day, from 1 = Sunday.
    pub(super) fn weekday(self, day: i16) -> i16 {
        (self.weekday + day - 1) % 7 + 1
    }

    /// All its days, each as the bit of its number.
    pub(super) fn all_days(self) -> u32 {
        (u32::MAX >> (31 - self.length)) & !1
    }

    /// Its days before a date, and those from it on.
    pub(super) fn split_at(self, date: Date) -> (u32, u32) {
        let before = match self.first.cmp(&date.first_of_month()) {
            std::cmp::Ordering::Less => u32::MAX,
            std::cmp::Ordering::Equal => !(u32::MAX << date.day()),
            std::cmp::Ordering::Greater => 0,
        };
        (self.all_days() & before, self.all_days() & !before)
    }
}
