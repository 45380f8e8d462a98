//! Lambda: functions, their execution environments, and invocations.

mod environment;
mod failure;
mod log;
mod runtime_api;
mod variables;

pub(crate) use environment::LambdaFunction;
pub(crate) use failure::Failure;
pub(crate) use variables::{redrive_function, worker};

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use environment::{Ended, Environment};

/// How long an unused environment is kept. Lambda does not say; some minutes
/// are usual.
const IDLE: SignedDuration = SignedDuration::from_mins(10);

/// A function and the environments that are ready for it.
#[derive(Debug)]
pub(crate) struct Pool {
    function: LambdaFunction,
    idle: Mutex<Vec<Idle>>,
    rng: Mutex<fastrand::Rng>,
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
    /// What the function wrote.
    pub(crate) log: Vec<String>,
    /// Whether a process had to be started for it.
    pub(crate) cold_start: bool,
}

impl Pool {
    pub(crate) fn new(function: LambdaFunction, seed: u64) -> Self {
        Self {
            function,
            idle: Mutex::default(),
            rng: Mutex::new(fastrand::Rng::with_seed(seed)),
        }
    }

    pub(crate) fn function(&self) -> &LambdaFunction {
        &self.function
    }

    /// Invokes the function once, in an idle environment or a new one. The
    /// clock runs in the meantime.
    pub(crate) async fn invoke(&self, payload: String, clock: &Clock) -> Invocation {
        let _hold = clock.hold();
        let request_id = self.request_id();
        let (environment, cold_start) = match self.take_idle(clock.now()) {
            Some(environment) => (Ok(environment), false),
            None => (Environment::start(&self.function).await, true),
        };
        let Ended {
            outcome,
            log,
            environment,
        } = match environment {
            Ok(environment) => environment.invoke(request_id, payload).await,
            Err(ended) => ended,
        };
        if let Some(environment) = environment {
            let since = clock.now();
            lock(&self.idle).push(Idle { since, environment });
        }
        Invocation {
            outcome,
            log,
            cold_start,
        }
    }

    fn take_idle(&self, now: Timestamp) -> Option<Environment> {
        let mut idle = lock(&self.idle);
        idle.retain(|entry| now.duration_since(entry.since) < IDLE);
        idle.pop().map(|entry| entry.environment)
    }

    fn request_id(&self) -> String {
        let bytes = lock(&self.rng).u128(..).to_be_bytes();
        uuid::Builder::from_random_bytes(bytes)
            .into_uuid()
            .to_string()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // No code panics with one of these locks held.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
