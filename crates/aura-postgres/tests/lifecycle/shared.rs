//! One server and several users: who starts it, who stops it, and one that stays.

use std::thread;
use std::time::Duration;

use aura_postgres::Options;

use crate::database::{MAKE, assert_kept, sql};
use crate::dir::{Dir, start};
use crate::other::{Other, STAY, Said};
use crate::processes::{eventually, is_alive};

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
