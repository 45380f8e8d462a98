//! What must not compile, and what the user reads then; `ui_build.rs` has what
//! only a build script shows.

use std::collections::BTreeSet;
use std::fs;

/// `ui/build` is for `ui_build.rs`.
const AREAS: [&str; 5] = ["args", "function", "handler", "queue", "redrive"];

#[rustversion::attr(not(stable(1.95)), ignore = "the texts are those of one compiler")]
#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    for area in AREAS {
        cases.compile_fail(format!("ui/{area}/*.rs"));
    }
}

#[test]
fn every_rule_has_a_file() {
    let mut files = BTreeSet::new();
    for area in AREAS.into_iter().chain(["build"]) {
        for entry in fs::read_dir(format!("ui/{area}")).expect("a folder of cases") {
            let path = entry.expect("a case").path();
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let text = fs::read_to_string(path.with_extension("stderr")).unwrap_or_default();
            let rule = path.file_stem().expect("a name").display().to_string();
            if text.contains(&format!("[{rule}]")) {
                files.insert(rule);
            }
        }
    }
    let missing: Vec<_> = redrive_syntax::rules::all()
        .map(|rule| rule.id)
        .filter(|id| !files.contains(*id))
        .collect();
    assert!(
        missing.is_empty(),
        "no `ui/<area>/<rule>.rs` shows {missing:?}"
    );
}
