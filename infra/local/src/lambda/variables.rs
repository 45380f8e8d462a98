//! The environment variables of the two functions: what Lambda sets, and what
//! the template sets.
//!
//! The host's own variables are not passed on, as Lambda has none of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use redrive_infra::stack::StackFunction;
use redrive_syntax::function::{Function, OnPermanent};

use super::environment::LambdaFunction;
use crate::names;

/// The redrive function's timeout, as the template sets it.
const REDRIVE_TIMEOUT: Duration = Duration::from_secs(60);

/// The worker of `entry`; `extra` are the stand-ins' addresses.
pub(crate) fn worker(
    entry: &StackFunction,
    binary: &Path,
    endpoint: &str,
    extra: &BTreeMap<String, String>,
) -> LambdaFunction {
    let function = &entry.function;
    let mut variables = lambda_variables(&function.name, &function.name, function, endpoint);
    variables.extend(function.env.clone());
    variables.extend(extra.clone());
    if function.on_permanent == OnPermanent::Dlq || function.queue_backoff.is_some() {
        variables.extend(
            [
                ("REDRIVE_QUEUE_URL", &function.queue),
                ("REDRIVE_DLQ_URL", &function.dlq()),
            ]
            .map(|(name, queue)| (name.to_owned(), names::queue_url(endpoint, queue))),
        );
    }
    LambdaFunction {
        name: function.name.clone(),
        binary: binary.to_owned(),
        timeout: Duration::from_secs(function.timeout.into()),
        variables,
    }
}

/// The redrive function of `entry`.
pub(crate) fn redrive_function(
    entry: &StackFunction,
    binary: &Path,
    endpoint: &str,
) -> LambdaFunction {
    let function = &entry.function;
    let name = format!("{}-redrive", function.name);
    let handler = format!("{}.redrive", function.name);
    let mut variables = lambda_variables(&name, &handler, function, endpoint);
    variables.extend(
        [
            ("REDRIVE_DLQ_ARN", names::queue_arn(&function.dlq())),
            (
                "REDRIVE_DLQ_URL",
                names::queue_url(endpoint, &function.dlq()),
            ),
            ("REDRIVE_SOURCE_ARN", names::queue_arn(&function.queue)),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    let rate = function.redrive.as_ref().and_then(|redrive| redrive.rate);
    if let Some(rate) = rate {
        variables.insert("REDRIVE_RATE".to_owned(), rate.to_string());
    }
    LambdaFunction {
        name,
        binary: binary.to_owned(),
        timeout: REDRIVE_TIMEOUT,
        variables,
    }
}

/// What Lambda sets; see
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>.
fn lambda_variables(
    name: &str,
    handler: &str,
    function: &Function,
    endpoint: &str,
) -> BTreeMap<String, String> {
    let memory = function.memory.to_string();
    let log_group = format!("/aws/lambda/{name}");
    [
        ("_HANDLER", handler),
        ("AWS_REGION", names::REGION),
        ("AWS_DEFAULT_REGION", names::REGION),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_rust"),
        ("AWS_LAMBDA_FUNCTION_NAME", name),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &memory),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
        ("AWS_LAMBDA_LOG_LEVEL", "INFO"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", &log_group),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "local"),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_SESSION_TOKEN", "local"),
        ("AWS_ENDPOINT_URL_SQS", endpoint),
        ("LANG", "en_US.UTF-8"),
        ("TZ", ":UTC"),
        ("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}
