//! What can be done once is done once, however many try.

use futures_util::future::join_all;
use serde_json::json;

use crate::server::Api;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_uses_of_one_link_one_wins() {
    let (api, _db) = Api::start().await;
    let ada = api.user("ada@example.com").await;
    for _ in 0..5 {
        let (link, token) = api.link(&ada).await;
        let operator = api.operator();
        let uses = (0..20).map(|_| operator.post("/v1/verifications/use", json!({ "token": token })));
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
