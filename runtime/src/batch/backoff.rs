//! Waits between the attempts of one record.

use std::time::Duration;

use crate::settings::Settings;

/// The wait after failed attempt number `attempt` (from 1): anything from
/// nothing to `min · 2^(attempt-1)`, but never over `max`.
///
/// Full jitter: records that failed together because a dependency was down must
/// not come back to it together
/// (<https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>).
pub(crate) fn wait(settings: &Settings, attempt: u32) -> Duration {
    Duration::from_millis(fastrand::u64(0..=longest(settings, attempt)))
}

fn longest(settings: &Settings, attempt: u32) -> u64 {
    let doubled = 1u64.checked_shl(attempt - 1).map_or(u64::MAX, |factor| {
        settings.backoff_min_ms.saturating_mul(factor)
    });
    doubled.min(settings.backoff_max_ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::SETTINGS;

    #[test]
    fn doubles_up_to_the_longest() {
        let settings = Settings {
            backoff_min_ms: 200,
            backoff_max_ms: 1_000,
            ..SETTINGS
        };
        let longest: Vec<_> = [1, 2, 3, 4, 64, 65, 1_000]
            .map(|attempt| longest(&settings, attempt))
            .into();

        assert_eq!(longest, [200, 400, 800, 1_000, 1_000, 1_000, 1_000]);
    }

    #[test]
    fn jitter_covers_the_whole_range() {
        let settings = Settings {
            backoff_min_ms: 3,
            backoff_max_ms: 3,
            ..SETTINGS
        };
        let seen: std::collections::BTreeSet<_> =
            (0..1_000).map(|_| wait(&settings, 1).as_millis()).collect();

        assert_eq!(seen, [0, 1, 2, 3].into());
    }
}
