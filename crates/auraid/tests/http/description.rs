//! The description of the API is whole, and nothing in it works without a key.

use std::collections::BTreeSet;

use aura_client::{Actor, Timestamp};
use auraid::identity::keys;
use serde_json::{Value, json};

use crate::client::DESCRIPTION;
use crate::server::Api;

fn operations() -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
    DESCRIPTION["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
        let item = item.as_object().unwrap();
        item.iter().map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

#[tokio::test]
async fn nothing_works_without_a_key() {
    let (api, db) = Api::start().await;
    let ada = api.user("ada@example.com").await;
    let (_, credentials) = api.application("portal").await;
    let setup = api.store.acting_as(Actor::service("setup"));
    let (revoked, revoked_secret) = keys::create(&setup, "revoked", None).await.unwrap();
    setup.operator_key().delete(revoked.id).await.unwrap();
    let soon = Timestamp::now().after(std::time::Duration::from_millis(50));
    let (_, expired_secret) = keys::create(&setup, "expired", Some(soon)).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(60)).await;

    let key = &api.operator_key;
    let mut callers = vec![api.nobody()];
    for wrong in [
        "",
        "aura_op_",
        &format!("aura_op_{}", "x".repeat(43)),
        &key[..key.len() - 1],
        &format!("{key}x"),
        revoked_secret.expose(),
        expired_secret.expose(),
        credentials.split_once('.').unwrap().1,
        &format!("portal.{key}"),
    ] {
        callers.push(api.bearer(wrong));
    }
    callers.push(api.with_authorization(key));
    callers.push(api.with_authorization("Basic Og=="));
    let before = crate::server::events(&db).await;
    let mut asked = 0;
    for (path, method, operation) in operations() {
        let is_open = operation["security"] == json!([{}]) || operation["security"] == json!([]);
        assert_eq!(is_open, !path.starts_with("/v1/"), "{method} {path}");
        let path = path.replace("{id}", &ada);
        let body = operation.get("requestBody").map(|_| json!({}));
        let mut answers = BTreeSet::new();
        for caller in &callers {
            let answer = caller.send(&method.to_ascii_uppercase(), &path, body.clone()).await;
            if is_open {
                assert_eq!(answer.status, 200, "{method} {path}");
                continue;
            }
            assert_eq!(answer.problem(), (401, "unauthenticated"), "{method} {path}");
            let challenges: Vec<_> = answer.headers.get_all("www-authenticate").iter().collect();
            assert_eq!(challenges.len(), 2);
            answers.insert(answer.json.to_string());
            asked += 1;
        }
        assert!(is_open || answers.len() == 1, "one answer to all of them: {answers:?}");
    }
    assert!(asked > 300, "{asked}");
    assert_eq!(crate::server::events(&db).await, before);
}

#[test]
fn every_operation_is_described() {
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations() {
        let at = format!("{method} {path}");
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{at}");
        assert!(
            ids.insert(operation["operationId"].as_str().unwrap()),
            "{at}: its operationId is not unique"
        );
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        assert_eq!(path.contains("{id}"), parameters.iter().any(|one| one["in"] == "path"), "{at}");
        let responses = operation["responses"].as_object().unwrap();
        let success = responses.iter().find(|(status, _)| status.starts_with('2')).unwrap().1;
        assert!(success["content"]["application/json"]["schema"].is_object(), "{at}");
        if path.starts_with("/v1/") {
            assert!(responses.contains_key("401") && responses.contains_key("503"), "{at}");
        }
    }
    assert_eq!(DESCRIPTION["openapi"], "3.1.0");
    every_reference_leads_somewhere(&DESCRIPTION);
}

fn every_reference_leads_somewhere(value: &Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                let path = reference.strip_prefix('#').unwrap();
                assert!(DESCRIPTION.pointer(path).is_some(), "{reference}");
            }
            members.values().for_each(every_reference_leads_somewhere);
        }
        Value::Array(items) => items.iter().for_each(every_reference_leads_somewhere),
        _ => {}
    }
}

#[tokio::test]
async fn it_is_served_as_it_is() {
    let (api, _db) = Api::start().await;
    assert_eq!(api.nobody().get("/openapi.json").await.ok(), &*DESCRIPTION);
    let mut paths: Vec<&str> = operations().map(|(path, ..)| path).collect();
    paths.dedup();
    for path in ["/v1/users/{id}/restore", "/v1/verifications/use", "/v1/sessions/{id}/revoke", "/healthz"] {
        assert!(paths.contains(&path), "{path}");
    }
}
