//! Sends on the records that the worker gives up: to the DLQ, with the number of the
//! redrive that they wait for, or to the parking queue.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use futures_util::{StreamExt as _, stream};
use redrive_model::{
    deadline::{SEND, SENDS_AT_ONCE},
    limits::{MESSAGE_BYTES, SQS_BATCH},
    policy::OnPermanent,
};
use tokio::{sync::OnceCell, time};

use crate::{
    batch::{
        attempt::Process,
        outcome::{Outcome, Slot},
        receive::Receive,
        response::reason,
        run::{Run, body},
    },
    error::{BoxError, Unreachable},
    event::{Field, Fields},
    failure::{Failure, FailureKind},
    log,
    message::Room,
    settings::Settings,
    sqs::{Destination, Outgoing, SqsAccess},
};

/// More than what the worker adds to a message: the reason, an id and the round.
const ADDED_BYTES: usize = 2_048;

/// What is known of the way on in one invocation.
#[derive(Default)]
pub(super) struct SendOn {
    /// A call was not answered. The others would not be either, and each would take
    /// time from records that can succeed.
    is_unreachable: AtomicBool,
    /// Of each message that was to be sent, by its id: one that is twice in the batch is
    /// sent once, for both.
    sent: Mutex<HashMap<String, Arc<Sent>>>,
}

/// Where a message was sent, if SQS has confirmed it.
type Sent = OnceCell<Option<Destination>>;

impl SendOn {
    fn sent(&self, id: &str) -> Arc<Sent> {
        // Nothing panics while it is held.
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(sent.entry(id.to_owned()).or_default())
    }
}

/// Where a record goes, and in which round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Route {
    to: Destination,
    round: Option<u32>,
}

impl Route {
    /// # Errors
    ///
    /// If the record's attributes cannot be read: then nor can they be sent.
    fn of(
        settings: &Settings,
        fields: &Fields<'_>,
        body: &str,
        refused: bool,
    ) -> Result<Self, BoxError> {
        let parks = refused && settings.on_permanent == OnPermanent::Park;
        let to = |parks| match parks {
            true => Destination::Parking,
            false => Destination::Dlq,
        };
        let Some(most) = settings.rounds else {
            return Ok(Self {
                to: to(parks),
                round: None,
            });
        };
        let room = Room::of(fields, body)?;
        let round = room.round.saturating_add(1);
        if !room.has_room_for_round() {
            // Uncounted, it would be redriven for ever.
            log::no_room_for_round(fields);
            return Ok(Self {
                to: Destination::Parking,
                round: None,
            });
        }
        Ok(Self {
            to: to(parks || round > most),
            round: Some(round),
        })
    }
}

/// A record that is sent on.
struct Parcel<'r> {
    index: usize,
    fields: Fields<'r>,
    body: Cow<'r, str>,
    reason: String,
    route: Route,
}

impl Parcel<'_> {
    /// No less than SQS counts: the JSON of attributes is never shorter than they are.
    fn bytes(&self) -> usize {
        let attributes = self.fields.get(Field::MessageAttributes);
        self.body.len() + attributes.map_or(0, str::len) + ADDED_BYTES
    }
}

impl<P: Process, Q: SqsAccess> Run<P, Q> {
    /// What became of a record whose last attempt failed: a permanent failure may be
    /// sent on at once, and in a FIFO batch so is a last run, since the rest of the
    /// group waits for it. The others are sent together, by [`Run::send_rest`].
    pub(super) async fn failed(
        &self,
        lane: usize,
        index: usize,
        body: &str,
        failure: Box<Failure>,
    ) -> Outcome {
        let settings = &self.engine.settings;
        let refused = failure.is_permanent() && settings.on_permanent != OnPermanent::Report;
        let is_last = self.receive(index).is_last_run() && self.groups.is_some();
        match refused || is_last {
            true => self.send_now(lane, index, body, failure).await,
            false => Outcome::Failed(failure),
        }
    }

    /// Sends a record on, before its lane handles another one.
    pub(super) async fn send_now(
        &self,
        lane: usize,
        index: usize,
        body: &str,
        failure: Box<Failure>,
    ) -> Outcome {
        // What holds if the time is up while SQS is asked.
        let outcome = Outcome::Failed(failure);
        self.lanes().settle(lane, index, outcome.clone());
        let sent = self.send_on.sent(&self.event.record(index).id());
        let send = async || {
            let parcel = self.parcel(index, Cow::Borrowed(body), &outcome)?;
            let to = parcel.route.to;
            (self.send(&[parcel]).await == [true]).then_some(to)
        };
        match *sent.get_or_init(send).await {
            Some(to) => Outcome::SentOn(to, Box::new(outcome)),
            None => outcome,
        }
    }

    /// Sends on what the lanes have left: records that failed in their last run, and
    /// those that SQS has delivered once more than that. What is not sent when the time
    /// is up is reported.
    pub(crate) async fn send_rest(&self, slots: &mut [Slot]) {
        if self.engine.settings.rounds.is_none() {
            return;
        }
        let given_up = self.given_up(slots);
        let mut left = self.parcels(&given_up);
        let all = async {
            while !left.is_empty() {
                // One of each message group, since the next may follow only if it is sent.
                let mut groups = HashSet::new();
                let (wave, rest): (Vec<_>, Vec<_>) =
                    left.drain(..).partition(|parcel: &Parcel<'_>| {
                        self.groups
                            .as_ref()
                            .is_none_or(|all| groups.insert(all.of(parcel.index)))
                    });
                let failed = self.send_all(wave).await;
                let follows = |parcel: &Parcel<'_>| {
                    let of = |index| self.groups.as_ref().map(|all| all.of(index));
                    failed.iter().all(|index| of(*index) != of(parcel.index))
                };
                left = rest.into_iter().filter(follows).collect();
            }
        };
        _ = time::timeout_at(self.whole.cut, all).await;
        for (index, _) in given_up {
            let sent = self.send_on.sent(&self.event.record(index).id());
            if let Some(Some(to)) = sent.get() {
                let outcome = &mut slots[index].outcome;
                *outcome = Outcome::SentOn(*to, Box::new(outcome.clone()));
            }
        }
    }

    /// The records that are to be sent on, in their order.
    fn given_up(&self, slots: &[Slot]) -> Vec<(usize, Outcome)> {
        let slots = slots.to_vec();
        let given_up = slots.into_iter().enumerate().filter_map(|(index, slot)| {
            let Slot { outcome, attempts } = slot;
            let outcome = match (self.receive(index), outcome) {
                (Receive::Extra, outcome) if is_ended(&outcome) => outcome,
                // Without time to look it up, it may be a copy of a completed message.
                (Receive::Extra, Outcome::OutOfTime { .. }) if P::IDEMPOTENCY.is_none() => {
                    Outcome::Failed(Box::new(Failure::invocation_ended()))
                }
                (
                    Receive::Last | Receive::Foreign,
                    outcome @ (Outcome::Failed(_) | Outcome::OutOfTime { .. }),
                ) if attempts > 0 => outcome,
                _ => return None,
            };
            Some((index, outcome))
        });
        given_up.collect()
    }

    /// Those of the messages that nobody has tried to send, one of each.
    fn parcels(&self, given_up: &[(usize, Outcome)]) -> Vec<Parcel<'_>> {
        let mut seen = HashSet::new();
        let parcels = given_up.iter().filter_map(|(index, outcome)| {
            let fields = self.event.record(*index);
            let is_new = self.send_on.sent(&fields.id()).get().is_none();
            (is_new && seen.insert(fields.id())).then_some(())?;
            self.parcel(*index, body(&fields).ok()?, outcome)
        });
        parcels.collect()
    }

    /// `None` if it cannot be sent.
    fn parcel<'r>(
        &'r self,
        index: usize,
        body: Cow<'r, str>,
        outcome: &Outcome,
    ) -> Option<Parcel<'r>> {
        let fields = self.event.record(index);
        let refused = matches!(outcome, Outcome::Failed(failure) if failure.is_permanent());
        match Route::of(&self.engine.settings, &fields, &body, refused) {
            Ok(route) => Some(Parcel {
                index,
                fields,
                body,
                reason: reason(outcome),
                route,
            }),
            Err(error) => {
                log::not_readable(&fields, &error);
                None
            }
        }
    }

    /// Sends records on, several calls at once. Those that were not sent.
    async fn send_all(&self, parcels: Vec<Parcel<'_>>) -> Vec<usize> {
        let (to_dlq, parked): (Vec<_>, Vec<_>) = parcels
            .into_iter()
            .partition(|parcel| parcel.route.to == Destination::Dlq);
        let calls = in_calls(to_dlq).into_iter().chain(in_calls(parked));
        let calls: Vec<_> = calls
            .map(|parcels| async move {
                let sent = self.send(&parcels).await;
                let mut failed = Vec::new();
                for (parcel, is_sent) in parcels.iter().zip(sent) {
                    if !is_sent {
                        failed.push(parcel.index);
                    }
                    let sent = self.send_on.sent(&parcel.fields.id());
                    // An abandoned lane may be sending the same message.
                    _ = sent.set(is_sent.then_some(parcel.route.to));
                }
                failed
            })
            .collect();
        stream::iter(calls)
            .buffer_unordered(SENDS_AT_ONCE)
            .concat()
            .await
    }

    /// One call, within [`SEND`]: whether SQS confirmed each record.
    async fn send(&self, parcels: &[Parcel<'_>]) -> Vec<bool> {
        let Some(Route { to, .. }) = parcels.first().map(|parcel| parcel.route) else {
            return Vec::new();
        };
        let sqs = &self.engine.sqs;
        let all = |error: fn() -> BoxError| parcels.iter().map(|_| Err(error())).collect();
        let sent: Vec<Result<(), BoxError>> = match self.send_on.is_unreachable.load(Relaxed) {
            true => all(|| "SQS did not answer for an earlier record of this invocation".into()),
            false => {
                let outgoing = parcels.iter().map(|parcel| Outgoing {
                    record: self.view(parcel.fields, &parcel.body),
                    reason: &parcel.reason,
                    round: parcel.route.round,
                });
                let outgoing: Vec<_> = outgoing.collect();
                let sent = time::timeout(SEND, sqs.send(to, &outgoing)).await;
                sent.unwrap_or_else(|_| {
                    all(|| Unreachable::boxed("SQS", format!("no answer within {SEND:?}")))
                })
            }
        };
        let results = parcels.iter().zip(sent).map(|(parcel, sent)| {
            match &sent {
                Ok(()) => log::sent_on(&parcel.fields, to, parcel.route.round),
                Err(error) => {
                    let is_unreachable = error.is::<Unreachable>();
                    self.send_on
                        .is_unreachable
                        .fetch_or(is_unreachable, Relaxed);
                    log::not_sent_on(&parcel.fields, to, sqs.url(to), error);
                }
            }
            sent.is_ok()
        });
        results.collect()
    }
}

/// Whether this is the outcome of an extra receive.
fn is_ended(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed(failure) if failure.kind == FailureKind::InvocationEnded)
}

/// Divides records among calls: SQS limits the entries of one, and their bytes.
fn in_calls(parcels: Vec<Parcel<'_>>) -> Vec<Vec<Parcel<'_>>> {
    let mut calls: Vec<Vec<_>> = Vec::new();
    let mut left = 0;
    for parcel in parcels {
        let bytes = parcel.bytes();
        match calls.last_mut() {
            Some(call) if call.len() < SQS_BATCH && bytes <= left => {
                left -= bytes;
                call.push(parcel);
            }
            _ => {
                left = MESSAGE_BYTES.saturating_sub(bytes);
                calls.push(vec![parcel]);
            }
        }
    }
    calls
}

impl Failure {
    /// Of a record that was received once more than it has runs.
    pub(super) fn invocation_ended() -> Self {
        Self::new(FailureKind::InvocationEnded, "invocation ended")
    }
}
