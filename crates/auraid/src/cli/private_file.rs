//! A file of personal data: for its owner's eyes, and there when it is complete.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// A file under way. It takes its name when it is finished, and what had the name before stays until then. Dropped
/// before that it leaves nothing.
#[derive(Debug)]
pub(super) struct PrivateFile {
    file: File,
    /// What it is called until it is finished, and then. None for a device or pipe, which is written to as it is.
    names: Option<(PathBuf, PathBuf)>,
}

impl PrivateFile {
    pub(super) fn create(path: &Path) -> io::Result<PrivateFile> {
        match fs::metadata(path) {
            Ok(found) if !found.is_file() => {
                return Ok(PrivateFile { file: File::options().write(true).open(path)?, names: None });
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        // A link stays one: what it leads to is replaced.
        let complete = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut partial = complete.clone().into_os_string();
        partial.push(".part");
        let partial = PathBuf::from(partial);
        // Left behind by a process that was killed. A new file is made, so that nobody else has it open.
        match fs::remove_file(&partial) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = File::options().write(true).create_new(true).mode(0o600).open(&partial)?;
        Ok(PrivateFile { file, names: Some((partial, complete)) })
    }

    /// Gives it its name.
    pub(super) fn finish(mut self) -> io::Result<()> {
        let Some((partial, complete)) = &self.names else {
            return Ok(());
        };
        self.file.sync_all()?;
        fs::rename(partial, complete)?;
        self.names = None;
        Ok(())
    }
}

impl Write for PrivateFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for PrivateFile {
    fn drop(&mut self) {
        if let Some((partial, _)) = &self.names {
            // It may be gone already.
            let _ = fs::remove_file(partial);
        }
    }
}
