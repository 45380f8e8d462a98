//! The keys whose values an error leaves open: no rule judges by their defaults, so
//! one error does not cause another.

use std::collections::BTreeSet;

use proc_macro2::Ident;

use crate::keys::{self, KEYS, Key};
use crate::nearest::nearest;

/// The keys whose values are not known.
#[derive(Clone, Default)]
pub(crate) struct OpenKeys {
    keys: BTreeSet<String>,
    /// Something is set, and nothing says which key was meant.
    any: bool,
}

impl OpenKeys {
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

/// The keys that may be meant by a name that is not one.
pub(crate) fn meant(name: &str) -> Vec<&'static Key> {
    let is_alias = |key: &&Key| key.aliases.contains(&name);
    let aliases: Vec<_> = KEYS.iter().filter(is_alias).collect();
    match aliases.is_empty() {
        false => aliases,
        true => nearest(name, KEYS.iter().map(|key| key.name))
            .and_then(keys::find)
            .into_iter()
            .collect(),
    }
}
