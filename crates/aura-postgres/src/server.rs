//! A running server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::error::{Error, at};
use crate::find::Installation;
use crate::lock::{Lock, Mode, POLL};
use crate::options::Options;
use crate::plan::Plan;
use crate::postmaster::Postmaster;
use crate::start::READY;
use crate::supervisor::{self, Claim};

/// How long a server may take to end: a little more than the supervisor gives it before it kills it.
pub(crate) const GONE: Duration = Duration::from_secs(150);

/// A server that takes connections. While the value lives the server is not stopped by anybody else's end; when it
/// is dropped and no other process uses the server, the server is stopped, and the drop waits for that.
#[derive(Debug)]
pub struct Server {
    plan: Plan,
    postmaster: Postmaster,
    users: Lock,
    /// `None` for a server that stays.
    claim: Option<Claim>,
    /// The supervisor, if this process started it.
    child: Option<Child>,
}

impl Server {
    /// The same as [`Options::new`].
    pub fn options() -> Options {
        Options::new()
    }

    /// The directory of the socket.
    pub fn socket_dir(&self) -> &Path {
        &self.postmaster.socket_dir
    }

    /// The port, which names the socket.
    pub fn port(&self) -> u16 {
        self.postmaster.port
    }

    /// The data directory.
    pub fn data_dir(&self) -> &Path {
        &self.plan.place.data
    }

    /// The server's log.
    pub fn log(&self) -> PathBuf {
        self.plan.place.log()
    }

    /// The programs it runs with.
    pub fn installation(&self) -> &Installation {
        &self.plan.installation
    }

    /// The process number of PostgreSQL's first process.
    pub fn pid(&self) -> i32 {
        self.postmaster.pid.as_raw_nonzero().get()
    }

    /// The process number of the supervisor, if this process started it.
    pub fn supervisor_pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Whether the server was started by this value, not found running.
    pub fn was_started(&self) -> bool {
        self.child.is_some()
    }

    /// Whether its process is there.
    pub fn is_running(&self) -> bool {
        self.postmaster.is_alive()
    }

    /// A URL for a database and user (no password is asked). It has libpq's form with an empty host and all else as
    /// parameters; psql, tokio-postgres and node-postgres read it.
    /// <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS>
    pub fn url(&self, database: &str, user: &str) -> String {
        use std::os::unix::ffi::OsStrExt;
        let host = percent(self.socket_dir().as_os_str().as_bytes());
        let (database, user, port) = (percent(database.as_bytes()), percent(user.as_bytes()), self.port());
        format!("postgresql:///{database}?host={host}&port={port}&user={user}")
    }

    /// Ends the use of the server, and stops it if nobody else uses it and it is not to stay. Waits for a clean stop.
    ///
    /// # Errors
    /// [`Error::Timeout`] if it does not end.
    pub fn stop(mut self) -> Result<(), Error> {
        self.leave()
    }

    /// Stops the server whoever uses it, one that stays too, and waits for that. Data stays, but for [`scratch`](crate::scratch)'s.
    ///
    /// # Errors
    /// [`Error::Timeout`] if it does not end.
    pub fn shut_down(mut self) -> Result<(), Error> {
        self.postmaster.signal(self.stop_signal());
        let gone = self.wait_gone();
        self.leave().and(gone)
    }

    /// Stops the server if it runs and starts it again with the same options: after it was killed, or to apply what only a start applies.
    ///
    /// # Errors
    /// As [`Options::start`].
    pub fn restart(&mut self) -> Result<(), Error> {
        let (starting, users) = self.plan.locks()?;
        // Else the old supervisor would take this for the end, and remove what is to be removed then.
        if let Some(mut claim) = self.claim.take() {
            let _ = claim.let_stay();
        }
        self.postmaster.signal(Signal::INT);
        self.wait_gone()?;
        if let Some(child) = self.child.take() {
            supervisor::reap(child);
        }
        let fresh = self.plan.clone().start(&starting, users)?;
        *self = fresh;
        Ok(())
    }

    /// A server that this process started.
    pub(crate) fn started(
        plan: Plan,
        postmaster: Postmaster,
        users: Lock,
        claim: Option<Claim>,
        child: Child,
    ) -> Self {
        Self { plan, postmaster, users, claim, child: Some(child) }
    }

    /// A server that was found running: waits until it is ready, and asks it to stay if that is wished.
    pub(crate) fn joined(
        plan: Plan,
        running: Postmaster,
        users: Lock,
        claim: Option<Claim>,
    ) -> Result<Self, Error> {
        let mut server = Self { plan, postmaster: running, users, claim, child: None };
        let deadline = Instant::now() + READY;
        while !server.postmaster.is_ready() {
            if !server.is_running() || Instant::now() > deadline {
                return Err(server.plan.timeout("ready", READY));
            }
            thread::sleep(POLL);
            if let Some(now) = Postmaster::read(&server.plan.place.data) {
                server.postmaster = now;
            }
        }
        if server.plan.options.stay
            && let Some(mut claim) = server.claim.take()
        {
            let stays = server.plan.place.stays();
            fs::write(&stays, "").map_err(at("create", &stays))?;
            claim.let_stay().map_err(at("write", server.plan.place.run.clone()))?;
        }
        Ok(server)
    }

    fn stop_signal(&self) -> Signal {
        if self.plan.options.durable { Signal::INT } else { Signal::QUIT }
    }

    fn wait_gone(&self) -> Result<(), Error> {
        if self.postmaster.wait_gone(GONE) { Ok(()) } else { Err(self.plan.timeout("gone", GONE)) }
    }

    /// Removes what is not to be kept. The supervisor does the same; this is quicker, and for one that was killed.
    fn remove(&self) {
        if let Some(remove) = &self.plan.options.remove {
            let _ = fs::remove_dir_all(remove);
        }
    }

    /// Gives up the claim; the last one to do so waits until the server is gone.
    fn leave(&mut self) -> Result<(), Error> {
        let child = self.child.take();
        let claim = self.claim.take();
        let result = match claim {
            Some(mut claim) => {
                // Held until this returns, so that a start that comes now waits for the end of the stop.
                let last = self.users.attempt(Mode::Exclusive).unwrap_or(false);
                // Another user may have asked that it stay.
                let stops = last && !self.plan.place.stays().exists();
                if stops && !claim.is_heard() {
                    self.postmaster.signal(self.stop_signal());
                }
                drop(claim);
                if stops { self.wait_gone().inspect(|()| self.remove()) } else { Ok(()) }
            }
            None => Ok(()),
        };
        if let Some(child) = child {
            supervisor::reap(child);
        }
        result
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.leave();
    }
}

/// Percent-encodes all but RFC 3986's unreserved characters and the slash, which a query may hold.
fn percent(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, &byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}
