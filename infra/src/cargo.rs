//! The instructions that a build script prints for cargo.
//! <https://doc.rust-lang.org/cargo/reference/build-scripts.html#outputs-of-the-build-script>

use std::fmt::Display;
use std::path::Path;

/// Runs the build script again when this file or folder changes or is missing.
pub(crate) fn rerun_if_changed(path: &Path) {
    print("rerun-if-changed", path.display());
}

/// Sets a variable for the package's compilation.
pub(crate) fn rustc_env(name: &str, value: &str) {
    print("rustc-env", format_args!("{name}={value}"));
}

/// Shows a warning, and goes on.
pub(crate) fn warning(text: impl Display) {
    lines("warning", text);
}

/// Shows one warning, however long, because it contains a path.
pub(crate) fn note(text: impl Display) {
    print("warning", text);
}

/// Fails the build before the package is compiled.
pub(crate) fn error(text: impl Display) {
    lines("error", text);
}

fn print(instruction: &str, value: impl Display) {
    println!("cargo::{instruction}={value}");
}

/// An instruction ends with its line, so each line is one.
fn lines(instruction: &str, text: impl Display) {
    let text = redrive_syntax::wrapped(&text.to_string());
    text.lines().for_each(|line| print(instruction, line));
}
