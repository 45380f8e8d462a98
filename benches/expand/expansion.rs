//! The whole attribute on one function: front end and generated code.

use std::time::Duration;

use proc_macro2::TokenStream;
use redrive_model::export::{Around, Listed, encode};

use crate::declared::Target;
use crate::{ROUNDS, expand, median, timed};

const ATTRIBUTES: [(&str, &str); 4] = [
    ("no keys", ""),
    (
        "a redrive in a time zone",
        "retries = 3, dlq_redrive = \"cron(0 23 ? * SUN-THU *)\", redrive_timezone = \"Asia/Jerusalem\"",
    ),
    (
        "most keys",
        "queue = \"orders\", batch_size = 100, batch_window = \"20s\", concurrency = 20, retries = 3, \
         backoff = \"200ms..5s\", attempt_timeout = \"1s\", timeout = \"60s\", memory = 512, \
         max_receive_count = 6, retention = \"2d\", dlq_redrive = \"cron(0/30 8-18 ? * MON-FRI *)\", \
         redrive_timezone = \"Europe/Berlin\", queue_backoff = \"30s..15m\", env(LEVEL = \"info\")",
    ),
    (
        "a mistake in each key",
        "queue = 5, batch_size = \"100\", retrys = 3, backoff = \"5s\", timeout = \"1m30s\", \
         dlq_redrive = \"rate(1 week)\", redrive_timezone = \"Europe/Belin\", env(PORT = 80)",
    ),
];

const ITEM: &str =
    "async fn process_order(order: Order) -> Result<(), OrderError> { ship(order).await }";

/// Prints what each takes, and gives what the slowest takes.
pub(crate) fn measure() -> Duration {
    println!("one function through the macro, to the code that it becomes");
    let measured = ATTRIBUTES.map(|(name, attribute)| {
        let tokens = |text: &str| text.parse::<TokenStream>().expect("tokens");
        let (attribute, item) = (tokens(attribute), tokens(ITEM));
        let target = target(&attribute, &item);
        let expand = || expand::sqs_batch(attribute.clone(), &item, &target);
        let first = timed(expand);
        let has_errors = expand().to_string().contains("compile_error");
        assert_eq!(has_errors, name.contains("mistake"), "{name}");
        let median = median(ROUNDS, expand);
        println!("  {name:<28} {median:>10.1?}   (the first of a process {first:.1?})");
        median
    });
    measured.into_iter().max().unwrap_or_default()
}

/// What the build script tells the macro of this function.
fn target(attribute: &TokenStream, item: &TokenStream) -> Target {
    let function = redrive_syntax::parse(attribute.clone(), item.clone()).function;
    let fingerprint = function.fingerprint();
    let listed = Listed {
        binary: "orders",
        function: &function.name,
        fingerprint: Some(&fingerprint),
        around: Around::Module,
    };
    Target {
        binary: Some(listed.binary.to_owned()),
        functions: Some(encode([listed])),
    }
}
