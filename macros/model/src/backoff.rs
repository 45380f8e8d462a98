//! How long a failed record waits: between attempts in one invocation, and
//! between receives.

use std::time::Duration;

use crate::limits::LONGEST_INVISIBILITY;

/// A wait that doubles with each failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Backoff {
    /// After the first failure.
    pub min: Duration,
    /// At most.
    pub max: Duration,
}

/// The oldest first receive that shortens the delay. The event does not contain
/// the time of the last receive, and only the visibility timeout bounds how long
/// ago it was: while Lambda throttles the function, a batch waits that long. The
/// visibility timeout that the template sets is well below this.
const OLDEST_RECEIVE: Duration = Duration::from_secs(6 * 3_600);

/// For the call itself, and for clocks that differ.
const SLACK: Duration = Duration::from_secs(60);

impl Backoff {
    /// From `min` up to `max`.
    pub const fn new(min: Duration, max: Duration) -> Self {
        Self { min, max }
    }

    /// The wait after this failure, counted from 1: `min · 2^(failure-1)`, at most
    /// `max`.
    pub fn after(self, failure: u32) -> Duration {
        let factor = 1_u32
            .checked_shl(failure.saturating_sub(1))
            .unwrap_or(u32::MAX);
        self.min.saturating_mul(factor).min(self.max)
    }

    /// The longest that the waits after so many failures take together.
    pub fn longest(self, failures: u32) -> Duration {
        (1..=failures)
            .map(|failure| self.after(failure))
            .fold(Duration::ZERO, Duration::saturating_add)
    }

    /// How long a failed record stays invisible after this receive, in whole
    /// seconds. `since_first` is the time since its first receive, if known.
    ///
    /// SQS limits invisibility to 12 h per receive and rejects a longer one, so the
    /// cap shrinks with the age of the first receive, down to 5 h 59 min.
    pub fn queue_delay(self, receive: u32, since_first: Option<Duration>) -> Duration {
        let past = since_first.map_or(OLDEST_RECEIVE, |past| past.min(OLDEST_RECEIVE));
        let delay = self.after(receive).min(LONGEST_INVISIBILITY - SLACK - past);
        Duration::from_secs(delay.as_secs())
    }

    /// The longest time from the first receive until the last of `receives` is over,
    /// if no receive takes longer than `invocation` and none hides the record for
    /// less than `hidden`.
    pub fn until_the_last(self, receives: u32, invocation: Duration, hidden: Duration) -> Duration {
        (1..=receives).fold(Duration::ZERO, |elapsed, receive| {
            let handled = elapsed.saturating_add(invocation);
            let reported = handled.saturating_add(self.queue_delay(receive, Some(handled)));
            reported.max(elapsed.saturating_add(hidden))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn doubles_with_each_failure_up_to_the_longest() {
        let backoff = Backoff::new(s(30), s(900));
        for (failure, expected) in [
            (0, 30),
            (1, 30),
            (2, 60),
            (5, 480),
            (6, 900),
            (33, 900),
            (u32::MAX, 900),
        ] {
            assert_eq!(backoff.after(failure), s(expected), "{failure}");
        }
    }

    #[test]
    fn the_waits_add_up() {
        let backoff = Backoff::new(Duration::from_millis(200), s(1));
        for (failures, expected) in [(0, 0), (1, 200), (2, 600), (3, 1_400), (5, 3_400)] {
            assert_eq!(backoff.longest(failures), Duration::from_millis(expected));
        }
    }

    #[test]
    fn the_delay_stays_below_the_limit_of_sqs() {
        let backoff = Backoff::new(s(43_200), s(43_200));
        for (since_first, expected) in [
            (Some(0), 43_140),
            (Some(1_200), 41_940),
            (Some(5_400), 37_740),
            (Some(21_600), 21_540),
            (Some(86_400), 21_540),
            (None, 21_540),
        ] {
            let delay = backoff.queue_delay(1, since_first.map(s));
            assert_eq!(delay, s(expected), "{since_first:?}");
        }
    }

    #[test]
    fn the_cap_counts_until_the_last_receive() {
        let hours = |backoff: Backoff, receives| {
            let until = backoff.until_the_last(receives, s(30), s(180));
            (until.as_secs() + 1_800) / 3_600
        };
        assert_eq!(hours(Backoff::new(s(43_200), s(43_200)), 8), 54);
        assert_eq!(hours(Backoff::new(s(3_600), s(43_200)), 5), 19);
    }
}
