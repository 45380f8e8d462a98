//! JSON whose errors can be logged: they contain no values, which may be
//! personal data.

mod mismatch;

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, Visitor};

/// Why JSON could not be read: the field, the kind of value and the position.
#[derive(Debug)]
pub(crate) struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

/// Reads a value that may borrow from the text.
///
/// # Errors
///
/// If it is not JSON or does not fit the type.
pub(crate) fn from_str<'de, T: Deserialize<'de>>(json: &'de str) -> Result<T, Unreadable> {
    serde_json::from_str(json).map_err(|error| Unreadable(describe::<T>(json, &error)))
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
pub(crate) fn string(json: &str) -> Result<Cow<'_, str>, Unreadable> {
    from_str::<MaybeBorrowed<'_>>(json).map(|text| text.0)
}

/// A string that is borrowed if it has no escapes; `serde` never borrows a `Cow`
/// in an `Option`.
pub(crate) struct MaybeBorrowed<'t>(pub(crate) Cow<'t, str>);

impl<'de: 't, 't> Deserialize<'de> for MaybeBorrowed<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Cow<'de, str>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
        }

        deserializer.deserialize_str(Text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_without_escapes_is_borrowed() {
        assert!(matches!(string(r#""m1""#), Ok(Cow::Borrowed("m1"))));
        assert_eq!(string(r#""m\u0031""#).unwrap(), "m1");
    }

    #[test]
    fn only_a_string_is_a_string() {
        for json in ["1", "null", "{}", r#"""#, r#"""""#, r#""\ud800""#] {
            assert!(string(json).is_err(), "{json}");
        }
    }
}
