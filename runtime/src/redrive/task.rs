//! One redrive: look at the tasks there are, start one if none runs.

use aws_sdk_sqs::{
    Client,
    error::ProvideErrorMetadata,
    operation::start_message_move_task::StartMessageMoveTaskError,
    types::{ListMessageMoveTasksResultEntry, QueueAttributeName},
};

use super::{
    config::Config,
    refused::{Call, Refused},
    response::{LastTask, RedriveOutcome, RedriveResponse},
};

/// The most that `ListMessageMoveTasks` gives.
const LISTED_TASKS: i32 = 10;

/// Moves the messages of the dead-letter queue back, unless that is being done.
///
/// A task is started even if no message seems to wait: the count is approximate
/// and up to a minute old, a task with nothing to move ends by itself, and a
/// message passed over waits for the next redrive, a day or a week.
///
/// # Errors
///
/// SQS cannot be asked for the tasks, or does not start one.
pub(super) async fn redrive(client: &Client, config: &Config) -> Result<RedriveResponse, Refused> {
    let (tasks, messages_waiting) =
        tokio::join!(list(client, config), messages_waiting(client, config));
    let tasks = tasks?;

    // The order of the list is not documented.
    let last = tasks.iter().max_by_key(|task| task.started_timestamp());
    let running = tasks.iter().find(|task| task.status() == Some("RUNNING"));

    let (outcome, task_handle) = match running {
        Some(task) => (
            RedriveOutcome::AlreadyRunning,
            task.task_handle().map(str::to_owned),
        ),
        None => start(client, config).await?,
    };
    Ok(RedriveResponse {
        outcome,
        task_handle,
        messages_waiting,
        last_task: running.or(last).map(LastTask::from),
    })
}

async fn list(
    client: &Client,
    config: &Config,
) -> Result<Vec<ListMessageMoveTasksResultEntry>, Refused> {
    client
        .list_message_move_tasks()
        .source_arn(config.dlq.as_str())
        .max_results(LISTED_TASKS)
        .send()
        .await
        .map(|output| output.results.unwrap_or_default())
        .map_err(|error| Refused::new(Call::ListTasks, config, &error))
}

async fn start(
    client: &Client,
    config: &Config,
) -> Result<(RedriveOutcome, Option<String>), Refused> {
    // Always with a destination: without one SQS would send each message to
    // where it came from, and the role would have to allow all those queues.
    let started = client
        .start_message_move_task()
        .source_arn(config.dlq.as_str())
        .destination_arn(config.source.as_str())
        .set_max_number_of_messages_per_second(config.rate.map(u32::cast_signed))
        .send()
        .await;
    match started {
        Ok(output) => Ok((RedriveOutcome::Started, output.task_handle)),
        Err(error) if error.as_service_error().is_some_and(is_already_running) => {
            Ok((RedriveOutcome::AlreadyRunning, None))
        }
        Err(error) => Err(Refused::new(Call::StartTask, config, &error)),
    }
}

/// Another task was started after the list was made, perhaps by an attempt of
/// this very call whose answer was lost. SQS has no error code of its own for it.
fn is_already_running(error: &StartMessageMoveTaskError) -> bool {
    error
        .code()
        .is_some_and(|code| code.starts_with("InvalidParameterValue"))
        && error
            .message()
            .is_some_and(|message| message.contains("already a task running"))
}

/// Only told, never decided on, so a refusal costs the count and nothing else.
async fn messages_waiting(client: &Client, config: &Config) -> Option<u64> {
    let url = config.dlq_url.as_deref()?;
    let name = QueueAttributeName::ApproximateNumberOfMessages;
    let attributes = client
        .get_queue_attributes()
        .queue_url(url)
        .attribute_names(name.clone())
        .send()
        .await
        .map_err(|error| {
            let refused = Refused::new(Call::Count, config, &error);
            tracing::warn!(error = %refused, "redrive goes on without the number of messages");
        })
        .ok()?;
    attributes.attributes()?.get(&name)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{FakeAws, config};
    use super::*;
    use serde_json::{Value, json};

    const LIST: &str = "ListMessageMoveTasks";
    const START: &str = "StartMessageMoveTask";
    const COUNT: &str = "GetQueueAttributes";

    fn running() -> Value {
        json!({"Results": [{
            "TaskHandle": "handle-1",
            "Status": "RUNNING",
            "ApproximateNumberOfMessagesMoved": 4,
            "ApproximateNumberOfMessagesToMove": 9,
            "StartedTimestamp": 1_700_000_000_000_i64,
        }]})
    }

    fn error(code: &str, message: &str) -> (u16, Value) {
        let body = json!({"__type": format!("com.amazonaws.sqs#{code}"), "message": message});
        (400, body)
    }

    #[tokio::test]
    async fn starts_a_task_from_the_dlq_to_the_source() {
        let sqs = FakeAws::start([
            (LIST, (200, json!({"Results": []}))),
            (
                COUNT,
                (
                    200,
                    json!({"Attributes": {"ApproximateNumberOfMessages": "12"}}),
                ),
            ),
            (START, (200, json!({"TaskHandle": "handle-2"}))),
        ])
        .await;

        let answer = redrive(&sqs.client(), &config(Some(50))).await.unwrap();

        assert_eq!(
            serde_json::to_value(answer).unwrap(),
            json!({
                "outcome": "started",
                "task_handle": "handle-2",
                "messages_waiting": 12,
                "last_task": null,
            })
        );
        assert_eq!(
            sqs.request(START),
            json!({
                "SourceArn": config(None).dlq.as_str(),
                "DestinationArn": config(None).source.as_str(),
                "MaxNumberOfMessagesPerSecond": 50,
            })
        );
    }

    #[tokio::test]
    async fn starts_a_task_without_a_rate_and_on_a_queue_that_seems_empty() {
        let sqs = FakeAws::start([
            (LIST, (200, json!({}))),
            (
                COUNT,
                (
                    200,
                    json!({"Attributes": {"ApproximateNumberOfMessages": "0"}}),
                ),
            ),
            (START, (200, json!({"TaskHandle": "handle"}))),
        ])
        .await;

        let answer = redrive(&sqs.client(), &config(None)).await.unwrap();

        assert_eq!(answer.outcome, RedriveOutcome::Started);
        assert_eq!(answer.messages_waiting, Some(0));
        let request = sqs.request(START);
        assert_eq!(request.get("MaxNumberOfMessagesPerSecond"), None);
    }

    #[tokio::test]
    async fn leaves_a_running_task_alone() {
        let sqs = FakeAws::start([
            (LIST, (200, running())),
            (
                COUNT,
                (
                    200,
                    json!({"Attributes": {"ApproximateNumberOfMessages": "5"}}),
                ),
            ),
        ])
        .await;

        let answer = redrive(&sqs.client(), &config(None)).await.unwrap();

        assert_eq!(
            serde_json::to_value(answer).unwrap(),
            json!({
                "outcome": "already_running",
                "task_handle": "handle-1",
                "messages_waiting": 5,
                "last_task": {"status": "RUNNING", "moved": 4, "to_move": 9},
            })
        );
        assert_eq!(sqs.calls(START), 0);
    }

    #[tokio::test]
    async fn a_task_started_in_between_is_a_good_outcome() {
        let sqs = FakeAws::start([
            (LIST, (200, json!({"Results": []}))),
            (
                COUNT,
                (
                    200,
                    json!({"Attributes": {"ApproximateNumberOfMessages": "5"}}),
                ),
            ),
            (
                START,
                error(
                    "InvalidParameterValue",
                    "There is already a task running. Only one active task is allowed \
                     for a source queue arn at a given time.",
                ),
            ),
        ])
        .await;

        let answer = redrive(&sqs.client(), &config(None)).await.unwrap();

        assert_eq!(answer.outcome, RedriveOutcome::AlreadyRunning);
        assert_eq!(answer.task_handle, None);
    }

    #[tokio::test]
    async fn tells_why_the_last_task_failed() {
        let task = |status: &str, started: i64| {
            json!({
                "Status": status,
                "ApproximateNumberOfMessagesMoved": 3,
                "ApproximateNumberOfMessagesToMove": 10,
                "FailureReason": "AWS.SimpleQueueService.NonExistentQueue",
                "StartedTimestamp": started,
            })
        };
        let tasks = [
            task("COMPLETED", 1_700_000_000_000),
            task("FAILED", 1_700_000_500_000),
            task("CANCELLED", 1_700_000_400_000),
        ];
        let sqs = FakeAws::start([
            (LIST, (200, json!({"Results": tasks}))),
            (COUNT, (200, json!({"Attributes": {}}))),
            (START, (200, json!({"TaskHandle": "handle"}))),
        ])
        .await;

        let answer = redrive(&sqs.client(), &config(None)).await.unwrap();

        assert_eq!(answer.outcome, RedriveOutcome::Started);
        assert_eq!(
            answer.last_task,
            Some(LastTask {
                status: "FAILED".to_owned(),
                failure_reason: Some("AWS.SimpleQueueService.NonExistentQueue".to_owned()),
                moved: 3,
                to_move: Some(10),
            })
        );
    }

    #[tokio::test]
    async fn goes_on_without_the_count() {
        let sqs = FakeAws::start([
            (LIST, (200, json!({"Results": []}))),
            (
                COUNT,
                error("AccessDenied", "Access to the resource is denied."),
            ),
            (START, (200, json!({"TaskHandle": "handle"}))),
        ])
        .await;

        let answer = redrive(&sqs.client(), &config(None)).await.unwrap();

        assert_eq!(answer.outcome, RedriveOutcome::Started);
        assert_eq!(answer.messages_waiting, None);
    }

    #[tokio::test]
    async fn a_refused_start_is_an_error_with_the_way_out() {
        let sqs = FakeAws::start([
            (LIST, (200, json!({"Results": []}))),
            (COUNT, (200, json!({"Attributes": {}}))),
            (
                START,
                error(
                    "InvalidParameterValue",
                    "Source queue must be configured as a Dead Letter Queue.",
                ),
            ),
        ])
        .await;

        let refused = redrive(&sqs.client(), &config(None)).await.unwrap_err();

        assert_eq!(refused.code(), "InvalidParameterValue");
        assert_eq!(
            refused.to_string(),
            "cannot start moving messages from arn:aws:sqs:eu-west-1:123456789012:orders-dlq \
             to arn:aws:sqs:eu-west-1:123456789012:orders: InvalidParameterValue: \
             Source queue must be configured as a Dead Letter Queue."
        );
    }

    #[tokio::test]
    async fn a_refused_list_is_an_error_that_names_the_permission() {
        let sqs = FakeAws::start([
            (
                LIST,
                error("AccessDeniedException", "User is not authorized"),
            ),
            (COUNT, (200, json!({"Attributes": {}}))),
        ])
        .await;

        let refused = redrive(&sqs.client(), &config(None)).await.unwrap_err();

        assert_eq!(
            refused.to_string(),
            "cannot list the move tasks of arn:aws:sqs:eu-west-1:123456789012:orders-dlq: \
             AccessDeniedException: User is not authorized; check that the role of this \
             function allows sqs:ListMessageMoveTasks on that queue"
        );
        assert_eq!(sqs.calls(START), 0);
    }

    #[tokio::test]
    async fn an_endpoint_that_does_not_speak_tls_is_no_answer() {
        let sqs = FakeAws::start([]).await;
        let client = aws_sdk_sqs::Client::from_conf(
            sqs.client()
                .config()
                .to_builder()
                .endpoint_url(format!("https://{}", sqs.address))
                .retry_config(aws_sdk_sqs::config::retry::RetryConfig::disabled())
                .build(),
        );

        let refused = redrive(&client, &config(None)).await.unwrap_err();

        assert_eq!(refused.code(), "SqsUnreachable", "{refused}");
    }
}
