//! `auraid import`

use aura_testing::TestDatabase;

use crate::lines::{HASH, users};
use crate::place::Place;
use crate::program::{Ended, auraid};

fn import(db: &TestDatabase, file: &str) -> Ended {
    auraid(["import", file]).on(&db.url()).run()
}

/// E-mail addresses of live users, in order.
async fn emails(db: &TestDatabase) -> Vec<String> {
    let sql = r#"SELECT "email" FROM "User" WHERE "deletedAt" IS NULL ORDER BY "email""#;
    db.connect().await.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn a_good_file_is_taken_whole_and_once() {
    let (db, place) = (aura_testing::auraid().await, Place::new());
    let file = place.file("users.ndjson", users(1234));
    let ended = auraid(["import", &file, "--batch", "100", "--as", "ada"]).on(&db.url()).run();
    ended.with(0).says(&["1234 users created", "0 of 1234 lines rejected"]);
    let client = db.connect().await;
    let events = "SELECT count(*), count(DISTINCT record_id), count(DISTINCT actor), min(actor), min(request)
        FROM aura.event WHERE model = 'User' AND operation = 'create'";
    let row = client.query_one(events, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1), row.get::<_, i64>(2)), (1234, 1234, 1));
    assert_eq!(row.get::<_, &str>(3), "operator:ada");
    assert!(row.get::<_, &str>(4).starts_with("import "));

    import(&db, &file).with(0).says(&["imported already", "1234 users created"]);
    let row = client.query_one(events, &[]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 1234, "nothing changed");
    // The same content is the same import, whatever the file is called.
    let copy = place.file("copy.ndjson", users(1234));
    import(&db, &copy).with(0).says(&["imported already"]);
}

#[tokio::test]
async fn a_bad_line_is_named_and_nothing_else_is_lost() {
    let (db, place) = (aura_testing::auraid().await, Place::new());
    let all = format!(
        r#"{{"email":"a@example.com","passwordHash":"{HASH}","metadata":{{"plan":"gold"}}}}
not json
{{"email":"b@example.com","status":"SUSPENDED","emailVerifiedAt":"2026-01-02T03:04:05Z"}}
{{"email":"no address"}}
{{"name":"Nobody"}}

{{"email":"c@example.com","age":7}}
{{"email":"d@example.com","passwordHash":"hunter2"}}
{{"email":"e@example.com","id":"NOT AN ID"}}
{{"email":"f@example.com","createdAt":"yesterday"}}
{{"email":"g@example.com","name":"Nul \u0000"}}
{{"email":"h@example.com","metadata":{{"nul":"\u0000"}}}}
{{"email":"i@example.com"}}
{{"email":"j@example.com","createdAt":"2020-01-02T03:04:05.678Z"}}
{{"email":"k@example.com","name":""}}
"#
    );
    let file = place.file("users.ndjson", all);
    for batch in ["1000", "2"] {
        let db = db.copy().await;
        let ended = auraid(["import", &file, "--batch", batch]).on(&db.url()).run().with(1);
        let bad: Vec<u32> = ended
            .err
            .lines()
            .filter_map(|line| line.strip_prefix("line ")?.split_once(':')?.0.parse().ok())
            .collect();
        assert_eq!(bad, [2, 4, 5, 7, 8, 9, 10, 11, 12, 15], "{}", ended.err);
        assert!(ended.err.contains("4 users created, 10 of 15 lines rejected"), "{}", ended.err);
        assert!(!ended.err.contains("hunter2"), "values are not repeated: {}", ended.err);
        let there = ["a@example.com", "b@example.com", "i@example.com", "j@example.com"];
        assert_eq!(emails(&db).await, there);
        let client = db.connect().await;
        let row = client
            .query_one(
                r#"SELECT "passwordHash", "metadata"::text, (SELECT "createdAt"::text FROM "User" WHERE email = 'j@example.com')
                   FROM "User" WHERE email = 'a@example.com'"#,
                &[],
            )
            .await
            .unwrap();
        assert_eq!(row.get::<_, &str>(0), HASH);
        assert_eq!(row.get::<_, &str>(1), r#"{"plan": "gold"}"#);
        assert!(row.get::<_, &str>(2).starts_with("2020-01-02 03:04:05.678"));
        import(&db, &file).with(1).errs(&["imported already", "10 of 15 lines rejected"]);
    }
}

#[tokio::test]
async fn duplicates_in_the_file_and_in_the_database_are_named() {
    let (db, place) = (aura_testing::auraid().await, Place::new());
    let before = place.file("before.ndjson", users(3));
    import(&db, &before).with(0);
    let gone = r#"SELECT set_config('aura.actor', 'test', false);
        UPDATE "User" SET "deletedAt" = now() WHERE email = 'user3@example.com'"#;
    db.connect().await.batch_execute(gone).await.unwrap();
    let lines = r#"{"email":"new@example.com","name":"first"}
{"email":"User1@Example.com"}
{"email":"NEW@example.com","name":"second"}
{"email":"user3@example.com"}
{"email":"other@example.com","id":"cccccccccccccccccccccccc"}
{"email":"another@example.com","id":"cccccccccccccccccccccccc"}
{"email":"third@example.com","id":"cccccccccccccccccccccccc"}
"#;
    let file = place.file("users.ndjson", lines);
    let ended = import(&db, &file).with(1).errs(&["3 users created, 4 of 7 lines rejected"]);
    for line in ["line 2: a live User", "line 3: a live User", "line 6: its id is", "line 7: its id is"] {
        assert!(ended.err.contains(line), "{}", ended.err);
    }
    assert_eq!(ended.err.matches("the one of line 5").count(), 2, "{}", ended.err);
    let client = db.connect().await;
    let name = r#"SELECT name FROM "User" WHERE email = 'new@example.com'"#;
    assert_eq!(client.query_one(name, &[]).await.unwrap().get::<_, &str>(0), "first");
    assert_eq!(
        emails(&db).await,
        [
            "new@example.com",
            "other@example.com",
            "user1@example.com",
            "user2@example.com",
            "user3@example.com"
        ]
    );
}

#[tokio::test]
async fn files_as_they_come() {
    let (db, place) = (aura_testing::auraid().await, Place::new());
    let windows = users(3).replace('\n', "\r\n");
    let blank = "\n\n{\"email\":\"blank@example.com\"}\n   \n\n";
    let mut bom = b"\xef\xbb\xbf".to_vec();
    bom.extend_from_slice(b"{\"email\":\"bom@example.com\"}\n");
    let unended = r#"{"email":"unended@example.com"}"#;
    for (name, content, count) in [
        ("windows", windows.as_bytes(), "3 users"),
        ("blank", blank.as_bytes(), "1 user"),
        ("bom", &bom, "1 user"),
        ("unended", unended.as_bytes(), "1 user"),
        ("empty", b"", "0 users"),
        ("only blank", b"\n\n", "0 users"),
    ] {
        let file = place.file(name, content);
        import(&db, &file).with(0).says(&[&format!("{count} created, 0 of ")]);
        import(&db, &file).with(0).says(&["imported already"]);
    }
    assert_eq!(emails(&db).await.len(), 6);
}

#[tokio::test]
async fn lines_too_long_or_not_text_are_named_and_the_rest_is_taken() {
    let (db, place) = (aura_testing::auraid().await, Place::new());
    let mut lines = b"{\"email\":\"first@example.com\"}\n".to_vec();
    // Exactly as long as a line may be, and one byte more.
    let padded = |email: &str, length: usize| {
        let start = format!(r#"{{"email":"{email}"}}"#);
        format!("{start}{}\n", " ".repeat(length - start.len()))
    };
    lines.extend_from_slice(padded("longest@example.com", 1 << 20).as_bytes());
    lines.extend_from_slice(padded("longer@example.com", (1 << 20) + 1).as_bytes());
    lines.extend_from_slice(&vec![b'x'; 5 << 20]);
    lines.extend_from_slice(b"\n{\"email\":\"\xff\xfe@example.com\"}\n{\"email\":\"last@example.com\"}\n");
    let file = place.file("users.ndjson", lines);
    let ended = import(&db, &file).with(1).errs(&[
        "line 3: longer than 1048576 bytes",
        "line 4: longer than 1048576 bytes",
        "line 5: ",
        "3 users created, 3 of 6 lines rejected",
    ]);
    assert!(!ended.err.contains("line 2:"), "{}", ended.err);
    assert_eq!(emails(&db).await, ["first@example.com", "last@example.com", "longest@example.com"]);
}

#[tokio::test]
async fn what_is_no_file_is_said() {
    let (db, place) = (aura_testing::auraid().await, Place::new());
    import(&db, "no/such/users.ndjson").with(3).errs(&["no/such/users.ndjson"]);
    let folder = place.path().to_str().unwrap();
    import(&db, folder).with(2).errs(&[folder, "not a file"]);
    import(&db, "/dev/null").with(2).errs(&["not a file"]);
}

#[tokio::test]
async fn an_unmigrated_database_is_said() {
    let (db, place) = (aura_testing::empty().await, Place::new());
    let file = place.file("users.ndjson", users(1));
    import(&db, &file).with(1).errs(&["auraid migrate deploy"]);
}
