//! What the tests of several modules share.

use crate::settings::Settings;

/// The attribute's defaults, without retries and metrics.
pub(crate) const SETTINGS: Settings = Settings {
    retries: 0,
    metrics: false,
    ..Settings::of("process_order")
};
