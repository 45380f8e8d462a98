//! cargo-lambda, and `cargo redrive package`, which runs it.

use std::env;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use serde_json::Value;

use crate::binary::binary;
use crate::python::Venv;
use crate::workspace;

/// Lets a command find cargo-lambda, with zig to link for Lambda's Linux.
pub fn on_path(command: &mut Command) -> &mut Command {
    let venv = Venv::of("cargo-lambda");
    let program = venv.program("cargo-lambda");
    let folder = program.parent().expect("it is in a folder").to_owned();
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([folder].into_iter().chain(env::split_paths(&path)));
    command
        // zig compiles its libraries once.
        .env("XDG_CACHE_HOME", workspace::own().join("cache"))
        .env("PATH", path.expect("folders that a PATH can hold"))
}

/// `cargo lambda`, in the workspace.
pub fn cargo_lambda() -> Command {
    let mut command = Command::new(Venv::of("cargo-lambda").program("cargo-lambda"));
    on_path(&mut command)
        .arg("lambda")
        .current_dir(workspace::root());
    command
}

/// `cargo redrive package`.
pub fn cargo_redrive_package() -> Command {
    let mut command = Command::new(binary("cargo-redrive", "cargo-redrive"));
    on_path(&mut command).args(["redrive", "package"]);
    command
}

/// Packages a member of the workspace for this machine, and returns the line of JSON.
///
/// # Panics
///
/// If that fails.
pub fn packaged(package: &str, out: &Path) -> Value {
    let mut command = cargo_redrive_package();
    command
        .args(["--package", package])
        .current_dir(workspace::root());
    package_into(&mut command, out)
}

/// Runs `cargo redrive package` for this machine, and returns the line of JSON.
///
/// # Panics
///
/// If that fails.
pub fn package_into(command: &mut Command, out: &Path) -> Value {
    // cargo-lambda's zips are in one folder.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock();
    let architecture = match cfg!(target_arch = "aarch64") {
        true => "--arm64",
        false => "--x86-64",
    };
    let output = command
        .args(["--json", architecture, "--out"])
        .arg(out)
        .output()
        .expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("a line of JSON")
}
