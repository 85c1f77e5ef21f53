//! Every model: create, find, list, update, delete, restore; one event each.

use std::future::IntoFuture as _;
use std::net::IpAddr;
use std::time::Duration;

use aura_client::{Secret, Settings, Timestamp};
use auraid::store::*;
use serde_json::json;

use crate::fixture;

#[tokio::test]
async fn users() {
    let f = fixture().await;
    let now = Timestamp::now();
    let ada = f.acting.user().create(NewUser::new("Ada@Example.com").name("Ada")).await.unwrap();
    assert_eq!(ada.email.as_str(), "Ada@Example.com");
    assert_eq!((ada.name.as_deref(), ada.status), (Some("Ada"), UserStatus::Active));
    assert_eq!(ada.metadata, json!({}));
    assert!(ada.created_at >= now.before(Duration::from_mins(1)));

    assert_eq!(f.store.user().find(ada.id).await.unwrap().as_ref(), Some(&ada));
    let by_email = f.store.user().find(user::by_email("ADA@example.COM")).await.unwrap();
    assert_eq!(by_email.as_ref(), Some(&ada));
    let listed = f.store.user().list().filter(user::EMAIL.eq("ada@EXAMPLE.com")).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&ada));

    let changes = UserChanges::new()
        .name("Ada Lovelace")
        .password_hash(Secret::new("$argon2id$hash".to_owned()))
        .email_verified_at(now)
        .status(UserStatus::Suspended)
        .metadata(json!({"plan": ["a", {"b": null}]}));
    let updated = f.acting.user().update(ada.id, changes).await.unwrap();
    assert_eq!(updated.name.as_deref(), Some("Ada Lovelace"));
    assert_eq!(updated.password_hash.as_ref().unwrap().expose(), "$argon2id$hash");
    assert_eq!(updated.email_verified_at, Some(now));
    assert_eq!(updated.metadata, json!({"plan": ["a", {"b": null}]}));
    assert!(updated.updated_at >= ada.updated_at);
    let cleared = f.acting.user().update(ada.id, UserChanges::new().name(None)).await.unwrap();
    assert_eq!(cleared.name, None);

    let same = f.acting.user().update(ada.id, UserChanges::new()).await.unwrap();
    assert_eq!(same, cleared, "changes of nothing");

    let gone = f.acting.user().delete(ada.id).await.unwrap();
    assert_eq!(gone.row().id, ada.id);
    assert_eq!(f.store.user().find(ada.id).await.unwrap(), None);
    assert_eq!(f.store.user().count(None).await.unwrap(), 0);
    let found = f.store.user().deleted().find(ada.id).await.unwrap().unwrap();
    assert_eq!(found, gone);
    let back = f.acting.user().restore(found).await.unwrap();
    assert_eq!(back.email, ada.email);

    let history = f.store.history().of("User", ada.id.as_str(), None, 100).await.unwrap();
    let operations: Vec<&str> = history.iter().map(|event| event.operation.as_str()).collect();
    assert_eq!(operations, ["create", "update", "update", "delete", "restore"]);
    assert!(history.iter().all(|event| event.actor.as_deref() == Some("service:test")));
    assert!(history.iter().all(|event| event.session_role == "auraid_service"));
    assert_eq!(f.events().await, (5, 0));
}

#[tokio::test]
async fn applications_hold_lists() {
    let f = fixture().await;
    let new = NewApplication::new("portal", "Portal", ApplicationKind::Spa)
        .redirect_uris(["https://a.example/cb", "https://b.example/cb"]);
    let portal = f.acting.application().create(new).await.unwrap();
    assert_eq!(portal.redirect_uris, ["https://a.example/cb", "https://b.example/cb"]);
    assert_eq!(portal.secret_hash, None);
    let found = f.store.application().find(application::by_client_id("portal")).await.unwrap();
    assert_eq!(found, Some(portal));
}

#[tokio::test]
async fn sessions_hold_addresses() {
    let f = fixture().await;
    let portal = f.application("portal").await;
    let ada = f.person("ada@example.com", &portal).await;
    for text in ["192.0.2.1", "2001:db8::1"] {
        let address: IpAddr = text.parse().unwrap();
        let changes = SessionChanges::new().address(address).device("laptop");
        let session = f.acting.session().update(ada.session.id, changes).await.unwrap();
        assert_eq!(session.address, Some(address));
    }
}

#[tokio::test]
async fn tokens_are_found_by_their_hash() {
    let f = fixture().await;
    let portal = f.application("portal").await;
    let ada = f.person("ada@example.com", &portal).await;
    let soon = Timestamp::now().after(Duration::from_mins(1));
    let first = NewRefreshToken::new(ada.session.id, [1_u8; 32], "family", soon);
    let first = f.acting.refresh_token().create(first).await.unwrap();
    let second = NewRefreshToken::new(ada.session.id, [2_u8; 32], "family", soon);
    let second = f.acting.refresh_token().create(second).await.unwrap();
    let changes = RefreshTokenChanges::new().successor_id(second.id).used_at(Timestamp::now());
    f.acting.refresh_token().update(first.id, changes).await.unwrap();
    let found = f.store.refresh_token().find(refresh_token::by_token_hash([1_u8; 32])).await.unwrap();
    assert_eq!(found.unwrap().successor_id, Some(second.id));

    let token = NewVerificationToken::new(TokenPurpose::VerifyEmail, ada.user.id, [3_u8; 32], soon);
    let token = f.acting.verification_token().create(token.application_id(portal.id)).await.unwrap();
    let found = f.store.verification_token().find(verification_token::by_token_hash([3_u8; 32])).await;
    assert_eq!(found.unwrap().unwrap().id, token.id);

    let key = f.acting.operator_key().create(NewOperatorKey::new("ops", [4_u8; 32])).await.unwrap();
    assert_eq!(f.store.operator_key().find(operator_key::by_name("ops")).await.unwrap(), Some(key));
}

#[tokio::test]
async fn lists_come_in_pages_that_meet() {
    let f = fixture().await;
    let mut ids = Vec::new();
    for n in 0..25 {
        let user = f.acting.user().create(NewUser::new(format!("u{n}@example.com"))).await.unwrap();
        ids.push(user.id);
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = f.store.user().list().after(after).limit(7).page().await.unwrap();
        seen.extend(page.rows.iter().map(|user| user.id));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, ids, "oldest first, none twice, none missing");
    let newest = f.store.user().list().newest_first().limit(2).await.unwrap();
    assert_eq!(newest.iter().map(|user| user.id).collect::<Vec<_>>(), [ids[24], ids[23]]);
    let exact = f.store.user().list().limit(25).page().await.unwrap();
    assert_eq!(exact.next, None, "a full last page is the last");
    assert!(f.store.user().list().limit(0).await.unwrap().is_empty());
}

#[tokio::test]
async fn filters_combine() {
    let f = fixture().await;
    let portal = f.application("portal").await;
    let other = f.application("other").await;
    let ada = f.person("ada@example.com", &portal).await;
    let bob = f.person("bob@example.com", &other).await;
    let in_portal = || user::MEMBERSHIPS.some(membership::APPLICATION_ID.eq(portal.id));
    let list = async |filter| -> Vec<_> {
        let users = f.store.user().list().filter(filter).await.unwrap();
        users.into_iter().map(|user| user.id).collect()
    };
    assert_eq!(list(in_portal()).await, [ada.user.id]);
    assert_eq!(list(in_portal().not()).await, [bob.user.id]);
    assert_eq!(list(in_portal().and(user::NAME.is_null())).await, [ada.user.id]);
    assert_eq!(list(in_portal().and(user::NAME.eq(None))).await, [ada.user.id], "None is no value");
    assert_eq!(list(in_portal().or(user::EMAIL.eq("BOB@example.com"))).await.len(), 2);
    assert!(list(user::NAME.is_not_null()).await.is_empty());

    // A deleted membership joins nobody, though the row is there.
    f.acting.membership().delete(ada.membership.id).await.unwrap();
    assert!(list(in_portal()).await.is_empty());

    let sessions = f.store.session().list().filter(session::EXPIRES_AT.is_ahead()).await.unwrap();
    assert_eq!(sessions.len(), 1, "ada's went with her membership");
    assert!(f.store.session().list().filter(session::REVOKED_AT.has_passed()).await.unwrap().is_empty());
    let by_user = session::USER.some(user::EMAIL.eq("bob@example.com"));
    assert_eq!(f.store.session().count(Some(by_user)).await.unwrap(), 1);
}

#[tokio::test]
async fn the_first_list_of_a_connection_may_be_long() {
    let f = fixture().await;
    let rows = (0..6000).map(|n| NewUser::new(format!("u{n}@example.com")).name("x".repeat(200))).collect();
    let transaction = f.acting.begin().await.unwrap();
    transaction.bulk().create_many::<User>(rows).await.unwrap();
    transaction.commit().await.unwrap();
    let fresh = Store::open(Settings::new(f.db.url_as("auraid_service"))).unwrap();
    let all = tokio::time::timeout(Duration::from_mins(1), fresh.user().list().limit(10_000).into_future());
    assert_eq!(all.await.expect("the answer comes").unwrap().len(), 6000);
}

#[tokio::test]
async fn addresses_are_compared_by_ascii_case_only() {
    let f = fixture().await;
    f.acting.user().create(NewUser::new("i@example.com")).await.unwrap();
    assert!(f.store.user().find(user::by_email("I@EXAMPLE.com")).await.unwrap().is_some());
    // The dotted capital I folds to i in some locales: another mailbox all the same.
    assert_eq!(f.store.user().find(user::by_email("\u{130}@example.com")).await.unwrap(), None);
}
