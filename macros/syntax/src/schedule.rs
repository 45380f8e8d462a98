//! EventBridge Scheduler's schedule expressions, checked as AWS checks them,
//! and the runs they stand for.
//!
//! The grammar is that of
//! [Schedule types on EventBridge Scheduler](https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html).
//! What the page does not document is refused with a documented way to write
//! it, since a refusal by AWS comes later, at deploy time.

mod calendar;
mod cron;
mod days;
mod error;
mod field;
mod form;
mod gap;
mod rate;
mod runs;
mod zone;

use std::fmt;
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::catalog::SCHEDULE_AT;
use calendar::LAST_YEAR;
use cron::Cron;
pub use error::{Help, ScheduleError};
use field::MINUTE;
pub(crate) use field::{DAY_OF_WEEK, Field, HOUR, YEAR, weekday_names};
use form::ANY_YEAR;
pub use zone::timezone;

/// A checked schedule expression (`ScheduleExpression`) that repeats.
///
/// - `cron(minute hour day-of-month month day-of-week year)`, the year
///   optional: minute 0-59, hour 0-23, day 1-31, month 1-12 or JAN-DEC,
///   weekday 1-7 or SUN-SAT with 1 = Sunday, year 1970-2199. All take lists
///   (`1,15`), ranges (`MON-FRI`) and, the weekday apart, steps (`0/15`). The
///   day takes `L`, `LW` and `3W`, the weekday `L`, `6L` and `3#2`. Exactly one
///   of the two is `?`.
/// - `rate(12 hours)`: minutes, hours or days, a day being 24 hours.
///
/// ```
/// use redrive_syntax::schedule::{Schedule, timezone};
///
/// let nightly = Schedule::parse("cron(0 23 ? * SUN-THU *)").unwrap();
/// let zone = timezone("Asia/Jerusalem").unwrap();
/// let friday = "2026-11-27T12:00:00Z".parse().unwrap();
/// let run = nightly.next_after(friday, &zone).unwrap();
/// assert_eq!(run.to_string(), "2026-11-29T21:00:00Z");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Schedule {
    text: String,
    kind: Kind,
}

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Cron(Box<Cron>),
    Rate(Duration),
}

impl Schedule {
    /// Reads and checks an expression.
    ///
    /// # Errors
    ///
    /// All that is wrong with it, in the order of the text; never empty. A
    /// schedule that does not repeat (`at(...)`) or that no calendar date
    /// meets (30 February) is wrong too.
    pub fn parse(text: &str) -> Result<Self, Vec<ScheduleError>> {
        let read = Self::read(text);
        read.map_err(|mut errors| {
            let corrected = corrected(text, &errors).map(Help::Write);
            for error in &mut errors {
                if let Some(Help::Write(_)) = error.help {
                    error.help.clone_from(&corrected);
                }
            }
            errors
        })
    }

    fn read(text: &str) -> Result<Self, Vec<ScheduleError>> {
        let (name, body) = form::split(text)?;
        let kind = match name {
            "cron" => Kind::Cron(Box::new(Cron::parse(body)?)),
            "rate" => Kind::Rate(rate::parse(body)?),
            _ => {
                let problem =
                    "`at(…)` runs once, but a DLQ that fills again must be redriven again";
                return Err(ScheduleError::new(&SCHEDULE_AT, problem, None).into());
            }
        };
        let text = text.to_owned();
        Ok(Self { text, kind })
    }

    /// The expression as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The expression with all its fields: the user guide lets the year of
    /// `cron` be left out, the
    /// [API reference](https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html)
    /// says that there are six fields.
    ///
    /// ```
    /// use redrive_syntax::schedule::Schedule;
    ///
    /// let nightly = Schedule::parse("cron(0 23 ? * SUN-THU)").unwrap();
    /// assert_eq!(nightly.in_full(), "cron(0 23 ? * SUN-THU *)");
    /// ```
    pub fn in_full(&self) -> String {
        match self.text.strip_suffix(')') {
            Some(open) if form::lacks_year(&self.text) => format!("{open}{ANY_YEAR})"),
            _ => self.text.clone(),
        }
    }

    /// A field of `cron(…)`, if it is written.
    pub(crate) fn field(&self, field: &Field) -> Option<&str> {
        fields(&self.text).into_iter().nth(field.place)
    }

    /// The expression with another field of `cron(…)`.
    pub(crate) fn with_field(&self, field: &Field, value: &str) -> String {
        let full = self.in_full();
        let mut fields = fields(&full);
        if let Some(field) = fields.get_mut(field.place) {
            *field = value;
        }
        format!("cron({})", fields.join(" "))
    }

    /// The same times of the day on every day; `None` for a rate.
    pub(crate) fn daily(&self) -> Option<String> {
        let (minutes, hours) = (self.field(&MINUTE)?, self.field(&HOUR)?);
        Some(format!("cron({minutes} {hours} * * ? *)"))
    }

    /// Whether it has runs in every year from 2026, before which no schedule was
    /// deployed, to the last that AWS knows.
    pub(crate) fn runs_every_year(&self) -> bool {
        match &self.kind {
            Kind::Cron(cron) => (2026..=LAST_YEAR).all(|year| cron.years.contains(&year)),
            Kind::Rate(_) => true,
        }
    }

    /// The first run after an instant, in a time zone
    /// ([`timezone`] gives one); `None` if there is none left.
    ///
    /// A local time that the zone's clock skips has no run, and one that it
    /// shows twice runs the first time only, as EventBridge Scheduler does.
    /// Scheduler itself starts a run within the 60 seconds from here.
    ///
    /// A rate counts from its last run, so `after` is taken for that: the
    /// deployment, which starts the first run, or the run before.
    pub fn next_after(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match &self.kind {
            Kind::Cron(cron) => runs::next(cron, after, zone),
            Kind::Rate(period) => {
                let period = SignedDuration::try_from(*period).ok()?;
                after.checked_add(period).ok()
            }
        }
    }

    /// All runs after an instant, as [`next_after`](Self::next_after) gives
    /// them.
    pub fn upcoming(
        &self,
        after: Timestamp,
        zone: &TimeZone,
    ) -> impl Iterator<Item = Timestamp> + use<'_> {
        let zone = zone.clone();
        std::iter::successors(self.next_after(after, &zone), move |run| {
            self.next_after(*run, &zone)
        })
    }

    /// The longest time between two consecutive runs; `None` if the year field
    /// ends them before 2199, the last year AWS knows, so that after the last
    /// one the wait has no end.
    ///
    /// It is counted on a clock that never changes;
    /// [`longest_gap_in`](Self::longest_gap_in) counts clock changes in.
    pub fn longest_gap(&self) -> Option<Duration> {
        match &self.kind {
            Kind::Cron(cron) => gap::longest(cron),
            Kind::Rate(period) => Some(*period),
        }
    }

    /// The longest time between two consecutive runs in a time zone, with the
    /// clock changes of the years 2026 to 2053: the hour more when clocks go
    /// back, and the whole period more when a run is skipped. `None` as for
    /// [`longest_gap`](Self::longest_gap).
    ///
    /// ```
    /// use redrive_syntax::schedule::{Schedule, timezone};
    ///
    /// let weekly = Schedule::parse("cron(30 2 ? * SUN *)").unwrap();
    /// let days = |gap: std::time::Duration| gap.as_secs() / 86_400;
    /// assert_eq!(weekly.longest_gap().map(days), Some(7));
    /// let berlin = timezone("Europe/Berlin").unwrap();
    /// assert_eq!(weekly.longest_gap_in(&berlin).map(days), Some(13));
    /// ```
    pub fn longest_gap_in(&self, zone: &TimeZone) -> Option<Duration> {
        let longest = self.longest_gap()?;
        match &self.kind {
            Kind::Cron(cron) => gap::longest_over_changes(cron, zone).max(Some(longest)),
            Kind::Rate(_) => Some(longest),
        }
    }

    /// The local time of a run that never happens because the zone's clock
    /// skips it in the years 2026 to 2053, the first there is.
    ///
    /// A skipped run that another one follows within the length of the skip is
    /// not counted: an hourly schedule loses nothing. The years are fixed, so
    /// that the answer depends on the source alone.
    pub fn in_dst_gap(&self, zone: &TimeZone) -> Option<DateTime> {
        match &self.kind {
            Kind::Cron(cron) => gap::skipped(cron, zone),
            Kind::Rate(_) => None,
        }
    }
}

/// The fields of `cron(…)`.
fn fields(text: &str) -> Vec<&str> {
    let fields = text.strip_prefix("cron(").unwrap_or_default();
    let fields = fields.trim_end_matches(')');
    fields.split_ascii_whitespace().collect()
}

/// The schedule that the text is, or that its errors offer to write.
pub(crate) fn meant(text: &str) -> Option<String> {
    match Schedule::parse(text) {
        Ok(_) => Some(text.to_owned()),
        Err(errors) => errors.into_iter().find_map(|error| match error.help? {
            Help::Write(meant) => Some(meant),
            Help::Advice(_) => None,
        }),
    }
}

/// The text with the help for each part applied, if all have one and the result is a
/// schedule.
fn corrected(text: &str, errors: &[ScheduleError]) -> Option<String> {
    let mut fields = fields(text);
    let mut whole = None;
    for error in errors {
        let Some(Help::Write(part)) = &error.help else {
            return None;
        };
        match error.field {
            Some(field) => fields[field] = part,
            None => whole = Some(part.clone()),
        }
    }
    let corrected = whole.unwrap_or_else(|| format!("cron({})", fields.join(" ")));
    Schedule::read(&corrected).is_ok().then_some(corrected)
}

/// As it is written, which says it all.
impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Schedule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Schedule {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(|errors| {
            let problems: Vec<_> = errors.into_iter().map(|error| error.problem).collect();
            serde::de::Error::custom(problems.join(", "))
        })
    }
}
