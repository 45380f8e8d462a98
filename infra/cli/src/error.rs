//! Why a command cannot be done.

use std::fmt;
use std::path::PathBuf;

use redrive_infra::stack::ReadError;
use redrive_local::{BadLine, StartError};

/// Why a command cannot be done, and what to do about it.
#[derive(Debug)]
pub(crate) enum Error {
    Metadata(cargo_metadata::Error),
    UnknownPackage {
        name: String,
        known: Vec<String>,
    },
    WhichPackage {
        known: Vec<String>,
    },
    Cargo(std::io::Error),
    NoStack {
        path: PathBuf,
        reason: std::io::Error,
    },
    BadStack {
        path: PathBuf,
        reason: ReadError,
    },
    Events {
        path: PathBuf,
        reason: std::io::Error,
    },
    NoEvents {
        path: PathBuf,
    },
    BadEvents {
        path: PathBuf,
        lines: Vec<BadLine>,
    },
    Start(StartError),
    Runtime(std::io::Error),
    Output(std::io::Error),
    UnknownRule(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Cargo's own words begin as ours do.
            Self::Metadata(cargo_metadata::Error::CargoMetadata { stderr }) => {
                let words = stderr.trim();
                write!(f, "{}", words.strip_prefix("error: ").unwrap_or(words))
            }
            Self::Metadata(error) => write!(f, "{error}"),
            Self::UnknownPackage { name, known } => {
                write!(f, "no package `{name}` in this workspace has functions; ")?;
                list(f, known)
            }
            Self::WhichPackage { known } => {
                write!(f, "name the package to run with `-p`; ")?;
                list(f, known)
            }
            Self::Cargo(error) => write!(f, "cannot run cargo: {error}"),
            Self::NoStack { path, reason } => write!(
                f,
                "cannot read {}: {reason}; the package's build.rs must call \
                 `redrive_infra::build()`",
                path.display()
            ),
            Self::BadStack { path, reason } => {
                write!(f, "cannot read {}: {reason}", path.display())
            }
            Self::Events { path, reason } => write!(
                f,
                "cannot read the messages to send, {}: {reason}; write them to it, one JSON \
                 object a line, as\n  {{\"name\": \"first\", \"body\": {{\"id\": 1}}}}\nor name \
                 another file with `--events`",
                path.display()
            ),
            Self::NoEvents { path } => write!(
                f,
                "{} has no message; write one JSON object a line, as\n  {{\"name\": \"first\", \"body\": {{\"id\": 1}}}}",
                path.display()
            ),
            Self::BadEvents { path, lines } => {
                write!(f, "{} is not as it should be", path.display())?;
                for line in lines {
                    write!(f, "\n  {line}")?;
                }
                Ok(())
            }
            Self::Start(error) => write!(f, "{error}"),
            Self::Runtime(error) => write!(f, "cannot start: {error}"),
            Self::Output(error) => write!(f, "cannot write: {error}"),
            Self::UnknownRule(text) => write!(f, "{text}"),
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, known: &[String]) -> fmt::Result {
    if known.is_empty() {
        write!(
            f,
            "none has: a package with functions has `redrive-infra` in its build dependencies"
        )
    } else {
        write!(f, "those that have: {}", known.join(", "))
    }
}

impl std::error::Error for Error {}

impl From<StartError> for Error {
    fn from(error: StartError) -> Self {
        Self::Start(error)
    }
}
