//! `alarms(dlq_depth = 10, oldest = "1d", errors = 3)`, or `alarms = false`.

use redrive_model::Alarms;

use crate::catalog;
use crate::diagnostic::{Diagnostic, Fix, Rejected};
use crate::group;
use crate::keys::{Key, THRESHOLDS};
use crate::nearest::nearest;
use crate::pair::{After, Pair};
use crate::tokens::excerpt;
use crate::value::{Value, What, duration, integer};

pub(crate) fn read(key: &Key, value: &Value) -> Result<Alarms, Rejected> {
    let mut alarms = Alarms::default();
    match &value.what {
        What::Flag(enabled) => alarms.enabled = *enabled,
        What::Group(_) => {
            group::read(key, value, |pair| {
                Ok(threshold(pair, &mut alarms).map_err(in_words)?)
            })?;
        }
        _ => Err(value.wrong_type(key, "`false`, or thresholds in parentheses"))?,
    }
    Ok(alarms)
}

fn threshold(pair: &Pair, alarms: &mut Alarms) -> Result<(), Diagnostic> {
    let Pair { name, place, after } = pair;
    let names = || THRESHOLDS.iter().map(|key| key.name);
    let Some(key) = THRESHOLDS.iter().find(|key| key.name == *name) else {
        let problem = format!("unknown threshold `{}`", excerpt(name));
        let unknown = Diagnostic::new(&catalog::UNKNOWN_KEY, *place, problem);
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
