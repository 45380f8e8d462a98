//! `cargo redrive run`.

use std::process::ExitCode;

use anstream::eprintln;
use jiff::Timestamp;
use redrive_local::{Output, Settings, Simulation};

use crate::args::RunArgs;
use crate::error::Error;
use crate::package::{self, Built};
use crate::print::{Printer, style};
use crate::scenario::Events;

/// A message is not accounted for.
const UNACCOUNTED: u8 = 1;

/// As shells have it: ended by SIGINT.
const INTERRUPTED: u8 = 130;

/// Builds the package and runs it in a simulation until that ends.
pub(crate) fn run(args: &RunArgs) -> Result<ExitCode, Error> {
    let package = package::find(args)?;
    // A build may take minutes; what is wrong with the messages is told before.
    let events = Events::read(args, &package)?;
    events.scenario(start(args))?;
    let Some(Built { stack, binaries }) = package::build(&package, args)? else {
        return Ok(ExitCode::FAILURE);
    };
    let settings = Settings {
        binaries,
        start: start(args),
        until: args.until,
        seed: args.seed,
        duplicates: args.duplicates,
        real_time: args.real_time,
        logs: args.logs,
        ..Settings::new(stack)
    };
    let scenario = events.scenario(settings.start)?;
    let printer = Printer::new(args.json, &scenario);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::Runtime)?;
    runtime.block_on(async {
        let simulation = Simulation::start(settings, scenario).await?;
        eprintln!(
            "{}     Running{} {} in a local simulator, SQS at {}",
            style::GOOD,
            style::GOOD.render_reset(),
            package.name,
            simulation.endpoint(),
        );
        watch(simulation, printer).await
    })
}

fn start(args: &RunArgs) -> Timestamp {
    match args.start {
        Some(start) => start,
        None if args.real_time => Timestamp::now(),
        None => Settings::MONDAY_MORNING,
    }
}

async fn watch(mut simulation: Simulation, mut printer: Printer) -> Result<ExitCode, Error> {
    let interrupted = tokio::select! {
        // First, as it is listened for from when it is asked for.
        biased;
        _ = tokio::signal::ctrl_c() => true,
        () = simulation.run(|output| printer.print(&output)) => false,
    };
    let summary = simulation.summary();
    let lost = summary.unaccounted().next().is_some();
    printer.print(&Output::Summary(summary));
    printer.finish().map_err(Error::Output)?;
    Ok(if interrupted {
        ExitCode::from(INTERRUPTED)
    } else if lost {
        ExitCode::from(UNACCOUNTED)
    } else {
        ExitCode::SUCCESS
    })
}
