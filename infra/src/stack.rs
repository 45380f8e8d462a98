//! What a package deploys: the model that the template, `stack.md` and the local
//! simulator are made from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use redrive_syntax::Function;
use serde::{Deserialize, Serialize};

use crate::format::Format;

/// The version of redrive that this crate belongs to.
const REDRIVE: &str = env!("CARGO_PKG_VERSION");

/// All functions of one package, the content of `stack.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stack {
    /// The format of this file: [`Stack::VERSION`].
    pub version: u32,
    /// The version of redrive that wrote it.
    pub redrive: String,
    /// The package's name.
    pub package: String,
    /// The architecture of both functions.
    pub architecture: Architecture,
    /// The formats in which it can be deployed.
    pub formats: BTreeSet<Format>,
    /// Whether it has a CloudWatch dashboard.
    pub dashboard: bool,
    /// The tags of all resources, as the build script sets them.
    pub tags: BTreeMap<String, String>,
    /// By function, the IAM statements of its key `permissions`.
    pub permissions: BTreeMap<String, Vec<serde_json::Value>>,
    /// What all roles have.
    pub roles: Roles,
    /// The functions, in order of their binary's name.
    pub functions: Vec<StackFunction>,
    /// By function, the environment variables to which overlays give a value that is
    /// known at deployment only.
    pub deployed_env: BTreeMap<String, Vec<String>>,
}

impl Stack {
    /// The format this version of redrive writes and reads.
    pub const VERSION: u32 = 2;

    /// The stack of a package, in the format [`Stack::VERSION`].
    pub fn new(
        package: impl Into<String>,
        architecture: Architecture,
        functions: Vec<StackFunction>,
    ) -> Self {
        Self {
            version: Self::VERSION,
            redrive: REDRIVE.to_owned(),
            package: package.into(),
            architecture,
            formats: BTreeSet::from([Format::CloudFormation]),
            dashboard: false,
            tags: BTreeMap::new(),
            roles: Roles::default(),
            permissions: BTreeMap::new(),
            functions,
            deployed_env: BTreeMap::new(),
        }
    }

    /// The names of the files that deploy it.
    #[doc(hidden)]
    pub fn files(&self) -> impl Iterator<Item = &'static str> {
        self.formats.iter().flat_map(|it| it.files()).copied()
    }

    /// The text of `stack.json`.
    pub fn to_text(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        text.expect("numbers, strings and maps with string keys are JSON") + "\n"
    }

    /// Reads the text of `stack.json`.
    ///
    /// # Errors
    /// If it is of another format than [`Stack::VERSION`], or no stack.
    pub fn from_text(text: &str) -> Result<Self, ReadError> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
            redrive: String,
        }
        let no_stack = |error: serde_json::Error| ReadError::NoStack(error.to_string());
        // Another format need not have the fields of this one.
        let Versioned { version, redrive } = serde_json::from_str(text).map_err(no_stack)?;
        if version != Self::VERSION {
            return Err(ReadError::Version { version, redrive });
        }
        serde_json::from_str(text).map_err(no_stack)
    }
}

/// Why a text is not read as a [`Stack`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// It is of another format than [`Stack::VERSION`].
    Version {
        /// Its format.
        version: u32,
        /// The version of redrive that wrote it.
        redrive: String,
    },
    /// It is not a stack in JSON, and why.
    NoStack(String),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version { version, redrive } => {
                write!(
                    f,
                    "it has format {version}, of redrive {redrive}; \
                     this program reads format {}, of redrive {REDRIVE}\nhelp: ",
                    Stack::VERSION
                )?;
                match *version > Stack::VERSION {
                    true => write!(
                        f,
                        "update the command line: cargo install cargo-redrive --version {redrive}"
                    ),
                    false => write!(
                        f,
                        "update the package: cargo add redrive@{REDRIVE} && \
                         cargo add --build redrive-infra@{REDRIVE}"
                    ),
                }
            }
            Self::NoStack(why) => write!(f, "it is not a stack: {why}"),
        }
    }
}

impl std::error::Error for ReadError {}

/// What the build script sets for all roles: the defaults of parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    /// The ARN of the permissions boundary; empty for none.
    pub boundary: String,
    /// The path of their names.
    pub path: String,
}

impl Default for Roles {
    fn default() -> Self {
        Self {
            boundary: String::new(),
            path: "/".to_owned(),
        }
    }
}

/// One function and the binary that holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StackFunction {
    /// The name of the binary target: one zip for the worker and the redrive
    /// function.
    pub binary: String,
    /// What its attribute asks for.
    pub function: Function,
}

/// The instruction set of a Lambda function (`Architectures`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Architecture {
    /// AWS Graviton.
    Arm64,
    /// 64-bit x86.
    X86_64,
}

impl fmt::Display for Architecture {
    /// As CloudFormation spells it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{ReadError, Stack};
    use crate::tests::sample;

    #[test]
    fn what_is_written_is_read() {
        let stack = sample::stack([sample::entry("orders")]);
        assert_eq!(Stack::from_text(&stack.to_text()), Ok(stack));
    }

    #[test]
    fn another_format_is_not_an_unreadable_stack() {
        let other = |version: u32| {
            let text =
                format!(r#"{{"version": {version}, "redrive": "9.8.7", "shape": "unknown"}}"#);
            let error = Stack::from_text(&text).expect_err("another format");
            let redrive = "9.8.7".to_owned();
            assert_eq!(error, ReadError::Version { version, redrive });
            error.to_string()
        };
        let this = env!("CARGO_PKG_VERSION");
        let newer = "help: update the command line: cargo install cargo-redrive --version 9.8.7";
        assert!(other(4_000_000).ends_with(newer));
        let older = format!(
            "this program reads format {}, of redrive {this}\nhelp: update the package: \
             cargo add redrive@{this} && cargo add --build redrive-infra@{this}",
            Stack::VERSION
        );
        assert!(other(0).ends_with(&older), "{}", other(0));
        let empty = format!(r#"{{"version": {}, "redrive": "{this}"}}"#, Stack::VERSION);
        for text in ["", "{}", &empty] {
            let error = Stack::from_text(text);
            assert!(matches!(error, Err(ReadError::NoStack(_))), "{error:?}");
        }
    }
}
