//! An application sees its own context, and writes little of it.

use std::collections::BTreeSet;

use base64::Engine as _;
use serde_json::{Value, json};

use crate::client::{Caller, DESCRIPTION};
use crate::server::{Api, events};

/// Two applications with a member each and one in common, and somebody who is in neither.
struct World {
    api: Api,
    db: aura_testing::TestDatabase,
    ours: Side,
    theirs: Side,
    both: String,
    neither: String,
}

struct Side {
    application: String,
    credentials: String,
    member: String,
    memberships: [String; 2],
    sessions: [String; 2],
}

async fn world() -> World {
    let (api, db) = Api::start().await;
    let both = api.user("both@example.com").await;
    let neither = api.user("neither@example.com").await;
    let (ours, theirs) = (side(&api, "ours", &both).await, side(&api, "theirs", &both).await);
    // Somebody who was a member is none any more.
    let membership = api.membership(&neither, &ours.application).await;
    api.session(&neither, &ours.application).await;
    api.operator().delete(&format!("/v1/memberships/{membership}")).await.ok();
    World { api, db, ours, theirs, both, neither }
}

async fn side(api: &Api, name: &str, both: &str) -> Side {
    let (application, credentials) = api.application(name).await;
    let member = api.user(&format!("{name}@example.com")).await;
    let memberships = [api.membership(&member, &application).await, api.membership(both, &application).await];
    let sessions = [api.session(&member, &application).await, api.session(both, &application).await];
    Side { application, credentials, member, memberships, sessions }
}

fn set<'a>(ids: impl IntoIterator<Item = &'a String>) -> BTreeSet<String> {
    ids.into_iter().cloned().collect()
}

async fn list(caller: &Caller, path: &str) -> BTreeSet<String> {
    set(&caller.get(path).await.ids())
}

#[tokio::test]
async fn an_application_sees_exactly_its_own() {
    let World { api, db: _db, ours, theirs, both, neither } = world().await;
    for (us, them) in [(&ours, &theirs), (&theirs, &ours)] {
        let caller = api.bearer(&us.credentials);
        let them_only = &them.application;
        for (path, expected) in [
            ("/v1/users".to_owned(), set([&us.member, &both])),
            ("/v1/users?email=neither@example.com".into(), set([])),
            ("/v1/applications".into(), set([&us.application])),
            ("/v1/memberships".into(), set(&us.memberships)),
            (format!("/v1/memberships?userId={both}"), set([&us.memberships[1]])),
            (format!("/v1/memberships?applicationId={them_only}"), set([])),
            ("/v1/sessions".into(), set(&us.sessions)),
            (format!("/v1/sessions?userId={}", them.member), set([])),
            (format!("/v1/sessions?applicationId={them_only}"), set([])),
        ] {
            assert_eq!(list(&caller, &path).await, expected, "{path}");
        }
        let of = |kind: &str, ids: Vec<&String>| {
            ids.into_iter().map(|id| format!("/v1/{kind}/{id}")).collect::<Vec<_>>()
        };
        let own = [
            of("users", vec![&us.member, &both]),
            of("applications", vec![&us.application]),
            of("memberships", us.memberships.iter().collect()),
            of("sessions", us.sessions.iter().collect()),
        ];
        for path in own.concat() {
            assert_eq!(caller.get(&path).await.status, 200, "{path}");
        }
        let others = [
            of("users", vec![&them.member, &neither]),
            of("applications", vec![&them.application]),
            of("memberships", them.memberships.iter().collect()),
            of("sessions", them.sessions.iter().collect()),
        ];
        let unknown = caller.get("/v1/users/tz4a98xxat96iws9zmbrgj3a").await;
        for path in others.concat() {
            let answer = caller.get(&path).await;
            assert_eq!(answer.problem(), (404, "not-found"), "{path}");
            assert_eq!(answer.json["title"], unknown.json["title"], "as if there were none");
        }
    }
}

#[tokio::test]
async fn every_operation_is_decided_for_applications() {
    let World { api, db, ours, theirs, both, neither } = world().await;
    let caller = api.bearer(&ours.credentials);
    let pair = |user: &str, application: &str| json!({ "userId": user, "applicationId": application });
    let link = |user: &str, application: Option<&str>| json!({ "purpose": "VERIFY_EMAIL", "userId": user, "applicationId": application });
    let unknown = "tz4a98xxat96iws9zmbrgj3a";
    let through = |user: &str, membership: &str| json!({ "userId": user, "applicationId": ours.application, "membershipId": membership });
    let deleted = |kind: &str| format!("/v1/{kind}?deleted=true");
    // Operation, path, body, status. The first of each operation goes by its template below.
    let cases: Vec<(&str, String, Value, u16)> = vec![
        ("list_users", deleted("users"), Value::Null, 403),
        ("create_user", "/v1/users".into(), json!({ "email": "new@example.com" }), 403),
        ("get_user", format!("/v1/users/{neither}"), Value::Null, 404),
        ("change_user", format!("/v1/users/{}", ours.member), json!({ "name": "X" }), 403),
        ("change_user", format!("/v1/users/{}", theirs.member), json!({ "name": "X" }), 403),
        ("delete_user", format!("/v1/users/{}", ours.member), Value::Null, 403),
        ("restore_user", format!("/v1/users/{}/restore", ours.member), Value::Null, 403),
        ("user_history", format!("/v1/users/{}/history", ours.member), Value::Null, 403),
        ("list_applications", deleted("applications"), Value::Null, 403),
        ("create_application", "/v1/applications".into(), json!({ "name": "X", "kind": "WEB" }), 403),
        ("get_application", format!("/v1/applications/{}", theirs.application), Value::Null, 404),
        ("change_application", format!("/v1/applications/{}", ours.application), json!({ "name": "X" }), 403),
        ("delete_application", format!("/v1/applications/{}", ours.application), Value::Null, 403),
        ("restore_application", format!("/v1/applications/{}/restore", ours.application), Value::Null, 403),
        ("application_history", format!("/v1/applications/{}/history", ours.application), Value::Null, 403),
        ("list_memberships", deleted("memberships"), Value::Null, 403),
        ("create_membership", "/v1/memberships".into(), pair(&neither, &ours.application), 403),
        ("get_membership", format!("/v1/memberships/{}", theirs.memberships[1]), Value::Null, 404),
        (
            "change_membership",
            format!("/v1/memberships/{}", ours.memberships[0]),
            json!({ "role": "OWNER" }),
            403,
        ),
        ("delete_membership", format!("/v1/memberships/{}", ours.memberships[0]), Value::Null, 403),
        ("restore_membership", format!("/v1/memberships/{}/restore", ours.memberships[0]), Value::Null, 403),
        ("membership_history", format!("/v1/memberships/{}/history", ours.memberships[0]), Value::Null, 403),
        ("list_sessions", deleted("sessions"), Value::Null, 403),
        ("open_session", "/v1/sessions".into(), pair(&both, &theirs.application), 404),
        ("open_session", "/v1/sessions".into(), pair(&theirs.member, &ours.application), 422),
        // Suspended, but that is not this application's business.
        ("open_session", "/v1/sessions".into(), pair(&neither, &ours.application), 422),
        // A membership that is somebody else's, or none: as if it had not been named.
        ("open_session", "/v1/sessions".into(), through(&both, &theirs.memberships[1]), 422),
        ("open_session", "/v1/sessions".into(), through(&theirs.member, &theirs.memberships[0]), 422),
        ("open_session", "/v1/sessions".into(), through(&theirs.member, unknown), 422),
        ("open_session", "/v1/sessions".into(), through(unknown, unknown), 422),
        ("get_session", format!("/v1/sessions/{}", theirs.sessions[1]), Value::Null, 404),
        ("change_session", format!("/v1/sessions/{}", ours.sessions[0]), json!({ "device": "X" }), 403),
        ("revoke_session", format!("/v1/sessions/{}/revoke", theirs.sessions[1]), Value::Null, 404),
        ("delete_session", format!("/v1/sessions/{}", theirs.sessions[1]), Value::Null, 404),
        ("restore_session", format!("/v1/sessions/{}/restore", ours.sessions[0]), Value::Null, 403),
        ("session_history", format!("/v1/sessions/{}/history", ours.sessions[0]), Value::Null, 403),
        (
            "create_verification",
            "/v1/verifications".into(),
            json!({ "purpose": "RESET_PASSWORD", "userId": ours.member }),
            403,
        ),
        ("create_verification", "/v1/verifications".into(), link(&neither, None), 404),
        (
            "create_verification",
            "/v1/verifications".into(),
            link(&theirs.member, Some(&ours.application)),
            404,
        ),
        ("create_verification", "/v1/verifications".into(), link(&both, Some(&theirs.application)), 404),
        (
            "use_verification",
            "/v1/verifications/use".into(),
            json!({ "purpose": "VERIFY_EMAIL", "token": "x".repeat(43) }),
            403,
        ),
        ("verification_history", format!("/v1/verifications/{}/history", ours.member), Value::Null, 403),
    ];
    let decided: BTreeSet<&str> = cases.iter().map(|(operation, ..)| *operation).collect();
    let mut methods = std::collections::BTreeMap::new();
    for (path, item) in DESCRIPTION["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            methods.insert(name, method.to_ascii_uppercase());
            let is_open = !path.starts_with("/v1/");
            assert!(is_open || decided.contains(name), "{name}: say what an application gets");
        }
    }
    api.operator().patch(&format!("/v1/users/{neither}"), json!({ "status": "SUSPENDED" })).await.ok();
    let before = events(&db).await;
    for (operation, path, body, status) in cases {
        let method = &methods[operation];
        let answer = caller.send(method, &path, if body.is_null() { None } else { Some(body) }).await;
        assert_eq!(answer.status, status, "{method} {path} {}", answer.json);
        if operation == "open_session" && status == 422 {
            assert_eq!(answer.problem().1, "no-membership", "who there is outside is not said");
        }
        assert_eq!(events(&db).await, before, "{method} {path}");
    }
}

#[tokio::test]
async fn what_an_application_may_write() {
    let World { api, db: _db, ours, .. } = world().await;
    let caller = api.bearer(&ours.credentials);
    let pair = json!({ "userId": ours.member, "applicationId": ours.application });
    let session = caller.post("/v1/sessions", pair).await.created();
    caller.post(&format!("/v1/sessions/{session}/revoke"), Value::Null).await.ok();
    caller.delete(&format!("/v1/sessions/{session}")).await.ok();
    let link = json!({ "purpose": "VERIFY_EMAIL", "userId": ours.member });
    let link = caller.post("/v1/verifications", link).await;
    assert_eq!(link.json["applicationId"], json!(ours.application), "its own without saying so");
    let actor = format!("application:{}", ours.application);
    for (kind, id) in [("sessions", session), ("verifications", link.created())] {
        assert!(api.history(kind, &id).await.iter().all(|(_, who, _)| *who == actor));
    }
}

#[tokio::test]
async fn an_application_shows_its_secret_in_either_form() {
    let World { api, db: _db, ours, .. } = world().await;
    let (client_id, secret) = ours.credentials.split_once('.').unwrap();
    let basic = |text: &str| {
        let text = base64::engine::general_purpose::STANDARD.encode(text);
        api.with_authorization(&format!("Basic {text}"))
    };
    assert_eq!(basic(&format!("{client_id}:{secret}")).get("/v1/applications").await.status, 200);
    for wrong in [format!("theirs:{secret}"), format!("{client_id}:{secret}x"), format!("nobody:{secret}")] {
        assert_eq!(
            basic(&wrong).get("/v1/applications").await.problem(),
            (401, "unauthenticated"),
            "{wrong}"
        );
    }
    let path = format!("/v1/applications/{}", ours.application);
    let caller = api.bearer(&ours.credentials);
    api.operator().patch(&path, json!({ "status": "SUSPENDED" })).await.ok();
    assert_eq!(caller.get("/v1/users").await.status, 401, "suspended");
    api.operator().patch(&path, json!({ "status": "ACTIVE" })).await.ok();
    assert_eq!(caller.get("/v1/users").await.status, 200);
    api.operator().delete(&path).await.ok();
    assert_eq!(caller.get("/v1/users").await.status, 401, "deleted");
}

#[tokio::test]
async fn an_application_does_not_learn_who_outside_of_it_invited_somebody() {
    let World { api, db: _db, ours, neither, .. } = world().await;
    let operator = api.operator();
    let invited = api.user("invited@example.com").await;
    let new = json!({ "userId": invited, "applicationId": ours.application, "invitedById": neither });
    let membership = operator.post("/v1/memberships", new).await.created();
    let path = format!("/v1/memberships/{membership}");
    assert_eq!(operator.get(&path).await.ok()["invitedById"], json!(neither));
    let caller = api.bearer(&ours.credentials);
    assert_eq!(caller.get(&path).await.ok()["invitedById"], Value::Null);
    let list = caller.get("/v1/memberships").await;
    let rows = list.ok()["data"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["invitedById"] == Value::Null), "{rows:?}");
}
