//! Rules about the worker function: its time, its environment, its role.

use super::budget::retry_budget;
use super::offer::{allow, set, ways};
use super::{Check, Rule, catalog};
use redrive_model::limits;

use crate::options::Options;
use redrive_model::{duration::show, limits::INIT_TIMEOUT};

pub(super) const CHECKS: &[(&Rule, Check)] = &[
    (&catalog::RETRY_BUDGET, retry_budget),
    (&catalog::ATTEMPT_TIMEOUT, attempt_timeout),
    (&catalog::BACKOFF_WITHOUT_RETRIES, backoff_without_retries),
    (&catalog::CONCURRENCY_OVER_BATCH, concurrency_over_batch),
    (&catalog::INIT_TIMEOUT, init_timeout),
    (&catalog::ENV_SIZE, env_size),
    (&catalog::POLICIES_QUOTA, policies_quota),
];

pub(super) fn attempt_timeout(options: &Options) -> Option<String> {
    let function = &options.function;
    let attempt = function.attempt_timeout?;
    (attempt >= function.timeout).then(|| {
        format!("`attempt_timeout` is {}, but the whole invocation has a `timeout` of {}; lower it, or raise `timeout`", show(attempt), show(function.timeout))
    })
}

fn backoff_without_retries(options: &Options) -> Option<String> {
    (options.is_given("backoff") && options.function.retries == 0).then(|| {
        "`backoff` is the wait before a retry, but `retries` is 0; remove one of the two".to_owned()
    })
}

fn init_timeout(options: &Options) -> Option<String> {
    let timeout = options.function.timeout;
    (options.is_given("init") && timeout < INIT_TIMEOUT).then(|| {
        format!(
            "Lambda allows `init` {}, but repeats one that takes longer within the `timeout` of {}; write `timeout = \"{}\"`",
            show(INIT_TIMEOUT),
            show(timeout),
            show(INIT_TIMEOUT)
        )
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

fn env_size(options: &Options) -> Option<String> {
    let function = &options.function;
    // The region and the account of a queue's URL are known at deployment only.
    let url = "u".repeat(limits::QUEUE_URL_BYTES);
    let own = function.queue_variables().map(|name| (name, url.as_str()));
    let variables = function.env.iter();
    let variables = variables.map(|(name, value)| (name.as_str(), value.as_str()));
    let bytes = limits::environment_bytes(variables.chain(own));
    let most = limits::ENVIRONMENT_BYTES;
    (bytes > most && !function.env.is_empty()).then(|| {
        format!("the worker's variables have {bytes} bytes as JSON, but Lambda allows {most}; keep large values in SSM Parameter Store or AppConfig")
    })
}

fn policies_quota(options: &Options) -> Option<String> {
    let count = options.function.policies.len();
    (count > 10).then(|| format!("a role has at most 10 managed policies unless the account has a higher quota, but `policies` lists {count}; join some of them, or write {}", allow("policies_quota", options)))
}
