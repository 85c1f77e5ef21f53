//! What each role may do, and how the roles come to be.

use aura_migrate::{Error, roles};
use aura_schema::config::{Config, RoleNames};

use crate::product::{database, family, one, product_schema, refused, run, texts};

#[tokio::test]
async fn invariant_12_the_service_cannot_touch_the_trail_or_the_tables() {
    let db = database().await;
    family(&db.connect().await, "x").await;
    let client = db.connect_as("auraid_service").await;
    run(&client, "CREATE TEMPORARY TABLE mine (id text)").await;
    for sql in [
        "INSERT INTO aura.event (at, model, record_id, operation, session_role, commitment) VALUES (now(), 'User', 'x', 'create', 'x', sha256(''))",
        "UPDATE aura.event SET actor = 'x'",
        "DELETE FROM aura.event",
        "TRUNCATE aura.event",
        "INSERT INTO aura.era (era, system_identifier) VALUES (9, 9)",
        "DELETE FROM aura.import",
        "ALTER TABLE aura.event DISABLE TRIGGER ALL",
        "ALTER TABLE \"User\" DISABLE TRIGGER ALL",
        "ALTER TABLE \"User\" ADD COLUMN x int",
        "DROP TABLE \"User\"",
        "DROP TRIGGER aura_event ON \"User\"",
        "DROP FUNCTION aura.\"User_event\"()",
        "CREATE OR REPLACE FUNCTION aura.\"User_event\"() RETURNS trigger LANGUAGE plpgsql AS 'begin return null; end'",
        "CREATE TABLE mine_too (id int)",
        "CREATE TABLE aura.mine_too (id int)",
        "CREATE TRIGGER x BEFORE UPDATE ON \"User\" FOR EACH ROW EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger()",
        "CREATE TRIGGER forge AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION aura.\"User_event\"()",
        "SET session_replication_role = replica",
        "SET ROLE auraid_owner",
        "INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'x', 'x')",
        "DELETE FROM _prisma_migrations",
    ] {
        let (code, message) = refused(&client, sql).await;
        assert_eq!(code, "42501", "{sql}: {message}");
    }
}

#[tokio::test]
async fn the_service_can_do_its_work() {
    let db = database().await;
    let client = db.connect_as("auraid_service").await;
    let of = family(&client, "x").await;
    run(&client, &format!(r#"UPDATE "User" SET "deletedAt" = now() WHERE id = '{}'"#, of.user)).await;
    assert_eq!(one(&client, r#"SELECT count(*) FROM "Session" WHERE "deletedAt" IS NOT NULL"#).await, "1");
    assert_eq!(one(&client, "SELECT count(*) FROM aura.event").await, "11");
    assert_eq!(one(&client, "SELECT count(*) FROM _prisma_migrations").await, "1");
    run(
        &client,
        "INSERT INTO aura.import (source, model) VALUES (sha256('x'), 'User');
         UPDATE aura.import SET lines_done = 5, updated_at = now()",
    )
    .await;
}

#[tokio::test]
async fn the_reader_reads_all_but_secrets() {
    let db = database().await;
    family(&db.connect().await, "x").await;
    let client = db.connect_as("auraid_read").await;
    for sql in [
        r#"SELECT id, email, "deletedAt", "liveUntil" FROM "User""#,
        r#"SELECT * FROM "Membership""#,
        r#"SELECT id, "clientId" FROM "Application""#,
        "SELECT * FROM aura.event",
        "SELECT * FROM aura.era",
    ] {
        run(&client, sql).await;
    }
    for sql in [
        r#"SELECT * FROM "User""#,
        r#"SELECT "passwordHash" FROM "User""#,
        r#"SELECT "secretHash" FROM "Application""#,
        r#"SELECT count("tokenHash") FROM "RefreshToken""#,
        r#"SELECT 1 FROM "OperatorKey" WHERE "keyHash" IS NULL"#,
        r#"INSERT INTO "User" (email) VALUES ('a@b.c')"#,
        r#"UPDATE "User" SET name = 'x'"#,
        "SELECT aura.id()",
    ] {
        assert_eq!(refused(&client, sql).await.0, "42501", "{sql}");
    }
}

#[tokio::test]
async fn granting_again_takes_back_what_should_not_be() {
    let db = database().await;
    let mut client = db.connect().await;
    run(
        &client,
        r#"GRANT ALL ON "User", aura.event TO auraid_service, auraid_read, PUBLIC;
           GRANT SELECT ("passwordHash") ON "User" TO auraid_read;
           GRANT EXECUTE ON FUNCTION aura."User_event"() TO auraid_service"#,
    )
    .await;
    let rights = "SELECT relname || relacl::text || COALESCE((SELECT string_agg(attacl::text, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = pg_class.oid), '')
                  FROM pg_class WHERE relacl IS NOT NULL AND relnamespace IN ('public'::regnamespace, 'aura'::regnamespace)
                  UNION ALL SELECT proname || proacl::text FROM pg_proc WHERE pronamespace = 'aura'::regnamespace ORDER BY 1";
    let spoilt = texts(&client, rights).await;
    roles::grant(&mut client, &RoleNames::default(), &product_schema()).await.unwrap();
    let mended = texts(&client, rights).await;
    assert_ne!(spoilt, mended);
    assert_eq!(mended, texts(&database().await.connect().await, rights).await);
    roles::grant(&mut client, &RoleNames::default(), &product_schema()).await.unwrap();
    assert_eq!(texts(&client, rights).await, mended);
}

#[tokio::test]
async fn many_processes_may_make_the_roles_at_once() {
    let db = aura_testing::empty().await;
    let other = aura_testing::empty().await;
    let names = RoleNames {
        owner: "race \"owner\"".into(),
        service: "race_service".into(),
        read: "race_read".into(),
    };
    let schema = product_schema();
    let mut clients = Vec::new();
    for n in 0..16 {
        clients.push(if n % 2 == 0 { db.connect().await } else { other.connect().await });
    }
    let ensured =
        futures_util::future::join_all(clients.iter().map(|client| roles::ensure(client, &names, &schema)))
            .await;
    for result in ensured {
        result.unwrap();
    }
    let powers = texts(
        &clients[0],
        "SELECT rolcanlogin::text || rolsuper || rolcreaterole || rolcreatedb || rolreplication || rolbypassrls || (rolpassword IS NULL)
         FROM pg_authid WHERE rolname LIKE 'race%'",
    )
    .await;
    assert_eq!(powers, ["truefalsefalsefalsefalsefalsetrue"; 3]);
}

#[tokio::test]
async fn without_the_right_to_make_roles_the_statements_are_shown_and_are_enough() {
    let db = aura_testing::empty().await;
    let superuser = db.connect().await;
    run(&superuser, "CREATE ROLE plain_user LOGIN; GRANT CREATE ON SCHEMA public TO PUBLIC").await;
    let client = db.connect_as("plain_user").await;
    let names =
        RoleNames { owner: "plain_owner".into(), service: "plain_service".into(), read: "plain_read".into() };
    let schema = product_schema();
    let Error::NeedsAdministrator { user, sql } = roles::ensure(&client, &names, &schema).await.unwrap_err()
    else {
        panic!("another error");
    };
    assert_eq!(user, "plain_user");
    run(&superuser, &sql).await;
    // What is shown makes the roles; a second look finds nothing missing.
    roles::ensure(&client, &names, &schema).await.unwrap();
    let service = db.connect_as("plain_service").await;
    assert_eq!(refused(&service, "CREATE TABLE t (i int)").await.0, "42501");
    run(&client, "SET ROLE plain_owner; CREATE TABLE t (i int); CREATE SCHEMA s; RESET ROLE").await;

    // PostgreSQL only warns of a grant that one may not make.
    run(&superuser, &format!("REVOKE CREATE ON DATABASE {} FROM plain_owner", db.name())).await;
    let Error::NeedsAdministrator { sql, .. } = roles::ensure(&client, &names, &schema).await.unwrap_err()
    else {
        panic!("another error");
    };
    assert_eq!(sql, format!("GRANT CREATE ON DATABASE \"{}\" TO \"plain_owner\";", db.name()));
}

#[tokio::test]
async fn a_user_who_may_make_roles_needs_nobody() {
    let db = aura_testing::empty().await;
    let superuser = db.connect().await;
    run(
        &superuser,
        &format!("CREATE ROLE maker LOGIN CREATEROLE; ALTER DATABASE {} OWNER TO maker", db.name()),
    )
    .await;
    let mut client = db.connect_as("maker").await;
    let names =
        RoleNames { owner: "made_owner".into(), service: "made_service".into(), read: "made_read".into() };
    let config = Config { roles: names.clone(), ..Config::default() };
    let schema = product_schema();
    roles::ensure(&client, &names, &schema).await.unwrap();
    let script = aura_migrate::create_script(&schema, Some(&config));
    let migration = aura_migrate::Migration { name: "1_init".into(), sql: script.into() };
    let options =
        aura_migrate::Options { owner: Some(names.owner.clone()), ..aura_migrate::Options::default() };
    aura_migrate::deploy(&mut client, &[migration], &options).await.unwrap();
    roles::grant(&mut client, &names, &schema).await.unwrap();
    let service = db.connect_as("made_service").await;
    family(&service, "x").await;
}

#[tokio::test]
async fn the_service_may_make_temporary_tables_where_not_everybody_may() {
    let db = database().await;
    let superuser = db.connect().await;
    run(&superuser, &format!("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC", db.name())).await;
    let (service, reader) = (db.connect_as("auraid_service").await, db.connect_as("auraid_read").await);
    let stage = "CREATE TEMPORARY TABLE staged (line text); DROP TABLE staged";
    run(&service, stage).await;
    assert_eq!(refused(&reader, stage).await.0, "42501");
    // Where the service was there before the database was, too.
    run(&superuser, &format!("REVOKE TEMPORARY ON DATABASE {} FROM auraid_service", db.name())).await;
    assert_eq!(refused(&service, stage).await.0, "42501");
    roles::ensure(&superuser, &RoleNames::default(), &product_schema()).await.unwrap();
    run(&service, stage).await;
}

#[tokio::test]
async fn other_schemas_join_tables_and_sequences_are_granted_too() {
    let text = r#"
datasource db {
  provider = "postgresql"
  schemas  = ["public", "other"]
}

model Book {
  id        String    @id @default(cuid(2))
  number    Int       @unique @default(autoincrement())
  shelves   Shelf[]
  createdAt DateTime  @default(now()) @db.Timestamptz(3)
  updatedAt DateTime  @default(now()) @updatedAt @db.Timestamptz(3)
  deletedAt DateTime? @db.Timestamptz(3)

  @@schema("other")
}

model Shelf {
  id        String    @id @default(cuid(2))
  books     Book[]
  createdAt DateTime  @default(now()) @db.Timestamptz(3)
  updatedAt DateTime  @default(now()) @updatedAt @db.Timestamptz(3)
  deletedAt DateTime? @db.Timestamptz(3)

  @@schema("public")
}
"#;
    let schema = crate::product::schema_of_text(text);
    let db = aura_testing::empty().await;
    let mut client = db.connect().await;
    let config = Config::default();
    // Twice, as a second start does it: the schema is there by then.
    for _ in 0..2 {
        roles::ensure(&client, &config.roles, &schema).await.unwrap();
        let sql = aura_migrate::create_script(&schema, Some(&config)).into();
        let migration = aura_migrate::Migration { name: "1_init".into(), sql };
        let options = aura_migrate::Options {
            owner: Some(config.roles.owner.clone()),
            ..aura_migrate::Options::default()
        };
        aura_migrate::deploy(&mut client, &[migration], &options).await.unwrap();
        roles::grant(&mut client, &config.roles, &schema).await.unwrap();
    }
    let service = db.connect_as("auraid_service").await;
    run(
        &service,
        r#"INSERT INTO other."Book" (id) VALUES ('b1'); INSERT INTO "Shelf" (id) VALUES ('s1');
           INSERT INTO other."_BookToShelf" VALUES ('b1', 's1'); DELETE FROM other."_BookToShelf";
           UPDATE other."Book" SET "deletedAt" = now()"#,
    )
    .await;
    assert_eq!(refused(&service, r#"DELETE FROM other."Book""#).await.0, "42501");
    assert_eq!(one(&db.connect_as("auraid_read").await, r#"SELECT number FROM other."Book""#).await, "1");
}
