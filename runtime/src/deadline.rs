//! Until when an invocation may work.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redrive_model::{
    deadline::{flush_time, margin},
    limits::LONGEST_INVOCATION,
};
use tokio::time::Instant;

/// How late a deadline may be that is still believed, and how far beyond the
/// longest one: clocks differ, and a process can thaw late.
const SLACK: Duration = Duration::from_secs(60);

/// Until when one invocation may work.
///
/// Lambda kills the process at the deadline, and then every record counts as
/// failed, also those that were completed. So work ends before: a margin is kept
/// for the answer, and before that end one for `flush`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    /// When Lambda ends the invocation, or when `flush` begins at the latest.
    pub(crate) end: Instant,
    /// When attempts and waits end.
    pub(crate) cut: Instant,
}

impl Deadline {
    /// From the deadline that Lambda sent, in milliseconds since 1970.
    ///
    /// One that cannot be true means "unknown" (`cargo lambda watch` sends
    /// 600000, a moment in 1970): then it is `timeout` from now.
    pub(crate) fn from_epoch_ms(deadline_ms: u64, timeout: Duration) -> Self {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self::after(remaining(deadline_ms, now, timeout), timeout)
    }

    /// `remaining` from now, in a function with this timeout.
    pub(crate) fn after(remaining: Duration, timeout: Duration) -> Self {
        let margin = margin(timeout).min(remaining);
        let end = Instant::now() + remaining;
        Self {
            end,
            cut: end - margin,
        }
    }

    /// The same with time for `flush` after the answer, in a function with this timeout.
    pub(crate) fn before_flush(self, timeout: Duration) -> Self {
        let time = flush_time(timeout).min(self.remaining());
        Self {
            end: self.end - time,
            cut: self.cut - time,
        }
    }

    /// The same with more time for the answer.
    pub(crate) fn keeping(self, time: Duration) -> Self {
        let cut = self.cut - time.min(self.remaining());
        Self { cut, ..self }
    }

    /// When calls that only help SQS are given up: halfway between the end of
    /// work and Lambda's end.
    pub(crate) fn answer_by(&self) -> Instant {
        self.cut + (self.end - self.cut) / 2
    }

    /// Time for work.
    pub(crate) fn remaining(&self) -> Duration {
        self.cut.saturating_duration_since(Instant::now())
    }
}

fn remaining(deadline_ms: u64, now: Duration, timeout: Duration) -> Duration {
    let deadline = Duration::from_millis(deadline_ms);
    match deadline.checked_sub(now) {
        // Not the attribute's `timeout`: it can be raised on a deployed function, or in
        // a template of one's own.
        Some(remaining) if remaining <= LONGEST_INVOCATION + SLACK => remaining,
        // Late is possible (a frozen process thawed too late), a minute late is not.
        None if now - deadline < SLACK => Duration::ZERO,
        _ => timeout,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_800_000_000);
    const TIMEOUT: Duration = Duration::from_secs(30);

    #[test]
    fn believes_only_a_deadline_that_can_be_true() {
        let now_ms = 1_800_000_000_000;
        for (deadline_ms, expected_ms) in [
            (now_ms + 29_990, 29_990),
            (now_ms + 300_000, 300_000),
            (now_ms + 5_460_000, 5_460_000),
            (now_ms + 5_460_001, 30_000),
            (now_ms, 0),
            (now_ms - 5, 0),
            (now_ms - 60_000, 30_000),
            (600_000, 30_000),
            (0, 30_000),
            (u64::MAX, 30_000),
        ] {
            let remaining = remaining(deadline_ms, NOW, TIMEOUT);

            assert_eq!(remaining.as_millis(), expected_ms, "{deadline_ms}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn keeps_a_tenth_but_at_most_half_a_second() {
        for (timeout_ms, work_ms) in [(30_000, 29_500), (5_000, 4_500), (1_000, 900)] {
            let timeout = Duration::from_millis(timeout_ms);

            assert_eq!(
                Deadline::after(timeout, timeout).remaining().as_millis(),
                work_ms
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn less_left_than_the_margin_is_nothing_left() {
        let deadline = Deadline::after(Duration::from_millis(200), TIMEOUT);

        assert_eq!(deadline.remaining(), Duration::ZERO);
    }
}
