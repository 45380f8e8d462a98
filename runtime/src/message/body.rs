//! Reads a message's body as JSON, and rejects a body that a struct would read
//! without finding any of its fields in it.

#[cfg(test)]
mod property;
mod shape;
mod top_level;

use std::cell::Cell;

use serde::de::DeserializeOwned;

pub(super) use self::shape::Shape;
use self::top_level::{Mismatch, TopLevel};
use crate::{error::BoxError, event::json};

/// How many fields of a type an error lists.
const MOST_FIELDS: usize = 10;

/// Reads a body.
///
/// # Errors
///
/// If it does not match the type. No value of the body is part of the text.
pub(super) fn read<T: DeserializeOwned>(body: &str) -> Result<T, BoxError> {
    let mismatch = Cell::new(None);
    let mut json = serde_json::Deserializer::from_str(body);
    let read = T::deserialize(TopLevel::new(&mut json, &mismatch));
    read.and_then(|value| json.end().map(|()| value))
        .map_err(|error| describe::<T>(body, &error, mismatch.take()))
}

#[cold]
fn describe<T: DeserializeOwned>(
    body: &str,
    error: &serde_json::Error,
    mismatch: Option<Mismatch>,
) -> BoxError {
    let shape = Shape::of(body);
    let problem = match mismatch {
        Some(Mismatch::NoField(fields)) => no_field(fields),
        Some(Mismatch::Array) => "the type is a struct, but the body is an array".to_owned(),
        None => json::describe::<T>(body, error),
    };
    let hint = match (shape.advice(), mismatch) {
        (Some(advice), _) => format!("; the body looks like {shape}: {advice}"),
        (None, Some(Mismatch::NoField(_))) => format!("; the body is {shape}"),
        (None, _) => String::new(),
    };
    format!("the body does not match the message type: {problem}{hint}").into()
}

fn no_field(fields: &[&str]) -> String {
    if fields.is_empty() {
        return "the type has no fields, but the body has".to_owned();
    }
    let mut names: Vec<_> = fields.iter().map(|name| format!("`{name}`")).collect();
    if names.len() > MOST_FIELDS {
        names.truncate(MOST_FIELDS);
        names.push(format!("{} more", fields.len() - MOST_FIELDS));
    }
    format!("it has none of the fields {}", names.join(", "))
}
