//! The two day fields of a cron expression, of which exactly one counts.

use super::calendar::Month;
use super::field::{DAY_OF_MONTH, DAY_OF_WEEK, is_number};

/// Which days of a month a cron expression runs on. Weekdays count from
/// 1 = Sunday, as they do in the expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Days {
    /// Days of the month, each as the bit of its number.
    OfMonth(u32),
    /// `L`
    LastOfMonth,
    /// `LW`
    LastWorkday,
    /// `3W`
    NearestWorkday(u8),
    /// Days of the week, each as the bit of its number.
    OfWeek(u32),
    /// `6L`
    LastOfWeekday(u8),
    /// `3#2`
    NthWeekday(u8, u8),
}

const SUNDAY: u8 = 1;
const SATURDAY: u8 = 7;

impl Days {
    /// A day-of-month field other than `?`.
    pub(super) fn of_month(text: &str) -> Result<Self, Vec<String>> {
        let field = &DAY_OF_MONTH;
        if text == "L" {
            return Ok(Self::LastOfMonth);
        }
        if text == "LW" {
            return Ok(Self::LastWorkday);
        }
        if let Some(day) = text.strip_suffix('W')
            && is_number(day)
        {
            let day = field.value(day).map_err(|message| vec![message])?;
            return Ok(Self::NearestWorkday(day as u8));
        }
        if text.contains(['L', 'W']) {
            return Err(vec![format!(
                "the {} field holds `{text}`, but AWS documents `L` (the last day), `LW` (the last weekday) and `3W` (the weekday nearest to the 3rd) only, each alone in the field",
                field.name
            )]);
        }
        Ok(Self::OfMonth(field.parse(text)?.low_bits()))
    }

    /// A day-of-week field other than `?`.
    pub(super) fn of_week(text: &str) -> Result<Self, Vec<String>> {
        let field = &DAY_OF_WEEK;
        let one = |message| vec![message];
        if text == "L" {
            return Ok(Self::OfWeek(1 << SATURDAY));
        }
        let listed = text.contains(',');
        if let Some((day, nth)) = text.split_once('#')
            && !listed
        {
            let day = field.value(day).map_err(one)?;
            return match nth.as_bytes() {
                [digit @ b'1'..=b'5'] => Ok(Self::NthWeekday(day as u8, digit - b'0')),
                _ => Err(one(format!(
                    "the {} field holds `{text}`, but after `#` comes 1 to 5, as in `{day}#2` for the second such day of the month",
                    field.name
                ))),
            };
        }
        if let Some(day) = text.strip_suffix('L')
            && !listed
        {
            let day = field.value(day).map_err(one)?;
            return Ok(Self::LastOfWeekday(day as u8));
        }
        if text.contains('#') || text.split(',').any(|item| item.ends_with('L')) {
            return Err(one(format!(
                "the {} field holds `{text}`, but `#` and `L` stand alone in the field; write one expression such as `3#2` or `6L`",
                field.name
            )));
        }
        Ok(Self::OfWeek(field.parse(text)?.low_bits()))
    }

    /// The days of one month, each as the bit of its number.
    pub(super) fn in_month(&self, month: &Month) -> u32 {
        let all = month.all_days();
        match *self {
            Self::OfMonth(days) => days & all,
            Self::LastOfMonth => 1 << month.length,
            Self::LastWorkday => 1 << nearest_workday(month, month.length),
            Self::NearestWorkday(day) if day > month.length => 0,
            Self::NearestWorkday(day) => 1 << nearest_workday(month, day),
            Self::OfWeek(days) => (SUNDAY..=SATURDAY)
                .filter(|day| days >> day & 1 == 1)
                .map(|day| weekday_in(month, day))
                .fold(0, |all, days| all | days),
            Self::LastOfWeekday(day) => 1 << weekday_in(month, day).ilog2(),
            Self::NthWeekday(day, nth) => {
                let first = weekday_in(month, day).trailing_zeros();
                1u32 << (first + 7 * (u32::from(nth) - 1)).min(31) & all & weekday_in(month, day)
            }
        }
    }
}

/// The days of a month that are this weekday.
fn weekday_in(month: &Month, weekday: u8) -> u32 {
    const EVERY_SEVENTH: u32 = 1 | 1 << 7 | 1 << 14 | 1 << 21 | 1 << 28;
    let first = 1 + (7 + weekday - month.first_weekday) % 7;
    EVERY_SEVENTH << first & month.all_days()
}

/// Monday to Friday nearest to a day, without leaving the month.
fn nearest_workday(month: &Month, day: u8) -> u8 {
    match month.weekday(day) {
        SATURDAY if day == 1 => 3,
        SATURDAY => day - 1,
        SUNDAY if day == month.length => day - 2,
        SUNDAY => day + 1,
        _ => day,
    }
}
