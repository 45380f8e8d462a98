//! The values that an overlay must leave, each with the reason.

use redrive_syntax::rules::catalog::{
    ARCHITECTURE, ENV_RESERVED, OVERLAY, PAUSED, QUEUE_DELETION, Rule,
};

use Keep::{AtLeast, AtLeastGenerated, Entries, Exactly, Generated, OneOf, Prefixed};

pub(super) const QUEUE: &str = "AWS::SQS::Queue";
pub(super) const QUEUE_POLICY: &str = "AWS::SQS::QueuePolicy";
pub(super) const FUNCTION: &str = "AWS::Lambda::Function";
pub(super) const MAPPING: &str = "AWS::Lambda::EventSourceMapping";
pub(super) const INVOKE_CONFIG: &str = "AWS::Lambda::EventInvokeConfig";
pub(super) const SCHEDULE: &str = "AWS::Scheduler::Schedule";
pub(super) const ROLE: &str = "AWS::IAM::Role";

/// What a value must be. One that is known at deployment only is not a number, nor
/// one of several values, and is accepted there.
#[derive(Clone, Copy)]
pub(super) enum Keep {
    /// The generated value, if there is one.
    Generated,
    /// The generated value, or missing as in the generated template.
    Exactly,
    /// One of these; `""` is a missing value.
    OneOf(&'static [&'static str]),
    /// At least this number.
    AtLeast(i64),
    /// At least the generated number.
    AtLeastGenerated,
    /// A list with all generated entries, or missing if that is true.
    Entries(bool),
    /// The generated entries whose names start like this, and no others.
    Prefixed(&'static str),
}

/// Values of all generated resources of a type.
pub(super) struct Protected {
    /// The types, and the JSON pointers inside the resources.
    pub(super) places: &'static [(&'static str, &'static str)],
    pub(super) keep: Keep,
    pub(super) rule: &'static Rule,
    /// Why another value is wrong.
    pub(super) why: &'static str,
    /// What to do instead.
    pub(super) help: &'static str,
}

const fn row(
    places: &'static [(&'static str, &'static str)],
    keep: Keep,
    why: &'static str,
) -> Protected {
    Protected {
        places,
        keep,
        rule: &OVERLAY,
        why,
        help: "remove it from the overlay",
    }
}

impl Protected {
    const fn rule(self, rule: &'static Rule) -> Self {
        Self { rule, ..self }
    }

    const fn help(self, help: &'static str) -> Self {
        Self { help, ..self }
    }
}

pub(super) const PROTECTED: &[Protected] = &[
    row(
        &[(QUEUE, "/Properties/QueueName")],
        Generated,
        "the DLQ accepts messages by the generated name only",
    )
    .help("write `queue = \"…\"` in the attribute, or set the parameter `NamePrefix`"),
    row(
        &[(QUEUE, "/Properties/FifoQueue")],
        Exactly,
        "a queue must be of the type of its senders and its DLQ",
    )
    .help("remove it; a FIFO queue has a `queue` that ends in `.fifo` in the attribute"),
    row(
        &[(QUEUE, "/Properties/RedrivePolicy/deadLetterTargetArn")],
        Generated,
        "only the generated DLQ has an alarm and a redrive",
    ),
    row(
        &[(QUEUE, "/Properties/RedriveAllowPolicy/redrivePermission")],
        OneOf(&["", "byQueue", "allowAll"]),
        "the DLQ must accept messages of its source queue",
    ),
    row(
        &[(QUEUE, "/Properties/RedriveAllowPolicy/sourceQueueArns")],
        Entries(true),
        "the DLQ must accept messages of its source queue",
    )
    .help("keep the generated ARN, and add yours after it"),
    row(
        &[(QUEUE, "/DeletionPolicy"), (QUEUE, "/UpdateReplacePolicy")],
        OneOf(&["Retain", "RetainExceptOnCreate"]),
        "messages would be deleted with the queue",
    )
    .rule(&QUEUE_DELETION)
    .help("remove it from the overlay, or accept it with `allow = \"queue_deletion\"`"),
    row(
        &[(QUEUE_POLICY, "/Properties/Queues")],
        Generated,
        "each queue needs its own policy, and only that",
    ),
    row(
        &[(QUEUE_POLICY, "/Properties/PolicyDocument/Statement")],
        Entries(false),
        "access without TLS would no longer be denied",
    )
    .help("keep the generated statement, and add yours after it"),
    row(
        &[(MAPPING, "/Properties/EventSourceArn")],
        Generated,
        "nothing else delivers the messages of the generated queue",
    )
    .help("remove it; for another queue, add an event source mapping"),
    row(
        &[(MAPPING, "/Properties/Enabled")],
        OneOf(&["", "true"]),
        "messages are not delivered, and expire in the queue",
    )
    .rule(&PAUSED)
    .help("remove it after the pause, or accept it with `allow = \"paused\"`"),
    row(
        &[(FUNCTION, "/Properties/Handler")],
        Generated,
        "the binary has only the generated handlers",
    ),
    row(
        &[(FUNCTION, "/Properties/Architectures")],
        Generated,
        "the code is built for another architecture",
    )
    .rule(&ARCHITECTURE)
    .help("build for it: `cargo lambda build`, with `--arm64` for arm64"),
    row(
        &[(FUNCTION, "/Properties/ReservedConcurrentExecutions")],
        AtLeast(1),
        "Lambda would never run the function",
    )
    .help("to pause, disable the event source mapping or the schedule"),
    row(
        &[(FUNCTION, "/Properties/Timeout")],
        AtLeastGenerated,
        "the redrive function needs the generated timeout for its calls to SQS",
    ),
    row(
        &[(FUNCTION, "/Properties/LoggingConfig/LogGroup")],
        Generated,
        "the role can write to the generated log group only",
    ),
    row(
        &[(FUNCTION, "/Properties/Environment/Variables")],
        Prefixed("REDRIVE_"),
        "the binary relies on the generated `REDRIVE_…` variables",
    )
    .rule(&ENV_RESERVED)
    .help("remove variables that start with `REDRIVE_` from the overlay"),
    row(
        &[(ROLE, "/Properties/AssumeRolePolicyDocument/Statement")],
        Generated,
        "only the generated service must be able to assume the role",
    ),
    row(
        &[(ROLE, "/Properties/Policies")],
        Entries(false),
        "the role needs the rights of the generated policy",
    )
    .help("keep the generated policy and add yours after it, or add an `AWS::IAM::RolePolicy`"),
    row(
        &[
            (INVOKE_CONFIG, "/Properties/FunctionName"),
            (INVOKE_CONFIG, "/Properties/Qualifier"),
            (
                INVOKE_CONFIG,
                "/Properties/DestinationConfig/OnFailure/Destination",
            ),
            (SCHEDULE, "/Properties/Target/DeadLetterConfig/Arn"),
        ],
        Generated,
        KEEPS_FAILURES,
    ),
    row(
        &[(SCHEDULE, "/Properties/Target/Arn")],
        Generated,
        "nothing else starts the redrive function",
    ),
    row(
        &[
            (SCHEDULE, "/Properties/StartDate"),
            (SCHEDULE, "/Properties/EndDate"),
        ],
        Exactly,
        "redrives must run from the deployment on, without an end",
    ),
    row(
        &[(SCHEDULE, "/Properties/State")],
        OneOf(&["", "ENABLED"]),
        "redrives are not started, and messages expire in the DLQ",
    )
    .rule(&PAUSED)
    .help("remove it after the pause, or accept it with `allow = \"paused\"`"),
];

const KEEPS_FAILURES: &str = "a redrive that fails would leave no message for its alarm";

/// Why a resource of this type is needed, and what to do instead.
pub(super) fn needed(kind: &str) -> (&'static str, &'static str) {
    match kind {
        MAPPING => (
            "nothing else feeds the worker",
            "to pause it, set `\"Enabled\": false`",
        ),
        SCHEDULE => (
            "nothing else starts redrives",
            "to pause it, set `\"State\": \"DISABLED\"`; to have none, remove `dlq_redrive`",
        ),
        INVOKE_CONFIG => (KEEPS_FAILURES, "keep it"),
        QUEUE_POLICY => ("access without TLS would no longer be denied", "keep it"),
        _ => ("other resources need it", "keep it"),
    }
}
