//! The examples of CDK: the functions of a package in a stack with other resources.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use redrive_tests::billing;
use redrive_tests::cargo_lambda::packaged;
use redrive_tests::emulator::{Emulator, Kind};
use redrive_tests::node;
use redrive_tests::script::Script;
use redrive_tests::workspace::{root, temporary};
use serde_json::{Value, json};

/// The folder of the example with its packages, unless a test is skipped.
fn installed() -> Option<PathBuf> {
    let installed = node::installed(&root().join("examples/cdk"));
    installed
        .inspect_err(|reason| println!("skipped: {reason}"))
        .ok()
}

/// Synthesizes an app in the folder, and gives the template of its stack.
fn synthesize(app: &Path, arguments: &[&str], package: &Path, out: &Path, stack: &str) -> Value {
    let output = Command::new("npx")
        .args(["cdk", "synth", "--quiet"])
        .args(arguments)
        .arg("--output")
        .arg(out)
        .current_dir(app)
        .env("PACKAGED", package)
        .env("HOME", out.parent().expect("a folder"))
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
    let text = fs::read(out.join(format!("{stack}.template.json"))).expect("a template");
    serde_json::from_slice(&text).expect("JSON")
}

#[test]
fn the_example_is_synthesized_and_deployed() {
    let Some(app) = installed() else { return };
    let folder = temporary();
    let package = folder.path().join("package");
    packaged("minimal", &package);
    let out = folder.path().join("cdk.out");
    let synthesized = synthesize(&app, &[], &package, &out, "minimal");

    let generated = fs::read(package.join("template.json")).expect("a template");
    let generated: Value = serde_json::from_slice(&generated).expect("JSON");
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

#[test]
fn a_stage_of_billing_is_synthesized() {
    let Some(app) = installed() else { return };
    let folder = temporary();
    let package = folder.path().join("package");
    billing::packaged(&package);
    let source = billing::example().join("deploy/cdk/app.ts");
    fs::copy(source, app.join("billing.ts")).expect("a copy");
    let out = folder.path().join("cdk.out");
    let synthesized = synthesize(
        &app,
        &["--app", "npx tsx billing.ts"],
        &package,
        &out,
        "billing-dev",
    );
    let resources = &synthesized["Resources"];

    let account = "{\"Ref\":\"AWS::AccountId\"}";
    let bucket = resources["Statements"]["Properties"]["BucketName"].to_string();
    assert!(
        bucket.contains("statements-dev-") && bucket.contains(account),
        "{bucket}"
    );
    // What the app gives to the functions is where the parameters were.
    let key = resources.as_object().expect("resources").iter();
    let mut key = key.filter(|(_, it)| it["Type"] == "AWS::KMS::Key");
    let (key, _) = key.next().expect("a key");
    let queue = &resources["ReconcileQueue"]["Properties"];
    assert_eq!(queue["KmsMasterKeyId"]["Fn::GetAtt"], json!([key, "Arn"]));
    assert_eq!(queue["QueueName"]["Fn::Sub"], "dev-billing-statements");
    let policy = &resources["ReconcileQueuePolicy"]["Properties"]["PolicyDocument"];
    assert!(policy.to_string().contains("statements-dev-"), "{policy}");
    let environment = &resources["InvoiceWorker"]["Properties"]["Environment"];
    let ledger = &environment["Variables"]["LEDGER_QUEUE"];
    assert_eq!(ledger["Fn::Sub"], "dev-billing-ledger.fifo");
    // S3 sends only after it may.
    let statements = &resources["Statements"];
    assert_eq!(statements["DependsOn"], json!(["ReconcileQueuePolicy"]));
    let notified = &statements["Properties"]["NotificationConfiguration"];
    let notified = &notified["QueueConfigurations"][0]["Queue"];
    assert_eq!(notified["Fn::GetAtt"], json!(["ReconcileQueue", "Arn"]));
}
