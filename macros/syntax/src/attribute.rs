//! The arguments of the attribute: which keys are given, with what values.

use proc_macro2::TokenStream;
use redrive_model::words::list;

use crate::catalog;
use crate::diagnostic::{Diagnostic, Diagnostics, Fix};
use crate::function::{Function, Paths};
use crate::keys::{self, Key};
use crate::open_keys::{OpenKeys, meant};
use crate::pair::{self, After, Pair};
use crate::place::Place;
use crate::reader::{Given, Reader};
use crate::tokens::excerpt;
use crate::value::Value;

/// The keys of an attribute with their values, each known and there once, and
/// the keys that an error leaves open.
pub(crate) fn parse(
    attribute: TokenStream,
    diagnostics: &mut Diagnostics,
) -> (Vec<Given>, OpenKeys) {
    let mut given: Vec<Given> = Vec::new();
    let mut open = OpenKeys::default();
    let pairs = pair::list(attribute, diagnostics, |words| open.add_words(words));
    for pair in pairs {
        if let Err(quoted) = pair.check_unquoted() {
            open.add_unknown(&pair.name);
            diagnostics.push(quoted);
            continue;
        }
        let Some(key) = keys::find(&pair.name) else {
            open.add_unknown(&pair.name);
            diagnostics.push(unknown_key(&pair));
            continue;
        };
        if given.iter().any(|earlier| earlier.key.name == key.name) {
            open.add(key.name);
            let twice = format!("`{}` is already set", key.name);
            let twice = Diagnostic::new(&catalog::DUPLICATE_KEY, pair.place, twice);
            diagnostics.push(twice.help(match key.kind.group() {
                Some(what) => format!("write all {what} in one, separated by commas"),
                None => "remove one of the two".to_owned(),
            }));
            continue;
        }
        let place = pair.place;
        match value(key, pair) {
            Ok(value) => given.push(Given { key, place, value }),
            Err(diagnostic) => {
                open.add(key.name);
                diagnostics.push(diagnostic);
            }
        }
    }
    (given, open)
}

fn value(key: &'static Key, pair: Pair) -> Result<Value, Diagnostic> {
    let (problem, meant) = match pair.after {
        After::Value(value) => return Ok(value),
        After::Group(tokens, place) => {
            let group = Value::group(tokens.clone(), place);
            if key.kind.group().is_some() {
                return Ok(group);
            }
            let value = syn::parse2(tokens).ok();
            (
                "needs `=` before its value",
                value.map(|value| Value::of(&value)),
            )
        }
        After::Nothing => ("has no value", None),
        After::NoEquals(value) => ("needs `=` before its value", Some(value)),
    };
    let meant = meant.and_then(|value| meant_by(key, pair.place, &value));
    let written = meant.unwrap_or_else(|| key.example.to_owned());
    let problem = match key.kind.group() {
        Some(what) => format!("`{}` needs its {what} in parentheses", key.name),
        None => format!("`{}` {problem}", key.name),
    };
    let diagnostic = Diagnostic::new(&catalog::SYNTAX, pair.place, problem);
    Err(diagnostic.fix(Fix::set(key.name, written)))
}

/// The value if the key accepts it, or what is offered in its place.
fn meant_by(key: &'static Key, place: Place, value: &Value) -> Option<String> {
    let diagnostics = rejected(key, place, value);
    if !diagnostics.has_errors() {
        return Some(value.text.clone());
    }
    let edits = diagnostics.iter().flat_map(|one| &one.fixes);
    let mut edits = edits.flat_map(|fix| &fix.edits);
    edits.find(|edit| edit.key == key.name)?.value.clone()
}

/// Why the key does not accept this value.
fn rejected(key: &'static Key, place: Place, value: &Value) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let value = value.clone();
    let given = [Given { key, place, value }];
    let mut reader = Reader::new(&given, OpenKeys::default(), &mut diagnostics);
    Function::read("handle", &mut reader);
    Paths::read(&mut reader);
    diagnostics
}

fn unknown_key(pair: &Pair) -> Diagnostic {
    let name = excerpt(&pair.name);
    let problem = format!("unknown key `{name}`");
    let unknown = Diagnostic::new(&catalog::UNKNOWN_KEY, pair.place, problem);
    let meant = meant(&pair.name);
    if let After::Value(value) = &pair.after {
        let is_accepted = |key: &&&'static Key| !rejected(key, pair.place, value).has_errors();
        let fitting = meant.iter().find(is_accepted);
        if let Some(key) = fitting.filter(|_| value.text.len() < 80) {
            return unknown.help(format!("write `{}`", key.with(&value.text)));
        }
    }
    let names: Vec<_> = meant.iter().map(|key| format!("`{}`", key.name)).collect();
    unknown.help(match names.is_empty() {
        true => "the documentation of `sqs_batch` lists the keys".to_owned(),
        false => format!("did you mean {}?", list(&names, "or")),
    })
}
