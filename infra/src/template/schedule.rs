//! What starts the redrive function, and where its failures are kept.

use redrive_syntax::Function;
use redrive_syntax::function::Redrive;
use serde_json::{Value, json};

use super::intrinsic::{arn, reference};
use super::names::shared;
use super::queues::tls_only;
use super::{Ids, Part, Section};

/// Tries after the first, by Scheduler to reach Lambda and by Lambda to run the
/// function.
const RETRIES: u32 = 2;

/// Seconds after which a redrive that could not run is given up: one that is
/// hours late would run into working hours.
const MAXIMUM_AGE: u32 = 3600;

/// Seconds that a failure is kept: the longest SQS allows, 14 days.
const FAILURES_RETENTION: u32 = 1_209_600;

pub(super) fn add(resources: &mut Section, ids: &Ids, function: &Function) {
    if let Some(redrive) = &function.redrive {
        resources.insert(ids.of(Part::Schedule), schedule(ids, redrive));
        resources.insert(ids.of(Part::RedriveInvokeConfig), invoke_config(ids));
    }
}

/// The queue for what neither Scheduler nor Lambda could bring to an end.
pub(super) fn add_failures(resources: &mut Section) {
    resources.insert(
        shared::FAILURES.to_owned(),
        json!({
            "Type": "AWS::SQS::Queue",
            "DeletionPolicy": "Delete",
            "UpdateReplacePolicy": "Delete",
            "Properties": {
                "MessageRetentionPeriod": FAILURES_RETENTION,
                "SqsManagedSseEnabled": true,
            },
        }),
    );
    resources.insert(
        shared::FAILURES_POLICY.to_owned(),
        tls_only(shared::FAILURES),
    );
}

fn schedule(ids: &Ids, redrive: &Redrive) -> Value {
    json!({
        "Type": "AWS::Scheduler::Schedule",
        "Properties": {
            "State": "ENABLED",
            "ScheduleExpression": redrive.schedule.in_full(),
            "ScheduleExpressionTimezone": redrive.timezone,
            "FlexibleTimeWindow": { "Mode": "OFF" },
            "Target": {
                "Arn": arn(&ids.of(Part::Redrive)),
                "RoleArn": arn(&ids.of(Part::ScheduleRole)),
                "Input": "{}",
                "RetryPolicy": {
                    "MaximumRetryAttempts": RETRIES,
                    "MaximumEventAgeInSeconds": MAXIMUM_AGE,
                },
                "DeadLetterConfig": { "Arn": arn(shared::FAILURES) },
            },
        },
    })
}

/// Scheduler invokes asynchronously and never learns of an error: what the
/// function ends with is Lambda's to retry and to keep.
fn invoke_config(ids: &Ids) -> Value {
    json!({
        "Type": "AWS::Lambda::EventInvokeConfig",
        "Properties": {
            "FunctionName": reference(&ids.of(Part::Redrive)),
            "Qualifier": "$LATEST",
            "MaximumRetryAttempts": RETRIES,
            "MaximumEventAgeInSeconds": MAXIMUM_AGE,
            "DestinationConfig": { "OnFailure": { "Destination": arn(shared::FAILURES) } },
        },
    })
}
