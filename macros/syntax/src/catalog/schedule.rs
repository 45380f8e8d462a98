//! Rules about the text of a schedule and its time zone.

use super::{examples, rules};

pub(super) const SCHEDULES: &str =
    "https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html";

rules! {
    /// A schedule is `cron(minutes hours day-of-month month day-of-week year)` or `rate(number unit)`. The year
    /// is optional; without it the schedule runs every year, and the template has `*`.
    SCHEDULE_FORM: Error = examples(
        r#"#[sqs_batch(dlq_redrive = "0 23 * * *")]"#,
        r#"#[sqs_batch(dlq_redrive = "cron(0 23 * * ? *)")]"#,
    )
    .see(SCHEDULES);

    /// Each field of `cron(…)` accepts certain numbers, names and signs. EventBridge Scheduler rejects others
    /// when the template is deployed.
    SCHEDULE_FIELD: Error = examples(
        r#"#[sqs_batch(dlq_redrive = "cron(0 25 * * ? *)")]"#,
        r#"#[sqs_batch(dlq_redrive = "cron(0 23 * * ? *)")]"#,
    )
    .see(SCHEDULES);

    /// One of day-of-month and day-of-week specifies the days, and the other is `?`.
    SCHEDULE_DAYS: Error = examples(
        r#"#[sqs_batch(dlq_redrive = "cron(0 23 * * SUN *)")]"#,
        r#"#[sqs_batch(dlq_redrive = "cron(0 23 ? * SUN *)")]"#,
    )
    .see(SCHEDULES);

    /// `rate(…)` accepts a positive whole number and minutes, hours or days.
    SCHEDULE_RATE: Error = examples(
        r#"#[sqs_batch(dlq_redrive = "rate(0 days)")]"#,
        r#"#[sqs_batch(dlq_redrive = "rate(2 days)")]"#,
    )
    .see(SCHEDULES);

    /// `at(…)` runs once, and a DLQ that fills again must be redriven again.
    SCHEDULE_AT: Error = examples(
        r#"#[sqs_batch(dlq_redrive = "at(2030-01-01T00:00:00)")]"#,
        r#"#[sqs_batch(dlq_redrive = "rate(1 day)")]"#,
    )
    .see(SCHEDULES);

    /// A schedule with a date that does not exist never runs, and the DLQ fills.
    SCHEDULE_NEVER_RUNS: Error = examples(
        r#"#[sqs_batch(dlq_redrive = "cron(0 23 30 2 ? *)")]"#,
        r#"#[sqs_batch(dlq_redrive = "cron(0 23 * * ? *)")]"#,
    )
    .see(SCHEDULES);

    /// EventBridge Scheduler accepts the names of the IANA time zone database.
    SCHEDULE_TIMEZONE: Error = examples(
        r#"#[sqs_batch(dlq_redrive = "rate(1 day)", redrive_timezone = "Asia/Jeruslem")]"#,
        r#"#[sqs_batch(dlq_redrive = "rate(1 day)", redrive_timezone = "Asia/Jerusalem")]"#,
    )
    .see(SCHEDULES);
}
