//! The `#[sqs_batch]` attribute of [redrive](https://docs.rs/redrive); use it
//! from there.

mod declared;
mod expand;
mod settings;

use proc_macro::TokenStream;

#[doc = include_str!("sqs_batch.md")]
#[doc = include_str!("keys.md")]
#[proc_macro_attribute]
pub fn sqs_batch(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand::sqs_batch(
        attribute.into(),
        &item.into(),
        &declared::Target::from_env(),
    )
    .into()
}

#[cfg(test)]
mod tests;
