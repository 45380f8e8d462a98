//! What the package is built for, and where cargo puts it.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::stack::Architecture;

/// The architecture of Lambda that runs code for `CARGO_CFG_TARGET_ARCH`.
pub(crate) fn architecture(target_arch: &str) -> Result<Architecture, Error> {
    match target_arch {
        "aarch64" => Ok(Architecture::Arm64),
        "x86_64" => Ok(Architecture::X86_64),
        other => Err(Error::Architecture(other.to_owned())),
    }
}

/// Cargo's target folder, from the `OUT_DIR` in it.
///
/// Cargo marks the folders it makes with `CACHEDIR.TAG`: the target folder, and
/// the one for `--target` in it. One that was there before, such as a mounted
/// cache, has no mark: then `OUT_DIR` is
/// `<folder>[/<target>]/<profile>/build/<package>/out`.
pub(crate) fn folder(out_dir: &Path, target: &str) -> Result<PathBuf, Error> {
    let marked = out_dir
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").is_file());
    let folder = match marked.or_else(|| out_dir.ancestors().nth(4)) {
        Some(folder) if folder.ends_with(target) => folder.parent(),
        folder => folder,
    };
    folder
        .map(Path::to_path_buf)
        .ok_or_else(|| Error::NoTarget(out_dir.to_path_buf()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::{architecture, folder};
    use crate::error::Error;
    use crate::stack::Architecture;

    const TARGET: &str = "aarch64-unknown-linux-musl";

    #[test]
    fn architectures_of_lambda() {
        assert_eq!(architecture("aarch64"), Ok(Architecture::Arm64));
        assert_eq!(architecture("x86_64"), Ok(Architecture::X86_64));
        let error = architecture("riscv64").expect_err("not in Lambda");
        assert!(error.to_string().contains("riscv64"), "{error}");
    }

    #[test]
    fn the_marked_folder() {
        let target = tempfile::tempdir().expect("a temporary folder");
        fs::write(target.path().join("CACHEDIR.TAG"), "").expect("a new file");
        let expected = Ok(target.path().to_path_buf());
        assert_eq!(
            folder(&target.path().join("release/build/shop-1/out"), TARGET),
            expected
        );

        let cross = target.path().join(TARGET);
        let out = cross.join("release/build/shop-1/out");
        assert_eq!(folder(&out, TARGET), expected);
        fs::create_dir(&cross).expect("a new folder");
        fs::write(cross.join("CACHEDIR.TAG"), "").expect("a new file");
        assert_eq!(folder(&out, TARGET), expected);
    }

    #[test]
    fn the_unmarked_folder() {
        let expected = Ok(PathBuf::from("/no/such/cache"));
        assert_eq!(
            folder(Path::new("/no/such/cache/debug/build/shop-1/out"), TARGET),
            expected
        );
        let cross = format!("/no/such/cache/{TARGET}/debug/build/shop-1/out");
        assert_eq!(folder(Path::new(&cross), TARGET), expected);
        let error = folder(Path::new("out"), TARGET).expect_err("not cargo's");
        assert!(matches!(error, Error::NoTarget(_)));
    }
}
