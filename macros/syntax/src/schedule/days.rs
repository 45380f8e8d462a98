//! The two day fields of a cron expression, of which exactly one counts.

use std::collections::BTreeSet;

use super::calendar::Month;
use super::error::ScheduleError;
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
    NearestWorkday(i16),
    /// Days of the week, each as the bit of its number.
    OfWeek(u32),
    /// `6L`
    LastOfWeekday(i16),
    /// `3#2`
    NthWeekday(i16, i16),
}

const SUNDAY: i16 = 1;
const SATURDAY: i16 = 7;

impl Days {
    /// A day-of-month field other than `?`.
    pub(super) fn of_month(text: &str) -> Result<Self, Vec<ScheduleError>> {
        let field = &DAY_OF_MONTH;
        Ok(match text {
            "L" => Self::LastOfMonth,
            "LW" => Self::LastWorkday,
            _ => match text.strip_suffix('W').filter(|day| is_number(day)) {
                Some(day) => Self::NearestWorkday(field.value(day)?),
                None if text.contains(['L', 'W']) => {
                    let reason = "`L`, `LW` and such as `3W` are allowed only alone";
                    return Err(field.error(text, reason, None).into());
                }
                None => Self::OfMonth(bits(&field.parse(text)?)),
            },
        })
    }

    /// A day-of-week field other than `?`.
    pub(super) fn of_week(text: &str) -> Result<Self, Vec<ScheduleError>> {
        let field = &DAY_OF_WEEK;
        if text == "L" {
            return Ok(Self::OfWeek(1 << SATURDAY));
        }
        if text.contains(',') && text.contains(['L', '#']) {
            let reason = "`#` and `L` are allowed only alone, such as `6L`";
            return Err(field.error(text, reason, None).into());
        }
        if let Some((day, nth)) = text.split_once('#') {
            let day = field.value(day)?;
            return match nth.as_bytes() {
                [digit @ b'1'..=b'5'] => Ok(Self::NthWeekday(day, i16::from(digit - b'0'))),
                _ => Err(field
                    .error(text, "after `#`, 1 to 5 is allowed", None)
                    .into()),
            };
        }
        Ok(match text.strip_suffix('L') {
            Some(day) => Self::LastOfWeekday(field.value(day)?),
            None => Self::OfWeek(bits(&field.parse(text)?)),
        })
    }

    /// The days of one month, each as the bit of its number.
    pub(super) fn in_month(&self, month: Month) -> u32 {
        let all = month.all_days();
        match self {
            Self::OfMonth(days) => days & all,
            Self::LastOfMonth => 1 << month.length,
            Self::LastWorkday => 1 << nearest_workday(month, month.length),
            Self::NearestWorkday(day) if *day > month.length => 0,
            Self::NearestWorkday(day) => 1 << nearest_workday(month, *day),
            Self::OfWeek(days) => {
                let days = (SUNDAY..=SATURDAY).filter(|day| days >> day & 1 == 1);
                days.fold(0, |all, day| all | weekdays(month, day))
            }
            Self::LastOfWeekday(day) => 1 << weekdays(month, *day).ilog2(),
            Self::NthWeekday(day, nth) => {
                let days = weekdays(month, *day);
                let day = days.trailing_zeros() + 7 * (*nth as u32 - 1);
                days & 1_u32.checked_shl(day).unwrap_or(0)
            }
        }
    }
}

fn bits(days: &BTreeSet<i16>) -> u32 {
    days.iter().fold(0, |days, day| days | 1 << day)
}

/// The days of a month that are this weekday.
fn weekdays(month: Month, weekday: i16) -> u32 {
    const EVERY_SEVENTH: u32 = 1 | 1 << 7 | 1 << 14 | 1 << 21 | 1 << 28;
    let first = 1 + (7 + weekday - month.weekday(1)) % 7;
    EVERY_SEVENTH << first & month.all_days()
}

/// Monday to Friday nearest to a day, without leaving the month.
fn nearest_workday(month: Month, day: i16) -> i16 {
    match month.weekday(day) {
        SATURDAY if day == 1 => 3,
        SATURDAY => day - 1,
        SUNDAY if day == month.length => day - 2,
        SUNDAY => day + 1,
        _ => day,
    }
}
