//! The summary after the timeline.

use std::collections::BTreeMap;
use std::io::{self, Write};

use redrive_local::{Counts, EndedBy, Fate, MessageSummary, Summary, moment};

use super::{one_line, style};

/// Writes the summary; `names` is the width of the names' column.
pub(super) fn write(out: &mut impl Write, summary: &Summary, names: usize) -> io::Result<()> {
    writeln!(out)?;
    writeln!(out, "{}", totals(&summary.messages))?;
    for message in &summary.messages {
        let tone = style::of_fate(&message.fate);
        writeln!(
            out,
            "  {name:names$}  {tone}{fate}{tone:#}{after}{reason}",
            name = message.name,
            fate = message.fate.describe(),
            after = after(message),
            reason = because(message.fate.reason()),
        )?;
    }
    writeln!(out, "{}", work(&summary.counts))?;
    let (started, ended_at) = (moment(summary.started), moment(summary.ended));
    writeln!(out, "from {started} to {ended_at} UTC")?;
    match ended(summary.ended_by) {
        Some(why) => writeln!(out, "{why}"),
        None => Ok(()),
    }
}

/// Why the run ended, if messages are left.
fn ended(ended_by: EndedBy) -> Option<&'static str> {
    match ended_by {
        EndedBy::Empty => None,
        EndedBy::Redrives => Some(
            "stopped after the redrives of `--until`, with messages in the DLQ; each further redrive moves them again",
        ),
        EndedBy::NoRedrive => {
            Some("stopped with messages in the DLQ, which are not redriven without `dlq_redrive`")
        }
        EndedBy::Paused => Some("stopped with messages that wait for a paused function"),
        EndedBy::Time => Some("stopped after the time of `--until`, with messages left"),
        EndedBy::Interrupted => Some("interrupted before the end"),
    }
}

/// For example ", after 10 receives, 1 redrive". The fate of a completed message
/// contains its receive.
fn after(message: &MessageSummary) -> String {
    let receives = match message.fate {
        Fate::Completed { .. } => 0,
        _ => message.receives,
    };
    let parts: Vec<String> = [(receives, "receive"), (message.redrives, "redrive")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| count(number, noun))
        .collect();
    if parts.is_empty() {
        String::new()
    } else {
        format!(", after {}", parts.join(", "))
    }
}

fn because(reason: Option<&str>) -> String {
    reason.map_or_else(String::new, |reason| format!(": {}", one_line(reason)))
}

/// For example "7 messages: 5 completed, 2 in the DLQ".
fn totals(messages: &[MessageSummary]) -> String {
    let mut kinds = BTreeMap::new();
    for message in messages {
        *kinds.entry(message.fate.kind()).or_insert(0) += 1;
    }
    let parts = kinds
        .iter()
        .map(|((_, kind), number)| format!("{number} {kind}"));
    let parts: Vec<_> = parts.collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_by_redrives_does_not_depend_on_their_count() {
        let summary = Summary {
            started: jiff::Timestamp::UNIX_EPOCH,
            ended: jiff::Timestamp::UNIX_EPOCH,
            messages: Vec::new(),
            counts: Counts {
                redrives: 7,
                ..Counts::default()
            },
            ended_by: EndedBy::Redrives,
        };
        let mut out = Vec::new();
        write(&mut out, &summary, 0).expect("written to memory");
        let text = String::from_utf8(out).expect("text");
        assert!(text.ends_with(
            "\nstopped after the redrives of `--until`, with messages in the DLQ; each further \
             redrive moves them again\n"
        ));
    }

    #[test]
    fn a_failure_has_its_receives_and_its_reason() {
        let message = |fate| MessageSummary {
            name: "a".to_owned(),
            receives: 10,
            redrives: 1,
            fate,
        };
        let failed = message(Fate::InDlq {
            queue: "orders-dlq".to_owned(),
            reason: Some("no such\n  card".to_owned()),
        });
        assert_eq!(after(&failed), ", after 10 receives, 1 redrive");
        assert_eq!(because(failed.fate.reason()), ": no such card");
        let completed = message(Fate::Completed {
            at: jiff::Timestamp::UNIX_EPOCH,
            receive: 5,
            attempt: 1,
        });
        assert_eq!(after(&completed), ", after 1 redrive");
    }
}
