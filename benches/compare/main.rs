//! Serves Lambda's Runtime API to several binaries in turn and prints what each
//! takes, in ratio to the hand-written handler of the same run.

mod binary;
mod contestant;
mod events;
mod measure;
mod python;
mod report;
mod runtime_api;
mod worker;

use clap::Parser;

use crate::{
    contestant::Contestant,
    measure::Plan,
    report::{Report, Value},
};

type Error = Box<dyn std::error::Error>;

/// Compares redrive's worker with a hand-written one and Powertools for Python.
#[derive(Parser)]
struct Arguments {
    /// Fewer rounds: to see that everything runs, not to quote.
    #[arg(long)]
    quick: bool,
    /// Also measures clean release builds, which takes minutes.
    #[arg(long)]
    build_time: bool,
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments = Arguments::parse();
    let plan = match arguments.quick {
        true => Plan::quick(),
        false => Plan::full(),
    };

    // The first one is what the others are measured by.
    let mut contestants = vec![
        Contestant::of_package("stock", "redrive-bench-stock", "stock")?,
        Contestant::of_package("redrive", "redrive-bench-worker", "process_order")?,
        Contestant::of_package(
            "redrive with a DLQ redrive",
            "redrive-bench-worker-redrive",
            "redrive-bench-worker-redrive",
        )?,
    ];
    match python::program() {
        Ok(program) => contestants.push(Contestant::of_program("Powertools for Python", program)),
        Err(reason) => eprintln!("Powertools for Python is left out: {reason}"),
    }
    let waiting = [
        Contestant::of_package("stock, sequential", "redrive-bench-stock", "stock-waiting")?,
        Contestant::of_package("redrive, 10 at once", "redrive-bench-worker", "wait")?,
    ];

    let mut report = Report::of(&contestants);
    report.times(
        "spawn to first poll",
        &measure::cold_starts(&plan, &contestants).await?,
    );
    let invocations = measure::invocations(&plan, &contestants).await?;
    for (records, times) in &invocations.times {
        report.times(format!("batch of {records}"), times);
    }
    for (records, times) in &invocations.times {
        let each: Vec<_> = times.iter().map(|time| *time / *records).collect();
        report.times(format!("one record of {records}"), &each);
    }
    let memory = invocations.peak_memory;
    report.row(
        "peak memory",
        memory.into_iter().map(|bytes| Some(Value::Bytes(bytes))),
    );
    let sizes = each(&contestants, Contestant::binary_size)?;
    report.row(
        "binary",
        sizes.into_iter().map(|bytes| bytes.map(Value::Bytes)),
    );
    if arguments.build_time {
        let times = each(&contestants, Contestant::clean_build)?;
        report.row(
            "clean release build",
            times.into_iter().map(|time| time.map(Value::Time)),
        );
    }
    println!("{report}");

    let mut report = Report::of(&waiting);
    report.times(
        "100 records of 20 ms",
        &measure::waiting(&plan, &waiting).await?,
    );
    println!("{report}");
    Ok(())
}

fn each<T>(
    contestants: &[Contestant],
    measure: impl Fn(&Contestant) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    contestants.iter().map(measure).collect()
}
