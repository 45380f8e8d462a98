//! The syntax of one `key = value`, in the attribute and in its `env(…)`.

use proc_macro2::{Delimiter, Group, TokenTree};

use crate::diagnostic::Diagnostics;
use crate::place::Place;
use crate::tokens::{brackets, excerpt, flat, operator, punct, text, without_attributes};

/// A key and what stands behind it.
pub(crate) struct Pair {
    pub(crate) key: Key,
    pub(crate) behind: Behind,
}

/// A key, as it is written.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) place: Place,
}

/// What stands behind a key.
pub(crate) enum Behind {
    /// `= …`, at least one token.
    Value(Vec<TokenTree>),
    /// `(…)`
    Group(Group),
}

/// Why these tokens are no pair.
pub(crate) struct Refusal {
    /// The key, where it can be told.
    pub(crate) key: Option<Key>,
    pub(crate) place: Place,
    pub(crate) text: String,
}

/// How the pairs of one place are written.
pub(crate) trait Spelling {
    /// The key with this value, or one that it takes.
    fn pair(&self, key: &str, value: &[TokenTree]) -> String;
    /// A pair with this value, whose key is missing.
    fn value_alone(&self, value: &[TokenTree]) -> String;
    /// Whether a key of this name, with a group, begins another pair.
    fn takes_group(&self, key: &str) -> bool;
}

/// Reads what stands between two commas; `None` if that is only an attribute.
pub(crate) fn read(
    tokens: &[TokenTree],
    spelling: &impl Spelling,
    errors: &mut Diagnostics,
) -> Result<Option<Pair>, Refusal> {
    let tokens = without_attributes(tokens, errors);
    let Some(first) = tokens.first() else {
        return Ok(None);
    };
    let Some((key, behind)) = key(&tokens) else {
        let (place, text) = without_key(first, &tokens, spelling);
        return Err(Refusal {
            key: None,
            place,
            text,
        });
    };
    let reader = Reader {
        key: &key,
        spelling,
    };
    let behind = reader.behind(behind, errors)?;
    Ok(Some(Pair { key, behind }))
}

/// Reads what stands behind a key.
struct Reader<'a, S> {
    key: &'a Key,
    spelling: &'a S,
}

impl<S: Spelling> Reader<'_, S> {
    fn behind(&self, tokens: &[TokenTree], errors: &mut Diagnostics) -> Result<Behind, Refusal> {
        match tokens {
            [] => Err(self.no_value()),
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => {
                Ok(Behind::Group(group.clone()))
            }
            [TokenTree::Group(group), next, ..] if group.delimiter() == Delimiter::Parenthesis => {
                Err(self.refuse(next.span(), missing_comma()))
            }
            [TokenTree::Punct(_), ..] => {
                let (sign, value) = tokens.split_at(equals(tokens).len());
                self.sign(sign, value)?;
                let value = without_attributes(value, errors);
                self.value(&value)?;
                Ok(Behind::Value(value))
            }
            _ if begins_pair(tokens, self.spelling) => Err(self.no_value()),
            _ if self.takes_group() => Err(self.in_parentheses(tokens)),
            [TokenTree::Group(group)] => Err(self.no_sign(&flat(group.stream()))),
            value => Err(self.no_sign(value)),
        }
    }

    /// Judges what stands between the key and its value.
    fn sign(&self, sign: &[TokenTree], value: &[TokenTree]) -> Result<(), Refusal> {
        let is_equals = sign.len() == 1 && punct(&sign[0]) == Some('=');
        if value.is_empty() || begins_pair(value, self.spelling) {
            return Err(self.no_value());
        }
        match (is_equals, self.takes_group()) {
            (true, _) => Ok(()),
            (false, true) => Err(self.in_parentheses(sign)),
            (false, false) => {
                let text = format!(
                    "one `=` stands between a key and its value; write `{}`",
                    self.pair(value)
                );
                Err(self.refuse(Place::of_all(sign), text))
            }
        }
    }

    /// Judges where the value ends.
    fn value(&self, value: &[TokenTree]) -> Result<(), Refusal> {
        if value.is_empty() {
            return Err(self.no_value());
        }
        if value.iter().all(|token| punct(token).is_some()) {
            let text = format!("`{}` is no value; write `{}`", text(value), self.pair(&[]));
            return Err(self.refuse(Place::of_all(value), text));
        }
        match behind_value(value, self.spelling) {
            Some((place, text)) => Err(self.refuse(place, text)),
            None => Ok(()),
        }
    }

    fn no_value(&self) -> Refusal {
        let (name, written) = (&self.key.name, self.pair(&[]));
        let text = format!("`{name}` has no value; write `{written}`");
        self.refuse(self.key.place, text)
    }

    fn no_sign(&self, value: &[TokenTree]) -> Refusal {
        let (name, written) = (&self.key.name, self.pair(value));
        let text = format!("`{name}` lacks its `=`; write `{written}`");
        self.refuse(self.key.place, text)
    }

    fn in_parentheses(&self, tokens: &[TokenTree]) -> Refusal {
        let (name, written) = (&self.key.name, self.pair(&[]));
        let text = format!("`{name}` takes its variables in parentheses; write `{written}`");
        self.refuse(Place::of_all(tokens), text)
    }

    fn takes_group(&self) -> bool {
        self.spelling.takes_group(&self.key.name)
    }

    fn pair(&self, value: &[TokenTree]) -> String {
        self.spelling.pair(&self.key.name, value)
    }

    fn refuse(&self, place: impl Into<Place>, text: String) -> Refusal {
        Refusal {
            key: Some(self.key.clone()),
            place: place.into(),
            text,
        }
    }
}

/// The key that these begin with, and what follows. `batch-size` is none, but
/// surely one word.
fn key(tokens: &[TokenTree]) -> Option<(Key, &[TokenTree])> {
    let is_word = |place| matches!(tokens.get(place), Some(TokenTree::Ident(_)));
    let is_joint = |place| matches!(tokens.get(place).and_then(punct), Some('-' | '.'));
    if !is_word(0) {
        return None;
    }
    let mut length = 1;
    while is_joint(length) && is_word(length + 1) {
        length += 2;
    }
    let (key, behind) = tokens.split_at(length);
    let key = Key {
        name: text(key),
        place: Place::of_all(key),
    };
    Some((key, behind))
}

fn without_key(
    first: &TokenTree,
    tokens: &[TokenTree],
    spelling: &impl Spelling,
) -> (Place, String) {
    let place = first.span().into();
    match first {
        TokenTree::Literal(name) if tokens.get(1).and_then(punct) == Some('=') => {
            let name = name.to_string();
            let name = name.trim_matches('"');
            let written = spelling.pair(name, &tokens[2..]);
            (
                place,
                format!("a key stands without quotes; write `{written}`"),
            )
        }
        TokenTree::Group(group) => {
            let (open, close) = brackets(group.delimiter());
            let text = format!("no brackets stand around keys; remove `{open}` and `{close}`");
            (place, text)
        }
        TokenTree::Punct(sign) if sign.as_char() != '=' => {
            let signs = operator(tokens);
            let text = format!("a key does not begin with `{}`; remove it", text(signs));
            (Place::of_all(signs), text)
        }
        TokenTree::Punct(_) => {
            let written = spelling.value_alone(&tokens[1..]);
            (place, format!("`=` lacks its key; write `{written}`"))
        }
        value => {
            let written = spelling.value_alone(tokens);
            let value = excerpt(&value.to_string());
            (place, format!("`{value}` lacks its key; write `{written}`"))
        }
    }
}

/// The `=` that these begin with, or what stands in its place.
fn equals(tokens: &[TokenTree]) -> &[TokenTree] {
    let signs = operator(tokens);
    // `=-1` and `=::path` are written without a space, and `= = 3` with one.
    let second = tokens.get(1).and_then(punct);
    match (tokens.first().and_then(punct), second) {
        (Some('='), Some('=' | '>')) => &tokens[..2],
        (Some('='), _) => &tokens[..1],
        _ => signs,
    }
}

/// Whether a whole pair stands here.
fn begins_pair(tokens: &[TokenTree], spelling: &impl Spelling) -> bool {
    let Some(TokenTree::Ident(key)) = tokens.first() else {
        return false;
    };
    match tokens.get(1) {
        Some(TokenTree::Punct(sign)) => sign.as_char() == '=' && equals(&tokens[1..]).len() == 1,
        Some(TokenTree::Group(_)) => spelling.takes_group(&key.to_string()),
        _ => false,
    }
}

/// What stands behind the end of a value.
fn behind_value(value: &[TokenTree], spelling: &impl Spelling) -> Option<(Place, String)> {
    let next_pair = (1..value.len()).find(|place| begins_pair(&value[*place..], spelling));
    if let Some(place) = next_pair {
        return Some((value[place].span().into(), missing_comma()));
    }
    let is_whole = matches!(value[0], TokenTree::Literal(_) | TokenTree::Group(_));
    match value.get(1)? {
        next @ TokenTree::Ident(_) if is_whole => Some((next.span().into(), missing_comma())),
        TokenTree::Literal(_) | TokenTree::Group(_) if is_whole => Some(unexpected(&value[1..])),
        TokenTree::Punct(_) if is_whole && value[1..].iter().all(|it| punct(it).is_some()) => {
            Some(unexpected(&value[1..]))
        }
        _ => None,
    }
}

fn unexpected(tokens: &[TokenTree]) -> (Place, String) {
    let text = match tokens {
        [token] => format!(
            "the value ends before `{}`; remove it",
            excerpt(&text(std::slice::from_ref(token)))
        ),
        _ => "the value ends before this; remove it".to_owned(),
    };
    (Place::of_all(tokens), text)
}

fn missing_comma() -> String {
    "expected a comma before this; keys are separated by commas".to_owned()
}
