//! A running server, and starting one.

use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::account::Account;
use crate::cluster::{self, State};
use crate::error::{Error, at};
use crate::find::{BIN_VARIABLE, Installation, find, find_all, is_explicit};
use crate::lock::{Lock, Mode, POLL};
use crate::place::{Place, default_base, existing};
use crate::postmaster::{self, Postmaster};
use crate::supervisor::{self, Claim, Joined, Launched};

/// How long a server may take to be ready: after a crash it first replays its log.
const READY: Duration = Duration::from_mins(10);

/// How long a server may take to end: a little more than the supervisor gives it before it kills it.
const GONE: Duration = Duration::from_secs(150);

/// A log larger than this is set aside at the next start (one older log is kept).
const LOG_BYTES: u64 = 10 * 1024 * 1024;

/// How a server is to be run.
///
/// ```no_run
/// let server = aura_postgres::Options::new().start()?;
/// println!("{}", server.url("postgres", "postgres"));
/// server.stop()?;
/// # Ok::<(), aura_postgres::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Options {
    data_dir: Option<PathBuf>,
    installation: Option<Installation>,
    settings: Vec<(String, String)>,
    port: u16,
    stay: bool,
    /// Removed when the last user is gone.
    pub(crate) remove: Option<PathBuf>,
    /// Whether the data is to survive a crash of the machine, and a stop to be a clean one.
    pub(crate) durable: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            data_dir: None,
            installation: None,
            settings: Vec::new(),
            port: 5432,
            stay: false,
            remove: None,
            durable: true,
        }
    }
}

/// All that is needed to start a server, decided.
#[derive(Debug, Clone)]
struct Plan {
    place: Place,
    installation: Installation,
    account: Account,
    options: Options,
}

impl Options {
    /// The newest installation, data in the usual place, stopped with the last process that uses it.
    pub fn new() -> Self {
        Self::default()
    }

    /// The data directory; made if it is not there. Else `postgres-MAJOR` in [`default_base`]: the newest one that
    /// exists, or a new one of the newest installed version.
    pub fn data_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.data_dir = Some(dir.into());
        self
    }

    /// The programs to use, instead of those [`find`] finds.
    pub fn installation(mut self, installation: Installation) -> Self {
        self.installation = Some(installation);
        self
    }

    /// One more setting, as in `postgresql.conf`; it wins over ours. It holds for a server that is started, not for
    /// one that runs already.
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// The port, which only names the socket (default 5432): the server listens on no network address.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Whether the server is to run on when no process uses it any more. It then runs until
    /// [`Server::shut_down`], also if it runs already and was to be stopped.
    pub fn stay(mut self, stay: bool) -> Self {
        self.stay = stay;
        self
    }

    /// Starts the server, or becomes one more user of it if it runs. Waits until it takes connections.
    ///
    /// # Errors
    /// Every kind of [`Error`]; whatever was begun is undone or will be taken up by the next start.
    pub fn start(self) -> Result<Server, Error> {
        let plan = self.plan()?;
        let (starting, users) = plan.locks()?;
        plan.start(&starting, users)
    }

    /// Chooses place, programs and account.
    fn plan(self) -> Result<Plan, Error> {
        let (installation, data) = if let Some(data) = &self.data_dir {
            (self.installation_for(cluster::state(data)?, data)?, data.clone())
        } else {
            let base = default_base()?;
            if let Some((major, data)) = existing(&base).into_iter().next() {
                (self.installation_for(State::Ours(major), &data)?, data)
            } else {
                let installation = self.installation_for(State::Absent, &base)?;
                let data = base.join(format!("postgres-{}", installation.version.major));
                (installation, data)
            }
        };
        let account = Account::for_data_dir(&data)?;
        if let Some(parent) = std::path::absolute(&data).map_err(at("find", &data))?.parent() {
            fs::create_dir_all(parent).map_err(at("create", parent))?;
        }
        let place = Place::of(&data, &account)?;
        account.reaches(&place.data)?;
        // Looked at again: the default place is chosen by name only, and says nothing of what is in it.
        cluster::state(&place.data)?;
        Ok(Plan { place, installation, account, options: self })
    }

    /// The installation for data of a given major version, or for a new directory.
    fn installation_for(&self, state: State, data: &Path) -> Result<Installation, Error> {
        let State::Ours(major) = state else {
            return self.installation.clone().map_or_else(find, Ok);
        };
        let (all, chosen_by) = match &self.installation {
            Some(installation) => (vec![installation.clone()], Some("the chosen one")),
            None => (find_all()?, is_explicit().then_some(BIN_VARIABLE)),
        };
        if let Some(fitting) = all.iter().find(|installation| installation.version.major == major) {
            return Ok(fitting.clone());
        }
        let versions: Vec<String> =
            all.iter().map(|one| format!("{} in {}", one.version, one.bin.display())).collect();
        let found = match chosen_by {
            Some(by) => format!("{by} is {}", versions.join(", ")),
            None => format!("installed is {}", versions.join(", ")),
        };
        Err(Error::OtherMajor { data_dir: data.to_owned(), data: major, found })
    }
}

impl Plan {
    /// The lock of those who start the server, and the one of those who use it.
    fn locks(&self) -> Result<(Lock, Lock), Error> {
        let (lock, users) = (self.place.lock(), self.place.users());
        let held = (Lock::take(&lock, Mode::Exclusive)?, Lock::take(&users, Mode::Shared)?);
        self.account.own(&lock)?;
        self.account.own(&users)?;
        Ok(held)
    }

    /// Uses the running server or starts one. The caller holds both locks.
    fn start(self, starting: &Lock, users: Lock) -> Result<Server, Error> {
        let place = &self.place;
        while let Some(running) = Postmaster::read(&place.data).filter(Postmaster::is_alive) {
            match supervisor::join(place, &running)? {
                Joined::Claimed(claim) => {
                    let server =
                        Server { plan: self, postmaster: running, users, claim: Some(claim), child: None };
                    return server.joined();
                }
                Joined::Unsupervised if place.stays().exists() && !running.is_stopping() => {
                    let server = Server { plan: self, postmaster: running, users, claim: None, child: None };
                    return server.joined();
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
        Ok(Server { plan: self, postmaster, users, claim, child: Some(launched.child) })
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
                    reap(launched.child);
                    return Err(Error::Start { data_dir: place.data.clone(), log, tail });
                }
                _ if Instant::now() > deadline => {
                    reap(launched.child);
                    return Err(self.timeout("ready", READY));
                }
                _ => thread::sleep(POLL),
            }
        }
    }

    fn timeout(&self, awaited: &'static str, waited: Duration) -> Error {
        Error::Timeout {
            data_dir: self.place.data.clone(),
            awaited,
            seconds: waited.as_secs(),
            log: self.place.log(),
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

/// Collects an ended child, now or later, without holding up anybody.
fn reap(mut child: Child) {
    if !matches!(child.try_wait(), Ok(Some(_))) {
        thread::spawn(move || child.wait());
    }
}

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
            reap(child);
        }
        let fresh = self.plan.clone().start(&starting, users)?;
        *self = fresh;
        Ok(())
    }

    /// A server that was found running: waits until it is ready, and asks it to stay if that is wished.
    fn joined(mut self) -> Result<Self, Error> {
        let deadline = Instant::now() + READY;
        while !self.postmaster.is_ready() {
            if !self.is_running() || Instant::now() > deadline {
                return Err(self.plan.timeout("ready", READY));
            }
            thread::sleep(POLL);
            if let Some(now) = Postmaster::read(&self.plan.place.data) {
                self.postmaster = now;
            }
        }
        if self.plan.options.stay
            && let Some(mut claim) = self.claim.take()
        {
            let stays = self.plan.place.stays();
            fs::write(&stays, "").map_err(at("create", &stays))?;
            claim.let_stay().map_err(at("write", self.plan.place.run.clone()))?;
        }
        Ok(self)
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
            reap(child);
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
