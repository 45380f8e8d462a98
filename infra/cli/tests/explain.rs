//! `cargo redrive explain`, as a user types it.

use std::process::{Command, Output};

use redrive_syntax::rules::{self, catalog::Level};

fn explain(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cargo-redrive"))
        .args(["redrive", "explain"])
        .args(arguments)
        .output()
        .expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn each_rule_has_a_page_with_all_there_is_to_know() {
    for rule in rules::all() {
        let output = explain(&[rule.id]);
        assert!(output.status.success(), "{}: {output:?}", rule.id);
        let level = match rule.level {
            Level::Error => "An error. ".to_owned(),
            Level::Notice => "A warning. ".to_owned(),
            Level::Deliberate => {
                format!("An error, unless accepted with `allow = \"{}\"`. ", rule.id)
            }
            Level::Warning => {
                format!(
                    "A warning, unless accepted with `allow = \"{}\"`. ",
                    rule.id
                )
            }
        };
        let page = text(&output.stdout);
        for part in [
            rule.id,
            &level,
            &rule.reason(),
            rule.see.unwrap_or_default(),
            "Fails:",
            rule.fails,
            "Passes:",
            rule.passes,
        ] {
            assert!(page.contains(part), "{part} is not on the page:\n{page}");
        }
        assert_eq!(text(&output.stderr), "");
    }
}

#[test]
fn no_argument_lists_each_rule_on_a_line() {
    let output = explain(&[]);
    assert!(output.status.success());
    let list = text(&output.stdout);
    assert_eq!(list.lines().count(), rules::all().count());
    for (line, rule) in list.lines().zip(rules::all()) {
        let mut words = line.split_whitespace();
        assert_eq!(words.next(), Some(rule.id));
        assert!(words.count() > 3, "{line}");
    }
}

#[test]
fn a_misspelt_rule_is_told_which_is_meant() {
    for (misspelt, rule) in [
        ("retry_budgets", "retry_budget"),
        ("Schedule-Form", "schedule_form"),
        ("fifo_order", "fifo_dlq_order"),
    ] {
        let output = explain(&[misspelt]);
        assert_eq!(output.status.code(), Some(2));
        let errors = text(&output.stderr);
        let meant = format!("error: no rule is named `{misspelt}`\nhelp: did you mean `{rule}`?");
        assert_eq!(errors.trim_end(), meant);
        assert_eq!(text(&output.stdout), "");
    }
    let output = explain(&["colour"]);
    assert_eq!(output.status.code(), Some(2));
    let errors = text(&output.stderr);
    assert!(
        errors.contains("`cargo redrive explain` lists the rules"),
        "{errors}"
    );
}

#[test]
fn an_id_can_be_copied_with_its_brackets() {
    let [bare, copied] = ["retry_budget", "[retry_budget]"].map(|id| explain(&[id]).stdout);
    assert_eq!(bare, copied);
}
