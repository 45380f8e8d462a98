//! The syntax of a list of `key = value`, in the attribute and in its `env(…)`.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, Ident, LitStr, Token, token};

use crate::catalog;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::place::Place;
use crate::tokens::{self, excerpt};
use crate::value::Value;

/// A key, as it is written, and what follows it.
pub(crate) struct Pair {
    pub(crate) name: String,
    /// Whether it is a string, as the name of a tag may be.
    is_quoted: bool,
    pub(crate) place: Place,
    pub(crate) after: After,
}

impl Pair {
    /// Rejects a key that is a string.
    pub(crate) fn check_unquoted(&self) -> Result<(), Diagnostic> {
        let name = excerpt(&self.name);
        let problem = format!("the key `\"{name}\"` has quotes");
        let quoted = Diagnostic::new(&catalog::SYNTAX, self.place, problem);
        let plain = name.replace(|c: char| c.is_ascii() && !c.is_alphanumeric(), "_");
        match self.is_quoted {
            true => Err(quoted.help(format!("write `{plain} = …`"))),
            false => Ok(()),
        }
    }
}

/// What follows a key.
pub(crate) enum After {
    /// `= value`
    Value(Value),
    /// `(…)`
    Group(TokenStream, Place),
    /// Nothing, or another pair.
    Nothing,
    /// A value, perhaps after another sign than `=`.
    NoEquals(Value),
}

/// Reads what is between commas, each part by itself, so that an error in one
/// hides none in the next. Calls `unread` with the words of a part that is not a
/// pair.
pub(crate) fn list(
    tokens: TokenStream,
    diagnostics: &mut Diagnostics,
    mut unread: impl FnMut(&[Ident]),
) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let read = |input: ParseStream<'_>| {
        while !input.is_empty() {
            let ahead = input.fork();
            match pair(&ahead) {
                Ok(pair) => {
                    input.advance_to(&ahead);
                    // What has no value says so, and nothing else.
                    if !(matches!(pair.after, After::Nothing) && begins_pair(input)) {
                        separator(input, diagnostics)?;
                    }
                    pairs.push(pair);
                }
                Err(error) => {
                    let place = Place::from(error.span());
                    let problem = format!("cannot read this part: {error}");
                    let help = "write `key = value`, with a comma after each but the last";
                    diagnostics.add(&catalog::SYNTAX, place, problem, help);
                    let words = rest(input)?.into_iter().filter_map(|token| match token {
                        TokenTree::Ident(word) => Some(word),
                        _ => None,
                    });
                    unread(&words.collect::<Vec<_>>());
                    input.parse::<Option<Token![,]>>()?;
                }
            }
        }
        Ok(())
    };
    // What fails above is reported there.
    let _ = read.parse2(tokens);
    pairs
}

/// Reads a comma, or reports what is in its place.
fn separator(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<()> {
    if input.is_empty() || input.parse::<Option<Token![,]>>()?.is_some() {
        return Ok(());
    }
    let place = Place::from(input.span());
    let problem = "expected a comma before this";
    diagnostics.add(&catalog::SYNTAX, place, problem, "separate keys by commas");
    if input.parse::<Option<Token![;]>>()?.is_none() && !begins_pair(input) {
        rest(input)?;
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(())
}

/// The tokens up to the next comma.
fn rest(input: ParseStream<'_>) -> syn::Result<Vec<TokenTree>> {
    let mut tokens = Vec::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.push(input.parse()?);
    }
    Ok(tokens)
}

/// Whether a whole pair is here.
fn begins_pair(input: ParseStream<'_>) -> bool {
    let is_equals = input.peek2(Token![=]) && !input.peek2(Token![==]) && !input.peek2(Token![=>]);
    input.peek(Ident::peek_any) && is_equals
}

fn pair(input: ParseStream<'_>) -> syn::Result<Pair> {
    without_attribute(input)?;
    if input.peek(LitStr) && input.peek2(Token![=]) {
        let text: LitStr = input.parse()?;
        return Ok(Pair {
            name: text.value(),
            is_quoted: true,
            place: text.span().into(),
            after: after(input)?,
        });
    }
    if !input.peek(Ident::peek_any) {
        let token: TokenTree = input.parse()?;
        let span = token.span();
        let token = tokens::excerpt(&token.to_string());
        let text = format!("expected a key, not `{token}`");
        return Err(syn::Error::new(span, text));
    }
    let (name, place) = key(input)?;
    let after = after(input)?;
    Ok(Pair {
        name,
        is_quoted: false,
        place,
        after,
    })
}

fn without_attribute(input: ParseStream<'_>) -> syn::Result<()> {
    match input.call(Attribute::parse_outer)?.first() {
        None => Ok(()),
        Some(attribute) => {
            let text = "attributes and doc comments are not allowed among the keys";
            Err(syn::Error::new_spanned(attribute, text))
        }
    }
}

/// A key; `batch-size` is not one, but surely one word.
fn key(input: ParseStream<'_>) -> syn::Result<(String, Place)> {
    let first = Ident::parse_any(input)?;
    let mut name = first.unraw().to_string();
    let mut place = Place::from(first.span());
    while (input.peek(Token![-]) || input.peek(Token![.])) && input.peek2(Ident::peek_any) {
        let sign: TokenTree = input.parse()?;
        let word = Ident::parse_any(input)?;
        name = format!("{name}{sign}{word}");
        place = place.to(word.span().into());
    }
    Ok((name, place))
}

fn after(input: ParseStream<'_>) -> syn::Result<After> {
    if input.peek(token::Paren) {
        let group: proc_macro2::Group = input.parse()?;
        return Ok(After::Group(group.stream(), group.span().into()));
    }
    let has_equals = input.peek(Token![=]) && !input.peek(Token![==]) && !input.peek(Token![=>]);
    while let Some((sign, _)) = input.cursor().punct()
        && !matches!(sign.as_char(), ',' | '-' | '&' | '|')
        && !(input.peek(Token![::]) || input.peek(Token![..]))
    {
        input.parse::<TokenTree>()?;
        if has_equals {
            break;
        }
    }
    if input.is_empty() || input.peek(Token![,]) || begins_pair(input) {
        return Ok(After::Nothing);
    }
    let value = value(input)?;
    Ok(match has_equals {
        true => After::Value(value),
        false => After::NoEquals(value),
    })
}

/// A value: an expression, or any tokens that may be a text without quotes.
fn value(input: ParseStream<'_>) -> syn::Result<Value> {
    without_attribute(input)?;
    let ahead = input.fork();
    let ends = ahead.parse::<Expr>().and_then(|expression| {
        let ends = ahead.is_empty() || ahead.peek(Token![,]) || ahead.peek(Token![;]);
        match ends || begins_pair(&ahead) {
            true => Ok(expression),
            false => Err(ahead.error("expected a comma")),
        }
    });
    Ok(match ends {
        Ok(expression) => {
            input.advance_to(&ahead);
            Value::of(&expression)
        }
        Err(error) => Value::unread(&rest(input)?, error),
    })
}
