//! One execution environment: the user's binary as a child process, and its
//! Runtime API.

use std::process::Stdio;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redrive_model::limits::INIT_TIMEOUT;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::Invocation;
use super::failure::{self, Failure};
use super::function::LambdaFunction;
use super::log::Log;
use super::runtime_api::{Answer, Calls, Invoke, RuntimeApi};
use crate::names;

/// How long to wait for the end of a process that has reported an init error, so
/// that its last log lines are read.
const EXIT_LIMIT: Duration = Duration::from_secs(1);

/// The time between SIGTERM and SIGKILL for a function with an internal extension;
/// see <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-shutdown>.
const SHUTDOWN_LIMIT: Duration = Duration::from_millis(500);

/// A running child process that is ready for an event.
#[derive(Debug)]
pub(crate) struct Environment {
    function: LambdaFunction,
    child: Child,
    api: RuntimeApi,
    log: Log,
    /// Whether it has had no event.
    is_new: bool,
}

impl Environment {
    /// Starts the process and waits until it asks for its first event.
    pub(crate) async fn start(function: &LambdaFunction) -> Result<Self, Invocation> {
        let failed = |failure, log| Invocation {
            outcome: Err(failure),
            log,
            cold_start: true,
        };
        let spawned = Self::spawn(function).await;
        let mut environment =
            spawned.map_err(|error| failed(Failure::Spawn(error.to_string()), Vec::new()))?;
        match environment.ready().await {
            Ok(()) => Ok(environment),
            Err(failure) => Err(failed(failure, environment.log.take())),
        }
    }

    async fn spawn(function: &LambdaFunction) -> std::io::Result<Self> {
        let api = RuntimeApi::serve(function).await?;
        let log = Log::create()?;
        let mut command = Command::new(&function.binary);
        command
            .env_clear()
            .envs(&function.variables)
            .env("AWS_LAMBDA_RUNTIME_API", api.server.address.to_string())
            .stdin(Stdio::null())
            .stdout(log.writer()?)
            .stderr(log.writer()?)
            .kill_on_drop(true);
        // Ctrl-C on a terminal goes to the whole process group. It should interrupt
        // the simulation, without the functions crashing.
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
            is_new: true,
        })
    }

    async fn ready(&mut self) -> Result<(), Failure> {
        let calls = &mut self.api.calls;
        // The API's server lives as long as `self`.
        let ready = async { drop(calls.wait_for(Calls::is_ready).await) };
        tokio::select! {
            // First, because an init error is reported before the process ends.
            biased;
            failed = answer(&mut self.api.answers, None) => {
                // It has failed whether its process ends or not.
                let _ = tokio::time::timeout(EXIT_LIMIT, self.child.wait()).await;
                failed.map(drop)
            }
            () = ready => Ok(()),
            status = self.child.wait() => Err(Failure::ExitInInit(failure::exit(status))),
            () = tokio::time::sleep(INIT_TIMEOUT) => Err(Failure::Init(format!(
                "the function did not ask for an event within {} s",
                INIT_TIMEOUT.as_secs()
            ))),
        }
    }

    /// Gives the function one event and waits for its answer, no longer than
    /// its timeout. Returns the environment if it can process another event.
    pub(crate) async fn invoke(
        mut self,
        request_id: String,
        payload: String,
    ) -> (Invocation, Option<Self>) {
        let deadline = Instant::now() + self.function.timeout;
        let deadline_ms = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .saturating_add(self.function.timeout)
            .as_millis();
        let polls_before = self.api.calls.borrow().polls;
        let invoke = Invoke {
            request_id: request_id.clone(),
            payload,
            deadline_ms,
            function_arn: names::function_arn(&self.function.name),
        };
        // The API's server lives as long as `self`.
        let _ = self.api.invokes.send(invoke);

        let outcome = tokio::select! {
            biased;
            outcome = answer(&mut self.api.answers, Some(&request_id)) => outcome,
            status = self.child.wait() => Err(Failure::Exit(failure::exit(status))),
            () = tokio::time::sleep_until(deadline) => Err(Failure::Timeout(self.function.timeout)),
        };
        let reusable = match &outcome {
            Err(Failure::Exit(_) | Failure::Timeout(_)) => false,
            // The invocation lasts until the function asks for the next event, and
            // only then is its log complete.
            _ => tokio::select! {
                next = self.api.calls.wait_for(|calls| calls.polls > polls_before) => next.is_ok(),
                _ = self.child.wait() => false,
                () = tokio::time::sleep_until(deadline) => false,
            },
        };
        if !reusable {
            // It may have ended already.
            let _ = self.child.kill().await;
        }
        let invocation = Invocation {
            outcome,
            log: self.log.take(),
            cold_start: std::mem::take(&mut self.is_new),
        };
        (invocation, reusable.then_some(self))
    }

    /// Ends the process as Lambda does, and returns what it wrote: with SIGTERM
    /// if it has registered an extension, and with SIGKILL if it has not or takes
    /// too long.
    pub(crate) async fn shut_down(mut self) -> Vec<String> {
        if self.api.calls.borrow().extensions > 0 && self.terminate() {
            let _ = tokio::time::timeout(SHUTDOWN_LIMIT, self.child.wait()).await;
        }
        // It may have ended already.
        let _ = self.child.kill().await;
        self.log.take()
    }

    #[cfg(unix)]
    fn terminate(&self) -> bool {
        use rustix::process::{Pid, Signal, kill_process};

        let id = self.child.id().and_then(|id| i32::try_from(id).ok());
        let id = id.and_then(Pid::from_raw);
        id.is_some_and(|id| kill_process(id, Signal::TERM).is_ok())
    }

    #[cfg(not(unix))]
    fn terminate(&self) -> bool {
        false
    }
}

/// The answer to an event; `None`: the error before the first one.
async fn answer(
    answers: &mut mpsc::UnboundedReceiver<Answer>,
    expected: Option<&str>,
) -> Result<Vec<u8>, Failure> {
    loop {
        match answers.recv().await {
            Some(answer) if answer.request_id.as_deref() == expected => return answer.outcome,
            // A late answer to an earlier event.
            Some(_) => {}
            None => std::future::pending().await,
        }
    }
}
