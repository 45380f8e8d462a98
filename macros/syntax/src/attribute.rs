//! The syntax of the attribute: keys with their values, nothing of what they
//! mean.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Expr, Token};

use crate::doubt::Doubtful;
use crate::errors::Errors;
use crate::keys::{self, KEYS, Kind};
use crate::nearest::nearest;

/// One `key = value` or `key(…)`.
#[derive(Clone)]
pub(crate) struct Pair {
    /// The key.
    pub key: Ident,
    /// Its value.
    pub value: Value,
}

/// What stands behind a key.
#[derive(Clone)]
pub(crate) enum Value {
    /// `= …`
    Expr(Box<Expr>),
    /// `(…)`
    Group(Group),
}

impl Value {
    /// The span of the whole value.
    pub(crate) fn span(&self) -> Span {
        match self {
            Value::Expr(expr) => expr.span(),
            Value::Group(group) => group.span(),
        }
    }
}

impl Parse for Pair {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.call(Ident::parse_any)?;
        let value = if input.peek(syn::token::Paren) {
            Value::Group(input.parse()?)
        } else if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            if input.is_empty() {
                return Err(syn::Error::new(
                    key.span(),
                    format!("`{key}` has no value; write `{key} = …`"),
                ));
            }
            Value::Expr(input.parse()?)
        } else {
            return Err(syn::Error::new(
                key.span(),
                format!("`{key}` has no value; write `{key} = …`"),
            ));
        };
        if !input.is_empty() {
            return Err(input.error("expected a comma before this; keys are separated by commas"));
        }
        Ok(Pair { key, value })
    }
}

/// The pairs of an attribute, each key known and there once, and the keys that
/// what is wrong leaves open.
pub(crate) fn parse(attribute: TokenStream, errors: &mut Errors) -> (Vec<Pair>, Doubtful) {
    let mut pairs: Vec<Pair> = Vec::new();
    let mut doubtful = Doubtful::default();
    for tokens in split_at_commas(attribute) {
        let pair = match Pair::parse.parse2(tokens.clone()) {
            Ok(pair) => pair,
            Err(error) => {
                doubtful.add_tokens(tokens);
                errors.push("syntax", error.span(), error);
                continue;
            }
        };
        let name = pair.key.to_string();
        let Some(key) = keys::find(&name) else {
            doubtful.add_unknown(&name);
            errors.push(
                "unknown_key",
                pair.key.span(),
                unknown(&name, "key", KEYS.iter().map(|key| key.name)),
            );
            continue;
        };
        if pairs.iter().any(|earlier| earlier.key == pair.key) {
            doubtful.add(&name);
            errors.push(
                "duplicate_key",
                pair.key.span(),
                format!("`{name}` is already set; remove one of the two"),
            );
            continue;
        }
        match (&pair.value, &key.kind) {
            (Value::Group(_), Kind::Variables) | (Value::Expr(_), _) => pairs.push(pair),
            (Value::Group(_), _) => {
                doubtful.add(&name);
                let text = format!("`{name}` takes its value behind `=`; write `{name} = …`");
                errors.push("syntax", pair.key.span(), text);
            }
        }
    }
    (pairs, doubtful)
}

/// The words for a name that is not one of `known`.
pub(crate) fn unknown<'a>(
    name: &str,
    what: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> String {
    match nearest(name, known.clone()) {
        Some(near) => format!("unknown {what} `{name}`; did you mean `{near}`?"),
        None => format!(
            "unknown {what} `{name}`; expected one of {}",
            known.collect::<Vec<_>>().join(", ")
        ),
    }
}

/// Each pair is parsed alone, so that a mistake in one hides none in the next.
pub(crate) fn split_at_commas(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for token in tokens {
        match token {
            TokenTree::Punct(ref punct) if punct.as_char() == ',' => parts.push(TokenStream::new()),
            token => {
                if let Some(part) = parts.last_mut() {
                    part.extend([token]);
                }
            }
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}
