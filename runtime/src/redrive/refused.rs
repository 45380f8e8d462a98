//! A call that SQS refused or that never reached it.

use std::{error::Error, fmt, iter};

use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};

use super::config::Config;

/// What was asked of SQS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    ListTasks,
    StartTask,
    Count,
}

/// Why a call failed, and what to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    code: String,
    text: String,
}

impl Refused {
    pub(super) fn new<E>(call: Call, config: &Config, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let (dlq, source) = (&config.dlq, &config.source);
        let attempt = match call {
            Call::ListTasks => format!("cannot list the move tasks of {dlq}"),
            Call::StartTask => format!("cannot start moving messages from {dlq} to {source}"),
            Call::Count => format!("cannot count the messages in {dlq}"),
        };
        let Some(code) = error.code() else {
            return Refused {
                code: "SqsUnreachable".to_owned(),
                text: format!(
                    "{attempt}: {}; check that this function has a way to the SQS endpoint of its region",
                    causes(error)
                ),
            };
        };
        let message = error.message().unwrap_or("SQS gave no message");
        let way_out = way_out(call, code);
        Refused {
            text: format!("{attempt}: {code}: {message}{way_out}"),
            code: code.to_owned(),
        }
    }

    /// SQS's error code, or `SqsUnreachable`.
    pub(super) fn code(&self) -> &str {
        &self.code
    }
}

/// The error and what is behind it: the SDK's own text is no more than
/// "dispatch failure".
fn causes(error: &(dyn Error + 'static)) -> String {
    let chain = iter::successors(Some(error), |&error| error.source());
    let texts: Vec<String> = chain.map(ToString::to_string).collect();
    texts.join(": ")
}

/// What SQS's own message leaves out.
fn way_out(call: Call, code: &str) -> &'static str {
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

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Refused {}

#[cfg(test)]
mod tests {
    use super::super::testing::config;
    use super::*;
    use aws_sdk_sqs::operation::start_message_move_task::StartMessageMoveTaskError;

    #[test]
    fn a_call_that_never_arrived_points_at_the_network() {
        let lost = SdkError::<StartMessageMoveTaskError>::timeout_error("no answer in 5 s");
        let refused = Refused::new(Call::StartTask, &config(None), &lost);

        assert_eq!(refused.code(), "SqsUnreachable");
        let text = refused.to_string();
        assert!(text.contains("no answer in 5 s"), "{text}");
        assert!(text.contains("a way to the SQS endpoint"), "{text}");
    }

    #[test]
    fn a_refusal_names_the_permission_or_the_variable() {
        let text = way_out(Call::StartTask, "AccessDenied");
        assert!(text.contains("sqs:SendMessage on the second"), "{text}");
        for code in [
            "ResourceNotFoundException",
            "AWS.SimpleQueueService.NonExistentQueue",
        ] {
            assert!(
                way_out(Call::Count, code).contains("REDRIVE_DLQ_ARN"),
                "{code}"
            );
        }
        assert_eq!(way_out(Call::StartTask, "RequestThrottled"), "");
    }
}
