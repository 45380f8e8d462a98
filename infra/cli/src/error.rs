//! Why a command fails.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::path::PathBuf;

use redrive_infra::parameters::Unknown;
use redrive_local::StartError;
use thiserror::Error;

/// Why a command fails, and how to fix it.
#[derive(Debug, Error)]
pub(crate) enum Error {
    #[error("{}", without_prefix(.0))]
    Metadata(cargo_metadata::Error),
    #[error("no package `{name}` in this workspace\n{}", list(.known))]
    UnknownPackage { name: String, known: Vec<String> },
    #[error("the package `{name}` has no functions\n{}", list(.known))]
    NoFunctions { name: String, known: Vec<String> },
    #[error("specify a package with `-p`\n{}", list(.known))]
    WhichPackage { known: Vec<String> },
    #[error("cannot run cargo: {0}")]
    Cargo(std::io::Error),
    #[error("cannot read cargo's configuration: {0}")]
    Config(cargo_config2::Error),
    #[error(
        "cannot read the messages to send, {}: {reason}\n{EXAMPLE}\nhelp: or specify another file \
         with `--events`",
        .path.display()
    )]
    Events {
        path: PathBuf,
        reason: std::io::Error,
    },
    #[error("{} contains no message\n{EXAMPLE}", .path.display())]
    NoEvents { path: PathBuf },
    #[error("{} is not valid{}", .path.display(), indented(.lines))]
    BadEvents { path: PathBuf, lines: Vec<String> },
    #[error("{}", start(.0))]
    Start(#[from] StartError),
    #[error(
        "cargo-lambda is not installed\nhelp: pip3 install cargo-lambda\n\
         see: https://www.cargo-lambda.info/guide/installation.html"
    )]
    NoCargoLambda,
    #[error(
        "cannot run the AWS CLI: {0}\nhelp: install it, and put `aws` into PATH\n\
         see: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
    )]
    NoAwsCli(std::io::Error),
    #[error("cannot read the answer of the AWS CLI: {0}")]
    AwsAnswer(serde_json::Error),
    #[error("the {place} has no function `{name}`\nnote: its functions are {}", .known.join(", "))]
    UnknownFunction {
        /// The package or the stack, with its name.
        place: String,
        name: String,
        known: Vec<String>,
    },
    #[error(
        "the stack `{stack}` has no function to pause\n\
         help: deploy a template of this version of redrive first"
    )]
    NoSwitch { stack: String },
    #[error("{}", each(.0))]
    UnknownParameters(Vec<Unknown>),
    #[error(
        "the values of parameters are not known\nhelp: pass {}",
        .0.iter().map(|name| format!("`--param {name}=…`")).collect::<Vec<_>>().join(" ")
    )]
    NoValues(BTreeSet<String>),
    #[error(
        "{} cannot be deployed: {problem}\n\
         help: package again, while no other build uses this folder",
        .path.display()
    )]
    WrongZip { path: PathBuf, problem: String },
    #[error("{0}")]
    Copy(String),
    #[error(
        "{} contains `{}`, which is not part of a package and would be deleted\n\
         help: choose another folder with `--out`",
        .folder.display(), .name.display()
    )]
    ForeignFile { folder: PathBuf, name: PathBuf },
    #[error("cannot read {}: {}{help}", .path.display(), .reason.trim_end())]
    Read {
        path: PathBuf,
        reason: String,
        /// On a line of its own.
        help: &'static str,
    },
    #[error("cannot write {}: {reason}", .path.display())]
    Write {
        path: PathBuf,
        reason: std::io::Error,
    },
    #[error("cannot start: {0}")]
    Runtime(std::io::Error),
    #[error("cannot write: {0}")]
    Output(std::io::Error),
    #[error("{0}")]
    UnknownRule(String),
}

const EXAMPLE: &str = "help: write one JSON object per line, for example\n  \
                       {\"name\": \"first\", \"body\": {\"id\": 1}}";

/// Cargo's own errors start as ours do.
fn without_prefix(error: &cargo_metadata::Error) -> String {
    match error {
        cargo_metadata::Error::CargoMetadata { stderr } => {
            let text = stderr.trim();
            text.strip_prefix("error: ").unwrap_or(text).to_owned()
        }
        error => error.to_string(),
    }
}

fn start(error: &StartError) -> String {
    match error {
        StartError::Invalid(problems) => each(problems),
        error => error.to_string(),
    }
}

/// Several errors, each with the prefix that the first gets from `main`.
fn each(errors: &[impl Display]) -> String {
    let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
    errors.join("\nerror: ")
}

fn list(known: &[String]) -> String {
    if known.is_empty() {
        "note: no package in this workspace has `redrive-infra` as a build dependency".to_owned()
    } else {
        format!("note: packages with functions: {}", known.join(", "))
    }
}

fn indented(lines: &[String]) -> String {
    lines.iter().map(|line| format!("\n  {line}")).collect()
}
