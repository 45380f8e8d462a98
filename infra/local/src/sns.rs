//! SNS: the topics of a stack, and the queues that are subscribed to them.

pub(crate) mod api;
mod envelope;
mod error;

pub use error::SnsError;

use std::collections::BTreeMap;

use jiff::Timestamp;
use redrive_infra::filter_policy::FilterPolicy;
use redrive_infra::stack::Stack;
use redrive_model::policy::FilterScope;
use serde_json::Value;

use crate::sqs::{Attribute, AttributeValue, Attributes, Origin, Outgoing, Sqs, SqsError};
use crate::sqs::{bytes_of, md5_of_body};
use envelope::Envelope;

/// The most bytes of a message and its attributes; see
/// <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>.
const MAX_BYTES: usize = 262_144;

/// The most characters of a subject.
const MAX_SUBJECT: usize = 100;

/// The topics that the functions of a stack name, by ARN.
#[derive(Debug)]
pub(crate) struct Topics(BTreeMap<String, Vec<Subscription>>);

/// A queue that is subscribed to a topic.
#[derive(Debug)]
struct Subscription {
    queue: String,
    /// `RawMessageDelivery`.
    is_raw: bool,
    /// `FilterPolicy` and `FilterPolicyScope`.
    filter: Option<(FilterPolicy, FilterScope)>,
}

/// A message that was published.
#[derive(Debug)]
pub(crate) struct Published {
    /// `MessageId`.
    pub(crate) id: String,
    /// `SequenceNumber`, of FIFO topics.
    pub(crate) sequence: Option<String>,
    /// What became of it at each subscription.
    pub(crate) deliveries: Vec<Delivery>,
}

/// The delivery of a message to a queue.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) queue: String,
    /// Identifies the copy of the message.
    pub(crate) origin: Origin,
    /// Why SQS rejects it.
    pub(crate) rejected: Option<SqsError>,
}

impl Topics {
    /// The topics of `stack`, which has no parameters.
    ///
    /// # Errors
    /// A filter policy that SNS would reject.
    pub(crate) fn of_stack(stack: &Stack) -> Result<Self, String> {
        let mut topics: BTreeMap<String, Vec<Subscription>> = BTreeMap::new();
        for function in stack.functions.iter().map(|entry| &entry.function) {
            for topic in &function.topics {
                let scope = function.filter_policy_scope;
                let filter = function.filter_policy.as_deref();
                let filter = filter.map(|filter| FilterPolicy::parse(filter, scope));
                let filter = filter.transpose().map_err(|problem| {
                    let name = &function.name;
                    format!("the `filter_policy` of `{name}` cannot be read: {problem}")
                })?;
                topics
                    .entry(topic.with(|_| String::new()))
                    .or_default()
                    .push(Subscription {
                        queue: function.queue_name(),
                        is_raw: function.raw.unwrap_or(true),
                        filter: filter.map(|filter| (filter, scope)),
                    });
            }
        }
        Ok(Self(topics))
    }

    /// The ARNs of all topics.
    pub(crate) fn arns(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The topic of this ARN or name; `None` if there is none, or if several have the
    /// name.
    pub(crate) fn find(&self, topic: &str) -> Option<&str> {
        let is_name = |arn: &&str| arn.rsplit(':').next() == Some(topic);
        let mut named = self.arns().filter(is_name);
        match (self.0.get_key_value(topic), named.next(), named.next()) {
            (Some((arn, _)), ..) => Some(arn),
            (None, Some(arn), None) => Some(arn),
            _ => None,
        }
    }

    /// Publishes a message to the topic with this ARN: sends it to each subscribed
    /// queue whose filter policy lets it through.
    ///
    /// # Errors
    /// There is no such topic, or SNS would reject the message.
    pub(crate) fn publish(
        &self,
        sqs: &mut Sqs,
        topic: &str,
        message: &Outgoing,
        now: Timestamp,
    ) -> Result<Published, SnsError> {
        let subscriptions = self.0.get(topic).ok_or(SnsError::NoTopic)?;
        let is_fifo = topic.ends_with(".fifo");
        check(message, is_fifo)?;
        let id = sqs.new_id();
        let sequence = is_fifo.then(|| sqs.new_sequence());
        let envelope = Envelope::new(topic, &id, sequence.as_deref(), message, now);
        let deliveries = subscriptions.iter().map(|subscription| {
            let queue = subscription.queue.clone();
            let (origin, rejected) = match subscription.filtered(message) {
                Some(what) => {
                    let reason = format!("{what} not match `filter_policy`");
                    (sqs.not_delivered(&queue, reason, now), None)
                }
                None => match sqs.send(&queue, subscription.outgoing(message, &envelope), now) {
                    Ok(sent) => (sent.origin, None),
                    Err(error) => {
                        let reason = error.to_string();
                        (sqs.not_delivered(&queue, reason, now), Some(error))
                    }
                },
            };
            Delivery {
                queue,
                origin,
                rejected,
            }
        });
        let deliveries = deliveries.collect();
        Ok(Published {
            id,
            sequence,
            deliveries,
        })
    }
}

impl Subscription {
    /// What of the message the filter policy does not let through.
    fn filtered(&self, message: &Outgoing) -> Option<&'static str> {
        let (filter, scope) = self.filter.as_ref()?;
        let (passes, what) = match scope {
            FilterScope::Attributes => {
                let values = |path: &[String]| values(&message.attributes, path.first()?);
                (filter.matches(&values), "its attributes do")
            }
            FilterScope::Body => {
                let body: Value = serde_json::from_str(&message.body).unwrap_or_default();
                let values = |path: &[String]| properties(&body, path);
                // SNS filters only bodies that are JSON objects.
                (body.is_object() && filter.matches(&values), "its body does")
            }
        };
        (!passes).then_some(what)
    }

    fn outgoing(&self, message: &Outgoing, envelope: &Envelope<'_>) -> Outgoing {
        let (body, attributes) = match self.is_raw {
            true => (message.body.clone(), message.attributes.clone()),
            false => (envelope.json(), Attributes::new()),
        };
        let deduplication = self.queue.ends_with(".fifo").then(|| {
            // Topics have content-based deduplication here, which hashes the message.
            let hash = || md5_of_body(&message.body);
            message.deduplication.clone().unwrap_or_else(hash)
        });
        Outgoing {
            body,
            attributes,
            group: message.group.clone(),
            deduplication,
            ..Outgoing::default()
        }
    }
}

/// The values of a property that is inside of others; those of all entries of a list.
fn properties(value: &Value, path: &[String]) -> Option<Vec<Value>> {
    match (value, path) {
        (Value::Array(entries), _) => {
            let found = entries.iter().filter_map(|entry| properties(entry, path));
            let found: Vec<_> = found.flatten().collect();
            (!found.is_empty()).then_some(found)
        }
        (value, []) => Some(vec![value.clone()]),
        (value, [name, inner @ ..]) => properties(value.get(name)?, inner),
    }
}

/// The values of an attribute that a filter policy sees: not those of `Binary`.
fn values(attributes: &Attributes, name: &str) -> Option<Vec<Value>> {
    let Attribute { data_type, value } = attributes.get(name)?;
    let AttributeValue::Text(text) = value else {
        return None;
    };
    match &**data_type {
        "String.Array" => match serde_json::from_str(text) {
            Ok(Value::Array(values)) => Some(values),
            _ => None,
        },
        "Number" => text.parse::<f64>().ok().map(|number| vec![number.into()]),
        _ => Some(vec![text.clone().into()]),
    }
}

fn check(message: &Outgoing, is_fifo: bool) -> Result<(), SnsError> {
    let invalid = |problem: &str| Err(SnsError::invalid(problem));
    let bytes = message.body.len() + bytes_of(&message.attributes);
    let subject = message.subject.as_deref();
    if message.body.is_empty() {
        invalid("Empty message")
    } else if bytes > MAX_BYTES {
        invalid("Message too long")
    } else if subject.is_some_and(|it| it.is_empty() || it.chars().count() > MAX_SUBJECT) {
        invalid("Subject")
    } else if is_fifo && message.group.is_none() {
        invalid("The MessageGroupId parameter is required for FIFO topics")
    } else if !is_fifo && message.deduplication.is_some() {
        invalid(
            "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter \
             that is not valid for this topic type",
        )
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
