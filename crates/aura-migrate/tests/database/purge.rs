//! Rows leave the database by purge only.

use crate::product::{database, family, one, refused, run};

const TABLES: [&str; 7] =
    ["User", "Application", "Membership", "Session", "RefreshToken", "VerificationToken", "OperatorKey"];

#[tokio::test]
async fn invariant_11_delete_and_truncate_are_refused_to_every_role() {
    let db = database().await;
    let superuser = db.connect().await;
    family(&superuser, "x").await;
    for role in ["postgres", "auraid_owner", "auraid_service", "auraid_read"] {
        let client = db.connect_as(role).await;
        for table in TABLES {
            let (code, message) = refused(&client, &format!(r#"DELETE FROM "{table}""#)).await;
            assert_eq!(code, "42501", "{role} {table}");
            assert!(message.contains(table), "{message}");
            let (code, message) = refused(&client, &format!(r#"TRUNCATE "{table}" CASCADE"#)).await;
            assert_eq!(code, "42501", "{role} {table}");
            assert!(message.contains("denied") || message.contains("TRUNCATE on"), "{message}");
        }
    }
    let (_, message) = refused(&superuser, r#"DELETE FROM "User""#).await;
    assert_eq!(message, r#"DELETE on User is refused: set "deletedAt" instead"#);
}

#[tokio::test]
async fn a_purge_needs_actor_and_reason_and_is_an_event() {
    let db = database().await;
    let superuser = db.connect().await;
    let of = family(&superuser, "x").await;
    let lonely =
        one(&superuser, r#"INSERT INTO "User" (email) VALUES ('lonely@example.com') RETURNING id"#).await;
    let owner = db.connect_as("auraid_owner").await;
    let purge = |id: &str, actor: &str, reason: &str| {
        format!(
            r#"BEGIN; SELECT set_config('aura.actor', '{actor}', true), set_config('aura.purge', '{reason}', true);
               DELETE FROM "User" WHERE id = '{id}'; COMMIT"#
        )
    };
    for (actor, reason) in [("", ""), ("operator:1", ""), ("", "asked for it")] {
        assert_eq!(refused(&owner, &purge(&lonely, actor, reason)).await.0, "42501");
        run(&owner, "ROLLBACK").await;
    }
    // Refused while anything refers to it, deleted or not.
    run(&superuser, &format!(r#"UPDATE "User" SET "deletedAt" = now() WHERE id = '{}'"#, of.user)).await;
    assert_eq!(refused(&owner, &purge(&of.user, "operator:1", "asked for it")).await.0, "23503");
    run(&owner, "ROLLBACK").await;

    run(&owner, &purge(&lonely, "operator:1", "asked for it")).await;
    let event = one(
        &owner,
        &format!(
            "SELECT concat_ws('|', operation, actor, session_role, reason, after IS NULL, before ->> 'email')
             FROM aura.event WHERE record_id = '{lonely}' ORDER BY number DESC LIMIT 1"
        ),
    )
    .await;
    assert_eq!(event, "purge|operator:1|auraid_owner|asked for it|t|lonely@example.com");
    // The settings end with the transaction.
    assert_eq!(refused(&owner, r#"DELETE FROM "User""#).await.0, "42501");
}
