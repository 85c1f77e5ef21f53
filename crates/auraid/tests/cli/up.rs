//! `auraid up` with a PostgreSQL of its own.

use std::net::TcpListener;

use rustix::process::Signal;

use crate::place::Place;
use crate::program::{Auraid, Running, auraid, eventually, keys_in};
use crate::request::{get, post};

fn up(place: &Place) -> Auraid {
    auraid(["up", "--listen", "127.0.0.1:0", "--data", &place.data_argument()])
}

/// The first start: its address and key.
fn first(running: &mut Running) -> (String, String) {
    let address = running.address();
    (address, running.first_key())
}

fn make_ada(address: &str, key: &str) {
    let (status, body) = post(address, "/v1/users", key, r#"{"email":"ada@example.com"}"#);
    assert_eq!(status, 201, "{body}");
}

fn assert_ada_is_there(address: &str, key: &str) {
    let (status, body) = get(address, "/v1/users", Some(key));
    assert!(status == 200 && body.matches("ada@example.com").count() == 1, "{status}: {body}");
}

#[test]
fn on_nothing_it_makes_all_and_the_next_start_has_the_data() {
    let place = Place::new();
    let mut running = up(&place).start();
    let (address, key) = first(&mut running);
    assert_eq!(get(&address, "/v1/users", None).0, 401);
    assert_eq!(get(&address, "/v1/users", Some(&format!("{}x", &key[..key.len() - 1]))).0, 401);
    assert_eq!(get(&address, "/healthz", None).0, 200);
    assert_eq!(get(&address, "/readyz", None).0, 200);
    make_ada(&address, &key);
    assert!(place.postgres().is_some());
    let ended = running.interrupt().with(0).errs(&["started", "data in", "stopping"]);
    assert_eq!(ended.out.lines().count(), 1, "one line for programs: {}", ended.out);
    assert_eq!(keys_in(&ended.err).len(), 1);
    assert!(place.postgres().is_none(), "PostgreSQL has ended when `up` has");

    let mut running = up(&place).start();
    let address = running.address();
    assert_ada_is_there(&address, &key);
    running.signal(Signal::TERM);
    let ended = running.end().with(0);
    assert!(!(ended.out + &ended.err).contains("aura_op_"), "the key is shown once");
    assert!(place.postgres().is_none());
}

#[test]
fn killed_it_takes_its_postgres_along_and_loses_nothing() {
    let place = Place::new();
    let mut running = up(&place).start();
    let (address, key) = first(&mut running);
    make_ada(&address, &key);
    assert_eq!(running.kill().status, None);
    place.until_postgres_is_gone();
    let mut running = up(&place).start();
    assert_ada_is_there(&running.address(), &key);
    running.interrupt().with(0);
}

#[test]
fn its_postgres_killed_it_says_so_and_the_next_start_has_the_data() {
    let place = Place::new();
    let mut running = up(&place).start();
    let (address, key) = first(&mut running);
    make_ada(&address, &key);
    let postgres = rustix::process::Pid::from_raw(place.postgres().unwrap()).unwrap();
    rustix::process::kill_process(postgres, Signal::KILL).unwrap();
    eventually("not ready", || get(&address, "/readyz", None).0 == 503);
    assert_eq!(get(&address, "/v1/users", Some(&key)).0, 503);
    assert_eq!(get(&address, "/healthz", None).0, 200, "the process itself is well");
    running.interrupt().with(0);
    let mut running = up(&place).start();
    assert_ada_is_there(&running.address(), &key);
    running.interrupt().with(0);
}

#[test]
fn asked_to_stay_its_postgres_stays() {
    let place = Place::new();
    let mut running =
        auraid(["up", "--stay", "--listen", "127.0.0.1:0", "--data", &place.data_argument()]).start();
    let (_, key) = first(&mut running);
    running.interrupt().with(0);
    let postgres = place.postgres();
    assert!(postgres.is_some());
    auraid(["key", "list", "--data", &place.data_argument()]).run().with(0).says(&["first"]);
    assert_eq!(place.postgres(), postgres, "another command leaves it running");
    let mut running = up(&place).start();
    assert_eq!(get(&running.address(), "/v1/users", Some(&key)).0, 200);
    running.interrupt().with(0).errs(&["found running"]);
    aura_postgres::Options::new().data_dir(place.data()).start().unwrap().shut_down().unwrap();
    assert_eq!(place.postgres(), None);
}

#[test]
fn a_taken_port_is_said_before_anything_is_begun() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    auraid(["up", "--listen", &address, "--data", &place.data_argument()])
        .run()
        .with(3)
        .errs(&[&address, "in use", "--listen"]);
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn two_at_once_on_the_same_data_both_serve() {
    let place = Place::new();
    let mut both = [up(&place).start(), up(&place).start()];
    let addresses = both.each_mut().map(Running::address);
    let keys = || keys_in(&both.iter().map(Running::remarks).collect::<String>());
    eventually("a key", || !keys().is_empty());
    let keys = keys();
    make_ada(&addresses[0], &keys[0]);
    assert_ada_is_there(&addresses[1], &keys[0]);
    let [one, other] = both;
    let first = one.interrupt().with(0);
    assert_ada_is_there(&addresses[1], &keys[0]);
    let second = other.interrupt().with(0);
    assert_eq!(keys_in(&(first.err + &second.err)).len(), 1, "one of them made the key");
    assert_eq!(place.postgres(), None);
}

#[test]
fn a_signal_while_it_starts_ends_it_in_good_order() {
    let place = Place::new();
    let mut running = up(&place).start();
    running.until("PostgreSQL", |_, err| err.contains("PostgreSQL ").then_some(()));
    running.interrupt().with(0);
    assert_eq!(place.postgres(), None);
    let mut running = up(&place).start();
    running.address();
    running.interrupt().with(0);
}

#[test]
fn a_data_directory_that_is_none_is_left_alone() {
    let place = Place::new();
    std::fs::create_dir(place.data()).unwrap();
    std::fs::write(place.data().join("diary.txt"), "dear diary").unwrap();
    up(&place).run().with(3).errs(&[&place.data_argument(), "not a PostgreSQL data directory"]);
    assert_eq!(std::fs::read_to_string(place.data().join("diary.txt")).unwrap(), "dear diary");
}

#[test]
fn without_postgres_it_says_what_to_install() {
    let place = Place::new();
    up(&place)
        .env(aura_postgres::BIN_VARIABLE, place.path().to_str().unwrap())
        .run()
        .with(3)
        .errs(&[aura_postgres::BIN_VARIABLE, "PostgreSQL 15 or later"]);
}
