//! The one grammar of durations: jiff's friendly format, in days of 24 hours.

use std::fmt;
use std::time::Duration;

use jiff::fmt::friendly::SpanParser;
use jiff::{Span, SpanRelativeTo};
use redrive_model::duration::written;

/// Why a text is not a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotADuration {
    /// There is nothing.
    Empty,
    /// It is negative; without the sign it is this duration.
    Negative(Option<Duration>),
    /// It is a number without a unit.
    NoUnit,
    /// It has months or years, which differ in length.
    Calendar(Option<Duration>),
    /// It is this duration in another format.
    Format(Duration),
    /// Anything else.
    Unreadable,
}

impl NotADuration {
    /// The duration that was meant, if that is certain.
    pub fn meant(self) -> Option<Duration> {
        match self {
            Self::Calendar(meant) | Self::Negative(meant) => meant,
            Self::Format(meant) => Some(meant),
            _ => None,
        }
    }

    /// What is wrong with the text, after its name.
    pub fn problem(self) -> &'static str {
        match self {
            Self::Empty => "is empty",
            Self::Negative(_) => "is negative",
            Self::NoUnit => "has no unit",
            Self::Calendar(_) => "has months or years, which differ in length",
            Self::Format(_) => "is a duration in another format",
            Self::Unreadable => "is not a duration such as `30s` or `1h 30m`",
        }
    }
}

impl fmt::Display for NotADuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.problem())?;
        match self.meant() {
            Some(meant) => write!(f, "; write `{}`", written(meant)),
            None => Ok(()),
        }
    }
}

/// Reads a duration such as `30s`, `1m30s`, `1d 12h` or `2 weeks`.
///
/// # Errors
/// If the text is not such a duration, or a negative one.
pub fn parse(text: &str) -> Result<Duration, NotADuration> {
    static PARSER: SpanParser = SpanParser::new();
    let text = text.trim();
    if text.is_empty() {
        return Err(NotADuration::Empty);
    }
    let is_number = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    if is_number(text) && text.parse::<f64>().is_ok() {
        return Err(NotADuration::NoUnit);
    }
    let positive = text.trim_start_matches('-').trim_end_matches("ago");
    if positive != text {
        return Err(match parse(positive) {
            Ok(duration) => NotADuration::Negative(Some(duration)),
            Err(NotADuration::NoUnit) => NotADuration::Negative(None),
            Err(_) => NotADuration::Unreadable,
        });
    }
    let lower = text.to_lowercase();
    let Ok(span) = PARSER.parse_span(&lower) else {
        // ISO 8601, such as `PT1M`.
        let meant = lower.parse().ok().and_then(fixed);
        return Err(meant.map_or(NotADuration::Unreadable, NotADuration::Format));
    };
    match fixed(span) {
        Some(duration) if text.contains([':', '+']) => Err(NotADuration::Format(duration)),
        Some(duration) => Ok(duration),
        None if span.get_months() != 0 || span.get_years() != 0 => {
            Err(NotADuration::Calendar(in_days(span)))
        }
        None => Err(NotADuration::Unreadable),
    }
}

/// The length of a span that has one.
fn fixed(span: Span) -> Option<Duration> {
    let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Duration::try_from(length).ok()
}

/// The same with months of 30 days and years of 365.
fn in_days(span: Span) -> Option<Duration> {
    let days = i64::from(span.get_months()) * 30 + i64::from(span.get_years()) * 365;
    let fixed = self::fixed(span.try_months(0).ok()?.try_years(0).ok()?)?;
    fixed.checked_add(Duration::from_secs(u64::try_from(days).ok()? * 86_400))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_friendly_format_is_understood() {
        for (text, milliseconds) in [
            ("1ms", 1),
            ("30s", 30_000),
            (" 30 s ", 30_000),
            ("30 Seconds", 30_000),
            ("5 mins", 300_000),
            ("1m30s", 90_000),
            ("1 h 30 min", 5_400_000),
            ("1h, 30m", 5_400_000),
            ("1.5s", 1_500),
            ("0.25 hours", 900_000),
            ("1d 12h", 129_600_000),
            ("2 weeks", 1_209_600_000),
            ("1w", 604_800_000),
            ("0s", 0),
        ] {
            assert_eq!(
                parse(text),
                Ok(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_not_a_duration_says_why() {
        let day = Duration::from_secs(86_400);
        let format = |seconds| NotADuration::Format(Duration::from_secs(seconds));
        for (text, expected) in [
            ("", NotADuration::Empty),
            ("  ", NotADuration::Empty),
            ("30", NotADuration::NoUnit),
            ("1.5", NotADuration::NoUnit),
            ("-5s", NotADuration::Negative(Some(Duration::from_secs(5)))),
            ("-5", NotADuration::Negative(None)),
            (
                "5s ago",
                NotADuration::Negative(Some(Duration::from_secs(5))),
            ),
            ("1mo", NotADuration::Calendar(Some(30 * day))),
            ("2 months", NotADuration::Calendar(Some(60 * day))),
            ("1y 1d", NotADuration::Calendar(Some(366 * day))),
            ("00:01:30", format(90)),
            ("PT1M", format(60)),
            ("+5s", format(5)),
            ("soon", NotADuration::Unreadable),
            ("-soon", NotADuration::Unreadable),
            ("30s 1m", NotADuration::Unreadable),
            ("30s later", NotADuration::Unreadable),
            ("99999999999999999999s", NotADuration::Unreadable),
            (".", NotADuration::Unreadable),
        ] {
            assert_eq!(parse(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn what_is_shown_is_read_again() {
        for seconds in [0, 1, 90, 129_600, 320_400, 1_209_600] {
            let duration = Duration::from_secs(seconds);
            assert_eq!(
                parse(&redrive_model::duration::show(duration)),
                Ok(duration)
            );
            assert_eq!(parse(&written(duration)), Ok(duration));
        }
    }
}
