//! A stack for unit tests.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::stack::{Architecture, Stack, StackFunction};

pub(crate) fn stack(functions: impl IntoIterator<Item = StackFunction>) -> Stack {
    let functions = functions.into_iter().collect();
    Stack::new("shop", Architecture::Arm64, functions)
}

/// A function with no option set, named like its binary.
pub(crate) fn entry(binary: &str) -> StackFunction {
    with(binary, TokenStream::new())
}

/// A function with these options, named like its binary.
pub(crate) fn with(binary: &str, attribute: TokenStream) -> StackFunction {
    let name = format_ident!("{binary}");
    let item = quote!(async fn #name(order: Order) -> Result<(), Error> {});
    let parsed = redrive_syntax::parse(attribute, item);
    assert!(!parsed.diagnostics.has_errors(), "{:?}", parsed.diagnostics);
    StackFunction {
        binary: binary.to_owned(),
        function: parsed.function,
    }
}
