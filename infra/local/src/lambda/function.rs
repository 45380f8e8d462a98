//! The two Lambda functions of a `#[sqs_batch]` function, with the environment
//! variables that Lambda and the template set. The variables of this process are not
//! passed on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use redrive_infra::lambda::{self, Variable};
use redrive_infra::stack::StackFunction;
use redrive_model::names::redrive_handler;
use redrive_syntax::ParameterText;
use redrive_syntax::function::Function;

use crate::dynamodb;
use crate::names;

/// A Lambda function: a binary and how to run it.
#[derive(Clone, Debug)]
pub(crate) struct LambdaFunction {
    /// `AWS_LAMBDA_FUNCTION_NAME`.
    pub(crate) name: String,
    pub(crate) binary: PathBuf,
    /// `Timeout`.
    pub(crate) timeout: Duration,
    /// All environment variables except the address of the Runtime API.
    pub(crate) variables: BTreeMap<String, String>,
}

/// The worker of `entry`; `extra` are the addresses of the stubs.
pub(crate) fn worker(
    entry: &StackFunction,
    binary: &Path,
    endpoint: &str,
    extra: &BTreeMap<String, String>,
) -> LambdaFunction {
    let function = &entry.function;
    let name = &function.name;
    let mut variables = lambda_variables(name, name, function.memory, binary, endpoint);
    let declared = lambda::worker_variables(function);
    variables.extend(template_variables(declared, function, endpoint));
    variables.extend(extra.clone());
    LambdaFunction {
        name: name.clone(),
        binary: binary.to_owned(),
        timeout: function.timeout,
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
    let handler = redrive_handler(&function.name);
    let mut variables = lambda_variables(&name, &handler, lambda::REDRIVE_MEMORY, binary, endpoint);
    let declared = lambda::redrive_variables(function);
    variables.extend(template_variables(declared, function, endpoint));
    LambdaFunction {
        name,
        binary: binary.to_owned(),
        timeout: Duration::from_secs(lambda::REDRIVE_TIMEOUT.into()),
        variables,
    }
}

/// The variables of the template.
fn template_variables(
    declared: BTreeMap<String, Variable>,
    function: &Function,
    endpoint: &str,
) -> impl Iterator<Item = (String, String)> {
    // All parameters have values here.
    let text = |text: &ParameterText| text.with(|_| String::new());
    let table = function
        .idempotent
        .as_ref()
        .and_then(|it| it.table.as_ref());
    let table = table.map_or_else(|| dynamodb::TABLE.to_owned(), text);
    declared.into_iter().map(move |(name, variable)| {
        let value = match variable {
            Variable::QueueUrl => names::queue_url(endpoint, &function.queue_name()),
            Variable::QueueArn => names::source_arn(function),
            Variable::DlqUrl => names::queue_url(endpoint, &function.dlq_name()),
            Variable::DlqArn => names::dlq_arn(function),
            Variable::Table => table.clone(),
            Variable::ParkingUrl => names::queue_url(endpoint, &function.parking_name()),
            Variable::Text(value) => text(&value),
        };
        (name, value)
    })
}

/// The variables that Lambda sets in an OS-only runtime (`provided.*`); see
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>.
fn lambda_variables(
    name: &str,
    handler: &str,
    memory: u32,
    binary: &Path,
    endpoint: &str,
) -> BTreeMap<String, String> {
    let memory = memory.to_string();
    let task_root = binary.parent().unwrap_or(Path::new("")).to_string_lossy();
    let log_group = format!("/aws/lambda/{name}");
    [
        ("_HANDLER", handler),
        ("AWS_REGION", names::REGION),
        ("AWS_DEFAULT_REGION", names::REGION),
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
        ("AWS_ENDPOINT_URL_SNS", endpoint),
        ("LAMBDA_TASK_ROOT", &task_root),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
        ("LANG", "en_US.UTF-8"),
        ("TZ", ":UTC"),
        ("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use redrive_infra::stack::StackFunction;
    use redrive_model::names::{DLQ_URL, QUEUE_URL, RESERVED_PREFIX};

    use super::{redrive_function, worker};

    const ENDPOINT: &str = "http://127.0.0.1:1";

    fn entry(attribute: &str) -> StackFunction {
        let tokens = |text: &str| text.parse().expect("tokens");
        let item = "async fn handle(order: Order) -> Result<(), Error> {}";
        StackFunction {
            binary: "orders".to_owned(),
            function: redrive_syntax::parse(tokens(attribute), tokens(item)).function,
        }
    }

    /// The variables of the template.
    fn own(variables: BTreeMap<String, String>) -> Vec<(String, String)> {
        let own = |name: &str| name.starts_with(RESERVED_PREFIX);
        variables
            .into_iter()
            .filter(|(name, _)| own(name))
            .collect()
    }

    #[test]
    fn the_worker_gets_the_variables_of_the_template() {
        let worker = |attribute| {
            let entry = entry(attribute);
            own(worker(&entry, Path::new("x"), ENDPOINT, &BTreeMap::new()).variables)
        };
        assert!(worker("").is_empty());
        let variable =
            |name: &str, queue: &str| (name.to_owned(), crate::names::queue_url(ENDPOINT, queue));
        assert_eq!(
            worker("queue_backoff = \"1s..1m\""),
            [variable(QUEUE_URL, "handle")]
        );
        assert_eq!(
            worker("on_permanent = \"dlq\""),
            [variable(DLQ_URL, "handle-dlq")]
        );
    }

    #[test]
    fn the_redrive_function_has_its_own_memory() {
        let entry = entry("memory = 1024, dlq_redrive = \"rate(1 day)\"");
        let memory = |variables: BTreeMap<String, String>| {
            variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"].clone()
        };
        let worker = worker(&entry, Path::new("x"), ENDPOINT, &BTreeMap::new());
        assert_eq!(memory(worker.variables), "1024");
        let redrive = redrive_function(&entry, Path::new("x"), ENDPOINT);
        assert_eq!(memory(redrive.variables), "128");
    }
}
