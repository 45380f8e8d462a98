//! The binaries under test.

use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;

use crate::workspace;

/// Builds a binary of a package of the workspace as its user would, template
/// and all, and returns its path.
///
/// # Panics
///
/// If it does not compile, or there is no such binary.
pub fn binary(package: &str, name: &str) -> PathBuf {
    binary_with(package, name, &[])
}

/// As [`binary`], with more arguments for cargo.
///
/// # Panics
///
/// If it does not compile, or there is no such binary.
pub fn binary_with(package: &str, name: &str, arguments: &[&str]) -> PathBuf {
    let output = workspace::cargo()
        .args(["build", "--quiet", "--locked"])
        .arg("--message-format=json-render-diagnostics")
        .args(["--package", package, "--bin", name])
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{package} does not compile");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .unwrap_or_else(|| panic!("{package} has no binary {name}"))
}

/// As [`binary`], built with `panic = "abort"`, as cargo-lambda does unless the
/// workspace has a setting.
///
/// # Panics
///
/// If it does not compile, or there is no such binary.
pub fn aborting(package: &str, name: &str) -> PathBuf {
    let abort = [
        "--no-default-features",
        // A profile of its own has a folder of its own.
        "--config",
        "profile.abort.inherits='dev'",
        "--config",
        "profile.abort.panic='abort'",
        "--profile",
        "abort",
    ];
    binary_with(package, name, &abort)
}

/// Where a build of the package for this machine leaves its template.
pub fn template(package: &str) -> PathBuf {
    workspace::target()
        .join("debug/redrive")
        .join(package)
        .join("template.json")
}
