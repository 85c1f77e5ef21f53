//! What can be done once is done once, however many try.

use std::time::Duration;

use aura_client::{Actor, Timestamp};
use auraid::store::{NewVerificationToken, TokenPurpose, User};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::server::Api;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_uses_of_one_link_one_wins() {
    let (api, _db) = Api::start().await;
    let ada = api.user("ada@example.com").await;
    for _ in 0..5 {
        let (link, token) = api.link(&ada).await;
        let operator = api.operator();
        let uses = (0..20).map(|_| {
            operator.post("/v1/verifications/use", json!({ "purpose": "VERIFY_EMAIL", "token": token }))
        });
        let answers = join_all(uses).await;
        let won = answers.iter().filter(|answer| answer.status == 200).count();
        let lost = answers.iter().filter(|answer| answer.problem() == (410, "link-used-or-expired")).count();
        assert_eq!((won, lost), (1, 19));
        assert_eq!(api.history("verifications", &link).await.len(), 2);
    }
    assert_eq!(api.history("users", &ada).await.len(), 2, "verified once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_users_with_one_address_one_comes() {
    let (api, _db) = Api::start().await;
    let operator = api.operator();
    let tries = (0..20).map(|_| operator.post("/v1/users", json!({ "email": "ada@example.com" })));
    let answers = join_all(tries).await;
    let count = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(201), count(409)), (1, 19));
}

/// Holds up every other change of the user.
const HOLD: &str = r#"UPDATE "User" SET "name" = "name" WHERE "id" = $1"#;

const PAUSE: Duration = Duration::from_millis(300);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_is_made_for_the_address_that_a_change_under_way_leaves() {
    let (api, db) = Api::start().await;
    let ada = api.user("ada@example.com").await;
    let other = db.connect().await;
    other.batch_execute("BEGIN").await.unwrap();
    let change = r#"UPDATE "User" SET "email" = 'countess@example.com' WHERE "id" = $1"#;
    other.execute(change, &[&ada]).await.unwrap();
    let (operator, new) = (api.operator(), json!({ "purpose": "VERIFY_EMAIL", "userId": ada }));
    let making = tokio::spawn(async move { operator.post("/v1/verifications", new).await });
    tokio::time::sleep(PAUSE).await;
    assert!(!making.is_finished(), "which address it is for is not yet known");
    other.batch_execute("COMMIT").await.unwrap();
    let made = making.await.unwrap();
    made.created();
    assert_eq!(made.json["email"], "countess@example.com");
    let history = api.operator().get(&format!("/v1/users/{ada}/history")).await;
    assert_eq!(history.ok()["data"].as_array().unwrap().len(), 2, "to wait for somebody is no event");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_made_while_the_address_changes_ends() {
    let (api, db) = Api::start().await;
    let ada = api.user("ada@example.com").await;
    let other = db.connect().await;
    other.batch_execute("BEGIN").await.unwrap();
    other.execute(HOLD, &[&ada]).await.unwrap();
    let (operator, path) = (api.operator(), format!("/v1/users/{ada}"));
    let changing = tokio::spawn(async move {
        operator.patch(&path, json!({ "email": "countess@example.com" })).await.ok().clone()
    });
    tokio::time::sleep(PAUSE).await;
    assert!(!changing.is_finished());
    // Somebody who does not wait makes a link.
    let minted = auraid::identity::secret::link_token();
    let id: aura_client::Id<User> = ada.parse().unwrap();
    let end = Timestamp::now().after(Duration::from_mins(1));
    let row = NewVerificationToken::new(TokenPurpose::VerifyEmail, id, minted.hash, end);
    api.store.acting_as(Actor::service("test")).verification_token().create(row).await.unwrap();
    other.batch_execute("COMMIT").await.unwrap();
    assert_eq!(changing.await.unwrap()["email"], "countess@example.com");
    let used = json!({ "purpose": "VERIFY_EMAIL", "token": minted.secret.expose() });
    let used = api.operator().post("/v1/verifications/use", used).await;
    assert_eq!(used.problem(), (410, "link-used-or-expired"), "it was sent to the old address");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_link_verifies_another_address_than_its_own() {
    let (api, _db) = Api::start().await;
    let ada = api.user("ada0@example.com").await;
    let path = format!("/v1/users/{ada}");
    let operator = &api.operator();
    for round in 1..=10 {
        let email = &format!("ada{round}@example.com");
        let change = async { operator.patch(&path, json!({ "email": email })).await.status };
        let links = (0..6).map(|_| async {
            let new = json!({ "purpose": "VERIFY_EMAIL", "userId": ada });
            let made = operator.post("/v1/verifications", new).await;
            made.created();
            let used = operator
                .post(
                    "/v1/verifications/use",
                    json!({ "purpose": "VERIFY_EMAIL", "token": made.json["token"] }),
                )
                .await;
            (made.json["email"].clone(), used.status)
        });
        let (changed, links) = tokio::join!(change, join_all(links));
        let now = operator.get(&path).await.ok().clone();
        assert_eq!((changed, &now["email"]), (200, &json!(email)));
        let verifies_this = links.iter().any(|(of, status)| *of == now["email"] && *status == 200);
        assert_eq!(now["emailVerifiedAt"] != Value::Null, verifies_this, "{links:?} {now}");
        for (of, status) in &links {
            assert!(matches!(status, 200 | 410), "{of}: {status}");
        }
    }
}
