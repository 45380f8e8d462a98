//! The redrive against an SQS that answers as each test prepares it.

use std::cell::Cell;

use serde_json::{Value, json};

use super::super::tests::config;
use super::*;
use crate::tests::aws::{Answer, FakeAws};

const LIST: &str = "ListMessageMoveTasks";
const START: &str = "StartMessageMoveTask";
const COUNT: &str = "GetQueueAttributes";

/// Long enough for answers on a busy machine, and short for those that never arrive.
const PATIENCE: Patience = Patience {
    list: Duration::from_secs(3),
    count: Duration::from_secs(3),
    poll: Duration::from_millis(20),
    task: Duration::from_secs(3),
};

const SOURCE: &str = "arn:aws:sqs:eu-west-1:123456789012:orders";

fn task(status: &str, started: i64) -> Value {
    json!({
        "Status": status,
        "ApproximateNumberOfMessagesMoved": 3,
        "ApproximateNumberOfMessagesToMove": 10,
        "DestinationArn": SOURCE,
        "StartedTimestamp": started,
    })
}

fn failed(started: i64) -> Value {
    let mut task = task("FAILED", started);
    task["FailureReason"] = "AWS.SimpleQueueService.NonExistentQueue".into();
    task
}

fn tasks(tasks: &[Value]) -> (&'static str, Answer) {
    (LIST, Answer::ok(&json!({"Results": tasks})))
}

fn count(messages: &str) -> (&'static str, Answer) {
    let attributes = json!({"Attributes": {"ApproximateNumberOfMessages": messages}});
    (COUNT, Answer::ok(&attributes))
}

fn started() -> (&'static str, Answer) {
    (START, Answer::ok(&json!({"TaskHandle": "handle-2"})))
}

fn running_error() -> (&'static str, Answer) {
    let text = "There is already a task running. Only one active task is allowed for a source \
                queue arn at a given time.";
    (START, Answer::error("InvalidParameterValue", text))
}

/// What a redrive did.
struct Ran {
    result: Result<RedriveResponse, InvocationError>,
    /// How many failed tasks it counted.
    counted: u32,
    elapsed: Duration,
}

impl Ran {
    fn response(&self) -> &RedriveResponse {
        self.result.as_ref().unwrap()
    }

    fn json(&self) -> Value {
        serde_json::to_value(self.response()).unwrap()
    }

    fn error(&self) -> (&str, String) {
        let error = self.result.as_ref().unwrap_err();
        (error.kind(), error.to_string())
    }
}

async fn run(sqs: &FakeAws) -> Ran {
    run_with(&sqs.client(), &config(None)).await
}

async fn run_with(client: &Client, config: &Config) -> Ran {
    let counted = Cell::new(0);
    let start = Instant::now();
    let redrive = Redrive {
        client,
        config,
        patience: PATIENCE,
        deadline: start + Duration::from_secs(60),
        count_failure: || counted.set(counted.get() + 1),
    };
    let result = redrive.run().await;
    Ran {
        result,
        elapsed: start.elapsed(),
        counted: counted.get(),
    }
}

#[tokio::test]
async fn starts_a_task_from_the_dlq_to_the_source_and_waits_for_it() {
    let sqs = FakeAws::start([
        tasks(&[]),
        tasks(&[]),
        tasks(&[task("RUNNING", 7)]),
        tasks(&[task("COMPLETED", 7)]),
        count("12"),
        started(),
    ])
    .await;

    let ran = run_with(&sqs.client(), &config(Some(50))).await;

    assert_eq!(
        ran.json(),
        json!({
            "outcome": "started",
            "task_handle": "handle-2",
            "messages_waiting": 12,
            "last_task": null,
            "task": {"status": "COMPLETED", "started_timestamp": 7, "moved": 3, "to_move": 10},
        })
    );
    assert_eq!(
        sqs.request(START),
        json!({
            "SourceArn": config(None).dlq.as_str(),
            "DestinationArn": SOURCE,
            "MaxNumberOfMessagesPerSecond": 50,
        })
    );
    assert_eq!(ran.counted, 0);
    assert_eq!(sqs.calls(LIST), 4);
}

#[tokio::test]
async fn starts_a_task_without_a_rate_and_on_a_queue_that_seems_empty() {
    let sqs = FakeAws::start([(LIST, Answer::ok(&json!({}))), count("0"), started()]).await;

    let ran = run(&sqs).await;

    assert_eq!(ran.response().outcome, STARTED);
    assert_eq!(ran.response().messages_waiting, Some(0));
    let request = sqs.request(START);
    assert_eq!(request.get("MaxNumberOfMessagesPerSecond"), None);
}

#[tokio::test]
async fn does_not_wait_for_a_task_that_takes_long() {
    let sqs = FakeAws::start([
        tasks(&[task("COMPLETED", 6)]),
        tasks(&[task("RUNNING", 7), task("COMPLETED", 6)]),
        count("12"),
        started(),
    ])
    .await;

    let ran = run(&sqs).await;

    assert_eq!(ran.json()["task"]["status"], "RUNNING");
    assert_eq!(ran.json()["last_task"]["started_timestamp"], 6);
    assert!(ran.elapsed < PATIENCE.task * 4, "{:?}", ran.elapsed);
}

#[tokio::test]
async fn does_not_wait_beyond_the_deadline() {
    let sqs = FakeAws::start([tasks(&[]), tasks(&[task("RUNNING", 7)]), started()]).await;
    let (client, config) = (sqs.client(), config(None));
    let redrive = Redrive {
        client: &client,
        config: &config,
        patience: Patience {
            task: Duration::from_secs(600),
            ..PATIENCE
        },
        deadline: Instant::now() + Duration::from_millis(300),
        count_failure: || {},
    };

    let response = time::timeout(Duration::from_secs(20), redrive.run()).await;

    assert_eq!(response.unwrap().unwrap().outcome, STARTED);
}

#[tokio::test]
async fn counts_the_newest_task_if_it_failed() {
    for (listed, status) in [
        (
            [task("COMPLETED", 3), failed(5), task("CANCELLED", 4)],
            "FAILED",
        ),
        (
            [failed(4), task("CANCELLED", 5), task("COMPLETED", 3)],
            "CANCELLED",
        ),
    ] {
        let done = [&listed[..], &[task("COMPLETED", 9)]].concat();
        let sqs = FakeAws::start([tasks(&listed), tasks(&done), count("5"), started()]).await;

        let ran = run(&sqs).await;

        assert_eq!(ran.counted, 1);
        assert_eq!(ran.json()["last_task"]["status"], status);
        assert_eq!(ran.json()["last_task"]["started_timestamp"], 5);
        assert_eq!(ran.json()["task"]["started_timestamp"], 9);
        assert_eq!(sqs.calls(START), 1);
    }
}

#[tokio::test]
async fn a_failed_task_is_counted_once_whichever_attempts_see_it() {
    let denied = || (START, Answer::error("AccessDenied", "no"));
    let done = [failed(7), task("COMPLETED", 8)];
    let sqs = FakeAws::start([
        // It is started and fails while the function waits.
        tasks(&[]),
        tasks(&[failed(7)]),
        started(),
        // The first retry can't start another.
        tasks(&[failed(7)]),
        denied(),
        // The second one does.
        tasks(&[failed(7)]),
        tasks(&done),
        started(),
        // The next redrive finds that one completed.
        tasks(&done),
        tasks(&[&done[..], &[task("COMPLETED", 9)]].concat()),
        started(),
        count("5"),
    ])
    .await;

    let mut ended = Vec::new();
    for _ in 0..4 {
        let ran = run(&sqs).await;
        ended.push((ran.result.is_ok(), ran.counted));
    }

    assert_eq!(ended, [(false, 0), (false, 0), (true, 1), (true, 0)]);
    assert_eq!(sqs.calls(START), 4);
}

#[tokio::test]
async fn a_task_that_failed_before_a_later_one_completed_is_not_counted_again() {
    let sqs = FakeAws::start([
        tasks(&[failed(4), task("COMPLETED", 5)]),
        count("5"),
        started(),
    ])
    .await;

    assert_eq!(run(&sqs).await.counted, 0);
}

#[tokio::test]
async fn a_task_that_fails_while_the_function_waits_is_its_error() {
    let sqs = FakeAws::start([
        tasks(&[task("COMPLETED", 6)]),
        tasks(&[task("RUNNING", 7), task("COMPLETED", 6)]),
        tasks(&[failed(7), task("COMPLETED", 6)]),
        count("5"),
        started(),
    ])
    .await;

    let ran = run(&sqs).await;

    let (code, text) = ran.error();
    assert_eq!(code, "MoveTaskFailed");
    assert!(
        text.ends_with("failed after 3 of 10 messages: AWS.SimpleQueueService.NonExistentQueue"),
        "{text}"
    );
    assert_eq!(ran.counted, 0);
}

#[tokio::test]
async fn a_task_that_is_cancelled_while_the_function_waits_is_not_started_again() {
    let sqs = FakeAws::start([
        tasks(&[]),
        tasks(&[task("CANCELLED", 7)]),
        count("5"),
        started(),
    ])
    .await;

    let ran = run(&sqs).await;

    assert_eq!(ran.json()["outcome"], "started");
    assert_eq!(ran.json()["task"]["status"], "CANCELLED");
    let task = ran.response().task.as_ref().unwrap();
    assert_eq!(task.to_string(), "was cancelled after 3 of 10 messages");
    assert_eq!(ran.counted, 0);
}

#[tokio::test]
async fn a_task_that_moves_to_the_source_is_already_running() {
    let mut without_destination = task("RUNNING", 7);
    without_destination["DestinationArn"] = Value::Null;
    for mut running in [task("RUNNING", 7), without_destination] {
        running["TaskHandle"] = "handle-1".into();
        let sqs = FakeAws::start([tasks(&[failed(6), running]), count("5")]).await;

        let ran = run(&sqs).await;

        assert_eq!(
            ran.json(),
            json!({
                "outcome": "already_running",
                "task_handle": "handle-1",
                "messages_waiting": 5,
                "last_task": null,
                "task": {"status": "RUNNING", "started_timestamp": 7, "moved": 3, "to_move": 10},
            })
        );
        assert_eq!(sqs.calls(START), 0);
    }
}

#[tokio::test]
async fn a_task_that_prevents_a_redrive_is_an_error() {
    let mut other = task("RUNNING", 7);
    other["DestinationArn"] = "arn:aws:sqs:eu-west-1:123456789012:elsewhere".into();
    for (active, code, text) in [
        (other, "MoveTaskToOtherQueue", "elsewhere"),
        (
            task("CANCELLING", 7),
            "MoveTaskCancelling",
            "is being cancelled",
        ),
    ] {
        // It was there, or was started since.
        for answers in [
            vec![tasks(std::slice::from_ref(&active))],
            vec![tasks(&[]), tasks(&[active]), running_error()],
        ] {
            let sqs = FakeAws::start(answers).await;

            let ran = run(&sqs).await;

            assert_eq!(ran.error().0, code);
            assert!(ran.error().1.contains(text), "{}", ran.error().1);
        }
    }
}

#[tokio::test]
async fn a_task_started_since_the_list_was_read_is_already_running() {
    let sqs = FakeAws::start([
        tasks(&[]),
        tasks(&[task("RUNNING", 7)]),
        count("5"),
        running_error(),
    ])
    .await;
    assert_eq!(run(&sqs).await.response().outcome, ALREADY_RUNNING);

    // It has ended again, or nothing is known about it.
    let sqs = FakeAws::start([tasks(&[]), running_error()]).await;
    assert_eq!(run(&sqs).await.error().0, "MoveTaskEnded");
    let denied = || (LIST, Answer::error("AccessDenied", "no"));
    let sqs = FakeAws::start([denied(), running_error()]).await;
    assert_eq!(run(&sqs).await.error().0, "AccessDenied");
}

#[tokio::test]
async fn a_list_that_fails_does_not_prevent_a_start() {
    for answer in [
        Answer::error("AccessDeniedException", "User is not authorized"),
        Answer::text(200, "<html>"),
        Answer::never(),
    ] {
        let sqs = FakeAws::start([(LIST, answer), count("5"), started()]).await;

        let ran = run(&sqs).await;

        assert_eq!(ran.json()["task_handle"], "handle-2");
        assert_eq!(ran.json()["task"], Value::Null);
        assert_eq!(sqs.calls(START), 1);
    }
}

#[tokio::test]
async fn a_count_that_fails_or_hangs_costs_only_the_count() {
    for answer in [
        Answer::error("AccessDenied", "Access to the resource is denied."),
        Answer::ok(&json!({"Attributes": {}})),
        Answer::text(200, "{"),
        Answer::never(),
    ] {
        let done = tasks(&[task("COMPLETED", 7)]);
        let sqs = FakeAws::start([tasks(&[]), done, (COUNT, answer), started()]).await;

        let ran = run(&sqs).await;

        assert_eq!(ran.response().outcome, STARTED);
        assert_eq!(ran.response().messages_waiting, None);
        assert!(ran.elapsed < PATIENCE.count * 4, "{:?}", ran.elapsed);
    }
}

#[tokio::test]
async fn a_rejected_start_is_an_error_with_sqss_own_code() {
    let text = "Source queue must be configured as a Dead Letter Queue.";
    let sqs = FakeAws::start([
        tasks(&[]),
        (START, Answer::error("InvalidParameterValue", text)),
    ])
    .await;

    let ran = run(&sqs).await;

    assert_eq!(
        ran.error(),
        (
            "InvalidParameterValue",
            "cannot start moving messages from arn:aws:sqs:eu-west-1:123456789012:orders-dlq \
             to arn:aws:sqs:eu-west-1:123456789012:orders: InvalidParameterValue: \
             Source queue must be configured as a Dead Letter Queue."
                .to_owned()
        )
    );
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_not_an_unreachable_endpoint() {
    for (status, body) in [
        (200, "<html>Sign in</html>"),
        (200, "{\"TaskHandle\":"),
        (403, "<html>Forbidden</html>"),
        (404, ""),
    ] {
        let sqs = FakeAws::start([tasks(&[]), (START, Answer::text(status, body))]).await;

        let ran = run(&sqs).await;

        let (code, text) = ran.error();
        assert_eq!(code, "SqsAnswerUnreadable", "{text}");
        assert!(
            text.contains(&format!("an answer with status {status}")),
            "{text}"
        );
        assert!(!text.contains("route to the SQS endpoint"), "{text}");
    }
}

#[tokio::test]
async fn an_endpoint_that_does_not_speak_tls_is_unreachable() {
    let sqs = FakeAws::start([]).await;
    let client = Client::from_conf(
        sqs.client()
            .config()
            .to_builder()
            .endpoint_url(format!("https://{}", sqs.address))
            .retry_config(aws_sdk_sqs::config::retry::RetryConfig::disabled())
            .build(),
    );

    let ran = run_with(&client, &config(None)).await;

    assert_eq!(ran.error().0, "SqsUnreachable", "{}", ran.error().1);
}
