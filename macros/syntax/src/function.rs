//! What one `#[sqs_batch]` function asks for, checked and with its defaults
//! filled in. Plain data: the macro expands it, the build script renders it.

use std::collections::BTreeMap;
use std::time::Duration;

pub use redrive_model::Backoff;
pub use redrive_model::policy::{OnGroupFailure, OnPermanent, OnTotalFailure};

use crate::schedule::Schedule;

/// A checked `#[sqs_batch]` function.
///
/// Every value is within the limits of AWS and of the rules in [`crate::rules`];
/// whoever holds one need not check again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Function {
    /// The Rust function's name; also the worker's handler (`_HANDLER`).
    pub name: String,
    /// The source queue's name, with `.fifo` if it is a FIFO queue.
    pub queue: String,
    /// Most records in one invocation (`BatchSize`).
    pub batch_size: u32,
    /// Seconds to wait for a batch to fill (`MaximumBatchingWindowInSeconds`).
    pub batch_window: u32,
    /// Most concurrent invocations (`ScalingConfig.MaximumConcurrency`).
    pub max_concurrency: Option<u32>,
    /// Attempts of a record after the first, inside one invocation.
    pub retries: u32,
    /// The waits between attempts.
    pub backoff: Backoff,
    /// Records of one invocation that are handled at once.
    pub concurrency: u32,
    /// The longest one attempt may take; `None`: as long as the invocation has.
    pub attempt_timeout: Option<Duration>,
    /// The worker's timeout in seconds (`Timeout`).
    pub timeout: u32,
    /// The worker's memory in MB (`MemorySize`).
    pub memory: u32,
    /// Receives before SQS moves a message to the DLQ (`maxReceiveCount`).
    pub max_receive_count: u32,
    /// The source queue's visibility timeout in seconds.
    pub visibility_timeout: u32,
    /// The source queue's retention in seconds (`MessageRetentionPeriod`).
    pub retention: u32,
    /// The DLQ's retention in seconds (`MessageRetentionPeriod`).
    pub dlq_retention: u32,
    /// When the DLQ is redriven; `None`: never.
    pub redrive: Option<Redrive>,
    /// What an invocation answers when every record failed.
    pub on_total_failure: OnTotalFailure,
    /// What a failure means for the records behind it in a FIFO batch.
    pub on_group_failure: OnGroupFailure,
    /// Where a record goes that can never succeed.
    pub on_permanent: OnPermanent,
    /// How long a failed record stays invisible, growing with its receive
    /// count, in seconds; `None`: the visibility timeout.
    pub queue_backoff: Option<QueueBackoff>,
    /// Whether each invocation writes its metrics to the log.
    pub metrics: bool,
    /// The worker's environment variables.
    pub env: BTreeMap<String, String>,
    /// ARNs of managed policies for the worker's role.
    pub policies: Vec<String>,
    /// Whether the function belongs in the template.
    pub template: bool,
    /// Rules whose warning is accepted on purpose.
    pub allow: Vec<String>,
}

impl Function {
    /// Whether the source queue, and so the DLQ, is a FIFO queue.
    pub fn is_fifo(&self) -> bool {
        self.queue.ends_with(".fifo")
    }

    /// The DLQ's name: the source queue's with `-dlq`, before `.fifo`.
    pub fn dlq(&self) -> String {
        match self.queue.strip_suffix(".fifo") {
            Some(stem) => format!("{stem}-dlq.fifo"),
            None => format!("{}-dlq", self.queue),
        }
    }
}

/// The visibility timeout that AWS recommends, in seconds.
pub(crate) fn recommended_visibility(timeout: u32, batch_window: u32) -> u32 {
    6 * timeout + batch_window
}

/// Invisibility of a failed record: doubles with each receive from `min` to
/// `max`, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct QueueBackoff {
    /// Seconds after the first receive.
    pub min: u32,
    /// Seconds at most.
    pub max: u32,
}

/// The scheduled redrive of the DLQ.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Redrive {
    /// When it runs (`ScheduleExpression`).
    pub schedule: Schedule,
    /// The IANA time zone the schedule is in (`ScheduleExpressionTimezone`).
    pub timezone: String,
    /// Messages moved in a second (`MaxNumberOfMessagesPerSecond`); `None`:
    /// SQS decides.
    pub max_per_second: Option<u32>,
}

impl Function {
    /// A short hash of all settings, by which the macro sees that the template
    /// was written from the same ones.
    pub fn fingerprint(&self) -> String {
        // FNV-1a: both halves are built from one version of this crate, so the
        // hash need not be stable across versions, and nobody attacks it.
        let hash = format!("{self:?}")
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
            });
        format!("{hash:016x}")
    }
}
