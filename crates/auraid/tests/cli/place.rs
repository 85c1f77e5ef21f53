//! A folder of one test's own, with a local PostgreSQL's data in it or without.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::program::eventually;

/// A folder that any account may enter. At its end it is removed, and a PostgreSQL that still runs on the data in it
/// is stopped.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Place {
        // Not the usual place for temporary files, which may be closed to the account PostgreSQL runs as, or too
        // long for a socket.
        let dir = tempfile::Builder::new().prefix("auraid-cli-").tempdir_in("/tmp").unwrap();
        fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
        Place(dir)
    }

    /// The same, owned by an account.
    pub(crate) fn of(uid: u32, gid: u32) -> Place {
        let place = Place::new();
        chown(place.path(), Some(uid), Some(gid)).unwrap();
        place
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Where a local PostgreSQL's data goes.
    pub(crate) fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// The same, as an argument.
    pub(crate) fn data_argument(&self) -> String {
        self.data().to_str().unwrap().to_owned()
    }

    /// A file in the folder.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The process of the PostgreSQL that runs on the data.
    pub(crate) fn postgres(&self) -> Option<i32> {
        postgres_of(&self.data())
    }

    /// Waits until no PostgreSQL runs on the data.
    #[track_caller]
    pub(crate) fn until_postgres_is_gone(&self) {
        eventually("PostgreSQL is gone", || self.postgres().is_none());
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        for data in data_directories(self.path()) {
            if let Some(pid) = postgres_of(&data) {
                // Fails if it ends by itself meanwhile.
                let _ = kill_process(Pid::from_raw(pid).unwrap(), Signal::QUIT);
            }
        }
    }
}

/// Folders below `root`, and itself, that hold a PostgreSQL's data.
pub(crate) fn data_directories(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        if folder.join("PG_VERSION").exists() {
            found.push(folder);
            continue;
        }
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        folders.extend(entries.map(|entry| entry.path()).filter(|path| path.is_dir()));
    }
    found
}

fn postgres_of(data: &Path) -> Option<i32> {
    let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    let pid = text.lines().next()?.trim().parse().ok()?;
    is_alive(pid).then_some(pid)
}

/// Whether a process runs; one that has ended and was not waited for does not.
pub(crate) fn is_alive(pid: i32) -> bool {
    match fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => !stat.contains(") Z"),
        Err(_) if Path::new("/proc/self").exists() => false,
        Err(_) => rustix::process::test_kill_process(Pid::from_raw(pid).unwrap()).is_ok(),
    }
}
