//! Boxed errors and their texts.

use std::{error::Error, fmt::Write};

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

/// Shortens `text` to at most `longest` bytes, at a character.
pub(crate) fn truncate(text: &mut String, longest: usize) {
    if text.len() > longest {
        text.truncate(text.floor_char_boundary(longest - '…'.len_utf8()));
        text.push('…');
    }
}
