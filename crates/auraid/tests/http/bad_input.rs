//! What is refused, by which answer, and that nothing changed by it.

use axum::body::Bytes;
use serde_json::{Value, json};

use crate::server::{Api, events};

#[tokio::test]
async fn every_refusal_names_the_thing_and_changes_nothing() {
    let (api, db) = Api::start().await;
    let operator = api.operator();
    let ada = api.user("ada@example.com").await;
    let bob = api.user("bob@example.com").await;
    let gone = api.user("gone@example.com").await;
    let idle = api.user("idle@example.com").await;
    let (portal, _) = api.application("portal").await;
    let (shop, _) = api.application("shop").await;
    let of_ada = api.membership(&ada, &portal).await;
    let of_bob = api.membership(&bob, &portal).await;
    let of_idle = api.membership(&idle, &portal).await;
    let session = api.session(&ada, &portal).await;
    let of_gone = api.membership(&gone, &portal).await;
    let asleep = api.user("asleep@example.com").await;
    api.membership(&asleep, &portal).await;
    operator.patch(&format!("/v1/users/{asleep}"), json!({ "status": "SUSPENDED" })).await.ok();
    let (closed, _) = api.application("closed").await;
    api.membership(&ada, &closed).await;
    operator.patch(&format!("/v1/applications/{closed}"), json!({ "status": "SUSPENDED" })).await.ok();
    operator.delete(&format!("/v1/users/{gone}")).await.ok();
    operator.patch(&format!("/v1/memberships/{of_idle}"), json!({ "status": "SUSPENDED" })).await.ok();
    // Deleted by itself, and its pair was taken anew.
    let replaced = api.membership(&bob, &shop).await;
    operator.delete(&format!("/v1/memberships/{replaced}")).await.ok();
    api.membership(&bob, &shop).await;

    let soon = aura_client::Timestamp::now().after(std::time::Duration::from_millis(200));
    let link = json!({ "purpose": "VERIFY_EMAIL", "userId": ada, "expiresAt": soon });
    let expired = operator.post("/v1/verifications", link).await.json["token"].clone();
    tokio::time::sleep(std::time::Duration::from_millis(250)).await;

    let session_of = |user: &str, application: &str, membership: &str| json!({ "userId": user, "applicationId": application, "membershipId": membership });
    let pair = |user: &str, application: &str| json!({ "userId": user, "applicationId": application });
    let user = |id: &str| format!("/v1/users/{id}");
    let unknown = "tz4a98xxat96iws9zmbrgj3a";
    let application = |uris: Value| json!({ "name": "A", "kind": "WEB", "redirectUris": uris });
    let cases: Vec<(&str, String, Value, u16, &str)> = vec![
        // What others have already, or what is not there.
        ("POST", "/v1/users".into(), json!({ "email": "ADA@example.COM" }), 409, "taken"),
        ("PATCH", user(&bob), json!({ "email": "Ada@example.com" }), 409, "taken"),
        ("POST", "/v1/memberships".into(), pair(&gone, &portal), 422, "reference"),
        ("POST", "/v1/memberships".into(), pair(unknown, &portal), 422, "reference"),
        ("POST", "/v1/memberships".into(), pair(&ada, &portal), 409, "taken"),
        ("POST", "/v1/sessions".into(), session_of(&ada, &portal, &of_bob), 422, "reference"),
        ("POST", "/v1/sessions".into(), session_of(&ada, &shop, &of_ada), 422, "reference"),
        ("POST", "/v1/sessions".into(), session_of(&gone, &portal, &of_gone), 422, "reference"),
        ("POST", "/v1/sessions".into(), pair(&ada, &shop), 422, "no-membership"),
        ("POST", "/v1/sessions".into(), pair(&idle, &portal), 409, "not-active"),
        ("POST", "/v1/sessions".into(), pair(&asleep, &portal), 409, "not-active"),
        ("POST", "/v1/sessions".into(), pair(&ada, &closed), 409, "not-active"),
        ("POST", "/v1/sessions".into(), session_of(&idle, &portal, &of_idle), 409, "not-active"),
        (
            "POST",
            "/v1/verifications".into(),
            json!({ "purpose": "INVITE", "userId": gone }),
            422,
            "reference",
        ),
        (
            "POST",
            "/v1/verifications/use".into(),
            json!({ "purpose": "VERIFY_EMAIL", "token": expired }),
            410,
            "link-used-or-expired",
        ),
        (
            "POST",
            "/v1/verifications/use".into(),
            json!({ "purpose": "VERIFY_EMAIL", "token": "x" }),
            410,
            "link-used-or-expired",
        ),
        (
            "POST",
            "/v1/verifications/use".into(),
            json!({ "purpose": "VERIFY_EMAIL", "token": "x".repeat(43) }),
            410,
            "link-used-or-expired",
        ),
        ("GET", user(unknown), Value::Null, 404, "not-found"),
        ("PATCH", user(unknown), json!({ "name": "X" }), 404, "not-found"),
        ("PATCH", user(unknown), json!({ "email": "x@example.com" }), 404, "not-found"),
        ("DELETE", user(unknown), Value::Null, 404, "not-found"),
        ("DELETE", user(&gone), Value::Null, 404, "not-found"),
        ("GET", format!("/v1/users/{unknown}/history"), Value::Null, 404, "not-found"),
        ("POST", format!("/v1/users/{unknown}/restore"), Value::Null, 404, "not-found"),
        ("POST", format!("/v1/users/{ada}/restore"), Value::Null, 404, "not-found"),
        ("POST", format!("/v1/sessions/{unknown}/revoke"), Value::Null, 404, "not-found"),
        ("GET", user(&portal), Value::Null, 404, "not-found"),
        // What cannot come back.
        ("POST", format!("/v1/memberships/{of_gone}/restore"), Value::Null, 409, "cannot-restore"),
        ("POST", format!("/v1/memberships/{replaced}/restore"), Value::Null, 409, "cannot-restore"),
        // What is no id, no page, no path, no method.
        ("GET", user("Not-An-Id"), Value::Null, 400, "malformed-id"),
        ("GET", user("%00"), Value::Null, 400, "malformed-id"),
        ("GET", user("%ff"), Value::Null, 400, "malformed-id"),
        ("PATCH", user("1"), json!({ "name": "X" }), 400, "malformed-id"),
        ("GET", "/v1/users?limit=0".into(), Value::Null, 400, "malformed-query"),
        ("GET", "/v1/users?limit=201".into(), Value::Null, 400, "malformed-query"),
        ("GET", "/v1/users?limit=x".into(), Value::Null, 400, "malformed-query"),
        ("GET", "/v1/users?after=X".into(), Value::Null, 400, "malformed-query"),
        ("GET", "/v1/users?mail=x".into(), Value::Null, 400, "malformed-query"),
        ("GET", "/v1/users?email=x".into(), Value::Null, 422, "invalid"),
        ("GET", "/v1/nothing".into(), Value::Null, 404, "unknown-path"),
        ("GET", "/".into(), Value::Null, 404, "unknown-path"),
        ("PUT", user(&ada), json!({}), 405, "method-not-allowed"),
        ("DELETE", "/healthz".into(), Value::Null, 405, "method-not-allowed"),
        // What is no value.
        ("POST", "/v1/users".into(), json!({ "email": "ada" }), 422, "invalid"),
        ("POST", "/v1/users".into(), json!({}), 422, "invalid"),
        ("POST", "/v1/users".into(), json!([]), 422, "invalid"),
        ("POST", "/v1/users".into(), json!({ "email": "x@example.com", "isAdmin": true }), 422, "invalid"),
        ("POST", "/v1/users".into(), json!({ "email": "x@example.com", "name": "a\u{0}b" }), 422, "invalid"),
        (
            "POST",
            "/v1/users".into(),
            json!({ "email": "x@example.com", "metadata": { "a": "\u{0}" } }),
            422,
            "invalid",
        ),
        ("POST", "/v1/users".into(), json!({ "email": "x@example.com", "metadata": [] }), 422, "invalid"),
        (
            "POST",
            "/v1/users".into(),
            json!({ "email": "x@example.com", "metadata": { "a": "x".repeat(17_000) } }),
            422,
            "invalid",
        ),
        (
            "POST",
            "/v1/users".into(),
            json!({ "email": "x@example.com", "password": "short" }),
            422,
            "invalid",
        ),
        ("PATCH", user(&ada), json!({ "email": null }), 422, "invalid"),
        ("PATCH", user(&ada), json!({ "name": "x".repeat(201) }), 422, "invalid"),
        ("PATCH", user(&ada), json!({ "name": "" }), 422, "invalid"),
        ("PATCH", user(&ada), json!({ "password": "x".repeat(1025) }), 422, "invalid"),
        ("PATCH", format!("/v1/applications/{portal}"), json!({ "name": "x".repeat(201) }), 422, "invalid"),
        ("PATCH", format!("/v1/sessions/{session}"), json!({ "device": "x".repeat(201) }), 422, "invalid"),
        ("PATCH", format!("/v1/sessions/{session}"), json!({ "address": "example.com" }), 422, "invalid"),
        ("PATCH", format!("/v1/sessions/{session}"), json!({ "lastUsedAt": "yesterday" }), 422, "invalid"),
        (
            "PATCH",
            format!("/v1/sessions/{session}"),
            json!({ "lastUsedAt": "2126-01-01T00:00:00Z" }),
            422,
            "invalid",
        ),
        ("PATCH", user(&ada), json!({ "status": "GONE" }), 422, "invalid"),
        ("PATCH", user(&ada), json!({ "passwordHash": "x" }), 422, "invalid"),
        ("PATCH", format!("/v1/memberships/{of_ada}"), json!({ "userId": bob }), 422, "invalid"),
        (
            "PATCH",
            format!("/v1/sessions/{session}"),
            json!({ "expiresAt": "2030-01-01T00:00:00Z" }),
            422,
            "invalid",
        ),
        ("POST", "/v1/applications".into(), application(json!(["http://example.com/"])), 422, "invalid"),
        (
            "POST",
            "/v1/applications".into(),
            application(json!(vec!["https://example.com/"; 51])),
            422,
            "invalid",
        ),
        (
            "POST",
            "/v1/applications".into(),
            json!({ "clientId": "a b", "name": "A", "kind": "WEB" }),
            422,
            "invalid",
        ),
        (
            "POST",
            "/v1/applications".into(),
            json!({ "clientId": "portal", "name": "A", "kind": "WEB" }),
            409,
            "taken",
        ),
        (
            "POST",
            "/v1/sessions".into(),
            json!({ "userId": ada, "applicationId": portal, "expiresAt": "2020-01-01T00:00:00Z" }),
            422,
            "invalid",
        ),
        (
            "POST",
            "/v1/verifications".into(),
            json!({ "purpose": "INVITE", "userId": ada, "expiresAt": "2199-01-01T00:00:00Z" }),
            422,
            "invalid",
        ),
    ];
    let before = events(&db).await;
    for (method, path, body, status, kind) in cases {
        let body = if body.is_null() { None } else { Some(body) };
        let answer = operator.send(method, &path, body.clone()).await;
        assert_eq!(answer.problem(), (status, kind), "{method} {path} {body:?} {}", answer.json);
        assert_eq!(events(&db).await, before, "{method} {path} {body:?} changed something");
    }
}

#[tokio::test]
async fn what_is_about_a_field_names_it() {
    let (api, _db) = Api::start().await;
    let ada = api.user("ada@example.com").await;
    let (portal, _) = api.application("portal").await;
    let unknown = "tz4a98xxat96iws9zmbrgj3a";
    for (path, body, model, fields) in [
        ("/v1/users", json!({ "email": "ada@example.com" }), json!("User"), json!(["email"])),
        ("/v1/users", json!({ "email": "ada" }), json!("User"), json!(["email"])),
        ("/v1/users", json!({ "email": 3 }), Value::Null, json!(["email"])),
        (
            "/v1/memberships",
            json!({ "userId": unknown, "applicationId": portal }),
            json!("Membership"),
            json!(["user"]),
        ),
        (
            "/v1/memberships",
            json!({ "userId": ada, "applicationId": unknown }),
            json!("Membership"),
            json!(["application"]),
        ),
    ] {
        let answer = api.operator().post(path, body).await;
        assert_eq!((&answer.json["model"], &answer.json["fields"]), (&model, &fields), "{}", answer.json);
    }
}

#[tokio::test]
async fn bodies_that_are_none() {
    let (api, db) = Api::start().await;
    let operator = api.operator();
    let before = events(&db).await;
    let large = Bytes::from(vec![b' '; 2 * 1024 * 1024]);
    let deep = "[".repeat(200);
    for (ty, body, status, kind) in [
        (Some("application/json"), large, 413, "too-large"),
        (Some("application/json"), Bytes::from_static(b"{"), 400, "malformed-json"),
        (Some("application/json"), Bytes::from_static(b"{]"), 400, "malformed-json"),
        (Some("application/json"), Bytes::new(), 400, "malformed-json"),
        (Some("application/json"), Bytes::from_static(b"\xff"), 400, "malformed-json"),
        (Some("application/json"), Bytes::from(format!("{{\"metadata\":{deep}")), 400, "malformed-json"),
        (Some("text/plain"), Bytes::from_static(b"{}"), 415, "media-type"),
        (None, Bytes::from_static(b"{}"), 415, "media-type"),
    ] {
        let answer = operator.send_raw("POST", "/v1/users", ty, body).await;
        assert_eq!(answer.problem(), (status, kind), "{ty:?} {}", answer.json);
    }
    assert_eq!(events(&db).await, before);
}

#[tokio::test]
async fn a_database_that_is_away_comes_back() {
    let mut server = aura_testing::own_server().await;
    server.auraid("auraid").await;
    let api = Api::on(server.url("auraid", "auraid_service")).await;
    let operator = api.operator();
    let ada = api.user("ada@example.com").await;
    let path = format!("/v1/users/{ada}");
    assert_eq!(api.nobody().get("/readyz").await.status, 200);
    server.kill();
    // The server's other processes take a moment to notice.
    let mut refused = 0;
    while refused < 5 {
        refused = if operator.get("/v1/users").await.status == 503 { refused + 1 } else { 0 };
    }
    for (method, path, body) in [
        ("GET", path.as_str(), None),
        ("GET", "/v1/users", None),
        ("POST", "/v1/users", Some(json!({ "email": "bob@example.com" }))),
        ("DELETE", &path, None),
        ("GET", "/readyz", None),
    ] {
        let answer = operator.send(method, path, body).await;
        assert_eq!(answer.problem(), (503, "unavailable"), "{method} {path} {}", answer.json);
        assert_eq!(answer.headers["retry-after"], "1");
    }
    assert_eq!(api.nobody().get("/healthz").await.status, 200);
    server.restart().await;
    assert_eq!(operator.get("/v1/users").await.ids(), [ada.as_str()]);
    assert_eq!(api.nobody().get("/readyz").await.status, 200);
    assert_eq!(api.history("users", &ada).await.len(), 1);
}
