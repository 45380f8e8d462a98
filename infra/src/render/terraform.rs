//! The Terraform module of a [`Plan`], in
//! [JSON syntax](https://developer.hashicorp.com/terraform/language/syntax/json).
//!
//! It has no provider and no backend: both belong to the configuration that calls the
//! module.

mod names;
mod resources;
mod text;
mod variables;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::format::Format;
use crate::plan::Plan;
use crate::render::to_text;
use names::Names;

/// The oldest versions with everything that a module uses.
const TERRAFORM: &str = ">= 1.5";
const PROVIDER: &str = ">= 5.100";

/// The values of the deployment's account that a module reads, if it needs them.
const DATA: [&str; 3] = ["aws_caller_identity", "aws_partition", "aws_region"];

/// The files of the module, by name. The code of binary `b` is the zip
/// `b/bootstrap.zip` in the module's own folder.
pub(crate) fn render(plan: &Plan) -> BTreeMap<&'static str, String> {
    let names = &Names::new(plan);
    let files = [
        main(plan, names),
        json!({ "variable": variables::render(plan, names) }),
        json!({ "output": outputs(plan, names) }),
        json!({ "terraform": {
            "required_version": TERRAFORM,
            "required_providers": { "aws": { "source": "hashicorp/aws", "version": PROVIDER } },
        } }),
    ];
    let names = Format::Terraform.files().iter().copied();
    names.zip(files.map(to_text)).collect()
}

/// The variables, with what they mean.
pub(crate) fn variables(plan: &Plan) -> Vec<(String, String)> {
    let variables = variables::render(plan, &Names::new(plan));
    let described = variables.into_iter().map(|(name, block)| {
        let description = block["description"].as_str().unwrap_or_default().to_owned();
        (name, description)
    });
    described.collect()
}

/// What a configuration has to call the module in `folder`.
pub(crate) fn call(plan: &Plan, folder: &str) -> String {
    let variables = variables::render(plan, &Names::new(plan));
    let mut call = format!(
        "module {} {{\n  source = {}\n",
        text::quoted(&plan.package),
        text::quoted(folder)
    );
    for (name, _) in variables.iter().filter(|(_, it)| it["default"].is_null()) {
        call += &format!("  {name} = …\n");
    }
    call + "}\n"
}

fn main(plan: &Plan, names: &Names<'_>) -> Json {
    let mut main = resources::Resources::new(plan, names);
    plan.resources.iter().for_each(|it| main.add(it));
    let resources::Resources {
        blocks, documents, ..
    } = main;
    let mut main = json!({
        "//": format!(
            "Written by the build script of {}, which overwrites changes; put yours in override.tf.json",
            plan.package,
        ),
        "resource": blocks,
    });
    if !documents.is_empty() {
        main["locals"] = documents.into();
    }
    let text = main.to_string() + &outputs(plan, names).to_string();
    let used = DATA
        .iter()
        .filter(|name| text.contains(&format!("data.{name}.")));
    let data: Map<_, _> = used
        .map(|name| ((*name).to_owned(), json!({ "current": {} })))
        .collect();
    if !data.is_empty() {
        main["data"] = data.into();
    }
    main
}

fn outputs(plan: &Plan, names: &Names<'_>) -> Json {
    let outputs = plan.outputs.iter().map(|output| {
        let value = names.value(&output.value).template();
        let block = json!({ "description": output.description, "value": value });
        (names::name(&output.id), block)
    });
    outputs.collect::<Map<_, _>>().into()
}
