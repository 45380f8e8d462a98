//! The calls themselves, through the SDK.

use std::{env, sync::OnceLock};

use aws_sdk_sqs::{
    Client, Config,
    config::timeout::TimeoutConfig,
    error::{ProvideErrorMetadata as _, SdkError},
    types::{BatchResultErrorEntry, ChangeMessageVisibilityBatchRequestEntry},
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use futures_util::{StreamExt, stream};

use redrive_model::{
    deadline::DLQ_SEND,
    names::{DLQ_URL, QUEUE_URL},
    policy::OnPermanent,
};

use super::{Delay, Sqs, SqsAccess, TRACE_HEADER, Unreachable, send};
use crate::{error::BoxError, message::Record, settings::Settings};

/// Entries of one batch call:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html>.
const BATCH: usize = 10;
/// Batch calls at once: a batch of 10,000 that failed needs 1,000 of them.
const CALLS: usize = 16;

#[derive(Debug)]
pub(super) struct Calls {
    queue_url: String,
    dlq_url: String,
    /// Created by the first call: most invocations need none.
    client: OnceLock<Client>,
    /// Another one: connections belong to the threads that opened them, and a handler
    /// may block its thread.
    delays: OnceLock<Client>,
}

impl Calls {
    /// # Errors
    ///
    /// Names every variable that the settings need and that is not set.
    fn from_lookup(
        settings: &Settings,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, BoxError> {
        let get = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let (queue_url, dlq_url) = (get(QUEUE_URL), get(DLQ_URL));
        let mut missing = Vec::new();
        if settings.queue_backoff.is_some() && queue_url.is_none() {
            missing.push(format!("{QUEUE_URL} (for `queue_backoff`)"));
        }
        if settings.on_permanent == OnPermanent::Dlq && dlq_url.is_none() {
            missing.push(format!("{DLQ_URL} (for `on_permanent = \"dlq\"`)"));
        }
        if !missing.is_empty() {
            return Err(format!(
                "`{}` needs {}; the generated template sets them, set them to the queues' URLs in your own",
                settings.function,
                missing.join(" and ")
            )
            .into());
        }
        Ok(Self {
            queue_url: queue_url.unwrap_or_default(),
            dlq_url: dlq_url.unwrap_or_default(),
            client: OnceLock::new(),
            delays: OnceLock::new(),
        })
    }

    async fn delay(&self, messages: &[Delay]) -> Result<Vec<BatchResultErrorEntry>, BoxError> {
        let client = client(&self.delays)?;
        let entries = messages.iter().enumerate().map(|(index, message)| {
            ChangeMessageVisibilityBatchRequestEntry::builder()
                .id(index.to_string())
                .receipt_handle(&message.receipt_handle)
                .visibility_timeout(i32::try_from(message.seconds).unwrap_or(i32::MAX))
                .build()
        });
        let call = client
            .change_message_visibility_batch()
            .queue_url(&self.queue_url)
            .set_entries(Some(entries.collect::<Result<_, _>>()?))
            .customize()
            .mutate_request(traced())
            .send();
        // Boxed: the SDK's futures are so deep that, inside those of the engine,
        // they pass the compiler's recursion limit in the user's crate.
        Ok(Box::pin(call).await?.failed)
    }
}

fn client(client: &OnceLock<Client>) -> Result<&Client, BoxError> {
    if let Some(client) = client.get() {
        return Ok(client);
    }
    let created = crate::sqs::client::client()?;
    Ok(client.get_or_init(|| created))
}

/// Puts the invocation's X-Ray header on a request.
pub(crate) fn traced() -> impl Fn(&mut HttpRequest) + Send + Sync + 'static {
    let header = TRACE_HEADER.try_with(Clone::clone).ok().flatten();
    move |request| {
        if let Some(header) = &header {
            // A value that is not valid in a header is omitted.
            _ = request
                .headers_mut()
                .try_insert("x-amzn-trace-id", header.clone());
        }
    }
}

impl SqsAccess for Sqs {
    fn from_env(settings: &Settings) -> Result<Self, BoxError> {
        let calls = Calls::from_lookup(settings, |name| env::var(name).ok())?;
        Ok(Self { calls })
    }

    fn dlq_url(&self) -> &str {
        &self.calls.dlq_url
    }

    async fn send_to_dlq(&self, record: Record<'_>, reason: &str) -> Result<(), BoxError> {
        let client = client(&self.calls.client)?;
        let send = |reason| {
            let call = send::message(client, &self.calls.dlq_url, record, reason)?
                .customize()
                .mutate_request(traced())
                // So that a connection that was lost leaves time for another attempt.
                .config_override(
                    Config::builder().timeout_config(
                        TimeoutConfig::builder()
                            .operation_attempt_timeout(DLQ_SEND / 3)
                            .build(),
                    ),
                );
            // Boxed for the same reason as above.
            Ok::<_, BoxError>(Box::pin(call.send()))
        };
        let mut sent = send(Some(reason))?.await;
        // The source queue has accepted the message, so SQS rejects the reason: this
        // queue may allow only shorter messages.
        if let Err(error) = &sent
            && error.code().is_some_and(|code| code.starts_with("Invalid"))
        {
            sent = send(None)?.await;
        }
        let sent = sent.map_err(|error| match error {
            SdkError::DispatchFailure(_) | SdkError::TimeoutError(_) => {
                Unreachable(error.into()).into()
            }
            _ => BoxError::from(error),
        })?;
        sent.message_id.ok_or("SQS did not confirm the message")?;
        Ok(())
    }

    async fn delay(&self, messages: Vec<Delay>) -> Result<(), BoxError> {
        let calls: Vec<_> = messages
            .chunks(BATCH)
            .map(|messages| self.calls.delay(messages))
            .collect();
        let mut calls = stream::iter(calls).buffer_unordered(CALLS);
        // After one that failed, the others can still succeed.
        let mut first_error = Ok(());
        while let Some(answer) = calls.next().await {
            let error = match answer {
                Ok(failed) => failed.first().map(|entry| {
                    let message = entry.message().unwrap_or_default();
                    format!("{} {message}", entry.code()).into()
                }),
                Err(error) => Some(error),
            };
            if let (Ok(()), Some(error)) = (&first_error, error) {
                first_error = Err(error);
            }
        }
        first_error
    }
}

#[cfg(test)]
mod tests {
    use std::{
        convert::Infallible,
        sync::{
            Arc, Mutex,
            atomic::{AtomicBool, Ordering::Relaxed},
        },
        time::Duration,
    };

    use http_body_util::{BodyExt, Full};
    use hyper::{Request, Response, body::Bytes, body::Incoming, service::service_fn};
    use hyper_util::rt::TokioIo;
    use serde_json::{Value, json};
    use tokio::net::TcpListener;

    use super::*;
    use redrive_model::Backoff;

    use crate::{deadline::Deadline, event::Event, tests::support::SETTINGS};

    const BACKOFF: Backoff = Backoff::new(Duration::from_secs(30), Duration::from_secs(900));

    #[test]
    fn names_each_variable_that_a_setting_needs() {
        let settings = Settings {
            on_permanent: OnPermanent::Dlq,
            queue_backoff: Some(BACKOFF),
            ..SETTINGS
        };
        let error = Calls::from_lookup(&settings, |_| None).unwrap_err();

        assert_eq!(
            error.to_string(),
            "`process_order` needs REDRIVE_QUEUE_URL (for `queue_backoff`) and REDRIVE_DLQ_URL (for `on_permanent = \"dlq\"`); the generated template sets them, set them to the queues' URLs in your own"
        );
    }

    #[test]
    fn wants_no_variable_that_no_setting_needs() {
        let settings = Settings {
            queue_backoff: Some(BACKOFF),
            ..SETTINGS
        };
        let only_queue = |name: &str| (name == QUEUE_URL).then(|| "https://queue".to_owned());

        assert!(Calls::from_lookup(&settings, only_queue).is_ok());
    }

    type Requests = Arc<Mutex<Vec<Value>>>;

    /// An SQS that gives every call the same answer, and the requests it got.
    async fn sqs(answer: Value) -> (Sqs, Requests) {
        sqs_that(move |_| (200, answer.clone())).await
    }

    /// An SQS with these answers, and the requests it got.
    async fn sqs_that(
        answer: impl Fn(&Value) -> (u16, Value) + Clone + Send + 'static,
    ) -> (Sqs, Requests) {
        let requests = Requests::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, answer) = (Arc::clone(&log), answer.clone());
                let service = service_fn(move |request: Request<Incoming>| {
                    let (log, answer) = (Arc::clone(&log), answer.clone());
                    async move {
                        let trace = request.headers().get("x-amzn-trace-id").cloned();
                        let body = request.into_body().collect().await.unwrap().to_bytes();
                        let mut body: Value = serde_json::from_slice(&body).unwrap();
                        body["trace"] = trace.map(|id| id.to_str().unwrap().to_owned()).into();
                        let (status, answer) = answer(&body);
                        log.lock().unwrap().push(body);
                        let answer = Full::new(Bytes::from(answer.to_string()));
                        let mut answer = Response::new(answer);
                        *answer.status_mut() = status.try_into().unwrap();
                        Ok::<_, Infallible>(answer)
                    }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        let client = crate::sqs::client::client_from(|name| match name {
            "AWS_ENDPOINT_URL" => Some(format!("http://{address}")),
            "AWS_ENDPOINT_URL_SQS" => None,
            _ => Some("test".to_owned()),
        });
        let calls = Calls {
            queue_url: "https://sqs/queue".to_owned(),
            dlq_url: "https://sqs/dlq".to_owned(),
            delays: OnceLock::from(client.clone().unwrap()),
            client: OnceLock::from(client.unwrap()),
        };
        (Sqs { calls }, requests)
    }

    const EVENT: &[u8] = br#"{"Records":[{"messageId":"m1","body":"{}"}]}"#;

    fn record(event: &Event) -> Record<'_> {
        let timeout = Duration::from_secs(30);
        Record {
            fields: event.record(0),
            body: "{}",
            deadline: Deadline::after(timeout, timeout),
            context: crate::tests::support::context(),
        }
    }

    fn delays(number: usize) -> Vec<Delay> {
        (0..number)
            .map(|index| Delay {
                receipt_handle: format!("receipt-{index}"),
                seconds: 30,
            })
            .collect()
    }

    #[tokio::test]
    async fn delays_in_tens() {
        let (sqs, requests) = sqs(json!({"Successful": [], "Failed": []})).await;

        sqs.delay(delays(23)).await.unwrap();

        let requests = requests.lock().unwrap();
        let mut entries: Vec<_> = requests
            .iter()
            .map(|request| request["Entries"].as_array().unwrap().len())
            .collect();
        entries.sort_unstable();
        assert_eq!(entries, [3, 10, 10]);
        assert_eq!(requests[0]["QueueUrl"], "https://sqs/queue");
        assert_eq!(requests[0]["Entries"][0]["VisibilityTimeout"], 30);
    }

    #[tokio::test]
    async fn one_message_that_is_not_delayed_is_reported() {
        let (sqs, _) = sqs(json!({"Successful": [], "Failed": [
            {"Id": "0", "SenderFault": true, "Code": "ReceiptHandleIsInvalid", "Message": "gone"},
        ]}))
        .await;

        let error = sqs.delay(delays(1)).await.unwrap_err();

        assert_eq!(error.to_string(), "ReceiptHandleIsInvalid gone");
    }

    #[tokio::test]
    async fn a_call_that_fails_keeps_no_other_from_being_made() {
        let (sqs, requests) =
            sqs_that(
                |request| match request["Entries"][0]["ReceiptHandle"] == "receipt-0" {
                    true => (
                        403,
                        json!({"__type": "com.amazonaws.sqs#AccessDenied", "message": "not yours"}),
                    ),
                    false => (200, json!({"Successful": [], "Failed": []})),
                },
            )
            .await;

        let error = crate::error::chain(&sqs.delay(delays(23)).await.unwrap_err());

        assert!(error.contains("AccessDenied"), "{error}");
        assert_eq!(requests.lock().unwrap().len(), 3);
    }

    #[tokio::test]
    async fn a_record_that_sqs_has_no_time_for_is_sent_again() {
        let event = Event::read(EVENT.into()).unwrap();
        let record = record(&event);
        let throttled = || {
            (
                400,
                json!({"__type": "com.amazonaws.sqs#RequestThrottled", "message": "slower"}),
            )
        };
        let first = Arc::new(AtomicBool::new(true));
        let (once, requests) = sqs_that(move |_| match first.swap(false, Relaxed) {
            true => throttled(),
            false => (200, json!({"MessageId": "new"})),
        })
        .await;
        once.send_to_dlq(record, "no such card").await.unwrap();
        assert_eq!(requests.lock().unwrap().len(), 2);

        let (always, _) = sqs_that(move |_| throttled()).await;
        let error = always.send_to_dlq(record, "no such card").await;
        let error = crate::error::chain(&error.unwrap_err());
        assert!(error.contains("RequestThrottled"), "{error}");
    }

    #[tokio::test]
    async fn only_a_call_without_an_answer_is_unreachable() {
        let event = Event::read(Bytes::from_static(EVENT)).unwrap();
        let (html, _) = sqs_that(|_| (503, json!("<html>"))).await;
        let answered = html.send_to_dlq(record(&event), "why").await.unwrap_err();
        assert!(!answered.is::<Unreachable>(), "{answered}");

        let client = crate::sqs::client::client_from(|name| match name {
            "AWS_ENDPOINT_URL" => Some("http://127.0.0.1:1".to_owned()),
            "AWS_ENDPOINT_URL_SQS" => None,
            _ => Some("test".to_owned()),
        });
        let gone = Sqs {
            calls: Calls {
                queue_url: String::new(),
                dlq_url: "https://sqs/dlq".to_owned(),
                client: OnceLock::from(client.unwrap()),
                delays: OnceLock::new(),
            },
        };
        let lost = gone.send_to_dlq(record(&event), "why").await.unwrap_err();
        assert!(lost.is::<Unreachable>(), "{lost}");
    }

    #[tokio::test]
    async fn a_record_is_sent_only_when_sqs_says_so() {
        let event = Event::read(EVENT.into()).unwrap();
        let record = record(&event);
        let (confirms, requests) = sqs(json!({"MessageId": "new"})).await;
        confirms.send_to_dlq(record, "no such card").await.unwrap();
        let sent = requests.lock().unwrap().remove(0);
        assert_eq!(sent["QueueUrl"], "https://sqs/dlq");
        assert_eq!(
            sent["MessageAttributes"]["RedriveReason"]["StringValue"],
            "no such card"
        );

        let (silent, _) = sqs(json!({})).await;
        silent
            .send_to_dlq(record, "no such card")
            .await
            .unwrap_err();
    }

    #[tokio::test]
    async fn a_message_that_is_too_long_with_its_reason_is_sent_without() {
        let event = Event::read(EVENT.into()).unwrap();
        let record = record(&event);
        let (sqs, requests) = sqs_that(|request| {
            match request["MessageAttributes"]["RedriveReason"].is_object() {
                true => (
                    400,
                    json!({
                        "__type": "com.amazonaws.sqs#InvalidParameterValueException",
                        "message": "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.",
                    }),
                ),
                false => (200, json!({"MessageId": "new"})),
            }
        })
        .await;

        sqs.send_to_dlq(record, "no such card").await.unwrap();

        let requests = requests.lock().unwrap();
        assert_eq!(requests.len(), 2);
        assert_eq!(requests[1]["MessageBody"], "{}");
    }

    #[tokio::test]
    async fn calls_name_the_invocation_to_x_ray() {
        let (sqs, requests) = sqs(json!({"Successful": [], "Failed": []})).await;
        let header = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1";

        let delay = sqs.delay(delays(1));
        TRACE_HEADER
            .scope(Some(header.to_owned()), delay)
            .await
            .unwrap();

        assert_eq!(requests.lock().unwrap()[0]["trace"], header);
    }
}
