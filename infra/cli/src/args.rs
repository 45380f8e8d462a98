//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command as Process;
use std::sync::LazyLock;

use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use redrive_infra::stack::Stack;
use redrive_local::Until;

/// Run, package and pause Lambda functions made with redrive
#[derive(Debug, Parser)]
#[command(name = "cargo-redrive", bin_name = "cargo redrive", version = VERSION.as_str())]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// With the format of the manifests that it reads.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let format = Stack::VERSION;
    format!("{} (manifest format {format})", env!("CARGO_PKG_VERSION"))
});

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(RunArgs),
    Package(PackageArgs),
    /// Pause functions of a deployed stack: Lambda receives no messages, and the queues keep them
    ///
    /// Sets the parameter `<Function>Enabled` of the stack to `false`, by an update with the
    /// stack's own template. Later deployments keep the value, until `cargo redrive resume`.
    /// Prints how many messages wait, and how long their queues keep them.
    ///
    /// Schedules are not paused: a redrive moves messages to the source queue, where they wait.
    Pause(SwitchArgs),
    /// Resume functions of a deployed stack after `cargo redrive pause`
    ///
    /// Sets the parameter `<Function>Enabled` of the stack to `true`, by an update with the
    /// stack's own template. Prints how many messages have waited.
    Resume(SwitchArgs),
    Explain(ExplainArgs),
}

/// Which package to build, and how.
#[derive(Debug, Args)]
pub(crate) struct CargoArgs {
    /// The package [default: that of the current folder, or the only one with functions]
    #[arg(short, long, value_name = "NAME")]
    pub(crate) package: Option<String>,

    /// Build with the release profile
    #[arg(short, long)]
    pub(crate) release: bool,

    /// Features of the package, separated by commas or spaces
    #[arg(short = 'F', long, value_name = "FEATURES")]
    pub(crate) features: Vec<String>,

    /// Path to a Cargo.toml
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,

    /// More options of `cargo build`, such as `-- --locked --no-default-features`
    #[arg(last = true, value_name = "CARGO_OPTIONS")]
    pub(crate) options: Vec<OsString>,
}

impl CargoArgs {
    /// Passes on all but the package.
    pub(crate) fn pass_on(&self, cargo: &mut Process) {
        if self.release {
            cargo.arg("--release");
        }
        for features in &self.features {
            cargo.args(["--features", features]);
        }
        if let Some(path) = &self.manifest_path {
            cargo.arg("--manifest-path").arg(path);
        }
        cargo.args(&self.options);
    }
}

/// Run a package's functions in a local simulator: SQS, SNS, Lambda and EventBridge Scheduler in one process
///
/// Builds the package for this machine, creates the queues and topics that its
/// functions name, sends the messages of its messages.jsonl, and runs the
/// package's own binary as Lambda would: as the worker, and on its schedule as
/// the redrive function. While it runs, senders can call SQS, and `Publish` of
/// SNS, at the address that it prints.
///
/// Queues and schedules run on simulated time: while no function is running,
/// time jumps to the next event, so that a night passes in a moment. The
/// functions themselves see real time: `timeout` and `attempt_timeout` count
/// real seconds, and a function that asks for the date gets today's.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) cargo: CargoArgs,

    /// The messages to send [default: messages.jsonl next to the package's Cargo.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) events: Option<PathBuf>,

    /// When to stop while messages keep failing: after a number of redrives, or after a duration of
    /// simulated time, such as 36h or 2d
    #[arg(
        long,
        value_name = "REDRIVES|DURATION",
        default_value = "3",
        allow_hyphen_values = true
    )]
    pub(crate) until: Until,

    /// Seed of the simulator's random numbers (ids, and the order in which standard queues deliver),
    /// so that a run can be repeated; the functions' own randomness, such as jitter, is not affected
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,

    /// Deliver about a quarter of the messages of standard queues a second time after they were
    /// completed, as SQS may do: functions must be idempotent. `--seed` selects the messages
    #[arg(long)]
    pub(crate) duplicates: bool,

    /// The simulated time at the start, in RFC 3339 [default: 2026-01-05T09:00:00Z, a Monday, or
    /// now with --real-time]
    #[arg(long, value_name = "TIME", value_parser = start)]
    pub(crate) start: Option<Timestamp>,

    /// Run in real time, without skipping idle time
    #[arg(long)]
    pub(crate) real_time: bool,

    /// Print JSON lines: events, logs with `--logs`, and a summary at the end
    #[arg(long)]
    pub(crate) json: bool,

    /// The value of a parameter of the template, `${NAME}` in the attribute; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) params: Vec<(String, String)>,

    /// An environment variable of the workers, instead of the one in the template; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) env: Vec<(String, String)>,

    /// Show what the functions log
    #[arg(long)]
    pub(crate) logs: bool,
}

/// Build a package for Lambda, and put its template and zips into one folder
///
/// Runs `cargo lambda build`, and takes the manifests of exactly that build: the template,
/// stack.json and stack.md. Checks that each zip contains the digest of the manifests, is built
/// for their architecture and is not older than its binary. Prints the commands that deploy the
/// folder.
///
/// A committed copy of the manifests shows in reviews what a change deploys. A change that loses or
/// strands messages is a warning, with what to do first; with `--check`, every change of the
/// template is an error.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_PACKAGE_HELP)]
pub(crate) struct PackageArgs {
    #[command(flatten)]
    pub(crate) cargo: CargoArgs,

    /// Build for arm64 (AWS Graviton)
    #[arg(long, conflicts_with = "x86_64")]
    pub(crate) arm64: bool,

    /// Build for x86-64
    #[arg(long = "x86-64")]
    pub(crate) x86_64: bool,

    /// The folder for manifests and zips, which is replaced; by default `redrive/<package>` in cargo's
    /// target folder
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,

    /// Fail if the template differs from the committed copy, and print the differences
    #[arg(long)]
    pub(crate) check: bool,

    /// The folder of the committed copy [default: redrive next to the package's Cargo.toml]
    #[arg(long, value_name = "DIR")]
    pub(crate) compare: Option<PathBuf>,

    /// Compare the queues that exist with what the attributes declare, by the AWS CLI with its own
    /// settings, and check the rules that need the values of parameters
    #[arg(long)]
    pub(crate) verify: bool,

    /// The value of a parameter of the template for `--verify`, as it is deployed; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = pair, requires = "verify")]
    pub(crate) params: Vec<(String, String)>,

    /// Print one line of JSON: the folder, the manifests' digest, differences, warnings and commands
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which functions to pause or to resume.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_SWITCH_HELP)]
pub(crate) struct SwitchArgs {
    /// The deployed stack
    #[arg(value_name = "STACK")]
    pub(crate) stack: String,

    /// A function of the stack; may be repeated [default: all functions]
    #[arg(short, long = "function", value_name = "NAME")]
    pub(crate) functions: Vec<String>,
}

const AFTER_SWITCH_HELP: &str =
    "The AWS CLI makes the calls, with its own settings: AWS_PROFILE, AWS_REGION and so on.

Exit status:
  0  the functions are paused or resumed
  1  a call to AWS failed; the AWS CLI prints the reason
  2  invalid arguments, or the stack has no such function";

/// Print the page of a rule, or what happens to a function's messages
///
/// The page of a rule says what it rejects, why, and what to write instead. Each error and warning
/// ends with the id of its rule in brackets. Without an id, all rules are listed, one per line.
///
/// With `--function`, the package is built, and its `stack.md` is printed as far as it is about the
/// function: how often a message is tried and redriven until it is parked, and in how much time.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_EXPLAIN_HELP)]
pub(crate) struct ExplainArgs {
    /// The rule's id, such as retry_budget
    #[arg(value_name = "RULE", conflicts_with = "function")]
    pub(crate) rule: Option<String>,

    /// A function of the package
    #[arg(short, long, value_name = "NAME")]
    pub(crate) function: Option<String>,

    #[command(flatten)]
    pub(crate) cargo: CargoArgs,
}

const AFTER_EXPLAIN_HELP: &str = "Exit status:
  0  the page is printed
  1  the package does not build
  2  invalid arguments, or there is no such rule or function";

fn start(text: &str) -> Result<Timestamp, String> {
    text.parse()
        .map_err(|_| "write a time such as 2026-01-05T09:00:00Z".to_owned())
}

const AFTER_HELP: &str = r#"Messages, one JSON object per line. Only "body" is required; a string is sent unchanged:
  {"name": "order 3", "body": {"id": 3}, "queue": "orders", "delay": "30s", "attributes": {"tenant": "x"}}
"queue" is required if the package has several functions. "delay" is at most 15 min, and for standard
queues only, because a FIFO queue has one delay for all its messages. A message for a FIFO queue needs
a "group", and may have a "deduplication" id (default: one per line):
  {"body": {"id": 4}, "group": "a", "deduplication": "order 4"}
Empty lines and lines that start with # are skipped.

A message for a topic of the functions' "topics", by its ARN or its name. Each subscribed queue gets
a copy, raw or in SNS's envelope, if the filter policy lets its "attributes" through. A "group" and a
"deduplication" id are for FIFO topics:
  {"body": {"id": 5}, "topic": "orders", "subject": "new", "attributes": {"kind": "order", "tags": ["a"]}}

A queue that exists already is simulated as the function's keys declare it, by the name in its ARN.

HTTP stubs of the functions' dependencies. The worker gets the stub's URL in the variable "env". The
stub answers 503 until "down_until" (a time, or a duration after the start) and to the first
"fail_first" requests for each path, and otherwise 200 with the body "answer", a string or JSON. It
waits for "takes" before it answers. "path" limits this to paths that start with it:
  {"dependency": "warehouse", "env": "WAREHOUSE_URL", "down_until": "23h", "fail_first": 2, "takes": "2s", "path": "/stock"}
  {"dependency": "prices", "env": "PRICES_URL", "answer": {"lamp": 2500}}

The functions get the variables that Lambda and the template set, and none of this process.

Values of parameters and variables can also be written in redrive.local.toml next to Cargo.toml. Those
of the command line replace them:
  [params]
  Stage = "dev"
  [env]
  LEVEL = "debug"

Exit status:
  0    every message is accounted for: completed, in a DLQ, parked, still waiting, or expired
  1    a message is not accounted for, or the package does not build
  2    invalid arguments or message file
  130  interrupted; the summary so far is printed"#;

const AFTER_PACKAGE_HELP: &str = "Exit status:
  0    the folder is complete
  1    the package does not build, or --check or --verify found a difference
  2    any other error; the folder is unchanged
  130  interrupted; the folder is unchanged";

/// Removes the first argument if it is `redrive`: cargo passes a subcommand its
/// own name.
pub(crate) fn without_subcommand(
    args: impl Iterator<Item = OsString>,
) -> impl Iterator<Item = OsString> {
    args.enumerate()
        .filter(|(index, arg)| !(*index == 1 && arg == "redrive"))
        .map(|(_, arg)| arg)
}

/// `NAME=VALUE` of the command line.
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write a name and a value, such as Stage=dev".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    fn parse(args: &[&str]) -> RunArgs {
        let args = args.iter().map(OsString::from);
        match Cli::parse_from(without_subcommand(args)).command {
            Command::Run(args) => args,
            other => panic!("not a run: {other:?}"),
        }
    }

    #[test]
    fn is_a_valid_clap_command() {
        Cli::command().debug_assert();
    }

    #[test]
    fn accepts_its_own_name_as_cargo_passes_it() {
        for args in [
            &["cargo-redrive", "run", "-p", "orders"][..],
            &["cargo-redrive", "redrive", "run", "-p", "orders"],
        ] {
            assert_eq!(parse(args).cargo.package.as_deref(), Some("orders"));
        }
    }

    #[test]
    fn stops_after_three_redrives_by_default() {
        assert_eq!(parse(&["", "run"]).until, Until::Redrives(3));
        assert_eq!(
            parse(&["", "run", "--until", "2"]).until,
            Until::Redrives(2)
        );
    }
}
