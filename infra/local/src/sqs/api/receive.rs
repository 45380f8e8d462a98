//! `ReceiveMessage`, with long polling.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Api, present};
use crate::clock::add_seconds;
use crate::sqs::ReceiveLimit;
use crate::sqs::error::SqsError;
use crate::sqs::message::{Message, md5_of_attributes, md5_of_body};

/// The limits of `MaxNumberOfMessages`.
const MAX_MESSAGES: std::ops::RangeInclusive<usize> = 1..=10;

/// The maximum of `WaitTimeSeconds`.
const MAX_WAIT: u32 = 20;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ReceiveMessage {
    queue: String,
    max_number_of_messages: Option<usize>,
    visibility_timeout: Option<u32>,
    #[serde(default)]
    wait_time_seconds: u32,
    /// The older name of `MessageSystemAttributeNames`; both may be used.
    #[serde(default)]
    attribute_names: Vec<String>,
    #[serde(default)]
    message_system_attribute_names: Vec<String>,
    #[serde(default)]
    message_attribute_names: Vec<String>,
}

impl Api {
    pub(super) async fn receive(&self, request: ReceiveMessage) -> Result<Value, SqsError> {
        let max = request.max_number_of_messages.unwrap_or(1);
        if !MAX_MESSAGES.contains(&max) {
            let reason = "Must be between 1 and 10, if provided.";
            return Err(SqsError::invalid_value(max, "MaxNumberOfMessages", reason));
        }
        let wait = request.wait_time_seconds;
        if wait > MAX_WAIT {
            let reason = "Must be >= 0 and <= 20, if provided.";
            return Err(SqsError::invalid_value(wait, "WaitTimeSeconds", reason));
        }
        let messages = self.poll(&request, max).await?;
        let messages = messages.iter().map(|message| describe(message, &request));
        Ok(present(json!({ "Messages": messages.collect::<Vec<_>>() })))
    }

    async fn poll(&self, request: &ReceiveMessage, max: usize) -> Result<Vec<Message>, SqsError> {
        let clock = self.sqs.clock();
        // The client waits in real time.
        let _hold = clock.hold();
        let deadline = add_seconds(clock.now(), request.wait_time_seconds);
        let mut wakes = clock.wakes();
        loop {
            let (messages, due) = self.sqs.read(|sqs, now| {
                let limit = ReceiveLimit::messages(max);
                let received =
                    sqs.receive(&request.queue, limit, request.visibility_timeout, now)?;
                Ok((received, sqs.next_due(now)))
            })?;
            if !messages.is_empty() || clock.now() >= deadline {
                return Ok(messages);
            }
            let next = due.map_or(deadline, |due| due.min(deadline));
            tokio::select! {
                () = tokio::time::sleep(clock.until(next)) => {}
                _ = wakes.changed() => {}
            }
        }
    }
}

fn describe(message: &Message, request: &ReceiveMessage) -> Value {
    let mut system = crate::sqs::system_attributes(message);
    system.retain(|name, _| {
        let names = request.attribute_names.iter();
        names
            .chain(&request.message_system_attribute_names)
            .any(|selected| selected == "All" || selected == name)
    });
    let mut attributes = message.attributes.clone();
    attributes.retain(|name, _| {
        let mut selected = request.message_attribute_names.iter();
        selected.any(|selected| selects(selected, name))
    });
    present(json!({
        "MessageId": message.id,
        "ReceiptHandle": message.receipt_handle(),
        "Body": message.body,
        "MD5OfBody": md5_of_body(&message.body),
        "Attributes": system,
        "MessageAttributes": attributes,
        "MD5OfMessageAttributes": md5_of_attributes(&attributes),
    }))
}

/// Whether `selected`, a name or a prefix such as `order.*`, selects the attribute.
fn selects(selected: &str, name: &str) -> bool {
    match selected.strip_suffix(".*") {
        Some(prefix) => name.starts_with(prefix),
        None => selected == "All" || selected == name,
    }
}
