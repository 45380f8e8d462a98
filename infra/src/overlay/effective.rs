//! The effective settings: what an overlay sets instead of a key of the attribute
//! is read back from the merged template, so that the same rules check it and
//! `stack.md` and the simulator take it into account.

use redrive_syntax::Function;
use redrive_syntax::environment::check_name;
use redrive_syntax::keys::{self, Kind};
use redrive_syntax::rules::broken_by;
use redrive_syntax::rules::catalog::{OUT_OF_RANGE, Rule, WRONG_TYPE};
use redrive_syntax::schedule::{self, Schedule};
use serde_json::Value;

use super::finding::Finding;
use super::value::{Held, escaped, number, only, property};
use crate::lambda::{Variable, worker_variables};
use crate::plan::{Ids, Part};

/// Where the template has a number of the attribute.
struct Setting {
    key: &'static str,
    part: Part,
    /// The property, with `/` before what is inside it.
    path: &'static str,
    /// What AWS uses if the property is missing.
    default: Option<u32>,
    set: fn(&mut Function, u32),
}

const SETTINGS: [Setting; 9] = [
    Setting {
        key: "batch_size",
        part: Part::EventSourceMapping,
        path: "BatchSize",
        default: Some(10),
        set: |function, number| function.batch_size = number,
    },
    Setting {
        key: "batch_window",
        part: Part::EventSourceMapping,
        path: "MaximumBatchingWindowInSeconds",
        default: Some(0),
        set: |function, number| function.batch_window = number,
    },
    Setting {
        key: "max_concurrency",
        part: Part::EventSourceMapping,
        path: "ScalingConfig/MaximumConcurrency",
        default: None,
        set: |function, number| function.max_concurrency = Some(number),
    },
    Setting {
        key: "timeout",
        part: Part::Worker,
        path: "Timeout",
        default: Some(3),
        set: |function, number| function.timeout = number,
    },
    Setting {
        key: "memory",
        part: Part::Worker,
        path: "MemorySize",
        default: Some(128),
        set: |function, number| function.memory = number,
    },
    Setting {
        key: "max_receive_count",
        part: Part::Queue,
        path: "RedrivePolicy/maxReceiveCount",
        default: None,
        set: |function, number| function.max_receive_count = number,
    },
    Setting {
        key: "visibility_timeout",
        part: Part::Queue,
        path: "VisibilityTimeout",
        default: Some(30),
        set: |function, number| function.visibility_timeout = number,
    },
    Setting {
        key: "retention",
        part: Part::Queue,
        path: "MessageRetentionPeriod",
        default: RETENTION,
        set: |function, number| function.retention = number,
    },
    Setting {
        key: "dlq_retention",
        part: Part::Dlq,
        path: "MessageRetentionPeriod",
        default: RETENTION,
        set: |function, number| function.dlq_retention = number,
    },
];

/// SQS keeps messages for four days by default.
const RETENTION: Option<u32> = Some(345_600);

const SCHEDULE: &str = "ScheduleExpression";
const TIMEZONE: &str = "ScheduleExpressionTimezone";
const VARIABLES: &str = "Environment/Variables";
const POLICIES: &str = "ManagedPolicyArns";

/// The places of the values that are not numbers.
const OTHERS: [(&str, Part, &str); 4] = [
    ("dlq_redrive", Part::Schedule, SCHEDULE),
    ("redrive_timezone", Part::Schedule, TIMEZONE),
    ("env", Part::Worker, VARIABLES),
    ("policies", Part::WorkerRole, POLICIES),
];

/// Where the template has the value of a key.
fn place(key: &str) -> Option<(Part, &'static str)> {
    let numbers = SETTINGS.iter();
    let numbers = numbers.map(|setting| (setting.key, setting.part, setting.path));
    let mut places = numbers.chain(OTHERS);
    let (_, part, path) = places.find(|(name, ..)| *name == key)?;
    Some((part, path))
}

/// Whether the JSON pointer is that of a setting of the function.
pub(super) fn is_setting(function: &Function, pointer: &str) -> bool {
    let ids = Ids::new(function);
    let mut settings = SETTINGS.iter();
    settings.any(|setting| property(&ids.of(setting.part), setting.path) == pointer)
}

/// A function with the settings of a merged template.
pub(super) struct Effective<'a> {
    pub(super) function: Function,
    /// The keys whose values are known at deployment only, or cannot be used.
    unknown: Vec<&'static str>,
    /// Values that the attribute does not accept either.
    findings: Vec<Finding>,
    ids: Ids,
    template: &'a Value,
}

impl<'a> Effective<'a> {
    /// Reads the settings of `function` back.
    pub(super) fn read(function: &Function, template: &'a Value) -> Self {
        let mut effective = Self {
            function: function.clone(),
            unknown: Vec::new(),
            findings: Vec::new(),
            ids: Ids::new(function),
            template,
        };
        for setting in &SETTINGS {
            effective.number(setting);
        }
        effective.schedule();
        effective.environment();
        effective.policies();
        effective
    }

    fn pointer(&self, part: Part, path: &str) -> String {
        property(&self.ids.of(part), path)
    }

    fn only(&self, part: Part, path: &str) -> Held<'a> {
        // That a resource is gone is another rule's business.
        match self.template["Resources"][self.ids.of(part)]["Properties"].is_object() {
            true => only(self.template, &self.pointer(part, path)),
            false => Held::Unknown,
        }
    }

    fn find(&mut self, key: &'static str, rule: &'static Rule, pointer: String, problem: String) {
        self.unknown.push(key);
        self.findings.push(Finding::new(rule, pointer, problem));
    }

    fn number(&mut self, setting: &Setting) {
        let held = self.only(setting.part, setting.path);
        let value = match (held, setting.default) {
            (Held::Nothing, None) if setting.key == "max_concurrency" => {
                return self.function.max_concurrency = None;
            }
            (Held::Nothing, Some(default)) => return (setting.set)(&mut self.function, default),
            (held, _) => match held.literal() {
                Some(value) => value,
                None => return self.unknown.push(setting.key),
            },
        };
        match self.accepted(setting, value) {
            Ok(number) => (setting.set)(&mut self.function, number),
            Err((rule, problem)) => {
                let pointer = self.pointer(setting.part, setting.path);
                self.find(setting.key, rule, pointer, problem);
            }
        }
    }

    fn accepted(&self, setting: &Setting, value: &Value) -> Result<u32, (&'static Rule, String)> {
        let name = self.name(setting.part, setting.path);
        let (range, unit) = match keys::find(setting.key).map(|key| &key.kind) {
            Some(Kind::Integer(range, unit)) => (range.clone(), *unit),
            Some(Kind::Seconds(range)) => (range.clone(), " seconds"),
            _ => (0..=u32::MAX, ""),
        };
        let (least, most) = (range.start(), range.end());
        let allowed = format!("{least} to {most}{unit}");
        let Some(number) = number(value) else {
            let problem = format!("{name} is {value}; it must be a whole number, {allowed}");
            return Err((&WRONG_TYPE, problem));
        };
        // Lambda Managed Instances have limits of their own.
        let is_managed = setting.part == Part::Worker
            && self.only(Part::Worker, "CapacityProviderConfig") != Held::Nothing;
        match u32::try_from(number) {
            Ok(number) if is_managed || range.contains(&number) => Ok(number),
            _ => Err((
                &OUT_OF_RANGE,
                format!("{name} is {number}, but must be {allowed}"),
            )),
        }
    }

    fn schedule(&mut self) {
        let Some(mut redrive) = self.function.redrive.clone() else {
            return;
        };
        let text = |held: &Held<'a>| held.literal().and_then(Value::as_str);
        match text(&self.only(Part::Schedule, SCHEDULE)).map(Schedule::parse) {
            Some(Ok(schedule)) => redrive.schedule = schedule,
            Some(Err(errors)) => {
                for error in errors {
                    let pointer = self.pointer(Part::Schedule, SCHEDULE);
                    self.find("dlq_redrive", error.rule, pointer, error.message);
                }
            }
            None => self.unknown.push("dlq_redrive"),
        }
        let timezone = match self.only(Part::Schedule, TIMEZONE) {
            Held::Nothing => Some("UTC"),
            held => text(&held),
        };
        match timezone.map(|name| (name, schedule::timezone(name))) {
            Some((name, Ok(_))) => name.clone_into(&mut redrive.timezone),
            Some((_, Err(error))) => {
                let pointer = self.pointer(Part::Schedule, TIMEZONE);
                self.find("redrive_timezone", error.rule, pointer, error.message);
            }
            None => self.unknown.push("redrive_timezone"),
        }
        self.function.redrive = Some(redrive);
    }

    fn environment(&mut self) {
        let own = worker_variables(&self.function);
        let is_own = |name: &str| !matches!(own.get(name), None | Some(Variable::Text(_)));
        let held = self.only(Part::Worker, VARIABLES);
        let variables = match held.literal() {
            Some(variables) => variables.as_object().into_iter().flatten(),
            None if held == Held::Nothing => None.into_iter().flatten(),
            None => return self.unknown.push("env"),
        };
        let added: Vec<_> = variables.filter(|(name, _)| !is_own(name)).collect();
        for (name, _) in &added {
            if let Err((rule, problem)) = check_name(name) {
                let pointer = self.pointer(Part::Worker, VARIABLES);
                self.find("env", rule, format!("{pointer}/{}", escaped(name)), problem);
            }
        }
        let literals = added.into_iter().filter_map(|(name, value)| {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(_) | Value::Bool(_) => value.to_string(),
                _ => return None,
            };
            Some((name.clone(), text))
        });
        self.function.env = literals.collect();
    }

    fn policies(&mut self) {
        let held = self.only(Part::WorkerRole, POLICIES);
        let list = held.literal().and_then(Value::as_array);
        let policies = match (list, &held) {
            (Some(list), _) => list
                .iter()
                .map(|arn| Some(arn.as_str()?.to_owned()))
                .collect(),
            (None, Held::Nothing) => Some(Vec::new()),
            (None, _) => None,
        };
        match policies {
            Some(policies) => self.function.policies = policies,
            None => self.unknown.push("policies"),
        }
    }

    /// What is wrong with the settings: each alone, and together by the rules that
    /// the attribute alone does not break.
    pub(super) fn findings(&self, attribute: &Function, before: &Value) -> Vec<Finding> {
        let already = broken_by(attribute, &[]);
        let is_new = |rule: &Rule| already.iter().all(|(other, _)| *other != rule);
        let broken = broken_by(&self.function, &self.unknown).into_iter();
        let broken = broken.filter(|(rule, _)| is_new(rule));
        let together = broken.map(|(rule, text)| self.broken(rule, &text, before));
        self.findings.iter().cloned().chain(together).collect()
    }

    fn broken(&self, rule: &'static Rule, text: &str, before: &Value) -> Finding {
        let places = rule.keys.iter();
        let places: Vec<_> = places.filter_map(|key| Some((*key, place(key)?))).collect();
        // A fix for the attribute need not be one for the overlay.
        let mut problem = text.split("; ").next().unwrap_or(text).to_owned();
        for (key, (part, path)) in &places {
            problem = problem.replace(&format!("`{key}`"), &self.name(*part, path));
        }
        let is_changed = |part: Part, path: &str| {
            self.only(part, path) != only(before, &self.pointer(part, path))
        };
        let changed = places.into_iter();
        let changed = changed.filter(|(_, (part, path))| is_changed(*part, path));
        let (keys, pointers): (Vec<_>, Vec<_>) = changed
            .map(|(key, (part, path))| (format!("`{key}`"), self.pointer(part, path)))
            .unzip();
        let name = &self.function.name;
        let instead = format!(
            "set {} in the attribute of `{name}` instead",
            keys.join(" and ")
        );
        let mut help = vec![instead];
        if rule.can_be_allowed() {
            help.push(format!("accept it with `allow = \"{}\"`", rule.id));
        }
        Finding {
            rule,
            pointers,
            problem,
            help,
        }
    }

    /// The name of a property for a user of the template.
    fn name(&self, part: Part, path: &str) -> String {
        format!("`{}.{}`", self.ids.of(part), path.replace('/', "."))
    }
}

#[cfg(test)]
mod tests;
