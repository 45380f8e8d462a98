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
    let architecture = match cfg!(target_arch = "aarch64") {
        true => Architecture::Arm64,
        false => Architecture::X86_64,
    };
    let binary = "orders".to_owned();
    let functions = vec![StackFunction { binary, function }];
    let stack = Stack::new("shop", architecture, functions);
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

/// A manifest of another format names the side to update, of each command.
#[test]
fn a_manifest_of_another_format_is_an_error() {
    let package = package_of_two_binaries();
    let path = package.path().join("stack.json");
    let text = fs::read_to_string(&path).expect("a stack");
    let this = env!("CARGO_PKG_VERSION");
    let error = |version: u32, redrive: &str| {
        let this_version = format!("\"version\": {}", Stack::VERSION);
        let other = text.replace(&this_version, &format!("\"version\": {version}"));
        let other = other.replace(this, redrive);
        assert_ne!(other, text);
        write(&path, &other);
        error(package.path(), &[])
    };
    let newer = error(Stack::VERSION + 1, "9.8.7");
    assert!(
        newer.ends_with(
            "\nhelp: update the command line: cargo install cargo-redrive --version 9.8.7\n"
        ),
        "{newer}"
    );
    let older = error(Stack::VERSION - 1, "0.0.1");
    assert!(
        older.contains(", of redrive 0.0.1; this program reads format "),
        "{older}"
    );
    let help = format!(
        "\nhelp: update the package: cargo add redrive@{this} && cargo add --build redrive-infra@{this}\n"
    );
    assert!(older.ends_with(&help), "{older}");
}
