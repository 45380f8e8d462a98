//! Tools from PyPI, each set in a virtual environment of its own.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace;

/// A virtual environment with the packages of one requirements file.
#[derive(Clone, Debug)]
pub struct Venv {
    folder: PathBuf,
}

impl Venv {
    /// The environment for `tests/emulators/requirements/<name>.txt`, made at
    /// the first call of all test processes.
    ///
    /// # Panics
    ///
    /// Without Python 3.11 or newer, or if a package cannot be installed.
    pub fn of(name: &str) -> Self {
        let requirements =
            workspace::root().join(format!("tests/emulators/requirements/{name}.txt"));
        let folder =
            workspace::own().join(format!("venv-{name}-{:016x}", hash(&read(&requirements))));
        let lock = File::create(folder.with_extension("lock")).expect("a lock file");
        lock.lock().expect("the lock, when its holder is done");
        let ready = folder.join("ready");
        if !ready.exists() {
            install(&folder, &requirements);
            File::create(ready).expect("a new file");
        }
        Self { folder }
    }

    /// The path of a program that the packages bring.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }

    /// A file inside an installed package.
    ///
    /// # Panics
    ///
    /// If no such file is installed.
    pub fn package_file(&self, path: impl AsRef<Path>) -> PathBuf {
        let libraries = fs::read_dir(self.folder.join("lib")).expect("the environment's libraries");
        libraries
            .map(|python| {
                python
                    .expect("a readable folder")
                    .path()
                    .join("site-packages")
                    .join(&path)
            })
            .find(|file| file.exists())
            .unwrap_or_else(|| {
                panic!(
                    "no {} in {}",
                    path.as_ref().display(),
                    self.folder.display()
                )
            })
    }
}

/// The Python that makes the environments.
///
/// # Panics
///
/// If there is none, or it is older than 3.11.
pub fn interpreter() -> &'static str {
    const RECENT: &str = "import sys; sys.exit(sys.version_info < (3, 11))";
    ["python3", "python3.11", "python"]
        .into_iter()
        .find(|name| succeeds(Command::new(name).args(["-c", RECENT])))
        .expect(
            "these tests need Python 3.11 or newer as `python3`: install it (with its `venv` module), or leave \
             the tests out with `cargo test --workspace --exclude redrive-tests`",
        )
}

fn install(folder: &Path, requirements: &Path) {
    run(
        Command::new(interpreter())
            .args(["-m", "venv", "--clear"])
            .arg(folder),
        "install Python's `venv` and `pip` modules (`apt install python3-venv` on Debian and Ubuntu)",
    );
    run(
        Command::new(folder.join("bin/python"))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-input",
                "--disable-pip-version-check",
            ])
            .arg("--requirement")
            .arg(requirements),
        "pip must reach a package index",
    );
}

fn run(command: &mut Command, way_out: &str) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}; {way_out}"));
    assert!(
        output.status.success(),
        "{command:?}: {}; {way_out}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn hash(requirements: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    requirements.hash(&mut hasher);
    hasher.finish()
}
