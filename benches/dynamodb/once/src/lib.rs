//! What both functions do.

use std::time::Duration;

/// A message.
#[derive(serde::Deserialize)]
pub struct Order {
    /// The key.
    pub id: u64,
}

/// How long each takes, as for a database.
pub const WORK: Duration = Duration::from_millis(20);

/// How long one call of the stub takes.
pub const CALL: Duration = Duration::from_millis(5);
