//! Account, region, ARNs, URLs and ids of the simulation.

use redrive_syntax::ParameterText;
use redrive_syntax::function::Function;

/// The account: the one of AWS's own examples.
pub const ACCOUNT: &str = "123456789012";

/// The region.
pub const REGION: &str = "us-east-1";

/// A queue's ARN.
pub fn queue_arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

/// The ARN of a function's source queue.
pub(crate) fn source_arn(function: &Function) -> String {
    arn(function.existing_queue(), &function.queue_name())
}

/// The ARN of a function's DLQ.
pub(crate) fn dlq_arn(function: &Function) -> String {
    arn(function.existing_dlq(), &function.dlq_name())
}

/// The ARN of a function's parking queue.
pub(crate) fn parking_arn(function: &Function) -> String {
    arn(function.existing_parking(), &function.parking_name())
}

/// That of a queue that exists already, or of a new one.
fn arn(existing: Option<&ParameterText>, name: &str) -> String {
    // All parameters have values in a simulation.
    let existing = existing.map(|arn| arn.with(|_| String::new()));
    existing.unwrap_or_else(|| queue_arn(name))
}

/// A queue's URL, at the endpoint `http://<address>`.
pub fn queue_url(endpoint: &str, name: &str) -> String {
    format!("{endpoint}/{ACCOUNT}/{name}")
}

/// The queue's name in a URL; AWS's clients also accept a bare name.
pub(crate) fn queue_of_url(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}

/// A Lambda function's ARN.
pub(crate) fn function_arn(name: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}")
}

/// A new id in the form of SQS's message ids and Lambda's request ids: a random
/// UUID.
pub(crate) fn new_id(rng: &mut fastrand::Rng) -> String {
    let bytes = rng.u128(..).to_be_bytes();
    uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .to_string()
}
