//! `cargo redrive package` with the real cargo and cargo-lambda. The tests of the
//! command itself have the zips that cargo-lambda would not make.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;

use redrive_tests::cargo_lambda::cargo_redrive_package;
use redrive_tests::package::{self, Package};
use redrive_tests::workspace::temporary;
use serde_json::Value;

/// As cargo-lambda chooses it for `--arm64`.
const ARM64: &str = "aarch64-unknown-linux-gnu";

/// A function with this much memory for a feature, and with 128 MB without.
fn source(memory: &[(&str, u32)]) -> String {
    let attributes = memory.iter().map(|(cfg, memory)| {
        format!("#[cfg_attr({cfg}, redrive::sqs_batch(memory = {memory}))]\n")
    });
    format!(
        "{}async fn handle(_: Order) -> Result<(), String> {{ Ok(()) }}\n\
         #[derive(serde::Deserialize)]\nstruct Order {{}}\n",
        attributes.collect::<String>()
    )
}

fn plain() -> String {
    source(&[("all()", 128)])
}

/// A package that was laid out.
struct Packaged {
    folder: PathBuf,
    json: Value,
    stderr: String,
}

impl Packaged {
    fn worker(&self, property: &str) -> Value {
        let text = fs::read(self.folder.join("template.json")).expect("a template");
        let template: Value = serde_json::from_slice(&text).expect("JSON");
        template["Resources"]["HandleWorker"]["Properties"][property].clone()
    }
}

fn run(package: &Package, arguments: &[&str], environment: &[(&str, &Path)]) -> Output {
    cargo_redrive_package()
        .arg("--json")
        .args(arguments)
        .current_dir(package.folder())
        .env("CARGO_TARGET_DIR", package::target())
        .env("CARGO_NET_OFFLINE", "true")
        .env_remove("RUSTFLAGS")
        .envs(environment.iter().copied())
        .output()
        .expect("it runs")
}

#[track_caller]
fn packaged(package: &Package, arguments: &[&str], environment: &[(&str, &Path)]) -> Packaged {
    let output = run(package, arguments, environment);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{stderr}");
    let json: Value = serde_json::from_slice(&output.stdout).expect("one line of JSON");
    let folder = json["folder"].as_str().expect("a path").into();
    Packaged {
        folder,
        json,
        stderr,
    }
}

fn is_skipped() -> bool {
    let is_skipped = !package::is_installed(ARM64);
    if is_skipped {
        println!("skipped: run `rustup target add {ARM64}`");
    }
    is_skipped
}

#[test]
fn a_check_for_this_machine_changes_nothing() {
    if is_skipped() {
        return;
    }
    let package = Package::new("packaged-after-check", &plain());
    let first = packaged(&package, &["--arm64"], &[]);
    package.check(&[]).succeeds();
    let second = packaged(&package, &["--arm64"], &[]);
    assert_eq!(second.worker("Architectures")[0], "arm64");
    assert_eq!(second.json["manifest"], first.json["manifest"]);
    assert_eq!(
        second.folder,
        package::target().join("redrive/packaged-after-check")
    );
    // The zip is next to the template, and for the same machine: AArch64.
    let zip = second
        .folder
        .join(second.worker("Code").as_str().expect("a path"));
    assert!(zip.is_file(), "{}", zip.display());

    // Each build has a copy for people next to its binary.
    let copies = [package::target().join(ARM64), package::target()];
    let [arm64, host] = copies.map(|target| {
        let copy = package.outputs_in(&target).join("template.json");
        fs::read_to_string(copy).expect("a template")
    });
    assert!(arm64.contains("\"arm64\""), "{arm64}");
    assert_eq!(
        host.contains("\"arm64\""),
        cfg!(target_arch = "aarch64"),
        "{host}"
    );
}

#[test]
fn the_features_of_the_build_decide() {
    if is_skipped() {
        return;
    }
    let package = Package::new(
        "packaged-with-features",
        &source(&[
            ("all(feature = \"more\", feature = \"extra\")", 1024),
            ("all(feature = \"more\", not(feature = \"extra\"))", 512),
            ("not(feature = \"more\")", 256),
        ]),
    );
    let both = packaged(&package, &["--arm64", "--features", "more,extra"], &[]);
    assert_eq!(both.worker("MemorySize"), 1024);
    let one = packaged(&package, &["--arm64", "--features", "more"], &[]);
    assert_eq!(one.worker("MemorySize"), 512);
    // Neither of these builds is new.
    for (features, memory, digest) in [("more,extra", 1024, &both), ("more", 512, &one)] {
        let again = packaged(&package, &["--arm64", "--features", features], &[]);
        assert_eq!(again.worker("MemorySize"), memory);
        assert_eq!(again.json["manifest"], digest.json["manifest"]);
    }
}

/// The binaries have one name too, and so their zips have one path.
#[test]
fn packages_of_one_name_or_with_one_binary_name_share_a_target_folder() {
    if is_skipped() {
        return;
    }
    let source = |memory| source(&[("all()", memory)]);
    let first = Package::new("packaged-twice", &source(256));
    let second = Package::new("packaged-twice", &source(512));
    let third = Package::new("packaged-once", &source(1024));
    let manifest = third.read("Cargo.toml");
    let binary = "[[bin]]\nname = \"packaged-twice\"\npath = \"src/main.rs\"\n";
    third.write("Cargo.toml", &(manifest + binary));
    for _ in 0..2 {
        for (package, memory) in [(&first, 256), (&second, 512), (&third, 1024)] {
            let packaged = packaged(package, &["--arm64"], &[]);
            assert_eq!(packaged.worker("MemorySize"), memory);
        }
    }
}

#[test]
fn a_build_folder_elsewhere_works() {
    if is_skipped() {
        return;
    }
    let target = temporary();
    let package = Package::new("packaged-elsewhere", &plain());
    // With the dependencies that the other packages have built.
    let environment = [
        ("CARGO_TARGET_DIR", target.path()),
        ("CARGO_BUILD_BUILD_DIR", &package::target()),
    ];
    let packaged = packaged(&package, &["--arm64"], &environment);
    assert_eq!(
        packaged.folder,
        target.path().join("redrive/packaged-elsewhere")
    );
    assert_eq!(packaged.worker("Architectures")[0], "arm64");
    let notes = packaged.stderr.matches("are only in `").count();
    assert_eq!(notes, 1, "{}", packaged.stderr);
}

/// Of a package in a folder that cannot be written, with a target folder whose path
/// a shell splits.
#[test]
fn the_source_is_not_written_and_the_commands_can_be_pasted() {
    if is_skipped() {
        return;
    }
    let root = temporary();
    let target = root.path().join("mein „Ziel“ für 'x'");
    symlink(package::target(), &target).expect("a new link");
    let package = Package::in_folder("packaged-from-unwritable", "Bücher & Läden");
    package.write("src/main.rs", &plain());
    let environment = [("CARGO_TARGET_DIR", &*target)];
    // Writes `Cargo.lock`.
    package.check_with(&[], &environment).succeeds();

    let before = tree(package.folder());
    let mode = |mode| {
        for (path, _) in before.iter().filter(|(path, _)| path.is_dir()) {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
        }
    };
    mode(0o555);
    let out = root.path().join("Päckchen für 'x'");
    let out = out.to_str().expect("UTF-8");
    let packaged = packaged(&package, &["--arm64", "--out", out], &environment);
    mode(0o755);
    assert_eq!(tree(package.folder()), before);
    assert_eq!(packaged.folder, Path::new(out));

    // The commands of tools that are not here: each has the path in one word.
    let tools = root.path().join("bin");
    fs::create_dir(&tools).expect("a new folder");
    for (tool, place) in [("sam", 3), ("aws", 4)] {
        let path = tools.join(tool);
        let script =
            format!("#!/bin/sh\ntest -d \"$(dirname \"${place}\")\" && echo \"${place}\"\n");
        fs::write(&path, script).expect("a new file");
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a mode");
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let deploy = &packaged.json["deploy"];
    for command in ["sam", "aws"]
        .into_iter()
        .flat_map(|tool| deploy[tool].as_array().expect("commands"))
    {
        let output = Command::new("sh")
            .args(["-c", command.as_str().expect("a command")])
            .env("PATH", format!("{}:{path}", tools.display()))
            .env("BUCKET", "code")
            .output()
            .expect("a shell");
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(printed.starts_with(out), "{command}: {output:?}");
    }
}

/// Every file of a folder, and when it was written.
fn tree(folder: &Path) -> Vec<(PathBuf, SystemTime)> {
    let mut found = Vec::from([(folder.to_owned(), modified(folder))]);
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => found.extend(tree(&path)),
            false => found.push((path.clone(), modified(&path))),
        }
    }
    found.sort();
    found
}

fn modified(path: &Path) -> SystemTime {
    let time = fs::metadata(path).and_then(|data| data.modified());
    time.expect("a file's time")
}
