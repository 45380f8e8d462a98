//! Why a simulation cannot start.

use thiserror::Error;

/// Why a simulation cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// No port of the loopback address can be bound.
    #[error("cannot listen on the loopback address: {0}")]
    Bind(#[from] std::io::Error),
    /// The stack has no functions.
    #[error(
        "the package `{package}` has no functions in this build\n\
         help: add `#[sqs_batch]` to a function, or enable its feature"
    )]
    NoFunctions {
        /// The package.
        package: String,
    },
    /// The options or the messages do not match the stack: each problem, with what to do.
    #[error("{}", .0.join("\n"))]
    Invalid(Vec<String>),
}

impl From<String> for StartError {
    fn from(problem: String) -> Self {
        Self::Invalid(vec![problem])
    }
}
