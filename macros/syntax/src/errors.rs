//! Collects mistakes, so that a user sees all of them at once.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};

/// One mistake: the rule it breaks and the words for it.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// The broken rule's id, as `cargo redrive explain` takes it.
    pub rule: &'static str,
    /// The rule, and then the way out.
    pub message: String,
    /// The smallest thing to edit.
    pub span: Span,
}

/// The mistakes found so far.
#[derive(Clone, Debug, Default)]
pub struct Errors {
    mistakes: Vec<Mistake>,
}

impl Errors {
    /// Adds a mistake.
    pub fn push(&mut self, rule: &'static str, span: Span, message: impl Display) {
        self.mistakes.push(Mistake {
            rule,
            message: message.to_string(),
            span,
        });
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.mistakes.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.mistakes.len()
    }

    /// The mistakes, in the order they were found.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// A `compile_error!` for each mistake, on its token.
    pub fn to_compile_errors(&self) -> TokenStream {
        self.mistakes
            .iter()
            .map(|mistake| {
                let text = format!("{} [{}]", mistake.message, mistake.rule);
                syn::Error::new(mistake.span, text).to_compile_error()
            })
            .collect()
    }
}
