//! The effective settings: what an overlay sets instead of a key of the attribute
//! is read back from the merged template, so that the same rules check it and
//! `stack.md` and the simulator take it into account.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;

use redrive_model::duration::seconds;
use redrive_model::keys::{KEYS, Key, Kind, Missing, Resource};
use redrive_model::words::list;
use redrive_syntax::environment::check_name;
use redrive_syntax::rules::broken_by;
use redrive_syntax::rules::catalog::{OUT_OF_RANGE, Rule, WRONG_TYPE};
use redrive_syntax::{Function, ParameterText, Rejected, TemplateValue};
use serde_json::{Map, Value};

use super::finding::Finding;
use super::value::{Held, escaped, excerpt, number, only, property};
use crate::error::broken;
use crate::lambda::{Variable, worker_variables};
use crate::plan::{Part, id};

/// The property of the worker's variables.
const VARIABLES: &str = "Environment/Variables";

impl From<Resource> for Part {
    fn from(resource: Resource) -> Self {
        match resource {
            Resource::Queue => Part::Queue,
            Resource::Dlq => Part::Dlq,
            Resource::Worker => Part::Worker,
            Resource::WorkerRole => Part::WorkerRole,
            Resource::EventSourceMapping => Part::EventSourceMapping,
            Resource::Schedule => Part::Schedule,
        }
    }
}

/// The keys whose values the template has, with their places.
fn places() -> impl Iterator<Item = (&'static Key, Part, &'static str, Missing)> {
    KEYS.iter().filter_map(|key| {
        let place = key.place?;
        Some((key, place.resource.into(), place.property, place.missing))
    })
}

/// Those that an overlay may change.
fn settings(
    function: &Function,
) -> impl Iterator<Item = (&'static Key, Part, &'static str, Missing)> {
    // The worker counts up to the number that it was built with; see `protect`.
    let is_counted = function.rounds().is_some();
    places().filter(move |(key, ..)| key.name != "max_receive_count" || !is_counted)
}

/// The numbers that a key accepts, and what they count; `None` if it has no number.
fn range(key: &Key) -> Option<(RangeInclusive<u32>, &'static str)> {
    match &key.kind {
        Kind::Integer(range, unit) => Some((range.clone(), *unit)),
        Kind::Duration(range) => Some((seconds(*range.start())..=seconds(*range.end()), "seconds")),
        _ => None,
    }
}

/// Whether the JSON pointer is that of a number of the function's settings.
pub(super) fn is_setting(function: &Function, pointer: &str) -> bool {
    let mut numbers = settings(function).filter(|(key, ..)| range(key).is_some());
    numbers.any(|(_, part, path, _)| property(&id(function, part), path) == pointer)
}

/// A function with the settings of a merged template.
pub(super) struct Effective<'a> {
    pub(super) function: Function,
    /// The keys whose values are known at deployment only, or cannot be used.
    unknown: Vec<&'static str>,
    /// The environment variables whose values are known at deployment only.
    pub(super) deployed_env: Vec<String>,
    /// Values that the attribute does not accept either.
    findings: Vec<Finding>,
    /// The template without the overlays.
    before: &'a Value,
    template: &'a Value,
}

impl<'a> Effective<'a> {
    /// Reads the settings of `function` back.
    pub(super) fn read(function: &Function, before: &'a Value, template: &'a Value) -> Self {
        let mut effective = Self {
            function: function.clone(),
            unknown: Vec::new(),
            deployed_env: Vec::new(),
            findings: Vec::new(),
            before,
            template,
        };
        for (key, part, path, missing) in settings(function) {
            if part != Part::Schedule || function.dlq_redrive.is_some() {
                effective.key(key, part, path, missing);
            }
        }
        // The worker remembers keys for as long as it was built to.
        if let Some(idempotent) = &mut effective.function.idempotent {
            idempotent.ttl = Some(function.idempotency_ttl());
        }
        effective
    }

    fn pointer(&self, part: Part, path: &str) -> String {
        property(&id(&self.function, part), path)
    }

    fn only(&self, part: Part, path: &str) -> Held<'a> {
        // That a resource is removed is another finding.
        match self.template["Resources"][id(&self.function, part)]["Properties"].is_object() {
            true => only(self.template, &self.pointer(part, path)),
            false => Held::Unknown,
        }
    }

    fn reject(&mut self, key: &'static str, pointer: &str, rejected: Rejected) {
        self.unknown.push(key);
        let findings = rejected.into_iter();
        let findings = findings.map(|diagnostic| Finding::at([pointer.to_owned()], diagnostic));
        self.findings.extend(findings);
    }

    fn key(&mut self, key: &'static Key, part: Part, path: &str, missing: Missing) {
        let held = self.only(part, path);
        let value = match (held.literal(), missing) {
            (Some(value), _) => self.accepted(key, part, value),
            (None, _) if held != Held::Nothing => Err(Vec::new()),
            (None, Missing::Number(number)) => Ok(TemplateValue::Number(number)),
            (None, Missing::Text(text)) => Ok(TemplateValue::Text(text)),
            (None, Missing::Nothing) => Ok(TemplateValue::Nothing),
            (None, Missing::Unknown) => Err(Vec::new()),
        };
        let read = value.and_then(|value| self.function.read_back(key, &value));
        if let Err(rejected) = read {
            self.reject(key.name, &self.pointer(part, path), rejected);
        }
    }

    fn accepted(
        &mut self,
        key: &'static Key,
        part: Part,
        value: &'a Value,
    ) -> Result<TemplateValue<'a>, Rejected> {
        if let Some((range, unit)) = range(key) {
            return self.number(key, range, unit, part, value);
        }
        match value {
            Value::String(text) => Ok(TemplateValue::Text(text)),
            Value::Array(list) => {
                let texts = list.iter().map(|text| Some(text.as_str()?.to_owned()));
                let texts: Option<Vec<_>> = texts.collect();
                texts.map(TemplateValue::List).ok_or_else(Vec::new)
            }
            Value::Object(numbers) if matches!(key.kind, Kind::Pollers) => {
                let number = |value| number(value).and_then(|it| u32::try_from(it).ok());
                let numbers = numbers.iter();
                let numbers: Option<_> = numbers
                    .map(|(name, value)| Some((name.clone(), number(value)?)))
                    .collect();
                numbers.map(TemplateValue::Numbers).ok_or_else(Vec::new)
            }
            Value::Object(variables) => Ok(TemplateValue::Map(self.variables(variables))),
            _ => Err(Vec::new()),
        }
    }

    fn number(
        &self,
        key: &'static Key,
        range: RangeInclusive<u32>,
        unit: &str,
        part: Part,
        value: &Value,
    ) -> Result<TemplateValue<'a>, Rejected> {
        let (least, most) = (range.start(), range.end());
        let reject = |rule, value: &dyn Display, what: &str| {
            let problem = format!("`{}` ({value}){what}", key.name);
            let help = format!("write {least} to {most} {unit}");
            Err(vec![broken(rule, problem).help(help)])
        };
        let Some(number) = number(value) else {
            return reject(&WRONG_TYPE, &excerpt(value), " is not a whole number");
        };
        // Lambda Managed Instances have their own limits.
        let is_managed = part == Part::Worker
            && self.only(Part::Worker, "CapacityProviderConfig") != Held::Nothing;
        match u32::try_from(number) {
            Ok(number) if is_managed || range.contains(&number) => {
                Ok(TemplateValue::Number(number))
            }
            _ => reject(&OUT_OF_RANGE, &number, " is out of range"),
        }
    }

    /// The variables that are not those of the template itself.
    fn variables(&mut self, variables: &Map<String, Value>) -> BTreeMap<String, ParameterText> {
        let own = worker_variables(&self.function);
        let is_own = |name: &str| !matches!(own.get(name), None | Some(Variable::Text(_)));
        let added: Vec<_> = variables.iter().filter(|(name, _)| !is_own(name)).collect();
        for (name, _) in &added {
            if let Err(rejected) = check_name(name) {
                let variables = self.pointer(Part::Worker, VARIABLES);
                let pointer = format!("{variables}/{}", escaped(name));
                self.reject("env", &pointer, vec![rejected]);
            }
        }
        let mut known = BTreeMap::new();
        for (name, value) in added {
            let own = self.function.env.get(name);
            let text = match value {
                Value::String(text) => text.as_str().into(),
                Value::Number(_) | Value::Bool(_) => value.to_string().into(),
                _ => match own.filter(|_| self.is_generated(name, value)) {
                    Some(own) => own.clone(),
                    None => {
                        self.deployed_env.push(name.clone());
                        continue;
                    }
                },
            };
            known.insert(name.clone(), text);
        }
        known
    }

    /// Whether the variable has this value without the overlays.
    fn is_generated(&self, name: &str, value: &Value) -> bool {
        let variables = self.pointer(Part::Worker, VARIABLES);
        let pointer = format!("{variables}/{}", escaped(name));
        self.before.pointer(&pointer) == Some(value)
    }

    /// What is wrong with the settings: each alone, and together by the rules that
    /// the attribute alone does not break.
    pub(super) fn findings(&self, attribute: &Function) -> Vec<Finding> {
        let already = broken_by(attribute, &[]);
        let is_new = |rule: &Rule| already.iter().all(|(other, _)| *other != rule);
        let broken = broken_by(&self.function, &self.unknown).into_iter();
        let broken = broken.filter(|(rule, _)| is_new(rule));
        let together = broken.map(|(rule, problem)| self.broken(rule, problem));
        self.findings.iter().cloned().chain(together).collect()
    }

    fn broken(&self, rule: &'static Rule, problem: String) -> Finding {
        let is_changed = |part: Part, path: &str| {
            // A function without a redrive has no schedule.
            let is_generated = !self.before["Resources"][id(&self.function, part)].is_null();
            is_generated && self.only(part, path) != only(self.before, &self.pointer(part, path))
        };
        let changed = places().filter(|(key, part, path, _)| {
            rule.keys.contains(&key.name) && is_changed(*part, path)
        });
        let (keys, pointers): (Vec<_>, Vec<_>) = changed
            .map(|(key, part, path, _)| (format!("`{}`", key.name), self.pointer(part, path)))
            .unzip();
        // A fix for the attribute need not be one for the overlay.
        let finding = Finding::at(pointers, broken(rule, problem)).help(format!(
            "set {} in the attribute of `{}` instead",
            list(&keys, "and"),
            self.function.name
        ));
        match rule.can_be_allowed() {
            true => finding.help(format!("accept it with `allow = \"{}\"`", rule.id)),
            false => finding,
        }
    }

    /// The property of each key, as a user of the template names it.
    pub(super) fn properties(&self) -> BTreeMap<&'static str, String> {
        let name =
            |part, path: &str| format!("{}.{}", id(&self.function, part), path.replace('/', "."));
        let named = places().map(|(key, part, path, _)| (key.name, name(part, path)));
        named.collect()
    }
}

#[cfg(test)]
mod tests;
