//! A server as it is started, its failure to start, and what a stop leaves.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use aura_postgres::{Error, Options};

use crate::database::{MAKE, assert_kept, sql};
use crate::dir::{Dir, start};
use crate::other::Other;
use crate::processes::{eventually, is_alive};

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
