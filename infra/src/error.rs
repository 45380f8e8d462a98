//! What stops the build script: only what the macro cannot see.

use std::fmt;
use std::path::PathBuf;

/// Why there is no template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
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

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotABuildScript(name) => write!(
                f,
                "cargo did not set `{name}`; call `redrive_infra::build()` from the package's build script"
            ),
            Self::Manifest(path, why) => {
                write!(
                    f,
                    "the package's binaries cannot be read from `{}`: {why}",
                    path.display()
                )
            }
            Self::Unreadable(path, why) => write!(f, "`{}` cannot be read: {why}", path.display()),
            Self::Unwritable(path, why) => {
                write!(f, "`{}` cannot be written: {why}", path.display())
            }
            Self::NoTarget(out) => write!(
                f,
                "no folder above `{}` is cargo's target folder; name it with `Builder::target_dir`",
                out.display()
            ),
            Self::Cfg(text) => write!(
                f,
                "`{text}` is no cfg; `Builder::cfg` takes `name` or `name=\"value\"`"
            ),
            Self::Architecture(architecture) => write!(
                f,
                "AWS Lambda runs `aarch64` and `x86_64`, not `{architecture}`; build with `--target` for one of them [architecture]"
            ),
            Self::Overlay(path, why) => {
                write!(
                    f,
                    "overlay `{}` cannot be applied: {why} [overlay]",
                    path.display()
                )
            }
            Self::SharedName([one, other]) => write!(
                f,
                "{one} and {other} have names that the template cannot tell apart; rename one of them [shared_name]"
            ),
            Self::SharedQueue {
                queue,
                functions: [one, other],
            } => write!(
                f,
                "{one} and {other} share the queue `{queue}`, so each would take messages of the other; \
                 name another one with `queue = \"…\"` [shared_queue]"
            ),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn a_broken_rule_is_one_that_can_be_explained() {
        let two = || ["`a`".to_owned(), "`b`".to_owned()];
        let cases = [
            (Error::Architecture("riscv64".to_owned()), "architecture"),
            (Error::Overlay("x".into(), "no".to_owned()), "overlay"),
            (Error::SharedName(two()), "shared_name"),
            (
                Error::SharedQueue {
                    queue: "jobs".to_owned(),
                    functions: two(),
                },
                "shared_queue",
            ),
        ];
        for (error, rule) in cases {
            let text = error.to_string();
            assert!(text.ends_with(&format!(" [{rule}]")), "{text}");
            assert!(redrive_syntax::rules::find(rule).is_some(), "{rule}");
        }
    }
}
