//! Serves Lambda's Runtime API to several binaries in turn and prints what each
//! takes, in ratio to the hand-written handler of the same run.

mod binary;
mod contestant;
mod events;
mod lateness;
mod measure;
mod python;
mod report;
mod runtime_api;
mod worker;

use std::collections::BTreeMap;

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
    /// Measures only how late an invocation answers whose records all hang.
    #[arg(long)]
    lateness: bool,
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
    if arguments.lateness {
        return lateness::measure(plan.late).await;
    }
    let reports = [
        invocations(&plan, arguments.build_time).await?,
        libraries(&plan).await?,
        both_cores(&plan).await?,
        waiting(&plan).await?,
        computing(&plan).await?,
        with_a_client(arguments.build_time)?,
    ];
    for report in &reports {
        println!("{report}");
    }
    if !arguments.quick {
        let file = binary::target_directory()?.join("bench-stock.json");
        let stock: BTreeMap<_, _> = reports.iter().flat_map(Report::stock).collect();
        for line in report::compare_stock(&file, &stock)? {
            println!("- {line}");
        }
    }
    Ok(())
}

/// What a batch takes, from a cold start on.
async fn invocations(plan: &Plan, build_time: bool) -> Result<Report, Error> {
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

    let mut report = Report::of(&contestants);
    let starts = measure::cold_starts(plan, &contestants).await?;
    report.times("spawn to first poll", &[1.0, 1.2], &starts);
    let invocations = measure::invocations(plan, &contestants).await?;
    for (records, times) in &invocations.times {
        let limits: &[f64] = match records {
            ..100 => &[0.8, 0.8],
            100 => &[0.55, 0.55],
            1_000 => &[0.45, 0.45],
            _ => &[0.5, 0.5],
        };
        report.times(format!("batch of {records}"), limits, times);
    }
    for (records, times) in &invocations.times {
        let each: Vec<_> = times.iter().map(|time| *time / *records).collect();
        report.times(format!("one record of {records}"), &[], &each);
    }
    report.row(
        "one record of 10,000, to one of 100",
        &[1.0, 1.0],
        invocations.growth(100, 10_000).map(Value::Growth).map(Some),
    );
    let memory = invocations.peak_memory.iter();
    report.row(
        "peak memory",
        &[0.6, 0.6],
        memory.map(|bytes| Some(Value::Bytes(*bytes))),
    );
    binaries(&mut report, &contestants, &[1.1], build_time.then_some(&[]))?;
    Ok(report)
}

/// What the libraries that redrive is made of need by themselves.
async fn libraries(plan: &Plan) -> Result<Report, Error> {
    let contestants = [
        Contestant::of_package("stock", "redrive-bench-stock", "stock")?,
        Contestant::of_package("the libraries alone", "redrive-bench-stock", "libraries")?,
    ];
    let mut report = Report::of(&contestants);
    for (records, times) in &measure::invocations(plan, &contestants).await?.times {
        report.times(format!("batch of {records}, without redrive"), &[], times);
    }
    Ok(report)
}

/// The largest batch, for a function that only computes.
async fn both_cores(plan: &Plan) -> Result<Report, Error> {
    let contestants = [
        Contestant::of_package("stock", "redrive-bench-stock", "stock")?,
        Contestant::of_package("`concurrency = 2`", "redrive-bench-worker", "two_lanes")?,
    ];
    let times = measure::batch(plan.largest, 10_000, &contestants).await?;
    let mut report = Report::of(&contestants);
    report.times("10,000 records on two cores", &[0.4], &times);
    Ok(report)
}

async fn waiting(plan: &Plan) -> Result<Report, Error> {
    let contestants = [
        Contestant::of_package("stock, sequential", "redrive-bench-stock", "stock-waiting")?,
        Contestant::of_package("`concurrency = 10`", "redrive-bench-worker", "wait")?,
    ];
    let times = measure::batch(plan.slow, 100, &contestants).await?;
    let mut report = Report::of(&contestants);
    report.times("100 records of 20 ms waiting", &[0.12], &times);
    Ok(report)
}

async fn computing(plan: &Plan) -> Result<Report, Error> {
    let contestants = [
        Contestant::of_package(
            "stock, sequential",
            "redrive-bench-stock",
            "stock-computing",
        )?,
        Contestant::of_package("`concurrency = 2`", "redrive-bench-worker", "compute")?,
    ];
    let times = measure::batch(plan.slow, 100, &contestants).await?;
    let mut report = Report::of(&contestants);
    report.times("100 records of 20 ms of CPU work", &[0.55], &times);
    Ok(report)
}

/// A function that links the AWS SDK by itself.
fn with_a_client(build_time: bool) -> Result<Report, Error> {
    let package = |name, package| Contestant::in_workspace("dynamodb", name, package, package);
    let contestants = [
        package(
            "stock with a DynamoDB client",
            "redrive-bench-dynamodb-stock",
        )?,
        package(
            "redrive with the same client, and a DLQ redrive",
            "redrive-bench-dynamodb-worker",
        )?,
    ];
    let mut report = Report::of(&contestants);
    let build_limit: &[f64] = &[1.3];
    binaries(
        &mut report,
        &contestants,
        &[1.15],
        build_time.then_some(build_limit),
    )?;
    Ok(report)
}

/// The size of each binary and, with a limit for it, the time of its build.
fn binaries(
    report: &mut Report,
    contestants: &[Contestant],
    size_limit: &'static [f64],
    build_limit: Option<&'static [f64]>,
) -> Result<(), Error> {
    let sizes = each(contestants, Contestant::binary_size)?;
    report.row(
        "binary",
        size_limit,
        sizes.into_iter().map(|bytes| bytes.map(Value::Bytes)),
    );
    if let Some(limit) = build_limit {
        let times = each(contestants, Contestant::clean_build)?;
        report.row(
            "clean release build",
            limit,
            times.into_iter().map(|time| time.map(Value::Time)),
        );
    }
    Ok(())
}

fn each<T>(
    contestants: &[Contestant],
    measure: impl Fn(&Contestant) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    contestants.iter().map(measure).collect()
}
