//! The messages that are sent at the start.

use super::Simulation;
use super::start_error::StartError;
use crate::scenario::{Destination, Scenario, ScenarioMessage};
use crate::sns::{Delivery, SnsError, Topics};
use crate::sqs::{Outgoing, SqsError};

impl Simulation {
    /// Sends and publishes the messages of `scenario`.
    ///
    /// # Errors
    /// All messages that cannot be sent.
    pub(super) fn send(&mut self, scenario: Scenario, topics: &Topics) -> Result<(), StartError> {
        let mut problems = Vec::new();
        for (index, message) in scenario.messages.into_iter().enumerate() {
            let ScenarioMessage {
                name,
                destination,
                message,
            } = message;
            // Two equal lines are two messages.
            let id = format!("line-{index}");
            let sent = match destination {
                Destination::Queue(queue) => self.send_one(&name, queue.as_deref(), message, id),
                Destination::Topic(topic) => self.publish(&name, &topic, message, id, topics),
            };
            problems.extend(sent.err());
        }
        match problems.is_empty() {
            true => Ok(()),
            false => Err(StartError::Invalid(problems)),
        }
    }

    fn send_one(
        &mut self,
        name: &str,
        specified: Option<&str>,
        mut message: Outgoing,
        id: String,
    ) -> Result<(), String> {
        let queues = self.workers.iter().map(|it| it.function.queue_name());
        let queues: Vec<_> = queues.collect();
        let queue = match (specified, &queues[..]) {
            (None, [only]) => only.as_str(),
            (Some(queue), queues) if queues.iter().any(|it| it == queue) => queue,
            _ => {
                let problem = match specified {
                    Some(queue) => {
                        format!("is for the queue `{queue}`, which this package does not have")
                    }
                    None => "does not specify its queue".to_owned(),
                };
                let queues = queues.join(", ");
                return Err(format!(
                    "{name} {problem}\nhelp: write `\"queue\"` with one of: {queues}"
                ));
            }
        };
        if queue.ends_with(".fifo") {
            message.deduplication.get_or_insert(id);
        }
        let sent = self.sqs.change(|sqs, now| sqs.send(queue, message, now));
        let sent = sent.map_err(|reason| rejected(queue, name, &reason))?;
        self.ledger.name(sent.origin, name);
        Ok(())
    }

    fn publish(
        &mut self,
        name: &str,
        specified: &str,
        mut message: Outgoing,
        id: String,
        topics: &Topics,
    ) -> Result<(), String> {
        let topic = topics.find(specified).ok_or_else(|| {
            let help = match topics.arns().collect::<Vec<_>>().join(", ") {
                topics if topics.is_empty() => String::new(),
                topics => format!("\nhelp: write `\"topic\"` with one of: {topics}"),
            };
            format!(
                "{name} is for the topic `{specified}`, which is not one of `topics` of this package{help}"
            )
        })?;
        if topic.ends_with(".fifo") {
            message.deduplication.get_or_insert(id);
        }
        let published = self
            .sqs
            .change(|sqs, now| topics.publish(sqs, topic, &message, now));
        let published = published.map_err(|reason| {
            let help = help_with_topic(&reason);
            format!("the topic {topic} rejects {name}: {reason}{help}")
        })?;
        let is_one = published.deliveries.len() == 1;
        for Delivery {
            queue,
            origin,
            rejected: reason,
        } in published.deliveries
        {
            if let Some(reason) = reason {
                return Err(rejected(&queue, name, &reason));
            }
            match is_one {
                true => self.ledger.name(origin, name),
                false => self.ledger.name(origin, &format!("{name} ({queue})")),
            }
        }
        Ok(())
    }

    /// The characters of the longest name of a message.
    pub fn longest_name(&self) -> usize {
        self.ledger.longest_name()
    }
}

fn rejected(queue: &str, name: &str, reason: &SqsError) -> String {
    let help = help(reason);
    format!("the queue {queue} rejects {name}: {reason}{help}")
}

/// How to fix the message file, where SNS's text does not explain it.
fn help_with_topic(reason: &SnsError) -> &'static str {
    match reason {
        SnsError::InvalidParameter(problem) if problem.contains("MessageGroupId") => {
            "\nhelp: add `\"group\"` to the message"
        }
        SnsError::InvalidParameter(problem) if problem.contains("MessageDeduplicationId") => {
            "\nhelp: remove `\"deduplication\"`, which only FIFO topics support"
        }
        _ => "",
    }
}

/// How to fix the message file, where SQS's text does not explain it.
fn help(reason: &SqsError) -> &'static str {
    match reason {
        SqsError::MissingParameter("MessageGroupId") => "\nhelp: add `\"group\"` to the message",
        SqsError::MissingParameter("MessageBody") => "\nhelp: write a body that is not empty",
        SqsError::FifoDelay(_) => {
            "\nhelp: remove `\"delay\"`; a FIFO queue has one delay for all its messages"
        }
        SqsError::StandardDeduplication => {
            "\nhelp: remove `\"deduplication\"`, which only FIFO queues support"
        }
        _ => "",
    }
}
