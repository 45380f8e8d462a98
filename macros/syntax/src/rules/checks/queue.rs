//! Rules about the queues and the event source mapping.

use super::offer::{allow, mends, set, set_text, text, ways};
use super::retention::{dlq_retention, expires_before_dlq};
use super::{Check, Rule, catalog};
use crate::function::Function;
use crate::options::Options;
use crate::queue_name::{LONGEST_NAME, is_in_a_name, named_alike};
use redrive_model::duration::show;

pub(super) const CHECKS: &[(&Rule, Check)] = &[
    (&catalog::QUEUE_NAME, queue_name),
    (&catalog::BATCH_NEEDS_WINDOW, batch_needs_window),
    (&catalog::FIFO_BATCH_SIZE, fifo_batch_size),
    (&catalog::FIFO_BATCH_WINDOW, fifo_batch_window),
    (&catalog::FIFO_DLQ_ORDER, fifo_dlq_order),
    (&catalog::GROUP_FAILURE_NEEDS_FIFO, group_failure_needs_fifo),
    (&catalog::VISIBILITY_TIMEOUT, visibility_timeout),
    (&catalog::VISIBILITY_WINDOW, visibility_window),
    (&catalog::VISIBILITY_RECOMMENDED, visibility_recommended),
    (&catalog::RECEIVE_COUNT_LOW, receive_count_low),
    (&catalog::DLQ_RETENTION, dlq_retention),
    (&catalog::EXPIRES_BEFORE_DLQ, expires_before_dlq),
];

/// Whether this surely is a standard queue: a name that is refused may have
/// meant to end in `.fifo`.
pub(super) fn is_standard(options: &Options) -> bool {
    let name = &options.function.queue;
    let meant_fifo = queue_name(options).is_some() && name.to_lowercase().contains("fifo");
    !options.function.is_fifo() && !meant_fifo
}

fn recommended(function: &Function) -> String {
    show(function.recommended_visibility())
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

fn batch_needs_window(options: &Options) -> Option<String> {
    let function = &options.function;
    (is_standard(options) && function.batch_size > 10 && function.batch_window.is_zero()).then(
        || {
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
        },
    )
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
    (function.is_fifo() && !function.batch_window.is_zero())
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
            show(function.visibility_timeout),
            show(function.timeout),
            longer("visibility_timeout", options),
        )
    })
}

fn visibility_window(options: &Options) -> Option<String> {
    let function = &options.function;
    let floor = function.timeout + function.batch_window;
    let is_short = !function.batch_window.is_zero() && function.visibility_timeout <= floor;
    let is_refused = fifo_batch_window(options).is_some() || visibility_timeout(options).is_some();
    (is_short && !is_refused).then(|| {
        format!(
            "`visibility_timeout` is {}, but must be over `batch_window` and `timeout` together, {}; {}",
            show(function.visibility_timeout),
            show(floor),
            longer("visibility_window", options),
        )
    })
}

fn visibility_recommended(options: &Options) -> Option<String> {
    let function = &options.function;
    let least = function.recommended_visibility();
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
            show(function.visibility_timeout),
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
