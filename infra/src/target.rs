//! What the package is built for, and where cargo puts it.

use std::path::{Path, PathBuf};
use std::process::Command;

use redrive_syntax::rules::catalog::ARCHITECTURE;
use serde::Deserialize;

use crate::env::Env;
use crate::error::{Errors, broken};
use crate::stack::Architecture;

/// The architecture of Lambda that runs code for `CARGO_CFG_TARGET_ARCH`.
pub(crate) fn architecture(target_arch: &str) -> Result<Architecture, Errors> {
    match target_arch {
        "aarch64" => Ok(Architecture::Arm64),
        "x86_64" => Ok(Architecture::X86_64),
        other => Err(
            broken(&ARCHITECTURE, format!("AWS Lambda does not run `{other}`"))
                .help(
                    "build for `aarch64` or `x86_64`, such as with `cargo redrive package --arm64`",
                )
                .into(),
        ),
    }
}

/// The folder for the binary, if cargo's layout is a known one.
///
/// Cargo does not pass this folder to build scripts:
/// <https://github.com/rust-lang/cargo/issues/9661>.
pub(crate) fn folder_of_binary(env: &Env) -> Option<PathBuf> {
    let folder = profile(&env.out_dir, &env.name)?;
    is_target_folder(&env.package).then(|| folder.to_owned())
}

/// `<target>/[<triple>/]<profile>` of an `OUT_DIR` in
/// `<target>/[<triple>/]<profile>/build/<package>-<hash>/out`.
fn profile<'a>(out_dir: &'a Path, package: &str) -> Option<&'a Path> {
    let unit = out_dir.parent().filter(|_| out_dir.ends_with("out"))?;
    let name = unit.file_name()?.to_str()?;
    let hash = name.strip_prefix(package)?.strip_prefix('-')?;
    let is_hash = hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    let build = unit.parent().filter(|_| is_hash)?;
    build.parent().filter(|_| build.ends_with("build"))
}

/// Whether `OUT_DIR` is in the target folder: with `build.build-dir`, it is in
/// another one of the same layout. Nothing passes on a `--config` of cargo's command
/// line; with a `build.build-dir` there, the copy is in that folder.
fn is_target_folder(package: &Path) -> bool {
    #[derive(Deserialize)]
    struct Metadata {
        target_directory: PathBuf,
        build_directory: Option<PathBuf>,
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version=1"])
        .current_dir(package)
        .output();
    let metadata = output.ok().and_then(|output| {
        let metadata: Result<Metadata, _> = serde_json::from_slice(&output.stdout);
        metadata.ok()
    });
    metadata.is_some_and(|it| {
        it.build_directory
            .is_none_or(|folder| folder == it.target_directory)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{architecture, profile};
    use crate::error::Errors;
    use crate::stack::Architecture;

    #[test]
    fn architectures_of_lambda() {
        let known = |name| architecture(name).expect("one of Lambda's");
        assert_eq!(known("aarch64"), Architecture::Arm64);
        assert_eq!(known("x86_64"), Architecture::X86_64);
        let Errors(errors) = architecture("riscv64").expect_err("not in Lambda");
        assert_eq!(errors[0].problem(), "AWS Lambda does not run `riscv64`");
    }

    #[test]
    fn the_folder_of_the_profile() {
        let known = |out_dir, folder| {
            assert_eq!(
                profile(Path::new(out_dir), "my-shop"),
                Some(Path::new(folder))
            );
        };
        known("/t/debug/build/my-shop-0123456789abcdef/out", "/t/debug");
        known(
            "/t/aarch64-unknown-linux-musl/lambda/build/my-shop-0123456789abcdef/out",
            "/t/aarch64-unknown-linux-musl/lambda",
        );
        for other in [
            // Cargo's new layout: https://github.com/rust-lang/cargo/issues/15010.
            "/t/debug/build/my-shop/0123456789abcdef/out",
            "/t/debug/build/shop-0123456789abcdef/out",
            "/t/debug/build/my-shop-0123456789abcdef/output",
            "/t/debug/units/my-shop-0123456789abcdef/out",
            "/t/bazel-out/my-shop-script/out_dir",
            "out",
        ] {
            assert_eq!(profile(Path::new(other), "my-shop"), None, "{other}");
        }
    }
}
