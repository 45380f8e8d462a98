//! How much of an invocation is left for its answer.

use std::time::Duration;

/// What the worker keeps for its answer, in a function with this timeout.
///
/// Lambda kills the process at the deadline, and then every record counts as
/// failed, also those that were completed.
pub fn margin(timeout: Duration) -> Duration {
    const LONGEST: Duration = Duration::from_millis(500);
    LONGEST.min(timeout / 10)
}

/// The longest that sending one record to the DLQ may take, with the SDK's retries.
///
/// Until then its lane handles no other record. After the first record of an
/// invocation that does not reach SQS, the others are reported at once.
pub const DLQ_SEND: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_tenth_but_at_most_half_a_second() {
        for (timeout, expected) in [(30_000, 500), (5_000, 500), (1_000, 100)] {
            let margin = margin(Duration::from_millis(timeout));
            assert_eq!(margin, Duration::from_millis(expected));
        }
    }
}
