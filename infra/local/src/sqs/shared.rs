//! The queues, shared by everything that uses them at once.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::watch;

use super::Sqs;
use crate::clock::Clock;

/// The queues and the clock they go by. Clones are the same queues.
#[derive(Clone, Debug)]
pub struct SharedSqs {
    sqs: Arc<Mutex<Sqs>>,
    clock: Clock,
    changed: watch::Sender<()>,
}

impl SharedSqs {
    /// Shares `sqs`, on the time of `clock`.
    pub fn new(sqs: Sqs, clock: Clock) -> Self {
        Self {
            sqs: Arc::new(Mutex::new(sqs)),
            clock,
            changed: watch::Sender::new(()),
        }
    }

    /// Changes the queues at the clock's time and wakes those who wait for a
    /// change.
    pub fn change<T>(&self, change: impl FnOnce(&mut Sqs, Timestamp) -> T) -> T {
        let result = self.read(change);
        self.notify();
        result
    }

    /// As [`change`](Self::change), for what changes nothing that others wait
    /// for.
    pub fn read<T>(&self, read: impl FnOnce(&mut Sqs, Timestamp) -> T) -> T {
        // A panic with the lock held is a bug whose report must not be hidden
        // behind a second one.
        let mut sqs = self.sqs.lock().unwrap_or_else(PoisonError::into_inner);
        read(&mut sqs, self.clock.now())
    }

    /// Wakes those who wait for a change.
    pub(crate) fn notify(&self) {
        self.changed.send_replace(());
    }

    /// Wakes for every change from now on.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }
}
