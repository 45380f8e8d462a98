//! `ReceiveMessage`, with long polling.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::wire::{ReceiveMessage, WireAttribute};
use super::{Api, answer};
use crate::clock::add_seconds;
use crate::names;
use crate::sqs::Most;
use crate::sqs::error::SqsError;
use crate::sqs::message::{Attribute, Message, md5_of_attributes, md5_of_body};

/// Limits of `MaxNumberOfMessages`.
const MAX_MESSAGES: std::ops::RangeInclusive<usize> = 1..=10;

/// Longest `WaitTimeSeconds`.
const MAX_WAIT: u32 = 20;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<Received>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Received {
    message_id: String,
    receipt_handle: String,
    body: String,
    #[serde(rename = "MD5OfBody")]
    md5_of_body: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    message_attributes: BTreeMap<String, WireAttribute>,
    #[serde(
        rename = "MD5OfMessageAttributes",
        skip_serializing_if = "Option::is_none"
    )]
    md5_of_message_attributes: Option<String>,
}

impl Api {
    pub(super) async fn receive_message(&self, request: ReceiveMessage) -> Result<Value, SqsError> {
        let max = request.max_number_of_messages.unwrap_or(1);
        if !MAX_MESSAGES.contains(&max) {
            return Err(SqsError::invalid_parameter(format!(
                "Value {max} for parameter MaxNumberOfMessages is invalid. Reason: Must be \
                 between 1 and 10, if provided."
            )));
        }
        if request.wait_time_seconds > MAX_WAIT {
            return Err(SqsError::invalid_parameter(format!(
                "Value {} for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= \
                 20, if provided.",
                request.wait_time_seconds
            )));
        }
        let messages = self.poll(&request, max).await?;
        Ok(answer(&Answer {
            messages: messages
                .iter()
                .map(|message| show(message, &request))
                .collect(),
        }))
    }

    async fn poll(&self, request: &ReceiveMessage, max: usize) -> Result<Vec<Message>, SqsError> {
        let name = names::queue_of_url(&request.queue_url);
        let clock = self.sqs.clock();
        // A client that waits is something real under way.
        let _hold = clock.hold();
        let deadline = add_seconds(clock.now(), request.wait_time_seconds);
        let mut changes = self.sqs.changes();
        loop {
            let (messages, due) = self.sqs.read(|sqs, now| {
                let received =
                    sqs.receive(name, Most::messages(max), request.visibility_timeout, now)?;
                Ok((received, sqs.next_due(now)))
            })?;
            if !messages.is_empty() || clock.now() >= deadline {
                return Ok(messages);
            }
            let next = due.map_or(deadline, |due| due.min(deadline));
            tokio::select! {
                () = tokio::time::sleep(clock.until(next)) => {}
                _ = changes.changed() => {}
            }
        }
    }
}

fn show(message: &Message, request: &ReceiveMessage) -> Received {
    let wanted: Vec<&String> = request
        .attribute_names
        .iter()
        .chain(&request.message_system_attribute_names)
        .collect();
    let system = crate::sqs::system_attributes(message)
        .into_iter()
        .filter(|(name, _)| wanted.iter().any(|want| *want == "All" || want == name))
        .collect();
    let chosen: BTreeMap<String, Attribute> = message
        .attributes
        .iter()
        .filter(|(name, _)| {
            request
                .message_attribute_names
                .iter()
                .any(|want| names_attribute(want, name))
        })
        .map(|(name, attribute)| (name.clone(), attribute.clone()))
        .collect();
    Received {
        message_id: message.id.clone(),
        receipt_handle: message.receipt_handle(),
        body: message.body.clone(),
        md5_of_body: md5_of_body(&message.body),
        attributes: system,
        md5_of_message_attributes: md5_of_attributes(&chosen),
        message_attributes: chosen
            .iter()
            .map(|(name, attribute)| (name.clone(), WireAttribute::write(attribute)))
            .collect(),
    }
}

/// Whether `want`, a name or a prefix as `order.*`, asks for the attribute.
fn names_attribute(want: &str, name: &str) -> bool {
    match want.strip_suffix(".*") {
        Some(prefix) => name.starts_with(prefix),
        None => want == "All" || want == name,
    }
}
