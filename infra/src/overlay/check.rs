//! What must hold of the template once the overlays are merged: what AWS would
//! refuse, and what the rules promise of each function.
//!
//! Only what stands there as it is is judged; what an intrinsic function gives
//! is known at deployment only.

mod code;
mod concurrency;
mod environment;
mod filters;
mod mapping;
mod policies;
mod queue;
mod ranges;
mod references;
mod removed;
mod settings;
mod shape;

use redrive_syntax::Function;
use serde_json::Value;

use super::literal_value::{Literal, escaped, property, referred};
use super::merged::Merged;
use super::mistake::Mistake;
use crate::plan::{Ids, Part};
use crate::stack::StackFunction;

/// What is wrong whatever a resource is for; `before` is the template without
/// overlays.
pub(super) fn template(before: &Value, template: &Value) -> Vec<Mistake> {
    let checks = [
        ranges::mistakes,
        references::mistakes,
        queue::encryption_mistakes,
    ];
    let mut mistakes = shape::of_resources(before, template);
    mistakes.extend(checks.iter().flat_map(|check| check(template)));
    mistakes
}

type Check = fn(&View<'_>) -> Vec<Mistake>;

/// One function and its part of the template.
pub(super) struct View<'a> {
    /// The template with all overlays.
    template: &'a Value,
    /// What the same settings give without an overlay.
    base: &'a Value,
    /// What the attribute alone gives.
    before: &'a Value,
    /// The function as the attribute has it.
    attribute: &'a Function,
    merged: &'a Merged,
    ids: Ids,
}

impl<'a> View<'a> {
    pub(super) fn new(
        template: &'a Value,
        base: &'a Value,
        before: &'a Value,
        entry: &'a StackFunction,
        merged: &'a Merged,
    ) -> Self {
        Self {
            template,
            base,
            before,
            attribute: &entry.function,
            merged,
            ids: Ids::new(&entry.function),
        }
    }

    /// What is wrong with the function's part, besides the `general` mistakes.
    pub(super) fn mistakes(&self, general: &[Mistake]) -> Vec<Mistake> {
        let checks: [Check; 9] = [
            removed::mistakes,
            mapping::mistakes,
            filters::mistakes,
            concurrency::mistakes,
            queue::mistakes,
            code::mistakes,
            policies::mistakes,
            shape::mistakes,
            environment::mistakes,
        ];
        let mut mistakes: Vec<_> = checks.iter().flat_map(|check| check(self)).collect();
        mistakes.extend(settings::mistakes(self, general));
        mistakes
    }

    /// The JSON pointer of a property.
    fn pointer(&self, part: Part, path: &str) -> String {
        property(&self.ids.of(part), path)
    }

    fn literal(&self, part: Part, path: &str) -> Literal<'a> {
        Literal::at(self.template, &self.pointer(part, path))
    }

    /// Whether the template still has the resource.
    fn has(&self, part: Part) -> bool {
        self.template["Resources"][self.ids.of(part)]["Properties"].is_object()
    }

    /// The event source mappings that feed the worker: the template's own, and
    /// those of the overlays.
    fn mappings(&self) -> Vec<String> {
        let own = self.ids.of(Part::EventSourceMapping);
        let worker = self.ids.of(Part::Worker);
        resources(self.template, "AWS::Lambda::EventSourceMapping")
            .filter(|(_, mapping)| mapping["Properties"].is_object())
            .filter(|(id, mapping)| {
                let function = &mapping["Properties"]["FunctionName"];
                **id == own || referred(function) == Some(worker.as_str())
            })
            .map(|(id, _)| id.clone())
            .collect()
    }
}

/// The resources of a type, with their logical ids.
fn resources<'a>(
    template: &'a Value,
    of: &'a str,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let resources = template["Resources"].as_object().into_iter().flatten();
    resources.filter(move |(_, resource)| resource["Type"] == of)
}

#[cfg(test)]
mod testing;
