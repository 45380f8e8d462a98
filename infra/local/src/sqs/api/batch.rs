//! Batch actions: each entry succeeds or fails by itself.

use std::collections::BTreeSet;

use redrive_model::limits::MESSAGE_BYTES;
use serde_json::{Value, json};

use super::Api;
use super::message::WireMessage;
use super::request::Entry;
use crate::names;
use crate::sqs::error::SqsError;
use crate::sqs::send::size;

const MAX_ENTRIES: usize = 10;

impl Api {
    pub(super) fn send_batch(
        &self,
        queue_url: &str,
        entries: Vec<Entry<WireMessage>>,
    ) -> Result<Value, SqsError> {
        let entries: Vec<_> = entries
            .into_iter()
            .map(|Entry { id, item }| Entry {
                id,
                item: item.read(),
            })
            .collect();
        let messages = entries.iter().filter_map(|entry| entry.item.as_ref().ok());
        let sent = messages.map(size).sum();
        if sent > MESSAGE_BYTES {
            let limit = MESSAGE_BYTES;
            return Err(SqsError::BatchTooLong { limit, sent });
        }
        self.each(queue_url, entries, |message| self.send(queue_url, message?))
    }

    pub(super) fn each<T>(
        &self,
        queue_url: &str,
        entries: Vec<Entry<T>>,
        mut act: impl FnMut(T) -> Result<Value, SqsError>,
    ) -> Result<Value, SqsError> {
        check(&entries)?;
        let name = names::queue_of_url(queue_url);
        self.sqs.read(|sqs, _| sqs.queue(name).map(|_| ()))?;

        let mut successful = Vec::new();
        let mut failed = Vec::new();
        for Entry { id, item } in entries {
            match act(item) {
                Ok(mut answer) => {
                    answer["Id"] = id.into();
                    successful.push(answer);
                }
                Err(error) => failed.push(json!({
                    "Id": id,
                    "SenderFault": true,
                    "Code": error.code(),
                    "Message": error.to_string(),
                })),
            }
        }
        let mut answer = json!({ "Successful": successful });
        if !failed.is_empty() {
            answer["Failed"] = failed.into();
        }
        Ok(answer)
    }
}

fn check<T>(entries: &[Entry<T>]) -> Result<(), SqsError> {
    if entries.is_empty() {
        return Err(SqsError::EmptyBatch);
    }
    if entries.len() > MAX_ENTRIES {
        return Err(SqsError::TooManyEntries(entries.len()));
    }
    let mut seen = BTreeSet::new();
    match entries.iter().find(|entry| !seen.insert(&entry.id)) {
        Some(entry) => Err(SqsError::RepeatedId(entry.id.clone())),
        None => Ok(()),
    }
}
