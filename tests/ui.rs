//! What must not compile, and what the user reads then; `ui_build.rs` has what
//! only a build script shows.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// `ui/build` is for `ui_build.rs`.
const AREAS: [&str; 6] = ["args", "function", "handler", "queue", "redrive", "system"];

#[rustversion::attr(not(stable(1.95)), ignore = "the texts are those of one compiler")]
#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    for area in AREAS {
        cases.compile_fail(format!("ui/{area}/*.rs"));
    }
}

/// The cases of all areas, and what the user reads of each.
fn cases() -> impl Iterator<Item = (PathBuf, String)> {
    let areas = AREAS.into_iter().chain(["build"]);
    let entries =
        areas.flat_map(|area| fs::read_dir(format!("ui/{area}")).expect("a folder of cases"));
    let paths = entries.map(|entry| entry.expect("a case").path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let text = fs::read_to_string(path.with_extension("stderr")).unwrap_or_default();
            (path, text)
        })
}

#[test]
fn every_rule_that_a_function_alone_cannot_show_has_a_file() {
    let files: BTreeSet<_> = cases()
        .map(|(path, text)| {
            (
                path.file_stem().expect("a name").display().to_string(),
                text,
            )
        })
        .filter(|(rule, text)| text.contains(&format!("[{rule}]")))
        .map(|(rule, _)| rule)
        .collect();
    // The others are shown by their examples in the tests of `redrive-syntax`.
    let missing: Vec<_> = redrive_syntax::rules::all()
        .filter(|rule| rule.fails.starts_with("//"))
        .map(|rule| rule.id)
        .filter(|id| !files.contains(*id))
        .collect();
    assert!(
        missing.is_empty(),
        "no `ui/<area>/<rule>.rs` shows {missing:?}"
    );
}

/// A case is one mistake, unless it has a line `//@ mistakes: <n>`; with a line
/// `//@ by the compiler` the words are not ours.
#[test]
fn every_mistake_is_told_once_and_by_its_rule() {
    let mut wrong = Vec::new();
    for (path, text) in cases() {
        let case = fs::read_to_string(&path).expect("a case");
        let mistakes = case.split_once("//@ mistakes: ").map_or(1, |(_, number)| {
            number.trim().parse().expect("a number at the end")
        });
        let is_ours = !case.contains("//@ by the compiler");
        let told = told(&text);
        let has_rule = |told: &&String| {
            redrive_syntax::rules::all().any(|rule| told.contains(&format!("[{}]", rule.id)))
        };
        let by_rule = told.iter().filter(has_rule).count();
        if told.len() != mistakes || (by_rule == mistakes) != is_ours {
            wrong.push(path);
        }
    }
    assert!(wrong.is_empty(), "one error a mistake: {wrong:?}");
}

/// The errors with all that belongs to each, or the warnings if there is none.
fn told(text: &str) -> Vec<String> {
    let of = |level: &str| {
        let mut told: Vec<String> = Vec::new();
        let mut is_in = false;
        for line in text.lines() {
            // cargo repeats the level on each line of a build script's diagnostic, whose
            // first lines end with the rule.
            let has_rule = |text: &String| {
                let mut rules = redrive_syntax::rules::all();
                rules.any(|rule| text.contains(&format!("[{}]", rule.id)))
            };
            let is_wrapped = |last: &String| last.contains("@0.1.0: ") && !has_rule(last);
            let goes_on = [":   --> ", ": help: ", ": see: "]
                .iter()
                .any(|part| line.contains(part))
                || (line.contains("@0.1.0: ") && told.last().is_some_and(is_wrapped));
            let starts = ["error", "warning"].map(|level| line.starts_with(level) && !goes_on);
            if starts.contains(&true) {
                is_in = line.starts_with(level);
                told.extend(is_in.then(String::new));
            }
            if let (true, Some(last)) = (is_in, told.last_mut()) {
                last.push_str(line);
                last.push('\n');
            }
        }
        told
    };
    match of("error") {
        errors if errors.is_empty() => of("warning"),
        errors => errors,
    }
}
