//! `cargo redrive package`.

mod bundle;
mod committed;
mod folder;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anstream::{eprintln, println};
use redrive_infra::deploy::{self, Commands};
use redrive_model::digest::digest;
use serde_json::{Value, json};

use crate::args::PackageArgs;
use crate::build::{self, Built};
use crate::error::Error;
use crate::print::style;
use crate::workspace::{self, Member};
use bundle::Expected;
use committed::{Committed, Differences};
use folder::File;

/// The manifests that are laid out next to the zips.
const MANIFESTS: [&str; 3] = ["template.json", "stack.json", "stack.md"];

/// A package that can be deployed.
struct Packaged {
    /// Its name.
    name: String,
    /// The folder with manifests and zips.
    folder: PathBuf,
    /// The digest of the manifests.
    digest: String,
    commands: Commands,
    differences: Differences,
}

/// Builds the package for Lambda, checks the zips, and lays manifests and zips out
/// in one folder.
pub(crate) fn package(args: &PackageArgs) -> Result<ExitCode, Error> {
    let member = workspace::find(&args.cargo)?;
    // A build may take minutes, so other errors are reported first.
    let committed = Committed::read(args, &member)?;
    if let Some(folder) = &args.out {
        folder::check(folder)?;
    }
    let lambda = member.target.join("lambda");
    let Some(built) = build(&member, args, &lambda)? else {
        return Ok(ExitCode::FAILURE);
    };
    let [template, stack, _] = MANIFESTS.map(|name| built.manifests.join(name));
    if built.stack.functions.is_empty() {
        return Err(Error::NothingToDeploy { name: member.name });
    }
    let (template, stack) = (read(&template)?, read(&stack)?);
    let digest = digest(&(template.clone() + &stack));
    let manifests = MANIFESTS.map(|name| File {
        from: built.manifests.join(name),
        name: name.into(),
    });
    let mut files = Vec::from(manifests);
    let functions = built.stack.functions.iter();
    for binary in functions.map(|it| &it.binary).collect::<BTreeSet<_>>() {
        let name = Path::new(binary).join(folder::ZIP);
        let from = lambda.join(&name);
        let expected = Expected {
            digest: &digest,
            architecture: built.stack.architecture,
            binary: built.binaries.get(binary),
        };
        bundle::check(&from, &expected)?;
        files.push(File { from, name });
    }
    let out = match &args.out {
        Some(folder) => folder.clone(),
        None => member.target.join("redrive").join(&member.name),
    };
    let folder = folder::replace(&out, &files)?;

    let template: Value = serde_json::from_str(&template).unwrap_or_default();
    let differences = committed.compare(&template, &built.stack);
    let is_rejected = args.check && !differences.resources.is_empty();
    let packaged = Packaged {
        commands: deploy::commands(&member.name, &template, Some(&folder.display().to_string())),
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
    for text in warnings {
        eprintln!("{warning}warning{warning:#}: {text}");
    }
    if is_rejected {
        let folder = committed.folder.display();
        eprintln!("{error}error{error:#}: the template differs from {folder}/template.json");
        resources.iter().for_each(|line| eprintln!("  {line}"));
        let accept = committed::accept(&packaged.folder, &committed.folder);
        eprintln!("help: to accept the changes, commit the new copy: {accept}");
    }
    let folder = packaged.folder.display();
    eprintln!("{good}    Packaged{good:#} {} in {folder}", packaged.name);
    if !is_rejected {
        let Commands {
            sam,
            aws: [upload, deploy],
        } = &packaged.commands;
        println!("# with the SAM command line\n{sam}");
        println!("# or with the AWS command line\n{upload}\n{deploy}");
    }
}

fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|reason| Error::Read {
        path: path.to_owned(),
        reason,
    })
}
