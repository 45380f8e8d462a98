//! What makes a batch fit in the timeout: the nearest value of one key, or of as
//! few together as it takes.

use std::time::Duration;

use super::super::offer::{breaks_another, set, set_text, text};
use super::fits;
use crate::function::{Backoff, Function};
use crate::keys::{self, Kind};
use crate::options::{Change, Options};
use redrive_model::duration::written;

/// How many ways are offered that take more than one key.
const MOST_TOGETHER: usize = 3;

/// Gives a function a value.
type Set = Box<dyn Fn(&mut Function, u32)>;

/// A key that can make room.
struct Lever {
    /// Its value now, as a number.
    now: u32,
    /// The value that makes the most room.
    most: u32,
    set: Set,
    /// The nearest value that somebody would write.
    round: fn(u32) -> u32,
    /// The key with the value that the function has.
    change: fn(&Function) -> Change,
}

/// The ways out that change the fewest keys. There is always one: with a retry
/// less, shorter waits and attempts, and fewer rounds, any batch fits.
pub(super) fn ways_out(options: &Options) -> String {
    // Nobody reads it, and it takes long.
    if options.is_trial() {
        return String::new();
    }
    let ways = [A_TENTH, NEXT_TO_NOTHING]
        .iter()
        .flat_map(|part| fewest_keys(options, *part))
        .next();
    format!("write {}", ways.unwrap_or_default().join(", or "))
}

/// What may be left of a duration that the user chose.
const A_TENTH: u32 = 10;
const NEXT_TO_NOTHING: u32 = u32::MAX;

fn fewest_keys(options: &Options, part: u32) -> Option<Vec<String>> {
    let levers = levers(options, part);
    let sets = |count| (1..1_u32 << levers.len()).filter(move |set| set.count_ones() == count);
    let ways = |count| -> Vec<_> {
        let ways = sets(count).filter_map(|set| {
            let places = (0..levers.len()).filter(|place| set & (1 << place) != 0);
            let levers: Vec<_> = places.map(|place| &levers[place]).collect();
            way(&options.function, &levers)
        });
        let most = match count {
            1 => levers.len(),
            _ => MOST_TOGETHER,
        };
        ways.map(|way| text(&way)).take(most).collect()
    };
    (1..=levers.len() as u32)
        .map(ways)
        .find(|ways| !ways.is_empty())
}

/// In the order of how little they take from the user, who keeps this part of
/// the durations at least.
fn levers(options: &Options, part: u32) -> Vec<Lever> {
    let function = &options.function;
    let is_given = |key| options.is_given(key);
    let (shortest, longest_wait) = (function.backoff.min, milliseconds(function.backoff.max));
    let attempt = milliseconds(function.attempt_timeout.unwrap_or_default());
    let levers = [
        Some(Lever {
            now: function.concurrency,
            most: most("concurrency")
                .min(function.batch_size)
                .max(function.concurrency),
            set: Box::new(|function, at_once| function.concurrency = at_once),
            round: exactly,
            change: |function| set("concurrency", function.concurrency),
        }),
        Some(Lever {
            now: function.timeout.as_secs() as u32,
            most: most("timeout"),
            set: Box::new(|function, seconds| {
                function.timeout = Duration::from_secs(seconds.into())
            }),
            round: exactly,
            change: |function| set_text("timeout", written(function.timeout)),
        }),
        Some(Lever {
            now: function.batch_size,
            most: 1,
            set: Box::new(|function, size| function.batch_size = size),
            round: exactly,
            change: |function| set("batch_size", function.batch_size),
        }),
        Some(Lever {
            now: function.retries,
            most: 0,
            set: Box::new(|function, retries| function.retries = retries),
            round: exactly,
            change: |function| set("retries", function.retries),
        }),
        is_given("backoff").then_some(Lever {
            now: longest_wait,
            most: (longest_wait / part).max(1),
            set: Box::new(move |function, longest| {
                let max = Duration::from_millis(u64::from(longest));
                let min = shortest.min(max);
                function.backoff = Backoff { min, max };
            }),
            round,
            change: |function| {
                let Backoff { min, max } = function.backoff;
                set_text(
                    "backoff",
                    format_args!("{}..{}", written(min), written(max)),
                )
            },
        }),
        is_given("attempt_timeout").then_some(Lever {
            now: attempt,
            most: (attempt / part).max(1),
            set: Box::new(|function, longest| {
                function.attempt_timeout = Some(Duration::from_millis(u64::from(longest)));
            }),
            round,
            change: |function| {
                let longest = function.attempt_timeout.unwrap_or_default();
                set_text("attempt_timeout", written(longest))
            },
        }),
    ];
    let levers = levers.into_iter().flatten();
    levers
        .map(|lever| lever.within_the_other_rules(options))
        .collect()
}

impl Lever {
    fn steps(&self) -> u32 {
        self.now.abs_diff(self.most)
    }

    fn after(&self, steps: u32) -> u32 {
        match self.most > self.now {
            true => self.now + steps,
            false => self.now - steps,
        }
    }

    fn within_the_other_rules(mut self, options: &Options) -> Self {
        let breaks_another = |steps| {
            let mut function = options.function.clone();
            (self.set)(&mut function, self.after(steps));
            breaks_another("retry_budget", options, &[(self.change)(&function)])
        };
        if let Some(too_many) = first(self.steps(), breaks_another) {
            self.most = self.after(too_many.saturating_sub(1));
        }
        self
    }
}

/// The nearest values of these keys that make room together; of the last the
/// nearest of all. Each changes if no fewer of them do.
fn way(function: &Function, levers: &[&Lever]) -> Option<Vec<Change>> {
    let mut changed = function.clone();
    for lever in levers {
        (lever.set)(&mut changed, lever.most);
    }
    for lever in levers.iter().rev() {
        let fits = |steps| {
            let mut nearer = changed.clone();
            (lever.set)(&mut nearer, lever.after(steps));
            fits(&nearer)
        };
        let steps = first(lever.steps(), fits)?;
        (lever.set)(&mut changed, (lever.round)(lever.after(steps)));
    }
    Some(
        levers
            .iter()
            .map(|lever| (lever.change)(&changed))
            .collect(),
    )
}

/// From which of `0..=most` on something holds, if it does at all.
fn first(most: u32, holds: impl Fn(u32) -> bool) -> Option<u32> {
    holds(most).then(|| {
        let (mut low, mut high) = (0, most);
        while low < high {
            let middle = low.midpoint(high);
            match holds(middle) {
                true => high = middle,
                false => low = middle + 1,
            }
        }
        low
    })
}

fn most(key: &str) -> u32 {
    match keys::find(key).map(|key| &key.kind) {
        Some(Kind::Integer(range, _)) => *range.end(),
        Some(Kind::Duration(range)) => range.end().as_secs() as u32,
        _ => 0,
    }
}

fn milliseconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

fn exactly(value: u32) -> u32 {
    value
}

/// Milliseconds of a duration as somebody would write it, not longer.
fn round(milliseconds: u32) -> u32 {
    let unit = match milliseconds {
        0..100 => 1,
        100..1_000 => 10,
        1_000..10_000 => 100,
        _ => 1_000,
    };
    milliseconds - milliseconds % unit
}
