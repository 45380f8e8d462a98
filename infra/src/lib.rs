//! The build-script half of redrive: finds the `#[sqs_batch]` functions of a
//! package and writes the CloudFormation template that deploys them.
//!
//! ```no_run
//! // build.rs
//! redrive_infra::build();
//! ```
//!
//! # What it reads
//! The package's binary targets, as cargo finds them; from the root of each,
//! the files that `mod` leads to, `#[path]` included; `cfg` and `cfg_attr` as
//! the compilation decides them, without `test`. It does not expand macros:
//! the attribute refuses to compile a function that is not found.
//!
//! # What it writes
//! To `<target>/redrive/<package>/`, each file only when it changes:
//!
//! | file | what it is |
//! |---|---|
//! | `template.json` | the CloudFormation template; its code is the zip that `cargo lambda build --output-format zip` makes |
//! | `stack.md` | what will be created, for people |
//! | `stack.json` | the same for programs: a [`Stack`](stack::Stack) |
//!
//! Each build writes for the target and the features of that build. So build
//! for Lambda last: `cargo lambda build --release --arm64 --output-format zip`.
//!
//! # Your own resources
//! Environment variables and managed policies are keys of the attribute (`env`,
//! `policies`). Anything else goes into an overlay: see [`Builder::overlay`].

mod builder;
mod cargo;
pub mod cfg;
mod clash;
pub mod discover;
pub mod error;
mod export;
pub mod lambda;
pub mod markdown;
mod output;
mod overlay;
#[cfg(test)]
mod sample;
pub mod stack;
mod target;
pub mod template;

pub use builder::Builder;

/// Writes the template of the package whose build script calls it:
/// [`Builder::build`] with nothing set.
pub fn build() {
    Builder::new().build();
}
