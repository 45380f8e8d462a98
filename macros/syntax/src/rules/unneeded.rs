//! Rules in `allow` that are not violated.

use redrive_model::words::list;

use super::checks::{self, set_allow};
use crate::catalog::{ALLOW_UNNEEDED, HANDLER_MESSAGE_LIST, Rule};
use crate::diagnostic::{Diagnostic, Fix};

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
            list(rules, "and")
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
