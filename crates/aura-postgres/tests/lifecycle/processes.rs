//! Whether a process lives, waiting for its end, and bringing it about.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::skip;

pub(crate) fn eventually(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(2);
    while !condition() {
        assert!(Instant::now() < deadline, "never: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

pub(crate) fn is_alive(pid: i32) -> bool {
    let ps = Command::new("ps").args(["-o", "state=", "-p", &pid.to_string()]).output();
    match ps {
        Ok(ps) => {
            let state = String::from_utf8_lossy(&ps.stdout).trim().to_owned();
            !state.is_empty() && !state.starts_with('Z')
        }
        Err(_) => fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z")),
    }
}

pub(crate) fn kill_9(pid: i32) {
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
}

/// Kills the supervisor and what belongs to it, but not the server; false if that cannot be done here.
pub(crate) fn kill_supervisor(supervisor: i32, server: i32) -> bool {
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
