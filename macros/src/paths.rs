//! Where generated code finds the runtime.

use proc_macro2::TokenStream;
use quote::quote;

/// `::redrive`, or what `crate = path` says, and the private module below it.
pub(crate) fn private(redrive: Option<&syn::Path>) -> TokenStream {
    match redrive {
        None => quote!(::redrive::__private),
        Some(path) => quote!(#path::__private),
    }
}
