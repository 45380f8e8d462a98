//! Checks of the worker function: its time, its environment, its role.

use std::time::Duration;

use redrive_model::duration::{show, written};
use redrive_model::limits::{self, INIT_TIMEOUT};

use super::retry_budget::{attempt_that_fits, retry_budget};
use super::{Check, Finding, INTENDED, Rule, accept, catalog, found};
use crate::diagnostic::Fix;
use crate::options::Options;
use crate::parameter_text::ParameterText;

pub(super) const CHECKS: &[(&Rule, Check)] = &[
    (&catalog::ATTEMPT_TIMEOUT, attempt_timeout),
    (&catalog::RETRY_BUDGET, retry_budget),
    (&catalog::BACKOFF_WITHOUT_RETRIES, backoff_without_retries),
    (&catalog::CONCURRENCY_OVER_BATCH, concurrency_over_batch),
    (&catalog::TIMEOUT_OVER_15_MIN, timeout_over_15_min),
    (&catalog::VPC_ENDPOINT, vpc_endpoint),
    (&catalog::INIT_TIMEOUT, init_timeout),
    (&catalog::ENV_SIZE, env_size),
    (&catalog::ENV_SECRET, env_secret),
    (&catalog::RESERVED_CONCURRENCY, reserved_concurrency),
    (&catalog::POLICIES_QUOTA, policies_quota),
];

fn attempt_timeout(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let attempt = function.attempt_timeout?;
    let timeout = function.timeout;
    (attempt >= timeout).then(|| {
        let problem = format!(
            "`attempt_timeout` ({}) is not shorter than `timeout` ({})",
            show(attempt),
            show(timeout)
        );
        let shorter = |limit| Fix::set_text("attempt_timeout", written(limit));
        let longer = Duration::from_secs(attempt.as_secs() + 1);
        let fits = attempt_that_fits(options);
        let others = [
            shorter(timeout / 2),
            Fix::set_text("timeout", written(longer)),
        ];
        found(problem, fits.into_iter().chain(others))
    })
}

fn backoff_without_retries(options: &Options) -> Option<Finding<'_>> {
    (options.is_given("backoff") && options.function.retries == 0).then(|| {
        let problem = "`backoff` has no effect, because `retries` is 0";
        found(problem, ["backoff", "retries"].map(Fix::remove))
    })
}

fn timeout_over_15_min(options: &Options) -> Option<Finding<'_>> {
    let timeout = options.function.timeout;
    let former = limits::FORMER_LONGEST_TIMEOUT;
    (timeout > former).then(|| {
        let problem = format!(
            "`timeout` ({}) is over {}, which older tools refuse",
            show(timeout),
            show(former)
        );
        let if_known = "if your tools accept it";
        let fixes = [
            accept(&catalog::TIMEOUT_OVER_15_MIN, options, if_known),
            Fix::set_text("timeout", written(former)),
        ];
        found(problem, fixes)
    })
}

fn vpc_endpoint(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    (function.vpc && function.queue_variables().next().is_some()).then(|| {
        let called = match function.idempotent {
            Some(_) => "SQS and DynamoDB",
            None => "SQS",
        };
        let problem = format!(
            "the worker calls {called}, which a VPC reaches only by an endpoint or a NAT gateway"
        );
        let if_there = "if the subnets have one of them";
        found(problem, [accept(&catalog::VPC_ENDPOINT, options, if_there)])
    })
}

fn init_timeout(options: &Options) -> Option<Finding<'_>> {
    let timeout = options.function.timeout;
    (options.is_given("init") && timeout < INIT_TIMEOUT).then(|| {
        let problem = format!(
            "`init` may take {}; a longer one is repeated within `timeout` ({})",
            show(INIT_TIMEOUT),
            show(timeout)
        );
        found(problem, [Fix::set_text("timeout", written(INIT_TIMEOUT))])
    })
}

fn concurrency_over_batch(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let (concurrency, batch) = (function.concurrency, function.batch_size);
    (options.is_given("concurrency") && concurrency > batch).then(|| {
        let problem =
            format!("`concurrency` ({concurrency}) is higher than `batch_size` ({batch})");
        let fixes = [
            Fix::set("concurrency", batch),
            Fix::set("batch_size", concurrency),
        ];
        found(problem, fixes)
    })
}

fn env_size(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    // The region and the account of a queue's URL are known at deployment only.
    let url = "u".repeat(limits::QUEUE_URL_BYTES);
    let own = function.queue_variables().map(|name| (name, url.as_str()));
    // A parameter may be empty.
    let shortest = |value: &ParameterText| value.with(|_| String::new());
    let texts = function.env.iter();
    let texts: Vec<_> = texts.map(|(name, value)| (name, shortest(value))).collect();
    let variables = texts.iter();
    let variables = variables.map(|(name, text)| (name.as_str(), text.as_str()));
    let bytes = limits::environment_bytes(variables.chain(own));
    let most = limits::ENVIRONMENT_BYTES;
    (bytes > most && !function.env.is_empty()).then(|| {
        let problem = format!(
            "the variables of the worker have {bytes} bytes as JSON, but Lambda allows {most}"
        );
        let advice = "keep large values in SSM Parameter Store or AppConfig";
        found(problem, [Fix::advice(advice)])
    })
}

/// The ends of names whose values are secrets.
const SECRETS: [&str; 6] = [
    "PASSWORD",
    "PASSWD",
    "SECRET",
    "TOKEN",
    "API_KEY",
    "PRIVATE_KEY",
];

fn env_secret(options: &Options) -> Option<Finding<'_>> {
    let is_secret = |name: &str| {
        let name = name.to_uppercase();
        SECRETS.iter().any(|end| name.ends_with(end))
    };
    let variables = options.function.env.iter();
    // An ARN is not the secret itself.
    let secrets =
        variables.filter(|(name, value)| is_secret(name) && !value.to_string().starts_with("arn:"));
    let secrets: Vec<_> = secrets.map(|(name, _)| format!("`{name}`")).collect();
    (!secrets.is_empty()).then(|| {
        let problem = format!("`env` has a secret in plain text: {}", secrets.join(", "));
        let if_none = "if it is not a secret";
        let fixes = [
            accept(&catalog::ENV_SECRET, options, if_none),
            Fix::advice("otherwise keep it in Secrets Manager, and read it in `init`"),
        ];
        found(problem, fixes)
    })
}

fn reserved_concurrency(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let reserved = function.reserved_concurrency?;
    let (needed, by) = match (function.pollers, function.max_concurrency) {
        (Some(pollers), _) => (pollers.min * limits::POLLER_INVOCATIONS, None),
        (None, Some(most)) => (most, Some("max_concurrency")),
        (None, None) => (limits::FIRST_BATCHES, None),
    };
    (reserved < needed).then(|| {
        let needs = match by {
            Some(key) => format!("`{key}` ({needed})"),
            None => format!("the {needed} batches that Lambda starts with"),
        };
        let problem = format!(
            "`reserved_concurrency` ({reserved}) is below {needs}: other invocations are throttled"
        );
        let fixes = [
            Fix::set("reserved_concurrency", needed),
            Fix::set("max_concurrency", reserved),
            accept(&catalog::RESERVED_CONCURRENCY, options, INTENDED),
        ];
        found(problem, fixes)
    })
}

fn policies_quota(options: &Options) -> Option<Finding<'_>> {
    let (count, most) = (options.function.policies.len(), limits::MANAGED_POLICIES);
    (count > most).then(|| {
        let problem =
            format!("`policies` lists {count} managed policies, but a role has at most {most}");
        let if_raised = "if the account has a higher quota";
        let fixes = [
            accept(&catalog::POLICIES_QUOTA, options, if_raised),
            Fix::advice("otherwise combine several policies into one"),
        ];
        found(problem, fixes)
    })
}
