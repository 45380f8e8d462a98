//! Sources in, template and `stack.md` out: the folders in `golden/`.
//!
//! `UPDATE_EXPECT=1 cargo test -p redrive-tests --test golden` renews the files;
//! a new folder with a package in it is a new case.

use std::fs;
use std::path::{Path, PathBuf};

use redrive_infra::cfg::Cfg;
use redrive_infra::discover::discover;
use redrive_infra::stack::{Architecture, Stack};
use redrive_infra::{markdown, template};

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
        let discovery = discover(&case, &Cfg::default()).expect("a readable package");
        for found in &discovery.found {
            assert!(
                !found.is_wrong(),
                "{}: {:?}",
                case.display(),
                found.parsed.diagnostics
            );
        }
        assert!(discovery.is_sound(), "{}", case.display());
        let stack = Stack {
            version: Stack::VERSION,
            package: case
                .file_name()
                .expect("a folder")
                .to_string_lossy()
                .replace('_', "-"),
            architecture: Architecture::Arm64,
            functions: discovery.deployed(),
        };
        let template = template::to_text(template::render(&stack, "../../lambda"));
        let now = NOW.parse().expect("a time");
        let words = markdown::render(
            &stack,
            &discovery.notes(),
            &markdown::Overlays::default(),
            now,
        );
        expect_test::expect_file![case.join("template.json")].assert_eq(&template);
        expect_test::expect_file![case.join("stack.md")].assert_eq(&words);
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
