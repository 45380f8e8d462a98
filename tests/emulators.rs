//! The templates deployed as their users do it, and the binaries run by
//! emulators of AWS.
//!
//! Both command lines on both emulators, because each of the four leaves out
//! something of its own; the scripts say what.
#![cfg(target_os = "linux")]

use std::process::Command;

use redrive_tests::binary::{binary, template};
use redrive_tests::cargo_lambda::packaged;
use redrive_tests::emulator::{Emulator, Kind};
use redrive_tests::hostile;
use redrive_tests::python::Venv;
use redrive_tests::script::Script;
use redrive_tests::workspace::{root, temporary};

#[test]
fn orders_by_the_aws_command_line_on_ministack() {
    orders(Kind::Ministack, "aws");
}

#[test]
fn orders_by_the_sam_command_line_on_ministack() {
    orders(Kind::Ministack, "sam");
}

#[test]
fn orders_heal_by_the_sam_command_line_on_localstack() {
    orders(Kind::Localstack, "sam");
}

fn orders(kind: Kind, tool: &str) {
    deploy("orders", "orders", kind, tool);
}

#[test]
fn a_package_by_the_aws_command_line_on_localstack() {
    deploy("minimal", "minimal", Kind::Localstack, "aws");
}

/// Deploys a package by the commands that `cargo redrive package` prints.
fn deploy(script: &str, package: &str, kind: Kind, tool: &str) {
    let folder = temporary();
    let packaged = packaged(package, &folder.path().join("package"));
    let emulator = Emulator::start(kind, folder.path());
    Script::new(script, &emulator, folder.path())
        .env("SAM", Venv::of("sam").program("sam"))
        .env("TOOL", tool)
        .env("PACKAGED", packaged.to_string())
        .run();
}

#[test]
fn a_service_among_others_in_two_stages_on_ministack() {
    service(Kind::MinistackWithIam);
}

#[test]
fn a_service_among_others_in_two_stages_on_localstack() {
    service(Kind::Localstack);
}

/// With both command lines, and with `cargo redrive pause` and `resume`.
fn service(kind: Kind) {
    let folder = temporary();
    let packaged = packaged("redrive-service", &folder.path().join("package"));
    let emulator = Emulator::start(kind, folder.path());
    Script::new("service", &emulator, folder.path())
        .env("SAM", Venv::of("sam").program("sam"))
        .env("CARGO_REDRIVE", binary("cargo-redrive", "cargo-redrive"))
        .env("PACKAGED", packaged.to_string())
        .run();
}

#[test]
fn refusals_and_backoff_by_the_aws_command_line_on_localstack() {
    fixture("refusals", Kind::Localstack);
}

#[test]
fn copies_are_processed_once_on_ministack() {
    fixture("once", Kind::MinistackWithIam);
}

#[test]
fn copies_are_processed_once_on_localstack() {
    fixture("once", Kind::Localstack);
}

/// By the AWS command line from a folder as a package has it: the package of the fixtures has
/// more binaries.
fn fixture(name: &str, kind: Kind) {
    let folder = temporary();
    let binary = binary("redrive-fixtures", name);
    let emulator = Emulator::start(kind, folder.path());
    Script::new(name, &emulator, folder.path())
        .env("TEMPLATE", template("redrive-fixtures"))
        .env("BINARY", binary)
        .run();
}

#[test]
fn rounds_and_parking_by_the_aws_command_line_on_localstack() {
    let folder = temporary();
    let rounds = |name| binary("redrive-fixtures-rounds", name);
    let (rounds, fifo) = (rounds("rounds"), rounds("rounds_fifo"));
    let emulator = Emulator::start(Kind::Localstack, folder.path());
    Script::new("rounds", &emulator, folder.path())
        .env("TEMPLATE", template("redrive-fixtures-rounds"))
        .env("BINARY", rounds)
        .env("BINARY_FIFO", fifo)
        .run();
}

/// The command lines of AWS and of SAM rewrite a template.
#[test]
fn hostile_texts_arrive_unchanged_on_ministack() {
    let folder = temporary();
    let golden = root().join("tests/golden/hostile");
    let variables: serde_json::Map<_, _> = hostile::variables("<stage>", hostile::TEXT)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    let emulator = Emulator::start(Kind::Ministack, folder.path());
    Script::new("hostile", &emulator, folder.path())
        .env("SAM", Venv::of("sam").program("sam"))
        .env("TEMPLATE", golden.join("template.json"))
        .env("STATEMENTS", golden.join("iam/orders.json"))
        .env("VARIABLES", serde_json::Value::from(variables).to_string())
        .run();
}

#[test]
fn the_linters_have_nothing_to_say_of_the_examples() {
    for package in ["orders", "minimal", "otlp"] {
        binary(package, package);
        let template = template(package);
        let tools = Venv::of("sam");
        quiet(Command::new(tools.program("cfn-lint")).arg(&template));
        let folder = temporary();
        quiet(
            Command::new(tools.program("sam"))
                .args(["validate", "--lint", "--region", "us-east-1"])
                .arg("--template-file")
                .arg(&template)
                .env("HOME", folder.path())
                .env("SAM_CLI_TELEMETRY", "0"),
        );
    }
}

fn quiet(command: &mut Command) {
    let output = command.output().expect("it is installed");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{command:?}\n{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
}
