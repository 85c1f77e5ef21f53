//! Shapes that the product's own schema does not have.

use crate::product::{database_of, one, refused, run, texts};
use tokio_postgres::Client;

/// The three times that every model has.
const TIMES: &str = "
  createdAt DateTime  @default(now()) @db.Timestamptz(3)
  updatedAt DateTime  @default(now()) @updatedAt @db.Timestamptz(3)
  deletedAt DateTime? @db.Timestamptz(3)
";

fn with_times(text: &str) -> String {
    text.replace("TIMES", TIMES)
}

async fn delete(client: &Client, table: &str, id: &str) {
    run(client, &delete_sql(table, id)).await;
}

fn delete_sql(table: &str, id: &str) -> String {
    format!(r#"UPDATE "{table}" SET "deletedAt" = clock_timestamp() WHERE id = '{id}'"#)
}

fn restore_sql(table: &str, id: &str) -> String {
    format!(r#"UPDATE "{table}" SET "deletedAt" = NULL WHERE id = '{id}'"#)
}

async fn live(client: &Client, table: &str) -> Vec<String> {
    texts(client, &format!(r#"SELECT id FROM "{table}" WHERE "deletedAt" IS NULL ORDER BY id"#)).await
}

#[tokio::test]
async fn a_restricted_parent_cannot_be_deleted_while_a_live_child_refers_to_it() {
    let db = database_of(&with_times(
        "
model Person {
  id    String @id @default(cuid(2))
  apps  App[]
TIMES
}

model App {
  id       String  @id @default(cuid(2))
  ownerId  String?
  owner    Person? @relation(fields: [ownerId], references: [id], onDelete: Restrict)
TIMES
}
",
    ))
    .await;
    let client = db.connect().await;
    run(&client, r#"INSERT INTO "Person" (id) VALUES ('p1'), ('p2'); INSERT INTO "App" (id, "ownerId") VALUES ('a1', 'p1'), ('a2', NULL)"#).await;
    let (code, message) = refused(&client, &delete_sql("Person", "p1")).await;
    assert_eq!(code, "23503");
    assert!(message.contains("App_ownerId_live_fkey"), "{message}");
    // A deleted child does not hold it, and cannot come back before it does.
    delete(&client, "App", "a1").await;
    delete(&client, "Person", "p1").await;
    assert_eq!(refused(&client, &restore_sql("App", "a1")).await.0, "23503");
    assert_eq!(refused(&client, r#"INSERT INTO "App" ("ownerId") VALUES ('p1')"#).await.0, "23503");
    run(&client, &restore_sql("Person", "p1")).await;
    run(&client, &restore_sql("App", "a1")).await;
    // Unlike an owning parent's, its column may change.
    run(&client, r#"UPDATE "App" SET "ownerId" = 'p2' WHERE id = 'a1'"#).await;
    delete(&client, "Person", "p1").await;
    assert_eq!(refused(&client, &delete_sql("Person", "p2")).await.0, "23503");
    assert_eq!(one(&client, "SELECT count(*) FROM aura.event WHERE record_id = 'a1'").await, "4");
}

#[tokio::test]
async fn set_null_keeps_the_value_until_the_parent_is_purged() {
    let db = database_of(&with_times(
        "
model Person {
  id    String @id @default(cuid(2))
  notes Note[]
TIMES
}

model Note {
  id       String  @id @default(cuid(2))
  authorId String?
  author   Person? @relation(fields: [authorId], references: [id], onDelete: SetNull)
TIMES
}
",
    ))
    .await;
    let client = db.connect().await;
    run(
        &client,
        r#"INSERT INTO "Person" (id) VALUES ('p1'); INSERT INTO "Note" (id, "authorId") VALUES ('n1', 'p1')"#,
    )
    .await;
    delete(&client, "Person", "p1").await;
    assert_eq!(live(&client, "Note").await, ["n1"]);
    assert_eq!(one(&client, r#"SELECT "authorId" FROM "Note""#).await, "p1");
    run(
        &client,
        r#"BEGIN; SELECT set_config('aura.actor', 'o', true), set_config('aura.purge', 'r', true); DELETE FROM "Person"; COMMIT"#,
    )
    .await;
    assert_eq!(one(&client, r#"SELECT "authorId" FROM "Note""#).await, "NULL");
    let operations =
        texts(&client, "SELECT operation FROM aura.event WHERE record_id = 'n1' ORDER BY number").await;
    assert_eq!(operations, ["create", "update"]);
}

#[tokio::test]
async fn a_tree_is_deleted_and_restored_from_any_node_and_loops_end() {
    let db = database_of(&with_times(
        "
model Node {
  id       String  @id @default(cuid(2))
  parentId String?
  parent   Node?   @relation(\"Tree\", fields: [parentId], references: [id], onDelete: Cascade)
  children Node[]  @relation(\"Tree\")
TIMES
}
",
    ))
    .await;
    let client = db.connect().await;
    run(
        &client,
        r#"INSERT INTO "Node" (id, "parentId") VALUES ('n1', NULL), ('n2', 'n1'), ('n3', 'n2'), ('n4', 'n3'), ('n5', 'n1'),
           ('self', 'self'), ('x1', 'x2'), ('x2', 'x1')"#,
    )
    .await;
    let all = live(&client, "Node").await;
    delete(&client, "Node", "n3").await;
    delete(&client, "Node", "n1").await;
    assert_eq!(live(&client, "Node").await, ["self", "x1", "x2"]);
    run(&client, &restore_sql("Node", "n1")).await;
    assert_eq!(live(&client, "Node").await, ["n1", "n2", "n5", "self", "x1", "x2"]);
    run(&client, &restore_sql("Node", "n3")).await;
    for node in ["self", "x1", "x2"] {
        delete(&client, "Node", node).await;
        assert_eq!(live(&client, "Node").await.len(), if node == "self" { 7 } else { 6 }, "{node}");
        run(&client, &restore_sql("Node", node)).await;
        assert_eq!(live(&client, "Node").await, all, "{node}");
    }
    // A longer loop has no first row whose parent lives: refused, and nothing changed.
    run(&client, r#"INSERT INTO "Node" (id, "parentId") VALUES ('y1', 'y3'), ('y2', 'y1'), ('y3', 'y2')"#)
        .await;
    delete(&client, "Node", "y1").await;
    assert_eq!(live(&client, "Node").await, all);
    assert_eq!(refused(&client, &restore_sql("Node", "y1")).await.0, "23503");
    assert_eq!(live(&client, "Node").await, all);
    // A long branch does not pile up on the server's stack.
    run(
        &client,
        r#"INSERT INTO "Node" (id, "parentId") SELECT 'deep' || n, CASE WHEN n > 1 THEN 'deep' || n - 1 END FROM generate_series(1, 3000) AS n"#,
    )
    .await;
    delete(&client, "Node", "deep1").await;
    assert_eq!(live(&client, "Node").await, all);
    run(&client, &restore_sql("Node", "deep1")).await;
    assert_eq!(live(&client, "Node").await.len(), all.len() + 3000);
}

#[tokio::test]
async fn models_that_own_each_other_in_a_ring_work() {
    let db = database_of(&with_times(
        "
model Team {
  id       String  @id @default(cuid(2))
  homeId   String?
  home     Place?  @relation(\"Home\", fields: [homeId], references: [id], onDelete: Cascade)
  places   Place[] @relation(\"Owns\")
TIMES
}

model Place {
  id       String  @id @default(cuid(2))
  teamId   String?
  team     Team?   @relation(\"Owns\", fields: [teamId], references: [id], onDelete: Cascade)
  teams    Team[]  @relation(\"Home\")
TIMES
}
",
    ))
    .await;
    let client = db.connect().await;
    run(
        &client,
        r#"INSERT INTO "Team" (id) VALUES ('t1'); INSERT INTO "Place" (id, "teamId") VALUES ('p1', 't1');
           INSERT INTO "Team" (id, "homeId") VALUES ('t2', 'p1'); INSERT INTO "Place" (id, "teamId") VALUES ('p2', 't2')"#,
    )
    .await;
    delete(&client, "Team", "t1").await;
    assert!(live(&client, "Team").await.is_empty() && live(&client, "Place").await.is_empty());
    run(&client, &restore_sql("Team", "t1")).await;
    assert_eq!(live(&client, "Team").await, ["t1", "t2"]);
    assert_eq!(live(&client, "Place").await, ["p1", "p2"]);
}

#[tokio::test]
async fn two_relations_to_one_parent_and_mapped_names_work() {
    let db = database_of(&with_times(
        "
model Account {
  id       String @id @default(cuid(2)) @map(\"account id\")
  sent     Letter[] @relation(\"Sender\")
  received Letter[] @relation(\"Receiver\")
TIMES
  @@map(\"accounts\")
}

model Letter {
  id         String  @id @default(cuid(2))
  senderId   String  @map(\"sender_id\")
  receiverId String  @map(\"receiver_id\")
  subject    String  @unique @map(\"the subject's\")
  sender     Account @relation(\"Sender\", fields: [senderId], references: [id], onDelete: Cascade)
  receiver   Account @relation(\"Receiver\", fields: [receiverId], references: [id], onDelete: Cascade)
TIMES
  @@map(\"letters\")
}
",
    ))
    .await;
    let client = db.connect().await;
    run(
        &client,
        r#"INSERT INTO accounts ("account id") VALUES ('a1'), ('a2');
           INSERT INTO letters (id, sender_id, receiver_id, "the subject's") VALUES ('l1', 'a1', 'a2', 's'), ('l2', 'a1', 'a1', 't')"#,
    )
    .await;
    let by_id = |id: &str, value: &str| {
        format!(r#"UPDATE accounts SET "deletedAt" = {value} WHERE "account id" = '{id}'"#)
    };
    run(&client, &by_id("a2", "now()")).await;
    assert_eq!(live(&client, "letters").await, ["l2"]);
    run(&client, &by_id("a1", "now()")).await;
    run(&client, &by_id("a2", "NULL")).await;
    assert!(live(&client, "letters").await.is_empty());
    run(&client, &by_id("a1", "NULL")).await;
    assert_eq!(live(&client, "letters").await, ["l1", "l2"]);
    let keys = one(&client, "SELECT array_agg(key ORDER BY key) FROM (SELECT jsonb_object_keys(after) AS key FROM aura.event WHERE record_id = 'l1' AND operation = 'create') AS keys").await;
    assert_eq!(keys, "{createdAt,deletedAt,id,receiverId,senderId,subject,updatedAt}");
    assert_eq!(one(&client, "SELECT DISTINCT model FROM aura.event WHERE record_id = 'l1'").await, "Letter");
    // One event for each change, though a letter to oneself has two keys to one parent.
    assert_eq!(one(&client, "SELECT count(*) FROM aura.event WHERE record_id = 'l2'").await, "3");
}

#[tokio::test]
async fn a_one_to_one_child_and_a_key_by_another_column_work() {
    let db = database_of(&with_times(
        "
model Country {
  id     String @id @default(cuid(2))
  code   String @unique
  cities City[]
TIMES
}

model City {
  id          String  @id @default(cuid(2))
  countryCode String
  country     Country @relation(fields: [countryCode], references: [code], onDelete: Cascade)
  profile     Profile?
TIMES
}

model Profile {
  id     String @id @default(cuid(2))
  cityId String @unique
  city   City   @relation(fields: [cityId], references: [id], onDelete: Cascade)
TIMES
}
",
    ))
    .await;
    let client = db.connect().await;
    run(
        &client,
        r#"INSERT INTO "Country" (id, code) VALUES ('c1', 'AT'); INSERT INTO "City" (id, "countryCode") VALUES ('w1', 'AT');
           INSERT INTO "Profile" (id, "cityId") VALUES ('f1', 'w1')"#,
    )
    .await;
    delete(&client, "Country", "c1").await;
    assert!(live(&client, "City").await.is_empty() && live(&client, "Profile").await.is_empty());
    run(&client, &restore_sql("Country", "c1")).await;
    assert_eq!(live(&client, "Profile").await, ["f1"]);
    assert_eq!(refused(&client, r#"UPDATE "Country" SET code = 'DE'"#).await.0, "23514");
    delete(&client, "Profile", "f1").await;
    run(&client, r#"INSERT INTO "Profile" (id, "cityId") VALUES ('f2', 'w1')"#).await;
    // The cascade has an index over all rows, though the schema declares none.
    assert_eq!(
        one(&client, "SELECT count(*) FROM pg_indexes WHERE indexname = 'Profile_cityId_idx'").await,
        "1"
    );
}

#[tokio::test]
async fn times_of_different_precision_meet_in_the_coarser() {
    let text = with_times(
        "
model Parent {
  id       String @id @default(cuid(2))
  children Child[]
TIMES
}

model Child {
  id       String @id @default(cuid(2))
  parentId String
  parent   Parent @relation(fields: [parentId], references: [id], onDelete: Cascade)
TIMES
}
",
    );
    for (parent, child) in [(6, 3), (3, 6), (6, 6), (0, 6)] {
        let mut text = text.replacen(
            "deletedAt DateTime? @db.Timestamptz(3)",
            &format!("deletedAt DateTime? @db.Timestamptz({parent})"),
            1,
        );
        let at = text.rfind("deletedAt DateTime? @db.Timestamptz(3)").unwrap_or(0);
        if child != 3 && at > 0 {
            text.replace_range(at.., &text[at..].replace("Timestamptz(3)", &format!("Timestamptz({child})")));
        }
        let db = database_of(&text).await;
        let client = db.connect().await;
        run(&client, r#"INSERT INTO "Parent" (id) VALUES ('p1'); INSERT INTO "Child" (id, "parentId") VALUES ('c1', 'p1')"#).await;
        run(&client, r#"UPDATE "Parent" SET "deletedAt" = '2026-01-01 00:00:00.123456Z'"#).await;
        assert!(live(&client, "Child").await.is_empty(), "{parent} {child}");
        run(&client, &restore_sql("Parent", "p1")).await;
        run(&client, r#"UPDATE "Child" SET "deletedAt" = '2026-01-01 00:00:00.987654Z'"#).await;
        run(&client, &restore_sql("Child", "c1")).await;
        assert_eq!(live(&client, "Child").await, ["c1"]);
    }
}

#[tokio::test]
async fn wide_models_and_types_without_equality_are_followed() {
    let columns: Vec<String> = (0..60).map(|n| format!("  column{n:02} String?")).collect();
    let db = database_of(&with_times(&format!(
        "
enum Mood {{
  GOOD
  BAD
}}

model Wide {{
  id   String @id @default(cuid(2))
  mood Mood   @default(GOOD)
  old  Json   @default(\"{{}}\") @db.Json
  xml  String? @db.Xml
{}
TIMES
}}
",
        columns.join("\n")
    )))
    .await;
    let client = db.connect().await;
    run(&client, r#"INSERT INTO "Wide" (id, column59) VALUES ('w1', 'last')"#).await;
    run(&client, r#"UPDATE "Wide" SET old = '{"a": 1}', mood = 'BAD'"#).await;
    run(&client, r#"UPDATE "Wide" SET old = '{"a": 1}', xml = NULL"#).await;
    let events = texts(
        &client,
        "SELECT concat_ws('|', operation, after ->> 'column59', after ->> 'mood', after -> 'old', (SELECT count(*) FROM jsonb_object_keys(after))) FROM aura.event ORDER BY number",
    )
    .await;
    assert_eq!(events, ["create|last|GOOD|{}|67", r#"update|last|BAD|{"a": 1}|67"#]);
}
