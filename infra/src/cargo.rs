//! What a build script says to cargo.
//! <https://doc.rust-lang.org/cargo/reference/build-scripts.html#outputs-of-the-build-script>

use std::fmt::Display;
use std::path::Path;

/// Runs the build script again when this file or folder changes or is missing.
pub(crate) fn rerun_if_changed(path: &Path) {
    say("rerun-if-changed", path.display());
}

/// Sets a variable for the package's compilation.
pub(crate) fn rustc_env(name: &str, value: &str) {
    say("rustc-env", format_args!("{name}={value}"));
}

/// Shows a warning, and goes on.
pub(crate) fn warning(text: impl Display) {
    say("warning", one_line(&text.to_string()));
}

/// Fails the build before the package is compiled.
pub(crate) fn error(text: impl Display) {
    say("error", one_line(&text.to_string()));
}

fn say(instruction: &str, value: impl Display) {
    println!("cargo::{instruction}={value}");
}

/// An instruction ends with its line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn instructions_are_one_line() {
        assert_eq!(
            one_line("TOML parse error\n  |\n2 | x"),
            "TOML parse error | 2 | x"
        );
    }
}
