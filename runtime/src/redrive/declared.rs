//! Compares queues that exist with what the keys of the attribute declare, which the build
//! could not see.

use std::{collections::HashMap, time::Duration};

use aws_sdk_sqs::{Client, types::QueueAttributeName};
use redrive_model::{
    declared::Declared,
    log::{TARGET, event},
};
use serde_json::Value;
use tokio::time;

use super::config::Config;

type Attributes = HashMap<QueueAttributeName, String>;

/// A number that is not as it is declared.
#[derive(Debug, PartialEq, Eq)]
struct Difference {
    key: &'static str,
    rule: &'static str,
    declared: u32,
    /// `None`: the queue has none.
    found: Option<u32>,
}

/// Warns of each difference. The redrive runs anyway: a queue that was changed makes it no
/// less useful.
pub(super) async fn compare(client: &Client, config: &Config, patience: Duration) {
    let is_of = |is_of_dlq: bool| {
        let declared = config.declared.iter();
        declared.filter(move |(one, _)| one.is_of_dlq == is_of_dlq)
    };
    let of_queue = async {
        let url = config
            .queue_url
            .as_deref()
            .filter(|_| is_of(false).next().is_some());
        let attributes = attributes(client, url?, patience).await?;
        if let Some(other) = other_dlq(&attributes, config.dlq.as_str()) {
            let (event, rule) = (event::QUEUE_DIFFERS, "dlq_needed");
            tracing::warn!(target: TARGET, event, rule, dlq = %config.dlq, found = other, "the source queue has another DLQ than `dlq` declares");
        }
        Some(differences(is_of(false), &attributes))
    };
    let of_dlq = async {
        let url = config
            .dlq_url
            .as_deref()
            .filter(|_| is_of(true).next().is_some());
        let attributes = attributes(client, url?, patience).await?;
        Some(differences(is_of(true), &attributes))
    };
    let (of_queue, of_dlq) = tokio::join!(of_queue, of_dlq);
    for difference in of_queue.into_iter().chain(of_dlq).flatten() {
        let Difference {
            key,
            rule,
            declared,
            found,
        } = difference;
        let event = event::QUEUE_DIFFERS;
        tracing::warn!(target: TARGET, event, rule, key, declared, found, "a queue is not as its keys declare");
    }
}

fn differences<'a>(
    declared: impl Iterator<Item = &'a (Declared, u32)>,
    attributes: &Attributes,
) -> Vec<Difference> {
    let differences = declared.filter_map(|(one, declared)| {
        let found = match one.attribute {
            "maxReceiveCount" => redrive_policy(attributes, one.attribute),
            name => attributes.get(&name.into()).cloned(),
        };
        let found = found.and_then(|number| number.parse().ok());
        (found != Some(*declared)).then_some(Difference {
            key: one.key,
            rule: one.rule,
            declared: *declared,
            found,
        })
    });
    differences.collect()
}

/// The DLQ of the queue, if it is another one.
fn other_dlq(attributes: &Attributes, dlq: &str) -> Option<String> {
    let found = redrive_policy(attributes, "deadLetterTargetArn").unwrap_or_default();
    (found != dlq).then_some(found)
}

/// A value of the queue's redrive policy; a number may be in quotes.
fn redrive_policy(attributes: &Attributes, name: &str) -> Option<String> {
    let policy = attributes.get(&QueueAttributeName::RedrivePolicy)?;
    let policy: Value = serde_json::from_str(policy).ok()?;
    match &policy[name] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

async fn attributes(client: &Client, url: &str, patience: Duration) -> Option<Attributes> {
    let call = client
        .get_queue_attributes()
        .queue_url(url)
        .attribute_names(QueueAttributeName::All)
        .send();
    let error = match time::timeout(patience, call).await {
        Ok(Ok(output)) => return output.attributes,
        Ok(Err(error)) => error.to_string(),
        Err(_) => "SQS did not answer in time".to_owned(),
    };
    tracing::warn!(target: TARGET, event = event::QUEUE_DIFFERS, queue = url, error, "a queue cannot be compared with what its keys declare");
    None
}

#[cfg(test)]
mod tests {
    use aws_sdk_sqs::types::QueueAttributeName;
    use redrive_model::declared::decode;

    use super::{Attributes, differences, other_dlq};

    fn attributes(policy: &str) -> Attributes {
        let attributes = [
            (QueueAttributeName::VisibilityTimeout, "30"),
            (QueueAttributeName::MessageRetentionPeriod, "345600"),
            (QueueAttributeName::RedrivePolicy, policy),
        ];
        attributes
            .map(|(name, value)| (name, value.to_owned()))
            .into()
    }

    fn differing(declared: &str, policy: &str) -> Vec<(&'static str, Option<u32>)> {
        let declared = decode(declared);
        let found = differences(declared.iter(), &attributes(policy));
        found.into_iter().map(|one| (one.rule, one.found)).collect()
    }

    #[test]
    fn what_is_as_declared_is_not_mentioned() {
        let declared = "visibility_timeout=30 max_receive_count=5 retention=345600";
        for count in ["5", "\"5\""] {
            let policy = format!(r#"{{"maxReceiveCount":{count}}}"#);
            assert_eq!(differing(declared, &policy), []);
        }
    }

    #[test]
    fn each_difference_has_its_rule_and_number() {
        let declared = "visibility_timeout=180 max_receive_count=5 retention=60";
        let expected = [
            ("visibility_timeout", Some(30)),
            ("receive_count_low", None),
            ("expires_before_dlq", Some(345_600)),
        ];
        assert_eq!(differing(declared, ""), expected);
    }

    #[test]
    fn another_dlq_is_found() {
        let policy = r#"{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:123456789012:dead"}"#;
        let dlq = "arn:aws:sqs:eu-west-1:123456789012:dead";
        assert_eq!(other_dlq(&attributes(policy), dlq), None);
        assert_eq!(
            other_dlq(&attributes(policy), "other").as_deref(),
            Some(dlq)
        );
        assert_eq!(other_dlq(&attributes(""), dlq).as_deref(), Some(""));
    }
}
