//! The resources of the golden templates and of those of options made up at
//! random, found by what names them.

use std::fs;
use std::sync::LazyLock;

use serde_json::Value;

use super::{any_options, templates};

/// The name of a file and what is in it.
static TEMPLATES: LazyLock<Vec<(String, Value)>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let any = any_options::write_templates(folder.path());
    let paths = templates().into_iter().chain(any);
    let read = |path: &std::path::Path| fs::read_to_string(path).expect("a template");
    paths
        .map(|path| {
            let template = serde_json::from_str(&read(&path)).expect("JSON");
            (path.display().to_string(), template)
        })
        .collect()
});

/// A resource of a template.
pub(super) struct Resource {
    pub(super) template: &'static Value,
    /// For messages: the file and the logical id.
    pub(super) place: String,
    pub(super) id: &'static str,
    pub(super) properties: &'static Value,
}

impl Resource {
    /// The resource that `Ref` or `Fn::GetAtt` in one of its properties names.
    pub(super) fn follow(&self, pointer: &str) -> Resource {
        let value = self
            .properties
            .pointer(pointer)
            .unwrap_or_else(|| panic!("{}: no {pointer}", self.place));
        let id = value["Ref"]
            .as_str()
            .or(value["Fn::GetAtt"][0].as_str())
            .unwrap_or_else(|| panic!("{}: {pointer} is outside the stack: {value}", self.place));
        self.beside(id)
    }

    /// Whether one of its properties names a resource of the stack.
    pub(super) fn names_own(&self, pointer: &str) -> bool {
        let value = self.properties.pointer(pointer);
        value.is_some_and(|value| value["Fn::GetAtt"].is_array())
    }

    pub(super) fn beside(&self, id: &str) -> Resource {
        all(|_, other| std::ptr::eq(other.template, self.template) && other.id == id)
            .next()
            .unwrap_or_else(|| panic!("{}: no {id}", self.place))
    }

    pub(super) fn seconds(&self, property: &str) -> u64 {
        self.properties[property]
            .as_u64()
            .unwrap_or_else(|| panic!("{}: no {property}", self.place))
    }

    pub(super) fn is_fifo(&self) -> bool {
        self.properties["FifoQueue"] == true
    }

    /// What its role may do, as the sorted `service:Action`s for each resource.
    pub(super) fn permissions(&self) -> Vec<(String, Vec<String>)> {
        let role = self.follow("/Role");
        let policies = role.properties["Policies"].as_array().expect("policies");
        let generated = policies
            .iter()
            .filter(|policy| policy["PolicyName"] != "permissions");
        let statements = generated.flat_map(|policy| {
            policy["PolicyDocument"]["Statement"]
                .as_array()
                .expect("statements")
        });
        statements
            .map(|statement| {
                let actions = statement["Action"].as_array().expect("actions");
                let mut actions: Vec<_> = actions
                    .iter()
                    .map(|action| action.as_str().expect("an action").to_owned())
                    .collect();
                actions.sort();
                let on = &statement["Resource"];
                let own = on["Fn::GetAtt"][0].as_str();
                // Some rights cannot be limited to a resource of the stack.
                let on = own
                    .or(on.as_str())
                    .map_or_else(|| on.to_string(), str::to_owned);
                (on, actions)
            })
            .collect()
    }
}

pub(super) fn all(is_wanted: impl Fn(&str, &Resource) -> bool) -> impl Iterator<Item = Resource> {
    let resources = TEMPLATES.iter().flat_map(|(path, template)| {
        let resources = template["Resources"].as_object().expect("resources");
        resources.iter().map(move |(id, resource)| {
            let kind = resource["Type"].as_str().expect("a type");
            let resource = Resource {
                template,
                place: format!("{path}: {id}"),
                id,
                properties: &resource["Properties"],
            };
            (kind, resource)
        })
    });
    resources
        .filter(move |(kind, resource)| is_wanted(kind, resource))
        .map(|(_, resource)| resource)
}

/// All resources of one type; that there is any is a part of each test.
pub(super) fn of_type(wanted: &'static str) -> Vec<Resource> {
    let found: Vec<_> = all(|kind, _| kind == wanted).collect();
    assert!(!found.is_empty(), "no {wanted}");
    found
}
