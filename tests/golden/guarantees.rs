//! What no user can get wrong, because the generator writes it: in the golden
//! templates as in those of options made up at random.

use serde_json::json;

use super::resources::{Resource, all, of_type};

/// The mappings of queues that the stack creates.
fn mappings() -> Vec<Resource> {
    let mut mappings = of_type("AWS::Lambda::EventSourceMapping");
    mappings.retain(|mapping| mapping.names_own("/EventSourceArn"));
    mappings
}

/// The source queues, each with its DLQ.
fn queues() -> Vec<(Resource, Resource)> {
    mappings()
        .into_iter()
        .map(|mapping| mapping.follow("/EventSourceArn"))
        .filter(|source| source.names_own("/RedrivePolicy/deadLetterTargetArn"))
        .map(|source| {
            let dlq = source.follow("/RedrivePolicy/deadLetterTargetArn");
            (source, dlq)
        })
        .collect()
}

fn schedules() -> Vec<Resource> {
    of_type("AWS::Scheduler::Schedule")
}

#[test]
fn failed_messages_are_kept() {
    for mapping in of_type("AWS::Lambda::EventSourceMapping") {
        let types = &mapping.properties["FunctionResponseTypes"];
        assert_eq!(
            types,
            &json!(["ReportBatchItemFailures"]),
            "{}",
            mapping.place
        );
    }
}

#[test]
fn a_mapping_of_a_queue_has_no_starting_position() {
    for mapping in of_type("AWS::Lambda::EventSourceMapping") {
        assert!(
            mapping.properties["StartingPosition"].is_null(),
            "{}",
            mapping.place
        );
    }
}

#[test]
fn a_large_batch_has_a_window_and_a_fifo_queue_none() {
    for mapping in mappings() {
        let window = mapping.properties["MaximumBatchingWindowInSeconds"].as_u64();
        let is_fifo = mapping.follow("/EventSourceArn").is_fifo();
        let size = mapping.seconds("BatchSize");
        let is_right = match is_fifo {
            true => window.unwrap_or(0) == 0 && size <= 10,
            false => window.unwrap_or(0) >= 1 || size <= 10,
        };
        assert!(is_right, "{}: {size} with {window:?}", mapping.place);
    }
}

#[test]
fn messages_stay_hidden_while_they_are_handled() {
    for mapping in mappings() {
        let queue = mapping.follow("/EventSourceArn");
        let hidden = queue.seconds("VisibilityTimeout");
        let window = mapping.properties["MaximumBatchingWindowInSeconds"]
            .as_u64()
            .unwrap_or(0);
        let timeout = mapping.follow("/FunctionName").seconds("Timeout");
        assert!(hidden >= timeout, "{}", queue.place);
        assert!(window == 0 || hidden > timeout + window, "{}", queue.place);
    }
}

#[test]
fn a_dlq_is_of_its_queues_kind_and_keeps_messages_longer() {
    for (source, dlq) in queues() {
        assert_eq!(source.is_fifo(), dlq.is_fifo(), "{}", dlq.place);
        let [kept, kept_in_dlq] =
            [&source, &dlq].map(|queue| queue.seconds("MessageRetentionPeriod"));
        assert!(source.is_fifo() || kept_in_dlq > kept, "{}", dlq.place);
    }
}

#[test]
fn a_dlq_takes_from_its_queue_alone() {
    for (source, dlq) in queues() {
        let policy = &dlq.properties["RedriveAllowPolicy"];
        assert_eq!(policy["redrivePermission"], "byQueue", "{}", dlq.place);
        let name = source.properties["QueueName"]["Fn::Sub"]
            .as_str()
            .expect("a name");
        let arn =
            format!("arn:${{AWS::Partition}}:sqs:${{AWS::Region}}:${{AWS::AccountId}}:{name}");
        assert_eq!(
            policy["sourceQueueArns"],
            json!([{ "Fn::Sub": arn }]),
            "{}",
            dlq.place
        );
    }
}

/// Whether an alarm watches the worker: `alarms = false` is the user's choice.
fn has_alarms(worker: &Resource) -> bool {
    let mut alarms = all(|kind, alarm| {
        kind == "AWS::CloudWatch::Alarm"
            && std::ptr::eq(alarm.template, worker.template)
            && alarm.properties["Dimensions"][0]["Value"]["Ref"] == worker.id
    });
    alarms.next().is_some()
}

#[test]
fn what_comes_to_a_dlq_is_seen() {
    for mapping in mappings() {
        let worker = mapping.follow("/FunctionName");
        let source = mapping.follow("/EventSourceArn");
        let dlq = source.follow("/RedrivePolicy/deadLetterTargetArn");
        let alarms = all(|kind, alarm| {
            kind == "AWS::CloudWatch::Alarm"
                && std::ptr::eq(alarm.template, dlq.template)
                && alarm.properties["Dimensions"][0]["Value"]["Fn::GetAtt"][0] == dlq.id
        });
        let alarms: Vec<_> = alarms.collect();
        let [alarm] = alarms.as_slice() else {
            assert!(
                !has_alarms(&worker),
                "{}: {} alarms",
                dlq.place,
                alarms.len()
            );
            continue;
        };
        let properties = alarm.properties;
        assert_eq!(
            properties["MetricName"],
            "ApproximateNumberOfMessagesVisible"
        );
        let operator = &properties["ComparisonOperator"];
        assert_eq!(operator, "GreaterThanOrEqualToThreshold");
        assert!(
            properties["Threshold"].as_u64() >= Some(1),
            "{}",
            alarm.place
        );
    }
}

/// The id of the queue to which the worker sends what is not redriven any more.
fn parking(worker: &Resource) -> Option<&str> {
    worker.properties["Environment"]["Variables"]["REDRIVE_PARKING_URL"]["Ref"].as_str()
}

#[test]
fn what_is_parked_is_kept_and_seen() {
    let mut parked = 0;
    for mapping in mappings() {
        let worker = mapping.follow("/FunctionName");
        let Some(id) = parking(&worker) else {
            continue;
        };
        let queue = worker.beside(id);
        let source = mapping.follow("/EventSourceArn");
        assert_eq!(queue.is_fifo(), source.is_fifo(), "{}", queue.place);
        assert_eq!(queue.seconds("MessageRetentionPeriod"), 14 * 86_400);
        assert!(queue.properties["RedrivePolicy"].is_null());
        let alarms = all(|kind, alarm| {
            kind == "AWS::CloudWatch::Alarm"
                && std::ptr::eq(alarm.template, queue.template)
                && alarm.properties["Dimensions"][0]["Value"]["Fn::GetAtt"][0] == queue.id
        });
        let mut metrics: Vec<_> = alarms
            .map(|alarm| alarm.properties["MetricName"].clone())
            .collect();
        metrics.sort_by_key(ToString::to_string);
        let expected = match has_alarms(&worker) {
            true => &[
                "ApproximateAgeOfOldestMessage",
                "ApproximateNumberOfMessagesVisible",
            ][..],
            false => &[],
        };
        assert_eq!(metrics, expected, "{}", queue.place);
        parked += 1;
    }
    assert!(parked > 0);
}

#[test]
fn no_function_has_a_dlq_of_its_own() {
    for function in of_type("AWS::Lambda::Function") {
        assert!(
            function.properties["DeadLetterConfig"].is_null(),
            "{}",
            function.place
        );
    }
}

fn is_in_vpc(worker: &Resource) -> bool {
    worker.properties["VpcConfig"]["SubnetIds"]["Ref"].is_string()
}

#[test]
fn a_worker_may_do_what_it_needs_and_no_more() {
    for mapping in mappings() {
        let worker = mapping.follow("/FunctionName");
        let source = mapping.follow("/EventSourceArn");
        if !source.names_own("/RedrivePolicy/deadLetterTargetArn") {
            continue;
        }
        let dlq = source.follow("/RedrivePolicy/deadLetterTargetArn");
        let parking = parking(&worker);
        for (on, actions) in worker.permissions() {
            let allowed: &[&str] = if on == source.id {
                &[
                    "sqs:ChangeMessageVisibility",
                    "sqs:DeleteMessage",
                    "sqs:GetQueueAttributes",
                    "sqs:ReceiveMessage",
                ]
            } else if on == dlq.id || parking.is_some_and(|queue| on == queue) {
                &["sqs:SendMessage"]
            } else if on == "*" && actions[0].starts_with("xray:") {
                let mode = &worker.properties["TracingConfig"]["Mode"];
                assert_eq!(mode, "Active", "{}", worker.place);
                &["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
            } else if on == "*" {
                assert!(is_in_vpc(&worker), "{}", worker.place);
                &[
                    "ec2:AssignPrivateIpAddresses",
                    "ec2:CreateNetworkInterface",
                    "ec2:DeleteNetworkInterface",
                    "ec2:DescribeNetworkInterfaces",
                    "ec2:DescribeSubnets",
                    "ec2:UnassignPrivateIpAddresses",
                ]
            } else if actions[0].starts_with("kms:") {
                assert!(!source.properties["KmsMasterKeyId"].is_null());
                let variables = &worker.properties["Environment"]["Variables"];
                let urls = ["REDRIVE_DLQ_URL", "REDRIVE_PARKING_URL"];
                match urls.iter().any(|url| !variables[url].is_null()) {
                    true => &["kms:Decrypt", "kms:GenerateDataKey"],
                    false => &["kms:Decrypt"],
                }
            } else if actions[0].starts_with("dynamodb:") {
                let table = &worker.properties["Environment"]["Variables"]["REDRIVE_TABLE"];
                assert!(!table.is_null(), "{}", worker.place);
                assert_ne!(on, "*", "{}", worker.place);
                // All of them, and no more.
                assert_eq!(actions.len(), 3, "{}: {actions:?}", worker.place);
                &[
                    "dynamodb:DeleteItem",
                    "dynamodb:PutItem",
                    "dynamodb:UpdateItem",
                ]
            } else {
                let logs = worker.follow("/LoggingConfig/LogGroup");
                assert_eq!(on, logs.id, "{}", worker.place);
                &["logs:CreateLogStream", "logs:PutLogEvents"]
            };
            let is_allowed = |action: &String| allowed.contains(&action.as_str());
            assert!(
                actions.iter().all(is_allowed),
                "{}: {actions:?}",
                worker.place
            );
        }
        let may = |action: &str| {
            let mut permissions = worker.permissions().into_iter();
            permissions.any(|(_, actions)| actions.iter().any(|own| own == action))
        };
        let key = &source.properties["KmsMasterKeyId"];
        let has_key = !key.is_null() && key != "alias/aws/sqs";
        let is_traced = worker.properties["TracingConfig"]["Mode"] == "Active";
        for (action, is_needed) in [
            ("ec2:CreateNetworkInterface", is_in_vpc(&worker)),
            ("kms:Decrypt", has_key),
            ("xray:PutTraceSegments", is_traced),
        ] {
            assert_eq!(may(action), is_needed, "{}: {action}", worker.place);
        }
        let variables = &worker.properties["Environment"]["Variables"];
        let needs = [
            (
                source.id,
                "sqs:ChangeMessageVisibility",
                "REDRIVE_QUEUE_URL",
            ),
            (dlq.id, "sqs:SendMessage", "REDRIVE_DLQ_URL"),
            (
                parking.unwrap_or_default(),
                "sqs:SendMessage",
                "REDRIVE_PARKING_URL",
            ),
        ];
        for (on, action, variable) in needs {
            let may = worker.permissions().iter().any(|(resource, actions)| {
                resource == on && actions.iter().any(|own| own == action)
            });
            let does = !variables[variable].is_null();
            assert_eq!(
                may, does,
                "{}: {action} without {variable}, or the other way",
                worker.place
            );
        }
    }
}

#[test]
fn a_redrive_may_move_from_its_dlq_to_its_queue_alone() {
    for schedule in schedules() {
        let function = schedule.follow("/Target/Arn");
        let variables = &function.properties["Environment"]["Variables"];
        let is_own = |variable: &str| variables[variable]["Fn::GetAtt"].is_array();
        if !is_own("REDRIVE_DLQ_ARN") || !is_own("REDRIVE_SOURCE_ARN") {
            continue;
        }
        let named = |variable: &str| {
            variables[variable]["Fn::GetAtt"][0]
                .as_str()
                .expect("a queue")
                .to_owned()
        };
        let dlq = named("REDRIVE_DLQ_ARN");
        let source = named("REDRIVE_SOURCE_ARN");
        let target = function
            .beside(&source)
            .follow("/RedrivePolicy/deadLetterTargetArn");
        assert_eq!(target.id, dlq, "{}", function.place);
        let on_queues: Vec<_> = function
            .permissions()
            .into_iter()
            .filter(|(on, _)| [&dlq, &source].contains(&on))
            .collect();
        let actions = |names: &[&str]| names.iter().map(|name| format!("sqs:{name}")).collect();
        let expected = vec![
            (
                dlq.clone(),
                actions(&[
                    "DeleteMessage",
                    "GetQueueAttributes",
                    "ListMessageMoveTasks",
                    "ReceiveMessage",
                    "StartMessageMoveTask",
                ]),
            ),
            (source.clone(), actions(&["SendMessage"])),
        ];
        assert_eq!(on_queues, expected, "{}", function.place);
    }
}

#[test]
fn a_redrive_that_fails_is_kept_and_seen() {
    for schedule in schedules() {
        let function = schedule.follow("/Target/Arn");
        let kept = schedule.follow("/Target/DeadLetterConfig/Arn");
        assert!(
            !kept.is_fifo(),
            "{}: Scheduler takes no FIFO queue",
            kept.place
        );
        let config = all(|kind, config| {
            kind == "AWS::Lambda::EventInvokeConfig"
                && std::ptr::eq(config.template, function.template)
                && config.properties["FunctionName"]["Ref"] == function.id
        });
        let configs: Vec<_> = config.collect();
        let [config] = configs.as_slice() else {
            panic!("{}: {} configurations", function.place, configs.len());
        };
        let destination = config.follow("/DestinationConfig/OnFailure/Destination");
        assert_eq!(destination.id, kept.id, "{}", config.place);
        let id = function.id.strip_suffix("Redrive").expect("its part");
        let is_alarmed = has_alarms(&function.beside(&format!("{id}Worker")));
        for metric in ["Errors", "FailedMoveTasks"] {
            let is_watched = all(|kind, alarm| {
                kind == "AWS::CloudWatch::Alarm"
                    && std::ptr::eq(alarm.template, function.template)
                    && alarm.properties["MetricName"] == metric
                    && alarm.properties["Dimensions"][0]["Value"]["Ref"] == function.id
            });
            let expected = usize::from(is_alarmed);
            assert_eq!(is_watched.count(), expected, "{} {metric}", function.place);
        }
    }
}

#[test]
fn a_schedule_invokes_one_function_at_its_time() {
    for schedule in schedules() {
        assert_eq!(
            schedule.properties["FlexibleTimeWindow"],
            json!({ "Mode": "OFF" }),
            "{}",
            schedule.place
        );
        let role = schedule.follow("/Target/RoleArn");
        let statements = &role.properties["Policies"][0]["PolicyDocument"]["Statement"];
        let invoke = &statements[0];
        assert_eq!(
            invoke["Action"],
            json!(["lambda:InvokeFunction"]),
            "{}",
            role.place
        );
        let function = schedule.follow("/Target/Arn");
        assert_eq!(
            invoke["Resource"]["Fn::GetAtt"][0], function.id,
            "{}",
            role.place
        );
        let trust = &role.properties["AssumeRolePolicyDocument"]["Statement"][0];
        assert_eq!(trust["Principal"]["Service"], "scheduler.amazonaws.com");
    }
}

#[test]
fn every_queue_is_encrypted_and_refuses_plain_http() {
    for queue in of_type("AWS::SQS::Queue") {
        let has_key = !queue.properties["KmsMasterKeyId"].is_null();
        assert_eq!(
            queue.properties["SqsManagedSseEnabled"], !has_key,
            "{}",
            queue.place
        );
        let policies = all(|kind, policy| {
            kind == "AWS::SQS::QueuePolicy"
                && std::ptr::eq(policy.template, queue.template)
                && policy.properties["Queues"][0]["Ref"] == queue.id
        });
        let policies: Vec<_> = policies.collect();
        let [policy] = policies.as_slice() else {
            panic!("{}: {} policies", queue.place, policies.len());
        };
        let statement = &policy.properties["PolicyDocument"]["Statement"][0];
        assert_eq!(statement["Effect"], "Deny", "{}", policy.place);
        assert_eq!(
            statement["Condition"]["Bool"]["aws:SecureTransport"],
            "false"
        );
    }
}

#[test]
fn keys_expire_by_the_attribute_that_the_worker_writes() {
    let tables = of_type("AWS::DynamoDB::Table");
    assert!(!tables.is_empty());
    for table in tables {
        let properties = table.properties;
        let ttl = json!({ "AttributeName": "expires", "Enabled": true });
        assert_eq!(
            properties["TimeToLiveSpecification"], ttl,
            "{}",
            table.place
        );
        assert_eq!(
            properties["BillingMode"], "PAY_PER_REQUEST",
            "{}",
            table.place
        );
        // A name would keep a second stack out of the account.
        assert!(properties["TableName"].is_null(), "{}", table.place);
    }
}
