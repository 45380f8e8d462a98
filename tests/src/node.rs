//! Programs from npm, if this machine has Node.js.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{python, workspace};

/// A folder of the repository with a `package-lock.json`, copied and installed.
///
/// # Errors
///
/// Why a test that needs it is skipped.
///
/// # Panics
///
/// If the packages cannot be installed.
pub fn installed(folder: &Path) -> Result<PathBuf, String> {
    let version = Command::new("node").arg("--version").output();
    let version = version.map_err(|error| format!("there is no `node` in PATH: {error}"))?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let major = version.trim_start_matches('v').split('.').next();
    if major.and_then(|it| it.parse::<u32>().ok()) < Some(20) {
        return Err(format!(
            "Node.js is {}, and not 20 or newer",
            version.trim()
        ));
    }
    let files = ["package-lock.json", "package.json", "app.ts", "cdk.json"];
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("a file of the example");
    let texts = files.map(read);
    let copy = workspace::own().join(format!("node-{:016x}", python::hash(&texts[..2].concat())));
    let lock = File::create(copy.with_extension("lock")).expect("a lock file");
    lock.lock().expect("the lock, when its holder is done");
    fs::create_dir_all(&copy).expect("a new folder");
    for (name, text) in files.iter().zip(&texts) {
        fs::write(copy.join(name), text).expect("a new file");
    }
    if !copy.join("ready").exists() {
        let output = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&copy)
            .output()
            .expect("npm runs");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "npm must reach a registry\n{text}");
        File::create(copy.join("ready")).expect("a new file");
    }
    Ok(copy)
}
