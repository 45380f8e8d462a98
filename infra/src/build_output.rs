//! The files that the build script writes.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::cargo;
use crate::error::{Errors, inaccessible};

/// `OUT_DIR` and the folder of the copy: each file is in both.
pub(crate) struct OutputFolders {
    folders: Vec<PathBuf>,
    /// When cargo started the build script.
    started: Option<SystemTime>,
}

impl OutputFolders {
    /// Creates the folder of the copy.
    pub(crate) fn new(out_dir: &Path, copy: Option<PathBuf>) -> Result<Self, Errors> {
        if let Some(copy) = &copy {
            fs::create_dir_all(copy).map_err(|error| unwritable(copy, &error))?;
        }
        Ok(Self {
            folders: [out_dir.to_owned()].into_iter().chain(copy).collect(),
            started: started(out_dir),
        })
    }

    /// Makes cargo run the build script again when the file is changed or deleted,
    /// and writes it unless `is_same` holds for the old text and the new one.
    pub(crate) fn write(
        &self,
        name: &str,
        text: &str,
        is_same: impl Fn(&str, &str) -> bool,
    ) -> Result<(), Errors> {
        for folder in &self.folders {
            let path = folder.join(name);
            cargo::rerun_if_changed(&path);
            if fs::read_to_string(&path).is_ok_and(|old| is_same(&old, text)) {
                continue;
            }
            // Renamed, so that a reader never sees half of the file.
            let new = folder.join(format!(".{name}.{}", std::process::id()));
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
            write().map_err(|error| unwritable(&path, &error))?;
        }
        Ok(())
    }

    /// Deletes a file that is out of date, if it is there.
    pub(crate) fn remove(&self, name: &str) -> Result<(), Errors> {
        for folder in &self.folders {
            let path = folder.join(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(unwritable(&path, &error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn unwritable(path: &Path, why: &std::io::Error) -> Errors {
    inaccessible(path, "written", why, "remove what is in its way")
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
    use std::path::Path;
    use std::time::{Duration, SystemTime};

    use super::OutputFolders;

    const SAME: fn(&str, &str) -> bool = |old, new| old == new;

    fn modified(path: &Path) -> SystemTime {
        let time = fs::metadata(path).and_then(|data| data.modified());
        time.expect("a file's time")
    }

    #[test]
    fn the_same_text_is_not_written_again() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let output = OutputFolders::new(folder.path(), None).expect("a folder");
        let path = folder.path().join("x");
        let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
        output.write("x", "one", SAME).expect("written");
        let file = File::options().write(true).open(&path).expect("a file");
        file.set_modified(old).expect("aged");
        output.write("x", "one", SAME).expect("written");
        assert_eq!(modified(&path), old);
        output.write("x", "two", SAME).expect("written");
        assert_ne!(modified(&path), old);
        assert_eq!(fs::read_to_string(&path).expect("a file"), "two");
    }

    #[test]
    fn a_written_file_is_no_newer_than_the_run() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let stamp = File::create(folder.path().join("invoked.timestamp")).expect("a new file");
        let started = SystemTime::UNIX_EPOCH + Duration::from_secs(7);
        stamp.set_modified(started).expect("a file's time");
        let out_dir = folder.path().join("out");
        fs::create_dir(&out_dir).expect("a new folder");
        let output = OutputFolders::new(&out_dir, None).expect("a folder");
        output.write("x", "one", SAME).expect("written");
        assert_eq!(modified(&out_dir.join("x")), started);
    }

    #[test]
    fn a_file_is_in_each_folder_until_it_is_removed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let copy = folder.path().join("a/b");
        let output = OutputFolders::new(folder.path(), Some(copy.clone())).expect("two folders");
        let both = [folder.path(), &copy];
        output.write("x", "one", SAME).expect("written");
        assert!(both.iter().all(|folder| folder.join("x").is_file()));
        output.remove("x").expect("removed");
        assert!(!both.iter().any(|folder| folder.join("x").exists()));
        output.remove("x").expect("nothing to remove");
    }

    #[test]
    fn what_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("file"), "").expect("a new file");
        let below = folder.path().join("file/below");
        let error = OutputFolders::new(folder.path(), Some(below)).err();
        let error = error.expect("no folder");
        let problem = error.0[0].problem();
        assert!(
            problem.contains("file/below` cannot be written"),
            "{problem}"
        );
    }
}
