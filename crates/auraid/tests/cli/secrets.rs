//! Invariant 4 for everything the program says, at the most talkative log there is.

use crate::lines::HASH;
use crate::place::Place;
use crate::program::{Auraid, Ended, auraid, keys_in};
use crate::request::post;

const DATABASE_PASSWORD: &str = "hunter2-of-the-database";
const USER_PASSWORD: &str = "hunter2-of-a-person";

#[tokio::test]
async fn invariant_4_no_secret_is_in_output_errors_or_log() {
    let (db, place) = (aura_testing::empty().await, Place::new());
    // The server trusts its socket, so any password will do.
    let url = format!("{}&password={DATABASE_PASSWORD}", db.url());
    let on = |words: &[&str]| -> Auraid { auraid(["--log", "trace"].iter().chain(words).copied()).on(&url) };
    let mut said = String::new();

    let mut running = on(&["up", "--listen", "127.0.0.1:0"]).start();
    let address = running.address();
    let first = running.first_key();
    let user = format!(r#"{{"email":"ada@example.com","password":"{USER_PASSWORD}"}}"#);
    assert_eq!(post(&address, "/v1/users", &first, &user).0, 201);
    assert_eq!(post(&address, "/v1/users", &first, &user).0, 409);
    let application = r#"{"name":"Portal","kind":"WEB","redirectUris":["https://portal.example/callback"]}"#;
    let (status, application) = post(&address, "/v1/applications", &first, application);
    assert_eq!(status, 201, "{application}");
    let application: serde_json::Value = serde_json::from_str(&application).unwrap();
    let ended = running.interrupt().with(0);
    assert_eq!(ended.err.matches(&first).count(), 1, "by design, once");
    let log = ended.err.replace(&first, "");
    assert!(log.contains("TRACE"), "the log is on");
    said += &(ended.out + &log);
    let mut take = |ended: Ended| -> Ended {
        said += &ended.out;
        said += &ended.err;
        ended
    };

    let second = take_key(&on(&["key", "create", "second"]).run().with(0));
    take(on(&["key", "create", "second"]).run().with(1));
    take(on(&["key", "list"]).run().with(0));
    let lines = format!(
        r#"{{"email":"bob@example.com","passwordHash":"{HASH}"}}
{{"email":"bob@example.com","passwordHash":"{HASH}"}}
{{"email":"eve@example.com","passwordHash":"{USER_PASSWORD}"}}
{{"email":"eve@example.com","passwordHash":"{HASH}","name":7}}
{{"email":"eve@example.com","passwordHash":"{HASH}"
"#
    );
    let file = place.file("users.ndjson", lines);
    take(on(&["import", &file]).run().with(1));
    let exported = take(on(&["export"]).run().with(0));
    assert_eq!(exported.out.lines().count(), 2);
    let id = exported.out.lines().find(|line| line.contains("ada@")).unwrap();
    let id: serde_json::Value = serde_json::from_str(id).unwrap();
    take(on(&["history", "show", "User", id["id"].as_str().unwrap(), "--json"]).run().with(0));
    take(on(&["migrate", "status"]).run().with(0));
    take(on(&["migrate", "deploy"]).run().with(0));
    take(on(&["key", "revoke", "second"]).run().with(0));

    let mut secrets = vec![DATABASE_PASSWORD, USER_PASSWORD, HASH, "$argon2id$v=", &first, &second];
    // What the API showed once: an application's secret, if it has one.
    secrets.extend(application["clientSecret"].as_str());
    for secret in secrets {
        let line = said.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret:?} was said");
    }
}

/// The key a command printed, by design on standard output and nowhere else.
fn take_key(ended: &Ended) -> String {
    let key = keys_in(&ended.out).remove(0);
    assert!(!ended.err.contains(&key), "{}", ended.err);
    key
}
