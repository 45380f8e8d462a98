//! Rules about the queues and the event source mapping.

use super::offer::{allow, mends, set, set_text, text, ways};
use super::retention::{dlq_retention, expires_before_dlq};
use super::{Level, Rule};
use crate::function::{Function, recommended_visibility};
use crate::options::Options;
use crate::value::show;
use std::time::Duration;

const PARAMETERS: &str =
    "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html";
const CONFIGURE: &str = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html";
const CREATE_QUEUE: &str =
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html";
const RETENTION: &str = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html";
const DEAD_LETTER_QUEUES: &str = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "queue_name",
        level: Level::Error,
        keys: &["queue"],
        reason: "A queue's name has at most 80 letters, digits, `-` and `_`, and a FIFO queue's ends in `.fifo`. The DLQ's name is the queue's with `-dlq`, so 76 are left.",
        link: CREATE_QUEUE,
        fails: "#[sqs_batch(queue = \"new orders\")]",
        passes: "#[sqs_batch(queue = \"new-orders\")]",
        check: Some(queue_name),
    },
    Rule {
        id: "batch_needs_window",
        level: Level::Error,
        keys: &["batch_window", "batch_size", "queue"],
        reason: "A batch of over 10 messages needs a batching window of at least a second.",
        link: PARAMETERS,
        fails: "#[sqs_batch(batch_size = 100, concurrency = 10)]",
        passes: "#[sqs_batch(batch_size = 100, batch_window = \"1s\", concurrency = 10)]",
        check: Some(batch_needs_window),
    },
    Rule {
        id: "fifo_batch_size",
        level: Level::Error,
        keys: &["batch_size", "queue"],
        reason: "A batch from a FIFO queue has at most 10 messages.",
        link: PARAMETERS,
        fails: "#[sqs_batch(queue = \"orders.fifo\", batch_size = 11, allow = \"fifo_dlq_order\")]",
        passes: "#[sqs_batch(queue = \"orders.fifo\", batch_size = 10, allow = \"fifo_dlq_order\")]",
        check: Some(fifo_batch_size),
    },
    Rule {
        id: "fifo_batch_window",
        level: Level::Error,
        keys: &["batch_window", "queue"],
        reason: "A batching window is for standard queues only.",
        link: PARAMETERS,
        fails: "#[sqs_batch(queue = \"orders.fifo\", batch_window = \"5s\", allow = \"fifo_dlq_order\")]",
        passes: "#[sqs_batch(queue = \"orders.fifo\", allow = \"fifo_dlq_order\")]",
        check: Some(fifo_batch_window),
    },
    Rule {
        id: "fifo_dlq_order",
        level: Level::Deliberate,
        keys: &["queue"],
        reason: "A DLQ breaks the strict order of a FIFO queue: what comes behind a message that went to the DLQ is handled before it. redrive always has a DLQ, because a message that cannot succeed would otherwise block its group until it expires; say with `allow` that the order of what succeeds is enough.",
        link: DEAD_LETTER_QUEUES,
        fails: "#[sqs_batch(queue = \"orders.fifo\")]",
        passes: "#[sqs_batch(queue = \"orders.fifo\", allow = \"fifo_dlq_order\")]",
        check: Some(fifo_dlq_order),
    },
    Rule {
        id: "group_failure_needs_fifo",
        level: Level::Error,
        keys: &["on_group_failure", "queue"],
        reason: "Only a FIFO queue has an order that a failure can break; on a standard queue each message stands for itself.",
        link: "",
        fails: "#[sqs_batch(on_group_failure = \"stop_batch\")]",
        passes: "#[sqs_batch(queue = \"orders.fifo\", on_group_failure = \"stop_batch\", allow = \"fifo_dlq_order\")]",
        check: Some(group_failure_needs_fifo),
    },
    Rule {
        id: "visibility_timeout",
        level: Level::Error,
        keys: &["visibility_timeout", "timeout", "batch_window"],
        reason: "A message that becomes visible while it is being handled is handled twice. Lambda refuses a queue whose visibility timeout is shorter than the function's timeout.",
        link: CONFIGURE,
        fails: "#[sqs_batch(timeout = \"60s\", visibility_timeout = \"59s\")]",
        passes: "#[sqs_batch(timeout = \"60s\", visibility_timeout = \"60s\", allow = \"visibility_recommended\")]",
        check: Some(visibility_timeout),
    },
    Rule {
        id: "visibility_window",
        level: Level::Error,
        keys: &["visibility_timeout", "batch_window", "timeout", "queue"],
        reason: "The visibility timeout begins when a message is received, and the batching window is waited out before the function starts, so both must fit in it.",
        link: CONFIGURE,
        fails: "#[sqs_batch(timeout = \"60s\", batch_window = \"30s\", visibility_timeout = \"90s\")]",
        passes: "#[sqs_batch(timeout = \"60s\", batch_window = \"30s\", visibility_timeout = \"91s\", allow = \"visibility_recommended\")]",
        check: Some(visibility_window),
    },
    Rule {
        id: "visibility_recommended",
        level: Level::Warning,
        keys: &["visibility_timeout", "timeout", "batch_window", "queue"],
        reason: "AWS recommends six times the function's timeout plus the batching window, so that Lambda can try again when the function is throttled before a message is delivered twice.",
        link: CONFIGURE,
        fails: "#[sqs_batch(timeout = \"60s\", visibility_timeout = \"2m\")]",
        passes: "#[sqs_batch(timeout = \"60s\", visibility_timeout = \"6m\")]",
        check: Some(visibility_recommended),
    },
    Rule {
        id: "receive_count_low",
        level: Level::Warning,
        keys: &["max_receive_count"],
        reason: "AWS recommends at least 5 receives: throttled invocations count as receives too, and would send good messages to the DLQ.",
        link: CONFIGURE,
        fails: "#[sqs_batch(max_receive_count = 4)]",
        passes: "#[sqs_batch(max_receive_count = 5)]",
        check: Some(receive_count_low),
    },
    Rule {
        id: "dlq_retention",
        level: Level::Error,
        keys: &["dlq_retention", "retention", "queue"],
        reason: "On a standard queue a message keeps the time it was first sent when it moves to the DLQ. A DLQ that does not keep messages longer than the source queue deletes them as they arrive.",
        link: RETENTION,
        fails: "#[sqs_batch(retention = \"4d\", dlq_retention = \"4d\")]",
        passes: "#[sqs_batch(retention = \"4d\", dlq_retention = \"14d\")]",
        check: Some(dlq_retention),
    },
    Rule {
        id: "expires_before_dlq",
        level: Level::Error,
        keys: &[
            "retention",
            "visibility_timeout",
            "queue_backoff",
            "max_receive_count",
            "timeout",
            "batch_window",
            "queue",
        ],
        reason: "A message that keeps failing waits out the visibility timeout (or `queue_backoff`) after each receive, and SQS moves it to the DLQ after `max_receive_count` of them. If it expires before that, it is deleted without a trace.",
        link: CREATE_QUEUE,
        fails: "#[sqs_batch(retention = \"15m\")]",
        passes: "#[sqs_batch(retention = \"16m\")]",
        check: Some(expires_before_dlq),
    },
];

/// Whether this surely is a standard queue: a name that is refused may have
/// meant to end in `.fifo`.
pub(super) fn is_standard(options: &Options) -> bool {
    let name = &options.function.queue;
    let meant_fifo = queue_name(options).is_some() && name.to_lowercase().contains("fifo");
    !options.function.is_fifo() && !meant_fifo
}

fn recommended(function: &Function) -> String {
    seconds(recommended_visibility(
        function.timeout,
        function.batch_window,
    ))
}

pub(super) fn seconds(seconds: u32) -> String {
    show(Duration::from_secs(u64::from(seconds)))
}

/// Of a queue's 80 characters, what the DLQ's `-dlq` leaves.
const LONGEST_NAME: usize = 80 - "-dlq".len();

/// Whether a queue can have this name, and its DLQ the name made of it.
pub(crate) fn is_queue_name(name: &str) -> bool {
    let stem = name.strip_suffix(".fifo").unwrap_or(name);
    !stem.is_empty() && stem.chars().all(is_in_a_name) && name.len() <= LONGEST_NAME
}

fn queue_name(options: &Options) -> Option<String> {
    let name = &options.function.queue;
    let stem = name.strip_suffix(".fifo").unwrap_or(name);
    if let Some(wrong) = stem.chars().find(|c| !is_in_a_name(*c)) {
        let ways = ways(
            "queue_name",
            options,
            &[vec![set_text("queue", named_alike(name))]],
        );
        let way = ways.first().map(|way| format!("; write {way}"));
        return Some(format!(
            "the queue's name has `{wrong}`, but takes letters, digits, `-` and `_`, and `.fifo` at its end{}",
            way.unwrap_or_default()
        ));
    }
    if stem.is_empty() {
        return Some(format!(
            "the queue has no name; write `queue = \"orders{name}\"`"
        ));
    }
    (name.len() > LONGEST_NAME).then(|| {
        format!("the queue's name has {} characters, but the DLQ's name is longer by 4 and takes 80; use at most {LONGEST_NAME}", name.len())
    })
}

fn is_in_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// A name that a queue can have, for one that it cannot.
fn named_alike(name: &str) -> String {
    let place = name.len().saturating_sub(".fifo".len());
    let (stem, end) = match name.split_at_checked(place) {
        Some((stem, end)) if end.eq_ignore_ascii_case(".fifo") => (stem, ".fifo"),
        _ => (name, ""),
    };
    let words = stem.split(|c| !is_in_a_name(c));
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    match words.is_empty() {
        true => format!("orders{end}"),
        false => format!("{}{end}", words.join("-")),
    }
}

fn batch_needs_window(options: &Options) -> Option<String> {
    let function = &options.function;
    (is_standard(options) && function.batch_size > 10 && function.batch_window == 0).then(|| {
        let window = set_text("batch_window", "1s");
        let (fewer, at_once) = (set("batch_size", 10), set("concurrency", 10));
        let ways = ways(
            "batch_needs_window",
            options,
            &[vec![window], vec![fewer.clone()], vec![fewer, at_once]],
        );
        format!(
            "`batch_size` is {}, but over 10 messages need a window to gather in; write {}",
            function.batch_size,
            ways.first().map_or("", String::as_str),
        )
    })
}

pub(super) fn fifo_batch_size(options: &Options) -> Option<String> {
    let function = &options.function;
    (function.is_fifo() && function.batch_size > 10).then(|| {
        let mut way = vec![set("batch_size", 10)];
        way.extend((function.concurrency > 10).then(|| set("concurrency", 10)));
        format!(
            "`batch_size` is {}, but a FIFO queue gives at most 10 messages; write {}",
            function.batch_size,
            text(&way)
        )
    })
}

pub(super) fn fifo_batch_window(options: &Options) -> Option<String> {
    let function = &options.function;
    (function.is_fifo() && function.batch_window > 0)
        .then(|| "a FIFO queue has no batching window; remove `batch_window`".to_owned())
}

fn fifo_dlq_order(options: &Options) -> Option<String> {
    options.function.is_fifo().then(|| {
        let allow = allow("fifo_dlq_order", options);
        format!("a DLQ breaks the strict order of a FIFO queue; accept it with {allow}, or use a standard queue")
    })
}

fn group_failure_needs_fifo(options: &Options) -> Option<String> {
    (is_standard(options) && options.is_given("on_group_failure")).then(|| {
        "`on_group_failure` is for FIFO queues; remove it, or end the name of `queue` in `.fifo`".to_owned()
    })
}

/// How the visibility timeout becomes long enough for `rule`.
fn longer(rule: &'static str, options: &Options) -> String {
    match mends(rule, options, &[("visibility_timeout", None)]) {
        true => format!("leave it out for {}", recommended(&options.function)),
        false => "raise it, and `retention` with it, or lower `max_receive_count`".to_owned(),
    }
}

fn visibility_timeout(options: &Options) -> Option<String> {
    let function = &options.function;
    (function.visibility_timeout < function.timeout).then(|| {
        format!(
            "`visibility_timeout` is {}, but must be at least the `timeout` of {}; {}",
            seconds(function.visibility_timeout),
            seconds(function.timeout),
            longer("visibility_timeout", options),
        )
    })
}

fn visibility_window(options: &Options) -> Option<String> {
    let function = &options.function;
    let floor = function.timeout + function.batch_window;
    let is_short = function.batch_window > 0 && function.visibility_timeout <= floor;
    let is_refused = fifo_batch_window(options).is_some() || visibility_timeout(options).is_some();
    (is_short && !is_refused).then(|| {
        format!(
            "`visibility_timeout` is {}, but must be over `batch_window` and `timeout` together, {}; {}",
            seconds(function.visibility_timeout),
            seconds(floor),
            longer("visibility_window", options),
        )
    })
}

fn visibility_recommended(options: &Options) -> Option<String> {
    let function = &options.function;
    let least = recommended_visibility(function.timeout, function.batch_window);
    let is_refused = [fifo_batch_window, visibility_timeout, visibility_window]
        .iter()
        .any(|check| check(options).is_some());
    (function.visibility_timeout < least && !is_refused).then(|| {
        let rule = "visibility_recommended";
        let way = match mends(rule, options, &[("visibility_timeout", None)]) {
            true => "leave it out for that".to_owned(),
            false => format!("write {} if it has to be", allow(rule, options)),
        };
        format!(
            "`visibility_timeout` is {}, but AWS recommends six times `timeout` plus `batch_window`, {}; {way}",
            seconds(function.visibility_timeout),
            recommended(function),
        )
    })
}

fn receive_count_low(options: &Options) -> Option<String> {
    let count = options.function.max_receive_count;
    (count < 5).then(|| {
        let rule = "receive_count_low";
        let way = match mends(rule, options, &[set("max_receive_count", 5)]) {
            true => "write `max_receive_count = 5`".to_owned(),
            // Then a message would expire on its way to the DLQ.
            false => format!("write {} if it has to be", allow(rule, options)),
        };
        format!("`max_receive_count` is {count}, but AWS recommends at least 5, since throttled invocations count too; {way}")
    })
}
