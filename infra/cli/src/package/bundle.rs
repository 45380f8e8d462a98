//! Whether a zip belongs to a manifest.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use redrive_infra::stack::Architecture;
use redrive_model::digest::LENGTH;
use redrive_model::names::MANIFEST_MARKER;

use crate::error::Error;

/// What the zip has to agree with.
pub(super) struct Expected<'a> {
    /// Of the manifest.
    pub(super) digest: &'a str,
    pub(super) architecture: Architecture,
    /// The binary that the zip contains, as cargo built it.
    pub(super) binary: Option<&'a PathBuf>,
}

/// # Errors
/// The zip is missing, is older than the binary, is for another architecture, or
/// was built with another manifest.
pub(super) fn check(zip: &Path, expected: &Expected<'_>) -> Result<(), Error> {
    let wrong = |problem: String| Error::WrongZip {
        path: zip.to_owned(),
        problem,
    };
    let modified = |path: &Path| fs::metadata(path).and_then(|data| data.modified());
    let age = modified(zip).map_err(|error| wrong(error.to_string()))?;
    if let Some(binary) = expected.binary
        && modified(binary).is_ok_and(|built| built > age)
    {
        return Err(wrong("it is older than the binary".to_owned()));
    }
    let bootstrap = bootstrap(zip).map_err(|error| wrong(error.to_string()))?;
    match machine(&bootstrap) {
        Some(architecture) if architecture == expected.architecture => {}
        Some(other) => {
            let expected = expected.architecture;
            return Err(wrong(format!(
                "it is built for {other}, and the manifest for {expected}"
            )));
        }
        None => return Err(wrong("it does not contain a Linux binary".to_owned())),
    }
    match digests(&bootstrap).find(|digest| *digest == expected.digest.as_bytes()) {
        Some(_) => Ok(()),
        None => Err(wrong("it was built with another manifest".to_owned())),
    }
}

fn bootstrap(zip: &Path) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut archive = zip::ZipArchive::new(File::open(zip)?)?;
    let mut bytes = Vec::new();
    archive.by_name("bootstrap")?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The architecture in the header of an ELF file; see `elf(5)`.
fn machine(elf: &[u8]) -> Option<Architecture> {
    const X86_64: [u8; 2] = 62_u16.to_le_bytes();
    const AARCH64: [u8; 2] = 183_u16.to_le_bytes();
    if !elf.starts_with(b"\x7fELF") {
        return None;
    }
    match elf.get(18..20)?.try_into() {
        Ok(X86_64) => Some(Architecture::X86_64),
        Ok(AARCH64) => Some(Architecture::Arm64),
        _ => None,
    }
}

/// The digests of manifests in a binary. The marker itself may be in it more than
/// once.
fn digests(binary: &[u8]) -> impl Iterator<Item = &[u8]> {
    let marker = MANIFEST_MARKER.as_bytes();
    let places = binary.windows(marker.len()).enumerate();
    places
        .filter(move |(_, window)| *window == marker)
        .filter_map(move |(place, _)| {
            let start = place + marker.len();
            binary.get(start..start + LENGTH)
        })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::time::{Duration, SystemTime};

    use super::*;

    const DIGEST: &str = "0123456789abcdef";

    fn elf(machine: u16, digest: &str) -> Vec<u8> {
        let mut elf = b"\x7fELF".to_vec();
        elf.resize(18, 0);
        elf.extend(machine.to_le_bytes());
        elf.extend(format!("…{MANIFEST_MARKER}{digest}…").bytes());
        elf
    }

    fn zip(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
        let path = folder.join("bootstrap.zip");
        let mut zip = zip::ZipWriter::new(File::create(&path).expect("a file"));
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(name, options).expect("an entry");
        zip.write_all(bytes).expect("written");
        zip.finish().expect("a zip");
        path
    }

    /// Why the zip with this entry is rejected.
    fn problem(name: &str, bytes: &[u8], binary: Option<&PathBuf>) -> Option<String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let expected = Expected {
            digest: DIGEST,
            architecture: Architecture::Arm64,
            binary,
        };
        match check(&zip(folder.path(), name, bytes), &expected) {
            Ok(()) => None,
            Err(Error::WrongZip { problem, .. }) => Some(problem),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_zip_of_this_build_is_accepted() {
        assert_eq!(problem("bootstrap", &elf(183, DIGEST), None), None);
    }

    #[test]
    fn every_other_zip_is_rejected() {
        let rejected = |name: &str, bytes: &[u8]| problem(name, bytes, None).expect("rejected");
        let other = rejected("bootstrap", &elf(62, DIGEST));
        assert_eq!(other, "it is built for x86_64, and the manifest for arm64");
        let foreign = rejected("bootstrap", &elf(183, "fedcba9876543210"));
        assert_eq!(foreign, "it was built with another manifest");
        let script = rejected("bootstrap", b"#!/bin/sh");
        assert_eq!(script, "it does not contain a Linux binary");
        rejected("other", &elf(183, DIGEST));
    }

    #[test]
    fn a_zip_older_than_the_binary_is_rejected() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let binary = folder.path().join("orders");
        let newer = SystemTime::now() + Duration::from_secs(60);
        let file = File::create(&binary).expect("a file");
        file.set_modified(newer).expect("a file's time");
        let stale = problem("bootstrap", &elf(183, DIGEST), Some(&binary));
        assert_eq!(stale.as_deref(), Some("it is older than the binary"));
    }

    #[test]
    fn a_missing_zip_is_an_error() {
        let expected = Expected {
            digest: DIGEST,
            architecture: Architecture::Arm64,
            binary: None,
        };
        let missing = check(Path::new("no/such/bootstrap.zip"), &expected);
        assert!(matches!(missing, Err(Error::WrongZip { .. })));
    }
}
