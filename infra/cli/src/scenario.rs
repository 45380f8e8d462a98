//! The messages to send.

use std::path::PathBuf;

use jiff::Timestamp;
use redrive_local::Scenario;

use crate::args::RunArgs;
use crate::error::Error;
use crate::workspace::Member;

/// The text of the message file, read once because it may be a pipe.
pub(crate) struct Events {
    path: PathBuf,
    text: String,
}

impl Events {
    /// Reads the file of the command line, or the package's own.
    pub(crate) fn read(args: &RunArgs, package: &Member) -> Result<Self, Error> {
        let path = args
            .events
            .clone()
            .unwrap_or_else(|| package.folder.join("messages.jsonl"));
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Self { path, text }),
            Err(reason) => Err(Error::Events { path, reason }),
        }
    }

    /// The messages, for a simulation that begins at `start`.
    pub(crate) fn scenario(&self, start: Timestamp) -> Result<Scenario, Error> {
        let path = self.path.clone();
        match Scenario::parse(&self.text, start) {
            Ok(scenario) if scenario.messages.is_empty() => Err(Error::NoEvents { path }),
            Ok(scenario) => Ok(scenario),
            Err(lines) => Err(Error::BadEvents { path, lines }),
        }
    }
}
