use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Value, json};

use crate::overlay::value::escaped;
use crate::tests::overlays::{assert_reported, reported, set, with};

fn nightly() -> TokenStream {
    quote!(dlq_redrive = "rate(1 day)")
}

/// Asserts that `orders` with a redrive refuses the value.
#[track_caller]
fn assert_refused(resource: &str, path: &str, value: Value, rule: &str, words: &str) {
    let reported = reported(nightly(), set(resource, path, value));
    assert_reported(&reported, &format!("Orders{resource}{path}"), rule, words);
}

#[track_caller]
fn assert_accepted(attribute: TokenStream, patch: Value) {
    let reported = reported(attribute, patch);
    assert!(reported.is_empty(), "{reported:#?}");
}

#[test]
fn a_needed_resource_is_not_removed() {
    for (resource, words) in [
        ("Queue", "other resources need it"),
        ("Dlq", "other resources need it"),
        ("Worker", "other resources need it"),
        ("WorkerRole", "other resources need it"),
        ("Redrive", "other resources need it"),
        ("EventSourceMapping", "run `cargo redrive pause`"),
        ("Schedule", "`\"State\": \"DISABLED\"`"),
        ("RedriveInvokeConfig", "leave no message for its alarm"),
        ("QueuePolicy", "access without TLS"),
        ("DlqPolicy", "access without TLS"),
    ] {
        assert_refused(resource, "", json!(null), "overlay", words);
        assert_refused(resource, "/Properties", json!(null), "overlay", words);
        assert_refused(
            resource,
            "/Condition",
            json!("IsProduction"),
            "overlay",
            words,
        );
        let type_of_its_own = json!("AWS::SNS::Topic");
        assert_refused(
            resource,
            "/Type",
            type_of_its_own,
            "overlay",
            "is of another type",
        );
    }
}

#[test]
fn the_table_of_completed_messages_is_kept() {
    let idempotent = || quote!(idempotent(key = order.id));
    let table = |patch: Value| json!({ "Resources": { "IdempotencyTable": patch } });
    let key = json!([{ "AttributeName": "pk", "KeyType": "HASH" }]);
    let ttl = json!({ "AttributeName": "ttl", "Enabled": true });
    for (patch, place, words) in [
        (json!(null), "", "would be processed again"),
        (
            json!({ "Properties": { "KeySchema": key } }),
            "/Properties/KeySchema",
            "finds a message by the generated key",
        ),
        (
            json!({ "Properties": { "TimeToLiveSpecification": ttl } }),
            "/Properties/TimeToLiveSpecification",
            "which the worker writes",
        ),
    ] {
        let reported = reported(idempotent(), table(patch));
        let place = format!("IdempotencyTable{place}");
        assert_reported(&reported, &place, "overlay", words);
    }
    let recovery =
        json!({ "PointInTimeRecoverySpecification": { "PointInTimeRecoveryEnabled": true } });
    assert_accepted(idempotent(), table(json!({ "Properties": recovery })));
}

#[test]
fn alarms_and_outputs_can_be_removed() {
    let patch =
        json!({ "Resources": { "OrdersDlqAlarm": null }, "Outputs": { "OrdersDlqUrl": null } });
    assert_accepted(quote!(), patch);
    assert_accepted(
        quote!(),
        set("DlqAlarm", "/Condition", json!("IsProduction")),
    );
}

#[test]
fn without_a_redrive_none_of_its_resources_is_needed() {
    assert_accepted(quote!(), json!({ "Resources": { "OrdersSchedule": null } }));
}

#[test]
fn protected_values_are_not_changed_or_removed() {
    for (resource, path) in [
        ("Queue", "/Properties/QueueName"),
        ("Queue", "/Properties/RedrivePolicy/deadLetterTargetArn"),
        ("EventSourceMapping", "/Properties/EventSourceArn"),
        ("EventSourceMapping", "/Properties/FunctionName"),
        ("Worker", "/Properties/Handler"),
        ("Redrive", "/Properties/Handler"),
        ("Worker", "/Properties/Role"),
        ("Redrive", "/Properties/Role"),
        ("Schedule", "/Properties/Target/RoleArn"),
        ("Worker", "/Properties/LoggingConfig/LogGroup"),
        ("QueuePolicy", "/Properties/Queues"),
        ("RedriveInvokeConfig", "/Properties/FunctionName"),
        ("RedriveInvokeConfig", "/Properties/Qualifier"),
        (
            "RedriveInvokeConfig",
            "/Properties/DestinationConfig/OnFailure/Destination",
        ),
        ("Schedule", "/Properties/Target/Arn"),
        ("Schedule", "/Properties/Target/DeadLetterConfig/Arn"),
    ] {
        for value in [
            json!(null),
            json!("other"),
            json!({ "Fn::ImportValue": "Other" }),
            json!({ "Fn::If": ["HasAlarmTopic", "other", { "Ref": "AWS::NoValue" }] }),
        ] {
            assert_refused(resource, path, value, "overlay", "");
        }
    }
}

#[test]
fn another_spelling_of_the_generated_value_is_accepted() {
    for arn in [
        json!({ "Fn::GetAtt": "OrdersQueue.Arn" }),
        json!({ "Fn::Sub": "${OrdersQueue.Arn}" }),
        json!({ "Fn::If": ["HasAlarmTopic", { "Fn::GetAtt": "OrdersQueue.Arn" }, { "Fn::GetAtt": ["OrdersQueue", "Arn"] }] }),
    ] {
        assert_accepted(
            quote!(),
            with("EventSourceMapping", json!({ "EventSourceArn": arn })),
        );
    }
}

#[test]
fn a_queue_keeps_its_type() {
    for value in [json!(true), json!("true"), json!({ "Ref": "IsFifo" })] {
        let words = "of the type of its senders";
        assert_refused(
            "Queue",
            "/Properties/FifoQueue",
            value.clone(),
            "overlay",
            words,
        );
        assert_refused(
            "Dlq",
            "/Properties/FifoQueue",
            value.clone(),
            "overlay",
            words,
        );
        let failures =
            json!({ "Resources": { "FailedRedrives": { "Properties": { "FifoQueue": value } } } });
        let place = "FailedRedrives/Properties/FifoQueue";
        assert_reported(&reported(nightly(), failures), place, "overlay", words);
    }
    let fifo = quote!(queue = "orders.fifo", allow = "fifo_dlq_order");
    let reported = reported(fifo, with("Dlq", json!({ "FifoQueue": null })));
    assert_reported(
        &reported,
        "OrdersDlq/Properties/FifoQueue",
        "overlay",
        "is removed",
    );
}

#[test]
fn queues_are_retained_unless_their_deletion_is_allowed() {
    for path in ["/DeletionPolicy", "/UpdateReplacePolicy"] {
        for resource in ["Queue", "Dlq"] {
            for value in [json!("Delete"), json!(null)] {
                let words = "messages would be deleted with the queue";
                assert_refused(resource, path, value, "queue_deletion", words);
            }
            let allowed = quote!(allow = "queue_deletion");
            assert_accepted(allowed, set(resource, path, json!("Delete")));
            assert_accepted(quote!(), set(resource, path, json!("Retain")));
        }
    }
    // Runs that failed are not messages of the user.
    let failures = json!({ "Resources": { "FailedRedrives": { "DeletionPolicy": "Retain" } } });
    assert_accepted(nightly(), failures);
}

#[test]
fn redrives_start_at_the_deployment_and_never_end() {
    for path in ["/Properties/StartDate", "/Properties/EndDate"] {
        let past = json!("2020-01-01T00:00:00Z");
        assert_refused("Schedule", path, past, "overlay", "without an end");
        assert_accepted(
            nightly(),
            set("Schedule", path, json!({ "Ref": "AWS::NoValue" })),
        );
    }
}

#[test]
fn a_pause_is_a_warning() {
    let words = "messages expire in the DLQ";
    let path = "/Properties/State";
    assert_refused("Schedule", path, json!("DISABLED"), "paused", words);
    assert_accepted(nightly(), set("Schedule", path, json!({ "Ref": "State" })));
    let paused = || with("EventSourceMapping", json!({ "Enabled": false }));
    let place = "OrdersEventSourceMapping/Properties/Enabled";
    assert_reported(
        &reported(quote!(), paused()),
        place,
        "paused",
        "expire in the queue",
    );
    assert_accepted(quote!(allow = "paused"), paused());
}

#[test]
fn a_pause_stays_possible() {
    for value in [json!(true), json!("true"), json!(null)] {
        let path = "/Properties/Enabled";
        let words = "`cargo redrive pause` sets a parameter, and could not pause it";
        assert_refused("EventSourceMapping", path, value, "overlay", words);
    }
    let own = json!({ "Enabled": { "Ref": "Switch" } });
    assert_accepted(quote!(), with("EventSourceMapping", own));
}

#[test]
fn functions_can_run() {
    let path = "/Properties/ReservedConcurrentExecutions";
    let words = "Lambda would never run the function";
    assert_refused("Redrive", path, json!(0), "overlay", words);
    let words = "write 1 to 100000 invocations";
    assert_refused("Worker", path, json!(0), "out_of_range", words);
    assert_accepted(nightly(), set("Redrive", path, json!(1)));
    let path = "/Properties/Timeout";
    for value in [json!(1), json!("59")] {
        let words = "needs the generated timeout";
        assert_refused("Redrive", path, value, "overlay", words);
    }
    assert_accepted(nightly(), set("Redrive", path, json!(120)));
    let path = "/Properties/Architectures";
    let words = "build for it: `cargo redrive package`";
    assert_refused("Worker", path, json!(["x86_64"]), "architecture", words);
}

#[test]
fn the_binary_finds_its_queues() {
    let path = "/Properties/Environment/Variables";
    for variables in [
        json!(null),
        json!({ "REDRIVE_DLQ_ARN": null }),
        json!({ "REDRIVE_DLQ_ARN": "arn:aws:sqs:x" }),
        json!({ "REDRIVE_MODE": "fast" }),
    ] {
        assert_refused(
            "Redrive",
            path,
            variables,
            "env_reserved",
            "`REDRIVE_…` variables",
        );
    }
    assert_accepted(
        nightly(),
        set("Redrive", path, json!({ "RUST_LOG": "debug" })),
    );
}

#[test]
fn a_dlq_accepts_the_messages_of_its_queue() {
    let reported = |policy: Value| {
        reported(
            quote!(),
            with("Dlq", json!({ "RedriveAllowPolicy": policy })),
        )
    };
    let place = "OrdersDlq/Properties/RedriveAllowPolicy";
    let words = "must accept messages of its source queue";
    let own = json!({ "Fn::Sub": "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${NamePrefix}orders" });
    let other = json!("arn:aws:sqs:eu-west-1:123456789012:other");
    for (policy, path) in [
        (json!({ "sourceQueueArns": [other] }), "/sourceQueueArns"),
        (
            json!({ "redrivePermission": "denyAll", "sourceQueueArns": null }),
            "/redrivePermission",
        ),
        (json!({ "Fn::ImportValue": "Policy" }), ""),
    ] {
        let place = format!("{place}{path}");
        assert_reported(&reported(policy), &place, "overlay", words);
    }
    for policy in [
        json!(null),
        json!({ "redrivePermission": "allowAll", "sourceQueueArns": null }),
        json!({ "sourceQueueArns": [other, own] }),
    ] {
        assert!(reported(policy).is_empty());
    }
}

#[test]
fn a_queue_is_encrypted_once() {
    let key = json!({ "KmsMasterKeyId": { "Ref": "Key" } });
    let place = "OrdersQueue/Properties/KmsMasterKeyId";
    let allowed = quote!(allow = "queue_key");
    let both = reported(allowed, with("Queue", key));
    assert_reported(
        &both,
        place,
        "queue_encryption",
        "\"SqsManagedSseEnabled\": null",
    );
    let own = json!({ "KmsMasterKeyId": "alias/aws/sqs", "SqsManagedSseEnabled": null });
    assert_accepted(quote!(), with("Queue", own));
}

/// A resource of the user's own.
fn added(kind: &str, properties: &Value) -> Value {
    json!({ "Resources": { "Mine": { "Type": kind, "Properties": properties } } })
}

#[test]
fn a_queue_has_one_policy() {
    let words = "replaces the generated policy of `OrdersQueue`";
    let text = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders";
    for queue in [
        json!({ "Ref": "OrdersQueue" }),
        json!({ "Fn::GetAtt": ["OrdersQueue", "QueueUrl"] }),
        json!({ "Fn::Sub": "${OrdersQueue}" }),
        json!({ "Fn::Sub": "https://sqs.${AWS::Region}.amazonaws.com/${AWS::AccountId}/${NamePrefix}orders" }),
        json!({ "Fn::If": ["HasAlarmTopic", { "Ref": "OrdersQueue" }, { "Ref": "Mine" }] }),
        json!(text),
    ] {
        let policies = [
            ("AWS::SQS::QueuePolicy", json!({ "Queues": [queue] })),
            ("AWS::SQS::QueueInlinePolicy", json!({ "Queue": queue })),
        ];
        for (kind, policy) in policies {
            assert_reported(
                &reported(quote!(), added(kind, &policy)),
                "Mine",
                "overlay",
                words,
            );
        }
    }
    let failures = json!({ "Queues": [{ "Ref": "FailedRedrives" }] });
    let reported = reported(nightly(), added("AWS::SQS::QueuePolicy", &failures));
    assert_reported(
        &reported,
        "Mine",
        "overlay",
        "generated policy of `FailedRedrives`",
    );
    for queue in [
        json!({ "Ref": "OtherQueue" }),
        json!(format!("{text}-of-others")),
    ] {
        assert_accepted(
            quote!(),
            added("AWS::SQS::QueuePolicy", &json!({ "Queues": [queue] })),
        );
    }
}

#[test]
fn a_policy_stays_that_of_its_queue_only() {
    let queues = json!([{ "Ref": "OrdersQueue" }, { "Ref": "OrdersDlq" }]);
    assert_refused(
        "QueuePolicy",
        "/Properties/Queues",
        queues,
        "overlay",
        "each queue needs its own policy",
    );
}

/// Statements of the source queue's policy.
fn statements(statements: &Value) -> Vec<String> {
    let document = json!({ "Statement": statements });
    reported(
        quote!(),
        with("QueuePolicy", json!({ "PolicyDocument": document })),
    )
}

fn tls() -> Value {
    json!({
        "Sid": "DenyInsecureTransport",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": { "Fn::GetAtt": ["OrdersQueue", "Arn"] },
        "Condition": { "Bool": { "aws:SecureTransport": "false" } },
    })
}

const STATEMENTS: &str = "OrdersQueuePolicy/Properties/PolicyDocument/Statement";

#[test]
fn a_queue_denies_access_without_tls() {
    let words = "access without TLS would no longer be denied";
    let mut weaker = tls();
    weaker["Effect"] = json!("Allow");
    weaker["Principal"] = json!({ "AWS": "123456789012" });
    for list in [
        json!([]),
        json!(null),
        json!([{ "Sid": "Mine" }]),
        json!([weaker]),
        json!([{ "Fn::If": ["HasAlarmTopic", tls(), { "Ref": "AWS::NoValue" }] }]),
    ] {
        assert_reported(&statements(&list), STATEMENTS, "overlay", words);
    }
    assert!(statements(&json!([tls(), { "Sid": "Mine" }])).is_empty());
    assert!(statements(&tls()).is_empty());
}

#[test]
fn a_queue_is_not_open_to_everyone() {
    let allow = |principal: Value, condition: Value| {
        let mine = json!({ "Effect": "Allow", "Principal": principal, "Action": "sqs:SendMessage", "Condition": condition });
        statements(&json!([mine, tls()]))
    };
    let over_tls = json!({ "Bool": { "aws:SecureTransport": "true" } });
    for principal in [
        json!("*"),
        json!({ "AWS": "*" }),
        json!({ "AWS": ["*", "123456789012"] }),
    ] {
        for condition in [json!(null), over_tls.clone()] {
            let reported = allow(principal.clone(), condition);
            assert_reported(&reported, STATEMENTS, "overlay", "allows everyone");
        }
        let by_topic = json!({ "ArnEquals": { "aws:SourceArn": { "Ref": "Topic" } } });
        assert!(allow(principal, by_topic).is_empty());
    }
    assert!(allow(json!({ "Service": "sns.amazonaws.com" }), json!(null)).is_empty());
}

#[test]
fn a_role_is_assumed_by_its_service_only() {
    let statement = |principal: Value| json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
    let lambda = || statement(json!({ "Service": "lambda.amazonaws.com" }));
    let path = "/Properties/AssumeRolePolicyDocument/Statement";
    let words = "only the generated service";
    for statements in [
        json!(null),
        json!([]),
        json!([statement(json!("*"))]),
        json!([lambda(), statement(json!({ "AWS": "*" }))]),
        json!([
            lambda(),
            statement(json!({ "AWS": "arn:aws:iam::999999999999:root" }))
        ]),
        json!([statement(
            json!({ "Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"] })
        )]),
    ] {
        assert_refused("WorkerRole", path, statements, "overlay", words);
    }
    let same = statement(json!({ "Service": ["lambda.amazonaws.com"] }));
    assert_accepted(quote!(), set("WorkerRole", path, same));
    // Without its condition, schedules of other accounts could use the role.
    let schedule = json!([statement(json!({ "Service": "scheduler.amazonaws.com" }))]);
    assert_refused("ScheduleRole", path, schedule, "overlay", words);
}

#[test]
fn a_role_keeps_its_rights() {
    for (role, name) in [
        ("WorkerRole", "worker"),
        ("RedriveRole", "redrive"),
        ("ScheduleRole", "schedule"),
    ] {
        let empty = json!([{ "PolicyName": name, "PolicyDocument": { "Statement": [] } }]);
        let other = json!([{ "PolicyName": "mine", "PolicyDocument": {} }]);
        for policies in [json!(null), json!([]), empty, other] {
            let words = "needs the rights of the generated policy";
            assert_refused(role, "/Properties/Policies", policies, "overlay", words);
        }
    }
}

#[test]
fn failed_messages_are_reported() {
    let mapping = |types: Value| {
        with(
            "EventSourceMapping",
            json!({ "FunctionResponseTypes": types }),
        )
    };
    let place = "OrdersEventSourceMapping/Properties/FunctionResponseTypes";
    let words = "write `\"FunctionResponseTypes\"";
    for types in [
        json!(null),
        json!([]),
        json!({ "Ref": "AWS::NoValue" }),
        json!({ "Fn::If": ["HasAlarmTopic", ["ReportBatchItemFailures"], []] }),
    ] {
        assert_reported(
            &reported(quote!(), mapping(types)),
            place,
            "response_types",
            words,
        );
    }
    assert_accepted(quote!(), mapping(json!(["ReportBatchItemFailures"])));
    let second = json!({
        "EventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:more",
        "FunctionName": { "Fn::GetAtt": "OrdersWorker.Arn" },
    });
    let second = added("AWS::Lambda::EventSourceMapping", &second);
    assert_reported(&reported(quote!(), second), "Mine", "response_types", words);
}

#[test]
fn a_mapping_can_invoke_an_alias_of_the_worker() {
    let alias = json!({ "FunctionName": { "Ref": "OrdersWorker" }, "Name": "live" });
    let mut patch = added("AWS::Lambda::Alias", &alias);
    for name in [
        json!({ "Ref": "Mine" }),
        json!({ "Fn::Sub": "${OrdersWorker}:live" }),
    ] {
        patch["Resources"]["OrdersEventSourceMapping"]["Properties"]["FunctionName"] = name;
        assert_accepted(quote!(), patch.clone());
    }
    patch["Resources"]["Mine"]["Properties"]["FunctionName"] = json!("other");
    patch["Resources"]["OrdersEventSourceMapping"]["Properties"]["FunctionName"] =
        json!({ "Ref": "Mine" });
    let place = "OrdersEventSourceMapping/Properties/FunctionName";
    assert_reported(
        &reported(quote!(), patch),
        place,
        "overlay",
        "must invoke `OrdersWorker`",
    );
}

#[test]
fn no_other_consumer_takes_messages_of_the_function() {
    for queue in ["OrdersQueue", "OrdersDlq"] {
        let arn = json!({ "Fn::GetAtt": [queue, "Arn"] });
        let mapping = json!({ "EventSourceArn": arn, "FunctionName": "other" });
        for patch in [
            added("AWS::Lambda::EventSourceMapping", &mapping),
            added("AWS::Pipes::Pipe", &json!({ "Source": arn })),
        ] {
            let words = format!("receives messages of `{queue}`");
            assert_reported(&reported(quote!(), patch), "Mine", "shared_queue", &words);
        }
    }
}

#[test]
fn filtered_messages_are_deleted() {
    let filters = |filters: Value| {
        with(
            "EventSourceMapping",
            json!({ "FilterCriteria": { "Filters": filters } }),
        )
    };
    let patch = || filters(json!([{ "Pattern": "{\"body\": {\"kind\": [\"order\"]}}" }]));
    let place = "OrdersEventSourceMapping/Properties/FilterCriteria/Filters";
    assert_reported(
        &reported(quote!(), patch()),
        place,
        "filter_deletes",
        "deletes the messages",
    );
    assert_accepted(quote!(allow = "filter_deletes"), patch());
    assert_accepted(quote!(), filters(json!([])));
}

#[test]
fn a_worker_has_the_invocations_that_its_mappings_start() {
    let reserved = |number: u32| with("Worker", json!({ "ReservedConcurrentExecutions": number }));
    let place = "OrdersWorker/Properties/ReservedConcurrentExecutions";
    let limited = || quote!(max_concurrency = 20);
    let few = reported(limited(), reserved(19));
    assert_reported(
        &few,
        place,
        "reserved_concurrency",
        "(19) is below `OrdersEventSourceMapping.ScalingConfig.MaximumConcurrency` (20)",
    );
    assert_accepted(limited(), reserved(20));
    let second = json!({
        "EventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:more",
        "FunctionName": { "Ref": "OrdersWorker" },
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": { "MaximumConcurrency": 5 },
    });
    let mut patch = added("AWS::Lambda::EventSourceMapping", &second);
    patch["Resources"]["OrdersWorker"] = reserved(24)["Resources"]["OrdersWorker"].clone();
    assert_reported(
        &reported(limited(), patch),
        place,
        "reserved_concurrency",
        "to 25",
    );
    let low = reported(quote!(), reserved(4));
    assert_reported(
        &low,
        place,
        "reserved_concurrency",
        "below the 5 batches that Lambda starts with",
    );
    assert_accepted(quote!(), reserved(5));
    assert_accepted(quote!(allow = "reserved_concurrency"), reserved(4));
    assert_accepted(quote!(max_concurrency = 2), reserved(2));
}

#[test]
fn the_receives_of_a_worker_that_counts_them_are_those_of_its_attribute() {
    let receives = |number: Value| {
        json!({ "Resources": { "OrdersQueue": { "Properties": {
            "RedrivePolicy": { "maxReceiveCount": number }
        } } } })
    };
    for number in [json!(5), json!(7), json!({ "Ref": "Receives" })] {
        let [error] = &reported(nightly(), receives(number))[..] else {
            panic!("one error");
        };
        let place = "`OrdersQueue.RedrivePolicy.maxReceiveCount` is ";
        assert!(error.starts_with(place), "{error}");
        assert!(error.contains(": the worker counts receives"), "{error}");
        let is_known = !error.contains("is not known before deployment");
        assert_eq!(error.contains(", not `6`:"), is_known, "{error}");
        assert!(
            error.contains("help: set `max_receive_count` in the attribute"),
            "{error}"
        );
    }
    assert!(reported(nightly(), receives(json!(6))).is_empty());
    let unlimited = quote!(dlq_redrive = "rate(1 day)", redrive_rounds = "unlimited");
    assert!(reported(unlimited, receives(json!(7))).is_empty());
}

#[test]
fn queues_that_people_empty_keep_messages_as_long_as_their_alarms_need() {
    let words = "would expire before anyone acts";
    for kept in [json!(345_600), json!("60"), json!(null)] {
        let path = "/Properties/MessageRetentionPeriod";
        assert_refused("Parking", path, kept.clone(), "overlay", words);
        let patch = json!({ "Resources": { "FailedRedrives": {
            "Properties": { "MessageRetentionPeriod": kept }
        } } });
        let place = format!("FailedRedrives{path}");
        assert_reported(&reported(nightly(), patch), &place, "overlay", words);
    }
    assert_refused(
        "Redrive",
        "/Properties/Timeout",
        json!(null),
        "overlay",
        "needs the generated timeout",
    );
}

/// Each of these queues with a key of the user's.
fn encrypted(queues: &[&str], key: &Value) -> Value {
    let mut patch = json!({});
    for queue in queues {
        patch["Resources"][*queue]["Properties"] =
            json!({ "KmsMasterKeyId": key, "SqsManagedSseEnabled": null });
    }
    patch
}

/// What the roles lack, by the diagnostics.
fn lacking(attribute: TokenStream, patch: Value) -> Vec<String> {
    let reported = reported(attribute, patch);
    let problem = |text: &String| {
        assert!(text.contains("[queue_key]"), "{text}");
        text.split(" [queue_key]")
            .next()
            .expect("a problem")
            .to_owned()
    };
    reported.iter().map(problem).collect()
}

#[test]
fn each_role_needs_the_keys_of_its_queues() {
    let key = json!("alias/orders");
    let queue = || encrypted(&["OrdersQueue"], &key);
    assert_eq!(
        lacking(quote!(), queue()),
        ["`OrdersWorkerRole` lacks `kms:Decrypt` for `OrdersQueue`"]
    );
    let dlq = || encrypted(&["OrdersDlq"], &key);
    assert!(lacking(quote!(), dlq()).is_empty());
    assert_eq!(
        lacking(quote!(on_permanent = "dlq"), dlq()),
        [
            "`OrdersWorkerRole` lacks `kms:Decrypt` for `OrdersDlq` and `kms:GenerateDataKey` for `OrdersDlq`"
        ]
    );
    assert_eq!(
        lacking(nightly(), dlq()),
        [
            "`OrdersRedriveRole` lacks `kms:Decrypt` for `OrdersDlq`",
            "`OrdersWorkerRole` lacks `kms:Decrypt` for `OrdersDlq` and `kms:GenerateDataKey` for `OrdersDlq`",
        ]
    );
    assert_eq!(
        lacking(nightly(), encrypted(&["FailedRedrives"], &key)),
        [
            "`OrdersRedriveRole` lacks `kms:Decrypt` for `FailedRedrives` and `kms:GenerateDataKey` for `FailedRedrives`",
            "`OrdersScheduleRole` lacks `kms:Decrypt` for `FailedRedrives` and `kms:GenerateDataKey` for `FailedRedrives`",
        ]
    );
    assert_accepted(quote!(allow = "queue_key"), queue());
}

#[test]
fn rights_of_one_role_are_not_those_of_another() {
    let key = json!("alias/orders");
    let statement = json!({ "Effect": "Allow", "Action": "kms:*", "Resource": "*" });
    let document = json!({ "Statement": [statement] });
    let granted = |role: &str| {
        let mut patch = encrypted(&["OrdersQueue", "OrdersDlq"], &key);
        patch["Resources"]["Mine"] = json!({
            "Type": "AWS::IAM::RolePolicy",
            "Properties": { "RoleName": { "Ref": role }, "PolicyDocument": document },
        });
        lacking(nightly(), patch)
    };
    let of_the_worker = granted("OrdersWorkerRole");
    assert_eq!(of_the_worker.len(), 1, "{of_the_worker:#?}");
    assert!(
        of_the_worker[0].starts_with("`OrdersRedriveRole` lacks"),
        "{of_the_worker:#?}"
    );
    let of_the_redrive = granted("OrdersRedriveRole");
    assert_eq!(of_the_redrive.len(), 1, "{of_the_redrive:#?}");
    assert!(
        of_the_redrive[0].starts_with("`OrdersWorkerRole` lacks"),
        "{of_the_redrive:#?}"
    );
}

#[test]
fn rights_are_those_on_the_key_of_the_queue() {
    let key = json!({ "Ref": "Key" });
    let with = |action: &str, resource: &Value, key_policy: &Value| {
        let mut patch = encrypted(&["OrdersQueue"], &key);
        for name in ["Key", "OtherKey"] {
            let properties = json!({ "KeyPolicy": { "Statement": key_policy } });
            patch["Resources"][name] = json!({ "Type": "AWS::KMS::Key", "Properties": properties });
        }
        patch["Resources"]["Mine"] = json!({
            "Type": "AWS::IAM::Policy",
            "Properties": {
                "Roles": [{ "Ref": "OrdersWorkerRole" }],
                "PolicyDocument": { "Statement": { "Effect": "Allow", "Action": action, "Resource": resource } },
            },
        });
        lacking(quote!(), patch).is_empty()
    };
    let arn = |id: &str| json!({ "Fn::GetAtt": [id, "Arn"] });
    let none = json!([]);
    assert!(with("kms:Decrypt", &arn("Key"), &none));
    assert!(with("kms:De*", &json!("*"), &none));
    assert!(!with("kms:Encrypt", &arn("Key"), &none));
    assert!(!with("kms:Decrypt", &arn("OtherKey"), &none));
    let root = json!([{ "Effect": "Allow", "Principal": { "AWS": { "Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root" } }, "Action": "kms:*", "Resource": "*" }]);
    assert!(!with("s3:GetObject", &arn("Key"), &root));
    let role = json!([{ "Effect": "Allow", "Principal": { "AWS": arn("OrdersWorkerRole") }, "Action": ["kms:Decrypt"], "Resource": "*" }]);
    assert!(with("s3:GetObject", &arn("Key"), &role));
}

#[test]
fn a_policy_of_the_account_may_grant_a_key() {
    let key = json!("alias/orders");
    let patch = || encrypted(&["OrdersQueue"], &key);
    let own = quote!(policies = ["arn:aws:iam::123456789012:policy/orders-key"]);
    assert!(lacking(own, patch()).is_empty());
    let of_aws = quote!(policies = ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]);
    assert_eq!(lacking(of_aws, patch()).len(), 1);
}

#[test]
fn names_with_slashes_have_pointers() {
    let patch = set(
        "Worker",
        "/Properties/Environment/Variables",
        json!({ "A/B": "x" }),
    );
    let place = format!(
        "OrdersWorker/Properties/Environment/Variables/{}",
        escaped("A/B")
    );
    assert_reported(&reported(quote!(), patch), &place, "env_name", "A/B");
}
