//! `auraid up` as somebody who is not root.

use rustix::process::{Gid, Uid, geteuid};

use crate::place::{Place, data_directories};
use crate::program::{auraid, skip};
use crate::request::get;

#[test]
fn up_works_as_a_plain_user_in_the_users_own_place() {
    if !geteuid().is_root() {
        // The other tests are that already.
        return skip("only root can become somebody else");
    }
    let Some((uid, gid)) = nobody() else {
        return skip("there is no account `nobody` to become");
    };
    let home = Place::of(uid.as_raw(), gid.as_raw());
    let folder = home.path().to_str().unwrap();
    // The program as cargo built it may lie where nobody may look. By a process of its own: a file that this one
    // writes is open in children that other tests start meanwhile, and cannot be run ("Text file busy").
    let program = home.path().join("auraid");
    let copied = std::process::Command::new("cp").arg(env!("CARGO_BIN_EXE_auraid")).arg(&program).status();
    assert!(copied.unwrap().success());
    let up = || {
        auraid(["up", "--listen", "127.0.0.1:0"])
            .program(&program)
            .within(home.path())
            .env("HOME", folder)
            .env("XDG_DATA_HOME", &format!("{folder}/share"))
            .account(uid.as_raw(), gid.as_raw())
    };
    let mut running = up().start();
    let address = running.address();
    let key = running.first_key();
    assert_eq!(get(&address, "/v1/users", Some(&key)).0, 200);
    running.interrupt().with(0);
    let data = data_directories(home.path());
    assert_eq!(data.len(), 1, "{data:?}");
    assert!(data[0].starts_with(home.path().join("share/auraid")), "{data:?}");
    assert!(!data[0].join("postmaster.pid").exists(), "PostgreSQL has ended");
    let mut running = up().start();
    assert_eq!(get(&running.address(), "/v1/users", Some(&key)).0, 200);
    running.interrupt().with(0);
}

/// The account `nobody`, in which nothing else of the machine is supposed to run.
fn nobody() -> Option<(Uid, Gid)> {
    let text = std::fs::read_to_string("/etc/passwd").ok()?;
    let line = text.lines().find(|line| line.starts_with("nobody:"))?;
    let mut numbers = line.split(':').skip(2).map(str::parse);
    let (uid, gid) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    Some((Uid::from_raw(uid), Gid::from_raw(gid)))
}
