//! What the checks say of one function and one overlay.

use proc_macro2::TokenStream;
use serde_json::{Value, json};

use crate::error::Errors;
use crate::overlay::{Overlay, apply};
use crate::render::template as render;
use crate::sample;

/// The errors and warnings about a function `orders` and what is merged into
/// the template.
pub(super) fn told(attribute: TokenStream, patch: Value) -> Vec<String> {
    let stack = sample::stack([sample::with("orders", attribute)]);
    let overlay = Overlay {
        path: "overlay.json".into(),
        patch,
    };
    match apply(&[overlay], &stack, |stack| render(stack, "code")) {
        Ok(overlaid) => {
            let doubts = overlaid
                .doubts
                .iter()
                .filter(|doubt| !doubt.warning.accepted);
            doubts
                .map(|doubt| format!("{} [{}]", doubt.warning.message(), doubt.warning.rule.id))
                .collect()
        }
        Err(Errors(errors)) => errors.iter().map(ToString::to_string).collect(),
    }
}

/// Properties of one of the resources of `orders`.
pub(super) fn with(resource: &str, properties: Value) -> Value {
    let mut patch = json!({});
    patch["Resources"][format!("Orders{resource}")]["Properties"] = properties;
    patch
}

/// Asserts that this is told and nothing else: where, the rule's id, and words.
#[track_caller]
pub(super) fn assert_told(told: &[String], pointer: &str, rule: &str, words: &str) {
    let [text] = told else {
        panic!("one of {rule}: {told:#?}");
    };
    let start = format!("overlay `overlay.json`, `/Resources/Orders{pointer}`: ");
    assert!(text.starts_with(&start), "{text}");
    assert!(text.ends_with(&format!(" [{rule}]")), "{text}");
    assert!(text.contains(words), "{text}");
}
