//! The reason of each message of a batch.

use redrive_model::log::{TARGET, event, field};
use redrive_syntax::function::Function;
use serde_json::{Value, json};

use super::*;
use crate::sqs::{Outgoing, QueueConfig, ReceiveLimit, Sqs};

fn function(attribute: &str) -> Function {
    let tokens = |text: &str| text.parse().expect("tokens");
    let item = "async fn work(job: Job) -> Result<(), Error> {}";
    redrive_syntax::parse(tokens(attribute), tokens(item)).function
}

/// A batch with a message in each of these groups.
fn batch(queue: &str, groups: &[&str]) -> Vec<Message> {
    let now = jiff::Timestamp::UNIX_EPOCH;
    let mut sqs = Sqs::new(0);
    sqs.create(QueueConfig::new(queue));
    let fifo = queue.ends_with(".fifo");
    for (index, group) in groups.iter().enumerate() {
        let message = Outgoing {
            body: "x".to_owned(),
            group: Some((*group).to_owned()),
            deduplication: fifo.then(|| index.to_string()),
            ..Outgoing::default()
        };
        sqs.send(queue, message, now).unwrap();
    }
    let mut batch = sqs
        .receive(queue, ReceiveLimit::messages(10), None, now)
        .unwrap();
    batch.sort_by_key(|message| message.origin);
    batch
}

/// The reason of each message of `batch`, with a log of these events: of the
/// message with an index, or of the invocation.
fn reasons(
    function: &Function,
    batch: &[Message],
    outcome: Result<Vec<u8>, Failure>,
    log: &[(Option<usize>, &Value)],
) -> Vec<String> {
    let line = |(index, fields): &(Option<usize>, &Value)| {
        let mut line = (*fields).clone();
        line[field::TARGET] = TARGET.into();
        if let Some(index) = index {
            line[field::MESSAGE_ID] = (*batch[*index].id).into();
        }
        line.to_string()
    };
    let invocation = Invocation {
        outcome,
        log: log.iter().map(line).collect(),
        cold_start: false,
    };
    let name = |message: &Message| format!("message {}", message.origin.0 + 1);
    deliveries("work", function, batch, &invocation, name)
        .into_iter()
        .map(|delivery| match delivery {
            EventKind::Failed { reason, .. } => reason,
            other => other.label().to_owned(),
        })
        .collect()
}

fn all_failed() -> Result<Vec<u8>, Failure> {
    Err(Failure::Error("all 3 records failed: …".to_owned()))
}

fn record_failed() -> Value {
    json!({ field::EVENT: event::RECORD_FAILED, field::ATTEMPT: 1, field::ERROR: "no card" })
}

fn out_of_time(attempt: u32, error: Option<&str>) -> Value {
    json!({
        field::EVENT: event::RECORD_OUT_OF_TIME,
        field::ATTEMPT: attempt,
        field::ERROR: error,
    })
}

fn handled(out_of_time: u32, not_run: u32) -> Value {
    json!({
        field::EVENT: event::BATCH_HANDLED,
        field::OUT_OF_TIME: out_of_time,
        field::NOT_RUN: not_run,
    })
}

#[test]
fn a_message_that_was_not_processed_was_out_of_time() {
    let batch = batch("work", &["g", "g", "g"]);
    let log = [
        (Some(0), &record_failed()),
        (Some(1), &out_of_time(1, None)),
        (None, &handled(2, 0)),
    ];
    let expected = [
        "no card",
        "out of time (`timeout` is 30 s, `attempt_timeout` is not set), in attempt 1",
        "not processed: out of time (`timeout` is 30 s, `attempt_timeout` is not set)",
    ];
    assert_eq!(reasons(&function(""), &batch, all_failed(), &log), expected);
    // Reported in a list instead, the first with success.
    let ids = batch[1..].iter().map(|message| &message.id);
    let ids: Vec<_> = ids
        .map(|id| format!(r#"{{"itemIdentifier":"{id}"}}"#))
        .collect();
    let list = format!(r#"{{"batchItemFailures":[{}]}}"#, ids.join(","));
    let reported = reasons(&function(""), &batch, Ok(list.into_bytes()), &log[1..]);
    assert_eq!(reported, ["completed", expected[1], expected[2]]);
}

#[test]
fn an_attempt_that_was_out_of_time_has_the_error_of_the_one_before() {
    let batch = batch("work", &["g"]);
    let expected = ["out of time (`timeout` is 30 s, `attempt_timeout` is not set), after: 503"];
    let log = [(Some(0), &out_of_time(2, Some("503")))];
    assert_eq!(reasons(&function(""), &batch, all_failed(), &log), expected);
}

#[test]
fn a_group_is_skipped_after_its_failure() {
    let queue = r#"queue = "work.fifo", allow = "fifo_dlq_order""#;
    let batch = batch("work.fifo", &["a", "b", "a"]);
    let failed = record_failed();
    let log = [
        (Some(0), &failed),
        (Some(1), &failed),
        (None, &handled(0, 1)),
    ];
    let expected = [
        "no card",
        "no card",
        "not processed: message 1 failed before it in its group",
    ];
    assert_eq!(
        reasons(&function(queue), &batch, all_failed(), &log),
        expected
    );
}

#[test]
fn a_batch_is_stopped_after_its_first_failure() {
    let options =
        r#"queue = "work.fifo", on_group_failure = "stop_batch", allow = "fifo_dlq_order""#;
    let batch = batch("work.fifo", &["a", "b"]);
    let log = [(Some(0), &record_failed()), (None, &handled(0, 1))];
    let expected = [
        "no card",
        "not processed: message 1 failed, and `on_group_failure` stops the batch",
    ];
    assert_eq!(
        reasons(&function(options), &batch, all_failed(), &log),
        expected
    );
}

#[test]
fn the_reason_of_a_process_that_ended_is_its_last_line() {
    let batch = batch("work", &["g"]);
    let reasons = |failure| {
        let line = json!({ field::MESSAGE: "panicked: no database" });
        reasons(&function(""), &batch, Err(failure), &[(None, &line)])
    };
    let gone = || "the process ended with signal: 6".to_owned();
    assert_eq!(
        reasons(Failure::Exit(gone())),
        ["crashed: the process ended with signal: 6; its last output: panicked: no database"]
    );
    assert_eq!(
        reasons(Failure::ExitInInit(gone())),
        ["init failed: the process ended with signal: 6; its last output: panicked: no database"]
    );
    assert_eq!(
        reasons(Failure::Init("no database".to_owned())),
        ["init failed: no database"]
    );
}
