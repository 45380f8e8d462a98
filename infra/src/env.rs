//! What cargo passes to the build script.

use std::path::PathBuf;

use redrive_syntax::rules::catalog::NOT_A_BUILD_SCRIPT;

use crate::error::{Errors, broken};

/// The variables of a build script; see
/// <https://doc.rust-lang.org/cargo/reference/environment-variables.html#environment-variables-cargo-sets-for-build-scripts>.
pub(crate) struct Env {
    pub(crate) package: PathBuf,
    pub(crate) name: String,
    pub(crate) out_dir: PathBuf,
    pub(crate) architecture: String,
}

impl Env {
    pub(crate) fn read() -> Result<Self, Errors> {
        let read = |name| {
            std::env::var(name).map_err(|_| {
                let problem =
                    format!("cargo did not set `{name}`, which it sets for a build script");
                broken(&NOT_A_BUILD_SCRIPT, problem)
                    .help("call `redrive_infra::build()` from the package's `build.rs`")
            })
        };
        Ok(Self {
            package: read("CARGO_MANIFEST_DIR")?.into(),
            name: read("CARGO_PKG_NAME")?,
            out_dir: read("OUT_DIR")?.into(),
            architecture: read("CARGO_CFG_TARGET_ARCH")?,
        })
    }
}
