//! What a simulation tells, on the terminal or as JSON lines.

pub(crate) mod style;
mod summary;

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstream::AutoStream;
use jiff::{SignedDuration, Timestamp};
use redrive_local::{Event, Happening, Output, Scenario, moment};

/// Width of the column that says what happened.
const WHAT: usize = 14;

/// A pause in the scenario that deserves an empty line.
const PAUSE: SignedDuration = SignedDuration::from_mins(60);

/// Writes to standard output; colours only if that is a terminal.
pub(crate) struct Printer {
    out: AutoStream<io::Stdout>,
    json: bool,
    /// Width of the column with the messages' names.
    names: usize,
    last: Option<Timestamp>,
    /// Why each message failed last: the same reason is not told twice in a
    /// row.
    reasons: BTreeMap<String, String>,
    failed: Option<io::Error>,
}

impl Printer {
    pub(crate) fn new(json: bool, scenario: &Scenario) -> Self {
        let names = scenario
            .messages
            .iter()
            .map(|message| message.name.chars().count());
        Self {
            out: anstream::stdout(),
            json,
            names: names.max().unwrap_or_default(),
            last: None,
            reasons: BTreeMap::new(),
            failed: None,
        }
    }

    /// Prints one thing. A simulation does not end because nobody reads: what
    /// cannot be written is told by [`finish`](Self::finish).
    pub(crate) fn print(&mut self, output: &Output) {
        if self.failed.is_none() {
            self.failed = self.write(output).err();
        }
    }

    /// # Errors
    /// Something could not be written.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        match self.failed.take() {
            // Whoever closed the pipe has read enough.
            Some(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Some(error) => Err(error),
            None => self.out.flush(),
        }
    }

    fn write(&mut self, output: &Output) -> io::Result<()> {
        if self.json {
            let line = serde_json::to_string(output)?;
            return writeln!(self.out, "{line}");
        }
        match output {
            Output::Event(event) => self.event(event),
            Output::Log {
                time,
                function,
                line,
            } => {
                let (dim, reset) = (style::DIM, style::DIM.render_reset());
                writeln!(
                    self.out,
                    "{dim}{}  {function}  {line}{reset}",
                    moment(*time)
                )
            }
            Output::Summary(summary) => summary::write(&mut self.out, summary, self.names),
        }
    }

    fn event(&mut self, event: &Event) -> io::Result<()> {
        if event.happening.is_expected() {
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
        let what = event.happening.what();
        let tone = style::of(event.happening.tone());
        let why = one_line(&self.why(event));
        writeln!(
            self.out,
            "{dim}{time}{dim:#}  {name:names$}  {tone}{what:WHAT$}{tone:#}  {why}",
            dim = style::DIM,
            time = moment(event.time),
            names = self.names,
        )
    }

    fn why(&mut self, event: &Event) -> String {
        let Some(message) = &event.message else {
            return event.happening.why();
        };
        match &event.happening {
            Happening::Failed { why, .. } => {
                let before = self.reasons.insert(message.clone(), why.clone());
                if before.as_ref() == Some(why) {
                    return format!("{}: as before", event.happening.how_often());
                }
            }
            Happening::Redriven { .. } => {
                self.reasons.remove(message);
            }
            _ => {}
        }
        event.happening.why()
    }
}

/// Errors may have several lines; the timeline has one for each event.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
