//! Reads the pairs in parentheses after a key: `env(NAME = "value")`.

use std::collections::BTreeMap;

use crate::catalog;
use crate::diagnostic::{Diagnostics, Fix, Rejected};
use crate::keys::Key;
use crate::pair::{self, Pair};
use crate::tokens::excerpt;
use crate::value::{Value, What};

/// The pairs of a key by their names, each read by `read`.
pub(crate) fn read<T>(
    key: &Key,
    value: &Value,
    mut read: impl FnMut(&Pair) -> Result<T, Rejected>,
) -> Result<BTreeMap<String, T>, Rejected> {
    let what = key.kind.group().unwrap_or("values");
    let What::Group(pairs) = &value.what else {
        return Err(value.wrong_type(key, &format!("{what} in parentheses")))?;
    };
    if pairs.is_empty() {
        let empty = value.refuse(&catalog::SYNTAX, format!("`{}` has no {what}", key.name));
        let empty = empty.fix(Fix::set(key.name, key.example));
        Err(empty.fix(Fix::remove(key.name)))?;
    }
    let mut all = BTreeMap::new();
    let mut diagnostics = Diagnostics::default();
    for pair in pair::list(pairs.clone(), &mut diagnostics, |_| {}) {
        match read(&pair) {
            Ok(_) if all.contains_key(&pair.name) => {
                let problem = format!("`{}` is already set", excerpt(&pair.name));
                let help = "remove one of the two";
                diagnostics.add(&catalog::DUPLICATE_KEY, pair.place, problem, help);
            }
            Ok(value) => drop(all.insert(pair.name, value)),
            Err(rejected) => rejected.into_iter().for_each(|one| diagnostics.push(one)),
        }
    }
    match diagnostics.has_errors() {
        true => Err(diagnostics.iter().cloned().collect()),
        false => Ok(all),
    }
}
