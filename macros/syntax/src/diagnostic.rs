//! What is wrong with a function, as data: rendered once, for every reader.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use proc_macro2::TokenStream;
use redrive_model::words::list;

use crate::catalog::{Level, Rule};
use crate::place::Place;

/// One broken rule.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The broken rule.
    pub rule: &'static Rule,
    /// The smallest part of the source to edit.
    pub place: Place,
    /// The value and the rule, on one line. A key is in backticks.
    pub problem: String,
    /// The fixes to choose from, the best first.
    pub fixes: Vec<Fix>,
    /// A page that explains the rule.
    pub see: Option<&'static str>,
    /// Whether the user accepts it with `allow`.
    pub accepted: bool,
    /// Where it is, if it is not in the attribute.
    pub manifest: Option<Box<Manifest>>,
}

/// A value of a manifest, whose properties have the values of keys.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The file.
    pub path: String,
    /// The JSON pointer of the value; empty for the whole file.
    pub pointer: String,
    /// The property of each key that the manifest has.
    pub properties: BTreeMap<&'static str, String>,
}

/// One way to fix a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What to do, without the edits.
    pub text: String,
    /// The changes of keys; none if only a person can decide what to write.
    pub edits: Vec<Edit>,
}

/// A key and the value that it gets, as written in the attribute; `None` removes
/// the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The key.
    pub key: &'static str,
    /// The value, such as `"30s"` with its quotes.
    pub value: Option<String>,
}

impl Edit {
    /// Gives a key a value.
    pub fn set(key: &'static str, value: impl Display) -> Self {
        let value = Some(value.to_string());
        Edit { key, value }
    }

    /// Gives a key a string.
    pub fn set_text(key: &'static str, text: impl Display) -> Self {
        Edit::set(key, format_args!("\"{text}\""))
    }

    /// Removes a key.
    pub fn remove(key: &'static str) -> Self {
        Edit { key, value: None }
    }
}

impl Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.key;
        match &self.value {
            // `env(…)` has no equals sign.
            Some(value) if value.starts_with('(') => write!(f, "`{key}{value}`"),
            Some(value) => write!(f, "`{key} = {value}`"),
            None => write!(f, "`{key}`"),
        }
    }
}

impl Fix {
    /// These edits, together.
    pub fn edit(edits: impl IntoIterator<Item = Edit>) -> Self {
        Fix {
            text: String::new(),
            edits: edits.into_iter().collect(),
        }
    }

    /// A key with another value.
    pub fn set(key: &'static str, value: impl Display) -> Self {
        Fix::edit([Edit::set(key, value)])
    }

    /// A key with another string.
    pub fn set_text(key: &'static str, text: impl Display) -> Self {
        Fix::edit([Edit::set_text(key, text)])
    }

    /// The attribute without this key.
    pub fn remove(key: &'static str) -> Self {
        Fix::edit([Edit::remove(key)])
    }

    /// What only a person can write.
    pub fn advice(text: impl Into<String>) -> Self {
        Fix {
            text: text.into(),
            edits: Vec::new(),
        }
    }

    /// The same with its own text for what to do.
    pub fn described(self, text: impl Into<String>) -> Self {
        let text = text.into();
        Fix { text, ..self }
    }
}

impl Display for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.text.is_empty() {
            return f.write_str(&self.text);
        }
        let (set, removed): (Vec<_>, Vec<_>) =
            self.edits.iter().partition(|edit| edit.value.is_some());
        let parts = [("write", set), ("remove", removed)];
        let parts = parts.iter().filter(|(_, edits)| !edits.is_empty());
        let parts: Vec<_> = parts
            .map(|(verb, edits)| {
                let edits: Vec<_> = edits.iter().map(ToString::to_string).collect();
                format!("{verb} {}", list(&edits, "and"))
            })
            .collect();
        f.write_str(&parts.join(", and "))
    }
}

/// Wherever they are.
impl PartialEq for Diagnostic {
    fn eq(&self, other: &Self) -> bool {
        let of = |one: &Self| (one.rule, one.accepted, one.to_string());
        of(self) == of(other)
    }
}

impl Eq for Diagnostic {}

impl Diagnostic {
    /// A broken rule without a fix.
    pub fn new(rule: &'static Rule, place: impl Into<Place>, problem: impl Into<String>) -> Self {
        Diagnostic {
            rule,
            place: place.into(),
            problem: problem.into(),
            fixes: Vec::new(),
            see: rule.see,
            accepted: false,
            manifest: None,
        }
    }

    /// The problem, in the vocabulary of where it is: in a manifest, the value of a key is
    /// that of a property.
    pub fn problem(&self) -> String {
        let properties = self
            .manifest
            .iter()
            .flat_map(|manifest| &manifest.properties);
        properties.fold(self.problem.clone(), |problem, (key, property)| {
            problem.replace(&format!("`{key}`"), &format!("`{property}`"))
        })
    }

    /// With one more fix to choose from.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }

    /// With one more fix, in words.
    #[must_use]
    pub fn help(self, text: impl Into<String>) -> Self {
        self.fix(Fix::advice(text))
    }

    /// Whether the build fails.
    pub fn is_error(&self) -> bool {
        match self.rule.level {
            Level::Error => true,
            Level::Deliberate => !self.accepted,
            Level::Warning | Level::Notice => false,
        }
    }
}

/// Why a key cannot have a value; nothing if a template's value is of another type.
pub type Rejected = Vec<Diagnostic>;

impl From<Diagnostic> for Rejected {
    fn from(diagnostic: Diagnostic) -> Self {
        vec![diagnostic]
    }
}

/// The problem and the rule; then the value of a manifest, each fix, and the page, on
/// a line each.
impl Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.problem(), self.rule.id)?;
        if let Some(manifest) = &self.manifest {
            write!(f, "\n  --> {}", manifest.path)?;
            if !manifest.pointer.is_empty() {
                write!(f, ": {}", manifest.pointer)?;
            }
        }
        for (place, fix) in self.fixes.iter().enumerate() {
            let or = match place > 0 && fix.text.is_empty() {
                true => "or ",
                false => "",
            };
            write!(f, "\nhelp: {or}{fix}")?;
        }
        match self.see {
            Some(page) => write!(f, "\nsee: {page}"),
            None => Ok(()),
        }
    }
}

/// The characters of a line that fit on a screen.
pub(crate) const LONGEST_LINE: usize = 120;

/// The text with a line break before each word that would exceed a line of 120
/// characters; code in backticks stays in one piece.
pub fn wrapped(text: &str) -> String {
    let length = |text: &str| text.chars().count();
    let wrap = |line: &str| {
        let mut lines = vec![String::new()];
        let mut word = String::new();
        let mut pieces = line.split_inclusive(' ').peekable();
        while let Some(piece) = pieces.next() {
            word.push_str(piece);
            if word.matches('`').count() % 2 == 1 && pieces.peek().is_some() {
                continue;
            }
            let word = std::mem::take(&mut word);
            match lines.last_mut() {
                Some(line) if length(line) + length(word.trim_end()) <= LONGEST_LINE => {
                    line.push_str(&word);
                }
                _ => lines.push(word),
            }
        }
        let lines = lines.iter().map(|line| line.trim_end());
        lines.collect::<Vec<_>>().join("\n")
    };
    let lines = text.lines().map(|line| match line.starts_with("see: ") {
        true => line.to_owned(),
        false => wrap(line),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The diagnostics found so far, so that a user sees all of them at once.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds a diagnostic.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds a diagnostic with one fix, in words.
    pub fn add(
        &mut self,
        rule: &'static Rule,
        place: impl Into<Place>,
        problem: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Diagnostic::new(rule, place, problem).help(help));
    }

    /// All, in the order they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Diagnostic> {
        self.0.iter_mut()
    }

    /// Those that fail the build.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.iter().filter(|diagnostic| diagnostic.is_error())
    }

    /// Those that the build goes on with, accepted or not.
    pub fn warnings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.iter().filter(|diagnostic| !diagnostic.is_error())
    }

    /// Whether the build fails.
    pub fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// A `compile_error!` for each error, on its token.
    pub fn to_compile_errors(&self) -> TokenStream {
        let errors = self.errors();
        errors
            .map(|error| error.place.compile_error(&wrapped(&error.to_string())))
            .collect()
    }
}
