//! What is measured: a program, and how it is built if cargo builds it.

use std::{fs, path::PathBuf, time::Duration};

use crate::{Error, binary, worker::Program};

/// One column of the report.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    pub(crate) program: Program,
    /// Its package and binary, if cargo builds it.
    built: Option<Built>,
}

struct Built {
    workspace: &'static str,
    package: &'static str,
    binary: &'static str,
    path: PathBuf,
}

impl Contestant {
    /// Builds the binary.
    pub(crate) fn of_package(
        name: &'static str,
        package: &'static str,
        binary: &'static str,
    ) -> Result<Self, Error> {
        Self::in_workspace("", name, package, binary)
    }

    /// Builds the binary in its own workspace, in this folder of the benchmarks.
    pub(crate) fn in_workspace(
        workspace: &'static str,
        name: &'static str,
        package: &'static str,
        binary: &'static str,
    ) -> Result<Self, Error> {
        let path = binary::build(workspace, package, binary)?;
        let directory = path.parent().ok_or("a binary is in a folder")?.to_owned();
        Ok(Contestant {
            name,
            program: Program {
                path: path.clone(),
                arguments: Vec::new(),
                directory,
            },
            built: Some(Built {
                workspace,
                package,
                binary,
                path,
            }),
        })
    }

    pub(crate) fn of_program(name: &'static str, program: Program) -> Self {
        Contestant {
            name,
            program,
            built: None,
        }
    }

    /// In bytes, stripped as the profile says.
    pub(crate) fn binary_size(&self) -> Result<Option<u64>, Error> {
        match &self.built {
            Some(built) => Ok(Some(fs::metadata(&built.path)?.len())),
            None => Ok(None),
        }
    }

    /// The time of a build that finds nothing built before.
    pub(crate) fn clean_build(&self) -> Result<Option<Duration>, Error> {
        match &self.built {
            Some(built) => {
                binary::clean_build(built.workspace, built.package, built.binary).map(Some)
            }
            None => Ok(None),
        }
    }
}
