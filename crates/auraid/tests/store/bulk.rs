//! Many rows at once, good and bad.

use aura_client::{Error, Id, ImportState};
use auraid::store::*;

use crate::fixture;

#[tokio::test]
async fn good_rows_are_all_taken_with_their_events() {
    let f = fixture().await;
    let rows = (0..1000).map(|n| NewUser::new(format!("u{n}@example.com")).name(format!("U {n}"))).collect();
    let transaction = f.acting.begin().await.unwrap();
    let copied = transaction.bulk().create_many::<User>(rows).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!((copied.created, copied.rejected.len()), (1000, 0));
    assert_eq!(f.store.user().count(None).await.unwrap(), 1000);
    assert_eq!(f.events().await, (1000, 0));
}

#[tokio::test]
async fn bad_rows_are_named_and_the_others_taken() {
    let f = fixture().await;
    f.acting.user().create(NewUser::new("taken@example.com")).await.unwrap();
    let mut rows: Vec<NewUser> = (0..200).map(|n| NewUser::new(format!("u{n}@example.com"))).collect();
    rows[7] = NewUser::new("TAKEN@example.com");
    rows[50] = NewUser::new("u49@example.com");
    rows[100] = NewUser::new("not an address");
    rows[150] = NewUser::new("nul@example.com").name("a\0b");
    let transaction = f.acting.begin().await.unwrap();
    let copied = transaction.bulk().create_many::<User>(rows).await.unwrap();
    transaction.commit().await.unwrap();
    let rejected: Vec<usize> = copied.rejected.iter().map(|rejected| rejected.row).collect();
    assert_eq!(rejected, [7, 50, 100, 150]);
    assert!(matches!(copied.rejected[0].error, Error::Taken { .. }), "{:?}", copied.rejected[0]);
    assert!(matches!(copied.rejected[2].error, Error::Invalid { field: "email", .. }));
    assert_eq!(copied.created, 196);
    assert_eq!(f.store.user().count(None).await.unwrap(), 197);
    assert_eq!(f.events().await, (197, 0));
}

#[tokio::test]
async fn rows_with_references_are_checked_too() {
    let f = fixture().await;
    let portal = f.application("portal").await;
    let ada = f.acting.user().create(NewUser::new("ada@example.com")).await.unwrap();
    let rows = vec![
        NewMembership::new(ada.id, portal.id).role(Role::Admin),
        NewMembership::new(Id::new(), portal.id),
        NewMembership::new(ada.id, portal.id),
    ];
    let transaction = f.acting.begin().await.unwrap();
    let copied = transaction.bulk().create_many::<Membership>(rows).await.unwrap();
    transaction.commit().await.unwrap();
    let rejected: Vec<usize> = copied.rejected.iter().map(|rejected| rejected.row).collect();
    assert_eq!((copied.created, &rejected[..]), (1, &[1, 2][..]));
    assert!(matches!(copied.rejected[0].error, Error::Reference(_)));
}

#[tokio::test]
async fn no_rows_are_no_work() {
    let f = fixture().await;
    let transaction = f.acting.begin().await.unwrap();
    let copied = transaction.bulk().create_many::<User>(Vec::new()).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!((copied.created, copied.rejected.len()), (0, 0));
}

#[tokio::test]
async fn the_state_of_an_import_is_kept_with_its_rows() {
    let f = fixture().await;
    let source = [7; 32];
    let transaction = f.acting.begin().await.unwrap();
    let state = transaction.bulk().import_state("User", &source).await.unwrap();
    assert_eq!(state, ImportState::default());
    let then = ImportState { lines_done: 10, created: 8, rejected: 2, is_finished: true };
    transaction.bulk().record_import("User", &source, then).await.unwrap();
    transaction.rollback().await.unwrap();
    let transaction = f.acting.begin().await.unwrap();
    assert_eq!(transaction.bulk().import_state("User", &source).await.unwrap(), ImportState::default());
    transaction.bulk().record_import("User", &source, then).await.unwrap();
    transaction.commit().await.unwrap();
    let transaction = f.acting.begin().await.unwrap();
    assert_eq!(transaction.bulk().import_state("User", &source).await.unwrap(), then);
}

#[tokio::test]
async fn every_row_is_created_or_named() {
    let f = fixture().await;
    let taken = f.acting.user().create(NewUser::new("taken@example.com")).await.unwrap();
    let gone = f.acting.user().create(NewUser::new("gone@example.com")).await.unwrap();
    f.acting.user().delete(gone.id).await.unwrap();
    let same = Id::new();
    let rows = vec![
        NewUser::new("one@example.com").id(same),
        NewUser::new("two@example.com").id(same),
        NewUser::new("taken@example.com"),
        NewUser::new("fresh@example.com").id(taken.id),
        NewUser::new("gone@example.com").id(gone.id),
        NewUser::new("gone@example.com"),
    ];
    let transaction = f.acting.begin().await.unwrap();
    let copied = transaction.bulk().create_many::<User>(rows).await.unwrap();
    transaction.commit().await.unwrap();
    let rejected: Vec<(usize, &str)> = copied
        .rejected
        .iter()
        .map(|rejected| match &rejected.error {
            Error::Taken { fields, .. } => (rejected.row, fields[0]),
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(rejected, [(1, "id"), (2, "email"), (3, "id"), (4, "id")]);
    assert_eq!(copied.created, 2);
    assert!(f.store.user().find(user::by_email("one@example.com")).await.unwrap().is_some());
}
