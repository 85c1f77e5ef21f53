//! File locks: the kernel lets go of them when their holder ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, at};

/// How often a condition is looked at while waiting for it.
pub(crate) const POLL: Duration = Duration::from_millis(10);

/// How long somebody else may hold a lock: a start with a slow `initdb`, or a slow stop.
const PATIENCE: Duration = Duration::from_mins(3);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Shared,
    Exclusive,
}

/// A lock that is held until dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Waits for the lock.
    pub(crate) fn take(path: &Path, mode: Mode) -> Result<Self, Error> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(at("open", path))?;
        let mut lock = Self { file, path: path.to_owned() };
        let deadline = Instant::now() + PATIENCE;
        while !lock.attempt(mode)? {
            if Instant::now() > deadline {
                let holder = lock.holder();
                return Err(Error::Locked { lock: path.to_owned(), holder, seconds: PATIENCE.as_secs() });
            }
            thread::sleep(POLL);
        }
        if mode == Mode::Exclusive {
            lock.sign().map_err(at("write", path))?;
        }
        Ok(lock)
    }

    /// Tries to hold the lock in another mode. On failure the lock may be held in no mode at all.
    pub(crate) fn attempt(&self, mode: Mode) -> Result<bool, Error> {
        let tried = match mode {
            Mode::Shared => self.file.try_lock_shared(),
            Mode::Exclusive => self.file.try_lock(),
        };
        match tried {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(at("lock", &self.path)(error)),
        }
    }

    /// The same lock for a child to inherit, so that it stays locked while the child runs, even without us.
    pub(crate) fn inheritable(&self) -> Result<File, Error> {
        self.file.try_clone().map_err(at("share", &self.path))
    }

    /// Notes who holds it, for [`Error::Locked`].
    fn sign(&mut self) -> std::io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        writeln!(self.file, "{}", std::process::id())
    }

    fn holder(&mut self) -> String {
        let mut text = String::new();
        let read = self.file.rewind().and_then(|()| self.file.read_to_string(&mut text));
        match (read, text.trim().parse::<u32>()) {
            (Ok(_), Ok(pid)) => format!("process {pid}"),
            _ => "another process".to_owned(),
        }
    }
}
