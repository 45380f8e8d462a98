//! The names of Terraform's blocks and of what they create, and the values that refer
//! to them.

use std::collections::{BTreeMap, BTreeSet};

use redrive_model::digest::digest;
use redrive_syntax::parameter_text::Part;
use redrive_syntax::{ParameterText, queues};

use super::text::{Text, quoted};
use crate::artifact::stack_name;
use crate::plan::{Kind, Plan, Value, shared};

/// The variables that a module has in addition to the parameters of the plan.
pub(super) const TAGS: &str = "tags";
pub(super) const ZIPS: &str = "zips";

/// The variables for several topics and for the boundary of all roles.
const ALARM_TOPICS: &str = "alarm_topic_arns";
const BOUNDARY: &str = "permissions_boundary";

/// The names that no variable can have.
/// <https://developer.hashicorp.com/terraform/language/values/variables>
const RESERVED: [&str; 8] = [
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "locals",
    "providers",
    "source",
    "version",
];

/// Characters of a created name without its prefix: with most prefixes, such a name has
/// at most the 64 characters that Lambda, IAM and EventBridge Scheduler allow.
const LONGEST: usize = 48;

/// Characters that these allow.
pub(super) const LONGEST_WITH_PREFIX: usize = 64;

/// `ProcessOrderQueue` as `process_order_queue`; two logical ids never have one name.
pub(super) fn name(id: &str) -> String {
    let mut name = String::new();
    for (place, c) in id.char_indices() {
        let is_word = place > 0 && c.is_ascii_uppercase();
        let is_no_name = place == 0 && c.is_ascii_digit();
        if is_word || is_no_name {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

/// The type of a resource.
pub(super) fn type_of(kind: &Kind) -> &'static str {
    match kind {
        Kind::Queue(_) => "aws_sqs_queue",
        Kind::QueuePolicy(_) => "aws_sqs_queue_policy",
        Kind::Subscription(_) => "aws_sns_topic_subscription",
        Kind::Function(_) => "aws_lambda_function",
        Kind::LogGroup => "aws_cloudwatch_log_group",
        Kind::Role(_) => "aws_iam_role",
        Kind::EventSourceMapping(_) => "aws_lambda_event_source_mapping",
        Kind::Schedule(_) => "aws_scheduler_schedule",
        Kind::InvokeConfig(_) => "aws_lambda_function_event_invoke_config",
        Kind::Alarm(_) => "aws_cloudwatch_metric_alarm",
        Kind::Dashboard(_) => "aws_cloudwatch_dashboard",
        Kind::Table => "aws_dynamodb_table",
    }
}

/// What a module's blocks are called.
pub(super) struct Names<'a> {
    package: &'a str,
    /// The variable of each parameter.
    variables: BTreeMap<&'a str, String>,
    /// The type of each resource.
    types: BTreeMap<&'a str, &'static str>,
}

impl<'a> Names<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let mut taken: BTreeSet<String> = [TAGS, ZIPS]
            .into_iter()
            .chain(RESERVED)
            .map(str::to_owned)
            .collect();
        let mut variables = BTreeMap::new();
        let (own, rest): (Vec<_>, Vec<_>) = plan.parameters.iter().partition(|it| it.is_own);
        for parameter in rest.into_iter().chain(own) {
            let mut variable = match parameter.name.as_str() {
                shared::ALARM_TOPIC => ALARM_TOPICS.to_owned(),
                shared::BOUNDARY => BOUNDARY.to_owned(),
                other => name(other),
            };
            while !taken.insert(variable.clone()) {
                variable.push('_');
            }
            variables.insert(parameter.name.as_str(), variable);
        }
        let resources = plan.resources.iter();
        Self {
            package: &plan.package,
            variables,
            types: resources
                .map(|it| (it.id.as_str(), type_of(&it.kind)))
                .collect(),
        }
    }

    /// The name of a parameter's variable.
    pub(super) fn variable(&self, parameter: &str) -> &str {
        &self.variables[parameter]
    }

    /// The value of a parameter's variable.
    pub(super) fn var(&self, parameter: &str) -> String {
        format!("var.{}", self.variable(parameter))
    }

    /// The value of the prefix, followed by a text.
    pub(super) fn prefixed(&self, text: Text) -> Text {
        Text::of(self.var(shared::NAME_PREFIX)).then(text)
    }

    /// The name of a resource that CloudFormation would name itself.
    pub(super) fn created(&self, id: &str) -> Text {
        self.prefixed(Text::literal(self.without_prefix(id)))
    }

    /// The same without the prefix.
    pub(super) fn without_prefix(&self, id: &str) -> String {
        let name = format!("{}_{}", stack_name(self.package), name(id)).replace('_', "-");
        match name.len() > LONGEST {
            true => {
                let end = &digest(&name)[..8];
                format!("{}-{end}", &name[..LONGEST - 1 - end.len()])
            }
            false => name,
        }
    }

    /// The address of a resource.
    pub(super) fn address(&self, id: &str) -> String {
        format!("{}.{}", self.types[id], name(id))
    }

    pub(super) fn attribute(&self, id: &str, attribute: &str) -> String {
        format!("{}.{attribute}", self.address(id))
    }

    pub(super) fn value(&self, value: &Value) -> Text {
        match value {
            Value::Text(text) => self.text(text),
            Value::AccountId => Text::of(ACCOUNT),
            Value::DefaultScheduleGroup => {
                own_arn("scheduler", Text::literal("schedule-group/default"))
            }
            Value::Key(id) => own_arn("kms", Text::literal("key/").then(self.text(id))),
            Value::UrlOf(queue) => Text::literal("https://sqs.")
                .then(self.arn_part(queue, 3))
                .then_literal(".")
                .then(Text::of("data.aws_partition.current.dns_suffix"))
                .then_literal("/")
                .then(self.arn_part(queue, 4))
                .then_literal("/")
                .then(self.arn_part(queue, 5)),
            Value::NameOf(queue) => self.arn_part(queue, 5),
            // Streams of the group: `:*`, which CloudFormation's ARN of a group has.
            Value::Arn(id) if self.types[id.as_str()] == type_of(&Kind::LogGroup) => {
                Text::of(self.attribute(id, "arn")).then_literal(":*")
            }
            Value::Arn(id) => Text::of(self.attribute(id, "arn")),
            Value::QueueUrl(id) => Text::of(self.attribute(id, "url")),
            Value::QueueName(id) | Value::Name(id) => Text::of(self.attribute(id, "name")),
            Value::TableArn(name) => {
                own_arn("dynamodb", Text::literal("table/").then(self.text(name)))
            }
            Value::FunctionName(id) => Text::of(self.attribute(id, "function_name")),
            Value::Parameter(name) => Text::of(self.var(name)),
        }
    }

    /// A text in which parameters are replaced at deployment.
    pub(super) fn text(&self, text: &ParameterText) -> Text {
        let parts = text.parts().iter().map(|part| match part {
            Part::Literal(text) => Text::literal(text),
            Part::Parameter(parameter) => Text::of(self.var(&parameter.name)),
        });
        parts.fold(Text::default(), Text::then)
    }

    /// A part of an ARN, counted from 0.
    fn arn_part(&self, arn: &ParameterText, index: usize) -> Text {
        let known = arn.literal().and_then(|_| queues::arn_part(arn, index));
        known.map_or_else(
            || {
                let arn = self.text(arn).expression();
                Text::of(format!("split({}, {arn})[{index}]", quoted(":")))
            },
            Text::literal,
        )
    }
}

/// The region of the deployment.
pub(super) const REGION: &str = "data.aws_region.current.id";
const ACCOUNT: &str = "data.aws_caller_identity.current.account_id";

/// The ARN of a resource of the deployment's own account and region.
fn own_arn(service: &str, resource: Text) -> Text {
    Text::literal("arn:")
        .then(Text::of("data.aws_partition.current.partition"))
        .then_literal(format!(":{service}:"))
        .then(Text::of(REGION))
        .then_literal(":")
        .then(Text::of(ACCOUNT))
        .then_literal(":")
        .then(resource)
}

/// The ARN of the queue that is named like this.
pub(super) fn queue_arn(name: Text) -> Text {
    own_arn("sqs", name)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::{Names, name};
    use crate::plan;
    use crate::tests::sample;

    #[test]
    fn a_name_is_one_that_terraform_allows() {
        assert_eq!(name("ProcessOrderQueue"), "process_order_queue");
        assert_eq!(name("Orders2ndDlq"), "orders2nd_dlq");
        assert_eq!(name("2ndQueue"), "_2nd_queue");
        assert_ne!(name("OrdersAB"), name("OrdersAb"));
    }

    #[test]
    fn variables_of_the_user_give_way() {
        let attribute = quote!(env(
            AA = "${Version}",
            BB = "${Tags}",
            CC = "${AlarmTopicArns}",
            DD = "${stage}",
            EE = "${Stage}"
        ));
        let plan = plan::of(&sample::stack([sample::with("orders", attribute)]));
        let names = Names::new(&plan);
        for (parameter, variable) in [
            ("Version", "version_"),
            ("Tags", "tags_"),
            ("AlarmTopicArns", "alarm_topic_arns_"),
            ("AlarmTopicArn", "alarm_topic_arns"),
            ("Stage", "stage"),
            ("stage", "stage_"),
            ("OrdersEnabled", "orders_enabled"),
        ] {
            assert_eq!(names.variable(parameter), variable);
        }
    }

    #[test]
    fn a_long_name_is_cut_and_stays_apart() {
        let long = "a".repeat(60);
        let stack = sample::stack([sample::entry("orders"), sample::entry(&long)]);
        let plan = plan::of(&stack);
        let names = Names::new(&plan);
        assert_eq!(names.without_prefix("OrdersWorker"), "shop-orders-worker");
        let all = plan.resources.iter().map(|it| names.without_prefix(&it.id));
        let all: std::collections::BTreeSet<_> = all.collect();
        assert_eq!(all.len(), plan.resources.len());
        assert!(all.iter().all(|name| name.len() <= super::LONGEST));
    }
}
