//! The queues, shared by the simulation and the API.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::Sqs;
use crate::clock::Clock;

/// The queues and their clock. Clones share both.
#[derive(Clone, Debug)]
pub struct SharedSqs {
    sqs: Arc<Mutex<Sqs>>,
    clock: Clock,
}

impl SharedSqs {
    /// Shares `sqs`, at the time of `clock`.
    pub fn new(sqs: Sqs, clock: Clock) -> Self {
        Self {
            sqs: Arc::new(Mutex::new(sqs)),
            clock,
        }
    }

    /// Changes the queues at the clock's time, and wakes everything that waits for
    /// a change.
    pub fn change<T>(&self, change: impl FnOnce(&mut Sqs, Timestamp) -> T) -> T {
        let result = self.read(change);
        self.clock.wake();
        result
    }

    /// As [`change`](Self::change), but wakes nothing.
    pub fn read<T>(&self, read: impl FnOnce(&mut Sqs, Timestamp) -> T) -> T {
        // A second panic would hide the report of the first.
        let mut sqs = self.sqs.lock().unwrap_or_else(PoisonError::into_inner);
        read(&mut sqs, self.clock.now())
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }
}
