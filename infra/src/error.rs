//! What stops the build script: only what the macro cannot see.

use std::fmt;
use std::path::PathBuf;

use redrive_syntax::rules::catalog::{self, Rule};

/// Why there is no template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Error {
    /// Cargo did not set a variable it sets for every build script.
    NotABuildScript(&'static str),
    /// `Cargo.toml` cannot be read.
    Manifest(PathBuf, String),
    /// A file is there and cannot be read.
    Unreadable(PathBuf, String),
    /// A file cannot be written.
    Unwritable(PathBuf, String),
    /// No folder above `OUT_DIR` is cargo's target folder.
    NoTarget(PathBuf),
    /// A cfg is not one.
    Cfg(String),
    /// AWS Lambda does not run this architecture.
    Architecture(String),
    /// An overlay cannot be applied.
    Overlay(PathBuf, String),
    /// What an overlay sets breaks a rule.
    Overlaid {
        /// The rule.
        rule: &'static Rule,
        /// Where it is, what is wrong and what would be right.
        why: String,
    },
    /// CloudFormation takes no template as large.
    TemplateLimit {
        /// What there is too much of.
        what: &'static str,
        /// How much of it there is.
        count: usize,
        /// The most that CloudFormation takes.
        most: usize,
    },
    /// Two functions have names that give their resources the same ids.
    SharedName([String; 2]),
    /// Two functions want the same queue.
    SharedQueue {
        /// The queue's name.
        queue: String,
        /// The functions, each with its binary.
        functions: [String; 2],
    },
}

impl Error {
    /// The rule that is broken.
    pub(crate) fn rule(&self) -> &'static Rule {
        match self {
            Self::NotABuildScript(_) | Self::NoTarget(_) => &catalog::NOT_A_BUILD_SCRIPT,
            Self::Manifest(..) | Self::Unreadable(..) | Self::Unwritable(..) => {
                &catalog::FILE_ACCESS
            }
            Self::Cfg(_) => &catalog::CFG_FORM,
            Self::Architecture(_) => &catalog::ARCHITECTURE,
            Self::Overlay(..) => &catalog::OVERLAY,
            Self::Overlaid { rule, .. } => rule,
            Self::TemplateLimit { .. } => &catalog::TEMPLATE_LIMITS,
            Self::SharedName(_) => &catalog::SHARED_NAME,
            Self::SharedQueue { .. } => &catalog::SHARED_QUEUE,
        }
    }

    /// What is wrong and what would be right.
    fn words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotABuildScript(name) => write!(
                f,
                "cargo did not set `{name}`, as it does for a build script; call `redrive_infra::build()` from the package's `build.rs`"
            ),
            Self::Manifest(path, why) => write!(
                f,
                "the package's binaries cannot be read from `{}`: {why}; write the targets as cargo's reference has them",
                path.display()
            ),
            Self::Unreadable(path, why) => write!(
                f,
                "`{}` cannot be read: {why}; make it a text in UTF-8 that cargo may read",
                path.display()
            ),
            Self::Unwritable(path, why) => write!(
                f,
                "`{}` cannot be written: {why}; make way for it, or name another folder with `Builder::out_dir`",
                path.display()
            ),
            Self::NoTarget(out) => write!(
                f,
                "no folder above `{}` is cargo's target folder; name it with `Builder::target_dir`",
                out.display()
            ),
            Self::Cfg(text) => write!(
                f,
                "`{text}` is no cfg that `Builder::cfg` can set; write `name` or `name=\"value\"`"
            ),
            Self::Architecture(architecture) => write!(
                f,
                "AWS Lambda runs `aarch64` and `x86_64`, not `{architecture}`; build for one of them, such as with `cargo lambda build --arm64`"
            ),
            Self::Overlay(path, why) => {
                write!(f, "overlay `{}` cannot be applied: {why}", path.display())
            }
            Self::Overlaid { why, .. } => f.write_str(why),
            Self::TemplateLimit { what, count, most } => write!(
                f,
                "the template has {count} {what}, but CloudFormation takes {most}; split the package into two, each with its own stack"
            ),
            Self::SharedName([one, other]) => write!(
                f,
                "{one} and {other} have names that the template cannot tell apart; rename one of them"
            ),
            Self::SharedQueue {
                queue,
                functions: [one, other],
            } => write!(
                f,
                "{one} and {other} share the queue `{queue}`, so each would take messages of the other; \
                 name another one with `queue = \"…\"`"
            ),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words(f)?;
        write!(f, " [{}]", self.rule().id)
    }
}

impl std::error::Error for Error {}

/// All that is wrong; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Errors(pub(crate) Vec<Error>);

impl Errors {
    /// An error if there is one.
    pub(crate) fn check(errors: Vec<Error>) -> Result<(), Self> {
        match errors.is_empty() {
            true => Ok(()),
            false => Err(Self(errors)),
        }
    }
}

impl From<Error> for Errors {
    fn from(error: Error) -> Self {
        Self(vec![error])
    }
}

#[cfg(test)]
mod tests {
    use redrive_syntax::rules::catalog;

    use super::Error;

    #[test]
    fn a_broken_rule_is_one_that_can_be_explained() {
        let two = || ["`a`".to_owned(), "`b`".to_owned()];
        let no = || "no".to_owned();
        let errors = [
            Error::NotABuildScript("OUT_DIR"),
            Error::Manifest("x".into(), no()),
            Error::Unreadable("x".into(), no()),
            Error::Unwritable("x".into(), no()),
            Error::NoTarget("x".into()),
            Error::Cfg(no()),
            Error::Architecture("riscv64".to_owned()),
            Error::Overlay("x".into(), no()),
            Error::Overlaid {
                rule: &catalog::VISIBILITY_TIMEOUT,
                why: no(),
            },
            Error::TemplateLimit {
                what: "resources",
                count: 501,
                most: 500,
            },
            Error::SharedName(two()),
            Error::SharedQueue {
                queue: "jobs".to_owned(),
                functions: two(),
            },
        ];
        for error in errors {
            let (text, rule) = (error.to_string(), error.rule().id);
            assert!(text.ends_with(&format!(" [{rule}]")), "{text}");
        }
    }
}
