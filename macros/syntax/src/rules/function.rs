//! Rules about the worker function: its time, its environment, its role.

use std::time::Duration;

use super::budget::retry_budget;
use super::offer::{allow, set, ways};
use super::queue::seconds;
use super::{Level, Rule};
use crate::environment::MOST_BYTES;
use crate::options::Options;
use crate::value::show;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "retry_budget",
        level: Level::Error,
        keys: &[
            "retries",
            "backoff",
            "attempt_timeout",
            "batch_size",
            "concurrency",
            "timeout",
            "queue",
        ],
        reason: "All messages of a batch, with every retry and the longest waits between them, must fit in the function's timeout; else the last ones are cut off and come back with nothing wrong with them. Counted are ceil(batch_size / concurrency) × ((retries + 1) × attempt_timeout + waits) and half a second for the answer; without `attempt_timeout` the waits alone, since only you know how long an attempt takes: it may take the whole time left, and then the messages behind it come back unrun. On a FIFO queue all messages may be of one group, which are handled one after another, so `concurrency` does not count.",
        link: "",
        fails: "#[sqs_batch(retries = 5, backoff = \"1s..10s\")]",
        passes: "#[sqs_batch(retries = 5, backoff = \"1s..10s\", concurrency = 10)]",
        check: Some(retry_budget),
    },
    Rule {
        id: "attempt_timeout",
        level: Level::Error,
        keys: &["attempt_timeout", "timeout"],
        reason: "An attempt ends with the invocation at the latest, so a longer limit for it would never be reached. Without `attempt_timeout` an attempt may take the whole time left.",
        link: "",
        fails: "#[sqs_batch(attempt_timeout = \"30s\", timeout = \"30s\", retries = 0, batch_size = 1)]",
        passes: "#[sqs_batch(attempt_timeout = \"10s\", timeout = \"30s\", retries = 0, batch_size = 1)]",
        check: Some(attempt_timeout),
    },
    Rule {
        id: "backoff_without_retries",
        level: Level::Warning,
        keys: &["backoff", "retries"],
        reason: "The backoff is the wait before a retry; without retries it means nothing.",
        link: "",
        fails: "#[sqs_batch(retries = 0, backoff = \"1s..5s\")]",
        passes: "#[sqs_batch(retries = 1, backoff = \"1s..2s\")]",
        check: Some(backoff_without_retries),
    },
    Rule {
        id: "concurrency_over_batch",
        level: Level::Warning,
        keys: &["concurrency", "batch_size"],
        reason: "No more messages can be handled at once than a batch holds.",
        link: "",
        fails: "#[sqs_batch(batch_size = 5, concurrency = 10)]",
        passes: "#[sqs_batch(batch_size = 10, concurrency = 10)]",
        check: Some(concurrency_over_batch),
    },
    Rule {
        id: "env_size",
        level: Level::Error,
        keys: &["env"],
        reason: "All environment variables of a function, names and values, have at most 4 KB together; the template adds up to 512 bytes of its own.",
        link: "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
        fails: "// any value of over 3,584 bytes\n#[sqs_batch(env(PRICES = \"{ … }\"))]",
        passes: "#[sqs_batch(env(LEVEL = \"info\"))]",
        check: Some(env_size),
    },
    Rule {
        id: "policies_quota",
        level: Level::Deliberate,
        keys: &["policies"],
        reason: "A role has at most 10 managed policies, unless the account's quota was raised.",
        link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
        fails: "#[sqs_batch(policies = [\"arn:aws:iam::aws:policy/P0\", \"arn:aws:iam::aws:policy/P1\", \"arn:aws:iam::aws:policy/P2\", \"arn:aws:iam::aws:policy/P3\", \"arn:aws:iam::aws:policy/P4\", \"arn:aws:iam::aws:policy/P5\", \"arn:aws:iam::aws:policy/P6\", \"arn:aws:iam::aws:policy/P7\", \"arn:aws:iam::aws:policy/P8\", \"arn:aws:iam::aws:policy/P9\", \"arn:aws:iam::aws:policy/P10\"])]",
        passes: "#[sqs_batch(policies = [\"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess\"])]",
        check: Some(policies_quota),
    },
];

pub(super) fn attempt_timeout(options: &Options) -> Option<String> {
    let function = &options.function;
    let attempt = function.attempt_timeout?;
    (attempt >= Duration::from_secs(u64::from(function.timeout))).then(|| {
        format!("`attempt_timeout` is {}, but the whole invocation has a `timeout` of {}; lower it, or raise `timeout`", show(attempt), seconds(function.timeout))
    })
}

fn backoff_without_retries(options: &Options) -> Option<String> {
    (options.is_given("backoff") && options.function.retries == 0).then(|| {
        "`backoff` is the wait before a retry, but `retries` is 0; remove one of the two".to_owned()
    })
}

fn concurrency_over_batch(options: &Options) -> Option<String> {
    let function = &options.function;
    (options.is_given("concurrency") && function.concurrency > function.batch_size).then(|| {
        let fewer = set("concurrency", function.batch_size);
        let larger = set("batch_size", function.concurrency);
        format!(
            "`concurrency` is {}, but a batch has at most {} messages; write {}",
            function.concurrency,
            function.batch_size,
            ways(
                "concurrency_over_batch",
                options,
                &[vec![fewer], vec![larger]]
            )
            .join(", or ")
        )
    })
}

/// What the template's own variables may take.
const OWN_BYTES: usize = 512;

fn env_size(options: &Options) -> Option<String> {
    let bytes: usize = options
        .function
        .env
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    let most = MOST_BYTES - OWN_BYTES;
    (bytes > most).then(|| {
        format!("the variables of `env` have {bytes} bytes, but a function takes {most} beside those of the template; keep large values in SSM Parameter Store or AppConfig")
    })
}

fn policies_quota(options: &Options) -> Option<String> {
    let count = options.function.policies.len();
    (count > 10).then(|| format!("a role has at most 10 managed policies unless the account has a higher quota, but `policies` lists {count}; join some of them, or write {}", allow("policies_quota", options)))
}
