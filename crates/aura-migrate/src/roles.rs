//! The three roles: an owner of the tables, a service that serves from them, a reader.

use std::time::Duration;

use aura_schema::config::RoleNames;
use aura_schema::schema::{DefaultKind, Schema};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Transaction};

use crate::deploy::LOCK_KEY;
use crate::error::{Error, database};
use crate::soft_delete::Plan;
use crate::sql::{self, ident, literal};
use crate::tables;

/// Roles belong to the whole cluster, so other databases' processes may be at it too; no advisory lock
/// reaches them.
const TRIES: u32 = 20;

/// Makes sure that the roles exist and can do their work in this database: `LOGIN` without password and
/// without any power of their own, in time zone UTC, the current user a member of the owner, `CREATE` for the owner, and none
/// in `public` for everybody (as databases made before PostgreSQL 15 have it).
///
/// Safe when many processes start at once. Does nothing, and needs no right, where all is in place.
///
/// # Errors
///
/// [`Error::NeedsAdministrator`] holds the exact statements to run if the user may not.
pub async fn ensure(client: &Client, names: &RoleNames, schema: &Schema) -> Result<(), Error> {
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
    for schema in schemas(schema) {
        add(&names.owner, on_schema(&names.owner, schema, "CREATE"));
        for role in [&names.owner, &names.service, &names.read] {
            add(role, on_schema(role, schema, "USAGE"));
        }
    }
    // The keep triggers find their operators by the writer's search_path, which must hold nobody's own.
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

/// `public` and every `@@schema` in use.
fn schemas(schema: &Schema) -> Vec<&str> {
    let mut found = vec!["public"];
    for (_, model) in schema.tables() {
        if let Some(name) = model.schema.as_deref()
            && !found.contains(&name)
        {
            found.push(name);
        }
    }
    found
}

/// Grants what each role needs on the tables of a schema, and takes back what an older version granted, in
/// one transaction. To be run after every deploy; the connection's user must be a member of the owner.
///
/// The service may select, insert and update, never `DELETE`, `TRUNCATE`, `TRIGGER` or `REFERENCES`; of the
/// trail it may only select. The reader selects, except from sensitive columns.
///
/// # Errors
///
/// [`Error::Refused`] if a table is missing or owned by somebody else, [`Error::Locked`] if a migration is
/// under way for longer than 10 s.
pub async fn grant(client: &mut Client, names: &RoleNames, schema: &Schema) -> Result<(), Error> {
    let doing = "granting rights to the roles";
    let transaction = client.transaction().await.map_err(database(doing))?;
    let lock = format!(
        "SET LOCAL lock_timeout = '10s'; SELECT pg_advisory_xact_lock({LOCK_KEY}); SET LOCAL ROLE {}",
        ident(&names.owner)
    );
    if let Err(error) = transaction.batch_execute(&lock).await {
        return Err(if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) {
            Error::Locked { waited: Duration::from_secs(10) }
        } else {
            database(doing)(error)
        });
    }
    let mut statements = statements(names, schema);
    statements.extend(sequences(&transaction, names, schema).await?);
    transaction.batch_execute(&statements.join("\n")).await.map_err(database(doing))?;
    transaction.commit().await.map_err(database(doing))
}

fn statements(names: &RoleNames, schema: &Schema) -> Vec<String> {
    let plan = Plan::new(schema);
    let (service, read) = (ident(&names.service), ident(&names.read));
    let mut out = Vec::new();
    for name in schemas(schema).into_iter().filter(|name| *name != "public") {
        out.push(format!("GRANT USAGE ON SCHEMA {} TO {service}, {read};", ident(name)));
    }
    let mut table = |table: &str, for_service: &str, for_read: &str| {
        out.push(format!("REVOKE ALL ON TABLE {table} FROM PUBLIC, {service}, {read};"));
        out.push(format!("GRANT {for_service} ON TABLE {table} TO {service};"));
        out.push(format!("GRANT {for_read} ON TABLE {table} TO {read};"));
    };
    for (id, model) in schema.tables() {
        let is_open = |field: &aura_schema::schema::Field| !field.has_annotation("sensitive");
        let for_read = if model.columns().all(|(_, field, _)| is_open(field)) {
            "SELECT".to_owned()
        } else {
            let own = model.columns().filter(|(_, field, _)| is_open(field));
            let own = own.map(|(_, _, column)| ident(&column.database_name));
            let hidden = plan.model(id).hidden_columns();
            let columns: Vec<String> = own.chain(hidden.into_iter().map(ident)).collect();
            format!("SELECT ({})", columns.join(", "))
        };
        table(&sql::table(model), "SELECT, INSERT, UPDATE", &for_read);
    }
    for (relation, name) in tables::join_tables(schema) {
        let name = sql::qualified(schema[relation.child].schema.as_deref(), &name);
        // A link is no record: it has no deletedAt, and taking it away is how Prisma Client disconnects.
        table(&name, "SELECT, INSERT, DELETE", "SELECT");
    }
    table("public._prisma_migrations", "SELECT", "SELECT");
    table("aura.event", "SELECT", "SELECT");
    table("aura.era", "SELECT", "SELECT");
    table("aura.import", "SELECT, INSERT, UPDATE", "SELECT");
    out.push(format!("GRANT USAGE ON SCHEMA aura TO {service}, {read};"));
    out.push(format!("REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA aura FROM PUBLIC, {service}, {read};"));
    out.push(format!("GRANT EXECUTE ON FUNCTION aura.id() TO {service};"));
    out
}

/// The sequences behind `autoincrement()`.
async fn sequences(
    transaction: &Transaction<'_>,
    names: &RoleNames,
    schema: &Schema,
) -> Result<Vec<String>, Error> {
    let mut out = Vec::new();
    for (_, model) in schema.tables() {
        for (_, _, column) in model.columns() {
            if !matches!(&column.default, Some(default) if default.kind == DefaultKind::Autoincrement) {
                continue;
            }
            let row = transaction
                .query_one(
                    "SELECT pg_get_serial_sequence($1, $2)",
                    &[&sql::table(model), &column.database_name],
                )
                .await
                .map_err(database("looking for a sequence"))?;
            if let Some(sequence) = row.get::<_, Option<String>>(0) {
                out.push(format!("GRANT USAGE ON SEQUENCE {sequence} TO {};", ident(&names.service)));
            }
        }
    }
    Ok(out)
}
