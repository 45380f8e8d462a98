//! Lambda's Runtime API around one process: gives it events, keeps its answers.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::process::Killed;
use crate::{wait, workspace};

const PATIENCE: Duration = Duration::from_secs(60);

/// The X-Ray header of every invocation.
pub const TRACE_ID: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1";

/// Where no extension can be registered.
pub const NO_EXTENSIONS: (&str, &str) = ("TEST_NO_EXTENSIONS", "1");

/// What a process did with its events.
#[derive(Debug)]
pub struct Ran {
    /// What it posted: the path behind the version, and the body.
    pub posts: Vec<(String, Value)>,
    /// When it posted them, from the event that was given last.
    pub after: Vec<Duration>,
    /// When it asked for an event.
    pub polls: Vec<Instant>,
    /// Its output, and that to standard error.
    pub log: String,
    /// Whether it ended by itself, before it asked for a further event.
    pub ended: bool,
    /// Whether it ended when it was asked to.
    pub ended_at_sigterm: bool,
}

impl Ran {
    /// The lines that are JSON and hold `text`.
    pub fn lines(&self, text: &str) -> Vec<Value> {
        let lines = self.log.lines().filter(|line| line.contains(text));
        lines
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }
}

#[derive(Default)]
struct Api {
    /// The last one first.
    events: Vec<Value>,
    given: usize,
    posts: Vec<(String, Value)>,
    after: Vec<Duration>,
    polls: Vec<Instant>,
    given_at: Option<Instant>,
    asked_in_vain: bool,
    refuses_extensions: bool,
}

/// Starts the worker of the function `name`, and lets it handle the events, each
/// in an invocation `r1`, `r2` and so on that may take `limit`. Then it is asked to
/// end, as Lambda does it. An environment with [`NO_EXTENSIONS`] is one of a local
/// engine without that part of Lambda.
///
/// # Panics
///
/// If it neither asks for more nor ends.
pub fn run(
    binary: &Path,
    name: &str,
    environment: &[(&str, &str)],
    limit: Duration,
    events: &[Value],
) -> Ran {
    let folder = workspace::temporary();
    let log = folder.path().join("log");
    let output = File::create(&log).expect("the folder is writable");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("the port's address");
    let api = Arc::new(Mutex::new(Api {
        events: events.iter().rev().cloned().collect(),
        refuses_extensions: environment.contains(&NO_EXTENSIONS),
        ..Api::default()
    }));
    serve(listener, Arc::clone(&api), limit);
    let mut process = Killed(
        Command::new(binary)
            .env_remove("RUST_BACKTRACE")
            .env_remove("RUST_LOG")
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("_HANDLER", name)
            .envs(environment.iter().copied())
            .stdout(output.try_clone().expect("a second handle"))
            .stderr(output)
            .spawn()
            .expect("the binary starts"),
    );
    let ended = wait::wait_for(PATIENCE, || {
        if api.lock().expect("no thread panics").asked_in_vain {
            return Some(false);
        }
        matches!(process.0.try_wait(), Ok(Some(_))).then_some(true)
    });
    let mut ended_at_sigterm = false;
    if ended == Some(false) {
        _ = Command::new("kill")
            .arg(process.0.id().to_string())
            .status();
        ended_at_sigterm = wait::wait_for(PATIENCE, || {
            matches!(process.0.try_wait(), Ok(Some(_))).then_some(())
        })
        .is_some();
    }
    drop(process);
    let log = fs::read_to_string(&log).expect("it prints text");
    let ended = ended.unwrap_or_else(|| panic!("it neither asks for more nor ends:\n{log}"));
    let mut api = api.lock().expect("no thread panics");
    Ran {
        posts: std::mem::take(&mut api.posts),
        after: std::mem::take(&mut api.after),
        polls: std::mem::take(&mut api.polls),
        log,
        ended,
        ended_at_sigterm,
    }
}

fn serve(listener: TcpListener, api: Arc<Mutex<Api>>, limit: Duration) {
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let api = Arc::clone(&api);
            // Ends with the connection, which ends with the process.
            thread::spawn(move || converse(connection, &api, limit));
        }
    });
}

fn converse(mut connection: TcpStream, api: &Mutex<Api>, limit: Duration) -> Option<()> {
    let mut reader = BufReader::new(connection.try_clone().ok()?);
    loop {
        let (path, body) = read_request(&mut reader)?;
        if path.ends_with("/extension/register") {
            let refused = api.lock().expect("no thread panics").refuses_extensions;
            let status = if refused { "403 Forbidden" } else { "200 OK" };
            let function = r#"{"functionName":"f","functionVersion":"1","handler":"f"}"#;
            write!(
                connection,
                "HTTP/1.1 {status}\r\nLambda-Extension-Identifier: e1\r\nContent-Length: {}\r\n\r\n{function}",
                function.len()
            )
            .ok()?;
        } else if path.ends_with("/extension/event/next") {
            // It subscribes to no event.
            thread::park();
        } else if path.ends_with("/invocation/next") {
            let (number, event) = {
                let mut api = api.lock().expect("no thread panics");
                api.polls.push(Instant::now());
                let Some(event) = api.events.pop() else {
                    api.asked_in_vain = true;
                    drop(api);
                    // Nothing more to do: Lambda lets the process wait.
                    thread::park();
                    return None;
                };
                api.given += 1;
                api.given_at = Some(Instant::now());
                (api.given, event.to_string())
            };
            let deadline = (SystemTime::now() + limit)
                .duration_since(UNIX_EPOCH)
                .expect("after 1970")
                .as_millis();
            write!(
                connection,
                "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: r{number}\r\nLambda-Runtime-Deadline-Ms: {deadline}\r\n\
                 Lambda-Runtime-Trace-Id: {TRACE_ID}\r\n\
                 Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-west-1:123456789012:function:f\r\n\
                 Content-Length: {}\r\n\r\n{event}",
                event.len()
            )
            .ok()?;
        } else {
            let path = path.trim_start_matches("/2018-06-01/runtime/").to_owned();
            let body = serde_json::from_slice(&body).unwrap_or_default();
            let mut api = api.lock().expect("no thread panics");
            let after = api.given_at.map(|given| given.elapsed());
            api.after.push(after.unwrap_or_default());
            api.posts.push((path, body));
            drop(api);
            write!(
                connection,
                "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
            )
            .ok()?;
        }
    }
}

/// Reads a request whole; gives its path and its body.
pub fn read_request(reader: &mut impl BufRead) -> Option<(String, Vec<u8>)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let path = line.split_whitespace().nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        match header.trim_end().split_once(':') {
            None => break,
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().ok()?;
            }
            Some(_) => {}
        }
    }
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body).ok()?;
    Some((path, body))
}
