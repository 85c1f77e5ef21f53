//! A running PostgreSQL as `postmaster.pid` tells of it.
//!
//! Lines of that file: process, data directory, start time, port, socket directory, address, shared memory, status
//! (`src/include/utils/pidfile.h` of PostgreSQL).

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::lock::POLL;

/// What `postmaster.pid` says, whether or not it is still true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Postmaster {
    pub(crate) pid: Pid,
    /// Seconds since 1970; with `pid` it tells one start from another.
    started: String,
    data: PathBuf,
    pub(crate) port: u16,
    pub(crate) socket_dir: PathBuf,
    status: String,
}

impl Postmaster {
    /// Reads the file; `None` if there is none or it is not complete (yet).
    pub(crate) fn read(data: &Path) -> Option<Self> {
        let text = fs::read_to_string(file(data)).ok()?;
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        Some(Self {
            pid: Pid::from_raw(lines.first()?.parse().ok()?)?,
            started: (*lines.get(2)?).to_owned(),
            data: data.to_owned(),
            port: lines.get(3)?.parse().ok()?,
            socket_dir: PathBuf::from(lines.get(4)?),
            status: lines.get(7).copied().unwrap_or_default().to_owned(),
        })
    }

    /// Whether this is the start that `other` tells of.
    pub(crate) fn same_start(&self, other: &Self) -> bool {
        self.pid == other.pid && self.started == other.started
    }

    /// Whether the process is there and is this server, not another process that was given its number since.
    pub(crate) fn is_alive(&self) -> bool {
        // EPERM: there, and another account's.
        !matches!(test_kill_process(self.pid), Err(Errno::SRCH)) && is_server(self.pid, &self.data)
    }

    /// Whether it takes connections.
    pub(crate) fn is_ready(&self) -> bool {
        let socket = self.socket_dir.join(format!(".s.PGSQL.{}", self.port));
        self.status == "ready" && UnixStream::connect(socket).is_ok()
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.status == "stopping"
    }

    /// Sends a signal: `INT` disconnects everybody, writes a checkpoint and ends; `QUIT` ends at once.
    /// A process that is gone already is no error.
    pub(crate) fn signal(&self, signal: Signal) {
        if self.is_alive() {
            let _ = kill_process(self.pid, signal);
        }
    }

    /// Waits until it is gone; false if it is not after `patience`.
    pub(crate) fn wait_gone(&self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        while self.is_alive() {
            if Instant::now() > deadline {
                return false;
            }
            thread::sleep(POLL);
        }
        true
    }
}

pub(crate) fn file(data: &Path) -> PathBuf {
    data.join("postmaster.pid")
}

/// A server's working directory is its data directory. Where that cannot be seen its command line must do.
fn is_server(pid: Pid, data: &Path) -> bool {
    let proc = PathBuf::from(format!("/proc/{}", pid.as_raw_nonzero()));
    if let Ok(stat) = fs::read_to_string(proc.join("stat")) {
        // proc(5): the state follows the name, which is in parentheses. A zombie serves nobody.
        let state = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        if state.starts_with(['Z', 'X']) {
            return false;
        }
        if let Ok(cwd) = fs::read_link(proc.join("cwd")) {
            return cwd == data;
        }
        let command = fs::read(proc.join("cmdline")).unwrap_or_default();
        return String::from_utf8_lossy(&command).contains("postgres");
    }
    let ps = Command::new("ps")
        .args(["-o", "state=,command=", "-p", &pid.as_raw_nonzero().to_string()])
        .stdin(Stdio::null())
        .output();
    ps.is_ok_and(|ps| {
        let line = String::from_utf8_lossy(&ps.stdout);
        !line.trim_start().starts_with('Z') && line.contains("postgres")
    })
}
