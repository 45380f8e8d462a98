//! One mistake gives one error: none that follows from it, and no warning.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use proptest::prelude::*;
use proptest::sample::Index;
use redrive_syntax::keys::KEYS;

use crate::options::{self, Pair, item, text};

#[derive(Clone, Debug)]
enum Edit {
    Insert(char),
    Replace(char),
    Delete,
    Swap,
}

#[derive(Clone, Debug)]
enum Mistake {
    Misspelt(Index, Edit),
    /// With another value, before or after the right one.
    Doubled(Index),
    Written(Form),
}

/// Another way to write a pair.
#[derive(Clone, Copy, Debug)]
enum Form {
    KeyAlone,
    NoValue,
    NoEquals,
    Colon,
    NoComma,
    QuotedKey,
    Fraction,
    Parentheses,
    OtherQuotes,
    Garbled,
}

const FORMS: &[Form] = &[
    Form::KeyAlone,
    Form::NoValue,
    Form::NoEquals,
    Form::Colon,
    Form::NoComma,
    Form::QuotedKey,
    Form::Fraction,
    Form::Parentheses,
    Form::OtherQuotes,
    Form::Garbled,
];

fn letter() -> impl Strategy<Value = char> {
    prop_oneof![9 => proptest::char::range('a', 'z'), 1 => Just('_')]
}

fn mistake() -> impl Strategy<Value = Mistake> {
    let edit = prop_oneof![
        letter().prop_map(Edit::Insert),
        letter().prop_map(Edit::Replace),
        Just(Edit::Delete),
        Just(Edit::Swap),
    ];
    prop_oneof![
        1 => (any::<Index>(), edit).prop_map(|(place, edit)| Mistake::Misspelt(place, edit)),
        1 => any::<Index>().prop_map(Mistake::Doubled),
        2 => proptest::sample::select(FORMS).prop_map(Mistake::Written),
    ]
}

/// The attribute with a mistake in one pair; `None` if the result is right.
fn with_mistake(
    pairs: &[Pair],
    place: usize,
    mistake: &Mistake,
    others: &[Pair],
) -> Option<String> {
    let mut texts: Vec<String> = pairs
        .iter()
        .map(|pair| text(std::slice::from_ref(pair)))
        .collect();
    let (key, value) = &pairs[place];
    match mistake {
        Mistake::Misspelt(at, edit) => {
            let misspelt = misspell(key, *at, edit);
            let is_key = KEYS.iter().any(|key| key.name == misspelt);
            if is_key || misspelt == "_" {
                return None;
            }
            texts[place] = texts[place].replacen(key, &misspelt, 1);
        }
        Mistake::Doubled(at) => {
            let other = others.iter().find(|(other, _)| other == key)?;
            let other = text(std::slice::from_ref(other));
            texts.insert(at.index(texts.len() + 1), other);
        }
        Mistake::Written(Form::NoComma) => {
            let next = (place + 1 < texts.len()).then(|| texts.remove(place + 1))?;
            texts[place] = format!("{} {next}", texts[place]);
        }
        Mistake::Written(form) => texts[place] = written(key, value, *form)?,
    }
    Some(texts.join(", "))
}

fn misspell(key: &str, at: Index, edit: &Edit) -> String {
    let mut letters: Vec<char> = key.chars().collect();
    let at = at.index(letters.len());
    match *edit {
        Edit::Insert(c) => letters.insert(at, c),
        Edit::Replace(c) => letters[at] = c,
        Edit::Delete => {
            letters.remove(at);
        }
        Edit::Swap => {
            let next = (at + 1) % letters.len();
            letters.swap(at, next);
        }
    }
    letters.into_iter().collect()
}

fn written(key: &str, value: &str, form: Form) -> Option<String> {
    let is_group = value.starts_with('(');
    Some(match form {
        Form::KeyAlone => key.to_owned(),
        Form::NoValue => format!("{key} ="),
        Form::NoEquals | Form::Parentheses if is_group => return None,
        Form::NoEquals => format!("{key} {value}"),
        Form::Colon => format!("{key}: {value}"),
        Form::QuotedKey => format!("\"{key}\" = {value}"),
        Form::Fraction => format!("{key} = 1.5"),
        Form::Parentheses => format!("{key}({value})"),
        Form::OtherQuotes => {
            let value = match value.contains('"') {
                true => value.replacen('"', "", 2),
                false => format!("\"{value}\""),
            };
            match is_group {
                true => format!("{key}{value}"),
                false => format!("{key} = {value}"),
            }
        }
        Form::Garbled if is_group || !value.contains('"') => return None,
        // The build script reads the file and the filter policy.
        Form::Garbled if ["permissions", "filter_policy"].contains(&key) => return None,
        Form::Garbled => format!("{key} = {}", value.replacen('"', "\"!", 1)),
        Form::NoComma => unreachable!("takes two pairs"),
    })
}

/// The ids of all errors, and of the warnings that are shown.
fn ids(attribute: &str, item: &str) -> Vec<&'static str> {
    let tokens = |text: &str| text.parse::<TokenStream>().expect("tokens");
    let parsed = redrive_syntax::parse(tokens(attribute), tokens(item));
    let errors = parsed.diagnostics.errors().map(|error| error.rule.id);
    let shown = parsed
        .diagnostics
        .warnings()
        .filter(|warning| !warning.accepted);
    errors.chain(shown.map(|warning| warning.rule.id)).collect()
}

fn is_accepted(pairs: &[Pair]) -> bool {
    let tokens = |text: String| text.parse::<TokenStream>().expect("tokens");
    let (attribute, item) = (text(pairs), item("handle", pairs));
    !redrive_syntax::parse(tokens(attribute), tokens(item))
        .diagnostics
        .has_errors()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn gives_one_error(
        pairs in options::pairs(0.2).prop_filter("accepted options", |pairs| !pairs.is_empty() && is_accepted(pairs)),
        place in any::<Index>(),
        mistake in mistake(),
        others in options::pairs(0.9),
    ) {
        let item = item("handle", &pairs);
        let place = place.index(pairs.len());
        if let Some(attribute) = with_mistake(&pairs, place, &mistake, &others) {
            let before = ids(&text(&pairs), &item);
            let new: Vec<_> = ids(&attribute, &item).into_iter().filter(|id| !before.contains(id)).collect();
            prop_assert_eq!(new.len(), 1, "{:?} in {}", new, attribute);
        }
    }
}

/// What is too rare among the options made up at random.
#[test]
fn gives_one_error_in_these() {
    for attribute in [
        "dlq_redrve = \"rate(1 day)\", redrive_timezone = \"UTC\"",
        "schedule = \"rate(1 day)\", redrive_timezone = \"UTC\"",
        "\"timeout\" = \"900s\", attempt_timeout = \"60s\"",
        "timout = \"900s\", attempt_timeout = \"60s\"",
        "timeout \"900s\", attempt_timeout = \"60s\"",
        "timeout(\"900s\"), attempt_timeout = \"60s\"",
        "retries = 1 timeout = \"900s\", attempt_timeout = \"30s\"",
        "timeout = \"30s\", timeout = \"900s\", attempt_timeout = \"60s\"",
        "batch_windw = \"5s\", batch_size = 20",
        "alow = \"receive_count_low\", max_receive_count = 3",
        "allow = receive_count_low, max_receive_count = 3",
        "allow(\"receive_count_low\"), max_receive_count = 3",
        "allow = \"fifo_order\", queue = \"orders.fifo\"",
        "queue = QUEUE, retention = \"14d\", dlq_redrive = \"rate(13 days)\"",
        "queue = \"orders.Fifo\", retention = \"14d\", on_group_failure = \"stop_batch\"",
        "queue = \"orders.fifo\", allow = \"fifo_dlq_order\", batch_size = 1000",
        "timeout = \"60s\", visibility_timeout = \"59s\"",
        "timeout = \"60s\", visibility_timeout = \"70s\", batch_window = \"10s\"",
    ] {
        let ids = ids(attribute, &item("handle", &[]));
        assert_eq!(ids.len(), 1, "{ids:?} in {attribute}");
    }
    let init = [("init", "connect".to_owned())];
    for attribute in ["int = connect", "setup = connect", "init"] {
        let ids = ids(attribute, &item("handle", &init));
        assert_eq!(ids.len(), 1, "{ids:?} in {attribute}");
    }
}

#[test]
fn all_keys_are_among_the_options() {
    let keys: BTreeSet<_> = KEYS.iter().map(|key| key.name).collect();
    let made_up: BTreeSet<_> = options::values().into_iter().map(|(key, _)| key).collect();
    assert_eq!(made_up, keys);
}
