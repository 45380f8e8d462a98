//! The queue of the function `book`, to which the others send.

use std::env;

use anyhow::{Context as _, bail};
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use aws_sdk_sqs::{Client, Config};
use bookkeeping::Entry;

/// As SQS limits it.
const BATCH: usize = 10;

#[derive(Debug)]
pub struct Ledger {
    sqs: Client,
    queue_url: String,
}

impl Ledger {
    /// With what Lambda and the template have put into the environment.
    pub async fn connect() -> anyhow::Result<Self> {
        let get = |name| env::var(name).with_context(|| format!("{name} is not set"));
        let endpoint = env::var("AWS_ENDPOINT_URL_SQS").or_else(|_| env::var("AWS_ENDPOINT_URL"));
        let credentials = Credentials::new(
            get("AWS_ACCESS_KEY_ID")?,
            get("AWS_SECRET_ACCESS_KEY")?,
            env::var("AWS_SESSION_TOKEN").ok(),
            None,
            "environment",
        );
        let mut config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(get("AWS_REGION")?))
            .credentials_provider(SharedCredentialsProvider::new(credentials));
        config.set_endpoint_url(endpoint.ok());
        let sqs = Client::from_conf(config.build());
        let queue = get("LEDGER_QUEUE")?;
        let found = sqs.get_queue_url().queue_name(&queue).send().await;
        let queue_url = found
            .with_context(|| format!("cannot find the queue {queue}"))?
            .queue_url
            .context("a queue without a URL")?;
        Ok(Self { sqs, queue_url })
    }

    pub fn new(sqs: Client, queue_url: impl Into<String>) -> Self {
        let queue_url = queue_url.into();
        Self { sqs, queue_url }
    }

    /// Sends entries, those of a customer in their order. An entry that is sent twice is booked
    /// once, so that a message can be processed again.
    pub async fn send(&self, entries: &[Entry]) -> anyhow::Result<()> {
        for batch in entries.chunks(BATCH) {
            let messages = batch.iter().map(message).collect::<anyhow::Result<_>>()?;
            let sent = self
                .sqs
                .send_message_batch()
                .queue_url(&self.queue_url)
                .set_entries(Some(messages))
                .send()
                .await?;
            if let Some(failed) = sent.failed.first() {
                bail!("SQS rejects entry {}: {}", failed.id, failed.code);
            }
        }
        Ok(())
    }
}

fn message(entry: &Entry) -> anyhow::Result<SendMessageBatchRequestEntry> {
    let message = SendMessageBatchRequestEntry::builder()
        .id(&entry.id)
        .message_body(serde_json::to_string(entry)?)
        .message_group_id(entry.customer.to_string())
        .message_deduplication_id(&entry.id)
        .build()?;
    Ok(message)
}
