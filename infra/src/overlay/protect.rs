//! What an overlay must leave: the merged template is compared with the generated
//! one wherever a change would lose messages or open a queue.

mod added;
mod keys;
mod mappings;
mod table;

use redrive_syntax::Function;
use redrive_syntax::rules::catalog::OVERLAY;
use serde_json::{Map, Value};

use super::effective::is_setting;
use super::finding::Finding;
use super::merge::is_intrinsic;
use super::value::{Held, escaped, excerpt, held, normal, number};
use crate::permissions::list;
use table::{Keep, PROTECTED, Protected};

/// Types whose resources nothing else needs.
const OPTIONAL: [&str; 2] = ["AWS::CloudWatch::Alarm", "AWS::Logs::LogGroup"];

/// One function and its part of the template.
pub(super) struct View<'a> {
    /// The resources that are generated for the function and its settings.
    pub(super) generated: &'a Map<String, Value>,
    pub(super) merged: &'a Value,
    pub(super) function: &'a Function,
}

impl<'a> View<'a> {
    /// What breaks a rule.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (id, generated) in self.generated {
            if let Some(finding) = self.removed(id, generated) {
                findings.push(finding);
                continue;
            }
            let rows = PROTECTED.iter().filter(|row| generated["Type"] == row.kind);
            findings.extend(rows.filter_map(|row| self.changed(row, id, generated)));
        }
        findings.extend(added::findings(self));
        findings.extend(keys::findings(self));
        findings.extend(mappings::findings(self));
        findings
    }

    /// The generated resources of a type that the merged template still has.
    fn generated(&self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let left = |id: &String| self.merged["Resources"][id]["Properties"].is_object();
        let resources = self.generated.iter().filter(move |(id, _)| left(id));
        resources
            .filter(move |(_, it)| it["Type"] == kind)
            .map(|(id, it)| (id.as_str(), it))
    }

    /// All resources of a type, with those that the overlays add.
    fn all(&self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let resources = self.merged["Resources"].as_object().into_iter().flatten();
        resources
            .filter(move |(_, it)| it["Type"] == kind)
            .map(|(id, it)| (id.as_str(), it))
    }

    /// A resource that is removed, conditional, or of another type.
    fn removed(&self, id: &str, generated: &Value) -> Option<Finding> {
        let kind = generated["Type"].as_str()?;
        let merged = &self.merged["Resources"][id];
        let (place, what) = match merged {
            _ if OPTIONAL.contains(&kind) => return None,
            _ if !merged.is_object() => ("", "is removed"),
            _ if merged["Type"] != kind => ("/Type", "is of another type"),
            _ if !merged["Properties"].is_object() => ("/Properties", "has no properties"),
            _ if !merged["Condition"].is_null() => ("/Condition", "is not always created"),
            _ => return None,
        };
        let (why, help) = table::needed(kind);
        let pointer = format!("/Resources/{}{place}", escaped(id));
        let finding = Finding::new(&OVERLAY, pointer, format!("`{id}` {what}: {why}"));
        Some(help.into_iter().fold(finding, Finding::help))
    }

    /// A protected value that is another.
    fn changed(&self, row: &'static Protected, id: &str, generated: &Value) -> Option<Finding> {
        let place = row.pointer();
        let pointer = format!("/Resources/{}{place}", escaped(id));
        let own = generated.pointer(&place);
        let held = held(self.merged, &pointer);
        let wrong = held.iter().find(|held| !is_kept(row.keep, own, **held));
        // The rules of the attribute check its settings.
        let wrong = wrong.filter(|_| !is_setting(self.function, &pointer))?;
        let path = place.trim_start_matches("/Properties").replace('/', ".");
        let what = match wrong {
            Held::Value(value) if is_collection(value) => "is changed".to_owned(),
            Held::Value(value) => match own.filter(|own| number(own).is_some()) {
                Some(own) => format!("is {}, not {}", excerpt(value), excerpt(own)),
                None => format!("is {}", excerpt(value)),
            },
            Held::Nothing => "is removed".to_owned(),
            Held::Unknown => "is not known before deployment".to_owned(),
        };
        let problem = format!("`{id}{path}` {what}: {}", row.why);
        let finding = Finding::new(row.rule, pointer, problem);
        Some(row.help.into_iter().fold(finding, Finding::help))
    }
}

fn is_kept(keep: Keep, own: Option<&Value>, held: Held<'_>) -> bool {
    let value = held.value();
    let is_same = || value.map(normal) == own.map(normal) && held != Held::Unknown;
    let number_is = held.literal().and_then(number);
    let is_at_least = |least| number_is.is_none_or(|number| number >= least);
    match keep {
        Keep::Generated => own.is_none() || is_same(),
        Keep::Exactly => is_same(),
        Keep::AtLeast(least) => is_at_least(least),
        Keep::AtLeastGenerated => {
            let is_kept = |least| held != Held::Nothing && is_at_least(least);
            own.and_then(number).is_none_or(is_kept)
        }
        Keep::OneOf(values) => {
            let is_one = |value: &Value| values.iter().any(|one| normal(value) == *one);
            // What is generated otherwise is not protected.
            own.is_some_and(|own| !is_intrinsic(own) && !is_one(own))
                || match held {
                    Held::Nothing => values.contains(&""),
                    held => held.literal().is_none_or(is_one),
                }
        }
        Keep::Entries(or_missing) => {
            // Not both branches of an `Fn::If`: an entry must always be there.
            let left: Vec<_> = value.into_iter().flat_map(list).collect();
            let is_left = |own: &Value| left.iter().any(|value| normal(value) == normal(own));
            (or_missing && held == Held::Nothing) || own.into_iter().flat_map(list).all(is_left)
        }
        Keep::Prefixed(prefix) => {
            let entries = |value: Option<&Value>| -> Map<String, Value> {
                let all = value.and_then(Value::as_object).into_iter().flatten();
                let own = all.filter(|(name, _)| name.starts_with(prefix));
                own.map(|(name, value)| (name.clone(), normal(value)))
                    .collect()
            };
            entries(own) == entries(value)
        }
    }
}

/// Whether only an excerpt of the value would fit on a line.
fn is_collection(value: &Value) -> bool {
    value.is_array() || (value.is_object() && !is_intrinsic(value))
}

#[cfg(test)]
mod tests;
