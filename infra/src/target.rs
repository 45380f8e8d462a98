//! What the package is built for, and where cargo puts it.

use std::path::{Path, PathBuf};

use redrive_syntax::rules::catalog::{ARCHITECTURE, NOT_A_BUILD_SCRIPT};

use crate::error::{Errors, broken};
use crate::stack::Architecture;

/// The architecture of Lambda that runs code for `CARGO_CFG_TARGET_ARCH`.
pub(crate) fn architecture(target_arch: &str) -> Result<Architecture, Errors> {
    match target_arch {
        "aarch64" => Ok(Architecture::Arm64),
        "x86_64" => Ok(Architecture::X86_64),
        other => Err(
            broken(&ARCHITECTURE, format!("AWS Lambda does not run `{other}`"))
                .help("build for `aarch64` or `x86_64`, such as with `cargo lambda build --arm64`")
                .into(),
        ),
    }
}

/// Cargo's target folder, from the `OUT_DIR` in it.
///
/// Cargo marks the folders it makes with `CACHEDIR.TAG`: the target folder, and
/// the one for `--target` in it. One that was there before, such as a mounted
/// cache, has no mark: then `OUT_DIR` is
/// `<folder>[/<target>]/<profile>/build/<package>/out`.
pub(crate) fn folder(out_dir: &Path, target: &str) -> Result<PathBuf, Errors> {
    let marked = out_dir
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").is_file());
    let folder = match marked.or_else(|| out_dir.ancestors().nth(4)) {
        Some(folder) if folder.ends_with(target) => folder.parent(),
        folder => folder,
    };
    folder.map(Path::to_path_buf).ok_or_else(|| {
        let problem = format!(
            "no folder above `{}` is cargo's target folder",
            out_dir.display()
        );
        broken(&NOT_A_BUILD_SCRIPT, problem)
            .help("name it with `Builder::target_dir`")
            .into()
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use redrive_syntax::rules::catalog::NOT_A_BUILD_SCRIPT;

    use super::{architecture, folder};
    use crate::error::Errors;
    use crate::stack::Architecture;

    const TARGET: &str = "aarch64-unknown-linux-musl";

    fn found(out_dir: &Path) -> PathBuf {
        folder(out_dir, TARGET).expect("a target folder")
    }

    #[test]
    fn architectures_of_lambda() {
        let known = |name| architecture(name).expect("one of Lambda's");
        assert_eq!(known("aarch64"), Architecture::Arm64);
        assert_eq!(known("x86_64"), Architecture::X86_64);
        let Errors(errors) = architecture("riscv64").expect_err("not in Lambda");
        assert_eq!(errors[0].problem(), "AWS Lambda does not run `riscv64`");
    }

    #[test]
    fn the_marked_folder() {
        let target = tempfile::tempdir().expect("a temporary folder");
        fs::write(target.path().join("CACHEDIR.TAG"), "").expect("a new file");
        let expected = target.path().to_path_buf();
        assert_eq!(
            found(&target.path().join("release/build/shop-1/out")),
            expected
        );

        let cross = target.path().join(TARGET);
        let out = cross.join("release/build/shop-1/out");
        assert_eq!(found(&out), expected);
        fs::create_dir(&cross).expect("a new folder");
        fs::write(cross.join("CACHEDIR.TAG"), "").expect("a new file");
        assert_eq!(found(&out), expected);
    }

    #[test]
    fn the_unmarked_folder() {
        let expected = PathBuf::from("/no/such/cache");
        assert_eq!(
            found(Path::new("/no/such/cache/debug/build/shop-1/out")),
            expected
        );
        let cross = format!("/no/such/cache/{TARGET}/debug/build/shop-1/out");
        assert_eq!(found(Path::new(&cross)), expected);
        let error = folder(Path::new("out"), TARGET).expect_err("not cargo's");
        assert_eq!(error.0[0].rule, &NOT_A_BUILD_SCRIPT);
    }
}
