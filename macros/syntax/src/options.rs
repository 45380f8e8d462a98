//! What the keys mean: pairs in, a [`Function`] with its defaults out.

use proc_macro2::Span;

use crate::attribute::{self, Given};
use crate::diagnostic::{Diagnostics, Edit};
use crate::doubt::Doubtful;
use crate::function::{Function, Paths};
use crate::keys;
use crate::place::Place;
use crate::rules::catalog::Rule;
use crate::setting::Setting;

/// What the attribute says, read one key at a time.
pub(crate) struct Options {
    /// The function, with defaults for what is not given or cannot be read.
    pub function: Function,
    /// The values that are Rust.
    pub paths: Paths,
    given: Vec<Given>,
    doubtful: Doubtful,
    /// The place of the function's name.
    pub(crate) name: Place,
}

impl Options {
    /// Reads what the attribute of the function `name` gives.
    pub(crate) fn read(
        name: &str,
        (given, doubtful): (Vec<Given>, Doubtful),
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut reader = Reader {
            given: &given,
            doubtful,
            diagnostics,
        };
        let function = Function::read(name, &mut reader);
        let paths = Paths::read(&mut reader);
        Options {
            function,
            paths,
            doubtful: reader.doubtful,
            given,
            name: Span::call_site().into(),
        }
    }

    /// With the place of the function's name, where a diagnostic is shown that is
    /// about defaults only.
    pub(crate) fn named_at(self, name: Place) -> Self {
        Options { name, ..self }
    }

    /// What the same attribute would say with these edits; `None` if one of the
    /// values cannot be read.
    pub(crate) fn with(&self, edits: &[Edit]) -> Option<Self> {
        let mut errors = Diagnostics::default();
        let mut given = self.given.clone();
        let mut doubtful = self.doubtful.clone();
        for Edit { key, value } in edits {
            given.retain(|given| given.key.name != *key);
            doubtful.remove(key);
            if let Some(value) = value {
                let pair = keys::find(key)?.with(value).parse().ok()?;
                given.extend(attribute::parse(pair, &mut errors).0);
            }
        }
        if errors.has_errors() {
            return None;
        }
        let changed = Self::read(&self.function.name, (given, doubtful), &mut errors);
        let is_read = |edit: &Edit| changed.are_known(&[edit.key]);
        edits
            .iter()
            .all(is_read)
            .then(|| changed.named_at(self.name))
    }

    /// A function whose settings do not stand in an attribute; what the keys
    /// `unknown` hold is not known.
    pub(crate) fn of(function: Function, unknown: &[&str]) -> Self {
        let mut doubtful = Doubtful::default();
        unknown.iter().for_each(|key| doubtful.add(key));
        Options {
            function,
            paths: Paths::default(),
            given: Vec::new(),
            doubtful,
            name: Span::call_site().into(),
        }
    }

    /// Whether the user wrote this key.
    pub(crate) fn is_given(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// Whether the user accepts that the rule is broken.
    pub(crate) fn allows(&self, rule: &Rule) -> bool {
        self.function.allow.iter().any(|id| id == rule.id)
    }

    /// Whether what these keys hold is known, so that a rule may judge it.
    pub(crate) fn are_known(&self, keys: &[&str]) -> bool {
        keys.iter()
            .all(|key| !self.doubtful.contains(key, self.is_given(key)))
    }

    /// Where a rule's mistake in one of `keys` is shown: on the value of the
    /// first that the user wrote.
    pub(crate) fn place(&self, keys: &[&str]) -> Option<Place> {
        let given = keys.iter().find_map(|key| self.find(key));
        given.map(|given| given.value.place)
    }

    /// Where the key itself is.
    pub(crate) fn key_place(&self, key: &str) -> Option<Place> {
        self.find(key).map(|given| given.place)
    }

    fn find(&self, key: &str) -> Option<&Given> {
        self.given.iter().find(|given| given.key.name == key)
    }
}

/// Reads the value of one key after another.
pub(crate) struct Reader<'a> {
    given: &'a [Given],
    doubtful: Doubtful,
    diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    /// The value of this key; `None` if it is not given, or not usable.
    pub(crate) fn read<T: Setting>(&mut self, key: &str) -> Option<T> {
        let given = self.given.iter().find(|given| given.key.name == key)?;
        let found = self.diagnostics.len();
        let read = T::read(given.key, &given.value, self.diagnostics);
        if self.diagnostics.len() > found {
            self.doubtful.add(key);
        }
        read
    }
}
