//! A package of a user, in a folder of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use tempfile::TempDir;

use crate::workspace;

/// A package with a plain build script, which shares its target folder with the
/// others: the name must be the test's own.
pub struct Package {
    name: String,
    /// In a folder of its own, which is deleted at the end.
    folder: PathBuf,
    _root: TempDir,
}

/// What a run of cargo came to.
pub struct Outcome {
    success: bool,
    /// What it told the user.
    pub stderr: String,
}

impl Package {
    /// A package with this `src/main.rs`.
    pub fn new(name: &str, main: &str) -> Self {
        let package = Self::empty(name);
        package.write("src/main.rs", main);
        package
    }

    /// A package without a target.
    pub fn empty(name: &str) -> Self {
        Self::in_folder(name, "package")
    }

    /// A package without a target, in a folder of this name.
    pub fn in_folder(name: &str, folder: &str) -> Self {
        let root = TempDir::new().expect("a temporary folder");
        let package = Self {
            name: name.to_owned(),
            folder: root.path().join(folder),
            _root: root,
        };
        let workspace = workspace::root();
        let path = |member: &str| workspace.join(member).display().to_string();
        package.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
                 [features]\nmore = []\nextra = []\nsqs-client = [\"redrive/sqs-client\"]\n\
                 [dependencies]\n\
                 redrive = {{ path = \"{}\", default-features = false }}\n\
                 serde = {{ version = \"1\", features = [\"derive\"] }}\n\
                 [build-dependencies]\n\
                 redrive-infra = {{ path = \"{}\" }}\n\
                 [profile.dev]\ndebug = false\n\
                 [workspace]\n",
                path("runtime"),
                path("infra"),
            ),
        );
        package.write("build.rs", "fn main() { redrive_infra::build(); }");
        // The versions that the workspace is tested with, and no look-ups.
        fs::copy(
            workspace.join("Cargo.lock"),
            package.folder.join("Cargo.lock"),
        )
        .expect("a copy");
        package
    }

    /// The folder of its `Cargo.toml`.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a file of the package.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().expect("a file of the package")).expect("a new folder");
        fs::write(path, text).expect("a new file");
    }

    /// A file of the package.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.join(path)).expect("a file of the package")
    }

    /// `cargo check`: it runs the build script and the macro, and leaves out
    /// what neither has to do with. It says which commands it ran.
    pub fn check(&self, arguments: &[&str]) -> Outcome {
        self.check_with(arguments, &[])
    }

    /// As [`check`](Self::check), with environment variables.
    pub fn check_with(&self, arguments: &[&str], environment: &[(&str, &Path)]) -> Outcome {
        self.run(&[&["--verbose"], arguments].concat(), environment)
    }

    /// What a user reads of `cargo check`: its errors and warnings, without the
    /// progress, and without what depends on the machine or on lines of redrive's
    /// own source.
    pub fn report(&self, arguments: &[&str]) -> String {
        let stderr = self.run(arguments, &[]).stderr;
        let folder = self.folder.display().to_string();
        let workspace = workspace::root().display().to_string();
        let mut report: Vec<String> = Vec::new();
        let mut in_workspace = false;
        for line in stderr.lines().filter(|line| !is_progress(line)) {
            let mut line = line.replace(&folder, "$DIR");
            // Of a build that fails, cargo shows the build script's warnings again.
            if line.contains("@0.1.0: ") && report.contains(&line) {
                continue;
            }
            if let Some((arrow, place)) = line.split_once("--> ") {
                in_workspace = place.starts_with(&workspace);
                if let (true, Some((path, _))) = (in_workspace, place.split_once(':')) {
                    line = format!("{arrow}--> {path}").replace(&workspace, "$WORKSPACE");
                }
            } else if in_workspace && line.contains(" | ") {
                let digits = line.find(|c: char| !c.is_ascii_digit() && c != ' ');
                let indent = " ".repeat(digits.unwrap_or_default());
                line.replace_range(..indent.len(), &indent);
            }
            report.push(line);
        }
        report.dedup_by(|next, line| next.is_empty() && line.is_empty());
        format!("{}\n", report.join("\n").trim())
    }

    fn run(&self, arguments: &[&str], environment: &[(&str, &Path)]) -> Outcome {
        let output = Command::new(env!("CARGO"))
            .args(["check", "--offline", "--color", "never"])
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", target())
            .env_remove("RUSTFLAGS")
            .envs(environment.iter().copied())
            .output()
            .expect("cargo runs");
        Outcome {
            success: output.status.success(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The folder of the build script's files, of a build for this machine.
    pub fn outputs(&self) -> PathBuf {
        self.outputs_in(&target())
    }

    /// The folder of the build script's files, of a build in this target folder,
    /// or in that of a triple in it.
    pub fn outputs_in(&self, target: &Path) -> PathBuf {
        target.join("debug/redrive").join(&self.name)
    }

    /// One of them.
    pub fn output(&self, name: &str) -> String {
        fs::read_to_string(self.outputs().join(name)).expect("a file of the build script")
    }

    /// The template.
    pub fn template(&self) -> serde_json::Value {
        serde_json::from_str(&self.output("template.json")).expect("a template in JSON")
    }

    /// A property of a resource of the template.
    pub fn property(&self, id: &str, name: &str) -> serde_json::Value {
        self.template()["Resources"][id]["Properties"][name].clone()
    }

    /// When each of the build script's files was last written.
    pub fn modified(&self) -> BTreeMap<PathBuf, SystemTime> {
        let entries = fs::read_dir(self.outputs()).expect("the build script's folder");
        let paths = entries.map(|entry| entry.expect("a file").path());
        let time = |path: &Path| {
            fs::metadata(path)
                .and_then(|data| data.modified())
                .expect("a time")
        };
        paths.map(|path| (path.clone(), time(&path))).collect()
    }
}

/// What cargo says of itself: right-aligned verbs, and how it ended.
fn is_progress(line: &str) -> bool {
    const VERBS: [&str; 7] = [
        "Adding",
        "Blocking",
        "Checking",
        "Compiling",
        "Finished",
        "Locking",
        "Running",
    ];
    const ENDS: [&str; 4] = [
        "error: build script logged errors",
        "error: could not compile",
        "warning: build failed, waiting",
        "For more information about",
    ];
    let first = line.split_whitespace().next().unwrap_or_default();
    let is_count = line.starts_with("warning: `") && line.contains(" generated ");
    (line.starts_with(' ') && VERBS.contains(&first))
        || ENDS.iter().any(|end| line.starts_with(end))
        || is_count
}

/// Shared by the packages, so that their dependencies are built once.
pub fn target() -> PathBuf {
    workspace::own().join("packages")
}

/// Whether the toolchain has the target's standard library.
pub fn is_installed(target: &str) -> bool {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", target])
        .output()
        .expect("rustc runs");
    let folder = String::from_utf8_lossy(&output.stdout);
    output.status.success() && Path::new(folder.trim()).is_dir()
}

impl Outcome {
    /// Asserts that there is no error.
    #[track_caller]
    pub fn succeeds(&self) {
        assert!(self.success, "{}", self.stderr);
    }

    /// Asserts that there is an error with this text.
    #[track_caller]
    pub fn fails_with(&self, text: &str) {
        assert!(
            !self.success && self.stderr.contains(text),
            "{}",
            self.stderr
        );
    }

    /// Asserts that cargo found everything as it should be.
    #[track_caller]
    pub fn ran_nothing(&self) {
        self.succeeds();
        let ran = self.stderr.contains("Running `") || self.stderr.contains("Dirty ");
        assert!(!ran, "{}", self.stderr);
    }

    /// How many errors there are, without cargo's own last word.
    pub fn errors(&self) -> usize {
        let is_error = |line: &&str| {
            line.starts_with("error") && !line.contains(": help: ") && !line.contains(": see: ")
        };
        let errors = self.stderr.lines().filter(is_error);
        errors
            .filter(|line| !line.contains("could not compile"))
            .count()
    }
}
