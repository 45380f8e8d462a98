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
pub(super) const TABLE: &str = "AWS::DynamoDB::Table";

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

/// A value of all generated resources of a type.
pub(super) struct Protected {
    pub(super) kind: &'static str,
    /// The property, or a JSON pointer inside the resource.
    path: &'static str,
    pub(super) keep: Keep,
    pub(super) rule: &'static Rule,
    /// Why another value is wrong.
    pub(super) why: &'static str,
    /// What to do, if not only to remove the value.
    pub(super) help: Option<&'static str>,
}

const fn at(kind: &'static str, path: &'static str, keep: Keep) -> Protected {
    Protected {
        kind,
        path,
        keep,
        rule: &OVERLAY,
        why: "",
        help: None,
    }
}

impl Protected {
    const fn why(self, why: &'static str) -> Self {
        Self { why, ..self }
    }

    const fn rule(self, rule: &'static Rule) -> Self {
        Self { rule, ..self }
    }

    const fn help(self, help: &'static str) -> Self {
        let help = Some(help);
        Self { help, ..self }
    }

    /// The JSON pointer inside the resource.
    pub(super) fn pointer(&self) -> String {
        match self.path.starts_with('/') {
            true => self.path.to_owned(),
            false => format!("/Properties/{}", self.path),
        }
    }
}

const RETAINED: Keep = OneOf(&["Retain", "RetainExceptOnCreate"]);
const ACCEPTS: &str = "the DLQ must accept messages of its source queue";
const DELETED: &str = "messages would be deleted with the queue";
const KEEP_QUEUE: &str =
    "remove it from the overlay, or accept it with `allow = \"queue_deletion\"`";
const KEEPS_FAILURES: &str = "a redrive that fails would leave no message for its alarm";
const NO_TLS: &str = "access without TLS would no longer be denied";
const NO_END: &str = "redrives must run from the deployment on, without an end";
const EXPIRES: &str = "messages would expire before anyone acts on their alarm";
const FORGETS: &str = "messages that were completed would be processed again";
const UNPAUSE: &str = "remove it after the pause, or accept it with `allow = \"paused\"`";

pub(super) const PROTECTED: &[Protected] = &[
    at(QUEUE, "QueueName", Generated)
        .why("the DLQ accepts messages by the generated name only")
        .help("write `queue = \"…\"` in the attribute, or set the parameter `NamePrefix`"),
    at(QUEUE, "FifoQueue", Exactly)
        .why("a queue must be of the type of its senders and its DLQ")
        .help("remove it; a FIFO queue has a `queue` that ends in `.fifo` in the attribute"),
    at(QUEUE, "RedrivePolicy/deadLetterTargetArn", Generated)
        .why("only the generated DLQ has an alarm and a redrive"),
    // A setting, unless the worker counts receives; see `effective`.
    at(QUEUE, "RedrivePolicy/maxReceiveCount", Generated)
        .why("the worker counts receives, up to the one before")
        .help("set `max_receive_count` in the attribute, which is one less"),
    // A setting, except of the parking queue and of the queue of failures.
    at(QUEUE, "MessageRetentionPeriod", AtLeastGenerated).why(EXPIRES),
    at(
        QUEUE,
        "RedriveAllowPolicy/redrivePermission",
        OneOf(&["", "byQueue", "allowAll"]),
    )
    .why(ACCEPTS),
    at(QUEUE, "RedriveAllowPolicy/sourceQueueArns", Entries(true))
        .why(ACCEPTS)
        .help("keep the generated ARN, and add yours after it"),
    at(QUEUE, "/DeletionPolicy", RETAINED)
        .why(DELETED)
        .rule(&QUEUE_DELETION)
        .help(KEEP_QUEUE),
    at(QUEUE, "/UpdateReplacePolicy", RETAINED)
        .why(DELETED)
        .rule(&QUEUE_DELETION)
        .help(KEEP_QUEUE),
    at(QUEUE_POLICY, "Queues", Generated).why("each queue needs its own policy, and only that"),
    at(QUEUE_POLICY, "PolicyDocument/Statement", Entries(false))
        .why(NO_TLS)
        .help("keep the generated statement, and add yours after it"),
    at(MAPPING, "EventSourceArn", Generated)
        .why("nothing else delivers the messages of the generated queue")
        .help("remove it; for another queue, add an event source mapping"),
    at(MAPPING, "Enabled", OneOf(&["", "true"]))
        .why("messages are not delivered, and expire in the queue")
        .rule(&PAUSED)
        .help(UNPAUSE),
    // What is disabled is found above.
    at(MAPPING, "Enabled", OneOf(&["false"]))
        .why("`cargo redrive pause` sets a parameter, and could not pause it")
        .help("remove `Enabled`; the parameter is `true` unless a pause sets it"),
    at(FUNCTION, "Role", Generated)
        .why("the generated role has the rights that the function needs")
        .help("add yours to it with `permissions`, or with an `AWS::IAM::RolePolicy`"),
    at(FUNCTION, "Handler", Generated).why("the binary has only the generated handlers"),
    at(FUNCTION, "Architectures", Generated)
        .why("the code is built for another architecture")
        .rule(&ARCHITECTURE)
        .help("build for it: `cargo redrive package` with `--arm64` or `--x86-64`"),
    at(FUNCTION, "ReservedConcurrentExecutions", AtLeast(1))
        .why("Lambda would never run the function")
        .help("to pause, disable the event source mapping or the schedule"),
    at(FUNCTION, "Timeout", AtLeastGenerated)
        .why("the redrive function needs the generated timeout to call SQS"),
    at(FUNCTION, "LoggingConfig/LogGroup", Generated)
        .why("the role can write to the generated log group only"),
    at(FUNCTION, "Environment/Variables", Prefixed("REDRIVE_"))
        .why("the binary relies on the generated `REDRIVE_…` variables")
        .rule(&ENV_RESERVED)
        .help("remove variables that start with `REDRIVE_` from the overlay"),
    at(ROLE, "AssumeRolePolicyDocument/Statement", Generated)
        .why("only the generated service must be able to assume the role"),
    at(ROLE, "Policies", Entries(false))
        .why("the role needs the rights of the generated policy")
        .help("keep the generated policy and add yours after it, or add an `AWS::IAM::RolePolicy`"),
    at(INVOKE_CONFIG, "FunctionName", Generated).why(KEEPS_FAILURES),
    at(INVOKE_CONFIG, "Qualifier", Generated).why(KEEPS_FAILURES),
    at(
        INVOKE_CONFIG,
        "DestinationConfig/OnFailure/Destination",
        Generated,
    )
    .why(KEEPS_FAILURES),
    at(SCHEDULE, "Target/DeadLetterConfig/Arn", Generated).why(KEEPS_FAILURES),
    at(SCHEDULE, "Target/Arn", Generated).why("nothing else starts the redrive function"),
    at(SCHEDULE, "Target/RoleArn", Generated)
        .why("the generated role has the right to start the redrive function"),
    at(TABLE, "KeySchema", Generated).why("the worker finds a message by the generated key"),
    at(TABLE, "TimeToLiveSpecification", Generated)
        .why("keys expire by the generated attribute, which the worker writes"),
    at(SCHEDULE, "StartDate", Exactly).why(NO_END),
    at(SCHEDULE, "EndDate", Exactly).why(NO_END),
    at(SCHEDULE, "State", OneOf(&["", "ENABLED"]))
        .why("redrives are not started, and messages expire in the DLQ")
        .rule(&PAUSED)
        .help(UNPAUSE),
];

/// Why a resource of this type is needed, and what to do if not only to keep it.
pub(super) fn needed(kind: &str) -> (&'static str, Option<&'static str>) {
    match kind {
        MAPPING => (
            "nothing else invokes the worker",
            Some("to pause it, run `cargo redrive pause`"),
        ),
        SCHEDULE => (
            "nothing else starts redrives",
            Some("to pause it, set `\"State\": \"DISABLED\"`; to have none, remove `dlq_redrive`"),
        ),
        INVOKE_CONFIG => (KEEPS_FAILURES, None),
        QUEUE_POLICY => (NO_TLS, None),
        TABLE => (FORGETS, None),
        _ => ("other resources need it", None),
    }
}
