//! Where things are: data directories, and what stands beside one.

use std::env;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::account::{Account, is_root};
use crate::error::{Error, at};

/// Where data is kept unless told otherwise: `/var/lib/auraid` for root, else the user's data directory
/// (`$XDG_DATA_HOME/auraid`, `~/.local/share/auraid`, on macOS `~/Library/Application Support/auraid`).
///
/// # Errors
/// [`Error::NoHome`] for a plain user without a home directory.
pub fn default_base() -> Result<PathBuf, Error> {
    if is_root() {
        return Ok(PathBuf::from("/var/lib/auraid"));
    }
    // The XDG base directory specification: a relative path is to be ignored.
    let xdg = env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = env::home_dir().filter(|home| home.is_absolute());
    let below_home = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".local/share" };
    xdg.or_else(|| home.map(|home| home.join(below_home))).map(|dir| dir.join("auraid")).ok_or(Error::NoHome)
}

/// The data directories in `base` that are complete: major version and path, newest first.
pub(crate) fn existing(base: &Path) -> Vec<(u32, PathBuf)> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(base)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let major = entry.file_name().to_str()?.strip_prefix("postgres-")?.parse().ok()?;
            entry.path().join("PG_VERSION").is_file().then(|| (major, entry.path()))
        })
        .collect();
    found.sort_by_key(|(major, _)| std::cmp::Reverse(*major));
    found
}

/// A data directory and what stands beside it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) data: PathBuf,
    pub(crate) run: PathBuf,
}

/// The longest path of a socket on the systems we know: 104 bytes with the final zero on macOS, 108 on Linux.
const SOCKET_PATH: usize = 103;

impl Place {
    /// The place of a data directory. The answer is the same in every process, so that they meet.
    pub(crate) fn of(data_dir: &Path, account: &Account) -> Result<Self, Error> {
        let data = std::path::absolute(data_dir).map_err(at("find", data_dir))?;
        // Links are followed where they can be, so that two names of one directory are one place.
        let data = match (fs::canonicalize(&data), data.parent().map(fs::canonicalize), data.file_name()) {
            (Ok(real), _, _) => real,
            (_, Some(Ok(parent)), Some(name)) => parent.join(name),
            _ => data,
        };
        let beside = with_suffix(&data, ".run");
        let fits = beside.as_os_str().len() + "/.s.PGSQL.65535".len() <= SOCKET_PATH;
        let run = if fits {
            beside
        } else {
            PathBuf::from("/tmp").join(format!(
                "auraid-{}-{:016x}",
                account.uid,
                fnv1a(data.as_os_str().as_bytes())
            ))
        };
        Ok(Self { data, run })
    }

    pub(crate) fn lock(&self) -> PathBuf {
        with_suffix(&self.data, ".lock")
    }

    pub(crate) fn users(&self) -> PathBuf {
        with_suffix(&self.data, ".users")
    }

    /// The data directory while it is being made.
    pub(crate) fn unfinished(&self) -> PathBuf {
        with_suffix(&self.data, ".new")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.data.join("server.log")
    }

    /// The named pipe that the supervisor of the start `name` reads.
    pub(crate) fn pipe(&self, name: &str) -> PathBuf {
        self.run.join(format!("users.{name}"))
    }

    /// Written by the supervisor of the start `name` when its server has ended.
    pub(crate) fn ended(&self, name: &str) -> PathBuf {
        self.run.join(format!("ended.{name}"))
    }

    /// Holds the name of the last start.
    pub(crate) fn name(&self) -> PathBuf {
        self.run.join("name")
    }

    /// There if the running server is to outlive its users.
    pub(crate) fn stays(&self) -> PathBuf {
        self.run.join("stays")
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// FNV-1a, 64 bits: a short name for a long path that every build agrees on.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
