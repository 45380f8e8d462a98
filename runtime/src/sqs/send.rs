//! A record that is sent on: unchanged, with the round and the reason in addition.

use std::collections::BTreeMap;

use aws_lambda_events::sqs::SqsMessageAttribute;
use aws_sdk_sqs::{
    error::BuildError,
    primitives::Blob,
    types::{
        MessageAttributeValue, MessageSystemAttributeNameForSends, MessageSystemAttributeValue,
        SendMessageBatchRequestEntry,
    },
};
use sha2::{Digest as _, Sha256};

use redrive_model::{
    limits::{MESSAGE_ATTRIBUTES, MESSAGE_BYTES},
    names::{ADDED_ATTRIBUTES, REASON, ROUND, SOURCE_MESSAGE_ID},
};

use super::Outgoing;
use crate::{error::BoxError, message::raw_attributes};

/// The entry of a call that sends a record on, with the sender's own attributes, group
/// and trace header; with the round, and with the reason and its id if `explained` and as
/// far as they fit.
///
/// # Errors
///
/// If the record's attributes cannot be read.
pub(super) fn entry(
    id: usize,
    queue_url: &str,
    outgoing: &Outgoing<'_>,
    explained: bool,
) -> Result<SendMessageBatchRequestEntry, BoxError> {
    let Outgoing { record, round, .. } = *outgoing;
    let system = record.system_attributes()?;
    let fifo = queue_url.ends_with(".fifo");
    let trace_header = system
        .trace_header
        .map(|header| {
            MessageSystemAttributeValue::builder()
                .data_type("String")
                .string_value(header)
                .build()
        })
        .transpose()?;
    let attributes = attributes(outgoing, explained)?;
    let mut entry = SendMessageBatchRequestEntry::builder()
        .id(id.to_string())
        .message_body(record.body())
        .set_message_group_id(system.group_id.map(Into::into))
        .set_message_attributes(Some(attributes.into_iter().collect()));
    if fifo {
        entry = entry.message_deduplication_id(deduplication_id(&record.message_id(), round));
    }
    if let Some(header) = trace_header {
        entry = entry
            .message_system_attributes(MessageSystemAttributeNameForSends::AwsTraceHeader, header);
    }
    Ok(entry.build()?)
}

/// Not the sender's, as SQS itself does when it moves a message: two messages with one
/// id, sent long apart, must both stay. With the round, which is another message for SQS.
fn deduplication_id(message_id: &str, round: Option<u32>) -> String {
    match round {
        None => message_id.to_owned(),
        Some(round) => {
            let digest = Sha256::digest(format!("{message_id} {round}"));
            digest.iter().map(|byte| format!("{byte:02x}")).collect()
        }
    }
}

fn attributes(
    outgoing: &Outgoing<'_>,
    explained: bool,
) -> Result<BTreeMap<String, MessageAttributeValue>, BoxError> {
    let Outgoing {
        record,
        reason,
        round,
    } = *outgoing;
    let mut attributes = BTreeMap::new();
    for (name, value) in raw_attributes(&record.fields)? {
        // Those of an earlier round make room for the new ones.
        if !ADDED_ATTRIBUTES.contains(&name.as_str()) {
            attributes.insert(name, again(value)?);
        }
    }
    // The sender's own go first: the function will need them after a redrive.
    let sizes = attributes.iter().map(|(name, value)| size(name, value));
    let mut total = record.body().len() + sizes.sum::<usize>();
    let round = round.map(|round| number(round).map(|value| (ROUND, value)));
    let id = record.message_id();
    let explanation = [(REASON, reason), (SOURCE_MESSAGE_ID, &*id)];
    let explanation = explanation.into_iter().filter(|_| explained);
    let explanation = explanation.map(|(name, text)| string(text).map(|value| (name, value)));
    for added in round.into_iter().chain(explanation) {
        let (name, value) = added?;
        let with = total + size(name, &value);
        if attributes.len() < MESSAGE_ATTRIBUTES && with <= MESSAGE_BYTES {
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

fn number(number: u32) -> Result<MessageAttributeValue, BuildError> {
    MessageAttributeValue::builder()
        .data_type("Number")
        .string_value(number.to_string())
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
    use std::time::Duration;

    use super::*;
    use crate::{deadline::Deadline, event::Event, message::Record};

    /// What would be sent of the only record in `event`.
    fn sent(
        queue_url: &str,
        event: &serde_json::Value,
        reason: &str,
    ) -> SendMessageBatchRequestEntry {
        sent_with(queue_url, event, "the body", reason, None)
    }

    fn sent_with(
        queue_url: &str,
        event: &serde_json::Value,
        body: &str,
        reason: &str,
        round: Option<u32>,
    ) -> SendMessageBatchRequestEntry {
        let json = event.to_string();
        let event = Event::read(json.into()).unwrap();
        let timeout = Duration::from_secs(30);
        let record = Record {
            fields: event.record(0),
            body,
            deadline: Deadline::after(timeout, timeout),
            context: crate::tests::support::context(),
        };
        let outgoing = Outgoing {
            record,
            reason,
            round,
        };
        entry(0, queue_url, &outgoing, true).unwrap()
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
        let attributes = sent.message_attributes().unwrap();

        assert_eq!(sent.message_body(), "the body");
        assert_eq!(sent.message_group_id(), Some("g"));
        assert_eq!(sent.message_deduplication_id(), Some("m1"));
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
        let system = sent.message_system_attributes().unwrap();
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
            let attributes = sent.message_attributes().unwrap();
            assert_eq!(attributes["RedriveReason"].string_value(), Some(expected));
        }
    }

    #[test]
    fn a_standard_dlq_gets_no_deduplication_id() {
        let sent = sent("https://sqs/dlq", &record(&serde_json::json!({})), "why");

        assert_eq!(sent.message_deduplication_id(), None);
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
            let attributes = sent.message_attributes().unwrap();

            assert!(attributes.len() <= 10);
            assert_eq!(attributes.contains_key("RedriveReason"), has_reason);
            assert_eq!(attributes.contains_key("RedriveSourceMessageId"), has_id);
        }
    }

    fn attributes_of(own: usize, more: &[(&str, &str, &str)]) -> serde_json::Value {
        let own = (0..own).map(|n| (format!("a{n}"), "String", "v"));
        let more = more
            .iter()
            .map(|(name, kind, value)| ((*name).to_owned(), *kind, *value));
        let attributes = own.chain(more).map(|(name, kind, value)| {
            let value = serde_json::json!({"stringValue": value, "dataType": kind});
            (name, value)
        });
        serde_json::Value::Object(attributes.collect())
    }

    #[test]
    fn the_round_replaces_what_an_earlier_round_added() {
        let before = [
            ("RedriveRound", "Number", "1"),
            ("RedriveReason", "String", "before"),
            ("RedriveSourceMessageId", "String", "m0"),
        ];
        for (own, before, expected) in [
            (0, &before[..], ["2", "why", "m1"]),
            (7, &before, ["2", "why", "m1"]),
            (8, &before[..2], ["2", "why", ""]),
            (9, &before[..1], ["2", "", ""]),
            (9, &before[1..2], ["2", "", ""]),
            (10, &[], ["", "", ""]),
        ] {
            let event = record(&attributes_of(own, before));
            let sent = sent_with("https://sqs/dlq", &event, "b", "why", Some(2));
            let attributes = sent.message_attributes().unwrap();
            let added = ADDED_ATTRIBUTES.map(|name| {
                let value = attributes.get(name).and_then(|value| value.string_value());
                value.unwrap_or_default()
            });

            assert_eq!(added, expected, "{own}");
            assert!(attributes.len() <= 10);
            assert!(
                attributes
                    .get(ROUND)
                    .is_none_or(|it| it.data_type() == "Number")
            );
        }
    }

    #[test]
    fn each_round_is_another_message_for_a_fifo_queue() {
        let event = record(&serde_json::json!({}));
        let id = |round| {
            let sent = sent_with("https://sqs/dlq.fifo", &event, "b", "why", Some(round));
            sent.message_deduplication_id().unwrap().to_owned()
        };

        assert_eq!(id(1), id(1));
        assert_ne!(id(1), id(2));
        // `printf 'm1 1' | sha256sum`
        assert_eq!(
            id(1),
            "56fbdbfaa539371ed6b0aa3c3adbe0ed0f2aff041998f483abc96081c5c2ae70"
        );
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
            let sent = sent_with("https://sqs/dlq", &event, &body, &reason, None);
            let attributes = sent.message_attributes().unwrap();

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
