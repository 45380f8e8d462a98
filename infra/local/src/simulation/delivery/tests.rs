//! Why each message of a batch came back.

use redrive_syntax::function::Function;

use super::*;
use crate::sqs::{Most, Outgoing, QueueConfig, Sqs};

fn function(attribute: &str) -> Function {
    let tokens = |text: &str| text.parse().expect("tokens");
    let item = "async fn work(job: Job) -> Result<(), Error> {}";
    redrive_syntax::parse(tokens(attribute), tokens(item)).function
}

/// A batch of a message in each of these groups.
fn batch(queue: &str, groups: &[&str]) -> Vec<Message> {
    let now = jiff::Timestamp::UNIX_EPOCH;
    let mut sqs = Sqs::new(0);
    sqs.create(QueueConfig {
        name: queue.to_owned(),
        visibility_timeout: 30,
        retention: 345_600,
        redrive_policy: None,
    });
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
    let mut batch = sqs.receive(queue, Most::messages(10), None, now).unwrap();
    batch.sort_by_key(|message| message.origin);
    batch
}

/// Why each message of `batch` failed, by the lines of the log that are about
/// the message of an index, or about none.
fn reasons(
    function: &Function,
    batch: &[Message],
    outcome: Result<Vec<u8>, Failure>,
    log: &[(Option<usize>, &str)],
) -> Vec<String> {
    let line = |(index, fields): &(Option<usize>, &str)| match index {
        Some(index) => format!(r#"{{"messageId":"{}",{fields}}}"#, batch[*index].id),
        None => format!("{{{fields}}}"),
    };
    let invocation = Invocation {
        outcome,
        log: log.iter().map(line).collect(),
        cold_start: false,
    };
    let name = |message: &Message| format!("message {}", message.origin.0 + 1);
    deliveries(function, batch, &invocation, name)
        .into_iter()
        .map(|delivery| match delivery {
            Delivery::Done { .. } => "done".to_owned(),
            Delivery::Failed { why, .. } => why,
        })
        .collect()
}

fn all_failed() -> Result<Vec<u8>, Failure> {
    Err(Failure::Error {
        kind: "BatchFailed".to_owned(),
        message: "all 3 records failed: …".to_owned(),
    })
}

const FAILED: &str =
    r#""attempt":1,"failure":"transient","error":"no card","message":"record failed""#;
const OUT_OF_TIME: &str = r#""attempt":1,"message":"record not done in time; set …""#;

fn handled(out_of_time: u32, not_run: u32) -> String {
    format!(r#""message":"batch handled","outOfTime":{out_of_time},"notRun":{not_run}"#)
}

#[test]
fn what_had_no_turn_was_out_of_time() {
    let batch = batch("work", &["g", "g", "g"]);
    let handled = handled(2, 0);
    let log = [(Some(0), FAILED), (Some(1), OUT_OF_TIME), (None, &*handled)];
    let expected = [
        "no card",
        "out of time (`timeout` is 30s, `attempt_timeout` is not set), in attempt 1",
        "not run: out of time (`timeout` is 30s, `attempt_timeout` is not set) before its turn",
    ];
    assert_eq!(reasons(&function(""), &batch, all_failed(), &log), expected);
    // Reported in a list instead, the first with success.
    let ids = batch[1..].iter().map(|message| &message.id);
    let ids: Vec<_> = ids
        .map(|id| format!(r#"{{"itemIdentifier":"{id}"}}"#))
        .collect();
    let list = format!(r#"{{"batchItemFailures":[{}]}}"#, ids.join(","));
    let reported = reasons(&function(""), &batch, Ok(list.into_bytes()), &log[1..]);
    assert_eq!(reported, ["done", expected[1], expected[2]]);
}

#[test]
fn an_attempt_that_was_out_of_time_keeps_the_reason_of_the_one_before() {
    let batch = batch("work", &["g"]);
    let line = OUT_OF_TIME.replace("1,", r#"2,"failure":"transient","error":"503","#);
    let expected = ["out of time (`timeout` is 30s, `attempt_timeout` is not set), after: 503"];
    let log = [(Some(0), &*line)];
    assert_eq!(reasons(&function(""), &batch, all_failed(), &log), expected);
}

#[test]
fn a_group_is_skipped_behind_its_failure() {
    let queue = r#"queue = "work.fifo", allow = "fifo_dlq_order""#;
    let batch = batch("work.fifo", &["a", "b", "a"]);
    let handled = handled(0, 1);
    let log = [(Some(0), FAILED), (Some(1), FAILED), (None, &*handled)];
    let expected = [
        "no card",
        "no card",
        "not run: message 1, before it in its group, failed",
    ];
    assert_eq!(
        reasons(&function(queue), &batch, all_failed(), &log),
        expected
    );
}

#[test]
fn a_batch_is_stopped_behind_its_first_failure() {
    let options =
        r#"queue = "work.fifo", on_group_failure = "stop_batch", allow = "fifo_dlq_order""#;
    let batch = batch("work.fifo", &["a", "b"]);
    let handled = handled(0, 1);
    let log = [(Some(0), FAILED), (None, &*handled)];
    let expected = [
        "no card",
        "not run: message 1 failed, and `on_group_failure` stops the batch",
    ];
    assert_eq!(
        reasons(&function(options), &batch, all_failed(), &log),
        expected
    );
}

#[test]
fn a_process_that_ended_has_said_why_in_its_last_line() {
    let batch = batch("work", &["g"]);
    let reasons = |failure| {
        let log = [(None, r#""level":"ERROR","message":"panicked: no database""#)];
        reasons(&function(""), &batch, Err(failure), &log)
    };
    let gone = || "the process ended with signal: 6".to_owned();
    assert_eq!(
        reasons(Failure::Exit(gone())),
        ["crashed: the process ended with signal: 6, and last wrote: panicked: no database"]
    );
    assert_eq!(
        reasons(Failure::ExitInInit(gone())),
        ["init failed: the process ended with signal: 6, and last wrote: panicked: no database"]
    );
    assert_eq!(
        reasons(Failure::Init("no database".to_owned())),
        ["init failed: no database"]
    );
}
