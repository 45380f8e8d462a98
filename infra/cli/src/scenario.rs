//! The messages to send.

use redrive_local::Scenario;

use crate::args::RunArgs;
use crate::error::Error;
use crate::workspace::Member;

/// Reads the file of the command line, or the package's own.
pub(crate) fn read(args: &RunArgs, package: &Member) -> Result<Scenario, Error> {
    let of_package = || package.folder.join("messages.jsonl");
    let path = args.events.clone().unwrap_or_else(of_package);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(reason) => return Err(Error::Events { path, reason }),
    };
    match Scenario::parse(&text) {
        Ok(scenario) if scenario.messages.is_empty() => Err(Error::NoEvents { path }),
        Ok(scenario) => Ok(scenario),
        Err(lines) => Err(Error::BadEvents { path, lines }),
    }
}
