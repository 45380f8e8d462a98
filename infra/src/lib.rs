//! The build-script half of redrive: finds the `#[sqs_batch]` functions of a
//! package and writes the CloudFormation template or the Terraform module that deploys them.
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
//! To `OUT_DIR`, each file only when it changes, with a copy for people next to the
//! binary, in `<target>/[<triple>/]<profile>/redrive/<package>/`:
//!
//! | file | what it is |
//! |---|---|
//! | `template.json` | the CloudFormation template; the code of binary `b` is `b/bootstrap.zip` next to it |
//! | `*.tf.json` | the same as a Terraform module, if [`Builder::formats`] has [`Format::Terraform`] |
//! | `stack.md` | what will be created, for people |
//! | `stack.json` | what will be created, for programs: a [`Stack`](stack::Stack) |
//!
//! Cargo keeps `OUT_DIR` apart by target, profile and features, so an editor's
//! `cargo check` never changes the manifests of a build for Lambda. The binary
//! contains the digest of its manifests. `cargo redrive package` builds for Lambda,
//! and lays out the zips with the manifests of exactly that build.
//!
//! The copy is left out, with a note, if the folder of the binary is not known, such
//! as with cargo's `build.build-dir`.
//!
//! If the source does not compile, the files are not changed.
//!
//! # Names
//! The logical ids of a function's resources are made from its name. For
//! CloudFormation, a renamed function is a new one with new queues. The old queues
//! are kept with their messages (`DeletionPolicy: RetainExceptOnCreate`), but
//! nothing reads them, and a new function with the same queue names cannot be
//! deployed. `stack.md` describes how to rename safely.
//!
//! # What cargo does not pass to it
//! A build script does not know the cfgs that your own `build.rs` sets: name them
//! with [`Builder::cfg`].
//!
//! # Your own resources
//! Environment variables, permissions, senders, topics and much else are keys of the
//! attribute. For the rest there are overlays: see [`Builder::overlay`].

mod artifact;
mod build_output;
mod builder;
mod cargo;
mod cfg;
mod discover;
mod env;
mod error;
mod export;
#[doc(hidden)]
pub mod filter_policy;
mod format;
#[doc(hidden)]
pub mod internals;
#[doc(hidden)]
pub mod lambda;
mod overlay;
pub mod parameters;
mod permissions;
mod plan;
mod render;
mod report;
pub mod stack;
mod target;
#[cfg(test)]
mod tests;

/// What `cargo redrive` needs of the manifests.
#[doc(hidden)]
pub mod deploy {
    pub use crate::artifact::{PACKAGED, ZIP, quoted};
    pub use crate::render::cloudformation::cdk::{FILE as CDK_TEMPLATE, template as cdk_template};
    pub use crate::render::deploy::{Way, ways};
    pub use crate::render::markdown::about;
}

pub use builder::Builder;
pub use format::Format;

/// Writes the template of the package whose build script calls it:
/// [`Builder::build`] with nothing set.
pub fn build() {
    Builder::new().build();
}
