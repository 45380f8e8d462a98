//! The errors for invalid arguments.

use std::process::Command;

fn error(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-redrive"))
        .arg("redrive")
        .args(arguments)
        .output()
        .expect("the binary runs");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_invalid_value_gets_a_help() {
    for (arguments, help) in [
        (
            ["--until", "soon"],
            "a number of redrives, such as 2, nor a duration, such as 36h or 2d",
        ),
        (["--until", "-3h"], "`-3h` is negative; write `3h`"),
        (
            ["--start", "tomorrow"],
            "write a time such as 2026-01-05T09:00:00Z",
        ),
        (["--seed", "x"], "invalid digit"),
        (["--evnts", "x"], "a similar argument exists: '--events'"),
    ] {
        let errors = error(&[&["run"][..], &arguments].concat());
        assert!(errors.starts_with("error: "), "{errors}");
        assert!(errors.contains(help), "{errors}");
    }
}

#[test]
fn cargos_own_error_is_reported_once() {
    let errors = error(&["run", "--manifest-path", "nope/Cargo.toml"]);
    assert!(
        errors.starts_with("error: manifest path `nope/Cargo.toml`"),
        "{errors}"
    );
}

#[test]
fn an_unknown_command_shows_the_usage() {
    for arguments in [&["rnu"][..], &[]] {
        assert!(error(arguments).contains("Usage: cargo redrive <COMMAND>"));
    }
}
