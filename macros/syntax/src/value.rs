//! The value of a key: what its tokens are, whatever the key takes.

mod duration;
mod form;
mod limits;
mod read;
mod waits;

use proc_macro2::{Delimiter, Group, TokenTree};
use syn::Lit;
use syn::parse::Parser;

use crate::diagnostic::Diagnostics;
use crate::place::Place;
use crate::rules::catalog::Rule;
use crate::tokens::{self, punct};

pub use duration::show;
pub(crate) use duration::written;
pub(crate) use read::{boolean, choice, integer, path, string, strings};
pub(crate) use waits::{duration, waits};

/// Why a value cannot be used: a rule's id and the words.
pub(crate) type Refusal = (&'static Rule, String);

/// A value, where it is, and how it is written.
#[derive(Clone)]
pub(crate) struct Value {
    pub(crate) what: What,
    pub(crate) place: Place,
    pub(crate) text: String,
    /// The same with spaces between its tokens.
    spaced: String,
}

/// What a value is.
#[derive(Clone)]
pub(crate) enum What {
    Text(String),
    /// Its digits in base ten, and what stands right behind them.
    Integer(String, String),
    Decimal,
    Negative,
    Flag(bool),
    List(Vec<Value>),
    Path(syn::Path),
    /// `(…)` right behind the key.
    Group(Group),
    Expression,
    /// What no key takes, in words.
    Other(&'static str),
}

impl Value {
    /// Reads a value; `tokens` has at least one.
    pub(crate) fn read(tokens: &[TokenTree], errors: &mut Diagnostics) -> Self {
        Value {
            what: What::read(tokens, errors),
            place: Place::of_all(tokens),
            text: tokens::text(tokens),
            spaced: tokens::spaced_text(tokens),
        }
    }

    /// What stands in parentheses right behind a key.
    pub(crate) fn group(group: Group) -> Self {
        let tokens = [TokenTree::Group(group.clone())];
        Value {
            what: What::Group(group),
            place: Place::of_all(&tokens),
            text: tokens::text(&tokens),
            spaced: tokens::spaced_text(&tokens),
        }
    }

    /// What it is, in words.
    pub(crate) fn described(&self) -> &'static str {
        match &self.what {
            What::Text(_) => "a string",
            What::Integer(..) => "a whole number",
            What::Decimal => "a decimal number",
            What::Negative => "a negative number",
            What::Flag(_) => "a boolean",
            What::List(_) => "a list",
            What::Path(_) => "a name",
            What::Group(_) => "something in parentheses",
            What::Expression => "an expression",
            What::Other(what) => what,
        }
    }
}

impl What {
    fn read(tokens: &[TokenTree], errors: &mut Diagnostics) -> Self {
        match tokens {
            [TokenTree::Literal(literal)] => Self::literal(Lit::new(literal.clone())),
            [TokenTree::Ident(flag)] if flag == "true" => Self::Flag(true),
            [TokenTree::Ident(flag)] if flag == "false" => Self::Flag(false),
            [TokenTree::Punct(sign), TokenTree::Literal(number)]
                if sign.as_char() == '-'
                    && number.to_string().starts_with(|c: char| c.is_ascii_digit()) =>
            {
                Self::Negative
            }
            [TokenTree::Group(list)] if list.delimiter() == Delimiter::Bracket => {
                let parts = tokens::parts(list.stream(), errors);
                let values = parts.iter().map(|part| Value::read(part, errors));
                Self::List(values.collect())
            }
            tokens => match path_of(tokens) {
                Some(path) => Self::Path(path),
                None => describe(tokens).map_or(Self::Expression, Self::Other),
            },
        }
    }

    fn literal(literal: Lit) -> Self {
        match literal {
            Lit::Str(text) if text.suffix().is_empty() => Self::Text(text.value()),
            Lit::Str(_) => Self::Other("a string with something behind it"),
            Lit::Int(number) => Self::Integer(
                number.base10_digits().to_owned(),
                number.suffix().to_owned(),
            ),
            Lit::Float(_) => Self::Decimal,
            Lit::Char(_) => Self::Other("a character"),
            Lit::ByteStr(_) | Lit::CStr(_) => Self::Other("a string of bytes"),
            Lit::Byte(_) => Self::Other("a byte"),
            _ => Self::Other("this literal"),
        }
    }
}

/// The path that these are, such as `connect::<Postgres>`.
fn path_of(tokens: &[TokenTree]) -> Option<syn::Path> {
    let begins = match tokens.first()? {
        TokenTree::Ident(_) => true,
        token => punct(token) == Some(':'),
    };
    let parse = <syn::ExprPath as syn::parse::Parse>::parse;
    let path = || parse.parse2(tokens.iter().cloned().collect()).ok();
    begins.then(path)?.map(|path| path.path)
}

/// What these are, if it is more than an expression.
fn describe(tokens: &[TokenTree]) -> Option<&'static str> {
    match tokens {
        [TokenTree::Group(group)] => Some(match group.delimiter() {
            Delimiter::Brace => "a block",
            _ => "something in parentheses",
        }),
        [sign, ..] if punct(sign) == Some('|') => Some("a closure"),
        [TokenTree::Ident(word), ..] if word == "move" => Some("a closure"),
        [before @ .., TokenTree::Group(_)] => match before {
            [name @ .., sign] if punct(sign) == Some('!') => path_of(name).map(|_| "a macro"),
            _ => path_of(before).map(|_| "a call"),
        },
        _ => None,
    }
}
