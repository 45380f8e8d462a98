//! A deserializer that notices when a struct is read from an object that has none
//! of its fields, or from an array.
//!
//! A struct whose fields are all optional accepts any object: the function would
//! run on a message that holds nothing, and SQS would delete the original. Only the
//! top level is wrapped, so nested values cost nothing.

use std::{borrow::Cow, cell::Cell, fmt};

use serde::de::{
    DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
    value::BorrowedStrDeserializer,
};

use crate::event::json::MaybeBorrowed;

/// How the body of a struct is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mismatch {
    /// An object with keys, none of which is one of these fields.
    NoField(&'static [&'static str]),
    /// An array.
    Array,
}

/// The deserializer of the body itself, or of what an `Option` or a newtype at the
/// top holds.
pub(super) struct TopLevel<'m, D> {
    inner: D,
    mismatch: &'m Cell<Option<Mismatch>>,
}

impl<'m, D> TopLevel<'m, D> {
    pub(super) fn new(inner: D, mismatch: &'m Cell<Option<Mismatch>>) -> Self {
        Self { inner, mismatch }
    }

    fn watch<V>(&self, visitor: V) -> Watched<'m, V> {
        Watched {
            visitor,
            fields: &[],
            mismatch: self.mismatch,
        }
    }
}

macro_rules! forward {
    ($($method:ident($($argument:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method($($argument,)* visitor)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for TopLevel<'_, D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = StructVisitor(Watched {
            fields,
            ..self.watch(visitor)
        });
        self.inner.deserialize_struct(name, fields, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let visitor = self.watch(visitor);
        self.inner.deserialize_option(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = self.watch(visitor);
        self.inner.deserialize_newtype_struct(name, visitor)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }

    forward! {
        deserialize_any();
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_identifier();
        deserialize_ignored_any();
    }
}

/// The visitor of an `Option` or a newtype, whose content is still the top level.
struct Watched<'m, V> {
    visitor: V,
    fields: &'static [&'static str],
    mismatch: &'m Cell<Option<Mismatch>>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Watched<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, content: D) -> Result<V::Value, D::Error> {
        let content = TopLevel::new(content, self.mismatch);
        self.visitor.visit_some(content)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, content: D) -> Result<V::Value, D::Error> {
        let content = TopLevel::new(content, self.mismatch);
        self.visitor.visit_newtype_struct(content)
    }

    /// Of `serde_json`'s `RawValue`, which is read as a newtype.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(map)
    }
}

struct StructVisitor<'m, V>(Watched<'m, V>);

impl<'de, V: Visitor<'de>> Visitor<'de> for StructVisitor<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        let Watched {
            visitor,
            fields,
            mismatch,
        } = self.0;
        let keys = Cell::new(Keys::None);
        let value = visitor.visit_map(Fields {
            map,
            fields,
            keys: &keys,
        })?;
        match keys.get() {
            Keys::None | Keys::Field => Ok(value),
            Keys::Unknown => {
                mismatch.set(Some(Mismatch::NoField(fields)));
                Err(Error::custom("no field of the struct"))
            }
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<V::Value, A::Error> {
        let Watched {
            visitor, mismatch, ..
        } = self.0;
        // `serde` reads an adjacently tagged enum as a struct of tag and content;
        // what it expects is the only difference.
        if Expected(&visitor)
            .to_string()
            .starts_with("adjacently tagged enum")
        {
            return visitor.visit_seq(seq);
        }
        mismatch.set(Some(Mismatch::Array));
        Err(Error::custom("an array for a struct"))
    }
}

struct Expected<'v, V>(&'v V);

impl<'de, V: Visitor<'de>> fmt::Display for Expected<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }
}

/// What the keys of an object were, so far.
#[derive(Clone, Copy)]
enum Keys {
    None,
    Unknown,
    /// At least one was a field.
    Field,
}

/// An object whose keys are compared with the struct's fields until one matches.
struct Fields<'k, A> {
    map: A,
    fields: &'static [&'static str],
    keys: &'k Cell<Keys>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Fields<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        if let Keys::Field = self.keys.get() {
            return self.map.next_key_seed(seed);
        }
        let Some(MaybeBorrowed(key)) = self.map.next_key()? else {
            return Ok(None);
        };
        self.keys.set(match self.fields.contains(&&*key) {
            true => Keys::Field,
            false => Keys::Unknown,
        });
        match key {
            Cow::Borrowed(key) => seed.deserialize(BorrowedStrDeserializer::new(key)),
            Cow::Owned(key) => seed.deserialize(key.into_deserializer()),
        }
        .map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        self.map.size_hint()
    }
}
