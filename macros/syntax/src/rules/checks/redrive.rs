//! Rules about the scheduled redrive.

use std::time::Duration;

use super::offer::{set_text, ways};
use super::queue::is_standard;
use super::retention::{round_down, round_up};
use super::{Check, Rule, catalog};
use crate::options::Options;
use crate::schedule;
use redrive_model::duration::{show, written};

pub(super) const CHECKS: &[(&Rule, Check)] = &[
    (&catalog::REDRIVE_WITHOUT_SCHEDULE, redrive_without_schedule),
    (&catalog::REDRIVE_GAP, redrive_gap),
    (&catalog::REDRIVE_DST_GAP, redrive_dst_gap),
    (&catalog::REDRIVE_WEEKDAY_NUMBER, redrive_weekday_number),
];

fn redrive_without_schedule(options: &Options) -> Option<String> {
    if options.is_given("dlq_redrive") {
        return None;
    }
    let (timezone, rate) = ("redrive_timezone", "redrive_max_per_second");
    let (are_about, them) = match (options.is_given(timezone), options.is_given(rate)) {
        (false, false) => return None,
        (true, false) => (format!("`{timezone}` is about"), "it"),
        (false, true) => (format!("`{rate}` is about"), "it"),
        (true, true) => (format!("`{timezone}` and `{rate}` are about"), "them"),
    };
    let schedules = ["cron(0 23 * * ? *)", "rate(1 hour)"]
        .map(|schedule| vec![set_text("dlq_redrive", schedule)]);
    let way = match ways("redrive_without_schedule", options, &schedules).first() {
        Some(schedule) => format!("add {schedule}, or remove {them}"),
        None => format!("remove {them}"),
    };
    Some(format!("{are_about} a redrive that has no schedule; {way}"))
}

fn redrive_gap(options: &Options) -> Option<String> {
    let function = &options.function;
    let redrive = function.redrive()?;
    // A DLQ that keeps nothing longer is another rule's business.
    let left = match is_standard(options) {
        false => function.dlq_retention,
        true => function
            .dlq_retention
            .checked_sub(function.retention)
            .filter(|left| !left.is_zero())?,
    };
    let zone = schedule::timezone(&redrive.timezone).ok()?;
    let Some(gap) = redrive.schedule.longest_gap_in(&zone) else {
        return Some(
            "the schedule ends, and the DLQ is not redriven after that; leave the year out"
                .to_owned(),
        );
    };
    if gap < left {
        return None;
    }
    let rule = "redrive_gap";
    let already_old = match is_standard(options) {
        true => function.retention,
        false => Duration::ZERO,
    };
    let second = Duration::from_secs(1);
    let longer = round_up(gap + already_old + second);
    let longer = set_text("dlq_retention", written(longer));
    let younger = round_down(function.dlq_retention.saturating_sub(gap + second));
    let younger = set_text("retention", written(younger));
    let ways = match is_standard(options) {
        true => ways(rule, options, &[vec![younger], vec![longer]]),
        false => ways(rule, options, &[vec![longer]]),
    };
    let ways = match ways.is_empty() {
        true => String::new(),
        false => format!(", or write {}", ways.join(", or ")),
    };
    let (gap, kept, left) = (show(gap), show(function.dlq_retention), show(left));
    Some(match is_standard(options) {
        false => format!(
            "up to {gap} lie between two redrives, but the DLQ keeps a message for {kept} only; redrive more often{ways}"
        ),
        true => format!(
            "up to {gap} lie between two redrives, but a message may have only {left} left in the DLQ (`dlq_retention` - `retention`: {kept} - {}); redrive more often{ways}",
            show(function.retention),
        ),
    })
}

fn redrive_weekday_number(options: &Options) -> Option<String> {
    let redrive = options.function.redrive()?;
    let fields = redrive.schedule.as_str().strip_prefix("cron(")?;
    let days = fields.split_whitespace().nth(4)?.trim_end_matches(')');
    // `6L` and `3#2` are days of a month, too rare for any DLQ: `redrive_gap` says so.
    let is_of_a_month = days.contains(['L', '#']);
    if is_of_a_month || !days.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let names = days.chars().map(|c| match c.to_digit(10) {
        Some(day @ 1..=7) => {
            ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"][day as usize - 1].to_owned()
        }
        _ => c.to_string(),
    });
    Some(format!(
        "`{days}` counts from Sunday as 1, which is not how unix cron counts; write `{}` if those are the days you mean",
        names.collect::<String>()
    ))
}

fn redrive_dst_gap(options: &Options) -> Option<String> {
    let redrive = options.function.redrive()?;
    let zone = schedule::timezone(&redrive.timezone).ok()?;
    let example = redrive.schedule.in_dst_gap(&zone)?;
    Some(format!(
        "the run of {example} will be skipped, since clocks go forward over that time in {}; choose an hour that exists every day",
        redrive.timezone
    ))
}
