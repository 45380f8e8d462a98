//! A package of a user, in a folder of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use tempfile::TempDir;

pub(crate) struct Package {
    name: &'static str,
    folder: TempDir,
}

/// What a run of cargo came to.
pub(crate) struct Outcome {
    success: bool,
    pub(crate) stderr: String,
}

impl Package {
    /// A package with this `src/main.rs` and a plain build script. The name is
    /// the test's own: the packages share a target folder.
    pub(crate) fn new(name: &'static str, main: &str) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let package = Self { name, folder };
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let workspace = workspace.canonicalize().expect("the workspace");
        let path = |member: &str| workspace.join(member).display().to_string();
        package.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
                 [features]\nmore = []\n\
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
        package.write("src/main.rs", main);
        // The versions that the workspace is tested with, and no look-ups.
        fs::copy(
            workspace.join("Cargo.lock"),
            package.folder.path().join("Cargo.lock"),
        )
        .expect("a copy");
        package
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a file of the package")).expect("a new folder");
        fs::write(path, text).expect("a new file");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.path().join(path)).expect("a file of the package")
    }

    /// `cargo check`: it runs the build script and the macro, and leaves out
    /// what neither has to do with.
    pub(crate) fn check(&self, arguments: &[&str]) -> Outcome {
        let output = Command::new(env!("CARGO"))
            .args(["check", "--verbose", "--offline", "--color", "never"])
            .args(arguments)
            .current_dir(self.folder.path())
            .env("CARGO_TARGET_DIR", target())
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo runs");
        Outcome {
            success: output.status.success(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The folder of the build script's files.
    pub(crate) fn outputs(&self) -> PathBuf {
        target().join("redrive").join(self.name)
    }

    pub(crate) fn output(&self, name: &str) -> String {
        fs::read_to_string(self.outputs().join(name)).expect("a file of the build script")
    }

    pub(crate) fn template(&self) -> serde_json::Value {
        serde_json::from_str(&self.output("template.json")).expect("a template in JSON")
    }

    /// A property of a resource of the template.
    pub(crate) fn property(&self, id: &str, name: &str) -> serde_json::Value {
        self.template()["Resources"][id]["Properties"][name].clone()
    }

    /// When each of the build script's files was last written.
    pub(crate) fn modified(&self) -> BTreeMap<PathBuf, SystemTime> {
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

/// Shared by the packages, so that their dependencies are built once.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("build-script")
}

/// Whether the toolchain has the target's standard library.
pub(crate) fn is_installed(target: &str) -> bool {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", target])
        .output()
        .expect("rustc runs");
    let folder = String::from_utf8_lossy(&output.stdout);
    output.status.success() && Path::new(folder.trim()).is_dir()
}

impl Outcome {
    #[track_caller]
    pub(crate) fn succeeds(&self) {
        assert!(self.success, "{}", self.stderr);
    }

    #[track_caller]
    pub(crate) fn fails_with(&self, text: &str) {
        assert!(
            !self.success && self.stderr.contains(text),
            "{}",
            self.stderr
        );
    }

    /// Cargo found everything as it should be.
    #[track_caller]
    pub(crate) fn ran_nothing(&self) {
        self.succeeds();
        let ran = self.stderr.contains("Running `") || self.stderr.contains("Dirty ");
        assert!(!ran, "{}", self.stderr);
    }

    /// How many errors there are, without cargo's own last word.
    pub(crate) fn errors(&self) -> usize {
        let errors = self.stderr.lines().filter(|line| line.starts_with("error"));
        errors
            .filter(|line| !line.contains("could not compile"))
            .count()
    }
}
