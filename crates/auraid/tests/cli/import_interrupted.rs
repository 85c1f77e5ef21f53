//! An import that is stopped or killed goes on where it was.

use aura_testing::TestDatabase;
use rustix::process::Signal;
use tokio_postgres::Client;

use crate::lines::users;
use crate::place::Place;
use crate::program::{Auraid, auraid};

const USERS: u32 = 30_000;

fn import(db: &TestDatabase, file: &str) -> Auraid {
    auraid(["import", file, "--batch", "500"]).on(&db.url())
}

async fn lines_done(client: &Client) -> i64 {
    let row = client.query_opt("SELECT lines_done FROM aura.import", &[]).await.unwrap();
    row.map_or(0, |row| row.get(0))
}

/// Ends an import by a signal in the middle, again and again until one run has come to the end.
async fn interrupted_by(signal: Signal) -> (TestDatabase, Vec<crate::program::Ended>) {
    let (db, place) = (aura_testing::auraid().await, Place::new());
    let file = place.file("users.ndjson", users(USERS));
    let client = db.connect().await;
    let mut ends = Vec::new();
    for _ in 0..2 {
        let before = lines_done(&client).await;
        let running = import(&db, &file).start();
        let deadline = std::time::Instant::now() + std::time::Duration::from_mins(2);
        while lines_done(&client).await == before {
            assert!(std::time::Instant::now() < deadline, "it never began");
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        running.signal(signal);
        ends.push(running.end());
    }
    let done = lines_done(&client).await;
    assert!(0 < done && done < i64::from(USERS) && done % 500 == 0, "in the middle: {done}");
    ends.push(import(&db, &file).run());
    (db, ends)
}

async fn assert_complete(db: &TestDatabase) {
    let client = db.connect().await;
    let count = async |sql: &str| client.query_one(sql, &[]).await.unwrap().get::<_, i64>(0);
    let all = i64::from(USERS);
    assert_eq!(count(r#"SELECT count(*) FROM "User""#).await, all);
    assert_eq!(count(r#"SELECT count(DISTINCT email) FROM "User""#).await, all);
    let events = "SELECT count(*) FROM aura.event WHERE model = 'User'";
    assert_eq!(count(events).await, all, "one event each");
    let recorded = "SELECT count(DISTINCT record_id) FROM aura.event WHERE model = 'User'";
    assert_eq!(count(recorded).await, all);
    assert_eq!(count("SELECT created FROM aura.import WHERE finished_at IS NOT NULL").await, all);
}

#[tokio::test]
async fn killed_twice_it_ends_with_every_row_once() {
    let (db, mut ends) = interrupted_by(Signal::KILL).await;
    ends.pop().unwrap().with(0).errs(&["going on behind line"]).says(&["30000 users created, 0 of 30000"]);
    assert!(ends.iter().all(|end| end.status.is_none()));
    assert_complete(&db).await;
}

#[tokio::test]
async fn stopped_twice_it_says_so_and_ends_with_every_row_once() {
    let (db, mut ends) = interrupted_by(Signal::INT).await;
    ends.pop().unwrap().with(0).errs(&["going on behind line"]).says(&["30000 users created, 0 of 30000"]);
    for end in ends {
        end.with(1).errs(&["stopped behind line", "goes on from there"]);
    }
    assert_complete(&db).await;
}

#[tokio::test]
async fn of_two_at_once_on_one_file_nothing_is_taken_twice() {
    let (db, place) = (aura_testing::auraid().await, Place::new());
    let file = place.file("users.ndjson", users(USERS));
    let both = [(); 2].map(|()| import(&db, &file).start());
    let ends = both.map(crate::program::Running::end);
    assert!(ends.iter().any(|end| end.status == Some(0)), "{ends:?}");
    for end in ends.into_iter().filter(|end| end.status != Some(0)) {
        end.with(1).errs(&["another process imports the same file"]);
    }
    assert_complete(&db).await;
}
