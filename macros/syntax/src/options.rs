//! What the keys mean: pairs in, a [`Function`] with its defaults out.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;

use crate::attribute;
use crate::catalog::Rule;
use crate::diagnostic::{Diagnostics, Edit};
use crate::function::{Function, Paths};
use crate::group;
use crate::keys;
use crate::open_keys::OpenKeys;
use crate::place::Place;
use crate::reader::{Given, Reader};

/// What the attribute says, read one key at a time.
pub(crate) struct Options {
    /// The function, with defaults for what is not given or cannot be read.
    pub function: Function,
    /// The values that are Rust.
    pub paths: Paths,
    given: Vec<Given>,
    open: OpenKeys,
    name: Option<Ident>,
}

impl Options {
    /// Reads what the attribute of the function `name` gives.
    pub(crate) fn read(
        name: Option<&Ident>,
        (given, open): (Vec<Given>, OpenKeys),
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let reader = Reader::new(&given, open, diagnostics);
        let (function, paths, open) = values(name, reader);
        Options {
            function,
            paths,
            open,
            given,
            name: name.cloned(),
        }
    }

    /// What the same attribute would say with these edits; `None` if one of the
    /// values cannot be read.
    pub(crate) fn with(&self, edits: &[Edit]) -> Option<Self> {
        let mut errors = Diagnostics::default();
        let mut given = self.given.clone();
        let mut open = self.open.clone();
        for Edit { key, value } in edits {
            given.retain(|given| given.key.name != *key);
            open.remove(key);
            if let Some(value) = value {
                let pair = keys::find(key)?.with(value).parse().ok()?;
                given.extend(attribute::parse(pair, &mut errors).0);
            }
        }
        if errors.has_errors() {
            return None;
        }
        let reader = Reader::new(&given, open, &mut errors).again();
        let (function, paths, open) = values(self.name.as_ref(), reader);
        let changed = Options {
            function,
            paths,
            open,
            given,
            name: self.name.clone(),
        };
        let is_read = |edit: &Edit| changed.are_known(&[edit.key]);
        edits.iter().all(is_read).then_some(changed)
    }

    /// A function whose settings do not stand in an attribute; what the keys
    /// `unknown` hold is not known.
    pub(crate) fn of(function: Function, unknown: &[&str]) -> Self {
        let mut open = OpenKeys::default();
        unknown.iter().for_each(|key| open.add(key));
        Options {
            function,
            paths: Paths::default(),
            given: Vec::new(),
            open,
            name: None,
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
            .all(|key| !self.open.contains(key, self.is_given(key)))
    }

    /// Where a rule's diagnostic about one of `keys` is shown: on the value of the
    /// first that the user wrote, or on that of a member in its parentheses.
    pub(crate) fn place(&self, keys: &[&str], member: Option<&str>) -> Option<Place> {
        let given = keys.iter().find_map(|key| self.find(key))?;
        let member = member.and_then(|name| group::find(&given.value, name));
        Some(member.unwrap_or_else(|| given.value.clone()).place)
    }

    /// Where a diagnostic about defaults only is shown.
    pub(crate) fn name_place(&self) -> Place {
        let name = self.name.as_ref();
        name.map_or_else(Span::call_site, Ident::span).into()
    }

    /// What the user wrote.
    pub(crate) fn find(&self, key: &str) -> Option<&Given> {
        self.given.iter().find(|given| given.key.name == key)
    }
}

/// The values of all keys, and the keys that are open.
fn values(name: Option<&Ident>, mut reader: Reader<'_>) -> (Function, Paths, OpenKeys) {
    let text = name.map(|name| name.unraw().to_string());
    if name.is_none() && !reader.is_given("queue") {
        // By default it is the function's name.
        reader.open.add("queue");
    }
    let function = Function::read(&text.unwrap_or_default(), &mut reader);
    let paths = Paths::read(&mut reader);
    (function, paths, reader.open)
}
