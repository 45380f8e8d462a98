//! Rules about the package: its targets, its build script, its profile.

use super::{examples, rules};

const LIMITS: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html";

rules! {
    /// The file of `permissions` holds IAM statements for the worker's role, as a JSON list or a policy document.
    /// Each has an `Effect`, an `Action` such as `s3:GetObject` and a `Resource`. IAM rejects what is not one only
    /// when the stack is deployed.
    PERMISSIONS: Error = examples(
        r#"// permissions = "iam/orders.json", and iam/orders.json
[{ "Effect": "Allow", "Actions": "s3:GetObject", "Resource": "arn:aws:s3:::orders/*" }]"#,
        r#"// permissions = "iam/orders.json", and iam/orders.json
[{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::orders/*" }]"#,
    )
    .see("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html");

    /// A statement that allows all actions of a service, or an action on all resources, allows more than a function
    /// needs. Some actions cannot be limited to a resource; accept them with `allow`.
    PERMISSIONS_WILDCARD: Warning = examples(
        r#"// permissions = "iam/orders.json", and iam/orders.json
[{ "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::orders/*" }]"#,
        r#"// permissions = "iam/orders.json", and iam/orders.json
[{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::orders/*" }]"#,
    )
    .see("https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege");

    /// The SQS client is part of the feature `sqs-client` of the crate `redrive`, which is on by default. Add
    /// it to the dependency's `features`.
    SQS_CLIENT_FEATURE: Error = examples(
        r#"// Cargo.toml: redrive = { version = "0.1", default-features = false }
#[sqs_batch(dlq_redrive = "rate(1 day)")]"#,
        r#"// Cargo.toml: redrive = "0.1"
#[sqs_batch(dlq_redrive = "rate(1 day)")]"#,
    );

    /// A Lambda function is a binary; a library has no `main` to write.
    LIBRARY_TARGET: Error = examples(
        r#"// src/lib.rs
#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }"#,
        r#"// src/main.rs
#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }"#,
    );

    /// One binary is one function and one zip. Put each function into its own file in `src/bin/`.
    ONE_FUNCTION_PER_BINARY: Error = examples(
        r#"// src/main.rs
#[sqs_batch] async fn orders(order: Order) -> Result<(), Error> { Ok(()) }
#[sqs_batch] async fn invoices(invoice: Invoice) -> Result<(), Error> { Ok(()) }"#,
        r#"// src/bin/orders.rs
#[sqs_batch] async fn orders(order: Order) -> Result<(), Error> { Ok(()) }

// src/bin/invoices.rs
#[sqs_batch] async fn invoices(invoice: Invoice) -> Result<(), Error> { Ok(()) }"#,
    );

    /// The template is written by the build script; without it the function would compile and never be
    /// deployed.
    BUILD_SCRIPT: Error = examples(
        r#"// no build.rs
#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }"#,
        r#"// build.rs
fn main() { redrive_infra::build(); }

// src/main.rs
#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }"#,
    );

    /// The function is missing from the template: the build script does not see code that another macro
    /// generates, files outside the module tree, or targets other than binaries.
    FUNCTION_NOT_LISTED: Error = examples(
        r#"// src/main.rs
macro_rules! function { ($name:ident) => {
    #[sqs_batch] async fn $name(order: Order) -> Result<(), Error> { Ok(()) }
} }
function!(handle);"#,
        r#"// src/main.rs
#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }"#,
    );

    /// The template describes the function with other settings than it is compiled with.
    FUNCTION_DIFFERS: Error = examples(
        r#"// build.rs prints cargo::rustc-cfg=beta and calls redrive_infra::build()
#[cfg_attr(beta, sqs_batch(retries = 5))]
#[cfg_attr(not(beta), sqs_batch)]
async fn handle(order: Order) -> Result<(), Error> { Ok(()) }"#,
        r#"// build.rs prints it and calls redrive_infra::Builder::new().cfg("beta").build()
#[cfg_attr(beta, sqs_batch(retries = 5))]
#[cfg_attr(not(beta), sqs_batch)]
async fn handle(order: Order) -> Result<(), Error> { Ok(()) }"#,
    );

    /// With `panic = "abort"` a panic in one message ends the process. Lambda fails the batch, and SQS
    /// redelivers all its messages. Nothing is lost, but messages that were completed are handled again.
    /// cargo-lambda sets it for release builds unless the workspace has `panic = "unwind"`.
    PANIC_ABORT: Warning = examples(
        r#"// Cargo.toml of the workspace, or cargo-lambda's default
[profile.release]
panic = "abort""#,
        r#"// Cargo.toml of the workspace
[profile.release]
panic = "unwind""#,
    );

    /// `redrive_infra::build()` reads the variables that cargo sets for a build script: the package, the
    /// target, and the folder for files.
    NOT_A_BUILD_SCRIPT: Error = examples(
        r#"// src/bin/deploy.rs
fn main() { redrive_infra::build(); }"#,
        r#"// build.rs
fn main() { redrive_infra::build(); }"#,
    );

    /// The build script reads `Cargo.toml` and the sources of the package's binaries, and writes its files
    /// to `OUT_DIR` and next to the binary.
    FILE_ACCESS: Error = examples(
        r#"// src/main.rs, where `src/orders.rs` is a folder
mod orders;"#,
        r#"// src/main.rs, where `src/orders.rs` is a file
mod orders;"#,
    );

    /// `Builder::cfg` accepts one cfg, as `cargo::rustc-cfg` does: a name, or a name and a value.
    CFG_FORM: Error = examples(
        r#"// build.rs
redrive_infra::Builder::new().cfg("not(beta)").build();"#,
        r#"// build.rs
redrive_infra::Builder::new().cfg("beta").cfg("stage=\"dev\"").build();"#,
    );

    /// A file that is missing, or that is not Rust, may contain a function. A template without it would delete
    /// that function's Lambda, so the template is not changed until the package compiles.
    UNREAD_SOURCE: Notice = examples(
        r#"// src/main.rs, without a file src/orders.rs
mod orders;"#,
        r#"// src/main.rs, with a file src/orders.rs
mod orders;"#,
    );

    /// The template has the `#[sqs_batch]` functions of the package's binaries, except those with `template =
    /// false`. Without any there is nothing to deploy, and the template of an earlier build is deleted.
    NO_FUNCTION: Notice = examples(
        r#"// src/main.rs
fn main() {}

// build.rs
fn main() { redrive_infra::build(); }"#,
        r#"// src/main.rs
#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }

// build.rs
fn main() { redrive_infra::build(); }"#,
    );

    /// Lambda runs on x86_64 and arm64; build for one of them, such as with `cargo redrive package --arm64`.
    ARCHITECTURE: Error = examples(
        "// cargo build --target riscv64gc-unknown-linux-gnu",
        "// cargo redrive package --arm64",
    );

    /// The resources of a function are named after it, so two functions of a package need two names.
    SHARED_NAME: Error = examples(
        r#"// src/bin/a.rs and src/bin/b.rs
#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }"#,
        r#"// src/bin/a.rs
#[sqs_batch] async fn orders(order: Order) -> Result<(), Error> { Ok(()) }

// src/bin/b.rs
#[sqs_batch] async fn invoices(invoice: Invoice) -> Result<(), Error> { Ok(()) }"#,
    );

    /// Two functions on one queue would each see some of its messages. Give each its own `queue`, or one
    /// function both tasks. A redrive moves all messages of a DLQ to one queue, so a DLQ with `dlq_redrive` is of
    /// one queue.
    SHARED_QUEUE: Error = examples(
        r#"// src/bin/a.rs
#[sqs_batch(queue = "orders")] async fn ship(order: Order) -> Result<(), Error> { Ok(()) }

// src/bin/b.rs
#[sqs_batch(queue = "orders")] async fn bill(order: Order) -> Result<(), Error> { Ok(()) }"#,
        r#"// src/bin/a.rs
#[sqs_batch(queue = "orders-to-ship")] async fn ship(order: Order) -> Result<(), Error> { Ok(()) }

// src/bin/b.rs
#[sqs_batch(queue = "orders-to-bill")] async fn bill(order: Order) -> Result<(), Error> { Ok(()) }"#,
    );

    /// A parameter `${Name}` is one for the whole package, so it has one default. It cannot have the name of a
    /// resource, or of a parameter that the template has anyway, such as `RolePath` or `VpcSubnetIds`. Only
    /// `${NamePrefix}` can be used, without a default, and not in the name of a new queue, which begins with it.
    PARAMETER_CONFLICT: Error = examples(
        r#"// src/main.rs and build.rs with redrive_infra::build()
#[sqs_batch(env(ROLES = "${RolePath}"))]
async fn handle(order: Order) -> Result<(), Error> { Ok(()) }"#,
        r#"// src/main.rs and build.rs with redrive_infra::build()
#[sqs_batch(env(QUEUE = "${NamePrefix}bills"))]
async fn handle(order: Order) -> Result<(), Error> { Ok(()) }"#,
    )
    .reads(&["env", "queue", "dlq", "senders", "topics", "kms_key", "policies", "idempotent", "parking"]);

    /// A CloudFormation template has at most 500 resources, 200 parameters, 200 outputs and 1,000,000
    /// bytes. A function has 10 to 20 resources, so a package has room for 20 functions.
    TEMPLATE_LIMITS: Error = examples(
        "// a package with 50 functions in src/bin/",
        "// three packages with 17, 17 and 16 functions",
    )
    .see(LIMITS);
}
