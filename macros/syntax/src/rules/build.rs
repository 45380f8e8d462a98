//! Rules that only the build script judges: about the package, its files, and
//! the template with what an overlay makes of it.

use super::{Rule, notice, rule, see, warning};

const ERROR_HANDLING: &str =
    "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html";
const SCALING: &str = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html";
const CONFIGURE: &str = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html";
const FILTERING: &str = "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html";
const LIMITS: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html";

pub(super) const RULES: &[Rule] = &[
    rule(
        "not_a_build_script",
        "`redrive_infra::build()` reads what cargo tells a build script: the package, the target, and the folder for files.",
        "// src/bin/deploy.rs\nfn main() { redrive_infra::build(); }",
        "// build.rs\nfn main() { redrive_infra::build(); }",
    ),
    rule(
        "file_access",
        "The build script reads `Cargo.toml` and the sources of the package's binaries, and writes its files to the target folder, or to that of `Builder::out_dir`.",
        "// build.rs, where `infra` is a file\nredrive_infra::Builder::new().out_dir(\"infra\").build();",
        "// build.rs, where `infra` is a folder, or nothing yet\nredrive_infra::Builder::new().out_dir(\"infra\").build();",
    ),
    rule(
        "cfg_form",
        "`Builder::cfg` takes one cfg, as `cargo::rustc-cfg` does: a name, or a name and a value.",
        "// build.rs\nredrive_infra::Builder::new().cfg(\"not(beta)\").build();",
        "// build.rs\nredrive_infra::Builder::new().cfg(\"beta\").cfg(\"stage=\\\"dev\\\"\").build();",
    ),
    notice(rule(
        "unread_source",
        "A file that is missing, or that is not Rust, may hold a function: a template without it would delete that function's Lambda. So the template stays as it was until the package compiles.",
        "// src/main.rs, without a file src/orders.rs\nmod orders;",
        "// src/main.rs, with a file src/orders.rs\nmod orders;",
    )),
    notice(rule(
        "no_function",
        "The template is made of the `#[sqs_batch]` functions of the package's binaries, unless they have `template = false`; without one there is nothing to deploy, and a template of earlier builds is deleted.",
        "// src/main.rs\nfn main() {}\n\n// build.rs\nfn main() { redrive_infra::build(); }",
        "// src/main.rs\n#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }\n\n// build.rs\nfn main() { redrive_infra::build(); }",
    )),
    see(
        LIMITS,
        rule(
            "template_limits",
            "A CloudFormation template has at most 500 resources, 200 parameters, 200 outputs and 1,000,000 bytes. A function takes 11 resources and 5 outputs, one with a redrive 18 and 6, so a package has room for some 27 with a redrive, or for 40 without.",
            "// a package with 41 functions in src/bin/",
            "// two packages with 21 and 20 functions",
        ),
    ),
    rule(
        "shared_name",
        "The resources of a function are named after it, so two functions of a package need two names.",
        "// src/bin/a.rs and src/bin/b.rs\n#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
        "// src/bin/a.rs\n#[sqs_batch] async fn orders(order: Order) -> Result<(), Error> { Ok(()) }\n\n// src/bin/b.rs\n#[sqs_batch] async fn invoices(invoice: Invoice) -> Result<(), Error> { Ok(()) }",
    ),
    rule(
        "shared_queue",
        "Two functions on one queue would each see some of its messages. Give each its own `queue`, or one function both tasks.",
        "// src/bin/a.rs\n#[sqs_batch(queue = \"orders\")] async fn ship(order: Order) -> Result<(), Error> { Ok(()) }\n\n// src/bin/b.rs\n#[sqs_batch(queue = \"orders\")] async fn bill(order: Order) -> Result<(), Error> { Ok(()) }",
        "// src/bin/a.rs\n#[sqs_batch(queue = \"orders-to-ship\")] async fn ship(order: Order) -> Result<(), Error> { Ok(()) }\n\n// src/bin/b.rs\n#[sqs_batch(queue = \"orders-to-bill\")] async fn bill(order: Order) -> Result<(), Error> { Ok(()) }",
    ),
    rule(
        "overlay",
        "The overlay is a JSON merge patch of the template: an object, in a file that can be read, that leaves each resource its `Type`, and each function what it cannot do without: its handler, its mapping, its DLQ, and whatever another resource refers to. What it sets instead of a key of the attribute must be right by that key's rules.",
        "// infra/overlay.json\n[{ \"Resources\": {} }]",
        "// infra/overlay.json\n{ \"Resources\": { \"HandleWorker\": { \"Properties\": { \"ReservedConcurrentExecutions\": 20 } } } }",
    ),
    rule(
        "architecture",
        "Lambda runs on x86_64 and arm64; build for one of them, such as with `cargo lambda build --arm64`.",
        "// cargo build --target riscv64gc-unknown-linux-gnu",
        "// cargo lambda build --arm64",
    ),
    see(
        ERROR_HANDLING,
        rule(
            "response_types",
            "Without `ReportBatchItemFailures` Lambda takes the worker's list of failed messages for a success, and deletes them.",
            "// infra/overlay.json\n{ \"Resources\": { \"HandleEventSourceMapping\": { \"Properties\": { \"FunctionResponseTypes\": [] } } } }",
            "// infra/overlay.json\n{ \"Resources\": { \"HandleEventSourceMapping\": { \"Properties\": { \"Enabled\": true } } } }",
        ),
    ),
    see(
        SCALING,
        rule(
            "reserved_concurrency",
            "A function needs as many reserved invocations as its event source mappings may start at once; else Lambda throttles them, each throttled batch counts as a receive, and good messages end in the DLQ.",
            "// max_concurrency = 20, and infra/overlay.json\n{ \"Resources\": { \"HandleWorker\": { \"Properties\": { \"ReservedConcurrentExecutions\": 10 } } } }",
            "// max_concurrency = 20, and infra/overlay.json\n{ \"Resources\": { \"HandleWorker\": { \"Properties\": { \"ReservedConcurrentExecutions\": 20 } } } }",
        ),
    ),
    see(
        CONFIGURE,
        warning(rule(
            "reserved_concurrency_low",
            "Without `max_concurrency` Lambda starts with five batches at once. A function with fewer reserved invocations is throttled, and each throttled batch counts as a receive.",
            "// infra/overlay.json\n{ \"Resources\": { \"HandleWorker\": { \"Properties\": { \"ReservedConcurrentExecutions\": 2 } } } }",
            "// infra/overlay.json\n{ \"Resources\": { \"HandleWorker\": { \"Properties\": { \"ReservedConcurrentExecutions\": 5 } } } }",
        )),
    ),
    see(
        SCALING,
        rule(
            "provisioned_pollers",
            "Pollers of its own (`ProvisionedPollerConfig`) and a limit of concurrency (`ScalingConfig`) exclude each other, and there are at most as many of the first as `MaximumPollers` says.",
            "// max_concurrency = 20, and infra/overlay.json\n{ \"Resources\": { \"HandleEventSourceMapping\": { \"Properties\": { \"ProvisionedPollerConfig\": { \"MinimumPollers\": 2 } } } } }",
            "// no max_concurrency, and infra/overlay.json\n{ \"Resources\": { \"HandleEventSourceMapping\": { \"Properties\": { \"ProvisionedPollerConfig\": { \"MinimumPollers\": 2 } } } } }",
        ),
    ),
    see(
        SCALING,
        warning(rule(
            "provisioned_pollers_high",
            "AWS's pages disagree about the most that `MaximumPollers` takes: the API says 10,000, its guide and older tools 2,000.",
            "// infra/overlay.json\n{ \"Resources\": { \"HandleEventSourceMapping\": { \"Properties\": { \"ProvisionedPollerConfig\": { \"MaximumPollers\": 5000 } } } } }",
            "// infra/overlay.json\n{ \"Resources\": { \"HandleEventSourceMapping\": { \"Properties\": { \"ProvisionedPollerConfig\": { \"MaximumPollers\": 2000 } } } } }",
        )),
    ),
    see(
        FILTERING,
        rule(
            "filter_criteria",
            "A filter's `Pattern` is a JSON object in a string of at most 4,096 characters, and a mapping has at most 10 filters.",
            "// infra/overlay.json\n{ \"Resources\": { \"HandleEventSourceMapping\": { \"Properties\": { \"FilterCriteria\": { \"Filters\": [{ \"Pattern\": \"body.kind = order\" }] } } } } }",
            "// allow = \"filter_deletes\", and infra/overlay.json\n{ \"Resources\": { \"HandleEventSourceMapping\": { \"Properties\": { \"FilterCriteria\": { \"Filters\": [{ \"Pattern\": \"{\\\"body\\\":{\\\"kind\\\":[\\\"order\\\"]}}\" }] } } } } }",
        ),
    ),
    see(
        FILTERING,
        warning(rule(
            "filter_deletes",
            "Lambda deletes the messages that no filter lets through: they go neither to the worker nor to the DLQ.",
            "// infra/overlay.json\n{ \"Resources\": { \"HandleEventSourceMapping\": { \"Properties\": { \"FilterCriteria\": { \"Filters\": [{ \"Pattern\": \"{\\\"body\\\":{\\\"kind\\\":[\\\"order\\\"]}}\" }] } } } } }",
            "// allow = \"filter_deletes\", and the same infra/overlay.json",
        )),
    ),
    see(
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
        rule(
            "queue_encryption",
            "A queue is encrypted with a key of SQS (`SqsManagedSseEnabled`, as the template says) or with one of KMS (`KmsMasterKeyId`), never with both.",
            "// infra/overlay.json\n{ \"Resources\": { \"HandleQueue\": { \"Properties\": { \"KmsMasterKeyId\": \"alias/orders\" } } } }",
            "// policies = [\"arn:aws:iam::123456789012:policy/orders-key\"], and infra/overlay.json\n{ \"Resources\": { \"HandleQueue\": { \"Properties\": { \"KmsMasterKeyId\": \"alias/orders\", \"SqsManagedSseEnabled\": null } } } }",
        ),
    ),
    see(
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
        warning(rule(
            "queue_key",
            "Who receives from a queue with a KMS key needs `kms:Decrypt` with that key; who sends to it, as a redrive does, `kms:GenerateDataKey` too. Without it no message reaches the worker, and nothing but the age of the oldest shows it.",
            "// infra/overlay.json\n{ \"Resources\": { \"HandleQueue\": { \"Properties\": { \"KmsMasterKeyId\": \"alias/orders\", \"SqsManagedSseEnabled\": null } } } }",
            "// policies = [\"arn:aws:iam::123456789012:policy/orders-key\"], and the same infra/overlay.json",
        )),
    ),
];
