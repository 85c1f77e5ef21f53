//! Soft delete through the client: what goes, what comes back, what is free again.

use aura_client::Error;
use auraid::store::*;

use crate::fixture;

#[tokio::test]
async fn delete_takes_along_and_restore_brings_back_exactly_that() {
    let f = fixture().await;
    let portal = f.application("portal").await;
    let other = f.application("other").await;
    let ada = f.person("ada@example.com", &portal).await;
    let left = NewMembership::new(ada.user.id, other.id);
    let left = f.acting.membership().create(left).await.unwrap();
    f.acting.membership().delete(left.id).await.unwrap();

    f.acting.user().delete(ada.user.id).await.unwrap();
    assert_eq!(f.store.membership().count(None).await.unwrap(), 0);
    assert_eq!(f.store.session().count(None).await.unwrap(), 0);
    let gone = f.store.user().deleted().find(ada.user.id).await.unwrap().unwrap();
    f.acting.user().restore(gone).await.unwrap();
    assert_eq!(f.store.membership().find(ada.membership.id).await.unwrap().unwrap().id, ada.membership.id);
    assert!(f.store.session().find(ada.session.id).await.unwrap().is_some());
    assert_eq!(f.store.membership().find(left.id).await.unwrap(), None, "was deleted by itself before");
    let deleted = f.store.membership().deleted().list(None, None, 10).await.unwrap();
    assert_eq!(deleted.len(), 1);
    assert_eq!(deleted[0].row().id, left.id);
}

#[tokio::test]
async fn invariant_5_a_deleted_value_can_be_taken_and_restoring_into_it_changes_nothing() {
    let f = fixture().await;
    let first = f.acting.user().create(NewUser::new("ada@example.com")).await.unwrap();
    let gone = f.acting.user().delete(first.id).await.unwrap();
    let second = f.acting.user().create(NewUser::new("ADA@example.com")).await.unwrap();
    let events = f.events().await;
    match f.acting.user().restore(gone).await.unwrap_err() {
        Error::Taken { model, fields, .. } => {
            assert_eq!((model.as_str(), &fields[..]), ("User", &["email"][..]));
        }
        other => panic!("{other}"),
    }
    assert_eq!(f.events().await, events);
    assert_eq!(f.store.user().find(user::by_email("ada@example.com")).await.unwrap().unwrap().id, second.id);

    // The pair of a membership likewise.
    let portal = f.application("portal").await;
    let one = f.acting.membership().create(NewMembership::new(second.id, portal.id)).await.unwrap();
    let gone = f.acting.membership().delete(one.id).await.unwrap();
    f.acting.membership().create(NewMembership::new(second.id, portal.id)).await.unwrap();
    assert!(matches!(f.acting.membership().restore(gone).await, Err(Error::Taken { .. })));
}

#[tokio::test]
async fn deleting_or_restoring_twice_says_so() {
    let f = fixture().await;
    let ada = f.acting.user().create(NewUser::new("ada@example.com")).await.unwrap();
    let gone = f.acting.user().delete(ada.id).await.unwrap();
    assert!(matches!(f.acting.user().delete(ada.id).await, Err(Error::NotFound { model: "User", .. })));
    assert!(matches!(
        f.acting.user().update(ada.id, UserChanges::new().name("x")).await,
        Err(Error::NotFound { .. })
    ));
    f.acting.user().restore(gone.clone()).await.unwrap();
    assert!(matches!(f.acting.user().restore(gone).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn a_child_of_a_deleted_parent_cannot_be_restored_alone() {
    let f = fixture().await;
    let portal = f.application("portal").await;
    let ada = f.person("ada@example.com", &portal).await;
    f.acting.user().delete(ada.user.id).await.unwrap();
    let gone = f.store.membership().deleted().find(ada.membership.id).await.unwrap().unwrap();
    let error = f.acting.membership().restore(gone).await.unwrap_err();
    assert!(matches!(error, Error::Reference(_)), "{error}");
    assert!(error.to_string().contains("cannot be restored"), "{error}");
}
