//! `stack.md`: the stack in words, for people.

mod diagram;
mod handling;
mod overlays;
mod permissions;
mod resources;
mod runs;
mod warnings;

use std::fmt::Write;

use jiff::Timestamp;

pub use overlays::Overlays;

use crate::discover::Note;
pub use crate::overlay::Change;
use crate::stack::{Architecture, Stack, StackFunction};

/// The file's text. The stack is as `overlays` leave it; the next redrives are
/// those after `now`.
pub fn render(stack: &Stack, notes: &[Note<'_>], overlays: &Overlays, now: Timestamp) -> String {
    let mut text = String::new();
    text.push_str(&introduction(stack, overlays));
    text.push_str(&diagram::render(stack));
    text.push_str(&resources::shared(stack));
    for entry in &stack.functions {
        text.push_str(&function(entry, now));
    }
    text.push_str(&overlays::changes(overlays));
    text.push_str(RENAMING);
    text.push_str(&warnings::render(stack, notes));
    text
}

/// What a new name does to the queues.
const RENAMING: &str = "## Before you rename or remove a function

Resources are named after their function, so that a renamed function is a new one to CloudFormation, and the old one is gone. \
Its queues are kept with their messages, but nothing reads them, and their names stay taken: \
if the new function wants the same `queue`, the deployment fails and is rolled back. To rename a function safely:

1. Deploy the function under both names, in two binaries and with two queues, and let senders send to the new queue.
2. When the old queue and its DLQ are empty, remove the old function, deploy, and delete the two queues.

Or give the deployed resources their new logical ids first, by \
[stack refactoring](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-refactoring.html). \
The queues outlive the stack, too: delete them before you deploy it again under their names.

";

/// Whether two texts say the same, whenever they were written.
pub(crate) fn same_but_for_runs(old: &str, new: &str) -> bool {
    runs::without(old) == runs::without(new)
}

fn introduction(stack: &Stack, overlays: &Overlays) -> String {
    let Stack { package, .. } = stack;
    let flag = match stack.architecture {
        Architecture::Arm64 => " --arm64",
        Architecture::X86_64 => "",
    };
    let mut text = format!(
        "# What `{package}` deploys\n\n\
         Written by the build script of `{package}`; the next build overwrites changes.\n\n"
    );
    text.push_str(&overlays::introduction(overlays));
    // A stack's name has no underscores.
    let name = package.replace('_', "-");
    text.push_str(&format!(
        "Build and deploy, the last two in this folder:\n\n\
         ```sh\n\
         cargo lambda build --release{flag} --output-format zip\n\
         aws cloudformation package --template-file template.json --s3-bucket \"$BUCKET\" --output-template-file packaged.yaml\n\
         aws cloudformation deploy --template-file packaged.yaml --stack-name {name} --s3-bucket \"$BUCKET\" --capabilities CAPABILITY_IAM\n\
         ```\n\n\
         The last build decides on architecture, features and profile, an editor's `cargo check` included; \
         so build for Lambda last, right before you deploy.\n\n\
         `--parameter-overrides` of the last one takes `NamePrefix` (in front of each queue's name, such as `dev-`), \
         `AlarmTopicArn` (the SNS topic that alarms notify) and `LogRetentionDays` (30 if not given).\n\n"
    ));
    text
}

fn function(entry: &StackFunction, now: Timestamp) -> String {
    let StackFunction { binary, function } = entry;
    let mut text = format!("## `{}` of binary `{binary}`\n\n", function.name);
    text.push_str(&handling::render(function));
    text.push_str(&resources::table(entry));
    if let Some(redrive) = &function.redrive {
        text.push_str(&runs::render(redrive, now));
    }
    text.push_str(&permissions::render(function));
    text
}

/// Adds a line.
fn line(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

/// Seconds in the largest unit that holds them whole.
fn seconds(seconds: u32) -> String {
    redrive_syntax::show(std::time::Duration::from_secs(seconds.into()))
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::{Overlays, render, same_but_for_runs};
    use crate::sample;
    use crate::stack::Stack;

    fn nightly(schedule: &str) -> Stack {
        let attribute = quote!(dlq_redrive = #schedule, redrive_timezone = "Asia/Jerusalem");
        sample::stack([sample::with("orders", attribute)])
    }

    fn at(stack: &Stack, now: &str) -> String {
        render(
            stack,
            &[],
            &Overlays::default(),
            now.parse().expect("a time"),
        )
    }

    #[test]
    fn the_next_runs_are_in_the_schedule_s_own_time() {
        let text = at(&nightly("cron(0 23 ? * SUN-THU *)"), "2026-03-25T12:00:00Z");
        let expected = "1. Wed 2026-03-25 23:00 +02:00\n2. Thu 2026-03-26 23:00 +02:00\n3. Sun 2026-03-29 23:00 +03:00\n";
        assert!(text.contains(expected), "{text}");
        assert!(!text.contains("\n6. "), "{text}");
    }

    #[test]
    fn only_time_passing_is_no_change() {
        let stack = nightly("cron(0 23 ? * SUN-THU *)");
        let old = at(&stack, "2026-03-25T12:00:00Z");
        let new = at(&stack, "2026-07-25T12:00:00Z");
        assert_ne!(old, new);
        assert!(same_but_for_runs(&old, &new));
        let other = at(&nightly("cron(0 22 ? * SUN-THU *)"), "2026-03-25T12:00:00Z");
        assert!(!same_but_for_runs(&old, &other));
    }
}
