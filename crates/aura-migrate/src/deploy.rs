//! Applying migrations, one transaction each, under Prisma's lock.

use std::time::Duration;

use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use crate::error::{Error, database};
use crate::migrations::Migration;
use crate::sql::ident;
use crate::statements::statements;
use crate::status::Comparison;
use crate::{era, history};

/// The advisory lock that Prisma takes for the same purpose.
pub(crate) const LOCK_KEY: i64 = 72_707_369;

/// How to deploy.
#[derive(Debug, Clone)]
pub struct Options {
    /// The role that is to own what the migrations make; the connection's user must be a member of it.
    /// `None` leaves the user as it is.
    pub owner: Option<String>,
    /// How long to wait for somebody else's migration; Prisma's is 10 s.
    pub lock_wait: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Options { owner: None, lock_wait: Duration::from_secs(10) }
    }
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployed {
    /// Names of the migrations that were applied now.
    pub applied: Vec<String>,
    /// How many had been applied before.
    pub already: usize,
    /// The trail's new era, if the database was found to have moved to another cluster.
    pub new_era: Option<i32>,
}

/// Applies every migration that the database does not have yet, in order.
///
/// Each runs in one transaction that also records it, so that a failure or a crash leaves nothing half
/// done. Give it a connection of its own: lock and role belong to the session while it works.
///
/// # Errors
///
/// Nothing is applied if somebody else is migrating, a migration was left half applied, an applied one was
/// edited, or the database has migrations that are not in the list. [`Error::Failed`] leaves the
/// migrations before the failing one applied.
pub async fn deploy(
    client: &mut Client,
    migrations: &[Migration],
    options: &Options,
) -> Result<Deployed, Error> {
    begin(client, options).await?;
    let result = apply_all(client, migrations).await;
    let ended = end(client, options).await;
    let deployed = result?;
    ended?;
    Ok(deployed)
}

/// Takes the lock and the owner's role.
pub(crate) async fn begin(client: &Client, options: &Options) -> Result<(), Error> {
    let wait = options.lock_wait.as_millis().clamp(1, 1_000_000_000);
    // The transaction is for the limit alone: a lock of the session outlives it.
    let lock = format!("BEGIN; SET LOCAL lock_timeout = {wait}; SELECT pg_advisory_lock({LOCK_KEY}); COMMIT");
    if let Err(error) = client.batch_execute(&lock).await {
        let is_held = error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE);
        if !error.is_closed() {
            client.batch_execute("ROLLBACK").await.map_err(database("waiting for the migration lock"))?;
        }
        return Err(if is_held {
            Error::Locked { waited: options.lock_wait }
        } else {
            database("waiting for the migration lock")(error)
        });
    }
    if let Some(owner) = &options.owner {
        let taken = client.batch_execute(&format!("SET ROLE {}", ident(owner))).await;
        if let Err(error) = taken {
            end(client, options).await?;
            return Err(database("taking the owner's role")(error));
        }
    }
    Ok(())
}

/// Gives back role and lock.
pub(crate) async fn end(client: &Client, options: &Options) -> Result<(), Error> {
    let reset = if options.owner.is_some() { "RESET ROLE; " } else { "" };
    client
        .batch_execute(&format!("{reset}SELECT pg_advisory_unlock({LOCK_KEY})"))
        .await
        .map_err(database("giving back the migration lock"))
}

async fn apply_all(client: &mut Client, migrations: &[Migration]) -> Result<Deployed, Error> {
    history::create(client).await?;
    let recorded = history::read(client).await?;
    let comparison = Comparison::new(migrations, &recorded);
    comparison.refuse()?;
    let already = comparison.applied.len();
    let mut applied = Vec::new();
    for migration in comparison.pending {
        apply(client, migration).await?;
        applied.push(migration.name.to_string());
    }
    let new_era = era::renew(client).await?;
    Ok(Deployed { applied, already, new_era })
}

async fn apply(client: &mut Client, migration: &Migration) -> Result<(), Error> {
    let statements = statements(&migration.sql);
    for statement in &statements {
        if let Some(word) = statement.transaction_control() {
            return Err(Error::TransactionControl {
                migration: migration.name.to_string(),
                line: statement.line,
                statement: word.to_owned(),
            });
        }
    }
    let started_at = history::clock(client).await?;
    let transaction = client.transaction().await.map_err(database("beginning a migration"))?;
    let mut failure = None;
    for statement in &statements {
        if let Err(error) = transaction.batch_execute(statement.text).await {
            failure = Some((statement.line, error));
            break;
        }
    }
    let Some((line, error)) = failure else {
        let steps = i32::try_from(statements.len()).unwrap_or(i32::MAX);
        // A migration may have changed what the rest of it finds by name; the record and what comes after must not.
        transaction.batch_execute("RESET search_path").await.map_err(database("ending a migration"))?;
        history::record_finished(&transaction, migration, &started_at, steps)
            .await
            .map_err(database("recording a migration"))?;
        return transaction.commit().await.map_err(database("committing a migration"));
    };
    let failed = match database("applying a migration")(error) {
        Error::Refused { sqlstate, message, .. } => {
            Error::Failed { migration: migration.name.to_string(), line, sqlstate, message }
        }
        other => return Err(other),
    };
    transaction.rollback().await.map_err(database("rolling back a migration"))?;
    history::record_failed(client, migration, &started_at, &failed.to_string()).await?;
    Err(failed)
}
