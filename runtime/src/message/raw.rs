//! A message as `aws_lambda_events` has it.

use std::ops::Deref;

use aws_lambda_events::sqs::SqsMessage;
use serde::de::DeserializeOwned;

use crate::{
    event::Fields,
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
        message.event_source_arn = read(fields, "eventSourceARN")?;
        message.receipt_handle = read(fields, "receiptHandle")?;
        message.md5_of_body = read(fields, "md5OfBody")?;
        message.md5_of_message_attributes = read(fields, "md5OfMessageAttributes")?;
        message.event_source = read(fields, "eventSource")?;
        message.aws_region = read(fields, "awsRegion")?;
        message.attributes = read(fields, "attributes")?;
        message.message_attributes = read(fields, "messageAttributes")?;
        Ok(Self(message))
    }
}

fn read<T: DeserializeOwned + Default>(fields: &Fields<'_>, name: &str) -> Result<T, BoxError> {
    let Some(value) = fields.get(name) else {
        return Ok(T::default());
    };
    serde_json::from_str(value)
        .map_err(|error| format!("`{name}` cannot be read: {}", json::describe(&error)).into())
}
