//! A message's body, unparsed.

use std::ops::Deref;

use crate::{
    error::BoxError,
    message::{FromMessage, Record},
};

/// The body, unparsed: JSON or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub String);

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl FromMessage for Text {
    fn from_message(record: &Record<'_>) -> Result<Self, BoxError> {
        Ok(Self(record.body().to_owned()))
    }
}
