//! What redrive adds to a build: the macro for each function, and the build
//! script for a package.
//!
//! `cargo bench -p redrive-bench --bench expand`; with `--profile dev` as a debug
//! build of the macro has it, and with `-- --build` what cargo takes for
//! `examples/orders` with and without the build script.

mod builds;
mod expansion;
mod script;

// A procedural macro's crate gives nothing but its macros.
#[expect(dead_code, reason = "what reads the environment, and its tests")]
#[path = "../../macros/src/declared.rs"]
mod declared;
#[path = "../../macros/src/expand.rs"]
mod expand;
#[path = "../../macros/src/settings.rs"]
mod settings;

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

const ROUNDS: usize = 300;

/// What one function may take in a release build.
const MOST: Duration = Duration::from_millis(3);

fn main() -> Result<ExitCode, Box<dyn Error>> {
    // Cargo adds an argument of its own, and all benchmarks are given the same.
    if std::env::args().any(|argument| argument == "--build") {
        builds::measure()?;
        return Ok(ExitCode::SUCCESS);
    }
    let slowest = expansion::measure();
    script::measure();
    if !cfg!(debug_assertions) && slowest > MOST {
        eprintln!("a function takes {slowest:.1?}, but may take {MOST:?}");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}

fn median<T>(rounds: usize, mut work: impl FnMut() -> T) -> Duration {
    let mut times: Vec<_> = (0..rounds).map(|_| timed(&mut work)).collect();
    times.sort();
    times[rounds / 2]
}
