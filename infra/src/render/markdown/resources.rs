//! What is created, with the logical ids by which an overlay refers to it.

use std::collections::BTreeMap;

use super::line;
use crate::plan::Summary;

pub(super) fn table<'a>(summaries: impl Iterator<Item = &'a Summary>) -> String {
    let mut text = "| resource | what it is |\n|---|---|\n".to_owned();
    for Summary {
        id, description, ..
    } in summaries
    {
        line(&mut text, &format!("| `{id}` | {description} |"));
    }
    text.push('\n');
    text
}

/// The tags that the template gives the resources.
pub(super) fn tags(tags: &BTreeMap<String, String>) -> String {
    let tags = tags.iter();
    let tags: Vec<_> = tags
        .map(|(name, value)| format!("`{name} = {value}`"))
        .collect();
    match tags.is_empty() {
        true => String::new(),
        false => format!(
            "Tags of all resources except queue policies, schedules and their retries: {}\n\n",
            tags.join(", ")
        ),
    }
}
