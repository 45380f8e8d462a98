//! Strings of JSON text, and error texts that keep its content out of the log.

use std::{borrow::Cow, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, Visitor};

/// Reads a string, borrowed where it has no escapes.
pub(crate) struct Text;

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
        Some(inner) if !inner.contains('\\') => Ok(Cow::Borrowed(inner)),
        Some(inner) => match unescape(inner) {
            Some(text) => Ok(Cow::Owned(text)),
            None => Text.deserialize(&mut serde_json::Deserializer::from_str(json)),
        },
        None => Text.deserialize(&mut serde_json::Deserializer::from_str(json)),
    }
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
            _ => byte,
        });
    }
    String::from_utf8(text).ok()
}

/// What is wrong, without the values it is about: they may be somebody's data.
///
/// `serde_json` puts the offending string into its message; its kind, what was
/// expected and the place say enough.
pub(crate) fn describe(error: &serde_json::Error) -> String {
    let full = error.to_string();
    for start in ["invalid type: ", "invalid value: "] {
        if let Some(rest) = full.strip_prefix(start)
            && let Some(expected) = rest.rfind(", expected ")
        {
            let kind = rest[..expected]
                .split(['"', '`'])
                .next()
                .unwrap_or_default()
                .trim_end();
            return format!("{start}{kind}{}", &rest[expected..]);
        }
    }
    for start in ["unknown variant", "unknown field"] {
        if full.starts_with(start)
            && let Some(expected) = full
                .rfind(", expected ")
                .or_else(|| full.rfind(", there are "))
        {
            return format!("{start}{}", &full[expected..]);
        }
    }
    full
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
        for json in ["1", "null", "{}", r#""\ud800""#, r#""\udc00 \ud800""#] {
            assert!(text(json).is_err(), "{json}");
        }
    }

    #[test]
    fn text_without_escapes_is_borrowed() {
        assert!(matches!(text(r#""m1""#), Ok(Cow::Borrowed("m1"))));
    }

    #[test]
    fn describe_hides_values() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(rename_all = "lowercase")]
        enum Colour {
            Red,
        }
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Order {
            #[expect(dead_code, reason = "only its type matters")]
            id: u8,
            #[expect(dead_code, reason = "only its type matters")]
            colour: Colour,
        }
        for (json, expected) in [
            (
                r#"{"id":"4111, expected 1"}"#,
                "invalid type: string, expected u8 at line 1 column 24",
            ),
            (
                r#"{"id":4111}"#,
                "invalid value: integer, expected u8 at line 1 column 10",
            ),
            (
                r#"{"id":1,"colour":"secret"}"#,
                "unknown variant, expected `red` at line 1 column 25",
            ),
            (
                r#"{"4111 1111":1}"#,
                "unknown field, expected `id` or `colour` at line 1 column 12",
            ),
            (r#"{"id":1}"#, "missing field `colour` at line 1 column 8"),
            (r#"{"id":"#, "EOF while parsing a value at line 1 column 6"),
        ] {
            let error = serde_json::from_str::<Order>(json).unwrap_err();

            assert_eq!(describe(&error), expected);
        }
        let red = serde_json::from_str::<Colour>(r#""red""#);
        assert!(matches!(red, Ok(Colour::Red)));
    }
}
