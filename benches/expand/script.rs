//! The work of the build script, without cargo around it.

use std::path::Path;

use redrive_infra::Format;
use redrive_infra::internals;

use crate::{ROUNDS, median};

pub(crate) fn measure() {
    println!("the build script on examples/orders, when it runs");
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/orders");
    let now = "2026-01-05T09:00:00Z".parse().expect("a time");
    let median = median(ROUNDS, || {
        internals::files(&package, "orders", &[Format::CloudFormation], false, now)
            .expect("a package without mistakes")
    });
    println!("  {:<28} {median:>10.1?}", "discover, stack, render");
}
