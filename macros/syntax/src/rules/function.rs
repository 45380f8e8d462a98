//! Rules about the worker function: its time, its environment, its role.

use std::time::Duration;

use super::queue::{fifo_batch_size, seconds};
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
            "queue",
        ],
        reason: "All messages of a batch, with every retry and the longest waits between them, must fit in the function's timeout; else the last ones are cut off and come back with nothing wrong with them. Counted are ceil(batch_size / concurrency) × ((retries + 1) × attempt_timeout + waits) and half a second for the answer; without `attempt_timeout` the waits alone, since only you know how long an attempt takes. On a FIFO queue all messages may be of one group, which are handled one after another, so `concurrency` does not count.",
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

/// What the worker keeps for its answer.
const MARGIN: Duration = Duration::from_millis(500);

/// How many messages run one after another in the worst batch: of a FIFO queue
/// all may be of one group.
fn rounds(function: &Function) -> u32 {
    match function.is_fifo() {
        true => function.batch_size,
        false => function.batch_size.div_ceil(function.concurrency),
    }
}

fn budget(function: &Function) -> Duration {
    let attempts = function.attempt_timeout.unwrap_or_default() * (function.retries + 1);
    (attempts + function.backoff.longest(function.retries)) * rounds(function) + MARGIN
}

fn retry_budget(options: &Options) -> Option<String> {
    let function = &options.function;
    let timeout = Duration::from_secs(u64::from(function.timeout));
    if function.retries == 0 && function.attempt_timeout.is_none() {
        return None;
    }
    let needed = budget(function);
    // A value that cannot stay as it is is another rule's business.
    if needed <= timeout || attempt_timeout(options).is_some() || fifo_batch_size(options).is_some()
    {
        return None;
    }
    Some(format!(
        "the retries do not fit in `timeout`: {} and 500ms for the answer is {}, but `timeout` is {}; {}",
        sum(function),
        show(needed),
        seconds(function.timeout),
        ways_out(function, needed)
    ))
}

/// The keys that could change, each with the nearest value that fits.
fn ways_out(function: &Function, needed: Duration) -> String {
    let fits = |change: &dyn Fn(&mut Function)| {
        let mut changed = function.clone();
        change(&mut changed);
        budget(&changed) <= Duration::from_secs(u64::from(changed.timeout))
    };
    let whole = needed.as_millis().div_ceil(1000);
    let timeout = (whole <= 900).then(|| format!("`timeout = \"{whole}s\"`"));
    let mut at_once = function.concurrency + 1..=function.batch_size.min(1_000);
    let concurrency = at_once.find(|more| fits(&|changed| changed.concurrency = *more));
    let retries = (0..function.retries)
        .rev()
        .find(|fewer| fits(&|changed| changed.retries = *fewer));
    let batch_size = (1..function.batch_size)
        .rev()
        .find(|fewer| fits(&|changed| changed.batch_size = *fewer));
    let ways: Vec<_> = [
        timeout,
        concurrency.map(|fitting| format!("`concurrency = {fitting}`")),
        retries.map(|fitting| format!("`retries = {fitting}`")),
        batch_size.map(|fitting| format!("`batch_size = {fitting}`")),
    ]
    .into_iter()
    .flatten()
    .collect();
    match ways.is_empty() {
        true => "lower more than one of `retries`, `backoff`, `attempt_timeout` and `batch_size`"
            .to_owned(),
        false => format!("write {}", ways.join(", or ")),
    }
}

fn sum(function: &Function) -> String {
    let waits = show(function.backoff.longest(function.retries));
    let rows = match (function.is_fifo(), function.concurrency) {
        (true, _) => format!("{} messages that may be of one group", rounds(function)),
        (false, 1) => format!("{} messages", rounds(function)),
        (false, at_once) => format!("{} rounds of {at_once} messages", rounds(function)),
    };
    match function.attempt_timeout {
        Some(attempt) => {
            format!(
                "{rows} × ({} attempts × {} + waits of up to {waits})",
                function.retries + 1,
                show(attempt)
            )
        }
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
    (count > 10).then(|| format!("a role has at most 10 managed policies unless the account has a higher quota, but `policies` lists {count}; join some of them, or write `allow = \"policies_quota\"`"))
}
