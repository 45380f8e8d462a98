//! AWS Lambda functions fed by SQS, written as one plain async function for one
//! message.
//!
//! ```ignore
//! use redrive::{BoxError, sqs_batch};
//!
//! #[derive(serde::Deserialize)]
//! struct Order { id: u64, sku: String, quantity: u32 }
//!
//! #[sqs_batch(retries = 3)]
//! async fn process_order(order: Order) -> Result<(), BoxError> {
//!     println!("order {}: {} of {}", order.id, order.quantity, order.sku); // business logic only
//!     Ok(())
//! }
//! ```
//!
//! The attribute generates `main`: a Lambda function for the batches of an
//! [SQS event source mapping](https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html)
//! with `ReportBatchItemFailures`. The function itself stays a plain function
//! that a test can call; [`testing`](#testing) runs it on a whole batch.
//!
//! # The function
//!
//! `async fn name(message: M) -> Result<(), E>`, or
//! `async fn name(message: M, state: &S) -> Result<(), E>` with `init = path` on
//! the attribute, an `async fn() -> Result<S, _>` that runs once per cold start.
//!
//! - `M` is anything that implements [`FromMessage`]: a type that implements
//!   `serde::Deserialize` (the body as JSON), [`Message<T>`](Message) with the
//!   message's metadata, [`Text`], [`Raw`], [`Sns<T>`](Sns),
//!   [`EventBridge<T>`](EventBridge).
//! - `E` is anything that converts into [`BoxError`]. An error is transient, and
//!   retried, unless it contains a [`Permanent`] or `is_permanent = path` returns `true`.
//!
//! # What happens to a message
//!
//! | The function | The worker |
//! |---|---|
//! | returns `Ok` | completes the message: SQS deletes it |
//! | returns an error, panics, or exceeds `attempt_timeout` | waits and retries, up to `retries` times; then reports it |
//! | returns a permanent error, or the body cannot be read | does not retry; reports it, or sends it to the DLQ (`on_permanent = "dlq"`) or to the parking queue (`"park"`) |
//! | is not finished when the time is up | drops it and reports it |
//!
//! With `dlq_redrive` the last receive is different: see [Rounds](#rounds).
//!
//! A message that is reported stays in the queue. It is redelivered after its
//! visibility timeout, or after `queue_backoff`. Each id is reported once, in the
//! order of the records. Of two records with one id, both are redelivered if either
//! failed. If every record failed, the invocation ends with the error
//! `BatchFailed`, which names them (`on_total_failure = "report"`: with the list
//! of all).
//!
//! The longest wait doubles with each retry, from the first value of `backoff` up to
//! the second. Each wait is random, between nothing and that (full jitter).
//!
//! Work ends a tenth of the timeout, at most 500 ms, before Lambda's deadline, so that
//! there is time to answer; large batches on little memory get more, and with `flush` it
//! ends [earlier](#telemetry). No wait and no
//! attempt starts after that. An attempt that still runs is dropped at its next
//! `await`, as is one that exceeds `attempt_timeout`. For code that never awaits, see
//! [Threads](#threads). A dropped attempt is not rolled back, and the rest of it does
//! not run: the next attempt, or the next delivery, must be able to start from the
//! beginning. A task that it has spawned continues.
//!
//! Without `attempt_timeout`, an attempt can use up all the time that is left. The
//! records after it are then reported without being processed.
//!
//! A panic is caught unless the program is built with `panic = "abort"`: then it
//! is logged, ends the process, and the whole batch is redelivered.
//!
//! With `idempotent(key = order.id)`, a message whose key was completed before is
//! acknowledged without being processed. Between the effect of the function and the
//! completion of its key, a crash lets the message be processed again.
//! `docs/idempotency.md` describes the whole protocol.
//!
//! # Rounds
//!
//! A message that is redriven is a new one for SQS, which counts its receives from the
//! start. So with `dlq_redrive` the worker counts the redrives, up to `redrive_rounds`
//! (`"unlimited"`: it does not).
//!
//! A message that fails in its receive number `max_receive_count`, its last run, is sent to
//! the DLQ by the worker, and completed when SQS has confirmed it. The copy has the number of
//! the redrive that it waits for, `RedriveRound`. When that would be over `redrive_rounds`, it
//! goes to the parking queue instead. It is a failure in logs and metrics, but completed in
//! the answer, so that an error of the whole batch does not return it too.
//!
//! SQS allows one receive more. It is for the message whose invocation ended in the last run:
//! the process was killed or took too long. It is not run again, only sent on, with the
//! reason "invocation ended". A message with an even higher count comes from elsewhere: it is
//! run, as its last run, and the log has a warning.
//!
//! Messages of a standard queue are sent after the last one was handled, up to ten in a call.
//! If one of a batch is in its last run, work ends earlier by the time that this needs: by 3 s,
//! more in batches over 160, and at most a third of the timeout. A message that cannot be sent
//! is reported, and SQS moves it: its next redrive is not counted.
//!
//! In a FIFO batch, a message is sent before the next one of its group is handled. If it
//! cannot be sent, the rest of the group is not.
//!
//! # FIFO queues
//!
//! A queue is FIFO if its name ends with `.fifo`. Records of a message group run in
//! order; up to `concurrency` groups run at once. When a record has failed, after its
//! retries, the rest of its group is reported without being processed. With
//! `on_group_failure = "stop_batch"`, no further record of the batch is started.
//! A record that the worker has sent to the DLQ or to the parking queue has left the queue,
//! so its group continues without it, as it does when SQS itself moves a message there.
//! If the group of a record cannot be read, the batch is treated as one group.
//!
//! # Malformed events
//!
//! | Event | Result |
//! |---|---|
//! | no records | an empty answer |
//! | not an SQS event: another source, no list `Records` or two, not JSON as far as it is read, not UTF-8 | the error `MalformedEvent`, which describes the event |
//! | a record without a `messageId` or with two | the same, before any record is processed: its failure could not be reported |
//! | a record whose body is missing, not a string, or does not match the message type | that record fails |
//! | other fields missing, of another type or malformed | that record fails if the function uses them |
//!
//! # Logs and metrics
//!
//! Logs go through `tracing` or the `log` crate, in the format and from the level of the
//! [function's log settings](https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html).
//! Without a level in these, the directives in `RUST_LOG` apply. Each line logged while the
//! function runs has `messageId`, `receiveCount`, `messageGroupId` and `attempt` of its
//! record, and `requestId` and `xrayTraceId` of its invocation, at every level. If one of
//! your fields collides with a field of the log line, `_` is appended to its name. If several
//! spans define a field, the innermost wins.
//!
//! A subscriber that `init` installs is used instead. With [`LogFormat`] it writes the same
//! lines. The fields are in spans of the target `redrive::span` at the level `ERROR`:
//! `invocation`, within it `batch`, and within that `record` for each attempt at a record.
//!
//! Lines that `init` writes with the `log` crate appear too, unless your package turns on
//! the default feature `tracing-log` of `tracing-subscriber`. With it, `init()` of a
//! subscriber installs a logger, and a process can have only one. There, lines appear once
//! `init` has installed its subscriber, or has returned.
//!
//! A task that you spawn (`tokio::spawn`) does not belong to the record. Its lines have none
//! of these fields unless you pass the span to it:
//!
//! ```ignore
//! tokio::spawn(send_mail(message.body).instrument(tracing::Span::current()));
//! ```
//!
//! Bodies are logged at the level `TRACE` only. If a body cannot be read, the log names the
//! field, the kind of value and the position, but never the value. Custom error texts of a
//! type, as with `#[serde(try_from = "String")]`, are omitted for the same reason. To log
//! such a text and send it to the DLQ, implement [`FromMessage`]: its errors are used
//! unchanged, as are those of the function itself.
//!
//! An invocation that ends with an error is a line at `ERROR` with its `errorType`. So is a
//! panic that ends the process, and with the format JSON each panic outside the function. A
//! start that fails is a line at `FATAL`.
//!
//! Each batch is one line in CloudWatch's
//! [embedded metric format](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html),
//! namespace `redrive`, dimensions `function` and `queue` (`metrics = false`: none). Its
//! `level` is the level that Lambda filters by, so that the filter lets it through. If that is
//! `ERROR`, the line has `FATAL`: it passes, and nothing that counts errors counts it.
//!
//! | Metric | Unit | Value |
//! |---|---|---|
//! | `Records` | Count | records in the batch |
//! | `Succeeded` | Count | those for which the function returned `Ok` |
//! | `Failed` | Count | those that are reported, and redelivered, or sent on |
//! | `SentToDlq` | Count | of these, those that the worker sent to the DLQ |
//! | `Parked` | Count | of these, those that it sent to the parking queue |
//! | `Retried` | Count | those with more than one attempt |
//! | `Permanent` | Count | those that can never succeed, reported or sent on |
//! | `OutOfTime` | Count | those not finished, or not started, when the time was up |
//! | `BatchLatency` | Milliseconds | from the event to the answer |
//! | `Duplicates` | Count | with `idempotent`: those not processed, because their keys were completed before |
//! | `KeyConflicts` | Count | with `idempotent`: those with a completed key and another body |
//!
//! # The worker's calls to SQS
//!
//! A message that is sent on, to the DLQ or to the parking queue, has its attributes and up to
//! three more: `RedriveRound` if the worker counts [rounds](#rounds), `RedriveReason`, why it was
//! sent, and `RedriveSourceMessageId`. SQS allows ten attributes and 1 MiB per message, or less
//! if the queue is configured so. Those that a worker added in an earlier round make room; what
//! then exceeds a limit is omitted, the id first. A message without room for the round is
//! parked, and the log says so: uncounted, it would be redriven for ever. The message is
//! completed when SQS has confirmed it. If SQS rejects it, or if it has no body to send, it is
//! reported.
//!
//! In a FIFO queue its deduplication id is the SHA-256 of its id and its round, so that a worker
//! that was killed between the send and the answer does not send it twice.
//!
//! A call is limited to 3 s. After one that SQS does not answer, the other records of
//! the invocation that would be sent are reported at once.
//!
//! With `queue_backoff`, the delay doubles with each receive, from the first value up
//! to the second. Six hours after the first receive it is capped at 5 h 59 min,
//! because SQS limits invisibility to 12 h per receive.
//!
//! Credentials and region are those that Lambda puts into the environment. The
//! endpoint is that of the region, unless `AWS_USE_FIPS_ENDPOINT`,
//! `AWS_USE_DUALSTACK_ENDPOINT`, `AWS_ENDPOINT_URL_SQS` or `AWS_ENDPOINT_URL` specifies
//! another, as in every
//! [AWS SDK](https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html).
//! No other source is used.
//!
//! The calls use the SDK's default HTTP client, whose rustls has the crypto provider
//! aws-lc. redrive installs no default for the process. If your own dependencies turn on
//! rustls's `ring`, two providers are linked and `rustls::ClientConfig::builder()` panics:
//! call `install_default()` of one of them at the start of `init`, or turn off the feature
//! `sqs-client`.
//!
//! These calls carry the X-Ray header of their invocation, on Managed Instances
//! too. There the function's own calls do not by themselves: several invocations
//! share the process, and the environment, where SDKs look, has no header.
//!
//! # Threads
//!
//! `concurrency` records are handled at once: one on its own thread, the others as
//! tasks on tokio's multi-thread runtime, which has a thread for each core. The Runtime
//! API and the deadline have another thread, so an invocation answers in time whatever
//! the function does.
//!
//! A function that blocks its thread cannot be interrupted. After `attempt_timeout`,
//! or at the end of the time, its attempt is abandoned and its record is reported. It
//! is not retried in this invocation; with `concurrency = 1`, or in its message group,
//! nothing after it runs. Its end is logged. Once abandoned attempts may hold threads
//! that `concurrency` needs, the process answers, logs the reason and ends; Lambda
//! starts a new one. Use `tokio::task::spawn_blocking` for code that blocks.
//!
//! On
//! [Lambda Managed Instances](https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances.html)
//! the process serves as many invocations at once as Lambda specifies.
//!
//! # Telemetry
//!
//! `flush = path` names an `async fn(&S)` or `async fn()` that sends what the process
//! has buffered. It is awaited after each answer and before the next event, also
//! after an error, until 100 ms before the deadline. A panic, or not ending in time,
//! is logged. So that `flush` has time after a batch that takes as long as it may, work
//! ends earlier with it: by a tenth of the timeout, at most 1 s, and 100 ms.
//!
//! `flush` is also awaited when Lambda ends the process, for at most 400 ms.
//! Lambda reports that only to functions with an extension, so one without events is
//! registered; where a local engine rejects it, the log has one warning.
//!
//! ## OpenTelemetry
//!
//! In a subscriber that `init` installs, the spans `batch` and `record` have the attributes
//! of OpenTelemetry's
//! [conventions for SQS](https://opentelemetry.io/docs/specs/semconv/messaging/sqs/#process-span):
//! `messaging.system`, `messaging.destination.name`, `messaging.operation.name` and
//! `messaging.operation.type`, with `messaging.batch.message_count` or
//! `messaging.message.id`. They are consumer spans with the name `process <queue>`. The span
//! of an attempt that failed has the status "error" and `error.type`: `transient`,
//! `permanent`, `malformed`, `panic`, or `timeout` if it was dropped. All spans of an
//! invocation have ended before `flush` is called.
//!
//! With the feature `opentelemetry`, which uses
//! [`tracing-opentelemetry`](https://docs.rs/tracing-opentelemetry), the span of a record
//! links to the span of its sender. The link comes from the X-Ray header (`AWSTraceHeader`)
//! and from the message attributes `traceparent` and `tracestate` of
//! [W3C Trace Context](https://www.w3.org/TR/trace-context/). If a message has both, its
//! span has two links. A malformed header gives no link.
//!
//! `examples/otlp` exports spans by OTLP over HTTP:
//!
//! ```ignore
//! #[sqs_batch(init = export_spans, flush = flush)]
//! async fn ship(shipment: Shipment, _spans: &SdkTracerProvider) -> Result<(), BoxError> { /* … */ }
//!
//! async fn flush(spans: &SdkTracerProvider) {
//!     let spans = spans.clone();
//!     _ = tokio::task::spawn_blocking(move || spans.force_flush()).await; // it blocks its thread
//! }
//! ```
//!
//! # Testing
//!
//! With the feature `testing`, in the dev-dependencies
//! (`cargo add redrive --dev --features testing`), `redrive::testing` runs a
//! function on a batch through the same engine, as its attribute specifies, on
//! virtual time and without AWS. `redrive::recipes` has message types for common
//! queues.
//!
//! # Features
//!
//! - `sqs-client` (default): the calls to SQS, for `dlq_redrive`, `on_permanent` and
//!   `queue_backoff`. Links `aws-sdk-sqs` into the binaries that use
//!   them.
//! - `idempotency`: for `idempotent(…)`. Links `aws-sdk-dynamodb`.
//! - `opentelemetry`: span links to the senders of messages; see
//!   [OpenTelemetry](#opentelemetry).
//! - `testing`: the module `testing`; for dev-dependencies.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod batch;
mod deadline;
mod entry_point;
mod error;
mod event;
mod failure;
mod flush;
mod handler;
#[cfg_attr(not(feature = "idempotency"), doc(hidden))]
pub mod idempotency;
mod log;
mod message;
mod panic;
mod redrive;
mod runtime_api;
mod settings;
mod shape;
mod sqs;
#[cfg(any(test, feature = "testing"))]
#[doc = include_str!("recipes.md")]
pub mod recipes {}
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod worker;

pub use redrive_macros::sqs_batch;

pub use crate::{
    error::BoxError,
    failure::{Permanent, PermanentExt},
    log::LogFormat,
    message::*,
};
