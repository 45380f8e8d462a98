//! `tags(name = "value")`.

use std::collections::BTreeMap;

use redrive_model::limits;

use crate::catalog;
use crate::diagnostic::{Diagnostic, Rejected};
use crate::group;
use crate::keys::Key;
use crate::pair::Pair;
use crate::setting::Setting;
use crate::tokens::excerpt;
use crate::value::Value;

/// The longest name and value.
/// <https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html>
const NAME: usize = 128;
const VALUE: usize = 256;

const QUOTED: &str = "a name with `:` or spaces has quotes: `\"acme:stage\" = \"dev\"`";

/// The tags of `tags(…)`.
impl Setting for BTreeMap<String, String> {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        let tags = group::read(key, value, |pair| Ok(tag(pair)?))?;
        check_count(tags.len())
            .map_err(|(problem, help)| value.refuse(&catalog::TAG, problem).help(help))?;
        Ok(tags)
    }

    fn written(&self) -> Option<String> {
        // No fix sets a tag.
        None
    }
}

fn tag(pair: &Pair) -> Result<String, Diagnostic> {
    let (text, of_value) =
        group::text(pair).map_err(|refused| match refused.rule == &catalog::SYNTAX {
            true => refused.help(QUOTED),
            false => refused,
        })?;
    check(&pair.name, text).map_err(|(problem, help)| {
        let place = match check(&pair.name, "") {
            Ok(()) => of_value,
            Err(_) => pair.place,
        };
        Diagnostic::new(&catalog::TAG, place, problem).help(help)
    })?;
    Ok(text.to_owned())
}

/// Checks a tag.
///
/// # Errors
/// The problem and the help, if AWS would reject the name or the value.
pub fn check(name: &str, value: &str) -> Result<(), (String, String)> {
    let allowed = |c: &char| c.is_alphanumeric() || " _.:/=+-@".contains(*c);
    let wrong = |text: &str| text.chars().find(|c| !allowed(c));
    let shown = excerpt(name);
    let letters = "use letters, digits, spaces and `_.:/=+-@`".to_owned();
    let another = "choose another name".to_owned();
    let length = name.chars().count();
    if name.to_lowercase().starts_with("aws:") {
        let problem = format!("the tag `{shown}` begins with `aws:`, which AWS reserves");
        return Err((problem, another));
    }
    if !(1..=NAME).contains(&length) {
        let problem =
            format!("the name of a tag has {length} characters, but AWS allows 1 to {NAME}");
        return Err((problem, another));
    }
    if value.chars().count() > VALUE {
        let problem = format!("the value of the tag `{shown}` has over {VALUE} characters");
        return Err((problem, "shorten it".to_owned()));
    }
    match (wrong(name), wrong(value)) {
        (Some(c), _) => Err((format!("the tag `{shown}` contains `{c}`"), letters)),
        (_, Some(c)) => Err((
            format!("the value of the tag `{shown}` contains `{c}`"),
            letters,
        )),
        _ => Ok(()),
    }
}

/// Checks how many tags a resource has.
///
/// # Errors
/// The problem and the help, if they are more than AWS allows.
pub fn check_count(tags: usize) -> Result<(), (String, String)> {
    let most = limits::TAGS;
    let problem = || format!("a resource has {tags} tags, but AWS allows {most}");
    (tags <= most)
        .then_some(())
        .ok_or_else(|| (problem(), "remove some of them".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{check, check_count};

    #[test]
    fn a_tag_is_what_aws_accepts() {
        for (name, value, is_right) in [
            ("team", "orders", true),
            ("cost center", "a/b:c=d+e-f@g.h_i", true),
            ("équipe", "", true),
            ("", "x", false),
            ("AWS:x", "x", false),
            ("team", "a,b", false),
            ("te*m", "x", false),
            ("team", "${Stage}", false),
        ] {
            assert_eq!(check(name, value).is_ok(), is_right, "{name} {value}");
        }
        for (name, value, is_right) in [(128, 256, true), (129, 1, false), (1, 257, false)] {
            let checked = check(&"n".repeat(name), &"v".repeat(value));
            assert_eq!(checked.is_ok(), is_right, "{name} {value}");
        }
        assert!(check_count(50).is_ok());
        assert!(check_count(51).is_err());
    }
}
