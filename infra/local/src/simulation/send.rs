//! The messages that are sent at the start.

use super::Simulation;
use super::start_error::{MessageError, StartError};
use crate::scenario::{Content, Scenario, ScenarioMessage};
use crate::sns::{Delivery, Publication, Topics};
use crate::sqs::Outgoing;

impl Simulation {
    /// Sends and publishes the messages of `scenario`.
    ///
    /// # Errors
    /// All messages that cannot be sent.
    pub(super) fn send(&mut self, scenario: Scenario, topics: &Topics) -> Result<(), StartError> {
        let queues = self.workers.iter().map(|it| it.function.queue_name());
        let queues: Vec<_> = queues.collect();
        let messages = scenario.messages.into_iter().enumerate();
        let sent = messages.filter_map(|(index, ScenarioMessage { name, content })| {
            // Two equal lines are two messages.
            let id = format!("line-{index}");
            let sent = match content {
                Content::Sent(queue, outgoing) => self.send_one(name, queue, outgoing, id, &queues),
                Content::Published(topic, publication) => {
                    self.publish(name, topic, publication, id, topics)
                }
            };
            sent.err()
        });
        let bad: Vec<_> = sent.collect();
        match bad.is_empty() {
            true => Ok(()),
            false => Err(StartError::Messages(bad)),
        }
    }

    fn send_one(
        &mut self,
        message: String,
        specified: Option<String>,
        mut outgoing: Outgoing,
        id: String,
        queues: &[String],
    ) -> Result<(), MessageError> {
        let queue = match (specified, queues) {
            (None, [only]) => only.clone(),
            (Some(queue), _) if queues.contains(&queue) => queue,
            (specified, _) => {
                let queues = queues.to_vec();
                return Err(MessageError::WhichQueue {
                    message,
                    specified,
                    queues,
                });
            }
        };
        if queue.ends_with(".fifo") {
            outgoing.deduplication.get_or_insert(id);
        }
        match self.sqs.change(|sqs, now| sqs.send(&queue, outgoing, now)) {
            Ok(sent) => {
                self.ledger.name(sent.origin, &message);
                Ok(())
            }
            Err(reason) => Err(MessageError::Rejected {
                message,
                queue,
                reason,
            }),
        }
    }

    fn publish(
        &mut self,
        message: String,
        specified: String,
        mut publication: Publication,
        id: String,
        topics: &Topics,
    ) -> Result<(), MessageError> {
        let Some(topic) = topics.find(&specified) else {
            let topics = topics.arns().map(str::to_owned).collect();
            return Err(MessageError::WhichTopic {
                message,
                specified,
                topics,
            });
        };
        if topic.ends_with(".fifo") {
            publication.deduplication.get_or_insert(id);
        }
        let published = self
            .sqs
            .change(|sqs, now| topics.publish(sqs, topic, &publication, now));
        let deliveries = match published {
            Ok(published) => published.deliveries,
            Err(reason) => {
                let topic = topic.to_owned();
                return Err(MessageError::NotPublished {
                    message,
                    topic,
                    reason,
                });
            }
        };
        let is_one = deliveries.len() == 1;
        for Delivery {
            queue,
            origin,
            rejected,
        } in deliveries
        {
            if let Some(reason) = rejected {
                return Err(MessageError::Rejected {
                    message,
                    queue,
                    reason,
                });
            }
            match is_one {
                true => self.ledger.name(origin, &message),
                false => self.ledger.name(origin, &format!("{message} ({queue})")),
            }
        }
        Ok(())
    }

    /// The characters of the longest name of a message.
    pub fn longest_name(&self) -> usize {
        self.ledger.longest_name()
    }
}
