//! The blocks of each resource of the plan.

use std::collections::BTreeMap;

use redrive_model::Pollers;
use redrive_model::digest::digest;
use redrive_model::idempotency::attribute;
use redrive_syntax::ParameterText;
use serde_json::{Map, Value as Json, json};

use super::names::{Names, REGION, ZIPS, name, queue_arn, type_of};
use super::text::{Text, quoted};
use crate::artifact::ZIP;
use crate::plan::{
    ALARM_PERIOD, Alarm, Dashboard, EventSourceMapping, InvokeConfig, Kind, LambdaFunction,
    MAXIMUM_AGE, Plan, Queue, QueuePolicy, RETRIES, Resource, Role, Schedule, Subscription, Value,
    shared,
};
use crate::render::{dashboards, policies, remove_nulls};

/// The blocks of the resources so far.
pub(super) struct Resources<'a> {
    plan: &'a Plan,
    names: &'a Names<'a>,
    /// By type and name.
    pub(super) blocks: BTreeMap<&'static str, Map<String, Json>>,
    /// The local values with what AWS reads as JSON, by name: policies.
    pub(super) documents: Map<String, Json>,
}

impl<'a> Resources<'a> {
    pub(super) fn new(plan: &'a Plan, names: &'a Names<'a>) -> Self {
        Self {
            plan,
            names,
            blocks: BTreeMap::new(),
            documents: Map::new(),
        }
    }

    pub(super) fn add(&mut self, resource: &Resource) {
        let id = &resource.id;
        let mut block = match &resource.kind {
            Kind::Queue(it) => self.queue(id, it),
            Kind::QueuePolicy(it) => self.queue_policy(id, it),
            Kind::Subscription(it) => self.subscription(it),
            Kind::Function(it) => self.function(id, it),
            Kind::LogGroup => json!({
                "name": Text::literal("/aws/lambda/").then(self.names.created(id)).template(),
                "retention_in_days": self.var(shared::LOG_RETENTION),
            }),
            Kind::Role(it) => self.role(id, it),
            Kind::EventSourceMapping(it) => self.mapping(it),
            Kind::Schedule(it) => self.schedule(id, it),
            Kind::InvokeConfig(it) => self.invoke_config(it),
            Kind::Alarm(it) => self.alarm(id, it),
            Kind::Dashboard(it) => self.dashboard(id, it),
            Kind::Table => self.table(id),
        };
        if resource.kind.can_have_tags() {
            block["tags"] = self.tags(&resource.tags);
        }
        self.insert(type_of(&resource.kind), name(id), block);
    }

    fn insert(&mut self, kind: &'static str, name: String, mut block: Json) {
        remove_nulls(&mut block);
        self.blocks.entry(kind).or_default().insert(name, block);
    }

    /// Keeps a document as a local value, and gives it as JSON.
    fn document(&mut self, name: String, document: Json) -> Json {
        let encoded = format!("jsonencode(local.{name})");
        self.documents.insert(name, document);
        Text::of(encoded).template()
    }

    fn var(&self, parameter: &str) -> Json {
        Text::of(self.names.var(parameter)).template()
    }

    fn value(&self, value: &Value) -> Json {
        self.names.value(value).template()
    }

    fn text(&self, text: &ParameterText) -> Json {
        self.names.text(text).template()
    }

    fn arn(&self, id: &str) -> Json {
        self.value(&Value::Arn(id.to_owned()))
    }

    fn function_name(&self, id: &str) -> Json {
        self.value(&Value::FunctionName(id.to_owned()))
    }

    fn tags(&self, tags: &BTreeMap<String, String>) -> Json {
        let own = tags.iter();
        let own: Vec<_> = own
            .map(|(name, value)| format!("{} = {}", quoted(name), quoted(value)))
            .collect();
        Text::of(match own.is_empty() {
            true => "var.tags".to_owned(),
            false => format!("merge(var.tags, {{{}}})", own.join(", ")),
        })
        .template()
    }

    fn queue(&mut self, id: &str, queue: &Queue) -> Json {
        let queue_name = match &queue.name {
            Some(it) => self.names.prefixed(self.names.text(it)),
            None => self.names.created(id),
        };
        let redrive = queue.dlq.as_ref().map(|(dlq, receives)| {
            let dlq = self.value(dlq);
            let policy = json!({ "deadLetterTargetArn": dlq, "maxReceiveCount": receives });
            self.document(format!("{}_redrive", name(id)), policy)
        });
        let allow = queue.dlq_of.as_ref().map(|source| {
            // The source refers to the DLQ; a reference back would be a cycle.
            let source = queue_arn(self.names.prefixed(self.names.text(source))).template();
            let policy = json!({ "redrivePermission": "byQueue", "sourceQueueArns": [source] });
            self.document(format!("{}_redrive_allow", name(id)), policy)
        });
        json!({
            "name": queue_name.template(),
            "fifo_queue": queue.is_fifo.then_some(true),
            "message_retention_seconds": queue.retention,
            "visibility_timeout_seconds": queue.visibility_timeout,
            // The provider accepts only one of the two.
            "sqs_managed_sse_enabled": queue.kms_key.is_none().then_some(true),
            "kms_master_key_id": queue.kms_key.as_ref().map(|it| self.text(it)),
            "redrive_policy": redrive,
            "redrive_allow_policy": allow,
        })
    }

    fn queue_policy(&mut self, id: &str, policy: &QueuePolicy) -> Json {
        let names = self.names;
        let value = |it: &Value| names.value(it).template();
        let queue = Value::Arn(policy.queue.clone());
        let senders = policy.senders.iter();
        let senders = senders.map(|it| policies::allow_senders(it, &queue, &value));
        let statements = [policies::only_with_tls(policy, &value)].into_iter();
        let document = policies::document(statements.chain(senders));
        json!({
            "queue_url": self.value(&Value::QueueUrl(policy.queue.clone())),
            "policy": self.document(name(id), document),
        })
    }

    fn subscription(&self, subscription: &Subscription) -> Json {
        let filter = subscription.filter.as_ref();
        let policy = subscription.policy.as_deref();
        json!({
            "protocol": "sqs",
            "topic_arn": self.text(&subscription.topic),
            "endpoint": self.value(&subscription.queue),
            "raw_message_delivery": subscription.is_raw,
            "filter_policy": filter.map(|(json, _)| Text::literal(json).template()),
            "filter_policy_scope": filter.map(|(_, scope)| scope),
            // Without it, the first messages would be refused.
            "depends_on": policy.map(|policy| [self.names.address(policy)]),
        })
    }

    fn function(&self, id: &str, function: &LambdaFunction) -> Json {
        let variables = function.environment.iter();
        let variables: Map<_, _> = variables
            .map(|(name, variable)| (key(name), self.value(variable)))
            .collect();
        let vpc = function.vpc.then(|| {
            json!({
                "subnet_ids": self.var(shared::SUBNETS),
                "security_group_ids": self.var(shared::SECURITY_GROUPS),
            })
        });
        let default = Text::of("path.module").then_literal(format!("/{}/{ZIP}", function.binary));
        let zip = format!(
            "lookup(var.{ZIPS}, {}, {})",
            quoted(&function.binary),
            default.expression()
        );
        let logs = self.names.attribute(&function.logs, "name");
        json!({
            "function_name": self.names.created(id).template(),
            "runtime": "provided.al2023",
            "architectures": [self.plan.architecture.to_string()],
            "filename": Text::of(&zip).template(),
            "source_code_hash": Text::of(format!("filebase64sha256({zip})")).template(),
            "handler": Text::literal(&function.handler).template(),
            "timeout": function.timeout,
            "memory_size": function.memory,
            "ephemeral_storage": { "size": function.storage },
            "reserved_concurrent_executions": function.reserved_concurrency,
            "tracing_config": { "mode": if function.tracing { "Active" } else { "PassThrough" } },
            "vpc_config": vpc,
            "role": self.arn(&function.role),
            "logging_config": { "log_format": "JSON", "log_group": Text::of(logs).template() },
            "environment": (!variables.is_empty()).then(|| json!({ "variables": variables })),
            // Lambda checks the rights when a mapping or a destination is created.
            "depends_on": self.rights(&function.role),
        })
    }

    /// The addresses of what gives a role its rights.
    fn rights(&self, role: &str) -> Vec<String> {
        let mut resources = self.plan.resources.iter();
        let Some(Kind::Role(it)) = resources.find(|it| it.id == role).map(|it| &it.kind) else {
            return Vec::new();
        };
        let inline = inline_names(role, it);
        let inline = inline.into_iter().map(|name| format!("{INLINE}.{name}"));
        let attached = it.policies.iter();
        let attached = attached.map(|it| format!("{ATTACHED}.{}", attached_name(role, it)));
        inline.chain(attached).collect()
    }

    fn role(&mut self, id: &str, role: &Role) -> Json {
        let names = self.names;
        let value = |it: &Value| names.value(it).template();
        let trust = policies::document([policies::trust(role, &value)]);
        let grants = role.grants.iter();
        let grants = policies::document(grants.map(|it| policies::allow(it, &value)));
        let text = |it: &ParameterText| names.text(it).template();
        let own = role.statements.iter();
        let own = policies::document(own.map(|it| policies::of_user(it, &text, &key)));
        let documents = [(role.name, grants), (policies::OWN, own)];
        for (name, (policy, document)) in inline_names(id, role).into_iter().zip(documents) {
            let document = self.document(name.clone(), document);
            let role = Text::of(names.attribute(id, "name")).template();
            let block = json!({ "name": policy, "role": role, "policy": document });
            self.insert(INLINE, name, block);
        }
        for policy in &role.policies {
            let block = json!({
                "role": Text::of(names.attribute(id, "name")).template(),
                "policy_arn": text(policy),
            });
            self.insert(ATTACHED, attached_name(id, policy), block);
        }
        let boundary = names.var(shared::BOUNDARY);
        let boundary = format!("{boundary} == \"\" ? null : {boundary}");
        json!({
            "name": names.created(id).template(),
            "assume_role_policy": self.document(format!("{}_trust", name(id)), trust),
            "path": self.var(shared::ROLE_PATH),
            "permissions_boundary": Text::of(boundary).template(),
        })
    }

    fn mapping(&self, mapping: &EventSourceMapping) -> Json {
        let scaling = mapping
            .max_concurrency
            .map(|most| json!({ "maximum_concurrency": most }));
        let pollers = mapping
            .pollers
            .map(|Pollers { min, max }| json!({ "minimum_pollers": min, "maximum_pollers": max }));
        json!({
            "event_source_arn": self.value(&mapping.queue),
            "function_name": self.function_name(&mapping.function),
            "enabled": self.var(&mapping.enabled),
            "batch_size": mapping.batch_size,
            "maximum_batching_window_in_seconds": mapping.batch_window,
            "scaling_config": scaling,
            "provisioned_poller_config": pollers,
            // Without this, Lambda deletes the messages that the worker reports as
            // failed.
            "function_response_types": ["ReportBatchItemFailures"],
        })
    }

    fn schedule(&self, id: &str, schedule: &Schedule) -> Json {
        json!({
            "name": self.names.created(id).template(),
            "state": "ENABLED",
            "schedule_expression": schedule.expression,
            "schedule_expression_timezone": schedule.timezone,
            "flexible_time_window": { "mode": "OFF" },
            "target": {
                "arn": self.arn(&schedule.function),
                "role_arn": self.arn(&schedule.role),
                "input": "{}",
                "retry_policy": {
                    "maximum_retry_attempts": RETRIES,
                    "maximum_event_age_in_seconds": MAXIMUM_AGE,
                },
                "dead_letter_config": { "arn": self.arn(&schedule.failures) },
            },
            "depends_on": self.rights(&schedule.role),
        })
    }

    fn invoke_config(&self, config: &InvokeConfig) -> Json {
        json!({
            "function_name": self.function_name(&config.function),
            "qualifier": "$LATEST",
            "maximum_retry_attempts": RETRIES,
            "maximum_event_age_in_seconds": MAXIMUM_AGE,
            "destination_config": { "on_failure": { "destination": self.arn(&config.failures) } },
        })
    }

    fn table(&self, id: &str) -> Json {
        json!({
            "name": self.names.created(id).template(),
            "billing_mode": "PAY_PER_REQUEST",
            "hash_key": attribute::ID,
            "attribute": [{ "name": attribute::ID, "type": "S" }],
            "ttl": { "attribute_name": attribute::EXPIRES, "enabled": true },
        })
    }

    fn alarm(&self, id: &str, alarm: &Alarm) -> Json {
        let (dimension, of) = &alarm.dimension;
        // Names are in it as they are written in the attribute.
        let text = ParameterText::parse(&alarm.text)
            .map_or_else(|_| Text::literal(&alarm.text), |it| self.names.text(&it));
        let topics = self.var(shared::ALARM_TOPIC);
        json!({
            "alarm_name": self.names.created(id).template(),
            "alarm_description": text.template(),
            "namespace": alarm.namespace,
            "metric_name": alarm.metric,
            "dimensions": { *dimension: self.value(of) },
            "statistic": alarm.statistic,
            "period": ALARM_PERIOD,
            "evaluation_periods": 1,
            "threshold": alarm.at_least,
            "comparison_operator": "GreaterThanOrEqualToThreshold",
            "treat_missing_data": "notBreaching",
            "alarm_actions": topics,
            "ok_actions": topics,
        })
    }

    fn dashboard(&mut self, id: &str, dashboard: &Dashboard) -> Json {
        let names = self.names;
        let value = |it: &Value| names.value(it).template();
        let body = dashboards::body(dashboard, &Text::of(REGION).template(), &value);
        json!({
            "dashboard_name": names.created(id).template(),
            "dashboard_body": self.document(name(id), body),
        })
    }
}

const INLINE: &str = "aws_iam_role_policy";
const ATTACHED: &str = "aws_iam_role_policy_attachment";

/// The names of a role's own policies: its grants, then the user's statements.
fn inline_names(id: &str, role: &Role) -> Vec<String> {
    let own = format!("{}_{}", name(id), policies::OWN);
    let own = (!role.statements.is_empty()).then_some(own);
    [name(id)].into_iter().chain(own).collect()
}

/// The name does not change when other policies are added.
fn attached_name(id: &str, policy: &ParameterText) -> String {
    let text = policy.with(|parameter| format!("${{{}}}", parameter.name));
    format!("{}_{}", name(id), &digest(&text)[..8])
}

/// The key of an object.
fn key(name: &str) -> String {
    let text = Text::literal(name).template();
    text.as_str().unwrap_or_default().to_owned()
}
