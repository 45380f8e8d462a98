//! Runs a case through the engine and watches from inside the function.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::time::{Instant, sleep};

use super::{
    case::{Case, End, Record, Script},
    model::{Fate, Outcome, Why},
};
use crate::{
    error::BoxError,
    failure::Permanent,
    message::Message,
    testing::{Batch, Report, TestMessage},
};

/// What happened in the function, in order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Event {
    pub(super) record: usize,
    /// In milliseconds from the start of the invocation.
    pub(super) at: u64,
    pub(super) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum What {
    /// The function is called.
    Start,
    /// It is about to return `Ok`.
    Ok,
    /// It has returned, or was dropped.
    End,
}

pub(super) struct Ran {
    pub(super) report: Report,
    pub(super) events: Vec<Event>,
    pub(super) fates: Vec<Fate>,
    /// Records that were sent to the DLQ.
    pub(super) sent: BTreeSet<usize>,
    /// Records whose messages are in the DLQ: those, and others with their ids.
    pub(super) in_dlq: BTreeSet<usize>,
    /// Records that are done or in the DLQ, whatever the engine says.
    pub(super) completed: BTreeSet<usize>,
}

impl Ran {
    /// Record and moment of each call of the function.
    pub(super) fn starts(&self) -> impl Iterator<Item = (usize, u64)> {
        self.events
            .iter()
            .filter(|event| event.what == What::Start)
            .map(|event| (event.record, event.at))
    }

    /// The place in `events` of the record's last event, if it has any.
    pub(super) fn last(&self, record: usize) -> Option<usize> {
        self.events.iter().rposition(|event| event.record == record)
    }
}

struct Watch {
    events: Mutex<Vec<Event>>,
    cut: u64,
}

impl Watch {
    fn events(&self) -> MutexGuard<'_, Vec<Event>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One call of the function; its end is an event even if it is dropped.
struct Call<'w> {
    watch: &'w Watch,
    record: usize,
    start: Instant,
    start_at: u64,
}

impl<'w> Call<'w> {
    fn new(watch: &'w Watch, message: &Message<Script>) -> Self {
        let call = Self {
            watch,
            record: message.body.index,
            start: Instant::now(),
            start_at: watch.cut - millis(message.time_remaining()),
        };
        call.event(What::Start);
        call
    }

    fn event(&self, what: What) {
        self.watch.events().push(Event {
            record: self.record,
            at: self.start_at + millis(self.start.elapsed()),
            what,
        });
    }

    /// Which attempt at the record this is.
    fn attempt(&self) -> u32 {
        let is_start = |event: &&Event| event.record == self.record && event.what == What::Start;
        self.watch.events().iter().filter(is_start).count() as u32
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.event(What::End);
    }
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap()
}

/// Of each record another one.
fn body(record: &Record) -> String {
    match record.malformed {
        true => format!("{{{}", record.script.index),
        false => serde_json::to_string(&record.script).unwrap(),
    }
}

/// Not on virtual time: ahead of any clock, which counts as just now.
fn first_received(record: &Record) -> SystemTime {
    UNIX_EPOCH
        + match record.first_received_long_ago {
            true => Duration::ZERO,
            false => Duration::from_secs(1 << 34),
        }
}

fn batch(case: &Case) -> Batch {
    let ms = Duration::from_millis;
    let mut batch = match case.fifo {
        true => Batch::fifo(),
        false => Batch::new(),
    }
    .concurrency(case.concurrency)
    .retries(case.retries)
    .backoff(ms(case.backoff.0), ms(case.backoff.1))
    .timeout(Duration::from_secs(case.timeout.into()))
    .remaining(Duration::from_secs(case.timeout.into()) * case.remaining_percent / 100)
    .slow_sqs(
        ms(case.dlq.map_or(0, |dlq| dlq.millis)),
        ms(case.queue_backoff.map_or(0, |(_, _, millis)| millis)),
    )
    .seed(case.seed);
    if !case.error_if_all_fail {
        batch = batch.report_total_failure();
    }
    if case.stop_batch {
        batch = batch.stop_batch();
    }
    if let Some(limit) = case.attempt_timeout {
        batch = batch.attempt_timeout(ms(limit));
    }
    if let Some(dlq) = case.dlq {
        batch = match dlq.refuses {
            true => batch.dlq_refuses(),
            false => batch.permanent_to_dlq(),
        };
    }
    if let Some((min, max, _)) = case.queue_backoff {
        batch = batch.queue_backoff(
            Duration::from_secs(min.into()),
            Duration::from_secs(max.into()),
        );
    }
    for record in &case.records {
        let message = TestMessage::text(body(record))
            .id(&record.id)
            .receive_count(record.receive_count)
            .times(UNIX_EPOCH, first_received(record));
        batch = batch.message(match record.group {
            Some(group) => message.group(group.to_string()),
            None => message,
        });
    }
    batch
}

pub(super) fn run(case: &Case) -> Ran {
    let watch = Watch {
        events: Mutex::default(),
        cut: case.cut(),
    };
    let report = batch(case).run(async |message: Message<Script>| -> Result<(), BoxError> {
        let script = message.body;
        let call = Call::new(&watch, &message);
        sleep(Duration::from_millis(script.millis)).await;
        if call.attempt() <= script.failures {
            return Err(Why::NOT_YET.into());
        }
        match script.end {
            End::Ok => {
                call.event(What::Ok);
                Ok(())
            }
            End::Permanent => Err(Permanent::new(Why::NEVER).into()),
            End::Panic => panic!("boom"),
            End::Hang => std::future::pending().await,
        }
    });
    let events = watch
        .events
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let fates: Vec<_> = report.slots().map(Fate::of).collect();
    let is_in_dlq = |index: &usize| matches!(fates[*index].outcome, Outcome::InDlq(_));
    let in_dlq: BTreeSet<_> = (0..fates.len()).filter(is_in_dlq).collect();
    let ids = in_dlq.iter().map(|index| case.records[*index].id.as_str());
    let ids: BTreeSet<_> = ids.collect();
    let mut sent = BTreeSet::new();
    for message in report.sent_to_dlq() {
        let index = case
            .records
            .iter()
            .position(|record| body(record) == message.body);
        let index = index.expect("what is sent is a record of the batch");
        assert_eq!(message.id, case.records[index].id);
        assert!(sent.insert(index) && in_dlq.contains(&index));
    }
    assert_eq!(sent.len(), ids.len(), "a message was sent twice");
    let mut completed = in_dlq.clone();
    for event in &events {
        if event.what == What::Ok {
            assert!(
                completed.insert(event.record),
                "done twice: {}",
                event.record
            );
        }
    }
    Ran {
        report,
        events,
        fates,
        sent,
        in_dlq,
        completed,
    }
}
