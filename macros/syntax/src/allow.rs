//! The rules that `allow` accepts.

use crate::catalog::{Rule, all, find};
use crate::nearest::nearest;
use crate::tokens::excerpt;

/// The problem and the help for an id that no rule has.
pub fn unknown(id: &str) -> (String, String) {
    unknown_of(id, |_| true)
}

fn unknown_of(id: &str, can_be_meant: impl Fn(&Rule) -> bool) -> (String, String) {
    let known = all().filter(|rule| can_be_meant(rule)).map(|rule| rule.id);
    let help = match nearest(id, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`cargo redrive explain` lists the rules".to_owned(),
    };
    (format!("no rule is named `{}`", excerpt(id)), help)
}

/// The problem and the help if no function may break this rule on purpose.
pub(crate) fn allowable(id: &str) -> Result<(), (String, String)> {
    match find(id) {
        None => Err(unknown_of(id, Rule::can_be_allowed)),
        Some(rule) if rule.can_be_allowed() => Ok(()),
        Some(_) => {
            let help = "remove it; `allow` accepts warnings and errors that may be deliberate";
            Err((format!("`{id}` cannot be allowed"), help.to_owned()))
        }
    }
}
