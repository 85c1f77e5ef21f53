//! Starting, sharing, stopping and killing, with real servers and real processes.
//!
//! Another process is this same test program, asked to run [`another_process`] only. Nothing waits for a length of
//! time: conditions are waited for, with a deadline that only a failure reaches.

#![expect(clippy::unwrap_used, reason = "a test has nothing better to do")]

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use aura_postgres::{BIN_VARIABLE, Error, Options, Server, find};
use rustix::process::{Pid, Signal, geteuid, kill_process};

const DATA: &str = "AURA_POSTGRES_TEST_DATA";
const STAY: &str = "AURA_POSTGRES_TEST_STAY";

/// Not a test by itself: what the others run as another process. It starts a server, says so, and stops when its
/// input ends. `DATA` is a directory, "scratch" or "default".
#[test]
fn another_process() {
    let Some(data) = env::var_os(DATA) else { return };
    let started = match data.to_str() {
        Some("scratch") => aura_postgres::scratch(),
        Some("default") => Options::new().start(),
        _ => Options::new().data_dir(data).stay(env::var_os(STAY).is_some()).start(),
    };
    // Not by a macro, whose output would be captured.
    let mut out = std::io::stdout();
    match started {
        Ok(server) => {
            let supervisor = server.supervisor_pid().unwrap_or(0);
            writeln!(out, "\n@{} {supervisor} {}", server.pid(), server.data_dir().display()).unwrap();
            std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
            server.stop().unwrap();
        }
        Err(error) => writeln!(out, "\n@error {error}").unwrap(),
    }
}

/// Another process that has or wants a server.
struct Other {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<std::process::ChildStdout>,
}

/// What it said.
struct Said {
    server: i32,
    supervisor: i32,
    data: PathBuf,
}

impl Other {
    fn command(data: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["another_process", "--exact", "--nocapture"]).env(DATA, data);
        command
    }

    fn run(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, input, output }
    }

    fn start(data: impl AsRef<OsStr>) -> Self {
        Self::run(Self::command(data))
    }

    /// Waits for its word.
    fn said(&mut self) -> Result<Said, String> {
        let mut line = String::new();
        while !line.starts_with('@') {
            line.clear();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "it ended without a word");
        }
        let line = line.trim_start_matches('@').trim_end();
        if let Some(error) = line.strip_prefix("error ") {
            return Err(error.to_owned());
        }
        let mut words = line.splitn(3, ' ');
        let mut number = || words.next().unwrap().parse().unwrap();
        let (server, supervisor) = (number(), number());
        Ok(Said { server, supervisor, data: PathBuf::from(words.next().unwrap()) })
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
    }

    /// Ends it in good order.
    fn end(mut self) {
        drop(self.input.take());
        // Read to the end, or it would fail to write.
        self.output.read_to_end(&mut Vec::new()).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.output.read_to_end(&mut Vec::new());
        let _ = self.child.wait();
    }
}

/// A directory of one test's own, removed at its end.
struct Dir(PathBuf);

impl Dir {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("aura-lifecycle-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        // Not the usual place for temporary files, which may be closed to the server's account.
        let dir = Path::new("/tmp").join(name);
        fs::create_dir(&dir).unwrap();
        Self(dir)
    }

    fn data(&self) -> PathBuf {
        self.0.join("data")
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Says that a test is skipped, past the capture of output that a macro would be caught by.
fn skip(why: &str) {
    let mut out = std::io::stderr();
    writeln!(out, "skipped: {why}").unwrap();
}

fn eventually(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(2);
    while !condition() {
        assert!(Instant::now() < deadline, "never: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

fn is_alive(pid: i32) -> bool {
    let ps = Command::new("ps").args(["-o", "state=", "-p", &pid.to_string()]).output();
    match ps {
        Ok(ps) => {
            let state = String::from_utf8_lossy(&ps.stdout).trim().to_owned();
            !state.is_empty() && !state.starts_with('Z')
        }
        Err(_) => fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z")),
    }
}

fn kill_9(pid: i32) {
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
}

/// Runs a statement and gives its first value, if any.
fn sql(server: &Server, statement: &str) -> Result<Option<String>, tokio_postgres::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(&server.url("postgres", "postgres"), tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        let rows = client.simple_query(statement).await?;
        Ok(rows.iter().find_map(|row| match row {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        }))
    })
}

fn start(dir: &Dir) -> Server {
    Options::new().data_dir(dir.data()).start().unwrap()
}

const MAKE: &str = "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('kept')";
const READ: &str = "SELECT word FROM kept";

fn assert_kept(server: &Server) {
    assert_eq!(sql(server, READ).unwrap().as_deref(), Some("kept"));
}

#[test]
fn a_restart_keeps_the_data() {
    let dir = Dir::new();
    let server = start(&dir);
    assert!(server.was_started());
    sql(&server, MAKE).unwrap();
    let pid = server.pid();
    server.stop().unwrap();
    assert!(!is_alive(pid), "a stop is complete when it returns");
    let log = fs::read_to_string(dir.data().join("server.log")).unwrap();
    assert!(log.contains("received fast shutdown request"), "a clean stop: {log}");
    assert_kept(&start(&dir));
}

#[test]
fn the_server_is_as_it_should_be() {
    let dir = Dir::new();
    let server = Options::new().data_dir(dir.data()).setting("work_mem", "5MB").start().unwrap();
    let show = |name: &str| sql(&server, &format!("SHOW {name}")).unwrap().unwrap();
    for (name, value) in [
        ("server_encoding", "UTF8"),
        ("listen_addresses", ""),
        ("data_checksums", "on"),
        ("log_error_verbosity", "terse"),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("timezone", "UTC"),
        ("work_mem", "5MB"),
    ] {
        assert_eq!(show(name), value, "{name}");
    }
    assert_eq!(sql(&server, "SELECT lower('ÄÉ') || ('a' < 'B')").unwrap().unwrap(), "äéfalse");
    for private in [server.data_dir(), server.socket_dir()] {
        assert_eq!(
            fs::metadata(private).unwrap().permissions().mode() & 0o777,
            0o700,
            "{}",
            private.display()
        );
    }
}

#[test]
fn postgres_killed() {
    let dir = Dir::new();
    let mut server = start(&dir);
    sql(&server, MAKE).unwrap();
    kill_9(server.pid());
    eventually("PostgreSQL is gone", || !server.is_running());
    server.restart().unwrap();
    assert_kept(&server);
    // The same by another value while the first one still lives.
    kill_9(server.pid());
    let second = start(&dir);
    assert_kept(&second);
    drop(server);
    assert_kept(&second);
}

#[test]
fn the_supervisor_killed() {
    let dir = Dir::new();
    let server = start(&dir);
    sql(&server, MAKE).unwrap();
    kill_9(i32::try_from(server.supervisor_pid().unwrap()).unwrap());
    assert_kept(&server);
    let pid = server.pid();
    server.stop().unwrap();
    assert!(!is_alive(pid));
    assert_kept(&start(&dir));
}

#[test]
fn we_killed() {
    let dir = Dir::new();
    let mut other = Other::start(dir.data());
    let said = other.said().unwrap();
    assert!(is_alive(said.server));
    other.kill();
    eventually("the server ends with the process", || !is_alive(said.server));
    let log = fs::read_to_string(dir.data().join("server.log")).unwrap();
    assert!(log.contains("received fast shutdown request"), "a clean stop: {log}");
    drop(start(&dir));
}

/// Kills the supervisor and what belongs to it, but not the server; false if that cannot be done here.
fn kill_supervisor(supervisor: i32, server: i32) -> bool {
    let Ok(children) = Command::new("pgrep").args(["-P", &supervisor.to_string()]).output() else {
        skip("there is no pgrep to find the supervisor's processes");
        return false;
    };
    kill_9(supervisor);
    for child in String::from_utf8_lossy(&children.stdout).split_whitespace() {
        if child != server.to_string() {
            kill_9(child.parse().unwrap());
        }
    }
    true
}

#[test]
fn the_supervisor_and_its_watch_killed() {
    let dir = Dir::new();
    let server = start(&dir);
    let pid = server.pid();
    if kill_supervisor(i32::try_from(server.supervisor_pid().unwrap()).unwrap(), pid) {
        sql(&server, MAKE).unwrap();
        server.stop().unwrap();
        assert!(!is_alive(pid));
        assert_kept(&start(&dir));
    }
}

/// All that is left is PostgreSQL itself.
#[test]
fn everybody_else_killed() {
    let dir = Dir::new();
    let mut other = Other::start(dir.data());
    let said = other.said().unwrap();
    if !kill_supervisor(said.supervisor, said.server) {
        return other.end();
    }
    other.kill();
    assert!(is_alive(said.server), "nobody is there to stop it");
    let server = start(&dir);
    assert!(sql(&server, "SELECT 1").is_ok());
    drop(server);
    assert!(!is_alive(said.server), "it does not outlive the next one");
}

#[test]
fn asked_to_stay_it_stays() {
    let dir = Dir::new();
    let mut command = Other::command(dir.data());
    command.env(STAY, "1");
    let mut other = Other::run(command);
    let said = other.said().unwrap();
    other.end();
    assert!(is_alive(said.server));
    let server = start(&dir);
    assert!(!server.was_started());
    assert_eq!(server.pid(), said.server);
    sql(&server, MAKE).unwrap();
    server.stop().unwrap();
    assert!(is_alive(said.server), "only its user left");
    start(&dir).shut_down().unwrap();
    assert!(!is_alive(said.server));
    let server = start(&dir);
    assert_kept(&server);
    // A server that runs can be asked to stay, too.
    let pid = server.pid();
    Options::new().data_dir(dir.data()).stay(true).start().unwrap().stop().unwrap();
    server.stop().unwrap();
    assert!(is_alive(pid));
    start(&dir).shut_down().unwrap();
    assert!(!is_alive(pid));
}

#[test]
fn the_last_user_stops_it() {
    let dir = Dir::new();
    let mut other = Other::start(dir.data());
    let said = other.said().unwrap();
    let server = start(&dir);
    assert_eq!((server.pid(), server.was_started()), (said.server, false));
    other.kill();
    // Its supervisor was the other's child; the server goes on for us.
    sql(&server, MAKE).unwrap();
    let third = start(&dir);
    assert_eq!(third.pid(), said.server);
    server.stop().unwrap();
    assert_kept(&third);
    third.stop().unwrap();
    assert!(!is_alive(said.server));
}

#[test]
fn many_starts_at_once_are_one_server() {
    let dir = Dir::new();
    for _ in 0..2 {
        let mut others: Vec<Other> = (0..6).map(|_| Other::start(dir.data())).collect();
        let said: Vec<Said> = others.iter_mut().map(|other| other.said().unwrap()).collect();
        let first = said[0].server;
        assert!(said.iter().all(|said| said.server == first));
        assert_eq!(said.iter().filter(|said| said.supervisor != 0).count(), 1, "one started it");
        // Half of them end in good order, half do not.
        for (number, other) in others.into_iter().enumerate() {
            if number % 2 == 0 { other.end() } else { other.kill() }
        }
        eventually("the server ends with the last one", || !is_alive(said[0].server));
    }
}

/// Processes come and go as they like: whoever was told that the server is ready can use it.
#[test]
fn a_server_told_to_be_ready_is_ready() {
    let dir = Dir::new();
    drop(start(&dir));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..8 {
                    let server = start(&dir);
                    assert_eq!(sql(&server, "SELECT 1").unwrap().unwrap(), "1");
                }
            });
        }
    });
}

/// The last user is killed while the next one starts: it is given a server that stays, the old one or a new one.
#[test]
fn a_start_just_when_the_last_user_is_killed() {
    let dir = Dir::new();
    drop(start(&dir));
    for round in 0..20 {
        let mut other = Other::start(dir.data());
        other.said().unwrap();
        let server = thread::scope(|scope| {
            let starting = scope.spawn(|| start(&dir));
            // Not waited for: the rounds shall meet at different moments.
            thread::sleep(Duration::from_micros(500 * round));
            other.kill();
            starting.join().unwrap()
        });
        // Long enough to be interrupted by a stop that was already under way.
        assert!(sql(&server, "SELECT pg_sleep(0.1)").is_ok(), "round {round}");
    }
}

#[test]
fn a_half_made_data_directory_is_made_anew() {
    let dir = Dir::new();
    let other = Other::start(dir.data());
    let unfinished = dir.0.join("data.new");
    eventually("initdb has begun", || unfinished.join("PG_VERSION").exists());
    other.kill();
    assert!(!dir.data().exists(), "it is not there before it is complete");
    let server = start(&dir);
    assert!(sql(&server, "SELECT 1").is_ok());
    assert!(!unfinished.exists());
}

#[test]
fn a_stale_process_number_of_somebody_else() {
    let dir = Dir::new();
    let mut server = start(&dir);
    sql(&server, MAKE).unwrap();
    let file = dir.data().join("postmaster.pid");
    let text = fs::read_to_string(&file).unwrap();
    kill_9(server.pid());
    eventually("PostgreSQL is gone", || !server.is_running());
    // The number now means another process of the same account.
    let owner = fs::metadata(dir.data()).unwrap();
    let mut command = Command::new("sleep");
    command.arg("600").current_dir("/");
    if geteuid().is_root() {
        command.uid(owner.uid()).gid(owner.gid());
    }
    let mut somebody = command.spawn().unwrap();
    let rest = text.split_once('\n').unwrap().1;
    fs::write(&file, format!("{}\n{rest}", somebody.id())).unwrap();
    let restarted = server.restart();
    let unharmed = somebody.try_wait().unwrap().is_none();
    somebody.kill().unwrap();
    somebody.wait().unwrap();
    restarted.unwrap();
    assert!(unharmed, "the other process is left alone");
    assert_kept(&server);
    // Cut off, as after a crash of the machine.
    server.shut_down().unwrap();
    fs::write(&file, "12").unwrap();
    assert_kept(&start(&dir));
}

#[test]
fn directories_that_will_not_do() {
    let dir = Dir::new();
    fs::create_dir(dir.data()).unwrap();
    // Empty will do; with something in it, it will not.
    fs::write(dir.data().join("letter.txt"), "dear").unwrap();
    let refuse = || Options::new().data_dir(dir.data()).start().unwrap_err();
    assert!(matches!(refuse(), Error::NotADataDirectory(_)));
    assert_eq!(fs::read_to_string(dir.data().join("letter.txt")).unwrap(), "dear");
    fs::remove_file(dir.data().join("letter.txt")).unwrap();
    drop(start(&dir));
    // Of a version that is not installed.
    let version = dir.data().join("PG_VERSION");
    let real = fs::read_to_string(&version).unwrap();
    fs::write(&version, "99\n").unwrap();
    let said = refuse().to_string();
    assert!(said.contains("PostgreSQL 99") && said.contains(&find().unwrap().version.to_string()), "{said}");
    fs::write(&version, real).unwrap();
    // Of somebody else.
    fs::rename(dir.data().join("postgresql.auraid.conf"), dir.0.join("aside")).unwrap();
    assert!(matches!(refuse(), Error::NotOurs(_)));
}

#[test]
fn a_start_that_fails_shows_the_log() {
    let dir = Dir::new();
    let options = || Options::new().data_dir(dir.data());
    let said = options().setting("shared_buffers", "a lot").start().unwrap_err().to_string();
    assert!(said.contains("shared_buffers") && said.contains("server.log"), "{said}");
    assert!(matches!(options().setting("a b", "c").start(), Err(Error::Option(_))));
    assert!(matches!(options().setting("work_mem", "1\nfsync=off").start(), Err(Error::Option(_))));
    let blocked = Options::new().data_dir("/dev/null/data").start().unwrap_err().to_string();
    assert!(blocked.contains("/dev/null"), "{blocked}");
    assert!(options().setting("cluster_name", "it's a \\ name").start().is_ok());
}

#[test]
fn a_path_too_long_for_a_socket() {
    let dir = Dir::new();
    let data = dir.0.join("long".repeat(30)).join("it's, \"data\"");
    let server = Options::new().data_dir(&data).start().unwrap();
    assert!(server.socket_dir().as_os_str().len() < 90);
    assert!(sql(&server, "SELECT 1").is_ok());
    let run = server.socket_dir().to_owned();
    server.stop().unwrap();
    fs::remove_dir_all(run).unwrap();
    let strange = dir.0.join("it's, \"data\" ü");
    let server = Options::new().data_dir(&strange).start().unwrap();
    assert!(server.socket_dir().starts_with(&dir.0));
    assert!(sql(&server, "SELECT 1").is_ok());
}

#[test]
fn a_throwaway_server_leaves_nothing() {
    let server = aura_postgres::scratch().unwrap();
    assert_eq!(sql(&server, "SHOW fsync").unwrap().unwrap(), "off");
    let base = server.data_dir().parent().unwrap().to_owned();
    drop(server);
    assert!(!base.exists());

    let mut other = Other::start("scratch");
    let said = other.said().unwrap();
    let base = said.data.parent().unwrap();
    assert!(base.exists());
    other.kill();
    eventually("the directory is removed", || !base.exists());
    assert!(!is_alive(said.server));
}

#[test]
fn the_variable_is_never_passed_over_in_silence() {
    let mut command = Other::command("scratch");
    command.env(BIN_VARIABLE, "/nowhere/at/all");
    let Err(said) = Other::run(command).said() else { panic!("it started") };
    assert!(said.contains(BIN_VARIABLE) && said.contains("/nowhere/at/all"), "{said}");
}

#[test]
fn without_path_the_usual_places_are_searched() {
    let mut command = Other::command("scratch");
    command.env("PATH", "").env_remove(BIN_VARIABLE);
    let mut other = Other::run(command);
    match other.said() {
        Ok(_) => other.end(),
        Err(said) => {
            assert!(said.contains("install") && said.contains(BIN_VARIABLE), "{said}");
            skip("without_path: no PostgreSQL in the usual places");
        }
    }
}

/// The same from an account without any right, in its own data directory.
#[test]
fn as_a_plain_user() {
    if !geteuid().is_root() {
        skip("as_a_plain_user: all of this runs as one already");
        return;
    }
    let dir = Dir::new();
    let passwd = fs::read_to_string("/etc/passwd").unwrap();
    let nobody: Vec<&str> =
        passwd.lines().find(|line| line.starts_with("nobody:")).unwrap().split(':').collect();
    let (uid, gid) = (nobody[2].parse().unwrap(), nobody[3].parse().unwrap());
    let home = dir.0.join("home");
    fs::create_dir(&home).unwrap();
    chown(&home, Some(uid), Some(gid)).unwrap();
    // Where it was built may be closed to that account.
    let program = dir.0.join("program");
    fs::copy(env::current_exe().unwrap(), &program).unwrap();
    for _ in 0..2 {
        let mut command = Command::new(&program);
        command.args(["another_process", "--exact", "--nocapture"]).env(DATA, "default");
        command.env("HOME", &home).env_remove("XDG_DATA_HOME").current_dir("/").uid(uid).gid(gid);
        let mut other = Other::run(command);
        let said = other.said().unwrap();
        assert!(said.data.starts_with(&home), "{}", said.data.display());
        assert_eq!(fs::metadata(&said.data).unwrap().uid(), uid);
        other.kill();
        eventually("the server ends with the process", || !is_alive(said.server));
    }
}

/// Root hands over to the owner of the data, or to `postgres`; a directory closed to that account is refused.
#[test]
fn as_root() {
    if !geteuid().is_root() {
        skip("as_root: this is not root");
        return;
    }
    let dir = Dir::new();
    fs::set_permissions(&dir.0, fs::Permissions::from_mode(0o700)).unwrap();
    let refused = Options::new().data_dir(dir.data()).start().unwrap_err();
    assert!(matches!(&refused, Error::Closed { closed, .. } if *closed == dir.0), "{refused}");
    fs::set_permissions(&dir.0, fs::Permissions::from_mode(0o755)).unwrap();
    let server = start(&dir);
    assert_ne!(fs::metadata(server.data_dir()).unwrap().uid(), 0);
}
