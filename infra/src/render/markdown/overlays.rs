//! What overlays change in the template.

use serde_json::Value;

use super::line;
use crate::overlay::Change;

/// What the build script merges into the template.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overlays {
    /// The files, as the build script names them.
    pub(crate) files: Vec<String>,
    /// What they change.
    pub(crate) changes: Vec<Change>,
}

/// The longest value that is shown whole, in characters.
const LONGEST: usize = 80;

pub(super) fn introduction(overlays: &Overlays) -> String {
    if overlays.files.is_empty() {
        return String::new();
    }
    let files: Vec<_> = overlays
        .files
        .iter()
        .map(|file| format!("`{file}`"))
        .collect();
    let files = files.join(", then ");
    if overlays.changes.is_empty() {
        return format!("Merging {files} changes nothing in the template.\n\n");
    }
    format!(
        "{files} is merged into the template, and this file describes the result, except for values that are known at deployment only. \
         [All changes](#what-the-overlay-changes) are listed below.\n\n"
    )
}

pub(super) fn changes(overlays: &Overlays) -> String {
    if overlays.changes.is_empty() {
        return String::new();
    }
    let mut text =
        "## What the overlay changes\n\n| in the template | without overlays | now |\n|---|---|---|\n"
            .to_owned();
    for change in &overlays.changes {
        let (before, after) = (cell(change.before.as_ref()), cell(change.after.as_ref()));
        line(
            &mut text,
            &format!("| `{}` | {before} | {after} |", change.pointer),
        );
    }
    text.push('\n');
    text
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
    use serde_json::json;

    use super::{Overlays, changes, introduction};
    use crate::overlay::Change;

    #[test]
    fn without_an_overlay_nothing_is_said() {
        let none = Overlays::default();
        assert_eq!(introduction(&none) + &changes(&none), "");
    }

    #[test]
    fn there_is_no_link_to_a_list_that_is_not_there() {
        let overlays = Overlays {
            files: vec!["a.json".to_owned()],
            changes: Vec::new(),
        };
        assert_eq!(
            introduction(&overlays) + &changes(&overlays),
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
        let overlays = Overlays {
            files: vec!["a.json".to_owned(), "b.json".to_owned()],
            changes: vec![
                change(Some(json!(30)), Some(json!("a|b"))),
                change(None, Some(json!("x".repeat(90)))),
                change(Some(json!([])), None),
            ],
        };
        assert!(
            introduction(&overlays)
                .starts_with("`a.json`, then `b.json` is merged into the template")
        );
        assert!(introduction(&overlays).contains("(#what-the-overlay-changes)"));
        let long = format!("`\"{}…`", "x".repeat(79));
        let rows = format!(
            "| `/Resources/X` | `30` | `\"a\\|b\"` |\n\
             | `/Resources/X` | nothing | {long} |\n\
             | `/Resources/X` | `[]` | nothing |\n\n"
        );
        assert!(
            changes(&overlays).ends_with(&rows),
            "{}",
            changes(&overlays)
        );
    }
}
