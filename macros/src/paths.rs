//! Where generated code finds the runtime.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// `::redrive`, or what `crate = path` says.
pub(crate) fn redrive(path: Option<&syn::Path>) -> TokenStream {
    match path {
        None => quote!(::redrive),
        Some(path) => path.to_token_stream(),
    }
}
