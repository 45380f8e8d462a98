//! The book that every message is in, from when it was sent.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::sqs::{Fact, Message, Origin, Queue, Sqs, What};
use crate::summary::{Counts, EndedBy, Fate, MessageSummary, Summary};
use crate::timeline::{Event, Happening, moment};

/// What is known of each message, and what has been told of it.
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
    /// The worker has sent it on, so its own success does not end it.
    sent_on: bool,
    end: Option<Fate>,
}

/// How one delivery of a message ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    Done { attempt: u32 },
    Failed { attempts: Option<u32>, why: String },
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

    /// What people call a message.
    pub(crate) fn name(&mut self, origin: Origin, name: &str) {
        self.names.insert(origin, name.to_owned());
    }

    /// What people call it.
    pub(crate) fn name_of(&self, origin: Origin) -> String {
        self.names
            .get(&origin)
            .cloned()
            .unwrap_or_else(|| format!("message {}", origin.0 + 1))
    }

    fn entry(&mut self, origin: Origin) -> &mut Entry {
        self.entries.entry(origin).or_default()
    }

    /// Takes note of what happened inside SQS, and tells it if it is worth it.
    pub(crate) fn fact(&mut self, fact: Fact) -> Option<Event> {
        let Fact {
            at,
            origin,
            queue,
            what,
        } = fact;
        let happening = match what {
            What::Sent { id } => {
                self.entry(origin);
                Happening::Sent {
                    queue,
                    message_id: id,
                }
            }
            What::SentOn { id, why } => {
                let entry = self.entry(origin);
                entry.sent_on = true;
                entry.last_error.clone_from(&why);
                Happening::SentOn {
                    queue,
                    message_id: id,
                    why,
                }
            }
            // Once the original is deleted it is lost, unless an earlier copy
            // is still there.
            What::CopyDropped => {
                self.entry(origin).sent_on = true;
                Happening::Duplicate { queue }
            }
            What::Duplicate => {
                self.entry(origin).end.get_or_insert(Fate::Duplicate);
                Happening::Duplicate { queue }
            }
            What::Again => Happening::Again { queue },
            // The worker's success has been told already.
            What::Deleted if self.entry(origin).end.is_some() => return None,
            What::Deleted if std::mem::take(&mut self.entry(origin).sent_on) => return None,
            What::Deleted | What::Purged => {
                self.entry(origin).end = Some(Fate::Deleted);
                Happening::Deleted { queue }
            }
            What::DeadLettered {
                from,
                receive_count,
            } => Happening::DeadLettered {
                from,
                queue,
                receives: receive_count,
                why: self.entry(origin).last_error.clone(),
            },
            What::Redriven { from, id } => {
                self.counts.redriven += 1;
                self.entry(origin).redrives += 1;
                Happening::Redriven {
                    from,
                    queue,
                    message_id: id,
                }
            }
            What::Expired => {
                self.entry(origin).end = Some(Fate::Expired {
                    queue: queue.clone(),
                });
                Happening::Expired { queue }
            }
        };
        Some(self.event(at, origin, happening))
    }

    /// Takes note of a delivery that has ended, and tells it.
    pub(crate) fn delivery(
        &mut self,
        message: &Message,
        function: &str,
        delivery: Delivery,
        at: Timestamp,
    ) -> Option<Event> {
        let receive = message.receive_count;
        let entry = self.entry(message.origin);
        entry.receives += 1;
        let (happening, retries) = match delivery {
            Delivery::Done { .. } if entry.sent_on => (None, 0),
            Delivery::Done { attempt } => {
                entry.end = Some(Fate::Done {
                    at,
                    receive,
                    attempt,
                });
                let function = function.to_owned();
                let happening = Happening::Done {
                    function,
                    receive,
                    attempt,
                };
                (Some(happening), attempt.saturating_sub(1))
            }
            Delivery::Failed { attempts, why } => {
                entry.last_error = Some(why.clone());
                let retries = attempts.map_or(0, |attempts| attempts.saturating_sub(1));
                let function = function.to_owned();
                let happening = Happening::Failed {
                    function,
                    receive,
                    attempts,
                    why,
                };
                (Some(happening), retries)
            }
        };
        self.counts.receives += 1;
        self.counts.retries += usize::try_from(retries).unwrap_or(usize::MAX);
        happening.map(|happening| self.event(at, message.origin, happening))
    }

    fn event(&self, time: Timestamp, origin: Origin, happening: Happening) -> Event {
        Event {
            time,
            message: Some(self.name_of(origin)),
            happening,
        }
    }

    /// Compares the book with what the queues hold.
    pub(crate) fn summary(&self, sqs: &Sqs, now: Timestamp, ended_by: EndedBy) -> Summary {
        let held = self.held(sqs, now);
        let messages = self
            .entries
            .iter()
            .map(|(origin, entry)| MessageSummary {
                name: self.name_of(*origin),
                receives: entry.receives,
                redrives: entry.redrives,
                fate: entry.fate(held.get(origin)),
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
struct Place {
    queue: String,
    is_dlq: bool,
    /// Why it has not been received, if it could not be.
    waits: Option<String>,
}

impl Ledger {
    /// A message that is in two queues is named in its DLQ.
    fn held(&self, sqs: &Sqs, now: Timestamp) -> BTreeMap<Origin, Place> {
        let mut held = BTreeMap::new();
        for queue in sqs.queues() {
            let is_dlq = sqs.sources_of(&queue.config.name).next().is_some();
            for message in queue.messages() {
                let place = Place {
                    queue: queue.config.name.clone(),
                    is_dlq,
                    waits: self.waits(queue, message, now),
                };
                if is_dlq || !held.contains_key(&message.origin) {
                    held.insert(message.origin, place);
                }
            }
        }
        held
    }

    fn waits(&self, queue: &Queue, message: &Message, now: Timestamp) -> Option<String> {
        if message.in_flight(now) {
            return Some("the run ended while it was worked on".to_owned());
        }
        if message.available_at > now {
            return Some(format!(
                "its delay lasts until {}",
                moment(message.available_at)
            ));
        }
        let before = queue
            .messages()
            .iter()
            .take_while(|other| other.id != message.id)
            .find(|other| queue.is_fifo() && other.group == message.group)?;
        let before = self.name_of(before.origin);
        Some(format!("it is behind {before} in its group"))
    }
}

impl Entry {
    fn fate(&self, held: Option<&Place>) -> Fate {
        let why = self.last_error.clone();
        match held {
            Some(place) if place.is_dlq => Fate::InDlq {
                queue: place.queue.clone(),
                why,
            },
            Some(place) => Fate::Waiting {
                queue: place.queue.clone(),
                why: why.or_else(|| place.waits.clone()),
            },
            None => self.end.clone().unwrap_or(Fate::Unaccounted),
        }
    }
}

#[cfg(test)]
mod tests;
