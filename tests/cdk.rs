//! The example of CDK: the functions of a package in a stack with other resources.
#![cfg(target_os = "linux")]

use std::fs;
use std::process::Command;

use redrive_tests::cargo_lambda::packaged;
use redrive_tests::emulator::{Emulator, Kind};
use redrive_tests::node;
use redrive_tests::script::Script;
use redrive_tests::workspace::{root, temporary};
use serde_json::Value;

#[test]
fn the_example_is_synthesized_and_deployed() {
    let app = match node::installed(&root().join("examples/cdk")) {
        Ok(app) => app,
        Err(reason) => return println!("skipped: {reason}"),
    };
    let folder = temporary();
    let package = folder.path().join("package");
    packaged("minimal", &package);
    let out = folder.path().join("cdk.out");
    let output = Command::new("npx")
        .args(["cdk", "synth", "--quiet", "--output"])
        .arg(&out)
        .current_dir(&app)
        .env("PACKAGED", &package)
        .env("HOME", folder.path())
        .env("CDK_DISABLE_CLI_TELEMETRY", "true")
        .env("CI", "true")
        .output()
        .expect("npx runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );

    let read = |path: &std::path::Path| -> Value {
        let text = fs::read(path).expect("a template");
        serde_json::from_slice(&text).expect("JSON")
    };
    let generated = read(&package.join("template.json"));
    let synthesized = read(&out.join("minimal.template.json"));
    // CDK changes nothing but the code.
    for (id, resource) in generated["Resources"].as_object().expect("resources") {
        let mut resource = resource.clone();
        let mut included = synthesized["Resources"][id].clone();
        if resource["Type"] == "AWS::Lambda::Function" {
            let code = included["Properties"]["Code"].take();
            assert!(code["S3Bucket"].is_object(), "{id}: {code}");
            resource["Properties"]["Code"].take();
        }
        assert_eq!(included, resource, "{id}");
    }

    let emulator = Emulator::start(Kind::Ministack, folder.path());
    Script::new("cdk", &emulator, folder.path())
        .env("CDK_OUT", &out)
        .run();
}
