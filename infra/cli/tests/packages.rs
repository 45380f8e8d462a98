//! Packages that `cargo redrive` builds, with a real cargo.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use redrive_infra::stack::{Architecture, Stack, StackFunction};
use tempfile::TempDir;

/// A workspace with the packages `shop` (its root), `orders` and `payments`,
/// which have functions, and `common`, which has none.
fn workspace() -> TempDir {
    let root = TempDir::new().expect("a temporary folder");
    let members = "[workspace]\nmembers = [\"orders\", \"payments\", \"common\"]\n";
    write(
        &root.path().join("Cargo.toml"),
        &(manifest("shop") + members),
    );
    for name in ["orders", "payments"] {
        write(&root.path().join(name).join("Cargo.toml"), &manifest(name));
    }
    let common = manifest("common").replace(FUNCTIONS, "");
    write(&root.path().join("common/Cargo.toml"), &common);
    for folder in ["", "orders", "payments", "common"] {
        write(
            &root.path().join(folder).join("src/main.rs"),
            "fn main() {}",
        );
    }
    root
}

const FUNCTIONS: &str = "[build-dependencies]\nredrive-infra = \"0.1\"\n";

fn manifest(name: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{FUNCTIONS}")
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file")).expect("a new folder");
    fs::write(path, text).expect("a new file");
}

fn run(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cargo-redrive"))
        .args(["redrive", "run"])
        .args(arguments)
        .current_dir(folder)
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("CARGO_BUILD_TARGET")
        .envs(environment.iter().copied())
        .output()
        .expect("the binary runs")
}

fn error(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments, &[]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// None of the packages has messages, which is reported with the file's path
/// before anything is built.
#[test]
fn the_package_of_the_current_folder_is_run() {
    let workspace = workspace();
    let cases: [(&str, &[&str], &str); 6] = [
        ("", &[], "messages.jsonl"),
        ("orders", &[], "orders/messages.jsonl"),
        ("orders/src", &[], "orders/messages.jsonl"),
        ("payments", &[], "payments/messages.jsonl"),
        ("orders", &["-p", "payments"], "payments/messages.jsonl"),
        (
            "",
            &["--manifest-path", "orders/Cargo.toml"],
            "orders/messages.jsonl",
        ),
    ];
    let root = workspace.path().canonicalize().expect("a folder");
    for (folder, arguments, file) in cases {
        let error = error(&root.join(folder), arguments);
        let path = root.join(file).display().to_string();
        let expected = format!("error: cannot read the messages to send, {path}: ");
        assert!(
            error.starts_with(&expected),
            "{folder} {arguments:?}: {error}"
        );
    }
}

#[test]
fn a_package_that_cannot_be_run_is_one_error_with_those_that_can() {
    let workspace = workspace();
    let known = "note: packages with functions: orders, payments, shop";
    for (folder, arguments, problem) in [
        ("common", &[][..], "specify a package with `-p`"),
        ("", &["-p", "nope"], "no package `nope` in this workspace"),
        (
            "",
            &["-p", "common"],
            "the package `common` has no functions",
        ),
    ] {
        let error = error(&workspace.path().join(folder), arguments);
        assert_eq!(error, format!("error: {problem}\n{known}\n"));
    }
    let outside = TempDir::new().expect("a temporary folder");
    let error = error(outside.path(), &[]);
    assert!(
        error.starts_with("error: could not find `Cargo.toml`"),
        "{error}"
    );
}

/// A package whose build script leaves this stack, and whose two binaries end at
/// once: the one with the function with the status 7.
fn package_of_two_binaries() -> TempDir {
    let package = TempDir::new().expect("a temporary folder");
    let folder = package.path();
    let local = "[build-dependencies]\nredrive-infra = { path = \"infra\" }\n";
    let manifest =
        manifest("shop").replace(FUNCTIONS, local) + "[workspace]\nexclude = [\"infra\"]\n";
    write(&folder.join("Cargo.toml"), &manifest);
    let infra = "[package]\nname = \"redrive-infra\"\nversion = \"0.1.0\"\n";
    write(&folder.join("infra/Cargo.toml"), infra);
    write(&folder.join("infra/src/lib.rs"), "");
    write(&folder.join("src/bin/other.rs"), "fn main() {}");
    let main = "fn main() { std::process::exit(7) }";
    write(&folder.join("src/bin/orders.rs"), main);
    let tokens = |text: &str| text.parse().expect("tokens");
    let item = "async fn handle(_: Order) -> Result<(), Error> {}";
    let function = redrive_syntax::parse(tokens("max_receive_count = 1"), tokens(item)).function;
    let functions = vec![StackFunction {
        binary: "orders".to_owned(),
        function,
    }];
    let stack = Stack::new("shop", Architecture::X86_64, functions);
    write(&folder.join("stack.json"), &stack.to_text());
    let build = "fn main() {
        let folder = std::env::var(\"OUT_DIR\").unwrap();
        std::fs::copy(\"stack.json\", folder + \"/stack.json\").unwrap();
    }";
    write(&folder.join("build.rs"), build);
    write(&folder.join("messages.jsonl"), "{\"body\": 1}\n");
    package
}

fn assert_the_hosts_binary_was_run(output: &Output) {
    let output_text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    let failure = "init failed: the process ended with exit status: 7";
    assert!(output_text.contains(failure), "{output_text}");
}

#[test]
fn the_binary_of_this_machine_is_run_whatever_cargo_builds_by_default() {
    const FOREIGN: &str = "aarch64-unknown-linux-musl";
    let package = package_of_two_binaries();
    let run = |environment| run(package.path(), &["--json"], environment);
    assert_the_hosts_binary_was_run(&run(&[]));
    assert_the_hosts_binary_was_run(&run(&[("CARGO_BUILD_TARGET", FOREIGN)]));
    let config = format!("[build]\ntarget = \"{FOREIGN}\"\n");
    write(&package.path().join(".cargo/config.toml"), &config);
    assert_the_hosts_binary_was_run(&run(&[]));
}

/// A stub of cargo-lambda, which builds for this machine and makes the zips.
const CARGO_LAMBDA: &str = r#"#!/usr/bin/env python3
import json, os, pathlib, subprocess, sys, zipfile
arguments = sys.argv[1:]
if "--version" in arguments:
    sys.exit(0)
folder = arguments[arguments.index("--lambda-dir") + 1]
for option in ("--output-format", "--lambda-dir"):
    at = arguments.index(option)
    del arguments[at : at + 2]
build = subprocess.run([os.environ["CARGO"], *arguments[1:]], stdout=subprocess.PIPE, text=True)
print(build.stdout, end="")
for line in build.stdout.splitlines():
    binary = json.loads(line).get("executable")
    if binary and "STALE" not in os.environ:
        path = pathlib.Path(folder) / pathlib.Path(binary).name / "bootstrap.zip"
        path.parent.mkdir(parents=True, exist_ok=True)
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED).write(binary, "bootstrap")
sys.exit(build.returncode)
"#;

#[cfg(target_os = "linux")]
#[test]
fn a_package_is_laid_out_if_its_zips_belong_to_its_manifest() {
    use redrive_model::digest::digest;
    use redrive_model::names::{MANIFEST, MANIFEST_MARKER};

    let package = package_of_two_binaries();
    let folder = package.path();
    let template =
        |size: u32| format!("{{\"Resources\":{{\"Q\":{{\"Properties\":{{\"Size\":{size}}}}}}}}}");
    let stack = fs::read_to_string(folder.join("stack.json")).expect("a stack");
    let stack = match cfg!(target_arch = "aarch64") {
        true => stack.replace("x86_64", "arm64"),
        false => stack,
    };
    let manifest = |template: &str| {
        write(&folder.join("template.json"), template);
        let digest = digest(&(template.to_owned() + &stack));
        let build = format!(
            "fn main() {{
                let folder = std::env::var(\"OUT_DIR\").unwrap();
                for name in [\"template.json\", \"stack.json\", \"stack.md\"] {{
                    std::fs::copy(name, format!(\"{{folder}}/{{name}}\")).unwrap();
                }}
                println!(\"cargo::rustc-env={MANIFEST}={MANIFEST_MARKER}{digest}\");
            }}"
        );
        write(&folder.join("build.rs"), &build);
    };
    write(&folder.join("stack.json"), &stack);
    write(&folder.join("stack.md"), "");
    let main = format!("fn main() {{ println!(env!(\"{MANIFEST}\")) }}");
    write(&folder.join("src/bin/orders.rs"), &main);
    manifest(&template(1));

    let tools = TempDir::new().expect("a temporary folder");
    let stub = tools.path().join("cargo-lambda");
    write(&stub, CARGO_LAMBDA);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&stub, mode).expect("a mode");
    let path = format!(
        "{}:{}",
        tools.path().display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let run = |arguments: &[&str], environment: &[(&str, &str)]| {
        Command::new(env!("CARGO_BIN_EXE_cargo-redrive"))
            .args(["redrive", "package"])
            .args(arguments)
            .current_dir(folder)
            .env_remove("CARGO_TARGET_DIR")
            .env("PATH", &path)
            .envs(environment.iter().copied())
            .output()
            .expect("the binary runs")
    };
    let out = folder.join("out");
    let packaged = run(&["--out", "out"], &[]);
    assert!(packaged.status.success(), "{packaged:?}");
    for file in [
        "template.json",
        "stack.json",
        "stack.md",
        "orders/bootstrap.zip",
    ] {
        assert!(out.join(file).is_file(), "{file}");
    }
    // It has no function, so it is not deployed.
    assert!(!out.join("other").exists());

    write(&folder.join("redrive/template.json"), &template(1));
    assert!(run(&["--check"], &[]).status.success());
    write(&folder.join("redrive/template.json"), &template(2));
    let checked = run(&["--check"], &[]);
    assert_eq!(checked.status.code(), Some(1), "{checked:?}");
    let errors = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(
        errors.contains("changed: Q/Properties/Size: 2 is now 1"),
        "{errors}"
    );

    // The zips of the build before, which had another manifest.
    manifest(&template(3));
    let stale = run(&[], &[("STALE", "1")]);
    assert_eq!(stale.status.code(), Some(2), "{stale:?}");
    let errors = String::from_utf8_lossy(&stale.stderr).into_owned();
    assert!(
        errors.contains("bootstrap.zip cannot be deployed: "),
        "{errors}"
    );
}
