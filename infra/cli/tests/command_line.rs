//! What a command line that is not as it should be is told.

use std::process::Command;

fn refusal(arguments: &[&str]) -> String {
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
fn a_value_that_is_none_is_told_what_to_write() {
    for (arguments, way_out) in [
        (
            ["--until", "soon"],
            "a number of redrives, as 2, nor a duration, as 36h or 2d",
        ),
        (
            ["--until", "-3h"],
            "a number of redrives, as 2, nor a duration, as 36h or 2d",
        ),
        (
            ["--start", "tomorrow"],
            "write a time such as 2026-01-05T09:00:00Z",
        ),
        (["--seed", "x"], "invalid digit"),
        (["--evnts", "x"], "a similar argument exists: '--events'"),
    ] {
        let errors = refusal(&[&["run"][..], &arguments].concat());
        assert!(errors.starts_with("error: "), "{errors}");
        assert!(errors.contains(way_out), "{errors}");
    }
}

#[test]
fn what_cargo_says_is_said_once() {
    let errors = refusal(&["run", "--manifest-path", "nope/Cargo.toml"]);
    assert!(
        errors.starts_with("error: manifest path `nope/Cargo.toml`"),
        "{errors}"
    );
}

#[test]
fn an_unknown_command_is_told_how_to_go_on() {
    for arguments in [&["rnu"][..], &[]] {
        assert!(refusal(arguments).contains("Usage: cargo redrive <COMMAND>"));
    }
}
