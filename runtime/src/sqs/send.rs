//! A record sent to the DLQ: unchanged, with the reason in addition.

use std::collections::BTreeMap;

use aws_lambda_events::sqs::SqsMessageAttribute;
use aws_sdk_sqs::{
    Client,
    error::BuildError,
    operation::send_message::builders::SendMessageFluentBuilder,
    primitives::Blob,
    types::{
        MessageAttributeValue, MessageSystemAttributeNameForSends, MessageSystemAttributeValue,
    },
};

use redrive_model::{
    limits::{MESSAGE_ATTRIBUTES, MESSAGE_BYTES},
    names::{REASON, SOURCE_MESSAGE_ID},
};

use crate::{
    error::BoxError,
    message::{Record, raw_attributes},
};

/// The call that sends `record` to the DLQ, with the sender's own attributes,
/// group and trace header, and with the `reason` and its id if there is one and
/// as far as they fit.
///
/// # Errors
///
/// If the record's attributes cannot be read.
pub(super) fn message(
    client: &Client,
    dlq_url: &str,
    record: Record<'_>,
    reason: Option<&str>,
) -> Result<SendMessageFluentBuilder, BoxError> {
    let system = record.system_attributes()?;
    let fifo = dlq_url.ends_with(".fifo");
    let trace_header = system
        .trace_header
        .map(|header| {
            MessageSystemAttributeValue::builder()
                .data_type("String")
                .string_value(header)
                .build()
        })
        .transpose()?;
    let mut call = client
        .send_message()
        .queue_url(dlq_url)
        .message_body(record.body())
        .set_message_group_id(system.group_id.map(Into::into))
        .set_message_attributes(Some(attributes(record, reason)?.into_iter().collect()));
    if fifo {
        // Not the sender's, as SQS itself does when it moves a message: two
        // messages with one id, sent long apart, must both stay.
        call = call.message_deduplication_id(record.message_id());
    }
    if let Some(header) = trace_header {
        call = call
            .message_system_attributes(MessageSystemAttributeNameForSends::AwsTraceHeader, header);
    }
    Ok(call)
}

fn attributes(
    record: Record<'_>,
    reason: Option<&str>,
) -> Result<BTreeMap<String, MessageAttributeValue>, BoxError> {
    let sent = raw_attributes(&record.fields)?;
    let mut attributes = BTreeMap::new();
    for (name, value) in sent {
        attributes.insert(name, again(value)?);
    }
    let Some(reason) = reason else {
        return Ok(attributes);
    };
    // The sender's own go first: the function will need them after a redrive.
    let sizes = attributes.iter().map(|(name, value)| size(name, value));
    let mut total = record.body().len() + sizes.sum::<usize>();
    for (name, text) in [(REASON, reason), (SOURCE_MESSAGE_ID, &record.message_id())] {
        let value = string(text)?;
        let old = attributes.get(name);
        let number = attributes.len() + usize::from(old.is_none());
        let with = total + size(name, &value) - old.map_or(0, |old| size(name, old));
        if number <= MESSAGE_ATTRIBUTES && with <= MESSAGE_BYTES {
            attributes.insert(name.to_owned(), value);
            total = with;
        }
    }
    Ok(attributes)
}

/// What SQS counts of an attribute: its name, its type and its value.
fn size(name: &str, value: &MessageAttributeValue) -> usize {
    let text = value.string_value().map_or(0, str::len);
    let bytes = value.binary_value().map_or(0, |data| data.as_ref().len());
    name.len() + value.data_type().len() + text + bytes
}

fn again(sent: SqsMessageAttribute) -> Result<MessageAttributeValue, BuildError> {
    MessageAttributeValue::builder()
        .set_data_type(sent.data_type)
        .set_string_value(sent.string_value)
        .set_binary_value(sent.binary_value.map(|data| Blob::new(data.0.clone())))
        .build()
}

/// SQS rejects a text that is empty or has control characters.
fn string(text: &str) -> Result<MessageAttributeValue, BuildError> {
    let printable: String = text
        .chars()
        .map(|c| match c {
            '\t' | '\n' | '\r' => c,
            _ if c.is_control() => ' ',
            '\u{fffe}' | '\u{ffff}' => ' ',
            _ => c,
        })
        .collect();
    let text = if printable.trim().is_empty() {
        "unknown".to_owned()
    } else {
        printable
    };
    MessageAttributeValue::builder()
        .data_type("String")
        .string_value(text)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{deadline::Deadline, event::Event};
    use std::time::Duration;

    fn client() -> Client {
        crate::sqs::client::client_from(|_| Some("test".to_owned())).unwrap()
    }

    /// What would be sent of the only record in `event`.
    fn sent(dlq_url: &str, event: &serde_json::Value, reason: &str) -> SendMessageFluentBuilder {
        sent_with_body(dlq_url, event, "the body", reason)
    }

    fn sent_with_body(
        dlq_url: &str,
        event: &serde_json::Value,
        body: &str,
        reason: &str,
    ) -> SendMessageFluentBuilder {
        let json = event.to_string();
        let event = Event::read(json.into()).unwrap();
        let timeout = Duration::from_secs(30);
        let record = Record {
            fields: event.record(0),
            body,
            deadline: Deadline::after(timeout, timeout),
            context: crate::tests::support::context(),
        };
        message(&client(), dlq_url, record, Some(reason)).unwrap()
    }

    fn record(attributes: &serde_json::Value) -> serde_json::Value {
        serde_json::json!({"Records": [{
            "messageId": "m1",
            "body": "the body",
            "attributes": {
                "MessageGroupId": "g",
                "MessageDeduplicationId": "d",
                "AWSTraceHeader": "Root=1-2-3",
            },
            "messageAttributes": attributes,
        }]})
    }

    #[test]
    fn the_message_is_unchanged_with_the_reason() {
        let event = record(&serde_json::json!({
            "tenant": {"stringValue": "acme", "dataType": "String.name"},
            "blob": {"binaryValue": "AAEC", "dataType": "Binary"},
        }));
        let sent = sent("https://sqs/dlq.fifo", &event, "no such \u{1}card");
        let input = sent.as_input();
        let attributes = input.get_message_attributes().as_ref().unwrap();

        assert_eq!(input.get_message_body().as_deref(), Some("the body"));
        assert_eq!(input.get_message_group_id().as_deref(), Some("g"));
        assert_eq!(input.get_message_deduplication_id().as_deref(), Some("m1"));
        assert_eq!(attributes["tenant"].string_value(), Some("acme"));
        assert_eq!(attributes["tenant"].data_type(), "String.name");
        assert_eq!(
            attributes["blob"].binary_value().unwrap().as_ref(),
            [0, 1, 2]
        );
        assert_eq!(
            attributes["RedriveReason"].string_value(),
            Some("no such  card")
        );
        assert_eq!(
            attributes["RedriveSourceMessageId"].string_value(),
            Some("m1")
        );
        let system = input.get_message_system_attributes().as_ref().unwrap();
        assert_eq!(
            system[&MessageSystemAttributeNameForSends::AwsTraceHeader].string_value(),
            Some("Root=1-2-3")
        );
    }

    #[test]
    fn a_reason_is_a_text_that_sqs_accepts() {
        for (reason, expected) in [
            ("", "unknown"),
            (" \u{0}\n", "unknown"),
            ("a\u{fffe}b\u{ffff}c\u{7f}d\u{85}e", "a b c d e"),
            ("a\tb\r\nc é 🚀", "a\tb\r\nc é 🚀"),
        ] {
            let sent = sent("https://sqs/dlq", &record(&serde_json::json!({})), reason);
            let attributes = sent.as_input().get_message_attributes().as_ref().unwrap();
            assert_eq!(attributes["RedriveReason"].string_value(), Some(expected));
        }
    }

    #[test]
    fn a_standard_dlq_gets_no_deduplication_id() {
        let sent = sent("https://sqs/dlq", &record(&serde_json::json!({})), "why");

        assert_eq!(sent.as_input().get_message_deduplication_id(), &None);
    }

    #[test]
    fn never_more_attributes_than_sqs_allows() {
        for (own, has_reason, has_id) in [(8, true, true), (9, true, false), (10, false, false)] {
            let attributes: serde_json::Map<_, _> = (0..own)
                .map(|n| {
                    let value = serde_json::json!({"stringValue": "v", "dataType": "String"});
                    (format!("a{n}"), value)
                })
                .collect();
            let sent = sent("https://sqs/dlq", &record(&attributes.into()), "");
            let attributes = sent.as_input().get_message_attributes().as_ref().unwrap();

            assert!(attributes.len() <= 10);
            assert_eq!(attributes.contains_key("RedriveReason"), has_reason);
            assert_eq!(attributes.contains_key("RedriveSourceMessageId"), has_id);
        }
    }

    #[test]
    fn never_longer_than_sqs_allows() {
        // Name, type and value: 30 bytes of the id, 119 of the reason.
        for (left, has_reason, has_id) in [
            (149, true, true),
            (148, true, false),
            (118, false, true),
            (29, false, false),
        ] {
            let body = "b".repeat((1 << 20) - left);
            let reason = "r".repeat(100);
            let event = record(&serde_json::json!({}));
            let sent = sent_with_body("https://sqs/dlq", &event, &body, &reason);
            let attributes = sent.as_input().get_message_attributes().as_ref().unwrap();

            assert_eq!(
                attributes.contains_key("RedriveReason"),
                has_reason,
                "{left}"
            );
            assert_eq!(
                attributes.contains_key("RedriveSourceMessageId"),
                has_id,
                "{left}"
            );
        }
    }
}
