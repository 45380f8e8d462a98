//! The keys that a mistake leaves open: what they hold is not known, so no rule
//! judges by their defaults, and one mistake gives one error.

use std::collections::BTreeSet;

use proc_macro2::Ident;

use crate::attribute::meant;
use crate::keys::{self, KEYS, Key};

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

    /// This key's value is replaced by one that can be used.
    pub(crate) fn remove(&mut self, key: &str) {
        self.keys.remove(key);
    }

    /// There is no key of this name: it may be each that is near.
    pub(crate) fn add_unknown(&mut self, name: &str) {
        let meant = meant(name);
        let is_near = |key: &&Key| strsim::osa_distance(name, key.name) <= 1;
        let near = KEYS.iter().filter(is_near).chain(meant);
        let near: Vec<_> = near.map(|key| key.name).collect();
        self.any |= near.is_empty();
        near.into_iter().for_each(|key| self.add(key));
    }

    /// These words are not a pair: a missing comma or `=` may have hidden a key
    /// after any word.
    pub(crate) fn add_words(&mut self, words: &[Ident]) {
        let words: Vec<_> = words.iter().map(ToString::to_string).collect();
        let known = words.iter().filter(|word| keys::find(word).is_some());
        known.for_each(|word| self.add(word));
        match words.first() {
            Some(first) if keys::find(first).is_some() => {}
            Some(first) => self.add_unknown(first),
            None => self.any = true,
        }
    }

    /// Whether what this key holds is not known.
    pub(crate) fn contains(&self, key: &str, is_given: bool) -> bool {
        self.keys.contains(key) || (self.any && !is_given)
    }
}
