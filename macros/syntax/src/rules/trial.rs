//! The trial of fixes: each is applied, and all rules are judged again. Only what
//! leaves no new diagnostic is offered.

use super::checks::{self, Fixes};
use super::{broken, find_all};
use crate::catalog::{OUT_OF_RANGE, Rule};
use crate::diagnostic::{Edit, Fix, LONGEST_LINE};
use crate::keys;
use crate::options::Options;

/// The most fixes that are offered of one diagnostic.
const MOST: usize = 3;

/// The fixes that work and change the fewest keys, and what only a person can
/// do. The rules `reported` may stay broken.
pub(super) fn working(
    reported: &[&Rule],
    rule: &Rule,
    options: &Options,
    fixes: Fixes<'_>,
) -> Vec<Fix> {
    let mut working: Vec<Fix> = Vec::new();
    let mut advice = Vec::new();
    for fix in fixes {
        let is_longer = |other: &Fix| other.edits.len() < fix.edits.len();
        if working.len() == MOST || working.first().is_some_and(is_longer) {
            break;
        }
        if fix.edits.is_empty() {
            advice.push(fix);
        } else if !working.contains(&fix) && works(reported, rule, options, &fix) {
            working.push(fix);
        }
    }
    working.append(&mut advice);
    working
}

/// What to offer if the value that was likely meant breaks another rule.
pub(super) fn instead(reported: &[&Rule], rule: &Rule, options: &Options, meant: &Fix) -> Vec<Fix> {
    let working = |fixes: Vec<Fix>| working(reported, rule, options, Box::new(fixes.into_iter()));
    let Some(key) = meant.edits.first().and_then(|edit| keys::find(edit.key)) else {
        return Vec::new();
    };
    let example = Fix::set(key.name, key.example);
    if *meant == example {
        let removed = working(vec![Fix::remove(key.name)]);
        let example = Fix::advice(format!("for example, `{}`", key.shown()));
        return match removed.is_empty() {
            true => vec![example],
            false => removed,
        };
    }
    let mut others = [with_others(reported, options, meant), vec![example]];
    if rule == &OUT_OF_RANGE {
        // The nearest bound is not what was meant.
        others.reverse();
    }
    let mut offered = others.into_iter().map(working);
    let offered = offered.find(|fixes| !fixes.is_empty());
    // What each value breaks has a diagnostic once this one is fixed.
    offered.unwrap_or_else(|| vec![Fix::advice(meant.to_string())])
}

/// This fix, each time with one for a rule that is broken after it.
fn with_others(reported: &[&Rule], options: &Options, fix: &Fix) -> Vec<Fix> {
    let Some(changed) = options.with(&fix.edits) else {
        return Vec::new();
    };
    let broken = find_all(&changed, |rule| !reported.contains(&rule));
    let broken = broken.iter().filter(|one| !changed.allows(one.rule));
    let others = broken.filter_map(|one| Some((one.check)(&one.judged)?.1));
    let is_apart = |other: &Fix| {
        let mut edits = other.edits.iter();
        let is_same =
            |edit: &Edit| edit.key == "allow" || fix.edits.iter().any(|own| own.key == edit.key);
        !other.edits.is_empty() && !edits.any(is_same)
    };
    let others = others.flatten().filter(is_apart);
    let both = |other: Fix| Fix::edit(fix.edits.iter().cloned().chain(other.edits));
    others.map(both).collect()
}

fn works(reported: &[&Rule], rule: &Rule, options: &Options, fix: &Fix) -> bool {
    // Code is not wrapped.
    let fits =
        |edit: &Edit| edit.to_string().chars().count() < LONGEST_LINE - "help: or write".len();
    if !fix.edits.iter().all(fits) {
        return false;
    }
    let Some(changed) = options.with(&fix.edits) else {
        return false;
    };
    // The other rules find what they found before.
    let is_asked = |rule: &Rule| {
        let others = checks::all().map(|(other, _)| other);
        let mut after = others.filter(|other| other.after.contains(&rule));
        is_affected(rule, &fix.edits) || after.any(|other| is_affected(other, &fix.edits))
    };
    let left = find_all(&changed, is_asked).into_iter().map(|one| one.rule);
    let mut left = left.filter(|other| !changed.allows(other));
    left.all(|other| *other != *rule && reported.contains(&other))
}

/// Whether the rule may find something else after these edits.
fn is_affected(rule: &Rule, edits: &[Edit]) -> bool {
    let mut edited = edits.iter().map(|edit| edit.key);
    edited.any(|key| key == "allow" || rule.keys.contains(&key))
        || rule.after.iter().any(|before| is_affected(before, edits))
}

/// The fix after which the fewest rules are broken: the rules after this one are
/// judged with it.
pub(super) fn likeliest(rule: &Rule, options: &Options, fixes: Fixes<'_>) -> Option<Fix> {
    let before = broken(options);
    let left = |fix: &Fix| {
        let broken = broken(&options.with(&fix.edits)?);
        let is_new = |other: &&Rule| !before.contains(other);
        (!broken.contains(&rule) && !broken.iter().any(is_new)).then_some(broken.len())
    };
    let fixes = fixes.filter(|fix| !fix.edits.is_empty());
    let tried = fixes.filter_map(|fix| Some((left(&fix)?, fix)));
    let (_, fix) = tried.min_by_key(|(left, fix)| (fix.edits.len(), *left))?;
    Some(fix)
}
