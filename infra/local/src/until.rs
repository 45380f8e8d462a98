//! When a simulation with failing messages stops.

use std::str::FromStr;
use std::time::Duration;

use redrive_syntax::duration::{self, NotADuration};

/// When a simulation stops while messages keep failing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// After a number of redrives of DLQs that contain messages.
    Redrives(u32),
    /// After a duration of simulated time.
    Elapsed(Duration),
}

impl Default for Until {
    /// Three redrives, as many as a message has by default.
    fn default() -> Self {
        Self::Redrives(3)
    }
}

impl FromStr for Until {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(redrives) = text.parse() {
            return Ok(Self::Redrives(redrives));
        }
        let elapsed = duration::parse(text).map(Self::Elapsed);
        elapsed.map_err(|error| match error {
            NotADuration::Unreadable | NotADuration::NoUnit => format!(
                "`{text}` is neither a number of redrives, such as 2, nor a duration, such as 36h or 2d"
            ),
            error => format!("`{text}` {error}"),
        })
    }
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
        for (text, words) in [
            ("soon", "neither a number of redrives"),
            ("-3h", "write `3h`"),
            ("1mo", "write `30d`"),
            ("PT36H", "write `36h`"),
        ] {
            let error = text.parse::<Until>().unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }
}
