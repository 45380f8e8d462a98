//! Where a diagnostic points to in the source.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

/// From one token to another, which may be the same.
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

    /// From here to the end of another place.
    pub(crate) fn to(self, other: Place) -> Self {
        let end = other.end;
        Place { end, ..self }
    }

    /// A `compile_error!` here.
    pub(crate) fn compile_error(self, text: &str) -> TokenStream {
        let [start, end] = [self.start, self.end].map(|span| Ident::new("_", span));
        syn::Error::new_spanned(quote!(#start #end), text).to_compile_error()
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
