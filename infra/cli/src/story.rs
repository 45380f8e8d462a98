//! The messages to send.

use jiff::Timestamp;
use redrive_local::Story;

use crate::args::RunArgs;
use crate::error::Error;
use crate::package::Found;

/// Reads the file that the command line names, or the package's own.
pub(crate) fn read(args: &RunArgs, package: &Found, start: Timestamp) -> Result<Story, Error> {
    let path = args
        .events
        .clone()
        .unwrap_or_else(|| package.folder.join("messages.jsonl"));
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(reason) => return Err(Error::Events { path, reason }),
    };
    match Story::parse(&text, start) {
        Ok(story) if story.messages.is_empty() => Err(Error::NoEvents { path }),
        Ok(story) => Ok(story),
        Err(lines) => Err(Error::BadEvents { path, lines }),
    }
}
