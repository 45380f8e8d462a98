//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use redrive_local::Until;

/// Run and watch Lambda functions made with redrive
#[derive(Debug, Parser)]
#[command(name = "cargo-redrive", bin_name = "cargo redrive", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(RunArgs),
    Explain(ExplainArgs),
}

/// Run a package's functions in a local simulator: SQS, Lambda and EventBridge Scheduler in one process
///
/// Builds the package, creates the queues of its template, sends the messages
/// of its messages.jsonl, and runs the package's own binary as Lambda would: as
/// worker, and as redrive function when its schedule says so.
///
/// Time is simulated for queues and schedules: when no function is running it
/// jumps to the next thing due, so a night passes in a moment. The functions'
/// own clock is the real one: a function that asks for the time is told today's,
/// one that sleeps for a second takes one, and `timeout` and `attempt_timeout`
/// count real seconds.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct RunArgs {
    /// The package; can be left out if only one has functions
    #[arg(short, long, value_name = "NAME")]
    pub(crate) package: Option<String>,

    /// The messages to send [default: messages.jsonl beside the package's Cargo.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) events: Option<PathBuf>,

    /// How long to go on while messages keep failing: a number of redrives, or a duration of
    /// simulated time, as 36h or 2d
    #[arg(
        long,
        value_name = "REDRIVES|DURATION",
        default_value = "2",
        allow_hyphen_values = true
    )]
    pub(crate) until: Until,

    /// Decides what is random in the simulation, so that a run can be repeated: ids, and the order in
    /// which standard queues deliver (the functions' own randomness, as backoff jitter, is not)
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,

    /// Deliver about a quarter of the messages of standard queues once more after they were done,
    /// as SQS may: what the functions do must be the same if done twice; `--seed` decides which
    #[arg(long)]
    pub(crate) duplicates: bool,

    /// The simulated time at the start, in RFC 3339 [default: 2026-01-05T09:00:00Z, a Monday, or
    /// now with --real-time]
    #[arg(long, value_name = "TIME", value_parser = start)]
    pub(crate) start: Option<Timestamp>,

    /// Let time pass as it does outside, and skip nothing
    #[arg(long)]
    pub(crate) real_time: bool,

    /// Write JSON lines: events, logs if asked for, and the summary last
    #[arg(long)]
    pub(crate) json: bool,

    /// Show what the functions log
    #[arg(long)]
    pub(crate) logs: bool,

    /// Build and run with the release profile
    #[arg(short, long)]
    pub(crate) release: bool,

    /// Features of the package, separated by commas or spaces
    #[arg(short = 'F', long, value_name = "FEATURES")]
    pub(crate) features: Vec<String>,

    /// Path to a Cargo.toml
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
}

/// Print the page of a rule: what it refuses, why, and what to write instead
///
/// The id of the rule stands in brackets at the end of each error and warning.
/// Without an id, all rules are listed, a line each.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The rule's id, such as retry_budget
    #[arg(value_name = "RULE")]
    pub(crate) rule: Option<String>,
}

fn start(text: &str) -> Result<Timestamp, String> {
    text.parse()
        .map_err(|_| "write a time such as 2026-01-05T09:00:00Z".to_owned())
}

const AFTER_HELP: &str = r#"Messages, one JSON object a line; only "body" is required, and a string is the body as it is:
  {"name": "order 3", "body": {"id": 3}, "queue": "orders", "delay": 30, "attributes": {"tenant": "x"}}
"queue" is needed if the package has several functions. "delay" is in seconds, up to 900, and for
standard queues only: a FIFO queue has one delay for all its messages. A FIFO queue needs a "group",
and takes a "deduplication" id, which is each line's own if left out:
  {"body": {"id": 4}, "group": "a", "deduplication": "order 4"}
Empty lines and lines that start with # are passed over.

Stand-ins for what the functions call over HTTP. The worker gets the URL in the variable "env";
it answers 503 until "down_until" (a time, or how long after the start) and to the "fail_first"
first requests for each path, and takes so long to answer, limited to paths that start with
"path"; 200 at once otherwise:
  {"dependency": "warehouse", "env": "WAREHOUSE_URL", "down_until": "23h", "fail_first": 2, "takes": "2s", "path": "/stock"}

The functions get the variables that Lambda and the template set, and none of this process.

Exit status:
  0    every message is accounted for: done, in a DLQ, still waiting, or expired
  1    a message is not accounted for, or the package does not build
  2    the command line or the messages are not as they should be
  130  interrupted; the summary so far is printed"#;

/// Cargo gives a subcommand its own name as first argument.
pub(crate) fn as_cargo_gives_them(
    args: impl Iterator<Item = OsString>,
) -> impl Iterator<Item = OsString> {
    args.enumerate()
        .filter(|(index, arg)| !(*index == 1 && arg == "redrive"))
        .map(|(_, arg)| arg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    fn parse(args: &[&str]) -> RunArgs {
        let args = args.iter().map(OsString::from);
        match Cli::parse_from(as_cargo_gives_them(args)).command {
            Command::Run(args) => args,
            Command::Explain(args) => panic!("not a run: {args:?}"),
        }
    }

    #[test]
    fn is_a_command_line_that_clap_takes() {
        Cli::command().debug_assert();
    }

    #[test]
    fn takes_its_name_as_cargo_gives_it() {
        for args in [
            &["cargo-redrive", "run", "-p", "orders"][..],
            &["cargo-redrive", "redrive", "run", "-p", "orders"],
        ] {
            assert_eq!(parse(args).package.as_deref(), Some("orders"));
        }
    }

    #[test]
    fn goes_on_for_two_redrives_unless_told_otherwise() {
        assert_eq!(parse(&["", "run"]).until, Until::Redrives(2));
        assert_eq!(
            parse(&["", "run", "--until", "3"]).until,
            Until::Redrives(3)
        );
    }
}
