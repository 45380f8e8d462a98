//! The templates deployed as their users do it, and the binaries run by
//! emulators of AWS.
#![cfg(target_os = "linux")]

use std::process::Command;

use redrive_tests::binary::{binary, template};
use redrive_tests::emulator::Emulator;
use redrive_tests::python::Venv;
use redrive_tests::script::Script;
use redrive_tests::workspace::temporary;

#[test]
fn orders_by_the_aws_command_line_on_ministack() {
    let folder = temporary();
    let orders = binary("orders", "orders");
    let emulator = Emulator::ministack(folder.path());
    Script::new("orders", &emulator, folder.path())
        .env("EMULATOR", "ministack")
        .env("TEMPLATE", template("orders"))
        .env("BINARY", orders)
        .run();
}

#[test]
fn orders_heal_by_the_aws_command_line_on_localstack() {
    let folder = temporary();
    let orders = binary("orders", "orders");
    let emulator = Emulator::localstack(folder.path());
    Script::new("orders", &emulator, folder.path())
        .env("EMULATOR", "localstack")
        .env("TEMPLATE", template("orders"))
        .env("BINARY", orders)
        .run();
}

#[test]
fn orders_by_the_sam_command_line_on_ministack() {
    let folder = temporary();
    let orders = binary("orders", "orders");
    let emulator = Emulator::ministack(folder.path());
    Script::new("orders", &emulator, folder.path())
        .env("EMULATOR", "ministack")
        .env("TEMPLATE", template("orders"))
        .env("BINARY", orders)
        .env("SAM", Venv::of("sam").program("sam"))
        .run();
}

#[test]
fn the_linters_have_nothing_to_say_of_the_examples() {
    for (package, name) in [("orders", "orders"), ("minimal", "minimal")] {
        binary(package, name);
        let template = template(package);
        let lint = Venv::of("sam").program("cfn-lint");
        quiet(Command::new(lint).arg(&template));
        let folder = temporary();
        quiet(
            Command::new(Venv::of("sam").program("sam"))
                .args([
                    "validate",
                    "--lint",
                    "--region",
                    "us-east-1",
                    "--template-file",
                ])
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
