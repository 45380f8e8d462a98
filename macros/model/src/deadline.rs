//! How much of an invocation is left for its answer.

use std::time::Duration;

use crate::limits::SQS_BATCH;

/// What the worker keeps for its answer, in a function with this timeout.
///
/// Lambda kills the process at the deadline, and then every record counts as
/// failed, also those that were completed.
pub fn margin(timeout: Duration) -> Duration {
    const LONGEST: Duration = Duration::from_millis(500);
    LONGEST.min(timeout / 10)
}

/// How long before Lambda's deadline `flush` is stopped.
pub const FLUSH_STOP: Duration = Duration::from_millis(100);

/// What the worker keeps for `flush` after its answer, in a function with this timeout:
/// a tenth, at most 1 s, and then [`FLUSH_STOP`].
///
/// Without it, telemetry would be lost with every batch that takes all its time.
pub fn flush_time(timeout: Duration) -> Duration {
    const LONGEST: Duration = Duration::from_secs(1);
    LONGEST.min(timeout / 10) + FLUSH_STOP
}

/// The longest that one call may take that sends records on, with the SDK's retries.
///
/// After the first call of an invocation that does not reach SQS, the other records are
/// reported at once.
pub const SEND: Duration = Duration::from_secs(3);

/// Calls that send records on at once.
pub const SENDS_AT_ONCE: usize = 16;

/// What the worker keeps to send on up to `records` whose last run may fail: the longest
/// call, and 100 ms for each further one that waits for another; at most a third of the
/// timeout.
pub fn send_time(timeout: Duration, records: usize) -> Duration {
    const CALL: Duration = Duration::from_millis(100);
    let calls = records.div_ceil(SQS_BATCH).div_ceil(SENDS_AT_ONCE);
    let Some(further) = calls.checked_sub(1) else {
        return Duration::ZERO;
    };
    let further = u32::try_from(further).unwrap_or(u32::MAX);
    SEND.saturating_add(CALL.saturating_mul(further))
        .min(timeout / 3)
}

/// The longest that one call to the store of `idempotent` may take, with the SDK's
/// retries. After the first one of an invocation without an answer, the others are not made.
pub const STORE_CALL: Duration = Duration::from_secs(5);

/// What the worker keeps in addition to answer for `records` with this memory.
///
/// Twice the time that was measured for 10,000 records. Lambda gives a function one
/// core for each 1,769 MB:
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>.
pub fn answer_time(timeout: Duration, records: usize, memory_mb: u32) -> Duration {
    const FOR_RECORD: Duration = Duration::from_micros(4);
    let records = u32::try_from(records).unwrap_or(u32::MAX);
    let time = FOR_RECORD.saturating_mul(records).saturating_mul(1_769);
    let time = time / memory_mb.clamp(128, 1_769);
    // Whole milliseconds, so that it is nothing for a small batch.
    let time = Duration::from_millis(time.as_millis() as u64);
    time.min(timeout / 2 - margin(timeout))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_to_answer_grows_with_the_batch_and_on_less_memory() {
        for (timeout, records, memory_mb, expected) in [
            (30_000, 10, 128, 0),
            (30_000, 10, 1_769, 0),
            (30_000, 10_000, 10_240, 40),
            (30_000, 10_000, 256, 276),
            (30_000, 10_000, 128, 552),
            (1_000, 10_000, 256, 276),
            (1_000, 10_000, 128, 400),
        ] {
            let time = answer_time(Duration::from_millis(timeout), records, memory_mb);
            assert_eq!(
                time,
                Duration::from_millis(expected),
                "{timeout} {memory_mb}"
            );
        }
    }

    #[test]
    fn the_time_to_send_grows_with_the_batch_and_leaves_two_thirds() {
        for (timeout, records, expected) in [
            (30_000, 0, 0),
            (30_000, 1, 3_000),
            (30_000, 160, 3_000),
            (30_000, 161, 3_100),
            (30_000, 10_000, 9_200),
            (3_000, 10, 1_000),
        ] {
            let time = send_time(Duration::from_millis(timeout), records);
            assert_eq!(time, Duration::from_millis(expected), "{timeout} {records}");
        }
    }

    #[test]
    fn is_a_tenth_but_at_most_half_a_second() {
        for (timeout, expected) in [(30_000, 500), (5_000, 500), (1_000, 100)] {
            let margin = margin(Duration::from_millis(timeout));
            assert_eq!(margin, Duration::from_millis(expected));
        }
    }

    #[test]
    fn flush_has_a_tenth_but_at_most_a_second() {
        for (timeout, expected) in [(30_000, 1_100), (10_000, 1_100), (1_000, 200)] {
            let time = flush_time(Duration::from_millis(timeout));
            assert_eq!(time, Duration::from_millis(expected));
        }
    }
}
