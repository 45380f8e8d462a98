//! Both formats deploy the same: each resource, each statement of a policy, each
//! parameter and each output of the template is in the module, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use redrive_infra::internals;
use redrive_tests::hostile;
use serde_json::{Map, Value as Json, json};

use super::terraform::{Module, Template, snake};
use super::{any_options, cases};

/// Where it is from, the template and the module.
fn all() -> Vec<(String, Template, Module)> {
    let parsed = |text: &str| serde_json::from_str::<Json>(text).expect("JSON");
    let mut all = Vec::new();
    for case in cases() {
        let read = |name: &str| {
            let path = case.expected.join(name);
            parsed(&fs::read_to_string(path).expect("a golden file"))
        };
        let module = |name: &str| read(&format!("terraform/{name}.tf.json"));
        all.push((
            case.name,
            Template(read("template.json")),
            module_of(module),
        ));
    }
    for (place, stack) in any_options::stacks().iter().enumerate() {
        let texts = internals::formats(stack);
        let module = |name: &str| parsed(&texts[&*format!("{name}.tf.json")]);
        let template = Template(parsed(&texts["template.json"]));
        all.push((format!("options {place}"), template, module_of(module)));
    }
    all
}

fn module_of(file: impl Fn(&str) -> Json) -> Module {
    Module {
        main: file("main"),
        variables: file("variables")["variable"].clone(),
        outputs: file("outputs")["output"].clone(),
    }
}

/// The properties of a resource, of which each must be taken.
struct Properties(Map<String, Json>);

impl Properties {
    fn take(&mut self, name: &str) -> Json {
        self.0.remove(name).unwrap_or_default()
    }

    /// An object whose members have other names.
    fn renamed(&mut self, name: &str, names: &[(&str, &str)]) -> Json {
        let Json::Object(members) = self.take(name) else {
            return Json::Null;
        };
        let mut members = Self(members);
        let renamed = object(names.iter().map(|(old, new)| (*new, members.take(old))));
        assert!(members.0.is_empty(), "{name}: {:?}", members.0);
        renamed
    }
}

fn object<'a>(members: impl IntoIterator<Item = (&'a str, Json)>) -> Json {
    let members = members.into_iter().filter(|(_, value)| !value.is_null());
    members
        .map(|(name, value)| (name.to_owned(), value))
        .collect::<Map<_, _>>()
        .into()
}

/// The names that do not need to be the same as those of the template.
fn own_name(place: &str, block: &Json, names: &mut BTreeSet<String>) -> Json {
    let is_name = |name: &&str| block[*name].is_string();
    let name = ["name", "function_name", "alarm_name", "dashboard_name"]
        .into_iter()
        .find(is_name);
    let name = &block[name.unwrap_or_else(|| panic!("{place}: no name"))];
    let text = name.as_str().expect("a text");
    let created = text
        .trim_start_matches("/aws/lambda/")
        .strip_prefix("<var.name_prefix>");
    let created = created.unwrap_or_else(|| panic!("{place}: {text} has no prefix"));
    assert!(created.len() <= 48, "{place}: {created}");
    assert!(
        names.insert(created.to_owned()),
        "{place}: two of {created}"
    );
    name.clone()
}

#[test]
fn each_resource_of_the_template_is_in_the_module_and_no_other() {
    for (origin, template, module) in all() {
        let mut names = BTreeSet::new();
        let mut expected: BTreeMap<(String, String), Json> = BTreeMap::new();
        for (id, resource) in template.0["Resources"].as_object().expect("resources") {
            let place = format!("{origin}: {id}");
            let kind = resource["Type"].as_str().expect("a type");
            let properties = with_variables(&template.value(&resource["Properties"]));
            let Json::Object(properties) = properties else {
                panic!("{place}: no properties");
            };
            let mut properties = Properties(properties);
            let (kind, mut block) = block(id, kind, &mut properties, &mut expected);
            let actual = module.value(&module.main["resource"][kind][snake(id)]);
            assert!(actual.is_object(), "{place}: no {kind} in the module");
            if block["own_name"] == true {
                let name = own_name(&place, &actual, &mut names);
                let attribute = match kind {
                    "aws_lambda_function" => "function_name",
                    "aws_cloudwatch_metric_alarm" => "alarm_name",
                    "aws_cloudwatch_dashboard" => "dashboard_name",
                    _ => "name",
                };
                block[attribute] = name;
                block.as_object_mut().map(|block| block.remove("own_name"));
            }
            tags(&mut block, &properties.take("Tags"), &actual);
            assert!(properties.0.is_empty(), "{place}: {:?}", properties.0);
            depends_on(&place, &mut block, &resource["DependsOn"], &actual, &module);
            expected.insert((kind.to_owned(), snake(id)), block);
        }
        let mut found = BTreeSet::new();
        for (kind, blocks) in module.main["resource"].as_object().expect("resources") {
            for (name, block) in blocks.as_object().expect("blocks") {
                let key = (kind.clone(), name.clone());
                let expected = expected.get(&key);
                let expected = expected.unwrap_or_else(|| panic!("{origin}: {key:?} is new"));
                same(
                    &format!("{origin}: {kind}.{name}"),
                    &module.value(block),
                    expected,
                );
                found.insert(key);
            }
        }
        let expected: BTreeSet<_> = expected.into_keys().collect();
        assert_eq!(found, expected, "{origin}");
    }
}

/// Compares statements first, so that a failure names the one that differs.
fn same(place: &str, actual: &Json, expected: &Json) {
    let mut actual = actual.clone();
    if let Some(filter) = actual["filter_policy"].as_str() {
        actual["filter_policy"] = serde_json::from_str(filter).expect("JSON");
    }
    let actual = &actual;
    for document in ["policy", "assume_role_policy"] {
        let statements = |block: &Json| block[document]["Statement"].as_array().cloned();
        let (actual, expected) = (statements(actual), statements(expected));
        let both = actual.iter().flatten().zip(expected.iter().flatten());
        for (number, (actual, expected)) in both.enumerate() {
            assert_eq!(actual, expected, "{place}: {document}, statement {number}");
        }
        assert_eq!(
            actual.map_or(0, |it| it.len()),
            expected.map_or(0, |it| it.len()),
            "{place}: {document}"
        );
    }
    assert_eq!(actual, expected, "{place}");
}

/// The names of parameters as those of variables.
fn with_variables(json: &Json) -> Json {
    match json {
        Json::String(text) => {
            let mut pieces = text.split("<var ");
            let mut named = pieces.next().unwrap_or_default().to_owned();
            for piece in pieces {
                let (name, after) = piece.split_once('>').expect("an end");
                named += &format!("<var.{}>{after}", variable(name));
            }
            named.into()
        }
        Json::Array(list) => list.iter().map(with_variables).collect(),
        Json::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), with_variables(value)))
            .collect::<Map<_, _>>()
            .into(),
        json => json.clone(),
    }
}

fn variable(parameter: &str) -> String {
    match parameter {
        "AlarmTopicArn" => "alarm_topic_arns".to_owned(),
        "PermissionsBoundaryArn" => "permissions_boundary".to_owned(),
        other => snake(other),
    }
}

/// The block for a resource of the template. `role_policies` gets what is a resource of
/// its own in Terraform.
fn block(
    id: &str,
    kind: &str,
    properties: &mut Properties,
    role_policies: &mut BTreeMap<(String, String), Json>,
) -> (&'static str, Json) {
    let mut take = |name: &str| properties.take(name);
    match kind {
        "AWS::SQS::Queue" => {
            let name = take("QueueName");
            let is_encrypted = take("SqsManagedSseEnabled");
            let block = [
                ("own_name", name.is_null().then_some(true).into()),
                ("name", name),
                ("fifo_queue", take("FifoQueue")),
                ("message_retention_seconds", take("MessageRetentionPeriod")),
                ("visibility_timeout_seconds", take("VisibilityTimeout")),
                // Terraform accepts it without a key only.
                (
                    "sqs_managed_sse_enabled",
                    (is_encrypted == true).then_some(true).into(),
                ),
                ("kms_master_key_id", take("KmsMasterKeyId")),
                ("redrive_policy", take("RedrivePolicy")),
                ("redrive_allow_policy", take("RedriveAllowPolicy")),
            ];
            ("aws_sqs_queue", object(block))
        }
        "AWS::SQS::QueuePolicy" => {
            let queue = take("Queues")[0].clone();
            let block = [("queue_url", queue), ("policy", take("PolicyDocument"))];
            ("aws_sqs_queue_policy", object(block))
        }
        "AWS::SNS::Subscription" => {
            // The provider's region is that of the topic.
            take("Region");
            let block = [
                ("protocol", take("Protocol")),
                ("topic_arn", take("TopicArn")),
                ("endpoint", take("Endpoint")),
                ("raw_message_delivery", take("RawMessageDelivery")),
                ("filter_policy", take("FilterPolicy")),
                ("filter_policy_scope", take("FilterPolicyScope")),
            ];
            ("aws_sns_topic_subscription", object(block))
        }
        "AWS::Lambda::Function" => ("aws_lambda_function", function(properties)),
        "AWS::Logs::LogGroup" => {
            let block = [
                ("own_name", json!(true)),
                ("retention_in_days", take("RetentionInDays")),
            ];
            ("aws_cloudwatch_log_group", object(block))
        }
        "AWS::IAM::Role" => ("aws_iam_role", role(id, properties, role_policies)),
        "AWS::Lambda::EventSourceMapping" => {
            let mut scaling = properties.renamed(
                "ScalingConfig",
                &[("MaximumConcurrency", "maximum_concurrency")],
            );
            if scaling == json!({}) {
                scaling = Json::Null;
            }
            let pollers = [
                ("MinimumPollers", "minimum_pollers"),
                ("MaximumPollers", "maximum_pollers"),
            ];
            let pollers = properties.renamed("ProvisionedPollerConfig", &pollers);
            let mut take = |name: &str| properties.take(name);
            let block = [
                ("event_source_arn", take("EventSourceArn")),
                ("function_name", take("FunctionName")),
                ("enabled", take("Enabled")),
                ("batch_size", take("BatchSize")),
                (
                    "maximum_batching_window_in_seconds",
                    take("MaximumBatchingWindowInSeconds"),
                ),
                ("scaling_config", scaling),
                ("provisioned_poller_config", pollers),
                ("function_response_types", take("FunctionResponseTypes")),
            ];
            ("aws_lambda_event_source_mapping", object(block))
        }
        "AWS::Scheduler::Schedule" => ("aws_scheduler_schedule", schedule(properties)),
        "AWS::Lambda::EventInvokeConfig" => {
            let mut destinations = take("DestinationConfig");
            let destination = destinations["OnFailure"]["Destination"].take();
            assert_eq!(
                destinations,
                json!({ "OnFailure": { "Destination": null } })
            );
            let block = [
                ("function_name", take("FunctionName")),
                ("qualifier", take("Qualifier")),
                ("maximum_retry_attempts", take("MaximumRetryAttempts")),
                (
                    "maximum_event_age_in_seconds",
                    take("MaximumEventAgeInSeconds"),
                ),
                (
                    "destination_config",
                    json!({ "on_failure": { "destination": destination } }),
                ),
            ];
            ("aws_lambda_function_event_invoke_config", object(block))
        }
        "AWS::CloudWatch::Alarm" => {
            let dimensions = take("Dimensions");
            let dimensions = dimensions.as_array().expect("dimensions").iter();
            let dimensions =
                dimensions.map(|it| (it["Name"].as_str().expect("a name"), it["Value"].clone()));
            let dimensions = object(dimensions);
            let mut topics = |name: &str| {
                let expected = json!({ "if": "HasAlarmTopic", "then": ["<var.alarm_topic_arns>"] });
                assert_eq!(properties.take(name), expected, "{id}");
                json!("<var.alarm_topic_arns>")
            };
            let (alarm, ok) = (topics("AlarmActions"), topics("OKActions"));
            let mut take = |name: &str| properties.take(name);
            let block = [
                ("own_name", json!(true)),
                ("alarm_description", take("AlarmDescription")),
                ("namespace", take("Namespace")),
                ("metric_name", take("MetricName")),
                ("dimensions", dimensions),
                ("statistic", take("Statistic")),
                ("period", take("Period")),
                ("evaluation_periods", take("EvaluationPeriods")),
                ("threshold", take("Threshold")),
                ("comparison_operator", take("ComparisonOperator")),
                ("treat_missing_data", take("TreatMissingData")),
                ("alarm_actions", alarm),
                ("ok_actions", ok),
            ];
            ("aws_cloudwatch_metric_alarm", object(block))
        }
        "AWS::CloudWatch::Dashboard" => {
            let body = take("DashboardBody");
            let body = serde_json::from_str(body.as_str().expect("a text")).expect("JSON");
            let block = [("own_name", json!(true)), ("dashboard_body", body)];
            ("aws_cloudwatch_dashboard", object(block))
        }
        "AWS::DynamoDB::Table" => {
            let key = take("KeySchema")[0]["AttributeName"].clone();
            let attributes = take("AttributeDefinitions");
            let ttl = take("TimeToLiveSpecification");
            let block = [
                ("own_name", json!(true)),
                ("billing_mode", take("BillingMode")),
                ("hash_key", key),
                (
                    "attribute",
                    json!([{
                        "name": attributes[0]["AttributeName"],
                        "type": attributes[0]["AttributeType"],
                    }]),
                ),
                (
                    "ttl",
                    json!({ "attribute_name": ttl["AttributeName"], "enabled": ttl["Enabled"] }),
                ),
            ];
            ("aws_dynamodb_table", object(block))
        }
        other => panic!("{id}: no counterpart of {other} is known to this test"),
    }
}

fn function(properties: &mut Properties) -> Json {
    let code = properties.take("Code");
    let code = code.as_str().expect("a path");
    let binary = code.strip_suffix("/bootstrap.zip").expect("a zip");
    let zip = format!(r#"lookup(var.zips, "{binary}", "${{path.module}}/{code}")"#);
    let storage = properties.renamed("EphemeralStorage", &[("Size", "size")]);
    let tracing = properties.renamed("TracingConfig", &[("Mode", "mode")]);
    let vpc = [
        ("SubnetIds", "subnet_ids"),
        ("SecurityGroupIds", "security_group_ids"),
    ];
    let mut vpc = properties.renamed("VpcConfig", &vpc);
    // Terraform removes what a block had when the block is removed.
    if vpc == json!({ "subnet_ids": [], "security_group_ids": [] }) {
        vpc = Json::Null;
    }
    let logging = [("LogFormat", "log_format"), ("LogGroup", "log_group")];
    let logging = properties.renamed("LoggingConfig", &logging);
    let mut environment = properties.renamed("Environment", &[("Variables", "variables")]);
    if environment == json!({ "variables": {} }) {
        environment = Json::Null;
    }
    let mut take = |name: &str| properties.take(name);
    object([
        ("own_name", json!(true)),
        ("filename", json!({ "expression": zip })),
        (
            "source_code_hash",
            json!({ "expression": format!("filebase64sha256({zip})") }),
        ),
        ("runtime", take("Runtime")),
        ("architectures", take("Architectures")),
        ("handler", take("Handler")),
        ("timeout", take("Timeout")),
        ("memory_size", take("MemorySize")),
        (
            "reserved_concurrent_executions",
            take("ReservedConcurrentExecutions"),
        ),
        ("role", take("Role")),
        ("ephemeral_storage", storage),
        ("tracing_config", tracing),
        ("vpc_config", vpc),
        ("logging_config", logging),
        ("environment", environment),
    ])
}

fn role(
    id: &str,
    properties: &mut Properties,
    policies: &mut BTreeMap<(String, String), Json>,
) -> Json {
    let role = snake(id);
    let name = format!("<{role}.name>");
    for policy in properties.take("Policies").as_array().expect("policies") {
        let key = match policy["PolicyName"].as_str() {
            Some("permissions") => format!("{role}_permissions"),
            _ => role.clone(),
        };
        let block = json!({
            "name": policy["PolicyName"],
            "role": name,
            "policy": policy["PolicyDocument"],
        });
        policies.insert(("aws_iam_role_policy".to_owned(), key), block);
    }
    for policy in properties
        .take("ManagedPolicyArns")
        .as_array()
        .into_iter()
        .flatten()
    {
        let arn = policy.as_str().expect("an ARN");
        // As it is written in the attribute, without defaults.
        let written = arn.replace("<var.", "${").replace('>', "}");
        let written = camel_in_braces(&written);
        let key = format!("{role}_{}", &redrive_model::digest::digest(&written)[..8]);
        let block = json!({ "role": name, "policy_arn": policy });
        policies.insert(("aws_iam_role_policy_attachment".to_owned(), key), block);
    }
    let boundary = properties.take("PermissionsBoundary");
    let given = json!({ "if": "HasPermissionsBoundary", "then": "<var.permissions_boundary>" });
    assert_eq!(boundary, given, "{id}");
    let boundary = r#"var.permissions_boundary == "" ? null : var.permissions_boundary"#;
    object([
        ("own_name", json!(true)),
        (
            "assume_role_policy",
            properties.take("AssumeRolePolicyDocument"),
        ),
        ("path", properties.take("Path")),
        ("permissions_boundary", json!({ "expression": boundary })),
    ])
}

/// `${table_arn}` as `${TableArn}`.
fn camel_in_braces(text: &str) -> String {
    let (mut written, mut in_braces, mut is_start) = (String::new(), false, false);
    for c in text.chars() {
        match c {
            '{' => (in_braces, is_start) = (true, true),
            '}' => in_braces = false,
            '_' if in_braces => {
                is_start = true;
                continue;
            }
            _ => {}
        }
        let is_first = in_braces && is_start && c.is_ascii_alphabetic();
        written.push(if is_first { c.to_ascii_uppercase() } else { c });
        is_start = is_start && !is_first;
    }
    written
}

fn schedule(properties: &mut Properties) -> Json {
    let window = properties.renamed("FlexibleTimeWindow", &[("Mode", "mode")]);
    let Json::Object(target) = properties.take("Target") else {
        panic!("no target");
    };
    let mut target = Properties(target);
    let retries = [
        ("MaximumRetryAttempts", "maximum_retry_attempts"),
        ("MaximumEventAgeInSeconds", "maximum_event_age_in_seconds"),
    ];
    let retries = target.renamed("RetryPolicy", &retries);
    let failures = target.renamed("DeadLetterConfig", &[("Arn", "arn")]);
    let block = object([
        ("own_name", json!(true)),
        ("state", properties.take("State")),
        ("schedule_expression", properties.take("ScheduleExpression")),
        (
            "schedule_expression_timezone",
            properties.take("ScheduleExpressionTimezone"),
        ),
        ("flexible_time_window", window),
        (
            "target",
            object([
                ("arn", target.take("Arn")),
                ("role_arn", target.take("RoleArn")),
                ("input", target.take("Input")),
                ("retry_policy", retries),
                ("dead_letter_config", failures),
            ]),
        ),
    ]);
    assert!(target.0.is_empty(), "{:?}", target.0);
    block
}

/// Each tag of the template, and those of the module's caller.
fn tags(block: &mut Json, tags: &Json, actual: &Json) {
    if actual["tags"].is_null() {
        assert!(tags.is_null());
        return;
    }
    block["tags"] = match tags.as_array() {
        None => json!("<var.tags>"),
        Some(tags) => {
            let text = |json: &Json| format!("{json}");
            let own = tags.iter();
            let own = own.map(|tag| format!("{} = {}", text(&tag["Key"]), text(&tag["Value"])));
            let own = own.collect::<Vec<_>>().join(", ");
            json!({ "expression": format!("merge(var.tags, {{{own}}})") })
        }
    };
}

/// What has to be there first: a policy that the template names, and the rights of a
/// role, which are a part of it in the template.
fn depends_on(place: &str, block: &mut Json, before: &Json, actual: &Json, module: &Module) {
    let Some(on) = actual["depends_on"].as_array() else {
        assert!(before.is_null(), "{place}");
        return;
    };
    let on: BTreeSet<_> = on
        .iter()
        .map(|it| it.as_str().expect("an address"))
        .collect();
    if let Some(before) = before.as_str() {
        let expected = format!("aws_sqs_queue_policy.{}", snake(before));
        assert_eq!(on, BTreeSet::from([expected.as_str()]), "{place}");
    } else {
        let role = [&actual["role"], &actual["target"]["role_arn"]];
        let role = role.into_iter().find_map(Json::as_str).expect("a role");
        let name = role.replace(".arn>", ".name>");
        let mut expected = BTreeSet::new();
        for kind in ["aws_iam_role_policy", "aws_iam_role_policy_attachment"] {
            let policies = module.main["resource"][kind]
                .as_object()
                .into_iter()
                .flatten();
            let of_role = policies.filter(|(_, it)| module.value(&it["role"]) == name);
            expected.extend(of_role.map(|(name, _)| format!("{kind}.{name}")));
        }
        assert!(!expected.is_empty(), "{place}");
        assert_eq!(on, expected.iter().map(String::as_str).collect(), "{place}");
    }
    block["depends_on"] = actual["depends_on"].clone();
}

/// They belong to the configuration that calls the module.
#[test]
fn a_module_has_neither_a_provider_nor_a_backend() {
    for (origin, _, module) in all() {
        let blocks = module.main.as_object().expect("blocks").keys();
        let known = ["//", "data", "locals", "resource"];
        assert!(blocks.eq(known), "{origin}: {:?}", module.main);
    }
    for case in cases() {
        let path = case.expected.join("terraform/versions.tf.json");
        let text = fs::read_to_string(path).expect("a golden file");
        let versions: Json = serde_json::from_str(&text).expect("JSON");
        let settings = versions["terraform"].as_object().expect("settings").keys();
        assert!(settings.eq(["required_providers", "required_version"]));
        assert_eq!(versions.as_object().map(|it| it.len()), Some(1), "{text}");
    }
}

#[test]
fn each_parameter_of_the_template_is_a_variable() {
    for (origin, template, module) in all() {
        let mut expected = BTreeSet::from(["tags".to_owned(), "zips".to_owned()]);
        for (name, parameter) in template.0["Parameters"].as_object().expect("parameters") {
            let variable = variable(name);
            let place = format!("{origin}: {name}");
            let block = &module.variables[&variable];
            let kind = parameter["Type"].as_str().expect("a type");
            let (kind, default) = match (name.as_str(), kind, &parameter["Default"]) {
                ("AlarmTopicArn", ..) => ("list(string)", json!([])),
                (_, _, default)
                    if !parameter["AllowedValues"][0].is_string() && kind == "Number" =>
                {
                    ("number", default.clone())
                }
                (_, _, default)
                    if default == "true"
                        && parameter["AllowedValues"] == json!(["true", "false"]) =>
                {
                    ("bool", json!(true))
                }
                (_, kind, default) if kind.starts_with("List<") => {
                    ("list(string)", default.clone())
                }
                (_, _, default) => ("string", default.clone()),
            };
            assert_eq!(block["type"], kind, "{place}");
            assert_eq!(block["default"], default, "{place}");
            assert_eq!(block.get("default").is_none(), default.is_null(), "{place}");
            let conditions = block["validation"].to_string();
            if let Some(pattern) = parameter["AllowedPattern"].as_str() {
                let pattern = pattern.replace('\\', "\\\\");
                assert!(conditions.contains(&pattern), "{place}: {conditions}");
            }
            if let Some(most) = parameter["MaxLength"].as_u64() {
                let condition = |most: u64| format!("length(var.{variable}) <= {most}}}");
                let is_in = (0..=most).any(|most| conditions.contains(&condition(most)));
                assert!(is_in, "{place}: {conditions}");
            }
            expected.insert(variable);
        }
        for name in ["tags", "zips"] {
            assert_eq!(module.variables[name]["default"], json!({}), "{origin}");
        }
        let variables = module.variables.as_object().expect("variables");
        assert_eq!(
            variables.keys().cloned().collect::<BTreeSet<_>>(),
            expected,
            "{origin}"
        );
    }
}

#[test]
fn each_output_of_the_template_is_in_the_module() {
    for (origin, template, module) in all() {
        let outputs = template.0["Outputs"].as_object().expect("outputs");
        for (id, output) in outputs {
            let block = &module.outputs[snake(id)];
            assert_eq!(
                block["description"], output["Description"],
                "{origin}: {id}"
            );
            let expected = with_variables(&template.value(&output["Value"]));
            assert_eq!(module.value(&block["value"]), expected, "{origin}: {id}");
        }
        let count = module.outputs.as_object().map(|it| it.len());
        assert_eq!(count, Some(outputs.len()), "{origin}");
    }
}

/// What a user writes is the same in both formats, whatever it looks like to them.
#[test]
fn hostile_texts_are_unchanged() {
    let (_, template, module) = all()
        .into_iter()
        .find(|(origin, ..)| origin == "hostile")
        .expect("the case");
    let function = &module.main["resource"]["aws_lambda_function"];
    let function = function.as_object().expect("a function").values().next();
    let variables = module.value(&function.expect("a function")["environment"]["variables"]);
    for (name, expected) in hostile::variables("<var.stage>", "<var.text>") {
        assert_eq!(variables[name], expected);
    }
    assert_eq!(module.variables["text"]["default"], hostile::TEXT);
    assert_eq!(template.0["Parameters"]["Text"]["Default"], hostile::TEXT);
}
