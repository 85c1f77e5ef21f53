//! Futures dropped at any await, transactions that fail.

use std::future::{Future, IntoFuture as _};
use std::pin::pin;
use std::task::{Context, Waker};

use aura_client::{Error, Settings};
use auraid::store::*;

use crate::fixture;

/// Polls a future `times` times with a waker of its own runtime's making, then drops it.
async fn abandon<F: Future>(future: F, times: usize) -> bool {
    let mut future = pin!(future);
    for _ in 0..times {
        if future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            return true;
        }
        // Lets the connection's task move, so that each poll finds another state.
        tokio::time::sleep(std::time::Duration::from_micros(300)).await;
    }
    false
}

#[tokio::test]
async fn invariant_6_a_future_dropped_at_any_await_leaves_no_open_transaction() {
    let f = fixture().await;
    // One connection, so that whoever comes next gets what the abandoned one left.
    let store = Store::open(Settings {
        max_connections: 1,
        application_name: "abandoning".into(),
        ..Settings::new(f.db.url_as("auraid_service"))
    })
    .unwrap();
    let acting = store.acting_as(aura_client::Actor::service("abandoner"));
    let mut finished = 0;
    for times in (0..40).chain(0..40) {
        let whole = async {
            let transaction = acting.begin().await?;
            let user = transaction.user().create(NewUser::new(format!("a{times}@example.com"))).await?;
            transaction.user().update(user.id, UserChanges::new().name("x")).await?;
            transaction.user().delete(user.id).await?;
            transaction.commit().await
        };
        finished += usize::from(abandon(whole, times).await);
        let single = async { acting.user().create(NewUser::new(format!("b{times}@example.com"))).await };
        abandon(single, times % 5).await;
        // Whoever comes next is not inside somebody else's transaction: this write is there for others.
        let other = acting
            .operator_key()
            .create(NewOperatorKey::new(format!("k{finished}-{times}"), vec_hash(times)));
        match other.await {
            Ok(key) => {
                assert!(f.store.operator_key().find(key.id).await.unwrap().is_some());
                acting.operator_key().delete(key.id).await.unwrap();
            }
            Err(error) => panic!("after {times} polls: {error}"),
        }
    }
    assert!(finished > 0, "no run was long enough to finish: the test would prove nothing");
    assert!(finished < 80, "every run finished: the test would prove nothing");
    let client = f.db.connect().await;
    let open: i64 = client
        .query_one(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
             AND application_name = 'abandoning' AND state LIKE 'idle in transaction%'",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    assert_eq!(open, 0);
}

fn vec_hash(n: usize) -> aura_client::Secret<Vec<u8>> {
    aura_client::Secret::new(n.to_be_bytes().repeat(4))
}

#[tokio::test]
async fn a_transaction_whose_statement_failed_commits_nothing_and_says_so() {
    let f = fixture().await;
    f.acting.user().create(NewUser::new("ada@example.com")).await.unwrap();
    let transaction = f.acting.begin().await.unwrap();
    transaction.user().create(NewUser::new("bob@example.com")).await.unwrap();
    transaction.user().create(NewUser::new("ada@example.com")).await.unwrap_err();
    assert!(matches!(transaction.commit().await, Err(Error::Aborted)));
    assert_eq!(f.store.user().count(None).await.unwrap(), 1);
}

#[tokio::test]
async fn a_transaction_happens_whole() {
    let f = fixture().await;
    let transaction = f.acting.begin().await.unwrap();
    let user = transaction.user().create(NewUser::new("ada@example.com")).await.unwrap();
    assert_eq!(f.store.user().find(user.id).await.unwrap(), None, "not before the commit");
    assert!(transaction.user().find(user.id).await.unwrap().is_some(), "inside it is");
    transaction.commit().await.unwrap();
    assert!(f.store.user().find(user.id).await.unwrap().is_some());
    let transaction = f.acting.begin().await.unwrap();
    transaction.user().delete(user.id).await.unwrap();
    drop(transaction);
    assert!(f.store.user().find(user.id).await.unwrap().is_some(), "dropped: undone");
}

#[tokio::test]
async fn of_many_callers_one_passes_a_condition_that_the_change_undoes() {
    let f = fixture().await;
    let ada = f.acting.user().create(NewUser::new("ada@example.com")).await.unwrap();
    let tries = (0..20).map(|_| {
        let acting = f.acting.clone();
        tokio::spawn(async move {
            let changes = UserChanges::new().name("taken");
            acting.user().update_if(ada.id, user::NAME.is_null(), changes).await.unwrap().is_some()
        })
    });
    let mut winners = 0;
    for attempt in tries.collect::<Vec<_>>() {
        winners += usize::from(attempt.await.unwrap());
    }
    assert_eq!(winners, 1);
}

#[tokio::test]
async fn an_abandoned_statement_does_not_hold_up_the_next_caller() {
    let f = fixture().await;
    let blocker = f.db.connect().await;
    blocker.batch_execute("BEGIN; LOCK TABLE \"User\" IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let hour = std::time::Duration::from_hours(1);
    let one = Settings {
        max_connections: 1,
        statement_timeout: hour,
        wait: hour,
        ..Settings::new(f.db.url_as("auraid_service"))
    };
    let store = Store::open(one).unwrap();
    let is_free = async || {
        let list = tokio::time::timeout(
            std::time::Duration::from_mins(1),
            store.operator_key().list().into_future(),
        );
        list.await.expect("the one connection is free, although the lock is still held").unwrap();
    };
    is_free().await;
    let waiting = store.user().list().into_future();
    tokio::time::timeout(std::time::Duration::from_millis(300), waiting).await.unwrap_err();
    is_free().await;
    let acting = store.acting_as(aura_client::Actor::service("test"));
    let creating = async { acting.user().create(NewUser::new("ada@example.com")).await };
    tokio::time::timeout(std::time::Duration::from_millis(300), creating).await.unwrap_err();
    is_free().await;
    blocker.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(store.user().count(None).await.unwrap(), 0, "the abandoned write was cancelled");
}

#[tokio::test]
async fn a_statement_ends_at_the_time_limit() {
    let f = fixture().await;
    let blocker = f.db.connect().await;
    blocker.batch_execute("BEGIN; LOCK TABLE \"User\" IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let limited = Settings {
        statement_timeout: std::time::Duration::from_millis(200),
        ..Settings::new(f.db.url_as("auraid_service"))
    };
    let store = Store::open(limited).unwrap();
    assert!(matches!(store.user().list().await, Err(Error::Timeout)));
}
