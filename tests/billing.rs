//! The example `billing`: its README shows its code, and a copy of its folder runs as the
//! README describes.

use std::fs;
use std::path::{Path, PathBuf};

use redrive_tests::billing::{cargo_redrive, example, readme};
use serde_json::{Value, json};

/// The blocks of the README, each with its language.
fn blocks(readme: &str) -> Vec<(&str, &str)> {
    let blocks = readme.split("\n```").skip(1).step_by(2);
    blocks
        .map(|block| block.split_once('\n').expect("a language"))
        .collect()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => files(&path, found),
            false => found.push(path),
        }
    }
}

#[test]
fn the_readme_shows_the_code_of_the_folder() {
    let readme = readme();
    let mut paths = Vec::new();
    files(&example(), &mut paths);
    let is_code = |path: &&PathBuf| path.extension().is_none_or(|it| it != "md");
    let read = |path: &PathBuf| fs::read_to_string(path).expect("a file of the example");
    let files: Vec<_> = paths.iter().filter(is_code).map(read).collect();
    let blocks = blocks(&readme);
    assert!(blocks.len() > 10, "{blocks:?}");
    // The first block of TOML makes the copy a workspace, and is in no file here.
    let mut manifests = 0;
    for (language, block) in blocks {
        manifests += usize::from(language == "toml");
        let is_new = language == "toml" && manifests == 1;
        let is_code = !is_new && !["sh", "text", "mermaid"].contains(&language);
        let is_in = |file: &String| file.contains(block.trim_end());
        assert!(
            !is_code || files.iter().any(is_in),
            "not in a file:\n{block}"
        );
    }
}

#[test]
fn a_copy_of_the_folder_runs_as_the_readme_shows() {
    let output = cargo_redrive(&["run"]).output().expect("it runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let printed = String::from_utf8_lossy(&output.stdout);
    let readme = readme();
    let blocks = blocks(&readme);
    let shown = blocks.iter().filter(|(language, _)| *language == "text");
    let lines: Vec<_> = shown
        .flat_map(|(_, block)| block.lines())
        .filter(|line| *line != "…")
        .collect();
    assert!(lines.len() > 5, "{readme}");
    // A function takes real time, so that what follows may be some seconds later.
    let event = |line: &str| line.split_at("Mon  5 Jan 09:00:00".len()).1.to_owned();
    let is_dated = |line: &&str| line.starts_with("Mon ") || line.starts_with("Tue ");
    let events: Vec<_> = printed.lines().filter(is_dated).map(event).collect();
    for line in lines {
        assert!(events.contains(&event(line)), "{line}\n{printed}");
    }
}

#[test]
fn messages_reach_the_ledger_once_and_in_order() {
    let mut run = cargo_redrive(&["run", "--json", "--logs"]);
    let output = run.output().expect("it runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();

    let summary = lines.last().expect("a summary");
    let fates: Vec<_> = summary["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|message| {
            let text = |name: &str| message[name].as_str().unwrap_or_default();
            (text("name"), text("fate"), text("reason"))
        })
        .collect();
    let unbalanced = "the postings of typo-8 add up to 100 cents";
    assert_eq!(
        fates[..9],
        [
            ("order 42", "completed", ""),
            ("order 43", "parked", "order 43 has no lines"),
            (
                "order 44",
                "not_delivered",
                "its attributes do not match `filter_policy`"
            ),
            ("order 42 again", "completed", ""),
            ("entry 1", "completed", ""),
            ("entry 2", "completed", ""),
            ("entry 3", "in_dlq", unbalanced),
            ("S3's test", "completed", ""),
            ("statement", "completed", ""),
        ]
    );
    // What the functions themselves sent: an invoice, a payment, and the invoice again.
    assert!(
        fates[9..].iter().all(|(_, fate, _)| *fate == "completed"),
        "{fates:?}"
    );
    assert_eq!(fates.len(), 12);

    let logged: Vec<Value> = lines
        .iter()
        .filter(|line| line["type"] == "log")
        .map(|line| serde_json::from_str(line["line"].as_str().expect("a line")).expect("JSON"))
        .collect();
    let booked = |customer: u32| -> Vec<&str> {
        let booked = logged
            .iter()
            .filter(|line| line["message"] == "booked" && line["customer"] == customer);
        booked
            .map(|line| line["id"].as_str().expect("an id"))
            .collect()
    };
    assert_eq!(booked(8), ["opening-8", "fee-8"]);
    let mut of_seven = booked(7);
    of_seven.sort_unstable();
    assert_eq!(of_seven, ["invoice-RF850000070000000042", "payment-A1"]);
    let reconciled: Vec<_> = logged
        .iter()
        .filter(|line| line["message"] == "reconciled")
        .collect();
    let [reconciled] = reconciled[..] else {
        panic!("{reconciled:?}")
    };
    assert_eq!(
        (&reconciled["payments"], &reconciled["unknown"]),
        (&json!(1), &json!("A2"))
    );
    // The collector has the spans.
    let is_complaint = |line: &&Value| {
        line["message"]
            .as_str()
            .is_some_and(|it| it.contains("collector"))
    };
    assert_eq!(logged.iter().find(is_complaint), None);
}
