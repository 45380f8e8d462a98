//! Why a redrive failed.

use std::{error::Error, fmt};

use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};

use super::{config::Config, response::MoveTask};
use crate::error::sources;

/// A call of SQS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    ListTasks,
    StartTask,
    Count,
}

impl Call {
    fn failed(self, Config { dlq, source, .. }: &Config) -> String {
        match self {
            Call::ListTasks => format!("cannot list the move tasks of {dlq}"),
            Call::StartTask => format!("cannot start moving messages from {dlq} to {source}"),
            Call::Count => format!("cannot count the messages in {dlq}"),
        }
    }
}

/// Why a redrive failed, and what to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RedriveError {
    code: &'static str,
    /// SQS's own code.
    sqs_code: Option<String>,
    text: String,
}

impl RedriveError {
    pub(super) fn new<E>(call: Call, config: &Config, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let failed = call.failed(config);
        if let Some(code) = error.code() {
            let message = error.message().unwrap_or("SQS gave no message");
            let hint = hint(call, code);
            return Self {
                sqs_code: Some(code.to_owned()),
                ..Self::of("SqsError", format!("{failed}: {code}: {message}{hint}"))
            };
        }
        match error.raw_response() {
            // What a proxy or a captive endpoint sends, for example.
            Some(response) => {
                let status = response.status().as_u16();
                Self::of(
                    "SqsAnswerUnreadable",
                    format!(
                        "{failed}: an answer with status {status} that is not from SQS: {}; check proxies and the endpoint that this function calls",
                        causes(error)
                    ),
                )
            }
            None => Self::unreachable(&failed, &causes(error)),
        }
    }

    pub(super) fn no_answer(call: Call, config: &Config) -> Self {
        Self::unreachable(&call.failed(config), "no answer in time")
    }

    fn unreachable(failed: &str, why: &str) -> Self {
        Self::of(
            "SqsUnreachable",
            format!(
                "{failed}: {why}; check that this function has a route to the SQS endpoint of its region"
            ),
        )
    }

    pub(super) fn cancelling(config: &Config) -> Self {
        let dlq = &config.dlq;
        Self::of(
            "MoveTaskCancelling",
            format!(
                "a move task of {dlq} is being cancelled; the next one can start when that is over"
            ),
        )
    }

    pub(super) fn other_destination(config: &Config, destination: &str) -> Self {
        let (dlq, source) = (&config.dlq, &config.source);
        Self::of(
            "MoveTaskToOtherQueue",
            format!(
                "a move task moves the messages of {dlq} to {destination}; a redrive to {source} can start when it has ended, or cancel it"
            ),
        )
    }

    /// A task that prevented another is not in the list.
    pub(super) fn ended(config: &Config) -> Self {
        Self::of(
            "MoveTaskEnded",
            format!(
                "a move task of {} prevented a redrive, and has ended since",
                config.dlq
            ),
        )
    }

    pub(super) fn task_failed(config: &Config, task: &MoveTask) -> Self {
        Self::of(
            "MoveTaskFailed",
            format!(
                "the move task from {} to {} {task}",
                config.dlq, config.source
            ),
        )
    }

    fn of(code: &'static str, text: String) -> Self {
        Self {
            code,
            sqs_code: None,
            text,
        }
    }

    /// SQS's error code, or a word of this crate.
    pub(super) fn code(&self) -> &str {
        self.sqs_code.as_deref().unwrap_or(self.code)
    }
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
            Call::Count => {
                "; check that the role of this function allows sqs:GetQueueAttributes on that queue"
            }
        };
    }
    if code.contains("NotFound") || code.contains("NonExistentQueue") {
        return "; check REDRIVE_DLQ_ARN and REDRIVE_SOURCE_ARN";
    }
    ""
}

impl fmt::Display for RedriveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for RedriveError {}

#[cfg(test)]
mod tests {
    use super::super::testing::config;
    use super::*;
    use aws_sdk_sqs::operation::start_message_move_task::StartMessageMoveTaskError;

    #[test]
    fn a_call_that_never_arrived_points_at_the_network() {
        let lost = SdkError::<StartMessageMoveTaskError>::timeout_error("no answer in 5 s");
        let error = RedriveError::new(Call::StartTask, &config(None), &lost);

        assert_eq!(error.code(), "SqsUnreachable");
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
