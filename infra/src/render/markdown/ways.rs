//! The ways to deploy the folder of a package, and what each needs.

use redrive_model::limits::FORMER_LONGEST_TIMEOUT;

use super::{Contents, line};
use crate::format::Format;
use crate::render::{cloudformation, deploy, terraform};

pub(super) fn render(contents: &Contents<'_>) -> String {
    let stack = contents.stack;
    let mut text = "Then deploy the folder that this prints in one of these ways:\n\n".to_owned();
    let ways = deploy::ways(stack, contents.template, None);
    line(&mut text, "| with | needs |\n|---|---|");
    for way in &ways {
        line(&mut text, &format!("| {} | {} |", way.title, way.needs));
    }
    for way in &ways {
        line(&mut text, &format!("\nWith {}:\n", way.title));
        if let Some((language, code)) = &way.code {
            line(&mut text, &format!("```{language}\n{code}```\n"));
        }
        line(
            &mut text,
            &format!("```sh\n{}\n```", way.commands.join("\n")),
        );
    }
    for format in &stack.formats {
        match format {
            Format::CloudFormation => {
                line(
                    &mut text,
                    "\n`--parameter-overrides` of the last command of SAM and of AWS, and `parameters` of CDK, accept:\n",
                );
                for it in &contents.plan.parameters {
                    let description = cloudformation::description(it);
                    line(&mut text, &format!("- `{}`: {description}", it.name));
                }
            }
            Format::Terraform => {
                line(&mut text, "\nThe variables of the Terraform module are:\n");
                for (name, description) in terraform::variables(contents.plan) {
                    line(&mut text, &format!("- `{name}`: {description}"));
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
    text.push('\n');
    text
}
