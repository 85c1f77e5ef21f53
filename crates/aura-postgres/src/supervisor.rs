//! The script a server runs under, and the pipe that ties the server to its users.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use crate::account::Account;
use crate::error::{Error, at};
use crate::find::Installation;
use crate::lock::POLL;
use crate::place::Place;
use crate::postmaster::Postmaster;

const SCRIPT: &str = include_str!("supervisor.sh");

/// How long a supervisor may take to answer a new user.
const ANSWER: Duration = Duration::from_secs(30);

/// A new server on its way.
pub(crate) struct Launched {
    /// The script.
    pub(crate) child: Child,
    /// The writing end of the pipe: the server lives while this or another one is open.
    pub(crate) claim: Claim,
    /// The start's own name.
    pub(crate) name: String,
}

/// A claim on a server: while it is held the server is not stopped.
#[derive(Debug)]
pub(crate) struct Claim(File);

impl Claim {
    /// Tells the supervisor to let the server go on without users.
    pub(crate) fn let_stay(&mut self) -> io::Result<()> {
        self.0.write_all(b"stay\n")
    }

    /// Whether there is a supervisor to notice the end of the claim; it may have been killed.
    pub(crate) fn is_heard(&mut self) -> bool {
        self.0.write_all(b"leaving\n").is_ok()
    }
}

/// What became of a wish to use a running server.
pub(crate) enum Joined {
    /// It stays as long as the claim.
    Claimed(Claim),
    /// It has no supervisor.
    Unsupervised,
    /// It is on its way out.
    Ending,
}

/// Starts the script and under it the server.
pub(crate) fn launch(
    place: &Place,
    installation: &Installation,
    account: &Account,
    stop_signal: &str,
    remove: Option<&Path>,
) -> Result<Launched, Error> {
    clear(&place.run)?;
    let name = unique();
    let pipe = place.pipe(&name);
    make_pipe(&pipe, account)?;
    // The reading end first, without waiting for a writer; then the writing end finds a reader.
    let reader = open_pipe(&pipe, true).map_err(at("open", &pipe))?;
    let writer = open_pipe(&pipe, false).map_err(at("open", &pipe))?;
    for end in [&reader, &writer] {
        let blocking = fcntl_getfl(end).and_then(|flags| fcntl_setfl(end, flags - OFlags::NONBLOCK));
        blocking.map_err(|error| at("open", &pipe)(error.into()))?;
    }

    let log_path = place.log();
    let log = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(&log_path)
        .map_err(at("open", &log_path))?;
    account.own(&log_path)?;
    let errors = log.try_clone().map_err(at("open", &log_path))?;

    let shell = Path::new("/bin/sh");
    let child = account
        .command(shell)
        .args(["-c", SCRIPT, "aura-postgres"])
        .args([&place.data, &place.run])
        .args([&name, stop_signal])
        .arg(remove.unwrap_or(Path::new("")))
        .arg(installation.program("postgres"))
        .arg("-D")
        .arg(&place.data)
        .stdin(reader)
        .stdout(log)
        .stderr(errors)
        // A group of its own: Ctrl-C in our terminal is for us, and we stop the server then.
        .process_group(0)
        .spawn()
        .map_err(|source| Error::Run { program: shell.to_owned(), account: account.name.clone(), source })?;
    fs::write(place.name(), &name).map_err(at("write", place.name()))?;
    Ok(Launched { child, claim: Claim(writer), name })
}

/// Becomes one more user of a running server.
pub(crate) fn join(place: &Place, server: &Postmaster) -> Result<Joined, Error> {
    let Ok(name) = fs::read_to_string(place.name()) else { return Ok(Joined::Unsupervised) };
    let pipe = place.pipe(&name);
    // Nobody reads: the supervisor was killed, or told to let go.
    let Ok(mut writer) = open_pipe(&pipe, false) else { return Ok(Joined::Unsupervised) };
    let wish = format!("join.{}", unique());
    let answer = place.run.join(&wish);
    if writer.write_all(format!("{wish}\n").as_bytes()).is_err() {
        return Ok(Joined::Ending);
    }
    let deadline = Instant::now() + ANSWER;
    loop {
        if answer.exists() {
            let _ = fs::remove_file(&answer);
            let blocking =
                fcntl_getfl(&writer).and_then(|flags| fcntl_setfl(&writer, flags - OFlags::NONBLOCK));
            blocking.map_err(|error| at("open", &pipe)(error.into()))?;
            return Ok(Joined::Claimed(Claim(writer)));
        }
        // The supervisor removes the pipe before it stops the server, and answers nobody afterwards.
        if !pipe.exists() || !server.is_alive() {
            return Ok(Joined::Ending);
        }
        if Instant::now() > deadline {
            return Ok(Joined::Unsupervised);
        }
        thread::sleep(POLL);
    }
}

/// Collects an ended child, now or later, without holding up anybody.
pub(crate) fn reap(mut child: Child) {
    if !matches!(child.try_wait(), Ok(Some(_))) {
        thread::spawn(move || child.wait());
    }
}

/// Removes what an earlier start left in the run directory.
fn clear(run: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(run).map_err(at("read", run))?.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if ["users.", "ended.", "join."].iter().any(|ours| name.starts_with(ours)) || name == "stays" {
            fs::remove_file(entry.path()).map_err(at("remove", entry.path()))?;
        }
    }
    Ok(())
}

fn make_pipe(pipe: &Path, account: &Account) -> Result<(), Error> {
    let program = Path::new("mkfifo");
    let run = |source| Error::Run { program: program.to_owned(), account: account.name.clone(), source };
    let output = account.command(program).args(["-m", "600"]).arg(pipe).output().map_err(run)?;
    if output.status.success() {
        return Ok(());
    }
    Err(at("create", pipe)(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned())))
}

fn open_pipe(pipe: &Path, read: bool) -> io::Result<File> {
    #[expect(clippy::cast_possible_wrap, reason = "the flag is one of the low bits")]
    let flags = OFlags::NONBLOCK.bits() as i32;
    OpenOptions::new().read(read).write(!read).custom_flags(flags).open(pipe)
}

/// A name that no other start or user has: process, time, count.
pub(crate) fn unique() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    format!("{}-{now:x}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}
