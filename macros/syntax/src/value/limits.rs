//! The durations that a key takes.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::Refusal;
use super::duration::{UNITS, Unit, meant, show};
use crate::keys::{Key, Kind};
use crate::rules::catalog;

/// What a key takes.
pub(super) struct Limits {
    pub(super) range: RangeInclusive<Duration>,
    /// AWS counts it in seconds.
    whole: bool,
}

impl Limits {
    pub(super) fn of(key: &Key) -> Option<Self> {
        let seconds = |seconds: u32| Duration::from_secs(u64::from(seconds));
        match &key.kind {
            Kind::Seconds(range) => Some(Limits {
                range: seconds(*range.start())..=seconds(*range.end()),
                whole: true,
            }),
            Kind::Duration(range) => Some(Limits {
                range: range.clone(),
                whole: false,
            }),
            // What may be a millisecond is counted in them.
            Kind::Waits(range) => Some(Limits {
                range: range.clone(),
                whole: range.start().subsec_nanos() == 0,
            }),
            _ => None,
        }
    }

    /// The duration, rounded up to what is counted, if it is in the range then.
    pub(super) fn nearest(&self, duration: Duration) -> Option<Duration> {
        let part = duration.subsec_nanos();
        let rounded = match self.whole && part > 0 {
            true => Duration::from_secs(duration.as_secs().saturating_add(1)),
            false => duration,
        };
        self.range.contains(&rounded).then_some(rounded)
    }

    pub(super) fn takes(&self, duration: Duration) -> bool {
        self.nearest(duration) == Some(duration)
    }

    /// What a number without a unit may mean, most likely first.
    pub(super) fn meanings(&self, number: &str) -> Vec<(Duration, &'static str)> {
        let is_whole = !number.contains('.');
        let meaning = |Unit { name, plural, .. }: &Unit| {
            let duration = meant(&format!("{number}{name}"))?;
            let nearest = self.nearest(duration)?;
            let is_likely = if is_whole {
                nearest == duration
            } else {
                *name != "ms"
            };
            is_likely.then_some((nearest, *plural))
        };
        let [milliseconds, seconds, longer @ ..] = &UNITS;
        let shorter = [seconds, milliseconds];
        let likely = if self.whole { &shorter[..1] } else { &shorter };
        let mut likely: Vec<_> = likely.iter().copied().filter_map(meaning).collect();
        if number.len() > 2 && is_whole {
            likely.reverse();
        }
        match likely.is_empty() {
            true => shorter
                .into_iter()
                .chain(longer)
                .filter_map(meaning)
                .collect(),
            false => likely,
        }
    }

    pub(super) fn negative(&self, key: &Key) -> Refusal {
        let (least, most) = (show(*self.range.start()), show(*self.range.end()));
        let text = format!("`{}` is negative, but takes {least} to {most}", key.name);
        (&catalog::OUT_OF_RANGE, text)
    }

    pub(super) fn refusal(&self, what: &str, takes: &str, duration: Duration) -> Refusal {
        let (least, most) = (show(*self.range.start()), show(*self.range.end()));
        let text = format!(
            "{what} is {}, but {takes} {least} to {most}",
            show(duration)
        );
        (&catalog::OUT_OF_RANGE, text)
    }
}
