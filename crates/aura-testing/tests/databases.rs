//! Databases are apart from each other, clones hold what their template holds, and a killed server comes back.

use std::sync::atomic::{AtomicU32, Ordering};

const SCRIPT: &str = "CREATE TABLE t (i int); INSERT INTO t VALUES (1)";

async fn count(client: &tokio_postgres::Client) -> i64 {
    client.query_one("SELECT count(*) FROM t", &[]).await.expect("t is there").get(0)
}

#[tokio::test]
async fn databases_are_apart() {
    let (one, other) = tokio::join!(aura_testing::from_sql(SCRIPT), aura_testing::from_sql(SCRIPT));
    assert_ne!(one.name(), other.name());
    let (one, other) = (one.connect().await, other.connect().await);
    one.batch_execute("INSERT INTO t VALUES (2)").await.unwrap();
    assert_eq!((count(&one).await, count(&other).await), (2, 1));
}

#[tokio::test]
async fn a_template_is_prepared_once() {
    static PREPARED: AtomicU32 = AtomicU32::new(0);
    let database = || {
        aura_testing::prepared("once", async |db| {
            PREPARED.fetch_add(1, Ordering::Relaxed);
            db.connect().await.batch_execute("CREATE TABLE t (i int)").await.unwrap();
        })
    };
    let (a, b, c) = tokio::join!(database(), database(), database());
    for db in [a, b, c] {
        assert_eq!(count(&db.connect().await).await, 0);
    }
    assert_eq!(PREPARED.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_dropped_database_goes() {
    let (db, watcher) = (aura_testing::empty().await, aura_testing::empty().await);
    let name = db.name().to_owned();
    let open = db.connect().await;
    drop(db);
    let client = watcher.connect().await;
    while client.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).await.unwrap().is_some()
    {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(open.simple_query("SELECT 1").await.is_err());
}

#[tokio::test]
async fn a_killed_server_keeps_what_was_committed() {
    let mut server = aura_testing::own_server().await;
    let client = server.connect("postgres").await;
    client.batch_execute(SCRIPT).await.unwrap();
    server.kill();
    server.restart().await;
    assert!(client.simple_query("SELECT 1").await.is_err(), "the old connection is gone");
    assert_eq!(count(&server.connect("postgres").await).await, 1);
}
