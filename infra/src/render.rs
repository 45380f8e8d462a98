//! The texts that are made from a plan, one module for each format.

pub(crate) mod cloudformation;
pub(crate) mod markdown;
mod policies;

/// The template of a stack, for tests.
#[cfg(test)]
pub(crate) fn template(stack: &crate::stack::Stack, code: &str) -> serde_json::Value {
    cloudformation::render(&crate::plan::of(stack), code)
}
