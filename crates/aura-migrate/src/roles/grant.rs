//! What each role may do with the tables.

use std::time::Duration;

use aura_schema::config::RoleNames;
use aura_schema::schema::{DefaultKind, Schema};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Transaction};

use super::schemas;
use crate::deploy::LOCK_KEY;
use crate::error::{Error, database};
use crate::soft_delete::Plan;
use crate::sql::{self, ident};
use crate::tables;

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
