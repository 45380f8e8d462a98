//! The rights of each role and of each queue's policy.

use super::line;
use crate::plan::Summary;

pub(super) fn render<'a>(summaries: impl Iterator<Item = &'a Summary>) -> String {
    let mut text = String::new();
    for summary in summaries.filter(|summary| !summary.rights.is_empty()) {
        let (principal, rights) = (summary.principal, summary.rights.join("; "));
        line(&mut text, &format!("- {principal}: {rights}"));
    }
    match text.as_str() {
        "" => text,
        _ => format!("Permissions:\n\n{text}\n"),
    }
}
