//! What the client says when the database says no.

use std::time::Duration;

use aura_client::{Error, Id, Secret, Settings, Timestamp};
use auraid::store::*;

use crate::fixture;

#[tokio::test]
async fn a_taken_unique_is_named() {
    let f = fixture().await;
    f.acting.user().create(NewUser::new("ada@example.com")).await.unwrap();
    let error = f.acting.user().create(NewUser::new("ADA@EXAMPLE.COM")).await.unwrap_err();
    assert_eq!(error.to_string(), "a live User with this email exists already (User_email_key)");
    let portal = f.application("portal").await;
    let ada = f.person("bob@example.com", &portal).await;
    let again = NewMembership::new(ada.user.id, portal.id);
    let error = f.acting.membership().create(again).await.unwrap_err();
    assert!(error.to_string().contains("userId and applicationId"), "{error}");
    let same_id = NewUser::new("new@example.com").id(ada.user.id);
    let error = f.acting.user().create(same_id).await.unwrap_err();
    assert!(error.to_string().contains("with this id"), "{error}");
}

#[tokio::test]
async fn a_reference_that_does_not_hold_is_named() {
    let f = fixture().await;
    let portal = f.application("portal").await;
    let ada = f.person("ada@example.com", &portal).await;
    let bob = f.person("bob@example.com", &portal).await;

    let to_nobody = NewMembership::new(Id::new(), portal.id);
    let error = f.acting.membership().create(to_nobody).await.unwrap_err();
    let Error::Reference(reference) = &error else { panic!("{error}") };
    assert_eq!((reference.model.as_str(), reference.field), ("Membership", Some("user")));
    assert!(!reference.still_referred_to);

    f.acting.user().delete(ada.user.id).await.unwrap();
    let other = f.application("other").await;
    let to_deleted = NewMembership::new(ada.user.id, other.id);
    let error = f.acting.membership().create(to_deleted).await.unwrap_err();
    let Error::Reference(reference) = &error else { panic!("{error}") };
    assert_eq!((reference.field, reference.parent), (Some("user"), Some("User")));

    let soon = Timestamp::now().after(Duration::from_mins(1));
    let stolen = NewSession::new(bob.user.id, other.id, bob.membership.id, soon);
    let error = f.acting.session().create(stolen).await.unwrap_err();
    let Error::Reference(reference) = &error else { panic!("{error}") };
    assert_eq!(reference.field, Some("membership"), "{error}");
}

#[tokio::test]
async fn invalid_input_is_refused_before_it_is_sent() {
    let f = fixture().await;
    let error = f.acting.user().create(NewUser::new("nobody")).await.unwrap_err();
    assert_eq!(error.to_string(), "User.email: not an e-mail address: it has no @");
    let error = f.store.user().find(user::by_email("a b@c")).await.unwrap_err();
    assert!(matches!(error, Error::Invalid { field: "email", .. }));
    let error = f.store.user().list().filter(user::EMAIL.eq("@")).await.unwrap_err();
    assert!(matches!(error, Error::Invalid { .. }));
    assert_eq!(f.events().await, (0, 0));
}

#[tokio::test]
async fn invariant_4_no_value_of_a_row_is_in_an_error() {
    let f = fixture().await;
    let portal = f.application("hunter2-portal").await;
    let ada = f.person("hunter2@example.com", &portal).await;
    let mut errors = Vec::new();
    // A CHECK, a NUL that text cannot hold, a unique, a reference: PostgreSQL quotes rows in each.
    let bad = NewUser::new("x@example.com").name("hunter2\0").password_hash(Secret::new("hunter2".into()));
    errors.push(f.acting.user().create(bad).await.unwrap_err());
    errors.push(f.acting.user().create(NewUser::new("hunter2@example.com")).await.unwrap_err());
    let again = NewMembership::new(ada.user.id, portal.id).metadata(serde_json::json!("hunter2"));
    errors.push(f.acting.membership().create(again).await.unwrap_err());
    let away = Settings::new("postgresql://ada:hunter2@127.0.0.1:1/d");
    errors.push(Store::open(away).unwrap().user().list().await.unwrap_err());
    for error in errors {
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
    let all = f.store.user().list().await.unwrap();
    assert!(
        !format!("{:?}", NewUser::new("a@b").password_hash(Secret::new("hunter2".into())))
            .contains("hunter2")
    );
    assert_eq!(all.len(), 1);
}

#[tokio::test]
async fn a_database_that_is_away_is_told_apart() {
    let store = Store::open(Settings::new("postgresql://127.0.0.1:1/none")).unwrap();
    let error = store.user().list().await.unwrap_err();
    assert!(error.is_unavailable(), "{error:?}");
    let f = fixture().await;
    let full = Settings { max_connections: 1, wait: Duration::from_millis(50), ..Settings::new(f.db.url()) };
    let store = Store::open(full).unwrap();
    let held = store.acting_as(aura_client::Actor::service("test")).begin().await.unwrap();
    let error = store.user().list().await.unwrap_err();
    assert!(error.to_string().contains("1 connections"), "{error}");
    held.rollback().await.unwrap();
    store.user().list().await.unwrap();
}

#[tokio::test]
async fn a_connection_has_the_role_it_should_have() {
    let f = fixture().await;
    let owner = Settings::new(f.db.url()).with_role("auraid_service");
    let store = Store::open(owner).unwrap();
    let acting = store.acting_as(aura_client::Actor::service("test"));
    acting.user().create(NewUser::new("ada@example.com")).await.unwrap();
    // The trail shows who logged in; what may be done is the role's.
    let client = f.db.connect().await;
    let role: String = client.query_one("SELECT session_role FROM aura.event", &[]).await.unwrap().get(0);
    assert_eq!(role, "postgres");
    let nobody = Store::open(Settings::new(f.db.url()).with_role("no_such_role")).unwrap();
    let error = nobody.user().list().await.unwrap_err();
    assert!(error.to_string().contains("no_such_role"), "{error}");
}
