//! One process that is measured.

use std::{
    ffi::OsString,
    fs, io,
    os::fd::OwnedFd,
    path::PathBuf,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use hyper::body::Bytes;
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::{
    Error,
    runtime_api::{Answer, Happened, RuntimeApi},
};

/// What Lambda would start.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) directory: PathBuf,
}

/// The Lambda function that a process is.
#[derive(Clone, Debug)]
pub(crate) struct Lambda {
    pub(crate) memory_mb: u32,
    pub(crate) timeout: Duration,
    /// Where its SQS client sends its calls.
    pub(crate) sqs: String,
    /// The same of its DynamoDB client.
    pub(crate) dynamodb: String,
}

impl Default for Lambda {
    /// With a whole core, a timeout that nothing reaches, and no SQS.
    fn default() -> Self {
        Self {
            memory_mb: 1_769,
            timeout: Duration::from_secs(900),
            sqs: "http://127.0.0.1:1".to_owned(),
            dynamodb: "http://127.0.0.1:1".to_owned(),
        }
    }
}

/// A running process and its Runtime API.
pub(crate) struct Worker {
    process: Child,
    api: RuntimeApi,
}

/// An invocation, from its event to the next poll.
pub(crate) struct Invoked {
    pub(crate) given: Instant,
    pub(crate) answered: Instant,
    pub(crate) polled: Instant,
    pub(crate) answer: Answer,
}

impl Worker {
    /// Starts `program`; the time is from here to its first poll.
    pub(crate) async fn start(
        program: &Program,
        lambda: &Lambda,
    ) -> Result<(Self, Duration), Error> {
        let api = RuntimeApi::start(lambda.timeout).await?;
        let spawned = Instant::now();
        let mut process = Command::new(&program.path)
            .args(&program.arguments)
            .current_dir(&program.directory)
            .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "orders")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env(
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                lambda.memory_mb.to_string(),
            )
            .env("AWS_LAMBDA_LOG_FORMAT", "JSON")
            .env("AWS_REGION", "eu-west-1")
            .env("AWS_ACCESS_KEY_ID", "none")
            .env("AWS_SECRET_ACCESS_KEY", "none")
            .env("AWS_ENDPOINT_URL_SQS", &lambda.sqs)
            .env("REDRIVE_QUEUE_URL", &lambda.sqs)
            .env("REDRIVE_DLQ_URL", &lambda.sqs)
            .env("REDRIVE_PARKING_URL", &lambda.sqs)
            .env("AWS_ENDPOINT_URL_DYNAMODB", &lambda.dynamodb)
            .env("REDRIVE_TABLE", "completed")
            .env("LAMBDA_TASK_ROOT", &program.directory)
            .env("_HANDLER", "bootstrap")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", program.path.display()))?;
        let (stdout, stderr) = (process.stdout.take(), process.stderr.take());
        let mut worker = Worker { process, api };
        // Lambda reads what a function writes, so writing has its price here too.
        if let Some(stdout) = stdout {
            drain(stdout.into_owned_fd()?);
        }
        if let Some(stderr) = stderr {
            drain(stderr.into_owned_fd()?);
        }
        match worker.next().await? {
            Happened::Polled(at) => Ok((worker, at - spawned)),
            other => Err(format!("{} began with {other:?}", program.path.display()).into()),
        }
    }

    /// The time from giving the event to the next poll, as Lambda bills it.
    pub(crate) async fn invoke(&mut self, event: &Bytes) -> Result<Duration, Error> {
        let Invoked {
            given,
            answer,
            polled,
            ..
        } = self.invoke_any(event).await?;
        let body = match answer {
            Answer::Response(body) => serde_json::from_slice::<Value>(&body)?,
            Answer::Error(body) => return Err(String::from_utf8_lossy(&body).into()),
        };
        match body["batchItemFailures"].as_array() {
            Some(failures) if failures.is_empty() => Ok(polled - given),
            _ => Err(format!("not every record succeeded: {body}").into()),
        }
    }

    /// One invocation, whatever its answer is.
    pub(crate) async fn invoke_any(&mut self, event: &Bytes) -> Result<Invoked, Error> {
        self.api.events.send(event.clone())?;
        let (given, answered, answer) = match self.next().await? {
            Happened::Answered { given, at, answer } => (given, at, answer),
            other => return Err(format!("an event was answered by {other:?}").into()),
        };
        match self.next().await? {
            Happened::Polled(polled) => Ok(Invoked {
                given,
                answered,
                polled,
                answer,
            }),
            other => Err(format!("an answer was followed by {other:?}").into()),
        }
    }

    /// The process's id, as long as it runs.
    pub(crate) fn id(&self) -> Result<u32, Error> {
        self.process
            .id()
            .ok_or_else(|| "the process has ended".into())
    }

    /// The most memory that was resident at any time, in bytes.
    pub(crate) fn peak_memory(&self) -> Result<u64, Error> {
        let id = self.id()?;
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = peak.and_then(|line| line.trim().strip_suffix(" kB"));
        Ok(kilobytes
            .ok_or("no VmHWM in /proc")?
            .trim()
            .parse::<u64>()?
            * 1024)
    }

    async fn next(&mut self) -> Result<Happened, Error> {
        tokio::select! {
            happened = self.api.happened.recv() => match happened {
                Some(Happened::InitError(body)) => Err(String::from_utf8_lossy(&body).into()),
                Some(happened) => Ok(happened),
                None => Err("the server has ended".into()),
            },
            status = self.process.wait() => Err(format!("the process ended: {}", status?).into()),
        }
    }
}

/// Reads on its own thread, so as not to disturb the server.
fn drain(pipe: OwnedFd) {
    let mut pipe = fs::File::from(pipe);
    thread::spawn(move || io::copy(&mut pipe, &mut io::sink()));
}
