//! What a function can take as its message, and how it is made from a record.

mod attributes;
mod envelope;
mod eventbridge;
mod raw;
mod record;
mod sns;
mod text;

use std::any::TypeId;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use serde::de::DeserializeOwned;

use crate::{error::BoxError, event::json};

pub(crate) use self::record::group_id;
pub use self::{
    attributes::{Attribute, MessageAttributes},
    envelope::Message,
    eventbridge::EventBridge,
    raw::Raw,
    record::{Record, SystemAttributes},
    sns::Sns,
    text::Text,
};

/// A type that an `#[sqs_batch]` function can take as its message.
///
/// It is implemented for every type that implements [`serde::Deserialize`] and
/// owns its data: the body is read as JSON. [`Message`], [`Raw`], [`Text`],
/// [`Sns`] and [`EventBridge`] are this crate's own. Implement it for a format
/// of yours:
///
/// ```
/// use redrive::{BoxError, FromMessage, Record};
///
/// /// A body such as `SKU-1;3`.
/// struct Line { sku: String, quantity: u32 }
///
/// impl FromMessage for Line {
///     fn from_message(record: &Record<'_>) -> Result<Self, BoxError> {
///         let (sku, quantity) = record.body().split_once(';').ok_or("no `;` in the body")?;
///         Ok(Self { sku: sku.to_owned(), quantity: quantity.parse()? })
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the message of an `#[sqs_batch]` function [handler_message]",
    label = "this is not made from an SQS message",
    note = "derive `serde::Deserialize` for it to read the body as JSON; it must own its data",
    note = "or take `redrive::Message<T>`, `Text`, `Raw`, `Sns<T>` or `EventBridge<T>`, or implement `redrive::FromMessage`"
)]
pub trait FromMessage: Sized + 'static {
    /// Makes the message, anew for each attempt.
    ///
    /// # Errors
    ///
    /// If the record is not what this type takes. Another attempt would find
    /// the same, so there is none: the record fails as a permanent failure.
    fn from_message(record: &Record<'_>) -> Result<Self, BoxError>;

    /// Why this type may not be a message although it could be read as one.
    #[doc(hidden)]
    fn refusal() -> Option<&'static str> {
        None
    }
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + 'static> FromMessage for T {
    fn from_message(record: &Record<'_>) -> Result<Self, BoxError> {
        serde_json::from_str(record.body()).map_err(|error| {
            format!(
                "the body is not what the function takes: {}",
                json::describe(&error)
            )
            .into()
        })
    }

    fn refusal() -> Option<&'static str> {
        // Every field of `SqsMessage` is optional, so that any JSON body would
        // be read as one, and all of it lost.
        if TypeId::of::<T>() == TypeId::of::<SqsMessage>() {
            return Some(
                "a function cannot take `aws_lambda_events::sqs::SqsMessage`, which would be read from the message's body; take `redrive::Raw`, which derefs to it",
            );
        }
        if TypeId::of::<T>() == TypeId::of::<SqsEvent>() {
            return Some(
                "a function takes one message, not `aws_lambda_events::sqs::SqsEvent`; take `redrive::Raw` for a message as it came",
            );
        }
        None
    }
}
