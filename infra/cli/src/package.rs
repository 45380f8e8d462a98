//! `cargo redrive package`.

mod bundle;
mod changes;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anstream::{eprintln, println};
use redrive_infra::stack::Stack;
use redrive_model::digest::digest;
use serde_json::{Value, json};

use crate::args::PackageArgs;
use crate::build::{self, Built};
use crate::error::Error;
use crate::print::style;
use crate::workspace::{self, Member};
use bundle::Expected;

/// The manifests that are laid out next to the zips.
const MANIFESTS: [&str; 3] = ["template.json", "stack.json", "stack.md"];

/// Builds the package for Lambda, checks the zips, and lays manifests and zips out
/// in one folder.
pub(crate) fn package(args: &PackageArgs) -> Result<ExitCode, Error> {
    let member = workspace::find(&args.cargo)?;
    let lambda = member.target.join("lambda");
    let Some(built) = build(&member, args, &lambda)? else {
        return Ok(ExitCode::FAILURE);
    };
    let template = read(&built.manifests.join("template.json"))?;
    let stack = read(&built.manifests.join("stack.json"))?;
    let digest = digest(&(template.clone() + &stack));
    let binaries: BTreeSet<&str> = built
        .stack
        .functions
        .iter()
        .map(|function| &*function.binary)
        .collect();
    for name in &binaries {
        let expected = Expected {
            digest: &digest,
            architecture: built.stack.architecture,
            binary: built.binaries.get(*name),
        };
        bundle::check(&zip(&lambda, name), &expected)?;
    }

    let committed = match &args.compare {
        Some(folder) => folder.clone(),
        None => member.folder.join("redrive"),
    };
    let differences = compare(args, &committed, &template, &built.stack)?;

    let out = match &args.out {
        Some(folder) => folder.clone(),
        None => member
            .target
            .join("redrive")
            .join(&member.name)
            .join("package"),
    };
    lay_out(&out, &built, &lambda, &binaries)?;
    report(args, &member, &out, &digest, &differences);
    Ok(match args.check && !differences.is_empty() {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

fn zip(folder: &Path, binary: &str) -> PathBuf {
    folder.join(binary).join("bootstrap.zip")
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

/// Differences to the committed copy: of all resources with `--check`, otherwise
/// those that lose or strand messages.
fn compare(
    args: &PackageArgs,
    committed: &Path,
    template: &str,
    stack: &Stack,
) -> Result<Vec<String>, Error> {
    if args.check {
        let old = read(&committed.join("template.json"))?;
        let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        return Ok(changes::of_templates(&parse(&old), &parse(template)));
    }
    // Without a committed copy there is nothing to compare with.
    let Ok(old) = fs::read_to_string(committed.join("stack.json")) else {
        return Ok(Vec::new());
    };
    let path = committed.join("stack.json");
    let old = Stack::from_text(&old).map_err(|reason| Error::BadStack { path, reason })?;
    Ok(changes::that_strand_messages(&old, stack))
}

fn lay_out(
    out: &Path,
    built: &Built,
    lambda: &Path,
    binaries: &BTreeSet<&str>,
) -> Result<(), Error> {
    let copy = |from: &Path, to: &Path| {
        let folder = to.parent().unwrap_or(out);
        let is_same = || Some(from.canonicalize().ok()? == to.canonicalize().ok()?);
        fs::create_dir_all(folder)
            .and_then(|()| match is_same() {
                // `copy` would empty the file.
                Some(true) => Ok(0),
                _ => fs::copy(from, to),
            })
            .map_err(|reason| Error::Write {
                path: to.to_owned(),
                reason,
            })
    };
    for name in MANIFESTS {
        copy(&built.manifests.join(name), &out.join(name))?;
    }
    for name in binaries {
        copy(&zip(lambda, name), &zip(out, name))?;
    }
    Ok(())
}

fn report(args: &PackageArgs, member: &Member, out: &Path, digest: &str, differences: &[String]) {
    if args.json {
        let summary = json!({
            "package": member.name,
            "folder": out,
            "manifest": digest,
            "differences": differences,
        });
        println!("{summary}");
        return;
    }
    let (label, style) = match args.check {
        true => ("error", style::ERROR),
        false => ("warning", style::WARNING),
    };
    for difference in differences {
        eprintln!("{style}{label}{style:#}: {difference}");
    }
    let good = style::GOOD;
    eprintln!(
        "{good}    Packaged{good:#} {} in {}",
        member.name,
        out.display()
    );
    println!(
        "sam deploy --template-file {}/template.json --stack-name {} --resolve-s3 \
         --capabilities CAPABILITY_IAM",
        out.display(),
        member.name
    );
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|reason| Error::Read {
        path: path.to_owned(),
        reason,
    })
}
