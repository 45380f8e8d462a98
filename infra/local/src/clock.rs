//! Simulated time.
//!
//! During an invocation or a long poll, simulated time runs with real time.
//! Otherwise it is stopped, and the simulation moves it to the next event.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// The simulation's time. Clones share it.
#[derive(Clone, Debug)]
pub struct Clock {
    inner: Arc<Mutex<Inner>>,
    wakes: watch::Sender<()>,
    real_time: bool,
}

#[derive(Debug)]
struct Inner {
    base: Timestamp,
    /// When the time was `base`; `None` while time is stopped.
    running_since: Option<Instant>,
    holds: usize,
}

impl Inner {
    fn now(&self) -> Timestamp {
        let passed = self.running_since.map_or(Duration::ZERO, |at| at.elapsed());
        add(self.base, passed)
    }
}

impl Clock {
    /// A clock that starts at `start`, and is stopped until it is held.
    pub fn simulated(start: Timestamp) -> Self {
        Self::new(start, None)
    }

    /// A clock that starts at `start` and always runs with real time.
    pub fn real_time(start: Timestamp) -> Self {
        Self::new(start, Some(Instant::now()))
    }

    fn new(base: Timestamp, running_since: Option<Instant>) -> Self {
        Self {
            inner: Arc::new(Mutex::new(Inner {
                base,
                running_since,
                holds: 0,
            })),
            wakes: watch::Sender::new(()),
            real_time: running_since.is_some(),
        }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.lock().now()
    }

    /// Lets time run with real time until the guard is dropped.
    pub fn hold(&self) -> Hold {
        let mut inner = self.lock();
        inner.holds += 1;
        inner.running_since.get_or_insert_with(Instant::now);
        Hold {
            clock: self.clone(),
        }
    }

    /// Moves the time forward to `to` if nothing holds the clock, and returns
    /// whether it did.
    pub fn jump(&self, to: Timestamp) -> bool {
        let mut inner = self.lock();
        if self.real_time || inner.holds > 0 {
            return false;
        }
        inner.base = inner.base.max(to);
        true
    }

    /// Wakes everything that waits for something to happen at this time.
    pub(crate) fn wake(&self) {
        self.wakes.send_replace(());
    }

    /// Notifies whenever the last hold ends, or the queues change.
    pub(crate) fn wakes(&self) -> watch::Receiver<()> {
        self.wakes.subscribe()
    }

    /// The real time until a running clock reaches `at`.
    pub fn until(&self, at: Timestamp) -> Duration {
        Duration::try_from(at.duration_since(self.now())).unwrap_or(Duration::ZERO)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // No code panics with the lock held, so the value is consistent.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps simulated time running; see [`Clock::hold`].
#[derive(Debug)]
pub struct Hold {
    clock: Clock,
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut inner = self.clock.lock();
        inner.holds -= 1;
        if inner.holds > 0 || self.clock.real_time {
            return;
        }
        inner.base = inner.now();
        inner.running_since = None;
        drop(inner);
        self.clock.wake();
    }
}

/// The time `by` after `at`, or the latest possible time.
pub(crate) fn add(at: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by)
        .ok()
        .and_then(|by| at.checked_add(by).ok())
        .unwrap_or(Timestamp::MAX)
}

/// The time `by` seconds after `at`.
pub(crate) fn add_seconds(at: Timestamp, by: u32) -> Timestamp {
    add(at, Duration::from_secs(by.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Timestamp {
        "2026-01-05T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn stands_still_and_jumps_when_nothing_holds_it() {
        let clock = Clock::simulated(start());
        assert_eq!(clock.now(), start());
        let later = add_seconds(start(), 3600);
        assert!(clock.jump(later));
        assert_eq!(clock.now(), later);
    }

    #[test]
    fn never_goes_back() {
        let clock = Clock::simulated(start());
        assert!(clock.jump(Timestamp::UNIX_EPOCH));
        assert_eq!(clock.now(), start());
    }

    #[test]
    fn runs_while_held() {
        let clock = Clock::simulated(start());
        let hold = clock.hold();
        assert!(!clock.jump(add_seconds(start(), 3600)));
        while clock.now() == start() {
            std::hint::spin_loop();
        }
        drop(hold);
        let stopped = clock.now();
        assert_eq!(clock.now(), stopped);
        assert!(stopped < add_seconds(start(), 3600));
    }

    #[test]
    fn notifies_when_the_last_hold_ends() {
        let clock = Clock::simulated(start());
        let wakes = clock.wakes();
        let (first, second) = (clock.hold(), clock.hold());
        drop(first);
        assert!(!wakes.has_changed().unwrap());
        drop(second);
        assert!(wakes.has_changed().unwrap());
    }

    #[test]
    fn real_time_never_jumps() {
        let clock = Clock::real_time(start());
        assert!(!clock.jump(add_seconds(start(), 3600)));
    }
}
