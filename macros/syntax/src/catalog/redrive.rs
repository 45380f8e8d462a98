//! Rules about the scheduled redrive.

use super::queue::{DEAD_LETTER_QUEUES, DLQ_RETENTION, QUEUE_NAME, RETENTION};
use super::schedule::SCHEDULES;
use super::system::QUEUE_TYPE;
use super::{examples, rules};

rules! {
    /// The time zone, the rate and the rounds are settings of the redrive, and there is no redrive without a schedule.
    REDRIVE_WITHOUT_SCHEDULE: Error = examples(
        r#"#[sqs_batch(redrive_timezone = "Asia/Jerusalem")]"#,
        r#"#[sqs_batch(dlq_redrive = "rate(1 day)", redrive_timezone = "Asia/Jerusalem")]"#,
    )
    .reads(&["redrive_timezone", "redrive_max_per_second", "redrive_rounds", "dlq_redrive"]);

    /// Messages are parked after their last round, so `redrive_rounds` has to be a number, or at once with
    /// `on_permanent = "park"`.
    PARKING_UNUSED: Error = examples(
        r#"#[sqs_batch(dlq_redrive = "rate(1 day)", redrive_rounds = "unlimited", parking = "given-up")]"#,
        r#"#[sqs_batch(dlq_redrive = "rate(1 day)", parking = "given-up")]"#,
    )
    .reads(&["parking", "dlq_redrive", "redrive_rounds", "on_permanent"]);

    /// The parking queue is neither the source queue nor its DLQ: from there, a parked message would be processed or
    /// redriven again.
    PARKING_DISTINCT: Error = examples(
        r#"#[sqs_batch(dlq_redrive = "rate(1 day)", dlq = "failed", parking = "failed")]"#,
        r#"#[sqs_batch(dlq_redrive = "rate(1 day)", dlq = "failed", parking = "given-up")]"#,
    )
    .reads(&["parking", "dlq", "queue"])
    .after(&[&PARKING_UNUSED]);

    /// The parking queue is of the type of the source queue. Its name is that of the source queue
    /// with `-parked`, so 73 characters are left for that.
    PARKING_QUEUE: Error = examples(
        r#"#[sqs_batch(dlq_redrive = "rate(1 day)", parking = "given-up.fifo")]"#,
        r#"#[sqs_batch(dlq_redrive = "rate(1 day)", parking = "given-up")]"#,
    )
    .reads(&["parking", "queue", "dlq", "fifo", "dlq_redrive", "redrive_rounds", "on_permanent"])
    .see(DEAD_LETTER_QUEUES)
    .after(&[&QUEUE_NAME, &QUEUE_TYPE, &PARKING_UNUSED, &PARKING_DISTINCT]);

    /// With `on_permanent = "dlq"` and no limit, a message that can never succeed is sent by the worker and redriven for
    /// ever. Lambda takes that for a function that invokes itself: after about 16 rounds it stops the chain, and the
    /// message goes to the DLQ without being run.
    RECURSIVE_LOOP: Warning = examples(
        r#"#[sqs_batch(dlq_redrive = "rate(1 day)", redrive_rounds = "unlimited", on_permanent = "dlq")]"#,
        r#"#[sqs_batch(dlq_redrive = "rate(1 day)", redrive_rounds = "unlimited", on_permanent = "park")]"#,
    )
    .reads(&["redrive_rounds", "on_permanent", "dlq_redrive"])
    .see("https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html");

    /// Before the first year of the schedule, and after the last, nothing is redriven, and the messages in the
    /// DLQ expire. Every year from 2026 to 2199 has to be in the year field; leave it out, or write `*`.
    REDRIVE_YEAR: Deliberate = examples(
        r#"#[sqs_batch(dlq_redrive = "cron(0 23 * * ? 2027)")]"#,
        r#"#[sqs_batch(dlq_redrive = "cron(0 23 * * ? *)")]"#,
    )
    .reads(&["dlq_redrive"])
    .see(SCHEDULES);

    /// Between two redrives a message must not expire in the DLQ. On a standard queue its age counts from when
    /// it was first sent or last redriven, so it may already be as old as `retention` when it arrives there; on
    /// a FIFO queue its age starts again.
    REDRIVE_GAP: Error = examples(
        r#"#[sqs_batch(dlq_redrive = "cron(0 23 1 * ? *)")]"#,
        r#"#[sqs_batch(dlq_redrive = "cron(0 23 ? * SUN *)")]"#,
    )
    .reads(&["dlq_redrive", "redrive_timezone", "dlq_retention", "retention", "queue", "fifo"])
    .see(RETENTION)
    .after(&[&QUEUE_NAME, &DLQ_RETENTION, &REDRIVE_YEAR]);

    /// EventBridge Scheduler skips a run whose local time does not exist because clocks go forward.
    REDRIVE_DST_GAP: Warning = examples(
        r#"#[sqs_batch(dlq_redrive = "cron(30 2 * * ? *)", redrive_timezone = "Europe/Berlin")]"#,
        r#"#[sqs_batch(dlq_redrive = "cron(30 4 * * ? *)", redrive_timezone = "Europe/Berlin")]"#,
    )
    .reads(&["dlq_redrive", "redrive_timezone"])
    .see(SCHEDULES)
    .after(&[&REDRIVE_GAP]);

    /// EventBridge Scheduler counts weekdays from Sunday = 1, unix cron from Sunday = 0, so `1-5` is Sunday to
    /// Thursday. Names are unambiguous.
    REDRIVE_WEEKDAY_NUMBER: Warning = examples(
        r#"#[sqs_batch(dlq_redrive = "cron(30 7 ? * 1-5 *)")]"#,
        r#"#[sqs_batch(dlq_redrive = "cron(30 7 ? * MON-FRI *)")]"#,
    )
    .reads(&["dlq_redrive"])
    .see(SCHEDULES);
}
