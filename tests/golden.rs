//! Sources in, template and `stack.md` out: the folders in `golden/`.
//!
//! `UPDATE_EXPECT=1 cargo test -p redrive-tests --test golden` renews the files;
//! a new folder with a package in it is a new case.

use std::fs;
use std::path::{Path, PathBuf};

use redrive_infra::internals;
use redrive_infra::stack::Stack;

#[path = "golden/any_options.rs"]
mod any_options;
#[path = "golden/guarantees.rs"]
mod guarantees;
#[path = "golden/linters.rs"]
mod linters;
#[path = "../macros/syntax/tests/attribute/options.rs"]
mod options;
#[path = "golden/resources.rs"]
mod resources;

/// The first of these nights is the last before clocks go forward in Jerusalem.
const NOW: &str = "2026-03-26T12:00:00Z";

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let entries = fs::read_dir(folder).expect("the folder of the cases");
    let paths = entries.map(|entry| entry.expect("a case").path());
    let mut cases: Vec<_> = paths.filter(|path| path.is_dir()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    cases
}

#[test]
fn sources_give_these_files() {
    for case in cases() {
        let name = case.file_name().expect("a folder").to_string_lossy();
        let now = NOW.parse().expect("a time");
        let files = internals::files(&case, &name.replace('_', "-"), now);
        let (stack, template, markdown) = files.expect("a package without mistakes");
        expect_test::expect_file![case.join("template.json")].assert_eq(&template);
        expect_test::expect_file![case.join("stack.md")].assert_eq(&markdown);
        assert_eq!(Stack::from_text(&stack.to_text()), Ok(stack));
    }
}

fn templates() -> Vec<PathBuf> {
    cases()
        .into_iter()
        .map(|case| case.join("template.json"))
        .collect()
}

#[test]
fn cfn_lint_finds_nothing() {
    linters::cfn_lint(&templates());
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
