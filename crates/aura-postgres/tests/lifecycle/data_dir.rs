//! Which directories will do, and which will not.

use std::fs;

use aura_postgres::{Error, Options, find};

use crate::database::sql;
use crate::dir::{Dir, start};

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
