//! The program as a child process.

use std::io::{Read, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// Only a failure takes so long.
const DEADLINE: Duration = Duration::from_mins(2);

/// The program with its arguments, not yet started. It inherits no setting of AuraID's from the environment.
pub(crate) struct Auraid(Command);

/// The program with these arguments.
pub(crate) fn auraid<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Auraid {
    let mut command = Command::new(env!("CARGO_BIN_EXE_auraid"));
    command.args(arguments);
    for variable in ["DATABASE_URL", "AURAID_DATA", "AURAID_LISTEN", "AURAID_LOG"] {
        command.env_remove(variable);
    }
    Auraid(prepared(command))
}

fn prepared(mut command: Command) -> Command {
    // Where a person calls it: beside auraid.toml.
    command.current_dir(repository());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // A group of its own, as a shell gives to what it starts: see `interrupt`.
    command.process_group(0);
    command
}

/// The folder of `auraid.toml`.
pub(crate) fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

impl Auraid {
    /// On this database.
    pub(crate) fn on(self, url: &str) -> Auraid {
        self.env("DATABASE_URL", url)
    }

    /// With this variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Auraid {
        self.0.env(name, value);
        self
    }

    /// Started in this folder.
    pub(crate) fn within(mut self, folder: &Path) -> Auraid {
        self.0.current_dir(folder);
        self
    }

    /// This copy of the program.
    pub(crate) fn program(self, path: &Path) -> Auraid {
        let mut command = Command::new(path);
        command.args(self.0.get_args());
        for (name, value) in self.0.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        Auraid(prepared(command))
    }

    /// As this account, from root.
    pub(crate) fn account(mut self, uid: u32, gid: u32) -> Auraid {
        self.0.uid(uid).gid(gid);
        self
    }

    /// Starts it.
    pub(crate) fn start(self) -> Running {
        self.start_for(usize::MAX)
    }

    /// Starts it for a reader that goes away once it has that many lines of the output.
    pub(crate) fn start_for(mut self, lines: usize) -> Running {
        let words = format!("{:?}", self.0.get_args().collect::<Vec<_>>());
        let mut child = self.0.spawn().unwrap();
        let out = Said::of(child.stdout.take().unwrap(), lines);
        let err = Said::of(child.stderr.take().unwrap(), usize::MAX);
        Running { child, words, out, err }
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Ended {
        self.start().end()
    }
}

/// What a process says, read while it runs.
struct Said {
    text: Arc<Mutex<Vec<u8>>>,
    closed: Receiver<()>,
}

impl Said {
    fn of(mut pipe: impl Read + Send + 'static, lines: usize) -> Said {
        let text = Arc::new(Mutex::new(Vec::new()));
        let (closing, closed) = channel();
        let written = Arc::clone(&text);
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            let mut read = 0;
            while read < lines
                && let Ok(count @ 1..) = pipe.read(&mut buffer)
            {
                read += buffer[..count].iter().map(|byte| usize::from(*byte == b'\n')).sum::<usize>();
                written.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
            drop(pipe);
            // Nobody may be waiting any more.
            let _ = closing.send(());
        });
        Said { text, closed }
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.text.lock().unwrap()).into_owned()
    }

    /// All of it. It ends when no process has it open any more: a server left behind must not.
    fn all(&self, words: &str) -> String {
        let closed = self.closed.recv_timeout(DEADLINE);
        assert!(closed.is_ok(), "{words} has ended and somebody still has its output open");
        self.so_far()
    }
}

/// A program under way. It is killed when this is dropped.
pub(crate) struct Running {
    child: Child,
    words: String,
    out: Said,
    err: Said,
}

impl Running {
    /// Waits for something in its output and errors.
    pub(crate) fn until<T>(&mut self, what: &str, found: impl Fn(&str, &str) -> Option<T>) -> T {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let has_ended = self.child.try_wait().unwrap();
            let (out, err) = (self.out.so_far(), self.err.so_far());
            if let Some(found) = found(&out, &err) {
                return found;
            }
            let state = format!("{}\n--- out\n{out}\n--- err\n{err}", self.words);
            assert!(has_ended.is_none(), "no {what}, and it ended by {has_ended:?}: {state}");
            assert!(Instant::now() < deadline, "never {what}: {state}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until the API listens; its address.
    pub(crate) fn address(&mut self) -> String {
        self.until("address", |out, _| {
            let line = out.lines().find(|line| line.starts_with("AuraID listens on "))?;
            Some(between(line, "http://", ",").to_owned())
        })
    }

    /// Waits for the first operator key. What is said to standard error may be seen later here than what was said
    /// to standard output afterwards.
    pub(crate) fn first_key(&mut self) -> String {
        self.until("key", |_, err| keys_in(err).first().cloned())
    }

    /// What it has said to standard error until now.
    pub(crate) fn remarks(&self) -> String {
        self.err.so_far()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ended {
        let deadline = Instant::now() + DEADLINE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            let (out, err) = (self.out.so_far(), self.err.so_far());
            assert!(Instant::now() < deadline, "{} never ends: {out}\n{err}", self.words);
            thread::sleep(Duration::from_millis(2));
        };
        let (out, err) = (self.out.all(&self.words), self.err.all(&self.words));
        Ended { words: self.words.clone(), status: status.code(), out, err }
    }

    /// `Ctrl-C`, and its end. A terminal sends it to the whole group, PostgreSQL's processes included where they
    /// are of it.
    pub(crate) fn interrupt(self) -> Ended {
        kill_process_group(Pid::from_child(&self.child), Signal::INT).unwrap();
        self.end()
    }

    /// `kill -9`, and its end.
    pub(crate) fn kill(self) -> Ended {
        self.signal(Signal::KILL);
        self.end()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails if it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    words: String,
    /// None after a signal.
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// With this exit status.
    #[track_caller]
    pub(crate) fn with(self, status: i32) -> Ended {
        let Ended { words, out, err, .. } = &self;
        assert_eq!(self.status, Some(status), "{words}\n--- out\n{out}\n--- err\n{err}");
        self
    }

    /// Its errors say this.
    #[track_caller]
    pub(crate) fn errs(self, parts: &[&str]) -> Ended {
        for part in parts {
            assert!(self.err.contains(part), "{} does not say {part:?} but:\n{}", self.words, self.err);
        }
        self
    }

    /// Its output says this.
    #[track_caller]
    pub(crate) fn says(self, parts: &[&str]) -> Ended {
        for part in parts {
            assert!(self.out.contains(part), "{} does not say {part:?} but:\n{}", self.words, self.out);
        }
        self
    }

    /// Its output as one JSON value.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// What stands in a text between two others.
#[track_caller]
pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let behind = text.split_once(before).unwrap_or_else(|| panic!("no {before:?} in {text:?}")).1;
    behind.split_once(after).map_or(behind, |(found, _)| found)
}

/// Operator keys in a text; a line that is still being written is none yet.
pub(crate) fn keys_in(text: &str) -> Vec<String> {
    let lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    let words = lines.flat_map(str::split_whitespace);
    words.filter(|word| word.starts_with("aura_op_")).map(str::to_owned).collect()
}

/// Waits for a condition.
#[track_caller]
pub(crate) fn eventually(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !condition() {
        assert!(Instant::now() < deadline, "never: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Says that a test is skipped, past the capture of output that a macro would be caught by.
pub(crate) fn skip(why: &str) {
    let mut out = std::io::stderr();
    writeln!(out, "skipped: {why}").unwrap();
}
