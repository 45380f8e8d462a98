//! The ledger, which accounts for every message that was sent.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::sqs::{Message, Origin, Queue, QueueEvent, Sqs};
use crate::summary::{Counts, EndedBy, Fate, MessageSummary, Summary};
use crate::timeline::{EventKind, TimelineEvent, moment};

/// The state of each message, and the counts of the simulation.
#[derive(Debug)]
pub(crate) struct Ledger {
    started: Timestamp,
    entries: BTreeMap<Origin, Entry>,
    pub(crate) counts: Counts,
}

#[derive(Debug, Default)]
struct Entry {
    name: Option<String>,
    receives: usize,
    redrives: usize,
    last_error: Option<String>,
    /// The worker has sent a copy to the DLQ, so the deletion of the original is
    /// not the end of the message.
    forwarded: bool,
    end: Option<Fate>,
}

impl Ledger {
    pub(crate) fn new(started: Timestamp) -> Self {
        Self {
            started,
            entries: BTreeMap::new(),
            counts: Counts::default(),
        }
    }

    /// Names a message.
    pub(crate) fn name(&mut self, origin: Origin, name: &str) {
        self.entries.entry(origin).or_default().name = Some(name.to_owned());
    }

    /// The characters of the longest name.
    pub(crate) fn longest_name(&self) -> usize {
        let names = self.entries.values().filter_map(|it| it.name.as_ref());
        names.map(|name| name.chars().count()).max().unwrap_or(0)
    }

    pub(crate) fn name_of(&self, origin: Origin) -> String {
        let entry = self.entries.get(&origin);
        entry
            .and_then(|entry| entry.name.clone())
            .unwrap_or_else(|| format!("message {}", origin.0 + 1))
    }

    /// Records an event of a queue, and returns it for the timeline if it is not
    /// there already.
    pub(crate) fn queue_event(&mut self, event: QueueEvent) -> Option<TimelineEvent> {
        let QueueEvent {
            at,
            origin,
            mut kind,
        } = event;
        let entry = self.entries.entry(origin).or_default();
        match &mut kind {
            EventKind::Forwarded { reason, .. } => {
                entry.forwarded = true;
                // The copy may have no room for it.
                if reason.is_some() {
                    entry.last_error.clone_from(reason);
                }
            }
            // After the original is deleted the message is lost, unless an earlier
            // copy is still in the DLQ.
            EventKind::Duplicate { is_copy: true, .. } => entry.forwarded = true,
            EventKind::NotDelivered { queue, reason } => {
                entry.end = Some(Fate::NotDelivered {
                    queue: queue.clone(),
                    reason: reason.clone(),
                });
            }
            EventKind::Duplicate { .. } => {
                entry.end.get_or_insert(Fate::Duplicate);
            }
            // The worker's success is in the timeline already.
            EventKind::Deleted { .. } if entry.end.is_some() => return None,
            EventKind::Deleted { .. } if std::mem::take(&mut entry.forwarded) => return None,
            EventKind::Deleted { .. } => entry.end = Some(Fate::Deleted),
            EventKind::DeadLettered { reason, .. } => reason.clone_from(&entry.last_error),
            EventKind::Redriven { .. } => {
                self.counts.redriven += 1;
                entry.redrives += 1;
            }
            EventKind::Expired { queue } => {
                let queue = queue.clone();
                entry.end = Some(Fate::Expired { queue });
            }
            _ => {}
        }
        Some(self.event(at, origin, kind))
    }

    /// Records the end of a delivery, and returns it for the timeline.
    pub(crate) fn delivery(
        &mut self,
        origin: Origin,
        delivery: EventKind,
        at: Timestamp,
    ) -> Option<TimelineEvent> {
        let entry = self.entries.entry(origin).or_default();
        self.counts.receives += 1;
        entry.receives += 1;
        let attempts = match delivery {
            EventKind::Completed { .. } if entry.forwarded => return None,
            EventKind::Completed {
                receive, attempt, ..
            } => {
                let is_copy = attempt == 0 && matches!(entry.end, Some(Fate::Completed { .. }));
                if !is_copy {
                    entry.end = Some(Fate::Completed {
                        at,
                        receive,
                        attempt,
                    });
                }
                attempt
            }
            EventKind::Failed {
                attempts,
                ref reason,
                ..
            } => {
                entry.last_error = Some(reason.clone());
                attempts.unwrap_or_default()
            }
            _ => 0,
        };
        let retries = usize::try_from(attempts.saturating_sub(1));
        self.counts.retries += retries.unwrap_or(usize::MAX);
        Some(self.event(at, origin, delivery))
    }

    fn event(&self, time: Timestamp, origin: Origin, kind: EventKind) -> TimelineEvent {
        TimelineEvent {
            time,
            message: Some(self.name_of(origin)),
            kind,
        }
    }

    /// Compares the ledger with the contents of the queues.
    pub(crate) fn summary(&self, sqs: &Sqs, now: Timestamp, ended_by: EndedBy) -> Summary {
        let entries = self.entries.iter();
        let messages = entries.map(|(&origin, entry)| MessageSummary {
            name: self.name_of(origin),
            receives: entry.receives,
            redrives: entry.redrives,
            fate: self.fate(origin, entry, sqs, now),
        });
        Summary {
            started: self.started,
            ended: now,
            messages: messages.collect(),
            counts: self.counts,
            ended_by,
        }
    }

    /// Where a message is, or else what ended it. One that is in two queues is in the DLQ or
    /// the parking queue.
    fn fate(&self, origin: Origin, entry: &Entry, sqs: &Sqs, now: Timestamp) -> Fate {
        let mut waiting = None;
        for queue in sqs.queues() {
            let mut messages = queue.messages().iter();
            let Some(message) = messages.find(|message| message.origin == origin) else {
                continue;
            };
            let reason = entry.last_error.clone();
            let name = queue.config.name.clone();
            if sqs.sources_of(&name).next().is_some() {
                return Fate::InDlq {
                    queue: name,
                    reason,
                };
            }
            if queue.config.is_parking {
                return Fate::Parked {
                    queue: name,
                    reason,
                };
            }
            waiting = Some(Fate::Waiting {
                queue: name,
                reason: reason.or_else(|| self.blocked_by(queue, message, now)),
            });
        }
        let ended = waiting.or_else(|| entry.end.clone());
        ended.unwrap_or(Fate::Unaccounted)
    }

    fn blocked_by(&self, queue: &Queue, message: &Message, now: Timestamp) -> Option<String> {
        if message.in_flight(now) {
            return Some("the run ended while it was being processed".to_owned());
        }
        if message.available_at > now {
            let end = moment(message.available_at);
            return Some(format!("its delay lasts until {end}"));
        }
        let before = queue
            .messages()
            .iter()
            .take_while(|other| other.id != message.id)
            .find(|other| queue.is_fifo() && other.group == message.group)?;
        let before = self.name_of(before.origin);
        Some(format!("{before} is before it in its group"))
    }
}

#[cfg(test)]
mod tests;
