//! What became of everything, after the timeline.

use std::io::{self, Write};

use redrive_local::{Counts, Fate, MessageSummary, Summary, Tone};

use super::{one_line, style};

/// Writes the summary; `names` is the width of the names' column.
pub(super) fn write(out: &mut impl Write, summary: &Summary, names: usize) -> io::Result<()> {
    writeln!(out)?;
    writeln!(out, "{}", totals(&summary.messages))?;
    for message in &summary.messages {
        let tone = style::of(tone(&message.fate));
        writeln!(
            out,
            "  {name:names$}  {tone}{fate}{tone:#}{redrives}",
            name = message.name,
            fate = one_line(&message.fate.describe()),
            redrives = after(message.redrives),
        )?;
    }
    writeln!(out, "{}", work(&summary.counts))?;
    writeln!(
        out,
        "from {} to {} UTC",
        super::moment(summary.started),
        super::moment(summary.ended)
    )
}

fn tone(fate: &Fate) -> Tone {
    match fate {
        Fate::Done { .. } => Tone::Good,
        Fate::InDlq { .. } | Fate::Expired { .. } | Fate::Unaccounted => Tone::Worse,
        Fate::Waiting { .. } => Tone::Bad,
        Fate::Duplicate | Fate::Deleted => Tone::Neutral,
    }
}

fn after(redrives: usize) -> String {
    match redrives {
        0 => String::new(),
        number => format!(", after {}", count(number, "redrive")),
    }
}

/// As "7 messages: 5 done, 2 in the DLQ".
fn totals(messages: &[MessageSummary]) -> String {
    let parts: Vec<String> = Fate::KINDS
        .iter()
        .map(|kind| {
            let of_kind = messages
                .iter()
                .filter(|message| message.fate.kind() == *kind);
            (of_kind.count(), kind)
        })
        .filter(|(number, _)| *number > 0)
        .map(|(number, kind)| format!("{number} {kind}"))
        .collect();
    format!("{}: {}", count(messages.len(), "message"), parts.join(", "))
}

fn work(counts: &Counts) -> String {
    format!(
        "{} in {} ({} failed), {}, {}, {}",
        count(counts.receives, "receive"),
        count(counts.invocations, "invocation"),
        counts.failed_invocations,
        match counts.retries {
            1 => "1 retry".to_owned(),
            retries => format!("{retries} retries"),
        },
        count(counts.redrives, "redrive"),
        count(counts.cold_starts, "cold start"),
    )
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("{number} {noun}")
    } else {
        format!("{number} {noun}s")
    }
}
