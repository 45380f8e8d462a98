//! The checks: one small function per rule about what keys mean together. What a
//! single value or token must be is checked where it is read.

mod function;
mod idempotent;
mod queue;
mod redrive;
mod retention;
mod retry_budget;
mod system;

use std::time::Duration;

use redrive_model::duration::written;

use crate::catalog::{self, Rule};
use crate::diagnostic::{Edit, Fix};
use crate::options::Options;

pub use retention::until_parked;

/// The problem, and the fixes that may solve it: those with fewer edits first. What
/// does not work, or breaks another rule, is sorted out by a trial.
pub(super) type Finding<'a> = (String, Fixes<'a>);

/// Found one after another, since most are not asked for.
pub(super) type Fixes<'a> = Box<dyn Iterator<Item = Fix> + 'a>;

/// What is wrong, if anything.
pub(super) type Check = fn(&Options) -> Option<Finding<'_>>;

fn found<'a>(
    problem: impl Into<String>,
    fixes: impl IntoIterator<Item = Fix, IntoIter: 'a>,
) -> Finding<'a> {
    (problem.into(), Box::new(fixes.into_iter()))
}

/// All checks, each with its rule; after the rules that it comes after.
pub(super) fn all() -> impl Iterator<Item = &'static (&'static Rule, Check)> {
    let areas = [
        queue::CHECKS,
        system::CHECKS,
        function::CHECKS,
        redrive::CHECKS,
        idempotent::CHECKS,
    ];
    areas.into_iter().flatten()
}

/// Accepts this rule, in addition to those that are accepted.
fn allow(rule: &Rule, options: &Options) -> Edit {
    let others = options.function.allow.iter().map(String::as_str);
    set_allow(others.filter(|other| *other != rule.id).chain([rule.id]))
}

/// The reason to accept a rule, where there is no better one.
const INTENDED: &str = "if it is intended";

/// The same as a fix, with the reason for it.
fn accept(rule: &Rule, options: &Options, reason: &str) -> Fix {
    let accept = allow(rule, options);
    let text = format!("{reason}, write {accept}");
    Fix::edit([accept]).described(text)
}

/// The key `allow` with these rules.
pub(super) fn set_allow<'a>(rules: impl Iterator<Item = &'a str>) -> Edit {
    let rules: Vec<_> = rules.map(|id| format!("\"{id}\"")).collect();
    match rules.as_slice() {
        [one] => Edit::set("allow", one),
        many => Edit::set("allow", format_args!("[{}]", many.join(", "))),
    }
}

/// A key whose value is this long.
fn set_duration(key: &'static str, duration: Duration) -> Edit {
    Edit::set_text(key, written(duration))
}

/// A minute, an hour or a day, as somebody would count so many.
fn unit(duration: Duration) -> u64 {
    let units = [86_400, 3_600, 60].into_iter();
    let mut fitting = units.filter(|unit| duration.as_secs() >= 2 * unit);
    fitting.next().unwrap_or(1)
}

/// The next duration after this one that somebody would write.
fn longer_than(duration: Duration) -> Duration {
    let seconds = duration.as_secs() + 1;
    Duration::from_secs(seconds.next_multiple_of(unit(Duration::from_secs(seconds))))
}

/// The last duration before this one that somebody would write.
fn shorter_than(duration: Duration) -> Duration {
    let seconds = duration.as_secs().saturating_sub(1);
    Duration::from_secs(seconds - seconds % unit(Duration::from_secs(seconds)))
}
