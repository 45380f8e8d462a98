//! `cargo redrive package` with a stub of cargo-lambda. The tests of the workspace
//! run the real one; this one makes zips that it would not make.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Command;

use redrive_infra::Format::{CloudFormation, Terraform};
use redrive_infra::stack::{Architecture, Stack};
use redrive_model::digest::of_manifest;
use tempfile::TempDir;

use support::{Shop, stack, template, text};

/// The files in a folder and below it.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").display().to_string();
        match path.is_dir() {
            true => found.extend(files(&path).iter().map(|file| format!("{name}/{file}"))),
            false => found.push(name),
        }
    }
    found.sort();
    found
}

const COMPLETE: [&str; 5] = [
    "orders/bootstrap.zip",
    "stack.json",
    "stack.md",
    "template.cdk.json",
    "template.json",
];

#[test]
fn a_folder_is_laid_out_and_the_next_commands_are_printed() {
    let shop = Shop::new();
    let (stdout, stderr) = shop.succeeds(&[]);
    // The binary without a function is not deployed.
    let folder = shop.path("target/redrive/shop");
    assert_eq!(files(&folder), COMPLETE);
    let folder = folder.canonicalize().expect("a folder");
    let folder = folder.display();
    assert!(
        stderr.ends_with(&format!(
            "a line of cargo-lambda\n    Packaged shop in {folder}\n"
        )),
        "{stderr}"
    );
    // Colours and cargo's progress are for terminals.
    assert!(!stderr.contains(['\u{1b}', '\r']), "{stderr}");
    let bucket = r#"--s3-bucket "${BUCKET:?an S3 bucket for the code}""#;
    let rest = "--stack-name shop --capabilities CAPABILITY_IAM";
    assert_eq!(
        stdout,
        format!(
            "# with the SAM command line\n\
             sam deploy --template-file {folder}/template.json --resolve-s3 {rest}\n\
             # or with the AWS command line\n\
             aws cloudformation package --template-file {folder}/template.json {bucket} \
             --output-template-file {folder}/packaged.yaml\n\
             aws cloudformation deploy --template-file {folder}/packaged.yaml {bucket} {rest}\n\
             # or with CDK\n\
             #   new CfnInclude(this, \"Functions\", {{\n\
             #     templateFile: \"{folder}/template.cdk.json\",\n\
             #     parameters: {{  }},\n\
             #   }});\n\
             npx cdk deploy\n"
        )
    );

    // A folder of another function's zip is replaced.
    fs::create_dir(shop.path("out")).expect("a new folder");
    shop.write("out/old/bootstrap.zip", "");
    shop.write("out/packaged.yaml", "");
    let (stdout, _) = shop.succeeds(&["--out", "out", "--json"]);
    assert_eq!(files(&shop.path("out")), COMPLETE);
    let line: serde_json::Value = serde_json::from_str(&stdout).expect("one line of JSON");
    let out = shop.path("out").canonicalize().expect("a folder");
    assert_eq!(line["folder"], out.display().to_string());
    assert_eq!(line["package"], "shop");
    let expected = of_manifest(&template(30), &stack("").to_text());
    assert_eq!(line["manifest"], expected);
    assert_eq!(line["deploy"]["aws"].as_array().map(Vec::len), Some(2));
    assert_eq!(line["differences"], serde_json::json!([]));
}

/// In both formats, and in Terraform alone.
#[test]
fn a_module_is_the_folder_with_the_changes_of_the_user() {
    let shop = Shop::new();
    let module = "{\"resource\":{}}";
    let others = ["outputs.tf.json", "variables.tf.json", "versions.tf.json"];
    for (formats, has_template) in [
        (&[CloudFormation, Terraform][..], true),
        (&[Terraform], false),
    ] {
        shop.build_formats("", &template(30), formats, module);
        let (stdout, _) = shop.succeeds(&["--out", "module"]);
        let mut expected = Vec::from([
            "main.tf.json",
            "orders/bootstrap.zip",
            "stack.json",
            "stack.md",
        ]);
        expected.extend(others);
        if has_template {
            expected.extend(["template.cdk.json", "template.json"]);
        }
        if shop.path("module/override.tf.json").exists() {
            expected.push("override.tf.json");
        }
        expected.sort_unstable();
        assert_eq!(files(&shop.path("module")), expected);
        let folder = shop.path("module").canonicalize().expect("a folder");
        let call = format!(
            "#   module \"shop\" {{\n#     source = \"{}\"\n",
            folder.display()
        );
        assert!(stdout.contains(&call), "{stdout}");
        assert!(
            stdout.ends_with("terraform init\nterraform apply\n"),
            "{stdout}"
        );
        assert_eq!(stdout.contains("sam deploy"), has_template, "{stdout}");
        shop.write("module/override.tf.json", "{}");
    }
    // A state in the folder would be deleted.
    shop.write("module/terraform.tfstate", "{}");
    let error = shop.fails(&["--out", "module"], 2);
    assert!(
        error.contains("contains `terraform.tfstate`, which"),
        "{error}"
    );

    // Without a template, the copy of the module is compared.
    for name in ["main.tf.json", "stack.json"] {
        let text = fs::read_to_string(shop.path(name)).expect("a manifest");
        shop.write(&format!("redrive/{name}"), &text);
    }
    shop.succeeds(&["--check"]);
    let changed = "{\"resource\":{\"aws_sqs_queue\":{}}}";
    shop.build_formats("", &template(30), &[Terraform], changed);
    let error = shop.fails(&["--check"], 1);
    let change = " redrive/main.tf.json\n  added: /resource/aws_sqs_queue: {}\n";
    assert!(error.contains(change), "{error}");
}

#[test]
fn a_zip_that_does_not_belong_to_the_manifest_is_one_error() {
    let shop = Shop::new();
    let other = match cfg!(target_arch = "aarch64") {
        true => "it is built for x86_64, and the manifest for arm64",
        false => "it is built for arm64, and the manifest for x86_64",
    };
    for (wrong, problem) in [
        ("machine", other),
        ("digest", "it was built with another manifest"),
        ("stale", "it is older than the binary"),
        ("unbuilt", "this build did not make its binary"),
        ("missing", "No such file or directory (os error 2)"),
    ] {
        let output = shop.command(&[]).env("WRONG", wrong).output();
        let output = output.expect("the binary runs");
        assert_eq!(output.status.code(), Some(2), "{wrong}: {output:?}");
        let errors = text(&output.stderr);
        let expected = format!(
            "/orders/bootstrap.zip cannot be deployed: {problem}\n\
             help: package again, while no other build uses this folder\n"
        );
        assert!(errors.ends_with(&expected), "{wrong}: {errors}");
        assert_eq!(errors.matches("error: ").count(), 1, "{wrong}: {errors}");
        let left = fs::read_dir(shop.path("target/redrive")).expect("a folder");
        assert_eq!(left.count(), 0, "{wrong}");
    }
}

#[test]
fn a_committed_copy_is_compared() {
    let shop = Shop::new();
    let missing = shop.fails(&["--check"], 2);
    assert!(
        missing.starts_with("error: no committed copy in "),
        "{missing}"
    );
    assert!(
        !shop.path("target").exists(),
        "it is found before the build"
    );

    shop.commit();
    shop.succeeds(&["--check"]);
    // Only what loses messages is reported without `--check`.
    shop.build("", &template(60));
    let (_, stderr) = shop.succeeds(&[]);
    assert!(!stderr.contains("warning: "), "{stderr}");
    let stderr = shop.fails(&["--check"], 1);
    let change = " redrive/template.json\n  changed: Q/Properties/Timeout: 30 is now 60\nhelp: ";
    assert!(stderr.contains(change), "{stderr}");

    shop.build("retention = \"1d\"", &template(60));
    let (_, stderr) = shop.succeeds(&[]);
    let warning = "warning: `retention` is 24 h instead of 4 d";
    assert!(stderr.contains(warning), "{stderr}");
    let (stdout, _) = shop.succeeds(&["--json", "--compare", "redrive"]);
    let line: serde_json::Value = serde_json::from_str(&stdout).expect("one line of JSON");
    assert_eq!(line["warnings"].as_array().map(Vec::len), Some(1), "{line}");
    assert_eq!(
        line["differences"].as_array().map(Vec::len),
        Some(1),
        "{line}"
    );

    // The command that the error prints accepts the changes.
    let stderr = shop.fails(&["--check"], 1);
    let (_, accept) = stderr.split_once("commit the new copy: ").expect("a help");
    let accept = accept.lines().next().expect("a command");
    let mut shell = Command::new("sh");
    shell.args(["-c", accept]).current_dir(shop.path(""));
    assert!(
        shell.status().is_ok_and(|status| status.success()),
        "{accept}"
    );
    shop.succeeds(&["--check"]);

    // A copy of another format is an error with the side to update, or a warning
    // without `--check`.
    let format = |version: u32| {
        let this = format!("\"version\": {}", Stack::VERSION);
        let other = format!("\"version\": {version}");
        shop.write(
            "redrive/stack.json",
            &stack("").to_text().replace(&this, &other),
        );
    };
    format(0);
    let old = " redrive/stack.json: it has format 0, of redrive ";
    let help = "\nhelp: package without `--check`, and commit the new copy: mkdir -p ";
    let error = shop.fails(&["--check"], 2);
    assert!(error.contains(old) && error.contains(help), "{error}");
    let (_, warning) = shop.succeeds(&[]);
    assert!(warning.contains("warning: cannot read "), "{warning}");
    assert!(warning.contains(old) && warning.contains(help), "{warning}");
    format(Stack::VERSION + 1);
    let error = shop.fails(&["--check"], 2);
    let help = "\nhelp: update the command line: cargo install cargo-redrive --version ";
    assert!(error.contains(help), "{error}");
}

#[test]
fn an_error_before_the_build_is_one_error() {
    let shop = Shop::new();
    let error = |arguments: &[&str]| {
        let error = shop.fails(arguments, 2);
        assert!(!shop.path("target").exists(), "{error}");
        error
    };
    let both = error(&["--arm64", "--x86-64"]);
    assert!(
        both.contains("'--arm64' cannot be used with '--x86-64'"),
        "{both}"
    );
    let foreign = error(&["--out", "."]);
    assert!(
        foreign.contains(", which is not part of a package and would be deleted\nhelp: "),
        "{foreign}"
    );
    let file = error(&["--out", "Cargo.toml"]);
    assert!(
        file.starts_with("error: cannot write Cargo.toml: "),
        "{file}"
    );
    let nowhere = error(&["--compare", "nowhere"]);
    assert!(
        nowhere.starts_with("error: no committed copy in nowhere\nhelp: "),
        "{nowhere}"
    );
    let missing = error(&["--check", "--out", "made"]);
    assert!(
        missing.contains(" && cp made/*.json made/stack.md "),
        "{missing}"
    );
    shop.write("redrive/template.json", "{");
    let broken = error(&["--check"]);
    assert!(
        broken.contains(" redrive/template.json: it is not JSON: "),
        "{broken}"
    );

    // Cargo also looks for its commands in its own folder.
    let cargo_home = TempDir::new().expect("a temporary folder");
    fs::remove_dir_all(shop.path("redrive")).expect("removed");
    let mut command = shop.command(&[]);
    command.env("CARGO_HOME", cargo_home.path()).env("PATH", "");
    let output = command.output().expect("the binary runs");
    let error = text(&output.stderr);
    let help = "error: cargo-lambda is not installed\nhelp: pip3 install cargo-lambda\n";
    assert!(error.starts_with(help), "{error}");
}

#[test]
fn an_interrupted_command_leaves_no_folder() {
    let shop = Shop::new();
    let output = shop.command(&[]).env("WRONG", "interrupted").output();
    let output = output.expect("the binary runs");
    assert_eq!(output.status.signal(), Some(2), "{output:?}");
    assert!(!shop.path("target/redrive").exists());
}

#[test]
fn a_package_that_does_not_build_is_explained_by_cargo() {
    let shop = Shop::new();
    let errors = shop.fails(&["--", "--locked"], 1);
    assert!(errors.contains("--locked"), "{errors}");
    shop.write("src/bin/orders.rs", "fn main() { nothing() }");
    let errors = shop.fails(&[], 1);
    assert!(
        errors.contains("error[E0425]: cannot find function `nothing`"),
        "{errors}"
    );
    let nothing = Stack::new("shop", Architecture::Arm64, Vec::new());
    shop.write("src/bin/orders.rs", "fn main() {}");
    shop.write("stack.json", &nothing.to_text());
    let errors = shop.fails(&[], 2);
    let problem = "error: the package `shop` has no functions in this build\nhelp: ";
    assert!(errors.contains(problem), "{errors}");
}
