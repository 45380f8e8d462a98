//! `cargo redrive package`.

mod bundle;
mod committed;
mod folder;
mod verify;

use std::collections::BTreeMap;
use std::fs;
use std::path::{self, Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anstream::{eprintln, println};
use redrive_infra::Format;
use redrive_infra::deploy::{self, CDK_TEMPLATE, Way, ZIP};
use redrive_infra::stack::Stack;
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
use verify::{Verified, verify};

/// A package that can be deployed.
struct Packaged {
    /// Its name.
    name: String,
    /// The full path of the folder with manifests and zips.
    folder: String,
    /// The digest of the manifests.
    digest: String,
    ways: Vec<Way>,
    differences: Differences,
    /// What `--verify` found.
    verified: Option<Verified>,
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
    folder::check(&folder)?;
    let lambda = member.target.join("lambda");
    let Some(built) = build(&member, args, &lambda)? else {
        return Ok(ExitCode::FAILURE);
    };
    if built.stack.functions.is_empty() {
        let package = member.name;
        return Err(StartError::NoFunctions { package }.into());
    }
    let verified = args.verify.then(|| verify(&built.stack, &args.params));
    let verified = verified.transpose()?;
    let (manifests, digest, differences) = folder::replace(&folder, |new| {
        let (manifests, digest) = fill(new, &built, &lambda)?;
        let differences = committed.compare(&manifests, args, &folder)?;
        Ok((manifests, digest, differences))
    })?;

    let is_changed = args.check && !differences.resources.is_empty();
    let is_rejected = is_changed || !verified.as_ref().is_none_or(Verified::is_good);
    let folder = path::absolute(&folder).unwrap_or(folder);
    let folder = folder.display().to_string();
    let packaged = Packaged {
        ways: deploy::ways(&built.stack, manifests.template(), Some(&folder)),
        name: member.name,
        folder,
        digest,
        differences,
        verified,
    };
    match args.json {
        true => print_json(&packaged),
        false => {
            print(&packaged, &committed, is_changed);
            let ways = packaged.ways.iter().filter(|_| !is_rejected);
            ways.enumerate().for_each(print_way);
        }
    }
    Ok(match is_rejected {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

/// Writes the manifests and the zips into an empty folder, and gives the manifests and
/// their digest.
fn fill(folder: &Path, built: &Built, lambda: &Path) -> Result<(Manifests, String), Error> {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|reason| Error::Write { path, reason })
    };
    let copy = |name: &str| {
        let text = built.read(name)?;
        write(name, &text).map(|()| text)
    };
    let (mut files, mut formats) = (BTreeMap::new(), String::new());
    for name in built.stack.files() {
        let text = copy(name)?;
        files.insert(name, serde_json::from_str(&text).unwrap_or_default());
        formats += &text;
    }
    let (stack, _) = (copy("stack.json")?, copy("stack.md")?);
    let digest = digest::of_manifest(&formats, &stack);
    let manifests = Manifests {
        files,
        stack: built.stack.clone(),
    };
    if built.stack.formats.contains(&Format::CloudFormation) {
        let template = deploy::cdk_template(manifests.template());
        write(CDK_TEMPLATE, &format!("{template:#}\n"))?;
    }
    for binary in built.stack.functions.iter().map(|it| &it.binary) {
        let zip = Path::new(binary).join(ZIP);
        let expected = Expected {
            digest: &digest,
            architecture: built.stack.architecture,
            binary: built.binaries.get(binary).map(PathBuf::as_path),
        };
        bundle::copy(&lambda.join(&zip), &folder.join(&zip), &expected)?;
    }
    Ok((manifests, digest))
}

/// The manifests of a package.
struct Manifests {
    /// The files of its formats, by name.
    files: BTreeMap<&'static str, Value>,
    stack: Stack,
}

impl Manifests {
    /// The template of CloudFormation; `null` without one.
    fn template(&self) -> &Value {
        self.files.get("template.json").unwrap_or(&Value::Null)
    }
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
    let ways = packaged.ways.iter();
    let ways: BTreeMap<_, _> = ways.map(|way| (way.name, &way.commands)).collect();
    let line = json!({
        "package": packaged.name,
        "folder": packaged.folder,
        "manifest": packaged.digest,
        "differences": packaged.differences.resources,
        "warnings": packaged.differences.warnings,
        "verified": packaged.verified.as_ref().map(Verified::json),
        "deploy": ways,
    });
    println!("{line}");
}

fn print(packaged: &Packaged, committed: &Committed, is_changed: bool) {
    let Differences {
        resources,
        warnings,
        ..
    } = &packaged.differences;
    let (good, warning, error) = (style::GOOD, style::WARNING, style::ERROR);
    let Packaged { name, folder, .. } = packaged;
    eprintln!("{good}    Packaged{good:#} {name} in {folder}");
    for text in warnings {
        eprintln!("{warning}warning{warning:#}: {text}");
    }
    if let Some(verified) = &packaged.verified {
        verified.print(name);
    }
    if is_changed {
        let copy = committed.folder.join(packaged.differences.file);
        eprintln!(
            "{error}error{error:#}: the template differs from {}",
            copy.display()
        );
        resources.iter().for_each(|line| eprintln!("  {line}"));
        let accept = committed::accept(Path::new(folder), &committed.folder);
        eprintln!("help: to accept the changes, commit the new copy: {accept}");
    }
}

fn print_way((place, way): (usize, &Way)) {
    let or = if place == 0 { "" } else { "or " };
    println!("# {or}with {}", way.title);
    let code = way.code.iter().flat_map(|(_, code)| code.lines());
    code.for_each(|line| println!("#   {line}"));
    way.commands
        .iter()
        .for_each(|command| println!("{command}"));
}
