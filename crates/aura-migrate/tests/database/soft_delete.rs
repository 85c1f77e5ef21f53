//! Deleting, restoring and what they carry with them, on the product's own schema.

use crate::product::{Family, database, family, one, refused, run, session_sql, texts};
use tokio_postgres::Client;

fn set(table: &str, id: &str, value: &str) -> String {
    format!(r#"UPDATE "{table}" SET "deletedAt" = {value} WHERE id = '{id}'"#)
}

async fn is_live(client: &Client, table: &str, id: &str) -> bool {
    one(client, &format!(r#"SELECT "deletedAt" IS NULL FROM "{table}" WHERE id = '{id}'"#)).await == "t"
}

async fn live(client: &Client, of: &Family) -> [bool; 6] {
    [
        is_live(client, "User", &of.user).await,
        is_live(client, "Application", &of.application).await,
        is_live(client, "Membership", &of.membership).await,
        is_live(client, "Session", &of.session).await,
        is_live(client, "RefreshToken", &of.refresh).await,
        is_live(client, "VerificationToken", &of.verification).await,
    ]
}

/// Every sequence of four steps, each turning one of four rows over, against a model of what should live.
#[tokio::test]
async fn deleting_and_restoring_in_every_order_is_exact() {
    let db = database().await;
    let client = db.connect().await;
    for sequence in 0..256_u32 {
        let of = family(&client, &sequence.to_string()).await;
        // Deleted by itself: user, application, membership, session.
        let mut gone = [false; 4];
        for step in 0..4 {
            let which = (sequence >> (2 * step) & 3) as usize;
            let (table, id) = [
                ("User", &of.user),
                ("Application", &of.application),
                ("Membership", &of.membership),
                ("Session", &of.session),
            ][which];
            let membership = !gone[0] && !gone[1];
            let parents_live = match which {
                2 => membership,
                3 => membership && !gone[2],
                _ => true,
            };
            if is_live(&client, table, id).await {
                run(&client, &set(table, id, "clock_timestamp()")).await;
                gone[which] = true;
            } else if parents_live {
                run(&client, &set(table, id, "NULL")).await;
                gone[which] = false;
            } else {
                let (code, _) = refused(&client, &set(table, id, "NULL")).await;
                assert_eq!(code, "23503", "restored under a deleted parent: {sequence:08b} step {step}");
            }
            let membership = !gone[0] && !gone[1] && !gone[2];
            let session = membership && !gone[3];
            let expected = [!gone[0], !gone[1], membership, session, session, !gone[0]];
            assert_eq!(live(&client, &of).await, expected, "sequence {sequence:08b}, step {step}");
        }
    }
}

#[tokio::test]
async fn a_row_deleted_by_itself_is_not_touched_by_what_befalls_its_parents() {
    let db = database().await;
    let client = db.connect().await;
    let of = family(&client, "x").await;
    run(&client, &set("Membership", &of.membership, "'2026-01-02'")).await;
    let state = format!(
        r#"SELECT "Membership"::text || (SELECT count(*) FROM aura.event WHERE record_id = id) FROM "Membership" WHERE id = '{}'"#,
        of.membership
    );
    let before = one(&client, &state).await;
    run(&client, &set("User", &of.user, "now()")).await;
    run(&client, &set("User", &of.user, "NULL")).await;
    assert_eq!(one(&client, &state).await, before);
    assert!(!is_live(&client, "Session", &of.session).await);
    run(&client, &set("Membership", &of.membership, "NULL")).await;
    assert!(is_live(&client, "RefreshToken", &of.refresh).await);
}

#[tokio::test]
async fn invariant_5_a_unique_value_of_a_deleted_row_can_be_taken_and_restoring_into_it_changes_nothing() {
    let db = database().await;
    let client = db.connect().await;
    let of = family(&client, "x").await;
    let (code, _) = refused(&client, r#"INSERT INTO "User" (email) VALUES ('ADA-x@Example.com')"#).await;
    assert_eq!(code, "23505", "compared without case");
    run(&client, &set("User", &of.user, "now()")).await;
    run(&client, r#"INSERT INTO "User" (email) VALUES ('ADA-x@Example.com')"#).await;
    let everything = r#"SELECT "User"::text FROM "User" UNION ALL SELECT "Membership"::text FROM "Membership" UNION ALL SELECT "Session"::text FROM "Session" UNION ALL SELECT count(*)::text FROM aura.event"#;
    let before = texts(&client, everything).await;
    let (code, message) = refused(&client, &set("User", &of.user, "NULL")).await;
    assert_eq!(code, "23505");
    assert!(message.contains("User_email_key"), "{message}");
    assert_eq!(texts(&client, everything).await, before);

    let other = family(&client, "y").await;
    run(&client, &set("Membership", &other.membership, "now()")).await;
    let again = format!(
        r#"INSERT INTO "Membership" ("userId", "applicationId") VALUES ('{}', '{}')"#,
        other.user, other.application
    );
    run(&client, &again).await;
    let (code, message) = refused(&client, &set("Membership", &other.membership, "NULL")).await;
    assert_eq!(code, "23505");
    assert!(message.contains("Membership_userId_applicationId_key"), "{message}");
}

#[tokio::test]
async fn nothing_can_be_made_under_a_deleted_parent() {
    let db = database().await;
    let client = db.connect().await;
    let of = family(&client, "x").await;
    let other = family(&client, "y").await;
    run(&client, &set("User", &of.user, "now()")).await;
    let membership = format!(
        r#"INSERT INTO "Membership" ("userId", "applicationId") VALUES ('{}', '{}')"#,
        of.user, other.application
    );
    let (code, message) = refused(&client, &membership).await;
    assert_eq!(code, "23503");
    assert!(message.contains("Membership_userId_fkey"), "{message}");
    let (code, _) = refused(&client, &session_sql(&of.user, &of.application, &of.membership)).await;
    assert_eq!(code, "23503");
    // Claiming to be a child of the dead, or alive until another day, does not help.
    for column in ["userLiveUntil", "liveUntil", "selfDeletedAt"] {
        let sql = format!(
            r#"INSERT INTO "Membership" ("userId", "applicationId", "{column}") VALUES ('{}', '{}', '2030-01-01')"#,
            of.user, other.application
        );
        match client.batch_execute(&sql).await {
            Ok(()) => assert_eq!(
                one(&client, r#"SELECT count(*) FROM "Membership" WHERE "deletedAt" IS NULL AND "userLiveUntil" <> 'infinity'"#).await,
                "0",
                "{column}"
            ),
            Err(error) => {
                let code = error.code().unwrap().code().to_owned();
                assert!(["23503", "23514"].contains(&code.as_str()), "{column}: {error:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_session_for_somebody_elses_membership_is_refused() {
    let db = database().await;
    let client = db.connect().await;
    let (of, other) = (family(&client, "x").await, family(&client, "y").await);
    for (user, application, membership) in [
        (&other.user, &of.application, &of.membership),
        (&of.user, &other.application, &of.membership),
        (&of.user, &of.application, &other.membership),
    ] {
        let (code, message) = refused(&client, &session_sql(user, application, membership)).await;
        assert_eq!(code, "23503");
        assert!(message.contains("Session_userId_applicationId_membershipId_fkey"), "{message}");
    }
}

/// A session's user and application follow from its membership, but a dead one is out of that key.
#[tokio::test]
async fn a_session_made_deleted_may_name_anybody_but_never_comes_to_life() {
    let db = database().await;
    let client = db.connect().await;
    let of = family(&client, "x").await;
    let made = |user: &str, membership: &str| {
        format!(
            r#"INSERT INTO "Session" ("userId", "applicationId", "membershipId", "expiresAt", "deletedAt")
               VALUES ('{user}', 'nowhere', '{membership}', now(), now()) RETURNING id"#
        )
    };
    let dead = one(&client, &made("nobody", &of.membership)).await;
    let (code, message) = refused(&client, &set("Session", &dead, "NULL")).await;
    assert_eq!(code, "23503");
    assert!(message.contains("Session_userId_applicationId_membershipId_fkey"), "{message}");
    // Nor can it be made one that could.
    for column in ["userId", "applicationId", "membershipId"] {
        let sql = format!(r#"UPDATE "Session" SET "{column}" = 'abc' WHERE id = '{dead}'"#);
        assert_eq!(refused(&client, &sql).await.0, "23514", "{column}");
    }
    let (code, message) = refused(&client, &made(&of.user, "nowhere")).await;
    assert_eq!(code, "23503");
    assert!(message.contains("_any_fkey"), "{message}");
}

#[tokio::test]
async fn ids_and_owning_parents_cannot_be_changed() {
    let db = database().await;
    let client = db.connect().await;
    let (of, other) = (family(&client, "x").await, family(&client, "y").await);
    for (table, id, column, value) in [
        ("User", &of.user, "id", "abcdef"),
        ("Membership", &of.membership, "id", "abcdef"),
        ("Membership", &of.membership, "userId", &*other.user),
        ("Membership", &of.membership, "applicationId", &*other.application),
        ("Session", &of.session, "membershipId", &*other.membership),
        ("Session", &of.session, "userId", &*other.user),
        ("RefreshToken", &of.refresh, "sessionId", &*other.session),
        ("VerificationToken", &of.verification, "applicationId", &*other.application),
    ] {
        let (code, message) =
            refused(&client, &format!(r#"UPDATE "{table}" SET "{column}" = '{value}' WHERE id = '{id}'"#))
                .await;
        assert_eq!(code, "23514", "{table}.{column}");
        assert!(message.starts_with(table) && message.contains(column), "{message}");
    }
}

#[tokio::test]
async fn with_triggers_off_a_wrong_tombstone_still_fails() {
    let db = database().await;
    let client = db.connect().await;
    let of = family(&client, "x").await;
    run(&client, "SET session_replication_role = replica").await;
    for (table, id, change) in [
        ("User", &of.user, r#""deletedAt" = now()"#),
        ("User", &of.user, r#""deletedAt" = 'infinity'"#),
        ("User", &of.user, r#""liveUntil" = now()"#),
        ("Membership", &of.membership, r#""deletedAt" = now()"#),
        ("Membership", &of.membership, r#""selfDeletedAt" = now()"#),
        ("Membership", &of.membership, r#""userLiveUntil" = NULL"#),
        ("Session", &of.session, r#""membershipLiveUntil" = now()"#),
        ("RefreshToken", &of.refresh, r#""deletedAt" = 'infinity'"#),
    ] {
        let (code, _) =
            refused(&client, &format!(r#"UPDATE "{table}" SET {change} WHERE id = '{id}'"#)).await;
        assert_eq!(code, "23514", "{table} {change}");
    }
}

#[tokio::test]
async fn any_instant_is_understood() {
    let db = database().await;
    let client = db.connect().await;
    let of = family(&client, "x").await;
    run(&client, &set("Membership", &of.membership, "'2020-01-01 00:00:00.123456Z'")).await;
    assert_eq!(live(&client, &of).await, [true, true, false, false, false, true]);
    run(&client, &set("Membership", &of.membership, "NULL")).await;
    assert_eq!(live(&client, &of).await, [true; 6]);
    // A row may be made deleted, as a restored dump does it.
    let made = format!(
        r#"INSERT INTO "VerificationToken" (purpose, "userId", "tokenHash", "expiresAt", "deletedAt") VALUES ('INVITE', '{}', 'h', now(), now()) RETURNING id"#,
        of.user
    );
    let made = one(&client, &made).await;
    assert!(!is_live(&client, "VerificationToken", &made).await);
}

#[tokio::test]
async fn updated_at_moves_with_the_models_own_columns_only() {
    let db = database().await;
    let client = db.connect().await;
    let of = family(&client, "x").await;
    let updated = format!(r#"SELECT "updatedAt" FROM "User" WHERE id = '{}'"#, of.user);
    let change = |change: &str| format!(r#"UPDATE "User" SET {change} WHERE id = '{}'"#, of.user);
    let first = one(&client, &updated).await;
    tokio::time::sleep(std::time::Duration::from_millis(3)).await;
    run(&client, &change(r#"name = name, "updatedAt" = '2001-01-01'"#)).await;
    assert_eq!(one(&client, &updated).await, first);
    run(&client, &change(r#"name = 'Ada', "updatedAt" = '2001-01-01'"#)).await;
    assert!(one(&client, &updated).await > first);
}
