//! The kinds of resources, in terms of AWS and not of a deployment format.
//!
//! Resources name each other by their logical ids, which each format turns into
//! its own references.

use std::collections::BTreeMap;
use std::fmt::Display;

use redrive_model::Pollers;
use redrive_model::log::metric;
use redrive_syntax::ParameterText;
use redrive_syntax::senders::Service;

/// A resource or output that each function has, or may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Queue,
    QueuePolicy,
    QueueAgeAlarm,
    QueueUrl,
    QueueArn,
    Subscription,
    Dlq,
    DlqPolicy,
    DlqAlarm,
    DlqUrl,
    DlqArn,
    Parking,
    ParkingPolicy,
    ParkingAlarm,
    ParkingAgeAlarm,
    ParkingUrl,
    ParkingArn,
    Worker,
    WorkerRole,
    WorkerLogs,
    WorkerAlarm,
    ThrottlesAlarm,
    WorkerName,
    EventSourceMapping,
    Enabled,
    Redrive,
    RedriveRole,
    RedriveLogs,
    RedriveAlarm,
    MoveTaskAlarm,
    RedriveName,
    RedriveInvokeConfig,
    Schedule,
    ScheduleRole,
}

/// Seconds of one data point of an alarm.
pub(crate) const ALARM_PERIOD: u32 = 300;

/// Retries of a redrive, by Scheduler if Lambda cannot be reached, and by Lambda
/// if the function fails.
pub(crate) const RETRIES: u32 = 2;

/// Seconds after which a redrive that could not run is given up: hours later it
/// would run outside of the time that the user has chosen.
pub(crate) const MAXIMUM_AGE: u32 = 3600;

/// One resource of the stack.
pub(crate) struct Resource {
    /// The logical id, by which an overlay refers to it.
    pub(crate) id: String,
    /// The place of its function in the stack; `None` if all functions share it.
    pub(crate) function: Option<usize>,
    /// What it is, for people.
    pub(crate) description: String,
    /// Those of the build script, and of its function.
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) kind: Kind,
}

impl Resource {
    pub(super) fn new(
        id: impl Into<String>,
        function: Option<usize>,
        description: impl Into<String>,
        kind: Kind,
    ) -> Self {
        Self {
            id: id.into(),
            function,
            description: description.into(),
            tags: BTreeMap::new(),
            kind,
        }
    }
}

pub(crate) enum Kind {
    Queue(Queue),
    QueuePolicy(QueuePolicy),
    Subscription(Subscription),
    Function(LambdaFunction),
    LogGroup,
    Role(Role),
    EventSourceMapping(EventSourceMapping),
    Schedule(Schedule),
    InvokeConfig(InvokeConfig),
    Alarm(Alarm),
    /// Graphs of metrics.
    Dashboard(Vec<Widget>),
    /// The table of `idempotent`.
    Table,
}

impl Kind {
    /// Whether AWS accepts tags for it.
    pub(crate) fn can_have_tags(&self) -> bool {
        !matches!(
            self,
            Self::QueuePolicy(_)
                | Self::Subscription(_)
                | Self::Schedule(_)
                | Self::InvokeConfig(_)
                | Self::Dashboard(_)
        )
    }
}

#[derive(Default)]
pub(crate) struct Queue {
    /// The name after the `NamePrefix`; `None`: the deployment makes one up.
    pub(crate) name: Option<ParameterText>,
    pub(crate) is_fifo: bool,
    /// Seconds that messages are kept.
    pub(crate) retention: u32,
    /// Seconds that a received message is invisible.
    pub(crate) visibility_timeout: Option<u32>,
    /// The ARN of the DLQ, and the receives before a message is moved to it.
    pub(crate) dlq: Option<(Value, u32)>,
    /// The name of the only queue whose DLQ it may be.
    pub(crate) dlq_of: Option<ParameterText>,
    /// The key of KMS; `None`: one of SQS.
    pub(crate) kms_key: Option<ParameterText>,
}

/// The policy of a queue: access without TLS is denied, and senders are allowed.
pub(crate) struct QueuePolicy {
    /// The queue's id.
    pub(crate) queue: String,
    /// The queue's name, for people.
    pub(crate) name: String,
    pub(crate) senders: Vec<Allowed>,
}

/// Senders with one principal.
#[derive(Clone, Debug)]
pub(crate) struct Allowed {
    pub(crate) sid: String,
    /// The service that sends; `None`: the accounts themselves.
    pub(crate) service: Option<Service>,
    /// The ARNs of the resources, or the ids of the accounts.
    pub(crate) sources: Vec<ParameterText>,
    /// The account of the buckets, if it is not that of the deployment.
    pub(crate) account: Option<ParameterText>,
}

/// A topic delivers to a queue.
pub(crate) struct Subscription {
    pub(crate) topic: ParameterText,
    /// The queue's ARN.
    pub(crate) queue: Value,
    pub(crate) is_raw: bool,
    /// The JSON of the filter policy, and its scope.
    pub(crate) filter: Option<(String, &'static str)>,
    /// The id of the queue's policy, which has to be there first.
    pub(crate) policy: Option<String>,
}

pub(crate) struct LambdaFunction {
    /// The binary target that is its code.
    pub(crate) binary: String,
    pub(crate) handler: String,
    /// In seconds.
    pub(crate) timeout: u32,
    /// In MB.
    pub(crate) memory: u32,
    /// MB of `/tmp`.
    pub(crate) storage: u32,
    pub(crate) reserved_concurrency: Option<u32>,
    /// Whether X-Ray traces it.
    pub(crate) tracing: bool,
    /// Whether it is in the VPC of the parameters.
    pub(crate) vpc: bool,
    pub(crate) role: String,
    pub(crate) logs: String,
    pub(crate) environment: Vec<(String, Value)>,
}

#[derive(Default)]
pub(crate) struct Role {
    /// Who assumes it, in one word.
    pub(crate) name: &'static str,
    /// The AWS service that may assume it.
    pub(crate) service: &'static str,
    pub(crate) grants: Vec<Grant>,
    /// The IAM statements of the user's own.
    pub(crate) statements: Vec<serde_json::Value>,
    /// The ARNs of managed policies.
    pub(crate) policies: Vec<ParameterText>,
}

/// What a role may do with one resource.
pub(crate) struct Grant {
    pub(crate) sid: &'static str,
    pub(crate) actions: Vec<&'static str>,
    /// The resource's ARN, or `*`.
    pub(crate) on: Value,
    /// The alias that the key must have.
    pub(crate) alias: Option<ParameterText>,
    /// The same for people.
    pub(crate) description: String,
}

impl Grant {
    pub(super) fn new(
        sid: &'static str,
        actions: &[&'static str],
        on: Value,
        description: impl Into<String>,
    ) -> Self {
        Self {
            sid,
            actions: actions.to_vec(),
            on,
            alias: None,
            description: description.into(),
        }
    }

    /// Messages are sent to the queue with the ARN.
    pub(super) fn send(sid: &'static str, queue: Value, name: impl Display) -> Self {
        let description = format!("send messages to `{name}`");
        Self::new(sid, &["sqs:SendMessage"], queue, description)
    }

    /// No right on X-Ray can be limited to a resource.
    pub(super) fn trace() -> Self {
        Self::new(
            "Trace",
            &["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
            Value::Text("*".into()),
            "send traces to X-Ray",
        )
    }

    /// Lambda makes the network interfaces with the function's role, of which nothing
    /// is known before.
    pub(super) fn use_vpc() -> Self {
        Self::new(
            "UseVpc",
            &[
                "ec2:CreateNetworkInterface",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSubnets",
                "ec2:DeleteNetworkInterface",
                "ec2:AssignPrivateIpAddresses",
                "ec2:UnassignPrivateIpAddresses",
            ],
            Value::Text("*".into()),
            "create and delete network interfaces in the VPC",
        )
    }

    pub(super) fn write_logs(group: String) -> Self {
        let actions = ["logs:CreateLogStream", "logs:PutLogEvents"];
        Self::new(
            "WriteLogs",
            &actions,
            Value::Arn(group),
            "write its own log",
        )
    }
}

pub(crate) struct EventSourceMapping {
    /// The queue's ARN.
    pub(crate) queue: Value,
    pub(crate) function: String,
    /// The parameter that is `false` during a pause.
    pub(crate) enabled: String,
    pub(crate) batch_size: u32,
    /// Seconds to wait for a batch to fill; `None` for a FIFO queue, which has no window.
    pub(crate) batch_window: Option<u32>,
    pub(crate) max_concurrency: Option<u32>,
    pub(crate) pollers: Option<Pollers>,
}

pub(crate) struct Schedule {
    pub(crate) expression: String,
    pub(crate) timezone: String,
    pub(crate) function: String,
    pub(crate) role: String,
    /// The queue for runs that Scheduler gave up.
    pub(crate) failures: String,
}

/// What Lambda does if an asynchronous invocation fails.
pub(crate) struct InvokeConfig {
    pub(crate) function: String,
    /// The queue for invocations that Lambda gave up.
    pub(crate) failures: String,
}

/// An alarm that rings if a metric reaches a value.
pub(crate) struct Alarm {
    /// What it means if it rings.
    pub(crate) text: String,
    pub(crate) metric: Metric,
    pub(crate) at_least: u32,
}

/// One graph.
pub(crate) struct Widget {
    pub(crate) title: String,
    /// Its lines, each with what it is, for people.
    pub(crate) metrics: Vec<(&'static str, Metric)>,
}

pub(crate) struct Metric {
    pub(crate) namespace: &'static str,
    pub(crate) name: &'static str,
    pub(crate) statistic: &'static str,
    /// The dimensions of the metric, and their values.
    pub(crate) dimensions: Vec<(&'static str, Value)>,
}

impl Metric {
    /// A metric of the queue with this name.
    pub(super) fn of_queue(name: &'static str, queue: Value) -> Self {
        Self {
            namespace: "AWS/SQS",
            name,
            statistic: "Maximum",
            dimensions: vec![("QueueName", queue)],
        }
    }

    /// The messages in a queue, without those that are being handled.
    pub(super) fn waiting(queue: Value) -> Self {
        Self::of_queue("ApproximateNumberOfMessagesVisible", queue)
    }

    /// Seconds since the oldest message was sent.
    pub(super) fn oldest(queue: Value) -> Self {
        Self::of_queue("ApproximateAgeOfOldestMessage", queue)
    }

    pub(super) fn of_lambda(name: &'static str, statistic: &'static str, function: String) -> Self {
        Self {
            namespace: "AWS/Lambda",
            name,
            statistic,
            dimensions: vec![("FunctionName", Value::FunctionName(function))],
        }
    }

    /// The move tasks that the redrive function found to have failed after it had started
    /// them.
    pub(super) fn failed_move_tasks(function: String) -> Self {
        Self {
            namespace: metric::NAMESPACE,
            name: metric::FAILED_MOVE_TASKS,
            statistic: "Sum",
            dimensions: vec![(metric::FUNCTION, Value::FunctionName(function))],
        }
    }
}

/// A value that a format writes in its own way; those of a resource have its id.
#[derive(Clone)]
pub(crate) enum Value {
    Text(ParameterText),
    /// The URL of the queue with this ARN.
    UrlOf(ParameterText),
    /// The name of the queue with this ARN.
    NameOf(ParameterText),
    /// The ARN of the key with this id, or `*` for all, in the account and region of
    /// the deployment.
    Key(ParameterText),
    /// The account of the deployment.
    AccountId,
    /// The ARN of the group that schedules are in if they name none.
    DefaultScheduleGroup,
    Arn(String),
    QueueUrl(String),
    QueueName(String),
    FunctionName(String),
    /// The name of a table or of a log group.
    Name(String),
    /// What the deployment chooses for the parameter with this name.
    Parameter(String),
    /// The ARN of the table with this name, in the account and region of the deployment.
    TableArn(ParameterText),
}
