use proc_macro2::TokenStream;
use quote::quote;
use redrive_syntax::{Function, TemplateValue};
use serde_json::{Value, json};

use super::{Effective, places, range};
use crate::overlay::merge::merge;
use crate::render::template as render;
use crate::tests::overlays::{assert_reported, reported, with};
use crate::tests::sample;

fn every_key() -> Function {
    let attribute = quote!(
        batch_size = 20,
        batch_window = "5s",
        max_concurrency = 7,
        concurrency = 20,
        dlq_redrive = "cron(0 23 ? * SUN *)",
        redrive_timezone = "Asia/Jerusalem",
        redrive_max_per_second = 3,
        redrive_rounds = "unlimited",
        on_permanent = "dlq",
        env(STAGE = "dev"),
        policies = ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"],
    );
    sample::with("orders", attribute).function
}

/// The settings and the unknown keys of a function with every key.
fn read(patch: &Value) -> (Function, Vec<&'static str>) {
    let mut entry = sample::entry("orders");
    entry.function = every_key();
    let before = render(&sample::stack([entry.clone()]));
    let mut template = before.clone();
    merge(&mut template, patch);
    let effective = Effective::read(&entry.function, &before, &template);
    (effective.function, effective.unknown)
}

#[test]
fn without_an_overlay_the_settings_are_those_of_the_attribute() {
    assert_eq!(read(&json!({})), (every_key(), Vec::new()));
}

#[test]
fn each_number_is_read_from_its_place() {
    let numbers = places().filter(|(key, ..)| range(key).is_some());
    for (key, part, path, _) in numbers {
        let number = match key.name {
            "memory" | "ephemeral_storage" => 777,
            _ => 77,
        };
        let value = path.rsplit('/');
        let value = value.fold(json!(number), |value, name| json!({ name: value }));
        let mut expected = every_key();
        let read_back = expected.read_back(key, &TemplateValue::Number(number));
        assert!(read_back.is_ok(), "{}", key.name);
        let (function, unknown) = read(&with(&format!("{part:?}"), value));
        assert_eq!((function, unknown), (expected, Vec::new()), "{}", key.name);
    }
}

#[test]
fn a_removed_value_is_the_default_of_aws() {
    let mapping = json!({ "ScalingConfig": null, "BatchSize": null });
    let (function, _) = read(&with("EventSourceMapping", mapping));
    assert_eq!((function.max_concurrency, function.batch_size), (None, 10));
    let (_, unknown) = read(&with("Queue", json!({ "RedrivePolicy": null })));
    assert_eq!(unknown, ["max_receive_count"]);
}

#[test]
fn a_value_that_the_deployment_decides_is_unknown() {
    for value in [
        json!({ "Ref": "Seconds" }),
        json!({ "Fn::If": ["IsBig", 60, 30] }),
    ] {
        let (function, unknown) = read(&with("Worker", json!({ "Timeout": value })));
        assert_eq!((function, unknown), (every_key(), vec!["timeout"]));
    }
}

#[test]
fn strings_are_read() {
    let schedule = json!({
        "ScheduleExpression": "rate(2 days)",
        "ScheduleExpressionTimezone": null,
    });
    let redrive = read(&with("Schedule", schedule))
        .0
        .redrive()
        .expect("a redrive");
    assert_eq!(
        (redrive.schedule.as_str(), redrive.timezone.as_str()),
        ("rate(2 days)", "UTC")
    );
    let variables = json!({ "STAGE": "prod", "LIMIT": 5, "TABLE": { "Ref": "Table" } });
    let (function, _) = read(&with(
        "Worker",
        json!({ "Environment": { "Variables": variables } }),
    ));
    let env = function
        .env
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_string()));
    let expected = [("LIMIT", "5".to_owned()), ("STAGE", "prod".to_owned())];
    assert_eq!(env.collect::<Vec<_>>(), expected);
    let policies = json!({ "ManagedPolicyArns": ["a", { "Ref": "b" }] });
    assert_eq!(read(&with("WorkerRole", policies)).1, ["policies"]);
}

#[track_caller]
fn assert_broken(attribute: TokenStream, patch: Value, place: &str, rule: &str, words: &str) {
    let place = place.replacen('/', "/Properties/", 1);
    assert_reported(
        &reported(attribute, patch),
        &format!("Orders{place}"),
        rule,
        words,
    );
}

fn worker(properties: Value) -> Value {
    with("Worker", properties)
}

fn queue(properties: Value) -> Value {
    with("Queue", properties)
}

fn mapping(properties: Value) -> Value {
    with("EventSourceMapping", properties)
}

#[test]
fn a_number_is_in_the_range_of_its_key() {
    let range = "(10241) is out of range [out_of_range]";
    let large = worker(json!({ "MemorySize": 10_241 }));
    assert_broken(quote!(), large, "Worker/MemorySize", "out_of_range", range);
    let words = "(`30s`) is not a whole number [wrong_type]";
    let text = worker(json!({ "Timeout": "30s" }));
    assert_broken(quote!(), text, "Worker/Timeout", "wrong_type", words);
    let never = queue(json!({ "RedrivePolicy": { "maxReceiveCount": 0 } }));
    let place = "Queue/RedrivePolicy/maxReceiveCount";
    assert_broken(
        quote!(),
        never,
        place,
        "out_of_range",
        "help: write 1 to 999 receives",
    );
}

#[test]
fn managed_instances_have_ranges_of_their_own() {
    let managed = json!({ "Timeout": 5400, "MemorySize": 20_480, "CapacityProviderConfig": {} });
    let patch = json!({ "Resources": {
        "OrdersWorker": { "Properties": managed },
        "OrdersQueue": { "Properties": { "VisibilityTimeout": 32_400 } },
    } });
    assert!(reported(quote!(allow = "timeout_over_15_min"), patch).is_empty());
}

#[test]
fn a_schedule_is_checked_as_in_the_attribute() {
    let schedule = |properties: Value| {
        reported(
            quote!(dlq_redrive = "rate(1 day)"),
            with("Schedule", properties),
        )
    };
    let wrong = schedule(json!({ "ScheduleExpression": "cron(0 25 * * ? *)" }));
    let place = "OrdersSchedule/Properties/ScheduleExpression";
    assert_reported(&wrong, place, "schedule_field", "25");
    let wrong = schedule(json!({ "ScheduleExpressionTimezone": "Mars/Base" }));
    let place = "OrdersSchedule/Properties/ScheduleExpressionTimezone";
    assert_reported(&wrong, place, "schedule_timezone", "Mars/Base");
}

#[test]
fn variables_are_checked_as_in_the_attribute() {
    let variable = |name: &str, value: Value| {
        worker(json!({ "Environment": { "Variables": { name: value } } }))
    };
    let place = "Worker/Environment/Variables";
    for (name, rule) in [("AWS_REGION", "env_reserved"), ("A-B", "env_name")] {
        let patch = variable(name, json!("x"));
        assert_broken(quote!(), patch, &format!("{place}/{name}"), rule, name);
    }
    let large = variable("PRICES", json!("x".repeat(4_097)));
    assert_broken(quote!(), large, place, "env_size", "bytes");
    let patch = variable("TABLE", json!({ "Ref": "AWS::StackName" }));
    assert!(reported(quote!(env(STAGE = "dev")), patch).is_empty());
}

#[test]
fn a_message_stays_invisible_while_it_is_processed() {
    let rule = "visibility_timeout";
    assert_broken(
        quote!(),
        worker(json!({ "Timeout": 181 })),
        "Worker/Timeout",
        rule,
        "help: set `timeout` in the attribute of `orders` instead",
    );
    assert_broken(
        quote!(),
        queue(json!({ "VisibilityTimeout": 29 })),
        "Queue/VisibilityTimeout",
        rule,
        "`OrdersQueue.VisibilityTimeout` (29 s)",
    );
    let short = || queue(json!({ "VisibilityTimeout": 30 }));
    let rule = "visibility_recommended";
    let words = "accept it with `allow = \"visibility_recommended\"`";
    assert_broken(quote!(), short(), "Queue/VisibilityTimeout", rule, words);
    assert!(reported(quote!(allow = "visibility_recommended"), short()).is_empty());
    let window = mapping(json!({ "MaximumBatchingWindowInSeconds": 150 }));
    let place = "EventSourceMapping/MaximumBatchingWindowInSeconds";
    assert_broken(
        quote!(),
        window,
        place,
        "visibility_window",
        "`OrdersWorker.Timeout`",
    );
}

#[test]
fn a_batch_is_one_that_the_queue_can_fill() {
    let large = || mapping(json!({ "BatchSize": 11 }));
    let place = "EventSourceMapping/BatchSize";
    let standard = quote!(concurrency = 11, allow = "concurrency_over_batch");
    assert_broken(standard, large(), place, "batch_needs_window", "10");
    let fifo = || quote!(queue = "o.fifo", allow = "fifo_dlq_order", retries = 0);
    assert_broken(fifo(), large(), place, "fifo_batch_size", "FIFO");
    let window = mapping(json!({ "MaximumBatchingWindowInSeconds": 1 }));
    let place = "EventSourceMapping/MaximumBatchingWindowInSeconds";
    assert_broken(fifo(), window, place, "fifo_batch_window", "FIFO");
}

#[test]
fn no_message_expires_before_its_redrive() {
    let short = with("Dlq", json!({ "MessageRetentionPeriod": 345_600 }));
    let place = "Dlq/MessageRetentionPeriod";
    assert_broken(
        quote!(),
        short,
        place,
        "dlq_retention",
        "`OrdersDlq.MessageRetentionPeriod`",
    );
    let short = queue(json!({ "MessageRetentionPeriod": 900 }));
    let place = "Queue/MessageRetentionPeriod";
    assert_broken(quote!(), short, place, "expires_before_dlq", "DLQ");
    let low = queue(json!({ "RedrivePolicy": { "maxReceiveCount": 4 } }));
    let place = "Queue/RedrivePolicy/maxReceiveCount";
    assert_broken(quote!(), low, place, "receive_count_low", "(4)");
    let rare = with("Schedule", json!({ "ScheduleExpression": "rate(11 days)" }));
    let place = "Schedule/ScheduleExpression";
    let nightly = quote!(dlq_redrive = "rate(1 day)");
    assert_broken(nightly, rare, place, "redrive_gap", "11 d");
}

#[test]
fn a_key_is_remembered_as_long_as_the_worker_was_built_to() {
    let longer = || queue(json!({ "MessageRetentionPeriod": 432_000 }));
    let place = "Queue/MessageRetentionPeriod";
    let default = quote!(idempotent(key = order.id));
    let words = "is 22 d, but a copy of a message may be delivered for 24 d";
    assert_broken(default, longer(), place, "idempotent_ttl", words);
    let enough = quote!(idempotent(key = order.id, ttl = "24d"));
    assert!(reported(enough, longer()).is_empty());
}

#[test]
fn the_retries_fit_in_the_timeout() {
    let short = worker(json!({ "Timeout": 5 }));
    assert_broken(
        quote!(),
        short,
        "Worker/Timeout",
        "retry_budget",
        "`OrdersWorker.Timeout`",
    );
}

#[test]
fn no_rule_reads_a_value_that_is_unknown() {
    let later = |number: u32| json!({ "Fn::If": ["IsBig", number, 30] });
    assert!(reported(quote!(), worker(json!({ "Timeout": later(900) }))).is_empty());
    let patch = json!({ "Resources": {
        "OrdersWorker": { "Properties": { "Timeout": later(20) } },
        "OrdersQueue": { "Properties": { "VisibilityTimeout": 25 } },
    } });
    assert!(reported(quote!(), patch).is_empty());
}
