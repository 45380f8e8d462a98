//! When the alarms of a function ring.

use std::time::Duration;

/// When the alarms of a function ring.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Alarms {
    /// Whether there are alarms.
    pub enabled: bool,
    /// At so many messages in the DLQ.
    pub dlq_depth: u32,
    /// At this age of the source queue's oldest message; `None`: half of the queue's
    /// retention.
    pub oldest: Option<Duration>,
    /// At so many errors of the worker in five minutes.
    pub errors: u32,
}

impl Default for Alarms {
    fn default() -> Self {
        Self {
            enabled: true,
            dlq_depth: 1,
            oldest: None,
            errors: 1,
        }
    }
}
