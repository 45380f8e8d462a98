//! The SQS API, called by the AWS SDK.

mod support;

use std::net::Ipv4Addr;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry,
    MessageAttributeValue, MessageSystemAttributeName, QueueAttributeName,
    SendMessageBatchRequestEntry,
};
use redrive_local::clock::Clock;
use redrive_local::sqs::{QueueConfig, RedrivePolicy, SharedSqs, Sqs, api};
use tokio::net::TcpListener;

struct Queues {
    client: Client,
    clock: Clock,
    endpoint: String,
}

impl Queues {
    /// `work`, its DLQ `dead`, and `work.fifo`.
    async fn serve() -> Self {
        let mut sqs = Sqs::new(0);
        for (name, dlq) in [("dead", None), ("work", Some("dead")), ("work.fifo", None)] {
            sqs.create(QueueConfig {
                redrive_policy: dlq.map(|dlq: &str| RedrivePolicy {
                    dead_letter_queue: dlq.to_owned(),
                    max_receive_count: 1,
                }),
                ..QueueConfig::new(name)
            });
        }
        let clock = Clock::simulated("2026-01-05T09:00:00Z".parse().unwrap());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let router = api::router(SharedSqs::new(sqs, clock.clone()), &endpoint);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            client: support::client(&endpoint),
            clock,
            endpoint,
        }
    }

    fn url(&self, name: &str) -> String {
        redrive_local::names::queue_url(&self.endpoint, name)
    }

    async fn send(&self, body: &str) {
        let send = self.client.send_message().queue_url(self.url("work"));
        send.message_body(body).send().await.unwrap();
    }

    async fn receive(&self) -> Vec<aws_sdk_sqs::types::Message> {
        let receive = self.client.receive_message().queue_url(self.url("work"));
        let received = receive
            .max_number_of_messages(10)
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .message_attribute_names("All")
            .send()
            .await;
        received.unwrap().messages.unwrap_or_default()
    }

    fn pass(&self, seconds: i64) {
        let later = self.clock.now() + jiff::SignedDuration::from_secs(seconds);
        assert!(self.clock.jump(later));
    }
}

#[tokio::test]
async fn a_message_goes_through_as_it_was_sent() {
    let queues = Queues::serve().await;
    let text = MessageAttributeValue::builder()
        .data_type("String")
        .string_value("x")
        .build();
    let bytes = MessageAttributeValue::builder()
        .data_type("Binary")
        .binary_value(aws_sdk_sqs::primitives::Blob::new([1, 2, 3]))
        .build();
    // The SDK compares the MD5 sums of body and attributes by itself.
    queues
        .client
        .send_message()
        .queue_url(queues.url("work"))
        .message_body("hello")
        .message_attributes("tenant", text.unwrap())
        .message_attributes("raw", bytes.unwrap())
        .send()
        .await
        .unwrap();
    let message = queues.receive().await.remove(0);
    assert_eq!(message.body(), Some("hello"));
    let attributes = message.message_attributes().unwrap();
    assert_eq!(attributes["tenant"].string_value(), Some("x"));
    assert_eq!(
        attributes["raw"].binary_value().unwrap().as_ref(),
        [1, 2, 3]
    );
    let count =
        &message.attributes().unwrap()[&MessageSystemAttributeName::ApproximateReceiveCount];
    assert_eq!(count, "1");
}

#[tokio::test]
async fn batches_succeed_and_fail_by_entry() {
    let queues = Queues::serve().await;
    let entry = |id: &str, body: &str| {
        SendMessageBatchRequestEntry::builder()
            .id(id)
            .message_body(body)
            .build()
            .unwrap()
    };
    let sent = queues
        .client
        .send_message_batch()
        .queue_url(queues.url("work"))
        .entries(entry("1", "a"))
        .entries(entry("2", "\u{0}"))
        .send()
        .await
        .unwrap();
    assert_eq!(sent.successful()[0].id(), "1");
    assert_eq!(sent.failed()[0].id(), "2");

    let handle = queues.receive().await.remove(0).receipt_handle.unwrap();
    let change = ChangeMessageVisibilityBatchRequestEntry::builder()
        .id("1")
        .receipt_handle(&handle)
        .visibility_timeout(5);
    let changed = queues
        .client
        .change_message_visibility_batch()
        .queue_url(queues.url("work"))
        .entries(change.build().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(changed.successful().len(), 1);
    let delete = DeleteMessageBatchRequestEntry::builder()
        .id("1")
        .receipt_handle(&handle);
    let deleted = queues
        .client
        .delete_message_batch()
        .queue_url(queues.url("work"))
        .entries(delete.build().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(deleted.successful().len(), 1);
}

#[tokio::test]
async fn a_batch_of_messages_is_no_longer_than_a_message() {
    const MIB: usize = 1_048_576;

    let queues = Queues::serve().await;
    let send = async |bodies: [usize; 2]| {
        let mut send = queues.client.send_message_batch();
        for (index, bytes) in bodies.into_iter().enumerate() {
            let label = MessageAttributeValue::builder().data_type("String");
            let entry = SendMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .message_body("x".repeat(bytes))
                // 6 bytes of type, and one each of name and value.
                .message_attributes("n", label.string_value("v").build().unwrap());
            send = send.entries(entry.build().unwrap());
        }
        send.queue_url(queues.url("work")).send().await
    };
    let fits = send([MIB / 2 - 8; 2]).await.unwrap();
    assert_eq!(fits.successful().len(), 2);
    let error = send([MIB / 2 - 8, MIB / 2 - 7]).await.unwrap_err();
    let error = error.into_service_error();
    assert!(error.is_batch_request_too_long(), "{error:?}");
    assert_eq!(
        error.code(),
        Some("AWS.SimpleQueueService.BatchRequestTooLong")
    );
}

#[tokio::test]
async fn errors_have_the_shapes_and_codes_of_aws() {
    let queues = Queues::serve().await;
    let missing = queues
        .client
        .get_queue_url()
        .queue_name("no")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(missing.is_queue_does_not_exist(), "{missing:?}");

    let arn = redrive_local::names::queue_arn("work");
    let refused = queues
        .client
        .start_message_move_task()
        .source_arn(arn)
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert_eq!(refused.code(), Some("InvalidParameterValue"));
    assert_eq!(
        refused.message(),
        Some("Source queue must be configured as a Dead Letter Queue.")
    );

    let unknown = queues
        .client
        .create_queue()
        .queue_name("new")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert_eq!(
        unknown.message(),
        Some("the local SQS does not support the action CreateQueue")
    );
}

#[tokio::test]
async fn queues_are_listed_and_described() {
    let queues = Queues::serve().await;
    let listed = queues.client.list_queues().send().await.unwrap();
    assert_eq!(listed.queue_urls().len(), 3);
    let url = queues
        .client
        .get_queue_url()
        .queue_name("work")
        .send()
        .await
        .unwrap();
    assert_eq!(url.queue_url(), Some(&*queues.url("work")));

    queues.send("x").await;
    let described = queues
        .client
        .get_queue_attributes()
        .queue_url(queues.url("work"))
        .attribute_names(QueueAttributeName::All)
        .send()
        .await
        .unwrap();
    let attributes = described.attributes().unwrap();
    assert_eq!(
        attributes[&QueueAttributeName::ApproximateNumberOfMessages],
        "1"
    );
    assert!(attributes[&QueueAttributeName::RedrivePolicy].contains("\"maxReceiveCount\":1"));
}

#[tokio::test]
async fn a_move_task_brings_messages_back() {
    let queues = Queues::serve().await;
    queues.send("x").await;
    assert_eq!(queues.receive().await.len(), 1);
    queues.pass(31);
    assert_eq!(queues.receive().await.len(), 0, "now in the DLQ");

    let (dead, work) = ["dead", "work"].map(redrive_local::names::queue_arn).into();
    let started = queues
        .client
        .start_message_move_task()
        .source_arn(&dead)
        .destination_arn(work)
        .send()
        .await
        .unwrap();
    assert!(started.task_handle().is_some());
    queues.pass(1);
    let tasks = queues
        .client
        .list_message_move_tasks()
        .source_arn(&dead)
        .send()
        .await
        .unwrap();
    assert_eq!(tasks.results()[0].status(), Some("COMPLETED"));
    assert_eq!(tasks.results()[0].approximate_number_of_messages_moved(), 1);
    assert_eq!(queues.receive().await.len(), 1);
}

#[tokio::test]
async fn a_long_poll_ends_when_a_message_comes() {
    let queues = Queues::serve().await;
    let poll = queues
        .client
        .receive_message()
        .queue_url(queues.url("work"))
        .wait_time_seconds(20)
        .send();
    let (received, ()) = tokio::join!(poll, queues.send("x"));
    assert_eq!(received.unwrap().messages().len(), 1);
}

#[tokio::test]
async fn a_fifo_message_has_its_number_and_group() {
    let queues = Queues::serve().await;
    let sent = queues
        .client
        .send_message()
        .queue_url(queues.url("work.fifo"))
        .message_body("x")
        .message_group_id("g")
        .message_deduplication_id("d")
        .send()
        .await
        .unwrap();
    assert_eq!(sent.sequence_number().map(str::len), Some(20));
}
