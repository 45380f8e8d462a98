//! Collects mistakes, so that a user sees all of them at once.

use std::fmt::Display;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

/// One mistake: the rule it breaks and the words for it.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// The broken rule's id, as `cargo redrive explain` takes it.
    pub rule: &'static str,
    /// The rule, and then the way out.
    pub message: String,
    /// The smallest thing to edit.
    pub place: Place,
}

/// Where a mistake is: from one token to another, which may be the same.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    start: Span,
    end: Span,
}

impl Place {
    /// All of these tokens; the attribute itself if there is none.
    pub fn of(tokens: impl ToTokens) -> Self {
        // Stable Rust does not join the spans of two tokens.
        let mut tokens = tokens.into_token_stream().into_iter();
        let start = tokens.next().map_or_else(Span::call_site, |it| it.span());
        let end = tokens.last().map_or(start, |it| it.span());
        Place { start, end }
    }

    /// From the first of these tokens to the last.
    pub(crate) fn of_all(tokens: &[TokenTree]) -> Self {
        let span = |token: Option<&TokenTree>| token.map_or_else(Span::call_site, TokenTree::span);
        Place {
            start: span(tokens.first()),
            end: span(tokens.last()),
        }
    }

    /// From here to the end of another place.
    pub(crate) fn to(self, other: Place) -> Self {
        let end = other.end;
        Place { end, ..self }
    }

    fn error(self, text: String) -> syn::Error {
        let [start, end] = [self.start, self.end].map(|span| Ident::new("_", span));
        syn::Error::new_spanned(quote!(#start #end), text)
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Place {
            start: span,
            end: span,
        }
    }
}

/// The mistakes found so far.
#[derive(Clone, Debug, Default)]
pub struct Errors {
    mistakes: Vec<Mistake>,
}

impl Errors {
    /// Adds a mistake.
    pub fn push(&mut self, rule: &'static str, place: impl Into<Place>, message: impl Display) {
        self.mistakes.push(Mistake {
            rule,
            message: message.to_string(),
            place: place.into(),
        });
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.mistakes.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.mistakes.len()
    }

    /// The mistakes, in the order they were found.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// A `compile_error!` for each mistake, on its token.
    pub fn to_compile_errors(&self) -> TokenStream {
        self.mistakes
            .iter()
            .map(|mistake| {
                let text = format!("{} [{}]", mistake.message, mistake.rule);
                mistake.place.error(text).to_compile_error()
            })
            .collect()
    }
}
