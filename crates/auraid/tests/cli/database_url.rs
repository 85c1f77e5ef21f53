//! `auraid up` and `auraid serve` on the database that `DATABASE_URL` names.

use rustix::process::Signal;

use crate::program::{Running, auraid, eventually, keys_in};
use crate::request::{get, post};

const FREE: [&str; 2] = ["--listen", "127.0.0.1:0"];

fn up() -> impl Iterator<Item = &'static str> {
    ["up"].into_iter().chain(FREE)
}

fn serve() -> impl Iterator<Item = &'static str> {
    ["serve"].into_iter().chain(FREE)
}

#[tokio::test]
async fn up_prepares_an_empty_database() {
    let db = aura_testing::empty().await;
    let mut running = auraid(up()).on(&db.url()).start();
    let address = running.address();
    let key = running.first_key();
    let remarks = running.remarks();
    assert!(remarks.contains("_init applied"), "{remarks}");
    assert!(!remarks.contains("PostgreSQL"), "it starts none of its own: {remarks}");
    assert_eq!(post(&address, "/v1/users", &key, r#"{"email":"ada@example.com"}"#).0, 201);
    running.interrupt().with(0);

    let mut running = auraid(up()).on(&db.url()).start();
    let address = running.address();
    assert!(get(&address, "/v1/users", Some(&key)).1.contains("ada@example.com"));
    running.signal(Signal::TERM);
    assert!(keys_in(&running.end().with(0).err).is_empty());
}

#[tokio::test]
async fn up_makes_a_key_only_where_there_never_was_one() {
    let db = aura_testing::auraid().await;
    let key = |words: [&str; 2]| auraid(["key"].into_iter().chain(words)).on(&db.url()).run().with(0);
    key(["create", "first"]);
    key(["create", "ops"]);
    key(["revoke", "first"]);
    let mut running = auraid(up()).on(&db.url()).start();
    running.address();
    assert!(keys_in(&running.interrupt().with(0).err).is_empty(), "ops has one");
    key(["revoke", "ops"]);
    let mut running = auraid(up()).on(&db.url()).start();
    running.address();
    let said = running.interrupt().with(0).err;
    assert!(keys_in(&said).is_empty(), "who revoked the last one did not ask for another");
    assert!(said.contains("auraid key create NAME"), "{said}");
}

#[tokio::test]
async fn two_at_once_on_an_empty_database_both_serve() {
    let db = aura_testing::empty().await;
    let mut both = [(); 2].map(|()| auraid(up()).on(&db.url()).start());
    let addresses = both.each_mut().map(Running::address);
    let keys = || keys_in(&both.iter().map(Running::remarks).collect::<String>());
    eventually("a key", || !keys().is_empty());
    for address in &addresses {
        assert_eq!(get(address, "/v1/users", Some(&keys()[0])).0, 200);
    }
    let said = both.map(|running| running.interrupt().with(0).err).concat();
    assert_eq!((keys_in(&said).len(), said.matches("_init applied").count()), (1, 1), "{said}");
}

#[tokio::test]
async fn serve_serves_a_migrated_database_also_as_the_service_role() {
    let db = aura_testing::auraid().await;
    let key = auraid(["key", "create", "test"]).on(&db.url()).run().with(0).out;
    for url in [db.url(), db.url_as("auraid_service")] {
        let mut running = auraid(serve()).on(&url).start();
        let address = running.address();
        assert_eq!(get(&address, "/v1/users", Some(key.trim())).0, 200);
        assert_eq!(get(&address, "/readyz", None).0, 200);
        assert!(keys_in(&running.interrupt().with(0).err).is_empty());
    }
}

#[tokio::test]
async fn serve_refuses_a_database_that_is_not_migrated() {
    let db = aura_testing::empty().await;
    auraid(serve()).on(&db.url()).run().with(1).errs(&["auraid migrate deploy"]);
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'aura')";
    let count: i64 = db.connect().await.query_one(tables, &[]).await.unwrap().get(0);
    assert_eq!(count, 0, "nothing was changed");
}

#[tokio::test]
async fn the_service_role_may_not_migrate() {
    let db = aura_testing::empty().await;
    // The role belongs to the server, the right to connect to this database.
    drop(aura_testing::auraid().await);
    auraid(["migrate", "deploy"])
        .on(&db.url_as("auraid_service"))
        .run()
        .with(1)
        .errs(&["auraid_service", "administrator"]);
}

#[test]
fn a_database_that_is_away_is_status_3_with_the_next_step() {
    for command in ["up", "serve"] {
        auraid([command, "--listen", "127.0.0.1:0"])
            .on("postgresql://ada:hunter2@127.0.0.1:1/auraid")
            .run()
            .with(3)
            .errs(&["away", "refused", "DATABASE_URL"]);
    }
    for command in [&["migrate", "deploy"][..], &["migrate", "status"], &["key", "list"], &["export"]] {
        let ended = auraid(command.iter().copied())
            .on("postgresql://ada:hunter2@127.0.0.1:1/auraid")
            .run()
            .with(3)
            .errs(&["away", "DATABASE_URL"]);
        assert!(!ended.err.contains("hunter2"), "{}", ended.err);
    }
}

#[tokio::test]
async fn a_database_that_does_not_exist_is_named() {
    let db = aura_testing::empty().await;
    let url = db.url().replace(db.name(), "no_such_database");
    auraid(serve()).on(&url).run().with(3).errs(&["no_such_database"]);
}

#[test]
fn invariant_4_a_url_that_cannot_be_read_is_refused_without_its_password() {
    for url in [
        "postgresql://ada:hunter2@[broken/auraid",
        "mysql://ada:hunter2@localhost/auraid",
        "postgresql://ada:hunter2@localhost:port/auraid",
        "hunter2",
    ] {
        let ended = auraid(serve()).env("AURAID_LOG", "trace").on(url).run().with(3).errs(&["DATABASE_URL"]);
        let said = ended.out + &ended.err;
        assert!(!said.contains("hunter2"), "{url}: {said}");
        assert!(said.contains("postgresql://user:password@host"), "how it is to look: {said}");
    }
}
