//! `cargo redrive explain`: the page of a rule, or of a function.

use std::io::{self, Write as _};
use std::process::ExitCode;

use redrive_infra::deploy;
use redrive_syntax::reference;
use redrive_syntax::rules::{self, catalog::Level};

use crate::args::{CargoArgs, ExplainArgs};
use crate::build;
use crate::error::Error;
use crate::workspace;

/// Prints the page of the rule or of the function, or a line for each rule.
pub(crate) fn explain(args: &ExplainArgs) -> Result<ExitCode, Error> {
    let page = match (&args.function, &args.rule) {
        (Some(name), _) => match function(name, &args.cargo)? {
            Some(page) => page,
            None => return Ok(ExitCode::FAILURE),
        },
        (None, Some(id)) => {
            // An error prints the id in brackets.
            let id = id.trim_start_matches('[').trim_end_matches(']');
            let rule = rules::find(id).ok_or_else(|| unknown(id))?;
            reference::rule(rule)
        }
        (None, None) => list(),
    };
    match io::stdout().write_all(page.as_bytes()) {
        // A reader such as `head` that has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        written => written.map(|()| ExitCode::SUCCESS).map_err(Error::Output),
    }
}

/// `None` if the package does not build, which cargo has explained.
fn function(name: &str, args: &CargoArgs) -> Result<Option<String>, Error> {
    let member = workspace::find(args)?;
    let Some(built) = build::build(&member, args)? else {
        return Ok(None);
    };
    let text = built.read("stack.md")?;
    let functions = built.stack.functions.iter().map(|it| &it.function.name);
    match deploy::about(&text, name) {
        Some(section) => Ok(Some(section.to_owned())),
        None => Err(Error::UnknownFunction {
            place: format!("package `{}`", member.name),
            name: name.to_owned(),
            known: functions.cloned().collect(),
        }),
    }
}

fn unknown(id: &str) -> Error {
    let (problem, help) = rules::unknown(id);
    Error::UnknownRule(format!("{problem}\nhelp: {help}"))
}

fn list() -> String {
    let width = rules::all().map(|rule| rule.id.len()).max();
    rules::all()
        .map(|rule| {
            let level = match rule.level {
                Level::Error => "error",
                Level::Deliberate => "error, unless allowed",
                Level::Warning | Level::Notice => "warning",
            };
            let rule_and_why = rule.reason();
            let rule_and_why = rule_and_why
                .split_inclusive(". ")
                .next()
                .unwrap_or_default();
            format!(
                "{id:width$}  {level:21}  {about}\n",
                id = rule.id,
                width = width.unwrap_or_default(),
                about = rule_and_why.trim_end(),
            )
        })
        .collect()
}
