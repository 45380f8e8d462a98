//! What became of everything, after the timeline.

use std::io::{self, Write};

use redrive_local::{Counts, EndedBy, Fate, MessageSummary, Summary, Tone, moment};

use super::{one_line, style};

/// Writes the summary; `names` is the width of the names' column.
pub(super) fn write(out: &mut impl Write, summary: &Summary, names: usize) -> io::Result<()> {
    writeln!(out)?;
    writeln!(out, "{}", totals(&summary.messages))?;
    for message in &summary.messages {
        let tone = style::of(tone(&message.fate));
        writeln!(
            out,
            "  {name:names$}  {tone}{fate}{tone:#}{after}{why}",
            name = message.name,
            fate = message.fate.describe(),
            after = after(message),
            why = because(message.fate.why()),
        )?;
    }
    writeln!(out, "{}", work(&summary.counts))?;
    writeln!(
        out,
        "from {} to {} UTC",
        moment(summary.started),
        moment(summary.ended)
    )?;
    match ended(summary.ended_by) {
        Some(why) => writeln!(out, "{why}"),
        None => Ok(()),
    }
}

/// Why the run went no further, if messages are left.
fn ended(ended_by: EndedBy) -> Option<&'static str> {
    match ended_by {
        EndedBy::Empty => None,
        EndedBy::Redrives => Some(
            "ended with messages in a DLQ that was redriven as often as `--until` says; they go round with each further redrive",
        ),
        EndedBy::NoRedrive => {
            Some("ended with messages in the DLQ: without `dlq_redrive` nothing brings them back")
        }
        EndedBy::Time => Some("ended by `--until`, with messages left"),
        EndedBy::Interrupted => Some("interrupted, with messages left or work under way"),
    }
}

fn tone(fate: &Fate) -> Tone {
    match fate {
        Fate::Done { .. } => Tone::Good,
        Fate::InDlq { .. } | Fate::Expired { .. } | Fate::Unaccounted => Tone::Worse,
        Fate::Waiting { .. } => Tone::Bad,
        Fate::Duplicate | Fate::Deleted => Tone::Neutral,
    }
}

/// As ", after 10 receives, 1 redrive"; the fate itself says in which receive a
/// message was done.
fn after(message: &MessageSummary) -> String {
    let receives = match message.fate {
        Fate::Done { .. } => 0,
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

fn because(why: Option<&str>) -> String {
    why.map_or_else(String::new, |why| format!(": {}", one_line(why)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redrives_of_other_queues_and_of_nothing_are_not_those_of_until() {
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
        write(&mut out, &summary, 0).expect("a Vec takes all");
        let words = String::from_utf8(out).expect("text");
        assert!(words.ends_with(
            "\nended with messages in a DLQ that was redriven as often as `--until` says; \
             they go round with each further redrive\n"
        ));
    }

    #[test]
    fn a_failure_says_how_often_it_was_tried_and_why() {
        let message = |fate| MessageSummary {
            name: "a".to_owned(),
            receives: 10,
            redrives: 1,
            fate,
        };
        let failed = message(Fate::InDlq {
            queue: "orders-dlq".to_owned(),
            why: Some("no such\n  card".to_owned()),
        });
        assert_eq!(after(&failed), ", after 10 receives, 1 redrive");
        assert_eq!(because(failed.fate.why()), ": no such card");
        let done = message(Fate::Done {
            at: jiff::Timestamp::UNIX_EPOCH,
            receive: 5,
            attempt: 1,
        });
        assert_eq!(after(&done), ", after 1 redrive");
    }
}
