//! The types that a function can take as its message, and how they are read from a
//! record.

mod attributes;
mod body;
mod context;
mod envelope;
mod eventbridge;
mod raw;
mod record;
mod sns;
mod text;

use std::{any::TypeId, borrow::Cow};

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use serde::de::DeserializeOwned;

use redrive_model::log::{TARGET, event};

use self::body::Shape;
use crate::error::BoxError;

#[cfg(feature = "sqs-client")]
pub(crate) use self::attributes::raw_attributes;
pub(crate) use self::{
    attributes::Room,
    record::{group_id, receive_count},
};
pub use self::{
    attributes::{Attribute, MessageAttributes},
    context::LambdaContext,
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
/// [`Sns`] and [`EventBridge`] are part of this crate. Implement it to read another
/// format:
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
#[doc = include_str!("message/reading.md")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the message of an `#[sqs_batch]` function [handler_message]",
    label = "this is not made from an SQS message",
    note = "derive `serde::Deserialize` for it to read the body as JSON, with owned fields such as `String`, not `&str`",
    note = "or take `redrive::Message<T>`, `Text`, `Raw`, `Sns<T>` or `EventBridge<T>`, or implement `redrive::FromMessage`"
)]
pub trait FromMessage: Sized + 'static {
    /// Creates the message, once for each attempt.
    ///
    /// # Errors
    ///
    /// If the record does not match this type. That is a permanent failure, because
    /// another attempt would read the same record.
    fn from_message(record: &Record<'_>) -> Result<Self, BoxError>;

    /// What was sent, inside all envelopes.
    #[doc(hidden)]
    fn content<'r>(record: &Record<'r>) -> Cow<'r, str> {
        Cow::Borrowed(record.body())
    }

    /// Whether this is a message of SNS, whose body may be SNS's envelope.
    #[doc(hidden)]
    const IS_SNS: bool = false;

    /// Why this type may not be a message although it could be read as one.
    #[doc(hidden)]
    fn refusal() -> Option<&'static str> {
        None
    }
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + 'static> FromMessage for T {
    fn from_message(record: &Record<'_>) -> Result<Self, BoxError> {
        body::read(record.body())
    }

    fn refusal() -> Option<&'static str> {
        if TypeId::of::<T>() == TypeId::of::<SqsMessage>() {
            return Some(
                "a function cannot take `aws_lambda_events::sqs::SqsMessage`, which would be read from the message's body; take `redrive::Raw`, which derefs to it",
            );
        }
        if TypeId::of::<T>() == TypeId::of::<SqsEvent>() {
            return Some(
                "a function takes one message, not `aws_lambda_events::sqs::SqsEvent`; take `redrive::Raw` for a whole message",
            );
        }
        None
    }
}

/// Makes the message of one attempt; `None` if there is nothing for the function
/// to do, and SQS may delete the record.
///
/// # Errors
///
/// If the record does not match the message type.
pub(crate) fn read_message<M: FromMessage>(record: &Record<'_>) -> Result<Option<M>, BoxError> {
    match M::from_message(record) {
        Ok(message) => Ok(Some(message)),
        // Nobody could handle it, and it carries no data: S3 sends it when a bucket's
        // notifications are configured, to see whether they arrive.
        Err(_) if is_s3_test(record) => {
            tracing::info!(
                target: TARGET,
                event = event::S3_TEST_COMPLETED,
                "completed S3's test event without running the function"
            );
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>
fn is_s3_test(record: &Record<'_>) -> bool {
    let body = record.body();
    let published = sns::published(body);
    Shape::of(published.as_deref().unwrap_or(body)) == Shape::S3Test
}
