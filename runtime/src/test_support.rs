//! What the tests of several modules share.

use crate::settings::{OnGroupFailure, OnPermanent, OnTotalFailure, Settings};

/// The attribute's defaults.
pub(crate) const SETTINGS: Settings = Settings {
    function: "process_order",
    timeout_seconds: 30,
    retries: 0,
    backoff_min_ms: 200,
    backoff_max_ms: 5_000,
    concurrency: 1,
    attempt_timeout_ms: None,
    on_total_failure: OnTotalFailure::Error,
    on_group_failure: OnGroupFailure::SkipGroup,
    on_permanent: OnPermanent::Report,
    queue_backoff_seconds: None,
    metrics: false,
};
