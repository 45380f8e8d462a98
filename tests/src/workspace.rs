//! Where things are.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests' package is a member of the workspace")
}

/// Cargo's target folder, wherever the user has it.
pub fn target() -> &'static Path {
    static TARGET: OnceLock<PathBuf> = OnceLock::new();
    TARGET.get_or_init(|| {
        let output = cargo()
            .args(["metadata", "--no-deps", "--format-version=1"])
            .output()
            .expect("cargo runs");
        let metadata: serde_json::Value =
            serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
        PathBuf::from(
            metadata["target_directory"]
                .as_str()
                .expect("cargo names it"),
        )
    })
}

/// The folder below `target` that is these tests' own.
pub fn own() -> PathBuf {
    let own = target().join("redrive-tests");
    std::fs::create_dir_all(&own).expect("the target folder is writable");
    own
}

/// A new folder for one test, gone when dropped.
pub fn temporary() -> TempDir {
    tempfile::tempdir_in(own()).expect("the target folder is writable")
}

/// Cargo, in the workspace.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}
