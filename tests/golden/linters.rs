//! AWS's own judges of a template, from PyPI.

use std::path::{Path, PathBuf};
use std::process::Command;

use redrive_tests::python::Venv;

/// Fails on any finding in one of the templates.
pub(crate) fn cfn_lint(templates: &[PathBuf]) {
    run(Command::new(Venv::of("sam").program("cfn-lint")).args(templates));
}

/// Fails if `sam` refuses the template or its linter has a finding.
pub(crate) fn sam_validate(template: &Path) {
    run(Command::new(Venv::of("sam").program("sam"))
        .args(["validate", "--lint", "--region", "eu-west-1"])
        .arg("--template-file")
        .arg(template)
        .env("SAM_CLI_TELEMETRY", "0"));
}

fn run(command: &mut Command) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{out}{err}");
}
