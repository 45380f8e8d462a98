//! Colours: cargo's own, for the same meanings.

use anstyle::{AnsiColor, Style};
use redrive_local::Tone;

pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
pub(crate) const DIM: Style = Style::new().dimmed();

/// The style of an event.
pub(crate) fn of(tone: Tone) -> Style {
    match tone {
        Tone::Good => AnsiColor::Green.on_default(),
        Tone::Bad => AnsiColor::Yellow.on_default(),
        Tone::Worse => AnsiColor::Red.on_default(),
        Tone::Neutral => Style::new(),
    }
}
