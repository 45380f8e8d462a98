//! Lambda: functions, their execution environments, and invocations.

mod environment;
mod failure;
mod function;
mod log;
mod runtime_api;

pub(crate) use failure::Failure;
pub(crate) use function::{LambdaFunction, redrive_function, worker};

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use environment::Environment;

/// How long an unused environment is kept. Lambda does not document it; some
/// minutes are usual.
const IDLE: SignedDuration = SignedDuration::from_mins(10);

/// A function and its environments that are ready for an event.
#[derive(Debug)]
pub(crate) struct Pool {
    function: LambdaFunction,
    idle: Mutex<Vec<Idle>>,
}

#[derive(Debug)]
struct Idle {
    since: Timestamp,
    environment: Environment,
}

/// A finished invocation.
#[derive(Debug)]
pub(crate) struct Invocation {
    /// The function's response, or why there is none.
    pub(crate) outcome: Result<Vec<u8>, Failure>,
    /// The function's output.
    pub(crate) log: Vec<String>,
    /// Whether a process was started for it.
    pub(crate) cold_start: bool,
}

impl Pool {
    pub(crate) fn new(function: LambdaFunction) -> Self {
        let idle = Mutex::default();
        Self { function, idle }
    }

    pub(crate) fn function(&self) -> &LambdaFunction {
        &self.function
    }

    /// Invokes the function once, in an idle environment or a new one. The
    /// clock runs in the meantime.
    pub(crate) async fn invoke(
        &self,
        request_id: String,
        payload: String,
        clock: &Clock,
    ) -> Invocation {
        let _hold = clock.hold();
        let started = match self.take_idle(clock.now()) {
            Some(environment) => Ok(environment),
            None => Environment::start(&self.function).await,
        };
        let (invocation, environment) = match started {
            Ok(environment) => environment.invoke(request_id, payload).await,
            Err(failed) => (failed, None),
        };
        if let Some(environment) = environment {
            let since = clock.now();
            self.lock().push(Idle { since, environment });
        }
        invocation
    }

    fn take_idle(&self, now: Timestamp) -> Option<Environment> {
        let mut idle = self.lock();
        let is_old = |entry: &mut Idle| now.duration_since(entry.since) >= IDLE;
        for entry in idle.extract_if(.., is_old) {
            tokio::spawn(entry.environment.shut_down());
        }
        idle.pop().map(|entry| entry.environment)
    }

    /// Shuts all idle environments down, and returns what they wrote.
    pub(crate) async fn shut_down(&self) -> Vec<String> {
        let idle = std::mem::take(&mut *self.lock());
        let idle: Vec<_> = idle
            .into_iter()
            .map(|entry| tokio::spawn(entry.environment.shut_down()))
            .collect();
        let mut log = Vec::new();
        for environment in idle {
            log.extend(environment.await.unwrap_or_default());
        }
        log
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Idle>> {
        // No code panics with the lock held.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
