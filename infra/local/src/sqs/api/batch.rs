//! The batch actions: each entry succeeds or fails by itself.

use std::collections::BTreeSet;

use redrive_model::limits::MESSAGE_BYTES;
use serde_json::{Value, json};

use super::Api;
use super::wire::{Batch, Entry, Handle, Visibility, WireMessage};
use crate::names;
use crate::sqs::error::SqsError;
use crate::sqs::send::size;

/// Most entries in one batch.
const MAX_ENTRIES: usize = 10;

impl Api {
    pub(super) fn send_message_batch(&self, batch: Batch<WireMessage>) -> Result<Value, SqsError> {
        let Batch { queue_url, entries } = batch;
        let read = |Entry { id, item }: Entry<WireMessage>| Entry {
            id,
            item: item.read(),
        };
        let entries: Vec<_> = entries.into_iter().map(read).collect();
        let messages = entries.iter().filter_map(|entry| entry.item.as_ref().ok());
        let bytes = messages.map(size).sum();
        if bytes > MESSAGE_BYTES {
            return Err(SqsError::long_batch(MESSAGE_BYTES, bytes));
        }
        self.each(Batch { queue_url, entries }, |name, message| {
            self.send(name, message?)
        })
    }

    pub(super) fn delete_message_batch(&self, batch: Batch<Handle>) -> Result<Value, SqsError> {
        self.each(batch, |name, item| {
            self.sqs
                .change(|sqs, now| sqs.delete(name, &item.receipt_handle, now))?;
            Ok(json!({}))
        })
    }

    pub(super) fn change_message_visibility_batch(
        &self,
        batch: Batch<Visibility>,
    ) -> Result<Value, SqsError> {
        self.each(batch, |name, item| {
            self.sqs.change(|sqs, now| {
                let seconds = item.visibility_timeout;
                sqs.change_visibility(name, &item.receipt_handle, seconds, now)
            })?;
            Ok(json!({}))
        })
    }

    fn each<T>(
        &self,
        batch: Batch<T>,
        mut act: impl FnMut(&str, T) -> Result<Value, SqsError>,
    ) -> Result<Value, SqsError> {
        check(&batch.entries)?;
        let name = names::queue_of_url(&batch.queue_url);
        self.sqs.read(|sqs, _| sqs.queue(name).map(|_| ()))?;

        let mut successful = Vec::new();
        let mut failed = Vec::new();
        for Entry { id, item } in batch.entries {
            match act(name, item) {
                Ok(mut answer) => {
                    answer["Id"] = id.into();
                    successful.push(answer);
                }
                Err(error) => failed.push(json!({
                    "Id": id,
                    "SenderFault": true,
                    "Code": error.code,
                    "Message": error.message,
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
        return Err(SqsError::empty_batch());
    }
    if entries.len() > MAX_ENTRIES {
        return Err(SqsError::large_batch(entries.len()));
    }
    let mut seen = BTreeSet::new();
    match entries.iter().find(|entry| !seen.insert(&entry.id)) {
        Some(entry) => Err(SqsError::repeated_id(&entry.id)),
        None => Ok(()),
    }
}
