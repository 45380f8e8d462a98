//! The example `billing` as a user has it: a copy of its folder, in a workspace of its own.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::binary::binary;
use crate::cargo_lambda::{on_path, package_into};
use crate::workspace;

/// The folder of the example.
pub fn example() -> PathBuf {
    workspace::root().join("examples/billing")
}

/// The README of the example.
///
/// # Panics
///
/// If it cannot be read.
pub fn readme() -> String {
    fs::read_to_string(example().join("README.md")).expect("the README")
}

/// The folder of the copied package `billing`, after the steps of the README.
fn copied() -> &'static Path {
    static COPIED: OnceLock<PathBuf> = OnceLock::new();
    COPIED.get_or_init(|| {
        let copy = workspace::own().join("billing");
        copy_folder(&example(), &copy);
        let readme = readme();
        let manifest = readme.split("```toml\n").nth(1).expect("a manifest");
        let manifest = manifest.split("```").next().expect("its end");
        write(&copy.join("Cargo.toml"), manifest.as_bytes());
        // The versions that the repository is tested with, and no look-ups.
        let lock = fs::read(workspace::root().join("Cargo.lock")).expect("the lock file");
        write(&copy.join("Cargo.lock"), &lock);
        copy.join("functions")
    })
}

fn copy_folder(from: &Path, to: &Path) {
    // Cargo would build a file that the example has no longer.
    for entry in fs::read_dir(to).into_iter().flatten() {
        let old = entry.expect("an entry").path();
        let name = old.file_name().expect("a name");
        if old.extension().is_some_and(|it| it == "rs") && !from.join(name).exists() {
            fs::remove_file(&old).expect("an old copy");
        }
    }
    for entry in fs::read_dir(from).expect("a folder of the example") {
        let path = entry.expect("an entry").path();
        let copy = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy_folder(&path, &copy);
            continue;
        }
        let mut content = fs::read(&path).expect("a file of the example");
        if path.ends_with("functions/Cargo.toml") {
            let text = String::from_utf8(content).expect("text");
            let clone = format!("{}/", workspace::root().display());
            content = text.replace("../../../", &clone).into_bytes();
        }
        write(&copy, &content);
    }
}

/// Not if it is so already, which cargo would take for a change.
fn write(path: &Path, content: &[u8]) {
    if fs::read(path).is_ok_and(|old| old == content) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
    fs::write(path, content).expect("a new file");
}

/// `cargo redrive` in the copy, with the dependencies that the repository's tests build.
pub fn cargo_redrive(arguments: &[&str]) -> Command {
    let mut command = Command::new(binary("cargo-redrive", "cargo-redrive"));
    let debug = env::var("CARGO_PROFILE_DEV_DEBUG");
    on_path(&mut command)
        .arg("redrive")
        .args(arguments)
        .current_dir(copied())
        .env("CARGO_TARGET_DIR", workspace::target())
        // As the repository's own profile.
        .env(
            "CARGO_PROFILE_DEV_DEBUG",
            debug.unwrap_or("line-tables-only".to_owned()),
        )
        .env("CARGO_NET_OFFLINE", "true");
    command
}

/// Packages the copy for this machine, and returns the line of JSON.
///
/// # Panics
///
/// If that fails.
pub fn packaged(out: &Path) -> Value {
    package_into(&mut cargo_redrive(&["package"]), out)
}
