//! Numbers within what AWS takes.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::{Mistake, resources};
use crate::overlay::literal_value::{Literal, property};

struct Range {
    /// The resource's type.
    of: &'static str,
    /// The property, with `/` before what is in it.
    path: &'static str,
    takes: RangeInclusive<i64>,
    unit: &'static str,
}

const fn range(
    of: &'static str,
    path: &'static str,
    takes: RangeInclusive<i64>,
    unit: &'static str,
) -> Range {
    Range {
        of,
        path,
        takes,
        unit,
    }
}

const QUEUE: &str = "AWS::SQS::Queue";
const FUNCTION: &str = "AWS::Lambda::Function";
const MAPPING: &str = "AWS::Lambda::EventSourceMapping";
const INVOKE_CONFIG: &str = "AWS::Lambda::EventInvokeConfig";
const SCHEDULE: &str = "AWS::Scheduler::Schedule";

const SECONDS: &str = " seconds";

const RANGES: [Range; 20] = [
    range(QUEUE, "DelaySeconds", 0..=900, SECONDS),
    range(QUEUE, "KmsDataKeyReusePeriodSeconds", 60..=86_400, SECONDS),
    range(QUEUE, "MaximumMessageSize", 1_024..=1_048_576, " bytes"),
    range(QUEUE, "MessageRetentionPeriod", 60..=1_209_600, SECONDS),
    range(QUEUE, "ReceiveMessageWaitTimeSeconds", 0..=20, SECONDS),
    range(
        QUEUE,
        "RedrivePolicy/maxReceiveCount",
        1..=1_000,
        " receives",
    ),
    range(QUEUE, "VisibilityTimeout", 0..=43_200, SECONDS),
    range(FUNCTION, "EphemeralStorage/Size", 512..=10_240, " MB"),
    range(FUNCTION, "MemorySize", 128..=10_240, " MB"),
    range(FUNCTION, "Timeout", 1..=900, SECONDS),
    range(
        FUNCTION,
        "ReservedConcurrentExecutions",
        0..=i64::MAX,
        " invocations",
    ),
    range(MAPPING, "BatchSize", 1..=10_000, " messages"),
    range(MAPPING, "MaximumBatchingWindowInSeconds", 0..=300, SECONDS),
    range(
        MAPPING,
        "ScalingConfig/MaximumConcurrency",
        2..=1_000,
        " invocations",
    ),
    range(
        INVOKE_CONFIG,
        "MaximumEventAgeInSeconds",
        60..=21_600,
        SECONDS,
    ),
    range(INVOKE_CONFIG, "MaximumRetryAttempts", 0..=2, " attempts"),
    range(
        SCHEDULE,
        "FlexibleTimeWindow/MaximumWindowInMinutes",
        1..=1_440,
        " minutes",
    ),
    range(
        SCHEDULE,
        "Target/RetryPolicy/MaximumEventAgeInSeconds",
        60..=86_400,
        SECONDS,
    ),
    range(
        SCHEDULE,
        "Target/RetryPolicy/MaximumRetryAttempts",
        0..=185,
        " attempts",
    ),
    range("AWS::Logs::LogGroup", "RetentionInDays", 1..=3_653, " days"),
];

/// What a function takes on Lambda Managed Instances.
const ON_MANAGED_INSTANCES: [(&str, RangeInclusive<i64>); 2] =
    [("Timeout", 1..=5_400), ("MemorySize", 128..=32_768)];

pub(super) fn mistakes(template: &Value) -> Vec<Mistake> {
    let judged = RANGES.iter().flat_map(|range| {
        resources(template, range.of)
            .filter_map(move |(id, resource)| judge(range, id, resource, template))
    });
    judged.collect()
}

fn judge(range: &Range, id: &str, resource: &Value, template: &Value) -> Option<Mistake> {
    let pointer = property(id, range.path);
    let name = range.path.rsplit('/').next()?;
    let takes = takes(range, resource);
    let (least, most) = (takes.start(), takes.end());
    let wanted = match *most {
        i64::MAX => format!("at least {least}{}", range.unit),
        most => format!("{least} to {most}{}", range.unit),
    };
    match Literal::at(template, &pointer) {
        Literal::Number(number) if !takes.contains(&number) => Some(Mistake::new(
            "out_of_range",
            pointer,
            format!("`{name}` is {number}, but takes {wanted}"),
        )),
        Literal::Plain(value) => Some(Mistake::new(
            "wrong_type",
            pointer,
            format!("`{name}` is {value}, but takes a whole number, {wanted}"),
        )),
        _ => None,
    }
}

fn takes(range: &Range, resource: &Value) -> RangeInclusive<i64> {
    let is_managed = !resource["Properties"]["CapacityProviderConfig"].is_null();
    let managed = ON_MANAGED_INSTANCES
        .iter()
        .find(|(path, _)| is_managed && range.of == FUNCTION && *path == range.path);
    managed.map_or_else(|| range.takes.clone(), |(_, takes)| takes.clone())
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use serde_json::{Value, json};

    use super::{RANGES, mistakes};
    use crate::overlay::check::testing::{assert_told, told, with};

    fn template(of: &str, path: &str, value: Value) -> Value {
        let properties = path
            .rsplit('/')
            .fold(value, |value, name| json!({ name: value }));
        json!({ "Resources": { "X": { "Type": of, "Properties": properties } } })
    }

    #[test]
    fn each_range_has_its_edges() {
        for range in &RANGES {
            let judge = |value| mistakes(&template(range.of, range.path, value)).len();
            let (least, most) = (*range.takes.start(), *range.takes.end());
            assert_eq!(judge(json!(least)), 0, "{}", range.path);
            assert_eq!(judge(json!(most)), 0, "{}", range.path);
            assert_eq!(judge(json!(least - 1)), 1, "{}", range.path);
            if let Some(over) = most.checked_add(1) {
                assert_eq!(judge(json!(over)), 1, "{}", range.path);
            }
            assert_eq!(judge(json!("1h")), 1, "{}", range.path);
            assert_eq!(judge(json!({ "Ref": "P" })), 0, "{}", range.path);
        }
    }

    #[test]
    fn a_number_out_of_range_is_one_mistake() {
        let told = |patch| told(quote!(), patch);
        assert_told(
            &told(with("Worker", json!({ "Timeout": 901 }))),
            "Worker/Properties/Timeout",
            "out_of_range",
            "`Timeout` is 901, but takes 1 to 900 seconds",
        );
        assert_told(
            &told(with("Worker", json!({ "Timeout": "30s" }))),
            "Worker/Properties/Timeout",
            "wrong_type",
            "`Timeout` is \"30s\", but takes a whole number, 1 to 900 seconds",
        );
        assert_told(
            &told(with(
                "Queue",
                json!({ "RedrivePolicy": { "maxReceiveCount": 0 } }),
            )),
            "Queue/Properties/RedrivePolicy/maxReceiveCount",
            "out_of_range",
            "`maxReceiveCount` is 0, but takes 1 to 1000 receives",
        );
    }

    #[test]
    fn a_managed_instance_takes_more() {
        let managed =
            json!({ "Timeout": 1200, "MemorySize": 20_480, "CapacityProviderConfig": {} });
        let patch = json!({ "Resources": {
            "OrdersWorker": { "Properties": managed },
            "OrdersQueue": { "Properties": { "VisibilityTimeout": 7200 } },
        } });
        assert!(told(quote!(), patch).is_empty());
    }
}
