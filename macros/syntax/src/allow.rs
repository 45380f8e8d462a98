//! The rules that `allow` accepts.

use crate::catalog::{Level, Rule, all, find};
use crate::nearest::nearest;
use crate::tokens::excerpt;

/// The text for an id that no rule has.
pub fn unknown(id: &str) -> String {
    unknown_of(id, |_| true)
}

fn unknown_of(id: &str, can_be_meant: impl Fn(&Rule) -> bool) -> String {
    let id = &excerpt(id);
    let known = all().filter(|rule| can_be_meant(rule)).map(|rule| rule.id);
    match nearest(id, known) {
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
        None => Err(unknown_of(id, Rule::can_be_allowed)),
        Some(rule) if rule.level == Level::Error => Err(format!(
            "`{id}` cannot be allowed: what breaks it does not compile, AWS refuses it, or messages would be lost; remove it here"
        )),
        Some(rule) if rule.level == Level::Notice => Err(format!(
            "`{id}` cannot be allowed: it is about the package and not about this function; remove it here"
        )),
        Some(_) => Ok(()),
    }
}
