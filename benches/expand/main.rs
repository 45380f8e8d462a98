//! What redrive adds to a build: the macro for each function, and the build
//! script for a package.
//!
//! `cargo bench -p redrive-bench --bench expand`; with `--profile dev` as a debug
//! build of the macro has it.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use proc_macro2::TokenStream;
use redrive_infra::cfg::Cfg;
use redrive_infra::discover::discover;
use redrive_infra::stack::{Architecture, Stack};
use redrive_infra::{markdown, template};

const ROUNDS: usize = 300;

const ATTRIBUTES: [(&str, &str); 3] = [
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
];

fn main() {
    println!("one function through the macro's front end");
    for (name, attribute) in ATTRIBUTES {
        let attribute: TokenStream = attribute.parse().expect("tokens");
        let item: TokenStream =
            "async fn process_order(order: Order) -> Result<(), OrderError> { ship(order).await }"
                .parse()
                .expect("tokens");
        let first = timed(|| redrive_syntax::parse(attribute.clone(), item.clone()));
        let median = median(|| redrive_syntax::parse(attribute.clone(), item.clone()));
        println!("  {name:<28} {median:>10.1?}   (the first of a process {first:.1?})");
    }
    println!("the build script on examples/orders, when it runs");
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/orders");
    let median = median(|| written(&package));
    println!("  {:<28} {median:>10.1?}", "discover, stack, render");
}

fn written(package: &Path) -> usize {
    let discovery = discover(package, &Cfg::default()).expect("a readable package");
    let stack = Stack {
        version: Stack::VERSION,
        package: "orders".to_owned(),
        architecture: Architecture::Arm64,
        functions: discovery.deployed(),
    };
    let now = "2026-01-05T09:00:00Z".parse().expect("a time");
    let template = template::to_text(template::render(&stack, "../../lambda"));
    template.len()
        + markdown::render(
            &stack,
            &discovery.notes(),
            &markdown::Overlays::default(),
            now,
        )
        .len()
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}

fn median<T>(mut work: impl FnMut() -> T) -> Duration {
    let mut times: Vec<_> = (0..ROUNDS).map(|_| timed(&mut work)).collect();
    times.sort();
    times[ROUNDS / 2]
}
