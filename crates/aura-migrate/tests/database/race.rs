//! Writers that race: no live row may end up under a deleted owning parent.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aura_testing::TestDatabase;
use tokio_postgres::Client;

use crate::product::{database, one, run, texts};

const WRITERS: u64 = 8;
const USERS: u64 = 6;
const APPLICATIONS: u64 = 3;

/// How long a race lasts: `AURAID_RACE_SECONDS`, else 3.
fn duration() -> Duration {
    let seconds = std::env::var("AURAID_RACE_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(3))
}

/// A race goes on until so many transactions committed, however slow the machine, but no longer than
/// [`PATIENCE`].
const ENOUGH: u64 = 300;
const PATIENCE: Duration = Duration::from_mins(1);

/// Pseudo-random numbers (xorshift64*), so that a race can be told from its writer's number.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % limit
    }
}

/// What writers do. Ids of users and applications are known; the rest is found by subquery.
fn statement(dice: &mut Dice, writer: u64, turn: u64) -> String {
    let (user, application) = (dice.below(USERS), dice.below(APPLICATIONS));
    let at_random = |table: &str, dice: &mut Dice| {
        format!(
            r#"(SELECT id FROM "{table}" ORDER BY id OFFSET {} LIMIT 1)"#,
            dice.below(USERS * APPLICATIONS)
        )
    };
    let session_of = |condition: &str| {
        format!(
            r#"INSERT INTO "Session" ("userId", "applicationId", "membershipId", "expiresAt")
               SELECT "userId", "applicationId", id, now() FROM "Membership" WHERE {condition} LIMIT 1"#
        )
    };
    match dice.below(12) {
        0 | 1 => format!(
            r#"INSERT INTO "Membership" ("userId", "applicationId") VALUES ('user{user}', 'app{application}')"#
        ),
        2 | 3 => session_of(&format!(r#""userId" = 'user{user}'"#)),
        4 => {
            let session = at_random("Session", dice);
            format!(
                r#"INSERT INTO "RefreshToken" ("sessionId", "tokenHash", "familyId", "expiresAt")
                   SELECT {session}, '{writer}-{turn}-{}', 'f', now() WHERE {session} IS NOT NULL"#,
                dice.below(1 << 30)
            )
        }
        5 | 6 => format!(
            r#"UPDATE "User" SET "deletedAt" = clock_timestamp() WHERE id = 'user{user}' AND "deletedAt" IS NULL"#
        ),
        7 => format!(r#"UPDATE "User" SET "deletedAt" = NULL WHERE id = 'user{user}'"#),
        8 => format!(
            r#"UPDATE "Application" SET "deletedAt" = CASE WHEN "deletedAt" IS NULL THEN clock_timestamp() END WHERE id = 'app{application}'"#
        ),
        9 => {
            let id = at_random("Membership", dice);
            format!(
                r#"UPDATE "Membership" SET "deletedAt" = CASE WHEN "deletedAt" IS NULL THEN clock_timestamp() END WHERE id = {id}"#
            )
        }
        10 => {
            let id = at_random("Session", dice);
            format!(
                r#"UPDATE "Session" SET "deletedAt" = CASE WHEN "deletedAt" IS NULL THEN clock_timestamp() END, device = 'd{turn}' WHERE id = {id}"#
            )
        }
        _ => format!(r#"UPDATE "User" SET name = 'n{}' WHERE id = 'user{user}'"#, dice.below(3)),
    }
}

/// One writer: short transactions, each at an isolation level by lot. Counts what commits.
async fn write(client: Client, writer: u64, start: Instant, committed: Arc<AtomicU64>) {
    let mut dice = Dice(writer + 1);
    let mut turn = 0;
    let goes_on =
        |committed: u64| start.elapsed() < duration() || (committed < ENOUGH && start.elapsed() < PATIENCE);
    while goes_on(committed.load(Ordering::Relaxed)) {
        turn += 1;
        let level =
            ["READ COMMITTED", "REPEATABLE READ", "READ COMMITTED", "SERIALIZABLE"][(turn % 4) as usize];
        run(&client, &format!("BEGIN ISOLATION LEVEL {level}")).await;
        let mut failed = false;
        for _ in 0..=dice.below(3) {
            if let Err(error) = client.batch_execute(&statement(&mut dice, writer, turn)).await {
                // Refused by a key or by its isolation level; anything else is a fault of ours.
                let code = error.code().expect("the connection stays").code();
                assert!(["23503", "23505", "40001", "40P01"].contains(&code), "{error:?}");
                failed = true;
                break;
            }
        }
        let end = if failed { "ROLLBACK" } else { "COMMIT" };
        match client.batch_execute(end).await {
            Ok(()) if failed => {}
            Ok(()) => _ = committed.fetch_add(1, Ordering::Relaxed),
            Err(error) => assert_eq!(error.code().unwrap().code(), "40001", "{error:?}"),
        }
    }
}

const ORPHANS: &str = r#"
    SELECT (SELECT count(*) FROM "Membership" m JOIN "User" u ON u.id = m."userId" JOIN "Application" a ON a.id = m."applicationId"
            WHERE m."deletedAt" IS NULL AND (u."deletedAt" IS NOT NULL OR a."deletedAt" IS NOT NULL))
         + (SELECT count(*) FROM "Session" s JOIN "Membership" m ON m.id = s."membershipId"
            WHERE s."deletedAt" IS NULL AND m."deletedAt" IS NOT NULL)
         + (SELECT count(*) FROM "RefreshToken" r JOIN "Session" s ON s.id = r."sessionId"
            WHERE r."deletedAt" IS NULL AND s."deletedAt" IS NOT NULL)"#;

const WRONGLY_DEAD: &str = r#"
    SELECT (SELECT count(*) FROM "Membership" m JOIN "User" u ON u.id = m."userId" JOIN "Application" a ON a.id = m."applicationId"
            WHERE m."deletedAt" IS NOT NULL AND m."selfDeletedAt" IS NULL AND u."deletedAt" IS NULL AND a."deletedAt" IS NULL)
         + (SELECT count(*) FROM "Session" s JOIN "Membership" m ON m.id = s."membershipId"
            WHERE s."deletedAt" IS NOT NULL AND s."selfDeletedAt" IS NULL AND m."deletedAt" IS NULL)
         + (SELECT count(*) FROM "RefreshToken" r JOIN "Session" s ON s.id = r."sessionId"
            WHERE r."deletedAt" IS NOT NULL AND r."selfDeletedAt" IS NULL AND s."deletedAt" IS NULL)"#;

/// Breaks in the trail: a record whose first event is no creation, an event whose `before` is not the last
/// one's `after`, one that changes nothing, a row that is not as its last event says.
const GAPS: &str = r#"
    WITH told AS (SELECT *, lag(after) OVER w AS last_after, row_number() OVER w AS nth, lead(number) OVER w IS NULL AS is_last
                  FROM aura.event WINDOW w AS (PARTITION BY record_id ORDER BY number)),
         rows AS (SELECT id, to_jsonb("User") AS row FROM "User" UNION ALL SELECT id, to_jsonb("Application") FROM "Application"
                  UNION ALL SELECT id, to_jsonb("Membership") FROM "Membership" UNION ALL SELECT id, to_jsonb("Session") FROM "Session"
                  UNION ALL SELECT id, to_jsonb("RefreshToken") - 'tokenHash' FROM "RefreshToken")
    SELECT (SELECT count(*) FROM told WHERE (operation = 'create') <> (nth = 1) OR before IS DISTINCT FROM last_after OR before = after)
         + (SELECT count(*) FROM rows LEFT JOIN told ON record_id = id AND is_last WHERE (row @> (after - 'tokenHash')) IS NOT TRUE)"#;

/// Runs the race on a database of the product; says how many transactions committed.
async fn race(db: &TestDatabase, client: &Client) -> u64 {
    // Deadlocks are part of it; the default of a second would make the writers wait most of the time.
    run(client, &format!("ALTER DATABASE {} SET deadlock_timeout = '20ms'", db.name())).await;
    for user in 0..USERS {
        run(
            client,
            &format!(r#"INSERT INTO "User" (id, email) VALUES ('user{user}', 'u{user}@example.com')"#),
        )
        .await;
    }
    for application in 0..APPLICATIONS {
        let sql = format!(
            r#"INSERT INTO "Application" (id, "clientId", name, kind) VALUES ('app{application}', 'c{application}', 'n', 'WEB')"#
        );
        run(client, &sql).await;
    }
    let start = Instant::now();
    let committed = Arc::new(AtomicU64::new(0));
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        let client = db.connect_as("auraid_service").await;
        writers.push(tokio::spawn(write(client, writer, start, Arc::clone(&committed))));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    committed.load(Ordering::Relaxed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invariant_2_no_live_row_refers_to_a_deleted_owning_parent() {
    let db = database().await;
    let client = db.connect().await;
    run(&client, "SET \"TimeZone\" = 'UTC'").await;
    let committed = race(&db, &client).await;
    assert!(committed >= ENOUGH, "{committed} transactions are no race");
    assert_eq!(one(&client, ORPHANS).await, "0");
    assert_eq!(one(&client, WRONGLY_DEAD).await, "0");
    assert_eq!(one(&client, GAPS).await, "0");
    assert!(texts(&client, r#"SELECT 1 FROM "Session" LIMIT 1"#).await.len() == 1);
    println!(
        "{committed} transactions committed, {} events",
        one(&client, "SELECT count(*) FROM aura.event").await
    );
}

/// The same race without the tombstone keys, in which a cascade by hand stands in for them, as an
/// application would write it: it must find orphans, or the test above proves nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_tombstone_keys_the_same_race_finds_orphans() {
    let db = database().await;
    let client = db.connect().await;
    run(
        &client,
        r#"ALTER TABLE "Membership" DROP CONSTRAINT "Membership_userId_fkey", DROP CONSTRAINT "Membership_applicationId_fkey";
           ALTER TABLE "Session" DROP CONSTRAINT "Session_userId_applicationId_membershipId_fkey";
           ALTER TABLE "RefreshToken" DROP CONSTRAINT "RefreshToken_sessionId_fkey";
           CREATE FUNCTION cascade_by_hand() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
           BEGIN
             EXECUTE format('UPDATE %I SET %I = $1 WHERE %I = $2 AND %3$I IS NOT NULL AND "selfDeletedAt" IS NULL',
                            TG_ARGV[0], TG_ARGV[1], TG_ARGV[2]) USING NEW."liveUntil", NEW.id;
             RETURN NULL;
           END $$;
           CREATE TRIGGER by_hand AFTER UPDATE OF "deletedAt" ON "User" FOR EACH ROW EXECUTE FUNCTION cascade_by_hand('Membership', 'userLiveUntil', 'userId');
           CREATE TRIGGER by_hand AFTER UPDATE OF "deletedAt" ON "Application" FOR EACH ROW EXECUTE FUNCTION cascade_by_hand('Membership', 'applicationLiveUntil', 'applicationId');
           CREATE TRIGGER by_hand AFTER UPDATE ON "Membership" FOR EACH ROW EXECUTE FUNCTION cascade_by_hand('Session', 'membershipLiveUntil', 'membershipId');
           CREATE TRIGGER by_hand AFTER UPDATE ON "Session" FOR EACH ROW EXECUTE FUNCTION cascade_by_hand('RefreshToken', 'sessionLiveUntil', 'sessionId');"#,
    )
    .await;
    race(&db, &client).await;
    assert_ne!(one(&client, ORPHANS).await, "0");
}
