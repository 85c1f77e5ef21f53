//! That the roles exist and can do their work in this database.

use std::time::Duration;

use aura_schema::config::RoleNames;
use aura_schema::schema::Schema;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use super::{power, schemas};
use crate::error::{Error, database};
use crate::sql::{ident, literal};

/// Roles belong to the whole cluster, so other databases' processes may be at it too; no advisory lock
/// reaches them.
const TRIES: u32 = 20;

/// Makes sure that the roles exist and can do their work in this database: `LOGIN` without password and
/// without any power of their own, in time zone UTC, the current user a member of the owner, `CREATE` for the
/// owner, `TEMPORARY` for the service, which imports through temporary tables, and no `CREATE` in `public` for
/// everybody (as databases made before PostgreSQL 15 have it).
///
/// Safe when many processes start at once. Does nothing, and needs no right, where all is in place.
///
/// # Errors
///
/// [`Error::NeedsAdministrator`] holds the exact statements to run if the user may not.
/// [`Error::TooPowerful`] if the service or the reader is a superuser, may make roles or databases, passes by
/// row security, replicates, can become the owner or another strong role, or may create in the database or in a
/// schema in use. Nothing is made then.
pub async fn ensure(client: &Client, names: &RoleNames, schema: &Schema) -> Result<(), Error> {
    power::refuse(client, names, schema).await?;
    let mut tries = 0;
    loop {
        let wanted = missing(client, names, schema).await?;
        if wanted.is_empty() {
            return Ok(());
        }
        let Err(error) = client.batch_execute(&wanted.join("\n")).await else {
            // A grant by somebody who may not make it can end in nothing more than a warning.
            let left = missing(client, names, schema).await?;
            return if left.is_empty() { Ok(()) } else { Err(needs_administrator(client, &left).await?) };
        };
        let raced = [
            SqlState::DUPLICATE_OBJECT,
            SqlState::UNIQUE_VIOLATION,
            SqlState::INTERNAL_ERROR, // "tuple concurrently updated", of two grants at once
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
        ];
        tries += 1;
        match error.code() {
            Some(code) if raced.contains(code) && tries < TRIES => {
                tokio::time::sleep(Duration::from_millis(u64::from(5 * tries))).await;
            }
            Some(&SqlState::INSUFFICIENT_PRIVILEGE) => {
                return Err(needs_administrator(client, &wanted).await?);
            }
            _ => return Err(database("preparing the roles")(error)),
        }
    }
}

async fn needs_administrator(client: &Client, wanted: &[String]) -> Result<Error, Error> {
    let row =
        client.query_one("SELECT current_user::text", &[]).await.map_err(database("asking who we are"))?;
    Ok(Error::NeedsAdministrator { user: row.get(0), sql: wanted.join("\n") })
}

/// The statements that are still to run.
async fn missing(client: &Client, names: &RoleNames, schema: &Schema) -> Result<Vec<String>, Error> {
    let doing = "looking at the roles";
    let facts = client
        .query_one(
            "SELECT current_user::text, current_database()::text, current_setting('server_version_num')::int,
                    ARRAY(SELECT rolname::text FROM pg_roles WHERE rolname = ANY ($1::text[]))",
            &[&[&names.owner, &names.service, &names.read].map(String::as_str).as_slice()],
        )
        .await
        .map_err(database(doing))?;
    let user: String = facts.get(0);
    let database_name: String = facts.get(1);
    let version: i32 = facts.get(2);
    let present: Vec<String> = facts.get(3);
    let is_present = |name: &String| present.contains(name);

    let mut wanted: Vec<String> = [&names.owner, &names.service, &names.read]
        .into_iter()
        .filter(|name| !is_present(name))
        .map(|name| {
            // Prisma's adapter sends and reads times without their zone: in any other than UTC they are wrong.
            format!(
                "CREATE ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS; \
                 ALTER ROLE {name} SET \"TimeZone\" = 'UTC';",
                name = ident(name)
            )
        })
        .collect();

    // Since 16 a membership may be without the right to SET ROLE.
    let membership = if version >= 160_000 { "SET" } else { "MEMBER" };
    let mut checks = vec![(
        &names.owner,
        format!("pg_has_role({}, {})", literal(&names.owner), literal(membership)),
        format!("GRANT {} TO {};", ident(&names.owner), ident(&user)),
    )];
    let on_database = |role: &str, privilege: &str| {
        (
            format!(
                "has_database_privilege({}, {}, {})",
                literal(role),
                literal(&database_name),
                literal(privilege)
            ),
            format!("GRANT {privilege} ON DATABASE {} TO {};", ident(&database_name), ident(role)),
        )
    };
    let on_schema = |role: &str, schema: &str, privilege: &str| {
        (
            format!(
                "(to_regnamespace({}) IS NULL OR has_schema_privilege({}, {}, {}))",
                literal(&ident(schema)),
                literal(role),
                literal(schema),
                literal(privilege)
            ),
            format!("GRANT {privilege} ON SCHEMA {} TO {};", ident(schema), ident(role)),
        )
    };
    let mut add = |role, (check, grant)| checks.push((role, check, grant));
    add(&names.owner, on_database(&names.owner, "CREATE"));
    for role in [&names.owner, &names.service, &names.read] {
        add(role, on_database(role, "CONNECT"));
    }
    add(&names.service, on_database(&names.service, "TEMPORARY"));
    for schema in schemas(schema) {
        add(&names.owner, on_schema(&names.owner, schema, "CREATE"));
        for role in [&names.owner, &names.service, &names.read] {
            add(role, on_schema(role, schema, "USAGE"));
        }
    }
    // What administrators run by short names must find nobody's own.
    let closed = "SELECT NOT has_schema_privilege('public', 'public', 'CREATE')";
    if !client.query_one(closed, &[]).await.map_err(database(doing))?.get::<_, bool>(0) {
        wanted.push("REVOKE CREATE ON SCHEMA public FROM PUBLIC;".to_owned());
    }
    for (role, check, grant) in checks {
        let holds = is_present(role)
            && client
                .query_one(&format!("SELECT {check}"), &[])
                .await
                .map_err(database(doing))?
                .get::<_, bool>(0);
        // Nobody is made a member of himself.
        let is_own = role == &user && grant.starts_with(&format!("GRANT {} TO", ident(role)));
        if !holds && !is_own {
            wanted.push(grant);
        }
    }
    Ok(wanted)
}
