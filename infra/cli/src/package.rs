//! `cargo redrive package`.

mod bundle;
mod committed;
mod folder;

use std::fs;
use std::path::{self, Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anstream::{eprintln, println};
use redrive_infra::deploy::{self, Commands, ZIP};
use redrive_local::StartError;
use redrive_model::digest;
use serde_json::{Value, json};

use crate::args::PackageArgs;
use crate::build::{self, Built};
use crate::error::Error;
use crate::print::style;
use crate::workspace::{self, Member};
use bundle::Expected;
use committed::{Committed, Differences};

/// The manifests that are next to the zips.
const MANIFESTS: [&str; 3] = ["template.json", "stack.json", "stack.md"];

/// A package that can be deployed.
struct Packaged {
    /// Its name.
    name: String,
    /// The full path of the folder with manifests and zips.
    folder: String,
    /// The digest of the manifests.
    digest: String,
    commands: Commands,
    differences: Differences,
}

/// Builds the package for Lambda, and replaces the folder by one with the manifests of
/// this build and with the zips, if they belong together.
pub(crate) fn package(args: &PackageArgs) -> Result<ExitCode, Error> {
    let member = workspace::find(&args.cargo)?;
    let folder = match &args.out {
        Some(folder) => folder.clone(),
        None => member.target.join("redrive").join(&member.name),
    };
    // A build may take minutes, so other errors are reported first.
    let committed = Committed::read(args, &member, &folder)?;
    if args.out.is_some() {
        folder::check(&folder)?;
    }
    let lambda = member.target.join("lambda");
    let Some(built) = build(&member, args, &lambda)? else {
        return Ok(ExitCode::FAILURE);
    };
    if built.stack.functions.is_empty() {
        let package = member.name;
        return Err(StartError::NoFunctions { package }.into());
    }
    let (template, digest) = folder::replace(&folder, |new| fill(new, &built, &lambda))?;

    let differences = committed.compare(&template, &built.stack);
    let is_rejected = args.check && !differences.resources.is_empty();
    let folder = path::absolute(&folder).unwrap_or(folder);
    let folder = folder.display().to_string();
    let packaged = Packaged {
        commands: deploy::commands(&member.name, &template, Some(&folder)),
        name: member.name,
        folder,
        digest,
        differences,
    };
    match args.json {
        true => print_json(&packaged),
        false => print(&packaged, &committed, is_rejected),
    }
    Ok(match is_rejected {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

/// Copies the manifests and the zips into an empty folder, and gives the template and
/// the digest.
fn fill(folder: &Path, built: &Built, lambda: &Path) -> Result<(Value, String), Error> {
    let copy = |name: &str| -> Result<_, Error> {
        let (from, to) = (built.manifests.join(name), folder.join(name));
        let text =
            fs::read_to_string(&from).map_err(|reason| Error::Read { path: from, reason })?;
        fs::write(&to, &text).map_err(|reason| Error::Write { path: to, reason })?;
        Ok(text)
    };
    let [template, stack, markdown] = MANIFESTS.map(copy);
    let (template, stack, _) = (template?, stack?, markdown?);
    let digest = digest::of_manifest(&template, &stack);
    for binary in built.stack.functions.iter().map(|it| &it.binary) {
        let zip = Path::new(binary).join(ZIP);
        let expected = Expected {
            digest: &digest,
            architecture: built.stack.architecture,
            binary: built.binaries.get(binary).map(PathBuf::as_path),
        };
        bundle::copy(&lambda.join(&zip), &folder.join(&zip), &expected)?;
    }
    let template = serde_json::from_str(&template).unwrap_or_default();
    Ok((template, digest))
}

/// Runs `cargo lambda build`.
fn build(member: &Member, args: &PackageArgs, lambda: &Path) -> Result<Option<Built>, Error> {
    let installed = Command::new(build::cargo())
        .args(["lambda", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !installed.is_ok_and(|status| status.success()) {
        return Err(Error::NoCargoLambda);
    }
    let mut command = Command::new(build::cargo());
    command.args(["lambda", "build", "--output-format", "zip"]);
    command.arg("--lambda-dir").arg(lambda);
    if args.arm64 {
        command.arg("--arm64");
    }
    if args.x86_64 {
        command.arg("--x86-64");
    }
    build::run(command, member, &args.cargo)
}

fn print_json(packaged: &Packaged) {
    let Commands { sam, aws } = &packaged.commands;
    let line = json!({
        "package": packaged.name,
        "folder": packaged.folder,
        "manifest": packaged.digest,
        "differences": packaged.differences.resources,
        "warnings": packaged.differences.warnings,
        "deploy": { "sam": [sam], "aws": aws },
    });
    println!("{line}");
}

fn print(packaged: &Packaged, committed: &Committed, is_rejected: bool) {
    let Differences {
        resources,
        warnings,
    } = &packaged.differences;
    let (good, warning, error) = (style::GOOD, style::WARNING, style::ERROR);
    let Packaged { name, folder, .. } = packaged;
    eprintln!("{good}    Packaged{good:#} {name} in {folder}");
    for text in warnings {
        eprintln!("{warning}warning{warning:#}: {text}");
    }
    if is_rejected {
        let copy = committed.folder.display();
        eprintln!("{error}error{error:#}: the template differs from {copy}/template.json");
        resources.iter().for_each(|line| eprintln!("  {line}"));
        let accept = committed::accept(Path::new(folder), &committed.folder);
        eprintln!("help: to accept the changes, commit the new copy: {accept}");
    } else {
        let Commands {
            sam,
            aws: [upload, deploy],
        } = &packaged.commands;
        println!("# with the SAM command line\n{sam}");
        println!("# or with the AWS command line\n{upload}\n{deploy}");
    }
}
