//! The work of the build script, without cargo around it.

use std::path::Path;

use redrive_infra::cfg::Cfg;
use redrive_infra::discover::discover;
use redrive_infra::stack::{Architecture, Stack};
use redrive_infra::{markdown, template};

use crate::{ROUNDS, median};

pub(crate) fn measure() {
    println!("the build script on examples/orders, when it runs");
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/orders");
    let median = median(ROUNDS, || written(&package));
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
    let overlays = markdown::Overlays::default();
    template.len() + markdown::render(&stack, &discovery.notes(), &overlays, now).len()
}
