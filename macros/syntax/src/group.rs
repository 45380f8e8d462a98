//! Reads the pairs in parentheses after a key: `env(NAME = "value")`.

use std::collections::BTreeMap;

use proc_macro2::Literal;
use redrive_model::words::list;

use crate::catalog;
use crate::diagnostic::{Diagnostic, Diagnostics, Fix, Rejected};
use crate::keys::{Key, Kind};
use crate::nearest::nearest;
use crate::pair::{self, After, Pair};
use crate::place::Place;
use crate::tokens::excerpt;
use crate::value::{Value, What};

/// The pairs of a key by their names, each read by `read`.
pub(crate) fn read<T>(
    key: &Key,
    value: &Value,
    mut read: impl FnMut(&Pair) -> Result<T, Rejected>,
) -> Result<BTreeMap<String, T>, Rejected> {
    let what = key.kind.group().unwrap_or("values");
    let What::Group(pairs) = &value.what else {
        return Err(value.wrong_type(key, &format!("{what} in parentheses")))?;
    };
    if pairs.is_empty() {
        let empty = value.refuse(&catalog::SYNTAX, format!("`{}` has no {what}", key.name));
        let empty = empty.fix(Fix::set(key.name, key.example));
        Err(empty.fix(Fix::remove(key.name)))?;
    }
    let mut all = BTreeMap::new();
    let mut diagnostics = Diagnostics::default();
    for pair in pair::list(pairs.clone(), &mut diagnostics, |_| {}) {
        if let (false, Err(quoted)) = (matches!(key.kind, Kind::Tags), pair.check_unquoted()) {
            diagnostics.push(quoted);
            continue;
        }
        match read(&pair) {
            Ok(_) if all.contains_key(&pair.name) => {
                let problem = format!("`{}` is already set", excerpt(&pair.name));
                let help = "remove one of the two";
                diagnostics.add(&catalog::DUPLICATE_KEY, pair.place, problem, help);
            }
            Ok(value) => drop(all.insert(pair.name, value)),
            Err(rejected) => rejected.into_iter().for_each(|one| diagnostics.push(one)),
        }
    }
    match diagnostics.has_errors() {
        true => Err(diagnostics.iter().cloned().map(in_words).collect()),
        false => Ok(all),
    }
}

/// The text of `NAME = "value"`, and where it is.
pub(crate) fn text(pair: &Pair) -> Result<(&str, Place), Diagnostic> {
    let name = &excerpt(&pair.name);
    let written = match syn::parse_str::<syn::Ident>(name) {
        Ok(_) => name.clone(),
        Err(_) => format!("{name:?}"),
    };
    let write = |text: &str| match text.len() {
        ..40 => format!("write `{written} = {}`", Literal::string(text)),
        _ => format!("write `{written} = \"…\"`"),
    };
    let (problem, meant) = match &pair.after {
        After::Value(value) => {
            let meant = match &value.what {
                What::Text(text) => return Ok((text, value.place)),
                What::Integer(digits, _) => digits,
                What::Decimal | What::Negative | What::Flag(_) => &value.text,
                // The value of a constant is not known here.
                What::Path(path)
                    if path.get_ident().is_some() && value.text != value.text.to_uppercase() =>
                {
                    &value.text
                }
                _ => "value",
            };
            let problem = format!("`{name}` must be a string, not {}", value.described());
            let refused = value.refuse(&catalog::WRONG_TYPE, problem);
            return Err(refused.help(write(meant)));
        }
        After::NoEquals(value) => match &value.what {
            What::Text(text) => ("needs `=` before its value", text.as_str()),
            _ => ("needs `=` before its value", "value"),
        },
        After::Nothing | After::Group(..) => ("has no value", "value"),
    };
    let refused = Diagnostic::new(&catalog::SYNTAX, pair.place, format!("`{name}` {problem}"));
    Err(refused.help(write(meant)))
}

/// The value of one of the `members` that a key has; `what` is one of them, in words.
pub(crate) fn member<'p>(
    pair: &'p Pair,
    members: &'static [Key],
    what: &str,
) -> Result<(&'static Key, &'p Value), Diagnostic> {
    let Pair {
        name, place, after, ..
    } = pair;
    let names = || members.iter().map(|key| key.name);
    let Some(key) = members.iter().find(|key| key.name == *name) else {
        let problem = format!("unknown {what} `{}`", excerpt(name));
        let unknown = Diagnostic::new(&catalog::UNKNOWN_KEY, *place, problem);
        return Err(unknown.help(match nearest(name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let names: Vec<_> = names().map(|name| format!("`{name}`")).collect();
                format!("the {what}s are {}", list(&names, "and"))
            }
        }));
    };
    let After::Value(value) = after else {
        let problem = format!("`{name}` needs `=` and a value");
        let missing = Diagnostic::new(&catalog::SYNTAX, *place, problem);
        return Err(missing.help(format!("write `{}`", key.shown())));
    };
    Ok((key, value))
}

/// A member is not a key of the attribute, which edits are for.
fn in_words(diagnostic: Diagnostic) -> Diagnostic {
    let fixes = diagnostic.fixes.iter();
    let fixes = fixes.map(|fix| Fix::advice(fix.to_string())).collect();
    Diagnostic {
        fixes,
        ..diagnostic
    }
}

/// The value of this member, of a group that was read.
pub(crate) fn find(group: &Value, name: &str) -> Option<Value> {
    let What::Group(pairs) = &group.what else {
        return None;
    };
    let pairs = pair::list(pairs.clone(), &mut Diagnostics::default(), |_| {});
    pairs.into_iter().find_map(|pair| match pair.after {
        After::Value(value) if pair.name == name => Some(value),
        _ => None,
    })
}
