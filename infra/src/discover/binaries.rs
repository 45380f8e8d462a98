//! The binary targets of a package.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_toml::{Manifest, Product};

use crate::cfg::Cfg;
use crate::error::{Errors, inaccessible};

/// The names of the binaries that are built with the features of `cfg`, in their order,
/// each with the file with its `main`.
pub(super) fn binaries(
    package: &Path,
    cfg: &Cfg,
    paths: &mut BTreeSet<PathBuf>,
) -> Result<Vec<(String, PathBuf)>, Errors> {
    let path = package.join("Cargo.toml");
    let manifest = Manifest::from_path(&path).map_err(|error| {
        inaccessible(
            &path,
            "read",
            &error,
            "write the targets as cargo's reference describes",
        )
    })?;
    paths.insert(path);
    let sources = package.join("src");
    if sources.is_dir() {
        // A new file in `src/bin` is a new binary.
        paths.insert(sources);
    }
    Ok(manifest
        .bin
        .iter()
        .filter(|product| {
            // Cargo does not pass the features of dependencies. A
            // binary that is not built shows when its zip is missing; a
            // function that is not found would not compile.
            product
                .required_features
                .iter()
                .all(|feature| feature.contains('/') || cfg.has_feature(feature))
        })
        .filter_map(|product| binary(package, product))
        .collect())
}

fn binary(package: &Path, product: &Product) -> Option<(String, PathBuf)> {
    let name = product.name.clone()?;
    let root = match &product.path {
        Some(path) => package.join(path),
        // With `autobins = false` the paths are still cargo's to guess.
        None => [
            format!("src/bin/{name}.rs"),
            format!("src/bin/{name}/main.rs"),
            "src/main.rs".to_owned(),
        ]
        .into_iter()
        .map(|path| package.join(path))
        .find(|path| path.is_file())?,
    };
    Some((name, root))
}
