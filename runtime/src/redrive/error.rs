//! Why a call of SQS failed, and what to check.

use std::error::Error;

use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};

use super::config::Config;
use crate::{error::sources, failure::InvocationError};

/// A call of SQS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    ListTasks,
    StartTask,
    Count,
    Compare,
}

impl Call {
    fn failed(self, Config { dlq, source, .. }: &Config) -> String {
        match self {
            Call::ListTasks => format!("cannot list the move tasks of {dlq}"),
            Call::StartTask => format!("cannot start moving messages from {dlq} to {source}"),
            Call::Count => format!("cannot count the messages in {dlq}"),
            Call::Compare => {
                format!("cannot compare {source} and {dlq} with what their keys declare")
            }
        }
    }
}

/// The error of a call, with SQS's own code if there is one.
pub(super) fn failed<E>(call: Call, config: &Config, error: &SdkError<E>) -> InvocationError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let failed = call.failed(config);
    if let Some(code) = error.code() {
        let message = error.message().unwrap_or("SQS gave no message");
        let hint = hint(call, code);
        let text = format!("{failed}: {code}: {message}{hint}");
        return InvocationError::new(code.to_owned(), text);
    }
    let causes = causes(error);
    // What a proxy or a captive endpoint sends, for example.
    let Some(response) = error.raw_response() else {
        return unreachable(&failed, &causes);
    };
    let status = response.status().as_u16();
    InvocationError::new(
        "SqsAnswerUnreadable",
        format!(
            "{failed}: an answer with status {status} that is not from SQS: {causes}; check proxies and the endpoint that this function calls"
        ),
    )
}

pub(super) fn no_answer(call: Call, config: &Config) -> InvocationError {
    unreachable(&call.failed(config), "no answer in time")
}

fn unreachable(failed: &str, why: &str) -> InvocationError {
    InvocationError::new(
        "SqsUnreachable",
        format!(
            "{failed}: {why}; check that this function has a route to the SQS endpoint of its region"
        ),
    )
}

/// The error and its sources: the SDK's own text is "dispatch failure".
fn causes(error: &(dyn Error + 'static)) -> String {
    let texts: Vec<String> = sources(error).map(ToString::to_string).collect();
    texts.join(": ")
}

/// What SQS's own message leaves out.
fn hint(call: Call, code: &str) -> &'static str {
    if code.starts_with("AccessDenied") {
        return match call {
            Call::ListTasks => {
                "; check that the role of this function allows sqs:ListMessageMoveTasks on that queue"
            }
            Call::StartTask => {
                "; check that the role of this function allows sqs:StartMessageMoveTask, \
                 sqs:ReceiveMessage, sqs:DeleteMessage and sqs:GetQueueAttributes on the first \
                 queue and sqs:SendMessage on the second, and the KMS keys of both if they have any"
            }
            Call::Count | Call::Compare => {
                "; check that the role of this function allows sqs:GetQueueAttributes on that queue"
            }
        };
    }
    if code.contains("NotFound") || code.contains("NonExistentQueue") {
        return "; check REDRIVE_DLQ_ARN and REDRIVE_SOURCE_ARN";
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::super::tests::config;
    use super::*;
    use aws_sdk_sqs::operation::start_message_move_task::StartMessageMoveTaskError;

    #[test]
    fn a_call_that_never_arrived_points_at_the_network() {
        let lost = SdkError::<StartMessageMoveTaskError>::timeout_error("no answer in 5 s");
        let error = failed(Call::StartTask, &config(None), &lost);

        assert_eq!(error.kind(), "SqsUnreachable");
        let text = error.to_string();
        assert!(text.contains("no answer in 5 s"), "{text}");
        assert!(text.contains("a route to the SQS endpoint"), "{text}");
    }

    #[test]
    fn an_error_names_the_permission_or_the_variable() {
        let text = hint(Call::StartTask, "AccessDenied");
        assert!(text.contains("sqs:SendMessage on the second"), "{text}");
        for code in [
            "ResourceNotFoundException",
            "AWS.SimpleQueueService.NonExistentQueue",
        ] {
            assert!(
                hint(Call::Count, code).contains("REDRIVE_DLQ_ARN"),
                "{code}"
            );
        }
        assert_eq!(hint(Call::StartTask, "RequestThrottled"), "");
    }
}
