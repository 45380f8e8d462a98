//! Notices a struct that is read from an object that has none of its fields, or from
//! an array.
//!
//! A struct whose fields are all optional accepts any object: the function would
//! run on a message that holds nothing, and SQS would delete the original.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, Expected, IgnoredAny, MapAccess, Visitor},
    forward_to_deserialize_any,
};

use crate::event::json::MaybeBorrowed;

type FieldNames = &'static [&'static str];

/// How the body of a struct is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mismatch {
    /// An object with keys, none of which is one of these fields.
    NoField(FieldNames),
    /// An array.
    Array,
}

impl Mismatch {
    /// Judges a body, if a `T` is a struct at its top.
    pub(super) fn of<'de, T: Deserialize<'de>>(body: &str) -> Option<Self> {
        let body = body.trim_start();
        let is_array = body.starts_with('[');
        let fields = T::deserialize(Probe { is_array }).err()?.0?;
        if is_array {
            return Some(Self::Array);
        }
        // Usually the first key is a field, and no other key is read.
        let first = body.strip_prefix('{')?.trim_start().strip_prefix('"')?;
        let first = first.split('"').next()?;
        let has_field = fields.contains(&first) || {
            let keys = serde_json::Deserializer::from_str(body).deserialize_map(Keys(fields));
            // Those after the first field are not read, which is an error.
            !matches!(keys, Ok(false))
        };
        (!has_field).then_some(Self::NoField(fields))
    }
}

/// Asks a type for its fields. They are those of a struct in an `Option` or a newtype
/// too, as in the body.
struct Probe {
    is_array: bool,
}

/// The fields, if the type is a struct.
#[derive(Debug)]
struct Fields(Option<FieldNames>);

impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("only the fields were asked for")
    }
}

impl std::error::Error for Fields {}

impl Error for Fields {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self(None)
    }
}

impl<'de> Deserializer<'de> for Probe {
    type Error = Fields;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fields> {
        Err(Fields(None))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: FieldNames,
        visitor: V,
    ) -> Result<V::Value, Fields> {
        // `serde` reads an adjacently tagged enum as a struct of tag and content, also
        // from an array; what it expects is the only difference.
        let is_enum = || {
            let expected: &dyn Expected = &visitor;
            expected.to_string().starts_with("adjacently tagged enum")
        };
        Err(Fields((!self.is_array || !is_enum()).then_some(fields)))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fields> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fields> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// Whether a key is one of the fields.
struct Keys(FieldNames);

impl<'de> Visitor<'de> for Keys {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        while let Some(MaybeBorrowed(key)) = map.next_key()? {
            if self.0.contains(&&*key) {
                return Ok(true);
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(false)
    }
}
