//! A random invocation: the records, what the function does with each, the
//! settings, and how SQS answers.

use proptest::{collection::vec, option, prelude::*};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) records: Vec<Record>,
    pub(super) fifo: bool,
    pub(super) stop_batch: bool,
    pub(super) concurrency: u32,
    pub(super) retries: u32,
    pub(super) backoff: (u64, u64),
    /// In seconds.
    pub(super) timeout: u32,
    pub(super) remaining_percent: u32,
    pub(super) attempt_timeout: Option<u64>,
    /// `on_permanent = "dlq"`.
    pub(super) dlq: Option<Dlq>,
    /// In seconds, and how long SQS takes to set the delays.
    pub(super) queue_backoff: Option<(u32, u32, u64)>,
    /// `on_total_failure = "error"`.
    pub(super) error_if_all_fail: bool,
    pub(super) seed: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) group: Option<u8>,
    pub(super) receive_count: u32,
    /// Else just now.
    pub(super) first_received_long_ago: bool,
    pub(super) malformed: bool,
    pub(super) script: Script,
}

/// What the function does with a record: fails so often, then ends.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Script {
    pub(super) index: usize,
    pub(super) millis: u64,
    pub(super) failures: u32,
    pub(super) end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum End {
    Ok,
    Permanent,
    Panic,
    Hang,
}

/// A DLQ that answers after so many milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dlq {
    pub(super) refuses: bool,
    pub(super) millis: u64,
}

impl Dlq {
    const LIMIT: u64 = redrive_model::deadline::SEND.as_secs() * 1_000;

    /// The longest that a send takes.
    pub(super) fn longest(self) -> u64 {
        self.millis.min(Self::LIMIT)
    }

    /// Whether it answers in time; if not, later sends fail at once.
    pub(super) fn is_reachable(self) -> bool {
        self.millis <= Self::LIMIT
    }

    pub(super) fn confirms(self) -> bool {
        self.is_reachable() && !self.refuses
    }
}

impl Case {
    fn remaining(&self) -> u64 {
        u64::from(self.timeout) * u64::from(self.remaining_percent) * 10
    }

    fn margin(&self) -> u64 {
        (u64::from(self.timeout) * 100)
            .min(500)
            .min(self.remaining())
    }

    /// When work ends, in milliseconds from the start.
    pub(super) fn cut(&self) -> u64 {
        self.remaining() - self.margin()
    }

    /// When calls that only help SQS end.
    pub(super) fn answer_by(&self) -> u64 {
        self.cut() + self.margin() / 2
    }

    /// Whether the records run one after another, in their order.
    pub(super) fn is_serial(&self) -> bool {
        self.concurrency == 1 || self.records.len() <= 1
    }

    /// Earlier records of the same message group of a FIFO queue.
    pub(super) fn before_in_group(&self, index: usize) -> impl Iterator<Item = usize> {
        let group = self.records[index].group.filter(|_| self.fifo);
        (0..index).filter(move |&before| group.is_some() && self.records[before].group == group)
    }
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        6 => Just(End::Ok),
        1 => Just(End::Permanent),
        1 => Just(End::Panic),
        1 => Just(End::Hang),
    ]
}

prop_compose! {
    fn record()(
        id in 0..100_u8,
        group in option::weighted(0.8, 0..4_u8),
        receive_count in prop_oneof![4 => 1..12_u32, 1 => Just(u32::MAX)],
        first_received_long_ago: bool,
        malformed in prop::bool::weighted(0.1),
        millis in prop_oneof![1 => Just(0_u64), 4 => 0..3_000_u64],
        failures in prop_oneof![3 => Just(0_u32), 2 => 0..5_u32],
        end in end(),
    ) -> Record {
        Record {
            id: format!("m{id}"),
            group,
            receive_count,
            first_received_long_ago,
            malformed,
            script: Script { index: 0, millis, failures, end },
        }
    }
}

prop_compose! {
    fn dlq()(refuses in prop::bool::weighted(0.3), millis in prop_oneof![Just(0), 1..5_000_u64]) -> Dlq {
        Dlq { refuses, millis }
    }
}

prop_compose! {
    pub(super) fn case()(
        mut records in vec(record(), 0..20),
        (fifo, stop_batch) in any::<(bool, bool)>(),
        concurrency in prop_oneof![Just(1), 2..6_u32],
        retries in 0..4_u32,
        backoff in (1..500_u64, 500..4_000_u64),
        // All have time, or some do not.
        timeout in prop_oneof![Just(900_u32), 1..40_u32],
        remaining_percent in prop_oneof![Just(100_u32), 1..=100_u32],
        attempt_timeout in option::of(1..3_000_u64),
        dlq in option::of(dlq()),
        queue_backoff in option::of((1..5_000_u32, 1..43_200_u32, 0..400_u64)),
        error_if_all_fail: bool,
        seed: u64,
    ) -> Case {
        for (index, record) in records.iter_mut().enumerate() {
            record.script.index = index;
        }
        Case {
            records, fifo, stop_batch, concurrency, retries, backoff, timeout, remaining_percent,
            attempt_timeout, dlq, queue_backoff, error_if_all_fail, seed,
        }
    }
}
