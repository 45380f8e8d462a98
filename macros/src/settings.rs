//! The worker's settings, as generated code has them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use redrive_model::keys::prelude::*;
use redrive_model::setting::Setting;
use redrive_syntax::Function;

macro_rules! settings {
    (
        $function:ident;
        template { $($template:tt)* }
        worker { $($(#[doc = $about:literal])+ $name:ident: $type:ty = $default:expr => { $($row:tt)* })* }
        rust { $($rust:tt)* }
    ) => {
        /// The name and the expression of each setting that has not its default.
        fn fields(function: &Function) -> impl Iterator<Item = (&'static str, String)> {
            let fields = [$((function.$name != $default)
                .then(|| (stringify!($name), function.$name.expression()))),*];
            fields.into_iter().flatten()
        }
    };
}

redrive_model::keys!(settings);

/// The settings as an expression.
pub(crate) fn expression(function: &Function) -> TokenStream {
    let name = &function.name;
    let rounds = function
        .rounds()
        .map(|_| ("rounds", function.rounds().expression()));
    let fields = rounds.into_iter().chain(fields(function));
    let fields = fields.map(|(name, expression)| {
        let name = Ident::new(name, Span::call_site());
        // What the model writes is an expression.
        let expression: TokenStream = expression.parse().unwrap_or_default();
        quote!(#name: #expression)
    });
    let fields: Vec<_> = fields.collect();
    let defaults = quote!(__redrive::Settings::of(#name));
    match fields.is_empty() {
        true => defaults,
        false => quote!(__redrive::Settings { #(#fields,)* ..#defaults }),
    }
}
