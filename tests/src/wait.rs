//! Waiting for what has no event of its own.

use std::thread;
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(50);

/// Asks until there is an answer; `None` when `limit` has passed without.
pub fn wait_for<T>(limit: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + limit;
    loop {
        match ask() {
            None if Instant::now() < end => thread::sleep(PAUSE),
            answer => return answer,
        }
    }
}
