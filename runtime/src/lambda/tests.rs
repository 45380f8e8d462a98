use std::{
    io::{BufRead, BufReader, Write as _},
    net::TcpListener,
    sync::mpsc::{Receiver, channel},
    thread,
};

use serde_json::{Value, json};

use super::*;

/// What the function asked Lambda.
#[derive(Debug)]
struct Asked {
    /// The request's line and headers.
    head: String,
    body: Value,
    /// By which of its connections, from 0.
    connection: usize,
}

/// A Runtime API that gives these answers, byte for byte, and then hangs up.
fn lambda(answers: Vec<String>) -> (RuntimeApi, Receiver<Asked>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    // As `cargo lambda watch` does, with a path of the function's own.
    let api = RuntimeApi::at(&format!(
        "http://{}/my-function/",
        listener.local_addr().unwrap()
    ));
    let (say, asked) = channel();
    thread::spawn(move || {
        let mut answers = answers.into_iter();
        let mut connections = 0..;
        while answers.len() > 0 {
            let (mut stream, _) = listener.accept().unwrap();
            let connection = connections.next().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            while let Some((head, body)) = read_request(&mut reader) {
                let asked = Asked {
                    head,
                    body,
                    connection,
                };
                say.send(asked).ok();
                let answer = answers.next().unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
                if answers.len() == 0 || answer.contains("hang-up") {
                    break;
                }
            }
        }
    });
    (api, asked)
}

fn read_request(reader: &mut impl BufRead) -> Option<(String, Value)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or_default() == 0 {
            return None;
        }
    }
    let head = head.to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    Some((head, body))
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}")
}

fn invocation(event: &str) -> String {
    let headers = "lambda-runtime-aws-request-id: r1\r\nlambda-runtime-deadline-ms: 7\r\n\
        lambda-runtime-trace-id: Root=1\r\nlambda-runtime-invocation-id: i1\r\n";
    answer("200 OK", headers, event)
}

fn accepted() -> String {
    answer("202 Accepted", "", "{\"status\":\"OK\"}")
}

#[tokio::test]
async fn an_invocation_comes_with_all_that_the_function_needs() {
    // Over many reads of the socket.
    let event = "x".repeat(3_000_001);
    let (api, asked) = lambda(vec![invocation(&event)]);

    let (ticket, invocation) = api.next().await.unwrap().unwrap();

    assert_eq!(ticket.request_id(), "r1");
    assert_eq!(invocation.deadline_ms, 7);
    assert_eq!(invocation.trace_header.as_deref(), Some("Root=1"));
    assert!(invocation.event == event);
    let head = asked.recv().unwrap().head;
    assert!(
        head.starts_with("get /my-function/2018-06-01/runtime/invocation/next http/1.1\r\n"),
        "{head}"
    );
    assert!(head.contains("\r\nuser-agent: redrive/"), "{head}");
}

#[tokio::test]
async fn an_event_in_chunks_is_the_same() {
    let chunks = "HTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: r1\r\n\
        transfer-encoding: chunked\r\n\r\n2\r\n{\"\r\n3\r\na\":\r\n2\r\n1}\r\n0\r\n\r\n";
    let (api, _) = lambda(vec![chunks.to_owned()]);

    let (_, invocation) = api.next().await.unwrap().unwrap();

    assert_eq!(invocation.event, "{\"a\":1}");
    // It did not say.
    assert_eq!(invocation.deadline_ms, 0);
    assert_eq!(invocation.trace_header, None);
}

#[tokio::test]
async fn an_event_that_is_cut_off_is_none() {
    let whole = invocation("{\"Records\":[]}");
    let (api, _) = lambda(vec![whole[..whole.len() - 3].to_owned()]);

    assert!(api.next().await.is_err());
}

#[tokio::test]
async fn headers_that_say_nothing_are_not_there() {
    for (name, value) in [
        ("deadline-ms", "soon"),
        ("deadline-ms", "-1"),
        ("deadline-ms", "99999999999999999999"),
        ("deadline-ms", ""),
        ("trace-id", "R\u{f6}\u{f6}t"),
    ] {
        let headers =
            format!("lambda-runtime-aws-request-id: r1\r\nlambda-runtime-{name}: {value}\r\n");
        let (api, _) = lambda(vec![answer("200 OK", &headers, "{}")]);

        let (ticket, invocation) = api.next().await.unwrap().unwrap();

        assert_eq!(ticket.request_id(), "r1");
        assert_eq!(invocation.deadline_ms, 0, "{value}");
        assert_eq!(invocation.trace_header, None, "{value}");
    }
}

#[tokio::test]
async fn no_invocation_yet_is_no_end_and_no_reason_to_hurry() {
    let none = || "HTTP/1.1 204 No Content\r\n\r\n".to_owned();
    let (api, asked) = lambda(vec![
        none(),
        none(),
        invocation("{}"),
        accepted(),
        answer("500 Internal Server Error", "", "over"),
    ]);
    let start = std::time::Instant::now();

    poll(&api, async |_| Ok::<_, InvocationError>("done"), false).await;

    assert!(start.elapsed() >= 2 * PAUSE);
    let told: Vec<_> = asked.iter().map(|asked| asked.body).collect();
    assert_eq!(
        told,
        [
            Value::Null,
            Value::Null,
            Value::Null,
            json!("done"),
            Value::Null
        ]
    );
}

#[tokio::test]
async fn without_a_runtime_api_there_is_nothing_to_wait_for() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let api = RuntimeApi::at(&listener.local_addr().unwrap().to_string());
    drop(listener);

    let ended = poll(&api, async |_| Ok::<_, InvocationError>("done"), false).await;

    let ended = crate::error::chain(&ended.into());
    assert!(ended.starts_with("cannot go on: "), "{ended}");
    assert!(ended.contains("refused"), "{ended}");
}

#[tokio::test]
async fn what_cannot_be_answered_is_not_begun() {
    let (api, _) = lambda(vec![
        answer("500 Internal Server Error", "", "container error"),
        answer("200 OK", "", "{}"),
    ]);

    let error = async || api.next().await.map(|_| ()).unwrap_err().to_string();

    let refused = error().await;
    assert!(refused.contains("500"), "{refused}");
    assert!(refused.contains("container error"), "{refused}");
    let no_id = error().await;
    assert!(no_id.contains("request id"), "{no_id}");
}

#[tokio::test]
async fn what_lambda_is_told_is_of_this_invocation() {
    let (api, asked) = lambda(vec![invocation("{}"), accepted(), accepted()]);
    let (ticket, _) = api.next().await.unwrap().unwrap();
    asked.recv().unwrap();

    api.tell(&ticket, Ok("{\"batchItemFailures\":[]}".to_owned()))
        .await
        .unwrap();
    api.tell(
        &ticket,
        Err(InvocationError::batch_failed("all".to_owned())),
    )
    .await
    .unwrap();

    let (response, error) = (asked.recv().unwrap(), asked.recv().unwrap());
    assert!(
        response.head.contains("/invocation/r1/response "),
        "{response:?}"
    );
    assert_eq!(response.body, json!({"batchItemFailures": []}));
    assert!(!response.head.contains("error-type"), "{response:?}");
    assert!(error.head.contains("/invocation/r1/error "), "{error:?}");
    assert_eq!(
        error.body,
        json!({"errorType": "BatchFailed", "errorMessage": "all"})
    );
    assert!(
        error
            .head
            .contains("\r\nlambda-runtime-function-error-type: unhandled\r\n"),
        "{error:?}"
    );
    for told in [response, error] {
        assert!(
            told.head
                .contains("\r\nlambda-runtime-invocation-id: i1\r\n"),
            "{told:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_comes_too_late_ends_the_invocation_only() {
    let gone = answer("410 Gone", "", "");
    let (api, _) = lambda(vec![invocation("{}"), gone, invocation("{}")]);
    let (ticket, _) = api.next().await.unwrap().unwrap();

    api.tell(&ticket, Ok("{}".to_owned())).await.unwrap();
    assert!(api.next().await.unwrap().is_some());
}

#[tokio::test]
async fn what_the_runtime_api_does_not_take_ends_the_process_only_if_it_says_so() {
    for (status, ends) in [
        ("400 Bad Request", false),
        ("403 Forbidden", false),
        ("413 Payload Too Large", false),
        ("500 Internal Server Error", true),
    ] {
        let (api, _) = lambda(vec![invocation("{}"), answer(status, "", "says why")]);
        let (ticket, _) = api.next().await.unwrap().unwrap();

        let told = api.tell(&ticket, Ok("{}".to_owned())).await;

        assert_eq!(told.is_err(), ends, "{status}");
        if let Err(error) = told {
            let error = error.to_string();
            assert!(error.contains("did not take the answer"), "{error}");
            assert!(error.contains("says why"), "{error}");
        }
    }
}

#[tokio::test]
async fn an_answer_of_any_length_is_told_whole() {
    let answer = json!("x".repeat(7_000_000));
    let (api, asked) = lambda(vec![invocation("{}"), accepted()]);
    let (ticket, _) = api.next().await.unwrap().unwrap();
    asked.recv().unwrap();

    api.tell(&ticket, Ok(answer.to_string())).await.unwrap();

    assert!(asked.recv().unwrap().body == answer);
}

#[tokio::test]
async fn a_connection_that_was_closed_in_between_is_made_anew() {
    for said in ["", "connection: close\r\n"] {
        let headers = format!("\r\nx-then: hang-up\r\n{said}\r\n");
        let (api, asked) = lambda(vec![
            invocation("{}").replace("\r\n\r\n", &headers),
            accepted(),
        ]);
        let (ticket, _) = api.next().await.unwrap().unwrap();
        // While the function works, the client sees the end of its connection.
        let runtime = tokio::runtime::Handle::current();
        while runtime.metrics().num_alive_tasks() > 0 {
            tokio::task::yield_now().await;
        }

        api.tell(&ticket, Ok("{}".to_owned())).await.unwrap();

        let connections: Vec<_> = asked.iter().map(|asked| asked.connection).collect();
        assert_eq!(connections, [0, 1]);
    }
}

#[tokio::test]
async fn lambda_is_told_why_the_start_failed() {
    let (api, asked) = lambda(vec![accepted(), answer("403 Forbidden", "", "no")]);

    api.init_error("no database").await.unwrap();
    let asked = asked.recv().unwrap();
    assert!(
        asked
            .head
            .starts_with("post /my-function/2018-06-01/runtime/init/error "),
        "{asked:?}"
    );
    assert_eq!(
        asked.body,
        json!({"errorType": "Runtime.InitError", "errorMessage": "no database"})
    );
    assert!(
        asked
            .head
            .contains("\r\nlambda-runtime-function-error-type: runtime.initerror\r\n"),
        "{asked:?}"
    );
    assert!(api.init_error("no database").await.is_err());
}

#[tokio::test]
async fn a_snapshot_is_waited_for() {
    let (api, asked) = lambda(vec![
        answer("200 OK", "", ""),
        answer("500 Internal Server Error", "", ""),
    ]);

    api.restored().await.unwrap();
    let head = asked.recv().unwrap().head;
    assert!(head.contains("/runtime/restore/next "), "{head}");
    assert!(api.restored().await.is_err());
}

#[tokio::test]
async fn each_invocation_is_answered_and_the_end_is_told() {
    let (api, asked) = lambda(vec![
        invocation("1"),
        accepted(),
        invocation("2"),
        accepted(),
        invocation("3"),
        accepted(),
        answer("500 Internal Server Error", "", "over"),
    ]);
    let handle = async |invocation: Invocation| match &*invocation.event {
        b"1" => Ok(json!({"done": 1})),
        b"2" => Err(InvocationError::batch_failed("two".to_owned())),
        _ => panic!("three"),
    };

    let ended = crate::error::chain(&poll(&api, handle, false).await.into());

    assert!(ended.contains("over"), "{ended}");
    let asked: Vec<_> = asked.iter().collect();
    assert!(asked.iter().all(|asked| asked.connection == 0));
    let told: Vec<_> = asked
        .into_iter()
        .filter(|asked| asked.head.starts_with("post"))
        .map(|asked| asked.body)
        .collect();
    assert_eq!(
        told,
        [
            json!({"done": 1}),
            json!({"errorType": "BatchFailed", "errorMessage": "two"}),
            json!({"errorType": "Panic", "errorMessage": "panicked: three"}),
        ]
    );
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_an_error() {
    let keys = std::collections::BTreeMap::from([((1, 2), 3)]);
    let error = run(async { Ok::<_, InvocationError>(keys) })
        .await
        .unwrap_err();

    assert_eq!(error.kind(), "Runtime.MarshalError");
    assert_eq!(
        error.to_string(),
        "the answer cannot be written: key must be a string"
    );
}
