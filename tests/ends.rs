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
fn a_runtime_api_without_a_next_invocation_ends_the_process_with_a_reason() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("the port's address");
    let process = Command::new(binary("redrive-fixtures", "steps"))
        .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "steps")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
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
        log.lines().last(),
        Some(
            "the Lambda Runtime API gives no further invocations: missing lambda-runtime-aws-request-id header"
        ),
        "{log}"
    );
    assert_eq!(
        asked.join().expect("it asks by HTTP"),
        [
            "invocation/next",
            "invocation/r1/response",
            "invocation/next"
        ]
    );
}

#[test]
fn a_missing_or_malformed_variable_is_an_error_with_a_text() {
    for (name, value, text) in [
        (
            "AWS_LAMBDA_FUNCTION_VERSION",
            "",
            "AWS_LAMBDA_FUNCTION_VERSION is not set; deploy it",
        ),
        (
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            "much",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE is not a number",
        ),
        (
            "AWS_LAMBDA_RUNTIME_API",
            "/",
            "AWS_LAMBDA_RUNTIME_API is not an address with a host: /",
        ),
    ] {
        let output = Command::new(binary("redrive-fixtures", "steps"))
            .env("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1")
            .env("AWS_LAMBDA_FUNCTION_NAME", "steps")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env(name, value)
            .output()
            .expect("the binary runs");

        let log = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{log}");
        assert!(
            log.starts_with("cannot run: ") && log.contains(text),
            "{log}"
        );
        assert!(!log.contains("panicked"), "{log}");
    }
}

/// What a process asked that is given one invocation and then errors.
fn asked_until_it_ends(listener: &TcpListener) -> Vec<String> {
    let event = sqs_event("steps", &[("m1", json!("succeed"))]).to_string();
    let error = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\nover";
    let answers = [
        format!(
            "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: r1\r\nLambda-Runtime-Deadline-Ms: 0\r\n\
             Content-Length: {}\r\n\r\n{event}",
            event.len()
        ),
        error.to_owned(),
        error.to_owned(),
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
