//! The files that the build script writes.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::cargo;
use crate::error::{Errors, inaccessible};

/// The folder of the files.
#[derive(Clone)]
pub(crate) struct OutputFolder {
    folder: PathBuf,
    /// When cargo started the build script.
    started: Option<SystemTime>,
}

impl OutputFolder {
    /// Makes the folder if it is not there.
    pub(crate) fn new(folder: &Path, out_dir: &Path) -> Result<Self, Errors> {
        let unwritable = |error| unwritable(folder, &error);
        fs::create_dir_all(folder).map_err(unwritable)?;
        Ok(Self {
            folder: folder.canonicalize().map_err(unwritable)?,
            started: started(out_dir),
        })
    }

    /// The folder, without links in its path.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes cargo run the build script again when the file is changed or deleted,
    /// and writes it unless `is_same` holds for the old text and the new one.
    pub(crate) fn write(
        &self,
        name: &str,
        text: &str,
        is_same: impl Fn(&str, &str) -> bool,
    ) -> Result<(), Errors> {
        let path = self.folder.join(name);
        cargo::rerun_if_changed(&path);
        if fs::read_to_string(&path).is_ok_and(|old| is_same(&old, text)) {
            return Ok(());
        }
        // Renamed, so that a reader never sees half of the file.
        let new = self.folder.join(format!(".{name}.{}", std::process::id()));
        let write = || {
            fs::write(&new, text)?;
            if let Some(started) = self.started {
                // A file that is newer than the run that wrote it would make cargo
                // run the build script once more.
                let file = File::options().write(true).open(&new)?;
                file.set_modified(started)?;
            }
            fs::rename(&new, &path)
        };
        write().map_err(|error| unwritable(&path, &error))
    }

    /// Deletes a file that is out of date, if it is there.
    pub(crate) fn remove(&self, name: &str) -> Result<(), Errors> {
        let path = self.folder.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(unwritable(&path, &error)),
            _ => Ok(()),
        }
    }
}

fn unwritable(path: &Path, why: &std::io::Error) -> Errors {
    let help = "remove what is in its way, or choose another folder with `Builder::out_dir`";
    inaccessible(path, "written", why, help)
}

/// Cargo compares files with the one it touches before it starts the build
/// script. Without it, the next build runs the build script once more, which
/// finds nothing to do.
fn started(out_dir: &Path) -> Option<SystemTime> {
    let stamp = out_dir.parent()?.join("invoked.timestamp");
    fs::metadata(stamp).ok()?.modified().ok()
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::time::{Duration, SystemTime};

    use super::OutputFolder;

    const SAME: fn(&str, &str) -> bool = |old, new| old == new;

    #[test]
    fn the_same_text_is_not_written_again() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let output =
            OutputFolder::new(&folder.path().join("a/b"), folder.path()).expect("a new folder");
        let path = output.folder().join("x");
        let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
        let age = || {
            File::options()
                .write(true)
                .open(&path)
                .and_then(|file| file.set_modified(old))
        };
        let modified = || {
            fs::metadata(&path)
                .and_then(|data| data.modified())
                .expect("a file's time")
        };

        output.write("x", "one", SAME).expect("written");
        age().expect("aged");
        output.write("x", "one", SAME).expect("written");
        assert_eq!(modified(), old);
        output.write("x", "two", SAME).expect("written");
        assert_ne!(modified(), old);
        assert_eq!(fs::read_to_string(&path).expect("a file"), "two");
    }

    #[test]
    fn a_written_file_is_no_newer_than_the_run() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let stamp = File::create(folder.path().join("invoked.timestamp")).expect("a new file");
        let started = SystemTime::UNIX_EPOCH + Duration::from_secs(7);
        stamp.set_modified(started).expect("a file's time");
        let output =
            OutputFolder::new(folder.path(), &folder.path().join("out")).expect("a folder");
        output.write("x", "one", SAME).expect("written");
        let modified = fs::metadata(output.folder().join("x")).and_then(|data| data.modified());
        assert_eq!(modified.expect("a file's time"), started);
    }

    #[test]
    fn what_is_removed_may_be_gone() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let output = OutputFolder::new(folder.path(), folder.path()).expect("a folder");
        output.write("x", "one", SAME).expect("written");
        output.remove("x").expect("removed");
        assert!(!output.folder().join("x").exists());
        output.remove("x").expect("nothing to remove");
    }

    #[test]
    fn what_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("file"), "").expect("a new file");
        let error = OutputFolder::new(&folder.path().join("file/below"), folder.path())
            .err()
            .expect("no folder");
        let problem = error.0[0].problem();
        assert!(
            problem.contains("file/below` cannot be written"),
            "{problem}"
        );
    }
}
