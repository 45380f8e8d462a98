//! Boxed errors and their texts.

use std::{
    error::Error,
    fmt::{self, Write},
};

/// Any error, boxed.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// An error's text with those of its sources.
pub(crate) fn chain(error: &BoxError) -> String {
    let mut text = String::new();
    for error in sources(error.as_ref()) {
        let start = text.len();
        if start > 0 {
            text.push_str(": ");
        }
        let from = text.len();
        // Writing to a string cannot fail, and a Display that fails has no text.
        _ = write!(text, "{error}");
        // Wrappers often say what they wrap.
        if start > 0 && text[..start].ends_with(&text[from..]) {
            text.truncate(start);
        }
    }
    text
}

pub(crate) fn sources<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// A service did not answer, so that it is not known whether it got the call.
#[derive(Debug)]
pub(crate) struct Unreachable {
    service: &'static str,
    source: BoxError,
}

impl Unreachable {
    pub(crate) fn boxed(service: &'static str, source: impl Into<BoxError>) -> BoxError {
        let source = source.into();
        Self { service, source }.into()
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be reached", self.service)
    }
}

impl Error for Unreachable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.source.as_ref())
    }
}

/// Shortens `text` to at most `longest` bytes, at a character.
pub(crate) fn truncate(text: &mut String, longest: usize) {
    if text.len() > longest {
        text.truncate(text.floor_char_boundary(longest - '…'.len_utf8()));
        text.push('…');
    }
}
