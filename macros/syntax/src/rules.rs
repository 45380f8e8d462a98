//! The rules: one small function each, shared by the macro and the build
//! script, and the table that the reference is written from.

mod budget;
mod build;
mod function;
mod offer;
mod queue;
mod redrive;
mod retention;
mod syntax;
mod unneeded;

use crate::errors::Errors;
use crate::function::Function;
use crate::nearest::nearest;
use crate::options::Options;
use crate::tokens::excerpt;

pub(crate) use queue::is_queue_name;
pub use unneeded::{ALLOW_UNNEEDED, unneeded};

/// What breaking a rule means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// A compile error.
    Error,
    /// A compile error, unless the rule is accepted with `allow`.
    Deliberate,
    /// A warning of the build script, unless the rule is accepted with `allow`.
    Warning,
    /// A warning of the build script about the package, which no function can
    /// accept.
    Notice,
}

/// Says what is wrong and what would be right, or nothing.
pub type Check = fn(&Options) -> Option<String>;

/// One rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name in errors and for `allow`.
    pub id: &'static str,
    /// What breaking it means.
    pub level: Level,
    /// The keys that its judgement reads; a mistake is shown on the first that is
    /// written, and none is found while one of them is not known.
    pub keys: &'static [&'static str],
    /// The rule, and why it is one.
    pub reason: &'static str,
    /// The AWS page behind it; empty if it is Rust's or redrive's own.
    pub link: &'static str,
    /// A function that breaks this rule and no other; it begins with a comment if
    /// it takes more than an attribute and a function to show.
    pub fails: &'static str,
    /// The function that does not.
    pub passes: &'static str,
    /// The judgement, for a rule about what keys mean together; what a single
    /// value or token must be is judged where it is read.
    pub check: Option<Check>,
}

/// A broken rule that the build goes on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The rule's id.
    pub rule: &'static str,
    /// What is wrong and what would be right.
    pub message: String,
    /// Whether the user accepts it with `allow`.
    pub accepted: bool,
}

/// A row of what breaks the build and has no check of its own here.
const fn rule(
    id: &'static str,
    reason: &'static str,
    fails: &'static str,
    passes: &'static str,
) -> Rule {
    Rule {
        id,
        level: Level::Error,
        keys: &[],
        reason,
        link: "",
        fails,
        passes,
        check: None,
    }
}

/// The rule as one that is warned of.
const fn warning(rule: Rule) -> Rule {
    Rule {
        level: Level::Warning,
        ..rule
    }
}

/// The rule as one about the package that is warned of.
const fn notice(rule: Rule) -> Rule {
    Rule {
        level: Level::Notice,
        ..rule
    }
}

/// The rule with the page behind it.
const fn see(link: &'static str, rule: Rule) -> Rule {
    Rule { link, ..rule }
}

/// All rules, in the order of the reference.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [
        syntax::RULES,
        queue::RULES,
        function::RULES,
        redrive::RULES,
        build::RULES,
    ]
    .into_iter()
    .flatten()
}

/// The rule of this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}

/// The words for a rule that is not one of the rules.
pub fn unknown(id: &str) -> String {
    unknown_of(id, |_| true)
}

fn unknown_of(id: &str, can_be_meant: impl Fn(&Rule) -> bool) -> String {
    let id = &excerpt(id);
    match nearest(
        id,
        all().filter(|rule| can_be_meant(rule)).map(|rule| rule.id),
    ) {
        Some(near) => format!("no rule is named `{id}`; did you mean `{near}`?"),
        None => format!("no rule is named `{id}`; `cargo redrive explain` lists them"),
    }
}

/// Whether a function may break this rule on purpose.
pub(crate) fn allowable(id: &str) -> Result<(), String> {
    match find(id) {
        None if id.trim().is_empty() => Err(
            "`allow` takes the id of a rule, such as `allow = \"fifo_dlq_order\"`; `cargo redrive explain` lists them".to_owned(),
        ),
        None => Err(unknown_of(id, |rule| {
            !matches!(rule.level, Level::Error | Level::Notice)
        })),
        Some(rule) if rule.level == Level::Error => Err(format!(
            "`{id}` cannot be allowed: what breaks it does not compile, AWS refuses it, or messages would be lost; remove it here"
        )),
        Some(rule) if rule.level == Level::Notice => Err(format!(
            "`{id}` cannot be allowed: it is about the package and not about this function; remove it here"
        )),
        Some(_) => Ok(()),
    }
}

impl Rule {
    /// What the rule says of these options, if all that it reads is known.
    fn judge(&self, options: &Options) -> Option<String> {
        let cannot_be_allowed = self.level == Level::Error;
        let can_be_judged =
            options.are_known(self.keys) && (cannot_be_allowed || options.are_known(&["allow"]));
        self.check.filter(|_| can_be_judged)?(options)
    }

    fn is_accepted(&self, options: &Options) -> bool {
        options.function.allow.iter().any(|id| id == self.id)
    }

    fn is_broken(&self, options: &Options) -> bool {
        !self.is_accepted(options) && self.judge(options).is_some()
    }
}

/// Judges the options by every rule whose keys are known.
pub fn check(options: &Options, errors: &mut Errors) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for rule in all() {
        let Some(message) = rule.judge(options) else {
            continue;
        };
        let message = match rule.link {
            "" => message,
            link => format!("{message}; see {link}"),
        };
        let accepted = rule.is_accepted(options);
        match rule.level {
            Level::Deliberate if accepted => warnings.push(Warning {
                rule: rule.id,
                message,
                accepted,
            }),
            Level::Warning | Level::Notice => warnings.push(Warning {
                rule: rule.id,
                message,
                accepted,
            }),
            Level::Error | Level::Deliberate => {
                let place = options
                    .place(rule.keys)
                    .unwrap_or_else(|| proc_macro2::Span::call_site().into());
                errors.push(rule.id, place, message);
            }
        }
    }
    warnings
}

/// The rules that a function breaks whose settings do not all stand in its
/// attribute, each with what is wrong. None is judged that reads a key of
/// `unknown`.
pub fn broken_by(function: &Function, unknown: &[&str]) -> Vec<(&'static Rule, String)> {
    let options = Options::of(function.clone(), unknown);
    all()
        .filter_map(|rule| Some((rule, rule.judge(&options)?)))
        .collect()
}

#[cfg(test)]
mod tests;
