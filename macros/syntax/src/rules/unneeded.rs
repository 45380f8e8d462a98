//! Rules that are allowed although nothing breaks them.

use super::offer::{set_allow, text};
use super::{Warning, find};
use crate::signature::MESSAGE_LIST;

/// The rule that says so.
pub const ALLOW_UNNEEDED: &str = "allow_unneeded";

/// Warns of the rules in `allow` that would be among `broken` if anything broke
/// them.
pub fn unneeded(allow: &[String], broken: &[Warning]) -> Option<Warning> {
    let is_unneeded = |id: &&str| is_judged_here(id) && broken.iter().all(|one| one.rule != *id);
    let allow = || allow.iter().map(String::as_str);
    let unneeded: Vec<_> = allow().filter(is_unneeded).collect();
    if unneeded.is_empty() {
        return None;
    }
    let needed: Vec<_> = allow().filter(|id| !unneeded.contains(id)).collect();
    let way = match needed.is_empty() {
        true => "remove `allow`".to_owned(),
        false => format!("write {}", text(&[set_allow(needed.into_iter())])),
    };
    let unneeded: Vec<_> = unneeded.iter().map(|id| format!("`{id}`")).collect();
    Some(Warning {
        rule: ALLOW_UNNEEDED,
        message: format!(
            "nothing breaks {}, which `allow` accepts; {way}",
            unneeded.join(" or ")
        ),
        accepted: allow().any(|id| id == ALLOW_UNNEEDED),
    })
}

/// Whether the attribute and the signature decide it, and not the build.
fn is_judged_here(id: &str) -> bool {
    id == MESSAGE_LIST || find(id).is_some_and(|rule| rule.check.is_some())
}
