//! The receives that a worker counts.

use redrive_syntax::rules::catalog::OVERLAY;

use super::table::QUEUE;
use super::{Finding, View};
use crate::overlay::value::{only, property};

/// A worker that counts rounds sends a message on in the last receive but one: with fewer
/// receives, SQS would move each message before that, uncounted.
pub(super) fn finding(view: &View<'_>) -> Option<Finding> {
    view.function.rounds()?;
    let (id, generated) = view
        .generated(QUEUE)
        .find(|(_, it)| !it["Properties"]["RedrivePolicy"].is_null())?;
    let pointer = property(id, "RedrivePolicy/maxReceiveCount");
    let own = &generated["Properties"]["RedrivePolicy"]["maxReceiveCount"];
    if only(view.merged, &pointer).literal() == Some(own) {
        return None;
    }
    let problem = format!("`maxReceiveCount` of `{id}` must be {own}: the worker counts receives");
    let help = "set `max_receive_count` in the attribute, which is one less";
    Some(Finding::new(&OVERLAY, pointer, problem).help(help))
}
