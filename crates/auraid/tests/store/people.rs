//! One person in several applications, from several processes' worth of connections.

use aura_client::{Actor, Settings};
use auraid::store::*;

use crate::fixture;

#[tokio::test]
async fn every_change_says_who_and_on_whose_request() {
    let f = fixture().await;
    let ada = f.acting.user().create(NewUser::new("ada@example.com")).await.unwrap();
    let herself = f.store.acting_as(Actor::user(ada.id)).request("req-1");
    herself.user().update(ada.id, UserChanges::new().name("Ada")).await.unwrap();
    let operator = f.store.acting_as(Actor::operator("root"));
    let transaction = operator.begin().await.unwrap();
    transaction.user().update(ada.id, UserChanges::new().name("A. L.")).await.unwrap();
    transaction.commit().await.unwrap();
    let history = f.store.history().of("User", ada.id.as_str(), None, 10).await.unwrap();
    let who: Vec<_> =
        history.iter().map(|event| (event.actor.clone().unwrap(), event.request.clone())).collect();
    assert_eq!(
        who,
        [
            ("service:test".to_owned(), None),
            (format!("user:{}", ada.id), Some("req-1".to_owned())),
            ("operator:root".to_owned(), None),
        ]
    );
    assert_eq!(history[1].before.as_ref().unwrap()["name"], serde_json::Value::Null);
    assert_eq!(history[1].after.as_ref().unwrap()["name"], "Ada");
    let later = f.store.history().of("User", ada.id.as_str(), Some(history[0].number), 1).await.unwrap();
    assert_eq!(later, history[1..2]);
}

#[tokio::test]
async fn an_actor_does_not_outlive_its_statement() {
    let f = fixture().await;
    let one = Settings { max_connections: 1, ..Settings::new(f.db.url_as("auraid_service")) };
    let store = Store::open(one).unwrap();
    store.acting_as(Actor::service("one")).user().create(NewUser::new("a@example.com")).await.unwrap();
    let b =
        store.acting_as(Actor::service("two")).user().create(NewUser::new("b@example.com")).await.unwrap();
    let history = store.history().of("User", b.id.as_str(), None, 10).await.unwrap();
    assert_eq!(history[0].actor.as_deref(), Some("service:two"));
}

#[tokio::test]
async fn a_person_comes_together_through_relations() {
    let f = fixture().await;
    let portal = f.application("portal").await;
    let ada = f.person("ada@example.com", &portal).await;
    assert_eq!(ada.application.id, portal.id);
    let of_ada = || membership::USER.some(user::EMAIL.eq("ada@example.com"));
    let memberships = f.store.membership().list().filter(of_ada()).await.unwrap();
    assert_eq!(memberships, std::slice::from_ref(&ada.membership));
    let by_pair = membership::by_user_id_and_application_id(ada.user.id, portal.id);
    assert_eq!(f.store.membership().find(by_pair).await.unwrap(), Some(ada.membership));
}
