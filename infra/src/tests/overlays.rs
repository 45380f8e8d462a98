//! The diagnostics about one function and one overlay.

use proc_macro2::TokenStream;
use serde_json::{Value, json};

use super::sample;
use crate::error::Errors;
use crate::overlay::{Overlay, apply};
use crate::render::template as render;

/// The errors and warnings about a function `orders` and a patch of its template.
pub(crate) fn reported(attribute: TokenStream, patch: Value) -> Vec<String> {
    let stack = sample::stack([sample::with("orders", attribute)]);
    let overlay = Overlay {
        path: "overlay.json".into(),
        patch,
    };
    match apply(&[overlay], &stack, render) {
        Ok(overlaid) => {
            let warnings = overlaid.warnings.iter().map(|it| &it.diagnostic);
            let open = warnings.filter(|warning| !warning.accepted);
            open.map(ToString::to_string).collect()
        }
        Err(Errors(errors)) => errors.iter().map(ToString::to_string).collect(),
    }
}

/// Properties of a resource of `orders`.
pub(crate) fn with(resource: &str, properties: Value) -> Value {
    let mut patch = json!({});
    patch["Resources"][format!("Orders{resource}")]["Properties"] = properties;
    patch
}

/// A property of a resource of `orders`, at a path with `/` before each name.
pub(crate) fn set(resource: &str, path: &str, value: Value) -> Value {
    let names = path.split('/').skip(1).collect::<Vec<_>>();
    let value = names
        .iter()
        .rev()
        .fold(value, |value, name| json!({ *name: value }));
    json!({ "Resources": { format!("Orders{resource}"): value } })
}

/// Asserts that there is one diagnostic: at this place, of this rule, with these
/// words.
#[track_caller]
pub(crate) fn assert_reported(reported: &[String], pointer: &str, rule: &str, words: &str) {
    let [text] = reported else {
        panic!("not one diagnostic of {rule}: {reported:#?}");
    };
    let place = format!("\n  --> overlay.json: /Resources/{pointer}\n");
    assert!(text.contains(&place), "{text}");
    assert!(text.contains(&format!("[{rule}]")), "{text}");
    assert!(text.contains(words), "{text}");
    assert!(text.contains("\nhelp: "), "{text}");
}
