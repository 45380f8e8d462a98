//! The CloudFormation template of a [`Stack`].

mod alarms;
mod functions;
mod intrinsic;
pub(crate) mod limits;
mod names;
mod outputs;
mod parameters;
mod queues;
mod roles;
mod schedule;

use serde_json::{Map, Value, json};

pub(crate) use names::shared::FAILURES;
pub(crate) use names::{Ids, Part};

use crate::stack::{Stack, StackFunction};

/// What is put under one key of the template's sections.
type Section = Map<String, Value>;

/// The template of `stack`, in which the code of binary `b` is the zip
/// `<code>/b/bootstrap.zip`.
///
/// `code` is relative to the template's own folder, as `aws cloudformation
/// package` and `sam deploy` read it. The same stack always gives the same
/// template.
pub fn render(stack: &Stack, code: &str) -> Value {
    let mut resources = Section::new();
    let mut outputs = Section::new();
    for StackFunction { binary, function } in &stack.functions {
        let ids = &Ids::new(function);
        let code = functions::Code {
            zip: format!("{code}/{binary}/bootstrap.zip"),
            architecture: stack.architecture,
        };
        queues::add(&mut resources, ids, function);
        functions::add(&mut resources, ids, function, &code);
        roles::add(&mut resources, ids, function);
        schedule::add(&mut resources, ids, function);
        alarms::add(&mut resources, ids, function);
        outputs::add(&mut outputs, ids, function);
    }
    if stack
        .functions
        .iter()
        .any(|entry| entry.function.redrive.is_some())
    {
        schedule::add_failures(&mut resources);
        alarms::add_failures(&mut resources);
        outputs::add_failures(&mut outputs);
    }
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": format!("SQS batch functions of {}, made by redrive", stack.package),
        "Metadata": {
            // The code is a file beside the template until `aws cloudformation
            // package` or `sam deploy` uploads it; W3002 is the reminder to
            // run one of them.
            "cfn-lint": { "config": { "ignore_checks": ["W3002"] } },
        },
        "Parameters": parameters::parameters(stack),
        "Conditions": parameters::conditions(),
        "Resources": resources,
        "Outputs": outputs,
    })
}

/// The template as the file holds it: keys in alphabetical order, whichever
/// features of `serde_json` the build has turned on.
pub fn to_text(mut template: Value) -> String {
    template.sort_all_objects();
    format!("{template:#}\n")
}
