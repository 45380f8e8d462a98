//! The book that every message is in, from when it was sent.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::sqs::{Fact, Message, Origin, Sqs, What};
use crate::summary::{Counts, Fate, MessageSummary, Summary};
use crate::timeline::{Event, Happening};

/// What is known of each message, and what has been told of it.
#[derive(Debug)]
pub(crate) struct Journal {
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

impl Journal {
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

    fn name_of(&self, origin: Origin) -> String {
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
    pub(crate) fn summary(&self, sqs: &Sqs, now: Timestamp) -> Summary {
        let held = held(sqs);
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
        }
    }
}

/// Where a message is.
#[derive(Clone, Debug)]
struct Place {
    queue: String,
    is_dlq: bool,
}

/// A message that is in two queues is named in its DLQ.
fn held(sqs: &Sqs) -> BTreeMap<Origin, Place> {
    let mut held = BTreeMap::new();
    for queue in sqs.queues() {
        let is_dlq = sqs.sources_of(&queue.config.name).next().is_some();
        for message in queue.messages() {
            let place = Place {
                queue: queue.config.name.clone(),
                is_dlq,
            };
            if is_dlq || !held.contains_key(&message.origin) {
                held.insert(message.origin, place);
            }
        }
    }
    held
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
                why,
            },
            None => self.end.clone().unwrap_or(Fate::Unaccounted),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqs::{Attribute, Most, Outgoing, QueueConfig, RedrivePolicy};

    fn start() -> Timestamp {
        "2026-01-05T09:00:00Z".parse().unwrap()
    }

    /// `work` and its DLQ `dead`, with one message in flight in `work`.
    fn in_flight() -> (Sqs, Message) {
        in_flight_in("work", "dead")
    }

    fn in_flight_in(work: &str, dead: &str) -> (Sqs, Message) {
        let mut sqs = Sqs::new(0);
        for (name, dlq) in [(dead, None), (work, Some(dead))] {
            sqs.create(QueueConfig {
                name: name.to_owned(),
                visibility_timeout: 30,
                retention: 345_600,
                redrive_policy: dlq.map(|dlq: &str| RedrivePolicy {
                    dead_letter_queue: dlq.to_owned(),
                    max_receive_count: 1,
                }),
            });
        }
        send(&mut sqs, work, BTreeMap::new());
        let message = sqs.receive(work, Most::messages(1), None, start());
        (sqs, message.unwrap().remove(0))
    }

    fn send(sqs: &mut Sqs, queue: &str, attributes: BTreeMap<String, Attribute>) {
        let fifo = |text: &str| queue.ends_with(".fifo").then(|| text.to_owned());
        let outgoing = Outgoing {
            body: "x".to_owned(),
            attributes,
            group: fifo("g"),
            deduplication: fifo("d"),
            ..Outgoing::default()
        };
        sqs.send(queue, outgoing, start()).unwrap();
    }

    /// As the worker sends `message` to its DLQ.
    fn send_on(sqs: &mut Sqs, queue: &str, message: &Message) {
        let attributes = [
            ("RedriveSourceMessageId", &*message.id),
            ("RedriveReason", "no such card"),
        ];
        let attributes = attributes.map(|(name, text)| (name.to_owned(), Attribute::string(text)));
        send(sqs, queue, attributes.into());
    }

    /// What is told of the facts since the last time.
    fn tell(journal: &mut Journal, sqs: &mut Sqs) -> Vec<&'static str> {
        let facts = sqs.take_facts();
        let events = facts.into_iter().filter_map(|fact| journal.fact(fact));
        events.map(|event| event.happening.what()).collect()
    }

    fn fate(journal: &Journal, sqs: &Sqs) -> Fate {
        journal.summary(sqs, start()).messages.remove(0).fate
    }

    #[test]
    fn a_message_that_vanishes_is_not_accounted_for() {
        let (mut sqs, _) = in_flight();
        let mut journal = Journal::new(start());
        tell(&mut journal, &mut sqs);
        assert!(matches!(fate(&journal, &sqs), Fate::Waiting { .. }));
        // A queue without it, in place of the one that has it.
        let config = sqs.queue("work").unwrap().config.clone();
        sqs.create(config);
        assert_eq!(fate(&journal, &sqs), Fate::Unaccounted);
    }

    #[test]
    fn success_is_told_once() {
        let (mut sqs, message) = in_flight();
        let mut journal = Journal::new(start());
        tell(&mut journal, &mut sqs);
        let done = Delivery::Done { attempt: 1 };
        assert!(journal.delivery(&message, "work", done, start()).is_some());
        sqs.delete("work", &message.receipt_handle(), start())
            .unwrap();
        assert!(tell(&mut journal, &mut sqs).is_empty());
        assert!(matches!(fate(&journal, &sqs), Fate::Done { .. }));
    }

    #[test]
    fn a_message_sent_on_to_the_dlq_is_not_done() {
        let (mut sqs, message) = in_flight();
        let mut journal = Journal::new(start());
        tell(&mut journal, &mut sqs);
        send_on(&mut sqs, "dead", &message);
        assert_eq!(tell(&mut journal, &mut sqs), ["sent on"]);
        let done = Delivery::Done { attempt: 1 };
        assert_eq!(journal.delivery(&message, "work", done, start()), None);
        sqs.delete("work", &message.receipt_handle(), start())
            .unwrap();
        assert!(tell(&mut journal, &mut sqs).is_empty());
        let in_dlq = Fate::InDlq {
            queue: "dead".to_owned(),
            why: Some("no such card".to_owned()),
        };
        assert_eq!(fate(&journal, &sqs), in_dlq);
    }

    #[test]
    fn a_message_that_only_looks_like_it_is_another() {
        let (mut sqs, _) = in_flight();
        let mut journal = Journal::new(start());
        send(&mut sqs, "dead", BTreeMap::new());
        assert_eq!(tell(&mut journal, &mut sqs), ["sent", "sent"]);
    }

    #[test]
    fn a_message_whose_copy_was_dropped_is_not_accounted_for() {
        let (mut sqs, message) = in_flight_in("work.fifo", "dead.fifo");
        send(&mut sqs, "dead.fifo", BTreeMap::new());
        let mut journal = Journal::new(start());
        tell(&mut journal, &mut sqs);
        send_on(&mut sqs, "dead.fifo", &message);
        assert_eq!(tell(&mut journal, &mut sqs), ["duplicate"]);
        let done = Delivery::Done { attempt: 1 };
        assert_eq!(journal.delivery(&message, "work.fifo", done, start()), None);
        sqs.delete("work.fifo", &message.receipt_handle(), start())
            .unwrap();
        assert!(tell(&mut journal, &mut sqs).is_empty());
        assert_eq!(fate(&journal, &sqs), Fate::Unaccounted);
    }
}
