//! The blocks of each resource of the plan.

use std::collections::BTreeMap;

use redrive_model::digest::digest;
use redrive_model::idempotency::attribute;
use redrive_syntax::ParameterText;
use serde_json::{Map, Value as Json, json};

use super::names::{Names, REGION, ZIPS, name, queue_arn, type_of};
use super::text::{Text, quoted};
use crate::artifact::ZIP;
use crate::plan::{
    Alarm, Kind, LambdaFunction, Plan, Queue, QueuePolicy, Resource, Role, Subscription, Value,
    Widget, shared, sub,
};
use crate::render::{dashboards, extend, policies, properties, remove_nulls};

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
        let created = self.names.created(id);
        let own = match &resource.kind {
            Kind::Queue(it) => self.queue(id, it),
            Kind::QueuePolicy(it) => self.queue_policy(id, it),
            Kind::Subscription(it) => self.subscription(it),
            Kind::Function(it) => self.function(&created, it),
            Kind::LogGroup => {
                json!({ "name": Text::literal("/aws/lambda/").then(created).template() })
            }
            Kind::Role(it) => self.role(id, it),
            // The provider has no empty block.
            Kind::EventSourceMapping(it) if it.max_concurrency.is_none() => {
                json!({ "scaling_config": null })
            }
            Kind::EventSourceMapping(_) | Kind::InvokeConfig(_) => Json::Null,
            Kind::Schedule(it) => {
                json!({ "name": created.template(), "depends_on": self.rights(&it.role) })
            }
            Kind::Alarm(it) => self.alarm(&created, it),
            Kind::Dashboard(it) => self.dashboard(id, it),
            Kind::Table => json!({
                "name": created.template(),
                "hash_key": attribute::ID,
                "attribute": [{ "name": attribute::ID, "type": "S" }],
                "ttl": { "attribute_name": attribute::EXPIRES, "enabled": true },
            }),
        };
        let common = properties::common(&resource.kind, self.plan.architecture, &self.write());
        let mut block = in_snake_case(common);
        extend(&mut block, own);
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

    /// Writes the values of the plan.
    fn write(&self) -> impl Fn(&Value) -> Json + use<'a> {
        let names = self.names;
        |value| names.value(value).template()
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
            let dlq = self.names.value(dlq).template();
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
            "kms_master_key_id": queue.kms_key.as_ref().map(|it| self.names.text(it).template()),
            "redrive_policy": redrive,
            "redrive_allow_policy": allow,
        })
    }

    fn queue_policy(&mut self, id: &str, policy: &QueuePolicy) -> Json {
        let document = policies::of_queue(policy, &self.write());
        let url = self.names.value(&Value::QueueUrl(policy.queue.clone()));
        json!({ "queue_url": url.template(), "policy": self.document(name(id), document) })
    }

    fn subscription(&self, subscription: &Subscription) -> Json {
        let filter = subscription.filter.as_ref();
        let policy = subscription.policy.as_deref();
        json!({
            "filter_policy": filter.map(|(json, _)| Text::literal(json).template()),
            // Without it, the first messages would be refused.
            "depends_on": policy.map(|policy| [self.names.address(policy)]),
        })
    }

    fn function(&self, created: &Text, function: &LambdaFunction) -> Json {
        let write = self.write();
        let variables = function.environment.iter();
        let variables: Map<_, _> = variables
            .map(|(name, variable)| (key(name), write(variable)))
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
        json!({
            "function_name": created.template(),
            "filename": Text::of(&zip).template(),
            "source_code_hash": Text::of(format!("filebase64sha256({zip})")).template(),
            "vpc_config": vpc,
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
        let role_name = Text::of(names.attribute(id, "name")).template();
        let inline = policies::of_role(role, &self.write(), &key).into_iter();
        for (name, (policy, document)) in inline_names(id, role).into_iter().zip(inline) {
            let document = self.document(name.clone(), document);
            let block = json!({ "name": policy, "role": role_name, "policy": document });
            self.insert(INLINE, name, block);
        }
        for policy in &role.policies {
            let arn = names.text(policy).template();
            let block = json!({ "role": role_name, "policy_arn": arn });
            self.insert(ATTACHED, attached_name(id, policy), block);
        }
        let trust = policies::trust(role, &self.write());
        let boundary = names.var(shared::BOUNDARY);
        let boundary = format!("{boundary} == \"\" ? null : {boundary}");
        json!({
            "name": names.created(id).template(),
            "assume_role_policy": self.document(format!("{}_trust", name(id)), trust),
            "permissions_boundary": Text::of(boundary).template(),
        })
    }

    fn alarm(&self, created: &Text, alarm: &Alarm) -> Json {
        let write = self.write();
        let dimensions = alarm.metric.dimensions.iter();
        let dimensions: Map<_, _> = dimensions
            .map(|(name, of)| ((*name).to_owned(), write(of)))
            .collect();
        let topics = self.var(shared::ALARM_TOPIC);
        json!({
            "alarm_name": created.template(),
            "dimensions": dimensions,
            "alarm_actions": topics,
            "ok_actions": topics,
        })
    }

    fn dashboard(&mut self, id: &str, widgets: &[Widget]) -> Json {
        let body = dashboards::body(widgets, &Text::of(REGION).template(), &self.write());
        json!({
            "dashboard_name": self.names.created(id).template(),
            "dashboard_body": self.document(name(id), body),
        })
    }
}

/// Properties by the provider's names for them.
fn in_snake_case(json: Json) -> Json {
    match json {
        Json::Object(members) => members
            .into_iter()
            .map(|(property, value)| (name(&property), in_snake_case(value)))
            .collect(),
        json => json,
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
    format!("{}_{}", name(id), &digest(&sub(policy))[..8])
}

/// The key of an object.
fn key(name: &str) -> String {
    let text = Text::literal(name).template();
    text.as_str().unwrap_or_default().to_owned()
}
