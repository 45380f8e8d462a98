//! Processes that never outlive the test.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{io, thread};

use crate::{python, workspace};

/// A running program and all it starts; ended when dropped, and also when the
/// test's process ends in any other way.
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts the program; what it prints goes to the file `log`.
    ///
    /// # Errors
    ///
    /// If the log cannot be written or Python cannot be started.
    pub fn start(command: &Command, log: &Path) -> io::Result<Self> {
        let output = File::create(log)?;
        let mut supervised = Command::new(python::interpreter());
        supervised
            .arg(workspace::root().join("tests/emulators/supervise.py"))
            .arg(command.get_program())
            .args(command.get_args())
            // Nothing is compiled into the repository.
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .envs(present(command.get_envs()))
            .stdin(Stdio::piped())
            .stdout(output.try_clone()?)
            .stderr(output);
        if let Some(folder) = command.get_current_dir() {
            supervised.current_dir(folder);
        }
        Ok(Self {
            child: supervised.spawn()?,
            log: log.to_owned(),
        })
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// What it printed so far.
    pub fn output(&self) -> String {
        let bytes = fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Closing the pipe ends it all; see supervise.py.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("-- {}\n{}", self.log.display(), tail(&self.output()));
        }
    }
}

/// A lone program that may end by itself; killed when dropped.
#[derive(Debug)]
pub struct Killed(pub Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn present<'a>(
    variables: impl Iterator<Item = (&'a OsStr, Option<&'a OsStr>)>,
) -> impl Iterator<Item = (&'a OsStr, &'a OsStr)> {
    variables.filter_map(|(name, value)| Some((name, value?)))
}

/// The last lines, which are the ones that say what went wrong.
fn tail(output: &str) -> String {
    const LINES: usize = 80;
    let lines: Vec<&str> = output.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}
