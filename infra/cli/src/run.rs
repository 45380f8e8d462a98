//! `cargo redrive run`.

use std::process::ExitCode;

use anstream::eprintln;
use jiff::Timestamp;
use redrive_local::{OutputLine, Simulation, SimulationOptions};

use crate::args::RunArgs;
use crate::build::{self, Built};
use crate::error::Error;
use crate::given;
use crate::print::{Printer, style};
use crate::{scenario, workspace};

/// A message is not accounted for.
const UNACCOUNTED: u8 = 1;

/// The shell convention for a process that SIGINT ended.
const INTERRUPTED: u8 = 130;

/// Builds the package and runs it in a simulation until that ends.
pub(crate) fn run(args: &RunArgs) -> Result<ExitCode, Error> {
    let package = workspace::find(&args.cargo)?;
    // A build may take minutes, so errors in the messages are reported first.
    let scenario = scenario::read(args, &package)?;
    let given = given::read(args, &package)?;
    let Some(Built {
        stack, binaries, ..
    }) = build::build(&package, &args.cargo)?
    else {
        return Ok(ExitCode::FAILURE);
    };
    let options = SimulationOptions {
        binaries,
        start: start(args),
        until: args.until,
        seed: args.seed,
        duplicates: args.duplicates,
        real_time: args.real_time,
        logs: args.logs,
        given,
        ..SimulationOptions::new(stack)
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::Runtime)?;
    runtime.block_on(async {
        let simulation = Simulation::start(options, scenario).await?;
        let (good, name, endpoint) = (style::GOOD, package.name, simulation.endpoint());
        eprintln!(
            "{good}     Running{good:#} {name} in a local simulator, SQS and SNS at {endpoint}"
        );
        let printer = Printer::new(args.json, simulation.longest_name());
        watch(simulation, printer).await
    })
}

fn start(args: &RunArgs) -> Timestamp {
    match args.start {
        Some(start) => start,
        None if args.real_time => Timestamp::now(),
        None => SimulationOptions::MONDAY_MORNING,
    }
}

async fn watch(mut simulation: Simulation, mut printer: Printer) -> Result<ExitCode, Error> {
    let interrupted = tokio::select! {
        // First, because SIGINT is only caught from the first poll on.
        biased;
        _ = tokio::signal::ctrl_c() => true,
        () = simulation.run(|line| printer.print(&line)) => false,
    };
    if interrupted {
        simulation.shut_down(|line| printer.print(&line)).await;
    }
    let summary = simulation.summary();
    let lost = summary.unaccounted().next().is_some();
    printer.print(&OutputLine::Summary(summary));
    printer.finish().map_err(Error::Output)?;
    Ok(if interrupted {
        ExitCode::from(INTERRUPTED)
    } else if lost {
        ExitCode::from(UNACCOUNTED)
    } else {
        ExitCode::SUCCESS
    })
}
