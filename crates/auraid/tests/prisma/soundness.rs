//! What must hold of a database whatever was done to it: nothing live under something deleted, a trail that tells
//! exactly what the tables say, and no secret in it.

use tokio_postgres::Client;

use crate::product::{count, texts};

/// Every model.
pub(crate) const MODELS: [&str; 7] =
    ["Application", "Membership", "OperatorKey", "RefreshToken", "Session", "User", "VerificationToken"];

/// Child, its key, parent: every relation with an owning parent.
const OWNED: [(&str, &str, &str); 8] = [
    ("Membership", "userId", "User"),
    ("Membership", "applicationId", "Application"),
    ("Session", "userId", "User"),
    ("Session", "applicationId", "Application"),
    ("Session", "membershipId", "Membership"),
    ("RefreshToken", "sessionId", "Session"),
    ("VerificationToken", "userId", "User"),
    ("VerificationToken", "applicationId", "Application"),
];

/// Fails with what does not hold.
pub(crate) async fn assert_sound(client: &Client) {
    for (child, key, parent) in OWNED {
        let orphans = format!(
            r#"SELECT count(*) FROM "{child}" c JOIN "{parent}" p ON p."id" = c."{key}"
               WHERE c."deletedAt" IS NULL AND p."deletedAt" IS NOT NULL"#
        );
        assert_eq!(count(client, &orphans).await, 0, "live {child} under deleted {parent}");
    }
    client.batch_execute("SET TimeZone = 'UTC'").await.expect("a setting");
    for model in MODELS {
        assert_eq!(
            texts(client, &untold(model)).await,
            [""; 0],
            "the trail of {model} does not tell these rows"
        );
    }
    assert_eq!(texts(client, GAPS).await, [""; 0], "an event does not begin where the one before it ended");
    assert_eq!(texts(client, IDLE).await, [""; 0], "events of no change");
    assert_eq!(count(client, WRONG_COMMITMENTS).await, 0, "a commitment does not stand for its event");
    assert_eq!(count(client, SECRETS).await, 0, "events with a secret in them");
}

/// Rows whose last event does not say what the row says, or whose first is no `create`.
fn untold(model: &str) -> String {
    format!(
        r#"SELECT r."id" FROM "{model}" r
           LEFT JOIN LATERAL (SELECT after FROM aura.event
               WHERE model = '{model}' AND record_id = r."id" ORDER BY number DESC LIMIT 1) last ON true
           LEFT JOIN LATERAL (SELECT operation, before FROM aura.event
               WHERE model = '{model}' AND record_id = r."id" ORDER BY number LIMIT 1) first ON true
           WHERE last.after IS NULL OR first.operation <> 'create' OR first.before IS NOT NULL
              OR (SELECT count(*) FROM aura.event
                  WHERE model = '{model}' AND record_id = r."id" AND operation = 'create') <> 1
              OR EXISTS (SELECT FROM jsonb_each(last.after) told
                  WHERE told.value NOT IN ('"[secret]"', '"[secret, changed]"')
                    AND told.value IS DISTINCT FROM to_jsonb(r) -> told.key)"#
    )
}

const GAPS: &str = r"
    SELECT model || ' ' || record_id || ' ' || number FROM (
        SELECT *, lag(replace(after::text, '[secret, changed]', '[secret]'))
            OVER (PARTITION BY model, record_id ORDER BY number) AS previous
        FROM aura.event) event
    WHERE replace(before::text, '[secret, changed]', '[secret]') IS DISTINCT FROM previous";

const IDLE: &str = "SELECT model || ' ' || record_id FROM aura.event WHERE before = after";

const WRONG_COMMITMENTS: &str = "
    SELECT count(*) FROM aura.event WHERE commitment IS DISTINCT FROM
        sha256(salt || convert_to(jsonb_build_array(before, after, reason)::text, 'UTF8'))";

/// As text, and as PostgreSQL and JavaScript write bytes: "SECRET" in hexadecimal, in base64.
const SECRETS: &str = "
    SELECT count(*) FROM aura.event
    WHERE concat(before, after, reason, actor, request) ~* 'SECRET [a-z]|argon2id|534543524554|U0VDUkVU'";
