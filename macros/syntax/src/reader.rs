//! Reads the values of the keys that are given.

use crate::diagnostic::{Diagnostics, Rejected};
use crate::keys::Key;
use crate::open_keys::OpenKeys;
use crate::place::Place;
use crate::setting::Setting;
use crate::value::Value;

/// One key of the table, with its value.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) key: &'static Key,
    pub(crate) place: Place,
    pub(crate) value: Value,
}

/// Reads the value of one key after another.
pub(crate) struct Reader<'a> {
    given: &'a [Given],
    /// The keys whose values are not known, those that could not be read included.
    pub(crate) open: OpenKeys,
    diagnostics: &'a mut Diagnostics,
    is_again: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(
        given: &'a [Given],
        open: OpenKeys,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        Reader {
            given,
            open,
            diagnostics,
            is_again: false,
        }
    }

    /// Reads what was read before: the values of open keys need not be tried again.
    pub(crate) fn again(self) -> Self {
        Reader {
            is_again: true,
            ..self
        }
    }

    /// The value of this key; `None` if it is not given, or not usable.
    pub(crate) fn read<T: Setting>(&mut self, key: &str) -> Option<T> {
        if self.is_again && self.open.contains(key, true) {
            return None;
        }
        let given = self.find(key)?;
        let report = |rejected: Rejected| {
            self.open.add(key);
            rejected
                .into_iter()
                .for_each(|one| self.diagnostics.push(one));
        };
        T::read(given.key, &given.value).map_err(report).ok()
    }
    /// Whether the key has a value.
    pub(crate) fn is_given(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    fn find(&self, key: &str) -> Option<&'a Given> {
        self.given.iter().find(|given| given.key.name == key)
    }
}
