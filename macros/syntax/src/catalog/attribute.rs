//! Rules about one key or value of the attribute.

use super::{examples, rules};

rules! {
    /// The attribute contains `key = value` and `env(NAME = "value")`, separated by commas.
    SYNTAX: Error = examples(
        "#[sqs_batch(retries 3)]",
        "#[sqs_batch(retries = 3)]",
    );

    /// A misspelt key would silently keep its default.
    UNKNOWN_KEY: Error = examples(
        "#[sqs_batch(batchsize = 5)]",
        "#[sqs_batch(batch_size = 5)]",
    );

    /// Of two values for one key one would be silently dropped, and of two attributes on a function only
    /// one can make its Lambda.
    DUPLICATE_KEY: Error = examples(
        "#[sqs_batch(retries = 1, retries = 2)]",
        "#[sqs_batch(retries = 2)]",
    );

    /// Numbers and booleans are written without quotes, names and durations with quotes, functions as paths.
    WRONG_TYPE: Error = examples(
        r#"#[sqs_batch(retries = "3")]"#,
        "#[sqs_batch(retries = 3)]",
    );

    /// AWS refuses the value, or redrive cannot keep its promises with it; the error says what is allowed.
    OUT_OF_RANGE: Error = examples(
        "#[sqs_batch(batch_size = 0)]",
        "#[sqs_batch(batch_size = 1)]",
    );

    /// The key accepts one of a few words.
    UNKNOWN_CHOICE: Error = examples(
        r#"#[sqs_batch(on_total_failure = "fail")]"#,
        r#"#[sqs_batch(on_total_failure = "error")]"#,
    );

    /// A duration needs a unit (`ms`, `s`, `m`, `h`, `d`), so that seconds are not mistaken for minutes.
    DURATION: Error = examples(
        r#"#[sqs_batch(timeout = "30")]"#,
        r#"#[sqs_batch(timeout = "30s")]"#,
    );

    /// Waits grow from the first duration to the second.
    BACKOFF_ORDER: Error = examples(
        r#"#[sqs_batch(backoff = "1s..500ms")]"#,
        r#"#[sqs_batch(backoff = "500ms..1s")]"#,
    );

    /// In a text of `env`, a queue, a sender, a key or a policy, `${Name}` is known at deployment: a parameter
    /// of the template, whose name is letters and digits. `${Name:-value}` has a default, and `$${` is for the
    /// two characters `${`.
    PLACEHOLDER: Error = examples(
        r#"#[sqs_batch(env(TABLE = "${table-name}"))]"#,
        r#"#[sqs_batch(env(TABLE = "${TableName:-orders}"))]"#,
    );

    /// Lambda allows names that begin with a letter and continue with letters, digits and `_`.
    ENV_NAME: Error = examples(
        r#"#[sqs_batch(env(_LEVEL = "info"))]"#,
        r#"#[sqs_batch(env(LEVEL = "info"))]"#,
    );

    /// Lambda does not let a function overwrite the variables that it sets. The template sets those that begin
    /// with `REDRIVE_`.
    ENV_RESERVED: Error = examples(
        r#"#[sqs_batch(env(AWS_REGION = "eu-west-1"))]"#,
        r#"#[sqs_batch(env(BUCKET_REGION = "eu-west-1"))]"#,
    );

    /// A role refers to a managed policy by its ARN, not by its name.
    POLICY_ARN: Error = examples(
        r#"#[sqs_batch(policies = "AmazonS3ReadOnlyAccess")]"#,
        r#"#[sqs_batch(policies = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")]"#,
    );

    /// `allow` accepts the id of a warning, or of an error that may be a deliberate choice. What AWS refuses
    /// cannot be allowed.
    UNKNOWN_RULE: Error = examples(
        r#"#[sqs_batch(queue = "orders.fifo", allow = "fifo_order")]"#,
        r#"#[sqs_batch(queue = "orders.fifo", allow = "fifo_dlq_order")]"#,
    );

    /// An allowed rule is not reported when it is violated later, so allow only the rules that are violated
    /// now. Rules that only the build can judge, such as `panic_abort`, may be allowed at any time.
    ALLOW_UNNEEDED: Warning = examples(
        r#"#[sqs_batch(allow = "receive_count_low")]"#,
        r#"#[sqs_batch(max_receive_count = 4, allow = "receive_count_low")]"#,
    );
}
