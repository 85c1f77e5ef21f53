//! `kill -9` of each process: PostgreSQL, its supervisor, the program that uses it.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::process::geteuid;

use crate::database::{MAKE, assert_kept, sql};
use crate::dir::{Dir, start};
use crate::other::Other;
use crate::processes::{eventually, is_alive, kill_9, kill_supervisor};

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
