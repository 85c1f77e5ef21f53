//! What Prisma Client is refused: the table of `docs/typescript.md`, row by row, and that nothing came of it.

use tokio_postgres::Client;

use crate::product::{database_with_family, texts};
use crate::project::project;
use crate::soundness::{MODELS, assert_sound};

/// Attempt, Prisma's code, PostgreSQL's, what the constraint or else the text is or begins with.
const REFUSALS: &[(&str, &str, &str, &str)] = &[
    ("delete", "P2039", "42501", "permission denied for table User"),
    ("deleteMany", "P2039", "42501", "permission denied for table Session"),
    ("deleteMany of nothing", "P2039", "42501", "permission denied for table RefreshToken"),
    ("nested delete", "P2039", "42501", "permission denied for table Membership"),
    ("nested deleteMany", "P2039", "42501", "permission denied for table Membership"),
    ("nested set", "P2014", "", "The change you are trying to make would violate the required relation"),
    ("DELETE", "P2010", "42501", "permission denied for table VerificationToken"),
    ("TRUNCATE", "P2010", "42501", "permission denied for table User"),
    ("delete by the owner", "P2039", "42501", "DELETE on OperatorKey is refused: set \"deletedAt\" instead"),
    ("deleteMany by the owner", "P2039", "42501", "DELETE on RefreshToken is refused"),
    ("TRUNCATE by the owner", "P2010", "42501", "TRUNCATE on User is refused: set \"deletedAt\" instead"),
    ("delete by a superuser", "P2039", "42501", "DELETE on OperatorKey is refused"),
    ("deleteMany by a superuser", "P2039", "42501", "DELETE on Application is refused"),
    ("TRUNCATE by a superuser", "P2010", "42501", "TRUNCATE on Session is refused"),
    ("upsert by e-mail", "P2039", "42P10", "there is no unique or exclusion constraint matching"),
    ("upsert by pair", "P2039", "42P10", "there is no unique or exclusion constraint matching"),
    ("upsert by token", "P2039", "42P10", "there is no unique or exclusion constraint matching"),
    ("e-mail taken", "P2002", "23505", "User_email_key"),
    ("e-mail taken, other case", "P2002", "23505", "User_email_key"),
    ("e-mail taken, by update", "P2002", "23505", "User_email_key"),
    ("client id taken", "P2002", "23505", "Application_clientId_key"),
    ("pair taken", "P2002", "23505", "Membership_userId_applicationId_key"),
    ("token hash taken", "P2002", "23505", "VerificationToken_tokenHash_key"),
    ("key name taken", "P2002", "23505", "OperatorKey_name_key"),
    ("unknown parent", "P2003", "23503", "Membership_userId_fkey"),
    ("another user's membership", "P2003", "23503", "Session_userId_applicationId_membershipId_fkey"),
    ("another application's membership", "P2003", "23503", "Session_userId_applicationId_membershipId_fkey"),
    (
        "membership to another user",
        "P2039",
        "23514",
        "Membership: id, userId, applicationId cannot be changed",
    ),
    ("membership to another user, connect", "P2039", "23514", "Membership: id, userId, applicationId cannot"),
    (
        "membership to another user, from there",
        "P2039",
        "23514",
        "Membership: id, userId, applicationId cannot",
    ),
    (
        "session to another membership",
        "P2039",
        "23514",
        "Session: id, userId, applicationId, membershipId cannot",
    ),
    ("token to another session", "P2039", "23514", "RefreshToken: id, sessionId cannot be changed"),
    ("another id", "P2039", "23514", "User: id cannot be changed"),
    ("another id, updateMany", "P2039", "23514", "User: id cannot be changed"),
    (
        "malformed id",
        "P2039",
        "23514",
        "new row for relation \"User\" violates check constraint \"User_id_check\"",
    ),
    ("malformed e-mail", "P2039", "23514", "new row for relation \"User\" violates check constraint"),
    ("write an event", "P2010", "42501", "permission denied for table event"),
    ("change an event", "P2010", "42501", "permission denied for table event"),
    ("remove an event", "P2010", "42501", "permission denied for table event"),
    ("change an event as the owner", "P2010", "42501", "UPDATE on aura.event is refused: it only grows"),
    ("remove an event as a superuser", "P2010", "42501", "DELETE on aura.event is refused: it only grows"),
    ("triggers off for the session", "P2010", "42501", "permission denied to set parameter"),
    ("triggers off for a table", "P2010", "42501", "must be owner of table User"),
    ("become the owner", "P2010", "42501", "permission denied to set role \"auraid_owner\""),
    ("create as the reader", "P2039", "42501", "permission denied for table Membership"),
    ("update as the reader", "P2039", "42501", "permission denied for table Membership"),
    ("read a secret as the reader", "P2039", "42501", "permission denied for table User"),
];

/// All rows of all tables, and all events, as text.
async fn everything(client: &Client) -> Vec<String> {
    let mut all = texts(client, "SELECT event::text FROM aura.event ORDER BY number").await;
    for model in MODELS {
        all.extend(texts(client, &format!(r#"SELECT r::text FROM "{model}" r ORDER BY "id""#)).await);
    }
    all
}

#[tokio::test]
async fn what_is_refused_is_refused_in_documented_words_and_changes_nothing() {
    let Some(project) = project() else { return };
    let (db, family) = database_with_family(&project).await;
    let client = db.connect().await;
    let before = everything(&client).await;
    let answer = project.run("refused.mjs", &db, &family).await;
    let after = everything(&client).await;

    let attempted = answer.as_object().expect("a map");
    assert_eq!(
        attempted.len(),
        REFUSALS.len(),
        "attempts without a row in the table, or rows without an attempt"
    );
    let mut wrong = Vec::new();
    for &(attempt, prisma, postgres, words) in REFUSALS {
        let refused = &answer[attempt]["refused"];
        let part = |name: &str| refused[name].as_str().unwrap_or("");
        let says = if part("constraint").is_empty() { part("text") } else { part("constraint") };
        if (part("prisma"), part("postgres")) != (prisma, postgres) || !says.starts_with(words) {
            wrong.push(format!("{attempt}: {}", answer[attempt]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(after, before, "something changed");
    }
    assert_eq!(after.len(), before.len(), "a row or an event came or went");
    assert_sound(&client).await;
}

/// So docs/typescript.md warns of logging whole errors.
#[tokio::test]
async fn a_refused_rows_secret_is_in_the_errors_detail_and_not_in_its_message() {
    let Some(project) = project() else { return };
    let (db, family) = database_with_family(&project).await;
    let answer = project.run("refused.mjs", &db, &family).await;
    for (attempt, result) in answer.as_object().expect("a map") {
        for part in ["message", "text"] {
            let words = result["refused"][part].as_str().unwrap_or("");
            assert!(!words.contains("$argon2id$") && !words.contains("SECRET "), "{attempt}: {words}");
        }
    }
    let detail = answer["malformed e-mail"]["refused"]["detail"].as_str().expect("PostgreSQL adds the row");
    assert!(detail.contains("$argon2id$SECRET"), "{detail}");
}
