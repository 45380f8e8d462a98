//! Rules about the worker function: its time, its environment, its role.

use std::time::Duration;

use super::queue::seconds;
use super::{Level, Rule};
use crate::environment::MOST_BYTES;
use crate::function::Function;
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
        ],
        reason: "All messages of a batch, with every retry and the longest waits between them, must fit in the function's timeout; else the last ones are cut off and come back with nothing wrong with them. Counted are ceil(batch_size / concurrency) × ((retries + 1) × attempt_timeout + waits) and half a second for the answer; without `attempt_timeout` the waits alone, since only you know how long an attempt takes.",
        link: "",
        fails: "#[sqs_batch(retries = 5, backoff = \"1s..10s\")]",
        passes: "#[sqs_batch(retries = 5, backoff = \"1s..10s\", concurrency = 10)]",
        check: Some(retry_budget),
    },
    Rule {
        id: "attempt_timeout",
        level: Level::Error,
        keys: &["attempt_timeout", "timeout"],
        reason: "An attempt ends with the invocation at the latest, so a longer limit for it would never be reached.",
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
        fails: "",
        passes: "#[sqs_batch(env(LEVEL = \"info\"))]",
        check: Some(env_size),
    },
    Rule {
        id: "policies_quota",
        level: Level::Error,
        keys: &["policies"],
        reason: "A role has at most 10 managed policies.",
        link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
        fails: "",
        passes: "#[sqs_batch(policies = [\"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess\"])]",
        check: Some(policies_quota),
    },
];

/// What the worker keeps for its answer.
const MARGIN: Duration = Duration::from_millis(500);

fn budget(function: &Function, concurrency: u32, batch_size: u32, retries: u32) -> Duration {
    let rounds = batch_size.div_ceil(concurrency);
    let attempts = function.attempt_timeout.unwrap_or_default() * (retries + 1);
    (attempts + function.backoff.longest(retries)) * rounds + MARGIN
}

fn retry_budget(options: &Options) -> Option<String> {
    let function = &options.function;
    let timeout = Duration::from_secs(u64::from(function.timeout));
    let (concurrency, batch_size, retries) =
        (function.concurrency, function.batch_size, function.retries);
    if retries == 0 && function.attempt_timeout.is_none() {
        return None;
    }
    let needed = budget(function, concurrency, batch_size, retries);
    if needed <= timeout
        || function
            .attempt_timeout
            .is_some_and(|attempt| attempt >= timeout)
    {
        return None;
    }
    let fits = |concurrency, batch_size, retries| {
        budget(function, concurrency, batch_size, retries) <= timeout
    };
    let mut ways = Vec::new();
    let whole = needed.as_millis().div_ceil(1000);
    if whole <= 900 {
        ways.push(format!("`timeout = \"{whole}s\"`"));
    }
    if let Some(fitting) =
        (concurrency + 1..=batch_size.min(1_000)).find(|more| fits(*more, batch_size, retries))
    {
        ways.push(format!("`concurrency = {fitting}`"));
    }
    if let Some(fitting) = (0..retries)
        .rev()
        .find(|fewer| fits(concurrency, batch_size, *fewer))
    {
        ways.push(format!("`retries = {fitting}`"));
    }
    if let Some(fitting) = (1..batch_size)
        .rev()
        .find(|fewer| fits(concurrency, *fewer, retries))
    {
        ways.push(format!("`batch_size = {fitting}`"));
    }
    let ways = match ways.is_empty() {
        true => "lower more than one of `retries`, `backoff`, `attempt_timeout` and `batch_size`"
            .to_owned(),
        false => format!("write {}", ways.join(", or ")),
    };
    Some(format!(
        "the retries do not fit in `timeout`: {} and 500ms for the answer is {}, but `timeout` is {}; {ways}",
        sum(function),
        show(needed),
        seconds(function.timeout)
    ))
}

fn sum(function: &Function) -> String {
    let rounds = function.batch_size.div_ceil(function.concurrency);
    let waits = show(function.backoff.longest(function.retries));
    let rows = match function.concurrency {
        1 => format!("{rounds} messages"),
        at_once => format!("{rounds} rounds of {at_once} messages"),
    };
    match function.attempt_timeout {
        Some(attempt) => format!(
            "{rows} × ({} attempts × {} + waits of up to {waits})",
            function.retries + 1,
            show(attempt)
        ),
        None => format!("{rows} × waits of up to {waits}"),
    }
}

fn attempt_timeout(options: &Options) -> Option<String> {
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
        format!(
            "`concurrency` is {}, but a batch has at most {} messages; raise `batch_size`, or write `concurrency = {}`",
            function.concurrency, function.batch_size, function.batch_size
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
    (count > 10).then(|| format!("a role has at most 10 managed policies, but `policies` lists {count}; join some of them"))
}
