//! The redrive function: moves what waits in the dead-letter queue back to the
//! source queue, with one SQS move task.
//!
//! EventBridge Scheduler invokes it asynchronously and hears of no failure, so
//! whatever goes wrong is returned as the function's error: that is what the
//! `Errors` metric and its alarm see.

use std::{env, sync::Arc};

use super::{
    config::{Config, NotStarted},
    refused::Refused,
    response, task,
};
use crate::{
    error::BoxError,
    failure::InvocationError,
    runtime_api::{self, Invocation},
};

/// Serves the invocations of the redrive function until Lambda ends the process.
///
/// Every invocation does the same, whatever event it carries: a schedule, a test
/// event and a person at the console all ask for a redrive.
///
/// # Errors
///
/// The environment is not complete: one error names every variable. Or the
/// Runtime API cannot be reached.
pub(crate) async fn run() -> Result<(), BoxError> {
    let (config, client) = match start(|name| env::var(name).ok()) {
        Ok(started) => started,
        Err(error) => return Err(error.into()),
    };

    let config = Arc::new(config);
    runtime_api::serve(move |_: Invocation| {
        let (config, client) = (Arc::clone(&config), client.clone());
        async move {
            task::redrive(&client, &config)
                .await
                .inspect(response::RedriveResponse::log)
                .map_err(InvocationError::from)
        }
    })
    .await
}

/// Reads the environment, all of it before any complaint.
fn start(
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<(Config, aws_sdk_sqs::Client), NotStarted> {
    match (
        Config::from_lookup(&lookup),
        crate::sqs::client::client_from(&lookup),
    ) {
        (Ok(config), Ok(client)) => Ok((config, client)),
        (config, client) => {
            let mut error = config.err().unwrap_or_default();
            if let Err(missing) = client {
                error.add_missing(&missing);
            }
            Err(error)
        }
    }
}

impl From<Refused> for InvocationError {
    fn from(refused: Refused) -> Self {
        Self::new(refused.code().to_owned(), refused.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_error_names_the_variables_of_redrive_and_of_aws() {
        let error = start(|_| None).unwrap_err().to_string();

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
