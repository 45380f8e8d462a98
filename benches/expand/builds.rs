//! Builds of `examples/orders` by cargo, with its build script and without.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use cargo_metadata::{Dependency, DependencyKind, MetadataCommand, Package};
use tempfile::TempDir;

/// Builds that find nothing to do.
const UNCHANGED: usize = 9;

/// Prints the times of both, and of the macro in a debug build.
pub(crate) fn measure() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    println!("debug builds of examples/orders: time, and time on all cores");
    println!(
        "  {:<24} {:>10} {:>8} {:>12} {:>8}",
        "", "clean", "", "no change", ""
    );
    for (name, has_script) in [("without a build script", false), ("with redrive's", true)] {
        let package = copy(&root, has_script)?;
        let clean = build(&package)?;
        let mut unchanged = Vec::new();
        for _ in 0..UNCHANGED {
            unchanged.push(build(&package)?);
        }
        unchanged.sort();
        let unchanged = unchanged[UNCHANGED / 2];
        println!(
            "  {name:<24} {:>10.1?} {:>8.1?} {:>12.2?} {:>8.2?}",
            clean.time, clean.on_cores, unchanged.time, unchanged.on_cores
        );
    }
    println!("a debug build of the macro");
    let mut again = Command::new(env!("CARGO"));
    again.args([
        "bench",
        "-p",
        "redrive-bench",
        "--bench",
        "expand",
        "--profile",
        "dev",
    ]);
    succeed(again.stderr(Stdio::null()))
}

/// What a build took.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    /// By the clock, which is longer on a busy machine.
    time: Duration,
    /// By all processes of the build.
    on_cores: Duration,
}

/// The example as a package of its own, in a folder of its own.
fn copy(root: &Path, has_script: bool) -> Result<TempDir, Box<dyn Error>> {
    let orders = root.join("examples/orders");
    let metadata = MetadataCommand::new()
        .manifest_path(orders.join("Cargo.toml"))
        .no_deps()
        .exec()?;
    let package = metadata
        .packages
        .iter()
        .find(|package| package.name == "orders");
    let package = package.ok_or("examples/orders is gone")?;
    let folder = tempfile::tempdir()?;
    let write = |path: &str, text: &str| fs::write(folder.path().join(path), text);
    write("Cargo.toml", &manifest(package, has_script)?)?;
    // No look-ups, and no other versions.
    fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock"))?;
    fs::create_dir(folder.path().join("src"))?;
    let source = fs::read_to_string(orders.join("src/main.rs"))?;
    match has_script {
        true => {
            write("src/main.rs", &source)?;
            fs::copy(orders.join("build.rs"), folder.path().join("build.rs"))?;
        }
        false => {
            let own = source.replacen("#[sqs_batch(", "#[sqs_batch(template = false,", 1);
            write("src/main.rs", &own)?;
        }
    }
    Ok(folder)
}

fn manifest(package: &Package, has_script: bool) -> Result<String, Box<dyn Error>> {
    let mut text = String::from(
        "[workspace]\n[package]\nname = \"orders\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
    );
    for (table, kind) in [
        ("dependencies", DependencyKind::Normal),
        ("build-dependencies", DependencyKind::Build),
    ] {
        writeln!(text, "[{table}]")?;
        let of_kind = package.dependencies.iter().filter(|it| it.kind == kind);
        for dependency in of_kind.filter(|it| has_script || it.kind == DependencyKind::Normal) {
            writeln!(text, "{}", line(dependency))?;
        }
    }
    Ok(text)
}

fn line(dependency: &Dependency) -> String {
    let from = match &dependency.path {
        Some(path) => format!("path = {:?}", path.as_str()),
        None => format!("version = {:?}", dependency.req.to_string()),
    };
    format!(
        "{} = {{ {from}, default-features = {}, features = {:?} }}",
        dependency.name, dependency.uses_default_features, dependency.features
    )
}

fn build(package: &TempDir) -> Result<Cost, Box<dyn Error>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet"]).current_dir(package.path());
    cargo.arg("--target-dir").arg(package.path().join("target"));
    let (started, before) = (Instant::now(), children_on_cores()?);
    succeed(&mut cargo)?;
    Ok(Cost {
        time: started.elapsed(),
        on_cores: children_on_cores()? - before,
    })
}

/// What all ended child processes and theirs took of the cores, by proc(5).
fn children_on_cores() -> Result<Duration, Box<dyn Error>> {
    const CLOCK_TICK: Duration = Duration::from_millis(10);
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, behind_name) = stat.rsplit_once(") ").ok_or("another /proc/self/stat")?;
    let fields = behind_name.split(' ').skip(13).take(2);
    let ticks: u32 = fields.map(str::parse::<u32>).sum::<Result<_, _>>()?;
    Ok(CLOCK_TICK * ticks)
}

fn succeed(command: &mut Command) -> Result<(), Box<dyn Error>> {
    match command.status()?.success() {
        true => Ok(()),
        false => Err(format!("{command:?} failed").into()),
    }
}
