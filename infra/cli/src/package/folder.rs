//! The folder of a package, which is there as a whole or not at all.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{self, Path, PathBuf};

use redrive_infra::Format;
use redrive_infra::deploy::{CDK_TEMPLATE, PACKAGED, ZIP};
use tempfile::TempDir;

use crate::error::Error;

/// The user's changes of a Terraform module, which each package keeps.
const OVERRIDE: &str = "override.tf.json";

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
            false => is_file_of_package(&name),
        };
        if !is_ours {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

fn is_file_of_package(name: &Path) -> bool {
    let of_formats = Format::ALL.iter().flat_map(|it| it.files()).copied();
    let others = ["stack.json", "stack.md", CDK_TEMPLATE, PACKAGED, OVERRIDE];
    of_formats.chain(others).any(|it| name == Path::new(it))
}

/// Replaces the folder by one that `fill` fills.
///
/// # Errors
/// `fill` fails, or the folder cannot be written. Then the folder is unchanged.
pub(super) fn replace<T>(
    folder: &Path,
    fill: impl FnOnce(&Path) -> Result<T, Error>,
) -> Result<T, Error> {
    let unwritable = |reason| unwritable(folder, reason);
    let work = || -> Result<T, Error> {
        // A link stays, and leads to the new folder.
        let folder = match folder.canonicalize() {
            Ok(folder) => folder,
            Err(_) => path::absolute(folder).map_err(unwritable)?,
        };
        let temporary = temporary_folder(&folder).map_err(unwritable)?;
        let new = temporary.path().join("new");
        fs::create_dir(&new).map_err(unwritable)?;
        let filled = fill(&new)?;
        if folder.join(OVERRIDE).exists() {
            fs::copy(folder.join(OVERRIDE), new.join(OVERRIDE)).map_err(unwritable)?;
        }
        swap(&new, &folder, &temporary.path().join("old")).map_err(unwritable)?;
        Ok(filled)
    };
    uninterrupted(work).map_err(unwritable)?
}

fn unwritable(folder: &Path, reason: io::Error) -> Error {
    Error::Write {
        path: folder.to_owned(),
        reason,
    }
}

/// A new folder on the same file system. It is deleted when it is dropped.
fn temporary_folder(folder: &Path) -> io::Result<TempDir> {
    let parent = folder.parent().unwrap_or(folder);
    fs::create_dir_all(parent)?;
    tempfile::Builder::new()
        .prefix(".package-")
        .tempdir_in(parent)
}

/// Moves `folder` to `old`, and `new` to `folder`.
fn swap(new: &Path, folder: &Path, old: &Path) -> io::Result<()> {
    let is_replaced = folder.exists();
    if is_replaced {
        fs::rename(folder, old)?;
    }
    if let Err(error) = fs::rename(new, folder) {
        if is_replaced {
            fs::rename(old, folder)?;
        }
        return Err(error);
    }
    Ok(())
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

    #[test]
    fn a_folder_is_replaced_as_a_whole() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let out = root.path().join("a/out");
        let fill = |names: &[&str]| {
            replace(&out, |folder| {
                for name in names {
                    let path = folder.join(name);
                    fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
                    fs::write(path, "").expect("a new file");
                }
                match names.len() {
                    2 => Ok(()),
                    _ => Err(Error::UnknownRule("not filled".to_owned())),
                }
            })
        };
        for zip in ["one/bootstrap.zip", "two/bootstrap.zip"] {
            fill(&[zip, "template.json"]).expect("written");
            let mut expected = [zip, "template.json"].map(|it| out.join(it).display().to_string());
            expected.sort();
            assert_eq!(files(&root.path().join("a")), expected);
            check(&out).expect("only a package");
        }
        // The user's own changes of a module are kept.
        fs::write(out.join(OVERRIDE), "{}").expect("a new file");
        fill(&["main.tf.json", "stack.md"]).expect("written");
        check(&out).expect("only a package");
        assert!(out.join(OVERRIDE).is_file());
        let before = files(root.path());
        let error = fill(&["stack.md"]).expect_err("not filled");
        assert_eq!(error.to_string(), "not filled");
        assert_eq!(files(root.path()), before);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_leads_to_the_new_folder() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let (link, folder) = (root.path().join("link"), root.path().join("a/out"));
        fs::create_dir_all(&folder).expect("a new folder");
        std::os::unix::fs::symlink(&folder, &link).expect("a new link");
        let fill = |new: &Path| {
            fs::write(new.join("template.json"), "").expect("a new file");
            Ok(())
        };
        replace(&link, fill).expect("written");
        assert!(link.is_symlink());
        assert!(folder.join("template.json").is_file());
    }

    #[test]
    fn other_files_are_not_deleted() {
        let root = tempfile::tempdir().expect("a temporary folder");
        check(&root.path().join("none")).expect("nothing to delete");
        fs::write(root.path().join("packaged.yaml"), "").expect("a new file");
        check(root.path()).expect("only a package");
        for name in ["src/main.rs", "overlay.json", "terraform.tfstate"] {
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
