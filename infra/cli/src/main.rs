//! `cargo redrive`: runs a package of Lambda functions locally, packages it, and pauses what is
//! deployed.

mod args;
mod aws;
mod build;
mod error;
mod explain;
mod given;
mod package;
mod pause;
mod print;
mod run;
mod scenario;
mod workspace;

use std::process::ExitCode;

use anstream::eprintln;
use clap::Parser as _;

use args::{Cli, Command};
use print::style;

/// As in clap: the arguments, or a file that they name, are not valid.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse_from(args::without_subcommand(std::env::args_os()));
    let result = match cli.command {
        Command::Run(args) => run::run(&args),
        Command::Package(args) => package::package(&args),
        Command::Pause(args) => pause::switch(&args, false),
        Command::Resume(args) => pause::switch(&args, true),
        Command::Explain(args) => explain::explain(&args),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            let style = style::ERROR;
            eprintln!("{style}error{style:#}: {error}");
            ExitCode::from(USAGE)
        }
    }
}
