//! Lambda Managed Instances: one process, several invocations at once.

use std::io::{BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redrive_tests::binary::binary;
use redrive_tests::process::Killed;
use redrive_tests::runtime_api::read_request;
use redrive_tests::sqs_event::sqs_event;
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(60);

/// What the process asked of the Runtime API.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Next,
    Answered(String),
}

/// The worker, for two invocations at once.
fn worker(runtime_api: SocketAddr) -> Command {
    let mut command = Command::new(binary("redrive-fixtures", "steps"));
    command
        .env("AWS_LAMBDA_RUNTIME_API", runtime_api.to_string())
        .env("AWS_LAMBDA_MAX_CONCURRENCY", "2")
        .env("AWS_LAMBDA_FUNCTION_NAME", "steps")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "2048")
        .env("_HANDLER", "steps");
    command
}

fn start(runtime_api: SocketAddr) -> Killed {
    Killed(worker(runtime_api).spawn().expect("the binary starts"))
}

/// As `lambda_runtime` 1.5 behaves; no issue upstream asks for anything else
/// (last searched in November 2026).
#[test]
fn a_loop_that_gets_an_error_ends_and_the_others_continue() {
    let event = sqs_event("steps", &[("m1", json!("succeed"))]).to_string();
    let (asked, address) = serve(vec![Next::Invocation("1".to_owned(), event), Next::Error]);
    let _process = start(address);

    let next = || asked.recv_timeout(PATIENCE).expect("the process asks");
    assert_eq!(
        [next(), next(), next(), next()],
        [
            Asked::Next,
            Asked::Next,
            Asked::Answered("1".to_owned()),
            Asked::Next
        ]
    );
}

#[test]
fn the_end_of_the_last_loop_ends_the_process_with_a_reason() {
    let (_asked, address) = serve(vec![Next::Error, Next::Error]);

    let output = worker(address).output().expect("the binary runs");

    assert_eq!(output.status.code(), Some(1));
    let log = [output.stdout, output.stderr].concat();
    let log = String::from_utf8_lossy(&log);
    let count = |what| log.lines().filter(|line| line.starts_with(what)).count();
    assert_eq!(count("ERROR Concurrent worker panicked"), 2, "{log}");
    assert_eq!(
        count("the Lambda Runtime API gives no further invocations: "),
        1,
        "{log}"
    );
}

#[test]
fn a_poll_that_fails_at_the_connection_is_repeated() {
    let met = TcpListener::bind("127.0.0.1:0").expect("a port");
    let ask = json!({ "call": met.local_addr().expect("the port's address").to_string() });
    let invocation = |id: &str| {
        Next::Invocation(
            id.to_owned(),
            sqs_event("steps", &[(id, ask.clone())]).to_string(),
        )
    };
    let (_asked, address) = serve(vec![
        invocation("1"),
        invocation("2"),
        Next::HangUp,
        Next::HangUp,
        Next::HangUp,
    ]);
    let _process = start(address);

    // Both run at once, which takes both loops.
    let both = [met.accept(), met.accept()];
    assert!(both.iter().all(Result::is_ok));
}

#[test]
fn invocations_run_at_once_in_one_process() {
    let met = TcpListener::bind("127.0.0.1:0").expect("a port");
    let ask = json!({ "call": met.local_addr().expect("the port's address").to_string() });
    let event = |id: &str| sqs_event("steps", &[(id, ask.clone())]).to_string();
    let (asked, address) = serve(vec![
        Next::Invocation("1".to_owned(), event("a")),
        Next::Invocation("2".to_owned(), event("b")),
    ]);
    let _process = start(address);

    let next = || asked.recv_timeout(PATIENCE).expect("the process asks");
    // One at a time, neither the second event would be asked for, nor the second
    // handler call, before the first is hung up on.
    assert_eq!((next(), next()), (Asked::Next, Asked::Next));
    let both = [met.accept(), met.accept()];
    assert!(both.iter().all(Result::is_ok));
    drop(both);
    let mut answered = [next(), next(), next(), next()]
        .into_iter()
        .filter(|asked| *asked != Asked::Next)
        .collect::<Vec<_>>();
    answered.sort_by_key(|asked| format!("{asked:?}"));
    assert_eq!(
        answered,
        [
            Asked::Answered("1".to_owned()),
            Asked::Answered("2".to_owned())
        ]
    );
}

/// What the Runtime API answers to a poll.
enum Next {
    /// Its id and event.
    Invocation(String, String),
    Error,
    HangUp,
}

/// Answers polls, the last answer first; reports the requests.
fn serve(answers: Vec<Next>) -> (Receiver<Asked>, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("the port's address");
    let (say, said) = channel();
    let waiting = Arc::new(Mutex::new(answers));
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let (say, waiting) = (say.clone(), Arc::clone(&waiting));
            // Ends with the connection, which ends with the process.
            thread::spawn(move || converse(connection, &say, &waiting));
        }
    });
    (said, address)
}

fn converse(
    mut connection: TcpStream,
    say: &Sender<Asked>,
    waiting: &Mutex<Vec<Next>>,
) -> Option<()> {
    let mut reader = BufReader::new(connection.try_clone().ok()?);
    loop {
        let (path, _) = read_request(&mut reader)?;
        if path.ends_with("/invocation/next") {
            say.send(Asked::Next).ok()?;
            let answer = waiting.lock().expect("no thread panics").pop();
            let (id, event) = match answer {
                Some(Next::Invocation(id, event)) => (id, event),
                Some(Next::Error) => {
                    let error = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";
                    return connection.write_all(error.as_bytes()).ok();
                }
                Some(Next::HangUp) => return None,
                None => {
                    // Nothing more to do: Lambda lets the process wait.
                    thread::park();
                    return None;
                }
            };
            let deadline = SystemTime::now() + Duration::from_secs(60);
            let deadline = deadline
                .duration_since(UNIX_EPOCH)
                .expect("after 1970")
                .as_millis();
            write!(
                connection,
                "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: {id}\r\nLambda-Runtime-Deadline-Ms: {deadline}\r\n\
                 Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-west-1:123456789012:function:steps\r\n\
                 Content-Length: {}\r\n\r\n{event}",
                event.len()
            )
            .ok()?;
        } else {
            let id = path.split('/').rev().nth(1)?.to_owned();
            say.send(Asked::Answered(id)).ok()?;
            write!(
                connection,
                "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
            )
            .ok()?;
        }
    }
}
