//! The worker's settings, as generated code has them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use redrive_model::setting::Setting;
use redrive_syntax::Function;

macro_rules! settings {
    (
        $function:ident;
        template { $($template:tt)* }
        worker { $($(#[doc = $about:literal])+ $name:ident: $type:ty = $default:expr => { $($row:tt)* })* }
        rust { $($rust:tt)* }
    ) => {
        /// The name and the expression of each setting.
        fn fields(function: &Function) -> Vec<(&'static str, String)> {
            vec![$((stringify!($name), function.$name.expression())),*]
        }
    };
}

redrive_model::keys!(settings);

/// The settings as an expression.
pub(crate) fn expression(function: &Function) -> TokenStream {
    let name = &function.name;
    let fields = fields(function).into_iter().map(|(name, expression)| {
        let name = Ident::new(name, Span::call_site());
        // What the model writes is an expression.
        let expression: TokenStream = expression.parse().unwrap_or_default();
        quote!(#name: #expression)
    });
    let rounds: TokenStream = function.rounds().expression().parse().unwrap_or_default();
    quote!(__redrive::Settings { function: #name, rounds: #rounds, #(#fields,)* })
}
