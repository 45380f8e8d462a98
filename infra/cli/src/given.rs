//! Values that a deployment gives: from the command line and `redrive.local.toml`.

use std::io::ErrorKind;

use redrive_local::Given;

use crate::args::RunArgs;
use crate::error::Error;
use crate::workspace::Member;

/// The file next to a package's `Cargo.toml`.
const FILE: &str = "redrive.local.toml";

/// The values of the file, replaced by those of the command line.
pub(crate) fn read(args: &RunArgs, package: &Member) -> Result<Given, Error> {
    let path = package.folder.join(FILE);
    let given = match std::fs::read_to_string(&path) {
        Ok(text) => toml::from_str(&text).map_err(|error| {
            let help = "\nhelp: write `[params]` with `Name = \"value\"` below it, or `[env]`";
            (error.to_string(), help)
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Given::default()),
        Err(error) => Err((error.to_string(), "")),
    };
    let mut given = given.map_err(|(reason, help)| Error::Read { path, reason, help })?;
    given.parameters.extend(args.params.iter().cloned());
    given.env.extend(args.env.iter().cloned());
    Ok(given)
}
