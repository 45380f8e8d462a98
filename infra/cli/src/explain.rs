//! `cargo redrive explain`: the page of a rule.

use std::io::{self, Write as _};
use std::process::ExitCode;

use redrive_syntax::{reference, rules};

use crate::args::ExplainArgs;
use crate::error::Error;

/// Prints the rule's page, or the ids of all rules.
pub(crate) fn explain(args: &ExplainArgs) -> Result<ExitCode, Error> {
    let page = match &args.rule {
        Some(id) => {
            let rule = rules::find(id).ok_or_else(|| Error::UnknownRule(rules::unknown(id)))?;
            reference::rule(rule)
        }
        None => rules::all().map(|rule| format!("{}\n", rule.id)).collect(),
    };
    match io::stdout().write_all(page.as_bytes()) {
        // A reader such as `head` that has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        written => written.map(|()| ExitCode::SUCCESS).map_err(Error::Output),
    }
}
