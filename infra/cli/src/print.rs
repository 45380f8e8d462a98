//! A simulation's output, for the terminal or as JSON lines.

pub(crate) mod style;
mod summary;

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstream::AutoStream;
use jiff::{SignedDuration, Timestamp};
use redrive_local::{EventKind, OutputLine, TimelineEvent, moment};

/// Width of the column with the events.
const LABEL: usize = 14;

/// The pause after which an empty line is printed.
const PAUSE: SignedDuration = SignedDuration::from_mins(60);

/// Writes to standard output, with colours if that is a terminal.
pub(crate) struct Printer {
    out: AutoStream<io::Stdout>,
    json: bool,
    /// Width of the column with the messages' names.
    names: usize,
    last: Option<Timestamp>,
    /// Why each message failed last: the same reason is not printed twice in a
    /// row.
    reasons: BTreeMap<String, String>,
    failed: Option<io::Error>,
}

impl Printer {
    /// `names` is the width of the column with the messages' names.
    pub(crate) fn new(json: bool, names: usize) -> Self {
        Self {
            out: anstream::stdout(),
            json,
            names,
            last: None,
            reasons: BTreeMap::new(),
            failed: None,
        }
    }

    /// Prints one line. An error does not end the simulation, and is returned by
    /// [`finish`](Self::finish).
    pub(crate) fn print(&mut self, line: &OutputLine) {
        if self.failed.is_none() {
            self.failed = self.write(line).err();
        }
    }

    /// # Errors
    /// Something could not be written.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        match self.failed.take() {
            // A reader such as `head` that has read enough.
            Some(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Some(error) => Err(error),
            None => self.out.flush(),
        }
    }

    fn write(&mut self, line: &OutputLine) -> io::Result<()> {
        if self.json {
            let line = serde_json::to_string(line)?;
            return writeln!(self.out, "{line}");
        }
        match line {
            OutputLine::Event(event) => self.event(event),
            OutputLine::Log {
                time,
                function,
                line,
            } => {
                let (dim, time) = (style::DIM, moment(*time));
                writeln!(self.out, "{dim}{time}  {function}  {line}{dim:#}")
            }
            OutputLine::Summary(summary) => summary::write(&mut self.out, summary, self.names),
        }
    }

    fn event(&mut self, event: &TimelineEvent) -> io::Result<()> {
        if event.kind.is_expected() {
            return Ok(());
        }
        let pause = self
            .last
            .is_some_and(|last| event.time.duration_since(last) >= PAUSE);
        if pause {
            writeln!(self.out)?;
        }
        self.last = Some(event.time);
        let name = event.message.as_deref().unwrap_or_default();
        let label = event.kind.label();
        let tone = style::of_event(&event.kind);
        let details = one_line(&self.details(event));
        writeln!(
            self.out,
            "{dim}{time}{dim:#}  {name:names$}  {tone}{label:LABEL$}{tone:#}  {details}",
            dim = style::DIM,
            time = moment(event.time),
            names = self.names,
        )
    }

    fn details(&mut self, event: &TimelineEvent) -> String {
        let Some(message) = &event.message else {
            return event.kind.details();
        };
        match &event.kind {
            EventKind::Failed { reason, .. } => {
                let before = self.reasons.insert(message.clone(), reason.clone());
                if before.as_ref() == Some(reason) {
                    return format!("{}: as before", event.kind.delivery());
                }
            }
            EventKind::Redriven { .. } => {
                self.reasons.remove(message);
            }
            _ => {}
        }
        event.kind.details()
    }
}

/// Joins the lines of an error, because the timeline has one line per event.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
