//! The keys of `#[sqs_batch]`: one table for the parser and for the reference.

use std::ops::RangeInclusive;
use std::time::Duration;

/// What a key's value is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A whole number; the unit that is written behind it in messages.
    Integer(RangeInclusive<u32>, &'static str),
    /// A duration that AWS counts in whole seconds.
    Seconds(RangeInclusive<u32>),
    /// A duration of at least a millisecond.
    Duration(RangeInclusive<Duration>),
    /// A shortest and a longest wait, `"200ms..5s"`.
    Waits(RangeInclusive<Duration>),
    /// `true` or `false`.
    Boolean,
    /// One of these strings.
    Choice(&'static [&'static str]),
    /// Any text that its own rules check.
    Text,
    /// A list of strings, or one string.
    List,
    /// The path of a function or a crate.
    Path,
    /// `env(NAME = "value")`.
    Variables,
}

/// One key: what the parser accepts and what the reference says of it.
#[derive(Clone, Debug)]
pub struct Key {
    /// As it is written in the attribute.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// A value, as it is written behind the key and its `=`.
    pub example: &'static str,
    /// What it is when left out, in words.
    pub default: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// AWS's name for it; empty if it has none.
    pub aws: &'static str,
    /// The AWS page behind it; empty if there is none.
    pub link: &'static str,
}

const MS: Duration = Duration::from_millis(1);
const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const SQS_PARAMETERS: &str =
    "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html";
const SQS_CONFIGURE: &str =
    "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html";
const SQS_SCALING: &str = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html";
const SQS_ERRORS: &str =
    "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html";
const CREATE_FUNCTION: &str =
    "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html";
const QUEUE_ATTRIBUTES: &str = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html";
const DEAD_LETTER_QUEUES: &str = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html";
const MOVE_TASK: &str = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html";
const SCHEDULE_TYPES: &str =
    "https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html";
const CHANGE_VISIBILITY: &str = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html";
const ENVIRONMENT: &str = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html";
const EXECUTION_ROLE: &str =
    "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html";

/// All keys, in the order of the reference.
pub const KEYS: &[Key] = &[
    Key {
        name: "queue",
        kind: Kind::Text,
        example: "\"orders\"",
        default: "the function's name with `-` for `_`",
        about: "the source queue's name; with `.fifo` at its end it is a FIFO queue",
        aws: "QueueName",
        link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
    },
    Key {
        name: "batch_size",
        kind: Kind::Integer(1..=10_000, " messages"),
        example: "10",
        default: "10",
        about: "most messages in one invocation; over 10 needs a `batch_window`, and a FIFO queue takes at most 10",
        aws: "BatchSize",
        link: SQS_PARAMETERS,
    },
    Key {
        name: "batch_window",
        kind: Kind::Seconds(0..=300),
        example: "\"5s\"",
        default: "`\"0s\"`",
        about: "how long to wait for a batch to fill; standard queues only",
        aws: "MaximumBatchingWindowInSeconds",
        link: SQS_PARAMETERS,
    },
    Key {
        name: "max_concurrency",
        kind: Kind::Integer(2..=1_000, " invocations"),
        example: "10",
        default: "no limit of its own",
        about: "most invocations at once",
        aws: "ScalingConfig.MaximumConcurrency",
        link: SQS_SCALING,
    },
    Key {
        name: "retries",
        kind: Kind::Integer(0..=10, " retries"),
        example: "3",
        default: "2",
        about: "attempts of a message after the first, inside one invocation",
        aws: "",
        link: "",
    },
    Key {
        name: "backoff",
        kind: Kind::Waits(MS..=seconds(300)),
        example: "\"200ms..5s\"",
        default: "`\"200ms..5s\"`",
        about: "the waits between attempts: exponential from the first to the second, with full jitter",
        aws: "",
        link: "https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/",
    },
    Key {
        name: "concurrency",
        kind: Kind::Integer(1..=1_000, " messages"),
        example: "10",
        default: "1",
        about: "messages of one invocation that are handled at once",
        aws: "",
        link: "",
    },
    Key {
        name: "attempt_timeout",
        // With half a second for the answer, an attempt fits in the longest `timeout`.
        kind: Kind::Duration(MS..=seconds(899)),
        example: "\"2s\"",
        default: "all the time that is left",
        about: "the longest that one attempt may take; without it one that hangs takes the whole time left, and the messages behind it come back unrun",
        aws: "",
        link: "",
    },
    Key {
        name: "timeout",
        kind: Kind::Seconds(1..=900),
        example: "\"30s\"",
        default: "`\"30s\"`",
        about: "the longest that an invocation of the worker may take",
        aws: "Timeout",
        link: CREATE_FUNCTION,
    },
    Key {
        name: "memory",
        kind: Kind::Integer(128..=10_240, " MB"),
        example: "256",
        default: "256",
        about: "the worker's memory in MB",
        aws: "MemorySize",
        link: CREATE_FUNCTION,
    },
    Key {
        name: "max_receive_count",
        kind: Kind::Integer(1..=1_000, " receives"),
        example: "5",
        default: "5",
        about: "receives of a message before SQS moves it to the DLQ; AWS recommends at least 5",
        aws: "RedrivePolicy.maxReceiveCount",
        link: SQS_CONFIGURE,
    },
    Key {
        name: "visibility_timeout",
        // SQS takes 0, but no function's `timeout` is as short.
        kind: Kind::Seconds(1..=43_200),
        example: "\"3m\"",
        default: "6 × `timeout` + `batch_window`",
        about: "how long a received message stays hidden, and so how long a failed one waits",
        aws: "VisibilityTimeout",
        link: SQS_CONFIGURE,
    },
    Key {
        name: "retention",
        kind: Kind::Seconds(60..=1_209_600),
        example: "\"4d\"",
        default: "`\"4d\"`",
        about: "how long the source queue keeps a message",
        aws: "MessageRetentionPeriod",
        link: QUEUE_ATTRIBUTES,
    },
    Key {
        name: "dlq_retention",
        kind: Kind::Seconds(60..=1_209_600),
        example: "\"14d\"",
        default: "`\"14d\"`",
        about: "how long the DLQ keeps a message, counted on a standard queue from when it was first sent or last redriven",
        aws: "MessageRetentionPeriod",
        link: DEAD_LETTER_QUEUES,
    },
    Key {
        name: "dlq_redrive",
        kind: Kind::Text,
        example: "\"cron(0 23 ? * SUN-THU *)\"",
        default: "no redrive function",
        about: "when the DLQ's messages are moved back to the source queue: `cron(minutes hours day-of-month month day-of-week year)`, the year optional, or `rate(number unit)`",
        aws: "ScheduleExpression",
        link: SCHEDULE_TYPES,
    },
    Key {
        name: "redrive_timezone",
        kind: Kind::Text,
        example: "\"Asia/Jerusalem\"",
        default: "`\"UTC\"`",
        about: "the IANA time zone of `dlq_redrive`",
        aws: "ScheduleExpressionTimezone",
        link: SCHEDULE_TYPES,
    },
    Key {
        name: "redrive_max_per_second",
        kind: Kind::Integer(1..=500, " messages a second"),
        example: "100",
        default: "SQS decides",
        about: "messages that a redrive moves in a second",
        aws: "MaxNumberOfMessagesPerSecond",
        link: MOVE_TASK,
    },
    Key {
        name: "on_total_failure",
        kind: Kind::Choice(&["error", "report"]),
        example: "\"error\"",
        default: "`\"error\"`",
        about: "what an invocation answers when every message failed: an error that the `Errors` metric shows, or the list",
        aws: "",
        link: SQS_ERRORS,
    },
    Key {
        name: "on_group_failure",
        kind: Kind::Choice(&["skip_group", "stop_batch"]),
        example: "\"skip_group\"",
        default: "`\"skip_group\"`",
        about: "what a failure in a FIFO batch stops: the rest of its message group, or the rest of the batch",
        aws: "",
        link: SQS_ERRORS,
    },
    Key {
        name: "on_permanent",
        kind: Kind::Choice(&["report", "dlq"]),
        example: "\"dlq\"",
        default: "`\"report\"`",
        about: "where a message goes that can never succeed: reported as failed, or sent to the DLQ at once",
        aws: "",
        link: DEAD_LETTER_QUEUES,
    },
    Key {
        name: "is_permanent",
        kind: Kind::Path,
        example: "OrderError::is_permanent",
        default: "errors that are `redrive::Permanent`",
        about: "a `fn(&E) -> bool` that says which errors can never succeed",
        aws: "",
        link: "",
    },
    Key {
        name: "queue_backoff",
        kind: Kind::Waits(seconds(1)..=seconds(43_200)),
        example: "\"30s..15m\"",
        default: "the visibility timeout",
        about: "how long a failed message stays hidden: doubles with each receive from the first to the second; from six hours after its first receive on, at most 5 h 59 min, for SQS counts 12 h from the last",
        aws: "VisibilityTimeout",
        link: CHANGE_VISIBILITY,
    },
    Key {
        name: "init",
        kind: Kind::Path,
        example: "connect",
        default: "no state",
        about: "an `async fn() -> Result<S, E>` that builds the state `&S` once per cold start",
        aws: "",
        link: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html",
    },
    Key {
        name: "metrics",
        kind: Kind::Boolean,
        example: "false",
        default: "`true`",
        about: "whether each invocation writes its metrics in CloudWatch embedded metric format",
        aws: "",
        link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html",
    },
    Key {
        name: "env",
        kind: Kind::Variables,
        example: "(LEVEL = \"info\")",
        default: "none",
        about: "the worker's environment variables: `env(NAME = \"value\")`",
        aws: "Environment.Variables",
        link: ENVIRONMENT,
    },
    Key {
        name: "policies",
        kind: Kind::List,
        example: "\"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess\"",
        default: "none",
        about: "ARNs of managed policies for the worker's role",
        aws: "ManagedPolicyArns",
        link: EXECUTION_ROLE,
    },
    Key {
        name: "template",
        kind: Kind::Boolean,
        example: "false",
        default: "`true`",
        about: "`false` keeps the function out of the template, for those who write their own",
        aws: "",
        link: "",
    },
    Key {
        name: "allow",
        kind: Kind::List,
        example: "\"fifo_dlq_order\"",
        default: "none",
        about: "ids of the rules that this function breaks on purpose",
        aws: "",
        link: "",
    },
    Key {
        name: "crate",
        kind: Kind::Path,
        example: "::redrive",
        default: "`::redrive`",
        about: "the path of the `redrive` crate, for a dependency that is renamed",
        aws: "",
        link: "",
    },
];

impl Key {
    /// The key with its example, as it stands in the attribute.
    pub fn shown(&self) -> String {
        self.with(self.example)
    }

    /// The key with a value, as it stands in the attribute.
    pub(crate) fn with(&self, value: &str) -> String {
        match self.kind {
            Kind::Variables => format!("{}{value}", self.name),
            _ => format!("{} = {value}", self.name),
        }
    }
}

/// The key of this name.
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// The key of this name, which is one that the parser reads.
pub(crate) fn known(name: &str) -> &'static Key {
    // Only called with literals that stand in the table; a test reads each.
    find(name).expect("every key that is read is in the table")
}

#[cfg(test)]
mod tests;
