//! The keys that a mistake leaves open: what they hold is not known, so no rule
//! judges by their defaults, and one mistake gives one error.

use std::collections::BTreeSet;

use proc_macro2::TokenTree;

use crate::keys::{self, KEYS};
use crate::nearest::nearest;

/// The keys whose values are not known.
#[derive(Clone, Default)]
pub(crate) struct Doubtful {
    keys: BTreeSet<String>,
    /// Something is set, and nothing says which key was meant.
    any: bool,
}

impl Doubtful {
    /// This key's value cannot be used.
    pub(crate) fn add(&mut self, key: &str) {
        self.keys.insert(key.to_owned());
    }

    /// Nothing says which keys are set.
    pub(crate) fn add_all(&mut self) {
        self.any = true;
    }

    /// There is no key of this name: it may stand for each that is near.
    pub(crate) fn add_unknown(&mut self, name: &str) {
        let is_near =
            |key: &&str| strsim::osa_distance(name, key) <= 1 || nearest(name, [*key]).is_some();
        let mut near = KEYS.iter().map(|key| key.name).filter(is_near).peekable();
        self.any |= near.peek().is_none();
        near.for_each(|key| self.add(key));
    }

    /// These tokens are no pair: a missing comma or `=` may have hidden a key
    /// behind any word.
    pub(crate) fn add_tokens(&mut self, tokens: &[TokenTree]) {
        let mut words = tokens.iter().filter_map(|token| match token {
            TokenTree::Ident(word) => Some(word.to_string()),
            _ => None,
        });
        match words.next() {
            Some(first) if keys::find(&first).is_some() => self.add(&first),
            Some(first) => self.add_unknown(&first),
            None => self.any = true,
        }
        words
            .filter(|word| keys::find(word).is_some())
            .for_each(|word| self.add(&word));
    }

    /// Whether what this key holds is not known.
    pub(crate) fn contains(&self, key: &str, is_given: bool) -> bool {
        self.keys.contains(key) || (self.any && !is_given)
    }
}
