//! A message as `aws_lambda_events` models it.

use std::ops::Deref;

use aws_lambda_events::sqs::SqsMessage;

use crate::{
    error::BoxError,
    event::Field,
    message::{FromMessage, Record, attributes::raw_attributes},
};

/// The whole message as [`aws_lambda_events`] models it, to which this derefs.
///
/// The body is not parsed.
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
        message.event_source_arn = fields.read(Field::EventSourceArn)?;
        message.receipt_handle = fields.read(Field::ReceiptHandle)?;
        message.md5_of_body = fields.read(Field::Md5OfBody)?;
        message.md5_of_message_attributes = fields.read(Field::Md5OfMessageAttributes)?;
        message.event_source = fields.read(Field::EventSource)?;
        message.aws_region = fields.read(Field::AwsRegion)?;
        message.attributes = fields.read(Field::Attributes)?;
        message.message_attributes = raw_attributes(&fields)?;
        Ok(Self(message))
    }
}
