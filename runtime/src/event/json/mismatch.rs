//! Why a value does not fit its type, without the value.
//!
//! `serde_json` quotes the value in its message. On this rare path the text is
//! therefore deserialized once more, with an error type that keeps only what is
//! safe to log: `serde` hands over the kind of value and the names in the type
//! separately.

use std::{
    borrow::Cow,
    fmt::{self, Display},
    marker::PhantomData,
    vec,
};

use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, Error, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
        Visitor, value::MapAccessDeserializer,
    },
    forward_to_deserialize_any,
};
use serde_json::value::RawValue;

use super::MaybeBorrowed;

/// The problem of an error that may not be the one that `serde_json` found.
const UNKNOWN: &str = "";

/// The problem of an error that a type made itself.
const CUSTOM: &str = "unsupported value";

/// Describes the error that reading `json` as a `T` gave.
pub(super) fn describe<'de, T: Deserialize<'de>>(
    json: &'de str,
    error: &serde_json::Error,
) -> String {
    if let Err(mismatch) = Value::new(json).read(PhantomData::<T>)
        && mismatch.problem != UNKNOWN
        && let Some(found) = mismatch.value
    {
        let start = found.as_ptr() as usize - json.as_ptr() as usize;
        // If `serde_json` failed before this value, this is another error: a type
        // may behave differently the second time.
        if start <= offset(json, error) {
            let before = &json[..start];
            let line = before.matches('\n').count() + 1;
            let column = start - before.rfind('\n').map_or(0, |newline| newline + 1) + 1;
            return format!("{mismatch} at line {line} column {column}");
        }
    }
    if !error.is_data() {
        // Only the position and one of a few texts.
        return error.to_string();
    }
    let (line, column) = (error.line(), error.column());
    format!("unsupported value at line {line} column {column}")
}

/// How many bytes `serde_json` had read.
fn offset(json: &str, error: &serde_json::Error) -> usize {
    let lines = json
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1));
    lines.map(str::len).sum::<usize>() + error.column()
}

#[derive(Debug)]
struct Mismatch<'de> {
    problem: Cow<'static, str>,
    /// The names of the fields that lead to the value, the innermost first.
    path: Vec<&'static str>,
    /// The value itself, for its position.
    value: Option<&'de str>,
}

impl Mismatch<'_> {
    fn new(problem: impl Into<Cow<'static, str>>) -> Self {
        Self {
            problem: problem.into(),
            path: Vec::new(),
            value: None,
        }
    }
}

impl Display for Mismatch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path: Vec<_> = self.path.iter().rev().copied().collect();
        if !path.is_empty() {
            write!(f, "`{}`: ", path.join("."))?;
        }
        match self.value {
            Some(value) if self.problem == CUSTOM => write!(f, "unsupported {}", kind_of(value)),
            _ => f.write_str(&self.problem),
        }
    }
}

impl std::error::Error for Mismatch<'_> {}

/// `Expected` and custom messages are left out: a type can word them with the
/// value. The names of fields and variants are constants of the type.
impl Error for Mismatch<'_> {
    fn custom<T: Display>(_: T) -> Self {
        Self::new(CUSTOM)
    }

    fn invalid_type(unexpected: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::new(format!("unexpected {}", kind(unexpected)))
    }

    fn invalid_value(unexpected: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::new(format!("unsupported {}", kind(unexpected)))
    }

    fn invalid_length(length: usize, _: &dyn Expected) -> Self {
        Self::new(format!("unexpected length {length}"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("unknown variant, expected {}", one_of(expected)))
    }

    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("unknown field, expected {}", one_of(expected)))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(format!("missing field `{field}`"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(format!("duplicate field `{field}`"))
    }
}

fn kind(unexpected: Unexpected<'_>) -> &'static str {
    match unexpected {
        Unexpected::Bool(_) => "boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "number",
        Unexpected::Char(_) | Unexpected::Str(_) | Unexpected::Bytes(_) => "string",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "array",
        Unexpected::Map => "object",
        _ => "value",
    }
}

fn kind_of(json: &str) -> &'static str {
    match json.as_bytes().first() {
        Some(b'{') => "object",
        Some(b'[') => "array",
        Some(b'"') => "string",
        Some(b't' | b'f') => "boolean",
        Some(b'n') => "null",
        _ => "number",
    }
}

fn one_of(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.is_empty() {
        true => "none".to_owned(),
        false => names.join(" or "),
    }
}

/// A JSON value, which is known to be valid.
#[derive(Clone, Copy)]
struct Value<'de> {
    json: &'de str,
    /// The field of a struct that has this value.
    field: Option<&'static str>,
    depth: u8,
}

impl<'de> Value<'de> {
    fn new(json: &'de str) -> Self {
        Self {
            json,
            field: None,
            depth: 0,
        }
    }

    /// A value in this one.
    fn inner(self, json: &'de str, field: Option<&'static str>) -> Result<Self, Mismatch<'de>> {
        // As `serde_json` does, so that the stack does not overflow.
        match self.depth {
            128.. => Err(Mismatch::new(UNKNOWN)),
            depth => Ok(Self {
                json,
                field,
                depth: depth + 1,
            }),
        }
    }

    /// Reads the value; an error gets its place.
    fn read<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Mismatch<'de>> {
        seed.deserialize(self).map_err(|mut error| {
            error.value.get_or_insert(self.json);
            error.path.extend(self.field);
            error
        })
    }

    fn visit<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch<'de>> {
        match self.json.as_bytes().first() {
            Some(b'{') => visitor.visit_map(Object::new(self, fields)?),
            Some(b'[') => {
                let elements: Vec<&RawValue> = part(self.json)?;
                let mut array = Array {
                    array: self,
                    elements: elements.into_iter(),
                };
                let value = visitor.visit_seq(&mut array)?;
                match array.elements.len() {
                    0 => Ok(value),
                    _ => Err(Mismatch::new("too many elements")),
                }
            }
            Some(b'"') => match part::<MaybeBorrowed<'_>>(self.json)?.0 {
                Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            },
            Some(b't') => visitor.visit_bool(true),
            Some(b'f') => visitor.visit_bool(false),
            Some(b'n') => visitor.visit_unit(),
            _ => {
                let number: serde_json::Number = part(self.json)?;
                match (number.as_u64(), number.as_i64(), number.as_f64()) {
                    (Some(number), ..) => visitor.visit_u64(number),
                    (_, Some(number), _) => visitor.visit_i64(number),
                    (.., number) => visitor.visit_f64(number.unwrap_or(f64::NAN)),
                }
            }
        }
    }
}

/// Reads one level of a value.
fn part<'de, T: Deserialize<'de>>(json: &'de str) -> Result<T, Mismatch<'de>> {
    serde_json::from_str(json).map_err(|_| Mismatch::new(UNKNOWN))
}

struct Array<'de> {
    array: Value<'de>,
    elements: vec::IntoIter<&'de RawValue>,
}

impl<'de> SeqAccess<'de> for Array<'de> {
    type Error = Mismatch<'de>;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Self::Error> {
        let Some(element) = self.elements.next() else {
            return Ok(None);
        };
        let element = self.array.inner(element.get(), None)?;
        element.read(seed).map(Some)
    }
}

struct Object<'de> {
    object: Value<'de>,
    members: vec::IntoIter<(Cow<'de, str>, &'de RawValue)>,
    /// The names of the members, if they are the fields of a struct: only those
    /// may be logged.
    fields: &'static [&'static str],
    value: Option<Value<'de>>,
}

impl<'de> Object<'de> {
    fn new(object: Value<'de>, fields: &'static [&'static str]) -> Result<Self, Mismatch<'de>> {
        let Members(members) = part(object.json)?;
        Ok(Self {
            object,
            members: members.into_iter(),
            fields,
            value: None,
        })
    }
}

impl<'de> MapAccess<'de> for Object<'de> {
    type Error = Mismatch<'de>;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Self::Error> {
        let Some((key, value)) = self.members.next() else {
            return Ok(None);
        };
        let field = self.fields.iter().find(|name| **name == key).copied();
        self.value = Some(self.object.inner(value.get(), field)?);
        // `serde_json` also reads numbers from keys.
        let is_number = key.parse::<f64>().is_ok();
        let key = seed.deserialize(key.into_deserializer());
        key.map(Some)
            .map_err(|error: Mismatch<'de>| match is_number {
                true => Mismatch::new(UNKNOWN),
                false => error,
            })
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, Self::Error> {
        let value = self.value.take().ok_or_else(|| Mismatch::new(UNKNOWN))?;
        value.read(seed)
    }
}

impl<'de> Deserializer<'de> for Value<'de> {
    type Error = Mismatch<'de>;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        self.visit(&[], visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.visit(fields, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.json {
            "null" => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        // `RawValue`, which only `serde_json` can read.
        if name.starts_with("$serde_json::") {
            let mut json = serde_json::Deserializer::from_str(self.json);
            let raw = json.deserialize_newtype_struct(name, visitor);
            return raw.map_err(Mismatch::custom);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match self.json.as_bytes().first() {
            Some(b'{') => {
                let variant = Object::new(self, &[])?;
                visitor.visit_enum(MapAccessDeserializer::new(variant))
            }
            Some(b'"') => {
                let variant: MaybeBorrowed<'_> = part(self.json)?;
                visitor.visit_enum(variant.0.into_deserializer())
            }
            _ => self.visit(&[], visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

/// The members of an object, in their order.
struct Members<'de>(Vec<(Cow<'de, str>, &'de RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((MaybeBorrowed(key), value)) = map.next_entry()? {
                    members.push((key, value));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::value::RawValue;

    use crate::event::json::from_str;

    const SECRET: &str = "4111-1111";

    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "only the types matter")]
    #[serde(deny_unknown_fields)]
    struct Order {
        id: u8,
        #[serde(default)]
        colour: Option<Colour>,
        #[serde(default)]
        lines: Vec<Line>,
        #[serde(default)]
        counts: HashMap<u64, u8>,
        #[serde(default)]
        names: HashMap<String, u8>,
        raw: Option<Box<RawValue>>,
        card: Option<Card>,
        pair: Option<(u8, bool)>,
        event: Option<Event>,
        price: Option<f64>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Colour {
        Red,
        Mixed(#[expect(dead_code, reason = "only the types matter")] u8),
    }

    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "only the types matter")]
    struct Line {
        sku: String,
    }

    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "only the types matter")]
    #[serde(tag = "type")]
    enum Event {
        Sold { quantity: u8 },
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(try_from = "String")]
    struct Card;

    impl TryFrom<String> for Card {
        type Error = String;

        fn try_from(number: String) -> Result<Self, String> {
            // Worded like an error of `serde`.
            Err(format!("invalid type: {number}, expected {number}"))
        }
    }

    fn error(json: &str) -> String {
        from_str::<Order>(json).unwrap_err().to_string()
    }

    #[test]
    fn an_error_names_the_field_the_kind_of_value_and_the_position() {
        for (json, expected) in [
            (
                r#"{"id":"4111-1111"}"#,
                "`id`: unexpected string at line 1 column 7",
            ),
            (
                r#"{"id":4111}"#,
                "`id`: unsupported number at line 1 column 7",
            ),
            (
                r#"{"id":-1}"#,
                "`id`: unsupported number at line 1 column 7",
            ),
            (r#"{"id":{}}"#, "`id`: unexpected object at line 1 column 7"),
            (r#"{"id":null}"#, "`id`: unexpected null at line 1 column 7"),
            (
                r#"{"id":true}"#,
                "`id`: unexpected boolean at line 1 column 7",
            ),
            (
                r#"{"id":1,"price":[]}"#,
                "`price`: unexpected array at line 1 column 17",
            ),
            ("{}", "missing field `id` at line 1 column 1"),
            (
                r#"{"id":1,"id":2}"#,
                "duplicate field `id` at line 1 column 1",
            ),
            (
                "{\n  \"id\": 1,\n  \"lines\": [{\"sku\": \"a\"},\n    {\"sku\": 7}]}",
                "`lines.sku`: unexpected number at line 4 column 13",
            ),
            (
                r#"{"id":1,"colour":"4111-1111"}"#,
                "`colour`: unknown variant, expected `red` or `mixed` at line 1 column 18",
            ),
            (
                r#"{"id":1,"colour":{"mixed":"4111-1111"}}"#,
                "`colour`: unexpected string at line 1 column 27",
            ),
            (
                r#"{"id":1,"colour":7}"#,
                "`colour`: unexpected number at line 1 column 18",
            ),
            (
                r#"{"id":1,"pair":[1]}"#,
                "`pair`: unexpected length 1 at line 1 column 16",
            ),
            (
                r#"{"id":1,"pair":[1,true,"4111-1111"]}"#,
                "`pair`: too many elements at line 1 column 16",
            ),
            (
                r#"{"id":1,"card":"4111-1111"}"#,
                "`card`: unsupported string at line 1 column 16",
            ),
            (
                r#"{"id":1,"raw":[1],"price":""}"#,
                "`price`: unexpected string at line 1 column 27",
            ),
            (
                r#"{"id":1,"event":{"type":"Sold","quantity":"4111-1111"}}"#,
                "`event`: unexpected string at line 1 column 17",
            ),
        ] {
            assert_eq!(error(json), expected, "{json}");
        }
    }

    #[test]
    fn keys_of_maps_and_unknown_fields_are_values() {
        for (json, expected) in [
            (
                r#"{"id":1,"names":{"4111-1111":"4111-1111"}}"#,
                "`names`: unexpected string at line 1 column 30",
            ),
            (
                r#"{"id":1,"4111-1111":1}"#,
                "unknown field, expected `id` or `colour` or `lines` or `counts` or `names` or \
                 `raw` or `card` or `pair` or `event` or `price` at line 1 column 1",
            ),
            (
                r#"{"id":1,"counts":{"4111-1111":1}}"#,
                "`counts`: unexpected string at line 1 column 18",
            ),
        ] {
            assert!(!error(json).contains(SECRET));
            assert_eq!(error(json), expected, "{json}");
        }
    }

    #[test]
    fn an_error_that_is_not_found_again_has_no_field() {
        for (json, expected) in [
            // `serde_json` reads the keys of `counts` as numbers.
            (
                r#"{"counts":{"1":1},"id":"4111-1111"}"#,
                "unsupported value at line 1 column 34",
            ),
            (
                r#"{"counts":{"1":"4111-1111"},"id":1}"#,
                "unsupported value at line 1 column 26",
            ),
        ] {
            assert_eq!(error(json), expected, "{json}");
        }
    }

    #[test]
    fn a_syntax_error_comes_first() {
        for (json, expected) in [
            (
                r#"{"id":"4111-1111","#,
                "EOF while parsing an object at line 1 column 18",
            ),
            (
                r#"{"id":"4111-1111"} x"#,
                "trailing characters at line 1 column 20",
            ),
            ("", "EOF while parsing a value at line 1 column 0"),
        ] {
            assert_eq!(error(json), expected, "{json}");
        }
    }
}
