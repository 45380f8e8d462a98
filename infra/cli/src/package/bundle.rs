//! The zip of a binary, which has to belong to the manifest.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use redrive_infra::stack::Architecture;
use redrive_model::names::MANIFEST_MARKER;

use crate::error::Error;

/// What the zip has to agree with.
pub(super) struct Expected<'a> {
    /// Of the manifest.
    pub(super) digest: &'a str,
    pub(super) architecture: Architecture,
    /// The binary that the zip contains, as cargo built it; `None` if it did not.
    pub(super) binary: Option<&'a Path>,
}

/// Copies a zip.
///
/// # Errors
/// The zip is missing, is older than the binary, is for another architecture, or
/// was built with another manifest.
pub(super) fn copy(from: &Path, to: &Path, expected: &Expected<'_>) -> Result<(), Error> {
    copy_checked(from, to, expected).map_err(|problem| Error::WrongZip {
        path: from.to_owned(),
        problem,
    })
}

fn copy_checked(from: &Path, to: &Path, expected: &Expected<'_>) -> Result<(), String> {
    let Some(binary) = expected.binary else {
        return Err("this build did not make its binary".to_owned());
    };
    let modified = |path: &Path| fs::metadata(path).and_then(|data| data.modified());
    let text = |error: io::Error| error.to_string();
    if modified(binary).map_err(text)? > modified(from).map_err(text)? {
        return Err("it is older than the binary".to_owned());
    }
    fs::create_dir_all(to.parent().unwrap_or(to)).map_err(text)?;
    fs::copy(from, to).map_err(text)?;
    // The copy is checked, because another build may be replacing the zip.
    let bootstrap = bootstrap(to).map_err(|error| error.to_string())?;
    match machine(&bootstrap) {
        Some(architecture) if architecture == expected.architecture => {}
        Some(other) => {
            let expected = expected.architecture;
            return Err(format!(
                "it is built for {other}, and the manifest for {expected}"
            ));
        }
        None => return Err("it does not contain a Linux binary".to_owned()),
    }
    let digest = format!("{MANIFEST_MARKER}{}", expected.digest);
    let mut places = bootstrap.windows(digest.len());
    match places.any(|place| place == digest.as_bytes()) {
        true => Ok(()),
        false => Err("it was built with another manifest".to_owned()),
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

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::path::PathBuf;
    use std::time::{Duration, SystemTime};

    use tempfile::TempDir;

    use super::*;

    const DIGEST: &str = "0123456789abcdef";

    fn elf(machine: u16, digest: &str) -> Vec<u8> {
        let mut elf = b"\x7fELF".to_vec();
        elf.resize(18, 0);
        elf.extend(machine.to_le_bytes());
        elf.extend(format!("…{MANIFEST_MARKER}{digest}…").bytes());
        elf
    }

    /// A folder with a binary and the zip of it, with this entry.
    fn built(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
        let folder = TempDir::new().expect("a temporary folder");
        let binary = folder.path().join("orders");
        fs::write(&binary, "").expect("a new file");
        let zip = File::create(folder.path().join("bootstrap.zip")).expect("a file");
        let mut zip = zip::ZipWriter::new(zip);
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(name, options).expect("an entry");
        zip.write_all(bytes).expect("written");
        zip.finish().expect("a zip");
        (folder, binary)
    }

    fn copy_in(folder: &Path, binary: Option<&Path>) -> Result<(), String> {
        let expected = Expected {
            digest: DIGEST,
            architecture: Architecture::Arm64,
            binary,
        };
        let (from, to) = (folder.join("bootstrap.zip"), folder.join("new/copy.zip"));
        copy_checked(&from, &to, &expected)
    }

    /// Why a zip with this entry is rejected.
    fn problem(name: &str, bytes: &[u8]) -> String {
        let (folder, binary) = built(name, bytes);
        copy_in(folder.path(), Some(&binary)).expect_err("rejected")
    }

    #[test]
    fn a_zip_of_this_build_is_copied() {
        let (folder, binary) = built("bootstrap", &elf(183, DIGEST));
        assert_eq!(copy_in(folder.path(), Some(&binary)), Ok(()));
        let read = |name| fs::read(folder.path().join(name)).expect("a zip");
        assert_eq!(read("new/copy.zip"), read("bootstrap.zip"));
    }

    #[test]
    fn every_other_zip_is_rejected() {
        let other = problem("bootstrap", &elf(62, DIGEST));
        assert_eq!(other, "it is built for x86_64, and the manifest for arm64");
        let foreign = problem("bootstrap", &elf(183, "fedcba9876543210"));
        assert_eq!(foreign, "it was built with another manifest");
        let script = problem("bootstrap", b"#!/bin/sh");
        assert_eq!(script, "it does not contain a Linux binary");
        problem("other", &elf(183, DIGEST));
    }

    #[test]
    fn a_zip_of_another_build_is_rejected() {
        let (folder, binary) = built("bootstrap", &elf(183, DIGEST));
        let unbuilt = copy_in(folder.path(), None);
        assert_eq!(
            unbuilt,
            Err("this build did not make its binary".to_owned())
        );
        let newer = SystemTime::now() + Duration::from_secs(60);
        let file = File::options().write(true).open(&binary).expect("a file");
        file.set_modified(newer).expect("a file's time");
        let stale = copy_in(folder.path(), Some(&binary));
        assert_eq!(stale, Err("it is older than the binary".to_owned()));
        fs::remove_file(folder.path().join("bootstrap.zip")).expect("removed");
        copy_in(folder.path(), Some(&binary)).expect_err("missing");
    }
}
