//! What is wrong, in words in which the names of keys are values: a key of the
//! attribute is a property in a manifest.

use std::fmt::{self, Display};

/// A text that may name keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Key(&'static str),
}

impl Problem {
    /// An empty text.
    pub fn new() -> Self {
        Problem::default()
    }

    /// Adds words.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.0.push(Part::Text(text.into()));
        self
    }

    /// Adds the name of a key.
    #[must_use]
    pub fn key(mut self, key: &'static str) -> Self {
        self.0.push(Part::Key(key));
        self
    }

    /// Adds the name of a key and its value.
    #[must_use]
    pub fn value(self, key: &'static str, value: impl Display) -> Self {
        self.key(key).text(format!(" ({value})"))
    }

    /// The text, in which `name` gives the name of each key.
    pub fn named<'a>(&'a self, name: impl Fn(&'static str) -> &'a str) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Key(key) => format!("`{}`", name(key)),
        });
        parts.collect()
    }
}

/// With the keys of the attribute.
impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.named(|key| key))
    }
}

impl<T: Into<String>> From<T> for Problem {
    fn from(text: T) -> Self {
        Problem::new().text(text)
    }
}
