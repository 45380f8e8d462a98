/// Calls a macro with the table of keys.
///
/// It is the one definition of a key: `template` rows are settings that only the
/// build script needs, `worker` rows those that the Lambda has too, and `rust` rows
/// are paths, with the field that holds them. A row has the key's documentation, its
/// name, its type, its default and the fields of its [`Key`](crate::keys::Key).
///
/// A default may use the function's name and the keys above it (`worker` before
/// `template`). Whoever expands the rows imports
/// [`prelude`](crate::keys::prelude).
#[macro_export]
macro_rules! keys {
    ($callback:ident) => {
        $callback! {
            function;
            template {
                /// the source queue's name; with `.fifo` at its end it is a FIFO queue. Or the ARN
                /// of a queue that exists
                queue: ParameterText = function.replace('_', "-").into() => {
                    aliases: &["queue_name", "source_queue"],
                    kind: Kind::Queue,
                    example: "\"orders\"",
                    without: "the function's name with `-` for `_`",
                    aws: "QueueName",
                    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
                }

                /// the DLQ's name, or the ARN of a DLQ that exists
                dlq: Option<ParameterText> = None => {
                    aliases: &["dead_letter_queue", "dlq_name"],
                    kind: Kind::Queue,
                    example: "\"orders-dead\"",
                    without: "the queue's name with `-dlq`",
                    aws: "RedrivePolicy.deadLetterTargetArn",
                    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
                }

                /// whether a queue that exists is a FIFO queue, where its name is a parameter
                fifo: Option<bool> = None => {
                    kind: Kind::Boolean,
                    example: "false",
                    without: "known by the end of the name, `.fifo`",
                    aws: "FifoQueue",
                    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
                }

                /// who may send to the queue: ARNs of SNS topics, EventBridge rules and S3 buckets,
                /// and ids of accounts
                senders: Vec<ParameterText> = Vec::new() => {
                    aliases: &["sources"],
                    kind: Kind::Senders,
                    example: "\"arn:aws:s3:::uploads\"",
                    without: "those whose own policies allow it, in this account",
                    aws: "QueuePolicy",
                    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-examples-of-sqs-policies.html",
                }

                /// ARNs of SNS topics to which the queue is subscribed, and that may send to it
                topics: Vec<ParameterText> = Vec::new() => {
                    aliases: &["subscribe", "sns"],
                    kind: Kind::Topics,
                    example: "\"arn:aws:sns:eu-west-1:123456789012:orders\"",
                    without: "none",
                    aws: "AWS::SNS::Subscription",
                    link: "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html",
                }

                /// whether `topics` deliver what was published, without SNS's envelope
                raw: Option<bool> = None => {
                    aliases: &["raw_delivery", "raw_message_delivery"],
                    kind: Kind::Boolean,
                    example: "true",
                    without: "`false` for the message type `Sns<T>`, and `true` for others",
                    aws: "RawMessageDelivery",
                    link: "https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html",
                }

                /// which messages of `topics` are delivered: the JSON of a filter policy
                filter_policy: Option<String> = None => {
                    aliases: &["filter"],
                    kind: Kind::Json,
                    example: "r#\"{\"kind\": [\"order\"]}\"#",
                    without: "all",
                    aws: "FilterPolicy",
                    link: "https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html",
                }

                /// what `filter_policy` reads: the attributes of a message, or its body, which is
                /// JSON then
                filter_policy_scope: FilterScope = FilterScope::Attributes => {
                    aliases: &["filter_scope"],
                    kind: Kind::Choice(FilterScope::WORDS),
                    example: "\"body\"",
                    aws: "FilterPolicyScope",
                    link: "https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering-scope.html",
                }

                /// the KMS key of all queues of the function: its ARN, its id or an alias
                kms_key: Option<ParameterText> = None => {
                    aliases: &["kms_master_key_id", "kms"],
                    kind: Kind::KmsKey,
                    example: "\"alias/orders\"",
                    without: "a key of SQS",
                    aws: "KmsMasterKeyId",
                    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
                }

                /// most messages in one invocation; over 10 needs a `batch_window`, and a FIFO
                /// queue allows at most 10
                batch_size: u32 = 10 => {
                    kind: Kind::Integer(1..=10_000, "messages"),
                    example: "10",
                    link: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html",
                    place: at(EventSourceMapping, "BatchSize", Missing::Number(10)),
                }

                /// how long to wait for a batch to fill; standard queues only
                batch_window: Duration = seconds(0) => {
                    aliases: &["batching_window", "window"],
                    kind: Kind::Duration(seconds(0)..=seconds(300)),
                    example: "\"5s\"",
                    link: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html",
                    place: at(EventSourceMapping, "MaximumBatchingWindowInSeconds", Missing::Number(0)),
                }

                /// most invocations at once
                max_concurrency: Option<u32> = None => {
                    aliases: &["maximum_concurrency"],
                    kind: Kind::Integer(2..=1_000, "invocations"),
                    example: "10",
                    without: "no own limit",
                    link: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html",
                    place: at(EventSourceMapping, "ScalingConfig/MaximumConcurrency", Missing::Nothing),
                }

                /// the least and the most event pollers of provisioned mode, which scales faster
                /// and costs per poller; excludes `max_concurrency`
                pollers: Option<Pollers> = None => {
                    aliases: &["provisioned_pollers", "provisioned_poller_config"],
                    kind: Kind::Pollers,
                    example: "\"2..50\"",
                    without: "no provisioned mode",
                    link: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html",
                    place: at(EventSourceMapping, "ProvisionedPollerConfig", Missing::Nothing),
                }

                /// the worker's memory in MB
                memory: u32 = 256 => {
                    aliases: &["memory_size"],
                    kind: Kind::Integer(limits::MEMORY_MB, "MB"),
                    example: "256",
                    link: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
                    place: at(Worker, "MemorySize", Missing::Number(128)),
                }

                /// the worker's temporary storage (`/tmp`) in MB
                ephemeral_storage: u32 = 512 => {
                    aliases: &["storage"],
                    kind: Kind::Integer(limits::STORAGE_MB, "MB"),
                    example: "1024",
                    link: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html",
                    place: at(Worker, "EphemeralStorage/Size", Missing::Number(*limits::STORAGE_MB.start())),
                }

                /// invocations of the worker that the account reserves, which are also the most
                /// at once
                reserved_concurrency: Option<u32> = None => {
                    aliases: &["reserved_concurrent_executions"],
                    // AWS has no maximum but the account's quota.
                    kind: Kind::Integer(1..=100_000, "invocations"),
                    example: "10",
                    without: "none are reserved",
                    link: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",
                    place: at(Worker, "ReservedConcurrentExecutions", Missing::Nothing),
                }

                /// whether X-Ray traces the worker and the redrive function; their roles get the
                /// rights for it
                tracing: bool = false => {
                    aliases: &["xray", "x_ray"],
                    kind: Kind::Boolean,
                    example: "true",
                    aws: "TracingConfig.Mode",
                    link: "https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html",
                }

                /// how long a received message stays hidden, and so how long a failed one waits
                visibility_timeout: Duration = 6 * timeout + batch_window => {
                    // SQS allows 0, but no function's `timeout` is as short.
                    kind: Kind::Duration(seconds(1)..=limits::LONGEST_INVISIBILITY),
                    example: "\"3m\"",
                    without: "6 × `timeout` + `batch_window`",
                    link: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
                    place: at(Queue, "VisibilityTimeout", Missing::Number(30)),
                }

                /// how long the source queue keeps a message
                retention: Duration = seconds(4 * 86_400) => {
                    kind: Kind::Duration(seconds(60)..=seconds(14 * 86_400)),
                    example: "\"4d\"",
                    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
                    place: at(Queue, "MessageRetentionPeriod", Missing::Number(4 * 86_400)),
                }

                /// how long the DLQ keeps a message, counted on a standard queue from when it
                /// was first sent or last redriven
                dlq_retention: Duration = seconds(14 * 86_400) => {
                    kind: Kind::Duration(seconds(60)..=seconds(14 * 86_400)),
                    example: "\"14d\"",
                    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
                    place: at(Dlq, "MessageRetentionPeriod", Missing::Number(4 * 86_400)),
                }

                /// when the DLQ's messages are moved back to the source queue: `cron(minutes
                /// hours day-of-month month day-of-week year)`, the year optional, or
                /// `rate(number unit)`
                dlq_redrive: Option<Schedule> = None => {
                    aliases: &["schedule", "redrive", "redrive_schedule", "cron", "rate"],
                    kind: Kind::Schedule,
                    example: "\"cron(0 23 ? * SUN-THU *)\"",
                    without: "no redrive function",
                    link: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html",
                    place: at(Schedule, "ScheduleExpression", Missing::Unknown),
                }

                /// the IANA time zone of `dlq_redrive`
                redrive_timezone: String = "UTC".to_owned() => {
                    aliases: &["timezone", "tz", "time_zone"],
                    kind: Kind::Timezone,
                    example: "\"Asia/Jerusalem\"",
                    link: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html",
                    place: at(Schedule, "ScheduleExpressionTimezone", Missing::Text("UTC")),
                }

                /// how often a message that keeps failing is redriven before it is moved to the
                /// parking queue, where it waits for a person: a number, or `"unlimited"`
                redrive_rounds: Rounds = Rounds::AtMost(3) => {
                    aliases: &["rounds", "max_redrives", "redrives"],
                    kind: Kind::Rounds(limits::ROUNDS),
                    example: "3",
                }

                /// the parking queue's name, or the ARN of a parking queue that exists
                parking: Option<ParameterText> = None => {
                    aliases: &["parking_queue", "parking_lot"],
                    kind: Kind::Queue,
                    example: "\"orders-given-up\"",
                    without: "the queue's name with `-parked`",
                    aws: "QueueName",
                    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
                }

                /// messages that a redrive moves in a second
                redrive_max_per_second: Option<u32> = None => {
                    aliases: &["redrive_rate", "rate", "max_per_second"],
                    kind: Kind::Integer(limits::MOVED_PER_SECOND, "messages a second"),
                    example: "100",
                    without: "SQS decides",
                    aws: "MaxNumberOfMessagesPerSecond",
                    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html",
                }

                /// processes messages with the same `key` once: a field of the message, which begins with
                /// the parameter's name, or the path of a `fn(&M) -> impl Display`. `ttl` is how long a
                /// completed key is remembered; a shorter one than a message can be on its way is an error.
                /// With `on_conflict = "permanent"`, a message with a completed key and another body fails;
                /// by default it is a duplicate. `table` is the name or the ARN of a DynamoDB table that
                /// exists. If the process ends or the function fails between its effect and the completion of
                /// its key, the message is processed again
                idempotent: Option<Idempotent> = None => {
                    aliases: &["idempotency", "idempotency_key", "deduplicate"],
                    kind: Kind::Idempotency,
                    example: "(key = order.id)",
                    without: "each delivery is processed",
                    aws: "AWS::DynamoDB::Table",
                    link: "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html",
                }

                /// the worker's environment variables: `env(NAME = "value")`
                env: BTreeMap<String, ParameterText> = BTreeMap::new() => {
                    aliases: &["environment", "variables", "vars"],
                    kind: Kind::Variables,
                    example: "(LEVEL = \"info\")",
                    without: "none",
                    link: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
                    place: at(Worker, "Environment/Variables", Missing::Nothing),
                }

                /// `false` for none, or when they ring: at `dlq_depth` messages in the DLQ, at the
                /// age `oldest` of the source queue's oldest message (without it, half of
                /// `retention`), at `errors` of the worker in five minutes
                alarms: Alarms = Alarms::default() => {
                    aliases: &["alarm"],
                    kind: Kind::Alarms,
                    example: "(dlq_depth = 10, oldest = \"1d\", errors = 3)",
                    aws: "Threshold",
                    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Alarms.html",
                }

                /// whether the worker runs in a VPC; its subnets and security groups are
                /// parameters of the template
                vpc: bool = false => {
                    aliases: &["vpc_config", "subnets", "security_groups"],
                    kind: Kind::Boolean,
                    example: "true",
                    aws: "VpcConfig",
                    link: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
                }

                /// tags of all resources of the function that can have tags: `tags(team =
                /// "orders", "acme:stage" = "dev")`
                tags: BTreeMap<String, String> = BTreeMap::new() => {
                    kind: Kind::Tags,
                    example: "(team = \"orders\")",
                    without: "none",
                    aws: "Tags",
                    link: "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html",
                }

                /// ARNs of managed policies for the worker's role
                policies: Vec<ParameterText> = Vec::new() => {
                    aliases: &["managed_policies"],
                    kind: Kind::Policies,
                    example: "\"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess\"",
                    without: "none",
                    link: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html",
                    place: at(WorkerRole, "ManagedPolicyArns", Missing::Nothing),
                }

                /// a file with IAM statements for the worker's role, relative to the package's folder:
                /// a JSON list, or a policy document. The build script reads it
                permissions: Option<String> = None => {
                    aliases: &["iam", "statements"],
                    kind: Kind::File,
                    example: "\"iam/orders.json\"",
                    without: "none",
                    aws: "Policies",
                    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html",
                }

                /// `false` keeps the function out of the template, for those who write their own
                template: bool = true => {
                    aliases: &["infra"],
                    kind: Kind::Boolean,
                    example: "false",
                }

                /// ids of the rules that this function breaks on purpose
                allow: Vec<String> = Vec::new() => {
                    kind: Kind::Rules,
                    example: "\"fifo_dlq_order\"",
                    without: "none",
                }
            }
            worker {
                /// the longest that an invocation of the worker may take
                timeout: Duration = seconds(30) => {
                    kind: Kind::Duration(seconds(1)..=limits::LONGEST_TIMEOUT),
                    example: "\"30s\"",
                    link: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
                    place: at(Worker, "Timeout", Missing::Number(3)),
                }

                /// how often a message is received, and run, before it goes to the DLQ; AWS
                /// recommends at least 5
                max_receive_count: u32 = 5 => {
                    aliases: &["max_receives"],
                    kind: Kind::Integer(1..=limits::RECEIVES - 1, "receives"),
                    example: "5",
                    link: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
                    place: at(Queue, "RedrivePolicy/maxReceiveCount", Missing::Unknown),
                }

                /// attempts of a message after the first, inside one invocation
                retries: u32 = 2 => {
                    aliases: &["max_retries"],
                    kind: Kind::Integer(0..=10, "retries"),
                    example: "3",
                }

                /// the waits between attempts: exponential from the first to the second, with
                /// full jitter
                backoff: Backoff = Backoff::new(milliseconds(200), seconds(5)) => {
                    kind: Kind::Backoff(milliseconds(1)..=seconds(300)),
                    example: "\"200ms..5s\"",
                    link: "https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/",
                }

                /// messages of one invocation that are handled at once
                concurrency: u32 = 1 => {
                    aliases: &["parallelism"],
                    kind: Kind::Integer(1..=1_000, "messages"),
                    example: "10",
                }

                /// the longest that one attempt may take. Without it, a message that hangs uses
                /// up the time of the messages after it: these are returned to the queue without
                /// being processed, which counts as a receive
                attempt_timeout: Option<Duration> = None => {
                    // With half a second for the answer, an attempt fits in the longest `timeout`.
                    kind: Kind::Duration(milliseconds(1)..=seconds(1_799)),
                    example: "\"2s\"",
                    without: "all the time that is left",
                }

                /// what an invocation returns when every message failed: an error that the
                /// `Errors` metric shows, or the list
                on_total_failure: OnTotalFailure = OnTotalFailure::Error => {
                    kind: Kind::Choice(OnTotalFailure::WORDS),
                    example: "\"error\"",
                    link: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html",
                }

                /// what a failure in a FIFO batch stops: the rest of its message group, or the
                /// rest of the batch
                on_group_failure: OnGroupFailure = OnGroupFailure::SkipGroup => {
                    kind: Kind::Choice(OnGroupFailure::WORDS),
                    example: "\"skip_group\"",
                    link: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html",
                }

                /// where a message goes that can never succeed: reported as failed, or sent at once
                /// to the DLQ, or to the parking queue, which no redrive empties
                on_permanent: OnPermanent = OnPermanent::Report => {
                    kind: Kind::Choice(OnPermanent::WORDS),
                    example: "\"dlq\"",
                    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
                }

                /// how long a failed message stays hidden. The delay doubles with each receive,
                /// from the first value up to the second. Six hours after the first receive it is
                /// capped at 5 h 59 min, because SQS limits invisibility to 12 h per receive
                queue_backoff: Option<Backoff> = None => {
                    aliases: &["visibility_backoff"],
                    kind: Kind::Backoff(seconds(1)..=limits::LONGEST_INVISIBILITY),
                    example: "\"30s..15m\"",
                    without: "the visibility timeout",
                    aws: "VisibilityTimeout",
                    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html",
                }

                /// whether each invocation writes its metrics in CloudWatch embedded metric
                /// format
                metrics: bool = true => {
                    kind: Kind::Boolean,
                    example: "false",
                    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html",
                }
            }
            rust {
                /// an `async fn() -> Result<S, E>` that builds the state `&S` once per cold start
                init as init => {
                    aliases: &["state"],
                    kind: Kind::Function,
                    example: "connect",
                    without: "no state",
                    link: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html",
                }

                /// an `async fn(&S)` or `async fn()`, awaited after each answer and at the process's end
                flush as flush => {
                    aliases: &["on_shutdown", "shutdown"],
                    kind: Kind::Function,
                    example: "flush",
                    without: "nothing is flushed",
                    link: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html",
                }

                /// a `fn(&E) -> bool` that decides which errors can never succeed
                is_permanent as is_permanent => {
                    aliases: &["permanent"],
                    kind: Kind::Function,
                    example: "OrderError::is_permanent",
                    without: "errors that are `redrive::Permanent`",
                }

                /// the path of the `redrive` crate, for a dependency that is renamed
                crate as redrive => {
                    kind: Kind::Crate,
                    example: "::redrive",
                    without: "`::redrive`",
                }
            }
        }
    };
}
