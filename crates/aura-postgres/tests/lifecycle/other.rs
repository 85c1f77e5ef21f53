//! Another process that uses a server: this test program once more.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use aura_postgres::Options;

const DATA: &str = "AURA_POSTGRES_TEST_DATA";
pub(crate) const STAY: &str = "AURA_POSTGRES_TEST_STAY";

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
pub(crate) struct Other {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// What it said.
pub(crate) struct Said {
    pub(crate) server: i32,
    pub(crate) supervisor: i32,
    pub(crate) data: PathBuf,
}

impl Other {
    pub(crate) fn command(data: impl AsRef<OsStr>) -> Command {
        Self::command_of(&env::current_exe().unwrap(), data)
    }

    /// The same with a copy of the test program.
    pub(crate) fn command_of(program: &Path, data: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.args(["other::another_process", "--exact", "--nocapture"]).env(DATA, data);
        command
    }

    pub(crate) fn run(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, input, output }
    }

    pub(crate) fn start(data: impl AsRef<OsStr>) -> Self {
        Self::run(Self::command(data))
    }

    /// Waits for its word.
    pub(crate) fn said(&mut self) -> Result<Said, String> {
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

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
    }

    /// Ends it in good order.
    pub(crate) fn end(mut self) {
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
