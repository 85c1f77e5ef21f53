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

const SCHEMA: &str = "
model Note {
  id        String    @id @default(cuid(2))
  text      String
  createdAt DateTime  @default(now()) @db.Timestamptz(3)
  updatedAt DateTime  @updatedAt @db.Timestamptz(3)
  deletedAt DateTime? @db.Timestamptz(3)
}
";

#[tokio::test]
async fn the_product_serves_by_its_role() {
    let db = aura_testing::auraid().await;
    let service = db.connect_as("auraid_service").await;
    let found = service.query("SELECT id FROM \"User\"", &[]).await.unwrap();
    assert!(found.is_empty());
    assert!(service.batch_execute("DROP TABLE \"User\"").await.is_err(), "it may not change the database");
    // A second one is a clone, with nothing of the first in it.
    let insert = "INSERT INTO \"User\" (email) VALUES ('ada@example.com')";
    db.connect().await.batch_execute(&format!("SET aura.actor = 'service:test'; {insert}")).await.unwrap();
    let other = aura_testing::auraid().await;
    let owner = other.connect_as("postgres").await;
    assert!(owner.query("SELECT id FROM \"User\"", &[]).await.unwrap().is_empty());
    // Rights to the database itself, which a clone does not bring along by itself.
    let may = "SELECT has_database_privilege('auraid_owner', current_database(), 'CREATE')";
    assert!(owner.query_one(may, &[]).await.unwrap().get::<_, bool>(0));
}

#[tokio::test]
async fn a_schema_of_a_tests_own() {
    let (plain, house) =
        tokio::join!(aura_testing::with_schema(SCHEMA, false), aura_testing::with_schema(SCHEMA, true));
    let triggers = async |db: &aura_testing::TestDatabase| {
        let sql = "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal";
        db.connect().await.query_one(sql, &[]).await.unwrap().get::<_, i64>(0)
    };
    assert_eq!(triggers(&plain).await, 0);
    assert!(triggers(&house).await > 0, "soft delete and events");
}

#[tokio::test]
#[should_panic(expected = "a test's schema has faults")]
async fn a_schema_with_faults() {
    let _db = aura_testing::with_schema("model Note {\n  id Strng @id\n}\n", false).await;
}

#[tokio::test]
async fn the_product_on_a_server_of_its_own() {
    let mut server = aura_testing::own_server().await;
    server.auraid("store").await;
    server.kill();
    server.restart().await;
    assert!(server.connect("store").await.query("SELECT 1 FROM \"User\"", &[]).await.is_ok());
}
