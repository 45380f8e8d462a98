//! AWS's own judges of a template, from PyPI.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Fails on any finding in one of the templates.
pub(crate) fn cfn_lint(templates: &[PathBuf]) {
    let program = install("cfn-lint", "1.58.0").join("cfn-lint");
    run(Command::new(program).args(templates));
}

/// Fails if `sam` refuses the template or its linter has a finding.
pub(crate) fn sam_validate(template: &Path) {
    let program = install("aws-sam-cli", "1.170.0").join("sam");
    run(Command::new(program)
        .args([
            "validate",
            "--lint",
            "--region",
            "eu-west-1",
            "--template-file",
        ])
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

/// The `bin` folder of a virtual environment that has the package; made once
/// for all runs, and only for the tests.
fn install(package: &str, version: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{package}-{version}"));
    let ready = folder.join("ready");
    if !ready.exists() {
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&folder));
        run(Command::new(folder.join("bin/pip")).args([
            "install",
            "--quiet",
            &format!("{package}=={version}"),
        ]));
        fs::write(ready, "").expect("a new file");
    }
    folder.join("bin")
}
