//! Invariant 4: no secret in an event, a log line, an error or a `Debug` output.

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::server::{Api, access};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

// The log is that of the whole process: a subscriber of one thread would miss what other threads met first.
#[tokio::test]
async fn invariant_4_no_secret_in_an_answer_a_log_line_or_debug_output() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    tracing::subscriber::set_global_default(subscriber).expect("no other test of this process sets one");

    let (api, db) = Api::start().await;
    let operator = api.operator();
    let password = "correct horse battery";
    let mut answers = Vec::new();
    let mut secrets = vec![api.operator_key.clone(), password.to_owned()];

    // What is shown once is taken out of the answers; the rest of them must be free of it.
    let new = json!({ "clientId": "portal", "name": "Portal", "kind": "WEB" });
    let mut created = operator.post("/v1/applications", new).await;
    let secret = created.json["secret"].take().as_str().unwrap().to_owned();
    let portal = created.created();
    answers.push(created.json.clone());
    let caller = api.bearer(&format!("portal.{secret}"));
    secrets.push(secret.clone());

    let new = json!({ "email": "ada@example.com", "password": password });
    let ada = operator.post("/v1/users", new).await;
    answers.push(ada.json.clone());
    let ada = ada.created();
    let membership = api.membership(&ada, &portal).await;
    let session = api.session(&ada, &portal).await;
    let link = json!({ "purpose": "VERIFY_EMAIL", "userId": ada });
    let mut link = caller.post("/v1/verifications", link).await;
    let token = link.json["token"].take().as_str().unwrap().to_owned();
    secrets.push(token.clone());
    answers.push(link.json.clone());
    let link = link.created();

    // What goes wrong, with secrets in wrong places.
    for (method, path, body) in [
        ("POST", "/v1/verifications/use".to_owned(), json!({ "purpose": "VERIFY_EMAIL", "token": token })),
        ("POST", "/v1/verifications/use".into(), json!({ "purpose": "VERIFY_EMAIL", "token": token })),
        ("POST", "/v1/verifications/use".into(), json!({ "purpose": "VERIFY_EMAIL", "token": [password] })),
        ("POST", "/v1/users".into(), json!({ "email": "ADA@example.com", "password": password })),
        ("POST", "/v1/users".into(), json!({ "email": "x@example.com", "name": [password] })),
        ("POST", "/v1/users".into(), json!({ "email": "x@example.com", "status": password })),
        ("POST", "/v1/users".into(), json!({ "email": password })),
        ("POST", "/v1/users".into(), json!({ "email": "x@example.com", "name": format!("{password}\u{0}") })),
        ("PATCH", format!("/v1/users/{ada}"), json!({ "password": format!("{password} ") })),
        ("PATCH", format!("/v1/users/{ada}"), json!({ "password": { "is": password } })),
        ("GET", "/v1/users".into(), Value::Null),
        ("GET", "/v1/applications".into(), Value::Null),
        ("DELETE", format!("/v1/users/{ada}"), Value::Null),
        ("POST", format!("/v1/users/{ada}/restore"), Value::Null),
        ("GET", format!("/v1/users/{ada}/history"), Value::Null),
        ("GET", format!("/v1/applications/{portal}/history"), Value::Null),
        ("GET", format!("/v1/memberships/{membership}/history"), Value::Null),
        ("GET", format!("/v1/sessions/{session}/history"), Value::Null),
        ("GET", format!("/v1/verifications/{link}/history"), Value::Null),
    ] {
        let body = if body.is_null() { None } else { Some(body) };
        answers.push(operator.send(method, &path, body).await.json);
    }
    caller.get("/v1/users").await.ok();
    api.bearer(&format!("nobody.{secret}")).get("/v1/users").await;
    api.bearer(&format!("{}x", api.operator_key)).get("/v1/users").await;
    // Hashes are secrets too.
    let client = db.connect().await;
    for column in [
        r#"SELECT "passwordHash" FROM "User" WHERE "passwordHash" IS NOT NULL"#,
        r#"SELECT encode("secretHash", 'hex') FROM "Application""#,
        r#"SELECT encode("tokenHash", 'hex') FROM "VerificationToken""#,
        r#"SELECT encode("keyHash", 'hex') FROM "OperatorKey""#,
    ] {
        let rows = client.query(column, &[]).await.unwrap();
        assert!(!rows.is_empty(), "{column}");
        secrets.extend(rows.iter().map(|row| row.get::<_, String>(0)));
    }
    let debug = {
        let user = api.store.user().find(ada.parse::<aura_client::Id<auraid::store::User>>().unwrap()).await;
        let application = api.store.application().list().await;
        let keys = api.store.operator_key().list().await;
        format!("{user:?} {application:?} {keys:?} {:?} {:?}", api.store, access(&api))
    };
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("answered") && log.contains("/v1/users/{id}/history"), "the log is captured: {log}");
    assert!(log.contains("INSERT INTO"), "statements are captured");
    assert!(!log.contains(&ada), "routes, not paths:\n{log}");
    let answers = Value::from(answers).to_string();
    for secret in &secrets {
        assert!(!answers.contains(secret.as_str()), "{secret} in {answers}");
        assert!(!log.contains(secret.as_str()), "{secret} in {log}");
        assert!(!debug.contains(secret.as_str()), "{secret} in {debug}");
    }
}
