//! Compares queues that exist with what the keys of the attribute declare, which the build
//! could not see.

use std::{collections::HashMap, time::Duration};

use aws_sdk_sqs::{Client, types::QueueAttributeName};
use redrive_model::{
    declared::{Difference, Existing},
    log::{TARGET, event},
};
use tokio::time;

use super::{
    config::{Config, QueueArn},
    error::{self, Call},
};

type Attributes = HashMap<QueueAttributeName, String>;

/// Warns of each difference. The redrive runs anyway: a queue that was changed makes it no
/// less useful.
pub(super) async fn compare(client: &Client, config: &Config, patience: Duration) {
    for difference in differences(client, config, patience).await {
        let help = difference.help();
        let Difference {
            key,
            rule,
            problem,
            declared,
            found,
            ..
        } = difference;
        let event = event::QUEUE_DIFFERS;
        tracing::warn!(target: TARGET, event, rule, key, declared, found, help, "{problem}");
    }
}

async fn differences(client: &Client, config: &Config, patience: Duration) -> Vec<Difference> {
    let Config { source, dlq, .. } = config;
    let of = async |is_dlq, arn: &QueueArn, other: &QueueArn, url: &Option<String>| {
        let url = url.as_deref().filter(|_| config.declared.is_of(is_dlq));
        let attributes = attributes(client, config, url?, patience).await?;
        Some(config.declared.differences(&Existing {
            arn: arn.as_str(),
            is_dlq,
            other: Some(other.as_str()),
            attribute: |name: &str| attributes.get(&name.into()).cloned(),
        }))
    };
    let (of_queue, of_dlq) = tokio::join!(
        of(false, source, dlq, &config.queue_url),
        of(true, dlq, source, &config.dlq_url)
    );
    of_queue.into_iter().chain(of_dlq).flatten().collect()
}

async fn attributes(
    client: &Client,
    config: &Config,
    url: &str,
    patience: Duration,
) -> Option<Attributes> {
    let call = client
        .get_queue_attributes()
        .queue_url(url)
        .attribute_names(QueueAttributeName::All)
        .send();
    let error = match time::timeout(patience, call).await {
        Ok(Ok(output)) => return output.attributes,
        Ok(Err(error)) => error::failed(Call::Compare, config, &error),
        Err(_) => error::no_answer(Call::Compare, config),
    };
    tracing::warn!(target: TARGET, event = event::QUEUE_DIFFERS, queue = url, %error, "a queue cannot be compared with what its keys declare");
    None
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use redrive_model::declared::Declared;
    use serde_json::json;

    use super::super::tests::config;
    use super::{Config, differences};
    use crate::tests::aws::{Answer, FakeAws};

    #[tokio::test]
    async fn each_queue_that_exists_is_compared() {
        let attributes = json!({ "Attributes": {
            "VisibilityTimeout": "30",
            "MessageRetentionPeriod": "345600",
            "KmsMasterKeyId": "alias/orders",
        } });
        let aws = FakeAws::start([("GetQueueAttributes", Answer::ok(&attributes))]).await;
        let declared = "visibility_timeout=180 retention=345600 dlq_retention=345600 \
                        senders=arn:aws:s3:::uploads";
        let config = Config {
            queue_url: Some("https://sqs.eu-west-1.amazonaws.com/123456789012/orders".to_owned()),
            declared: Declared::decode(declared),
            ..config(None)
        };

        let found = differences(&aws.client(), &config, Duration::from_secs(3)).await;

        let found: Vec<_> = found.iter().map(|one| one.problem.as_str()).collect();
        let expected = [
            "`visibility_timeout` is 3 min, but the queue has 30 s",
            "the queue is encrypted with the KMS key `alias/orders`",
            "the policy of the queue does not deny access without TLS",
            "the policy of the queue does not allow `arn:aws:s3:::uploads` to send",
            "the queue is encrypted with the KMS key `alias/orders`",
        ];
        assert_eq!(found, expected);
        assert_eq!(aws.calls("GetQueueAttributes"), 2);
        assert_eq!(
            aws.request("GetQueueAttributes")["AttributeNames"],
            json!(["All"])
        );
    }

    #[tokio::test]
    async fn a_queue_of_the_template_is_not_read() {
        let aws = FakeAws::start([]).await;
        let found = differences(&aws.client(), &config(None), Duration::from_secs(3)).await;
        assert_eq!(found, []);
        assert_eq!(aws.calls("GetQueueAttributes"), 0);
    }
}
