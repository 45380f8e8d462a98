//! The ways to deploy the folder of a package, and what each needs.

use redrive_model::limits::FORMER_LONGEST_TIMEOUT;

use super::Contents;
use crate::format::Format;
use crate::render::{cloudformation, deploy, terraform};

pub(super) fn render(contents: &Contents<'_>) -> String {
    let stack = contents.stack;
    let mut text = "Then deploy the folder that this prints in one of these ways:\n\n\
         | with | needs |\n|---|---|\n"
        .to_owned();
    let ways = deploy::ways(stack, contents.template, None);
    for way in &ways {
        text += &format!("| {} | {} |\n", way.title, way.needs);
    }
    for way in &ways {
        text += &format!("\nWith {}:\n\n", way.title);
        if let Some((language, code)) = &way.code {
            text += &format!("```{language}\n{code}```\n\n");
        }
        text += &format!("```sh\n{}\n```\n", way.commands.join("\n"));
    }
    for format in &stack.formats {
        match format {
            Format::CloudFormation => {
                text += "\n`--parameter-overrides` of the last command of SAM and of AWS, and `parameters` of CDK, accept:\n\n";
                for it in &contents.plan.parameters {
                    text += &format!("- `{}`: {}\n", it.name, cloudformation::description(it));
                }
            }
            Format::Terraform => {
                text += "\nThe variables of the Terraform module are:\n\n";
                for (name, description) in terraform::variables(contents.plan) {
                    text += &format!("- `{name}`: {description}\n");
                }
                let mut functions = stack.functions.iter().map(|entry| &entry.function);
                if functions.any(|it| it.timeout > FORMER_LONGEST_TIMEOUT) {
                    text += "\nThe AWS provider must accept a `timeout` above 15 min: version 5.100 does not.\n";
                }
                text += "\n`override.tf.json` in the folder changes or adds resources; `cargo redrive package` keeps it. \
                         See [override files](https://developer.hashicorp.com/terraform/language/files/override).\n";
            }
        }
    }
    if !stack.formats.contains(&Format::Terraform) {
        text += "\nFor a Terraform module, call `.formats([CloudFormation, Terraform])` in the build script.\n";
    }
    text + "\n"
}
