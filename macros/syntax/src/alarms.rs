//! `alarms(dlq_depth = 10, oldest = "1d", errors = 3)`, or `alarms = false`.

use std::collections::BTreeSet;

use redrive_model::Alarms;

use crate::catalog;
use crate::diagnostic::{Diagnostic, Diagnostics, Fix};
use crate::keys::{Key, THRESHOLDS};
use crate::nearest::nearest;
use crate::pair::{self, After, Pair};
use crate::value::{Value, What, duration, integer};

pub(crate) fn read(key: &Key, value: &Value, diagnostics: &mut Diagnostics) -> Option<Alarms> {
    let mut alarms = Alarms::default();
    let thresholds = match &value.what {
        What::Flag(enabled) => {
            alarms.enabled = *enabled;
            return Some(alarms);
        }
        What::Group(thresholds) => thresholds.clone(),
        _ => {
            diagnostics.push(value.wrong_type(key, "`false`, or thresholds in parentheses"));
            return None;
        }
    };
    if thresholds.is_empty() {
        let empty = value.refuse(&catalog::SYNTAX, "`alarms` has no thresholds");
        let empty = empty.fix(Fix::set(key.name, key.example));
        diagnostics.push(empty.fix(Fix::remove(key.name)));
    }
    let mut given = BTreeSet::new();
    for pair in pair::list(thresholds, diagnostics, |_| {}) {
        let read = match given.insert(pair.name.clone()) {
            true => threshold(&pair, &mut alarms),
            false => Err(Diagnostic::new(
                &catalog::DUPLICATE_KEY,
                pair.place,
                format!("`{}` is already set", pair.name),
            )
            .help("remove one of the two")),
        };
        if let Err(diagnostic) = read {
            diagnostics.push(in_words(diagnostic));
        }
    }
    Some(alarms)
}

fn threshold(pair: &Pair, alarms: &mut Alarms) -> Result<(), Diagnostic> {
    let Pair { name, place, after } = pair;
    let names = || THRESHOLDS.iter().map(|key| key.name);
    let Some(key) = THRESHOLDS.iter().find(|key| key.name == *name) else {
        let unknown = Diagnostic::new(
            &catalog::UNKNOWN_KEY,
            *place,
            format!("unknown threshold `{name}`"),
        );
        return Err(unknown.help(match nearest(name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let names: Vec<_> = names().map(|name| format!("`{name}`")).collect();
                format!("the thresholds are {}", names.join(", "))
            }
        }));
    };
    let After::Value(value) = after else {
        let problem = format!("`{name}` needs `=` and a value");
        let missing = Diagnostic::new(&catalog::SYNTAX, *place, problem);
        return Err(missing.help(format!("write `{}`", key.shown())));
    };
    match key.name {
        "dlq_depth" => alarms.dlq_depth = integer(key, value)?,
        "errors" => alarms.errors = integer(key, value)?,
        _ => alarms.oldest = Some(duration(key, value)?),
    }
    Ok(())
}

/// A threshold is not a key of the attribute, which edits are for.
fn in_words(diagnostic: Diagnostic) -> Diagnostic {
    let fixes = diagnostic.fixes.iter();
    let fixes = fixes.map(|fix| Fix::advice(fix.to_string())).collect();
    Diagnostic {
        fixes,
        ..diagnostic
    }
}
