//! What the user reads of a build with a build script: `ui/build/<rule>.rs` is
//! a package, its `src/main.rs` first, and each other file below a line
//! `//- <path>`. A first line `//@ <arguments>` is for cargo.

use std::fs;

use expect_test::expect_file;
use redrive_tests::package::Package;

#[rustversion::attr(not(stable(1.95)), ignore = "the texts are those of one compiler")]
#[test]
fn ui_build() {
    let entries = fs::read_dir("ui/build").expect("the folder of cases");
    let mut cases: Vec<_> = entries.map(|entry| entry.expect("a case").path()).collect();
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    cases.sort();
    for case in cases {
        let name = case.file_stem().expect("a name").display().to_string();
        let package = Package::empty(&name.replace('_', "-"));
        let text = fs::read_to_string(&case).expect("a case");
        let (arguments, text) = match text.strip_prefix("//@ ") {
            Some(rest) => rest.split_once('\n').expect("a file below the arguments"),
            None => ("", text.as_str()),
        };
        for (path, text) in files(text) {
            package.write(path, text);
        }
        let expected = case.with_extension("stderr");
        expect_file![expected.canonicalize().unwrap_or(expected)]
            .assert_eq(&package.report(&arguments.split_whitespace().collect::<Vec<_>>()));
    }
}

fn files(case: &str) -> Vec<(&str, &str)> {
    let (main, others) = match case.strip_prefix("//- ") {
        Some(others) => ("", others),
        None => case.split_once("\n//- ").unwrap_or((case, "")),
    };
    let others = others
        .split("\n//- ")
        .filter_map(|file| file.split_once('\n'));
    let main = Some(("src/main.rs", main)).filter(|(_, main)| !main.is_empty());
    main.into_iter().chain(others).collect()
}
