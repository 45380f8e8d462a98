//! Whatever has at least one field of its type is read as `serde_json` alone reads it.

use proptest::prelude::*;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::read;

/// Types with fields of every kind, each with the keys that count as its fields.
macro_rules! types {
    ($($(#[$attribute:meta])* $name:ident {
        $($(#[$of_field:meta])* $field:ident: $type:ty),*
    } reads $keys:expr;)*) => {
        $(
            #[derive(Debug, PartialEq, Deserialize)]
            $(#[$attribute])*
            struct $name { $($(#[$of_field])* $field: $type),* }
        )*

        fn judge_all(body: &str) -> Result<(), TestCaseError> {
            $(judge::<$name>(body, $keys)?;)*
            Ok(())
        }
    };
}

types! {
    Optional { a: Option<u8>, b: Option<String> } reads &["a", "b"];
    Required { a: u8, b: Option<bool> } reads &["a", "b"];
    Nested { a: Option<Box<Optional>>, b: Option<Vec<Option<Required>>> } reads &["a", "b"];
    #[serde(default)]
    Defaulted { b: u8, c: i64, d: String } reads &["b", "c", "d"];
    #[serde(deny_unknown_fields)]
    Denies { a: Option<Value>, c: Option<f64> } reads &["a", "c"];
    #[serde(rename_all = "UPPERCASE")]
    Renamed { a: Option<u8>, b: Option<Value> } reads &["A", "B"];
    Aliased { #[serde(alias = "d", alias = "\u{e9}")] a: Option<Value> } reads &["a", "d", "\u{e9}"];
    Skips { #[serde(skip)] a: u8, b: Option<char> } reads &["b"];
    Maps { c: Option<std::collections::BTreeMap<String, u8>>, d: Option<(u8, String)> } reads &["c", "d"];
    #[serde(tag = "a")]
    Tagged { b: Option<u8> } reads &["b"];
    #[serde(try_from = "Optional")]
    Converted { b: String } reads &["a", "b"];
    Empty {} reads &[];
}

impl Default for Defaulted {
    fn default() -> Self {
        Self {
            b: 7,
            c: -7,
            d: "seven".to_owned(),
        }
    }
}

impl TryFrom<Optional> for Converted {
    type Error = &'static str;

    fn try_from(optional: Optional) -> Result<Self, Self::Error> {
        optional.b.map(|b| Self { b }).ok_or("no `b`")
    }
}

/// The type itself, and in each wrapper that leaves it at the top of the body.
fn judge<T>(body: &str, fields: &[&str]) -> Result<(), TestCaseError>
where
    T: DeserializeOwned + PartialEq + std::fmt::Debug,
{
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(bound = "T: DeserializeOwned")]
    struct Newtype<T>(T);

    judge_one::<T>(body, fields)?;
    judge_one::<Box<T>>(body, fields)?;
    judge_one::<Option<T>>(body, fields)?;
    judge_one::<Option<Newtype<Box<T>>>>(body, fields)
}

fn judge_one<T>(body: &str, fields: &[&str]) -> Result<(), TestCaseError>
where
    T: DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let read: Option<T> = read(body).ok();
    let expected: Option<T> = serde_json::from_str(body).ok();
    let is_misread = match serde_json::from_str(body) {
        Ok(Value::Object(object)) => {
            !object.is_empty() && !object.keys().any(|key| fields.contains(&key.as_str()))
        }
        Ok(Value::Array(_)) => true,
        _ => false,
    };
    if is_misread {
        prop_assert_eq!(&read, &None, "{}", body);
    } else {
        prop_assert_eq!(&read, &expected, "{}", body);
    }
    Ok(())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u8>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z\"\u{e9}]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            object(inner),
        ]
    })
}

fn object(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec!["a", "b", "c", "d", "A", "B", "e", "\u{e9}", ""]);
    prop::collection::btree_map(key.prop_map(str::to_owned), value, 0..4)
        .prop_map(|members| Value::Object(members.into_iter().collect()))
}

proptest! {
    #[test]
    fn a_field_of_the_type_is_enough(
        body in prop_oneof![3 => object(value()), 1 => value()],
        is_pretty in any::<bool>(),
        is_escaped in any::<bool>(),
    ) {
        let text = match is_pretty {
            true => format!("{body:#}"),
            false => body.to_string(),
        };
        // An escaped key is not borrowed from the body.
        let text = match is_escaped {
            true => text.replace("\"a\"", "\"\\u0061\""),
            false => text,
        };
        judge_all(&text)?;
    }
}
