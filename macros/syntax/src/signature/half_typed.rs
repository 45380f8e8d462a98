//! Signatures that the compiler itself has found incomplete: it hands them to
//! the macro all the same, after its own error.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Pat, Token, Type};

/// Whether this is a function with a parameter that lacks its type.
pub(super) fn is_half_typed(item: TokenStream) -> bool {
    let mut behind_fn = item
        .into_iter()
        .skip_while(|token| !matches!(token, TokenTree::Ident(ident) if ident == "fn"));
    let parameters = behind_fn.find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
            Some(group.stream())
        }
        _ => None,
    });
    parameters.is_some_and(|parameters| lacks_a_type.parse2(parameters).unwrap_or(false))
}

fn lacks_a_type(input: ParseStream<'_>) -> syn::Result<bool> {
    let mut lacks = false;
    while !input.is_empty() {
        input.call(Attribute::parse_outer)?;
        input.call(Pat::parse_single)?;
        let is_over = || input.is_empty() || input.peek(Token![,]);
        if input.parse::<Option<Token![:]>>()?.is_none() || is_over() {
            lacks = true;
        } else {
            input.parse::<Type>()?;
        }
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(lacks)
}
