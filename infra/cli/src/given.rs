//! Values that a deployment gives: from the command line and `redrive.local.toml`.

use std::collections::BTreeMap;
use std::io::ErrorKind;

use redrive_local::Given;
use serde::Deserialize;

use crate::args::RunArgs;
use crate::error::Error;
use crate::workspace::Member;

/// The file next to a package's `Cargo.toml`.
pub(crate) const FILE: &str = "redrive.local.toml";

/// The content of the file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    params: BTreeMap<String, String>,
    env: BTreeMap<String, String>,
}

/// The values of the file, replaced by those of the command line.
pub(crate) fn read(args: &RunArgs, package: &Member) -> Result<Given, Error> {
    let path = package.folder.join(FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(reason) => return Err(Error::Read { path, reason }),
    };
    let File {
        mut params,
        mut env,
    } = toml::from_str(&text).map_err(|reason| Error::BadGiven {
        path,
        reason: Box::new(reason),
    })?;
    params.extend(args.params.iter().cloned());
    env.extend(args.env.iter().cloned());
    let parameters = params;
    Ok(Given { parameters, env })
}
