//! How a worker's process ends, when it has to.

use std::io::{BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use redrive_tests::binary::binary;
use redrive_tests::runtime_api::{self, read_request};
use redrive_tests::sqs_event::sqs_event;
use serde_json::json;

#[test]
fn a_start_that_fails_ends_at_once_whatever_it_has_left_behind() {
    let binary = binary("redrive-fixtures", "logged");
    let limit = Duration::from_secs(10);
    let ran = runtime_api::run(&binary, "logged", &[("HANG_IN_INIT", "1")], limit, &[]);

    assert!(ran.ended);
    assert_eq!(ran.posts.len(), 1, "{:?}", ran.posts);
    assert_eq!(ran.posts[0].0, "init/error");
    assert_eq!(ran.posts[0].1["errorMessage"], "no database to be found");
    assert_eq!(ran.log, "cannot run: no database to be found\n");
}

#[test]
fn a_runtime_api_that_cannot_go_on_is_no_failed_start() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("the port's address");
    let process = Command::new(binary("redrive-fixtures", "steps"))
        .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "steps")
        .env("AWS_LAMBDA_LOG_LEVEL", "ERROR")
        .env("_HANDLER", "steps")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let asked = thread::spawn(move || asked_until_it_ends(&listener));

    let output = process.wait_with_output().expect("it ends");

    assert_eq!(output.status.code(), Some(1));
    let log = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        log,
        "cannot go on: Lambda's Runtime API did not take the answer: 500 Internal Server Error over\n"
    );
    assert_eq!(
        asked.join().expect("it asks by HTTP"),
        ["invocation/next", "invocation/r1/response"]
    );
}

/// What a process asked that is given one invocation, whose answer is not taken.
fn asked_until_it_ends(listener: &TcpListener) -> Vec<String> {
    let event = sqs_event("steps", &[("m1", json!("succeed"))]).to_string();
    let answers = [
        format!(
            "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: r1\r\nContent-Length: {}\r\n\r\n{event}",
            event.len()
        ),
        "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\nover".to_owned(),
    ];
    let mut asked = Vec::new();
    let mut answers = answers.into_iter();
    let (mut connection, _) = listener.accept().expect("the process asks");
    let mut reader = BufReader::new(connection.try_clone().expect("a second handle"));
    while let Some((path, _)) = read_request(&mut reader) {
        asked.push(path.trim_start_matches("/2018-06-01/runtime/").to_owned());
        let Some(answer) = answers.next() else { break };
        connection
            .write_all(answer.as_bytes())
            .expect("the process listens");
    }
    asked
}
