//! `cargo redrive`: what a package of Lambda functions does, before it is
//! deployed.

mod args;
mod error;
mod explain;
mod package;
mod print;
mod run;
mod scenario;

use std::process::ExitCode;

use anstream::eprintln;
use clap::Parser as _;

use args::{Cli, Command};
use print::style;

/// As in clap: the command line, or what it names, is not as it should be.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse_from(args::as_cargo_gives_them(std::env::args_os()));
    let done = match cli.command {
        Command::Run(args) => run::run(&args),
        Command::Explain(args) => explain::explain(&args),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!(
                "{}error{}: {error}",
                style::ERROR,
                style::ERROR.render_reset()
            );
            ExitCode::from(USAGE)
        }
    }
}
