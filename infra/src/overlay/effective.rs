//! The effective settings: what an overlay sets instead of a key of the attribute
//! is read back from the merged template, so that the same rules check it and
//! `stack.md` and the simulator take it into account.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use redrive_model::duration::seconds;
use redrive_model::keys::{KEYS, Key, Kind, Missing, Resource};
use redrive_syntax::environment::check_name;
use redrive_syntax::rules::broken_by;
use redrive_syntax::rules::catalog::{OUT_OF_RANGE, Rule, WRONG_TYPE};
use redrive_syntax::{Function, Rejected, TemplateValue};
use serde_json::{Map, Value};

use super::finding::Finding;
use super::value::{Held, escaped, number, only, property};
use crate::lambda::{Variable, worker_variables};
use crate::plan::{Ids, Part};

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

/// Where the template has the value of a key.
fn place(name: &str) -> Option<(Part, &'static str)> {
    let mut places = places();
    let (_, part, path, _) = places.find(|(key, ..)| key.name == name)?;
    Some((part, path))
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
    let ids = Ids::new(function);
    let mut numbers = places().filter(|(key, ..)| range(key).is_some());
    numbers.any(|(_, part, path, _)| property(&ids.of(part), path) == pointer)
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
        for (key, part, path, missing) in places() {
            if part != Part::Schedule || function.dlq_redrive.is_some() {
                effective.key(key, part, path, missing);
            }
        }
        effective
    }

    fn pointer(&self, part: Part, path: &str) -> String {
        property(&self.ids.of(part), path)
    }

    fn only(&self, part: Part, path: &str) -> Held<'a> {
        // That a resource is removed is a finding of its own.
        match self.template["Resources"][self.ids.of(part)]["Properties"].is_object() {
            true => only(self.template, &self.pointer(part, path)),
            false => Held::Unknown,
        }
    }

    fn find(&mut self, key: &'static str, rule: &'static Rule, pointer: String, problem: String) {
        self.unknown.push(key);
        self.findings.push(Finding::new(rule, pointer, problem));
    }

    fn key(&mut self, key: &'static Key, part: Part, path: &str, missing: Missing) {
        let held = self.only(part, path);
        let value = match (held.literal(), missing) {
            (Some(value), _) => self.accepted(key, part, path, value),
            (None, _) if held != Held::Nothing => Err(Vec::new()),
            (None, Missing::Number(number)) => Ok(TemplateValue::Number(number)),
            (None, Missing::Text(text)) => Ok(TemplateValue::Text(text)),
            (None, Missing::Nothing) => Ok(TemplateValue::Nothing),
            (None, Missing::Unknown) => Err(Vec::new()),
        };
        let read = value.and_then(|value| self.function.read_back(key, &value));
        if let Err(rejected) = read {
            self.unknown.push(key.name);
            for (rule, problem) in rejected {
                let pointer = self.pointer(part, path);
                self.findings.push(Finding::new(rule, pointer, problem));
            }
        }
    }

    fn accepted(
        &mut self,
        key: &Key,
        part: Part,
        path: &str,
        value: &'a Value,
    ) -> Result<TemplateValue<'a>, Rejected> {
        if let Some((range, unit)) = range(key) {
            return self.number(range, unit, part, path, value);
        }
        match value {
            Value::String(text) => Ok(TemplateValue::Text(text)),
            Value::Array(list) => {
                let texts = list.iter().map(|text| Some(text.as_str()?.to_owned()));
                let texts: Option<Vec<_>> = texts.collect();
                texts.map(TemplateValue::List).ok_or_else(Vec::new)
            }
            Value::Object(variables) => Ok(TemplateValue::Map(self.variables(variables))),
            _ => Err(Vec::new()),
        }
    }

    fn number(
        &self,
        range: RangeInclusive<u32>,
        unit: &str,
        part: Part,
        path: &str,
        value: &Value,
    ) -> Result<TemplateValue<'a>, Rejected> {
        let name = self.name(part, path);
        let (least, most) = (range.start(), range.end());
        let allowed = format!("{least} to {most} {unit}");
        let Some(number) = number(value) else {
            let problem = format!("{name} is {value}; it must be a whole number, {allowed}");
            return Err(vec![(&WRONG_TYPE, problem)]);
        };
        // Lambda Managed Instances have limits of their own.
        let is_managed = part == Part::Worker
            && self.only(Part::Worker, "CapacityProviderConfig") != Held::Nothing;
        match u32::try_from(number) {
            Ok(number) if is_managed || range.contains(&number) => {
                Ok(TemplateValue::Number(number))
            }
            _ => {
                let problem = format!("{name} is {number}, but must be {allowed}");
                Err(vec![(&OUT_OF_RANGE, problem)])
            }
        }
    }

    /// The variables that are not those of the template itself.
    fn variables(&mut self, variables: &Map<String, Value>) -> BTreeMap<String, String> {
        let own = worker_variables(&self.function);
        let is_own = |name: &str| !matches!(own.get(name), None | Some(Variable::Text(_)));
        let added: Vec<_> = variables.iter().filter(|(name, _)| !is_own(name)).collect();
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
        literals.collect()
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
