//! A package that `cargo redrive package` packages with a stub of cargo-lambda.
// Each test uses some of it.
#![allow(dead_code)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output};

use redrive_infra::Format::{self, CloudFormation};
use redrive_infra::stack::{Architecture, Stack, StackFunction};
use redrive_model::digest::of_manifest;
use redrive_model::names::{MANIFEST, MANIFEST_MARKER};
use tempfile::TempDir;

/// Builds for this machine and makes the zips, wrong ones if asked to.
const CARGO_LAMBDA: &str = r#"#!/usr/bin/env python3
import json, os, pathlib, re, signal, subprocess, sys, zipfile
arguments, wrong = sys.argv[1:], os.environ.get("WRONG")
if "--version" in arguments:
    sys.exit(0)
if wrong == "interrupted":
    os.kill(os.getppid(), signal.SIGINT)
    sys.exit(1)
folder = arguments[arguments.index("--lambda-dir") + 1]
for option in ("--output-format", "--lambda-dir"):
    at = arguments.index(option)
    del arguments[at : at + 2]
if wrong == "unbuilt":
    arguments += ["--bin", "other"]
build = subprocess.run([os.environ["CARGO"], *arguments[1:]], stdout=subprocess.PIPE, text=True)
print(build.stdout, end="")
print("a line of cargo-lambda")
for line in build.stdout.splitlines():
    binary = json.loads(line).get("executable")
    if not binary:
        continue
    path = pathlib.Path(folder) / pathlib.Path(binary).name / "bootstrap.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = bytearray(pathlib.Path(binary).read_bytes())
    if wrong == "machine":
        content[18] = {62: 183, 183: 62}[content[18]]
    if wrong == "digest":
        content = re.sub(rb"(redrive-manifest=)[0-9a-f]{16}", rb"\g<1>" + b"0" * 16, content)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bootstrap", bytes(content))
    if wrong == "stale":
        os.utime(path, (0, 0))
    if wrong == "missing":
        path.unlink()
sys.exit(build.returncode)
"#;

/// A package whose build script leaves the manifests in its folder, and whose binary
/// has their digest.
pub(crate) struct Shop {
    folder: TempDir,
    tools: TempDir,
}

impl Shop {
    pub(crate) fn new() -> Self {
        let shop = Self {
            folder: TempDir::new().expect("a temporary folder"),
            tools: TempDir::new().expect("a temporary folder"),
        };
        shop.write(
            "Cargo.toml",
            "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
             [build-dependencies]\nredrive-infra = { path = \"infra\" }\n\
             [workspace]\nexclude = [\"infra\"]\n",
        );
        let infra = "[package]\nname = \"redrive-infra\"\nversion = \"0.1.0\"\n";
        shop.write("infra/Cargo.toml", infra);
        shop.write("infra/src/lib.rs", "");
        shop.write("src/bin/other.rs", "fn main() {}");
        let main = format!("fn main() {{ println!(env!(\"{MANIFEST}\")) }}");
        shop.write("src/bin/orders.rs", &main);
        shop.write("stack.md", "");
        shop.build("", &template(30));

        shop.tool("cargo-lambda", CARGO_LAMBDA);
        shop
    }

    /// A program in the first folder of `PATH`.
    pub(crate) fn tool(&self, name: &str, script: &str) {
        let tool = self.tools.path().join(name);
        fs::write(&tool, script).expect("a new file");
        fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).expect("a mode");
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file")).expect("a new folder");
        fs::write(path, text).expect("a new file");
    }

    /// Lets the next build leave this template and the stack of a function with this
    /// attribute.
    pub(crate) fn build(&self, attribute: &str, template: &str) {
        self.build_formats(attribute, template, &[CloudFormation], "");
    }

    /// The same in these formats, with this text in each file of a module.
    pub(crate) fn build_formats(
        &self,
        attribute: &str,
        template: &str,
        formats: &[Format],
        module: &str,
    ) {
        let mut stack = stack(attribute);
        stack.formats = formats.iter().copied().collect();
        self.build_stack(&stack, template, module);
    }

    /// The same of this stack.
    pub(crate) fn build_stack(&self, stack: &Stack, template: &str, module: &str) {
        let (mut names, mut texts) = (vec!["stack.json", "stack.md"], String::new());
        for name in stack.files() {
            let text = if name == "template.json" {
                template
            } else {
                module
            };
            self.write(name, text);
            texts += text;
            names.push(name);
        }
        let stack = stack.to_text();
        let digest = of_manifest(&texts, &stack);
        self.write("stack.json", &stack);
        self.write(
            "build.rs",
            &format!(
                "fn main() {{
                    let folder = std::env::var(\"OUT_DIR\").unwrap();
                    for name in {names:?} {{
                        std::fs::copy(name, format!(\"{{folder}}/{{name}}\")).unwrap();
                    }}
                    println!(\"cargo::rustc-env={MANIFEST}={MANIFEST_MARKER}{digest}\");
                }}"
            ),
        );
    }

    /// Makes a copy of the manifests of the last build.
    pub(crate) fn commit(&self) {
        for name in ["template.json", "stack.json", "stack.md"] {
            let text = fs::read_to_string(self.path(name)).expect("a manifest");
            self.write(&format!("redrive/{name}"), &text);
        }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-redrive"));
        command
            .args(["redrive", "package"])
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("CARGO_TARGET_DIR")
            .env("PATH", format!("{}:{path}", self.tools.path().display()));
        command
    }

    pub(crate) fn package(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the binary runs")
    }

    pub(crate) fn fails(&self, arguments: &[&str], status: i32) -> String {
        let output = self.package(arguments);
        assert_eq!(output.status.code(), Some(status), "{output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
        text(&output.stderr)
    }

    pub(crate) fn succeeds(&self, arguments: &[&str]) -> (String, String) {
        let output = self.package(arguments);
        assert!(output.status.success(), "{output:?}");
        (text(&output.stdout), text(&output.stderr))
    }
}

pub(crate) fn template(timeout: u32) -> String {
    format!(r#"{{"Resources":{{"Q":{{"Properties":{{"Timeout":{timeout}}}}}}}}}"#)
}

pub(crate) fn stack(attribute: &str) -> Stack {
    let tokens = |text: &str| text.parse().expect("tokens");
    let item = "async fn handle(_: Order) -> Result<(), Error> {}";
    let function = redrive_syntax::parse(tokens(attribute), tokens(item)).function;
    let architecture = match cfg!(target_arch = "aarch64") {
        true => Architecture::Arm64,
        false => Architecture::X86_64,
    };
    let binary = "orders".to_owned();
    Stack::new(
        "shop",
        architecture,
        vec![StackFunction { binary, function }],
    )
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
