//! Saying what became of a migration that somebody else left half applied.

use tokio_postgres::Client;

use crate::deploy::{Options, begin, end};
use crate::error::{Error, database};
use crate::history;
use crate::migrations::Migration;

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// What it does is in the database: never run it again.
    Applied,
    /// What it did is undone: run it again.
    RolledBack,
}

/// Records what became of a migration, as Prisma's `migrate resolve` does; runs none of its statements.
///
/// # Errors
///
/// [`Error::NoSuchMigration`] for a name that is not in the list (or, of a rollback, that was never begun),
/// [`Error::NothingToResolve`] if it is applied already or has not failed.
pub async fn resolve(
    client: &mut Client,
    migrations: &[Migration],
    name: &str,
    resolution: Resolution,
    options: &Options,
) -> Result<(), Error> {
    begin(client, options).await?;
    let result = record(client, migrations, name, resolution).await;
    let ended = end(client, options).await;
    result?;
    ended
}

async fn record(
    client: &mut Client,
    migrations: &[Migration],
    name: &str,
    resolution: Resolution,
) -> Result<(), Error> {
    history::create(client).await?;
    let recorded = history::read(client).await?;
    let nothing = |reason| Err(Error::NothingToResolve { migration: name.to_owned(), reason });
    let missing = |place| Err(Error::NoSuchMigration { migration: name.to_owned(), place });
    let is_applied = recorded.iter().any(|row| row.name == name && row.is_finished);
    match resolution {
        Resolution::Applied => {
            let Some(migration) = migrations.iter().find(|migration| migration.name == name) else {
                return missing("in the folder of migrations");
            };
            if is_applied {
                return nothing("is applied already");
            }
            let now = history::clock(client).await?;
            let transaction = client.transaction().await.map_err(database("marking a migration"))?;
            history::roll_back(&transaction, name).await?;
            history::record_finished(&transaction, migration, &now, 0)
                .await
                .map_err(database("recording a migration"))?;
            transaction.commit().await.map_err(database("marking a migration"))
        }
        Resolution::RolledBack if is_applied => nothing("is applied"),
        Resolution::RolledBack => match history::roll_back(client, name).await? {
            0 => missing("in the database that was begun and not finished"),
            _ => Ok(()),
        },
    }
}
