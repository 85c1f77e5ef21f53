//! As whom the server runs.

use std::env;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::Command;

use aura_postgres::{Error, Options};
use rustix::process::geteuid;

use crate::dir::{Dir, start};
use crate::other::Other;
use crate::processes::{eventually, is_alive};
use crate::skip;

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
    // Where it was built may be closed to that account. By a process of its own: a file that this one writes is
    // open in children that other tests start meanwhile, and cannot be run ("Text file busy").
    let program = dir.0.join("program");
    let copied = Command::new("cp").arg(env::current_exe().unwrap()).arg(&program).status().unwrap();
    assert!(copied.success());
    for _ in 0..2 {
        let mut command = Other::command_of(&program, "default");
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
