//! Strings of JSON text.

mod error;

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, Visitor};

pub(crate) use self::error::describe;

/// Reads a string, borrowed where it has no escapes.
pub(crate) struct Text;

/// [`Text`] as a field of a derived type, whose own `Cow`s within an `Option` are
/// never borrowed.
pub(crate) struct MaybeBorrowed<'t>(pub(crate) Cow<'t, str>);

impl<'de: 't, 't> Deserialize<'de> for MaybeBorrowed<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Text.deserialize(deserializer).map(Self)
    }
}

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// The text of a JSON string, given with its quotes.
///
/// # Errors
///
/// If it is not a string, or has a surrogate without its pair.
pub(crate) fn text(json: &str) -> Result<Cow<'_, str>, serde_json::Error> {
    let inner = json
        .strip_prefix('"')
        .and_then(|json| json.strip_suffix('"'));
    match inner {
        Some(inner) if is_plain(inner) => Ok(Cow::Borrowed(inner)),
        Some(inner) => match unescape(inner) {
            Some(text) => Ok(Cow::Owned(text)),
            None => any_text(json),
        },
        None => any_text(json),
    }
}

fn any_text(json: &str) -> Result<Cow<'_, str>, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(json);
    let text = Text.deserialize(&mut json)?;
    json.end()?;
    Ok(text)
}

/// Whether a string is what it stands for: no escapes, and none missing.
fn is_plain(json: &str) -> bool {
    // All bytes, without a way out in between: that is what gets vectorized.
    let special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    !json
        .bytes()
        .fold(false, |found, byte| found | special(byte))
}

/// Undoes the common escapes; `None` leaves the string to `serde_json`.
///
/// A body is JSON within JSON: every quote in it is an escape. `serde_json`
/// reads such a string into a buffer that it grows from nothing, and copies it;
/// this writes once into what is sure to be large enough.
fn unescape(json: &str) -> Option<String> {
    let mut text = Vec::with_capacity(json.len());
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        text.push(match byte {
            b'\\' => match bytes.next()? {
                escaped @ (b'"' | b'\\' | b'/') => escaped,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'b' => 0x08,
                b'f' => 0x0c,
                _ => return None,
            },
            b'"' | 0..0x20 => return None,
            _ => byte,
        });
    }
    String::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_what_serde_json_reads() {
        for json in [
            r#""""#,
            r#""plain""#,
            r#""{\"id\":1,\"note\":\"a\\\\b\\n\\u00e9\"}""#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""\u05e9\u05dc\u05d5\u05dd \ud83d\ude80""#,
            r#""שלום \" 🚀""#,
            r#""\\""#,
        ] {
            let expected: String = serde_json::from_str(json).unwrap();

            assert_eq!(text(json).unwrap(), expected, "{json}");
        }
    }

    #[test]
    fn text_refuses_what_is_none() {
        for json in [
            "1",
            "null",
            "{}",
            r#"""#,
            r#"""""#,
            "\"\n\"",
            "\"\\\"\n\"",
            r#""\"#,
            r#""\"#,
            r#""\ud800""#,
            r#""\udc00 \ud800""#,
        ] {
            assert!(text(json).is_err(), "{json}");
        }
    }

    #[test]
    fn text_without_escapes_is_borrowed() {
        assert!(matches!(text(r#""m1""#), Ok(Cow::Borrowed("m1"))));
    }
}
