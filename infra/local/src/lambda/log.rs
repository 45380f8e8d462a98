//! What a function writes to its standard output and error.

use std::fs::File;
use std::io::Read;
use std::process::Stdio;

use tempfile::NamedTempFile;

/// A file instead of a pipe, because it contains all of a process's output as soon
/// as the process asks for the next event.
#[derive(Debug)]
pub(crate) struct Log {
    file: NamedTempFile,
    reader: File,
}

impl Log {
    pub(crate) fn create() -> std::io::Result<Self> {
        let file = NamedTempFile::new()?;
        let reader = file.reopen()?;
        Ok(Self { file, reader })
    }

    /// For the process's output; all writers append.
    pub(crate) fn writer(&self) -> std::io::Result<Stdio> {
        let file = File::options().append(true).open(self.file.path())?;
        Ok(file.into())
    }

    /// The lines written since the last call.
    pub(crate) fn take(&mut self) -> Vec<String> {
        let mut bytes = Vec::new();
        // A log that cannot be read is treated as empty, because the outcome of the
        // invocation does not depend on it.
        let _ = self.reader.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes)
            .lines()
            .map(str::to_owned)
            .collect()
    }
}
