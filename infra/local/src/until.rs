//! When a simulation with failing messages stops.

use std::str::FromStr;
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

/// When a simulation stops while messages keep failing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// After a number of redrives of DLQs that contain messages.
    Redrives(u32),
    /// After a duration of simulated time.
    Elapsed(Duration),
}

impl Default for Until {
    /// Two redrives.
    fn default() -> Self {
        Self::Redrives(2)
    }
}

impl FromStr for Until {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(redrives) = text.parse() {
            return Ok(Self::Redrives(redrives));
        }
        duration(text).map(Self::Elapsed).ok_or_else(|| {
            format!(
                "`{text}` is neither a number of redrives, such as 2, nor a duration, such as 36h or 2d"
            )
        })
    }
}

/// A duration as people write it: `36h`, `1d 2h`, `90s`; a day has 24 hours.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let span: Span = text.parse().ok()?;
    let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Duration::try_from(length).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_number_or_a_duration() {
        assert_eq!("3".parse(), Ok(Until::Redrives(3)));
        let hours = |hours: u64| Until::Elapsed(Duration::from_secs(hours * 3600));
        assert_eq!("36h".parse(), Ok(hours(36)));
        assert_eq!("2d".parse(), Ok(hours(48)));
        assert!("soon".parse::<Until>().is_err());
        assert!("-3h".parse::<Until>().is_err());
    }
}
