//! Waits between the attempts of one record.

use std::time::Duration;

use redrive_model::Backoff;

/// The wait after failed attempt number `attempt` (from 1): anything from
/// nothing to what the backoff allows.
///
/// Full jitter: records that failed together because a dependency was down must
/// not retry together
/// (<https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>).
pub(crate) fn wait(backoff: Backoff, attempt: u32) -> Duration {
    let longest = u64::try_from(backoff.after(attempt).as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(fastrand::u64(0..=longest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_covers_the_whole_range() {
        let wait = Duration::from_millis(3);
        let backoff = Backoff::new(wait, wait);
        let seen: std::collections::BTreeSet<_> = (0..1_000)
            .map(|_| super::wait(backoff, 1).as_millis())
            .collect();

        assert_eq!(seen, [0, 1, 2, 3].into());
    }
}
