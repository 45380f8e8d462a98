//! The arguments of the attribute: which keys are given, with what values.

use proc_macro2::{TokenStream, TokenTree};

use crate::diagnostic::Diagnostics;
use crate::doubt::Doubtful;
use crate::keys::{self, KEYS, Kind};
use crate::nearest::nearest;
use crate::nesting;
use crate::options::Options;
use crate::pair::{self, Behind, Key, Pair, Spelling};
use crate::place::Place;
use crate::queue_name::is_queue_name;
use crate::rules::catalog;
use crate::schedule::Schedule;
use crate::tokens::{self, excerpt};
use crate::value::Value;

/// One key of the table, with its value.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) key: &'static keys::Key,
    pub(crate) place: Place,
    pub(crate) value: Value,
}

/// How a key is written.
struct Keys;

impl Spelling for Keys {
    fn pair(&self, name: &str, value: &[TokenTree]) -> String {
        match keys::find(name) {
            Some(key) => taken(key, value).unwrap_or_else(|| key.shown()),
            None => format!("{} = …", excerpt(name)),
        }
    }

    fn value_alone(&self, value: &[TokenTree]) -> String {
        let text = match value {
            [value] => value.to_string(),
            _ => String::new(),
        };
        let key = match text.trim_matches('"') {
            schedule if Schedule::parse(schedule).is_ok() => "dlq_redrive",
            name if text.starts_with('"') && is_queue_name(name) => "queue",
            _ => "retries",
        };
        self.pair(key, value)
    }

    fn takes_group(&self, name: &str) -> bool {
        keys::find(name).is_some_and(|key| matches!(key.kind, Kind::Variables))
    }
}

/// The key with this value, if it takes it.
fn taken(key: &'static keys::Key, value: &[TokenTree]) -> Option<String> {
    if value.is_empty() || matches!(key.kind, Kind::Variables) {
        return None;
    }
    let mut errors = Diagnostics::default();
    let given = Given {
        key,
        place: Place::of_all(value),
        value: Value::read(value, &mut errors),
    };
    let text = key.with(&given.value.text);
    Options::read("handle", (vec![given], Doubtful::default()), &mut errors);
    (!errors.has_errors()).then_some(text)
}

/// The keys of an attribute with their values, each known and there once, and
/// the keys that what is wrong leaves open.
pub(crate) fn parse(attribute: TokenStream, errors: &mut Diagnostics) -> (Vec<Given>, Doubtful) {
    let mut given: Vec<Given> = Vec::new();
    let mut doubtful = Doubtful::default();
    if let Some(span) = nesting::too_deep(attribute.clone()) {
        let text = "this is nested too deep to be read; a value is a number, a string, a list of strings or a path";
        errors.report(&catalog::NESTING, span, text);
        doubtful.add_all();
        return (given, doubtful);
    }
    for part in tokens::parts(attribute, errors) {
        let pair = match pair::read(&part, &Keys, errors) {
            Ok(Some(pair)) => pair,
            Ok(None) => continue,
            Err(refusal) => {
                doubtful.add_tokens(&part);
                match refusal.key.filter(|key| keys::find(&key.name).is_none()) {
                    Some(key) => unknown_key(&key, errors),
                    None => errors.report(&catalog::SYNTAX, refusal.place, refusal.text),
                }
                continue;
            }
        };
        let Pair {
            key: written,
            behind,
        } = pair;
        let Some(key) = keys::find(&written.name) else {
            doubtful.add_unknown(&written.name);
            unknown_key(&written, errors);
            continue;
        };
        if given.iter().any(|earlier| earlier.key.name == key.name) {
            doubtful.add(key.name);
            errors.report(&catalog::DUPLICATE_KEY, written.place, twice(key));
            continue;
        }
        let value = match behind {
            Behind::Value(tokens) => Value::read(&tokens, errors),
            Behind::Group(group) if matches!(key.kind, Kind::Variables) => Value::group(group),
            Behind::Group(group) => {
                doubtful.add(key.name);
                let written_out = Keys.pair(key.name, &tokens::flat(group.stream()));
                let text = format!(
                    "`{}` takes its value behind `=`; write `{written_out}`",
                    key.name
                );
                errors.report(&catalog::SYNTAX, written.place, text);
                continue;
            }
        };
        given.push(Given {
            key,
            place: written.place,
            value,
        });
    }
    (given, doubtful)
}

fn twice(key: &keys::Key) -> String {
    match key.kind {
        Kind::Variables => format!(
            "`{}` is already set; write all variables in one, separated by commas",
            key.name
        ),
        _ => format!("`{}` is already set; remove one of the two", key.name),
    }
}

fn unknown_key(key: &Key, errors: &mut Diagnostics) {
    let name = excerpt(&key.name);
    let known = KEYS.iter().map(|key| key.name);
    let text = match nearest(&name, known.clone()) {
        Some(near) => format!("unknown key `{name}`; did you mean `{near}`?"),
        None => format!(
            "unknown key `{name}`; expected one of {}",
            known.collect::<Vec<_>>().join(", ")
        ),
    };
    errors.report(&catalog::UNKNOWN_KEY, key.place, text);
}
