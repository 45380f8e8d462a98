//! Settings and a context for the tests of several modules.

use std::sync::{Arc, LazyLock};

use crate::{message::LambdaContext, settings::Settings};

/// The attribute's defaults, without retries and metrics.
pub(crate) const SETTINGS: Settings = Settings {
    retries: 0,
    metrics: false,
    ..Settings::of("process_order")
};

/// An invocation without an id.
pub(crate) fn context() -> &'static Arc<LambdaContext> {
    static CONTEXT: LazyLock<Arc<LambdaContext>> = LazyLock::new(Arc::default);
    &CONTEXT
}
