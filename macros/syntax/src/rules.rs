//! The rules: a catalog of what they are, small functions that check them, and
//! the trial of the fixes that are offered. Macro and build script share them.

mod allow;
pub mod catalog;
mod checks;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::function::Function;
use crate::options::Options;
use catalog::{Level, Rule};
use checks::Check;

pub(crate) use allow::allowable;
pub use allow::{unknown, unneeded};
pub use catalog::{all, find};

/// What the rule finds in these options, if all that it reads is known.
fn judge(rule: &Rule, check: Check, options: &Options) -> Option<String> {
    let cannot_be_allowed = rule.level == Level::Error;
    let can_be_judged =
        options.are_known(rule.keys) && (cannot_be_allowed || options.are_known(&["allow"]));
    can_be_judged.then(|| check(options))?
}

fn is_broken(rule: &Rule, check: Check, options: &Options) -> bool {
    !options.allows(rule) && judge(rule, check, options).is_some()
}

/// Judges the options by every rule whose keys are known.
pub(crate) fn check(options: &Options, diagnostics: &mut Diagnostics) {
    for (rule, check) in checks::all() {
        let Some(text) = judge(rule, *check, options) else {
            continue;
        };
        let place = options
            .place(rule.keys)
            .unwrap_or_else(|| proc_macro2::Span::call_site().into());
        diagnostics.push(Diagnostic {
            accepted: options.allows(rule),
            ..Diagnostic::from_text(rule, place, &text)
        });
    }
}

/// The rules that a function breaks whose settings are not all in its attribute,
/// each with what is wrong. None is judged that reads a key of `unknown`.
pub fn broken_by(function: &Function, unknown: &[&str]) -> Vec<(&'static Rule, String)> {
    let options = Options::of(function.clone(), unknown);
    checks::all()
        .filter_map(|(rule, check)| Some((*rule, judge(rule, *check, &options)?)))
        .collect()
}

#[cfg(test)]
mod tests;
