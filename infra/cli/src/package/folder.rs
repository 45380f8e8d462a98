//! The folder of a package, which is there as a whole or not at all.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// cargo-lambda's name of a binary's zip, in a folder named after the binary.
pub(super) const ZIP: &str = "bootstrap.zip";

/// A file of the folder.
pub(super) struct File {
    pub(super) from: PathBuf,
    /// Its path in the folder.
    pub(super) name: PathBuf,
}

/// Checks that nothing else would be deleted with an earlier package.
///
/// # Errors
/// There is a file that no package has.
pub(super) fn check(folder: &Path) -> Result<(), Error> {
    match foreign(folder) {
        Ok(None) => Ok(()),
        Ok(Some(name)) => Err(Error::ForeignFile {
            folder: folder.to_owned(),
            name,
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(reason) => Err(unwritable(folder, reason)),
    }
}

fn foreign(folder: &Path) -> io::Result<Option<PathBuf>> {
    for entry in fs::read_dir(folder)? {
        let (entry, name) = entry.map(|it| (it.path(), PathBuf::from(it.file_name())))?;
        let is_ours = match entry.is_dir() {
            true => fs::read_dir(&entry)?
                .all(|file| file.is_ok_and(|file| file.file_name() == OsStr::new(ZIP))),
            // `packaged.yaml` is written by the command that uploads the zips.
            false => {
                name == Path::new("packaged.yaml")
                    || super::MANIFESTS.iter().any(|it| name == Path::new(it))
            }
        };
        if !is_ours {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// Replaces the folder by one with these files, and gives its full path.
pub(super) fn replace(folder: &Path, files: &[File]) -> Result<PathBuf, Error> {
    uninterrupted(|| swap(folder, files))
        .and_then(|swapped| swapped)
        .map_err(|reason| unwritable(folder, reason))
}

fn unwritable(folder: &Path, reason: io::Error) -> Error {
    Error::Write {
        path: folder.to_owned(),
        reason,
    }
}

fn swap(folder: &Path, files: &[File]) -> io::Result<PathBuf> {
    let folder = match folder.canonicalize() {
        Ok(folder) => folder,
        Err(_) => std::path::absolute(folder)?,
    };
    let parent = folder.parent().unwrap_or(&folder);
    fs::create_dir_all(parent)?;
    // Deleted at the end, also after an error.
    let temporary = tempfile::Builder::new()
        .prefix(".package-")
        .tempdir_in(parent)?;
    let [new, old] = ["new", "old"].map(|name| temporary.path().join(name));
    for File { from, name } in files {
        let to = new.join(name);
        fs::create_dir_all(to.parent().unwrap_or(&new))?;
        fs::copy(from, &to)?;
    }
    let is_replaced = folder.exists();
    if is_replaced {
        fs::rename(&folder, &old)?;
    }
    if let Err(error) = fs::rename(&new, &folder) {
        if is_replaced {
            fs::rename(&old, &folder)?;
        }
        return Err(error);
    }
    Ok(folder)
}

/// Runs `work`, during which Ctrl-C does not end the process.
fn uninterrupted<T>(work: impl FnOnce() -> T) -> io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        tokio::select! {
            // First, because SIGINT is only caught from the first poll on.
            biased;
            Err(error) = tokio::signal::ctrl_c() => Err(error),
            done = async { work() } => Ok(done),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &Path) -> Vec<String> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => names.extend(files(&path)),
                false => names.push(path.display().to_string()),
            }
        }
        names.sort();
        names
    }

    fn file(from: &Path, name: &str) -> File {
        File {
            from: from.to_owned(),
            name: name.into(),
        }
    }

    #[test]
    fn a_folder_is_replaced_as_a_whole() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let root = root.path().canonicalize().expect("a folder");
        let (source, out) = (root.join("source"), root.join("a/out"));
        fs::write(&source, "text").expect("a new file");
        let names = |names: &[&str]| -> Vec<String> {
            names
                .iter()
                .map(|name| out.join(name).display().to_string())
                .collect()
        };
        for zip in ["one/bootstrap.zip", "two/bootstrap.zip"] {
            let files_of_it = [file(&source, "template.json"), file(&source, zip)];
            let folder = replace(&out, &files_of_it).expect("written");
            assert_eq!(folder, out);
            assert_eq!(files(&root.join("a")), {
                let mut expected = names(&[zip, "template.json"]);
                expected.sort();
                expected
            });
            check(&out).expect("only a package");
        }
        // The folder stays as it is if a file is missing.
        let missing = [
            file(&source, "stack.md"),
            file(&root.join("nope"), "stack.json"),
        ];
        let error = replace(&out, &missing).expect_err("not written");
        assert!(error.to_string().starts_with("cannot write "), "{error}");
        assert_eq!(
            files(&root.join("a")),
            names(&["template.json", "two/bootstrap.zip"])
        );
    }

    #[test]
    fn other_files_are_not_deleted() {
        let root = tempfile::tempdir().expect("a temporary folder");
        check(&root.path().join("none")).expect("nothing to delete");
        fs::write(root.path().join("packaged.yaml"), "").expect("a new file");
        check(root.path()).expect("only a package");
        for name in ["src/main.rs", "overlay.json"] {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
            fs::write(&path, "").expect("a new file");
            let error = check(root.path()).expect_err("another file").to_string();
            let found = name.split('/').next().expect("a name");
            assert!(error.contains(&format!("contains `{found}`")), "{error}");
            fs::remove_file(path).expect("removed");
            _ = fs::remove_dir(root.path().join("src"));
        }
        check(&root.path().join("packaged.yaml")).expect_err("not a folder");
    }

    #[cfg(unix)]
    #[test]
    fn ctrl_c_is_ignored_until_the_folder_is_complete() {
        use rustix::process::{Signal, getpid, kill_process};

        let done = uninterrupted(|| {
            kill_process(getpid(), Signal::INT).expect("a signal to this process");
            true
        });
        assert!(done.expect("not interrupted"));
    }
}
