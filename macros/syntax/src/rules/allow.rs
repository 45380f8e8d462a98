//! The rules that `allow` accepts.

use super::catalog::{ALLOW_UNNEEDED, HANDLER_MESSAGE_LIST, Level, Rule, all, find};
use super::checks::{self, set_allow};
use crate::diagnostic::{Diagnostic, Fix};
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

/// A warning of the rules in `allow` that would be among `broken` if anything
/// broke them.
pub fn unneeded(allow: &[String], broken: &[&Rule]) -> Option<Diagnostic> {
    let is_unneeded = |id: &&str| is_judged_here(id) && broken.iter().all(|one| one.id != *id);
    let allow = || allow.iter().map(String::as_str);
    let unneeded: Vec<_> = allow().filter(is_unneeded).collect();
    if unneeded.is_empty() {
        return None;
    }
    let needed: Vec<_> = allow().filter(|id| !unneeded.contains(id)).collect();
    let fix = match needed.is_empty() {
        true => Fix::remove("allow"),
        false => Fix::edit([set_allow(needed.into_iter())]),
    };
    let unneeded: Vec<_> = unneeded.iter().map(|id| format!("`{id}`")).collect();
    let problem = match unneeded.as_slice() {
        [rule] => format!("unused `allow`: rule {rule} is not violated"),
        rules => format!(
            "unused `allow`: rules {} are not violated",
            rules.join(" and ")
        ),
    };
    let place = proc_macro2::Span::call_site();
    Some(Diagnostic {
        accepted: allow().any(|id| id == ALLOW_UNNEEDED.id),
        ..Diagnostic::new(&ALLOW_UNNEEDED, place, problem).fix(fix)
    })
}

/// Whether the attribute and the signature decide it, and not the build.
fn is_judged_here(id: &str) -> bool {
    id == HANDLER_MESSAGE_LIST.id || checks::all().any(|(rule, _)| rule.id == id)
}
