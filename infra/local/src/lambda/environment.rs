//! One execution environment: the user's binary as a child process, and the
//! Runtime API it talks to.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::failure::Failure;
use super::log::Log;
use super::runtime_api::{Delivery, RuntimeApi, Told};
use crate::names;

/// How long a function may take before it asks for its first event; see
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>.
const INIT_LIMIT: Duration = Duration::from_secs(10);

/// How long a process that has reported an init error may take to end: its last
/// words are worth waiting for.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A Lambda function: a binary and how to run it.
#[derive(Clone, Debug)]
pub(crate) struct LambdaFunction {
    /// `AWS_LAMBDA_FUNCTION_NAME`.
    pub(crate) name: String,
    pub(crate) binary: PathBuf,
    /// `Timeout`.
    pub(crate) timeout: Duration,
    /// The whole environment but for the Runtime API's address.
    pub(crate) variables: BTreeMap<String, String>,
}

/// A running child process, ready for an event.
#[derive(Debug)]
pub(crate) struct Environment {
    function: LambdaFunction,
    child: Child,
    api: RuntimeApi,
    log: Log,
}

/// How an invocation in an environment ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) outcome: Result<Vec<u8>, Failure>,
    /// What the process wrote in the meantime.
    pub(crate) log: Vec<String>,
    /// The environment, if it can take another event.
    pub(crate) environment: Option<Environment>,
}

impl Environment {
    /// Starts the process and waits until it asks for its first event.
    pub(crate) async fn start(function: &LambdaFunction) -> Result<Self, Ended> {
        let spawned = Self::spawn(function).await;
        let mut environment =
            spawned.map_err(|error| ended(Err(Failure::Spawn(error.to_string()))))?;
        let ready = environment.ready().await;
        match ready {
            Ok(()) => Ok(environment),
            Err(failure) => Err(Ended {
                log: environment.log.take(),
                ..ended(Err(failure))
            }),
        }
    }

    async fn spawn(function: &LambdaFunction) -> std::io::Result<Self> {
        let api = RuntimeApi::serve().await?;
        let log = Log::create()?;
        let mut command = Command::new(&function.binary);
        command
            .env_clear()
            .envs(&function.variables)
            .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
            .stdin(Stdio::null())
            .stdout(log.writer()?)
            .stderr(log.writer()?)
            .kill_on_drop(true);
        // Ctrl-C on a terminal goes to the whole group: it ends the simulation, and
        // no function has crashed.
        #[cfg(unix)]
        command.process_group(0);
        if let Some(folder) = function.binary.parent() {
            command.current_dir(folder);
        }
        Ok(Self {
            function: function.clone(),
            child: command.spawn()?,
            api,
            log,
        })
    }

    async fn ready(&mut self) -> Result<(), Failure> {
        let ended = tokio::select! {
            failure = init_error(&mut self.api.told) => Err(failure),
            _ = self.api.polls.wait_for(|polls| *polls > 0) => return Ok(()),
            status = self.child.wait() => Ok(status),
            () = tokio::time::sleep(INIT_LIMIT) => return Err(Failure::Init(format!(
                "no event was asked for within {} seconds",
                INIT_LIMIT.as_secs()
            ))),
        };
        let status = match ended {
            Ok(status) => status,
            Err(failure) => {
                // Whether it ends or not, it has failed.
                let _ = tokio::time::timeout(LAST_WORDS, self.child.wait()).await;
                return Err(failure);
            }
        };
        // An init error is told to the API before the process ends.
        match self.api.told.try_recv() {
            Ok(Told::InitError { body }) => Err(Failure::reported_in_init(&body)),
            _ => Err(Failure::exit_in_init(status)),
        }
    }

    /// Gives the function one event and waits for its answer, no longer than
    /// its timeout.
    pub(crate) async fn invoke(mut self, request_id: String, payload: String) -> Ended {
        let started = Instant::now();
        let deadline = started + self.function.timeout;
        let deadline_ms = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .saturating_add(self.function.timeout)
            .as_millis();
        let polls_before = *self.api.polls.borrow();
        let delivery = Delivery {
            request_id: request_id.clone(),
            payload,
            deadline_ms,
            function_arn: names::function_arn(&self.function.name),
        };
        // The API's server lives as long as `self`.
        let _ = self.api.deliveries.send(delivery);

        let told = tokio::select! {
            biased;
            told = answer(&mut self.api.told, &request_id) => told,
            status = self.child.wait() => Err(Failure::exit(status)),
            () = tokio::time::sleep_until(deadline) => Err(Failure::Timeout(self.function.timeout)),
        };
        let reusable = match &told {
            Err(Failure::Exit(_) | Failure::Timeout(_)) => false,
            // The invocation lasts until the function asks for the next event:
            // only then has it written all its log.
            _ => tokio::select! {
                next = self.api.polls.wait_for(|polls| *polls > polls_before) => next.is_ok(),
                _ = self.child.wait() => false,
                () = tokio::time::sleep_until(deadline) => false,
            },
        };
        if !reusable {
            // It may have ended already.
            let _ = self.child.kill().await;
        }
        Ended {
            outcome: told,
            log: self.log.take(),
            environment: reusable.then_some(self),
        }
    }
}

async fn init_error(told: &mut mpsc::UnboundedReceiver<Told>) -> Failure {
    loop {
        match told.recv().await {
            Some(Told::InitError { body }) => return Failure::reported_in_init(&body),
            // There is no event yet that it could be about.
            Some(_) => {}
            None => std::future::pending().await,
        }
    }
}

async fn answer(
    told: &mut mpsc::UnboundedReceiver<Told>,
    expected: &str,
) -> Result<Vec<u8>, Failure> {
    loop {
        match told.recv().await {
            Some(Told::Response { request_id, body }) if request_id == expected => {
                return Ok(body.to_vec());
            }
            Some(Told::Error { request_id, body }) if request_id == expected => {
                return Err(Failure::reported(&body));
            }
            // The answer to an event that is over already.
            Some(_) => {}
            None => std::future::pending().await,
        }
    }
}

fn ended(outcome: Result<Vec<u8>, Failure>) -> Ended {
    Ended {
        outcome,
        log: Vec::new(),
        environment: None,
    }
}
