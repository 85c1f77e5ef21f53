//! A directory of one test's own, and a server in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use aura_postgres::{Options, Server};

/// A directory of one test's own, removed at its end.
pub(crate) struct Dir(pub(crate) PathBuf);

impl Dir {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("aura-lifecycle-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        // Not the usual place for temporary files, which may be closed to the server's account.
        let dir = Path::new("/tmp").join(name);
        fs::create_dir(&dir).unwrap();
        Self(dir)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.0.join("data")
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn start(dir: &Dir) -> Server {
    Options::new().data_dir(dir.data()).start().unwrap()
}
