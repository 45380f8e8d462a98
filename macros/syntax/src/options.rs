//! What the keys mean: pairs in, a [`Function`] with its defaults out.

use crate::attribute::{self, Given};
use crate::diagnostic::Diagnostics;
use crate::doubt::Doubtful;
use crate::function::{Function, Paths};
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
    is_trial: bool,
}

/// A key and the value that it gets, as both are written; `None` removes it.
pub(crate) type Change = (&'static str, Option<String>);

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
            is_trial: false,
        }
    }

    /// What the same attribute would say with these changes.
    pub(crate) fn with(&self, changes: &[Change]) -> Self {
        let mut errors = Diagnostics::default();
        let mut given = self.given.clone();
        for (key, value) in changes {
            given.retain(|given| given.key.name != *key);
            let written = value.as_ref().map(|value| format!("{key} = {value}"));
            let tokens = written.and_then(|pair| pair.parse().ok());
            let changed = tokens.map(|tokens| attribute::parse(tokens, &mut errors).0);
            given.extend(changed.into_iter().flatten());
        }
        let read = (given, self.doubtful.clone());
        Options {
            is_trial: true,
            ..Self::read(&self.function.name, read, &mut errors)
        }
    }

    /// Whether these only ask what a change would do: nobody reads what is said
    /// of them.
    pub(crate) fn is_trial(&self) -> bool {
        self.is_trial
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
            // A way out would be one of an attribute.
            is_trial: true,
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
