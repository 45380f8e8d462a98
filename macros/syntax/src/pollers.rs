//! The event pollers of provisioned mode, `"2..50"`.

use std::ops::RangeInclusive;

use proc_macro2::Span;
use redrive_model::{Pollers, limits};

use crate::catalog;
use crate::diagnostic::{Diagnostic, Fix, Rejected};
use crate::keys::Key;
use crate::setting::{Setting, TemplateValue};
use crate::tokens::excerpt;
use crate::value::{Value, What};

impl Setting for Pollers {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        let (text, is_quoted) = match &value.what {
            What::Text(text) => (text, true),
            _ => (&value.text, false),
        };
        let name = key.name;
        let Some(pollers) = parse(text) else {
            Err(match is_quoted {
                false => value.wrong_type(key, "two numbers in quotes"),
                true => {
                    let text = excerpt(text);
                    let problem = format!("`{name}` must be two numbers, not `\"{text}\"`");
                    let refused = value.refuse(&catalog::WRONG_TYPE, problem);
                    refused.help(format!("for example, `{}`", key.shown()))
                }
            })?
        };
        if let Err(problem) = check(pollers) {
            let swapped = format!("{}..{}", pollers.max, pollers.min);
            let refused = value.refuse(&catalog::OUT_OF_RANGE, problem);
            Err(refused.fix(Fix::set_text(name, swapped)))?;
        }
        if !is_quoted {
            let problem = format!("the value of `{name}` has no quotes");
            let refused = value.refuse(&catalog::WRONG_TYPE, problem);
            Err(refused.fix(Fix::set_text(name, text)))?;
        }
        Ok(pollers)
    }

    fn written(&self) -> Option<String> {
        Some(format!("\"{}..{}\"", self.min, self.max))
    }

    fn read_back(_: &Key, value: &TemplateValue<'_>) -> Result<Self, Rejected> {
        let TemplateValue::Numbers(numbers) = value else {
            return Err(Vec::new());
        };
        let number = |name, without| numbers.get(name).copied().unwrap_or(without);
        let pollers = Pollers {
            min: number("MinimumPollers", 2),
            max: number("MaximumPollers", 200),
        };
        let rejected =
            |problem| Diagnostic::new(&catalog::OUT_OF_RANGE, Span::call_site(), problem);
        check(pollers).map_err(|problem| vec![rejected(problem)])?;
        Ok(pollers)
    }
}

fn parse(text: &str) -> Option<Pollers> {
    let (min, max) = text.split_once("..")?;
    let (min, max) = (min.trim().parse().ok()?, max.trim().parse().ok()?);
    Some(Pollers { min, max })
}

/// Checks the numbers.
fn check(pollers: Pollers) -> Result<(), String> {
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
