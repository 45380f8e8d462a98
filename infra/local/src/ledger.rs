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
    names: BTreeMap<Origin, String>,
    pub(crate) counts: Counts,
}

#[derive(Debug, Default)]
struct Entry {
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
            names: BTreeMap::new(),
            counts: Counts::default(),
        }
    }

    /// Names a message.
    pub(crate) fn name(&mut self, origin: Origin, name: &str) {
        self.names.insert(origin, name.to_owned());
    }

    /// The characters of the longest name.
    pub(crate) fn longest_name(&self) -> usize {
        let names = self.names.values().map(|name| name.chars().count());
        names.max().unwrap_or_default()
    }

    pub(crate) fn name_of(&self, origin: Origin) -> String {
        self.names
            .get(&origin)
            .cloned()
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
        let locations = self.locations(sqs, now);
        let messages = self
            .entries
            .iter()
            .map(|(origin, entry)| MessageSummary {
                name: self.name_of(*origin),
                receives: entry.receives,
                redrives: entry.redrives,
                fate: entry.fate(locations.get(origin)),
            })
            .collect();
        Summary {
            started: self.started,
            ended: now,
            messages,
            counts: self.counts,
            ended_by,
        }
    }
}

/// Where a message is.
#[derive(Clone, Debug)]
struct Location {
    queue: String,
    is_dlq: bool,
    is_parking: bool,
    /// Why it cannot be received now.
    blocked_by: Option<String>,
}

impl Ledger {
    /// The location of a message that is in two queues is the DLQ or the parking queue.
    fn locations(&self, sqs: &Sqs, now: Timestamp) -> BTreeMap<Origin, Location> {
        let mut locations = BTreeMap::new();
        for queue in sqs.queues() {
            let is_dlq = sqs.sources_of(&queue.config.name).next().is_some();
            let is_parking = sqs.is_parking(&queue.config.name);
            for message in queue.messages() {
                let location = Location {
                    queue: queue.config.name.clone(),
                    is_dlq,
                    is_parking,
                    blocked_by: self.blocked_by(queue, message, now),
                };
                if is_dlq || is_parking || !locations.contains_key(&message.origin) {
                    locations.insert(message.origin, location);
                }
            }
        }
        locations
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

impl Entry {
    fn fate(&self, location: Option<&Location>) -> Fate {
        let reason = self.last_error.clone();
        match location {
            Some(location) if location.is_dlq => Fate::InDlq {
                queue: location.queue.clone(),
                reason,
            },
            Some(location) if location.is_parking => Fate::Parked {
                queue: location.queue.clone(),
                reason,
            },
            Some(location) => Fate::Waiting {
                queue: location.queue.clone(),
                reason: reason.or_else(|| location.blocked_by.clone()),
            },
            None => self.end.clone().unwrap_or(Fate::Unaccounted),
        }
    }
}

#[cfg(test)]
mod tests;
