//! Templates of options made up at random, as far as the front end accepts them.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use redrive_infra::stack::{Architecture, Stack, StackFunction};
use redrive_infra::template;

/// Functions in one template, and templates.
const FUNCTIONS: usize = 4;
const TEMPLATES: usize = 20;

/// Writes the templates to `folder`.
pub(crate) fn write_templates(folder: &Path) -> Vec<PathBuf> {
    // Deterministic: a failure is the same at the next run.
    let mut runner = TestRunner::deterministic();
    let mut accepted = std::iter::repeat_with(|| {
        attribute()
            .new_tree(&mut runner)
            .expect("options")
            .current()
    })
    .filter_map(|attribute| {
        let name = "handle";
        let item: TokenStream = format!("async fn {name}(order: Order) -> Result<(), Error> {{}}")
            .parse()
            .expect("tokens");
        let parsed = redrive_syntax::parse(attribute.parse().expect("tokens"), item);
        parsed.errors.is_empty().then_some(parsed.function)
    });
    (0..TEMPLATES)
        .map(|place| {
            let functions = (0..FUNCTIONS).filter_map(|number| {
                let mut function = accepted.next()?;
                function.name = format!("handle_{number}");
                let stem = function.queue.trim_end_matches(".fifo");
                let ending = if function.is_fifo() { ".fifo" } else { "" };
                function.queue = format!("{stem}-{number}{ending}");
                Some(StackFunction {
                    binary: format!("handle{number}"),
                    function,
                })
            });
            let stack = Stack {
                version: Stack::VERSION,
                package: "any".to_owned(),
                architecture: if place % 2 == 0 {
                    Architecture::Arm64
                } else {
                    Architecture::X86_64
                },
                functions: functions.collect(),
            };
            let path = folder.join(format!("{place}.json"));
            fs::write(
                &path,
                template::to_text(template::render(&stack, "../../lambda")),
            )
            .expect("a new file");
            path
        })
        .collect()
}

fn attribute() -> impl Strategy<Value = String> {
    let pairs = [
        maybe(
            prop_oneof![
                Just("queue = \"orders\""),
                Just("queue = \"orders.fifo\", allow = \"fifo_dlq_order\"")
            ]
            .prop_map(str::to_owned),
        ),
        maybe((1..=10_000_u32).prop_map(|size| format!("batch_size = {size}"))),
        maybe((0..=300_u32).prop_map(|window| format!("batch_window = \"{window}s\""))),
        maybe((2..=1_000_u32).prop_map(|most| format!("max_concurrency = {most}"))),
        maybe((0..=10_u32).prop_map(|retries| format!("retries = {retries}"))),
        maybe((1..=1_000_u32).prop_map(|at_once| format!("concurrency = {at_once}"))),
        maybe((1..=900_u32).prop_map(|timeout| format!("timeout = \"{timeout}s\""))),
        maybe((128..=10_240_u32).prop_map(|memory| format!("memory = {memory}"))),
        maybe((1..=1_000_u32).prop_map(|count| format!("max_receive_count = {count}"))),
        maybe((0..=43_200_u32).prop_map(|hidden| format!("visibility_timeout = \"{hidden}s\""))),
        maybe((60..=1_209_600_u32).prop_map(|kept| format!("retention = \"{kept}s\""))),
        maybe((60..=1_209_600_u32).prop_map(|kept| format!("dlq_retention = \"{kept}s\""))),
        maybe(
            prop_oneof![
                Just("cron(0 23 ? * SUN-THU *)"),
                Just("rate(1 hour)"),
                Just("cron(0/15 8-17 ? * 2-6 *)")
            ]
            .prop_map(|schedule| {
                format!("dlq_redrive = \"{schedule}\", redrive_timezone = \"Asia/Jerusalem\"")
            }),
        ),
        maybe((1..=43_200_u32).prop_map(|wait| format!("queue_backoff = \"1s..{wait}s\""))),
        maybe(
            prop_oneof![Just("dlq"), Just("report")]
                .prop_map(|choice| format!("on_permanent = \"{choice}\"")),
        ),
        maybe("[A-Z]{2,8}".prop_map(|name| format!("env({name} = \"a value\")"))),
        maybe(Just(
            "policies = \"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess\"".to_owned(),
        )),
    ];
    pairs
        .to_vec()
        .prop_map(|pairs| pairs.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// Most options are left out, so that not every set breaks a rule.
fn maybe(pair: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Option<String>> {
    proptest::option::weighted(0.2, pair).boxed()
}
