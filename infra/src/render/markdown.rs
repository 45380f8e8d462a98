//! `stack.md`: the stack in words, for people.

mod deployed;
mod diagram;
mod handling;
mod outside;
mod overlays;
mod resources;
mod runs;
mod warnings;
mod ways;

use jiff::Timestamp;
use serde_json::Value;

use crate::discover::Warning;
use crate::format::Format;
use crate::overlay::{Change, Overlay};
use crate::plan::{self, Plan, Summary};
use crate::stack::{Architecture, Stack, StackFunction};

/// What the file describes.
pub(crate) struct Contents<'a> {
    /// The stack, in which overlays have replaced settings of the attributes.
    pub(crate) stack: &'a Stack,
    pub(crate) plan: &'a Plan,
    /// After overlays.
    pub(crate) template: &'a Value,
    pub(crate) resources: &'a [Summary],
    pub(crate) warnings: &'a [Warning],
    /// What is merged into the template, and what that changes.
    pub(crate) overlays: &'a [Overlay],
    pub(crate) changes: &'a [Change],
}

/// The file's text; the redrives it lists are the next after `now`.
pub(crate) fn render(contents: &Contents<'_>, now: Timestamp) -> String {
    let stack = contents.stack;
    let of = |function| {
        let resources = contents.resources.iter();
        resources.filter(move |summary| summary.function == function)
    };
    let mut text = introduction(contents);
    text += &diagram::render(stack);
    for (index, entry) in stack.functions.iter().enumerate() {
        let StackFunction { binary, function } = entry;
        text += &format!("{}{binary}`\n\n", heading(&function.name));
        text += &handling::render(function);
        text += &resources::table(of(Some(index)));
        text += &resources::tags(&plan::tags(stack, Some(index)));
        if let Some(redrive) = &function.redrive()
            && !overlays::hides_runs(contents.changes, function)
        {
            text += &runs::render(redrive, now);
        }
        text += &resources::rights(of(Some(index)));
        text += &outside::render(function);
    }
    if of(None).next().is_some() {
        text += "## Other resources\n\n";
        text += &resources::table(of(None));
        text += &resources::tags(&plan::tags(stack, None));
        text += &resources::rights(of(None));
    }
    text += &overlays::changes(contents.changes);
    text += &deployed::render(stack);
    text += RENAMING;
    for format in &stack.formats {
        text += match format {
            Format::CloudFormation => RENAMING_WITH_CLOUDFORMATION,
            Format::Terraform => RENAMING_WITH_TERRAFORM,
        };
    }
    text + &warnings::render(stack, contents.warnings)
}

/// What a new name does to the queues.
const RENAMING: &str = "## Before you rename or remove a function

Resources are named after their function, so a deployment replaces a renamed function by a new one with new queues. \
To rename a function safely:

1. Deploy the function under both names, in two binaries and with two queues, and let senders send to the new queue.
2. When the old queue and its DLQ are empty, remove the old function, and deploy.

";

const RENAMING_WITH_CLOUDFORMATION: &str =
    "CloudFormation keeps the old queues with their messages, but nothing reads them, and their names stay in use: \
if the new function has the same `queue`, the deployment fails and is rolled back. Delete the two queues after the second \
step. Or give the deployed resources their new logical ids first, by \
[stack refactoring](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-refactoring.html). \
The queues also remain when the stack is deleted: delete them before you deploy it again.

";

/// Terraform has no counterpart of a deletion policy.
const RENAMING_WITH_TERRAFORM: &str =
    "Terraform deletes the queues of a renamed or removed function with their messages, and those of a module that is \
destroyed. So do not skip the first step, or move the resources in the configuration that calls the module, with \
[`moved` blocks](https://developer.hashicorp.com/terraform/language/modules/develop/refactoring). \
`{\"resource\": {\"aws_sqs_queue\": {\"<name>\": {\"lifecycle\": {\"prevent_destroy\": true}}}}}` in `override.tf.json` \
makes Terraform refuse to delete a queue.

";

fn heading(function: &str) -> String {
    format!("## `{function}` of binary `")
}

/// The part of a text that is about a function.
pub fn about<'a>(text: &'a str, function: &str) -> Option<&'a str> {
    let from = text.find(&heading(function))?;
    let section = &text[from..];
    let end = section.find("\n\n## ").map_or(section.len(), |end| end + 1);
    Some(&section[..end])
}

/// Whether two texts are the same except for the next redrives.
pub(crate) fn same_but_for_runs(old: &str, new: &str) -> bool {
    runs::without(old) == runs::without(new)
}

fn introduction(contents: &Contents<'_>) -> String {
    let Stack { package, .. } = contents.stack;
    let flag = match contents.stack.architecture {
        Architecture::Arm64 => " --arm64",
        Architecture::X86_64 => " --x86-64",
    };
    format!(
        "# What `{package}` deploys\n\n\
         Written by the build script of `{package}`; the next build overwrites changes.\n\n\
         {}\
         To deploy, build and package it:\n\n\
         ```sh\n\
         cargo redrive package -p {package} --release{flag}\n\
         ```\n\n\
         {}",
        overlays::introduction(contents.overlays, contents.changes),
        ways::render(contents),
    )
}

/// A list after its introduction; nothing without a list.
fn section(introduction: &str, list: &str) -> String {
    match list {
        "" => String::new(),
        list => format!("{introduction}\n\n{list}\n"),
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::{Contents, about, render, same_but_for_runs};
    use crate::plan;
    use crate::stack::StackFunction;
    use crate::tests::sample;

    fn at(schedule: &str, now: &str) -> String {
        let attribute = quote!(dlq_redrive = #schedule, redrive_timezone = "Asia/Jerusalem");
        text_of([sample::with("orders", attribute)], now)
    }

    fn text_of(functions: impl IntoIterator<Item = StackFunction>, now: &str) -> String {
        let stack = &sample::stack(functions);
        let contents = Contents {
            stack,
            plan: &plan::of(stack),
            template: &serde_json::Value::Null,
            resources: &[],
            warnings: &[],
            overlays: &[],
            changes: &[],
        };
        render(&contents, now.parse().expect("a time"))
    }

    #[test]
    fn the_next_runs_are_in_the_schedule_s_own_time() {
        let text = at("cron(0 23 ? * SUN-THU *)", "2026-03-25T12:00:00Z");
        let expected = "1. Wed 2026-03-25 23:00 +02:00\n2. Thu 2026-03-26 23:00 +02:00\n3. Sun 2026-03-29 23:00 +03:00\n";
        assert!(text.contains(expected), "{text}");
        assert!(!text.contains("\n6. "), "{text}");
    }

    #[test]
    fn a_new_list_of_runs_alone_is_not_a_change() {
        let old = at("cron(0 23 ? * SUN-THU *)", "2026-03-25T12:00:00Z");
        let new = at("cron(0 23 ? * SUN-THU *)", "2026-07-25T12:00:00Z");
        assert_ne!(old, new);
        assert!(same_but_for_runs(&old, &new));
        let other = at("cron(0 22 ? * SUN-THU *)", "2026-03-25T12:00:00Z");
        assert!(!same_but_for_runs(&old, &other));
    }

    #[test]
    fn the_part_about_a_function_ends_before_the_next_heading() {
        let functions = ["orders", "orders_late"].map(sample::entry);
        let text = text_of(functions, "2026-03-25T12:00:00Z");
        let parts = ["orders", "orders_late"].map(|name| about(&text, name).expect("a part"));
        for (part, name) in parts.iter().zip(["orders", "orders_late"]) {
            let heading = format!("## `{name}` of binary `{name}`\n");
            assert!(part.starts_with(&heading), "{part}");
            assert!(part.contains("How messages are handled:"), "{part}");
            assert_eq!(part.matches("## ").count(), 1, "{part}");
        }
        assert!(text.contains(&parts.join("\n")), "{text}");
        assert_eq!(about(&text, "order"), None);
    }
}
