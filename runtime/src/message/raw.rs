//! A message as `aws_lambda_events` has it.

use std::ops::Deref;

use aws_lambda_events::sqs::SqsMessage;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::{
    handler::BoxError,
    json,
    message::{FromMessage, Record},
};

/// The whole message as [`aws_lambda_events`] has it, to which this derefs.
///
/// The body is not read; what SQS says about the message is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Raw(pub SqsMessage);

impl Deref for Raw {
    type Target = SqsMessage;

    fn deref(&self) -> &SqsMessage {
        &self.0
    }
}

impl FromMessage for Raw {
    fn from_message(record: &Record<'_>) -> Result<Self, BoxError> {
        let fields = record.fields;
        let mut message = SqsMessage::default();
        message.message_id = Some(record.message_id().into_owned());
        message.body = Some(record.body().to_owned());
        message.event_source_arn = read("eventSourceARN", fields.queue_arn)?;
        message.receipt_handle = read("receiptHandle", fields.receipt_handle)?;
        message.md5_of_body = read("md5OfBody", fields.md5_of_body)?;
        message.md5_of_message_attributes =
            read("md5OfMessageAttributes", fields.md5_of_message_attributes)?;
        message.event_source = read("eventSource", fields.event_source)?;
        message.aws_region = read("awsRegion", fields.region)?;
        message.attributes = read("attributes", fields.attributes)?;
        message.message_attributes = read("messageAttributes", fields.message_attributes)?;
        Ok(Self(message))
    }
}

fn read<T: DeserializeOwned + Default>(
    name: &str,
    field: Option<&RawValue>,
) -> Result<T, BoxError> {
    let Some(raw) = field else {
        return Ok(T::default());
    };
    serde_json::from_str(raw.get())
        .map_err(|error| format!("`{name}` cannot be read: {}", json::describe(&error)).into())
}
