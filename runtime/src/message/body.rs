//! Reads a message's body as JSON, and rejects a body that a struct would read
//! without finding any of its fields in it.

mod shape;
mod top_level;

use serde::de::DeserializeOwned;

pub(super) use self::shape::Shape;
use self::top_level::Mismatch;
use crate::{error::BoxError, event::json};

/// How many fields of a type an error lists.
const MOST_FIELDS: usize = 10;

/// Reads a body.
///
/// # Errors
///
/// If it does not match the type. No value of the body is part of the text.
pub(super) fn read<T: DeserializeOwned>(body: &str) -> Result<T, BoxError> {
    match (serde_json::from_str(body), Mismatch::of::<T>(body)) {
        (Ok(value), None) => Ok(value),
        (read, mismatch) => Err(describe::<T>(body, read.err(), mismatch)),
    }
}

#[cold]
fn describe<T: DeserializeOwned>(
    body: &str,
    error: Option<serde_json::Error>,
    mismatch: Option<Mismatch>,
) -> BoxError {
    let shape = Shape::of(body);
    let (problem, mut hint) = match (mismatch, error) {
        (Some(Mismatch::Array), _) => {
            let problem = "the type is a struct, but the body is an array";
            (problem.to_owned(), String::new())
        }
        (Some(Mismatch::NoField(fields)), None) => {
            (no_field(fields), format!("; the body is {shape}"))
        }
        (_, Some(error)) => (json::describe::<T>(body, &error), String::new()),
        (None, None) => Default::default(),
    };
    if let Some(advice) = shape.advice() {
        hint = format!("; the body looks like {shape}: {advice}");
    }
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

#[cfg(test)]
mod tests;
