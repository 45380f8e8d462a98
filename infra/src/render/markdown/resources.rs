//! What is created, with the logical ids by which an overlay refers to it.

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
