//! What cargo tells the build script.

use std::path::PathBuf;

use crate::error::Error;

/// The variables of a build script; see
/// <https://doc.rust-lang.org/cargo/reference/environment-variables.html#environment-variables-cargo-sets-for-build-scripts>.
pub(crate) struct Env {
    pub(crate) package: PathBuf,
    pub(crate) name: String,
    pub(crate) out_dir: PathBuf,
    pub(crate) target: String,
    pub(crate) architecture: String,
}

impl Env {
    pub(crate) fn read() -> Result<Self, Error> {
        let read = |name| std::env::var(name).map_err(|_| Error::NotABuildScript(name));
        Ok(Self {
            package: read("CARGO_MANIFEST_DIR")?.into(),
            name: read("CARGO_PKG_NAME")?,
            out_dir: read("OUT_DIR")?.into(),
            target: read("TARGET")?,
            architecture: read("CARGO_CFG_TARGET_ARCH")?,
        })
    }
}
