//! The retry budget: whether a batch, with every retry, fits in the timeout.

use std::time::Duration;

use redrive_model::deadline::{SEND, flush_time, margin, send_time};
use redrive_model::duration::{seconds, show};
use redrive_model::limits;
use redrive_model::policy::OnPermanent;

use super::{Finding, found, set_duration};
use crate::diagnostic::{Edit, Fix};
use crate::function::{Backoff, Function};
use crate::options::Options;
use crate::setting::Setting as _;

/// The longest calculation that fits on the line of the problem.
const LONGEST_SUM: usize = 40;

pub(super) fn retry_budget(options: &Options) -> Option<Finding<'_>> {
    let (function, flush) = (&options.function, has_flush(options));
    (!fits(function, flush)).then(|| {
        let needed = show(needed(function, flush));
        let needed = match sum(function, flush) {
            sum if sum.chars().count() > LONGEST_SUM => needed,
            sum => format!("{sum} = {needed}"),
        };
        let timeout = show(function.timeout);
        let problem = format!("the worst batch takes {needed}, longer than `timeout` ({timeout})");
        found(problem, fixes(options))
    })
}

/// The longest `attempt_timeout` with which all retries fit.
pub(super) fn attempt_that_fits(options: &Options) -> Option<Fix> {
    fix(options, &[attempt(options.function.attempt_timeout?)])
}

/// Whether the worst batch is handled, and answered, within the timeout.
fn fits(function: &Function, flush: bool) -> bool {
    needed(function, flush) <= function.timeout
}

fn has_flush(options: &Options) -> bool {
    options.is_given("flush")
}

fn needed(function: &Function, flush: bool) -> Duration {
    let attempts = function.attempt_timeout.unwrap_or_default() * (function.retries + 1);
    let records = (attempts + function.backoff.longest(function.retries)) * rounds(function);
    records + after_records(function, flush).iter().sum::<Duration>()
}

/// Sending on, answering, and `flush`.
fn after_records(function: &Function, flush: bool) -> [Duration; 4] {
    let flush = flush.then(|| flush_time(function.timeout));
    let rounds = function.rounds().map(|_| {
        let records = function.batch_size as usize;
        send_time(function.timeout, records)
    });
    [
        permanent(function),
        rounds.unwrap_or_default(),
        margin(function.timeout),
        flush.unwrap_or_default(),
    ]
}

/// What sending permanent failures on can take: once, because after the first send that
/// SQS does not answer, the others are reported at once.
fn permanent(function: &Function) -> Duration {
    match function.on_permanent {
        OnPermanent::Dlq | OnPermanent::Park => SEND,
        OnPermanent::Report => Duration::ZERO,
    }
}

/// How many messages run one after another in the worst batch: all messages of a
/// FIFO batch can belong to one group.
fn rounds(function: &Function) -> u32 {
    match function.is_fifo() {
        true => function.batch_size,
        false => function.batch_size.div_ceil(function.concurrency),
    }
}

/// Messages × (attempts × the longest attempt + the waits) + the time to send on, to answer
/// and to flush.
fn sum(function: &Function, flush: bool) -> String {
    let attempts = function
        .attempt_timeout
        .map(|limit| match function.retries {
            0 => show(limit),
            retries => format!("{} × {}", retries + 1, show(limit)),
        });
    let waits = (function.retries > 0).then(|| show(function.backoff.longest(function.retries)));
    let parts: Vec<_> = attempts.into_iter().chain(waits).collect();
    let message = match (rounds(function), parts.as_slice()) {
        (_, []) => String::new(),
        (1, parts) => parts.join(" + "),
        (rounds, [part]) => format!("{rounds} × {part}"),
        (rounds, parts) => format!("{rounds} × ({})", parts.join(" + ")),
    };
    let rest = after_records(function, flush);
    let rest = rest.iter().filter(|time| !time.is_zero());
    let parts = [message].into_iter().filter(|message| !message.is_empty());
    let parts: Vec<_> = parts.chain(rest.map(|time| show(*time))).collect();
    parts.join(" + ")
}

/// A key that can make a batch fit: with more steps, more fits.
#[derive(Clone, Copy)]
struct Lever {
    steps: u32,
    /// Changes the function by so many steps.
    change: fn(&mut Function, u32),
    edit: fn(&Function) -> Edit,
}

/// In the order of how little they take from the user. With all of them, any
/// batch fits: a message at a time, without a retry, in a shorter attempt.
fn levers(options: &Options) -> Vec<Lever> {
    let function = &options.function;
    let longest = seconds(limits::FORMER_LONGEST_TIMEOUT);
    let levers = [
        Some(Lever {
            steps: function.batch_size.saturating_sub(function.concurrency),
            change: |function, steps| function.concurrency += steps,
            edit: |function| Edit::set("concurrency", function.concurrency),
        }),
        Some(Lever {
            steps: longest.saturating_sub(seconds(function.timeout)),
            change: |function, steps| function.timeout += Duration::from_secs(steps.into()),
            edit: |function| {
                Edit::set_text("timeout", format_args!("{}s", function.timeout.as_secs()))
            },
        }),
        Some(Lever {
            steps: function.batch_size - 1,
            change: |function, steps| function.batch_size -= steps,
            edit: |function| Edit::set("batch_size", function.batch_size),
        }),
        Some(Lever {
            steps: function.retries,
            change: |function, steps| function.retries -= steps,
            edit: |function| Edit::set("retries", function.retries),
        }),
        options.is_given("backoff").then_some(Lever {
            steps: milliseconds(function.backoff.max) - 1,
            change: |function, steps| {
                let max = shorter(function.backoff.max, steps);
                let min = function.backoff.min.min(max);
                function.backoff = Backoff { min, max };
            },
            edit: |function| Edit::set("backoff", function.backoff.written().unwrap_or_default()),
        }),
        function.attempt_timeout.map(attempt),
        (function.on_permanent != OnPermanent::Report).then_some(Lever {
            steps: 1,
            change: |function, steps| {
                if steps > 0 {
                    function.on_permanent = OnPermanent::Report;
                }
            },
            edit: |_| Edit::remove("on_permanent"),
        }),
    ];
    levers.into_iter().flatten().collect()
}

fn attempt(limit: Duration) -> Lever {
    Lever {
        steps: milliseconds(limit) - 1,
        change: |function, steps| {
            let shorter = function.attempt_timeout.map(|limit| shorter(limit, steps));
            function.attempt_timeout = shorter;
        },
        edit: |function| {
            let limit = function.attempt_timeout.unwrap_or_default();
            set_duration("attempt_timeout", limit)
        },
    }
}

/// The nearest values of these keys with which a batch fits, for each set of keys,
/// the smallest sets first.
fn fixes(options: &Options) -> impl Iterator<Item = Fix> {
    let levers = levers(options);
    let mut sets: Vec<u32> = (1..1 << levers.len()).collect();
    sets.sort_by_key(|set| set.count_ones());
    sets.into_iter().filter_map(move |set| {
        let chosen = levers.iter().enumerate();
        let chosen = chosen.filter(|(place, _)| set & (1 << place) != 0);
        let chosen: Vec<_> = chosen.map(|(_, lever)| *lever).collect();
        fix(options, &chosen)
    })
}

/// The nearest value of the last key, with the others at their limits; then of the
/// one before it, and so on.
fn fix(options: &Options, levers: &[Lever]) -> Option<Fix> {
    let flush = has_flush(options);
    let mut steps: Vec<_> = levers.iter().map(|lever| lever.steps).collect();
    let changed = |steps: &[u32]| {
        let mut changed = options.function.clone();
        for (lever, steps) in levers.iter().zip(steps) {
            (lever.change)(&mut changed, *steps);
        }
        changed
    };
    for place in (0..levers.len()).rev() {
        steps[place] = first(steps[place], |fewer| {
            let mut tried = steps.clone();
            tried[place] = fewer;
            fits(&changed(&tried), flush)
        })?;
    }
    let changed = changed(&steps);
    Some(Fix::edit(levers.iter().map(|lever| (lever.edit)(&changed))))
}

/// From which of `0..=most` on something holds, if it does at all.
fn first(most: u32, holds: impl Fn(u32) -> bool) -> Option<u32> {
    if !holds(most) {
        return None;
    }
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = low.midpoint(high);
        match holds(middle) {
            true => high = middle,
            false => low = middle + 1,
        }
    }
    Some(low)
}

fn milliseconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

/// A duration that is shorter by so many milliseconds, rounded down to one that
/// somebody would write.
fn shorter(duration: Duration, steps: u32) -> Duration {
    let left = milliseconds(duration) - steps;
    let unit = match (steps, left) {
        (0, _) | (_, 0..100) => 1,
        (_, 100..1_000) => 10,
        (_, 1_000..10_000) => 100,
        _ => 1_000,
    };
    Duration::from_millis(u64::from(left - left % unit))
}
