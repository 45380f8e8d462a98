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
        }
    }

    /// The value of this key; `None` if it is not given, or not usable.
    pub(crate) fn read<T: Setting>(&mut self, key: &str) -> Option<T> {
        let given = self.given.iter().find(|given| given.key.name == key)?;
        let report = |rejected: Rejected| {
            self.open.add(key);
            rejected
                .into_iter()
                .for_each(|one| self.diagnostics.push(one));
        };
        T::read(given.key, &given.value).map_err(report).ok()
    }
}
