//! A function without the crate `redrive`, controlled by its messages: the user's
//! binary in the simulator's own tests.
//!
//! A body is JSON: `{"do": "ok"}`, `fail`, `error`, `crash`, `sleep`, or
//! `answer` with the whole `answer`. `"sent_before"` (milliseconds since the
//! epoch) limits this to messages sent before then, and `"receives"` to a number
//! of receives; otherwise the message is completed.

use aws_sdk_sqs::error::ProvideErrorMetadata as _;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use redrive_model::log::{TARGET, event, field};
use redrive_model::names::{DLQ_ARN, MAX_PER_SECOND, SOURCE_ARN};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    match std::env::var("BOOTSTRAP").as_deref() {
        Ok("exit in init") => std::process::exit(7),
        Ok("report in init") => return report_in_init().await,
        Ok("flush on SIGTERM") => {
            let flush = || async { println!("flushed") };
            lambda_runtime::spawn_graceful_shutdown_handler(flush).await;
        }
        Ok("hang on SIGTERM") => {
            lambda_runtime::spawn_graceful_shutdown_handler(std::future::pending::<()>).await;
        }
        Ok("print variables") => {
            let names = std::env::vars().map(|(name, _)| name).collect::<Vec<_>>();
            println!("variables: {}", names.join(" "));
        }
        _ => {}
    }
    if std::env::var("_HANDLER")?.ends_with(".redrive") {
        lambda_runtime::run(service_fn(redrive)).await
    } else {
        lambda_runtime::run(service_fn(work)).await
    }
}

/// Reports an error and stays.
async fn report_in_init() -> Result<(), Error> {
    use tokio::io::AsyncWriteExt as _;

    let api = std::env::var("AWS_LAMBDA_RUNTIME_API")?;
    let report = json!({ "errorType": "Error", "errorMessage": "no database" }).to_string();
    let request = format!(
        "POST /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: {api}\r\nContent-Length: \
         {}\r\n\r\n{report}",
        report.len()
    );
    let mut connection = tokio::net::TcpStream::connect(api).await?;
    connection.write_all(request.as_bytes()).await?;
    std::future::pending().await
}

async fn work(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let mut failures = Vec::new();
    for record in event.payload["Records"].as_array().into_iter().flatten() {
        let body: Value = serde_json::from_str(record["body"].as_str().unwrap_or_default())?;
        println!("handling {body}");
        if is_past(&body, record) {
            continue;
        }
        match body["do"].as_str() {
            Some("fail") => {
                println!("{}", line(record));
                failures.push(json!({ "itemIdentifier": record["messageId"] }));
            }
            Some("error") => return Err("asked to fail".into()),
            Some("crash") => std::process::abort(),
            Some("sleep") => tokio::time::sleep(std::time::Duration::from_secs(600)).await,
            Some("answer") => return Ok(body["answer"].clone()),
            _ => {}
        }
    }
    Ok(json!({ "batchItemFailures": failures }))
}

fn is_past(body: &Value, record: &Value) -> bool {
    let attribute = |name: &str| -> i64 {
        let value = record["attributes"][name].as_str().unwrap_or_default();
        value.parse().unwrap_or_default()
    };
    let sent = body["sent_before"].as_i64();
    let receives = body["receives"].as_i64();
    sent.is_some_and(|limit| attribute("SentTimestamp") >= limit)
        || receives.is_some_and(|limit| attribute("ApproximateReceiveCount") > limit)
}

/// As the crate `redrive` logs a failure.
fn line(record: &Value) -> Value {
    json!({
        field::TARGET: TARGET,
        field::EVENT: event::RECORD_FAILED,
        field::MESSAGE_ID: record["messageId"],
        field::ATTEMPT: 1,
        field::ERROR: "asked to fail",
    })
}

async fn redrive(_event: LambdaEvent<Value>) -> Result<Value, Error> {
    let variable = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version_latest()
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(variable("AWS_ENDPOINT_URL_SQS")?)
        .region(aws_sdk_sqs::config::Region::new(variable("AWS_REGION")?))
        .credentials_provider(aws_sdk_sqs::config::Credentials::new(
            variable("AWS_ACCESS_KEY_ID")?,
            variable("AWS_SECRET_ACCESS_KEY")?,
            None,
            None,
            "environment",
        ))
        .build();
    let started = aws_sdk_sqs::Client::from_conf(config)
        .start_message_move_task()
        .source_arn(variable(DLQ_ARN)?)
        .destination_arn(variable(SOURCE_ARN)?)
        .set_max_number_of_messages_per_second(
            std::env::var(MAX_PER_SECOND)
                .ok()
                .and_then(|rate| rate.parse().ok()),
        )
        .send()
        .await;
    match started {
        Ok(_) => Ok(json!({ "outcome": "started" })),
        Err(error) => Err(error.message().unwrap_or("no message").into()),
    }
}
