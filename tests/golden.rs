//! Sources in, template, Terraform module and `stack.md` out: the folders in `golden/`,
//! and the examples, whose files are in `golden/examples/`.
//!
//! `UPDATE_EXPECT=1 cargo test -p redrive-tests --test golden` renews the files;
//! a new folder with a package in it is a new case.

use std::fs;
use std::path::{Path, PathBuf};

use redrive_infra::Format;
use redrive_infra::deploy;
use redrive_infra::internals;
use redrive_infra::stack::Stack;

#[path = "golden/any_options.rs"]
mod any_options;
#[path = "golden/dashboards.rs"]
mod dashboards;
#[path = "golden/guarantees.rs"]
mod guarantees;
#[path = "golden/linters.rs"]
mod linters;
#[path = "../macros/syntax/tests/attribute/options.rs"]
mod options;
#[path = "golden/resources.rs"]
mod resources;
#[path = "golden/same_in_terraform.rs"]
mod same_in_terraform;
#[path = "golden/terraform.rs"]
mod terraform;

/// The first of these nights is the last before clocks go forward in Jerusalem.
const NOW: &str = "2026-03-26T12:00:00Z";

/// The cases whose build script has `dashboard(true)`.
const WITH_DASHBOARD: [&str; 3] = ["billing", "every-key", "existing-system"];

/// A package, and the files that it gives.
struct Case {
    name: String,
    package: PathBuf,
    expected: PathBuf,
}

fn cases() -> Vec<Case> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let examples = golden.join("../../examples");
    let in_folder = |folder: &Path, expected: &Path| {
        let entries = fs::read_dir(folder).expect("the folder of the cases");
        let paths = entries.map(|entry| entry.expect("a case").path());
        let cases = paths.filter_map(|case| {
            // Of a package, or of a workspace of several.
            let packages = [case.clone(), case.join("functions")];
            let is_package = |package: &PathBuf| package.join("Cargo.toml").is_file();
            let name = case.file_name().expect("a folder").to_string_lossy();
            Some(Case {
                package: packages.into_iter().find(is_package)?,
                expected: expected.join(&*name),
                name: name.replace('_', "-"),
            })
        });
        cases.collect::<Vec<_>>()
    };
    let mut cases = in_folder(&golden, &golden);
    cases.extend(in_folder(&examples, &golden.join("examples")));
    cases.sort_by(|a, b| a.expected.cmp(&b.expected));
    assert!(!cases.is_empty());
    cases
}

#[test]
fn sources_give_these_files() {
    for case in cases() {
        let now = NOW.parse().expect("a time");
        let files = internals::files(
            &case.package,
            &case.name,
            &Format::ALL,
            WITH_DASHBOARD.contains(&&*case.name),
            now,
        );
        let (stack, texts) = files.expect("a package without mistakes");
        for (name, text) in texts {
            let folder = match name.ends_with(".tf.json") {
                true => case.expected.join("terraform"),
                false => case.expected.clone(),
            };
            fs::create_dir_all(&folder).expect("a folder");
            expect_test::expect_file![folder.join(name)].assert_eq(&text);
        }
        assert_eq!(Stack::from_text(&stack.to_text()), Ok(stack));
    }
}

fn templates() -> Vec<PathBuf> {
    cases()
        .into_iter()
        .map(|case| case.expected.join("template.json"))
        .collect()
}

#[test]
fn cfn_lint_finds_nothing() {
    linters::cfn_lint(&templates());
}

/// Which are made of the others.
#[test]
fn cfn_lint_finds_nothing_in_the_templates_for_cdk() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let templates = templates().into_iter().enumerate();
    let written = templates.map(|(place, path)| {
        let text = fs::read_to_string(path).expect("a template");
        let template = serde_json::from_str(&text).expect("JSON");
        let path = folder.path().join(format!("{place}.json"));
        let template = deploy::cdk_template(&template);
        fs::write(&path, template.to_string()).expect("a new file");
        path
    });
    linters::cfn_lint(&written.collect::<Vec<_>>());
}

#[test]
fn cfn_lint_finds_nothing_whatever_the_options() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    linters::cfn_lint(&any_options::write_templates(folder.path()));
}

#[test]
fn sam_validate_finds_nothing() {
    for template in templates() {
        linters::sam_validate(&template);
    }
}
