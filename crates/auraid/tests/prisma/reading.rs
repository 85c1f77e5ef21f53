//! What the database cannot do for Prisma Client: reads, upserts and writes by a unique field reach deleted rows.
//! `docs/typescript.md` says so; these tests say when that page is out of date.

use serde_json::{Value, json};

use crate::product::{database_with_family, id};
use crate::project::project;
use crate::soundness::assert_sound;

fn done<'a>(answers: &'a Value, name: &str) -> &'a Value {
    answers[name].get("done").unwrap_or_else(|| panic!("{name}: {}", answers[name]))
}

fn codes<'a>(answers: &'a Value, name: &str) -> [&'a str; 2] {
    let refused = &answers[name]["refused"];
    assert!(refused.is_object(), "{name} was not refused: {}", answers[name]);
    ["prisma", "postgres"].map(|part| refused[part].as_str().unwrap_or(""))
}

#[tokio::test]
async fn a_unique_field_alone_finds_the_deleted_and_deleted_at_null_the_living() {
    let Some(project) = project() else { return };
    let (db, family) = database_with_family(&project).await;
    let answer = project.run("reading.mjs", &db, &family).await;
    let one = &answer["oneDeleted"];
    let ada = id(&family, "ada");

    assert_eq!(done(one, "findUnique")["id"], ada);
    assert_eq!(done(one, "findUnique of the living"), &Value::Null);
    // An upsert that is not native changes the deleted row and makes no live one.
    assert_eq!(done(one, "upsert with include")["id"], ada);
    assert_eq!(done(one, "upsert with include")["name"], "changed");
    assert_eq!(codes(one, "connect"), ["P2003", "23503"]);
    assert_eq!(codes(one, "connectOrCreate"), ["P2003", "23503"]);
    assert_eq!(codes(one, "upsert by id of the living"), ["P2002", "23505"]);
    // With the condition all of it does what it says.
    let new = &done(one, "upsert of the living")["id"];
    assert_ne!(new, ada);
    assert_eq!(&done(one, "upsert of the living again")["id"], new);
    assert_eq!(done(one, "upsert of the living again")["name"], "not new");
    assert_eq!(&done(one, "connectOrCreate of the living")["userId"], new);
    assert_sound(&db.connect().await).await;
}

#[tokio::test]
async fn a_write_by_a_unique_field_alone_changes_the_deleted_too() {
    let Some(project) = project() else { return };
    let (db, family) = database_with_family(&project).await;
    let answer = project.run("reading.mjs", &db, &family).await;
    let two = &answer["two"];
    let names = |step: &str| {
        done(two, step).as_array().expect("rows").iter().map(|row| row["name"].clone()).collect::<Vec<_>>()
    };

    assert_eq!(names("all"), ["changed", "not new"]);
    for step in [
        "update by e-mail",
        "update by e-mail in a transaction",
        "update by e-mail in a function's transaction",
    ] {
        assert_eq!(two[step]["refused"]["text"], "Expected zero or one element, got 2", "{step}");
    }
    // Prisma reports a failure, and the change is there all the same, unless a function threw it.
    assert_eq!(names("after it"), ["both", "both"]);
    assert_eq!(names("after that"), ["again", "again"]);
    assert_eq!(names("after that one"), ["again", "again"]);
    assert_eq!(done(two, "update of the living")["name"], "living");

    assert_eq!(done(two, "createMany")["count"], 1);
    assert_eq!(done(two, "upsert by id, update")["name"], "by id");
    assert_eq!(done(two, "upsert by id, create")["id"], "anewid");
    assert_eq!(done(two, "insensitive"), &json!(1), "mode: insensitive takes _ for a wildcard");
    assert_eq!(done(two, "by SQL"), &json!([{ "name": "living" }]));
    assert_eq!(done(two, "hidden columns"), "Invalid Date");
    let seen = done(two, "reader without secrets").as_array().expect("fields");
    assert!(seen.contains(&json!("email")) && !seen.contains(&json!("passwordHash")), "{seen:?}");
    assert_sound(&db.connect().await).await;
}

#[tokio::test]
async fn the_documented_extension_hides_the_deleted_where_the_page_says_so() {
    let Some(project) = project() else { return };
    let (db, family) = database_with_family(&project).await;
    let answer = project.run("extension.mjs", &db, &family).await;
    for (read, found) in answer["nobody"].as_object().expect("a map") {
        assert_eq!(found, &Value::Null, "{read}");
    }
    for (read, found) in answer["counts"].as_object().expect("a map") {
        assert_eq!(found, &json!(1), "{read}: only Bob is live");
    }
    assert_eq!(answer["missed"], json!({ "include": 2, "_count": 2, "some": 1 }));
    assert_eq!(answer["written"], json!({ "include": 1, "_count": 1, "some": 0 }));
    assert_eq!(answer["asked"]["id"], family["ada"]);
    assert_eq!(answer["living"]["id"], family["bob"]);
}

/// A fault of `adapter-pg`: it writes times without an offset and drops the offset that it reads.
#[tokio::test]
async fn times_are_right_in_sessions_of_utc_and_shifted_in_others() {
    let Some(project) = project() else { return };
    let (db, family) = database_with_family(&project).await;
    let answer = project.run("zones.mjs", &db, &family).await;
    let client = db.connect().await;
    for (zone, stored) in [("UTC", "2026-07-01 10:00:00.123"), ("Asia/Kolkata", "2026-07-01 04:30:00.123")] {
        // Prisma itself does not notice.
        assert_eq!(answer[zone]["read"], "2026-07-01T10:00:00.123Z", "{zone}");
        let sql = r#"SELECT ("emailVerifiedAt" AT TIME ZONE 'UTC')::text FROM "User" WHERE "id" = $1"#;
        let row = client.query_one(sql, &[&id(&answer[zone], "id")]).await.expect("the row");
        assert_eq!(row.get::<_, &str>(0), stored, "{zone}");
    }
}
