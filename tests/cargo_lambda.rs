//! cargo-lambda's own build, local server and invocation of the binary.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use redrive_tests::binary::binary;
use redrive_tests::cargo_lambda::{cargo_lambda, packaged};
use redrive_tests::process::Process;
use redrive_tests::python::Venv;
use redrive_tests::rie::Rie;
use redrive_tests::sqs_event::sqs_event;
use redrive_tests::workspace::{self, temporary};
use redrive_tests::{http, package, wait};
use serde_json::{Value, json};

const SUCCEEDS: &str = "059f36b4-87a3-44ab-83d2-661975830a7d";
const FAILS: &str = "2e1424d4-f796-459a-8184-9c92662be6da";

fn run(command: &mut Command) -> String {
    let output = command.output().expect("cargo-lambda starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{command:?}\n{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

#[test]
fn its_zip_is_the_one_that_the_template_deploys() {
    let folder = temporary();
    let out = folder.path().join("minimal");
    packaged("minimal", &out);
    let text = fs::read(out.join("template.json")).expect("a package has a template");
    let template: Value = serde_json::from_slice(&text).expect("it is JSON");
    let worker = template["Resources"]
        .as_object()
        .and_then(|all| {
            all.values()
                .find(|one| one["Type"] == "AWS::Lambda::Function")
        })
        .expect("a function");
    let code = worker["Properties"]["Code"]
        .as_str()
        .expect("the path of a file");
    let zip = out.join(code);

    let bootstrap = unpack(&zip, folder.path());
    let handler = worker["Properties"]["Handler"].as_str().expect("a handler");
    let rie = Rie::start(&bootstrap, handler, 3, folder.path());
    let answer = rie.invoke(&sqs_event(
        "minimal",
        &[("a", json!({ "no": "such message" }))],
    ));
    assert!(answer["errorMessage"].is_string(), "{answer}");
}

/// The path of the one file in the zip.
fn unpack(zip: &Path, folder: &Path) -> PathBuf {
    let python = Venv::of("cargo-lambda").program("python");
    run(Command::new(python)
        .args(["-m", "zipfile", "-e"])
        .args([zip, folder]));
    let bootstrap = folder.join("bootstrap");
    // Python does not keep the permissions of what it unpacks.
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&bootstrap, mode).expect("the zip holds `bootstrap`");
    bootstrap
}

/// The crypto provider of the SQS client is written in C and assembler.
#[test]
fn it_builds_the_sqs_client_for_arm64() {
    const TARGET: &str = "aarch64-unknown-linux-gnu";
    if !package::is_installed(TARGET) {
        println!("skipped: run `rustup target add {TARGET}`");
        return;
    }
    let build = [
        "build",
        "--arm64",
        "--package",
        "redrive-fixtures",
        "--bin",
        "refusals",
    ];
    run(cargo_lambda().args(build));
    let binary = workspace::target().join("lambda/refusals/bootstrap");
    let binary = fs::read(binary).expect("the build leaves a binary");

    // The machine in the header of an ELF file: AArch64.
    assert_eq!(binary[18..20], [183, 0]);
}

#[test]
fn watch_and_invoke_run_the_worker() {
    // So that the server need not compile while the invocation waits.
    binary("redrive-fixtures", "steps");
    let folder = temporary();
    let server = Server::start(folder.path());

    let answer = server.invoke("partial_failure");
    assert_eq!(
        answer,
        json!({ "batchItemFailures": [{ "itemIdentifier": FAILS }] })
    );

    // The server sends no time of day as the deadline: what counts is then the
    // timeout of the attribute, not a deadline long past.
    let start = Instant::now();
    let answer = server.invoke("slower_than_its_timeout");
    assert_eq!(
        answer,
        json!({ "batchItemFailures": [{ "itemIdentifier": FAILS }] }),
        "{SUCCEEDS} is done"
    );
    let taken = start.elapsed();
    assert!(
        taken > Duration::from_secs(2),
        "the timeout is 3 s: {taken:?}"
    );
    assert!(
        taken < Duration::from_secs(20),
        "the timeout is 3 s: {taken:?}"
    );
}

/// `cargo lambda watch`.
struct Server {
    port: u16,
    process: Process,
}

impl Server {
    fn start(folder: &Path) -> Self {
        const START: Duration = Duration::from_secs(60);
        const ATTEMPTS: usize = 5;
        for _ in 0..ATTEMPTS {
            let port = http::free_port();
            let mut command = cargo_lambda();
            command
                .args(["watch", "--ignore-changes", "--package", "redrive-fixtures"])
                .args(["--invoke-address", "127.0.0.1", "--invoke-port"])
                .arg(port.to_string());
            let log = folder.join("watch.log");
            let mut process = Process::start(&command, &log).expect("Python starts");
            let url = format!("http://127.0.0.1:{port}");
            let ready = wait::wait_for(START, || match process.is_running() {
                true => http::answers(&url).then_some(true),
                false => Some(false),
            });
            if ready == Some(true) {
                return Self { port, process };
            }
            eprintln!("{command:?} did not start:\n{}", process.output());
        }
        panic!("no server after {ATTEMPTS} attempts");
    }

    fn invoke(&self, event: &str) -> Value {
        let file = workspace::root().join(format!("tests/emulators/events/{event}.json"));
        let answer = run(cargo_lambda()
            .args(["invoke", "steps", "--invoke-address", "127.0.0.1"])
            .args(["--invoke-port", &self.port.to_string()])
            .arg("--data-file")
            .arg(file));
        serde_json::from_str(&answer)
            .unwrap_or_else(|error| panic!("{answer}: {error}\n{}", self.process.output()))
    }
}
