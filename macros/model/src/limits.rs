//! Limits of AWS that more than one crate checks or respects.

use std::ops::RangeInclusive;
use std::time::Duration;

/// The longest that SQS hides a message, counted from its receive:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html>.
pub const LONGEST_INVISIBILITY: Duration = Duration::from_secs(12 * 3_600);

/// Message attributes of one message:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>.
pub const MESSAGE_ATTRIBUTES: usize = 10;

/// Bytes of a message with its attributes, and of a batch of messages:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>.
pub const MESSAGE_BYTES: usize = 1 << 20;

/// Entries of one batch call to SQS, and of a batch of messages:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html>.
pub const SQS_BATCH: usize = 10;

/// The most receives before SQS moves a message to the DLQ (`maxReceiveCount`):
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html>.
pub const RECEIVES: u32 = 1_000;

/// The longest that SQS keeps a message (`MessageRetentionPeriod`):
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>.
pub const LONGEST_RETENTION: Duration = Duration::from_secs(14 * 86_400);

/// Redrives of a message that the worker counts.
///
/// Each is an invocation of the worker in one chain, if the worker sent the message to
/// the DLQ. Lambda stops a chain after about 16:
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html>.
pub const ROUNDS: RangeInclusive<u32> = 1..=10;

/// Characters of a queue's name:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html>.
pub const QUEUE_NAME_CHARACTERS: usize = 80;

/// Messages in one event of a FIFO queue:
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html>.
pub const FIFO_BATCH_SIZE: u32 = 10;

/// Messages that a move task moves in a second (`MaxNumberOfMessagesPerSecond`):
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html>.
pub const MOVED_PER_SECOND: RangeInclusive<u32> = 1..=500;

/// The longest `Timeout` of a function, on-demand and since November 2026:
/// <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>.
pub const LONGEST_TIMEOUT: Duration = Duration::from_secs(30 * 60);

/// The longest `Timeout` before that, which tools may still check.
pub const FORMER_LONGEST_TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// How long Lambda waits for `init`. Then it starts the function again in the first
/// invocation, within the function's timeout:
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib>.
pub const INIT_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest invocation there is: 90 minutes, on Lambda Managed Instances:
/// <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>.
pub const LONGEST_INVOCATION: Duration = Duration::from_secs(90 * 60);

/// MB of a function's `MemorySize`:
/// <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>.
pub const MEMORY_MB: RangeInclusive<u32> = 128..=10_240;

/// MB of a function's `EphemeralStorage`:
/// <https://docs.aws.amazon.com/lambda/latest/api/API_EphemeralStorage.html>.
pub const STORAGE_MB: RangeInclusive<u32> = 512..=10_240;

/// Batches that Lambda processes at once when it starts to poll a queue:
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html>.
pub const FIRST_BATCHES: u32 = 5;

/// Event pollers of provisioned mode (`MinimumPollers` and `MaximumPollers`):
/// <https://docs.aws.amazon.com/lambda/latest/api/API_ProvisionedPollerConfig.html>.
pub const MINIMUM_POLLERS: RangeInclusive<u32> = 2..=200;
/// See [`MINIMUM_POLLERS`].
pub const MAXIMUM_POLLERS: RangeInclusive<u32> = 2..=10_000;

/// The most pollers that older documents and tools accept.
pub const FORMER_MAXIMUM_POLLERS: u32 = 2_000;

/// Invocations that one poller starts at once:
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html>.
pub const POLLER_INVOCATIONS: u32 = 10;

/// Characters of a function's `Handler`:
/// <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>.
pub const HANDLER_CHARACTERS: usize = 128;

/// Bytes of a function's environment variables, measured as JSON:
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>.
pub const ENVIRONMENT_BYTES: usize = 4_096;

/// The bytes of environment variables as JSON, which is what AWS measures.
pub fn environment_bytes<'a>(variables: impl Iterator<Item = (&'a str, &'a str)>) -> usize {
    let text = |text: &str| 2 + text.chars().map(json_bytes).sum::<usize>();
    // Each variable has a colon, and a comma or the closing brace.
    let variables = variables.map(|(name, value)| text(name) + text(value) + 2);
    1 + variables.sum::<usize>().max(1)
}

/// The bytes of a character in a JSON text.
fn json_bytes(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        c => c.len_utf8(),
    }
}

/// Bytes of the longest queue URL: the longest region, domain and queue name.
pub const QUEUE_URL_BYTES: usize =
    "https://sqs.ap-southeast-1.amazonaws.com.cn/123456789012/".len() + 80;

/// Tags of one resource:
/// <https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html>.
pub const TAGS: usize = 50;

/// Managed policies of one role, unless the account has a higher quota:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.
pub const MANAGED_POLICIES: usize = 10;

/// Seconds of the redrive function's `Timeout`, which the template sets: a few calls
/// of SQS with the SDK's own retries, and the wait for a move task.
pub const REDRIVE_TIMEOUT: u32 = 60;

#[cfg(test)]
mod tests {
    use super::environment_bytes;

    #[test]
    fn variables_are_measured_as_json() {
        for (variables, json) in [
            (&[][..], "{}"),
            (&[("A", "b")], r#"{"A":"b"}"#),
            (&[("A", "b"), ("C", "é")], r#"{"A":"b","C":"é"}"#),
            (&[("A", "\"\\\n\u{1}")], r#"{"A":"\"\\\n\u0001"}"#),
        ] {
            let bytes = environment_bytes(variables.iter().copied());
            assert_eq!(bytes, json.len(), "{json}");
        }
    }
}
