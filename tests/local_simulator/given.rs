//! Values that a deployment gives: `cargo redrive run` gets them from the command line
//! and from `redrive.local.toml`.

use std::process::{Command, Output};

use redrive_tests::binary::binary;
use redrive_tests::package::{self, Package};
use serde_json::Value;

/// Each message fails with what the function finds in its environment.
const MAIN: &str = r#"
#[redrive::sqs_batch(
    queue = "orders-${Stage}",
    retries = 0,
    env(TABLE = "${Table}", LEVEL = "${Level:-info}", PRICE = "$${price} ${Stage}")
)]
async fn handle(_: u32) -> Result<(), redrive::BoxError> {
    let names = ["TABLE", "LEVEL", "PRICE", "TOPIC", "RUST_OWN"];
    let values = names.map(|name| std::env::var(name).unwrap_or_default());
    Err(values.join("; ").into())
}
"#;

/// A variable whose value only CloudFormation knows.
const OVERLAY: &str = r#"{ "Resources": { "HandleWorker": { "Properties": { "Environment": { "Variables": {
    "TOPIC": { "Fn::ImportValue": "OrdersTopic" }
} } } } } }"#;

fn run(package: &Package, arguments: &[&str]) -> Output {
    Command::new(binary("cargo-redrive", "cargo-redrive"))
        .args(["redrive", "run", "--json", "--until", "0"])
        .args(arguments)
        .current_dir(package.folder())
        .env("CARGO_TARGET_DIR", package::target())
        .env("CARGO_NET_OFFLINE", "true")
        .env_remove("RUSTFLAGS")
        .output()
        .expect("it runs")
}

/// Why the only message failed.
fn reason(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let text = String::from_utf8_lossy(&output.stdout);
    let summary: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(
        summary["messages"][0]["queue"], "orders-dev-dlq",
        "{summary}"
    );
    let reason = summary["messages"][0]["reason"].as_str();
    reason.unwrap_or_default().to_owned()
}

#[test]
fn values_arrive_in_the_function_and_all_missing_ones_are_named() {
    let package = Package::new("given-values", MAIN);
    package.write("infra/overlay.json", OVERLAY);
    package.write(
        "build.rs",
        "fn main() { redrive_infra::Builder::new().overlay(\"infra/overlay.json\").build() }",
    );
    package.write("messages.jsonl", "{ \"body\": 1 }\n");

    let output = run(&package, &[]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    let stderr = String::from_utf8_lossy(&output.stderr);
    let expected = "error: the package needs values that are known at deployment only\n\
                    help: pass `--param Stage=… --param Table=… --env TOPIC=…`, or write them in redrive.local.toml\n";
    assert!(stderr.ends_with(expected), "{stderr}");

    let values = ["--param", "Stage=dev", "--param", "Table=orders"];
    let topic = ["--env", "TOPIC=topic", "--env", "RUST_OWN=own"];
    let output = run(&package, &[&values[..], &topic].concat());
    assert_eq!(reason(&output), "orders; info; ${price} dev; topic; own");

    // A value that nothing would read is an error.
    let misspelt = ["--param", "Levle=debug", "--env", "OWN=own"];
    let output = run(&package, &[&values[..], &topic, &misspelt].concat());
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let stderr = String::from_utf8_lossy(&output.stderr);
    let expected = "error: unknown parameter `Levle`\nhelp: did you mean `Level`?\n\
                    error: unknown variable `OWN`\nhelp: its variables are `LEVEL`, `PRICE`, `TABLE`, `TOPIC`\n";
    assert!(stderr.ends_with(expected), "{stderr}");

    // The command line replaces what the file has.
    let file = "[params]\nStage = \"dev\"\nTable = \"local\"\nLevel = \"debug\"\n\
                [env]\nTOPIC = \"local\"\nPRICE = \"${x}\"\n";
    package.write("redrive.local.toml", file);
    assert_eq!(reason(&run(&package, &[])), "local; debug; ${x}; local; ");
    let output = run(&package, &values);
    assert_eq!(reason(&output), "orders; debug; ${x}; local; ");

    package.write("redrive.local.toml", "[parms]\nStage = \"dev\"\n");
    let output = run(&package, &values);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("redrive.local.toml: "), "{stderr}");
    assert!(stderr.contains("help: write `[params]`"), "{stderr}");
}
