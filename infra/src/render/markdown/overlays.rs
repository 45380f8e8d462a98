//! What overlays change in the template.

use redrive_syntax::Function;
use serde_json::Value;

use crate::overlay::{Change, Overlay};
use crate::plan::{Part, id};

/// The longest value that is shown whole, in characters.
const LONGEST: usize = 80;

pub(super) fn introduction(overlays: &[Overlay], changes: &[Change]) -> String {
    let files = overlays
        .iter()
        .map(|overlay| format!("`{}`", overlay.path.display()));
    let files = files.collect::<Vec<_>>().join(", then ");
    match (overlays, changes) {
        ([], _) => String::new(),
        (_, []) => format!("Merging {files} changes nothing in the template.\n\n"),
        _ => format!(
            "{files} is merged into the template, and this file describes the result, except for values that are known at deployment only. \
             [All changes](#what-the-overlay-changes) are listed below. \
             Properties and resources that no rule is about are not checked: run `cfn-lint template.json`.\n\n"
        ),
    }
}

pub(super) fn changes(changes: &[Change]) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let mut text =
        "## What the overlay changes\n\n| in the template | without overlays | now |\n|---|---|---|\n"
            .to_owned();
    for change in changes {
        let (before, after) = (cell(change.before.as_ref()), cell(change.after.as_ref()));
        text += &format!("| `{}` | {before} | {after} |\n", change.pointer);
    }
    text + "\n"
}

/// Whether an overlay pauses the schedule of the function, or leaves it to the
/// deployment: then its runs are not known.
pub(super) fn hides_runs(changes: &[Change], function: &Function) -> bool {
    let schedule = id(function, Part::Schedule);
    let start = format!("/Resources/{schedule}/Properties/");
    changes.iter().any(|change| {
        let property = change.pointer.strip_prefix(&start);
        match (property, &change.after) {
            (Some("State"), Some(state)) => state != "ENABLED",
            (Some("ScheduleExpression" | "ScheduleExpressionTimezone"), Some(value)) => {
                !value.is_string()
            }
            _ => false,
        }
    })
}

fn cell(value: Option<&Value>) -> String {
    let Some(value) = value else {
        return "nothing".to_owned();
    };
    let text = value.to_string();
    let shown: String = text.chars().take(LONGEST).collect();
    let rest = if shown == text { "" } else { "…" };
    // A bar would end the cell.
    format!("`{}{rest}`", shown.replace('|', "\\|"))
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use serde_json::json;

    use super::{changes, hides_runs, introduction};
    use crate::overlay::{Change, Overlay};
    use crate::tests::sample;

    fn overlay(path: &str) -> Overlay {
        Overlay {
            path: path.into(),
            patch: json!({}),
        }
    }

    #[test]
    fn without_an_overlay_the_file_does_not_mention_any() {
        assert_eq!(introduction(&[], &[]) + &changes(&[]), "");
    }

    #[test]
    fn there_is_no_link_to_a_list_that_is_not_there() {
        assert_eq!(
            introduction(&[overlay("a.json")], &[]) + &changes(&[]),
            "Merging `a.json` changes nothing in the template.\n\n"
        );
    }

    #[test]
    fn each_change_is_a_row() {
        let change = |before, after| Change {
            pointer: "/Resources/X".to_owned(),
            before,
            after,
        };
        let all = [
            change(Some(json!(30)), Some(json!("a|b"))),
            change(None, Some(json!("x".repeat(90)))),
            change(Some(json!([])), None),
        ];
        let text = introduction(&["a.json", "b.json"].map(overlay), &all);
        assert!(text.starts_with("`a.json`, then `b.json` is merged into the template"));
        assert!(text.contains("(#what-the-overlay-changes)"));
        let long = format!("`\"{}…`", "x".repeat(79));
        let rows = format!(
            "| `/Resources/X` | `30` | `\"a\\|b\"` |\n\
             | `/Resources/X` | nothing | {long} |\n\
             | `/Resources/X` | `[]` | nothing |\n\n"
        );
        assert!(changes(&all).ends_with(&rows), "{}", changes(&all));
    }

    #[test]
    fn runs_that_are_not_known_are_hidden() {
        let function = sample::with("orders", quote!(dlq_redrive = "rate(1 day)")).function;
        let hides = |property: &str, after| {
            let change = Change {
                pointer: format!("/Resources/OrdersSchedule/Properties/{property}"),
                before: None,
                after: Some(after),
            };
            hides_runs(&[change], &function)
        };
        assert!(hides("State", json!("DISABLED")));
        assert!(hides("State", json!({ "Ref": "State" })));
        assert!(hides("ScheduleExpression", json!({ "Ref": "Schedule" })));
        assert!(!hides("State", json!("ENABLED")));
        assert!(!hides("ScheduleExpression", json!("rate(2 days)")));
        assert!(!hides("GroupName", json!("nightly")));
        assert!(!hides_runs(&[], &function));
    }
}
