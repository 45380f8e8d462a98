//! The calls themselves, through the SDK.

use std::{env, sync::OnceLock, time::Duration};

use aws_sdk_sqs::{
    Client, Config,
    config::timeout::TimeoutConfig,
    error::{ProvideErrorMetadata as _, SdkError},
    operation::send_message_batch::SendMessageBatchOutput,
    types::{
        BatchResultErrorEntry, ChangeMessageVisibilityBatchRequestEntry,
        SendMessageBatchRequestEntry,
    },
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use futures_util::{StreamExt, stream};

use redrive_model::{
    deadline::SEND,
    limits::SQS_BATCH,
    names::{DLQ_URL, PARKING_URL, QUEUE_URL},
    policy::OnPermanent,
    words::list,
};

use tokio::time;

use super::{Delay, Destination, Outgoing, Sqs, SqsAccess, TRACE_HEADER, send};
use crate::{
    error::{BoxError, Unreachable, chain},
    settings::Settings,
};

/// Calls that send an entry which SQS has no time for.
const TRIES: u32 = 3;
/// The pause before the second of them.
const PAUSE: Duration = Duration::from_millis(100);
/// Batch calls at once: a batch of 10,000 that failed needs 1,000 of them.
const CALLS: usize = 16;

#[derive(Debug)]
pub(super) struct Calls {
    queue_url: String,
    dlq_url: String,
    parking_url: String,
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
        let (queue_url, dlq_url, parking_url) = (get(QUEUE_URL), get(DLQ_URL), get(PARKING_URL));
        let permanent = settings.on_permanent;
        let counts = settings.rounds.is_some();
        let needed = [
            (
                QUEUE_URL,
                &queue_url,
                "`queue_backoff`",
                settings.queue_backoff.is_some(),
            ),
            (DLQ_URL, &dlq_url, "`redrive_rounds`", counts),
            (
                DLQ_URL,
                &dlq_url,
                "`on_permanent = \"dlq\"`",
                !counts && permanent == OnPermanent::Dlq,
            ),
            (PARKING_URL, &parking_url, "`redrive_rounds`", counts),
            (
                PARKING_URL,
                &parking_url,
                "`on_permanent = \"park\"`",
                !counts && permanent == OnPermanent::Park,
            ),
        ];
        let missing = needed
            .iter()
            .filter(|(_, url, _, is_needed)| *is_needed && url.is_none());
        let missing: Vec<_> = missing
            .map(|(name, _, key, _)| format!("{name} (for {key})"))
            .collect();
        if !missing.is_empty() {
            return Err(format!(
                "`{}` needs {}; the generated template sets them, set them to the queues' URLs in your own",
                settings.function,
                list(&missing, "and")
            )
            .into());
        }
        Ok(Self {
            queue_url: queue_url.unwrap_or_default(),
            dlq_url: dlq_url.unwrap_or_default(),
            parking_url: parking_url.unwrap_or_default(),
            client: OnceLock::new(),
            delays: OnceLock::new(),
        })
    }

    /// One call: the answer to each entry.
    async fn send(
        &self,
        to: Destination,
        records: &[Outgoing<'_>],
        entries: &[Entry],
    ) -> Vec<Result<(), Refused>> {
        let mut answers: Vec<_> = entries
            .iter()
            .map(|_| Err(Refused::Finally("SQS did not confirm the message".into())))
            .collect();
        let url = match to {
            Destination::Dlq => &self.dlq_url,
            Destination::Parking => &self.parking_url,
        };
        let mut built = Vec::new();
        for (place, entry) in entries.iter().enumerate() {
            match send::entry(place, url, &records[entry.index], entry.explained) {
                Ok(entry) => built.push(entry),
                Err(error) => answers[place] = Err(Refused::Finally(error)),
            }
        }
        if built.is_empty() {
            return answers;
        }
        let mut set = |id: &str, answer| {
            let place = id.parse().ok();
            if let Some(place) = place.and_then(|place: usize| answers.get_mut(place)) {
                *place = answer;
            }
        };
        let ids: Vec<_> = built.iter().map(|entry| entry.id().to_owned()).collect();
        match self.send_built(url, built).await {
            Ok(output) => {
                output
                    .successful()
                    .iter()
                    .for_each(|it| set(it.id(), Ok(())));
                let failed = output.failed().iter();
                failed.for_each(|it| set(it.id(), Err(Refused::of(it))));
            }
            // The whole call.
            Err(error) => ids.iter().for_each(|id| set(id, Err(error.again()))),
        }
        answers
    }

    async fn send_built(
        &self,
        url: &str,
        entries: Vec<SendMessageBatchRequestEntry>,
    ) -> Result<SendMessageBatchOutput, CallFailed> {
        let client = client(&self.client).map_err(|error| CallFailed::Other(chain(&error)))?;
        let call = client
            .send_message_batch()
            .queue_url(url)
            .set_entries(Some(entries))
            .customize()
            .mutate_request(traced())
            // So that a connection that was lost leaves time for another attempt.
            .config_override(
                Config::builder().timeout_config(
                    TimeoutConfig::builder()
                        .operation_attempt_timeout(SEND / 3)
                        .build(),
                ),
            )
            .send();
        // Boxed for the same reason as below.
        Box::pin(call).await.map_err(|error| {
            let is_invalid = error.code().is_some_and(is_invalid);
            let is_unreachable = matches!(
                error,
                SdkError::DispatchFailure(_) | SdkError::TimeoutError(_)
            );
            let text = chain(&BoxError::from(error));
            match (is_unreachable, is_invalid) {
                (true, _) => CallFailed::Unreachable(text),
                (_, true) => CallFailed::Invalid(text),
                _ => CallFailed::Other(text),
            }
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

/// Why no entry of a call was accepted.
enum CallFailed {
    Unreachable(String),
    Invalid(String),
    Other(String),
}

impl CallFailed {
    /// The answer to one of the entries.
    fn again(&self) -> Refused {
        match self {
            Self::Unreachable(text) => Refused::Finally(Unreachable::boxed("SQS", text.clone())),
            Self::Invalid(text) => Refused::Invalid(text.clone().into()),
            Self::Other(text) => Refused::Finally(text.clone().into()),
        }
    }
}

/// An entry of a call that sends records on.
#[derive(Clone, Copy)]
struct Entry {
    /// Of its record.
    index: usize,
    /// Whether it has the reason.
    explained: bool,
}

impl Entry {
    fn new(index: usize) -> Self {
        let explained = true;
        Self { index, explained }
    }
}

/// Why SQS has not accepted an entry.
enum Refused {
    /// For what it is.
    Invalid(BoxError),
    /// For a reason of SQS's own.
    Later(BoxError),
    /// It will not do so either if it is asked again.
    Finally(BoxError),
}

impl Refused {
    fn of(entry: &BatchResultErrorEntry) -> Self {
        let (code, message) = (entry.code(), entry.message().unwrap_or_default());
        let error = format!("{code} {message}").into();
        match (is_invalid(code), entry.sender_fault()) {
            (true, _) => Self::Invalid(error),
            (_, false) => Self::Later(error),
            _ => Self::Finally(error),
        }
    }

    fn into_error(self) -> BoxError {
        match self {
            Self::Invalid(error) | Self::Later(error) | Self::Finally(error) => error,
        }
    }
}

fn is_invalid(code: &str) -> bool {
    code.starts_with("Invalid") || code.ends_with("BatchRequestTooLong")
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

    fn url(&self, to: Destination) -> &str {
        match to {
            Destination::Dlq => &self.calls.dlq_url,
            Destination::Parking => &self.calls.parking_url,
        }
    }

    async fn send(&self, to: Destination, records: &[Outgoing<'_>]) -> Vec<Result<(), BoxError>> {
        let mut sent: Vec<_> = records.iter().map(|_| Ok(())).collect();
        let mut left: Vec<_> = (0..records.len()).map(Entry::new).collect();
        let mut tries = 0;
        while !left.is_empty() {
            tries += 1;
            let answers = self.calls.send(to, records, &left).await;
            let (mut again, mut waits) = (Vec::new(), false);
            for (entry, answer) in left.into_iter().zip(answers) {
                match answer {
                    Ok(()) => {}
                    // The source queue has accepted the message, so SQS rejects the reason:
                    // this queue may allow only shorter messages.
                    Err(Refused::Invalid(_)) if entry.explained => again.push(Entry {
                        explained: false,
                        ..entry
                    }),
                    Err(Refused::Later(_)) if tries < TRIES => {
                        waits = true;
                        again.push(entry);
                    }
                    Err(refused) => sent[entry.index] = Err(refused.into_error()),
                }
            }
            left = again;
            if waits {
                time::sleep(PAUSE * tries).await;
            }
        }
        sent
    }

    async fn delay(&self, messages: Vec<Delay>) -> Result<(), BoxError> {
        let calls: Vec<_> = messages
            .chunks(SQS_BATCH)
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
mod tests;
