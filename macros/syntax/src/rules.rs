//! The rules: a catalog of what they are, small functions that check them, and
//! the trial of the fixes that are offered. Macro and build script share them.

mod checks;
mod skipped;
mod trial;
mod unneeded;

use crate::catalog::{Level, Rule};
use crate::diagnostic::{Diagnostic, Diagnostics, Edit};
use crate::function::Function;
use crate::options::Options;
use checks::{Check, Finding, Fixes};

pub use crate::allow::unknown;
pub use crate::catalog::{self, all, find};
pub use checks::until_parked;
pub use skipped::{skipped, with_values};
pub use unneeded::unneeded;

/// What the rule finds in these options, if all that it reads is known.
fn judge<'a>(rule: &Rule, check: Check, options: &'a Options) -> Option<Finding<'a>> {
    let cannot_be_allowed = rule.level == Level::Error;
    let can_be_judged =
        options.are_known(rule.keys) && (cannot_be_allowed || options.are_known(&["allow"]));
    can_be_judged.then(|| check(options))?
}

/// The rules that these options break, each judged by itself.
fn broken(options: &Options) -> Vec<&'static Rule> {
    let broken = checks::all()
        .filter(|(rule, check)| !options.allows(rule) && judge(rule, *check, options).is_some());
    broken.map(|(rule, _)| *rule).collect()
}

/// A broken rule.
struct Found {
    rule: &'static Rule,
    check: Check,
    /// The options that it was judged by: with the fixes of the rules before it.
    judged: Options,
    /// The edits that the rules after it are judged with; `None` if no edit fixes it.
    assumed: Option<Vec<Edit>>,
}

/// Judges the options by every rule whose keys are known, and keeps of all fixes
/// those that work.
pub(crate) fn check(options: &Options, diagnostics: &mut Diagnostics) {
    let found = find_all(options, |_| true);
    let reported = diagnostics.iter().map(|one| one.rule);
    let reported: Vec<_> = reported
        .chain(found.iter().map(|one| one.rule))
        .filter(|rule| !options.allows(rule))
        .collect();
    let working = |rule: &Rule, fixes: Fixes<'_>| trial::working(&reported, rule, options, fixes);
    for diagnostic in diagnostics.iter_mut() {
        let fixes = std::mem::take(&mut diagnostic.fixes);
        let meant = fixes.iter().find(|fix| !fix.edits.is_empty()).cloned();
        diagnostic.fixes = working(diagnostic.rule, Box::new(fixes.into_iter()));
        if let (true, Some(meant)) = (diagnostic.fixes.is_empty(), meant) {
            diagnostic.fixes = trial::instead(&reported, diagnostic.rule, options, &meant);
        }
    }
    for one in found {
        let Some((problem, fixes)) = (one.check)(&one.judged) else {
            continue;
        };
        let fixes = working(one.rule, fixes);
        let edited = fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.key);
        let keys: Vec<_> = edited.filter(|key| one.rule.keys.contains(key)).collect();
        // On a key that a fix changes; on none if the fixes add keys only.
        let place = match keys.is_empty() {
            true => options.place(one.rule.keys, one.rule.member),
            // Of a key that is not there yet, on one that it is about.
            false => options
                .place(&keys, one.rule.member)
                .or_else(|| options.place(one.rule.keys, one.rule.member)),
        };
        diagnostics.push(Diagnostic {
            accepted: options.allows(one.rule),
            fixes,
            ..Diagnostic::new(
                one.rule,
                place.unwrap_or_else(|| options.name_place()),
                problem,
            )
        });
    }
}

/// The broken rules, accepted or not, of those that are asked for.
fn find_all(options: &Options, is_asked: impl Fn(&Rule) -> bool) -> Vec<Found> {
    let mut found = Vec::new();
    for (rule, check) in checks::all() {
        if is_asked(rule) {
            found.extend(find_in(options, rule, *check, &found));
        }
    }
    found
}

/// Judges one rule, as if those before it that it comes after were fixed.
fn find_in(
    options: &Options,
    rule: &'static Rule,
    check: Check,
    before: &[Found],
) -> Option<Found> {
    let before = before.iter().filter(|one| rule.after.contains(&one.rule));
    let edits: Option<Vec<_>> = before.map(|one| one.assumed.clone()).collect();
    let edits = edits?.concat();
    if edits.is_empty() {
        let _broken = judge(rule, check, options)?;
    }
    let judged = options.with(&edits)?;
    let (_, fixes) = judge(rule, check, &judged)?;
    // Another rule's fix accepts it.
    if judged.allows(rule) && !options.allows(rule) {
        return None;
    }
    let is_before_another = checks::all().any(|(other, _)| other.after.contains(&rule));
    let likeliest = is_before_another.then(|| trial::likeliest(rule, &judged, fixes));
    let assumed = likeliest.flatten().map(|fix| fix.edits);
    Some(Found {
        rule,
        check,
        judged,
        assumed,
    })
}

/// The rules that a function breaks whose settings are not all in its attribute,
/// each with the problem. None is judged that reads a key of `unknown`.
pub fn broken_by(function: &Function, unknown: &[&str]) -> Vec<(&'static Rule, String)> {
    let options = Options::of(function.clone(), unknown);
    let judged = checks::all().filter(|(rule, _)| {
        let is_broken = |before: &&Rule| {
            let check = checks::all().find(|(known, _)| known == before);
            check.is_some_and(|(rule, check)| judge(rule, *check, &options).is_some())
        };
        !rule.after.iter().any(is_broken)
    });
    judged
        .filter_map(|(rule, check)| Some((*rule, judge(rule, *check, &options)?.0)))
        .collect()
}

#[cfg(test)]
mod tests;
