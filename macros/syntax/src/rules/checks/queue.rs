//! Checks of the queues and the event source mapping.

use redrive_model::duration::show;
use redrive_model::{Alarms, Pollers, limits};

use super::retention::{dlq_retention, expires_before_dlq};
use super::{
    Check, Finding, INTENDED, Rule, accept, allow, catalog, found, longer_than, set_duration,
    shorter_than,
};
use crate::diagnostic::{Edit, Fix};
use crate::function::Function;
use crate::options::Options;
use crate::parameter_text::ParameterText;
use crate::queue_name::{self, LONGEST};
use crate::queues;
use crate::setting::Setting as _;

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
    (
        &catalog::POLLERS_OR_MAX_CONCURRENCY,
        pollers_or_max_concurrency,
    ),
    (&catalog::POLLERS_HIGH, pollers_high),
    (&catalog::ALARM_OLDEST, alarm_oldest),
    (&catalog::DLQ_RETENTION, dlq_retention),
    (&catalog::EXPIRES_BEFORE_DLQ, expires_before_dlq),
];

fn queue_name(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let queue = ("queue", Some(&function.queue));
    let dlq = ("dlq", function.dlq.as_ref());
    let queues = [queue, dlq, ("parking", function.parking.as_ref())];
    let wrong: Vec<_> = queues
        .into_iter()
        .filter_map(|(key, text)| Some((key, text?, queue_name::problem_of(key, text?)?)))
        .collect();
    let (_, _, problem) = wrong.first()?;
    let meant = |text: &ParameterText| queue_name::meant(&text.to_string());
    let mut names = wrong.iter().map(|(_, text, _)| meant(text));
    let fixes = if let Some((key, ..)) = wrong.iter().find(|(_, text, _)| queues::is_arn(text)) {
        let example = "arn:aws:sqs:eu-west-1:123456789012:orders";
        vec![Fix::advice(format!("for example, `{key} = \"{example}\"`"))]
    } else if wrong.iter().any(|(_, text, _)| text.literal().is_none()) {
        vec![Fix::advice("correct the text around the parameters")]
    } else if names.clone().any(|name| name.len() > LONGEST) {
        vec![Fix::advice(format!("use at most {LONGEST} characters"))]
    } else {
        let renamed = wrong.iter();
        let renamed = renamed.map(|(key, text, _)| Edit::set_text(key, meant(text)));
        let renamed: Vec<_> = renamed.collect();
        let order = allow(&catalog::FIFO_DLQ_ORDER, options);
        let arns = wrong.iter().map(|(key, text, _)| {
            let arn = queue_name::arn_of_url(text.literal()?)?;
            Some(Edit::set_text(key, arn))
        });
        let arns: Option<Vec<_>> = arns.collect();
        let mut fixes: Vec<_> = arns.map(Fix::edit).into_iter().collect();
        fixes.push(Fix::edit(renamed.clone()));
        if names.any(|name| name.ends_with(".fifo")) {
            fixes.push(Fix::edit(renamed.into_iter().chain([order])));
        }
        if function.dlq.is_some() {
            fixes.push(Fix::advice("name a queue and a DLQ of one type"));
        }
        fixes
    };
    Some(found(problem, fixes))
}

fn batch_needs_window(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let is_broken =
        !function.is_fifo() && function.batch_size > 10 && function.batch_window.is_zero();
    is_broken.then(|| {
        let problem = format!(
            "`batch_size` ({}) is over 10, which needs a `batch_window` of at least 1 s",
            function.batch_size
        );
        let window = Fix::set_text("batch_window", "1s");
        found(problem, [window].into_iter().chain(batch_of_10()))
    })
}

fn fifo_batch_size(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    (function.is_fifo() && function.batch_size > 10).then(|| {
        let problem = format!(
            "`batch_size` ({}) is over 10, the maximum for a FIFO queue",
            function.batch_size
        );
        found(problem, batch_of_10())
    })
}

fn batch_of_10() -> [Fix; 2] {
    let smaller = Edit::set("batch_size", 10);
    [
        Fix::edit([smaller.clone()]),
        Fix::edit([smaller, Edit::set("concurrency", 10)]),
    ]
}

fn fifo_batch_window(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    (function.is_fifo() && !function.batch_window.is_zero()).then(|| {
        let problem = "a FIFO queue does not support `batch_window`";
        found(problem, [Fix::remove("batch_window")])
    })
}

fn fifo_dlq_order(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    (function.is_fifo() && function.has_dlq()).then(|| {
        let if_it_may = "if the order may break after a failure";
        let fixes = [
            accept(&catalog::FIFO_DLQ_ORDER, options, if_it_may),
            Fix::advice("otherwise use a standard queue: remove `.fifo` from its name"),
        ];
        found("a DLQ breaks the strict order of a FIFO queue", fixes)
    })
}

fn group_failure_needs_fifo(options: &Options) -> Option<Finding<'_>> {
    (!options.function.is_fifo() && options.is_given("on_group_failure")).then(|| {
        let fixes = [
            Fix::remove("on_group_failure"),
            Fix::advice("if the queue is a FIFO queue, end the name in `queue` with `.fifo`"),
        ];
        found("`on_group_failure` applies to FIFO queues only", fixes)
    })
}

/// The ways to a visibility timeout that is long enough: its default, and with that
/// a message that reaches the DLQ in time.
fn longer_visibility(function: &Function) -> [Fix; 3] {
    let default = function.recommended_visibility();
    let remove = || Edit::remove("visibility_timeout");
    let receives = function.receives();
    let retention = longer_than(default * receives);
    let fewer = shorter_than(function.retention).as_secs() / default.as_secs();
    let fewer = fewer.saturating_sub((receives - function.max_receive_count).into());
    [
        Fix::edit([remove()]).described(format!("remove it to use the default, {}", show(default))),
        Fix::edit([remove(), set_duration("retention", retention)]),
        Fix::edit([remove(), Edit::set("max_receive_count", fewer.max(1))]),
    ]
}

fn visibility_timeout(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    (function.visibility_timeout < function.timeout).then(|| {
        let problem = format!(
            "`visibility_timeout` ({}) is shorter than `timeout` ({})",
            show(function.visibility_timeout),
            show(function.timeout)
        );
        found(problem, longer_visibility(function))
    })
}

fn visibility_window(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let floor = function.timeout + function.batch_window;
    (!function.batch_window.is_zero() && function.visibility_timeout <= floor).then(|| {
        let problem = format!(
            "`visibility_timeout` ({}) is not longer than `batch_window` and `timeout` together ({})",
            show(function.visibility_timeout),
            show(floor)
        );
        found(problem, longer_visibility(function))
    })
}

fn visibility_recommended(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let least = function.recommended_visibility();
    (function.visibility_timeout < least).then(|| {
        let problem = format!(
            "`visibility_timeout` ({}) is shorter than AWS recommends: 6 × `timeout` + `batch_window` ({})",
            show(function.visibility_timeout),
            show(least)
        );
        let [default, ..] = longer_visibility(function);
        let accept = accept(&catalog::VISIBILITY_RECOMMENDED, options, INTENDED);
        found(problem, [default, accept])
    })
}

fn receive_count_low(options: &Options) -> Option<Finding<'_>> {
    let count = options.function.max_receive_count;
    (count < 5).then(|| {
        let problem =
            format!("`max_receive_count` ({count}) is below 5, the minimum that AWS recommends");
        let fixes = [
            Fix::set("max_receive_count", 5),
            accept(&catalog::RECEIVE_COUNT_LOW, options, INTENDED),
        ];
        found(problem, fixes)
    })
}

fn pollers_or_max_concurrency(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    (function.pollers.is_some() && function.max_concurrency.is_some()).then(|| {
        let fixes = ["max_concurrency", "pollers"].map(Fix::remove);
        found("`pollers` and `max_concurrency` exclude each other", fixes)
    })
}

fn pollers_high(options: &Options) -> Option<Finding<'_>> {
    let Pollers { min, max } = options.function.pollers?;
    let known = limits::FORMER_MAXIMUM_POLLERS;
    (max > known).then(|| {
        let problem = format!(
            "the maximum of `pollers` is {max}, over {known}, the maximum in older documents and tools"
        );
        let fixes = [
            Fix::set_text("pollers", format_args!("{min}..{known}")),
            accept(&catalog::POLLERS_HIGH, options, INTENDED),
        ];
        found(problem, fixes)
    })
}

fn alarm_oldest(options: &Options) -> Option<Finding<'_>> {
    let Function {
        alarms, retention, ..
    } = &options.function;
    let oldest = alarms
        .oldest
        .filter(|oldest| alarms.enabled && oldest >= retention)?;
    let problem = format!(
        "`oldest` ({}) is not shorter than `retention` ({}), so its alarm never rings",
        show(oldest),
        show(*retention)
    );
    let shorter = Alarms {
        oldest: Some(shorter_than(*retention)),
        ..alarms.clone()
    };
    let fixes = [
        Fix::set("alarms", shorter.written().unwrap_or_default()),
        Fix::edit([set_duration("retention", longer_than(oldest))]),
        Fix::remove("alarms"),
    ];
    Some(found(problem, fixes))
}
