//! From a plan to a server that takes connections: the one that runs already, or a new one.

use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::cluster::{self, State};
use crate::error::{Error, at};
use crate::lock::{Lock, POLL};
use crate::plan::Plan;
use crate::postmaster::{self, Postmaster};
use crate::server::{GONE, Server};
use crate::supervisor::{self, Joined, Launched};

/// How long a server may take to be ready: after a crash it first replays its log.
pub(crate) const READY: Duration = Duration::from_mins(10);

/// A log larger than this is set aside at the next start (one older log is kept).
const LOG_BYTES: u64 = 10 * 1024 * 1024;

impl Plan {
    /// Uses the running server or starts one. The caller holds both locks.
    pub(crate) fn start(self, starting: &Lock, users: Lock) -> Result<Server, Error> {
        let place = &self.place;
        while let Some(running) = Postmaster::read(&place.data).filter(Postmaster::is_alive) {
            match supervisor::join(place, &running)? {
                Joined::Claimed(claim) => {
                    return Server::joined(self, running, users, Some(claim));
                }
                Joined::Unsupervised if place.stays().exists() && !running.is_stopping() => {
                    return Server::joined(self, running, users, None);
                }
                // Its processes were killed, all but PostgreSQL itself. Nobody uses it through us, and a supervisor
                // that nobody sees may be about to stop it: a fresh start is the safe way.
                Joined::Unsupervised => running.signal(Signal::INT),
                Joined::Ending => {}
            }
            if !running.wait_gone(GONE) {
                return Err(self.timeout("gone", GONE));
            }
        }
        if cluster::state(&place.data)? == State::Absent {
            cluster::create(place, &self.installation, &self.account, starting, self.options.durable)?;
        }
        self.account.private_dir(&place.run)?;
        cluster::configure(place, &self.account, self.options.port, &self.options.settings)?;
        self.drop_stale_pid_file()?;
        let (launched, postmaster) = self.launch()?;
        let mut claim = launched.claim;
        if self.options.stay {
            fs::write(place.stays(), "").map_err(at("create", place.stays()))?;
            claim.let_stay().map_err(at("write", place.pipe(&launched.name)))?;
        }
        let claim = (!self.options.stay).then_some(claim);
        Ok(Server::started(self, postmaster, users, claim, launched.child))
    }

    /// PostgreSQL overwrites a stale `postmaster.pid` itself, unless its process number is in use again by a
    /// process of the same account. In a container, where numbers are small, that is usual.
    fn drop_stale_pid_file(&self) -> Result<(), Error> {
        let file = postmaster::file(&self.place.data);
        match Postmaster::read(&self.place.data) {
            Some(stale) if rustix::process::test_kill_process(stale.pid).is_ok() && !stale.is_alive() => {
                fs::remove_file(&file).map_err(at("remove", &file))
            }
            // Incomplete after a crash of the machine: PostgreSQL would refuse it, and nobody runs (we hold the lock).
            None if file.exists() => fs::remove_file(&file).map_err(at("remove", &file)),
            _ => Ok(()),
        }
    }

    /// Starts the server and waits until it is ready. Processes of a killed server may take a moment to notice that
    /// it is gone, and PostgreSQL does not start before they have; then it is tried again.
    fn launch(&self) -> Result<(Launched, Postmaster), Error> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            match self.launch_once() {
                Err(Error::Start { tail, .. }) if is_passing(&tail) && Instant::now() < deadline => {
                    thread::sleep(10 * POLL);
                }
                done => return done,
            }
        }
    }

    fn launch_once(&self) -> Result<(Launched, Postmaster), Error> {
        let place = &self.place;
        let log = place.log();
        let mut log_size = fs::metadata(&log).map_or(0, |found| found.len());
        if log_size > LOG_BYTES {
            fs::rename(&log, log.with_extension("log.old")).map_err(at("rename", &log))?;
            log_size = 0;
        }
        let stale = Postmaster::read(&place.data);
        let signal = if self.options.durable { "INT" } else { "QUIT" };
        let mut launched = supervisor::launch(
            place,
            &self.installation,
            &self.account,
            signal,
            self.options.remove.as_deref(),
        )?;
        let ended = place.ended(&launched.name);
        let deadline = Instant::now() + READY;
        loop {
            // Asked before the file is read, so that a server that is ready and then ends is not missed.
            let gone =
                ended.exists() || launched.child.try_wait().map_err(at("wait for", "/bin/sh"))?.is_some();
            match Postmaster::read(&place.data) {
                Some(now)
                    if !stale.as_ref().is_some_and(|stale| stale.same_start(&now))
                        && !gone
                        && now.is_ready() =>
                {
                    return Ok((launched, now));
                }
                _ if gone => {
                    let tail = tail(&log, log_size).unwrap_or_default();
                    // Nothing is to be removed by the script: what failed to start may be tried again.
                    let _ = launched.claim.let_stay();
                    supervisor::reap(launched.child);
                    return Err(Error::Start { data_dir: place.data.clone(), log, tail });
                }
                _ if Instant::now() > deadline => {
                    supervisor::reap(launched.child);
                    return Err(self.timeout("ready", READY));
                }
                _ => thread::sleep(POLL),
            }
        }
    }
}

/// Whether a failed start is due to processes that are about to go.
fn is_passing(tail: &str) -> bool {
    [
        "pre-existing shared memory block",
        "lock file \"postmaster.pid\" already exists",
        "is another postmaster",
    ]
    .iter()
    .any(|passing| tail.to_lowercase().contains(passing))
}

/// What was written to the log since it had `from` bytes, shortened to its last lines.
fn tail(log: &Path, from: u64) -> std::io::Result<String> {
    let mut file = fs::File::open(log)?;
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(LOG_BYTES).read_to_end(&mut bytes)?;
    Ok(cluster::last_lines(&String::from_utf8_lossy(&bytes), 15))
}
