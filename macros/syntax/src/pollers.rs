//! The event pollers of provisioned mode, `"2..50"`.

use std::ops::RangeInclusive;

use redrive_model::{Pollers, limits};

use crate::catalog;
use crate::diagnostic::{Diagnostic, Fix};
use crate::keys::Key;
use crate::tokens::excerpt;
use crate::value::{Value, What};

pub(crate) fn read(key: &Key, value: &Value) -> Result<Pollers, Diagnostic> {
    let (text, is_quoted) = match &value.what {
        What::Text(text) => (text, true),
        _ => (&value.text, false),
    };
    let name = key.name;
    let Some(pollers) = parse(text) else {
        return Err(match is_quoted {
            false => value.wrong_type(key, "two numbers in quotes"),
            true => {
                let text = excerpt(text);
                let problem = format!("`{name}` must be two numbers, not `\"{text}\"`");
                let refused = value.refuse(&catalog::WRONG_TYPE, problem);
                refused.help(format!("for example, `{}`", key.shown()))
            }
        });
    };
    if let Err(problem) = check(pollers) {
        let swapped = format!("{}..{}", pollers.max, pollers.min);
        let refused = value.refuse(&catalog::OUT_OF_RANGE, problem);
        return Err(refused.fix(Fix::set_text(name, swapped)));
    }
    if !is_quoted {
        let problem = format!("the value of `{name}` has no quotes");
        let refused = value.refuse(&catalog::WRONG_TYPE, problem);
        return Err(refused.fix(Fix::set_text(name, text)));
    }
    Ok(pollers)
}

fn parse(text: &str) -> Option<Pollers> {
    let (min, max) = text.split_once("..")?;
    let (min, max) = (min.trim().parse().ok()?, max.trim().parse().ok()?);
    Some(Pollers { min, max })
}

/// Checks the numbers.
pub(crate) fn check(pollers: Pollers) -> Result<(), String> {
    let Pollers { min, max } = pollers;
    let within = |which: &str, number: u32, range: RangeInclusive<u32>| {
        let (least, most) = (range.start(), range.end());
        let problem =
            || format!("the {which} of `pollers` is {number}, but must be from {least} to {most}");
        range.contains(&number).then_some(()).ok_or_else(problem)
    };
    within("minimum", min, limits::MINIMUM_POLLERS)?;
    within("maximum", max, limits::MAXIMUM_POLLERS)?;
    match min > max {
        true => Err(format!("`pollers` goes from {min} down to {max}")),
        false => Ok(()),
    }
}
