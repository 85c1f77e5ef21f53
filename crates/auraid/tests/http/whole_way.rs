//! From an application and a user to both gone and back, and what the history says of it.

use serde_json::{Value, json};

use crate::server::Api;

#[tokio::test]
async fn the_whole_way() {
    let (api, _db) = Api::start().await;
    let operator = api.operator();

    let new = json!({
        "clientId": "portal", "name": "Portal", "kind": "WEB", "redirectUris": ["https://portal.example/cb"],
    });
    let portal = operator.request("step-1").post("/v1/applications", new).await;
    assert!(portal.json["secret"].as_str().unwrap().starts_with("aura_app_"));
    let credentials = format!("portal.{}", portal.json["secret"].as_str().unwrap());
    let portal = portal.created();

    let new = json!({ "email": "Ada@Example.com", "name": "Ada", "metadata": { "team": 1 } });
    let ada = operator.request("step-2").post("/v1/users", new).await;
    assert_eq!(ada.json["emailVerifiedAt"], Value::Null);
    let ada = ada.created();

    let (link, token) = api.link(&ada).await;
    let body = json!({ "purpose": "VERIFY_EMAIL", "token": token });
    let used = operator.post("/v1/verifications/use", body.clone()).await;
    assert_eq!(used.ok()["id"], json!(link));
    assert!(used.json["usedAt"].is_string());
    let again = operator.post("/v1/verifications/use", body).await;
    assert_eq!(again.problem(), (410, "link-used-or-expired"));
    let verified = operator.get(&format!("/v1/users/{ada}")).await;
    assert!(verified.ok()["emailVerifiedAt"].is_string());

    let membership = api.membership(&ada, &portal).await;
    let session = api.session(&ada, &portal).await;
    // One that is gone already when the user goes does not come back with her.
    let ended = api.session(&ada, &portal).await;
    operator.delete(&format!("/v1/sessions/{ended}")).await.ok();

    // The application itself opens one and revokes it.
    let own = api.bearer(&credentials);
    let new = json!({ "userId": ada, "applicationId": portal, "membershipId": membership, "device": "Firefox",
        "address": "192.0.2.1" });
    let opened = own.request("step-3").post("/v1/sessions", new).await;
    assert_eq!(opened.json["address"], "192.0.2.1");
    let opened = opened.created();
    let revoked = own.post(&format!("/v1/sessions/{opened}/revoke"), Value::Null).await;
    let first = revoked.ok()["revokedAt"].clone();
    assert!(first.is_string());
    let revoked = own.post(&format!("/v1/sessions/{opened}/revoke"), Value::Null).await;
    assert_eq!(revoked.ok()["revokedAt"], first, "once");

    let lists = ["/v1/users", "/v1/memberships", "/v1/sessions"];
    let mut before = Vec::new();
    for list in lists {
        before.push(operator.get(list).await.ok()["data"].clone());
    }
    let gone = operator.request("step-4").delete(&format!("/v1/users/{ada}")).await;
    assert!(gone.ok()["deletedAt"].is_string());
    for list in lists {
        assert_eq!(operator.get(list).await.ids(), [""; 0], "{list}");
        assert_eq!(own.get(list).await.ids(), [""; 0], "{list}");
    }
    for path in [
        format!("/v1/users/{ada}"),
        format!("/v1/memberships/{membership}"),
        format!("/v1/sessions/{session}"),
    ] {
        assert_eq!(operator.get(&path).await.problem(), (404, "not-found"), "{path}");
    }
    assert_eq!(operator.get("/v1/applications").await.ids(), [portal.as_str()]);
    let sessions = operator.get("/v1/sessions?deleted=true").await.ids();
    assert_eq!(sessions, [session.as_str(), &ended, &opened]);
    assert_eq!(operator.get("/v1/users?deleted=true&email=ADA@example.com").await.ids(), [ada.as_str()]);

    let back = operator.request("step-5").post(&format!("/v1/users/{ada}/restore"), Value::Null).await;
    assert_eq!(back.ok()["deletedAt"], Value::Null);
    for (list, before) in lists.iter().zip(before) {
        let after = operator.get(list).await;
        assert_eq!(without_update_time(after.ok()["data"].clone()), without_update_time(before), "{list}");
    }

    let is = |expected: &[(&str, &str)], history: Vec<(String, String, String)>| {
        let history: Vec<_> = history.iter().map(|(what, who, _)| (what.as_str(), who.as_str())).collect();
        assert_eq!(history, expected);
    };
    let operator = "operator:test";
    let application = format!("application:{portal}");
    let came_went_came = [("create", operator), ("delete", operator), ("restore", operator)];
    let changed_between = |who, what: &str| {
        assert_eq!(what, "update");
        [("create", who), ("update", who), ("delete", operator), ("restore", operator)]
    };
    is(&changed_between(operator, "update"), api.history("users", &ada).await);
    is(&changed_between(operator, "update"), api.history("verifications", &link).await);
    is(&changed_between(&application, "update"), api.history("sessions", &opened).await);
    is(&came_went_came, api.history("memberships", &membership).await);
    is(&came_went_came, api.history("sessions", &session).await);
    is(&came_went_came[..2], api.history("sessions", &ended).await);
    is(&came_went_came[..1], api.history("applications", &portal).await);
    let requests: Vec<String> =
        api.history("users", &ada).await.into_iter().map(|(_, _, request)| request).collect();
    assert_eq!((&*requests[0], &*requests[2], &*requests[3]), ("step-2", "step-4", "step-5"));
}

/// Leaving and coming back are changes of their own: they move `updatedAt`.
fn without_update_time(mut rows: Value) -> Value {
    for row in rows.as_array_mut().unwrap() {
        row.as_object_mut().unwrap().remove("updatedAt");
    }
    rows
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_nothing_else() {
    let (api, _db) = Api::start().await;
    let operator = api.operator();
    let new = json!({ "email": "ada@example.com", "name": "Ada", "password": "correct horse" });
    let ada = operator.post("/v1/users", new).await;
    assert_eq!(ada.json["hasPassword"], true);
    let path = format!("/v1/users/{}", ada.created());
    for (patch, name, has_password, status) in [
        (json!({}), json!("Ada"), true, "ACTIVE"),
        (json!({ "name": null }), Value::Null, true, "ACTIVE"),
        (json!({ "status": "SUSPENDED" }), Value::Null, true, "SUSPENDED"),
        (json!({ "name": "Lovelace", "password": null }), json!("Lovelace"), false, "SUSPENDED"),
    ] {
        let answer = operator.patch(&path, patch.clone()).await;
        let row = answer.ok();
        assert_eq!(
            (&row["name"], &row["hasPassword"], &row["status"]),
            (&name, &json!(has_password), &json!(status))
        );
        assert_eq!(operator.get(&path).await.ok(), row, "{patch}");
    }
    // A change of nothing is no event: create and three changes.
    assert_eq!(api.history("users", ada.json["id"].as_str().unwrap()).await.len(), 4);
}

#[tokio::test]
async fn another_address_is_not_verified_and_old_links_end() {
    let (api, _db) = Api::start().await;
    let operator = api.operator();
    let ada = api.user("ada@example.com").await;
    let path = format!("/v1/users/{ada}");
    let (_, token) = api.link(&ada).await;
    operator.post("/v1/verifications/use", json!({ "purpose": "VERIFY_EMAIL", "token": token })).await.ok();
    let (_, pending) = api.link(&ada).await;
    let reset = json!({ "purpose": "RESET_PASSWORD", "userId": ada });
    let reset = operator.post("/v1/verifications", reset).await;
    assert_eq!(reset.json["email"], "ada@example.com");
    let same = operator.patch(&path, json!({ "email": "ada@example.com" })).await;
    assert!(same.ok()["emailVerifiedAt"].is_string(), "nothing changed");
    let changed = operator.patch(&path, json!({ "email": "countess@example.com" })).await;
    assert_eq!(changed.ok()["emailVerifiedAt"], Value::Null);
    for (purpose, token) in [("VERIFY_EMAIL", &json!(pending)), ("RESET_PASSWORD", &reset.json["token"])] {
        let used = json!({ "purpose": purpose, "token": token });
        let used = operator.post("/v1/verifications/use", used).await;
        assert_eq!(used.problem(), (410, "link-used-or-expired"), "it was sent to the old address");
    }
}

#[tokio::test]
async fn a_link_is_used_for_its_purpose_only_and_another_password_ends_resets() {
    let (api, _db) = Api::start().await;
    let operator = api.operator();
    let ada = api.user("ada@example.com").await;
    let reset = json!({ "purpose": "RESET_PASSWORD", "userId": ada });
    let [first, second] =
        [operator.post("/v1/verifications", reset.clone()), operator.post("/v1/verifications", reset)];
    let (first, second) = (first.await, second.await);
    let using = |purpose: &str, link: &Value| {
        operator.post("/v1/verifications/use", json!({ "purpose": purpose, "token": link["token"] }))
    };
    let wrong = using("VERIFY_EMAIL", &first.json).await;
    assert_eq!(wrong.problem(), (410, "link-used-or-expired"));
    let user = operator.get(&format!("/v1/users/{ada}")).await;
    assert_eq!(user.ok()["emailVerifiedAt"], Value::Null);
    using("RESET_PASSWORD", &first.json).await.ok();
    let changed = json!({ "password": "correct horse battery staple" });
    operator.patch(&format!("/v1/users/{ada}"), changed).await.ok();
    let late = using("RESET_PASSWORD", &second.json).await;
    assert_eq!(late.problem(), (410, "link-used-or-expired"), "the password was changed since");
}

#[tokio::test]
async fn pages_lead_through_everything() {
    let (api, _db) = Api::start().await;
    let operator = api.operator();
    let mut users = Vec::new();
    for n in 0..5 {
        users.push(api.user(&format!("user{n}@example.com")).await);
    }
    let mut seen = Vec::new();
    let mut path = "/v1/users?limit=2".to_owned();
    loop {
        let answer = operator.get(&path).await;
        seen.extend(answer.ids());
        let Some(link) = answer.headers.get("link") else {
            assert_eq!(answer.json["next"], Value::Null);
            break;
        };
        assert_eq!(answer.json["next"], json!(seen.last()));
        let link = link.to_str().unwrap();
        path = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned();
    }
    assert_eq!(seen, users);
    assert_eq!(operator.get("/v1/users?email=USER3@example.com").await.ids(), [users[3].as_str()]);
    // Histories too.
    let path = format!("/v1/users/{}", users[0]);
    for name in ["a", "b", "c"] {
        operator.patch(&path, json!({ "name": name })).await.ok();
    }
    let first = operator.get(&format!("{path}/history?limit=3")).await;
    let after = first.ok()["next"].as_str().unwrap();
    let rest = operator.get(&format!("{path}/history?limit=3&after={after}")).await;
    assert_eq!(rest.ok()["data"].as_array().unwrap().len(), 1);
    assert_eq!(rest.json["data"][0]["after"]["name"], "c");
}

#[tokio::test]
async fn a_request_has_an_id() {
    let (api, _db) = Api::start().await;
    let operator = api.operator();
    let answer = operator.request("my-id.1").get("/v1/users").await;
    assert_eq!(answer.headers["x-request-id"], "my-id.1");
    let made = operator.request("not sane").get("/v1/users").await;
    assert_eq!(made.headers["x-request-id"].len(), 24);
}
