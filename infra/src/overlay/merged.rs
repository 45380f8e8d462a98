//! The stack as the overlays leave it: what they set instead of an attribute is
//! read back, so that `stack.md`, the local world and the rules go by it.

use redrive_syntax::Function;
use redrive_syntax::schedule::{self, Schedule};
use serde_json::Value;

use super::literal_value::{Literal, property, referred};
use super::mistake::Mistake;
use crate::lambda::{Variable, worker_variables};
use crate::plan::{Ids, Part};

/// Where the template has a number of the attribute.
struct Field {
    /// The attribute's key.
    key: &'static str,
    part: Part,
    /// The property, with `/` before what is in it.
    path: &'static str,
    /// What AWS takes if the template does not say.
    missing: Option<u32>,
    set: fn(&mut Function, u32),
}

/// SQS keeps messages for four days if it is not told.
const RETENTION: Option<u32> = Some(345_600);

const FIELDS: [Field; 9] = [
    Field {
        key: "batch_size",
        part: Part::EventSourceMapping,
        path: "BatchSize",
        missing: Some(10),
        set: |function, number| function.batch_size = number,
    },
    Field {
        key: "batch_window",
        part: Part::EventSourceMapping,
        path: "MaximumBatchingWindowInSeconds",
        missing: Some(0),
        set: |function, number| function.batch_window = number,
    },
    Field {
        key: "max_concurrency",
        part: Part::EventSourceMapping,
        path: "ScalingConfig/MaximumConcurrency",
        missing: None,
        set: |function, number| function.max_concurrency = Some(number),
    },
    Field {
        key: "timeout",
        part: Part::Worker,
        path: "Timeout",
        missing: Some(3),
        set: |function, number| function.timeout = number,
    },
    Field {
        key: "memory",
        part: Part::Worker,
        path: "MemorySize",
        missing: Some(128),
        set: |function, number| function.memory = number,
    },
    Field {
        key: "max_receive_count",
        part: Part::Queue,
        path: "RedrivePolicy/maxReceiveCount",
        missing: None,
        set: |function, number| function.max_receive_count = number,
    },
    Field {
        key: "visibility_timeout",
        part: Part::Queue,
        path: "VisibilityTimeout",
        missing: Some(30),
        set: |function, number| function.visibility_timeout = number,
    },
    Field {
        key: "retention",
        part: Part::Queue,
        path: "MessageRetentionPeriod",
        missing: RETENTION,
        set: |function, number| function.retention = number,
    },
    Field {
        key: "dlq_retention",
        part: Part::Dlq,
        path: "MessageRetentionPeriod",
        missing: RETENTION,
        set: |function, number| function.dlq_retention = number,
    },
];

/// The places of the values that are no numbers.
const OTHERS: [(&str, Part, &str); 4] = [
    ("dlq_redrive", Part::Schedule, "ScheduleExpression"),
    (
        "redrive_timezone",
        Part::Schedule,
        "ScheduleExpressionTimezone",
    ),
    ("env", Part::Worker, "Environment/Variables"),
    ("policies", Part::WorkerRole, "ManagedPolicyArns"),
];

/// What is not known of a queue that is not the template's.
const OF_THE_QUEUE: [&str; 5] = [
    "queue",
    "max_receive_count",
    "visibility_timeout",
    "retention",
    "dlq_retention",
];

/// Whether the worker is fed from the template's queue, and not from one that
/// an overlay names instead.
fn reads_own_queue(ids: &Ids, template: &Value) -> bool {
    let pointer = property(&ids.of(Part::EventSourceMapping), "EventSourceArn");
    let source = template.pointer(&pointer).and_then(referred);
    source == Some(ids.of(Part::Queue).as_str())
}

/// Where the template has what a key of the attribute says.
pub(super) fn place(key: &str) -> Option<(Part, &'static str)> {
    let numbers = FIELDS
        .iter()
        .map(|field| (field.key, field.part, field.path));
    numbers
        .chain(OTHERS)
        .find(|(name, ..)| *name == key)
        .map(|(_, part, path)| (part, path))
}

/// A function as a merged template has it.
pub(super) struct Merged {
    pub(super) function: Function,
    /// The keys whose values are known at deployment only, or cannot be used.
    pub(super) unknown: Vec<&'static str>,
    /// What is wrong with a single value, where the attribute would refuse it.
    pub(super) mistakes: Vec<Mistake>,
}

impl Merged {
    /// Reads back what the template says of `function`.
    pub(super) fn read(function: &Function, template: &Value) -> Self {
        let mut merged = Self {
            function: function.clone(),
            unknown: Vec::new(),
            mistakes: Vec::new(),
        };
        let ids = Ids::new(function);
        for field in &FIELDS {
            merged.number(field, &ids, template);
        }
        if !reads_own_queue(&ids, template) {
            merged.unknown.extend(OF_THE_QUEUE);
        }
        merged.schedule(&ids, template);
        merged.environment(&ids, template);
        merged.policies(&ids, template);
        merged
    }

    fn number(&mut self, field: &Field, ids: &Ids, template: &Value) {
        if is_removed(template, ids, field.part) {
            return self.unknown.push(field.key);
        }
        let literal = Literal::at(template, &property(&ids.of(field.part), field.path));
        let number = match literal {
            Literal::Number(number) => u32::try_from(number).ok(),
            Literal::Missing if field.key == "max_concurrency" => {
                self.function.max_concurrency = None;
                return;
            }
            Literal::Missing => field.missing,
            Literal::Plain(_) | Literal::Later => None,
        };
        match number {
            Some(number) => (field.set)(&mut self.function, number),
            None => self.unknown.push(field.key),
        }
    }

    fn schedule(&mut self, ids: &Ids, template: &Value) {
        let Some(redrive) = &mut self.function.redrive else {
            return;
        };
        if is_removed(template, ids, Part::Schedule) {
            return self.unknown.push("dlq_redrive");
        }
        let place = |path| property(&ids.of(Part::Schedule), path);
        let pointer = place("ScheduleExpression");
        match Literal::at(template, &pointer) {
            Literal::Plain(Value::String(text)) => match Schedule::parse(text) {
                Ok(schedule) => redrive.schedule = schedule,
                Err(errors) => {
                    self.unknown.push("dlq_redrive");
                    let mistakes = errors
                        .into_iter()
                        .map(|error| Mistake::new(error.rule.id, pointer.clone(), error.message));
                    self.mistakes.extend(mistakes);
                }
            },
            _ => self.unknown.push("dlq_redrive"),
        }
        let pointer = place("ScheduleExpressionTimezone");
        match Literal::at(template, &pointer) {
            Literal::Plain(Value::String(name)) => match schedule::timezone(name) {
                Ok(_) => redrive.timezone.clone_from(name),
                Err(error) => {
                    self.unknown.push("redrive_timezone");
                    let mistake = Mistake::new(error.rule.id, pointer, error.message);
                    self.mistakes.push(mistake);
                }
            },
            Literal::Missing => "UTC".clone_into(&mut redrive.timezone),
            _ => self.unknown.push("redrive_timezone"),
        }
    }

    fn environment(&mut self, ids: &Ids, template: &Value) {
        let pointer = property(&ids.of(Part::Worker), "Environment/Variables");
        let variables = match Literal::at(template, &pointer) {
            Literal::Plain(Value::Object(variables)) => variables,
            Literal::Missing if is_removed(template, ids, Part::Worker) => return,
            Literal::Missing => {
                self.function.env.clear();
                return;
            }
            _ => return self.unknown.push("env"),
        };
        let own = worker_variables(&self.function);
        let is_own = |name| !matches!(own.get(name), None | Some(Variable::Text(_)));
        self.function.env = variables
            .iter()
            .filter(|(name, _)| !is_own(name.as_str()))
            .filter_map(|(name, value)| Some((name.clone(), text(value)?)))
            .collect();
    }

    fn policies(&mut self, ids: &Ids, template: &Value) {
        let pointer = property(&ids.of(Part::WorkerRole), "ManagedPolicyArns");
        let policies = match Literal::at(template, &pointer) {
            Literal::Plain(Value::Array(policies)) => policies.iter().map(text).collect(),
            Literal::Missing => Some(Vec::new()),
            _ => None,
        };
        match policies {
            Some(policies) => self.function.policies = policies,
            None => self.unknown.push("policies"),
        }
    }
}

fn is_removed(template: &Value, ids: &Ids, part: Part) -> bool {
    !template["Resources"][ids.of(part)]["Properties"].is_object()
}

/// A value that CloudFormation takes for a text.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use serde_json::{Value, json};

    use super::{FIELDS, Merged, OF_THE_QUEUE, OTHERS, place};
    use crate::render::template as render;
    use crate::sample;
    use crate::stack::StackFunction;

    fn every_key() -> StackFunction {
        let attribute = quote!(
            batch_size = 20,
            batch_window = "5s",
            max_concurrency = 7,
            concurrency = 20,
            dlq_redrive = "cron(0 23 ? * SUN *)",
            redrive_timezone = "Asia/Jerusalem",
            redrive_max_per_second = 3,
            on_permanent = "dlq",
            env(STAGE = "dev"),
            policies = ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"],
        );
        sample::with("orders", attribute)
    }

    fn merged(patch: &Value) -> Merged {
        let entry = every_key();
        let mut template = render(&sample::stack([entry.clone()]), "code");
        json_patch::merge(&mut template, patch);
        Merged::read(&entry.function, &template)
    }

    fn with(resource: &str, properties: Value) -> Merged {
        let mut patch = json!({});
        patch["Resources"][format!("Orders{resource}")]["Properties"] = properties;
        merged(&patch)
    }

    #[test]
    fn what_no_overlay_sets_is_as_the_attribute_says() {
        let merged = merged(&json!({}));
        assert_eq!(merged.function, every_key().function);
        assert!(merged.unknown.is_empty() && merged.mistakes.is_empty());
    }

    #[test]
    fn each_number_is_read_where_the_template_has_it() {
        for field in &FIELDS {
            let mut value = json!(77);
            for name in field.path.rsplit('/') {
                value = json!({ name: value });
            }
            let mut expected = every_key().function;
            (field.set)(&mut expected, 77);
            let merged = with(&format!("{:?}", field.part), value);
            assert_eq!(merged.function, expected, "{}", field.key);
        }
    }

    #[test]
    fn what_is_removed_is_as_aws_has_it() {
        let merged = with(
            "EventSourceMapping",
            json!({ "ScalingConfig": null, "BatchSize": null }),
        );
        assert_eq!(merged.function.max_concurrency, None);
        assert_eq!(merged.function.batch_size, 10);
        let merged = with("Queue", json!({ "RedrivePolicy": null }));
        assert_eq!(merged.unknown, ["max_receive_count"]);
    }

    #[test]
    fn what_is_decided_at_deployment_is_not_known() {
        let merged = with("Worker", json!({ "Timeout": { "Ref": "Seconds" } }));
        assert_eq!(merged.unknown, ["timeout"]);
        assert_eq!(merged.function, every_key().function);
    }

    #[test]
    fn nothing_is_known_of_another_queue() {
        let other = json!({ "EventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:other" });
        assert_eq!(with("EventSourceMapping", other).unknown, OF_THE_QUEUE);
    }

    #[test]
    fn texts_are_read_too() {
        let schedule = json!({
            "ScheduleExpression": "rate(2 days)",
            "ScheduleExpressionTimezone": null,
        });
        let redrive = with("Schedule", schedule).function.redrive.expect("one");
        assert_eq!(redrive.schedule.as_str(), "rate(2 days)");
        assert_eq!(redrive.timezone, "UTC");
        let variables = json!({ "STAGE": "prod", "LIMIT": 5, "TABLE": { "Ref": "Table" } });
        let merged = with(
            "Worker",
            json!({ "Environment": { "Variables": variables } }),
        );
        let env: Vec<_> = merged.function.env.into_iter().collect();
        let expected = [("LIMIT", "5"), ("STAGE", "prod")];
        assert_eq!(
            env,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        let merged = with(
            "WorkerRole",
            json!({ "ManagedPolicyArns": ["a", { "Ref": "b" }] }),
        );
        assert_eq!(merged.unknown, ["policies"]);
    }

    #[test]
    fn a_schedule_is_refused_as_in_the_attribute() {
        let schedule = json!({
            "ScheduleExpression": "cron(0 25 * * ? *)",
            "ScheduleExpressionTimezone": "Mars/Base",
        });
        let merged = with("Schedule", schedule);
        let rules: Vec<_> = merged.mistakes.iter().map(|mistake| mistake.rule).collect();
        assert_eq!(rules, ["schedule_field", "schedule_timezone"]);
        assert_eq!(merged.unknown, ["dlq_redrive", "redrive_timezone"]);
    }

    #[test]
    fn each_place_is_of_a_key_of_the_attribute() {
        let others = OTHERS.iter().map(|(key, ..)| *key);
        for key in FIELDS.iter().map(|field| field.key).chain(others) {
            assert!(redrive_syntax::keys::find(key).is_some(), "{key}");
            assert!(place(key).is_some(), "{key}");
        }
        assert!(place("retries").is_none());
    }
}
