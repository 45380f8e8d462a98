//! Checks of the worker function: its time, its environment, its role.

use std::time::Duration;

use redrive_model::duration::{show, written};
use redrive_model::limits::{self, INIT_TIMEOUT};

use super::retry_budget::{attempt_that_fits, retry_budget};
use super::{Check, Finding, Rule, allow, catalog, these};
use crate::diagnostic::{Edit, Fix};
use crate::options::Options;
use crate::parameter_text::ParameterText;
use crate::problem::Problem;

pub(super) const CHECKS: &[(&Rule, Check)] = &[
    (&catalog::ATTEMPT_TIMEOUT, attempt_timeout),
    (&catalog::RETRY_BUDGET, retry_budget),
    (&catalog::BACKOFF_WITHOUT_RETRIES, backoff_without_retries),
    (&catalog::CONCURRENCY_OVER_BATCH, concurrency_over_batch),
    (&catalog::INIT_TIMEOUT, init_timeout),
    (&catalog::ENV_SIZE, env_size),
    (&catalog::POLICIES_QUOTA, policies_quota),
];

fn attempt_timeout(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let attempt = function.attempt_timeout?;
    let timeout = function.timeout;
    (attempt >= timeout).then(|| {
        let problem = Problem::new()
            .value("attempt_timeout", show(attempt))
            .text(" is not shorter than ")
            .value("timeout", show(timeout));
        let shorter = |limit| Edit::set_text("attempt_timeout", written(limit));
        let longer = Edit::set_text(
            "timeout",
            written(Duration::from_secs(attempt.as_secs() + 1)),
        );
        let fits = attempt_that_fits(function).map(shorter);
        let fixes = fits.into_iter().chain([shorter(timeout / 2), longer]);
        (problem, these(fixes.map(|edit| Fix::edit([edit]))))
    })
}

fn backoff_without_retries(options: &Options) -> Option<Finding<'_>> {
    (options.is_given("backoff") && options.function.retries == 0).then(|| {
        let problem = Problem::new()
            .key("backoff")
            .text(" has no effect, because ")
            .key("retries")
            .text(" is 0");
        let fixes = these([Fix::remove("backoff"), Fix::remove("retries")]);
        (problem, fixes)
    })
}

fn init_timeout(options: &Options) -> Option<Finding<'_>> {
    let timeout = options.function.timeout;
    (options.is_given("init") && timeout < INIT_TIMEOUT).then(|| {
        let problem = Problem::from("Lambda allows ")
            .key("init")
            .text(format!(
                " {}, but repeats a longer one within ",
                show(INIT_TIMEOUT)
            ))
            .value("timeout", show(timeout));
        let fix = Fix::set_text("timeout", written(INIT_TIMEOUT));
        (problem, these([fix]))
    })
}

fn concurrency_over_batch(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let (concurrency, batch) = (function.concurrency, function.batch_size);
    (options.is_given("concurrency") && concurrency > batch).then(|| {
        let problem = Problem::new()
            .value("concurrency", concurrency)
            .text(" is higher than ")
            .value("batch_size", batch);
        let fixes = vec![
            Fix::set("concurrency", batch),
            Fix::set("batch_size", concurrency),
        ];
        (problem, these(fixes))
    })
}

fn env_size(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    // The region and the account of a queue's URL are known at deployment only.
    let url = "u".repeat(limits::QUEUE_URL_BYTES);
    let own = function.queue_variables().map(|name| (name, url.as_str()));
    // A parameter may be empty.
    let shortest = |value: &ParameterText| value.with(|_| String::new());
    let variables = function.env.iter();
    let variables: Vec<_> = variables
        .map(|(name, value)| (name, shortest(value)))
        .collect();
    let variables = variables.iter();
    let variables = variables.map(|(name, value)| (name.as_str(), value.as_str()));
    let bytes = limits::environment_bytes(variables.chain(own));
    let most = limits::ENVIRONMENT_BYTES;
    (bytes > most && !function.env.is_empty()).then(|| {
        let problem = format!(
            "the variables of the worker have {bytes} bytes as JSON, but Lambda allows {most}"
        );
        let advice = "keep large values in SSM Parameter Store or AppConfig";
        (problem.into(), these([Fix::advice(advice)]))
    })
}

fn policies_quota(options: &Options) -> Option<Finding<'_>> {
    let count = options.function.policies.len();
    (count > 10).then(|| {
        let problem = Problem::new().key("policies").text(format!(
            " lists {count} managed policies, but a role has at most 10"
        ));
        let accept = allow(&catalog::POLICIES_QUOTA, options);
        let accepted = format!("if the account has a higher quota, write {accept}");
        let fixes = vec![
            Fix::edit([accept]).described(accepted),
            Fix::advice("otherwise combine several policies into one"),
        ];
        (problem, these(fixes))
    })
}
