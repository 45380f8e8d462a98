//! Error texts that keep what was read out of the log.

/// What is wrong, without the values it is about: they may be somebody's data.
///
/// `serde_json` puts the offending string into its message, and a type can put
/// anything into an error of its own. So only the texts that `serde` itself has
/// pass, without the value; what was expected and the place say enough. A type
/// that words its error exactly as `serde` does passes for it.
pub(crate) fn describe(error: &serde_json::Error) -> String {
    let full = error.to_string();
    if !error.is_data() {
        return full;
    }
    let place = match error.line() {
        0 => String::new(),
        line => format!(" at line {line} column {}", error.column()),
    };
    let text = full.strip_suffix(&place).unwrap_or(&full);
    let known = known(text).unwrap_or_else(|| "a value does not fit its type".to_owned());
    format!("{known}{place}")
}

/// Of `serde`'s own texts, the part that no message can say something with.
fn known(text: &str) -> Option<String> {
    for start in ["missing field `", "duplicate field `"] {
        if let Some(name) = text.strip_prefix(start) {
            return name
                .strip_suffix('`')
                .filter(|name| !name.contains('`'))
                .map(|_| text.to_owned());
        }
    }
    if let Some(name) = text.strip_prefix("data did not match any variant of untagged enum ") {
        let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_');
        return is_name.then(|| text.to_owned());
    }
    for start in ["unknown variant", "unknown field"] {
        let Some(rest) = text
            .strip_prefix(start)
            .filter(|rest| rest.starts_with(" `"))
        else {
            continue;
        };
        for none in ["there are no variants", "there are no fields"] {
            if rest.ends_with(&format!("`, {none}")) {
                return Some(format!("{start}, {none}"));
            }
        }
        let expected = &rest[rest.rfind(", expected ")?..];
        let names = expected.trim_start_matches(", expected ");
        let listed = names.trim_start_matches("one of ").starts_with('`') && names.ends_with('`');
        return listed.then(|| format!("{start}{expected}"));
    }
    for start in ["invalid type: ", "invalid value: ", "invalid length "] {
        if let Some(rest) = text.strip_prefix(start) {
            let at = rest.rfind(", expected ")?;
            let kind = kind(&rest[..at], start == "invalid length ")?;
            let expected = &rest[at..];
            let own = is_own(expected.trim_start_matches(", expected "));
            return Some(format!("{start}{kind}{}", if own { expected } else { "" }));
        }
    }
    None
}

/// Whether these are `serde`'s words for what it expects. A type's own may have
/// been made of the value: "a card that is not 4111".
fn is_own(expected: &str) -> bool {
    const WORDS: [&str; 12] = [
        "a boolean",
        "a character",
        "a string",
        "a borrowed string",
        "a sequence",
        "a map",
        "unit",
        "option",
        "any value",
        "field identifier",
        "variant identifier",
        "map with a single key",
    ];
    const NAMED: [&str; 10] = [
        "struct",
        "tuple struct",
        "unit struct",
        "newtype struct",
        "enum",
        "unit variant",
        "struct variant",
        "tuple variant",
        "internally tagged enum",
        "adjacently tagged enum",
    ];
    const COUNTED: [&str; 2] = ["a tuple of size ", "an array of length "];
    let is_number = |text: &str| text.parse::<u64>().is_ok();
    let is_type = |text: &str| {
        text.split("::")
            .all(|name| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_'))
    };
    let is_primitive = |text: &str| {
        let bits = text.strip_prefix(['u', 'i', 'f']);
        bits.is_some_and(|bits| ["8", "16", "32", "64", "128", "size"].contains(&bits))
    };
    let counted = |text: &str| {
        COUNTED
            .iter()
            .any(|start| text.strip_prefix(start).is_some_and(is_number))
    };
    let named = |text: &str| {
        let (text, size) = text.split_once(" with ").unwrap_or((text, "1 element"));
        let size = size
            .strip_suffix(" elements")
            .or(size.strip_suffix(" element"));
        let name = NAMED
            .iter()
            .find_map(|kind| text.strip_prefix(kind)?.strip_prefix(' '));
        size.is_some_and(is_number) && name.is_some_and(is_type)
    };
    let nonzero = expected.strip_prefix("a nonzero ");
    WORDS.contains(&expected)
        || is_primitive(nonzero.unwrap_or(expected))
        || counted(expected)
        || named(expected)
}

/// What kind of value it was; of a length, itself.
fn kind(text: &str, is_length: bool) -> Option<&str> {
    /// Those of [`serde::de::Unexpected`], and `serde_json`'s own.
    const KINDS: [&str; 17] = [
        "null",
        "number",
        "boolean",
        "integer",
        "floating point",
        "character",
        "string",
        "byte array",
        "unit value",
        "Option value",
        "newtype struct",
        "sequence",
        "map",
        "enum",
        "unit variant",
        "tuple variant",
        "struct variant",
    ];
    if is_length {
        return text.parse::<usize>().is_ok().then_some(text);
    }
    let kind = text.split(['"', '`']).next()?.trim_end();
    KINDS.contains(&kind).then_some(kind)
}

#[cfg(test)]
mod tests {
    use serde::de::{Error, Unexpected};

    use super::*;

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
            (
                r#"{"id":1,"id":2}"#,
                "duplicate field `id` at line 1 column 12",
            ),
            (
                "[1]",
                "invalid length 1, expected struct Order with 2 elements at line 1 column 3",
            ),
        ] {
            let error = serde_json::from_str::<Order>(json).unwrap_err();

            assert_eq!(describe(&error), expected);
        }
        for (json, expected) in [
            (
                "1",
                "invalid type: integer, expected a tuple of size 2 at line 1 column 1",
            ),
            (
                "[1]",
                "invalid length 1, expected a tuple of size 2 at line 1 column 3",
            ),
            (
                "[0,1]",
                "invalid value: integer, expected a nonzero u8 at line 1 column 2",
            ),
        ] {
            type Pair = (std::num::NonZeroU8, bool);
            let error = serde_json::from_str::<Pair>(json).unwrap_err();

            assert_eq!(describe(&error), expected);
        }
        for expected in [
            "a card, which 4111 is not",
            "struct 4111 1111",
            "4111",
            "u4111",
        ] {
            let value = Unexpected::Str("4111, expected");
            let error = serde_json::Error::invalid_value(value, &expected);

            assert_eq!(describe(&error), "invalid value: string");
        }
        for text in [
            "bad card 4111",
            "missing field 4111",
            "missing field `4111` or `1111`",
            "duplicate field of 4111",
            "invalid length 4111 of a card, expected 16",
            "invalid value: 4111, expected a card",
            "invalid type: string 4111, expected a card",
            "unknown field, expected no 4111",
            "unknown variant `1`, expected something like 4111",
            "data did not match any variant of untagged enum 4111 1111",
            "two\nlines, 4111 at line 1 column 1",
        ] {
            let error = Error::custom(text);

            assert!(!describe(&error).contains("4111"), "{}", describe(&error));
        }
        #[derive(Debug, serde::Deserialize)]
        #[serde(untagged)]
        enum Either {
            Number {
                #[expect(dead_code, reason = "only its type matters")]
                number: u8,
            },
        }
        let error = serde_json::from_str::<Either>(r#"{"number":"4111"}"#).unwrap_err();
        assert_eq!(
            describe(&error),
            "data did not match any variant of untagged enum Either"
        );
        #[derive(Debug, serde::Deserialize)]
        enum Nothing {}
        let error = serde_json::from_str::<Nothing>(r#""a, expected 4111""#).unwrap_err();
        assert!(!describe(&error).contains("4111"), "{}", describe(&error));
        let red = serde_json::from_str::<Colour>(r#""red""#);
        assert!(matches!(red, Ok(Colour::Red)));
    }
}
