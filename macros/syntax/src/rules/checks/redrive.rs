//! Checks of the scheduled redrive.

use std::time::Duration;

use jiff::tz::TimeZone;
use redrive_model::duration::show;
use redrive_model::limits::{LONGEST_RETENTION, QUEUE_NAME_CHARACTERS};
use redrive_model::policy::OnPermanent;
use redrive_model::words::list;

use super::{
    Check, Finding, INTENDED, Rule, accept, catalog, found, longer_than, set_duration, shorter_than,
};
use crate::diagnostic::{Edit, Fix};
use crate::options::Options;
use crate::queues::is_fifo;
use crate::schedule::{self, DAY_OF_WEEK, HOUR, Schedule, YEAR, weekday_names};

const DAY: Duration = Duration::from_secs(86_400);

pub(super) const CHECKS: &[(&Rule, Check)] = &[
    (&catalog::REDRIVE_WITHOUT_SCHEDULE, redrive_without_schedule),
    (&catalog::PARKING_UNUSED, parking_unused),
    (&catalog::PARKING_DISTINCT, parking_distinct),
    (&catalog::PARKING_QUEUE, parking_queue),
    (&catalog::RECURSIVE_LOOP, recursive_loop),
    (&catalog::REDRIVE_YEAR, redrive_year),
    (&catalog::REDRIVE_GAP, redrive_gap),
    (&catalog::REDRIVE_DST_GAP, redrive_dst_gap),
    (&catalog::REDRIVE_WEEKDAY_NUMBER, redrive_weekday_number),
];

fn redrive_without_schedule(options: &Options) -> Option<Finding<'_>> {
    let settings = [
        "redrive_timezone",
        "redrive_max_per_second",
        "redrive_rounds",
    ];
    let given = settings.into_iter().filter(|key| options.is_given(key));
    let given: Vec<_> = given.collect();
    let is_broken = !given.is_empty() && !options.is_given("dlq_redrive");
    is_broken.then(|| {
        let names: Vec<_> = given.iter().map(|key| format!("`{key}`")).collect();
        let have = match names.as_slice() {
            [one] => format!("{one} has"),
            many => format!("{} have", list(many, "and")),
        };
        let problem = format!("{have} no effect without `dlq_redrive`");
        let fixes = [
            Fix::set_text("dlq_redrive", "cron(0 23 * * ? *)"),
            Fix::set_text("dlq_redrive", "rate(1 hour)"),
            Fix::edit(given.into_iter().map(Edit::remove)),
        ];
        found(problem, fixes)
    })
}

fn parking_unused(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    (function.parking.is_some() && !function.has_parking()).then(|| {
        let problem = match function.dlq_redrive {
            Some(_) => "`parking` has no effect, because redrives have no limit",
            None => "`parking` has no effect without `dlq_redrive`",
        };
        let fixes = [
            Fix::remove("parking"),
            Fix::remove("redrive_rounds"),
            Fix::set_text("dlq_redrive", "cron(0 23 * * ? *)"),
            Fix::set_text("on_permanent", "park"),
        ];
        found(problem, fixes)
    })
}

fn parking_distinct(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let parking = function.parking.as_ref()?;
    let problem = match parking {
        queue if *queue == function.queue => "`parking` is the source queue",
        dlq if function.has_dlq() && *dlq == function.dlq() => "`parking` is the DLQ",
        _ => return None,
    };
    Some(found(problem, [Fix::remove("parking")]))
}

fn parking_queue(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    if !function.has_parking() {
        return None;
    }
    if let Some(parking) = &function.parking {
        let is_other = is_fifo(parking).is_some_and(|is| is != function.is_fifo());
        let problem = "`parking` is of another type than the queue: only one is a FIFO queue";
        return is_other.then(|| found(problem, [Fix::remove("parking")]));
    }
    // What parameters hold is not known.
    let known = function.parking().with(|_| String::new());
    (known.len() > QUEUE_NAME_CHARACTERS).then(|| {
        let length = function.parking_name().len() - "-parked".len();
        let most = QUEUE_NAME_CHARACTERS - "-parked".len();
        let problem = format!(
            "queue name has {length} characters; at most {most} leave room for `-parked`, the parking queue's suffix"
        );
        let shorter = Fix::advice("write a shorter name with `parking = \"…\"`");
        found(problem, [shorter])
    })
}

fn recursive_loop(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let is_unlimited = function.dlq_redrive.is_some() && function.rounds().is_none();
    (is_unlimited && function.on_permanent == OnPermanent::Dlq).then(|| {
        let problem =
            "a message that the worker sends on is stopped by Lambda after about 16 rounds";
        let fixes = [
            Fix::remove("redrive_rounds"),
            Fix::set_text("on_permanent", "park"),
            accept(&catalog::RECURSIVE_LOOP, options, INTENDED),
        ];
        found(problem, fixes)
    })
}

/// The schedule, and the time zone that it is in.
fn redrive(options: &Options) -> Option<(&Schedule, TimeZone)> {
    let zone = schedule::timezone(&options.function.redrive_timezone).ok()?;
    Some((options.function.dlq_redrive.as_ref()?, zone))
}

fn redrive_year(options: &Options) -> Option<Finding<'_>> {
    let (schedule, _) = redrive(options)?;
    let year = schedule.field(&YEAR)?;
    (!schedule.runs_every_year()).then(|| {
        let problem =
            format!("the DLQ is not redriven outside the years `{year}` of `dlq_redrive`");
        let fixes = [
            Fix::set_text("dlq_redrive", schedule.with_field(&YEAR, "*")),
            accept(&catalog::REDRIVE_YEAR, options, INTENDED),
        ];
        found(problem, fixes)
    })
}

fn redrive_gap(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let (schedule, zone) = redrive(options)?;
    // The age that a message may have when it reaches the DLQ.
    let age = match function.is_fifo() {
        true => Duration::ZERO,
        false => function.retention,
    };
    let left = function.dlq_retention.saturating_sub(age);
    // Changes of a clock are weeks apart, and each skips the runs of less than a day. Most
    // schedules are so frequent that the search for the worst change is spared.
    if schedule.longest_gap()? * 2 + DAY < left {
        return None;
    }
    let gap = schedule.longest_gap_in(&zone)?;
    (gap >= left).then(|| {
        let is_skipped = gap > schedule.longest_gap().unwrap_or_default()
            && schedule.in_dst_gap(&zone).is_some();
        let (skips, what) = match (is_skipped, function.is_fifo()) {
            (true, _) => ("daylight saving skips a run: ", "messages have"),
            (false, true) => ("", "`dlq_retention` is"),
            (false, false) => ("", "`dlq_retention` minus `retention` is"),
        };
        let problem = format!(
            "{skips}up to {} between redrives, but {what} {}",
            show(gap),
            show(left)
        );
        let younger =
            |kept: Duration| set_duration("retention", shorter_than(kept.saturating_sub(gap)));
        let is_standard = !function.is_fifo();
        let fixes = [
            is_skipped
                .then(|| at_another_hour(schedule, &zone))
                .flatten()
                .map(|edit| vec![edit]),
            is_standard.then(|| vec![younger(function.dlq_retention)]),
            Some(vec![set_duration("dlq_retention", longer_than(gap + age))]),
            more_often(schedule, &zone, left).map(|edit| vec![edit]),
            is_standard.then(|| {
                vec![
                    younger(LONGEST_RETENTION),
                    set_duration("dlq_retention", LONGEST_RETENTION),
                ]
            }),
        ];
        found(problem, fixes.into_iter().flatten().map(Fix::edit))
    })
}

/// The same time on every day, or else a rate.
fn more_often(schedule: &Schedule, zone: &TimeZone, left: Duration) -> Option<Edit> {
    let daily = schedule.daily();
    let often = daily.iter().map(String::as_str);
    let gap = |text: &str| Schedule::parse(text).ok()?.longest_gap_in(zone);
    let is_often =
        |text: &&str| *text != schedule.as_str() && gap(text).is_some_and(|gap| gap < left);
    let mut often = often.chain(["rate(1 hour)", "rate(1 minute)"]);
    let text = often.find(is_often)?;
    Some(Edit::set_text("dlq_redrive", text))
}

/// The schedule at the next hour that exists on every day.
fn at_another_hour(schedule: &Schedule, zone: &TimeZone) -> Option<Edit> {
    let hour: u32 = schedule.field(&HOUR)?.parse().ok()?;
    let hours = (1..24).map(|later| ((hour + later) % 24).to_string());
    let mut schedules = hours.map(|hour| schedule.with_field(&HOUR, &hour));
    let text = schedules.find(|text| {
        Schedule::parse(text).is_ok_and(|schedule| schedule.in_dst_gap(zone).is_none())
    })?;
    Some(Edit::set_text("dlq_redrive", text))
}

fn redrive_dst_gap(options: &Options) -> Option<Finding<'_>> {
    let (schedule, zone) = redrive(options)?;
    let run = schedule.in_dst_gap(&zone)?;
    let problem = format!(
        "the run of {run} is skipped: daylight saving begins, and clocks go forward over it"
    );
    let fix = match at_another_hour(schedule, &zone) {
        Some(edit) => Fix::edit([edit]),
        None => Fix::advice("choose an hour that exists on every day"),
    };
    Some(found(problem, [fix]))
}

fn redrive_weekday_number(options: &Options) -> Option<Finding<'_>> {
    let (schedule, _) = redrive(options)?;
    let days = schedule.field(&DAY_OF_WEEK)?;
    // `6L` and `3#2` are days of a month, too rare for any DLQ: `redrive_gap` reports them.
    let is_of_a_month = days.contains(['L', '#']);
    if is_of_a_month || !days.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let named = schedule.with_field(&DAY_OF_WEEK, &weekday_names(days, 1));
    let problem =
        format!("weekday numbers in `{days}` count from 1 = Sunday, unlike those of unix cron");
    let fix = Fix::set_text("dlq_redrive", &named);
    let text = format!("if these are the intended days, write {}", fix.edits[0]);
    Some(found(problem, [fix.described(text)]))
}
