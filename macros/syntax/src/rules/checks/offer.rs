//! The ways out that a message names: each mends its rule, as it is written
//! there, and breaks no other.

use std::fmt::Display;

use super::all;
use crate::options::{Change, Options};
use crate::rules::is_broken;

/// A key and the value that it gets.
pub(crate) fn set(key: &'static str, value: impl Display) -> Change {
    (key, Some(value.to_string()))
}

/// A key and the text that it gets.
pub(crate) fn set_text(key: &'static str, text: impl Display) -> Change {
    set(key, format!("\"{text}\""))
}

/// Whether these changes make the rule kept and break no other.
pub(crate) fn mends(rule: &str, options: &Options, changes: &[Change]) -> bool {
    // The rules weigh what each other offers, and would go on for ever.
    options.is_trial() || {
        let changed = options.with(changes);
        let is_readable = changes.iter().all(|(key, _)| changed.are_known(&[key]));
        let is_kept =
            all().any(|(known, check)| known.id == rule && !is_broken(known, *check, &changed));
        is_readable && is_kept && !breaks_another(rule, options, changes)
    }
}

/// Whether these changes break a rule, apart from `rule`, that is kept now.
pub(crate) fn breaks_another(rule: &str, options: &Options, changes: &[Change]) -> bool {
    let changed = options.with(changes);
    all()
        .filter(|(other, _)| other.id != rule)
        .filter(|(other, _)| changes.iter().any(|(key, _)| other.keys.contains(key)))
        .any(|(other, check)| {
            is_broken(other, *check, &changed) && !is_broken(other, *check, &options.with(&[]))
        })
}

/// The changes as a message names them: `` `key = value` and `key = value` ``.
pub(crate) fn text(changes: &[Change]) -> String {
    let written = changes.iter().filter_map(|(key, value)| {
        let value = value.as_ref()?;
        Some(format!("`{key} = {value}`"))
    });
    written.collect::<Vec<_>>().join(" and ")
}

/// Those of the ways out that mend the rule and break no other.
pub(crate) fn ways(rule: &str, options: &Options, ways: &[Vec<Change>]) -> Vec<String> {
    ways.iter()
        .filter(|way| mends(rule, options, way))
        .map(|way| text(way))
        .collect()
}

/// The key `allow` with this rule beside those that are there.
pub(crate) fn allow(rule: &str, options: &Options) -> String {
    let allowed = options.function.allow.iter().map(String::as_str);
    let others = allowed.filter(|other| *other != rule);
    text(&[set_allow(others.chain([rule]))])
}

/// The key `allow` with these rules.
pub(crate) fn set_allow<'a>(rules: impl Iterator<Item = &'a str>) -> Change {
    let rules: Vec<_> = rules.map(|id| format!("\"{id}\"")).collect();
    match rules.as_slice() {
        [one] => set("allow", one),
        many => set("allow", format_args!("[{}]", many.join(", "))),
    }
}
