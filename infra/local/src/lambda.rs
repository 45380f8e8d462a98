//! Lambda: functions, their execution environments, and invocations.

mod environment;
mod extensions;
mod failure;
mod function;
mod log;
mod runtime_api;

pub(crate) use failure::Failure;
pub(crate) use function::{LambdaFunction, redrive_function, worker};

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::names;
use environment::Environment;

/// How long an unused environment is kept. Lambda does not document it; some
/// minutes are usual.
const IDLE: SignedDuration = SignedDuration::from_mins(10);

/// A function and its environments that are ready for an event.
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
    /// The function's output.
    pub(crate) log: Vec<String>,
    /// Whether a process was started for it.
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
        let request_id = names::new_id(&mut lock(&self.rng));
        let (started, cold_start) = match self.take_idle(clock.now()) {
            Some(environment) => (Ok(environment), false),
            None => (Environment::start(&self.function).await, true),
        };
        let (invocation, environment) = match started {
            Ok(environment) => environment.invoke(request_id, payload).await,
            Err(failed) => (failed, None),
        };
        if let Some(environment) = environment {
            let since = clock.now();
            lock(&self.idle).push(Idle { since, environment });
        }
        Invocation {
            cold_start,
            ..invocation
        }
    }

    fn take_idle(&self, now: Timestamp) -> Option<Environment> {
        let mut idle = lock(&self.idle);
        let is_old = |entry: &mut Idle| now.duration_since(entry.since) >= IDLE;
        for entry in idle.extract_if(.., is_old) {
            tokio::spawn(entry.environment.shut_down());
        }
        idle.pop().map(|entry| entry.environment)
    }

    /// Shuts all idle environments down, and returns what they wrote.
    pub(crate) async fn shut_down(&self) -> Vec<String> {
        let idle = std::mem::take(&mut *lock(&self.idle));
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
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // No code panics with one of these locks held.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
