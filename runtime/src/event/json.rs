//! JSON whose errors can be logged: they contain no values, which may be
//! personal data.

mod mismatch;

use std::borrow::Cow;

use serde::{Deserialize, de::IgnoredAny};

/// Reads a value that may borrow from the text.
///
/// # Errors
///
/// If it is not JSON or does not fit the type: the field, the kind of value and the
/// position.
pub(crate) fn from_str<'de, T: Deserialize<'de>>(json: &'de str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| describe::<T>(json, &error))
}

/// Describes the error that reading `json` as a `T` gave.
#[cold]
pub(crate) fn describe<'de, T: Deserialize<'de>>(
    json: &'de str,
    error: &serde_json::Error,
) -> String {
    match serde_json::from_str::<IgnoredAny>(json) {
        Ok(IgnoredAny) => mismatch::describe::<T>(json, error),
        // Only the position and one of a few texts.
        Err(syntax) => syntax.to_string(),
    }
}

/// Decodes a JSON string.
///
/// # Errors
///
/// If it is not a string, or has a surrogate without its pair.
pub(crate) fn string(json: &str) -> Result<Cow<'_, str>, String> {
    match unescape(json) {
        Some(text) => Ok(text),
        None => from_str::<MaybeBorrowed<'_>>(json).map(|text| text.0),
    }
}

/// Replaces the common escapes; `None` leaves the string to `serde_json`.
///
/// A body is usually JSON within JSON: every quote in it is an escape.
/// `serde_json` reads such a string into a buffer that it grows from nothing, and
/// copies it. This allocates once, and not at all where there is no escape.
fn unescape(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    let (plain, mut rest) = split_at_escape(inner)?;
    if rest.is_empty() {
        return Some(Cow::Borrowed(plain));
    }
    let mut text = String::with_capacity(inner.len());
    text.push_str(plain);
    while let Some(&escaped) = rest.as_bytes().get(1) {
        text.push(match escaped {
            b'"' | b'\\' | b'/' => escaped.into(),
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\x08',
            b'f' => '\x0c',
            _ => return None,
        });
        let plain;
        (plain, rest) = split_at_escape(&rest[2..])?;
        text.push_str(plain);
    }
    // A backslash at the end would have escaped the quote.
    rest.is_empty().then_some(Cow::Owned(text))
}

/// What is before the first escape, and the rest; `None` if that has a character that must
/// be escaped.
fn split_at_escape(text: &str) -> Option<(&str, &str)> {
    let must_be_escaped = |byte| byte < 0x20 || byte == b'"' || byte == b'\\';
    let end = text.bytes().position(must_be_escaped).unwrap_or(text.len());
    let (plain, rest) = text.split_at(end);
    (rest.is_empty() || rest.starts_with('\\')).then_some((plain, rest))
}

/// A string that is borrowed if it has no escapes; `serde` never borrows a `Cow`
/// in an `Option` or a key.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MaybeBorrowed<'t>(#[serde(borrow)] pub(crate) Cow<'t, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_without_escapes_is_borrowed() {
        assert!(matches!(string(r#""m1""#), Ok(Cow::Borrowed("m1"))));
        assert_eq!(string(r#""m\u0031""#).unwrap(), "m1");
    }

    #[test]
    fn a_string_is_what_serde_json_reads() {
        for json in [
            r#""{\"id\":1,\"note\":\"a\\\\b\\n\\u00e9\"}""#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""\u05e9\u05dc\u05d5\u05dd \ud83d\ude80""#,
            r#""שלום \" 🚀""#,
            r#""\\""#,
        ] {
            let expected: String = serde_json::from_str(json).unwrap();

            assert_eq!(string(json).unwrap(), expected, "{json}");
        }
    }

    #[test]
    fn only_a_string_is_a_string() {
        for json in [
            "1",
            "null",
            "{}",
            r#"""#,
            r#"""""#,
            "\"\n\\\"\"",
            "\"\\\"\n\"",
            r#""\"#,
            r#"""\n""#,
            r#""\ud800""#,
        ] {
            assert!(string(json).is_err(), "{json}");
        }
    }
}
