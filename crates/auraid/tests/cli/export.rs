//! `auraid export`

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use aura_testing::TestDatabase;

use crate::lines::{HASH, users};
use crate::place::Place;
use crate::program::auraid;

/// Users of every kind.
fn some() -> String {
    format!(
        r#"{{"email":"a@example.com","passwordHash":"{HASH}","metadata":{{"b":[1,2.5,null],"a":{{"ü":"\n"}}}}}}
{{"email":"b@example.com","name":"B \"quoted\" \\ 日本","status":"SUSPENDED","emailVerifiedAt":"2026-01-02T03:04:05.678Z"}}
{{"email":"c@example.com","createdAt":"2020-01-02T03:04:05Z","updatedAt":"2021-01-02T03:04:05Z"}}
"#
    ) + &users(50)
}

async fn with_some(place: &Place) -> TestDatabase {
    let db = aura_testing::auraid().await;
    let file = place.file("some.ndjson", some());
    auraid(["import", &file]).on(&db.url()).run().with(0);
    db
}

#[tokio::test]
async fn an_export_imported_elsewhere_is_the_same_export() {
    let place = Place::new();
    let db = with_some(&place).await;
    for (with_secrets, words) in [(false, &["export"][..]), (true, &["export", "--include-secrets"])] {
        let ended = auraid(words.iter().copied()).on(&db.url()).run().with(0).errs(&["53 users exported"]);
        assert_eq!(ended.out.lines().count(), 53);
        assert_eq!(ended.out.contains("$argon2id$"), with_secrets);
        let file = place.file("export.ndjson", &ended.out);
        let other = aura_testing::auraid().await;
        auraid(["import", &file]).on(&other.url()).run().with(0).says(&["53 users created"]);
        let again = auraid(words.iter().copied()).on(&other.url()).run().with(0);
        assert!(again.out == ended.out, "the same bytes");
    }
}

#[tokio::test]
async fn deleted_users_are_not_in_it_and_metadata_of_any_kind_is() {
    let place = Place::new();
    let db = with_some(&place).await;
    let change = r#"SELECT set_config('aura.actor', 'test', false);
        UPDATE "User" SET "deletedAt" = now() WHERE email = 'b@example.com';
        UPDATE "User" SET metadata = '["a", 1]' WHERE email = 'a@example.com';
        UPDATE "User" SET metadata = 'null' WHERE email = 'c@example.com'"#;
    db.connect().await.batch_execute(change).await.unwrap();
    let ended = auraid(["export"]).on(&db.url()).run().with(0);
    assert!(!ended.out.contains("b@example.com"), "{}", ended.out);
    assert!(ended.out.contains(r#""metadata":["a",1]"#), "{}", ended.out);
    assert!(ended.out.contains(r#""metadata":null"#), "{}", ended.out);
    let file = place.file("export.ndjson", &ended.out);
    let other = aura_testing::auraid().await;
    let ended = auraid(["import", &file]).on(&other.url()).run().with(1);
    assert_eq!(ended.err.matches("metadata").count(), 2, "the rules refuse it, by line: {}", ended.err);
}

#[tokio::test]
async fn a_file_is_for_its_owners_eyes_and_complete_or_not_there() {
    let place = Place::new();
    let db = with_some(&place).await;
    let path = place.path().join("out.ndjson");
    let name = path.to_str().unwrap();
    let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    let export = |url: &str| auraid(["export", "--output", name]).on(url).run();
    let ended = export(&db.url()).with(0).errs(&["53 users exported"]);
    assert!(ended.out.is_empty());
    assert_eq!((mode(), fs::read_to_string(&path).unwrap().lines().count()), (0o600, 53));
    // Over a file that others could read.
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    export(&db.url()).with(0);
    assert_eq!((mode(), fs::read_to_string(&path).unwrap().lines().count()), (0o600, 53));
    // What fails leaves what was there.
    export("postgresql://localhost:1/none").with(3);
    let broken = r#"ALTER TABLE "User" RENAME COLUMN "name" TO "nome""#;
    db.connect().await.batch_execute(broken).await.unwrap();
    export(&db.url()).with(1);
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 53);
    let left: Vec<_> = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "no half file: {left:?}");
    let nowhere = place.path().join("no/such/out.ndjson");
    let nowhere = nowhere.to_str().unwrap();
    auraid(["export", "--output", nowhere]).on(&db.url()).run().with(3).errs(&[nowhere]);
}

#[tokio::test]
async fn a_device_can_be_written_to() {
    let place = Place::new();
    let db = with_some(&place).await;
    auraid(["export", "--output", "/dev/null"]).on(&db.url()).run().with(0).errs(&["53 users exported"]);
    let full = auraid(["export", "--output", "/dev/full"]).on(&db.url()).run();
    full.with(3).errs(&["/dev/full", "space"]);
}

#[tokio::test]
async fn a_reader_that_goes_away_ends_it_quietly() {
    let (db, place) = (aura_testing::auraid().await, Place::new());
    let file = place.file("users.ndjson", users(3000));
    auraid(["import", &file]).on(&db.url()).run().with(0);
    // As `| head -1` does; the export is larger than what a pipe holds.
    let ended = auraid(["export"]).on(&db.url()).start_for(1).end().with(0);
    assert!(ended.out.contains("@example.com"), "{}", ended.out);
    assert_eq!(ended.err, "");
}
