//! `tags(name = "value")`.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use redrive_model::limits;

use crate::catalog;
use crate::diagnostic::{Diagnostic, Diagnostics, Fix};
use crate::pair::{self, After, Pair};
use crate::place::Place;
use crate::value::{Value, What};

/// The longest name and value.
/// <https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html>
const NAME: usize = 128;
const VALUE: usize = 256;

/// The tags of `tags(…)`.
pub(crate) fn read(
    tags: &TokenStream,
    place: Place,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, String> {
    let mut read = BTreeMap::new();
    if tags.is_empty() {
        let empty = Diagnostic::new(&catalog::SYNTAX, place, "`tags` has no tags");
        let empty = empty.fix(Fix::set("tags", "(team = \"orders\")"));
        diagnostics.push(empty.fix(Fix::remove("tags")));
    }
    for pair in pair::list(tags.clone(), diagnostics, |_| {}) {
        match tag(&pair) {
            Err(diagnostic) => diagnostics.push(diagnostic),
            Ok(value) => {
                if read.insert(pair.name.clone(), value).is_some() {
                    let text = format!("`{}` is already set; remove one of the two", pair.name);
                    diagnostics.report(&catalog::DUPLICATE_KEY, pair.place, text);
                }
            }
        }
    }
    if let Err(text) = check_count(read.len()) {
        diagnostics.report(&catalog::TAG, place, text);
    }
    read
}

fn tag(pair: &Pair) -> Result<String, Diagnostic> {
    let Pair { name, place, after } = pair;
    let example = format!("write `{name} = \"value\"`");
    match after {
        After::Value(Value {
            what: What::Text(text),
            ..
        }) => match check(name, text) {
            Ok(()) => Ok(text.clone()),
            Err(text) => Err(Diagnostic::from_text(&catalog::TAG, *place, &text)),
        },
        After::Value(value) => {
            let problem = format!("`{name}` must be a string, not {}", value.described());
            Err(value.refuse(&catalog::WRONG_TYPE, problem).help(example))
        }
        After::Nothing | After::Group(..) | After::NoEquals(_) => {
            let problem = format!("`{name}` needs `=` and a value");
            Err(Diagnostic::new(&catalog::SYNTAX, *place, problem).help(example))
        }
    }
}

/// Checks a tag; the error's text has the fix after `; `.
///
/// # Errors
/// If AWS would reject the name or the value.
pub fn check(name: &str, value: &str) -> Result<(), String> {
    let allowed = |c: &char| c.is_alphanumeric() || " _.:/=+-@".contains(*c);
    let wrong = |text: &str| text.chars().find(|c| !allowed(c));
    let letters = "AWS allows letters, digits, spaces and `_.:/=+-@`";
    if name.to_lowercase().starts_with("aws:") {
        return Err(format!(
            "the tag `{name}` begins with `aws:`, which AWS reserves; choose another name"
        ));
    }
    if !(1..=NAME).contains(&name.chars().count()) {
        return Err(format!("a tag's name has 1 to {NAME} characters"));
    }
    if value.chars().count() > VALUE {
        return Err(format!(
            "the value of the tag `{name}` has over {VALUE} characters; shorten it"
        ));
    }
    if let Some(c) = wrong(name) {
        return Err(format!("the tag `{name}` contains `{c}`; {letters}"));
    }
    match wrong(value) {
        Some(c) => Err(format!(
            "the value of the tag `{name}` contains `{c}`; {letters}"
        )),
        None => Ok(()),
    }
}

/// Checks how many tags a resource has.
///
/// # Errors
/// If they are more than AWS allows.
pub fn check_count(tags: usize) -> Result<(), String> {
    let most = limits::TAGS;
    match tags > most {
        true => Err(format!("a resource has {tags} tags, but AWS allows {most}")),
        false => Ok(()),
    }
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
