//! The redrive function: moves the messages of the dead-letter queue back to the
//! source queue, with one SQS move task.
//!
//! EventBridge Scheduler invokes it asynchronously and never learns of a failure, so
//! each failure is returned as the function's error, which the `Errors` metric and
//! its alarm show. A task of an earlier redrive that failed has another metric.

use std::{env, future::ready, sync::Arc, time::Duration};

use aws_sdk_sqs::Client;
use redrive_model::limits::REDRIVE_TIMEOUT;

use super::{
    config::Config,
    task::{Patience, Redrive},
};
use crate::{
    deadline::Deadline,
    error::BoxError,
    log::metrics,
    runtime_api::{self, Invocation},
    sqs::client::client_from,
};

/// For an invocation without a deadline.
const TIMEOUT: Duration = Duration::from_secs(REDRIVE_TIMEOUT as u64);

/// Serves the invocations of the redrive function, and returns why that has ended.
///
/// Every invocation does the same, whatever event it carries: a schedule, a test
/// event and a person at the console all ask for a redrive.
///
/// # Errors
///
/// If the environment is not complete. The error names every variable.
pub(crate) async fn run() -> Result<Option<String>, BoxError> {
    let (config, client) = start(|name| env::var(name).ok())?;
    let config = Arc::new(config);
    let function_name: Arc<str> = env::var("AWS_LAMBDA_FUNCTION_NAME")
        .unwrap_or_default()
        .into();
    let handle = move |invocation: Invocation| {
        let (config, client) = (Arc::clone(&config), client.clone());
        let function_name = Arc::clone(&function_name);
        async move {
            let redrive = Redrive {
                client: &client,
                config: &config,
                patience: Patience::DEFAULT,
                deadline: Deadline::from_epoch_ms(invocation.context.deadline, TIMEOUT).cut,
                count_failure: || metrics::move_task_failed(&function_name),
            };
            let response = redrive.run().await?;
            Ok((response.clone(), move || response.log()))
        }
    };
    Ok(Some(runtime_api::serve(handle, |_, _| ready(None)).await))
}

/// Reads all of the environment before it reports what is wrong with it.
fn start(lookup: impl Fn(&str) -> Option<String>) -> Result<(Config, Client), String> {
    match (Config::from_lookup(&lookup), client_from(&lookup)) {
        (Ok(config), Ok(client)) => Ok((config, client)),
        (config, client) => {
            let mut problems = config.err().unwrap_or_default();
            problems.extend(client.err());
            let problems = problems.join("; ");
            Err(format!("the redrive function cannot start: {problems}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_error_names_the_variables_of_redrive_and_of_aws() {
        let error = start(|_| None).unwrap_err();

        for variable in [
            "REDRIVE_DLQ_ARN",
            "REDRIVE_SOURCE_ARN",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_REGION",
        ] {
            assert!(error.contains(variable), "{variable} is not in: {error}");
        }
    }
}
