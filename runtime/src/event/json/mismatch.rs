//! Why a value does not fit its type, without the value.
//!
//! `serde_json` quotes the value in its message. On this rare path the text is
//! therefore deserialized once more, with an error type that keeps only what may be
//! logged: names in the type, the kind of value and its position.

use std::{
    borrow::Cow,
    fmt::{self, Display},
    marker::PhantomData,
    vec,
};

use redrive_model::words::list;
use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, Error, IntoDeserializer, MapAccess, Visitor,
        value::{MapAccessDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::value::RawValue;

use super::MaybeBorrowed;

type Names = &'static [&'static str];

/// Describes the error that reading `json` as a `T` gave.
pub(super) fn describe<'de, T: Deserialize<'de>>(
    json: &'de str,
    error: &serde_json::Error,
) -> String {
    if let Err(mismatch) = Value(json.trim_start(), 0).read(PhantomData::<T>, None)
        && mismatch.problem != Problem::Unknown
        && let Some(found) = mismatch.value
    {
        let before = &json[..found.as_ptr() as usize - json.as_ptr() as usize];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().len() + 1;
        return format!("{mismatch} at line {line} column {column}");
    }
    if !error.is_data() {
        // Only the position and one of a few texts.
        return error.to_string();
    }
    let (line, column) = (error.line(), error.column());
    format!("invalid value at line {line} column {column}")
}

#[derive(Debug)]
struct Mismatch<'de> {
    problem: Problem,
    /// The names of the fields that lead to the value, the innermost first.
    path: Vec<&'static str>,
    /// The value itself, for its kind and position.
    value: Option<&'de str>,
}

#[derive(Debug, PartialEq)]
enum Problem {
    /// This may not be the error that `serde_json` found.
    Unknown,
    /// The value is not one of the type.
    Value,
    /// Without values.
    Text(String),
}

impl<'de> Mismatch<'de> {
    fn new(problem: Problem) -> Self {
        Self {
            problem,
            path: Vec::new(),
            value: None,
        }
    }

    /// The error of this value, or of one in it.
    fn at(mut self, value: Value<'de>) -> Self {
        self.value.get_or_insert(value.0);
        self
    }
}

impl Display for Mismatch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path: Vec<_> = self.path.iter().rev().copied().collect();
        if !path.is_empty() {
            write!(f, "`{}`: ", path.join("."))?;
        }
        match &self.problem {
            Problem::Text(text) => f.write_str(text),
            _ => write!(
                f,
                "invalid value ({})",
                kind(self.value.unwrap_or_default())
            ),
        }
    }
}

impl std::error::Error for Mismatch<'_> {}

/// All other errors are custom ones for `serde`. Their texts are omitted, because a
/// type can word them with the value. The names of fields and variants are constants
/// of the type.
impl Error for Mismatch<'_> {
    fn custom<T: Display>(_: T) -> Self {
        Self::new(Problem::Value)
    }

    fn unknown_variant(_: &str, expected: Names) -> Self {
        Self::new(Problem::Text(unknown("variant", expected)))
    }

    fn unknown_field(_: &str, expected: Names) -> Self {
        Self::new(Problem::Text(unknown("field", expected)))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(Problem::Text(format!("missing field `{field}`")))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(Problem::Text(format!("duplicate field `{field}`")))
    }
}

impl From<serde_json::Error> for Mismatch<'_> {
    fn from(error: serde_json::Error) -> Self {
        Self::new(match error.is_data() {
            true => Problem::Value,
            false => Problem::Unknown,
        })
    }
}

fn unknown(what: &str, expected: Names) -> String {
    let names: Vec<_> = expected.iter().map(|name| format!("`{name}`")).collect();
    match names.is_empty() {
        true => format!("unknown {what}, expected none"),
        false => format!("unknown {what}, expected {}", list(&names, "or")),
    }
}

fn kind(json: &str) -> &'static str {
    match json.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// A JSON value, which is known to be valid, and how deep it is.
#[derive(Clone, Copy)]
struct Value<'de>(&'de str, u8);

impl<'de> Value<'de> {
    /// A value in this one.
    fn inner(self, json: &'de RawValue) -> Self {
        Self(json.get(), self.1 + 1)
    }

    /// Reads the value of a field; an error gets its place.
    fn read<T: DeserializeSeed<'de>>(
        self,
        seed: T,
        field: Option<&'static str>,
    ) -> Result<T::Value, Mismatch<'de>> {
        seed.deserialize(self).map_err(|error| {
            let mut error = error.at(self);
            error.path.extend(field);
            error
        })
    }

    fn visit<V: Visitor<'de>>(self, fields: Names, visitor: V) -> Result<V::Value, Mismatch<'de>> {
        let mut json = serde_json::Deserializer::from_str(self.0);
        // As in `serde_json`, so that the stack does not overflow.
        if self.1 == 128 {
            return Err(Mismatch::new(Problem::Unknown));
        }
        match self.0.as_bytes().first() {
            Some(b'{') => visitor.visit_map(Object::new(self, fields)?),
            Some(b'[') => {
                let elements = Vec::<&RawValue>::deserialize(&mut json)?.into_iter();
                visitor.visit_seq(SeqDeserializer::new(elements.map(|it| self.inner(it))))
            }
            // The name of a field or variant, perhaps.
            Some(b'"') => match MaybeBorrowed::deserialize(&mut json)?.0 {
                Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            },
            _ => json.deserialize_any(visitor).map_err(Mismatch::from),
        }
        .map_err(|error| error.at(self))
    }
}

impl<'de> IntoDeserializer<'de, Mismatch<'de>> for Value<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A key and its value.
type Member<'de> = (&'de RawValue, &'de RawValue);

struct Object<'de> {
    object: Value<'de>,
    members: vec::IntoIter<Member<'de>>,
    /// The names of the members, if they are the fields of a struct: only those
    /// may be logged.
    fields: Names,
    /// The value of the last key, and its field.
    next: Option<(Value<'de>, Option<&'static str>)>,
}

impl<'de> Object<'de> {
    fn new(object: Value<'de>, fields: Names) -> Result<Self, Mismatch<'de>> {
        let members = serde_json::Deserializer::from_str(object.0).deserialize_map(Members)?;
        Ok(Self {
            object,
            members: members.into_iter(),
            fields,
            next: None,
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
        let name = key.get().trim_matches('"');
        let field = self.fields.iter().find(|field| **field == name).copied();
        self.next = Some((self.object.inner(value), field));
        let key = self.object.inner(key).read(seed, None);
        key.map(Some).map_err(|mut error| {
            // `serde_json` also reads numbers from keys.
            if name.parse::<f64>().is_ok() {
                error.problem = Problem::Unknown;
            }
            error
        })
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, Self::Error> {
        let (value, field) = self.next.take().unwrap_or((self.object, None));
        value.read(seed, field)
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
        fields: Names,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.visit(fields, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0 {
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
            let mut json = serde_json::Deserializer::from_str(self.0);
            return Ok(json.deserialize_newtype_struct(name, visitor)?);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: Names,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        if self.0.starts_with('{') {
            let variant = Object::new(self, &[])?;
            return visitor.visit_enum(MapAccessDeserializer::new(variant));
        }
        let MaybeBorrowed(variant) = serde_json::from_str(self.0)?;
        visitor.visit_enum(variant.into_deserializer())
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier
    }
}

/// The members of an object, in their order.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<Member<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
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
                "`id`: invalid value (a string) at line 1 column 7",
            ),
            (
                r#"{"id":4111}"#,
                "`id`: invalid value (a number) at line 1 column 7",
            ),
            (
                r#"{"id":-1}"#,
                "`id`: invalid value (a number) at line 1 column 7",
            ),
            (
                r#"{"id":{}}"#,
                "`id`: invalid value (an object) at line 1 column 7",
            ),
            (
                r#"{"id":null}"#,
                "`id`: invalid value (null) at line 1 column 7",
            ),
            (
                r#"{"id":true}"#,
                "`id`: invalid value (a boolean) at line 1 column 7",
            ),
            (
                r#"{"id":1,"price":[]}"#,
                "`price`: invalid value (an array) at line 1 column 17",
            ),
            ("{}", "missing field `id` at line 1 column 1"),
            (
                r#"{"id":1,"id":2}"#,
                "duplicate field `id` at line 1 column 1",
            ),
            (
                "{\n  \"id\": 1,\n  \"lines\": [{\"sku\": \"a\"},\n    {\"sku\": 7}]}",
                "`lines.sku`: invalid value (a number) at line 4 column 13",
            ),
            (
                r#"{"id":1,"colour":"4111-1111"}"#,
                "`colour`: unknown variant, expected `red` or `mixed` at line 1 column 18",
            ),
            (
                r#"{"id":1,"colour":{"mixed":"4111-1111"}}"#,
                "`colour`: invalid value (a string) at line 1 column 27",
            ),
            (
                r#"{"id":1,"colour":7}"#,
                "`colour`: invalid value (a number) at line 1 column 18",
            ),
            (
                r#"{"id":1,"pair":[1]}"#,
                "`pair`: invalid value (an array) at line 1 column 16",
            ),
            (
                r#"{"id":1,"pair":[1,true,"4111-1111"]}"#,
                "trailing characters at line 1 column 24",
            ),
            (
                r#"{"id":1,"card":"4111-1111"}"#,
                "`card`: invalid value (a string) at line 1 column 16",
            ),
            (
                r#"{"id":1,"raw":[1],"price":""}"#,
                "`price`: invalid value (a string) at line 1 column 27",
            ),
            (
                r#"{"id":1,"event":{"type":"Sold","quantity":"4111-1111"}}"#,
                "`event`: invalid value (an object) at line 1 column 17",
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
                "`names`: invalid value (a string) at line 1 column 30",
            ),
            (
                r#"{"id":1,"4111-1111":1}"#,
                "unknown field, expected `id`, `colour`, `lines`, `counts`, `names`, `raw`, `card`, \
                 `pair`, `event` or `price` at line 1 column 9",
            ),
            (
                r#"{"id":1,"counts":{"4111-1111":1}}"#,
                "`counts`: invalid value (a string) at line 1 column 19",
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
                "invalid value at line 1 column 34",
            ),
            (
                r#"{"counts":{"1":"4111-1111"},"id":1}"#,
                "invalid value at line 1 column 26",
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
