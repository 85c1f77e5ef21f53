//! The trail: one event a change, no secret in it, commitments that hold.

use crate::product::{database, database_of, family, one, run, texts};
use sha2::{Digest, Sha256};
use tokio_postgres::Client;

async fn operations(client: &Client, id: &str) -> Vec<String> {
    texts(client, &format!("SELECT operation FROM aura.event WHERE record_id = '{id}' ORDER BY number")).await
}

#[tokio::test]
async fn invariant_3_every_change_of_a_models_columns_has_exactly_one_event() {
    let db = database().await;
    let client = db.connect().await;
    let of = family(&client, "x").await;
    let user = |change: &str| format!(r#"UPDATE "User" SET {change} WHERE id = '{}'"#, of.user);
    run(&client, &user("name = 'Ada'")).await;
    run(&client, &user("name = 'Ada'")).await; // nothing changes
    run(&client, &user("name = name, \"updatedAt\" = now()")).await; // nor here
    run(&client, &user("name = 'Grace', status = 'SUSPENDED'")).await;
    run(&client, &user("\"deletedAt\" = now()")).await;
    // A second parent's deletion moves hidden columns of the membership, and nothing else.
    let application = |value: &str| {
        format!(r#"UPDATE "Application" SET "deletedAt" = {value} WHERE id = '{}'"#, of.application)
    };
    run(&client, &application("now() + interval '1 hour'")).await;
    run(&client, &application("NULL")).await;
    run(&client, &user("\"deletedAt\" = NULL")).await;
    assert_eq!(operations(&client, &of.user).await, ["create", "update", "update", "delete", "restore"]);
    assert_eq!(operations(&client, &of.application).await, ["create", "delete", "restore"]);
    for child in [&of.membership, &of.session, &of.refresh, &of.verification] {
        assert_eq!(operations(&client, child).await, ["create", "delete", "restore"]);
    }
    // A transaction that is rolled back leaves none.
    run(&client, &format!("BEGIN; {}; ROLLBACK", user("name = 'Eve'"))).await;
    assert_eq!(operations(&client, &of.user).await.len(), 5);
    assert_eq!(
        one(&client, "SELECT count(DISTINCT xid) FROM aura.event WHERE operation = 'delete'").await,
        "2"
    );
}

#[tokio::test]
async fn an_event_says_who_and_in_which_request() {
    let db = database().await;
    let client = db.connect_as("auraid_service").await;
    run(
        &client,
        r#"BEGIN; SELECT set_config('aura.actor', 'user:ada', true), set_config('aura.request', 'r1', true);
           INSERT INTO "User" (id, email) VALUES ('first', 'a@b.c'); COMMIT;
           BEGIN; SELECT set_config('aura.actor', '', true);
           INSERT INTO "User" (id, email) VALUES ('second', 'b@b.c'); COMMIT"#,
    )
    .await;
    let events = texts(
        &client,
        "SELECT concat_ws('|', record_id, model, operation, COALESCE(actor, '-'), COALESCE(request, '-'), session_role, era, before IS NULL)
         FROM aura.event ORDER BY number",
    )
    .await;
    assert_eq!(
        events,
        ["first|User|create|user:ada|r1|auraid_service|1|t", "second|User|create|-|-|auraid_service|1|t"]
    );
}

#[tokio::test]
async fn what_a_writer_claims_is_cut_to_length() {
    let db = database().await;
    let service = db.connect_as("auraid_service").await;
    run(
        &service,
        r#"SELECT set_config('aura.actor', repeat('ä', 10000000), false), set_config('aura.request', repeat('r', 1000000), false);
           INSERT INTO "User" (id, email) VALUES ('u1', 'a@b.c')"#,
    )
    .await;
    let owner = db.connect_as("auraid_owner").await;
    run(
        &owner,
        r#"BEGIN; SELECT set_config('aura.actor', 'operator:1', true), set_config('aura.purge', repeat('w', 1000000), true);
           DELETE FROM "User"; COMMIT"#,
    )
    .await;
    let lengths = "SELECT concat_ws('|', operation, length(actor), length(request), length(reason)) FROM aura.event ORDER BY number";
    assert_eq!(texts(&owner, lengths).await, ["create|200|200", "purge|10|2000"]);
    assert_eq!(check_commitments(&owner).await, 2);
}

#[tokio::test]
async fn invariant_4_no_secret_is_in_an_event() {
    let db = database().await;
    let client = db.connect().await;
    run(
        &client,
        r#"INSERT INTO "User" (id, email, "passwordHash") VALUES ('u1', 'a@b.c', 'MYSECRET1');
           UPDATE "User" SET "passwordHash" = 'MYSECRET2' WHERE id = 'u1';
           UPDATE "User" SET name = 'x' WHERE id = 'u1';
           UPDATE "User" SET "passwordHash" = NULL WHERE id = 'u1';
           INSERT INTO "Application" (id, "clientId", name, kind, "secretHash") VALUES ('a1', 'c', 'n', 'WEB', 'MYSECRET3');
           INSERT INTO "OperatorKey" (id, name, "keyHash") VALUES ('k1', 'n', 'MYSECRET4');
           UPDATE "OperatorKey" SET "deletedAt" = now();"#,
    )
    .await;
    let all = texts(&client, "SELECT event::text FROM aura.event").await.join("\n");
    assert!(!all.contains("MYSECRET") && !all.contains("4d59534543524554"), "{all}");
    let shown = texts(
        &client,
        "SELECT concat_ws(' ', before ->> 'passwordHash', '>', after ->> 'passwordHash') FROM aura.event WHERE record_id = 'u1' ORDER BY number",
    )
    .await;
    assert_eq!(shown, ["> [secret]", "[secret] > [secret, changed]", "[secret] > [secret]", "[secret] >"]);
}

async fn check_commitments(client: &Client) -> usize {
    let rows = client
        .query("SELECT salt, jsonb_build_array(before, after, reason)::text, commitment FROM aura.event", &[])
        .await
        .unwrap();
    for row in &rows {
        let (salt, payload, commitment): (Vec<u8>, String, Vec<u8>) = (row.get(0), row.get(1), row.get(2));
        let mut hash = Sha256::new();
        hash.update(&salt);
        hash.update(payload.as_bytes());
        assert_eq!(hash.finalize().as_slice(), commitment, "{payload}");
    }
    rows.len()
}

const EVERY_TYPE: &str = r"
model Sample {
  id        String   @id @default(cuid(2))
  text      String?
  number    Float    @default(0.1)
  bytes     Bytes
  amount    Decimal  @default(1.50)
  small     Float    @default(0.3) @db.Real
  tags      String[]
  blobs     Bytes[]
  day       DateTime @db.Date
  clock     DateTime @db.Timetz(3)
  plain     DateTime @db.Timestamp(3)
  cash      Decimal  @db.Money
  data      Json
  createdAt DateTime  @default(now()) @db.Timestamptz(3)
  updatedAt DateTime  @default(now()) @updatedAt @db.Timestamptz(3)
  deletedAt DateTime? @db.Timestamptz(3)
}
";

#[tokio::test]
async fn commitments_do_not_depend_on_the_session() {
    let db = database_of(EVERY_TYPE).await;
    let insert = r#"INSERT INTO "Sample" (bytes, tags, blobs, day, clock, plain, cash, data, "createdAt", "updatedAt", number, small)
        VALUES ('\x00ff', '{a,"b c"}', ARRAY['\x01'::bytea], '2026-03-04', '10:00:00+02', '2026-03-04 05:06:07', 12.5::numeric::money,
                '{"b": 1.50, "a": [null]}', '2026-07-01T12:00:00Z', '2026-07-01T12:00:00Z', 1e-5::float8 / 3, 0.1::real)"#;
    let settings = [
        "SELECT 1",
        "SET \"TimeZone\" = 'Asia/Kathmandu'; SET \"DateStyle\" = 'German, DMY'; SET bytea_output = 'escape'; SET extra_float_digits = -15; SET \"IntervalStyle\" = 'sql_standard'",
        "SET search_path = pg_catalog, public; SET \"TimeZone\" = 'America/St_Johns'; SET \"DateStyle\" = 'SQL, MDY'; SET extra_float_digits = 3",
        "SET client_encoding = 'LATIN1'; SET lc_monetary = 'C'",
    ];
    for setting in settings {
        let client = db.connect().await;
        run(&client, setting).await;
        run(
            &client,
            &insert
                .replace("'2026-03-04'", "DATE '2026-03-04'")
                .replace("'2026-03-04 05", "TIMESTAMP '2026-03-04 05"),
        )
        .await;
        run(&client, r#"UPDATE "Sample" SET number = number + 1, "createdAt" = '2026-07-01T12:00:00Z'"#)
            .await;
        check_commitments(&client).await;
    }
    let client = db.connect().await;
    assert_eq!(check_commitments(&client).await, 4 + 1 + 2 + 3 + 4);
    let created =
        texts(&client, "SELECT DISTINCT after - 'id' FROM aura.event WHERE operation = 'create'").await;
    assert_eq!(created.len(), 1, "{created:#?}");
    assert!(created[0].contains("2026-07-01T12:00:00+00:00"), "{created:?}");
}

#[tokio::test]
async fn the_trail_only_grows_whoever_writes() {
    let db = database().await;
    let superuser = db.connect().await;
    family(&superuser, "x").await;
    for role in ["postgres", "auraid_owner", "auraid_service"] {
        let client = db.connect_as(role).await;
        for sql in [
            "UPDATE aura.event SET actor = 'somebody'",
            "DELETE FROM aura.event",
            "TRUNCATE aura.event",
            "UPDATE aura.era SET era = 7",
            "DELETE FROM aura.era",
            "TRUNCATE aura.era",
        ] {
            assert_eq!(crate::product::refused(&client, sql).await.0, "42501", "{role}: {sql}");
        }
    }
}
