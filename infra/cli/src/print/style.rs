//! Colours: cargo's own, for the same meanings.

use anstyle::{AnsiColor, Style};
use redrive_local::{EventKind, Fate};

pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
pub(crate) const DIM: Style = Style::new().dimmed();

const COMPLETED: Style = AnsiColor::Green.on_default();
const FAILED: Style = AnsiColor::Yellow.on_default();
/// Out of its queue without being completed.
const LOST: Style = AnsiColor::Red.on_default();

pub(crate) fn of_event(event: &EventKind) -> Style {
    match event {
        EventKind::Completed { .. } => COMPLETED,
        EventKind::Failed { .. } => FAILED,
        EventKind::Forwarded { .. }
        | EventKind::DeadLettered { .. }
        | EventKind::RedriveFailed { .. }
        | EventKind::Expired { .. } => LOST,
        _ => Style::new(),
    }
}

pub(crate) fn of_fate(fate: &Fate) -> Style {
    match fate {
        Fate::Completed { .. } => COMPLETED,
        Fate::Waiting { .. } => FAILED,
        Fate::InDlq { .. } | Fate::Parked { .. } | Fate::Expired { .. } | Fate::Unaccounted => LOST,
        Fate::NotDelivered { .. } | Fate::Duplicate | Fate::Deleted => Style::new(),
    }
}
