//! What is created, with the logical ids by which an overlay refers to it, and the rights
//! of each role and of each queue's policy.

use std::collections::BTreeMap;

use super::section;
use crate::plan::Summary;

pub(super) fn table<'a>(summaries: impl Iterator<Item = &'a Summary>) -> String {
    let rows: String = summaries
        .map(|it| format!("| `{}` | {} |\n", it.id, it.description))
        .collect();
    format!("| resource | what it is |\n|---|---|\n{rows}\n")
}

pub(super) fn rights<'a>(summaries: impl Iterator<Item = &'a Summary>) -> String {
    let with_rights = summaries.filter(|it| !it.rights.is_empty());
    let list: String = with_rights
        .map(|it| format!("- {}: {}\n", it.principal, it.rights.join("; ")))
        .collect();
    section("Permissions:", &list)
}

/// The tags that the template gives the resources.
pub(super) fn tags(tags: &BTreeMap<String, String>) -> String {
    let tags = tags.iter();
    let tags: Vec<_> = tags
        .map(|(name, value)| format!("`{name} = {value}`"))
        .collect();
    let introduction = "Tags of all resources except queue policies, schedules and their retries:";
    match tags.is_empty() {
        true => String::new(),
        false => format!("{introduction} {}\n\n", tags.join(", ")),
    }
}
